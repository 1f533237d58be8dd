"""The heavy table work of this room, written once in Ibis: baskets, their contents, gaps between purchases, steps.

Each function takes narrow pandas tables, runs in an embedded DuckDB and gives a narrow pandas table sorted by its key,
so that the same expressions can later run in a warehouse. Money sums are rounded to a ten-thousandth, because parallel
engines add in any order and a re-run must give the same bytes. Ibis costs about a second at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from ibis.expr.types import Table

DIGITS = 4


def basket_values(lines: pd.DataFrame) -> pd.DataFrame:
    """One row = one order: order_id, value (returns negative), line_count, discounted (any line below list price)."""
    import ibis

    given = lines["discount"].notna().any()
    discount = lines["discount"].fillna(0.0) if given else 0.0
    table = ibis.memtable(lines[["order_id", "amount"]].assign(discount=discount))
    query = table.group_by("order_id").aggregate(
        value=table.amount.sum().round(DIGITS),
        line_count=table.count(),
        discounted=(table.discount > 0).ifelse(1, 0).max(),
    )
    return _run(query.order_by("order_id"))


def basket_contents(lines: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """One row = one product group in one order: order_id, group_name, amount. Returns and free lines are left out.

    ``groups``: one row = one product, columns product_id and group_name.
    """
    import ibis

    item = ibis.memtable(lines.loc[lines["amount"] > 0, ["order_id", "product_id", "amount"]])
    joined = item.inner_join(ibis.memtable(groups), "product_id")
    query = joined.group_by("order_id", "group_name").aggregate(amount=joined.amount.sum().round(DIGITS))
    return _run(query.order_by("order_id", "group_name"))


def purchase_gaps(orders: pd.DataFrame) -> pd.DataFrame:
    """One row = one customer on one purchase day: customer_id, day_number, gap_days (empty on the first day).

    Orders of one day are one purchase. Days are whole days since 1970-01-01 in the source's wall clock.
    """
    import ibis

    days = ibis.memtable(orders[["customer_id"]].assign(day_number=day_numbers(orders["local_at"]))).distinct()
    before = days.day_number.lag().over(ibis.window(group_by=days.customer_id, order_by=days.day_number))
    query = days.mutate(gap_days=(days.day_number - before).cast("float64"))
    return _run(query.order_by("customer_id", "day_number"))


def step_counts(steps: pd.DataFrame) -> pd.DataFrame:
    """One row = one kind of step in one sequence: sequence, state, next_state, n.

    ``steps``: one row = one trip or event, columns sequence, position, state. The last of a sequence leads nowhere.
    """
    import ibis

    table = ibis.memtable(steps[["sequence", "position", "state"]])
    following = table.state.lead().over(ibis.window(group_by=table.sequence, order_by=table.position))
    pairs = table.mutate(next_state=following)
    pairs = pairs.drop_null("next_state")
    query = pairs.group_by("sequence", "state", "next_state").aggregate(n=pairs.count())
    return _run(query.order_by("sequence", "state", "next_state"))


def day_numbers(moments: pd.Series) -> pd.Series:
    """Whole days since 1970-01-01, by epoch seconds: the form of a day on which all engines agree."""
    return moments.astype("datetime64[s]").astype("int64") // 86_400


def _run(query: Table) -> pd.DataFrame:
    import ibis

    engine = ibis.duckdb.connect(autoinstall_known_extensions=False, autoload_known_extensions=False)
    try:
        answer: pd.DataFrame = engine.to_pyarrow(query).to_pandas()
    finally:
        engine.disconnect()
    return answer
