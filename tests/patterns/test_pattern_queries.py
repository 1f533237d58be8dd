"""The queries of the patterns room on tables small enough to count by hand, lazy and as frames."""

import numpy as np
import pandas as pd
import pytest
from pattern_worlds import shop

from rcommerce_helpers.engine import frame, lazy_tables
from rcommerce_helpers.patterns.baskets import read_baskets, read_contents
from rcommerce_helpers.patterns.effects import contact_effects
from rcommerce_helpers.patterns.journeys import web_steps
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import (
    answers_per_person,
    cases_solved,
    full_price_sums,
    paid_orders,
    product_groups,
    purchase_gaps,
    return_sums,
    visit_events,
)
from rcommerce_helpers.patterns.scorecard import Responses, scorecard
from rcommerce_helpers.patterns.segments import rfm_segments
from rcommerce_helpers.results import Absent, parts_of

PARAMS = PatternsParams(min_customers=5)
SECOND = pd.Timestamp("2024-03-01 10:00:00")


def events(rows):
    """Rows of customer, visitor, session, seconds, event in the order of the file; keys count up as text would not."""
    table = pd.DataFrame(rows, columns=["customer_id", "visitor_id", "session_id", "seconds", "event"])
    table["local_at"] = SECOND + pd.to_timedelta(table.pop("seconds"), unit="s")
    return table.assign(event_id=[str(9 + i) for i in range(len(table))])


def test_three_events_in_one_second_keep_the_order_of_the_file():
    tied = events([("u", "u", "s", 0, event) for event in ("view", "cart", "buy")])
    assert visit_events(tied)["event"].to_list() == ["view", "cart", "buy"]
    turned = tied.assign(file_order=[3, 2, 1])
    assert visit_events(lazy_tables({"web_events": turned})["web_events"])["event"].to_list() == ["buy", "cart", "view"]


def shared_sessions(people=200):
    """Pairs of visitors whose sessions carry one number and run at the same time."""
    rows = []
    for i in range(people):
        u, v = f"u{i:03}", f"v{i:03}"
        rows += [(u, u, "1", 0, "view"), (v, v, "1", 5, "search"), (u, u, "1", 10, "cart"), (v, v, "1", 15, "buy")]
    return events(rows)


def test_a_session_number_shared_by_two_visitors_is_two_paths():
    steps = visit_events(shared_sessions(1))
    assert steps.groupby("visitor_id")["event"].agg(list).to_dict() == {
        "u000": ["view", "cart"], "v000": ["search", "buy"],
    }  # fmt: skip
    found = web_steps(shared_sessions(), PARAMS).findings.set_index(["name", "context"])
    assert found.loc[("cart", "after view"), "rate"] == 1
    assert ("search", "after view") not in found.index or found.loc[("search", "after view"), "rate"] == 0


def test_events_without_a_session_are_one_visit_of_their_visitor():
    seen = visit_events(
        events([("a", "v", None, 5, "cart"), (None, "w", None, 0, "view"), ("a", "v", None, 0, "view")])
    )
    assert seen["unit"].to_list() == ["a", "a", "w"]
    assert seen["event"].to_list() == ["view", "cart", "view"]


def test_orders_of_one_moment_keep_the_order_of_the_file_and_unknown_customers_are_left_out():
    orders = pd.DataFrame(
        {"customer_id": ["a", "a", "a", None], "order_id": ["9", "10", "8", "7"], "local_at": SECOND, "wide": "x"}
    )
    orders.loc[2, "local_at"] -= pd.Timedelta(hours=1)
    lines = pd.DataFrame({"order_id": ["7", "8", "9", "10"], "amount": 1.0, "discount": np.nan})
    paid = paid_orders(orders, lines)
    assert paid["order_id"].to_list() == ["8", "9", "10"]
    assert list(paid) == ["customer_id", "order_id", "local_at", "value", "line_count", "discounted"]
    assert paid["discounted"].to_list() == [0, 0, 0]


def test_money_below_a_hundredth_of_a_cent_adds_up():
    orders = pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "order_id": list("1234"), "local_at": SECOND})
    lines = pd.DataFrame({"order_id": list("1234"), "amount": [0.00004, 0.00004, 0.00004, 0.00001], "discount": 0.0})
    table = rfm_segments(read_baskets(orders, lines, "2024-06-30")).customers.set_index("customer_id")
    assert table.loc["a", "revenue"] == pytest.approx(0.00012, abs=1e-12)


def test_sums_of_money_do_not_depend_on_the_order_of_adding():
    rng = np.random.default_rng(5)
    amounts = np.round(rng.lognormal(3, 2, 5_000), 2) * rng.choice([1, -1], 5_000)
    lines = pd.DataFrame({"customer_id": "a", "order_id": "1", "kind": "item", "amount": amounts, "discount": 0.0})
    found = {tuple(return_sums(lines.sample(frac=1, random_state=seed))["back"]) for seed in range(6)}
    assert len(found) == 1


def test_groups_fall_back_to_what_is_filled():
    products = pd.DataFrame(
        {"product_id": ["p", "q"], "name": ["P", None], "category": ["x", "x"], "department": ["d", "e"]}
    )
    groups = {
        w: frame(product_groups(products, w).order_by("product_id")) for w in ("category", "department", "product")
    }
    assert groups["category"]["group_name"].to_list() == ["d", "e"]  # one category for all tells nothing
    assert groups["department"]["group_name"].to_list() == ["d", "e"]
    assert groups["product"]["group_name"].to_list() == ["P", "q"]


def test_a_purchase_day_is_one_of_the_wall_clock():
    moments = pd.to_datetime(
        ["2024-02-28 23:59:59", "2024-02-29 00:00:00", "2024-02-29 18:00", "2024-03-01"], format="mixed"
    )
    gaps = purchase_gaps(pd.DataFrame({"customer_id": "a", "local_at": moments}))
    assert gaps["gap_days"].to_list()[1:] == [1.0, 1.0]


def test_measures_of_the_scorecard_by_hand():
    contacts = pd.DataFrame(
        {"customer_id": ["a", "a", "b", "c"], "arm": ["x", "x", "none", "x"], "converted": [True, False, True, None]}
    )
    assert answers_per_person(contacts, "none").to_numpy().tolist() == [["a", 1, 2]]
    assert cases_solved(pd.DataFrame({"solved": [True, False, None]})) == (1, 2)
    lines = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b", None],
            "kind": ["item", "item", None, "return", "return"],
            "amount": [10.0, 5.0, -2.0, 0.0, -9.0],
            "discount": [0.0, 1.0, 0.0, None, None],
        }
    )
    assert full_price_sums(lines).to_numpy().tolist() == [["a", 10.0, 15.0, 1]]
    assert return_sums(lines).to_numpy().tolist() == [["a", 2.0, 15.0, 1], ["b", 0.0, 0.0, 1]]
    assert full_price_sums(lines.drop(columns="discount")).empty


ROWS = [(c, d, h, p, a, off) for c in "abcd" for d, h, p, a, off in (
    ("2024-01-05", 9, "x1", 60.0, 0.0), ("2024-02-10", 18, "y1", 20.0, 5.0), ("2024-02-10", 18, "x2", -10.0, 0.0),
)]  # fmt: skip


def test_lazy_tables_and_frames_give_the_same():
    orders, lines, products = (table.dropna(axis=1, how="all") for table in shop(ROWS))
    gone = Absent("contacts", "none here")
    lazy = lazy_tables({"orders": orders, "order_lines": lines, "products": products})
    results = []
    for o, i, p in ((orders, lines, products), (lazy["orders"], lazy["order_lines"], lazy["products"])):
        baskets = read_baskets(o, i, "2024-03-31")
        contents = read_contents(baskets, i, p, PARAMS)
        results.append((baskets, contents, scorecard(baskets, contents, i, Responses(gone, gone, gone), PARAMS)))
    for by_hand, by_engine in zip(*results):
        assert by_hand.figures == by_engine.figures
    pd.testing.assert_frame_equal(results[0][0].orders, results[1][0].orders)
    pd.testing.assert_frame_equal(results[0][1].rows, results[1][1].rows)


def test_a_skipped_section_knows_the_parts_of_its_answer():
    assert parts_of(read_baskets) == {"orders", "customers", "as_of", "beside", "revenue", "purchase_days"}
    assert {"findings", "details"} <= parts_of(web_steps) & parts_of(contact_effects)
