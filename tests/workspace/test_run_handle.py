"""The notebook's handle: reads what is permitted, skips what is missing, records what is said."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData, NotPermitted, ParamError, SchemaError
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import Figure, Registry, NotAnswered, read_json, write_json
from rcommerce_helpers.sources.landed import DataSetFacts, write_facts
from rcommerce_helpers.workspace import open_run
from rcommerce_helpers.workspace.folder import RunFolder, newest_run
from rcommerce_helpers.workspace.notebook import Missing

REGISTRY = Registry("shop", {"rows": "rows; n = rows"})


@dataclass(frozen=True, kw_only=True)
class StatisticsParams(Params):
    PURPOSE: ClassVar[str] = "statistics"


@dataclass(frozen=True)
class Counted:
    figures: tuple[Figure, ...]


def count_rows(table: pd.DataFrame) -> Counted:
    if table.empty:
        raise NotEnoughData("rows", got="0", expected="at least 1", do="Bring more")
    return Counted((Figure("rows", float(len(table)), len(table)),))


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.landed.mkdir(parents=True)
    facts = DataSetFacts("d", "A <b> shop", "2024-06-30", "EUR", "UTC", "included", "contract", (), "f", {})
    write_facts(folder.landed, facts)
    times = pd.to_datetime(["2024-06-30 23:59", "2024-07-01 00:00", None])
    table = pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "local_at": times})
    for place in (folder.landed, folder.permitted("statistics")):
        place.mkdir(parents=True, exist_ok=True)
        table.to_parquet(place / "orders.parquet")
    return folder


def opened(folder, cls=StatisticsParams, **given):
    return open_run(cls(run_dir=str(folder.path), **given), REGISTRY)


def test_reads_its_purpose_only_and_nothing_after_the_last_known_day(folder):
    run = opened(folder)
    assert list(run.read("orders")["customer_id"]) == ["c1", "c3"]
    assert len(opened(folder, as_of="2024-07-01").read("orders")) == 3


def test_stage_with_a_purpose_never_reads_landed_tables(folder):
    with pytest.raises(NotPermitted, match="run.read"):
        opened(folder).landed("orders")
    assert len(opened(folder, Params).landed("orders")) == 3


def test_missing_table_skips_the_section_with_one_line(folder):
    run = opened(folder)
    table = run.read("prices")
    assert isinstance(table, Missing)
    skipped = run.section("prices", count_rows, table)
    assert isinstance(skipped, NotAnswered)
    assert run.plot(lambda r, language: None, skipped).data.startswith("*Skipped: prices.")
    assert run.tell(lambda r, language: "never", skipped).data.startswith("*Skipped: prices.")


def test_too_few_rows_are_a_result_with_a_reason(folder):
    run = opened(folder)
    skipped = run.section("empty", count_rows, pd.DataFrame())
    assert "got 0; expected at least 1" in skipped.reason


def test_figures_of_a_section_are_in_the_results(folder):
    run = opened(folder)
    result = run.section("rows", count_rows, run.read("orders"))
    run.section("prices", count_rows, run.read("prices"))
    run.finish(lambda r, language: "Two rows.", result)
    written = read_json(folder.results_path("shop"))
    assert [(f["name"], f["value"], f["as_of"]) for f in written["figures"]] == [("rows", 2.0, "2024-06-30")]
    assert written["headline"] == "Two rows."
    assert [s["section"] for s in written["skipped"]] == ["prices"]


def test_figure_nobody_registered_is_refused(folder):
    with pytest.raises(SchemaError, match="shop.other"):
        opened(folder).record(Counted((Figure("other", 1.0, 1),)))


def test_shown_table_is_escaped_and_kept(folder):
    run = opened(folder)
    shown = run.show("names", pd.DataFrame({"name": ["<script>x</script>"] * 20, "n": range(20)}))
    assert "<script>" not in shown.data
    assert len(folder.read("shown_shop_names")) == 10


def test_title_of_the_data_set_is_escaped(folder):
    assert "<b>" not in opened(folder)._repr_markdown_()


def test_stage_table_of_an_earlier_stage_or_the_reason(folder):
    run = opened(folder)
    run.keep("scores", pd.DataFrame({"x": [1]}))
    assert len(run.stage_table("scores")) == 1
    assert run.stage_table("plan").reason == "no earlier stage of this run wrote plan"
    assert [p.name for p in (folder.path / "tables").iterdir() if p.name.startswith(".")] == []


def test_notebook_opened_alone_takes_the_newest_finished_run_of_its_data_set(tmp_path):
    for name, status, dataset in [
        ("20240101T000000-a", "done", "tiny"),
        ("20240102T000000-b", "done", "tiny"),
        ("20240103T000000-c", "failed", "tiny"),
        ("20240104T000000-d", "done", "other"),
    ]:
        write_json(tmp_path / name / "manifest.json", {"status": status, "dataset": dataset})
    assert newest_run(tmp_path, "tiny").path.name == "20240102T000000-b"
    with pytest.raises(ParamError, match="rcommerce run --dataset nowhere"):
        newest_run(tmp_path, "nowhere")
