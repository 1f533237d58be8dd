"""The door: a purpose, its persons, nothing later, nothing undeclared."""

import pandas as pd
import pytest
from permitted_run import files, make_run

from rcommerce_helpers.access import Absent, open_tables
from rcommerce_helpers.access.allowance import Allowance, lay_out
from rcommerce_helpers.engine import frame
from rcommerce_helpers.errors import NotPermitted
from rcommerce_helpers.schema import PURPOSES


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


@pytest.mark.parametrize("purpose", ["", "science", "Statistics", None])
def test_without_a_purpose_of_the_list_there_is_no_table(run, purpose):
    with pytest.raises(NotPermitted, match="purpose"):
        open_tables(run, purpose, "2024-06-30")


def test_only_those_who_permit_the_purpose_and_nothing_after_the_last_day(run):
    tables = open_tables(run, "statistics", "2024-06-30")
    assert frame(tables.orders)["order_id"].to_list() == ["a", "c"]  # a row without a time is as old as the data
    assert sorted(frame(open_tables(run, "statistics", "2024-07-01").orders)["order_id"]) == ["a", "b", "c"]
    assert frame(open_tables(run, "marketing", "2024-07-01").orders).empty


def test_tables_of_earlier_stages_come_under_the_same_rule(run):
    scores = frame(open_tables(run, "statistics", "2024-06-30").scores)
    assert scores["customer_id"].to_list() == ["c1", "c2"]
    assert "record_id" not in scores
    assert frame(open_tables(run, "marketing", "2024-06-30").scores)["customer_id"].to_list() == ["c3"]
    assert frame(open_tables(run, "marketing", "2024-06-30").weird).empty  # about households, names no customer
    assert len(frame(open_tables(run, "marketing", "2024-06-30").plan_groups)) == 1


def test_a_look_back_before_a_grant_does_not_see_its_person(run):
    early = open_tables(run, "statistics", "2024-05-31")
    assert frame(early.scores)["customer_id"].to_list() == ["c1"]
    assert set(frame(early.orders)["customer_id"]) == {"c1"}
    assert set(frame(open_tables(run, "statistics", "2024-06-01").scores)["customer_id"]) == {"c1", "c2"}


@pytest.mark.parametrize("name", ["source_records", "permissions", "persons", "households", "companies", "quarantine"])
def test_raw_records_are_for_merging_alone(run, name):
    table = getattr(open_tables(run, "statistics", "2024-06-30", reads=(name,)), name)
    assert isinstance(table, Absent)
    assert "merging alone" in table.reason


def test_the_golden_record_is_the_permitted_one_never_the_whole(run):
    assert list(frame(open_tables(run, "statistics", "2024-06-30").customers)) == ["customer_id"]


@pytest.mark.parametrize("name", ["contact_points", "permission_decisions"])
def test_addresses_of_merging_are_no_table_of_another_purpose(run, name):
    """Merging keeps them of everybody; only what it wrote for the purpose itself may be read."""
    (run / "permitted" / "statistics" / "permission_decisions.parquet").unlink()
    pd.DataFrame({"customer_id": ["c1"], "contact_point": ["a@b.de"]}).to_parquet(run / "tables" / f"{name}.parquet")
    assert isinstance(getattr(open_tables(run, "statistics", "2024-06-30"), name), Absent)
    lay_out(Allowance("stage", "statistics", (name,)), files(run), run, run.parent / "work")
    assert not (run.parent / "work" / "tables" / f"{name}.parquet").exists()


def test_what_is_not_there_says_why(run):
    assert open_tables(run, "statistics", "2024-06-30").prices.reason == (
        "this data set has no prices that may be used for statistics"
    )
    assert len(frame(open_tables(run, "contract", "2024-06-30").plan_groups)) == 1  # about nobody
    assert open_tables(run, "contract", "2024-06-30").scores.reason == "nobody permits contract"
    unknown = open_tables(run, "statistics", "2024-06-30", reads=("effects",)).effects
    assert unknown == Absent("effects", "no earlier stage of this run wrote effects")
    assert open_tables(run, "contract", "2024-06-30").orders.reason == "nobody permits contract"


def test_a_name_the_stage_has_not_declared_fails(run):
    tables = open_tables(run, "statistics", "2024-06-30", reads=("orders",))
    with pytest.raises(AttributeError, match="Did you mean orders"):
        tables.order  # noqa: B018
    with pytest.raises(AttributeError, match="not among the tables"):
        tables.scores  # noqa: B018
    assert list(tables) == ["orders"]


def test_no_purpose_reaches_a_person_of_another(run):
    seen = {}
    for purpose in PURPOSES:
        tables = open_tables(run, purpose, "2024-12-31")
        opened = [t for name in tables if not isinstance(t := getattr(tables, name), Absent)]
        ids = [frame(t)["customer_id"] for t in opened if "customer_id" in t.columns]
        seen[purpose] = {c for column in ids for c in column}
    assert seen == {p: {"statistics": {"c1", "c2"}, "marketing": {"c3"}}.get(p, set()) for p in PURPOSES}
