"""Do landed tables hang together: money, joins, calendar, filling. One query per question, over landed tables.

Every function takes a DuckDB connection in which each landed table is readable as ``landed_<table>``, so that
``rcommerce check`` asks them of the staged rows and the notebook of the landed files.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pandas as pd

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.schema.columns import FILE_ORDER, local_name

BRIDGE_STEPS = ("gross", "other", "returned", "cancelled", "test", "net")
OWN_NAMES = {t.key[0]: t.name for t in LANDED_TABLES.values() if len(t.key) == 1}
"""Identifier -> the table that hands it out: order_id -> orders."""


def money_bridge(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """From what was rung up to what remains: the bridge of revenue.

    Returns
    -------
    DataFrame
        One row = one step: ``step``, ``amount`` in the reporting currency, ``line_count``. gross = items bought; other
        = shipping, fees, vouchers, adjustments; returned = returns (negative); cancelled and test take their whole
        orders out again; net = the sum = revenue by order date, as every stage counts it.
    """
    row = connection.sql(
        """
        select step, cast(sum(cast(amount as decimal(38, 10))) as double) as amount, count(*) as line_count from (
            select l.amount, case when kind = 'return' or (kind = 'item' and amount < 0) then 'returned'
                                  when kind = 'item' then 'gross' else 'other' end as step
            from landed_order_lines l
            union all
            select -l.amount, o.status from landed_order_lines l join landed_orders o using (order_id)
            where o.status in ('cancelled', 'test')
            union all
            select case when o.status in ('cancelled', 'test') then 0 else l.amount end, 'net'
            from landed_order_lines l left join landed_orders o using (order_id))
        group by step
        """
    ).df()
    found = row.set_index("step").reindex(BRIDGE_STEPS).fillna(0)
    return found.reset_index().astype({"amount": "float64", "line_count": "int64"})


def references(tables: Iterable[str]) -> list[tuple[str, str, str]]:
    """(table, column, table it points to) for all references between tables that are there."""
    present = list(tables)
    found = []
    for name in present:
        for column in LANDED_TABLES[name].columns:
            target = "source_records" if column.type == "record" else OWN_NAMES.get(column.name, "")
            own_key = LANDED_TABLES[name].key == (column.name,)  # a table's own name for its rows points nowhere
            if column.type in {"record", "key"} and target in present and target != name and not own_key:
                found.append((name, column.name, target))
    return found


def broken_joins(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> pd.DataFrame:
    """Keys that do not join.

    Returns
    -------
    DataFrame
        One row = one reference: ``table``, ``column``, ``points_to``, ``rows``, ``empty`` (no key), ``lost`` (a key
        that the other table does not have), ``example`` of a lost key. The last rows turn the question round: orders
        without a line, records without an order (of systems that have orders).
    """
    present = list(tables)
    asked = references(present)
    asked += [(o, k, p) for o, k, p in (("orders", "order_id", "order_lines"),) if {o, p} <= set(present)]
    asked += [(o, k, p) for o, k, p in (("source_records", "record_id", "orders"),) if {o, p} <= set(present)]
    rows = [_join(connection, table, column, target) for table, column, target in asked]
    columns = ["table", "column", "points_to", "rows", "empty", "lost", "example"]
    return pd.DataFrame(rows, columns=columns).astype({"rows": "int64", "empty": "int64", "lost": "int64"})


def _join(connection: duckdb.DuckDBPyConnection, table: str, column: str, target: str) -> tuple[object, ...]:
    key = LANDED_TABLES[target].key[0] if column not in LANDED_TABLES[target].column_names else column
    if LANDED_TABLES[table].column(column).type == "record" and target == "source_records":
        key = "record_id"
    asked = f"landed_{table}"
    if (table, target) == ("source_records", "orders"):  # a system without orders has nobody who could have ordered
        system = "split_part(record_id, ':', 1)"
        asked = f"(select * from {asked} where {system} in (select {system} from landed_orders))"
    rows, empty, lost, example = connection.sql(
        f"""
        select coalesce(sum(n), 0), coalesce(sum(n) filter (k is null), 0),
               coalesce(sum(n) filter (k is not null and other is null), 0),
               min(k) filter (k is not null and other is null)
        from (select {column} as k, count(*) as n from {asked} group by 1)
        left join (select distinct {key} as other from landed_{target}) on k = other
        """
    ).fetchall()[0]
    return table, column, target, rows, empty, lost, example or ""


def calendar(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Orders per calendar day between the first and the last one; a day without an order stands with 0.

    Returns
    -------
    DataFrame
        One row = one day: ``day``, ``orders``.
    """
    return connection.sql(
        """
        with days as (select cast(local_at as date) as d from landed_orders)
        select cast(g as date) as day, count(d) as orders
        from (select unnest(generate_series(cast(min(d) as timestamp), cast(max(d) as timestamp), interval 1 day)) as g
              from days)
        left join days on d = cast(g as date) group by 1 order by 1
        """
    ).df()


def hours(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Orders by hour of the wall clock: a wrong time zone shows here first. One row = one hour, 0 to 23."""
    return connection.sql(
        """
        select h as hour, count(local_at) as orders from range(24) r(h)
        left join landed_orders on hour(local_at) = h group by 1 order by 1
        """
    ).df()


def filling(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> pd.DataFrame:
    """How full the columns are.

    Returns
    -------
    DataFrame
        One row = one canonical column: ``table``, ``column``, ``rows``, ``filled_share``; wall clocks left out.
    """
    parts = []
    for name in tables:
        table = LANDED_TABLES[name]
        twins = {local_name(c.name) for c in table.columns if c.type == "moment"}
        names = [n for n in table.landed_names if n not in twins and n != FILE_ORDER.name]
        counts = ", ".join(f'count("{n}")' for n in names)
        rows, *filled = connection.sql(f"select count(*), {counts} from landed_{name}").fetchall()[0]
        parts += [(name, n, rows, f / rows if rows else 0.0) for n, f in zip(names, filled)]
    return pd.DataFrame(parts, columns=["table", "column", "rows", "filled_share"])
