"""Where a contact goes: to a permitted point of that very customer, never to another, and to a shared one once."""

import pandas as pd
import pytest
from campaign_worlds import POINT_COLUMNS, orders_of, points_of, scores_of, small_offers
from hypothesis import given, settings
from hypothesis import strategies as st
from test_campaign_plan import NONE, PARAMS, PEOPLE, figures, plan_of, reach_of

from rcommerce_helpers.campaigns.points import address_key
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Absent

OFFERS = small_offers(holdout={"share": 0.0})
EVERYBODY = scores_of([(p, "TEA", 0.5) for p in PEOPLE])


def planned(points, *, lines=None, **known):
    """The plan table by customer, for everybody who likes tea."""
    lines = orders_of({p: ["2024-01-02", "2024-02-02"] for p in PEOPLE}) if lines is None else lines
    reach = reach_of(OFFERS, lines=lines, contact_points=points, **known)
    return plan_of(OFFERS, EVERYBODY, reach=reach).table.set_index("customer_id")


def test_of_two_addresses_the_granted_one_is_used_and_the_refused_one_never():
    points = points_of([("ann", "email", "old@x.de", "refused"), ("ann", "email", "new@x.de", "")])
    table = planned(points)
    assert table.loc["ann", ["channel", "contact_point"]].tolist() == ["email", "new@x.de"]
    assert table.loc[["bob", "cem"], "why_silent"].tolist() == ["not_permitted", "not_permitted"]


def test_the_preferred_of_two_granted_addresses_is_used():
    points = points_of([("ann", "email", "first@x.de", ""), ("ann", "email", "a-second@x.de", "")])
    assert planned(points).loc["ann", "contact_point"] == "first@x.de"


def test_minors_missing_addresses_and_missing_permission_are_told_apart():
    points = points_of(
        [
            ("ann", "email", "ann@x.de", "minor"),
            ("ann", "post", "", "no_address"),
            ("bob", "email", "bob@x.de", "refused"),
            ("bob", "post", "", "no_address"),
            ("cem", "email", "cem@x.de", "objected"),
            ("cem", "post", "", "never_asked"),
        ]
    )
    reach = reach_of(OFFERS, contact_points=points)
    assert reach.customers["why"].tolist() == ["minor", "no_address", "not_permitted"]
    assert not reach.customers["reachable"].any()


def test_who_may_be_reached_on_one_channel_is_silent_for_none():
    points = points_of([("ann", "email", "ann@x.de", "minor"), ("ann", "post", "Weg 1", "")])
    assert reach_of(OFFERS, contact_points=points).customers["why"].tolist()[0] == ""


def test_two_customers_of_one_mailbox_get_one_message():
    """Bob has bought more than Ann, so the family's mailbox is his; Ann has one of her own besides."""
    points = points_of(
        [
            ("ann", "email", "Family@x.de", ""),
            ("ann", "email", "ann@x.de", ""),
            ("bob", "email", "family@x.de ", ""),
            ("cem", "email", "FAMILY@X.DE", ""),
        ]
    )
    lines = orders_of({"ann": ["2024-01-02"], "bob": ["2024-01-02", "2024-02-02"], "cem": ["2024-01-02"]})
    table = planned(points, lines=lines)
    assert table["contact_point"].to_dict() == {
        "ann": "ann@x.de",
        "bob": "family@x.de ",
        "cem": pytest.approx(float("nan"), nan_ok=True),
    }
    assert table.loc["cem", "why_silent"] == "shared_address"


POST = small_offers(holdout={"share": 0.0}, channels=[{"id": "post", "cost": 0.01, "capacity": 9}])


def test_one_household_is_one_letter_box():
    """Equal margins: the first by number keeps it."""
    points = points_of([(p, "post", "Weg 1, 20095 Hamburg", "") for p in PEOPLE])
    reach = reach_of(POST, contact_points=points)
    assert reach.customers["why"].tolist() == ["", "household", "household"]
    table = plan_of(POST, EVERYBODY, reach=reach).table
    assert table["contact_point"].notna().sum() == 1


def test_a_letter_box_is_one_however_its_address_is_written():
    spelt = [("ann", "post", "Weg 1, 20095 Hamburg", ""), ("bob", "post", "Am Weg 1 (Hinterhaus), Hamburg", "")]
    reach = reach_of(POST, contact_points=points_of(spelt).assign(letter_box="b1"))
    assert reach.customers["why"].tolist() == ["", "household", "not_permitted"]


def test_the_letter_box_goes_to_who_earns_most_and_may_be_contacted():
    lines = orders_of({"ann": ["2024-01-02"], "bob": ["2024-01-02", "2024-02-02"], "cem": ["2024-02-01"] * 3})
    points = points_of([(p, "post", "Weg 1, 20095 Hamburg", "") for p in PEOPLE])
    cases = pd.DataFrame({"customer_id": ["cem"], "closed_at": [pd.NaT]})
    reach = reach_of(POST, lines=lines, contact_points=points, cases=cases)
    assert reach.customers["why"].tolist() == ["household", "", "open_case"]


def test_without_a_table_of_contact_points_nothing_is_open_and_it_says_why():
    reach = reach_of(OFFERS, contact_points=Absent("contact_points", "nobody permits marketing"))
    assert not reach.channels.to_numpy().any()
    assert set(reach.customers["why"]) == {"no_contact_points"}
    assert figures(reach)["reachable_customers"].value == 0
    with pytest.raises(NotEnoughData, match="nobody permits marketing"):
        plan_of(OFFERS, EVERYBODY, reach=reach)


def test_a_channel_without_address_is_shared_with_nobody():
    points = points_of([(p, "email", "", "") for p in PEOPLE])
    assert planned(points)["contact_point"].tolist() == ["", "", ""]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Info@Firm.de", " info@firm.de", True),
        ("+49 170 1234567", "0170/123 45 67", True),
        ("+49 170 1234567", "0170 1234568", False),
        ("a.b@x.de", "ab@x.de", False),
    ],
)
def test_addresses_are_compared_without_case_and_code(one, other, same):
    assert (address_key(one) == address_key(other)) is same


ADDRESSES = ("family@x.de", "FAMILY@x.de", "own@y.de", "Weg 1, 20095 Hamburg", "Weg 2, 20095 Hamburg", "")
REASONS = ("", "", "", "refused", "refused_by_another", "minor", "no_address", "never_asked")
known_point = st.tuples(
    st.sampled_from(PEOPLE), st.sampled_from(["email", "post"]), st.sampled_from(ADDRESSES), st.sampled_from(REASONS)
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(known_point, max_size=14, unique_by=lambda row: row[:3]), waiting=st.sets(st.sampled_from(PEOPLE)))
def test_no_contact_goes_to_a_point_that_is_not_allowed_nor_twice_to_one(rows, waiting):
    points = (
        points_of(rows) if rows else pd.DataFrame(columns=POINT_COLUMNS).astype({"allowed": bool, "preference": int})
    )
    cases = pd.DataFrame({"customer_id": sorted(waiting), "closed_at": pd.NaT}) if waiting else NONE
    reach = reach_of(OFFERS, contact_points=points, cases=cases)
    if not reach.customers["reachable"].any():
        return
    sent = plan_of(OFFERS, EVERYBODY, reach=reach, params=PARAMS).table.dropna(subset="channel")
    allowed = {row[:3] for row in rows if row[3] == ""}
    assert set(zip(sent["customer_id"], sent["channel"], sent["contact_point"])) <= allowed
    keys = [(c, address_key(p)) for c, p in zip(sent["channel"], sent["contact_point"]) if p]
    assert len(keys) == len(set(keys))
    assert not set(sent["customer_id"]) & waiting
