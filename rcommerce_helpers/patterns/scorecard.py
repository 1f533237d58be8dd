"""The relationship in a few numbers from behaviour: coming back, paying full price, bringing back, answering, breadth.

Each measure needs its table; one without it is a section that is skipped with its reason, not a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.patterns.arms import HOLDOUT
from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import (
    answers_per_person,
    cases_solved,
    filled_rows,
    full_price_sums,
    return_sums,
    star_ratings,
)
from rcommerce_helpers.results import Absent, Figure, Unit
from rcommerce_helpers.statistics.intervals import (
    Interval,
    bootstrap_interval,
    mean_interval,
    ratio_interval,
    share_interval,
)

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows


@dataclass(frozen=True)
class Scorecard:
    """``measures``: one row = one measure: measure, value, low, high (95 %), n, unit; ``missing``: measure, reason."""

    measures: pd.DataFrame
    missing: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Responses:
    """How customers answered: the tables of contacts, service cases and feedback, or why one of them is absent."""

    contacts: Rows | Absent
    service_cases: Rows | Absent
    feedback: Rows | Absent


Found = list[tuple[str, Interval, int, Unit]]
Absences = list[tuple[str, str]]


def scorecard(
    baskets: Baskets,
    contents: Contents,
    lines: Rows,
    responses: Responses,
    params: PatternsParams,
) -> Scorecard:
    """All measures the data set has a source for; intervals take the customer as the unit where there is one.

    Parameters
    ----------
    lines
        Permitted order lines: customer_id, kind, amount, discount.
    responses
        An absent table leaves its measure out, with the reason.
    """
    found: Found = []
    missing: Absences = []
    counts = baskets.purchase_days
    found.append(("repeat_share", share_interval(float((counts > 1).sum()), len(counts)), len(counts), "share"))
    _full_price(lines, found, missing)
    _returns(lines, found, missing)
    found.append(("breadth", _breadth(baskets, contents, params), len(counts), "mean"))
    for name, table, column, measure in (
        ("coupon_response", responses.contacts, "converted", _coupons),
        ("cases_solved_share", responses.service_cases, "solved", _solved),
        ("mean_rating", responses.feedback, "stars", _ratings),
    ):
        if isinstance(table, Absent):
            missing.append((name, table.reason))
        elif filled_rows(table, column) < LEAST_ANSWERS:
            missing.append((name, f"{column} is empty"))
        else:
            found.append((name, *measure(table)))
    missing += _NEVER_IN_ORDERS
    measures = pd.DataFrame(
        [(name, *interval, n, unit) for name, interval, n, unit in found],
        columns=["measure", "value", "low", "high", "n", "unit"],
    )
    figures = tuple(Figure(name, i.value, n, unit, i.low, i.high) for name, i, n, unit in found)
    return Scorecard(measures, pd.DataFrame(missing, columns=["measure", "reason"]), figures)


LEAST_ANSWERS = 2
_NEVER_IN_ORDERS = [
    ("consent kept", "needs permissions with their dates"),
    ("referrals", "needs referrals"),
    ("kept by choice", "needs contracts with their terms"),
]


def _coupons(contacts: Rows) -> tuple[Interval, int, Unit]:
    """Contacts followed by a redemption or purchase; the receiver is the unit. An answer, not an effect."""
    people = answers_per_person(contacts, HOLDOUT)
    return _share(people["answered"], people["contacts"]), int(people["contacts"].sum()), "share"


def _solved(cases: Rows) -> tuple[Interval, int, Unit]:
    solved, known = cases_solved(cases)
    return share_interval(float(solved), known), known, "share"


def _ratings(feedback: Rows) -> tuple[Interval, int, Unit]:
    """Stars in public; who writes in public is not everybody."""
    stars = star_ratings(feedback)["stars"].astype(float)
    return mean_interval(stars), len(stars), "rating"


def _full_price(lines: Rows, found: Found, missing: Absences) -> None:
    sums = full_price_sums(lines)
    if not sums["discounted"].sum():
        missing.append(("full_price_share", "no line carries a discount: none given, or none recorded"))
        return
    found.append(("full_price_share", _share(sums["full"], sums["paid"]), len(sums), "share"))


def _returns(lines: Rows, found: Found, missing: Absences) -> None:
    sums = return_sums(lines)
    if not sums["return_lines"].sum():
        missing.append(("returns_share", "no line is a return: none happened, or none is recorded"))
        return
    found.append(("returns_share", ratio_interval(sums["back"], sums["sold"]), len(sums), "share"))


def _share(part: pd.Series, whole: pd.Series) -> Interval:
    """A share over customers; its interval stays within 0 and 1."""
    value, low, high = ratio_interval(part, whole)
    return Interval(value, max(low, 0.0), min(high, 1.0))


def _breadth(baskets: Baskets, contents: Contents, params: PatternsParams) -> Interval:
    customer = baskets.orders["customer"].to_numpy()[contents.rows["order"].to_numpy()]
    seen = pd.DataFrame({"customer": customer, "group": contents.rows["group"]}).drop_duplicates()
    groups = np.bincount(seen["customer"], minlength=len(baskets.customers))
    rng = np.random.default_rng(params.seed)
    return bootstrap_interval(groups, lambda x: float(np.median(x)), rng, draws=params.bootstrap_draws)
