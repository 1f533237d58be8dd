"""The relationship in a few numbers from behaviour: coming back, paying full price, bringing back, answering, breadth.

Each measure needs its table; one without it is a section that is skipped with its reason, not a zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics import Interval, bootstrap_interval, mean_interval, ratio_interval, share_interval


@dataclass(frozen=True)
class Scorecard:
    """``measures``: one row = one measure: measure, value, low, high (95 %), n, unit; ``missing``: measure, reason."""

    measures: pd.DataFrame
    missing: pd.DataFrame
    figures: tuple[Figure, ...]


def scorecard(baskets: Baskets, contents: Contents, lines: pd.DataFrame, params: PatternsParams) -> Scorecard:
    """Measures that orders alone can answer; intervals take the customer as the unit."""
    known = lines[lines["customer_id"].isin(set(baskets.customers))]
    found: list[tuple[str, Interval, int, str]] = []
    missing: list[tuple[str, str]] = []
    counts = np.bincount(baskets.orders["customer"])
    found.append(("repeat_share", share_interval(float((counts > 1).sum()), len(counts)), len(counts), "share"))
    _full_price(known, found, missing)
    _returns(known, found, missing)
    found.append(("breadth", _breadth(baskets, contents, params), len(counts), "groups"))
    missing += [
        ("consent kept", "needs permissions with their dates"),
        ("referrals", "needs referrals"),
        ("kept by choice", "needs contracts with their terms"),
    ]
    measures = pd.DataFrame(
        [(name, *interval, n, unit) for name, interval, n, unit in found],
        columns=["measure", "value", "low", "high", "n", "unit"],
    )
    figures = tuple(Figure(name, i.value, n, unit, i.low, i.high) for name, i, n, unit in found)
    return Scorecard(measures, pd.DataFrame(missing, columns=["measure", "reason"]), figures)


def coupon_response(contacts: pd.DataFrame) -> Scorecard:
    """Share of contacts that were followed by a redemption or purchase; the receiver is the unit. No effect: see 04."""
    reached = contacts[contacts["converted"].notna() & (contacts["arm"] != "none")]
    if reached.empty:
        raise NotEnoughData(
            "contacts.converted", got="no contact with an outcome", expected="at least one", do="Map converted"
        )
    per_person = reached.groupby("customer_id")["converted"].agg(["sum", "size"]).astype(float)
    answer = ratio_interval(per_person["sum"], per_person["size"])
    return _single("coupon_response", answer, len(reached), "share")


def cases_solved(service_cases: pd.DataFrame) -> Scorecard:
    """Share of service cases that were solved."""
    solved = service_cases["solved"].dropna() if "solved" in service_cases else pd.Series(dtype=float)
    if solved.empty:
        raise NotEnoughData("service_cases.solved", got="no value", expected="true or false", do="Map solved")
    return _single(
        "cases_solved_share", share_interval(float(solved.astype(float).sum()), len(solved)), len(solved), "share"
    )


def public_voice(feedback: pd.DataFrame) -> Scorecard:
    """Mean rating in reviews and posts; who writes in public is not everybody."""
    ratings = feedback["rating"].dropna().astype(float) if "rating" in feedback else pd.Series(dtype=float)
    if len(ratings) < 2:
        raise NotEnoughData("feedback.rating", got=f"{len(ratings)} ratings", expected="at least 2", do="Map rating")
    return _single("mean_rating", mean_interval(ratings), len(ratings), "points")


def _single(name: str, answer: Interval, n: int, unit: str) -> Scorecard:
    measures = pd.DataFrame([(name, *answer, n, unit)], columns=["measure", "value", "low", "high", "n", "unit"])
    figure = Figure(name, answer.value, n, unit, answer.low, answer.high)
    return Scorecard(measures, pd.DataFrame(columns=["measure", "reason"]), (figure,))


def _full_price(
    lines: pd.DataFrame, found: list[tuple[str, Interval, int, str]], missing: list[tuple[str, str]]
) -> None:
    priced = lines[lines["discount"].notna() & (lines["amount"] > 0)]
    if priced.empty or not (priced["discount"] > 0).any():
        missing.append(("full_price_share", "no line carries a discount: none given, or none recorded"))
        return
    full = priced["amount"].where(priced["discount"] <= 0, 0.0)
    sums = pd.DataFrame({"full": full, "all": priced["amount"]}).groupby(priced["customer_id"]).sum()
    found.append(("full_price_share", ratio_interval(sums["full"], sums["all"]), len(sums), "share"))


def _returns(lines: pd.DataFrame, found: list[tuple[str, Interval, int, str]], missing: list[tuple[str, str]]) -> None:
    if not ((lines["kind"] == "return") | (lines["amount"] < 0)).any():
        missing.append(("returns_share", "no line is a return: none happened, or none is recorded"))
        return
    parts = pd.DataFrame({"back": (-lines["amount"]).clip(lower=0), "sold": lines["amount"].clip(lower=0)})
    sums = parts.groupby(lines["customer_id"]).sum()
    found.append(("returns_share", ratio_interval(sums["back"], sums["sold"]), len(sums), "share"))


def _breadth(baskets: Baskets, contents: Contents, params: PatternsParams) -> Interval:
    customer = baskets.orders["customer"].to_numpy()[contents.rows["order"].to_numpy()]
    seen = pd.DataFrame({"customer": customer, "group": contents.rows["group"]}).drop_duplicates()
    groups = np.bincount(seen["customer"], minlength=len(baskets.customers))
    rng = np.random.default_rng(params.seed)
    return bootstrap_interval(groups, lambda x: float(np.median(x)), rng, draws=params.bootstrap_draws)
