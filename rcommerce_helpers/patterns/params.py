"""Parameters of notebook 02."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class PatternsParams(Params):
    """What the behaviour notebook can be asked."""

    PURPOSE: ClassVar[str] = "statistics"

    group_by: str = setting(
        "category", "what counts as one kind of product", choices=("category", "department", "product")
    )
    top_share: float = setting(0.2, "share of customers looked at as the top", kind="look", low=0.01, high=0.9)
    risk_gaps: float = setting(
        3.0, "silence in own typical gaps after which a customer counts as at risk", kind="look", low=1.0, high=20.0
    )
    lost_gaps: float = setting(
        10.0, "silence in own typical gaps after which a customer counts as lost", kind="look", low=2.0, high=100.0
    )
    new_days: int = setting(60, "days since the first purchase in which a customer counts as new", low=1, high=365)
    movement_days: int = setting(90, "days between the two dates whose segments are compared", low=7, high=730)
    group_count: int = setting(12, "most frequent product groups tested in contexts and journeys", low=2, high=60)
    pair_groups: int = setting(40, "most frequent product groups tested in pairs", low=2, high=120)
    smallest_effect: float = setting(0.1, "smallest relative effect that matters", low=0.01, high=1.0)
    min_customers: int = setting(50, "fewest customers behind one finding", low=5, high=1000)
    bootstrap_draws: int = setting(200, "bootstrap draws of customers behind the intervals", low=20, high=2000)
