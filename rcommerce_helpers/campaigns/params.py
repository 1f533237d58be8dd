"""Parameters of 04_campaign_simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class CampaignParams(Params):
    """Parameters of 04_campaign_simulation, which reads only persons who permit marketing."""

    PURPOSE: ClassVar[str] = "marketing"

    budget_multiplier: float = setting(1.0, "budget of offers.toml times this", low=0.0, high=10.0, kind="look")
    caution: float = setting(
        0.5, "standard deviations taken off each assumed uplift before planning", low=0.0, high=3.0, kind="look"
    )
    holdout_share: float = setting(0.0, "share held out by chance; 0: as offers.toml says", low=0.0, high=0.9)
    margin_share: float = setting(0.25, "contribution as a share of revenue where none is recorded", low=0.0, high=1.0)
    contact_cost: float = setting(
        0.0, "cost of one contact when a randomised log is judged, in money", low=0.0, high=100.0
    )
    contacts_per_week: float = setting(0.5, "contacts per customer and week to look at", low=0.0, high=7.0, kind="look")
    simulate_days: int = setting(90, "days a scenario is played forward", low=7, high=365)
    replications: int = setting(20, "times a scenario is played, each with another uplift", low=5, high=500)
    effect_weeks: int = setting(6, "longest window after a campaign's start, in weeks", low=1, high=26)
    min_targeted: int = setting(60, "smallest campaign that is evaluated, in customers targeted", low=10, high=100_000)
    power: float = setting(0.8, "chance that the test finds an effect that is there", low=0.5, high=0.99)
