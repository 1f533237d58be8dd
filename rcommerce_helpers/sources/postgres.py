"""Tables of a Postgres server: one read-only transaction, rows in pieces, values as exact as the server holds them.

Whole numbers, floats, decimals, truth values, days and moments keep their type; every other value (identifiers, JSON,
arrays, bytes) arrives as the text the server writes for it. A decimal without a declared number of digits is text too,
which holds each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql
from psycopg.types.string import TextLoader

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.databases import BATCH, chosen_table, judged_query, write_batches
from rcommerce_helpers.sources.workbook import as_text

CONNECT_SECONDS = 20
DIGITS_MAX = 38
VISIBLE = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(c.oid)
      and n.nspname not in ('pg_catalog', 'information_schema') order by 1
"""
IN_SCHEMA = """
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname = %s order by 1
"""
COLUMNS = """
    select distinct a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace where a.attnum > 0 and pg_table_is_visible(c.oid)
      and n.nspname not in ('pg_catalog', 'information_schema') order by 1
"""
SETTINGS = {
    "standard_conforming_strings": "on",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lock_timeout": "30s",
}
REFUSED = {
    "28": ("a user or password that the server refuses", "Correct the address in"),
    "3D": ("a database that the server does not have", "Correct the name of the database in"),
    "42501": ("a table this user may not read", "Let the owner of the database grant select on it to the user of"),
    "57014": ("a table that is not read in time", "Ask for less, or set seconds = ... beside"),
    "22021": ("bytes that are no UTF-8 in a text", "Mend them in the database, or read a view without that column of"),
    "25006": ("a query or view that writes", "Read a plain table, or a view that only reads, with"),
    "53": ("a server without room for another connection", "Try again later with"),
}


@dataclass(frozen=True)
class _Kept:
    """A column: its Arrow type, and what makes a value of it."""

    type: pa.DataType
    of: Callable[[Any], Any] = lambda value: value


def read_postgres(url: str, spec: FileSection, place: str, target: Path) -> None:
    """Read a table or a query into a parquet file.

    Raises
    ------
    SchemaError
        The server cannot be reached or refuses, there is no such table, or a value cannot be read. No message holds
        anything of the address.
    """
    try:
        with closing(_connect(url, spec)) as connection:
            select = _select(connection, spec, place)
            columns = _columns(connection, select, spec)
            schema = pa.schema([(name, kept.type) for name, kept in columns])
            with connection.cursor(name="rows") as cursor:
                cursor.execute(select)
                write_batches(target, schema, _batches(cursor, columns, schema), place)
    except SchemaError:  # it is a ValueError too
        raise
    except psycopg.Error as error:
        raise _trouble(error, spec, place) from None
    except UnicodeError:
        raise SchemaError(
            place,
            got="bytes that are no UTF-8 in a text",
            expected="a database whose texts are in its declared encoding",
            do="Mend the texts in the database, or read a view without that column",
        ) from None
    except (ValueError, OverflowError, pa.ArrowInvalid):  # of the driver, about its address; or a value beyond its type
        raise SchemaError(
            place,
            got=f"an address in {spec.url_env} that is none, or a value beyond what its column can hold",
            expected="postgresql://user:password@host/database",
            do=f"Correct {spec.url_env}, or read a view with that column as text",
        ) from None


def _connect(url: str, spec: FileSection) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url, connect_timeout=CONNECT_SECONDS, client_encoding="utf8")
    try:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for name, value in {**SETTINGS, "statement_timeout": f"{spec.seconds}s"}.items():
            connection.execute("select set_config(%s, %s, false)", [name, value])
    except BaseException:
        connection.close()
        raise
    return connection


def _select(connection: psycopg.Connection[Any], spec: FileSection, place: str) -> sql.SQL | sql.Composed:
    if spec.query is not None:
        tables = [row[0] for row in connection.execute(VISIBLE)]
        columns = [row[0] for row in connection.execute(COLUMNS)]
        return sql.SQL(judged_query(spec, tables, columns, place))  # type: ignore[arg-type]
    known = [row[0] for row in connection.execute(VISIBLE)]
    schema, dot, table = str(spec.table).rpartition(".")
    if dot and spec.table not in known:  # no name with a dot in it, but that of another schema
        there = [row[0] for row in connection.execute(IN_SCHEMA, [schema])]
        return sql.SQL("select * from {}").format(sql.Identifier(schema, chosen_table(table, there, place)))
    return sql.SQL("select * from {}").format(sql.Identifier(chosen_table(str(spec.table), known, place)))


def _columns(
    connection: psycopg.Connection[Any], select: sql.SQL | sql.Composed, spec: FileSection
) -> list[tuple[str, _Kept]]:
    """Name and kind of each column; the loader of those that arrive as text is set for the connection."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("select * from ({}) as asked limit 0").format(select))
        found = []
        for column in cursor.description or ():
            kept = _kept(column, spec)
            if kept is None:
                connection.adapters.register_loader(column.type_code, TextLoader)
            found.append((column.name, kept or _Kept(pa.string())))
    return found


def _kept(column: psycopg.Column, spec: FileSection) -> _Kept | None:
    """What a type of the server is kept as; None = the text the server writes."""
    if column.type_display.startswith("numeric") and not column.type_display.endswith("[]"):
        digits, places = column.precision, column.scale
        if digits is not None and places is not None and 0 <= places <= digits <= DIGITS_MAX:
            return _Kept(pa.decimal128(digits, places), lambda value: None if value.is_nan() else value)
        return _Kept(pa.string(), lambda value: _digits(value, spec))
    return {
        "bool": _Kept(pa.bool_()),
        "int2": _Kept(pa.int64()),
        "int4": _Kept(pa.int64()),
        "int8": _Kept(pa.int64()),
        "oid": _Kept(pa.int64()),
        "float4": _Kept(pa.float64()),
        "float8": _Kept(pa.float64()),
        "date": _Kept(pa.date32()),
        "timestamp": _Kept(pa.timestamp("us")),
        "timestamptz": _Kept(pa.timestamp("us", tz="UTC")),
    }.get(_name_of(column))


def _name_of(column: psycopg.Column) -> str:
    known = psycopg.adapters.types.get(column.type_code)
    return known.name if known is not None and known.oid == column.type_code else ""


def _digits(value: Decimal, spec: FileSection) -> str | None:
    return None if value.is_nan() else as_text(f"{value:f}".replace(".", spec.decimal or "."), spec)


def _batches(
    cursor: psycopg.ServerCursor[Any], columns: list[tuple[str, _Kept]], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    while rows := cursor.fetchmany(BATCH):
        arrays = [
            pa.array([None if value is None else kept.of(value) for value in values], kept.type)
            for values, (_, kept) in zip(zip(*rows), columns)
        ]
        yield pa.record_batch(arrays, schema=schema)


def _trouble(error: psycopg.Error, spec: FileSection, place: str) -> SchemaError:
    """What went wrong: by its code where that says it; texts of connecting are kept back, for they hold the address."""
    code = error.sqlstate or ""
    for beginning, (got, do) in REFUSED.items():
        if code.startswith(beginning):
            return SchemaError(place, got=got, expected="rows that may be read", do=f"{do} {spec.url_env}")
    if not code and isinstance(error, psycopg.DataError):
        got, do = "a day or moment beyond the years 1 to 9999, or infinity", "Read a view that leaves it empty"
    elif not code:
        got, do = "no answer, or one that breaks off", f"Check that the server runs, and the address in {spec.url_env}"
    else:
        said = (error.diag.message_primary or "no reason given")[:200].rstrip(".")
        got, do = f"an error of the server ({said})", "Correct the query; or make a view, and name that in table"
    return SchemaError(place, got=got, expected="a Postgres database whose table can be read", do=do)
