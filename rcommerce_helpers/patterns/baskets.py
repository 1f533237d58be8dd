"""Baskets of known customers, what lies in them, and which product groups meet in one basket more often than chance.

The unit of evidence is the customer. A pair of groups is compared within the same customer and among baskets of like
size, because big baskets hold everything: without that nearly every pair of a supermarket looks "associated".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import basket_contents, paid_orders, product_groups
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics import Floats, share_interval, two_proportions

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from rcommerce_helpers.engine import Rows

SIZE_STEPS = (1, 2, 4, 7, 12, 20)
"""Baskets are alike in size when the count of their other product groups falls between the same two steps."""
SIZE_CAP = SIZE_STEPS[-1] + 4
"""Full sizes from here on are one size: with two groups taken out they all fall behind the last step."""


@dataclass(frozen=True)
class Baskets:
    """What known customers paid, order by order.

    ``orders``: one row = one order, sorted by customer and time: customer_id, customer (its position in
    ``customers``), order_id, local_at, value, line_count, discounted, and store_id, channel, device, referrer as far
    as the source gives them.
    """

    orders: pd.DataFrame
    customers: npt.NDArray[np.str_]
    as_of: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Contents:
    """What lay in the baskets.

    ``rows``: one row = one product group in one order (order = its position in ``Baskets.orders``, group = its
    position in ``groups``, amount); ``groups`` by falling count of baskets.
    """

    rows: pd.DataFrame
    groups: tuple[str, ...]
    figures: tuple[Figure, ...] = ()


def read_baskets(orders: Rows, lines: Rows, as_of: str) -> Baskets:
    """Join orders with what was paid; orders without a line are left out.

    Parameters
    ----------
    orders
        Permitted orders: customer_id, order_id, local_at, and where they came from.
    lines
        Their lines: order_id, amount, discount.
    as_of
        Last day that is known, 2017-12-31.

    Raises
    ------
    NotEnoughData
        Fewer than two customers have an order.
    """
    paid = paid_orders(orders, lines)
    codes, customers = pd.factorize(paid["customer_id"], sort=True)
    if len(customers) < 2:
        raise NotEnoughData(
            "orders", got=f"{len(customers)} customers with orders", expected="at least 2", do="Land more orders"
        )
    counts = np.bincount(codes)
    repeat = share_interval(float((counts > 1).sum()), len(customers))
    figures = (
        Figure("customers", len(customers), len(customers), "count"),
        Figure("orders", len(paid), len(paid), "count"),
        Figure("repeat_share", repeat.value, len(customers), "share", repeat.low, repeat.high),
    )
    return Baskets(paid.assign(customer=codes), np.asarray(customers, dtype=str), as_of, figures)


def read_contents(baskets: Baskets, lines: Rows, products: Rows, params: PatternsParams) -> Contents:
    """Product groups of each basket; where the asked column is empty the next finer one that is filled is used."""
    rows = basket_contents(baskets.orders, lines, product_groups(products, params.group_by))
    names = rows["group_name"].value_counts()
    names = names.reset_index().sort_values(["count", "group_name"], ascending=[False, True])["group_name"]
    code = pd.Series(np.arange(len(names)), index=names)
    table = pd.DataFrame(
        {
            "order": rows["order"].astype(np.int64),
            "group": rows["group_name"].map(code).astype(np.int64),
            "amount": rows["amount"],
        }
    ).sort_values(["order", "group"], ignore_index=True)
    return Contents(table, tuple(str(name) for name in names))


def pairs(baskets: Baskets, contents: Contents, params: PatternsParams) -> Findings:
    """Which groups share a basket more or less often than the same customer's baskets of like size suggest.

    One finding = an ordered pair: name = second group, context = first group; rate = share of baskets with the first
    that hold the second. Compared within customer x size of the rest of the basket, so neither taste nor size makes a
    pair; where a shop has few groups the rest is a rough measure of size, and some of its effect stays.
    """
    from scipy import sparse

    groups = contents.groups[: params.pair_groups]
    if len(groups) < 2:
        raise NotEnoughData(
            "products", got=f"{len(groups)} product groups", expected="at least 2", do="Fill category or department"
        )
    size = np.bincount(contents.rows["order"], minlength=len(baskets.orders))
    kept = contents.rows[contents.rows["group"] < len(groups)]
    has = sparse.csr_matrix(
        (np.ones(len(kept)), (kept["order"], kept["group"])), shape=(len(baskets.orders), len(groups))
    )
    customer = baskets.orders["customer"].to_numpy()
    found = judge_cells(_pair_cells(has, customer, size, groups), baskets.customers, params, "basket")
    return found.with_figures(named_figures(found, "pairs", "pair", len(baskets.orders)))


def _pair_cells(
    has: csr_matrix, customer: npt.NDArray[np.int64], size: npt.NDArray[np.int64], groups: tuple[str, ...]
) -> Cells:
    """Within customer x size of the REST of the basket: baskets with the first group against those without it.

    The size must not count the two groups themselves: among baskets of equal full size, one that holds the first group
    has less room for the second, and independent groups would look like rivals.
    """
    from scipy import sparse

    codes, row = np.unique(customer * SIZE_CAP + np.minimum(size, SIZE_CAP - 1), return_inverse=True)
    into = sparse.csr_matrix((np.ones(len(row)), (row, np.arange(len(row)))))
    people, starts, rests = _rest_sizes(codes)
    total = np.bincount(row)[:, None].astype(float)
    single = np.asarray((into @ has).todense())
    blocks: list[tuple[Floats, ...]] = []
    for first in range(len(groups)):
        others = np.arange(len(groups)) != first
        both = np.asarray((into @ has.multiply(has[:, [first]])).todense())[:, others]
        a, b = single[:, [first]], single[:, others]
        n11, n10, n01, n00 = (
            rests[2] @ both,
            rests[1] @ (a - both),
            rests[1] @ (b - both),
            rests[0] @ (total - a - b + both),
        )
        n = np.maximum(n11 + n10 + n01 + n00, 1)
        cells = (n11 + n10, n11, n11 * (n01 + n00) / n, n01 * (n11 + n10) / n)
        blocks.append(tuple(np.add.reduceat(x, starts) for x in cells))
    n, hits, observed, expected = (np.hstack(parts) for parts in zip(*blocks))
    table = pd.DataFrame(
        [(b, a, "basket") for a in groups for b in groups if a != b], columns=["name", "context", "family"]
    )
    return Cells(table, n, hits, observed, expected, _naive(single, total, hits, n))


def _rest_sizes(
    codes: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], tuple[csr_matrix, ...]]:
    """Sums from customer x full size to customer x class of the rest, when 0, 1 or 2 of the groups are in the basket.

    Gives the customers, where each customer's classes start, and the three sums.
    """
    from scipy import sparse

    classes = len(SIZE_STEPS) + 1
    people, rank = np.unique(codes // SIZE_CAP, return_inverse=True)
    shape = (len(people) * classes, len(codes))
    sums = tuple(
        sparse.csr_matrix(
            (np.ones(len(codes)), (rank * classes + _class(codes % SIZE_CAP - inside), np.arange(len(codes)))),
            shape=shape,
        )
        for inside in (0, 1, 2)
    )
    return people, np.arange(len(people)) * classes, sums


def _class(rest: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.asarray(np.searchsorted(SIZE_STEPS, rest, side="right"), dtype=np.int64)


def _naive(single: Floats, total: Floats, hits: Floats, n: Floats) -> Floats:
    """p-values of the usual side-by-side count: all baskets independent, sizes ignored."""
    baskets, k = float(total.sum()), single.shape[1]
    seconds = np.array([j for i in range(k) for j in range(k) if i != j])
    with_second = single.sum(axis=0)[seconds]
    both, first = hits.sum(axis=0), n.sum(axis=0)
    return two_proportions(both, first, with_second - both, baskets - first).p_value
