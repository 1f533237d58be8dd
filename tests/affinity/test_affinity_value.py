import numpy as np
import pytest
from affinity_shop import PARAMS, history_of

from rcommerce_helpers.affinity.value import (
    BgNbd,
    expected_purchases_ahead,
    fit_bg_nbd,
    forecast_value,
    log_likelihood,
    simulate_ahead,
)
from rcommerce_helpers.errors import NotEnoughData

PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Fader, Hardie and Lee (2005), CDNOW sample, weeks."""


def histories(model, seed, *, customers, weeks):
    """Repeat purchases, recency and age of customers who live by the model."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(model.r, 1 / model.alpha, customers)
    leaves = rng.beta(model.a, model.b, customers)
    repeats, recency = np.zeros(customers), np.zeros(customers)
    age = rng.uniform(0.7, 1.0, customers) * weeks
    for i in range(customers):
        at, alive = 0.0, True
        while alive:
            at += rng.exponential(1 / rate[i])
            if at > age[i]:
                break
            repeats[i], recency[i] = repeats[i] + 1, at
            alive = rng.random() > leaves[i]
    return repeats, recency, age


def test_the_published_expectation():
    ahead = expected_purchases_ahead(PUBLISHED, np.array([2.0]), np.array([30.43]), np.array([38.86]), 39)
    assert ahead[0] == pytest.approx(1.226, abs=5e-4)


def test_the_truth_is_at_least_as_likely_to_be_found_as_planted():
    truth = BgNbd(r=0.8, alpha=6.0, a=0.9, b=3.0)
    past = histories(truth, 1, customers=4000, weeks=52)
    found = fit_bg_nbd(*past)
    assert found.log_likelihood >= log_likelihood(truth, *past)
    assert found.r == pytest.approx(truth.r, rel=0.15)
    assert found.alpha == pytest.approx(truth.alpha, rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(truth.a / (truth.a + truth.b), rel=0.2)


def test_likelihood_of_one_customer_by_hand():
    """No repeat purchase by the age T: (alpha / (alpha + T)) to the power r."""
    none = log_likelihood(PUBLISHED, np.array([0.0]), np.array([0.0]), np.array([20.0]))
    assert none == pytest.approx(PUBLISHED.r * np.log(PUBLISHED.alpha / (PUBLISHED.alpha + 20)))


def test_simulated_futures_agree_with_the_expectation():
    past = histories(PUBLISHED, 2, customers=300, weeks=39)
    draws = simulate_ahead(PUBLISHED, *past, 39, np.random.default_rng(3))
    expected = expected_purchases_ahead(PUBLISHED, *past, 39)
    assert draws.mean(axis=1).sum() == pytest.approx(expected.sum(), rel=0.03)
    assert np.corrcoef(draws.mean(axis=1), expected)[0, 1] > 0.99


def test_hundreds_of_purchases_stay_finite():
    ahead = expected_purchases_ahead(
        BgNbd(1.4, 1.4, 0.03, 33.0), np.array([320.0]), np.array([50.0]), np.array([51.0]), 8
    )
    assert 40 < ahead[0] < 60


def test_the_total_is_forecast_on_a_shop(simulated):
    result = forecast_value(simulated, PARAMS)
    f = {x.name: x for x in result.figures}
    assert abs(f["value_total_error"].value) < 0.15
    assert f["value_coverage"].value > 0.8
    assert f["value_forecast"].low < f["value_forecast"].value < f["value_forecast"].high
    assert (result.bands["customers"] >= 10).all()


def test_too_few_returning_customers_are_a_result():
    history = history_of([(0, 0, 5)], [(0, 5)], customers=1, categories=1, end=200)
    with pytest.raises(NotEnoughData, match="value"):
        forecast_value(history, PARAMS)


def test_a_heavy_buyer_long_silent_is_gone_without_an_overflow():
    past = [np.array([v]) for v in (2000.0, 1.0, 500.0)]
    with np.errstate(over="raise"):
        ahead = expected_purchases_ahead(BgNbd(r=0.1, alpha=50.16, a=0.4, b=0.81), *past, 8)
    assert ahead[0] == pytest.approx(0, abs=1e-12)
