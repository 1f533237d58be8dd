"""Baskets of known customers, what lies in them, and which product groups meet in one basket more often than chance.

The unit of evidence is the customer. A pair of groups is compared with the same customer's purchases dealt out anew
over baskets of the same sizes, because big baskets hold everything and everybody has tastes: without that nearly every
pair of a supermarket looks "associated".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
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
from rcommerce_helpers.statistics import Floats, share_interval, two_proportions

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
    """Which groups share a basket more or less often than the same customers' purchases, dealt out anew, would.

    One finding = two groups: name = the rarer, context = the other; n = baskets with the other, rate = share of these
    that hold the rarer. Taste, basket size and kind of day (working day or weekend) are kept (``swaps``), so none of
    them makes a pair.

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
    cells = _pair_cells(baskets.orders, kept, groups, seed=params.seed)
    found = judge_cells(cells, baskets.customers, params, "basket")
    return found.with_figures(named_figures(found, "pairs", "pair", len(baskets.orders)))


def _pair_cells(orders: pd.DataFrame, kept: pd.DataFrame, groups: tuple[str, ...], *, seed: int) -> Cells:
    """Per customer and pair: baskets with both, and how many there would be if purchases were dealt out anew."""
    customer = orders["customer"].to_numpy()
    kind = customer * 2 + (orders["local_at"].dt.day_of_week.to_numpy() >= WEEKEND)
    order, group = kept["order"].to_numpy(np.int64), kept["group"].to_numpy(np.int64)
    people = int(customer.max()) + 1
    held = np.zeros((len(orders), len(groups)), dtype=bool)
    held[order, group] = True
    both = _together(held, customer, people)
    expected = np.zeros_like(both)
    for dealt in dealt_out(order, group, kind[order], groups=len(groups), draws=DRAWS, seed=seed):
        expected += _together(dealt, customer[: len(dealt)], people)
    expected /= DRAWS
    first, second = np.triu_indices(len(groups), 1)
    single = np.column_stack([np.bincount(customer, held[:, g], minlength=people) for g in range(len(groups))])
    table = pd.DataFrame({"name": np.array(groups)[second], "context": np.array(groups)[first], "family": "basket"})
    naive = _naive(held, both.sum(axis=0), first, second)
    return Cells(table, single[:, first].astype(np.float64), both, both, expected, naive)


def _together(held: npt.NDArray[np.bool_], customer: npt.NDArray[np.int64], people: int) -> Floats:
    """(customers, pairs): baskets with both groups of each pair a < b."""
    first, second = np.triu_indices(held.shape[1], 1)
    counted = [np.bincount(customer[held[:, a] & held[:, b]], minlength=people) for a, b in zip(first, second)]
    return np.column_stack(counted).astype(float)


def _naive(
    held: npt.NDArray[np.bool_], both: Floats, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]
) -> Floats:
    """p-values of the usual side-by-side count: all baskets independent, sizes ignored."""
    single, baskets = held.sum(axis=0).astype(float), float(len(held))
    return two_proportions(both, single[first], single[second] - both, baskets - single[first]).p_value
