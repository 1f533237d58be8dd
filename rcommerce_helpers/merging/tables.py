"""The landed tables as DuckDB views beside the persons, for the heavy table work of merging."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.landed import has_landed, landed_path

NOT_ORDERED = "coalesce(status, '') not in ('test', 'cancelled')"
"""Orders that count: a missing status means completed."""


def open_landed(landed: Path, persons: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    """A connection with one view per landed table and the owners of their records.

    ``owner``: one row = one record, record_id and customer_id. ``kept_orders``, where there are orders: one row = one
    order that counts, with the customer it belongs to (None = unknown).
    """
    con = connect()
    for table in landed_tables(landed):
        path = str(landed_path(landed, table)).replace("'", "''")
        con.execute(f"create view {table} as select * from read_parquet('{path}')")
    con.register("persons_frame", persons[["record_id", "customer_id"]])
    con.execute("create table owner as select record_id, customer_id from persons_frame")
    con.unregister("persons_frame")
    if has_landed(landed, "orders"):
        con.execute(
            "create table kept_orders as select w.customer_id, o.* from orders o left join owner w using (record_id) "
            f"where {NOT_ORDERED}"
        )
    return con


def landed_tables(landed: Path) -> tuple[str, ...]:
    """Canonical tables this data set has, in the order of the schema."""
    return tuple(name for name in LANDED_TABLES if has_landed(landed, name))


def one_row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    """The single row of an aggregate, numbers missing as 0."""
    row = con.execute(query).fetchall()[0]
    return tuple(0.0 if value is None else float(value) for value in row)
