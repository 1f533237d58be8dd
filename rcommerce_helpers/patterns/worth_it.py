"""Which analyses pay for a data set of this size, and where a plain rule is enough.

The thresholds are rules of the house, not laws: each is the size at which an interval becomes narrow enough to act on.
That of a campaign test is computed: customers for two arms that find a fifth more on the stated base with power 80 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.leaving import GIVEN_AWAY, bound_of
from rcommerce_helpers.patterns.baskets import Baskets
from rcommerce_helpers.patterns.queries import distinct_products
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.power import customers_per_arm

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

TEST_BASE, TEST_LIFT = 0.05, 0.20


@dataclass(frozen=True)
class WorthIt:
    """``analyses``: one row = one analysis: analysis, counted (what), have, needed, pays, plain_rule, hidden."""

    analyses: pd.DataFrame
    figures: tuple[Figure, ...]


def worth_it(baskets: Baskets, lines: Rows) -> WorthIt:
    """Compare what is there with what each analysis needs, by counts alone."""
    have = _counts(baskets, lines)
    rows = [
        (name, counted, have[counted], needed, have[counted] >= needed, rule) for name, counted, needed, rule in _NEEDS
    ]
    table = pd.DataFrame(rows, columns=["analysis", "counted", "have", "needed", "pays", "plain_rule"])
    of_people = table["counted"].isin(_OF_PEOPLE)
    few = of_people & table["have"].map(lambda n: bool(bound_of(n, have["customers"])[0]))
    table = table.assign(have=table["have"].astype(float).mask(few), hidden=np.where(few, GIVEN_AWAY, ""))
    return WorthIt(table, (Figure("analyses_paying", int(table["pays"].sum()), len(table), "count"),))


def _counts(baskets: Baskets, lines: Rows) -> dict[str, int]:
    per_customer = baskets.purchase_days
    months = baskets.orders["local_at"].dt.to_period("M").unique().size
    return {
        "customers": len(per_customer),
        "repeat customers": int((per_customer > 1).sum()),
        "customers with 5 purchase days": int((per_customer >= 5).sum()),
        "orders": len(baskets.orders),
        "orders with 2 lines": int((baskets.orders["line_count"] > 1).sum()),
        "products": distinct_products(lines),
        "months": int(months),
    }


_OF_PEOPLE = frozenset({"customers", "repeat customers", "customers with 5 purchase days"})
_NEEDS: tuple[tuple[str, str, int, str], ...] = (
    ("segments", "customers", 200, "Sort by revenue; know the first twenty by name."),
    ("cohorts", "months", 6, "Write down how many of last month's new customers came back."),
    ("contexts and journeys", "orders", 5_000, "Ask at the counter; change one thing at a time."),
    ("pairs in a basket", "orders with 2 lines", 5_000, "Place together what your staff would place together."),
    ("own rhythm and replenishment", "customers with 5 purchase days", 300, "Remind everybody after the median gap."),
    ("affinity scores", "repeat customers", 500, "Show the best sellers the person does not own yet."),
    ("many products to choose from", "products", 50, "Recommend by hand: the list fits on a page."),
    ("campaign tests", "customers", 2 * customers_per_arm(TEST_BASE, TEST_LIFT), "Ask twenty customers, and decide."),
)
