import numpy as np
import pytest
from affinity_shop import PARAMS, history_of

from rcommerce_helpers.affinity.due import due_soon
from rcommerce_helpers.affinity.timing import fit_rhythm, forecast_gaps, next_purchase, rests
from rcommerce_helpers.errors import NotEnoughData

END = 400


def clockwork(seed, *, customers=300, categories=4):
    """Log-normal gaps around category level, customer pace and pair habit; few gaps per pair."""
    rng = np.random.default_rng(seed)
    centre = np.log([12.0, 18.0, 25.0, 35.0]) + rng.normal(0, 0.3, (customers, 1)) + rng.normal(0, 0.2, (customers, 4))
    cells = []
    for customer in range(customers):
        for category in range(categories):
            day = rng.uniform(0, 60)
            while day < END:
                cells.append((customer, category, int(day)))
                day += max(1.0, rng.lognormal(centre[customer, category], 0.5))
    trips = [(c, d) for c, _, d in cells]
    return history_of(cells, trips, customers=customers, categories=categories, end=END), centre


def test_pooling_beats_the_own_mean_where_gaps_are_few():
    history, _ = clockwork(1)
    error = forecast_gaps(history).table.set_index(["gaps", "forecaster"])["error"]
    for which in ("all", "thin"):
        assert error[which, "pooled"] < error[which, "own_waited"] - 0.02
        assert error[which, "pooled"] < error[which, "category"]


def test_pooled_centres_are_nearer_to_the_truth_than_own_means_of_logs():
    history, truth = clockwork(2)
    rhythm = fit_rhythm(history, 130)
    seen = (rhythm.gaps > 0) & (rhythm.gaps <= 2)
    pooled = np.abs(rhythm.centre - truth.ravel())[seen].mean()
    own = np.abs(np.log(rhythm.own_median) - truth.ravel())[seen].mean()
    assert pooled < 0.8 * own


def test_the_due_day_lies_ahead_and_its_interval_is_ordered():
    history, _ = clockwork(3)
    rhythm = fit_rhythm(history, 300)
    known = np.isfinite(rhythm.elapsed)
    low, middle, high = (rhythm.due_after(share)[known] for share in (0.1, 0.5, 0.9))
    assert (low >= rhythm.elapsed[known] - 1e-6).all()
    assert (low <= middle).all()
    assert (middle <= high).all()


def test_eighty_percent_of_next_gaps_lie_in_their_interval():
    history, _ = clockwork(4)
    cutoff = 300
    rhythm = fit_rhythm(history, cutoff)
    gap = rhythm.elapsed + next_purchase(history, cutoff)
    known = np.isfinite(gap) & (rhythm.gaps > 0)
    inside = (gap >= rhythm.due_after(0.1)) & (gap <= rhythm.due_after(0.9))
    assert inside[known].mean() == pytest.approx(0.8, abs=0.07)


def test_next_purchase_by_hand():
    history = history_of([(0, 0, 5), (0, 0, 12), (0, 0, 30)], [(0, 5)], customers=1, categories=2, end=40)
    assert next_purchase(history, 12).tolist() == [0, np.inf]
    assert next_purchase(history, 13).tolist() == [17, np.inf]


def test_a_pair_silent_for_very_long_has_lapsed():
    history, _ = clockwork(5)
    left = history.pair_customer < 20
    keep = ~left | (history.pair_day < 120)
    cells = list(
        zip(history.pair_customer[keep].tolist(), history.pair_category[keep].tolist(), history.pair_day[keep])
    )
    gone = history_of(cells, [(c, d) for c, _, d in cells], customers=300, categories=4, end=END)
    lapsed = fit_rhythm(gone, END).lapsed.reshape(300, 4)
    assert lapsed[:20, 0].mean() > 0.9
    assert lapsed[20:].mean() < 0.1


def test_durables_rest_after_the_purchase_and_groceries_do_not():
    cells = [(c, 0, 10 * k) for c in range(40) for k in range(39)] + [(c, 1, 390) for c in range(40)]
    history = history_of(cells, [(c, d) for c, _, d in cells], customers=40, categories=2, end=END, durable=(1,))
    rest = rests(history, fit_rhythm(history, END)).reshape(40, 2)
    assert rest[:, 1].all()
    assert not rest[:, 0].any()


def test_the_hazard_beats_the_overdue_rule_where_customers_leave(simulated):
    result = due_soon(simulated, PARAMS)
    by = result.table.set_index("method")["auc"]
    assert by["hazard"] > by["overdue_ratio"] + 0.1
    assert by["hazard"] > 0.6
    assert (result.curve["n"] >= 10).all()


def test_too_short_a_history_is_a_result():
    history = history_of([(0, 0, 5)], [(0, 5)], customers=1, categories=1, end=100)
    with pytest.raises(NotEnoughData, match="timing"):
        forecast_gaps(history)
