"""Moments: something that just happened, or is about to, and for how long it is worth a word.

A new moment is one small function and one entry in ``MOMENTS``. Each gives one row = customer with the day since when
the moment is open. This is a batch workspace: a moment is seen at the end of a day, never in the same minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from rcommerce_helpers.campaigns.reach import Reach
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Figure

QUIET_DAYS = 60
"""A gap this long makes the next visit a return."""


REMIND_DAYS = 7
"""A reminder may come this long before a product is due."""


@dataclass(frozen=True)
class Traces:
    """What moments are read from; None = the data set has no such table."""

    order_lines: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    cases: pd.DataFrame | None = None
    contracts: pd.DataFrame | None = None


@dataclass(frozen=True)
class Moment:
    """A kind of moment: how it is found, how many days it stays open, and what it asks for."""

    find: Callable[[Traces, pd.Timestamp], pd.DataFrame | None]
    shelf_days: int
    asks_for: str


@dataclass(frozen=True)
class Moments:
    """Open moments.

    ``table``: one row = open moment: customer_id, moment, since, shelf_days. ``counts``: one row = kind of moment:
    moment, asks_for, shelf_days, customers (empty = the data set has no table to find it in).
    """

    table: pd.DataFrame
    counts: pd.DataFrame
    figures: tuple[Figure, ...]


def traces(*, order_lines: object, scores: object, cases: object, contracts: object) -> Traces:
    """Collect the tables there are: anything that is not a table counts as absent."""
    given = [t if isinstance(t, pd.DataFrame) else None for t in (order_lines, scores, cases, contracts)]
    return Traces(*given)


def find_moments(known: Traces, reach: Reach) -> Moments:
    """Find the moments open at the end of the last known day, for customers who may be contacted.

    Raises
    ------
    NotEnoughData
        No table to find any moment in.
    """
    end = pd.Timestamp(reach.as_of) + pd.Timedelta(days=1)
    people = reach.customers.loc[reach.customers["reachable"], "customer_id"]
    parts, counts = [], []
    for name, moment in MOMENTS.items():
        found = moment.find(known, end)
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


def _orders(lines: pd.DataFrame) -> pd.DataFrame:
    """One row = order: customer_id, local_at, gap in days to the order before."""
    orders = lines[["customer_id", "order_id", "local_at"]].drop_duplicates("order_id")
    orders = orders.sort_values(["customer_id", "local_at"])
    gap = orders.groupby("customer_id")["local_at"].diff().dt.total_seconds() / 86400
    return orders.assign(gap=gap)


def _first_visit_back(known: Traces, end: pd.Timestamp) -> pd.DataFrame | None:
    """An order after a long silence."""
    if known.order_lines is None:
        return None
    orders = _orders(known.order_lines[known.order_lines["local_at"] < end])
    return orders[orders["gap"] >= QUIET_DAYS].rename(columns={"local_at": "since"})


def _quieter_than_usual(known: Traces, end: pd.Timestamp) -> pd.DataFrame | None:
    """Silent for more than three of the customer's own median gaps; needs five orders, so that there is a rhythm."""
    if known.order_lines is None:
        return None
    orders = _orders(known.order_lines[known.order_lines["local_at"] < end])
    rhythm = orders.groupby("customer_id").agg(gap=("gap", "median"), orders=("gap", "size"), last=("local_at", "max"))
    rhythm = rhythm[rhythm["orders"] >= 5]
    since = rhythm["last"] + pd.to_timedelta((3 * rhythm["gap"].clip(lower=1)).round(), unit="D")
    return since[since < end].rename("since").reset_index()


def _due_again(known: Traces, end: pd.Timestamp) -> pd.DataFrame | None:
    """A product the person uses up will be due within a week by her own rhythm."""
    if known.scores is None or "due_days" not in known.scores:
        return None
    due = known.scores["due_days"].astype(float)
    soon = (due >= 0) & (due < REMIND_DAYS) & ~known.scores["suppressed"].fillna(False).astype(bool)
    since = end + pd.to_timedelta(due[soon].round() - REMIND_DAYS, unit="D")
    return known.scores[soon].assign(since=since).sort_values("since")


def _case_solved(known: Traces, end: pd.Timestamp) -> pd.DataFrame | None:
    """A service case was closed and solved."""
    if known.cases is None:
        return None
    closed = pd.to_datetime(known.cases["local_closed_at"])
    solved = known.cases["solved"].fillna(False).astype(bool) & (closed < end)
    return known.cases[solved].assign(since=closed[solved])


def _contract_ending(known: Traces, end: pd.Timestamp) -> pd.DataFrame | None:
    """The notice period begins within four weeks."""
    if known.contracts is None:
        return None
    running = known.contracts[known.contracts["ended_on"].isna() & known.contracts["cancelled_on"].isna()]
    notice = pd.to_timedelta(running["notice_days"].fillna(0).astype(float), unit="D")
    opens = pd.to_datetime(running["term_end_on"]) - notice - _days(28)
    return running.assign(since=opens)[(opens < end)]


MOMENTS: dict[str, Moment] = {
    "due_again": Moment(_due_again, REMIND_DAYS, "a reminder"),
    "first_visit_back": Moment(_first_visit_back, 7, "a welcome, no discount"),
    "quieter_than_usual": Moment(_quieter_than_usual, 14, "a question what was missing"),
    "case_solved": Moment(_case_solved, 3, "thanks; an offer only if it helps"),
    "contract_ending": Moment(_contract_ending, 28, "the better tariff, before the person looks for it"),
}
