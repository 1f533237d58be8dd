"""What arrived: the three buckets, the reasons of the quarantine, the bridge of money, joins, calendar and filling.

The sections of 06_your_own_data. Each takes landed tables, with all persons, and gives counts only: no row of a person
leaves here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Absent, Figure
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.facts import TableCount
from rcommerce_helpers.sources.landed import QUARANTINE, has_landed, read_landed
from rcommerce_helpers.sources.params import OwnDataParams
from rcommerce_helpers.sources.soundness import broken_joins, calendar, filling, hours, money_bridge


@dataclass(frozen=True)
class Buckets:
    """``tables``: one row = one canonical table: table, rows_in, landed, quarantined, set_aside, rules."""

    tables: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Reasons:
    """``reasons``: one row = one reason: table, column, reason, rows; most frequent first."""

    reasons: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Bridge:
    """``steps``: one row = one step: step, amount in ``currency``, line_count."""

    steps: pd.DataFrame
    currency: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Joins:
    """``joins``: one row = one reference: table, column, points_to, rows, empty, lost, lost_share."""

    joins: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Calendar:
    """``days``: one row = one day: day, orders. ``hours``: one row = one hour: hour, orders. ``gaps``: start, days."""

    days: pd.DataFrame
    hours: pd.DataFrame
    gaps: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Filling:
    """``columns``: one row = one canonical column with a value: table, column, rows, filled_share; emptiest first."""

    columns: pd.DataFrame
    figures: tuple[Figure, ...]


def read_arrived(landed: Path) -> dict[str, pd.DataFrame | Absent]:
    """Every canonical table as it landed, and the quarantine; one that the data set has not is absent.

    For the look at the own data: in its working folder personal values are hidden and references mean nothing.
    """
    names = (*LANDED_TABLES, QUARANTINE)
    return {
        name: read_landed(landed, name) if has_landed(landed, name) else Absent(name, f"this data set has no {name}")
        for name in names
    }


def count_rows(counts: Mapping[str, TableCount]) -> Buckets:
    """Rows in = landed + quarantined + set aside, per table and in all.

    Parameters
    ----------
    counts
        Table -> its counts, as landing wrote them.
    """
    rows = [
        (name, c.rows_in, c.landed, c.quarantined, sum(c.set_aside.values()), ", ".join(c.set_aside))
        for name, c in counts.items()
    ]
    table = pd.DataFrame(rows, columns=["table", "rows_in", "landed", "quarantined", "set_aside", "rules"])
    total = {c: int(table[c].sum()) for c in ("rows_in", "landed", "quarantined", "set_aside")}
    n = total["rows_in"]
    figures = (
        Figure("tables_landed", int((table["landed"] > 0).sum()), len(table), "count"),
        Figure("rows_in", n, len(table), "count"),
        Figure("rows_landed", total["landed"], n, "count"),
        Figure("rows_quarantined", total["quarantined"], n, "count"),
        Figure("rows_set_aside", total["set_aside"], n, "count"),
        Figure("people_derived", sum(sum(c.derived.values()) for c in counts.values()), n, "count"),
        Figure("quarantined_share", total["quarantined"] / n if n else 0.0, n, "share"),
    )
    return Buckets(table, figures)


def count_reasons(quarantine: pd.DataFrame) -> Reasons:
    """Why rows are in quarantine; values stay in the file, since they may be personal.

    Parameters
    ----------
    quarantine
        One row = one rejected row, or one value that a row landed without (``row_landed``), which is not counted here:
        table, file, line, column, value, reason, row_landed.
    """
    quarantine = quarantine[~quarantine["row_landed"].astype(bool)]
    by = ["table", "column", "reason"]
    counted = quarantine.groupby(by, as_index=False).size().rename(columns={"size": "rows"})
    counted = counted.sort_values(["rows", *by], ascending=[False, True, True, True], ignore_index=True)
    n = len(quarantine)
    top = float(counted["rows"].iloc[0]) / n if n else 0.0
    return Reasons(counted, (Figure("reasons", len(counted), n, "count"), Figure("top_reason_share", top, n, "share")))


def build_bridge(order_lines: pd.DataFrame, orders: pd.DataFrame, currency: str) -> Bridge:
    """From gross to net, all orders of the data set, in the reporting currency."""
    with _over({"order_lines": order_lines, "orders": orders}) as connection:
        steps = money_bridge(connection)
    amount = steps.set_index("step")["amount"]
    lines = steps.set_index("step")["line_count"]
    out = ["cancelled", "test"]
    figures = (
        Figure("gross", float(amount["gross"]), int(lines["gross"]), "money"),
        Figure("other_lines", float(amount["other"]), int(lines["other"]), "money"),
        Figure("returned", float(amount["returned"]), int(lines["returned"]), "money"),
        Figure("cancelled", float(amount[out].sum()), int(lines[out].sum()), "money"),
        Figure("net", float(amount["net"]), int(lines["net"]), "money"),
    )
    return Bridge(steps, currency, figures)


def check_joins(tables: Mapping[str, object], params: OwnDataParams) -> Joins:
    """Which keys find their partner.

    Parameters
    ----------
    tables
        Table -> landed table; whatever is no table is passed over, so that absent ones may stand there too.

    Raises
    ------
    NotEnoughData
        No table refers to another.
    """
    present = _present(tables)
    with _over(present) as connection:
        joins = broken_joins(connection, present).drop(columns="example")
    if joins.empty:
        raise NotEnoughData("joins", got="no two tables that refer to each other", expected="two", do="Map one more")
    looked_up = int((joins["rows"] - joins["empty"]).sum())
    joins["lost_share"] = joins["lost"] / (joins["rows"] - joins["empty"]).clip(lower=1)
    broken = int((joins["lost_share"] > params.lost_share).sum())
    figures = [
        Figure("references", len(joins), looked_up, "count"),
        Figure("keys_lost", int(joins["lost"].sum()), looked_up, "count"),
        Figure("references_broken", broken, len(joins), "count"),
    ]
    persons = joins[(joins["table"] == "orders") & (joins["points_to"] == "source_records")]
    if len(persons):
        figures.append(
            Figure("orders_without_person", int(persons["empty"].iloc[0]), int(persons["rows"].iloc[0]), "count")
        )
    return Joins(joins.sort_values("lost_share", ascending=False, kind="stable", ignore_index=True), tuple(figures))


def check_calendar(orders: pd.DataFrame, as_of: str, params: OwnDataParams) -> Calendar:
    """Is the export whole in time, and is its clock right?

    Parameters
    ----------
    orders
        Landed orders.
    as_of
        Last day the data are said to cover.
    """
    with _over({"orders": orders}) as connection:
        days, by_hour = calendar(connection), hours(connection)
    n, covered = int(days["orders"].sum()), len(days)
    gaps = _gaps(days, params.gap_days)
    night = int(by_hour.loc[by_hour["hour"].between(1, 4), "orders"].sum())
    age = (pd.Timestamp(as_of) - pd.Timestamp(days["day"].iloc[-1])).days
    figures = (
        Figure("days_covered", covered, n, "days"),
        Figure("days_without_order", int((days["orders"] == 0).sum()), covered, "days"),
        Figure("gaps", len(gaps), covered, "count"),
        Figure("newest_age_days", age, n, "days"),
        Figure("night_share", night / n, n, "share"),
    )
    return Calendar(days, by_hour, gaps, figures)


def _gaps(days: pd.DataFrame, least: int) -> pd.DataFrame:
    """Runs of days without an order, at least so long: start, days."""
    empty = days["orders"] == 0
    run = (empty != empty.shift()).cumsum()[empty]
    found = days.loc[empty].groupby(run)["day"].agg(start="min", days="size").reset_index(drop=True)
    return found[found["days"] >= least].reset_index(drop=True)


def check_filling(tables: Mapping[str, object]) -> Filling:
    """How full each canonical column is; columns without any value are counted, not listed."""
    present = _present(tables)
    with _over(present) as connection:
        columns = filling(connection, present)
    used = columns[columns["filled_share"] > 0].sort_values(
        ["filled_share", "table", "column"], kind="stable", ignore_index=True
    )
    figures = (
        Figure("columns_mapped", len(used), len(columns), "count"),
        Figure("columns_thin", int((used["filled_share"] < 0.5).sum()), len(used), "count"),
    )
    return Filling(used, figures)


def _present(tables: Mapping[str, object]) -> dict[str, pd.DataFrame]:
    """Canonical tables that are there; the quarantine has other columns and its own section."""
    return {n: table for n, table in tables.items() if n in LANDED_TABLES and isinstance(table, pd.DataFrame)}


def _over(tables: Mapping[str, pd.DataFrame]) -> duckdb.DuckDBPyConnection:
    """An engine in which each table is readable as ``landed_<table>``; closes itself after a ``with``."""
    connection = connect()
    for name, table in tables.items():
        connection.register(f"landed_{name}", table)
    return connection
