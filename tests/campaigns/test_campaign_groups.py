"""No group of fewer than ten customers leaves in a table or chart of the campaigns."""

import numpy as np
import pandas as pd
import pytest
from campaign_worlds import open_everywhere, orders_of, scores_of, small_offers
from test_campaign_claims import AS_OF as DAY
from test_campaign_claims import LINES, PRODUCTS
from test_campaign_past import PARAMS as PAST_PARAMS
from test_campaign_past import shop
from test_campaign_plan import NONE, figures, plan_of, reach_of

from rcommerce_helpers.campaigns.claims import check_claims, records
from rcommerce_helpers.campaigns.groups import leaving
from rcommerce_helpers.campaigns.moments import find_moments, traces
from rcommerce_helpers.campaigns.observational import measure_past
from rcommerce_helpers.plots import campaigns as plots

OFFERS = small_offers(holdout={"share": 0.0})


def world(teas, cups, pots=0):
    """So many customers who want tea, a cup, a pot."""
    wanted = ["TEA"] * teas + ["CUP"] * cups + ["POT"] * pots
    names = [f"c{i:03d}" for i in range(len(wanted))]
    offers = small_offers(
        holdout={"share": 0.0},
        offers=[
            {
                "id": c.lower(),
                "name": c.title(),
                "category": c,
                "margin": 10.0,
                "uplift_prior": {"mean": 0.1, "sd": 0.02},
            }
            for c in ("TEA", "CUP", "POT")
        ],
    )
    lines = orders_of({n: ["2024-02-01"] for n in names})
    return plan_of(offers, scores_of([(n, c, 0.5) for n, c in zip(names, wanted)]), reach=reach_of(offers, lines=lines))


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ((40, 9, 1), {"Tea": 40, "rest": 10}),
        ((40, 9, 0), {"rest": 49}),
        ((10, 10, 10), {"Tea": 10, "Cup": 10, "Pot": 10}),
        ((4, 3, 2), {}),
    ],
)
def test_groups_of_a_plan(sizes, shown):
    plan = world(*sizes)
    assert figures(plan)["sent_contacts"].value == sum(sizes)
    assert plan.mix.set_index("offer")["contacts"].to_dict() == shown
    groups = plan.plan_groups.set_index("offer")
    assert groups["customers"].to_dict() == shown
    assert list(plan.plan_groups.columns) == [
        "offer",
        "channel",
        "customers",
        "expected_value",
        "low",
        "high",
        "interval_level",
    ]
    drawn = plots.plot_plan(plan, "en").data
    assert sorted(n for trace in drawn for n in trace.x) == sorted(shown.values())
    assert figures(plan)["contacts_shown"].value == sum(shown.values())


def test_groups_that_are_all_shown_add_up_to_the_plan():
    plan = world(40, 9, 1)
    value = figures(plan)["plan_value"]
    sums = plan.plan_groups[["expected_value", "low", "high"]].sum()
    assert sums["expected_value"] == pytest.approx(value.value)
    assert sums["low"] < value.low < value.value < value.high <= sums["high"], "two offers do not both fail"
    assert plan.mix["expected_value"].sum() == pytest.approx(plan.table["expected_value"].sum())


def test_the_held_out_are_neither_counted_by_group_nor_valued():
    lines = orders_of({f"c{i:03d}": ["2024-02-01"] for i in range(200)})
    offers = small_offers(holdout={"share": 0.5})
    scores = scores_of([(f"c{i:03d}", "TEA", 0.5) for i in range(200)])
    row = plan_of(offers, scores, reach=reach_of(offers, lines=lines)).plan_groups.iloc[0]
    whole = plan_of(OFFERS, scores, reach=reach_of(OFFERS, lines=lines)).plan_groups.iloc[0]
    assert whole["customers"] == 200
    assert 70 < row["customers"] < 130
    assert row["expected_value"] == pytest.approx(whole["expected_value"] * row["customers"] / 200)


def test_used_capacity_of_a_few_is_not_shown():
    assert pd.isna(world(9, 0).limits.set_index("limit").loc["email", "used"])
    large = world(10, 0).limits.set_index("limit")
    assert large.loc["email", "used"] == 10
    assert large.loc["post", "used"] == 0
    assert large.loc["budget", "used"] == pytest.approx(0.1), "money is no group"


def test_moments_of_a_few_are_added_up_or_left_out():
    """Nine are back after a silence: not shown. With a tenth they are; no contracts is not the same as few."""

    def shown(count):
        names = [f"c{i:02d}" for i in range(count)]
        lines = orders_of({n: ["2024-01-20", "2024-03-30"] for n in names})
        reach = reach_of(OFFERS, lines=lines, contact_points=open_everywhere(names))
        clues = traces(order_lines=lines, scores=NONE, cases=NONE, contracts=NONE)
        return find_moments(clues, reach).shown.set_index("moment")["customers"]

    few, enough = shown(9), shown(10)
    assert "first_visit_back" not in few.index
    assert enough["first_visit_back"] == 10
    assert np.isnan(few["contract_ending"])
    assert few["quieter_than_usual"] == 0


def test_a_count_of_few_orders_is_not_told_in_the_table_of_claims():
    offers = small_offers(
        offers=[
            {
                "id": "tea",
                "name": "Tea",
                "category": "TEA",
                "margin": 1.0,
                "claims": [{"kind": "bought_count", "says": 2.0}],
            }
        ]
    )
    gate = check_claims(offers, records(DAY, order_lines=LINES, products=PRODUCTS, stock=NONE, prices=NONE))
    assert gate.allowed == ("tea",)
    assert gate.computed["reason"].tolist() == ["computed: fewer than 10 orders in 28 days"]


def test_a_type_of_campaign_that_few_redeemed_has_no_row():
    campaigns, contacts, lines = shop(1)
    contacts["converted"] = contacts.index < 9
    past = measure_past(campaigns, contacts, lines, "EUR", PAST_PARAMS)
    assert past.redemption["type"].tolist() == ["all"]


def test_reasons_of_silence_leave_in_large_groups_only():
    names = [f"c{i:02d}" for i in range(30)]
    cases = pd.DataFrame({"customer_id": names[:4], "closed_at": pd.NaT})
    reach = reach_of(OFFERS, lines=orders_of({n: ["2024-02-01"] for n in names}), cases=cases)
    assert reach.reasons.to_dict("list") == {"reason": ["rest"], "customers": [30]}
    assert (reach.customers["why"] == "open_case").sum() == 4


def test_a_table_without_small_groups_is_left_as_it_is():
    table = pd.DataFrame({"offer": ["tea", "cup"], "customers": [12, 0], "worth": [1.0, 0.0]})
    pd.testing.assert_frame_equal(leaving(table, "customers", names=["offer"], sums=["customers"]), table)
