"""Worlds in which a safeguard of the scores makes the difference: noise learnt by heart, equals, case numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd
from affinity_shop import PARAMS

from rcommerce_helpers.affinity.checks import find_leaks
from rcommerce_helpers.affinity.compare import compare
from rcommerce_helpers.affinity.features import FEATURES, Snapshot
from rcommerce_helpers.affinity.model import fit_calibrated
from rcommerce_helpers.affinity.ranking import bootstrap_weights


def noise(seed, rows=1500):
    """Features that say nothing about the outcome."""
    rng = np.random.default_rng(seed)
    features = pd.DataFrame(rng.gamma(2.0, 2.0, (rows, len(FEATURES))), columns=list(FEATURES))
    return Snapshot(0, np.arange(rows), np.zeros(rows, dtype=int), features, (rng.random(rows) < 0.2).astype(int))


def test_noise_learnt_by_heart_earns_no_confident_probability():
    """Boosted trees know their own rows by heart; on rows they never saw, every promise must be near one in five."""
    scorer = fit_calibrated([noise(1), noise(2), noise(3)], "boosting")
    promised = scorer.probability(noise(4).features)
    assert promised.mean() == np.clip(promised.mean(), 0.15, 0.25)
    assert promised.std() < 0.05
    assert promised.max() < 0.5


def test_a_model_no_better_than_the_rate_does_not_make_the_list(learnt):
    """Both scorers are the same rate: no difference at all, hence a tie, and the simpler one is used."""
    twins = {
        name: {"model": scorers["rate"], "rate": scorers["rate"]}
        for name, scorers in (("choice_scorers", learnt.choice_scorers), ("test_scorers", learnt.test_scorers))
    }
    result = compare(replace(learnt, **twins), PARAMS)
    assert result.gains.set_index("rival").loc["gamma_poisson", "verdict"] == "tie"
    assert result.used == "rate"


def test_a_lead_that_does_not_last_does_not_make_the_list(learnt):
    """One horizon before the test the rival is turned upside down, so the model leads; in the test they are equal."""
    rate = learnt.choice_scorers["rate"]
    upside_down = replace(rate, slope=-rate.slope)
    changed = replace(
        learnt,
        choice_scorers={"model": rate, "rate": upside_down},
        test_scorers={"model": learnt.test_scorers["rate"], "rate": learnt.test_scorers["rate"]},
    )
    assert compare(changed, PARAMS).used == "rate"


def test_a_redraw_holds_as_many_customers_as_there_are():
    """Four customers with three rows each, one of them with six: a redraw takes four customers, not fifteen rows."""
    customer = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 5, 5, 5, 5, 5, 5])
    weights = bootstrap_weights(customer, draws=50, seed=1)
    assert weights.shape == (50, 6)
    assert (weights.sum(axis=1) == 4).all()
    assert (weights[:, 3:5] == 0).all()


def test_a_number_of_the_case_is_no_consequence():
    """A number that is different in every row knows its own row by heart, and nothing of any other."""
    rng = np.random.default_rng(8)
    known = rng.random(2000)
    outcome = (rng.random(2000) < known).astype(int)
    table = pd.DataFrame({"case": [f"case {i}" for i in range(2000)], "known": known, "more": rng.random(2000)})
    found = find_leaks(table, outcome, seed=1).table.set_index("feature")
    assert found.loc["case", "auc_alone"] < 0.6
    assert found.loc["case", "sign"] == ""
