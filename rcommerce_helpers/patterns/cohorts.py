"""Do customers who came together stay? Share of each month's newcomers who buy again, month by month.

A cell that has not happened yet is empty, never 0; the last month is marked while it is still running. A panel that
was "observed already buying" has no true first purchases in its first weeks: such cohorts are marked, not dropped. One
purchase dated 1900 makes neither a cohort nor the first weeks: what ``clock.first_day`` calls stray is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.clock import first_day
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import SMALL, suppress_small
from rcommerce_helpers.patterns.baskets import Baskets
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import share_interval, wilson

EARLY_DAYS = 60


@dataclass(frozen=True)
class Cohorts:
    """Cohorts by month of the first purchase.

    ``cells``: one row = one cohort x months_since: cohort, months_since, n (customers of the cohort), buyers, rate,
    low, high (empty in the future), complete (the month is over), start_known (False: the cohort lies in the first
    60 days of the data), hidden ("small" where fewer than ten came back, whose number and share are then empty). A
    cohort of fewer than ten customers has no row.
    """

    cells: pd.DataFrame
    figures: tuple[Figure, ...]


def cohorts(baskets: Baskets) -> Cohorts:
    """Monthly cohorts by first purchase, with Wilson intervals.

    Raises
    ------
    NotEnoughData
        The data cover a single month.
    """
    orders = _within(baskets.orders)
    month = _month_number(orders["local_at"])
    seen = pd.DataFrame({"customer": orders["customer"], "month": month}).drop_duplicates()
    first = seen.groupby("customer")["month"].transform("min")
    as_of = pd.Timestamp(baskets.as_of)
    last = as_of.year * 12 + as_of.month - 1
    start = int(first.min())
    if last == start:
        raise NotEnoughData("orders", got="one month of orders", expected="at least two", do="Land a longer history")
    size = seen[seen["month"] == first].groupby("month").size()
    buyers = seen.assign(first=first, since=seen["month"] - first).groupby(["first", "since"]).size()
    grid = pd.MultiIndex.from_product([size.index, range(last - start + 1)], names=["first", "since"])
    count = buyers.reindex(grid, fill_value=0).astype(float).reset_index(name="buyers")
    cells = _cells(count, size, last, as_of)
    cells["start_known"] = cells["first"] > _month_number_of(orders["local_at"].min() + pd.Timedelta(days=EARLY_DAYS))
    figures = _figures(orders, cells)
    return Cohorts(_leaving(cells.drop(columns="first")), figures)


def _within(orders: pd.DataFrame) -> pd.DataFrame:
    """The orders without those that lie far before all others."""
    start = pd.Timestamp(0) + pd.Timedelta(days=first_day((orders["local_at"] - pd.Timestamp(0)).dt.days))
    return orders[orders["local_at"] >= start]


def _leaving(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells as they may leave: neither those who came back nor those who did not are few.

    Cohorts add up to all customers, and so do those who came back in the month after the first; later months add up
    to nothing that is told.
    """
    size = cells.drop_duplicates("cohort")
    large = size.loc[suppress_small(size, "n")["hidden"] == "", "cohort"]
    cells = cells[cells["cohort"].isin(large)].reset_index(drop=True)
    later = cells["months_since"] > 0
    away = (cells["n"] - cells["buyers"]).where(later, 0)
    few = cells["buyers"].between(1, leaving.SMALLEST_GROUP - 1) | away.between(1, leaving.SMALLEST_GROUP - 1)
    totalled = cells[(cells["months_since"] == 1) & cells["complete"]].assign(away=away)
    for size in ("buyers", "away"):  # next_month_share tells the sum of these
        few |= (suppress_small(totalled, size)["hidden"] != "").reindex(cells.index, fill_value=False)
    emptied = ["buyers", "rate", "low", "high"]
    return cells.assign(**{name: cells[name].mask(few) for name in emptied}, hidden=np.where(few, SMALL, ""))


def _cells(count: pd.DataFrame, size: pd.Series, last: int, as_of: pd.Timestamp) -> pd.DataFrame:
    month = count["first"] + count["since"]
    future = month > last
    over = (month < last) | ((month == last) & (as_of == as_of + pd.offsets.MonthEnd(0)))
    n = count["first"].map(size)
    buyers = count["buyers"].mask(future)
    low, high = wilson(count["buyers"], n)
    year, number = count["first"] // 12, count["first"] % 12 + 1
    return pd.DataFrame(
        {
            "first": count["first"],
            "cohort": year.astype(str) + "-" + number.astype(str).str.zfill(2),
            "months_since": count["since"],
            "n": n,
            "buyers": buyers,
            "rate": buyers / n,
            "low": np.where(future, np.nan, low),
            "high": np.where(future, np.nan, high),
            "complete": over & ~future,
        }
    )


def _figures(orders: pd.DataFrame, cells: pd.DataFrame) -> tuple[Figure, ...]:
    first = orders.groupby("customer")["local_at"].min()
    early = share_interval(float((first < first.min() + pd.Timedelta(days=EARLY_DAYS)).sum()), len(first))
    figures = [Figure("early_start_share", early.value, len(first), "share", early.low, early.high)]
    after = cells[(cells["months_since"] == 1) & cells["complete"]]
    if after["n"].sum() > 0:
        again = share_interval(float(after["buyers"].sum()), float(after["n"].sum()))
        figures.append(Figure("next_month_share", again.value, int(after["n"].sum()), "share", again.low, again.high))
    return tuple(figures)


def _month_number(moments: pd.Series) -> pd.Series:
    return moments.dt.year * 12 + moments.dt.month - 1


def _month_number_of(moment: pd.Timestamp) -> int:
    return int(moment.year * 12 + moment.month - 1)
