import numpy as np
import pandas as pd
import pytest
from affinity_shop import AS_OF, CATEGORIES, DAYS, PARAMS, START, history_of, order_lines, products

from rcommerce_helpers.affinity.features import (
    FEATURES,
    NEVER_DAYS,
    also_bought,
    design,
    expected_purchases,
    gamma_prior,
    snapshot,
)
from rcommerce_helpers.affinity.purchases import read_history, read_shelf, test_cutoff
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Absent

first_test_day = test_cutoff
del test_cutoff  # pytest would take it for a test

CUT = 40
TINY = history_of(
    [(0, 0, 0), (0, 0, 10), (0, 0, 30), (0, 1, 30), (0, 0, 45), (1, 1, 39)],
    [(0, 0), (0, 10), (0, 20), (0, 30), (0, 45), (1, 39), (2, 41)],
    customers=3,
    categories=2,
    end=100,
)


def row(customer, category, *, horizon_days=28):
    snap = snapshot(TINY, CUT, horizon_days=horizon_days)
    found = np.flatnonzero((snap.customer == customer) & (snap.category == category))
    return snap.features.iloc[found[0]], snap.bought[found[0]]


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("days_all", 3),
        ("days_14", 1),
        ("days_28", 1),
        ("days_56", 3),
        ("recency_days", 10),
        ("gap_mean_days", 15),
        ("gap_median_days", 15),
        ("due_ratio", 10 / 15),
        ("blocks_6", 2),
        ("per_trip", 3 / 4),
        ("trips_28", 2),
        ("trips_84", 4),
        ("trip_recency_days", 10),
        ("categories_84", 2),
        ("popularity", 1 / 2),
    ],
)
def test_features_by_hand(feature, value):
    assert row(0, 0)[0][feature] == pytest.approx(value)


def test_outcome_is_a_purchase_from_the_cut_on_within_the_horizon():
    assert row(0, 0)[1] == 1
    assert row(0, 0, horizon_days=5)[1] == 0
    assert row(1, 1)[1] == 0


def test_never_bought_stands_at_the_end_of_the_scale():
    features, _ = row(1, 0)
    assert features["days_all"] == 0
    assert features["recency_days"] == NEVER_DAYS
    assert features["gap_mean_days"] == NEVER_DAYS
    assert features["due_ratio"] == 0


def test_customers_without_a_visit_before_the_cut_are_not_scored():
    assert set(snapshot(TINY, CUT, horizon_days=28).customer) == {0, 1}


def test_an_open_future_has_no_outcome():
    assert snapshot(TINY, 80, horizon_days=28).bought is None
    assert snapshot(TINY, 72, horizon_days=28).bought is not None


@pytest.mark.parametrize("seed", [3, 4])
def test_no_feature_sees_past_the_cut(seed):
    cutoff, before, after = 200, order_lines(seed), order_lines(seed + 100)
    border = START + pd.Timedelta(days=cutoff)
    mixed = pd.concat([before[before["local_at"] < border], after[after["local_at"] >= border]])
    shelf = read_shelf(products())
    one = snapshot(read_history(before, shelf, PARAMS, as_of=AS_OF), cutoff, horizon_days=28)
    two = snapshot(read_history(mixed, shelf, PARAMS, as_of=AS_OF), cutoff, horizon_days=28)
    pd.testing.assert_frame_equal(one.features, two.features)
    assert (one.bought != two.bought).mean() > 0.1


def test_the_choice_of_categories_ignores_the_last_four_horizons():
    lines = order_lines(5)
    late = lines["local_at"] >= START + pd.Timedelta(days=DAYS - 4 * 28)
    lines_changed = lines.copy()
    lines_changed.loc[late, "product_id"] = "p0"
    shelf = read_shelf(products())
    one, two = (read_history(x, shelf, PARAMS, as_of=AS_OF) for x in (lines, lines_changed))
    pd.testing.assert_frame_equal(one.incidence, two.incidence)
    assert first_test_day(one, PARAMS) == DAYS - 28


def test_incidence_is_the_mean_share_of_customers_per_horizon():
    lines = order_lines(6)
    history = read_history(lines, read_shelf(products()), PARAMS, as_of=AS_OF)
    early = lines[lines["local_at"] < START + pd.Timedelta(days=DAYS - 4 * 28)]
    block = (DAYS - 4 * 28 - 1 - (early["local_at"] - START).dt.days) // 28
    bread = early[early["product_id"] == "p0"].assign(block=block)
    expected = bread.drop_duplicates(["block", "customer_id"]).shape[0] / (7 * len(history.customers))
    found = history.incidence.set_index("category").loc["BREAD", "incidence"]
    assert found == pytest.approx(expected)


def test_what_nearly_everybody_buys_and_what_nobody_chooses_stay_out():
    shelf = products().assign(category=["FUEL", *CATEGORIES[1:]])
    history = read_history(order_lines(7), read_shelf(shelf), PARAMS, as_of=AS_OF)
    common = float(history.incidence["incidence"].max())
    narrow = read_history(order_lines(7), read_shelf(shelf), PARAMS.with_(max_incidence=common - 1e-9), as_of=AS_OF)
    assert "FUEL" not in set(history.categories)
    assert len(narrow.categories) == len(history.categories) - 1


def test_a_shop_without_categories_is_scored_by_product():
    shelf = read_shelf(products().assign(category=None))
    history = read_history(order_lines(8), shelf, PARAMS, as_of=AS_OF)
    assert shelf.level == "product"
    assert set(history.categories) <= {f"p{i}" for i in range(len(CATEGORIES))}
    without = read_history(order_lines(8), read_shelf(Absent("products", "none")), PARAMS, as_of=AS_OF)
    assert set(without.categories) == set(history.categories)


def test_returns_and_vouchers_are_no_purchases():
    lines = order_lines(9)
    more = lines.head(50).assign(quantity=-1.0, local_at=START + pd.Timedelta(days=250))
    vouchers = lines.head(50).assign(kind="voucher", local_at=START + pd.Timedelta(days=251))
    shelf = read_shelf(products())
    one = read_history(lines, shelf, PARAMS, as_of=AS_OF)
    two = read_history(pd.concat([lines, more, vouchers]), shelf, PARAMS, as_of=AS_OF)
    np.testing.assert_array_equal(one.pair_day, two.pair_day)
    np.testing.assert_array_equal(one.trip_day, two.trip_day)


def test_too_short_a_history_says_how_much_is_needed():
    lines = order_lines(10)
    with pytest.raises(NotEnoughData, match="168"):
        read_history(lines, read_shelf(products()), PARAMS, as_of="2023-06-10")
    few = lines[lines["customer_id"] < "c0020"]
    with pytest.raises(NotEnoughData, match="customers"):
        read_history(few, read_shelf(products()), PARAMS, as_of=AS_OF)


def test_also_bought_leaves_the_category_itself_out():
    days = np.array([[1.0, 1.0, 0.0], [2.0, 0.0, 0.0], [0.0, 3.0, 1.0]])
    # of two buyers of 0, one bought 1; of two buyers of 1, one bought 0 and one bought 2; one buyer of 2 bought 1
    expected = [[1 / 2, 1 / 2, 1 / 4], [0, 1 / 2, 0], [(1 / 2 + 0) / 2, 1 / 1, 1 / 2]]
    np.testing.assert_allclose(also_bought(days), expected)


def test_gamma_prior_finds_the_truth():
    rng = np.random.default_rng(11)
    exposure = rng.integers(5, 80, (20_000, 1)).astype(float)
    rates = rng.gamma(1.5, 1 / 12.0, (20_000, 1))
    shape, rate = gamma_prior(rng.poisson(rates * exposure).astype(float), exposure)
    assert shape[0] == pytest.approx(1.5, rel=0.06)
    assert rate[0] == pytest.approx(12.0, rel=0.06)


def test_expected_purchases_lie_between_the_own_and_the_common_rate():
    days = np.array([[10.0], [0.0], [2.0]])
    trips = np.array([[20.0], [20.0], [20.0]])
    table = {"days_all": days.ravel(), "trips_all": trips.ravel(), "trips_84": np.full(3, 84.0)}
    expected = expected_purchases(table, 1, 1)
    assert 4 / 20 < expected[0] < 10 / 20
    assert 0 < expected[1] < expected[2] < 4 / 20


def test_design_keeps_order_and_logs_shares_as_percent():
    table = pd.DataFrame({name: [1.0] for name in reversed(FEATURES)})
    columns = design(table)
    assert columns[0, FEATURES.index("days_all")] == pytest.approx(np.log(2))
    assert columns[0, FEATURES.index("per_trip")] == pytest.approx(np.log(101))
