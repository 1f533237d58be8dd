"""Who is who, on people whose answer is known."""

import pandas as pd
import pytest
from known_key import KEY, customer

from rcommerce_helpers.errors import NotEnoughData, ParamError
from rcommerce_helpers.merging.clusters import birth_relation, jaro_winkler, join_pairs, name_relation
from rcommerce_helpers.merging.identity import identify, split
from rcommerce_helpers.merging.params import MergingParams

EXACT = MergingParams(matching="exact")


def people(*rows: tuple) -> pd.DataFrame:
    """Rows of (record_id, given_name, family_name, email, phone, birth_date)."""
    names = ["record_id", "given_name", "family_name", "email", "phone", "birth_date"]
    frame = pd.DataFrame([dict(zip(names, row)) for row in rows]).reindex(columns=names)
    return frame.assign(created_at=pd.Timestamp("2020-01-01"))


def groups(records: pd.DataFrame, params: MergingParams = EXACT) -> set[frozenset[str]]:
    persons = identify(records, params, key=KEY).persons
    return {frozenset(part["record_id"]) for _, part in persons.groupby("customer_id")}


def together(*records: str) -> frozenset[str]:
    return frozenset(records)


def test_same_mail_and_name_is_one_person_with_a_reason():
    records = people(("crm:1", "Jürgen", "Müller", "j@gmx.de"), ("shop:1", "Juergen", "Mueller", "J@GMX.de"))
    persons = identify(records, EXACT, key=KEY).persons
    assert len(set(persons["customer_id"])) == 1
    assert set(persons["method"]) == {"exact"}
    assert set(persons["reason"]) == {"same e-mail, first name and last name"}


def test_three_spellings_of_an_umlaut():
    records = people(
        ("a:1", "Jürgen", "M", "j@gmx.de"), ("b:1", "Jurgen", "M", "j@gmx.de"), ("c:1", "Juergen", "M", "j@gmx.de")
    )
    assert len(groups(records)) == 1


def test_shared_family_mail_keeps_people_apart():
    records = people(("crm:1", "Anna", "Meier", "fam@gmx.de"), ("shop:1", "Bernd", "Meier", "fam@gmx.de"))
    assert groups(records) == {together("crm:1"), together("shop:1")}


def test_a_record_without_first_name_joins_the_only_person_of_a_mailbox():
    records = people(("crm:1", "Anna", "Meier", "fam@gmx.de"), ("news:1", None, None, "fam@gmx.de"))
    assert len(groups(records)) == 1


def test_a_record_without_first_name_stays_alone_where_two_people_share_the_mailbox():
    records = people(
        ("crm:1", "Anna", "Meier", "fam@gmx.de"), ("crm:2", "Bernd", "Meier", "fam@gmx.de"),
        ("news:1", None, None, "fam@gmx.de"), ("shop:1", "Anna", "Meier", "fam@gmx.de"),
    )  # fmt: skip
    assert groups(records) == {together("crm:1", "shop:1"), together("crm:2"), together("news:1")}


def test_an_initial_fits_one_person_but_not_two():
    one = people(("a:1", "Jan", "Kok", "k@gmx.de"), ("b:1", "J.", "Kok", "k@gmx.de"))
    assert len(groups(one)) == 1
    two = pd.concat([one, people(("c:1", "Julia", "Kok", "k@gmx.de"))])
    assert len(groups(two)) == 3


def test_a_firm_mailbox_links_nobody():
    records = people(("crm:1", None, "Meier", "info@firma.de"), ("shop:1", None, "Schulz", "info@firma.de"))
    assert len(groups(records)) == 2


def test_a_value_shared_by_too_many_is_nobodys_own():
    records = people(*((f"crm:{i}", None, None, None, "030 901820") for i in range(9)))
    assert len(groups(records)) == 9
    assert len(groups(records.head(8))) == 1


def test_twins_with_one_mail_and_one_birthday():
    records = people(
        ("crm:1", "Lisa", "Koch", "koch@gmx.de", None, "2001-03-04"),
        ("crm:2", "Lena", "Koch", "koch@gmx.de", None, "2001-03-04"),
    )
    assert len(groups(records)) == 2


@pytest.mark.parametrize(
    "pair",
    [
        ("Jan", "Jana"),
        ("Julia", "Julian"),
        ("Martin", "Martina"),
        ("Stefan", "Stefanie"),
        ("Peter", "Petra"),
        ("Valeria", "Valerio"),
    ],
)
def test_names_made_from_each_other_are_two_people(pair):
    records = people(("a:1", pair[0], "Koch", "k@gmx.de"), ("b:1", pair[1], "Koch", "k@gmx.de"))
    assert len(groups(records)) == 2


def test_father_and_son_of_one_name_and_mail():
    records = people(
        ("crm:1", "Karl", "Vogt", "vogt@gmx.de", None, "1955-02-03"),
        ("shop:1", "Karl", "Vogt", "vogt@gmx.de", None, "1984-07-21"),
    )
    assert len(groups(records)) == 2


def test_moved_house_and_married_but_kept_the_telephone():
    records = people(
        ("crm:1", "Eva", "Lang", None, "0170 5556677", "1990-01-02"),
        ("shop:1", "Eva", "Lang-Roth", None, "+491705556677"),
    )
    records["street"] = ["Am Ring 1", "Neue Gasse 7"]
    assert len(groups(records)) == 1


def test_a_slip_of_the_pen_needs_the_last_name():
    with_name = people(("a:1", "Thorsten", "Ott", "t@gmx.de"), ("b:1", "Thosten", "Ott", "t@gmx.de"))
    assert len(groups(with_name)) == 1
    without = people(("a:1", "Thorsten", None, "t@gmx.de"), ("b:1", "Thosten", None, "t@gmx.de"))
    assert len(groups(without)) == 2


def test_customer_number_of_a_card_that_a_couple_shares():
    records = people(("a:1", "Anna", "Meier"), ("b:1", "Bernd", "Meier")).assign(customer_number="77")
    assert len(groups(records)) == 2


def test_customer_id_is_the_same_for_every_order_of_rows_and_for_later_records():
    records = people(
        ("crm:1", "Anna", "Meier", "a@gmx.de"), ("shop:5", "Anna", "Meier", "a@gmx.de", "0170 5556677"),
        ("web:2", None, None, None, "0170 5556677"), ("crm:9", "Ole", "Voss", "o@gmx.de"),
    )  # fmt: skip
    records["created_at"] = pd.to_datetime(["2021-01-01", "2020-01-01", None, "2022-01-01"])
    first = identify(records, EXACT, key=KEY).persons
    for seed in range(5):
        again = identify(records.sample(frac=1, random_state=seed), EXACT, key=KEY).persons
        pd.testing.assert_frame_equal(first, again)
    later = people(("crm:99", "Anna", "Meier", "a@gmx.de")).assign(created_at=pd.Timestamp("2024-01-01"))
    grown = identify(pd.concat([records, later]), EXACT, key=KEY).persons.set_index("record_id")["customer_id"]
    assert grown["crm:99"] == grown["crm:1"] == customer("shop:5")
    assert grown.drop("crm:99").to_dict() == first.set_index("record_id")["customer_id"].to_dict()


def test_unmerge_gives_the_record_back_its_own_customer():
    records = people(
        ("a:1", "Eva", "Ott", "e@gmx.de"), ("b:1", "Eva", "Ott", "e@gmx.de"), ("c:1", "Eva", "Ott", "e@gmx.de")
    )
    persons = identify(records, EXACT, key=KEY).persons
    apart = split(persons, "b:1", records=records, key=KEY).set_index("record_id")
    assert apart.loc["b:1", ["customer_id", "method"]].tolist() == [customer("b:1"), "single"]
    assert apart.loc["a:1", "customer_id"] == apart.loc["c:1", "customer_id"] == persons["customer_id"].iloc[0]


def test_unmerge_of_the_record_that_named_the_customer_renames_the_rest():
    records = people(("a:1", "Eva", "Ott", "e@gmx.de"), ("b:1", "Eva", "Ott", "e@gmx.de"))
    apart = split(identify(records, EXACT, key=KEY).persons, "a:1", key=KEY).set_index("record_id")
    assert apart["customer_id"].to_dict() == {"a:1": customer("a:1"), "b:1": customer("b:1")}
    assert set(apart["method"]) == {"single"}


def test_unmerge_of_an_unknown_record_says_so():
    with pytest.raises(ParamError, match="z:9"):
        split(identify(people(("a:1", "Eva")), EXACT, key=KEY).persons, "z:9", key=KEY)


def test_household_needs_two_customers_of_one_name_and_address():
    records = people(("a:1", "Eva", "Ott"), ("a:2", "Tim", "Ott"), ("a:3", "Kim", "Voss"), ("a:4", "Ole", "Ott"))
    records["street"] = ["Am Ring 1", "am ring 1", "Am Ring 1", "Am Ring 2"]
    records["postcode"] = "10115"
    found = identify(records, EXACT, key=KEY)
    homes = found.persons.set_index("record_id")["household_id"]
    assert homes["a:1"] == homes["a:2"]
    assert homes[["a:3", "a:4"]].isna().all()
    assert found.households[["customer_count", "postcode"]].to_numpy().tolist() == [[2, "10115"]]


def test_companies_by_folded_name():
    records = people(("a:1", "Eva"), ("a:2", "Tim"), ("a:3", "Kim")).assign(company_name=["Nord GmbH", "NORD", None])
    found = identify(records, EXACT, key=KEY)
    assert found.companies["customer_count"].tolist() == [2]
    assert found.persons["company_id"].isna().tolist() == [False, False, True]


def test_no_record_is_not_enough():
    with pytest.raises(NotEnoughData):
        identify(people(("a:1", "Eva")).head(0), EXACT, key=KEY)


def test_pairs_are_cut_at_the_weakest_edge_where_people_contradict():
    known = {"a": ("anna", None), "x": (None, None), "b": ("bernd", None)}
    pairs = pd.DataFrame({"record_a": ["a", "b"], "record_b": ["x", "x"], "method": ["exact", "exact"]})
    joined, used = join_pairs(pairs, known)
    assert used == [True, False]
    assert joined["a"] == joined["x"] != joined["b"]


def test_name_and_birth_relations():
    assert name_relation("anna lena", "anna") == "same"
    assert name_relation("peter", "petra") == "different"
    assert name_relation("thorsten", "thosten") == "similar"
    assert birth_relation("1980-05-07", "1980-07-05") == "same"
    assert birth_relation("1980-05-07", "1980-05-08") == "similar"
    assert birth_relation("1980-05-07", "1995-05-07") == "different"


def test_jaro_winkler_published_values():
    """Winkler (1990), table of examples: MARTHA/MARHTA .961, DWAYNE/DUANE .840, DIXON/DICKSONX .813."""
    assert jaro_winkler("martha", "marhta") == pytest.approx(0.961, abs=5e-4)
    assert jaro_winkler("dwayne", "duane") == pytest.approx(0.840, abs=5e-4)
    assert jaro_winkler("dixon", "dicksonx") == pytest.approx(0.813, abs=5e-4)
