"""How large must the test be that would answer? Customers, weeks, and what today's customers could show at most.

Two groups drawn by chance, one contacted and one held out, compared on money per customer over the window (two-sided
5 %). The spread is that of the change which history does not explain, measured on this data set; it shrinks by the
square root of the weeks at best, which is what is assumed here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns.observational import PastEffects
from rcommerce_helpers.campaigns.offers import Offers
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.campaigns.reach import Reach
from rcommerce_helpers.errors import NotEnoughData, ParamError
from rcommerce_helpers.results import Figure

ALPHA = 0.05


@dataclass(frozen=True)
class TestPlan:
    """The test that would answer.

    ``curve``: one row = relative uplift of spending: uplift, effect (money per customer and week), customers_needed.
    """

    __test__ = False  # pytest takes classes called Test... for tests

    curve: pd.DataFrame
    customers: int
    currency: str
    figures: tuple[Figure, ...]


def customers_needed(effect: float, sd: float, *, holdout: float, power: float, alpha: float = ALPHA) -> int:
    """Customers, both groups together, that find ``effect`` (difference of means) with chance ``power``.

    Raises
    ------
    ParamError
        The effect is 0, or a group would be empty.
    """
    from scipy.stats import norm

    if not effect or not 0 < holdout < 1:
        raise ParamError(
            "effect", got=f"{effect}, holdout {holdout}", expected="an effect other than 0, two groups", do="Change it"
        )
    quantiles = float(norm.ppf(1 - alpha / 2) + norm.ppf(power))
    return int(np.ceil((quantiles * sd / effect) ** 2 / (holdout * (1 - holdout))))


def detectable_effect(customers: int, sd: float, *, holdout: float, power: float, alpha: float = ALPHA) -> float:
    """The smallest difference of means so many customers find with chance ``power``."""
    from scipy.stats import norm

    quantiles = float(norm.ppf(1 - alpha / 2) + norm.ppf(power))
    return float(quantiles * sd / np.sqrt(customers * holdout * (1 - holdout)))


def plan_test(past: PastEffects, reach: Reach, offers: Offers, params: CampaignParams) -> TestPlan:
    """Size the holdout test for the assumed uplift, on the spread that past campaigns showed.

    The effect sought is the average assumed uplift of the offers times the customers' mean weekly spending: the largest
    the plan could hope for, were every purchase touched. Money per customer and week, over ``effect_weeks``.
    """
    people = reach.customers[reach.customers["reachable"]]
    spending = float(people["weekly_revenue"].mean()) if len(people) else 0.0
    if spending <= 0:
        raise NotEnoughData("orders", got="no spending", expected="orders of the last year", do="Load newer orders")
    holdout = params.holdout_share or offers.holdout.share
    uplift = float(np.mean([o.believed_uplift for o in offers.offers]))
    given = {"holdout": holdout, "power": params.power}
    grid = sorted({0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, round(uplift, 4)})
    rows = [(u, u * spending, customers_needed(u * spending, past.weekly_sd, **given)) for u in grid if u > 0]
    curve = pd.DataFrame(rows, columns=["uplift", "effect", "customers_needed"])
    n = len(people)
    sought = max(uplift, 0.005) * spending
    figures = (
        Figure("test_effect", sought, n, "money_per_week"),
        Figure("test_customers_needed", customers_needed(sought, past.weekly_sd, **given), n, "count"),
        Figure("test_detectable_effect", detectable_effect(n, past.weekly_sd, **given), n, "money_per_week"),
        Figure("test_weeks", params.effect_weeks, n, "weeks"),
    )
    return TestPlan(curve, n, past.currency, figures)
