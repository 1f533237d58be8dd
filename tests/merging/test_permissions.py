"""The rules of permission, one by one."""

import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.merging.identity import split
from rcommerce_helpers.merging.permissions import (
    COLUMNS,
    NO_CUSTOMER,
    decide,
    decide_permissions,
    permitted_customers,
)
from rcommerce_helpers.schema import CHANNELS, PURPOSES

PERSONS = pd.DataFrame({"record_id": ["crm:1", "shop:1", "crm:2"], "customer_id": ["c1", "c1", "c2"]})


@pytest.fixture
def ask(make_facts, make_table):
    """Decide from rows (record_id, decision, at[, more]) on marketing; facts and as_of may be changed."""

    def run(*rows, as_of="2024-12-31", purpose="marketing", persons=PERSONS, later=None, **facts):
        table = [
            {"record_id": r[0], "purpose": purpose, "decision": r[1], "at": r[2]} | (r[3] if len(r) > 3 else {})
            for r in rows
        ]
        permissions = make_table("permissions", table) if table else None
        return decide(permissions, persons, make_facts(**facts), as_of, later=later)

    return run


MAIL = {"channel": "email", "contact_point": "a@gmx.de"}
OLD_MAIL = {"channel": "email", "contact_point": "old@gmx.de"}
PHONE = {"channel": "phone", "contact_point": "+4930901820"}


def allowed(table: pd.DataFrame, purpose: str = "marketing") -> set[tuple[str, str, str]]:
    own = table[table["allowed"] & (table["purpose"] == purpose)]
    return set(zip(own["customer_id"], own["channel"], own["contact_point"]))


def test_a_grant_permits_its_contact_point_only(ask):
    assert allowed(ask(("crm:1", "granted", "2024-01-01", MAIL))) == {("c1", "email", "a@gmx.de")}


def test_the_latest_decision_of_a_contact_point_counts(ask):
    back = ask(("crm:1", "granted", "2024-01-01", MAIL), ("crm:1", "withdrawn", "2024-02-01", MAIL))
    assert allowed(back) == set()
    again = ask(("crm:1", "withdrawn", "2024-01-01", MAIL), ("crm:1", "granted", "2024-02-01", MAIL))
    assert allowed(again) == {("c1", "email", "a@gmx.de")}


@pytest.mark.parametrize("no", ["refused", "withdrawn"])
def test_a_refusal_closes_the_channel_it_names_and_no_other(ask, no):
    grants = (("crm:1", "granted", "2024-01-01", MAIL), ("crm:1", "granted", "2024-01-01", OLD_MAIL))
    other_channel = ask(*grants, ("shop:1", no, "2024-02-01", PHONE))
    assert allowed(other_channel) == {("c1", "email", "a@gmx.de"), ("c1", "email", "old@gmx.de")}
    same_channel = ask(*grants, ("shop:1", no, "2024-02-01", OLD_MAIL))
    assert allowed(same_channel) == set()
    whys = same_channel[same_channel["channel"] == "email"].set_index("contact_point")["why"]
    assert whys.to_dict() == {"a@gmx.de": "channel_refused", "old@gmx.de": "refused"}


def test_a_later_grant_in_the_same_record_frees_its_own_contact_point_only(ask):
    table = ask(
        ("crm:1", "granted", "2024-01-01", MAIL), ("crm:1", "granted", "2024-01-01", OLD_MAIL),
        ("crm:1", "refused", "2024-02-01", {"channel": "email"}), ("crm:1", "granted", "2024-03-01", MAIL),
    )  # fmt: skip
    assert allowed(table) == {("c1", "email", "a@gmx.de")}


def test_only_the_same_record_or_one_joined_by_an_exact_key_lifts_a_refusal(ask):
    rows = (("crm:1", "refused", "2024-02-01", MAIL), ("shop:1", "granted", "2024-03-01", MAIL))
    assert allowed(ask(*rows)) == set()
    assert allowed(ask(*rows, persons=PERSONS.assign(exact_id=["crm:1", "shop:1", "crm:2"]))) == set()
    exact = PERSONS.assign(exact_id=["crm:1", "crm:1", "crm:2"])
    assert allowed(ask(*rows, persons=exact)) == {("c1", "email", "a@gmx.de")}


def test_a_refused_address_is_closed_for_everybody_who_has_it(ask):
    rows = (("crm:1", "granted", "2024-01-01", MAIL), ("crm:2", "refused", "2024-02-01", MAIL | {"channel": "any"}))
    table = ask(*rows, ("crm:1", "granted", "2024-03-01", MAIL))
    assert allowed(table) == set()
    assert set(table.loc[table["customer_id"] == "c1", "why"]) >= {"refused_by_another"}
    assert allowed(ask(*rows, ("crm:1", "granted", "2024-03-01", OLD_MAIL))) == {("c1", "email", "old@gmx.de")}


def test_a_refusal_of_an_address_by_a_record_that_is_nobody_closes_it(ask):
    yes, no = ("crm:1", "granted", "2024-01-01", MAIL), ("fair:9", "withdrawn", "2023-02-01", MAIL)
    assert allowed(ask(yes)) == {("c1", "email", "a@gmx.de")}
    table = ask(yes, no)
    assert allowed(table) == set()
    assert set(table["customer_id"]) == {"c1", "c2", NO_CUSTOMER}
    assert allowed(ask(yes, ("fair:9", "withdrawn", "2023-02-01"))) == allowed(ask(yes))


def test_where_one_channel_is_closed_a_broad_grant_is_spelt_out_channel_by_channel(ask):
    table = ask(("crm:1", "granted", "2024-01-01"), ("crm:1", "withdrawn", "2024-02-01", {"channel": "email"}))
    own = allowed(table)
    assert ("c1", "any", "") not in own
    assert {channel for _, channel, _ in own} == set(CHANNELS) - {"any", "email"}


def test_the_declared_basis_stays_where_only_another_channel_was_refused(ask):
    rows = (("crm:1", "refused", "2024-02-01", {"channel": "phone"}),)
    table = ask(*rows, basis="existing_customer", purposes=("marketing",))
    own = {channel for customer, channel, _ in allowed(table) if customer == "c1"}
    assert own == set(CHANNELS) - {"any", "phone"}
    assert {c for c, _, _ in allowed(ask(*rows, basis="research", purposes=("statistics",)))} == set()


@pytest.mark.parametrize("no", ["refused", "withdrawn", "objected"])
def test_a_no_without_a_time_counts_from_the_start_and_for_good(ask, no):
    rows = (("crm:1", no, None, MAIL), ("crm:1", "granted", "2024-06-01", MAIL))
    assert allowed(ask(*rows)) == set()
    assert allowed(ask(*rows, as_of="2024-06-30")) == set()


def test_a_no_of_the_same_second_or_the_same_day_counts(ask):
    second = (
        ("crm:1", "withdrawn", "2024-02-01 10:00:00.2", MAIL),
        ("crm:1", "granted", "2024-02-01 10:00:00.7", MAIL),
    )
    assert allowed(ask(*second)) == set()
    later = (("crm:1", "withdrawn", "2024-02-01 10:00:00", MAIL), ("crm:1", "granted", "2024-02-01 10:00:01", MAIL))
    assert allowed(ask(*later)) == {("c1", "email", "a@gmx.de")}
    day = (("crm:1", "withdrawn", "2024-01-31 23:00", MAIL), ("crm:1", "granted", "2024-02-01 10:00", MAIL))
    assert allowed(ask(*day)) == set()  # wall clock: midnight, so only the day is known


def test_the_newest_no_closes_whatever_day_the_analysis_looks_back_to(ask):
    rows = (("crm:1", "granted", "2024-01-01", MAIL), ("crm:1", "refused", "2024-08-01", MAIL))
    assert allowed(ask(*rows, as_of="2024-05-01")) == set()
    again = (*rows, ("crm:1", "granted", "2024-09-01", MAIL))
    assert allowed(ask(*again, as_of="2024-05-01")) == {("c1", "email", "a@gmx.de")}
    new = (("crm:1", "granted", "2024-08-01", MAIL),)
    assert allowed(ask(*new, as_of="2024-05-01")) == set()


def test_a_person_joined_by_a_later_record_inherits_its_no_and_not_its_yes(ask):
    later = pd.DataFrame({"record_id": ["app:9"], "customer_id": ["c1"], "exact_id": ["app:9"]})
    grant = ("crm:1", "granted", "2024-01-01", MAIL)
    assert allowed(ask(grant, ("app:9", "objected", "2024-08-01"), as_of="2024-05-01", later=later)) == set()
    yes = ask(("app:9", "granted", "2024-04-01", MAIL), as_of="2024-05-01", later=later)
    assert allowed(yes) == set()


def test_a_refusal_of_one_purpose_leaves_the_others(ask, make_facts, make_table):
    rows = [
        {"record_id": "crm:1", "purpose": "statistics", "decision": "granted", "at": "2024-01-01"},
        {"record_id": "crm:1", "purpose": "marketing", "decision": "refused", "at": "2024-02-01"},
    ]
    table = decide(make_table("permissions", rows), PERSONS, make_facts(), "2024-12-31")
    assert permitted_customers(table, "statistics") == {"c1"}
    assert permitted_customers(table, "marketing") == set()


def test_yes_and_no_on_one_form_are_one_answer(ask):
    table = ask(("crm:1", "granted", "2024-01-01", MAIL), ("crm:1", "refused", "2024-01-01", PHONE))
    assert allowed(table) == {("c1", "email", "a@gmx.de")}


def test_the_stricter_one_counts_where_two_records_speak_at_one_moment(ask):
    table = ask(("crm:1", "granted", "2024-01-01", MAIL), ("shop:1", "refused", "2024-01-01", MAIL))
    assert allowed(table) == set()


def test_a_refusal_of_all_channels_counts_for_every_point(ask):
    table = ask(("crm:1", "granted", "2024-01-01", MAIL), ("crm:1", "refused", "2024-02-01"))
    assert allowed(table) == set()


def test_a_later_grant_for_all_channels_counts_for_every_point(ask):
    table = ask(("crm:1", "refused", "2024-01-01"), ("crm:1", "granted", "2024-02-01"))
    assert allowed(table) == {("c1", "any", "")}


def test_a_broad_grant_frees_no_address_that_was_refused_by_name(ask):
    table = ask(("crm:1", "refused", "2024-01-01", MAIL), ("crm:1", "granted", "2024-02-01"))
    assert {channel for _, channel, _ in allowed(table)} == set(CHANNELS) - {"any", "email"}


def test_an_objection_stops_every_channel_and_the_declared_basis_whatever_other_records_say_later(ask):
    table = ask(
        ("crm:1", "objected", "2024-01-01", PHONE), ("shop:1", "granted", "2024-06-01", MAIL),
        basis="legitimate_interest", purposes=("marketing",),
    )  # fmt: skip
    assert permitted_customers(table, "marketing") == {"c2"}
    assert set(table[(table["customer_id"] == "c1") & (table["channel"] == "email")]["why"]) == {"objected"}


def test_an_objection_gives_way_to_a_later_yes_for_one_address_and_to_no_broad_one(ask):
    objection = ("crm:1", "objected", "2024-01-01")
    assert allowed(ask(objection, ("crm:1", "granted", "2024-06-01", MAIL))) == {("c1", "email", "a@gmx.de")}
    assert allowed(ask(objection, ("crm:1", "granted", "2024-06-01"))) == set()
    assert allowed(ask(("crm:1", "granted", "2024-06-01", MAIL), ("crm:1", "objected", "2024-06-01"))) == set()


def test_never_asked_is_not_refused(ask):
    with_basis = ask(("crm:1", "refused", "2024-01-01"), basis="existing_customer", purposes=("marketing",))
    assert permitted_customers(with_basis, "marketing") == {"c2"}
    without = ask(("crm:1", "granted", "2024-01-01"))
    assert permitted_customers(without, "marketing") == {"c1"}
    assert set(without.loc[without["customer_id"] == "c2", "why"]) == {"never_asked"}


def test_without_permissions_the_declared_basis_covers_its_purposes_only(ask):
    table = ask(basis="research data", purposes=("statistics",))
    assert permitted_customers(table, "statistics") == {"c1", "c2"}
    assert {p for p in PURPOSES if permitted_customers(table, p)} == {"statistics"}


def test_with_neither_nothing_is_permitted(ask):
    table = ask()
    assert not table["allowed"].any()
    assert len(table) == 2 * len(PURPOSES)


def test_a_purpose_without_a_basis_is_not_covered(ask):
    assert not ask(basis="", purposes=("statistics",))["allowed"].any()


def test_a_grant_ends_by_itself(ask):
    until = MAIL | {"expires_at": "2024-06-30"}
    assert allowed(ask(("crm:1", "granted", "2024-01-01", until), as_of="2024-06-15")) == {("c1", "email", "a@gmx.de")}
    late = ask(("crm:1", "granted", "2024-01-01", until), as_of="2024-07-15")
    assert allowed(late) == set()
    assert "expired" in set(late["why"])


def test_a_grant_after_the_last_day_is_not_known_yet_by_the_wall_clock(ask):
    rows = (("crm:1", "granted", "2024-05-01 23:30", MAIL),)  # wall clock: May 2nd, half past midnight
    assert allowed(ask(*rows, as_of="2024-05-01")) == set()
    assert allowed(ask(*rows, as_of="2024-05-02")) == {("c1", "email", "a@gmx.de")}


def test_contact_points_are_compared_without_case(ask):
    table = ask(
        ("crm:1", "granted", "2024-01-01", MAIL),
        ("crm:1", "withdrawn", "2024-02-01", MAIL | {"contact_point": " A@GMX.de"}),
    )
    assert allowed(table) == set()
    assert len(table[(table["purpose"] == "marketing") & (table["customer_id"] == "c1")]) == 1


def test_merged_records_share_a_refusal_and_split_records_have_their_own_state_again(ask):
    rows = (("crm:1", "granted", "2024-01-01", MAIL), ("shop:1", "refused", "2024-02-01", OLD_MAIL))
    assert permitted_customers(ask(*rows), "marketing") == set()
    columns = {"household_id": None, "company_id": None, "method": "exact", "certainty": 0.99, "reason": ""}
    apart = split(PERSONS.assign(**columns), "shop:1", key=KEY)
    after = ask(*rows, persons=apart)
    owner = apart.set_index("record_id")["customer_id"]
    assert permitted_customers(after, "marketing") == {owner["crm:1"]}


def test_the_order_of_rows_changes_nothing(ask):
    rows = [
        ("crm:1", "granted", "2024-01-01", MAIL), ("shop:1", "refused", "2024-01-01", PHONE),
        ("crm:1", "granted", "2024-03-01", PHONE), ("crm:2", "objected", "2024-01-01"),
        ("crm:2", "granted", "2024-01-01"),
    ]  # fmt: skip
    pd.testing.assert_frame_equal(ask(*rows), ask(*rows[::-1]))


@pytest.mark.usefixtures("tell_of_few")
def test_columns_and_shares_of_a_landed_data_set(landed):
    persons = pd.DataFrame({"record_id": ["crm:1", "shop:9", "crm:2", "shop:7", "crm:3"], "customer_id": list("aabcd")})
    result = decide_permissions(landed, persons, "2024-12-31")
    assert tuple(result.table.columns) == COLUMNS
    shares = result.shares.set_index("purpose")
    assert shares.loc["statistics", ["customers_permitting", "permitted_share", "customers_never_asked"]].tolist() == [
        2,
        0.5,
        2,
    ]
    assert {f.name: (f.value, f.n) for f in result.figures}["permitted_share_marketing"] == (0.25, 4)


@pytest.mark.parametrize("as_of", ["2024-12-31", "2020-01-01"])
def test_a_refusal_of_an_earlier_import_counts(landed, make_table, as_of):
    """Whatever day the analysis looks back to, and where this import has no register at all, too."""
    persons = pd.DataFrame({"record_id": ["crm:1", "shop:9", "crm:2"], "customer_id": list("aab")})
    before = permitted_customers(decide_permissions(landed, persons, "2024-12-31").table, "statistics")
    assert "a" in before
    no = make_table("permissions", [{"record_id": "shop:9", "purpose": "statistics", "decision": "objected"}])
    no.to_parquet(landed / "earlier_refusals.parquet", index=False)
    assert "a" not in permitted_customers(decide_permissions(landed, persons, as_of).table, "statistics")
    (landed / "permissions.parquet").unlink()
    assert "a" not in permitted_customers(decide_permissions(landed, persons, as_of).table, "statistics")


def test_an_address_refused_by_a_record_that_is_gone_is_closed_and_its_yes_opens_nothing(ask):
    grant = ("crm:1", "granted", "2024-01-01", MAIL)
    assert allowed(ask(grant, ("gone:9", "withdrawn", "2024-02-01", MAIL), as_of="2024-01-15")) == set()
    assert allowed(ask(grant, ("gone:9", "withdrawn", "2024-02-01", OLD_MAIL))) == {("c1", "email", "a@gmx.de")}
    assert allowed(ask(grant, ("gone:9", "objected", "2024-02-01"))) == {("c1", "email", "a@gmx.de")}
    assert allowed(ask(("gone:9", "granted", "2024-02-01", MAIL))) == set()
    back = ask(grant, ("gone:9", "withdrawn", "2024-02-01", MAIL), ("gone:9", "granted", "2024-03-01", MAIL))
    assert allowed(back) == {("c1", "email", "a@gmx.de")}
