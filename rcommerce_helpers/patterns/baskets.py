"""Baskets of known customers, what lies in them, and which product groups meet in one basket more often than chance.

The unit of evidence is the customer. A pair of groups is compared with the same customer's purchases dealt out anew
over baskets of the same sizes, because big baskets hold everything and everybody has tastes: without that nearly every
pair of a supermarket looks "associated".
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.chunks import Codes, customer_chunks
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import (
    basket_contents,
    money_beside_purchases,
    paid_orders,
    product_groups,
)
from rcommerce_helpers.patterns.swaps import dealt_out
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import Flags, Floats, share_interval
from rcommerce_helpers.statistics.replication import Sums, add_up, folds_of
from rcommerce_helpers.statistics.testing import two_proportions

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

WEEKEND = 5
"""First day of the weekend, Monday = 0: who comes on a Saturday fills another basket than on a Tuesday."""
DRAWS = 40
"""Dealings from which the expected count of a pair is taken; their own chance adds a fortieth to its variance."""


def _no_money() -> pd.DataFrame:
    return pd.DataFrame({"customer_id": pd.Series(dtype="str"), "amount": pd.Series(dtype=float)})


@dataclass(frozen=True)
class Baskets:
    """What known customers bought, purchase by purchase.

    ``orders``: one row = one purchase, sorted by customer and time: customer_id, customer (its position in
    ``customers``), order_id, local_at, value, line_count, discounted, and store_id, channel, device, referrer as far
    as the source gives them. ``beside``: one row = one customer with credit notes or other documents that are no
    purchases: customer_id, amount (net).
    """

    orders: pd.DataFrame
    customers: npt.NDArray[np.str_]
    as_of: str
    figures: tuple[Figure, ...]
    beside: pd.DataFrame = field(default_factory=_no_money)

    @property
    def revenue(self) -> pd.Series:
        """customer_id -> revenue net of returns, credit notes and cancellations, sorted by customer."""
        bought = self.orders.groupby("customer_id", sort=True)["value"].sum()
        besides = self.beside.set_index("customer_id")["amount"].reindex(bought.index, fill_value=0.0)
        return bought + besides

    @property
    def purchase_days(self) -> npt.NDArray[np.int64]:
        """Purchase days of each of ``customers``: two orders on one day are one purchase."""
        days = pd.DataFrame({"customer": self.orders["customer"], "day": self.orders["local_at"].dt.normalize()})
        return np.bincount(days.drop_duplicates()["customer"], minlength=len(self.customers))


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
    """Join purchases with what was paid; documents that are no purchases, and orders without a line, are left out.

    Parameters
    ----------
    orders
        Permitted orders: customer_id, order_id, local_at, kind, and where they came from.
    lines
        Their lines: order_id, kind, quantity, amount, discount.
    as_of
        Last day that is known, 2017-12-31.

    Raises
    ------
    NotEnoughData
        Fewer than two customers have a purchase.
    """
    paid = paid_orders(orders, lines)
    codes, customers = pd.factorize(paid["customer_id"], sort=True)
    if len(customers) < 2:
        raise NotEnoughData(
            "orders", got=f"{len(customers)} customers with orders", expected="at least 2", do="Land more orders"
        )
    found = Baskets(
        paid.assign(customer=codes), np.asarray(customers, dtype=str), as_of, (), money_beside_purchases(orders, lines)
    )
    repeat = share_interval(float((found.purchase_days > 1).sum()), len(customers))
    figures = (
        Figure("customers", len(customers), len(customers), "count"),
        Figure("orders", len(paid), len(paid), "count"),
        Figure("repeat_share", repeat.value, len(customers), "share", repeat.low, repeat.high),
    )
    return replace(found, figures=figures)


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
    """Which groups share a basket more often than the same customers' purchases, dealt out anew, would.

    One finding = two groups: name = the rarer, context = the other; n = baskets with the other, rate = share of these
    that hold the rarer. Taste, basket size and kind of day (working day or weekend) are kept (``swaps``), so none of
    them makes a pair. Groups that meet less often than by chance come along as ``alternatives``: they are another kind
    of finding, with other explanations.

    Raises
    ------
    NotEnoughData
        There is one group only, or no pair is frequent enough.
    """
    groups = contents.groups[: params.pair_groups]
    if len(groups) < 2:
        raise NotEnoughData(
            "products", got=f"{len(groups)} product groups", expected="at least 2", do="Fill category or department"
        )
    kept = contents.rows[contents.rows["group"] < len(groups)].drop_duplicates(["order", "group"])
    fold = folds_of(baskets.customers, salt=f"patterns-{params.seed}")
    found = judge_cells(_pair_cells(baskets.orders, kept, groups, fold, seed=params.seed), params, "basket")
    more = found.findings["effect"] > 0
    fewer = replace(found.part(~more, "alternative"), too_thin=0)
    fewer = fewer.with_figures(named_figures(fewer, "alternatives", "alternative", len(baskets.orders)))
    together = replace(found.part(more, "basket"), never=found.never.head(0), rest=fewer)
    return together.with_figures(named_figures(together, "pairs", "pair", len(baskets.orders)))


def alternatives(together: Findings) -> Findings:
    """Of the pairs tested, those that met less often than by chance.

    Raises
    ------
    NotEnoughData
        There are none.
    """
    if together.rest is None or not together.rest.tested:
        raise NotEnoughData(
            "baskets", got="no pair below expectation", expected="at least one", do="Nothing: there is none to show"
        )
    return together.rest


def _pair_cells(orders: pd.DataFrame, kept: pd.DataFrame, groups: tuple[str, ...], fold: Codes, *, seed: int) -> Cells:
    """Per pair: baskets with both, and how many there would be if purchases were dealt out anew."""
    order, group = kept["order"].to_numpy(np.int64), kept["group"].to_numpy(np.int64)
    customer = orders["customer"].to_numpy(np.int64)
    weekend = orders["local_at"].dt.day_of_week.to_numpy() >= WEEKEND
    first, second = np.triu_indices(len(groups), 1)
    alone, single = [], np.bincount(group, minlength=len(groups)).astype(np.float64)
    for low, high, rows in customer_chunks(customer[order], len(fold), width=len(first)):
        if len(rows):
            bought = _Bought(order[rows], group[rows], customer[order[rows]] - low, weekend[order[rows]], len(groups))
            alone.append(bought.sums(fold[low:high], seed=seed + low))
    table = pd.DataFrame({"name": np.array(groups)[second], "context": np.array(groups)[first], "family": "basket"})
    sums = functools.reduce(operator.add, alone)
    both, baskets = sums.hits.sum(axis=0), float(len(orders))
    naive = two_proportions(both, single[first], single[second] - both, baskets - single[first]).p_value
    return Cells.added(table, sums, naive)


@dataclass(frozen=True)
class _Bought:
    """Purchases of a chunk of customers: one entry = one group in one basket, its customer, whether at a weekend."""

    order: Codes
    group: Codes
    customer: Codes
    weekend: Flags
    groups: int

    def sums(self, fold: Codes, *, seed: int) -> Sums:
        """Baskets with both groups of each pair, seen and expected; n = baskets with the first."""
        orders, order = np.unique(self.order, return_inverse=True)
        owner = np.zeros(len(orders), dtype=np.int64)
        owner[order] = self.customer
        held = np.zeros((len(orders), self.groups), dtype=bool)
        held[order, self.group] = True
        seen = _together(held, owner, len(fold))
        expected = np.zeros_like(seen)
        stratum = self.customer * 2 + self.weekend
        for dealt in dealt_out(order, self.group, stratum, groups=self.groups, draws=DRAWS, seed=seed):
            expected += _together(dealt, owner, len(fold))
        single = np.zeros((len(fold), self.groups))
        np.add.at(single, (self.customer, self.group), 1.0)
        n = single[:, np.triu_indices(self.groups, 1)[0]]
        return add_up(fold, n, seen, seen, expected / DRAWS)


def _together(held: npt.NDArray[np.bool_], owner: Codes, people: int) -> Floats:
    """(customers, pairs): baskets with both groups of each pair a < b, in the order of ``triu_indices``."""
    groups = held.shape[1]
    order, group = np.nonzero(held)
    keys = []
    for lag in range(1, groups):
        left = np.flatnonzero(order[lag:] == order[:-lag])
        if not len(left):
            break
        a, b = group[left], group[left + lag]
        keys.append(owner[order[left]] * (groups * (groups - 1) // 2) + a * (2 * groups - a - 1) // 2 + b - a - 1)
    pairs = groups * (groups - 1) // 2
    counted = np.bincount(np.concatenate(keys) if keys else np.empty(0, np.int64), minlength=people * pairs)
    return counted.reshape(people, pairs).astype(np.float64)
