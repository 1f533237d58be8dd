"""Where each customer stands on a day, by the customer's own rhythm, and who moved between two days.

States: new (first purchase less than new_days ago), active, at risk (silent for more than risk_gaps of the own typical
gap), lost (more than lost_gaps), won back (active again, and the silence before the last purchase was long enough to
count as lost). The typical gap is the median of the customer's own gaps between purchase days, drawn towards the median
of all customers as if three gaps of such a customer had been seen: thin histories borrow, long ones do not need to.
Only what happened up to the day is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import sum_of, suppress_small
from rcommerce_helpers.patterns.baskets import Baskets
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import purchase_gaps
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import share_interval, wilson

STATES = ("new", "active", "won back", "at risk", "lost")
NOT_YET = "not yet a customer"
BORROWED_GAPS = 3.0


@dataclass(frozen=True)
class Lifecycle:
    """States on the last day, and the way there.

    ``customers``: one row = one customer on the last day: customer_id, recency_days, typical_gap_days, state;
    ``movement``: one row = state then x state now: state_then, state_now, n, share of those in state_then, low, high,
    hidden; ``summary``: one row = one state: state, customers, share, low, high, hidden. What counts fewer than ten
    customers, or would give such a number away, is empty in both. ``then`` and ``now``: the two days.
    """

    customers: pd.DataFrame
    movement: pd.DataFrame
    summary: pd.DataFrame
    then: str
    now: str
    figures: tuple[Figure, ...]


def lifecycle(baskets: Baskets, params: PatternsParams) -> Lifecycle:
    """States on the last day and movement_days before, and what became of those who were silent then.

    Raises
    ------
    NotEnoughData
        Nobody had bought by the earlier day, or nobody on two days: without a gap there is no rhythm to be late for.
    """
    gaps = purchase_gaps(baskets.orders)
    now = pd.Timestamp(baskets.as_of)
    then = now - pd.Timedelta(days=params.movement_days)
    today, before = states_at(gaps, now, params), states_at(gaps, then, params)
    if today.empty or before.empty:
        raise NotEnoughData(
            "orders",
            got="no purchase before " + str(then.date()),
            expected=f"purchases more than {params.movement_days} days before the last day",
            do="Lower movement_days, or land a longer history",
        )
    if before["typical_gap_days"].isna().all():
        raise NotEnoughData(
            "orders",
            got="no customer with two purchase days by " + str(then.date()),
            expected="at least one, whose gap is a rhythm",
            do="Lower movement_days, or land a longer history",
        )
    joined = today.set_index("customer_id")[["state"]].join(
        before.set_index("customer_id")["state"].rename("state_then")
    )
    joined["state_then"] = joined["state_then"].fillna(NOT_YET)
    bought = set(gaps.loc[gaps["day_number"] > _day(then), "customer_id"])
    counted = _with_interval(today["state"].value_counts().reindex(STATES, fill_value=0), len(today))
    summary = counted.rename_axis("state").reset_index()
    summary = suppress_small(summary, "customers", also=["share", "low", "high"])
    figures = (*_state_figures(today, summary, params), *_return_figures(before, bought))
    return Lifecycle(today, _movement(joined), summary, str(then.date()), str(now.date()), figures)


def states_at(gaps: pd.DataFrame, day: pd.Timestamp, params: PatternsParams) -> pd.DataFrame:
    """State of every customer known on that day; ``gaps`` as from ``purchase_gaps``.

    One row = one customer: customer_id, recency_days, typical_gap_days, state.
    """
    known = gaps[gaps["day_number"] <= _day(day)]
    grouped = known.groupby("customer_id", sort=True)
    first, last = grouped["day_number"].min(), grouped["day_number"].max()
    typical = _typical_gaps(known)
    recency = _day(day) - last
    last_gap = known.drop_duplicates("customer_id", keep="last").set_index("customer_id")["gap_days"]
    rules = [
        recency > params.lost_gaps * typical,
        recency > params.risk_gaps * typical,
        last_gap.reindex(typical.index) > params.lost_gaps * typical,
        _day(day) - first < params.new_days,
    ]
    state = np.select(rules, ["lost", "at risk", "won back", "new"], "active")
    table = pd.DataFrame({"recency_days": recency, "typical_gap_days": typical, "state": state})
    return table.rename_axis("customer_id").reset_index()


def _typical_gaps(known: pd.DataFrame) -> pd.Series:
    grouped = known.groupby("customer_id", sort=True)["gap_days"]
    own, n = grouped.median(), grouped.count()
    everyone = float(own.median()) if own.notna().any() else float("nan")
    own_log = np.log(own.fillna(everyone))
    return np.exp((n * own_log + BORROWED_GAPS * np.log(everyone)) / (n + BORROWED_GAPS))


def _movement(joined: pd.DataFrame) -> pd.DataFrame:
    states = (NOT_YET, *STATES)
    grid = pd.MultiIndex.from_product([states, STATES], names=["state_then", "state_now"])
    table = joined.groupby(["state_then", "state"]).size().rename_axis(grid.names).reindex(grid, fill_value=0)
    table = table.reset_index(name="n")
    of = table.groupby("state_then")["n"].transform("sum")
    low, high = wilson(table["n"], of)
    share = table["n"] / of.where(of > 0)
    table = table.assign(share=share, low=low, high=high)[of > 0].reset_index(drop=True)
    return suppress_small(table, "n", totals=[["state_then"], ["state_now"]], also=["share", "low", "high"])


def _with_interval(count: pd.Series, total: int) -> pd.DataFrame:
    low, high = wilson(count, total)
    return pd.DataFrame({"customers": count, "share": count / total, "low": low, "high": high})


def _state_figures(today: pd.DataFrame, summary: pd.DataFrame, params: PatternsParams) -> tuple[Figure, ...]:
    n = len(today)
    states = {"active_customers": STATES[:3], "at_risk_customers": ("at risk",), "lost_customers": ("lost",)}
    told = {name: sum_of(summary, "customers", summary["state"].isin(among), n) for name, among in states.items()}
    gap = float(today["typical_gap_days"].median())
    return (
        *(Figure(name, value, n, "count", bound=bound) for name, (bound, value) in told.items()),
        Figure("typical_gap_days", gap, n, "days"),
        Figure("risk_gaps", params.risk_gaps, n, "times"),
        Figure("lost_gaps", params.lost_gaps, n, "times"),
        Figure("movement_days", params.movement_days, n, "days"),
    )


def _return_figures(before: pd.DataFrame, bought: set[str]) -> tuple[Figure, ...]:
    figures = []
    for state, name in (("at risk", "at_risk_return_share"), ("lost", "lost_return_share")):
        then = before.loc[before["state"] == state, "customer_id"]
        if len(then) >= leaving.SMALLEST_GROUP:
            back = share_interval(float(then.isin(bought).sum()), len(then))
            figures.append(Figure(name, back.value, len(then), "share", back.low, back.high))
    return tuple(figures)


def _day(moment: pd.Timestamp) -> int:
    return int(moment.timestamp() // 86_400)
