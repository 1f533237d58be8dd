"""Where a customer may be reached: address by address, with the reason where not."""

import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.merging.contact_points import COLUMNS, contact_points
from rcommerce_helpers.merging.permissions import decide

PERSONS = pd.DataFrame({"record_id": ["crm:1", "shop:1", "crm:2", "crm:3"], "customer_id": ["c1", "c1", "c2", "c3"]})
RECORDS = pd.DataFrame(
    {
        "record_id": ["crm:1", "shop:1", "crm:2", "crm:3"],
        "email": ["Anna@GoogleMail.com", "info@nord.de", " anna@gmail.com", None],
        "phone": ["030 901820", None, None, None],
        "street": ["Lange Straße 1", None, "Lange Str. 1", "Am Hang 2"],
        "postcode": ["10115", None, "10115", "20095"],
        "city": ["Berlin", None, "Berlin", "Hamburg"],
        "birth_date": pd.to_datetime(["1980-01-01", None, None, "2007-01-01"]),
        "created_at": pd.to_datetime(["2020-01-01", "2024-01-01", "2020-01-01", "2020-01-01"]),
    }
)


@pytest.fixture
def reach(make_facts, make_table):
    """Points from rows (record_id, decision, at, more) on marketing, with a declared basis where asked for."""

    def run(*rows, records=RECORDS, as_of="2024-12-31", **facts):
        table = [{"record_id": r, "purpose": "marketing", "decision": d, "at": t} | more for r, d, t, more in rows]
        permissions = make_table("permissions", table) if table else None
        decided = decide(permissions, PERSONS, make_facts(**facts), as_of)
        return contact_points(decided, records, PERSONS, as_of=as_of, key=KEY).table

    return run


def test_an_address_that_a_record_nobody_knows_refused_is_closed_also_where_nobody_was_asked(reach):
    free = reach(**EVERYBODY)
    mine = free[free["allowed"] & (free["channel"] == "email")].iloc[0]
    no = ("gone:9", "withdrawn", "2024-02-01", {"channel": "email", "contact_point": mine["contact_point"]})
    closed = reach(no, **EVERYBODY)
    same = closed[(closed["contact_point"] == mine["contact_point"]) & (closed["channel"] == "email")]
    assert not same["allowed"].any()
    assert set(same["why"]) == {"refused_by_another"}
    assert set(closed["customer_id"]) == set(free["customer_id"])


EVERYBODY = {"basis": "existing_customer", "purposes": ("marketing",)}


def open_points(table, customer, channel):
    own = table[(table["customer_id"] == customer) & (table["channel"] == channel) & table["allowed"]]
    return own.sort_values("preference")["contact_point"].to_list()


def why(table, customer, channel):
    own = table[(table["customer_id"] == customer) & (table["channel"] == channel)]
    return dict(zip(own["contact_point"], own["why"]))


def test_a_grant_opens_its_address_and_leaves_the_others_closed(reach):
    table = reach(("crm:1", "granted", "2024-02-01", {"channel": "email", "contact_point": "anna@googlemail.com"}))
    assert tuple(table.columns) == COLUMNS
    assert open_points(table, "c1", "email") == ["anna@googlemail.com"]
    assert why(table, "c1", "email")["info@nord.de"] == "never_asked"
    assert table[(table["customer_id"] != "c1") & table["allowed"]].empty


def test_a_broad_permission_opens_every_known_address_newest_first_as_written(reach):
    table = reach(**EVERYBODY)
    assert open_points(table, "c1", "email") == ["info@nord.de", "Anna@GoogleMail.com"]
    assert open_points(table, "c1", "phone") == ["030 901820"]
    assert open_points(table, "c1", "post") == ["Lange Straße 1, 10115 Berlin"]
    assert open_points(table, "c1", "push") == [""]


def test_an_address_refused_by_one_customer_is_closed_for_the_other_who_has_it(reach):
    table = reach(
        ("crm:2", "withdrawn", "2024-02-01", {"channel": "email", "contact_point": "anna@gmail.com"}), **EVERYBODY
    )
    assert open_points(table, "c1", "email") == ["info@nord.de"]
    assert why(table, "c1", "email")["Anna@GoogleMail.com"] == "refused_by_another"
    assert open_points(table, "c2", "email") == []
    assert open_points(table, "c2", "post") == ["Lange Str. 1, 10115 Berlin"]


def test_an_objection_that_names_no_address_leaves_the_address_to_others(reach):
    table = reach(("crm:2", "objected", "2024-02-01", {}), **EVERYBODY)
    assert table[(table["customer_id"] == "c2") & table["allowed"]].empty
    assert "Anna@GoogleMail.com" in open_points(table, "c1", "email")


def test_without_an_address_and_under_age_there_is_no_way(reach):
    table = reach(**EVERYBODY, as_of="2024-12-30")
    assert set(why(table, "c3", "post").values()) == {"minor"}  # eighteen on January 1st, not on the day before
    assert set(why(table, "c2", "phone").values()) == {"no_address"}
    grown = reach(**EVERYBODY, as_of="2024-12-31")
    assert open_points(grown, "c3", "post") == ["Am Hang 2, 20095 Hamburg"]
    assert set(why(grown, "c3", "email").values()) == {"no_address"}


def test_one_postal_address_is_one_letter_box(reach):
    table = reach(**EVERYBODY)
    boxes = table[table["channel"] == "post"].set_index("customer_id")["letter_box"]
    assert boxes["c1"] == boxes["c2"] != ""
    assert boxes["c3"] not in ("", boxes["c1"])
    assert set(table.loc[table["channel"] != "post", "letter_box"]) == {""}


def test_a_data_set_without_addresses_is_addressed_by_number(reach):
    table = reach(records=RECORDS[["record_id", "created_at"]], **EVERYBODY)
    assert open_points(table, "c1", "email") == [""]
    assert table["allowed"].all()


def test_a_relay_address_of_a_marketplace_is_not_the_customers(reach):
    relay = RECORDS.assign(email=["x7@marketplace.amazon.de", None, None, None])
    assert open_points(reach(records=relay, **EVERYBODY), "c1", "email") == []
