"""Does the moment change the basket? Effects of hour, weekday, store, channel, device and referrer.

Each customer is compared with himself: the baskets of one context against his other baskets (Mantel and Haenszel 1959,
one stratum per customer). That early shoppers are other people than late shoppers is thereby no effect; that one comes
in the evening BECAUSE the fridge is empty still is: a context is an occasion, not a treatment.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.chunks import Codes, customer_chunks
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures, side_by_side
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import Floats
from rcommerce_helpers.statistics.replication import Sums, add_up, folds_of
from rcommerce_helpers.statistics.testing import two_sided_p

HOURS = {"early": (5, 10), "midday": (10, 14), "afternoon": (14, 17), "evening": (17, 21), "night": (21, 29)}
"""Times of day by wall clock, from and up to but not including; 29 is 5 in the morning."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL, OTHER = "usual store", "another store"
GIVEN = ("channel", "device", "referrer")
VALUE, DISCOUNTED = "basket value", "something discounted"


@dataclass(frozen=True)
class _Context:
    """``code``: per order the level, -1 where unknown; ``skip``: levels that mirror another one."""

    name: str
    levels: tuple[str, ...]
    code: npt.NDArray[np.int64]
    skip: tuple[str, ...] = ()


def context_effects(baskets: Baskets, contents: Contents, params: PatternsParams) -> Findings:
    """Effects on basket value, on taking something discounted, and on buying each frequent product group.

    One finding = one outcome in one context; rate = mean value of a basket there, or share of baskets.
    """
    names, outcomes = _outcomes(baskets, contents, params.group_count)
    contexts = [c for c in describe_contexts(baskets.orders) if len(c.levels) > 1]
    if not contexts:
        raise NotEnoughData(
            "orders",
            got="orders of one context only",
            expected="at least two hours or days",
            do="Land the time of orders",
        )
    fold = folds_of(baskets.customers, salt=f"patterns-{params.seed}")
    parts = [_cells(c, names, outcomes, baskets.orders["customer"].to_numpy(), fold) for c in contexts]
    table = pd.concat([t for t, _, _ in parts], ignore_index=True)
    cells = Cells.added(table, side_by_side([sums for _, sums, _ in parts]), np.concatenate([p for _, _, p in parts]))
    found = judge_cells(cells, params, "context")
    return found.with_figures(_figures(found, len(baskets.orders)))


def hour_blocks(moments: pd.Series) -> npt.NDArray[np.int64]:
    """Position in ``HOURS`` of each wall-clock moment."""
    hour = moments.dt.hour.to_numpy()
    hour = np.where(hour < HOURS["early"][0], hour + 24, hour)
    starts = [start for start, _ in HOURS.values()]
    return np.asarray(np.searchsorted(starts, hour, side="right") - 1, dtype=np.int64)


def describe_contexts(orders: pd.DataFrame) -> list[_Context]:
    """The contexts an order can be seen in: time of day, weekday, usual or other store, and what the source gives."""
    contexts = [
        _used("hour", tuple(HOURS), hour_blocks(orders["local_at"])),
        _used("weekday", WEEKDAYS, orders["local_at"].dt.day_of_week.to_numpy().astype(np.int64)),
    ]
    if "store_id" in orders and orders["store_id"].dropna().unique().size > 1:
        usual = orders["customer_id"].map(usual_stores(orders))
        code = np.where(orders["store_id"].isna(), -1, (orders["store_id"] != usual).astype(int))
        contexts.append(_Context("store", (USUAL, OTHER), code.astype(np.int64), skip=(USUAL,)))
    for column in GIVEN:
        if column in orders and orders[column].dropna().unique().size > 1:
            code, levels = pd.factorize(orders[column], sort=True)
            contexts.append(_Context(column, tuple(map(str, levels)), code.astype(np.int64)))
    return contexts


def usual_stores(orders: pd.DataFrame) -> pd.Series:
    """customer_id -> the store of most of the customer's orders; of equals, the one whose key sorts first."""
    visits = orders.groupby(["customer_id", "store_id"]).size().reset_index(name="visits")
    visits = visits.sort_values(["customer_id", "visits", "store_id"], ascending=[True, False, True])
    first: pd.Series = visits.drop_duplicates("customer_id").set_index("customer_id")["store_id"]
    return first


def _used(name: str, levels: tuple[str, ...], code: npt.NDArray[np.int64]) -> _Context:
    seen, compact = np.unique(code, return_inverse=True)
    return _Context(name, tuple(levels[i] for i in seen), compact.astype(np.int64))


def _outcomes(baskets: Baskets, contents: Contents, group_count: int) -> tuple[list[str], Floats]:
    """Names of the outcomes and one column of each per order."""
    orders = baskets.orders
    names, columns = [VALUE], [orders["value"].to_numpy(dtype=float)]
    if orders["discounted"].unique().size > 1:
        names.append(DISCOUNTED)
        columns.append(orders["discounted"].to_numpy(dtype=float))
    for group, name in enumerate(contents.groups[:group_count]):
        bought = np.zeros(len(orders))
        bought[contents.rows.loc[contents.rows["group"] == group, "order"].to_numpy()] = 1.0
        names.append(name)
        columns.append(bought)
    return names, np.column_stack(columns)


def _cells(
    context: _Context, names: list[str], outcomes: Floats, customer: Codes, fold: Codes
) -> tuple[pd.DataFrame, Sums, Floats]:
    """All outcomes in all levels of one context, within customers: cells, their sums per fold, p side by side."""
    known = np.flatnonzero(context.code >= 0)
    keep = [i for i, level in enumerate(context.levels) if level not in context.skip]
    table = pd.DataFrame(
        [(name, f"{context.name}: {context.levels[i]}", context.name) for i in keep for name in names],
        columns=["name", "context", "family"],
    )
    parts = [
        _within_customers(
            outcomes[known[rows]], customer[known[rows]] - low, context, known[rows], keep, fold[low:high]
        )
        for low, high, rows in customer_chunks(customer[known], len(fold), width=len(context.levels) * len(names))
    ]
    naive = _welch(outcomes[known], context.code[known], keep).ravel()
    return table, functools.reduce(operator.add, parts), naive


def _within_customers(
    outcomes: Floats, who: Codes, context: _Context, orders: Codes, keep: list[int], fold: Codes
) -> Sums:
    """Mantel and Haenszel's observed and expected of a chunk of customers, one stratum per customer."""
    from scipy import sparse

    people, levels = len(fold), len(context.levels)
    row = who * levels + context.code[orders]
    into = sparse.csr_matrix((np.ones(len(row)), (row, np.arange(len(row)))), shape=(people * levels, len(row)))
    hits = np.asarray(into @ outcomes).reshape(people, levels, -1)
    n = np.bincount(row, minlength=people * levels).reshape(people, levels, 1).astype(float)
    total, all_hits = n.sum(axis=1, keepdims=True), hits.sum(axis=1, keepdims=True)
    safe_total = np.maximum(total, 1)
    observed, expected = hits * (total - n) / safe_total, (all_hits - hits) * n / safe_total
    flat = [np.broadcast_to(x, hits.shape)[:, keep].reshape(people, -1) for x in (n, hits, observed, expected)]
    return add_up(fold, flat[0], flat[1], flat[2], flat[3])


def _welch(outcomes: Floats, code: npt.NDArray[np.int64], levels: list[int]) -> Floats:
    """p-values of the usual comparison, levels x outcomes: baskets in the context against all others, independent."""
    p = np.ones((len(levels), outcomes.shape[1]))
    for i, level in enumerate(levels):
        inside, outside = outcomes[code == level], outcomes[code != level]
        if not (len(inside) and len(outside)):  # everybody stays with one store: nothing to compare
            continue
        spread = inside.var(axis=0) / len(inside) + outside.var(axis=0) / len(outside)
        gap = inside.mean(axis=0) - outside.mean(axis=0)
        p[i] = two_sided_p(np.divide(gap, np.sqrt(spread), out=np.zeros(len(gap)), where=spread > 0))
    return p


def _figures(found: Findings, orders: int) -> tuple[Figure, ...]:
    figures = [*named_figures(found, "context", "context", orders)]
    figures.append(Figure("context_chance", found.chance, found.tested, "count"))
    both = found.findings.join(found.details)
    for row in both[(both["name"] == VALUE) & (both["context"] == "hour: evening")].to_dict("records"):
        ends = (row["pooled_low"], row["pooled_high"])
        figures.append(Figure("evening_basket_effect", row["pooled_effect"], int(row["n"]), "change", *ends))
    return tuple(figures)
