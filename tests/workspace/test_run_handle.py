"""The notebook's handle: reads what is permitted, skips what is missing, records what is said."""

from dataclasses import asdict, dataclass
from typing import ClassVar

import ibis
import pandas as pd
import pytest

from rcommerce_helpers.access.allowance import ALLOWANCE_FILE, Allowance
from rcommerce_helpers.engine import as_lazy, frame
from rcommerce_helpers.errors import NotEnoughData, NotPermitted, ParamError, SchemaError
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import Absent, Entry, Figure, NotAnswered, Registry, read_json, write_json
from rcommerce_helpers.sources.facts import DataSetFacts, write_facts
from rcommerce_helpers.workspace import open_run
from rcommerce_helpers.workspace.folder import RunFolder

REGISTRY = Registry("shop", {"rows": Entry("rows; n = rows", "count")})


@dataclass(frozen=True, kw_only=True)
class StatisticsParams(Params):
    PURPOSE: ClassVar[str] = "statistics"


@dataclass(frozen=True)
class Counted:
    table: pd.DataFrame
    figures: tuple[Figure, ...]


def count_rows(table: ibis.Table) -> Counted:
    rows = int(as_lazy(table).count().execute())
    if not rows:
        raise NotEnoughData("rows", got="0", expected="at least 1", do="Bring more")
    return Counted(pd.DataFrame(), (Figure("rows", float(rows), rows, "count"),))


@pytest.fixture
def folder(tmp_path):
    """The working folder of a stage that reads orders for statistics."""
    folder = RunFolder(tmp_path / "run")
    facts = DataSetFacts("d", "A <b> shop", "2024-06-30", "EUR", "UTC", "included", "contract", (), "f", {})
    write_facts(folder.landed, facts)
    times = pd.to_datetime(["2024-06-30 23:59", "2024-07-01 00:00", None])
    table = pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "local_at": times})
    for name in ("orders", "customers"):
        path = folder.permitted("statistics") / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path)
    write_json(folder.path / ALLOWANCE_FILE, asdict(Allowance("shop", "statistics", ("orders", "prices"))))
    return folder


def opened(folder, cls=StatisticsParams, **given):
    return open_run(cls(run_dir=str(folder.path), **given), REGISTRY)


def test_reads_its_purpose_only_and_nothing_after_the_last_known_day(folder):
    assert frame(opened(folder).tables.orders)["customer_id"].to_list() == ["c1", "c3"]
    assert frame(opened(folder, as_of="2024-06-29").tables.orders)["customer_id"].to_list() == ["c3"]
    with pytest.raises(ParamError, match="data up to 2024-06-30"):
        opened(folder, as_of="2024-07-01")


def test_a_notebook_without_a_purpose_has_no_table(folder):
    with pytest.raises(NotPermitted, match="purpose"):
        opened(folder, Params)
    write_json(folder.path / ALLOWANCE_FILE, asdict(Allowance("shop")))
    with pytest.raises(NotPermitted, match="purpose: got none"):
        opened(folder, Params).tables  # noqa: B018


def test_the_handle_has_no_other_door(folder):
    run = opened(folder)
    assert not {"read", "landed", "stage_table"} & set(dir(run))
    with pytest.raises(AttributeError, match="not among the tables"):
        run.tables.customers  # noqa: B018


def test_missing_table_skips_the_section_with_one_line(folder):
    run = opened(folder)
    table = run.tables.prices
    assert isinstance(table, Absent)
    skipped = run.section("prices", count_rows, table)
    assert isinstance(skipped, NotAnswered)
    assert run.plot(lambda r, language: None, skipped).data.startswith("*Skipped: prices.")
    assert run.tell(lambda r, language: "never", skipped).data.startswith("*Skipped: prices.")


def test_an_unanswered_question_has_the_parts_of_its_answer_and_no_others(folder):
    run = opened(folder)
    skipped = run.section("prices", count_rows, run.tables.prices)
    assert run.show("prices", skipped.table).data.startswith("*Skipped: prices.")
    assert (skipped.needed, skipped.table.reason) == ("prices", skipped.reason)
    with pytest.raises(AttributeError, match="tabel: no part"):
        skipped.tabel  # noqa: B018


def test_too_few_rows_are_a_result_with_a_reason(folder):
    run = opened(folder)
    skipped = run.section("empty", count_rows, pd.DataFrame({"x": []}))
    assert "got 0; expected at least 1" in skipped.reason
    assert skipped.needed == "at least 1"


def test_figures_of_a_section_are_in_the_results(folder):
    run = opened(folder)
    result = run.section("rows", count_rows, run.tables.orders)
    run.section("prices", count_rows, run.tables.prices)
    run.finish(lambda r, language: "Two rows.", result)
    written = read_json(folder.results_path("shop"))
    assert [(f["name"], f["value"], f["as_of"]) for f in written["figures"]] == [("rows", 2.0, "2024-06-30")]
    assert written["headline"] == "Two rows."
    assert [s["section"] for s in written["skipped"]] == ["prices"]


def test_figure_nobody_registered_is_refused(folder):
    with pytest.raises(SchemaError, match="shop.other"):
        opened(folder).record(Counted(pd.DataFrame(), (Figure("other", 1.0, 1, "count"),)))


def test_shown_table_is_escaped_and_kept(folder):
    run = opened(folder)
    shown = run.show("names", pd.DataFrame({"name": ["<script>x</script>"] * 20, "n": range(20)}))
    assert "<script>x" not in shown.data
    assert "&lt;script&gt;x" in shown.data
    assert len(folder.read("shown_shop_names")) == 10


def test_a_table_without_rows_is_a_line_not_a_bare_head(folder):
    run = opened(folder)
    assert run.show("names", pd.DataFrame({"name": []})).data == "*There is nothing to list here.*"
    assert (
        opened(folder, language="de").show("names", pd.DataFrame({"name": []})).data == "*Hier ist nichts aufzulisten.*"
    )


def test_title_of_the_data_set_is_escaped(folder):
    assert "<b>" not in opened(folder)._repr_markdown_()


def test_kept_tables_are_whole_or_not_there(folder):
    run = opened(folder)
    run.keep("scores", pd.DataFrame({"x": [1]}))
    assert len(folder.read("scores")) == 1
    assert [p.name for p in (folder.path / "tables").iterdir() if p.name.startswith(".")] == []
