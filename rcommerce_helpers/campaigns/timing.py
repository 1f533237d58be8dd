"""When a contact goes out: the day that suits the customer and no other department has taken, at an allowed hour."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import pandas as pd

from rcommerce_helpers.campaigns.holdout import chance
from rcommerce_helpers.campaigns.offers import Channel
from rcommerce_helpers.campaigns.reach import Reach
from rcommerce_helpers.clock import day_after

REMIND_DAYS_BEFORE = 3
SPREAD_DAYS = 7


def set_times(table: pd.DataFrame, ways: list[Channel], reach: Reach, *, period_days: int) -> pd.DataFrame:
    """Add day and hour: some days before the product is due, else spread over a week; hours are never quiet.

    Parameters
    ----------
    table
        One row = customer: customer_id, due_days (may be empty).
    ways
        Channel of each row, with its quiet hours.
    reach
        Usual hours, and the days on which others contact the customer: none of ours falls on them.
    period_days
        Length of the plan.
    """
    if table.empty:
        return table.assign(hour=pd.Series(dtype=float), day=pd.Series(dtype=object))
    usual = table["customer_id"].map(reach.customers.set_index("customer_id")["usual_hour"])
    quiet = [way.quiet_hours for way in ways]
    hours = [allowed_hour(int(hour), hours) for hour, hours in zip(usual, quiet)]
    days = min(SPREAD_DAYS, period_days)
    spread = pd.Series([int(days * chance(i, "day")) for i in table["customer_id"]], index=table.index, dtype=float)
    due = (table["due_days"].astype(float) - REMIND_DAYS_BEFORE).round()
    wanted = due.where((due >= 0) & (due < period_days)).fillna(spread).astype(int)
    taken = reach.busy.groupby("customer_id")["wait"].agg(frozenset).to_dict()
    wait = [
        free_day(day, taken.get(customer, frozenset()), period_days)
        for customer, day in zip(table["customer_id"], wanted)
    ]
    first = day_after(reach.as_of)
    return table.assign(hour=hours, day=(first + pd.to_timedelta(pd.Series(wait, index=table.index), unit="D")).dt.date)


def free_day(wanted: int, taken: AbstractSet[int], period_days: int) -> int:
    """The wanted day of the period, or the nearest one that nobody has taken; the earlier of two.

    Examples
    --------
    >>> free_day(3, {3}, 28), free_day(0, {0, 1}, 28), free_day(5, set(), 28)
    (2, 2, 5)
    """
    if wanted not in taken:
        return wanted
    free = [day for day in range(period_days) if day not in taken]
    return min(free, key=lambda day: (abs(day - wanted), day))


def allowed_hour(hour: int, quiet: tuple[int, int]) -> int:
    """The hour itself, or the first one after the quiet hours (from, to); equal ends = never quiet."""
    start, end = quiet
    inside = start <= hour < end if start <= end else hour >= start or hour < end
    return end % 24 if inside else hour
