"""Parameters of notebook 03."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class AffinityParams(Params):
    """What the affinity notebook can be asked."""

    PURPOSE: ClassVar[str] = "personalisation"

    category: str = setting("", "show one category only; empty for all that are scored")
    horizon_days: int = setting(28, "days ahead in which a purchase counts", low=7, high=180)
    top_share: float = setting(
        0.1, "share of customer-category pairs that could be offered something", kind="look", low=0.01, high=0.5
    )
    model: str = setting("logistic", "scorer that is compared with the rivals", choices=("logistic", "boosting"))
    min_probability: float = setting(0.3, "below this probability nothing is offered", kind="look", low=0.0, high=1.0)
    category_count: int = setting(30, "most categories to score", low=2, high=200)
    min_incidence: float = setting(0.04, "least share of customers buying a category per horizon", low=0.0, high=0.5)
    max_incidence: float = setting(
        0.3, "largest such share: what nearly everybody buys needs no score", low=0.01, high=1.0
    )
    explained_customers: int = setting(200, "customers whose scores are explained one by one", low=1, high=10_000)
    bootstrap_draws: int = setting(200, "bootstrap draws of customers behind the intervals", low=20, high=2000)
