"""The key of a project: who makes it, who may read it, who learns of it, and what another key changes."""

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from known_key import KEY, KEY_TEXT
from workspace.tiny_runs import FIRST, SECOND, TinyWorld, write_notebook

from rcommerce_helpers.access.allowance import Allowance
from rcommerce_helpers.errors import NotPermitted, ParamError
from rcommerce_helpers.results import Registry
from rcommerce_helpers.workspace import project_key as room
from rcommerce_helpers.workspace.notebook import Run
from rcommerce_helpers.workspace.project import write_project
from rcommerce_helpers.workspace.project_key import ELSEWHERE, KEY_FILE, key_path, project_key

quick = pytest.mark.usefixtures("without_kernels")
NAMING = replace(FIRST, landed="records")
NAMES = """
from rcommerce_helpers.merging.pseudonyms import pseudonyms
run.keep("named", pd.DataFrame({"customer_id": list(pseudonyms("c", ["crm:1"], run.key).values())}))
"""
LOOKS = """
import os
import pytest
from rcommerce_helpers.errors import NotPermitted
with pytest.raises(NotPermitted):
    run.key
assert "RCOMMERCE_KEY_FILE" not in os.environ
run.tables.kept
"""


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY_TEXT, encoding="ascii")
    file.chmod(0o600)
    return file


@pytest.fixture
def world(tmp_path):
    """The first of two stages names people, the second must not learn the key."""
    world = TinyWorld(tmp_path / "project", stages=(NAMING, SECOND))
    write_notebook(world.notebook(FIRST), 'run.keep("kept", pd.DataFrame({"x": [1, 2]}))', NAMES)
    write_notebook(world.notebook(SECOND), LOOKS, cls=SECOND.params_class(), stage="second")
    return world


def named(run: Path) -> str:
    return pd.read_parquet(run / "tables" / "named.parquet")["customer_id"].iloc[0]


def test_the_first_use_makes_a_key_for_its_owner_alone_and_the_next_keeps_it(tmp_path):
    file = tmp_path / KEY_FILE
    first = project_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.secret) == 32
    assert project_key(file) == first
    assert project_key(tmp_path / "another") != first
    assert sorted(p.name for p in tmp_path.iterdir()) == [KEY_FILE, "another"]


def test_of_many_first_runs_at_once_all_use_one_key(tmp_path):
    script = "import sys; from pathlib import Path; from rcommerce_helpers.workspace.project_key import project_key; "
    script += "print(project_key(Path(sys.argv[1])).digest)"
    command = [sys.executable, "-c", script, str(tmp_path / KEY_FILE)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({run.communicate()[0] for run in runs}) == 1
    assert [p.name for p in tmp_path.iterdir()] == [KEY_FILE]


def test_a_file_system_without_links_still_never_replaces_a_key(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    first = project_key(tmp_path / KEY_FILE)
    room._make(tmp_path / KEY_FILE)  # another run that had seen no key
    assert project_key(tmp_path / KEY_FILE) == first
    assert [p.name for p in tmp_path.iterdir()] == [KEY_FILE]


def spoilt(place: Path, kind: str) -> Path:
    file = place / KEY_FILE
    match kind:
        case "a link":
            (place / "true").write_text(KEY_TEXT)
            (place / "true").chmod(0o600)
            file.symlink_to(place / "true")
        case "a link to nothing":
            file.symlink_to(place / "nowhere")
        case "a folder":
            file.mkdir()
        case "no folder":
            return place / "missing" / KEY_FILE
        case _:
            texts = {"empty": "", "too short": KEY_TEXT[:62], "no hex": "x" + KEY_TEXT[1:], "zeros": "0" * 64}
            file.write_text(texts.get(kind, KEY_TEXT))
            file.chmod({"group": 0o640, "others": 0o604}.get(kind, 0o600))
    return file


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("a link", "got a link"), ("a link to nothing", "got a link"), ("a folder", "got a folder"),
        ("no folder", "a folder that does not exist"), ("empty", "an empty key file"),
        ("too short", "no key in 62 characters"), ("no hex", "no key in 64 characters"), ("zeros", "no key in 64"),
        ("group", "others may read .0640.*chmod 600"), ("others", "others may read .0604.*chmod 600"),
    ],
)  # fmt: skip
def test_a_key_file_that_is_none_is_named_and_never_quoted(tmp_path, kind, said):
    with pytest.raises(ParamError, match=said) as caught:
        project_key(spoilt(tmp_path, kind))
    assert KEY_TEXT[1:40] not in f"{caught.value} {caught.value.__context__} {caught.value.__cause__}"


def test_the_key_lies_in_the_project_or_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.setenv(ELSEWHERE, str(tmp_path / "vault"))
    assert key_path(tmp_path) == tmp_path / "vault"
    monkeypatch.delenv(ELSEWHERE)
    assert key_path(tmp_path) == tmp_path / KEY_FILE


@quick
def test_a_run_makes_the_key_of_its_project_and_another_key_names_everybody_anew(world, monkeypatch):
    monkeypatch.delenv(ELSEWHERE)
    first = world.run()
    assert first.exit_code == 0, first.errors
    assert sorted(p.name for p in world.root.iterdir()) == [KEY_FILE, "notebooks", "runs"]
    again = world.run()
    assert {step.reused_from for step in again.manifest.steps.values()} == {first.manifest.run}
    assert named(again.folder) == named(first.folder)
    (world.root / KEY_FILE).unlink()
    other = world.run()
    assert named(other.folder) != named(first.folder)
    assert {name for name, step in other.manifest.steps.items() if step.reused_from} == {"land"}


def test_the_key_is_in_no_file_of_a_run(world, key_file, monkeypatch):
    monkeypatch.setenv(ELSEWHERE, str(key_file))
    outcome = world.run()
    assert outcome.exit_code == 0, outcome.errors
    for path in outcome.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert KEY.secret not in content, path
        assert KEY_TEXT.strip().encode() not in content, path
        assert str(key_file).encode() not in content, path


@quick
def test_a_run_that_names_nobody_makes_no_key(tmp_path, monkeypatch):
    monkeypatch.delenv(ELSEWHERE)
    world = TinyWorld(tmp_path)
    assert world.run().exit_code == 0
    assert not (tmp_path / KEY_FILE).exists()


def test_a_spoilt_key_stops_a_run_before_anything_is_written(world, key_file, monkeypatch):
    key_file.chmod(0o644)
    monkeypatch.setenv(ELSEWHERE, str(key_file))
    with pytest.raises(ParamError, match="chmod 600"):
        world.run()
    assert world.left() == []


@quick
def test_by_hand_the_key_is_that_of_the_nearest_folder_with_runs(world, key_file, monkeypatch):
    monkeypatch.delenv(ELSEWHERE)
    world.run()
    monkeypatch.chdir(world.root / "notebooks")
    run = Run(
        NAMING.params_class()(as_of="2024-06-30"),
        Registry("first", {}),
        None,
        None,
        Allowance("first", landed="records"),
    )
    assert run.key == project_key(world.root / KEY_FILE)
    with pytest.raises(NotPermitted, match="works on records"):
        _ = replace(run, allowance=Allowance("own_data", landed="counts")).key


def test_a_new_project_leaves_key_exports_and_runs_out_of_git(tmp_path):
    (tmp_path / ".gitignore").write_text("*.bak")
    write_project(tmp_path)
    kept_out = (tmp_path / ".gitignore").read_text().splitlines()
    assert kept_out == ["*.bak", KEY_FILE, f"{KEY_FILE}-forgotten", "/runs/", "/exports/"]
    root = Path(__file__).resolve().parents[2]
    assert KEY_FILE in (root / ".gitignore").read_text(encoding="utf-8").splitlines()
