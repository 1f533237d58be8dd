"""Segments, lifecycle, cohorts, preferences, scorecard and worth-it on frames small enough to check by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pattern_worlds import shop, world

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import read_baskets, read_contents
from rcommerce_helpers.patterns.cohorts import cohorts
from rcommerce_helpers.patterns.figures import REGISTRY
from rcommerce_helpers.patterns.lifecycle import lifecycle, states_at
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.preferences import concentration, preferences
from rcommerce_helpers.patterns.queries import purchase_gaps
from rcommerce_helpers.patterns.scorecard import Responses, scorecard
from rcommerce_helpers.patterns.segments import abc_classes, rank_scores, revenue_shares, rfm_segments, top_part
from rcommerce_helpers.patterns.worth_it import worth_it
from rcommerce_helpers.results import Absent

PARAMS = PatternsParams()
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ROWS = [
    # customer, day, hour, product, amount, discount
    ("a", "2024-01-05", 9, "x1", 60.0, 0.0),
    ("a", "2024-01-05", 9, "y1", 20.0, 5.0),
    ("a", "2024-02-10", 18, "x1", 30.0, 0.0),
    ("a", "2024-02-10", 18, "x2", -10.0, 0.0),
    ("b", "2024-01-20", 9, "x1", 10.0, 0.0),
    ("c", "2024-02-03", 9, "z1", 40.0, 10.0),
    ("c", "2024-02-20", 9, "z1", 50.0, 0.0),
]


def small(as_of="2024-03-31"):
    orders, lines, products = shop(ROWS)
    return read_baskets(orders, lines, as_of), lines, products


def figures(result):
    return {f.name: REGISTRY.check(f) for f in result.figures}


def test_baskets_join_orders_with_what_was_paid():
    baskets, _, _ = small()
    assert baskets.orders[["customer_id", "value", "line_count", "discounted"]].to_numpy().tolist() == [
        ["a", 80.0, 2, 1], ["a", 20.0, 1, 0], ["b", 10.0, 1, 0], ["c", 40.0, 1, 1], ["c", 50.0, 1, 0],
    ]  # fmt: skip
    assert figures(baskets)["repeat_share"].value == pytest.approx(2 / 3)
    assert figures(baskets)["orders"].n == 5


def test_contents_leave_out_returns_and_use_the_asked_column():
    baskets, lines, products = small()
    contents = read_contents(baskets, lines, products, PARAMS)
    assert contents.groups == ("x", "z", "y")
    assert contents.rows.to_numpy().tolist() == [[0, 0, 60], [0, 2, 20], [1, 0, 30], [2, 0, 10], [3, 1, 40], [4, 1, 50]]
    finer = read_contents(baskets, lines, products.assign(category=None), PARAMS)
    assert set(finer.groups) == {"x1", "y1", "z1"}


def test_orders_of_one_customer_are_not_enough():
    orders, lines, _ = shop(ROWS[:3])
    with pytest.raises(NotEnoughData, match="at least 2"):
        read_baskets(orders, lines, "2024-03-31")


@pytest.mark.usefixtures("tell_of_few")
def test_top_share_by_hand():
    assert top_part(np.array([10.0, 50.0, 30.0, 10.0]), 0.5) == pytest.approx(0.8)
    assert top_part(np.full(10, 1.0), 0.2) == pytest.approx(0.2)
    value = revenue_shares(small()[0], PARAMS.with_(top_share=0.34))
    assert figures(value)["top_customers"].value == 2
    assert figures(value)["top_revenue_share"].value == pytest.approx(190 / 200)


def test_equal_revenue_falls_into_the_same_class():
    classes = abc_classes(pd.Series([50.0, 20.0, 20.0, 6.0, 4.0]))
    assert classes.to_list() == ["A", "A", "A", "B", "C"]
    assert set(abc_classes(pd.Series([5.0] * 7))) == {"A"}


def test_ties_get_the_same_score():
    scores = rank_scores(pd.Series([1, 1, 1, 1, 1, 1, 2, 3, 9, 9]))
    assert scores.to_list() == [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]
    assert rank_scores(pd.Series([3, 30, 300]), ascending=False).to_list() == [5, 3, 1]


def test_no_two_equal_customers_are_scored_apart():
    baskets, _ = world(9)
    table = rfm_segments(baskets).customers
    for value, score in (("frequency", "f_score"), ("recency_days", "r_score"), ("revenue", "m_score")):
        assert (table.groupby(value)[score].agg(np.ptp) == 0).all()


def test_recency_counts_from_the_stated_day():
    near, far = (rfm_segments(small(day)[0]).customers.set_index("customer_id") for day in ("2024-02-21", "2024-03-31"))
    assert near["recency_days"].to_dict() == {"a": 11, "b": 32, "c": 1}
    assert (far["recency_days"] - near["recency_days"]).unique().tolist() == [39]


def history(days_by_customer):
    rows = [
        (c, pd.Timestamp("2024-01-01") + pd.Timedelta(days=d), 9, "x", 5.0, 0.0)
        for c, ds in days_by_customer.items()
        for d in ds
    ]
    orders, lines, _ = shop(rows)
    return orders, lines


def test_states_follow_each_customers_own_rhythm():
    weekly = list(range(0, 141, 7))
    orders, _ = history(
        {
            "steady": weekly,
            "silent": weekly[:-5],
            "gone": weekly[:-12],
            "back": [*weekly[:8], 140],
            "new": [138],
            "monthly": [0, 30, 60, 90, 120],
        }
    )
    table = states_at(purchase_gaps(orders), pd.Timestamp("2024-01-01") + pd.Timedelta(days=140), PARAMS)
    state = table.set_index("customer_id")["state"].to_dict()
    assert state == {
        "steady": "active", "silent": "at risk", "gone": "lost", "back": "won back", "new": "new", "monthly": "active",
    }  # fmt: skip


def test_states_know_nothing_of_the_days_after():
    orders, _ = history({"a": [0, 10, 20, 90], "b": [0, 50]})
    gaps = purchase_gaps(orders)
    day = pd.Timestamp("2024-01-25")
    early = gaps[gaps["day_number"] <= day.timestamp() // 86_400]
    pd.testing.assert_frame_equal(states_at(gaps, day, PARAMS), states_at(early, day, PARAMS))


def test_gaps_are_days_between_purchase_days_of_one_customer():
    orders, _ = history({"a": [0, 0, 7, 9], "b": [3]})
    gaps = purchase_gaps(orders)
    assert gaps["gap_days"].fillna(-1).to_list() == [-1, 7, 2, -1]


@pytest.mark.usefixtures("tell_of_few")
def test_movement_counts_every_customer_once_and_rows_add_to_one():
    baskets, _ = world(5)
    result = lifecycle(baskets, PARAMS)
    assert result.movement["n"].sum() == len(baskets.customers)
    assert result.movement.groupby("state_then")["share"].sum().to_numpy() == pytest.approx(1)
    assert (result.movement["low"] <= result.movement["share"]).all()
    assert figures(result)["active_customers"].n == len(baskets.customers)


@pytest.mark.usefixtures("tell_of_few")
def test_the_future_of_a_cohort_is_empty_and_the_running_month_is_marked():
    cells = cohorts(small("2024-03-15")[0]).cells.set_index(["cohort", "months_since"])
    assert cells["n"].groupby("cohort").first().to_dict() == {"2024-01": 2, "2024-02": 1}
    assert cells.loc[("2024-01", 1), "rate"] == pytest.approx(0.5)
    assert cells.loc[("2024-01", 2), "rate"] == 0
    assert not cells.loc[("2024-01", 2), "complete"]
    assert cells.loc[("2024-01", 1), "complete"]
    assert np.isnan(cells.loc[("2024-02", 2), ["rate", "low", "high", "buyers"]].astype(float)).all()
    assert cells.loc[("2024-02", 1), "rate"] == 0


def test_a_month_that_is_over_counts_in_the_next_month_share():
    result = figures(cohorts(small("2024-02-29")[0]))
    assert (result["next_month_share"].value, result["next_month_share"].n) == (0.5, 2)
    assert result["early_start_share"].value == 1.0


def test_one_month_has_no_cohorts():
    orders, lines, _ = shop(ROWS[:2] + ROWS[4:5])
    with pytest.raises(NotEnoughData, match="one month"):
        cohorts(read_baskets(orders, lines, "2024-01-31"))


def test_a_single_visit_is_no_preference_and_many_are():
    orders, lines = history(
        {**{f"c{i}": [i, i + 3, i + 8, i + 11] for i in range(30)}, "one": [0], "loyal": list(range(0, 350, 7))}
    )
    late = orders["customer_id"].isin([f"c{i}" for i in range(0, 30, 2)])
    orders["local_at"] = orders["local_at"].where(~late, orders["local_at"] + pd.Timedelta(hours=9))
    table = preferences(read_baskets(orders, lines, "2024-12-31")).customers.set_index(["dimension", "customer_id"])
    assert not table.loc[("weekday", "one"), "clear"]
    assert table.loc[("weekday", "one"), "share"] < 0.9
    assert table.loc[("weekday", "loyal"), "clear"]
    assert table.loc[("hour", "c0"), "preferred"] == "evening"


def test_what_everybody_does_is_no_preference_of_somebody_seen_twice():
    """Everybody buys in the evening: of those who were seen often that is a preference, of the others it is not."""
    orders, lines = history({**{f"c{i}": list(range(i, 360, 12)) for i in range(30)}, "seen twice": [3, 40]})
    orders["local_at"] = orders["local_at"].dt.normalize() + pd.Timedelta(hours=18)
    morning = orders["local_at"].dt.day_of_week == 6
    orders["local_at"] = orders["local_at"].where(~morning, orders["local_at"] - pd.Timedelta(hours=9))
    table = preferences(read_baskets(orders, lines, "2024-12-31")).customers.set_index(["dimension", "customer_id"])
    hours = table.loc["hour"]
    assert (hours["preferred"] == "evening").all()
    assert hours.drop("seen twice")["clear"].all()
    assert hours.loc["seen twice", "ahead"] > 0.95
    assert not hours.loc["seen twice", "clear"]


def test_a_shop_without_times_or_stores_has_no_preferences_to_show():
    orders, lines = history({"a": [0, 7, 14], "b": [0, 7]})
    with pytest.raises(NotEnoughData, match="one time of day"):
        preferences(read_baskets(orders, lines, "2024-12-31"))


def test_alike_customers_are_worth_many_visits():
    rng = np.random.default_rng(8)
    alike = rng.multinomial(30, [0.5, 0.3, 0.2], 500).astype(float)
    apart = np.array([rng.multinomial(30, rng.dirichlet([2.5, 1.5, 1.0])) for _ in range(500)], dtype=float)
    assert concentration(apart) == pytest.approx(5, rel=0.15)
    assert concentration(alike) > 100


GONE = Absent("feedback", "this data set has none")


def test_scorecard_by_hand_and_what_is_missing():
    baskets, lines, products = small()
    contents = read_contents(baskets, lines, products, PARAMS)
    contacts = pd.DataFrame({"customer_id": ["a", "a", "b"], "arm": ["coupon"] * 3, "converted": [True, False, False]})
    card = scorecard(baskets, contents, lines, Responses(contacts, GONE, pd.DataFrame({"stars": [None, 4.0]})), PARAMS)
    measured = card.measures.set_index("measure")["value"].to_dict()
    assert measured == pytest.approx(
        {
            "repeat_share": 2 / 3,
            "full_price_share": 150 / 210,
            "returns_share": 10 / 210,
            "breadth": 1,
            "coupon_response": 1 / 3,
        }
    )
    missing = card.missing.set_index("measure")["reason"].to_dict()
    assert missing["cases_solved_share"] == "this data set has none"
    assert missing["mean_rating"] == "stars is empty"
    assert set(figures(card)) == set(measured)


def test_nothing_recorded_is_missing_not_zero():
    orders, lines, products = shop([(c, d, h, p, abs(a), 0.0) for c, d, h, p, a, _ in ROWS])
    baskets = read_baskets(orders, lines, "2024-03-31")
    contents = read_contents(baskets, lines, products, PARAMS)
    card = scorecard(baskets, contents, lines, Responses(GONE, GONE, GONE), PARAMS)
    assert {"full_price_share", "returns_share"} <= set(card.missing["measure"])
    assert set(card.measures["measure"]) == {"repeat_share", "breadth"}


@pytest.mark.usefixtures("tell_of_few")
def test_a_small_shop_is_told_to_use_rules():
    baskets, lines, _ = small()
    result = worth_it(baskets, lines)
    assert not result.analyses["pays"].any()
    assert result.analyses["plain_rule"].str.len().min() > 10
    have = result.analyses.set_index("counted")["have"].to_dict()
    assert (have["orders"], have["products"], have["months"], have["repeat customers"]) == (5, 3, 2, 2)


@pytest.mark.shared_data
def test_online_retail_has_the_published_repeat_share_and_top_share():
    path = SHARED / "online_retail" / "online_retail.parquet"
    if not path.exists():
        pytest.skip("needs ../shared/data/online_retail")
    raw = pd.read_parquet(path)
    raw = raw[raw["CustomerID"].notna() & (raw["Quantity"] > 0) & (raw["UnitPrice"] > 0)]
    assert len(raw) == 397_884
    lines = pd.DataFrame(
        {
            "customer_id": raw["CustomerID"].astype(str),
            "local_at": raw["InvoiceDate"],
            "order_id": raw["InvoiceNo"],
            "amount": raw["Quantity"] * raw["UnitPrice"],
            "discount": np.nan,
        }
    )
    orders = lines.drop_duplicates("order_id")[["customer_id", "order_id", "local_at"]]
    baskets = read_baskets(orders, lines, "2011-12-09")
    value = revenue_shares(baskets, PARAMS)
    assert figures(baskets)["customers"].value == 4338
    invoices = baskets.orders.groupby("customer_id").size()
    assert round((invoices > 1).mean(), 3) == 0.656  # published; of these 56 came on one day only
    assert round(figures(baskets)["repeat_share"].value, 3) == 0.643
    assert round(figures(value)["top_revenue_share"].value, 3) == 0.746
    last = cohorts(baskets).cells
    assert not last.loc[(last["cohort"] == "2011-11") & (last["months_since"] == 1), "complete"].item()
    assert last.loc[(last["cohort"] == "2011-11") & (last["months_since"] > 1), "rate"].isna().all()
