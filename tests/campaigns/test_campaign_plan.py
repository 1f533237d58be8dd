"""The plan: hand-checked worth, permission, caps, silence, holdout."""

import pandas as pd
import pytest
from campaign_worlds import open_everywhere, orders_of, points_of, scores_of, small_offers

from rcommerce_helpers.campaigns.claims import check_claims, records
from rcommerce_helpers.campaigns.moments import find_moments, traces
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.campaigns.plan import build_plan
from rcommerce_helpers.campaigns.reach import circumstances, find_reachable
from rcommerce_helpers.campaigns.timing import allowed_hour
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Absent

AS_OF = "2024-03-31"
PARAMS = CampaignParams(caution=0.0)
PEOPLE = ["ann", "bob", "cem"]
LINES = orders_of({p: ["2024-01-02", "2024-02-02"] for p in PEOPLE})


NONE = Absent("a table", "this world has none")


def reach_of(offers, *, lines=LINES, **known):
    people = sorted(lines["customer_id"].unique())
    given = dict.fromkeys(("contacts", "planned", "cases", "attributes"), NONE)
    given |= {"contact_points": open_everywhere(people)} | known
    customers = pd.DataFrame({"customer_id": people})
    return find_reachable(customers, lines, circumstances(**given), offers, AS_OF, PARAMS)


def plan_of(offers, scores, *, params=PARAMS, reach=None):
    tables = dict.fromkeys(("order_lines", "products", "stock", "prices"), NONE)
    gate = check_claims(offers, records(AS_OF, **tables))
    return build_plan(scores, reach or reach_of(offers), gate, offers, "EUR", params)


def figures(result):
    return {f.name: f for f in result.figures}


def test_the_worth_of_a_contact_by_hand():
    """Ann: .5 x .1 x 10 - .01 = .49 by e-mail; Bob's cup is worth more to him; Cem's .0005 x .1 x 10 < .01: silence."""
    scores = scores_of([("ann", "TEA", 0.5), ("bob", "TEA", 0.2), ("bob", "CUP", 0.3), ("cem", "TEA", 0.0005)])
    offers = small_offers(holdout={"share": 0.0})
    table = plan_of(offers, scores).table.set_index("customer_id")
    assert table.loc["ann", ["offer_id", "channel"]].tolist() == ["tea", "email"]
    assert table.loc["bob", ["offer_id", "channel"]].tolist() == ["cup", "email"]
    assert pd.isna(table.loc["cem", "offer_id"])
    assert table.loc["cem", "why_silent"] == "not_worth_it"
    # the uplift is capped at .10, so its mean over draws lies below: .5 x .092 x 10 - .01
    assert table.loc["ann", "expected_value"] == pytest.approx(0.45, abs=0.01)
    assert table.loc["ann", "low"] == pytest.approx(0.5 * (0.1 - 1.645 * 0.02) * 10 - 0.01, abs=0.01)
    assert table.loc["ann", "high"] == pytest.approx(0.49, abs=1e-9)
    assert (table["propensity"] == 1.0).all()


def test_a_discount_is_paid_to_those_who_would_have_bought_anyway():
    """.5 x .1 x (10 - 1) - .5 x 1 - .01 < 0: never sent."""
    tea = {"id": "tea", "name": "Tea", "category": "TEA", "margin": 10.0, "discount": 1.0}
    offers = small_offers(offers=[tea | {"uplift_prior": {"mean": 0.1, "sd": 0.0}}])
    plan = plan_of(offers, scores_of([(p, "TEA", 0.5) for p in PEOPLE]))
    assert figures(plan)["planned_contacts"].value == 0
    assert figures(plan)["plan_value"].value == 0
    assert figures(plan)["silent_customers"].value == 3


def test_trust_cost_can_forbid_a_contact():
    """Two orders of 20 at a quarter margin: 10 a year; 10 x .2 x .5 = 1 of trust against .49 of gain."""
    scores = scores_of([("ann", "TEA", 0.5)])
    dear = {"id": "email", "cost": 0.01, "capacity": 9, "unsubscribe_risk": 0.2, "value_share": 0.5}
    assert figures(plan_of(small_offers(channels=[dear]), scores))["planned_contacts"].value == 0
    harmless = dear | {"unsubscribe_risk": 0.0}
    assert figures(plan_of(small_offers(channels=[harmless]), scores))["planned_contacts"].value == 1


def test_suppressed_scores_and_refused_offers_are_not_planned():
    scores = scores_of([(p, "TEA", 0.5) for p in PEOPLE]).assign(suppressed=[True, False, False])
    assert pd.isna(plan_of(small_offers(), scores).table.set_index("customer_id").loc["ann", "offer_id"])
    tea = {"id": "tea", "name": "Tea", "category": "TEA", "margin": 9.0, "patterns": ["confirmshaming"]}
    with pytest.raises(NotEnoughData, match="gate"):
        plan_of(small_offers(offers=[tea]), scores)


def test_unknown_categories_are_said_not_planned_around():
    with pytest.raises(NotEnoughData, match="BEER"):
        plan_of(small_offers(), scores_of([("ann", "BEER", 0.5)]))


def test_complaints_caps_and_refusals_close_the_door():
    contacts = pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "bob", "bob", "bob"],
            "arm": ["a", "a", "a", "none", "none"],
            "local_at": pd.to_datetime(["2024-03-20", "2024-03-25", "2024-01-01", "2024-03-25", "2024-03-26"]),
        }
    )
    cases = pd.DataFrame({"customer_id": ["cem"], "closed_at": [pd.NaT]})
    reach = reach_of(small_offers(), contacts=contacts, cases=cases).customers.set_index("customer_id")
    assert reach["why"].to_dict() == {"ann": "cap", "bob": "", "cem": "open_case"}


def test_a_channel_is_open_where_a_point_of_it_is_allowed():
    """Ann refused post only; Bob granted e-mail only; of Cem nothing is known: no channel."""
    points = points_of(
        [
            ("ann", "email", "ann@x.de", ""),
            ("ann", "post", "Weg 1, 20095 Hamburg", "channel_refused"),
            ("bob", "email", "bob@x.de", ""),
            ("bob", "post", "", "not_granted"),
        ]
    )
    reach = reach_of(small_offers(), contact_points=points)
    assert reach.channels.to_numpy().tolist() == [[True, False], [True, False], [False, False]]
    assert reach.customers["why"].tolist() == ["", "", "not_permitted"]
    strong = [c.model_dump() | {"strength": 5.0 if c.id == "post" else 0.1} for c in small_offers().channels]
    offers = small_offers(channels=strong)
    plan = plan_of(offers, scores_of([(p, "TEA", 0.9) for p in PEOPLE]), reach=reach_of(offers, contact_points=points))
    assert set(plan.table["channel"].dropna()) == {"email"}
    assert plan.table["contact_point"].dropna().tolist() == ["ann@x.de", "bob@x.de"]


def many(count):
    names = [f"c{i:04d}" for i in range(count)]
    return orders_of({n: ["2024-02-01"] for n in names}), scores_of(
        [(n, "TEA", 0.1 + i / 2000) for i, n in enumerate(names)]
    )


def test_budget_capacity_and_multiplier_hold_and_the_price_tells():
    lines, scores = many(400)
    offers = small_offers(budget={"amount": 1.0})
    reach = reach_of(offers, lines=lines)
    small = plan_of(offers, scores, reach=reach)
    large = plan_of(offers, scores, reach=reach, params=PARAMS.with_(budget_multiplier=2.0))
    assert figures(small)["planned_contacts"].value == 100
    assert figures(large)["planned_contacts"].value == 200
    assert figures(small)["budget_shadow_price"].value > figures(large)["budget_shadow_price"].value > 0
    assert figures(small)["crowded_out"].value == 300
    best = set(scores.nlargest(100, "probability")["customer_id"])
    assert set(small.table.loc[small.table["offer_id"].notna(), "customer_id"]) == best


def test_the_holdout_is_drawn_by_chance_and_recorded():
    lines, scores = many(900)
    offers = small_offers(holdout={"share": 0.2, "seed": 3})
    reach = reach_of(offers, lines=lines)
    table = plan_of(offers, scores, reach=reach).table
    assert 130 <= table["held_out"].sum() <= 230
    assert set(table.loc[table["held_out"], "arm"]) == {"none"}
    assert set(table.loc[~table["held_out"], "arm"]) == {"tea/email"}
    assert table.groupby("held_out")["propensity"].unique().map(list).to_dict() == {False: [0.8], True: [0.2]}
    again = plan_of(offers, scores, reach=reach).table
    other = plan_of(small_offers(holdout={"share": 0.2, "seed": 4}), scores, reach=reach).table
    pd.testing.assert_frame_equal(table, again)
    assert (table["held_out"] != other["held_out"]).any()


def test_a_held_out_customer_stays_held_out_when_others_come_and_go():
    lines, scores = many(300)
    offers = small_offers(holdout={"share": 0.3, "seed": 3})
    whole = plan_of(offers, scores, reach=reach_of(offers, lines=lines)).table.set_index("customer_id")
    part = lines[lines["customer_id"] < "c0150"]
    half = plan_of(offers, scores, reach=reach_of(offers, lines=part)).table.set_index("customer_id")
    assert half["held_out"].equals(whole.loc[half.index, "held_out"])


def test_more_caution_never_plans_more():
    lines, scores = many(400)
    offers = small_offers()
    reach = reach_of(offers, lines=lines)
    planned = [
        figures(plan_of(offers, scores, reach=reach, params=PARAMS.with_(caution=c)))["planned_contacts"].value
        for c in (0.0, 2.0, 3.0)
    ]
    assert planned[0] >= planned[1] >= planned[2]
    fearful = [o.model_dump() | {"uplift_prior": {"mean": 0.02, "sd": 0.02}} for o in offers.offers]
    silent = plan_of(small_offers(offers=fearful), scores, reach=reach, params=PARAMS.with_(caution=1.0))
    assert figures(silent)["planned_contacts"].value == 0


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [(21, (20, 8), 8), (7, (20, 8), 8), (12, (20, 8), 12), (13, (12, 15), 15), (20, (20, 8), 8), (3, (0, 0), 3)],
)
def test_quiet_hours(hour, quiet, expected):
    assert allowed_hour(hour, quiet) == expected


def test_a_plan_for_something_due_comes_some_days_before():
    scores = scores_of([("ann", "TEA", 0.5)]).assign(due_days=10.0)
    row = plan_of(small_offers(), scores).table.set_index("customer_id").loc["ann"]
    assert str(row["day"]) == "2024-04-08"
    assert row["hour"] == 17


def test_moments_by_hand():
    """Ann is back after 70 days; Bob buys weekly and has been silent for six weeks; Cem's tea is due in three days."""
    weekly = [str(d.date()) for d in pd.date_range("2024-01-01", "2024-03-01", freq="7D")]
    lines = orders_of({"ann": ["2024-01-20", "2024-03-30"], "bob": weekly, "cem": ["2024-03-30"]})
    scores = scores_of([("cem", "TEA", 0.5), ("ann", "TEA", 0.5)]).assign(due_days=[3.0, 30.0])
    reach = reach_of(small_offers(), lines=lines)
    found = find_moments(traces(order_lines=lines, scores=scores, cases=NONE, contracts=NONE), reach)
    assert found.table.set_index("customer_id")["moment"].to_dict() == {
        "ann": "first_visit_back",
        "bob": "quieter_than_usual",
        "cem": "due_again",
    }
    counts = found.counts.set_index("moment")["customers"]
    assert pd.isna(counts["case_solved"])
