"""Baskets of known customers, what lies in them, and which product groups meet in one basket more often than chance.

The unit of evidence is the customer. A pair of groups is compared within the same customer and among baskets of like
size, because big baskets hold everything: without that nearly every pair of a supermarket looks "associated".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import basket_contents, basket_values
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics import Floats, share_interval, two_proportions

SIZE_STEPS = (2, 3, 5, 8, 13, 21)
"""Baskets are alike in size when the count of product groups falls between the same two steps."""


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


def read_baskets(orders: pd.DataFrame, lines: pd.DataFrame, as_of: str) -> Baskets:
    """Join orders with what was paid; orders without a line are left out.

    Raises
    ------
    NotEnoughData
        Fewer than two customers have an order.
    """
    paid = orders.merge(basket_values(lines), on="order_id", how="inner")
    paid = paid.sort_values(["customer_id", "local_at", "order_id"], kind="stable", ignore_index=True)
    codes, customers = pd.factorize(paid["customer_id"], sort=True)
    if len(customers) < 2:
        raise NotEnoughData(
            "orders", got=f"{len(customers)} customers with orders", expected="at least 2", do="Land more orders"
        )
    counts = np.bincount(codes)
    repeat = share_interval(float((counts > 1).sum()), len(customers))
    figures = (
        Figure("customers", len(customers), len(customers), "customers"),
        Figure("orders", len(paid), len(paid), "orders"),
        Figure("repeat_share", repeat.value, len(customers), "share", repeat.low, repeat.high),
    )
    return Baskets(paid.assign(customer=codes), np.asarray(customers, dtype=str), as_of, figures)


def read_contents(baskets: Baskets, lines: pd.DataFrame, products: pd.DataFrame, params: PatternsParams) -> Contents:
    """Product groups of each basket; where the asked column is empty the next finer one that is filled is used."""
    rows = basket_contents(lines, _groups(products, params.group_by))
    position = pd.Series(np.arange(len(baskets.orders)), index=baskets.orders["order_id"])
    rows = rows.assign(order=rows["order_id"].map(position)).dropna(subset=["order"])
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
    that hold the second. Expected counts come from customer x size strata, so neither taste nor size makes a pair.
    """
    from scipy import sparse

    groups = contents.groups[: params.pair_groups]
    if len(groups) < 2:
        raise NotEnoughData(
            "products", got=f"{len(groups)} product groups", expected="at least 2", do="Fill category or department"
        )
    size = np.searchsorted(SIZE_STEPS, np.bincount(contents.rows["order"], minlength=len(baskets.orders)), side="right")
    kept = contents.rows[contents.rows["group"] < len(groups)]
    has = sparse.csr_matrix(
        (np.ones(len(kept)), (kept["order"], kept["group"])), shape=(len(baskets.orders), len(groups))
    )
    stratum = baskets.orders["customer"].to_numpy() * (len(SIZE_STEPS) + 1) + size
    cells = _pair_cells(has, stratum, len(SIZE_STEPS) + 1, groups)
    found = judge_cells(cells, baskets.customers, params, "basket")
    return found.with_figures(named_figures(found, "pairs", "pair", len(baskets.orders)))


def _pair_cells(has: object, stratum: npt.NDArray[np.int64], sizes: int, groups: tuple[str, ...]) -> Cells:
    from scipy import sparse

    matrix = sparse.csr_matrix(has)
    codes, rank = np.unique(stratum, return_inverse=True)
    into = sparse.csr_matrix((np.ones(len(rank)), (rank, np.arange(len(rank)))))
    customer = np.unique(codes // sizes, return_inverse=True)[1]
    starts = np.flatnonzero(np.r_[True, np.diff(customer) > 0])
    single = np.asarray((into @ matrix).todense())
    total = np.bincount(rank)[:, None].astype(float)
    blocks: list[tuple[Floats, ...]] = []
    for first in range(len(groups)):
        both = np.asarray((into @ matrix.multiply(matrix[:, first])).todense())
        with_first = single[:, [first]]
        observed, expected = both * (total - with_first) / total, with_first * (single - both) / total
        others = np.arange(len(groups)) != first
        shape = (len(starts), len(groups) - 1)
        n = np.broadcast_to(np.add.reduceat(with_first, starts), shape)
        summed = [np.add.reduceat(x[:, others], starts) for x in (both, observed, expected)]
        blocks.append((n, *summed))
    n, hits, observed, expected = (np.hstack(parts) for parts in zip(*blocks))
    table = pd.DataFrame([(b, a) for i, a in enumerate(groups) for j, b in enumerate(groups) if i != j])
    table.columns = pd.Index(["name", "context"])
    return Cells(table.assign(family="basket"), n, hits, observed, expected, _naive(single, total, hits, n))


def _naive(single: Floats, total: Floats, hits: Floats, n: Floats) -> Floats:
    """p-values of the usual side-by-side count: all baskets independent, sizes ignored."""
    baskets, k = float(total.sum()), single.shape[1]
    seconds = np.array([j for i in range(k) for j in range(k) if i != j])
    with_second = single.sum(axis=0)[seconds]
    both, first = hits.sum(axis=0), n.sum(axis=0)
    return two_proportions(both, first, with_second - both, baskets - first).p_value


def _groups(products: pd.DataFrame, wanted: str) -> pd.DataFrame:
    order = {"category": ("category", "department"), "department": ("department", "category"), "product": ()}
    filled = [c for c in order[wanted] if c in products and products[c].dropna().unique().size > 1]
    if filled:
        name = products[filled[0]]
    else:
        name = products["name"].fillna(products["product_id"]) if "name" in products else products["product_id"]
    return pd.DataFrame({"product_id": products["product_id"], "group_name": name}).dropna()
