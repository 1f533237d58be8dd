"""The landed tables as DuckDB views beside the persons, for the heavy table work of merging."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from rcommerce_helpers.clock import day_after
from rcommerce_helpers.documents import purchases
from rcommerce_helpers.engine import connect, lazy, sql_of
from rcommerce_helpers.rollback import rolled_back
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.landed import has_landed, landed_path

if TYPE_CHECKING:
    import ibis
    from ibis.backends.duckdb import Backend

NOT_ORDERED = "coalesce(status, '') not in ('test', 'cancelled')"
"""Orders that count: a missing status means completed."""


def open_landed(landed: Path, persons: pd.DataFrame, as_of: str = "") -> duckdb.DuckDBPyConnection:
    """A connection with one view per landed table, as known on a last day, and the owners of their records.

    ``owner``: one row = one record, record_id and customer_id. ``kept_orders``, where there are orders: one row = one
    document that counts, with the customer it belongs to (None = unknown); ``kept_purchases``: those of them that are
    purchases. Without ``as_of`` everything is known.
    """
    con = connect()
    known = _known(lazy(con), landed, as_of)
    for name, table in known.items():
        con.execute(f"create view {name} as {sql_of(table)}")
    con.register("persons_frame", persons[["record_id", "customer_id"]])
    con.execute("create table owner as select record_id, customer_id from persons_frame")
    con.unregister("persons_frame")
    if has_landed(landed, "orders"):
        con.execute(
            "create table kept_orders as select w.customer_id, o.* from orders o left join owner w using (record_id) "
            f"where {NOT_ORDERED}"
        )
        bought = purchases(known["orders"], known.get("order_lines")).select("order_id")
        con.execute(
            f"create table kept_purchases as select * from kept_orders semi join ({sql_of(bought)}) using (order_id)"
        )
    return con


def _known(backend: Backend, landed: Path, as_of: str) -> dict[str, ibis.Table]:
    """The landed tables as known on a last day; the lines of an order are known with their order."""
    tables = {name: backend.read_parquet(str(landed_path(landed, name))) for name in landed_tables(landed)}
    if not as_of:
        return tables
    known = {name: rolled_back(table, name, day_after(as_of)) for name, table in tables.items()}
    if {"orders", "order_lines"} <= set(known):
        known["order_lines"] = known["order_lines"].semi_join(known["orders"], "order_id")
    return known


def landed_tables(landed: Path) -> tuple[str, ...]:
    """Canonical tables this data set has, in the order of the schema."""
    return tuple(name for name in LANDED_TABLES if has_landed(landed, name))


def one_row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    """The single row of an aggregate, numbers missing as 0."""
    row = con.execute(query).fetchall()[0]
    return tuple(0.0 if value is None else float(value) for value in row)


def days_of(con: duckdb.DuckDBPyConnection, view: str) -> pd.Series:
    """The day of each row with a moment (whole days since 1970-01-01, wall clock), in no order."""
    found: pd.DataFrame = con.sql(
        f"select date_diff('day', date '1970-01-01', local_at::date) as day from {view} where local_at is not null"
    ).df()
    return found["day"]
