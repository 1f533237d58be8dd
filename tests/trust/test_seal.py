"""What is finished is sealed: every change is found, nothing changed is used, and a new run changes no old one."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from tiny_runs import TinyWorld

from rcommerce_helpers import cli
from rcommerce_helpers.errors import BrokenExpectation
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import Registry
from rcommerce_helpers.workspace import open_run
from rcommerce_helpers.workspace.runs.compare import compare_runs
from rcommerce_helpers.workspace.runs.manifest import not_believed, read_manifest
from rcommerce_helpers.workspace.runs.rendering import render_report
from rcommerce_helpers.workspace.runs.seal import check_seal, every_file, faults, rewrite, sha256

from .tampering import KINDS, linked, one_bit, try_changes

quick = pytest.mark.usefixtures("without_kernels")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """One finished run to look at; who changes one takes a copy."""
    world = TinyWorld(tmp_path_factory.mktemp("sealed"))
    return world, world.run()


@pytest.fixture
def copy(sealed, tmp_path) -> Path:
    """A copy of the finished run that may be spoiled."""
    run = sealed[1].folder
    return Path(shutil.copytree(run, tmp_path / "runs" / run.name))


def spoil(path: Path, kind=one_bit) -> None:
    kind(path, np.random.default_rng(1))


def test_every_kind_of_change_in_every_file_is_found(sealed, tmp_path):
    """One bit with size and time kept, two bytes changed about, cut short, removed, added, behind a link."""
    files = every_file(sealed[1].folder)
    trials = try_changes(sealed[1].folder, tmp_path, tries=len(files) * len(KINDS), seed=7)
    assert [trial for trial in trials if not trial.found] == []
    assert {trial.kind for trial in trials} == {kind.__name__ for kind in KINDS}
    assert {trial.file for trial in trials} == set(files)
    assert faults(sealed[1].folder, sealed[1].manifest) == []


def test_one_bit_of_white_space_in_the_manifest_is_found(copy):
    text = (copy / "manifest.json").read_text(encoding="utf-8")
    (copy / "manifest.json").chmod(0o600)
    (copy / "manifest.json").write_text(text.replace("\n ", "\n\t", 1), encoding="utf-8")
    assert json.loads(text)
    assert read_manifest(copy) is None
    assert not_believed(copy.parent) == {copy.name: "its manifest was changed after it was written"}


@pytest.mark.parametrize("file", ["tables/kept.parquet", "notebooks/01_first.ipynb", "report/01_first.html"])
@quick
def test_a_changed_step_is_not_reused_and_the_run_says_why(tmp_path, file, capsys):
    world = TinyWorld(tmp_path)
    first = world.run(stages=("first",))
    spoil(first.folder / file)
    again = world.run(stages=("first",))
    assert {n: bool(s.reused_from) for n, s in again.manifest.steps.items()} == {"land": True, "first": False}
    assert f"{file} changed since {first.manifest.run} was sealed" in capsys.readouterr().err
    assert faults(again.folder, again.manifest) == []


@quick
def test_a_bad_manifest_is_passed_over_with_a_word_and_stops_no_later_run(tmp_path, capsys):
    world = TinyWorld(tmp_path)
    first = world.run(stages=("first",))
    (first.folder / "manifest.json").chmod(0o600)
    (first.folder / "manifest.json").write_bytes(b'\xff{"status": "done"')
    again = world.run(stages=("first",))
    assert again.exit_code == 0
    assert not any(step.reused_from for step in again.manifest.steps.values())
    assert f"{first.folder.name}: its manifest cannot be read; nothing of it is reused" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["tables/kept.parquet", "tables/landed/data_set.json"])
def test_a_notebook_opened_by_hand_reads_no_changed_table(copy, file):
    spoil(copy / file)
    with pytest.raises(BrokenExpectation, match=file):
        open_run(Params(run_dir=str(copy)), Registry("first", {}))


def test_changed_results_are_not_compared(copy):
    spoil(copy / "results.json")
    with pytest.raises(BrokenExpectation, match="results.json"):
        compare_runs(copy.parent, copy.name, copy.name)


def test_a_report_is_not_written_from_a_changed_run(copy):
    manifest = read_manifest(copy)
    spoil(copy / "notebooks" / "01_first.ipynb")
    before = sha256(copy / "report" / "01_first.html")
    with pytest.raises(BrokenExpectation, match="01_first.ipynb"):
        render_report(copy, manifest)
    assert sha256(copy / "report" / "01_first.html") == before


def test_a_link_in_the_place_of_a_folder_is_found(copy):
    (copy / "tables").rename(copy.parent / "elsewhere")
    (copy / "tables").symlink_to(copy.parent / "elsewhere")
    found = faults(copy, read_manifest(copy))
    assert {fault.what for fault in found if fault.file.startswith("tables/")} == {"link"}
    spoil(copy / "results.json", linked)
    with pytest.raises(BrokenExpectation, match="link"):
        check_seal(copy, read_manifest(copy), ["results.json"])


def test_files_are_for_the_owner_alone_and_closed(sealed):
    run = sealed[1].folder
    for path in (run, *run.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o400), path


def test_a_run_at_work_writes_for_the_owner_alone_whatever_the_umask(tmp_path):
    """The notebook writes in a way of its own, and tells what mode came out."""
    from tiny_runs import FIRST, write_notebook

    world = TinyWorld(tmp_path)
    cell = """
    import os, pathlib
    place = pathlib.Path(run_dir) / "tables" / "own.csv"
    place.parent.mkdir(exist_ok=True)
    place.write_text("x")
    pathlib.Path("modes").write_text(f"{place.stat().st_mode & 0o777:o} {place.parent.stat().st_mode & 0o777:o}")
    pathlib.Path("temporary").write_text(__import__("tempfile").mkdtemp())
    """
    write_notebook(world.notebook(FIRST), cell)
    before = os.umask(0)
    try:
        outcome = world.run(stages=("first",))
    finally:
        os.umask(before)
    assert outcome.exit_code == 0
    assert (tmp_path / "modes").read_text() == "600 700"
    temporary = Path((tmp_path / "temporary").read_text())
    assert temporary.is_relative_to((tmp_path / "runs").resolve()) and not temporary.exists()


@quick
def test_saving_a_notebook_of_the_new_run_changes_no_old_one(tmp_path):
    """Nothing but tables is shared, and those only where nobody could write."""
    world = TinyWorld(tmp_path)
    first, again = world.run(stages=("first",)), world.run(stages=("first",))
    path = again.folder / "notebooks" / "01_first.ipynb"
    path.chmod(0o600)
    with path.open("r+", encoding="utf-8") as stream:  # into the same file, as an editor may
        stream.write(" ")
    assert faults(first.folder, first.manifest) == []
    assert [fault.file for fault in faults(again.folder, again.manifest)] == ["notebooks/01_first.ipynb"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="an administrator's trial")
@quick
def test_an_administrator_who_writes_into_a_laid_table_changes_no_finished_run(tmp_path):
    """Root may write to everything: what a stage finds is then a copy."""
    from tiny_runs import SECOND, write_notebook

    from rcommerce_helpers.relationship.params import ReportParams

    world = TinyWorld(tmp_path)
    first = world.run()
    cell = 'pd.DataFrame({"x": [9]}).to_parquet(f"{run_dir}/tables/kept.parquet")'
    write_notebook(world.notebook(SECOND), cell, cls=ReportParams, stage="second")
    assert world.run().exit_code == 1
    assert faults(first.folder, first.manifest) == []


@quick
def test_rewriting_breaks_links_seals_anew_and_is_logged(tmp_path):
    world = TinyWorld(tmp_path)
    first, again = world.run(stages=("first",)), world.run(stages=("first",))

    def forget(folder: Path) -> list[str]:
        table = folder / "tables" / "kept.parquet"
        kept = pd.read_parquet(table).head(1)
        table.unlink()
        kept.to_parquet(table)
        return ["tables/kept.parquet"]

    rewrite(again.folder, again.manifest, forget, why="one person forgotten")
    manifest = read_manifest(again.folder)
    assert faults(again.folder, manifest) == faults(first.folder, first.manifest) == []
    assert [entry["why"] for entry in manifest.resealed] == ["one person forgotten"]
    assert len(pd.read_parquet(first.folder / "tables" / "kept.parquet")) == 2
    last = json.loads((again.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["why"]) == ("run rewritten", "one person forgotten")


def test_verify_says_what_is_wrong_and_ends_with_4(copy, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["rcommerce", "verify", copy.name, "--out", str(copy.parent)])
    with pytest.raises(SystemExit) as whole:
        cli.main()
    assert whole.value.code in (0, None)
    assert "each as it was when the run was sealed" in capsys.readouterr().out
    spoil(copy / "report" / "01_first.html")
    with pytest.raises(SystemExit) as changed:
        cli.main()
    assert changed.value.code == 4
    assert "report/01_first.html (changed)" in capsys.readouterr().err


def test_make_clean_removes_sealed_runs(copy):
    """The line of the Makefile, on a folder whose files nobody may write."""
    line = next(x for x in Path("Makefile").read_text(encoding="utf-8").splitlines() if "chmod -R" in x)
    subprocess.run(line.strip().lstrip("@"), shell=True, cwd=copy.parents[1], check=True)
    shutil.rmtree(copy.parent)
    assert not copy.exists()


def test_a_reopened_notebook_of_a_finished_run_still_says_where_it_lies(sealed):
    executed = nbformat.read(sealed[1].folder / "notebooks" / "01_first.ipynb", as_version=4)
    assert any('run_dir = ".."' in cell.source for cell in executed.cells)
