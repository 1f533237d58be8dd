"""The heavy table work of this room, written once in Ibis: what was bought on which day, who has an open case.

Each function takes lazy tables (a frame will do), selects the columns that it uses, and gives a narrow frame sorted by
customer and time, or by its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers import documents, engine
from rcommerce_helpers.clock import day_after

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis

    from rcommerce_helpers.engine import Rows

SECONDS_A_DAY = 86_400


def shelf_columns(products: Rows) -> pd.DataFrame:
    """One row = one product, sorted: product_id, and name, category, durable as far as the source gives them."""
    shelf = engine.as_lazy(products)
    columns = ["product_id", *(c for c in ("name", "category", "durable") if c in shelf.columns)]
    return engine.frame(shelf.select(columns).order_by("product_id"))


def products_as_categories(order_lines: Rows) -> ibis.Table:
    """One row = one product that was sold, as a category of its own, lazily: product_id, category."""
    lines = engine.as_lazy(order_lines)
    return lines.select("product_id", category=lines.product_id).distinct()


def purchase_days(order_lines: Rows, categories: Rows, as_of: str) -> pd.DataFrame:
    """Days on which a known customer bought something of a category and kept it.

    Parameters
    ----------
    categories
        One row = one product: product_id, category. Products that are not in it have none.
    as_of
        Last day that is known, by the wall clock.

    Returns
    -------
    DataFrame
        One row = customer x category x day, sorted by customer, day and category: customer_id, day_number (whole days
        since 1970-01-01), category (empty = none).
    """
    lines = engine.as_lazy(order_lines)
    kept = documents.bought_lines(lines.filter(lines.customer_id.notnull() & (lines.local_at < day_after(as_of))))
    bought = kept.select("customer_id", "product_id", day_number=kept.local_at.epoch_seconds() // SECONDS_A_DAY)
    known = bought.left_join(engine.as_lazy(categories), "product_id")
    days = known.select("customer_id", "day_number", "category").distinct()
    return engine.frame(days.order_by("customer_id", "day_number", "category"))


def attribute_values(attributes: Rows, customers: Iterable[str]) -> pd.DataFrame:
    """One row = one filled attribute of one of these customers: customer_id, name, value; sorted by all three."""
    given = engine.as_lazy(attributes)
    wanted = engine.as_lazy(pd.DataFrame({"customer_id": pd.Series(list(customers), dtype="str")}))
    known = (
        given.filter(given["value"].notnull()).semi_join(wanted, "customer_id").select("customer_id", "name", "value")
    )
    return engine.frame(known.order_by("customer_id", "name", "value"))


def customers_waiting(service_cases: Rows) -> pd.DataFrame:
    """One row = one customer with a case that nobody has closed: customer_id."""
    cases = engine.as_lazy(service_cases)
    still = cases.filter(cases.closed_at.isnull() & cases.customer_id.notnull()).select("customer_id").distinct()
    return engine.frame(still.order_by("customer_id"))
