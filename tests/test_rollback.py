"""Rolling back by the schema: beginnings, ends with what hangs on them, plans."""

import pandas as pd
import pytest

from rcommerce_helpers.clock import day_after
from rcommerce_helpers.engine import frame, lazy_tables
from rcommerce_helpers.rollback import rolled_back
from rcommerce_helpers.schema import TABLES

END = day_after("2024-06-30")


def back(name: str, rows: dict) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for column in table.columns:
        if column.endswith(("_at", "_until")) or column == "at":
            table[column] = pd.to_datetime(table[column], format="ISO8601")
        if column.endswith("_on"):
            table[column] = pd.to_datetime(table[column]).dt.date
    return frame(rolled_back(lazy_tables({name: table})[name], name, END))


def test_a_row_is_unknown_before_its_beginning_by_the_wall_clock():
    rows = {"order_id": ["a", "b", "c"], "at": ["2024-06-30 21:59", "2024-06-30 22:30", None]}
    rows["local_at"] = ["2024-06-30 23:59", "2024-07-01 00:30", None]
    assert back("orders", rows)["order_id"].to_list() == ["a", "c"]
    assert back("order_lines", rows)["order_id"].to_list() == ["a", "c"]  # a line begins with its order


def test_a_case_closed_later_is_open_and_nothing_is_known_of_its_end():
    rows = {
        "case_id": ["old", "later"], "at": ["2024-06-01"] * 2, "local_at": ["2024-06-01"] * 2,
        "closed_at": ["2024-06-10", "2024-07-02"], "local_closed_at": ["2024-06-10", "2024-07-02"],
        "solved": [True, True], "satisfaction": [4.0, 5.0], "topic": ["bill", "bill"],
    }  # fmt: skip
    cases = back("service_cases", rows).set_index("case_id")
    assert cases.loc["old", ["solved", "satisfaction"]].to_list() == [True, 4.0]
    assert cases.loc["later", ["closed_at", "local_closed_at", "solved", "satisfaction"]].isna().all()
    assert cases.loc["later", "topic"] == "bill"


def test_a_contract_that_ends_later_runs_and_its_term_is_known():
    rows = {
        "contract_id": ["a", "b"], "start_on": ["2024-01-01", "2024-07-01"], "term_end_on": ["2025-12-31"] * 2,
        "cancelled_on": ["2024-08-01"] * 2, "ended_on": ["2024-09-01"] * 2,
    }  # fmt: skip
    (contract,) = back("contracts", rows).to_dict("records")
    assert str(contract["term_end_on"])[:10] == "2025-12-31"
    assert pd.isna(contract["cancelled_on"])
    assert pd.isna(contract["ended_on"])


def test_an_outcome_is_unknown_until_its_window_has_closed():
    rows = {
        "contact_id": ["a", "b"], "local_at": ["2024-06-10", "2024-06-25"],
        "local_outcome_until": ["2024-06-24", "2024-07-09"], "converted": [True, True], "revenue": [9.0, 9.0],
    }  # fmt: skip
    contacts = back("contacts", rows).set_index("contact_id")
    assert contacts.loc["a", ["converted", "revenue"]].to_list() == [True, 9.0]
    assert contacts.loc["b", ["converted", "revenue"]].isna().all()


def test_a_plan_stays_and_a_table_outside_the_schema_is_left_alone():
    assert len(back("planned_contacts", {"planned_id": ["p"], "local_at": ["2024-08-01"]})) == 1
    assert len(back("scores", {"customer_id": ["c"], "local_at": ["2030-01-01"]})) == 1


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_time_of_the_schema_says_what_it_is(table):
    for column in table.columns:
        assert bool(column.time) == (column.type in ("moment", "day")), column.name
        assert not column.known_at or table.column(column.known_at).time == "end"
