"""What this data set can and cannot answer, counted before anything is analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.clock import day_after, first_day
from rcommerce_helpers.documents import purchases
from rcommerce_helpers.engine import frame
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.relationship.questions import QUESTIONS
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.facts import TableCount
from rcommerce_helpers.sources.landed import has_landed, read_landed


@dataclass(frozen=True)
class DataMap:
    """Which questions have their data.

    ``questions``: one row = question (stage, question, answerable, missing). ``needs``: one row = question x table
    (question, table, present). ``tables``: one row = canonical table of the data set (table, grain, rows_in, landed,
    quarantined, set_aside).
    """

    questions: pd.DataFrame
    needs: pd.DataFrame
    tables: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Span:
    """The time the data set covers, in whole days of the wall clock; ``by_month``: one row = month (month, orders)."""

    by_month: pd.DataFrame
    figures: tuple[Figure, ...]


def map_answers(counts: Mapping[str, TableCount]) -> DataMap:
    """Compare the tables that landed with the tables each question needs.

    Parameters
    ----------
    counts
        Canonical table -> its rows in, landed, quarantined and set aside.
    """
    present = {name for name, c in counts.items() if c.landed}
    needs = pd.DataFrame(
        [(q.stage, q.text, table, table in present) for q in QUESTIONS for table in q.needs],
        columns=["stage", "question", "table", "present"],
    )
    questions = pd.DataFrame(
        [(q.stage, q.text, present.issuperset(q.needs), ", ".join(sorted(set(q.needs) - present))) for q in QUESTIONS],
        columns=["stage", "question", "answerable", "missing"],
    )
    tables = _table_rows(counts)
    return DataMap(questions=questions, needs=needs, tables=tables, figures=_map_figures(questions, tables))


def _table_rows(counts: Mapping[str, TableCount]) -> pd.DataFrame:
    rows = [
        (name, LANDED_TABLES[name].grain, c.rows_in, c.landed, c.quarantined, sum(c.set_aside.values()))
        for name, c in counts.items()
    ]
    names = ["table", "one_row_is", "rows_in", "landed", "quarantined", "set_aside"]
    return pd.DataFrame(rows, columns=names).sort_values(
        ["landed", "table"], ascending=[False, True], ignore_index=True
    )


def _map_figures(questions: pd.DataFrame, tables: pd.DataFrame) -> tuple[Figure, ...]:
    rows_in = int(tables["rows_in"].sum())
    asked = len(questions)
    answerable = int(questions["answerable"].sum())
    return (
        Figure("questions_asked", asked, asked, "count"),
        Figure("questions_answerable", answerable, asked, "count"),
        Figure("questions_open", asked - answerable, asked, "count"),
        Figure("tables_known", len(LANDED_TABLES), len(LANDED_TABLES), "count"),
        Figure("tables_present", int((tables["landed"] > 0).sum()), len(LANDED_TABLES), "count"),
        Figure("rows_in", rows_in, rows_in, "count"),
        Figure("rows_landed", int(tables["landed"].sum()), rows_in, "count"),
        Figure("rows_quarantined", int(tables["quarantined"].sum()), rows_in, "count"),
        Figure("rows_set_aside", int(tables["set_aside"].sum()), rows_in, "count"),
    )


def measure_span(landed: Path, as_of: str) -> Span:
    """Count purchases a month, and the days from the first one to the last day the analysis may know.

    What lies far before all others (``clock.first_day``) is left out of the time covered, not of the count.

    Parameters
    ----------
    landed
        Folder of the landed tables; of orders and lines only their times and what they are is read, no person.
    as_of
        Last day, 2017-12-31.

    Raises
    ------
    NotEnoughData
        There are no orders, or none before ``as_of``.
    """
    if not has_landed(landed, "orders"):
        raise NotEnoughData("orders", got="no such table", expected="the table orders", do="Map it in sources.toml")
    end = day_after(as_of)
    days = _purchases(landed)
    days = days[days < end]
    if days.empty:
        raise NotEnoughData("orders", got="none before the last day", expected="at least one", do="Set a later as_of")
    first = pd.Timestamp(0) + pd.Timedelta(days=first_day((days - pd.Timestamp(0)).dt.days))
    by_month = days[days >= first].dt.to_period("M").value_counts().sort_index()
    table = pd.DataFrame({"month": by_month.index.to_timestamp(), "orders": by_month.to_numpy()})
    covered = (end.normalize() - first).days
    orders_a_month = Figure("orders_a_month", float(table["orders"].median()), len(table), "count")
    figures = (Figure("orders", len(days), len(days), "count"), Figure("days_covered", covered, len(days), "days"))
    return Span(by_month=table, figures=(*figures, orders_a_month))


def _purchases(landed: Path) -> pd.Series:
    """When each purchase took place, wall clock, in order."""
    orders = read_landed(landed, "orders")
    orders = orders[[c for c in ("order_id", "local_at", "kind", "status") if c in orders]]
    lines = None
    if has_landed(landed, "order_lines"):
        lines = read_landed(landed, "order_lines")
        lines = lines[[c for c in ("order_id", "kind", "quantity", "amount") if c in lines]]
    return frame(purchases(orders, lines).select("local_at").order_by("local_at"))["local_at"].dropna()
