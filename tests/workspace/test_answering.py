"""What a person is given of rows that also tell of others."""

import pandas as pd

from rcommerce_helpers.merging.rights import Person
from rcommerce_helpers.workspace.rights.answer_page import answer_page
from rcommerce_helpers.workspace.rights.answering import ANOTHER, rows_for

ANNA = Person(frozenset({"crm:1"}), frozenset({"c1"}))


def test_others_have_no_name_and_ties_to_them_are_left_out():
    table = pd.DataFrame({
        "record_id": ["crm:2"], "invited_record_id": ["crm:1"], "household_id": ["h1"], "letter_box": ["b1"],
        "reward": [5.0], "at": pd.to_datetime(["2024-01-01 10:00:00"]), "note": [None],
    })  # fmt: skip
    given = rows_for(table, ANNA)
    assert given == [{
        "record_id": ANOTHER, "invited_record_id": "crm:1", "reward": 5.0, "at": "2024-01-01T10:00:00",
    }]  # fmt: skip


def test_after_whom_a_customer_was_named_before_is_another_person():
    """A record that was taken out of somebody's customer: whose it was is not for its owner to know."""
    changes = pd.DataFrame({"record_id": ["crm:1"], "was": ["crm:2"], "internal_id": ["crm:1"], "change": ["split"]})
    assert rows_for(changes, ANNA) == [
        {"record_id": "crm:1", "was": ANOTHER, "internal_id": "crm:1", "change": "split"}
    ]


def test_the_page_says_codes_in_words_and_runs_nothing_that_somebody_wrote():
    content = dict.fromkeys(("records", "purposes", "quarantine"), []) | {
        "data_set": "Shop", "run": "r", "as_of": "2024-06-30", "basis": "", "household": {"household": 2},
        "golden": [{
            "email": {"value": "a@b.de", "from": "crm:1", "source": "crm", "day": "2024-01-01", "rule": "recent"},
            "record_count": {"value": 2, "rule": "worked_out"},
            "first_seen_at": {"value": "2020-01-01T22:00:00", "rule": "worked_out"},
            "local_first_seen_at": {"value": "2020-01-01T23:00:00", "rule": "worked_out"},
        }],
        "differing": [{"customer_id": "c1", "column": "email", "sources": 2, "values": "a@b.de (crm); c@d.de (shop)"}],
        "decisions": [{"purpose": "marketing", "allowed": False, "why": "objected"}],
        "landed": {"feedback": [{"text": "<script>alert(1)</script>"}]}, "made": {},
    }  # fmt: skip
    page = answer_page(content, "de")
    assert "Sie haben widersprochen" in page
    assert "Andere in Ihrem Haushalt: 2" in page
    assert "<script>" not in page
    assert "<td>a@b.de</td><td>crm</td><td>crm:1</td><td>2024-01-01</td><td>der neueste</td>" in page
    assert "aus Ihren Datensätzen errechnet" in page
    assert "T23:00:00" in page
    assert "T22:00:00" not in page  # the clock on the wall is enough
    assert "a@b.de (crm); c@d.de (shop)" in page
