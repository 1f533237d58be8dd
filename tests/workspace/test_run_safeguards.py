"""What a run folder promises where a stage misbehaves: earlier tables stay, half a table never lies there."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from tiny_runs import FIRST, SECOND, TinyWorld, write_notebook

from rcommerce_helpers.errors import ParamError, SchemaError, Surroundings
from rcommerce_helpers.lock import one_writer
from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.results import write_json
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.execute import check_parameters
from rcommerce_helpers.workspace.runs.manifest import Manifest, runs_in
from rcommerce_helpers.workspace.runs.reuse import move_all

ELSEWHERE = 'pd.DataFrame({"x": [9]}).to_parquet(f"{run_dir}/tables/kept.parquet")'


@pytest.mark.usefixtures("without_kernels")
def test_a_later_stage_that_changes_an_earlier_table_fails(tmp_path):
    """The second notebook writes over the first one's table: the run says so, and nobody reads the changed one."""
    world = TinyWorld(tmp_path)
    write_notebook(world.notebook(FIRST), 'run.keep("kept", pd.DataFrame({"x": [1, 2]}))')
    write_notebook(world.notebook(SECOND), ELSEWHERE, cls=ReportParams, stage="second")
    outcome = world.run()
    assert outcome.exit_code == 1
    assert outcome.manifest.steps["second"].status == "failed"


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    folder = RunFolder(tmp_path)
    folder.write("scores", pd.DataFrame({"x": [1]}))

    def half(table, path, **_):
        with Path(path).open("wb") as stream:
            stream.write(b"half a table")
        raise OSError("no space left")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", half)
    with pytest.raises(OSError, match="space"):
        folder.write("scores", pd.DataFrame({"x": [2]}))
    assert pd.read_parquet(folder.table_path("scores"))["x"].tolist() == [1]
    assert [path.name for path in folder.table_path("scores").parent.iterdir()] == ["scores.parquet"]


def test_runs_that_were_killed_are_not_listed(tmp_path):
    for name in ("20261101T000000-a", ".20261102T000000-b.part"):
        Manifest(run=name, dataset="tiny", started_at="2026-11-01T00:00:00+00:00", status="done").save(tmp_path / name)
    write_json(tmp_path / "20261103T000000-c" / "manifest.json", {"status": "done"})
    assert [folder.name for folder, _ in runs_in(tmp_path)] == ["20261101T000000-a"]
    assert len(runs_in(tmp_path, unfinished=True)) == 2


def test_whoever_comes_second_to_a_folder_of_runs_is_told_who_is_there(tmp_path):
    with (
        one_writer(tmp_path),
        pytest.raises(Surroundings, match="a run or another writer in progress"),
        one_writer(tmp_path),
    ):
        pass
    with one_writer(tmp_path):
        assert (tmp_path / ".lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_two_steps_never_write_one_file(tmp_path):
    """The second step made a table of a name that lies there already: it is refused, and the first one stays."""
    for place, text in (("run", "first"), ("work", "second")):
        (tmp_path / place / "tables").mkdir(parents=True)
        (tmp_path / place / "tables" / "kept.parquet").write_text(text)
    with pytest.raises(SchemaError, match="two stages writing it"):
        move_all(["tables/kept.parquet"], tmp_path / "work", tmp_path / "run")
    assert (tmp_path / "run" / "tables" / "kept.parquet").read_text() == "first"


@pytest.mark.parametrize("name", ["x=1;import os;x", "x\nimport os", "nobody_declared_this"])
def test_a_name_that_is_code_is_refused_before_anything_runs(name):
    """papermill writes parameter names into a cell as they are: they would run."""
    cell = nbformat.v4.new_code_cell("x: int = 1", metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[cell])
    check_parameters(notebook, {"x": 2})
    with pytest.raises(ParamError, match="does not declare"):
        check_parameters(notebook, {name: 1})


def test_a_run_that_fails_keeps_no_address_of_what_it_failed_with(tmp_path):
    """The address comes out of the data; error, log, manifest, failed notebook and what it printed are all kept."""
    data = tmp_path / "who.txt"
    data.write_text("zzq7mail@zzq7post.de, 0176 7770 0003", encoding="utf-8")
    world = TinyWorld(tmp_path / "world")
    cell = f"who = open({str(data)!r}).read()\nprint(who)\nraise ValueError('cannot read ' + who)"
    write_notebook(world.notebook(FIRST), cell)
    outcome = world.run()
    assert "cannot read [e-mail], [tel.]" in outcome.errors[0]
    kept = [path for path in outcome.folder.rglob("*") if path.is_file()]
    assert {"manifest.json", "log.jsonl", "01_first.ipynb"} <= {path.name for path in kept}
    naming = [p.name for p in kept if b"zzq7mail" in p.read_bytes() or b"7770 0003" in p.read_bytes()]
    assert naming == []
