"""Opening a notebook by hand: it finds the runs, and never changes a finished one."""

import subprocess
import sys

import pandas as pd
import pytest

from rcommerce_helpers.access.allowance import Allowance
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.workspace.folder import RunFolder, runs_folder, working_copy
from rcommerce_helpers.workspace.runs.compare import newest_run
from rcommerce_helpers.workspace.runs.manifest import Manifest
from rcommerce_helpers.workspace.runs.seal import seal


def finished(runs, name, *, status="done", dataset="demo"):
    run = RunFolder(runs / name)
    run.write("scores", pd.DataFrame({"x": [1]}))
    at = f"{name[:4]}-{name[4:6]}-{name[6:8]}T00:00:00+00:00"
    seal(run.path, Manifest(run=name, dataset=dataset, data_set=dataset, started_at=at, status=status))
    return run


def test_runs_are_found_from_the_notebooks_folder(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    assert runs_folder(tmp_path / "notebooks" / "deep") == tmp_path / "runs"


def test_the_newest_finished_run_of_the_data_set_counts(tmp_path):
    finished(tmp_path, "20240101T000000-a")
    wanted = finished(tmp_path, "20240102T000000-b")
    finished(tmp_path, "20240103T000000-c", status="failed")
    finished(tmp_path, "20240104T000000-d", dataset="complete-journey")
    assert newest_run(tmp_path, "demo") == wanted
    with pytest.raises(ParamError, match="rcommerce run --dataset own"):
        newest_run(tmp_path, "own")


def test_work_by_hand_leaves_the_finished_run_as_it_was_and_every_window_has_its_own(tmp_path):
    run = finished(tmp_path, "20240102T000000-b")
    allowance = Allowance("campaigns", "marketing", ("scores",))
    (run.permitted("marketing")).mkdir(parents=True)
    pd.DataFrame({"customer_id": ["c"]}).to_parquet(run.permitted("marketing") / "customers.parquet")
    copy = working_copy(run, allowance)
    assert copy.read("scores")["x"].to_list() == [1]
    copy.write("scores", pd.DataFrame({"x": [2]}))
    assert run.read("scores")["x"].to_list() == [1]
    assert working_copy(run, allowance).read("scores")["x"].to_list() == [1]
    assert copy.read("scores")["x"].to_list() == [2]
    assert copy.finished == run.path.name
    assert newest_run(tmp_path, "demo") == run


def test_copies_of_windows_that_are_gone_are_cleared_away(tmp_path):
    run = finished(tmp_path, "20240102T000000-b")
    home = tmp_path / ".by_hand" / run.path.name
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (home / f"campaigns-{gone.pid}-abc").mkdir(parents=True)
    mine = working_copy(run, Allowance("campaigns"))
    assert [p.name for p in home.iterdir()] == [mine.path.name]
