"""The one door to DuckDB: every connection of the workspace is made here, and every lazy table is read here.

Extensions are neither installed nor loaded by themselves: DuckDB would fetch one for cp1252, xlsx or Postgres. Ibis is
imported when the first lazy table is asked for (a third of a second). Two faults of the pair Ibis 12 and DuckDB 2 are
kept here: Ibis sets the time zone and registers functions, so it must see a connection before ``lock`` closes it; and
its own streaming calls a method that DuckDB 2 no longer has, so ``batches`` streams in its place.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from rcommerce_helpers.files import clear_abandoned

if TYPE_CHECKING:
    from typing import TypeAlias

    import ibis
    import ibis.expr.types as ir
    import pyarrow as pa
    from ibis.backends.duckdb import Backend

    Rows: TypeAlias = ibis.Table | pd.DataFrame
    """What a stage takes for a table: a lazy table, or a frame by hand."""

Setting = str | bool | int | float | list[str]


def connect(*, memory: str = "", scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that never downloads an extension; its clock is UTC.

    Parameters
    ----------
    memory
        Largest memory, such as "1500MB"; empty = DuckDB's own choice.
    scratch
        Folder for what does not fit into memory; None = that of temporary files, never the working directory.
    """
    settings: dict[str, Setting] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": str(min(4, os.cpu_count() or 1)),
        "temp_directory": str(scratch or _spill_folder() / secrets.token_hex(4)),
    }
    if memory:
        settings["memory_limit"] = memory
    connection = duckdb.connect(config=settings)
    connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
    return connection


@cache
def _spill_folder() -> Path:
    """Where engines of this process spill: private, and gone with it; in a run, among the run's own temporary files.

    Each engine has a folder of its own in it, since a lock leaves that one open.
    """
    clear_abandoned(Path(tempfile.gettempdir()), "spill-*-*")
    folder = Path(tempfile.mkdtemp(prefix=f"spill-{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def lock(connection: duckdb.DuckDBPyConnection, *, readable: tuple[Path, ...] = ()) -> None:
    """Close the engine's eyes to everything but some folders and files, for good.

    Whoever wants lazy tables on the same connection calls ``lazy`` before.
    """
    folders = [str(path) for path in readable if path.is_dir()]
    files = [str(path) for path in readable if not path.is_dir()]
    connection.execute("set allowed_directories = $1", [folders])
    connection.execute("set allowed_paths = $1", [files])
    connection.execute("set enable_external_access = false; set lock_configuration = true")


def lazy(connection: duckdb.DuckDBPyConnection | None = None) -> Backend:
    """Ibis over a connection (a new one where none is given): the maker of lazy tables."""
    import ibis

    warnings.filterwarnings("ignore", "fetch_arrow_table", DeprecationWarning)  # Ibis 12 reads every schema with it
    return ibis.duckdb.from_connection(connection if connection is not None else connect())


def lazy_tables(frames: Mapping[str, pd.DataFrame]) -> dict[str, ibis.Table]:
    """Frames as lazy tables of one engine: what a test, or a hand that has frames only, gives to a stage.

    Examples
    --------
    >>> orders = lazy_tables({"orders": pd.DataFrame({"order_id": ["a", "b"]})})["orders"]
    >>> int(orders.count().execute())
    2
    """
    backend = lazy()
    return {name: backend.create_table(name, _arrow(frame), temp=True) for name, frame in frames.items()}


def as_lazy(table: Rows) -> ibis.Table:
    """The table itself, or a frame made lazy: stages take both, so that a frame by hand needs no ceremony."""
    if not isinstance(table, pd.DataFrame):
        return table
    import ibis

    if ibis.options.default_backend is None:  # left alone, Ibis makes a connection of its own, with downloads
        ibis.set_backend(lazy())
    return ibis.memtable(_arrow(table))


def _arrow(table: pd.DataFrame) -> pa.Table:
    """A frame in Arrow: not-a-number is nothing then, and Ibis asks pandas for no option that is to be removed."""
    import pyarrow as pa

    return pa.Table.from_pandas(table, preserve_index=False)


def in_file_order(table: Rows) -> ibis.Table:
    """A lazy table with ``file_order``: rows of a frame by hand stand as they are written.

    A lazy table without it has no order of its own; its ties stay ties.

    Examples
    --------
    >>> in_file_order(pd.DataFrame({"event": ["view", "buy"]})).columns
    ('event', 'file_order')
    """
    if isinstance(table, pd.DataFrame) and "file_order" not in table:
        return as_lazy(table.assign(file_order=range(len(table))))
    lazy_table = as_lazy(table)
    return lazy_table if "file_order" in lazy_table.columns else lazy_table.mutate(file_order=_no_order())


def _no_order() -> ir.IntegerScalar:
    import ibis

    empty: ir.IntegerScalar = ibis.null("int64")
    return empty


def exact_sum(amount: ir.NumericValue) -> ir.FloatingScalar:
    """Sum to ten decimals, the same in whatever order an engine adds; nothing is rounded that anybody is billed."""
    total: ir.FloatingScalar = amount.cast("decimal(38, 10)").sum().cast("float64")
    return total


def frame(table: ibis.Table) -> pd.DataFrame:
    """All rows of a lazy table, typed as ``pd.read_parquet`` types them; for narrow results, never for wide tables."""
    found: pd.DataFrame = table.to_pyarrow().to_pandas()
    return found


def sql_of(table: ibis.Table) -> str:
    """The query behind a lazy table, in the words of DuckDB."""
    import ibis

    return str(ibis.to_sql(table))


def batches(table: ibis.Table, *, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
    """The rows of a lazy table, some at a time, in the order of the table."""
    connection: duckdb.DuckDBPyConnection = table.get_backend().con
    yield from connection.sql(sql_of(table)).to_arrow_reader(rows)
