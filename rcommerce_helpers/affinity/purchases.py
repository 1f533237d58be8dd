"""Order lines in, purchase days out: who bought from which category on which day, as sorted integer arrays.

One row = one customer x category x day. Only items that were kept count (no returns, vouchers, shipping or fees). The
categories worth scoring are chosen from the data by how many customers buy them in a period, looking only at days long
before any test, so that the choice itself cannot leak. A shop whose products carry no category is scored by product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.queries import products_as_categories, purchase_days, shelf_columns
from rcommerce_helpers.clock import first_day
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Absent, Figure

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SERVICE_WORDS = r"coupon|voucher|gift card|fuel|gasoline|misc|ticket|postage|shipping|carriage|deposit|fee\b|adjust"
"""Names of things that are billed but not chosen: never offered, so never scored."""
MIN_CUSTOMERS = 50
MIN_KEPT = 5


@dataclass(frozen=True)
class Shelf:
    """What the shop sells: one row = one product; columns product_id, category, label, durable.

    ``level`` is "category", or "product" where no product carries a category.
    """

    products: pd.DataFrame
    level: str


@dataclass(frozen=True)
class History:
    """Purchase days of all customers, as positions: one row of ``pair_*`` = one customer x category x day.

    ``pair_*`` are sorted by customer, category, day; ``trip_*`` hold one row per customer x day with any purchase.
    Days count from the first day of the data; ``end`` is the day after the last known one.
    """

    customers: NDArray[np.object_]
    categories: NDArray[np.object_]
    labels: NDArray[np.object_]
    durable: NDArray[np.bool_]
    pair_customer: Ints
    pair_category: Ints
    pair_day: Ints
    trip_customer: Ints
    trip_day: Ints
    end: int
    first_day: pd.Timestamp
    incidence: pd.DataFrame
    figures: tuple[Figure, ...] = ()

    def day_of(self, day: int) -> str:
        """Day number -> calendar day."""
        return str((self.first_day + pd.Timedelta(days=day)).date())


def read_shelf(products: Rows | Absent) -> Shelf:
    """Which product belongs to which category; by product where the shop keeps no categories or no product table."""
    products = pd.DataFrame() if isinstance(products, Absent) else shelf_columns(products)
    if products.empty:
        text = {name: pd.Series(dtype="str") for name in ("product_id", "category", "label")}
        return Shelf(pd.DataFrame({**text, "durable": pd.Series(dtype=bool)}), "product")
    by_category = "category" in products and products["category"].notna().any()
    name = products["name"] if "name" in products else products["product_id"]
    shelf = pd.DataFrame(
        {
            "product_id": products["product_id"],
            "category": products["category"] if by_category else products["product_id"],
            "label": products["category"] if by_category else name.fillna(products["product_id"]),
            "durable": products["durable"].astype("boolean").fillna(False).astype(bool)
            if "durable" in products
            else False,
        }
    )
    return Shelf(shelf.dropna(subset="category"), "category" if by_category else "product")


def read_history(order_lines: Rows, shelf: Shelf, params: AffinityParams, *, as_of: str) -> History:
    """Reduce order lines to purchase days and choose the categories to score.

    Parameters
    ----------
    order_lines
        Permitted order lines: customer_id, local_at, product_id, quantity, kind.
    as_of
        Last day that is known, 2017-12-31.

    Raises
    ------
    NotEnoughData
        Too few customers, or fewer days than two training cutoffs, a test and their look-back need.
    """
    bought = purchase_days(order_lines, _categories(shelf, order_lines), as_of)
    if bought.empty:
        raise NotEnoughData(
            "order_lines", got="no purchase", expected="items bought before as_of", do="Check as_of and the mapping"
        )
    first = first_day(bought["day_number"])
    bought = bought[bought["day_number"] >= first]
    end = _day_number(as_of) - first + 1
    _check_enough(bought, end, params)
    customer, customers = pd.factorize(bought["customer_id"], sort=True)
    category, names = pd.factorize(bought["category"], sort=True)
    categories = np.asarray(names, dtype=object)
    days = bought["day_number"].to_numpy() - first
    trips = _unique_rows(customer.astype(np.int64), days, end)
    known = category >= 0
    cells = _unique_rows(customer[known].astype(np.int64) * len(categories) + category[known], days[known], end)
    history = History(
        customers=np.asarray(customers, dtype=object),
        categories=categories,
        labels=categories,
        durable=np.zeros(len(categories), dtype=bool),
        pair_customer=cells[0] // len(categories),
        pair_category=cells[0] % len(categories),
        pair_day=cells[1],
        trip_customer=trips[0],
        trip_day=trips[1],
        end=end,
        first_day=pd.Timestamp(0, unit="D") + pd.Timedelta(days=first),
        incidence=pd.DataFrame(),
    )
    return _keep_chosen(history, shelf, params)


def _day_number(day: str) -> int:
    """Whole days since 1970-01-01, as in ``purchase_days``."""
    return int((pd.Timestamp(day).normalize() - pd.Timestamp(0)).days)


def _check_enough(bought: pd.DataFrame, end: int, params: AffinityParams) -> None:
    people = bought["customer_id"].nunique()
    if people < MIN_CUSTOMERS:
        raise NotEnoughData(
            "affinity",
            got=f"{people} customers",
            expected=f"at least {MIN_CUSTOMERS}",
            do="Use a rule instead of a model",
        )
    needed = 6 * params.horizon_days
    if end < needed:
        raise NotEnoughData(
            "affinity",
            got=f"{end} days of purchases",
            expected=f"at least {needed} for a horizon of {params.horizon_days} days",
            do="Lower horizon_days or bring more history",
        )


def _categories(shelf: Shelf, order_lines: Rows) -> Rows:
    """One row = one product: product_id, category; without a shelf every product is its own category."""
    if shelf.products.empty:
        return products_as_categories(order_lines)
    return shelf.products[["product_id", "category"]].drop_duplicates("product_id")


def _unique_rows(key: Ints, day: Ints, end: int) -> tuple[Ints, Ints]:
    """Distinct (key, day), sorted by both."""
    packed = np.unique(key * end + day)
    return packed // end, packed % end


def _keep_chosen(history: History, shelf: Shelf, params: AffinityParams) -> History:
    """The history reduced to the chosen categories, with their names and whether they last for years."""
    table = category_incidence(history, params)
    kept = np.flatnonzero(table["kept"].to_numpy())
    if len(kept) < 2:
        raise NotEnoughData(
            "category",
            got=f"{len(kept)} categories bought often enough",
            expected="at least 2",
            do="Lower min_incidence",
        )
    position = np.full(len(history.categories), -1)
    position[kept] = np.arange(len(kept))
    rows = position[history.pair_category] >= 0
    names = history.categories[kept]
    facts = shelf.products.groupby("category").agg(label=("label", "first"), durable=("durable", "mean")).reindex(names)
    labels = np.where(facts["label"].isna(), names, facts["label"].to_numpy(dtype=object))
    shown = table[table["kept"]].sort_values("incidence", ascending=False).drop(columns="kept")
    return History(
        customers=history.customers,
        categories=names,
        labels=labels,
        durable=(facts["durable"].fillna(0) > 0.5).to_numpy(dtype=bool),
        pair_customer=history.pair_customer[rows],
        pair_category=position[history.pair_category[rows]],
        pair_day=history.pair_day[rows],
        trip_customer=history.trip_customer,
        trip_day=history.trip_day,
        end=history.end,
        first_day=history.first_day,
        incidence=shown.reset_index(drop=True),
        figures=(
            Figure("categories_scored", len(kept), len(table), "count"),
            Figure("purchase_days", int(rows.sum()), len(history.customers), "count"),
        ),
    )


def category_incidence(history: History, params: AffinityParams) -> pd.DataFrame:
    """Share of customers who buy a category within a horizon: one row = one category, with whether it is ``kept``.

    Mean over whole periods that end three horizons before the test cutoff: earlier than every cut that is ever tested.
    Kept are the most common ones below ``max_incidence``; those below ``min_incidence`` only where too few remain.
    """
    horizon, width = params.horizon_days, len(history.categories)
    stop = test_cutoff(history, params) - 3 * horizon
    early = history.pair_day < stop
    block = (stop - 1 - history.pair_day[early]) // horizon
    blocks = max(stop // horizon, 1)
    cell = (block * len(history.customers) + history.pair_customer[early]) * width + history.pair_category[early]
    distinct = np.unique(cell[block < blocks])
    incidence = np.bincount(distinct % width, minlength=width) / (blocks * len(history.customers))
    names = pd.Series(history.categories.astype(str))
    table = pd.DataFrame({"category": history.categories, "incidence": incidence})
    table["kept"] = False
    fit = (incidence > 0) & (incidence <= params.max_incidence) & ~names.str.contains(SERVICE_WORDS, case=False)
    ranked = table[fit].sort_values(["incidence", "category"], ascending=[False, True]).head(params.category_count)
    common = ranked[ranked["incidence"] >= params.min_incidence]
    chosen = common if len(common) >= MIN_KEPT else ranked
    table.loc[chosen.index, "kept"] = True
    return table


def test_cutoff(history: History, params: AffinityParams) -> int:
    """First day of the last full horizon: the cut the model is tested at."""
    return history.end - params.horizon_days
