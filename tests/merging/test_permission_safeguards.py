"""Worlds in which a safeguard of permission makes the difference: two records at one moment, bills, written words."""

import pandas as pd
import pytest
from test_permitted_tables import Merged

from rcommerce_helpers.merging.permissions import decide, permitted_customers
from rcommerce_helpers.sources.facts import write_facts

MAIL = {"channel": "email", "contact_point": "a@gmx.de"}
PHONE = {"channel": "email", "contact_point": "b@gmx.de"}
PERSONS = pd.DataFrame({"record_id": ["crm:1", "shop:1"], "customer_id": ["c1", "c1"], "exact_id": ["e1", "e1"]})


def decided(make_table, make_facts, *rows, persons=PERSONS, **known):
    table = [{"record_id": r, "purpose": "marketing", "decision": d, "at": t} | more for r, d, t, more in rows]
    return decide(make_table("permissions", table), persons, make_facts(), "2024-12-31", **known)


def test_yes_and_no_of_two_records_at_one_moment_are_two_answers(make_table, make_facts):
    """The CRM grants one address, the shop refuses e-mail at another, in the same second: the no counts for both."""
    two = decided(make_table, make_facts, ("crm:1", "granted", "2024-01-01 10:00", MAIL),
                  ("shop:1", "refused", "2024-01-01 10:00", PHONE))  # fmt: skip
    assert permitted_customers(two, "marketing") == set()
    one = decided(make_table, make_facts, ("crm:1", "granted", "2024-01-01 10:00", MAIL),
                  ("crm:1", "refused", "2024-01-01 10:00", PHONE))  # fmt: skip
    assert permitted_customers(one, "marketing") == {"c1"}


def test_a_grant_that_came_with_a_later_record_opens_nothing(make_table, make_facts):
    """A record made next year turns out to be of the same customer: its grant, though dated earlier, opens nothing."""
    later = pd.DataFrame({"record_id": ["web:1"], "customer_id": ["c1"], "exact_id": ["e1"]})
    table = decided(make_table, make_facts, ("web:1", "granted", "2024-06-01 10:00", MAIL), later=later)
    assert permitted_customers(table, "marketing") == set()


@pytest.fixture
def merged(landed, make_table, make_facts):
    """Everybody permits everything, and Jürgen has an unpaid bill and has written what he thinks."""
    (landed / "permissions.parquet").unlink()
    write_facts(landed, make_facts(basis="research", purposes=("statistics", "personalisation", "marketing")))
    bill = {"invoice_id": "i1", "record_id": "crm:1", "at": "2024-02-01", "amount": 99.0, "dunning_level": 3}
    review = {
        "feedback_id": "f1",
        "record_id": "crm:1",
        "at": "2024-02-01",
        "stars": 1,
        "text": "canary-7731 did not work",
    }
    for name, row in (("invoices", bill), ("feedback", review)):
        make_table(name, [row]).to_parquet(landed / f"{name}.parquet", index=False)
    return Merged(landed)


def test_invoices_are_in_no_folder_for_scoring_or_marketing(merged):
    have = {p.name: {t.stem for t in p.glob("*.parquet")} for p in merged.out.iterdir()}
    assert set(have) == {"statistics", "personalisation", "marketing"}
    assert "invoices" in have["statistics"], "without a bill anywhere this test could not fail"
    assert "invoices" not in have["personalisation"] | have["marketing"]
    for purpose in ("personalisation", "marketing"):
        for path in (merged.out / purpose).glob("*.parquet"):
            assert "dunning_level" not in pd.read_parquet(path), path


def test_what_people_wrote_reaches_no_stage(merged):
    assert merged.read("statistics", "feedback")["stars"].tolist() == [1]
    for path in merged.out.rglob("*.parquet"):
        assert "canary-7731" not in pd.read_parquet(path).astype(str).to_csv(), path
