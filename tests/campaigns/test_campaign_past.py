"""Past campaigns without lots: selection is named, a planted effect is found, features never look ahead."""

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers.campaigns.history import daily_panel, features_before
from rcommerce_helpers.campaigns.nuisance import predict_chance, predict_ridge
from rcommerce_helpers.campaigns.observational import measure_past
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.errors import NotEnoughData

PARAMS = CampaignParams(min_targeted=50)
DAYS = 210
START = 150


def shop(seed, *, effect=0.0, households=900):
    """Households with their own daily rate; frequent buyers are targeted more; effect = money a day."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(2, 0.1, households)
    hit = rng.random(households) < np.clip(2 * rate, 0, 0.8)
    bought = rng.random((households, DAYS)) < rate[:, None]
    who, day = np.nonzero(bought)
    amount = 20.0 + rng.normal(0, 2, len(who))
    ids = np.array([f"c{i:04d}" for i in range(households)])
    extra_who, extra_day = (
        np.nonzero(np.tile(hit[:, None], (1, 28))) if effect else (np.array([], int), np.array([], int))
    )
    lines = pd.DataFrame(
        {
            "customer_id": np.concatenate([ids[who], ids[extra_who]]),
            "local_at": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(np.concatenate([day, START + extra_day]).astype(float), unit="D"),
            "amount": np.concatenate([amount, np.full(len(extra_who), effect)]),
        }
    )
    lines = lines.assign(order_id=[str(i) for i in range(len(lines))], discount=0.0)
    start = pd.Timestamp("2024-01-01") + pd.Timedelta(days=START)
    campaigns = pd.DataFrame(
        {
            "campaign_id": ["k"],
            "type": ["A"],
            "start_on": [start.date()],
            "end_on": [(start + pd.Timedelta(days=27)).date()],
        }
    )
    contacts = pd.DataFrame({"customer_id": ids[hit], "campaign_id": "k", "arm": "coupon", "converted": False})
    contacts.loc[contacts.index[:30], "converted"] = True
    contacts["propensity"] = np.nan
    return campaigns, contacts, lines


def measured(seed, **world):
    result = measure_past(*shop(seed, **world), "EUR", PARAMS)
    return result, result.effects[result.effects["type"] == "all"].set_index("measure")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_selection_without_effect(seed):
    """Nothing happened: the naive difference is large, the adjusted effect and the placebo are not."""
    result, rows = measured(seed)
    assert rows.loc["naive", "low"] > 5
    for measure in ("did", "adjusted", "placebo"):
        assert abs(rows.loc[measure, "effect"]) < 3.5 * rows.loc[measure, "se"]
    assert {f.name: f.value for f in result.figures}["selection_share"] > 0.7


def test_a_planted_effect_is_found_and_the_placebo_stays_quiet():
    """Two a day are fourteen a week for every targeted household."""
    _, rows = measured(4, effect=2.0)
    assert rows.loc["adjusted", "effect"] == pytest.approx(14, abs=3.5 * rows.loc["adjusted", "se"])
    assert rows.loc["adjusted", "low"] > 5
    assert abs(rows.loc["placebo", "effect"]) < 3.5 * rows.loc["placebo", "se"]


def test_redemption_has_its_wilson_interval():
    result, _ = measured(1)
    n = len(shop(1)[1])
    row = result.redemption.iloc[-1]
    assert row["rate"] == pytest.approx(30 / n)
    p, z = 30 / n, 1.96
    centre, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5,
    )
    assert (row["low"], row["high"]) == pytest.approx((centre - half, centre + half), abs=1e-4)


def test_early_or_small_campaigns_are_not_measured():
    campaigns, contacts, lines = shop(1)
    early = campaigns.assign(start_on=[pd.Timestamp("2024-02-01").date()], end_on=[pd.Timestamp("2024-03-01").date()])
    with pytest.raises(NotEnoughData, match="112 days"):
        measure_past(early, contacts, lines, "EUR", PARAMS)
    with pytest.raises(NotEnoughData):
        measure_past(campaigns, contacts.head(49), lines, "EUR", PARAMS)
    with pytest.raises(NotEnoughData):  # lots were drawn: that effect is read directly, not by likeness
        measure_past(campaigns, contacts.assign(propensity=0.5), lines, "EUR", PARAMS)


def test_features_know_nothing_of_the_day_or_later():
    _, _, lines = shop(1, households=60)
    panel, day = daily_panel(lines), 100
    who = np.arange(len(panel.ids))
    before = features_before(panel, who, np.full(len(who), day))
    cut = lines["local_at"] < pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)
    changed = lines.assign(amount=lines["amount"].where(cut, 9999.0))
    after = features_before(daily_panel(changed), who, np.full(len(who), day))
    np.testing.assert_array_equal(before, after)
    assert not np.array_equal(before, features_before(daily_panel(changed), who, np.full(len(who), day + 30)))


def test_features_by_hand():
    """Orders of 14 in money on days 0 and 20, seen before day 30: 14 in days 2 to 15 back is 7 a week."""
    days = pd.to_datetime(["2024-01-01", "2024-01-21", "2024-02-10"])
    lines = pd.DataFrame(
        {"customer_id": "a", "order_id": ["1", "2", "3"], "local_at": days, "amount": 14.0, "discount": 6.0}
    )
    row = features_before(daily_panel(lines), np.array([0]), np.array([30]))[0]
    assert row[:4] == pytest.approx([np.log(8), 0, np.log(8), 0])
    assert row[4:].tolist() == pytest.approx([2, 0, 10, 12 / 40])


def test_the_small_models_agree_with_known_answers():
    rng = np.random.default_rng(7)
    x = rng.standard_normal((4000, 2))
    assert predict_ridge(x, 3 + x @ [2.0, -1.0], np.zeros((1, 2)), penalty=1e-6)[0] == pytest.approx(3, abs=1e-6)
    chance = 1 / (1 + np.exp(-(0.5 + x[:, 0])))
    found = predict_chance(x, rng.random(4000) < chance, np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert found == pytest.approx([1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(-1.5))], abs=0.03)
