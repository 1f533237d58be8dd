"""Databases that have no reader of their own, by an Ibis address: mysql://, mssql://, snowflake:// and the like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from rcommerce_helpers.engine import batches
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.databases import BATCH, write_batches


def read_by_ibis(url: str, spec: FileSection, place: str, target: Path) -> None:
    """Read one table; a query is refused, for nothing is known of what it could do there.

    Raises
    ------
    SchemaError
        It is no address, its driver is not installed, the server refuses, or it has no such table. No message holds
        anything of the address.
    """
    kind = re.match(r"([a-z]+)://", url)
    if kind is None or spec.query is not None:
        raise SchemaError(
            place,
            got="a query" if kind else f"no address in {spec.url_env}",
            expected="table = ..., of an address such as postgresql://user:password@host/shop",
            do="Make a view in the database and name that" if kind else f"Correct {spec.url_env}",
        )
    import ibis

    try:
        backend = ibis.connect(url)
        table = backend.table(str(spec.table))
        schema = pa.schema([(field.name, _kept(field.type)) for field in table.schema().to_pyarrow()])
        # Ibis 12 streams from DuckDB by a method that DuckDB 2 no longer has
        rows = batches(table) if backend.name == "duckdb" else table.to_pyarrow_batches(chunk_size=BATCH)
        write_batches(target, schema, _cast(rows, schema), place)
    except SchemaError:
        raise
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own, and writes the address into them
        missing = isinstance(error, ImportError)
        raise SchemaError(
            place,
            got=f"a database of the kind {kind[1]} in {spec.url_env} that cannot be read ({type(error).__name__})",
            expected="a driver that is installed, and a server that answers",
            do=f"Install ibis-framework[{kind[1]}]"
            if missing
            else f"Check {spec.url_env} and table with a program of its own",
        ) from None


def _kept(kind: pa.DataType) -> pa.DataType:
    """The type a column is kept in: its own where landing knows it, else text."""
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pa.timestamp("us", tz="UTC")
    known = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_date)
    return kind if any(is_of(kind) for is_of in (*known, pa.types.is_timestamp)) else pa.string()


def _cast(rows: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        columns = [_as(column, field.type) for column, field in zip(batch.columns, schema)]
        yield pa.record_batch(columns, schema=schema)


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if not pa.types.is_nested(column.type):
        return column.cast(kind)
    return pa.array([None if value is None else str(value) for value in column.to_pylist()], kind)
