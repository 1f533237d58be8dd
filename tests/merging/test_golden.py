"""Which value survives, group by group, and where it comes from; counted by hand."""

import json

import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData, ParamError
from rcommerce_helpers.merging.golden import clean_values, golden_records
from rcommerce_helpers.merging.golden_values import compare_values
from rcommerce_helpers.merging.known import known_records
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.surviving_rules import GROUPS, read_rules
from rcommerce_helpers.sources.landed import read_landed

NO_EVENTS = pd.DataFrame({"customer_id": [], "at": [], "local_at": [], "kind": []})
OLD, NEWER, NEWEST = "2020-01-01", "2022-01-01", "2024-01-01"


@pytest.fixture
def golden(make_table):
    """``golden(rows, ...)``: the golden record of one customer with these records."""

    def made(rows, **settings):
        records = make_table("source_records", rows)
        persons = records[["record_id"]].assign(customer_id="c")
        return golden_records(records, persons, NO_EVENTS, MergingParams(**settings))

    return made


def person(record_id, at=OLD, **values):
    return {"record_id": record_id, "updated_at": at, "created_at": OLD} | values


def value(result, column):
    return result.customers[column].iloc[0]


def origin(result, column):
    return result.provenance.set_index("column").loc[column]


THREE = [
    person("crm:1", OLD, given_name="Jürgen", family_name="Müller", email="old@web.de"),
    person("shop:1", NEWER, given_name="Juergen", family_name="MUELLER", email="new@web.de"),
    person("till:1", NEWEST, given_name="Jurgne", family_name="Müler", email=None),
]


@pytest.mark.parametrize(
    ("rule", "given", "record"),
    [
        ("frequent", "Jürgen", "crm:1"),  # told twice in two spellings; the trusted one is written
        ("recent", "Jurgne", "till:1"),
        ("longest", "Juergen", "shop:1"),
        ("trusted", "Jürgen", "crm:1"),
    ],
)
def test_each_rule_chooses_its_own_value(golden, rule, given, record):
    result = golden(THREE, surviving_rules=f"name={rule}", trust_order="crm")
    assert value(result, "given_name") == given
    assert tuple(origin(result, "given_name")[["record_id", "source", "rule"]]) == (record, record.split(":")[0], rule)


def test_provenance_names_record_source_day_and_rule(golden):
    result = golden(THREE)
    email = origin(result, "email")
    assert (email["record_id"], email["source"], email["rule"]) == ("shop:1", "shop", "recent")
    assert pd.Timestamp(email["day"]) == pd.Timestamp(NEWER)
    assert json.loads(value(result, "provenance"))["email"] == "shop:1"
    assert origin(golden(THREE[:1]), "email")["rule"] == "only_value"
    same = [THREE[1] | {"given_name": "Jürgen", "family_name": "Müller"}, THREE[0]]
    assert origin(golden(same), "given_name")["rule"] == "all_agree"


def test_a_value_without_a_day_borrows_none(golden):
    rows = [{"record_id": "crm:1", "email": "a@web.de"}, person("shop:1", NEWER, email="A@web.de")]
    result = golden(rows, trust_order="crm")
    assert origin(result, "email")["record_id"] == "crm:1"
    assert pd.isna(origin(result, "email")["day"])


def test_an_address_comes_from_one_record_or_not_at_all(golden):
    rows = [
        person("crm:1", OLD, street="Lange Str. 1", postcode="10115", city="Berlin", country="DE"),
        person("shop:1", NEWER, street="Ring 7", postcode="20095", city=None),
        person("till:1", NEWEST, postcode="50667"),  # newest, but no letter finds it
    ]
    result = golden(rows)
    assert [value(result, c) for c in ("street", "postcode", "city", "country")] == ["Ring 7", "20095", None, None]
    assert set(result.provenance["record_id"]) == {"shop:1"}
    oldest = golden([rows[0], rows[2]])
    assert value(oldest, "street") == "Lange Str. 1"
    assert origin(oldest, "street")["rule"] == "more_complete"


def test_a_country_comes_from_a_record_of_the_very_same_address_only(golden):
    crm = person("crm:1", OLD, street="Ring 7", postcode="20095", city="Hamburg", country="DE")
    same = golden([crm, person("shop:1", NEWER, street="Ring 7", postcode="20095", city="HAMBURG")])
    assert (value(same, "city"), value(same, "country")) == ("HAMBURG", "DE")
    assert origin(same, "street")["record_id"] == "shop:1"
    assert origin(same, "country")["record_id"] == "crm:1"
    moved = golden([crm, person("shop:1", NEWER, street="Weg 1", postcode="10115", city="Berlin")])
    assert value(moved, "country") is None
    pieces = golden([person("crm:1", OLD, city="Hamburg"), person("shop:1", NEWER, country="AT")])
    assert (value(pieces, "city"), value(pieces, "country")) == (None, "AT")


def test_swapped_names_are_never_mixed(golden):
    rows = [
        person("crm:1", NEWEST, given_name="Schmidt", family_name="Michelle"),
        person("shop:1", OLD, given_name="Michelle", family_name="Schmidt"),
        person("till:1", NEWER, given_name="Michelle", family_name="Schmidt"),
    ]
    result = golden(rows)
    assert (value(result, "given_name"), value(result, "family_name")) == ("Michelle", "Schmidt")


def test_no_placeholder_survives_and_null_may_be_a_name(golden):
    rows = [
        person("crm:1", OLD, given_name="Anna", family_name="Null", email="anna@web.de", phone="0171 2345678",
               street="Ring 7", postcode="20095", city="Hamburg"),
        person("shop:1", NEWEST, given_name="null", family_name="unbekannt", email="none", phone="000000",
               birth_date="1900-01-01", street="n/a", postcode="00000", city="NULL"),
    ]  # fmt: skip
    result = golden(rows)
    assert set(result.provenance["record_id"]) == {"crm:1"}
    assert (value(result, "given_name"), value(result, "family_name")) == ("Anna", "Null")
    assert value(result, "birth_date") is None


def test_values_are_used_as_they_were_written(golden):
    result = golden([person("crm:1", email="Info@Firma.DE", phone="030 / 901 820 15", given_name="Dr. Jörg",
                            family_name="Groß", street="Lange Straße 12 a", postcode="1067")])  # fmt: skip
    assert value(result, "email") == "info@firma.de"
    assert value(result, "phone") == "030 / 901 820 15"
    assert value(result, "street") == "Lange Straße 12 a"


def test_the_choice_does_not_hang_on_the_order_of_rows(golden):
    one, other = golden(THREE), golden(THREE[::-1])
    pd.testing.assert_frame_equal(one.customers, other.customers)
    pd.testing.assert_frame_equal(one.provenance, other.provenance)


def test_a_date_in_the_future_makes_no_value_newest(landed):
    records = read_landed(landed, "source_records")
    records.loc[records["record_id"] == "crm:1", "email"] = "wrong@gmx.de"
    records.loc[records["record_id"] == "crm:1", ["updated_at", "local_updated_at"]] = pd.Timestamp("2099-01-01")
    records.to_parquet(landed / "source_records.parquet", index=False)
    known = known_records(landed, "2024-12-31")
    persons = known[["record_id"]].assign(customer_id=["j", "j", "a", "k", "o"])
    customers = golden_records(known, persons, NO_EVENTS, MergingParams()).customers.set_index("customer_id")
    assert customers.loc["j", "email"] == "juergen@gmx.de"


@pytest.mark.parametrize("filled", [[], ["crm:1"], ["crm:1", "crm:2", "crm:3"]])
def test_a_country_in_one_source_only_or_in_none(landed, filled):
    records = read_landed(landed, "source_records")
    records["country"] = [("Schweiz" if r in filled else None) for r in records["record_id"]]
    persons = records[["record_id"]].assign(customer_id=["j", "j", "a", "k", "o"])
    result = golden_records(records, persons, NO_EVENTS, MergingParams())
    assert int(result.customers["country"].notna().sum()) == len(filled)
    assert compare_values(result, MergingParams()).best_source == "crm"


def test_a_panel_of_numbers_has_nothing_to_choose(golden):
    with pytest.raises(NotEnoughData, match="no name and no address"):
        compare_values(golden([{"record_id": "shop:1"}]), MergingParams())


@pytest.mark.parametrize(
    ("declared", "trust", "says"),
    [
        ("nmae=longest", "", "Did you mean name"),
        ("name=newest", "", "one of recent"),
        ("name=recent,name=longest", "", "twice"),
        ("email=trusted", "", "trust_order"),
    ],
)
def test_a_rule_that_is_none_is_refused_by_name(declared, trust, says):
    with pytest.raises(ParamError, match=says):
        MergingParams(surviving_rules=declared, trust_order=trust)


def test_a_trusted_source_that_is_not_there_is_refused(golden):
    with pytest.raises(ParamError, match="Did you mean crm"):
        golden(THREE, trust_order="cmr")


def test_an_order_of_trust_rules_what_no_rule_was_declared_for():
    assert set(read_rules("", trust_order="crm").values()) == {"trusted"}
    assert read_rules("email=recent", trust_order="crm")["email"] == "recent"
    assert set(read_rules("")) == set(GROUPS)


ADDRESS = {"street": "Ring 7", "postcode": "20095", "city": "Hamburg", "country": "DE"}
CORRECTED = [
    person("crm:1", OLD, given_name="Anna", family_name="Alt", **ADDRESS),
    person("shop:1", NEWEST, given_name="Anna", family_name="Alt", street="Weg 1", postcode="10115", city="Berlin"),
    person("till:1", NEWER, family_name="Neu", street="Ring 9", postcode="20099"),
]


def corrected(make_table, **said):
    """The golden record of these three, where records have corrected columns."""
    records = make_table("source_records", CORRECTED)
    records["corrected"] = [said.get(record.split(":")[0], "") for record in records["record_id"]]
    return golden_records(records, records[["record_id"]].assign(customer_id="c"), NO_EVENTS, MergingParams())


def test_a_corrected_value_survives_wherever_it_was_corrected(make_table):
    result = corrected(make_table, till="family_name", crm="street", shop="phone")
    assert (value(result, "given_name"), value(result, "family_name")) == ("Anna", "Neu")
    assert pd.isna(value(result, "phone"))  # corrected to nothing
    told = origin(result, "family_name")
    assert (told["record_id"], told["rule"]) == ("till:1", "corrected")
    assert pd.isna(told["day"])  # the day of the correction stands with the correction
    assert origin(result, "given_name")["rule"] == "more_complete"
    assert json.loads(value(result, "provenance"))["family_name"] == "till:1 corrected"
    both = corrected(make_table, crm="street|city", till="postcode")  # each said by the person
    assert [value(both, c) for c in ADDRESS] == ["Ring 7", "20099", "Hamburg", "DE"]


def test_a_corrected_address_is_not_mixed_with_another(make_table):
    result = corrected(make_table, crm="street")
    assert [value(result, c) for c in ADDRESS] == list(ADDRESS.values())
    assert origin(result, "city")["record_id"] == "crm:1"
    assert value(corrected(make_table), "street") == "Weg 1"
    alone = corrected(make_table, till="street")
    assert [value(alone, c) for c in ADDRESS] == ["Ring 9", "20099", None, None]


def test_conflicts_say_what_was_corrected(make_table):
    result = corrected(make_table, till="family_name")
    listed = compare_values(result, MergingParams()).conflicts.set_index("column")
    assert listed.loc["family_name", "values"] == "Alt (crm); Alt (shop); Neu (till corrected)"


def test_conflicts_list_what_each_source_says(golden):
    result = golden(THREE)
    compared = compare_values(result, MergingParams())
    listed = compared.conflicts.set_index("column")
    assert set(listed.index) == {"given_name", "family_name", "email"}
    assert listed.loc["email", "sources"] == 2
    assert listed.loc["email", "values"] == "new@web.de (shop); old@web.de (crm)"
    assert listed.loc["given_name", "sources"] == 3


def many(make_table, customers, wrong):
    """That many customers in crm and shop; the shop has another e-mail for the first ``wrong``."""
    rows = []
    for number in range(customers):
        rows.append(person(f"crm:{number}", email=f"a{number}@web.de"))
        rows.append(person(f"shop:{number}", NEWER, email=f"{'b' if number < wrong else 'a'}{number}@web.de"))
    records = make_table("source_records", rows)
    persons = records[["record_id"]].assign(customer_id=records["record_id"].str.split(":").str[1])
    return golden_records(records, persons, NO_EVENTS, MergingParams())


@pytest.mark.parametrize(("wrong", "said"), [(9, None), (10, 10.0), (0, 0.0)])
def test_conflicts_of_few_customers_are_not_counted_aloud(make_table, wrong, said):
    columns = compare_values(many(make_table, 40, wrong), MergingParams()).columns.set_index("column")
    shown = columns.loc["email", "differing"]
    assert pd.isna(shown) if said is None else shown == said


@pytest.mark.parametrize(("customers", "said"), [(9, False), (10, True)])
def test_few_customers_in_several_sources_do_not_close_the_section(make_table, customers, said):
    compared = compare_values(many(make_table, customers, customers), MergingParams())
    told = {f.name: (f.value, f.n) for f in compared.figures}
    assert told.get("conflict_share") == ((1.0, 10) if said else None)
    assert len(compared.conflicts) == customers


def test_fill_of_few_customers_is_not_told(make_table):
    result = many(make_table, 40, 0)
    result.filled["filled_share"] = [37 / 40] * len(result.filled)
    columns = compare_values(result, MergingParams()).columns
    assert columns["filled_share"].isna().all()


def test_an_empty_column_is_an_empty_column(golden):
    cleaned = clean_values(pd.DataFrame({"record_id": ["crm:1"]}))
    assert cleaned.drop(columns="record_id").isna().all(axis=None)
    assert len(golden([{"record_id": "crm:1"}]).provenance) == 0
