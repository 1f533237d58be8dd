"""Which rows of which landed table go with a person, which the law keeps, and which are somebody else's."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from rcommerce_helpers.merging.forgotten import NO_MARKS, Marks
from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.facts import TableCount, read_facts, write_facts
from rcommerce_helpers.sources.forgotten import NOBODY, rows_of, set_apart

WHO = "shop:7"  # Kim, of the world in conftest.py
AT = "2024-05-05 10:00:01"


@pytest.fixture
def more(landed, make_table, make_facts) -> Path:
    """The landed world with talk, devices, books and what people said of shared addresses."""
    tables = {
        "service_cases": [
            {"case_id": "k", "record_id": WHO, "at": AT},
            {"case_id": "j", "record_id": "crm:1", "at": AT},
        ],
        "conversations": [
            {"message_id": "1", "case_id": "k", "record_id": None, "at": AT, "text": "our answer"},
            {"message_id": "2", "case_id": "j", "record_id": None, "at": AT, "text": "another answer"},
        ],
        "web_events": [
            {"event_id": "1", "visitor_id": "own", "record_id": WHO, "at": AT, "event": "login"},
            {"event_id": "2", "visitor_id": "own", "record_id": None, "at": AT, "event": "view"},
            {"event_id": "3", "visitor_id": "both", "record_id": WHO, "at": AT, "event": "login"},
            {"event_id": "4", "visitor_id": "both", "record_id": "crm:1", "at": AT, "event": "login"},
            {"event_id": "5", "visitor_id": "both", "record_id": None, "at": AT, "event": "view"},
        ],
        "sessions": [
            {"session_id": "s1", "visitor_id": "v1", "record_id": "shop:9", "at": AT},
            {"session_id": "s2", "visitor_id": "both", "record_id": WHO, "at": AT},
            {"session_id": "s3", "visitor_id": "own", "record_id": None, "at": AT},
        ],
        "invoices": [
            {"invoice_id": "x", "record_id": "books:7", "order_id": "f", "invoiced_on": "2024-04-01", "amount": 5.0},
            {"invoice_id": "y", "record_id": "books:9", "order_id": "a", "invoiced_on": "2024-04-01", "amount": 5.0},
        ],
        "permissions": [
            said(WHO, "kim@web.de", "granted"),
            said(WHO, "anna@gmx.de", "objected"),  # Anna's address
            said("gone:1", "kim@web.de", "withdrawn"),  # a record that is nobody
            said("crm:2", "anna@gmx.de", "granted"),
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        make_table(name, rows).to_parquet(landed / f"{name}.parquet", index=False)
    quarantine = [
        ("permissions", "at", "never", False, WHO), ("source_records", "birth_date", "31.31.1980", True, WHO),
        ("source_records", "", "7;Kim;Voss;kim@web.de", False, None), ("orders", "at", "never", False, "crm:1"),
    ]  # fmt: skip
    names = ["table", "column", "value", "row_landed", "record_id"]
    pd.DataFrame(quarantine, columns=names).to_parquet(landed / "quarantine.parquet", index=False)
    counts = {
        n: TableCount(len(pd.read_parquet(landed / f"{n}.parquet")), 0, 0)
        for n in (*tables, "source_records", "orders")
    }
    held = {"permissions": 1, "source_records": 1, "orders": 1}
    counts = {
        n: replace(c, rows_in=c.rows_in + held.get(n, 0), landed=c.rows_in, quarantined=held.get(n, 0))
        for n, c in counts.items()
    }
    write_facts(landed, make_facts(counts=counts))
    return landed


def said(record, point, decision):
    row = {"record_id": record, "purpose": "marketing", "channel": "email", "contact_point": point}
    return row | {"decision": decision, "at": "2023-01-01", "proof": "letter"}


def marks_of(landed: Path, record: str = WHO) -> Marks:
    people = pd.read_parquet(landed / "source_records.parquet")
    mine = people["record_id"] == record
    return Marks(NO_MARKS, bytes(range(32)), "tiny").with_person(people[mine], people[~mine])


@pytest.fixture
def after(more):
    """The folder, without Kim."""
    return more, set_apart(more, marks_of(more), stand_in="forgotten:1")


def column(folder: Path, table: str, name: str) -> list:
    values = pd.read_parquet(folder / f"{table}.parquet")[name]
    return [None if pd.isna(v) else v for v in values]


def test_orders_and_invoices_stay_without_their_person(after):
    folder, apart = after
    assert column(folder, "orders", "record_id") == [
        "shop:9",
        "crm:1",
        "forgotten:1",
        "forgotten:1",
        None,
        "forgotten:1",
    ]
    assert len(column(folder, "order_lines", "order_id")) == 6
    assert apart.kept == {"permissions": 1, "orders": 3, "order_lines": 2, "invoices": 1}


def test_what_the_books_call_a_person_goes_too(after):
    assert column(after[0], "invoices", "record_id") == ["forgotten:1", "books:9"]
    assert "books:7" in after[1].records


def test_talk_without_a_record_goes_by_its_case(after):
    assert column(after[0], "conversations", "message_id") == ["2"]


def test_a_device_of_two_people_stays_and_an_own_one_goes(after):
    assert column(after[0], "web_events", "event_id") == ["4", "5"]
    assert column(after[0], "sessions", "session_id") == ["s1"]


def test_an_invitation_of_another_stays_without_the_invited(after):
    assert column(after[0], "referrals", "record_id") == ["shop:9"]
    assert column(after[0], "referrals", "invited_record_id") == [None]


def test_a_no_to_an_address_of_others_stays_and_names_nobody(after):
    assert column(after[0], "permissions", "record_id") == [NOBODY, "crm:2"]
    assert column(after[0], "permissions", "proof") == [None, "letter"]


def test_quarantine_goes_by_record_and_by_address(after):
    folder, apart = after
    assert column(folder, "quarantine", "table") == ["orders"]
    for name, count in read_facts(folder).counts.items():
        assert count.rows_in == count.landed + count.quarantined + sum(count.set_aside.values()), name
    assert apart.facts.counts["permissions"].set_aside == {"forgotten": 3}


def test_counting_changes_nothing_and_a_second_time_finds_nothing(more):
    before = {path: path.read_bytes() for path in more.iterdir()}
    counted = set_apart(more, marks_of(more), write=False)
    assert {path: path.read_bytes() for path in more.iterdir()} == before
    marks = marks_of(more)
    assert set_apart(more, marks, stand_in="forgotten:1").erased == counted.erased
    assert set_apart(more, marks, stand_in="forgotten:1").tables == frozenset()


def test_all_rows_of_a_person_and_no_others(more):
    rows = rows_of(more, marks_of(more))
    assert rows["orders"]["order_id"].to_list() == ["c", "d", "f"]
    assert rows["order_lines"]["order_id"].to_list() == ["c", "f"]
    assert rows["conversations"]["message_id"].to_list() == ["1"]
    assert rows["referrals"]["referral_id"].to_list() == ["r"]
    assert "products" not in rows


SOURCES = """
[data_set]
name = "tiny"
title = "Tiny"
as_of = 2024-06-30
currency = "EUR"
time_zone = "UTC"
tax = "included"
[files.crm]
path = "crm.jsonl"
source = "crm"
[files.orders]
path = "orders.jsonl"
source = "crm"
[files.unread]
path = "unread.jsonl"
[[tables.source_records]]
from = "crm"
columns = { record_id = "id", email = "mail" }
[[tables.orders]]
from = "orders"
columns = { order_id = "no", at = "when" }
"""


def test_rows_of_a_file_that_holds_somebody_forgotten_are_not_kept(tmp_path):
    (tmp_path / "sources.toml").write_text(SOURCES)
    (tmp_path / "crm.jsonl").write_text('{"id": "1", "mail": "a@web.de"}\n{"id": "2", "mail": "b@web.de"}\n')
    (tmp_path / "orders.jsonl").write_text('{"no": "1", "when": "2024-01-01"}\n')
    (tmp_path / "unread.jsonl").write_text('{"mail": "a@web.de"}\n')
    data_set = replace(load_data_set(str(tmp_path)), kept=tmp_path / "kept")
    land(data_set, tmp_path / "before")
    assert len(list((tmp_path / "kept").glob("*.parquet"))) == 3
    land(data_set, tmp_path / "after", forgotten=marks_of(tmp_path / "before", "crm:1"))
    kept = [pd.read_parquet(path) for path in (tmp_path / "kept").glob("*.parquet")]
    assert [list(frame.columns) for frame in kept] == [["_line", "no", "when"]]
