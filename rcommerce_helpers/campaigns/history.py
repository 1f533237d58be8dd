"""What was known of a customer on the day before: daily sums, and features that never look past a day.

Used by both kinds of evidence: past campaigns without lots, and randomised logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns import queries
from rcommerce_helpers.clock import first_day

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

SPANS = ((14, 0), (28, 14), (42, 28), (70, 42))
"""Spans of days before the day in question (from, to) whose spending is a feature."""
LONGEST = 70


@dataclass(frozen=True)
class Panel:
    """Daily sums: (customers, days + 1) cumulated money, orders and discounts; ``first`` is the first day.

    ``last_order``: (customers, days + 1): day number of the last order before each day, far back where there is none.
    """

    ids: np.ndarray
    first: pd.Timestamp
    money: np.ndarray
    orders: np.ndarray
    discount: np.ndarray
    last_order: np.ndarray

    @property
    def days(self) -> int:
        return int(self.money.shape[1]) - 1

    def total(self, what: str, start: int, end: int) -> np.ndarray:
        """Sum over days start (included) to end (excluded), per customer."""
        sums: np.ndarray = getattr(self, what)
        return np.asarray(sums[:, end] - sums[:, start])


def daily_panel(order_lines: Rows) -> Panel:
    """Daily sums of money, orders and discounts per customer, from order lines with local_at.

    Days that lie far before all others (``clock.first_day``) are left out: they would only widen the panel.
    """
    sums = queries.daily_sums(order_lines)
    start = first_day(sums["day_number"])
    sums = sums[sums["day_number"] >= start]
    codes, ids = pd.factorize(sums["customer_id"], sort=True)
    size = (len(ids), int(sums["day_number"].max()) - start + 1)
    cell = np.ravel_multi_index((codes, sums["day_number"] - start), size)
    money, discount, orders = (
        np.bincount(cell, weights=sums[name], minlength=size[0] * size[1]).reshape(size)
        for name in ("money", "discount", "orders")
    )
    ordered = np.where(orders > 0, np.arange(size[1]), -10 * LONGEST)
    before = np.column_stack([np.full(len(ids), -10 * LONGEST), np.maximum.accumulate(ordered, axis=1)])
    first = pd.Timestamp(0) + pd.Timedelta(days=start)
    return Panel(
        np.asarray(ids, dtype=object), first, _cumulated(money), _cumulated(orders), _cumulated(discount), before
    )


def _cumulated(daily: np.ndarray) -> np.ndarray:
    return np.column_stack([np.zeros(len(daily)), daily.cumsum(axis=1)])


def features_before(panel: Panel, who: np.ndarray, day: np.ndarray) -> np.ndarray:
    """What was known before a day: (rows, 8): log weekly spending in four spans, orders in two, recency, discounts.

    Parameters
    ----------
    who
        (rows,): row number of the customer in ``panel.ids``.
    day
        (rows,): day number in the panel; nothing of that day or later is used.
    """
    day = np.clip(day, 0, panel.days)

    def total(sums: np.ndarray, a: int, b: int) -> np.ndarray:
        return np.asarray(sums[who, np.maximum(day - b, 0)] - sums[who, np.maximum(day - a, 0)])

    spent = [np.log1p(np.clip(total(panel.money, a, b), 0, None) * 7 / (a - b)) for a, b in SPANS]
    orders = [total(panel.orders, a, b) for a, b in ((42, 0), (LONGEST, 42))]
    since = np.minimum(day - panel.last_order[who, day], LONGEST)
    off, paid = (total(sums, LONGEST, 0) for sums in (panel.discount, panel.money))
    return np.column_stack([*spent, *orders, since, off / np.maximum(off + paid, 1.0)])
