"""Moments: something that just happened, or is about to, and for how long it is worth a word.

A new moment is one small function and one entry in ``MOMENTS``. Each gives one row = customer with the day since when
the moment is open. This is a batch workspace: a moment is seen at the end of a day, never in the same minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers.campaigns import queries
from rcommerce_helpers.campaigns.groups import leaving
from rcommerce_helpers.campaigns.reach import Reach
from rcommerce_helpers.clock import day_after
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Absent, Figure

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

QUIET_DAYS = 60
"""A gap this long makes the next visit a return."""
REMIND_DAYS = 7
"""A reminder may come this long before a product is due."""
RHYTHM_ORDERS = 5
"""So many orders make a rhythm."""


@dataclass(frozen=True)
class Traces:
    """What moments are read from; each table may be absent."""

    order_lines: Rows | Absent
    scores: Rows | Absent
    cases: Rows | Absent
    contracts: Rows | Absent


@dataclass(frozen=True)
class Span:
    """The days in which a moment must have opened: from ``since`` on, before ``end``."""

    since: pd.Timestamp
    end: pd.Timestamp


@dataclass(frozen=True)
class Moment:
    """A kind of moment: how it is found, how many days it stays open, and what it asks for."""

    find: Callable[[Traces, Span], pd.DataFrame | None]
    shelf_days: int
    asks_for: str


@dataclass(frozen=True)
class Moments:
    """Open moments.

    ``table``: one row = open moment: customer_id, moment, since, shelf_days. ``counts``: one row = kind of moment:
    moment, asks_for, shelf_days, customers (empty = the data set has no table to find it in). ``shown``: the same
    without groups below ten.
    """

    table: pd.DataFrame
    counts: pd.DataFrame
    figures: tuple[Figure, ...]

    @property
    def shown(self) -> pd.DataFrame:
        return leaving(self.counts, "customers", names=["moment"], sums=["customers"])


def traces(
    *, order_lines: Rows | Absent, scores: Rows | Absent, cases: Rows | Absent, contracts: Rows | Absent
) -> Traces:
    """Collect the tables there are."""
    return Traces(order_lines, scores, cases, contracts)


def find_moments(known: Traces, reach: Reach) -> Moments:
    """Find the moments open at the end of the last known day, for customers who may be contacted.

    Raises
    ------
    NotEnoughData
        No table to find any moment in.
    """
    end = day_after(reach.as_of)
    people = reach.customers.loc[reach.customers["reachable"], "customer_id"]
    parts, counts = [], []
    for name, moment in MOMENTS.items():
        found = moment.find(known, Span(end - _days(moment.shelf_days), end))
        if found is not None:
            found = found[found["customer_id"].isin(people) & (found["since"] >= end - _days(moment.shelf_days))]
            found = found[["customer_id", "since"]].drop_duplicates("customer_id")
            parts.append(found.assign(moment=name, shelf_days=moment.shelf_days))
        customers = float("nan") if found is None else len(found)
        counts.append((name, moment.asks_for, moment.shelf_days, customers))
    if not parts:
        raise NotEnoughData("moments", got="no table", expected="orders, scores, cases or contracts", do="Load one")
    table = pd.concat(parts, ignore_index=True)[["customer_id", "moment", "since", "shelf_days"]]
    summary = pd.DataFrame(counts, columns=["moment", "asks_for", "shelf_days", "customers"])
    figures = (
        Figure("moments_found", len(table), len(people), "count"),
        Figure("customers_with_moment", table["customer_id"].nunique(), len(people), "count"),
    )
    return Moments(table, summary, figures)


def _days(count: int) -> pd.Timedelta:
    return pd.Timedelta(days=count)


def _first_visit_back(known: Traces, span: Span) -> pd.DataFrame | None:
    """An order after a long silence."""
    if isinstance(known.order_lines, Absent):
        return None
    return queries.returns_after(known.order_lines, QUIET_DAYS, since=span.since, end=span.end)


def _quieter_than_usual(known: Traces, span: Span) -> pd.DataFrame | None:
    """Silent for more than three of the customer's own median gaps, where there is a rhythm."""
    if isinstance(known.order_lines, Absent):
        return None
    rhythm = queries.rhythms(known.order_lines, span.end, least_orders=RHYTHM_ORDERS)
    since = rhythm["last"] + pd.to_timedelta((3 * rhythm["gap"].clip(lower=1)).round(), unit="D")
    return rhythm.assign(since=since)[since < span.end]


def _due_again(known: Traces, span: Span) -> pd.DataFrame | None:
    """A product the person uses up will be due within a week by her own rhythm."""
    if isinstance(known.scores, Absent) or "due_days" not in known.scores.columns:
        return None
    due = queries.due_soon(known.scores, REMIND_DAYS)
    since = span.end + pd.to_timedelta(due["due_days"].round() - REMIND_DAYS, unit="D")
    return due.assign(since=since).sort_values("since")


def _case_solved(known: Traces, span: Span) -> pd.DataFrame | None:
    """A service case was closed and solved."""
    if isinstance(known.cases, Absent):
        return None
    return queries.cases_solved(known.cases, since=span.since, end=span.end)


def _contract_ending(known: Traces, span: Span) -> pd.DataFrame | None:
    """The notice period begins within four weeks."""
    if isinstance(known.contracts, Absent):
        return None
    running = queries.running_contracts(known.contracts)
    notice = pd.to_timedelta(running["notice_days"].fillna(0).astype(float), unit="D")
    opens = pd.to_datetime(running["term_end_on"]) - notice - _days(28)
    return running.assign(since=opens)[opens < span.end]


MOMENTS: dict[str, Moment] = {
    "due_again": Moment(_due_again, REMIND_DAYS, "a reminder"),
    "first_visit_back": Moment(_first_visit_back, 7, "a welcome, no discount"),
    "quieter_than_usual": Moment(_quieter_than_usual, 14, "a question what was missing"),
    "case_solved": Moment(_case_solved, 3, "thanks; an offer only if it helps"),
    "contract_ending": Moment(_contract_ending, 28, "the better tariff, before the person looks for it"),
}
