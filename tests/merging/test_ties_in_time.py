"""What happened at one moment keeps the order of its file, in the permitted tables and in the timeline."""

import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.merging.golden import golden_records
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import decide_permissions
from rcommerce_helpers.merging.permitted import write_permitted
from rcommerce_helpers.merging.timeline import build_timeline
from rcommerce_helpers.sources.landed import read_landed

AS_OF = "2024-12-31"
TIED = ("z", "10", "9")
"""Order numbers as the file lists them: neither as text nor as numbers in order."""


@pytest.fixture
def tied(landed, make_table):
    """Three orders of Kim's in one second, each with one line."""
    orders = [{"order_id": o, "record_id": "shop:7", "at": "2024-05-01 10:00"} for o in TIED]
    lines = [{"order_id": o, "line_number": 1, "product_id": "p", "quantity": 1, "amount": 1.0} for o in TIED]
    make_table("orders", orders).to_parquet(landed / "orders.parquet", index=False)
    make_table("order_lines", lines).to_parquet(landed / "order_lines.parquet", index=False)
    return landed


def _merge(landed):
    params = MergingParams(matching="exact")
    records = read_landed(landed, "source_records")
    persons = identify(records, params, key=KEY).persons
    events = build_timeline(landed, persons, AS_OF).events
    customers = golden_records(records, persons, events, params).customers
    decisions = decide_permissions(landed, persons, AS_OF).table
    out = landed.parent / "permitted"
    write_permitted(landed, persons, customers=customers, events=events, decisions=decisions, out=out)
    return out / "statistics"


@pytest.mark.parametrize("table", ["orders", "order_lines"])
def test_permitted_rows_of_one_moment(tied, table):
    rows = pd.read_parquet(_merge(tied) / f"{table}.parquet")
    assert rows["order_id"].to_list() == list(TIED)
    assert rows["file_order"].to_list() == [1, 2, 3]


def test_events_of_one_moment(tied):
    events = pd.read_parquet(_merge(tied) / "timeline.parquet")
    assert events.loc[events["kind"] == "order", "reference"].to_list() == list(TIED)
    assert events["file_order"].is_monotonic_increasing and events["file_order"].is_unique
