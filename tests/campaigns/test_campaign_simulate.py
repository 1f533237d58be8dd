"""The dose simulation is repeatable, monotone where it must be, and right where it can be computed by hand."""

import numpy as np
import pytest
from campaign_worlds import orders_of, small_offers
from test_campaign_plan import AS_OF, reach_of

from rcommerce_helpers.campaigns.observational import PastEffects
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.campaigns.power import customers_needed, detectable_effect, plan_test
from rcommerce_helpers.campaigns.simulate import Population, Reactions, draw_luck, play, simulate_contact_frequency
from rcommerce_helpers.errors import ParamError

PEOPLE = Population(np.full(4000, 0.1), np.full(4000, 5.0), np.full(4000, 180.0))
LUCK = draw_luck(4000, 60, seed=1)
PATIENT = Reactions(fatigue=0.0, unsubscribe=0.0, cost=0.0)


def test_silence_buys_at_the_own_rate_and_nobody_leaves():
    played = play(PEOPLE, LUCK, Reactions(), dose=0.0, uplift=0.5)
    assert played.orders == pytest.approx(6.0, rel=0.02)
    assert (played.contacts, played.unsubscribed, played.trust) == (0, 0, 0)
    assert played.profit == pytest.approx(played.orders * 5.0)


def test_same_seed_same_answer_other_seed_another():
    again = draw_luck(4000, 60, seed=1)
    np.testing.assert_array_equal(LUCK, again)
    assert not np.array_equal(LUCK, draw_luck(4000, 60, seed=2))


def test_without_fatigue_cost_and_leaving_more_contacts_always_bring_more():
    gains = [play(PEOPLE, LUCK, PATIENT, dose=d, uplift=0.1).profit for d in (0.0, 0.5, 1.0, 2.0, 4.0)]
    assert all(a < b for a, b in zip(gains, gains[1:]))


def test_the_lift_is_what_the_arithmetic_says():
    """A daily contact that lifts by u and halves each day keeps the rate up by u / (1 - 1/2) = 2u in the long run."""
    forever = Reactions(lift_days=1.0, fatigue=0.0, unsubscribe=0.0, cost=0.0)
    lifted = play(PEOPLE, LUCK, forever, dose=7.0, uplift=0.1).orders
    assert lifted / play(PEOPLE, LUCK, forever, dose=0.0, uplift=0.1).orders == pytest.approx(1.2, abs=0.02)


@pytest.mark.parametrize("worse", [{"fatigue": 0.5}, {"unsubscribe": 0.05}, {"cost": 0.5}])
def test_each_reaction_costs_profit(worse):
    base = {"fatigue": 0.0, "unsubscribe": 0.0, "cost": 0.0}
    kind = play(PEOPLE, LUCK, Reactions(**base), dose=3.0, uplift=0.1)
    harsh = play(PEOPLE, LUCK, Reactions(**(base | worse)), dose=3.0, uplift=0.1)
    assert harsh.profit < kind.profit


def test_unsubscribing_by_hand():
    """A contact every day, chance .01 each, no memory effect on the first: nearly all are gone after many contacts."""
    played = play(PEOPLE, LUCK, Reactions(unsubscribe=1.0), dose=7.0, uplift=0.0)
    assert (played.unsubscribed, played.contacts) == (1.0, 1.0)
    assert played.trust == pytest.approx(180.0 * Reactions().value_share)


def test_common_luck_makes_differences_quiet():
    """The spread of a difference between doses over seeds is far below that of a level."""
    levels, differences = [], []
    for seed in range(12):
        luck = draw_luck(1000, 60, seed=seed)
        people = Population(*(a[:1000] for a in (PEOPLE.daily_rate, PEOPLE.order_margin, PEOPLE.yearly_margin)))
        silent, told = (play(people, luck, PATIENT, dose=d, uplift=0.05).profit for d in (0.0, 1.0))
        levels.append(told)
        differences.append(told - silent)
    assert np.std(differences) < 0.4 * np.std(levels)


def test_the_curve_holds_the_chosen_dose_and_its_interval():
    lines = orders_of({f"c{i}": ["2024-02-01", "2024-03-01", "2024-03-20"] for i in range(300)})
    offers = small_offers()
    params = CampaignParams(contacts_per_week=0.7, replications=8, simulate_days=40)
    result = simulate_contact_frequency(reach_of(offers, lines=lines), offers, "EUR", params)
    curve = result.curve.set_index("contacts_per_week")
    assert curve.loc[0.0, ["profit", "low", "high"]].tolist() == [0, 0, 0]
    assert (curve["low"] <= curve["high"]).all()
    found = {f.name: f for f in result.figures}
    assert found["dose_value"].value == pytest.approx(curve.loc[0.7, "profit"])
    assert found["best_dose_value"].value == curve["profit"].max()
    again = simulate_contact_frequency(reach_of(offers, lines=lines), offers, "EUR", params)
    assert again.curve.equals(result.curve)


def test_sample_size_of_the_textbook():
    """Two equal groups, effect half a standard deviation, 80 %, two-sided 5 %: 63 each (normal approximation)."""
    assert customers_needed(0.5, 1.0, holdout=0.5, power=0.8) == pytest.approx(126, abs=1)
    assert customers_needed(0.5, 1.0, holdout=0.1, power=0.8) > 2.5 * 126
    size = customers_needed(0.2, 3.0, holdout=0.2, power=0.9)
    assert detectable_effect(size, 3.0, holdout=0.2, power=0.9) == pytest.approx(0.2, rel=0.001)
    with pytest.raises(ParamError):
        customers_needed(0.0, 1.0, holdout=0.5, power=0.8)


def test_a_computed_size_keeps_its_power():
    """2,000 simulated tests of the computed size find the effect in about 80 %."""
    n = customers_needed(0.5, 1.0, holdout=0.25, power=0.8)
    rng = np.random.default_rng(3)
    held = round(n * 0.25)
    gap = rng.normal(0.5, 1, (2000, n - held)).mean(axis=1) - rng.normal(0, 1, (2000, held)).mean(axis=1)
    found = np.abs(gap) > 1.96 * np.sqrt(1 / held + 1 / (n - held))
    assert found.mean() == pytest.approx(0.8, abs=0.03)


def test_the_test_is_sized_on_spread_and_spending():
    """20 on each of three days in the year's 60 days: 20 x 3 / 60 x 7 = 7 a week; .1 of it is .7."""
    lines = orders_of({f"c{i}": ["2024-02-01", "2024-03-01", "2024-03-20"] for i in range(50)})
    offers = small_offers()
    past = PastEffects(effects=None, redemption=None, weekly_sd=5.0, currency="EUR", figures=())
    test = plan_test(past, reach_of(offers, lines=lines), offers, CampaignParams())
    found = {f.name: f.value for f in test.figures}
    assert AS_OF == "2024-03-31"
    assert found["test_effect"] == pytest.approx(0.7)
    assert found["test_customers_needed"] == customers_needed(found["test_effect"], 5.0, holdout=0.1, power=0.8)
    assert test.curve["customers_needed"].is_monotonic_decreasing
