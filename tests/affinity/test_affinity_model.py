import numpy as np
import pandas as pd
import pytest
from affinity_shop import AS_OF, DAYS, PARAMS, START, history_of, order_lines, products

from rcommerce_helpers.affinity.compare import compare, verdict
from rcommerce_helpers.affinity.features import FEATURES, design
from rcommerce_helpers.affinity.figures import REGISTRY
from rcommerce_helpers.affinity.model import learn
from rcommerce_helpers.affinity.purchases import read_history, read_shelf
from rcommerce_helpers.errors import NotEnoughData


def test_training_ends_where_the_test_begins(learnt):
    cutoffs = learnt.cutoffs
    assert cutoffs["role"].tolist() == ["learn"] * 5 + ["test", "score"]
    assert cutoffs["bought_share"].isna().tolist() == [False] * 6 + [True]
    assert learnt.test.cutoff - learnt.choice.cutoff == PARAMS.horizon_days
    assert learnt.now.bought is None


def test_the_model_beats_what_everybody_buys_and_keeps_its_promises(contest):
    by = contest.table.set_index("scorer")
    assert by.loc["model", "auc"] > by.loc["popularity", "auc"] + 0.1
    assert by.loc["model", "ece"] < 0.05
    assert ((by["low"] <= by["auc"]) & (by["auc"] <= by["high"])).all()


def test_scorers_of_a_window_never_saw_it(learnt):
    """The scorers of the choice were fitted one horizon earlier than those of the test, hence differ."""
    choice, test = learnt.choice_scorers["model"], learnt.test_scorers["model"]
    assert not np.allclose(choice.weights, test.weights)


def test_changing_the_last_horizon_changes_neither_fit_nor_choice(simulated, learnt, contest):
    shuffled = np.random.default_rng(4)
    late = simulated.pair_day >= learnt.test.cutoff
    cells = [
        (int(c), int(shuffled.integers(len(simulated.categories))) if is_late else int(k), int(d))
        for c, k, d, is_late in zip(simulated.pair_customer, simulated.pair_category, simulated.pair_day, late)
    ]
    trips = list(zip(simulated.trip_customer.tolist(), simulated.trip_day.tolist()))
    other = history_of(
        cells, trips, customers=len(simulated.customers), categories=len(simulated.categories), end=simulated.end
    )
    again = learn(other, PARAMS)
    np.testing.assert_allclose(again.test_scorers["model"].weights, learnt.test_scorers["model"].weights)
    by_name = {f.name: f.value for f in compare(again, PARAMS).figures}
    before = {f.name: f.value for f in contest.figures}
    assert by_name["choice_auc"] == pytest.approx(before["choice_auc"])
    assert by_name["auc"] < before["auc"]


def test_the_rate_scorer_uses_one_feature(learnt):
    weights = learnt.test_scorers["rate"].weights
    assert np.flatnonzero(weights).tolist() == [FEATURES.index("expected")]


def test_margin_and_probability_agree(learnt):
    scorer, features = learnt.now_scorers["model"], learnt.now.features.head(50)
    odds = np.exp(scorer.margin(design(features)))
    np.testing.assert_allclose(scorer.probability(features), odds / (1 + odds))


@pytest.mark.parametrize(("low", "high", "word"), [(0.01, 0.02, "ahead"), (-0.01, 0.02, "tie"), (-0.2, -0.1, "behind")])
def test_a_difference_whose_interval_touches_zero_is_a_tie(low, high, word):
    assert verdict(low, high) == word


def test_without_a_clear_lead_the_simpler_scorer_makes_the_list(contest):
    gain = contest.gains.set_index("rival").loc["gamma_poisson"]
    assert gain["verdict"] == verdict(gain["low"], gain["high"])
    if gain["verdict"] != "ahead":
        assert contest.used == "rate"


def test_every_figure_is_registered(simulated, learnt, contest):
    for figure in (*simulated.figures, *learnt.figures, *contest.figures):
        REGISTRY.check(figure)


def test_too_few_purchases_are_a_result(simulated):
    sparse = history_of(
        [(c, c % 2, 7 * c) for c in range(30)], [(c, 7 * c) for c in range(30)], customers=30, categories=2, end=308
    )
    with pytest.raises(NotEnoughData, match="purchases"):
        learn(sparse, PARAMS)


@pytest.mark.parametrize("ago", range(1, 8))
def test_a_shop_closed_for_one_horizon_is_learnt_from_without_it_or_refused(ago):
    """Nobody bought for one whole horizon that ends so many horizons before the last day."""
    lines = order_lines(5)
    closed_from = START + pd.Timedelta(days=DAYS - (ago + 1) * PARAMS.horizon_days)
    inside = lines["local_at"].between(
        closed_from, closed_from + pd.Timedelta(days=PARAMS.horizon_days), inclusive="left"
    )
    history = read_history(lines[~inside], read_shelf(products()), PARAMS, as_of=AS_OF)
    if ago == 1:  # the choice between model and rate has nothing to choose by
        with pytest.raises(NotEnoughData, match="0 purchases"):
            learn(history, PARAMS)
        return
    found = learn(history, PARAMS)
    assert found.test.bought.sum() > 0
    assert np.isfinite(found.test_scorers["model"].weights).all()
