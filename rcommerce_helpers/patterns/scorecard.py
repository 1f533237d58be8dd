"""The relationship in a few numbers from behaviour: coming back, paying full price, bringing back, answering, breadth.

Each measure needs its table; one without it is a section that is skipped with its reason, not a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import Figure, Unit
from rcommerce_helpers.statistics import Interval, bootstrap_interval, mean_interval, ratio_interval, share_interval


@dataclass(frozen=True)
class Scorecard:
    """``measures``: one row = one measure: measure, value, low, high (95 %), n, unit; ``missing``: measure, reason."""

    measures: pd.DataFrame
    missing: pd.DataFrame
    figures: tuple[Figure, ...]


class Absent(Protocol):
    """A table the data set does not have, with the reason."""

    @property
    def reason(self) -> str: ...


Found = list[tuple[str, Interval, int, Unit]]
Absences = list[tuple[str, str]]


def scorecard(
    baskets: Baskets,
    contents: Contents,
    lines: pd.DataFrame,
    others: tuple[pd.DataFrame | Absent, pd.DataFrame | Absent, pd.DataFrame | Absent],
    params: PatternsParams,
) -> Scorecard:
    """All measures the data set has a source for; intervals take the customer as the unit where there is one.

    Parameters
    ----------
    others
        contacts, service_cases and feedback, or the reason why one of them is not there.
    """
    found: Found = []
    missing: Absences = []
    counts = np.bincount(baskets.orders["customer"])
    known = lines[lines["customer_id"].isin(set(baskets.customers))]
    found.append(("repeat_share", share_interval(float((counts > 1).sum()), len(counts)), len(counts), "share"))
    _full_price(known, found, missing)
    _returns(known, found, missing)
    found.append(("breadth", _breadth(baskets, contents, params), len(counts), "mean"))
    for name, table, column, measure in zip(_OTHER_NAMES, others, _OTHER_COLUMNS, (_coupons, _solved, _ratings)):
        if not isinstance(table, pd.DataFrame):
            missing.append((name, table.reason))
        elif column not in table or table[column].notna().sum() < 2:
            missing.append((name, f"{column} is empty"))
        else:
            measure(table[table[column].notna()], found)
    missing += _NEVER_IN_ORDERS
    measures = pd.DataFrame(
        [(name, *interval, n, unit) for name, interval, n, unit in found],
        columns=["measure", "value", "low", "high", "n", "unit"],
    )
    figures = tuple(Figure(name, i.value, n, unit, i.low, i.high) for name, i, n, unit in found)
    return Scorecard(measures, pd.DataFrame(missing, columns=["measure", "reason"]), figures)


_OTHER_NAMES = ("coupon_response", "cases_solved_share", "mean_rating")
_OTHER_COLUMNS = ("converted", "solved", "rating")
_NEVER_IN_ORDERS = [
    ("consent kept", "needs permissions with their dates"),
    ("referrals", "needs referrals"),
    ("kept by choice", "needs contracts with their terms"),
]


def _coupons(contacts: pd.DataFrame, found: Found) -> None:
    """Contacts followed by a redemption or purchase; the receiver is the unit. An answer, not an effect."""
    reached = contacts[contacts["arm"] != "none"]
    per_person = reached.groupby("customer_id")["converted"].agg(["sum", "size"]).astype(float)
    found.append(("coupon_response", _share(per_person["sum"], per_person["size"]), len(reached), "share"))


def _solved(cases: pd.DataFrame, found: Found) -> None:
    solved = cases["solved"].astype(float)
    found.append(("cases_solved_share", share_interval(float(solved.sum()), len(solved)), len(solved), "share"))


def _ratings(feedback: pd.DataFrame, found: Found) -> None:
    """Stars in public; who writes in public is not everybody."""
    found.append(("mean_rating", mean_interval(feedback["stars"].astype(float)), len(feedback), "rating"))


def _full_price(lines: pd.DataFrame, found: Found, missing: Absences) -> None:
    priced = lines[lines["discount"].notna() & (lines["amount"] > 0)]
    if priced.empty or not (priced["discount"] > 0).any():
        missing.append(("full_price_share", "no line carries a discount: none given, or none recorded"))
        return
    full = priced["amount"].where(priced["discount"] <= 0, 0.0)
    sums = pd.DataFrame({"full": full, "all": priced["amount"]}).groupby(priced["customer_id"]).sum()
    found.append(("full_price_share", _share(sums["full"], sums["all"]), len(sums), "share"))


def _returns(lines: pd.DataFrame, found: Found, missing: Absences) -> None:
    if not ((lines["kind"] == "return") | (lines["amount"] < 0)).any():
        missing.append(("returns_share", "no line is a return: none happened, or none is recorded"))
        return
    parts = pd.DataFrame({"back": (-lines["amount"]).clip(lower=0), "sold": lines["amount"].clip(lower=0)})
    sums = parts.groupby(lines["customer_id"]).sum()
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
