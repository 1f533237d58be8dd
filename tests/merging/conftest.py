"""A landed data set small enough to count by hand: a CRM, a shop, four people."""

from pathlib import Path

import pandas as pd
import pytest

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.facts import DataSetFacts, TableCount, write_facts

DAY = pd.Timestamp


def facts(**changes) -> DataSetFacts:
    base = {
        "name": "tiny",
        "title": "Tiny",
        "as_of": "2024-12-31",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "tax": "included",
        "basis": "",
        "purposes": (),
        "fingerprint": "x",
        "counts": {"orders": TableCount(6, 5, 1, {})},
    }
    return DataSetFacts(**(base | changes))


def landed_table(name: str, rows: list[dict]) -> pd.DataFrame:
    """Rows with all landed columns of a canonical table; the wall clock is one hour ahead of UTC."""
    table = LANDED_TABLES[name]
    frame = pd.DataFrame(rows).reindex(columns=list(table.landed_names))
    if table.keeps_order:
        frame["file_order"] = range(1, len(frame) + 1)
    for column in table.columns:
        if column.type == "moment":
            frame[column.name] = pd.to_datetime(frame[column.name], format="ISO8601").astype("datetime64[us]")
            frame[f"local_{column.name}"] = frame[column.name] + pd.Timedelta(hours=1)
        elif column.type == "day":
            days = pd.to_datetime(frame[column.name]).dt.date
            frame[column.name] = days.astype(object).where(days.notna(), None)
        elif column.type in ("number", "money", "share", "integer"):
            frame[column.name] = frame[column.name].astype(float)
        elif column.type == "flag":
            frame[column.name] = frame[column.name].astype("boolean")
        else:
            frame[column.name] = frame[column.name].astype("string")
    return frame


RECORDS = [
    # Jürgen in both systems, by e-mail; the CRM record is the earlier one
    {"record_id": "crm:1", "given_name": "Jürgen", "family_name": "Müller", "email": "juergen@gmx.de",
     "street": "Lange Str. 1", "postcode": "10115", "created_at": "2020-01-01", "updated_at": "2023-01-01"},
    {"record_id": "shop:9", "given_name": "Juergen", "family_name": "Mueller", "email": "JUERGEN@gmx.de",
     "phone": "030 901820", "created_at": "2022-01-01", "updated_at": "2024-01-01"},
    # Anna lives with him
    {"record_id": "crm:2", "given_name": "Anna", "family_name": "Müller", "email": "anna@gmx.de",
     "street": "Lange Straße 1", "postcode": "10115", "created_at": "2020-02-01"},
    # Kim is known to the shop only, Ole to the CRM only
    {"record_id": "shop:7", "given_name": "Kim", "family_name": "Voss", "email": "kim@web.de",
     "created_at": "2021-01-01"},
    {"record_id": "crm:3", "given_name": "Ole", "family_name": "Hansen", "company_name": "Nord GmbH",
     "created_at": "2021-05-01"},
]  # fmt: skip
ORDERS = [
    {"order_id": "a", "record_id": "shop:9", "at": "2024-03-01 10:00", "channel": "web"},
    {"order_id": "b", "record_id": "crm:1", "at": "2024-02-01 10:00", "channel": "store", "status": "completed"},
    {"order_id": "c", "record_id": "shop:7", "at": "2024-02-05 10:00", "status": "cancelled"},
    {"order_id": "d", "record_id": "shop:7", "at": "2024-02-06 10:00", "status": "test"},
    {"order_id": "e", "record_id": None, "at": "2024-02-07 10:00"},
    {"order_id": "f", "record_id": "shop:7", "at": "2024-04-01 23:30"},
]
LINES = [
    {"order_id": "a", "line_number": 1, "product_id": "p", "quantity": 1, "amount": 10.0},
    {"order_id": "a", "line_number": 2, "product_id": "q", "quantity": -1, "amount": -4.0, "kind": "return"},
    {"order_id": "b", "line_number": 1, "product_id": "p", "quantity": 2, "amount": 20.0},
    {"order_id": "c", "line_number": 1, "product_id": "p", "quantity": 1, "amount": 99.0},
    {"order_id": "e", "line_number": 1, "product_id": "p", "quantity": 1, "amount": 7.0},
    {"order_id": "f", "line_number": 1, "product_id": "p", "quantity": 1, "amount": 5.0},
]
SESSIONS = [
    {"session_id": "s1", "visitor_id": "v1", "record_id": "shop:9", "at": "2024-01-05", "referrer": "blog"},
    {"session_id": "s2", "visitor_id": "v2", "record_id": "shop:7", "at": "2024-01-06"},
]
REFERRALS = [
    {"referral_id": "r", "record_id": "shop:9", "invited_record_id": "shop:7", "at": "2024-01-02", "reward": 5.0}
]


def grant(record_id: str, purpose: str, at: str, decision: str = "granted", **more) -> dict:
    return {"record_id": record_id, "purpose": purpose, "at": at, "decision": decision} | more


PERMISSIONS = [
    grant("crm:1", "statistics", "2023-01-01"),
    grant("shop:7", "statistics", "2023-01-01"),
    grant("crm:1", "web_linking", "2023-01-01"),
    grant("shop:7", "marketing", "2023-01-01", channel="email", contact_point="kim@web.de"),
]
TABLES = {
    "source_records": RECORDS, "orders": ORDERS, "order_lines": LINES, "sessions": SESSIONS,
    "referrals": REFERRALS, "permissions": PERMISSIONS, "products": [{"product_id": "p"}, {"product_id": "q"}],
}  # fmt: skip


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    folder = tmp_path / "landed"
    folder.mkdir()
    for name, rows in TABLES.items():
        landed_table(name, rows).to_parquet(folder / f"{name}.parquet", index=False)
    write_facts(folder, facts())
    return folder


@pytest.fixture
def make_facts():
    return facts


@pytest.fixture
def make_table():
    return landed_table
