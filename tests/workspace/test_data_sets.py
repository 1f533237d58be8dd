"""A data set is known by what it is, not by how its path is spelled."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sources.landing_kit import HEAD, ORDERS
from tiny_runs import TinyWorld

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.results import write_json
from rcommerce_helpers.sources import load_data_set
from rcommerce_helpers.sources.public import public_data_sets
from rcommerce_helpers.workspace.data_sets import data_set_id
from rcommerce_helpers.workspace.runs.compare import newest_run
from rcommerce_helpers.workspace.runs.manifest import Manifest, last_landed, not_believed
from rcommerce_helpers.workspace.runs.request import plan_of
from rcommerce_helpers.workspace.runs.steps import Graph

TOML = f"""{HEAD}
[files.orders]
path = "orders.csv"
source = "shop"
{ORDERS}"""
SPELLINGS = [
    "shop/sources.toml",
    "./shop/sources.toml",
    "shop",
    "shop/",
    "shop/../shop/./sources.toml",
    "{here}/shop/sources.toml",
    "{here}/shop/",
    "linked_folder/sources.toml",
]


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A folder with a shop, a link to it, and runs."""
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "sources.toml").write_text(TOML, encoding="utf-8")
    (shop / "orders.csv").write_text("no,who,when\n1,a,2024-06-01 10:00\n", encoding="utf-8")
    (tmp_path / "linked_folder").symlink_to(shop)
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def finished(here: Path, dataset: str, name: str = "20240102T000000-b") -> Path:
    folder = here / "runs" / name
    folder.mkdir()
    manifest = Manifest(run=name, dataset=dataset, started_at="2024-01-02T00:00:00+00:00", status="done")
    manifest.data_set = data_set_id(dataset, here)
    manifest.data_fingerprint = load_data_set(dataset).fingerprint
    manifest.save(folder)
    return folder


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_finds_the_run_of_every_other(here, spelling):
    spelled = spelling.format(here=here)
    folder = finished(here, "shop/sources.toml")
    assert newest_run(here / "runs", spelled).path == folder
    assert last_landed(here / "runs", data_set_id(spelled, here)) == folder / "tables" / "landed"


def test_new_rows_are_the_same_data_set_and_another_shop_is_another(here):
    folder = finished(here, "shop")
    with (here / "shop" / "orders.csv").open("a", encoding="utf-8") as stream:
        stream.write("2,b,2024-06-02 10:00\n")
    assert newest_run(here / "runs", f"{here}/shop/sources.toml").path == folder
    shutil.copytree(here / "shop", here / "other")
    (here / "other" / "orders.csv").write_text("no,who,when\n9,z,2024-06-01 10:00\n", encoding="utf-8")
    with pytest.raises(ParamError, match="no finished run of 'other'"):
        newest_run(here / "runs", "other")
    assert last_landed(here / "runs", data_set_id("other", here)) is None


def test_the_same_spelling_from_another_folder_is_another_data_set(here, monkeypatch):
    finished(here, "shop/sources.toml")
    elsewhere = here / "elsewhere"
    (elsewhere / "shop").mkdir(parents=True)
    assert data_set_id("shop/sources.toml", elsewhere) != data_set_id("shop/sources.toml", here)


def test_a_notebook_beside_the_runs_knows_the_path_that_the_run_was_given(here, monkeypatch):
    folder = finished(here, "shop/sources.toml")
    (here / "notebooks").mkdir()
    monkeypatch.chdir(here / "notebooks")
    assert newest_run(here / "runs", "shop/sources.toml").path == folder
    assert newest_run(here / "runs", "../shop").path == folder


def test_a_project_that_was_moved_is_known_by_its_content(here):
    folder = finished(here, "shop")
    (here / "shop").rename(here / "moved")
    assert newest_run(here / "runs", "moved/sources.toml").path == folder


@pytest.mark.parametrize("spelling", ["branch", "branch/sources.toml"])
def test_a_link_to_a_description_reads_the_files_beside_the_link_and_is_another_data_set(here, spelling):
    folder = finished(here, "shop")
    (here / "branch").mkdir()
    (here / "branch" / "sources.toml").symlink_to(here / "shop" / "sources.toml")
    (here / "branch" / "orders.csv").write_text("no,who,when\n9,z,2024-06-01 10:00\n", encoding="utf-8")
    assert load_data_set(spelling).file_path("orders").parent == Path("branch")
    assert last_landed(here / "runs", data_set_id(spelling, here)) is None
    with pytest.raises(ParamError, match="no finished run"):
        newest_run(here / "runs", spelling)
    mine = finished(here, "branch", "20240103T000000-c")
    assert newest_run(here / "runs", spelling).path == mine
    assert newest_run(here / "runs", "shop").path == folder


def test_a_public_data_set_given_by_its_path_is_known_by_its_name(here):
    for name, path in public_data_sets().items():
        assert data_set_id(str(path), here) == data_set_id(str(path.parent), here) == name


def test_names_are_names_wherever_one_stands(here):
    assert data_set_id("demo", here) == data_set_id("demo", here / "runs") == "demo"
    assert data_set_id("complete-journey", here) == "complete-journey"


def test_runs_of_earlier_versions_are_passed_over_with_a_word(here):
    folder = finished(here, "shop/sources.toml")
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    write_json(folder / "manifest.json", {**content, "format": 2})
    assert not_believed(here / "runs") == {folder.name: "its manifest has format 2, this version writes 3"}
    with pytest.raises(ParamError, match="no finished run"):
        newest_run(here / "runs", "shop")


def test_another_spelling_reuses_the_steps(here):
    world = TinyWorld(here)
    requests = [replace(world.request(), dataset=spelled) for spelled in ("shop/sources.toml", f"{here}/shop", "demo")]
    first, second, other = (Graph(plan_of(request, world.table), "same data").fingerprints for request in requests)
    assert first == second
    assert first["first"] != other["first"]
