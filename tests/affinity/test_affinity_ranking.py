import numpy as np
import pytest
from sklearn.metrics import average_precision_score, ndcg_score, roc_auc_score

from rcommerce_helpers.affinity.ranking import (
    Judged,
    auc,
    average_precision,
    bootstrap_aucs,
    bootstrap_weights,
    calibration_bins,
    calibration_gap,
    first_five,
)


def random_rows(seed, *, customers=60, categories=8, levels=9):
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(customers), categories)
    score = rng.integers(0, levels, len(customer)).astype(float)
    bought = (rng.random(len(customer)) < 0.1 + 0.05 * score).astype(np.int64)
    rows = Judged(customer, np.tile(np.arange(categories), customers), bought, score > 2)
    return score, rows


@pytest.mark.parametrize("seed", range(5))
def test_auc_and_precision_equal_sklearn_with_ties(seed):
    score, rows = random_rows(seed)
    assert auc(score, rows.bought) == pytest.approx(roc_auc_score(rows.bought, score))
    assert average_precision(score, rows.bought) == pytest.approx(average_precision_score(rows.bought, score))


def test_auc_by_hand():
    assert auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 1, 0, 1])) == pytest.approx(3.5 / 4)
    assert np.isnan(auc(np.array([1.0, 2.0]), np.array([1, 1])))


def test_redrawn_auc_equals_repeating_the_customers_rows():
    score, rows = random_rows(9)
    weights = bootstrap_weights(rows.customer, draws=30, seed=1)
    found = bootstrap_aucs(score, rows, weights)
    for draw in (0, 7, 29):
        times = weights[draw][rows.customer].astype(int)
        expected = roc_auc_score(np.repeat(rows.bought, times), np.repeat(score, times))
        assert found[draw] == pytest.approx(expected)
    assert (weights.sum(axis=1) == 60).all()


def test_first_five_equals_sklearn_without_ties():
    rng = np.random.default_rng(2)
    _, rows = random_rows(2)
    score = rng.random(len(rows))
    table = first_five(score, rows, seed=3).set_index("customer")
    for customer in table.index[:20]:
        part = rows.customer == customer
        expected = ndcg_score([rows.bought[part]], [score[part]], k=5)
        top = rows.bought[part][np.argsort(-score[part])[:5]].sum() / rows.bought[part].sum()
        assert table.loc[customer, "ndcg"] == pytest.approx(expected)
        assert table.loc[customer, "recall"] == pytest.approx(top)


def test_customers_without_a_purchase_do_not_count_in_first_five():
    rows = Judged(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([0, 0, 0, 1]), np.zeros(4, bool))
    table = first_five(np.array([4.0, 3.0, 2.0, 1.0]), rows, seed=0)
    assert table["customer"].tolist() == [1]
    assert table["ndcg"].iloc[0] == pytest.approx(1 / np.log2(3))


def test_calibration_gap_by_hand():
    probability = np.array([0.1, 0.1, 0.9, 0.9])
    assert calibration_gap(probability, np.array([0, 1, 1, 1]), bins=2) == pytest.approx((0.4 + 0.1) / 2)
    bins = calibration_bins(probability, np.array([0, 1, 1, 1]), bins=2)
    assert bins["n"].tolist() == [2, 2]
    assert (bins["low"] <= bins["observed"]).all()
    assert (bins["observed"] <= bins["high"] + 1e-12).all()


def test_one_score_for_all_is_judged_whatever_the_order_of_the_rows():
    """A tenth of the rows bought, and each was promised a tenth: no gap, whether the buyers stand first or last."""
    bought = np.repeat([0, 1], [1350, 150])
    for order in (bought, bought[::-1]):
        assert calibration_gap(np.full(1500, 0.1), order) == pytest.approx(0, abs=1e-9)
