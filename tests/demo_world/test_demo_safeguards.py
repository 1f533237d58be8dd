"""What the world promises beside its outcomes: fatigue, the truth of the best plan, lots and their absence, leaving.

One world, the first of the room's, so that taking a safeguard out costs one and not three.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.plans import COSTS, OFFERS
from rcommerce_helpers.demo_world.rates import CAMPAIGN

CONTEXT = ["campaign_id", "referrer", "device", "experience"]


@pytest.fixture
def worlds(first_world) -> list:
    return [first_world]


def _contacts(world) -> pd.DataFrame:
    """Contacts with their truth and with how many contacts the same person had in the sixty days before."""
    log = world.table("contacts").merge(
        world.truth("counterfactuals"), on=["contact_id", "campaign_id"], suffixes=("", "_true")
    )
    log["day"] = log.groupby("campaign_id")["at"].transform("min").dt.normalize()
    treated = log.loc[log["arm_true"] > 0, ["person", "day"]]
    pairs = log[["contact_id", "person", "day"]].merge(treated, on="person", suffixes=("", "_before"))
    away = (pairs["day"] - pairs["day_before"]).dt.days
    recent = pairs[(away > 0) & (away <= 60)].groupby("contact_id").size()
    return log.assign(recent=log["contact_id"].map(recent).fillna(0))


def test_an_effect_shrinks_with_the_contacts_before_it(worlds) -> None:
    """In one campaign and context all people have one effect, divided by 1 + .45 for each contact of sixty days."""
    compared = 0
    for world in worlds:
        log = _contacts(world)
        arms = world.truth("campaigns")
        plain = arms[arms["randomised"] & (arms["suits"] == "all")]["campaign_id"].unique()
        effect = log["chance_1"] / log["chance_0"] - 1
        log = log.assign(effect=effect, fresh=effect * (1 + CAMPAIGN.fatigue * log["recent"]))
        log = log[log["campaign_id"].isin(plain) & (effect > 0.005) & (log["chance_0"] < 0.8)]
        for _, group in log.fillna({"referrer": "", "device": ""}).groupby(CONTEXT):
            if np.ptp(group["recent"]) > 0:
                compared += 1
                assert np.ptp(group["fresh"]) < 1e-6 * group["fresh"].mean()
    assert compared >= 15


def test_the_best_plan_counts_the_contacts_before_it(worlds) -> None:
    """What an offer adds to the own chance is one of a few values by context; tired people have 1/1.45 of it."""
    offer = next(o for o in OFFERS if o.id == "home_news")
    tired_people = 0
    for world in worlds:
        plan, log = world.truth("best_plan"), _contacts(world)
        last = pd.Timestamp(clock.END - 60 * clock.DAY, unit="s")
        recent = log[(log["at"] > last) & (log["arm_true"] > 0)].groupby("person").size()
        won = (plan[f"gain_{offer.id}_email"] + COSTS["email"]) / offer.margin
        relative = (won / plan["own_chance_28_days"])[plan["own_chance_28_days"] < 0.5]
        fatigue = 1 + CAMPAIGN.fatigue * plan["person"].map(recent).fillna(0)
        fresh = relative[(relative > 0.001) & (fatigue == 1)].round(5)
        tired = (relative * fatigue)[(relative > 0.001) & (fatigue > 1)].round(5)
        tired_people += len(tired)
        assert np.isin(tired, fresh).mean() > 0.9
    assert tired_people >= 15


def test_campaigns_that_chose_record_no_chance(worlds) -> None:
    for world in worlds:
        arms = world.truth("campaigns")
        chosen = arms.loc[~arms["randomised"], "campaign_id"].unique()
        log = world.table("contacts")
        targeted = log["campaign_id"].isin(chosen)
        assert targeted.sum() > 100
        assert log.loc[targeted, "propensity"].isna().all()
        assert log.loc[~targeted, "propensity"].notna().all()


def test_nobody_is_contacted_after_a_withdrawal(worlds) -> None:
    left = 0
    for world in worlds:
        log = _contacts(world).sort_values("at")
        gone = log[log["unsubscribed"].fillna(False).astype(bool)].groupby(["person", "channel"])["at"].min()
        later = log.join(gone.rename("gone"), on=["person", "channel"])
        left += len(gone)
        assert not (later["at"] > later["gone"]).any()
    assert left >= 10


def test_more_of_the_inexperienced_are_held_out_as_recorded(worlds) -> None:
    """The holdout of novices is .30, of the experienced .18: what is recorded is what was drawn."""
    for world in worlds:
        log = world.table("contacts")
        drawn = log[log["propensity"].notna()]
        held = drawn["arm"] == "none"
        share = held.groupby(drawn["experience"]).mean()
        assert share["novice"] > share["experienced"] + 0.06
        assert set(drawn.loc[held, "propensity"].round(2)) == {0.18, 0.30}
