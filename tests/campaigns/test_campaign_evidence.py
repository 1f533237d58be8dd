"""Evidence: known truth, the published experiment, permuted arms, and logs without lots."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from campaign_worlds import hillstrom, hillstrom_log

from rcommerce_helpers.campaigns.evidence import (
    RandomisedLog,
    compare_policies,
    cross_fit,
    forecast,
    identified,
    judge_policies,
    log_from_contacts,
    realise,
    robust_scores,
    value_of,
)
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.errors import NotEnoughData

shared = pytest.mark.shared_data


def world(seed, *, rows=6000, effect=1.0):
    """Two arms; the contact helps where x > 0 and harms where x < 0; more of those with x > 0 were contacted."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, 2))
    chance = np.where(x[:, 0] > 0, 0.7, 0.3)
    arm = (rng.random(rows) < chance).astype(int)
    outcome = 2 * x[:, 0] + x[:, 1] + arm * effect * np.sign(x[:, 0]) + rng.standard_normal(rows)
    propensity = np.where(arm == 1, chance, 1 - chance)
    return RandomisedLog(outcome, arm, propensity, x, ("none", "mail"), np.array([0.0, 0.0])), x


def test_known_truth_is_inside_the_interval_about_as_often_as_promised():
    """Contact where x > 0: true value .5 per customer. 40 worlds, 90 % interval: 31 to 40 hits are within chance."""
    hits = 0
    for seed in range(40):
        log, x = world(seed, rows=1500)
        value = value_of(log, (x[:, 0] > 0).astype(int), cross_fit(log, seed)[0])
        hits += abs(value.dr - 0.5) < 1.645 * value.se
    assert 31 <= hits <= 40


def test_the_naive_difference_would_be_far_off_where_the_estimate_is_not():
    """Contacting everybody is worth 0; the contacted had more anyway."""
    log, _ = world(1)
    naive = log.outcome[log.arm == 1].mean() - log.outcome[log.arm == 0].mean()
    value = value_of(log, np.ones(len(log.arm), dtype=int), cross_fit(log, 1)[0])
    assert naive > 1
    assert abs(value.dr) < 4 * value.se < 0.3
    assert value.ips == pytest.approx(value.dr, abs=0.3)


def test_cost_is_taken_off_once_per_contact():
    log, _ = world(2)
    dear = RandomisedLog(log.outcome, log.arm, log.propensity, log.features, log.arms, np.array([0.0, 0.25]))
    expected = cross_fit(log, 2)[0]
    everybody = np.ones(len(log.arm), dtype=int)
    assert value_of(log, everybody, expected).dr - value_of(dear, everybody, expected).dr == pytest.approx(0.25)
    assert robust_scores(dear, expected)[:, 0] == pytest.approx(robust_scores(log, expected)[:, 0])


def test_a_real_difference_is_used():
    log, _ = world(3)
    report = compare_policies(log, seed=3)
    learnt = report.policies.set_index("policy").loc["learnt"]
    assert report.safe == "learnt"
    assert 0.1 < learnt["gain_low"] < learnt["gain_high"] < 0.6
    assert learnt["next_high"] - learnt["next_low"] == pytest.approx(2**0.5 * (learnt["high"] - learnt["low"]))


def test_too_few_rows_are_said():
    log, _ = world(4, rows=40)
    with pytest.raises(NotEnoughData, match="30"):
        compare_policies(log, seed=4)


@shared
@pytest.mark.parametrize(
    ("outcome", "men", "se", "tolerance"), [("visit", 0.0761, 0.0033, 0.0005), ("spend", 0.766, 0.145, 0.005)]
)
def test_published_figures_of_the_experiment(outcome, men, se, tolerance):
    report = compare_policies(hillstrom_log(hillstrom(), outcome), seed=1)
    row = report.policies.set_index("policy").loc["Mens E-Mail"]
    assert row["value"] == pytest.approx(men, abs=tolerance)
    assert row["se"] == pytest.approx(se, rel=0.03)
    assert row["ips"] == pytest.approx(row["value"], abs=0.01)
    assert report.safe == "Mens E-Mail"


@shared
def test_the_one_line_rule_of_the_experiment():
    table = hillstrom()
    log = hillstrom_log(table, "visit")
    rule = np.where((table["womens"] == 1) & (table["mens"] == 0), 2, 1)
    assert value_of(log, rule, cross_fit(log, 1)[0]).dr == pytest.approx(0.0779, abs=0.0003)


@shared
def test_permuted_arms_leave_the_safe_policy_on_the_constant_arm():
    log = hillstrom_log(hillstrom(), "visit")
    share = np.bincount(log.arm) / len(log.arm)
    left = 0
    for seed in range(16):
        arm = np.random.default_rng(seed).permutation(log.arm)
        null = RandomisedLog(log.outcome, arm, share[arm], log.features, log.arms, log.costs)
        left += compare_policies(null, seed=seed).safe == "learnt"
    assert left <= 3  # 5 % of 16 is .8; more than 3 has a chance below 1 %


@shared
@pytest.mark.slow
@pytest.mark.parametrize(("outcome", "cost", "inflated"), [("visit", 0.05, 0.003), ("spend", 0.5, 0.2)])
def test_forecasts_keep_their_word_where_the_promise_does_not(outcome, cost, inflated):
    """Reduced back-test: 12 half-splits, forecast on one half, read on the other."""
    log = hillstrom_log(hillstrom(), outcome, cost=cost)
    half = len(log.arm) // 2
    errors, widths, inside, promises = [], [], 0, []
    for seed in range(12):
        order = np.random.default_rng(1000 + seed).permutation(len(log.arm))
        one, other = log.rows(order[:half]), log.rows(order[half:])
        told, read = forecast(one, seed=seed), realise(one, other)
        low, high = told.next_test(half, half)
        errors.append(told.value - read.dr)
        widths.append(told.se * 2**0.5)
        inside += low <= read.dr <= high
        promises.append(told.promise - read.dr)
    assert abs(np.mean(errors)) < 0.35 * np.mean(widths)
    assert inside >= 8  # 90 % of 12 splits that share one data set
    assert np.mean(promises) > inflated > abs(np.mean(errors))


def contacts_of(arms, propensities):
    n = len(arms)
    days = pd.to_datetime(["2024-03-01"] * n)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in range(n)],
            "campaign_id": ["k"] * n,
            "arm": arms,
            "propensity": propensities,
            "local_at": days,
            "revenue": [4.0 * (a == "mail") for a in arms],
            "converted": [a == "mail" for a in arms],
        }
    )


def test_lots_are_recognised():
    rng = np.random.default_rng(5)
    mailed = rng.random(2000) < 0.8
    arms = np.where(mailed, "mail", "none")
    good = contacts_of(arms, np.where(mailed, 0.8, 0.2))
    assert identified(good).verdict == 1
    assert identified(contacts_of(arms, [float("nan")] * 2000)).verdict == 0
    assert identified(contacts_of(["mail"] * 2000, [0.8] * 2000)).verdict == 0
    assert identified(contacts_of(arms, np.where(mailed, 0.5, 0.5))).verdict == 0, "chances that do not add up"
    assert identified(contacts_of(arms, np.where(mailed, 1.0, 0.2))).verdict == 0, "somebody was certain"
    half_known = good.assign(propensity=good["propensity"].where(good.index > 0))
    assert identified(half_known).verdict == 0


def test_a_randomised_contact_log_is_judged_and_a_targeted_one_is_not():
    rng = np.random.default_rng(6)
    mailed = rng.random(1000) < 0.5
    contacts = contacts_of(np.where(mailed, "mail", "none"), np.full(1000, 0.5))
    lines = pd.DataFrame({"customer_id": contacts["customer_id"], "local_at": pd.Timestamp("2024-02-10")})
    lines = lines.assign(order_id=[str(i) for i in range(1000)], amount=rng.gamma(2, 10, 1000), discount=0.0)
    lines = pd.concat([lines, lines.tail(1).assign(local_at=pd.Timestamp("2024-04-01"), order_id="z")])
    params = CampaignParams(margin_share=0.5, contact_cost=0.5)
    report = judge_policies(contacts, lines, "EUR", params)
    mail = report.policies.set_index("policy").loc["mail"]
    assert mail["value"] == pytest.approx(4.0 * 0.5 - 0.5, abs=0.02)
    assert report.safe == "mail"
    targeted = contacts.assign(campaign_id="targeted", arm="mail", propensity=float("nan"))
    both = pd.concat([contacts, targeted, targeted.assign(campaign_id="more")], ignore_index=True)
    assert (identified(both).verdict, identified(both).figures[0].n) == (1, 1000)
    assert identified(targeted).verdict == 0
    assert len(log_from_contacts(both, lines, params).arm) == 1000, "only the campaign that drew lots"
    with pytest.raises(NotEnoughData, match="lots"):
        log_from_contacts(contacts.assign(propensity=float("nan")), lines, params)


def test_four_waves_to_one_person_are_one_persons_word():
    log, _ = world(4, rows=1500)
    four = log.rows(np.tile(np.arange(1500), 4))
    strangers = dataclasses.replace(four, person=np.arange(6000))
    waves, apart = (compare_policies(x, seed=1).policies.set_index("policy")["se"] for x in (four, strangers))
    assert waves["mail"] == pytest.approx(2 * apart["mail"], rel=0.05)


def test_waves_of_contacts_are_read_with_their_people():
    rng = np.random.default_rng(3)
    who = [f"c{i:03d}" for i in range(200)]
    lines = pd.DataFrame({"customer_id": who, "order_id": who, "amount": 20.0, "discount": 0.0})
    lines["local_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, 200), unit="D")
    arm = np.where(np.arange(200) % 2 == 0, "mail", "none")
    wave = pd.DataFrame({"campaign_id": "k", "customer_id": who, "arm": arm, "propensity": 0.5, "revenue": np.nan})
    wave["converted"] = rng.random(200) < 0.2
    days = [pd.Timestamp("2024-04-01") + pd.Timedelta(days=7 * w) for w in range(4)]
    log = log_from_contacts(pd.concat([wave.assign(local_at=day) for day in days]), lines, CampaignParams())
    assert (len(log.outcome), len(np.unique(log.people))) == (800, 200)
