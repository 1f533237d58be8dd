"""A stage's working folder holds what it may read, reduced, and nothing else: by the handle and by the path."""

import pandas as pd
import pytest
from permitted_run import files, make_run

from rcommerce_helpers.access.allowance import HIDDEN, Allowance, lay_out, read_allowance
from rcommerce_helpers.workspace.runs.stages import STAGES


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


def read(work, name):
    return pd.read_parquet(work / "tables" / "landed" / f"{name}.parquet")


def laid(run, **allowed):
    work = run.parent / "work"
    lay_out(Allowance("stage", **allowed), files(run), run, work)
    return work


def test_a_stage_without_purpose_finds_settings_only(run):
    assert files(laid(run)) == ["allowance.json", "tables/landed/data_set.json"]


def test_a_stage_finds_its_own_purpose_and_the_tables_it_declared(run):
    work = laid(run, purpose="statistics", reads=("orders", "scores", "customers", "persons", "weird"))
    assert files(work) == [
        "allowance.json", "permitted/statistics/customers.parquet", "permitted/statistics/orders.parquet",
        "permitted/statistics/permission_decisions.parquet", "tables/landed/data_set.json", "tables/scores.parquet",
        "tables/weird.parquet",
    ]  # fmt: skip
    assert pd.read_parquet(work / "tables" / "scores.parquet")["customer_id"].to_list() == ["c1", "c2"]
    assert "record_id" not in pd.read_parquet(work / "tables" / "scores.parquet")
    assert pd.read_parquet(work / "tables" / "weird.parquet").empty


def test_by_no_path_of_its_folder_can_a_stage_read_a_person_who_did_not_permit_its_purpose(run):
    every = (*(p.stem for p in run.rglob("*.parquet")), "orders")
    for purpose, permitted in (("statistics", {"c1", "c2"}), ("marketing", {"c3"}), ("service", set())):
        work = run.parent / f"work-{purpose}"
        lay_out(Allowance("stage", purpose, every, reports=True), files(run), run, work)
        for path in work.rglob("*.parquet"):
            table = pd.read_parquet(path)
            assert set(table.get("customer_id", [])) <= permitted, path
            assert not {"record_id", "email", "given_name"} & set(table.columns), path


def test_counts_are_made_on_hidden_values_whose_references_still_join(run):
    work = laid(run, landed="counts", reads=("orders", "source_records", "quarantine"))
    people, orders = (
        pd.read_parquet(work / "tables" / "landed" / f"{n}.parquet") for n in ("source_records", "orders")
    )
    assert people["given_name"].fillna("").to_list() == [HIDDEN, HIDDEN, ""]
    assert set(people["email"]) == {HIDDEN}
    assert set(orders["record_id"]) < set(people["record_id"])
    assert not set(people["record_id"]) & {"crm:1", "crm:2", "crm:3"}
    assert read(work, "quarantine")["value"].isna().all()
    again = run.parent / "again"
    lay_out(Allowance("stage", landed="counts", reads=("orders",)), files(run), run, again)
    assert not set(pd.read_parquet(again / "tables" / "landed" / "orders.parquet")["record_id"]) & set(
        orders["record_id"]
    )


def test_the_quarantine_says_not_whose_a_row_is(run):
    path = run / "tables" / "landed" / "quarantine.parquet"
    pd.read_parquet(path).assign(record_id="crm:1").to_parquet(path, index=False)
    work = laid(run, landed="counts", reads=("quarantine",))
    assert read(work, "quarantine")[["value", "record_id"]].isna().all(axis=None)


def test_merging_gets_the_records(run):
    assert "tables/landed/source_records.parquet" in files(laid(run, landed="records"))


def test_reports_are_for_those_who_read_reports(run):
    assert "results/patterns.json" in files(laid(run, purpose="statistics", reports=True))


def test_reports_are_for_nobody_else(run):
    assert "results/patterns.json" not in files(laid(run, purpose="statistics"))


def test_an_allowance_is_read_back_as_it_was_written(run):
    work = laid(run, purpose="marketing", reads=("orders",), reports=True)
    assert read_allowance(work) == Allowance("stage", "marketing", ("orders",), reports=True)
    assert read_allowance(run) is None


def test_only_merging_and_its_chapter_see_records_and_only_two_count():
    assert {s.name: s.landed for s in STAGES if s.landed != "nothing"} == {
        "start_here": "counts", "merging": "records", "who_is_who": "records", "permission_and_rights": "records",
        "own_data": "counts",
    }  # fmt: skip
    assert all(s.allowance.purpose for s in STAGES if s.landed == "nothing")
