"""What was known of a customer on the day before: daily sums, and features that never look past a day.

Used by both kinds of evidence: past campaigns without lots, and randomised logs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

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


def daily_panel(lines: pd.DataFrame) -> Panel:
    """Daily sums of money, orders and discounts per customer, from order lines with local_at."""
    first, last = lines["local_at"].min().normalize(), lines["local_at"].max().normalize()
    days = (last - first).days + 1
    codes, ids = pd.factorize(lines["customer_id"], sort=True)
    cell = codes * days + (lines["local_at"] - first).dt.days.to_numpy()
    size = len(ids) * days
    money = np.bincount(cell, weights=lines["amount"].fillna(0), minlength=size)
    discount = np.bincount(cell, weights=lines["discount"].fillna(0), minlength=size)
    orders = np.bincount(cell[~lines["order_id"].duplicated().to_numpy()], minlength=size).reshape(len(ids), days)
    spent, placed, off = (_cumulated(a.reshape(len(ids), days)) for a in (money, orders, discount))
    ordered = np.where(orders > 0, np.arange(days), -10 * LONGEST)
    before = np.column_stack([np.full(len(ids), -10 * LONGEST), np.maximum.accumulate(ordered, axis=1)])
    return Panel(np.asarray(ids, dtype=object), first, spent, placed, off, before)


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
