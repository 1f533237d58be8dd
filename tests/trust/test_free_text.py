"""No text that people wrote reaches a stage: every text column that does was looked at, and is none."""

from rcommerce_helpers.merging.permitted import FREE_TEXT, LEFT_OUT, NEEDED_TEXT, NEVER_WRITTEN
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.schema.merged import CUSTOMERS

LOOKED_AT = {
    "attributes": {"name", "value"},
    "referrals": {"channel"},
    "orders": {"channel", "referrer", "device", "country", "source"},
    "contracts": {"channel"},
    "web_events": {"event", "page", "referrer", "device"},
    "sessions": {"referrer", "device"},
    "service_cases": {"channel", "answer_channel", "topic"},
    "conversations": {"channel"},
    "surveys": {"survey", "question"},
    "forms": {"form", "field"},
    "contacts": {"arm", "channel", "referrer", "device", "experience"},
    "planned_contacts": {"channel", "department"},
}
"""Personal table -> its texts in ``permitted/``: words of systems and of the firm, and attributes."""


def test_every_text_of_a_personal_table_that_stages_see_was_looked_at():
    seen = {
        t.name: {c.name for c in t.columns if c.type == "text"} - set(FREE_TEXT[t.name])
        for t in LANDED_TABLES.values()
        if t.personal and t.name not in NEVER_WRITTEN
    }
    assert {name: texts for name, texts in seen.items() if texts} == LOOKED_AT


def test_personal_texts_stay_out_but_for_the_named_ones():
    for table in LANDED_TABLES.values():
        personal = {c.name for c in table.columns if c.personal and c.type == "text"}
        assert personal - set(FREE_TEXT[table.name]) == set(NEEDED_TEXT.get(table.name, ()))


def test_of_the_golden_record_every_personal_column_stays_out_but_the_pseudonym():
    assert {c.name for c in CUSTOMERS.columns if c.personal} - set(LEFT_OUT) == {"customer_id"}
