"""Credit notes, returns and pure shipping in merging: no orders, but told as what they are, with their money."""

import pandas as pd
import pytest
from test_permitted_tables import Merged

from rcommerce_helpers import documents
from rcommerce_helpers.engine import frame
from rcommerce_helpers.merging.quality import report_sources
from rcommerce_helpers.merging.tables import one_row, open_landed

PAPERS = [
    # order, day, kind, lines: kind, quantity, amount
    ("o1", "2024-05-01", "purchase", [("item", 2, 40.0), ("shipping", 1, 4.0), ("return", -1, -20.0)]),
    ("o2", "2024-05-03", "credit_note", [("item", 1, -15.0), ("shipping", 1, -4.0)]),
    ("o3", "2024-05-04", "cancellation", [("item", 1, 0.0)]),
    ("o4", "2024-05-05", None, [(None, -1, -5.0)]),
    ("o5", "2024-05-06", None, [("shipping", 1, 6.0)]),
    ("o6", "2024-05-07", "adjustment", [("adjustment", 1, 2.0)]),
    ("o7", "2024-05-08", "purchase", []),
]
TOLD = [
    ("order", "o1", 44.0), ("return", "o1", -20.0), ("credit_note", "o2", -19.0), ("cancellation", "o3", 0.0),
    ("return", "o4", -5.0), ("booking", "o5", 6.0), ("booking", "o6", 2.0),
]  # fmt: skip


@pytest.fixture
def papers(landed, make_table):
    orders = [{"order_id": o, "record_id": "shop:7", "at": f"{day} 10:00", "kind": kind} for o, day, kind, _ in PAPERS]
    lines = [
        {"order_id": o, "line_number": i, "product_id": "p", "kind": kind, "quantity": quantity, "amount": amount}
        for o, _, _, its in PAPERS for i, (kind, quantity, amount) in enumerate(its, start=1)
    ]  # fmt: skip
    make_table("orders", orders).to_parquet(landed / "orders.parquet", index=False)
    make_table("order_lines", lines).to_parquet(landed / "order_lines.parquet", index=False)
    return landed


def test_the_timeline_tells_what_each_document_is(papers):
    merged = Merged(papers)
    events = merged.timeline.events
    told = events[events["kind"].isin(documents.EVENTS)].sort_values("file_order")
    assert list(zip(told["kind"], told["reference"], told["amount"])) == TOLD
    lines = pd.read_parquet(papers / "order_lines.parquet")
    assert told["amount"].sum() == lines["amount"].sum()
    last = merged.golden.customers.set_index("customer_id").loc[merged.owner["shop:7"], "local_last_seen_at"]
    assert str(last.date()) == "2024-05-05"  # a paper of the firm is no sign of the customer, bringing back is one


def test_without_lines_the_kind_decides(papers):
    (papers / "order_lines.parquet").unlink()
    events = Merged(papers).timeline.events
    told = events[events["kind"].isin(documents.EVENTS)]
    assert told["kind"].to_list() == ["order", "credit_note", "cancellation", "order", "order", "booking", "order"]


def test_permitted_lines_say_what_they_stand_on(papers):
    merged = Merged(papers)
    lines = merged.read("statistics", "order_lines")
    assert lines.drop_duplicates("order_id").set_index("order_id")[documents.DOCUMENT].dropna().to_dict() == {
        "o1": "purchase", "o2": "credit_note", "o3": "cancellation", "o6": "adjustment",
    }  # fmt: skip
    assert set(frame(documents.bought_lines(lines))["order_id"]) == {"o1"}


def test_the_source_report_counts_purchases_and_all_money(papers):
    merged = Merged(papers)
    con = open_landed(papers, merged.persons)
    assert one_row(con, "select count(*) from kept_purchases") == (2,)  # o7 is taken at its word
    assert one_row(con, "select count(*) from kept_orders") == (7,)
    con.close()
    told = {f.name: f.value for f in report_sources(papers, "2024-12-31").figures}
    assert (told["orders"], told["revenue"], told["days_covered"]) == (2, 8.0, 8)
