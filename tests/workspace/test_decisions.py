"""Two data sets in one project: a decision on one says nothing of the other, though their records share numbers."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from tiny_runs import FIRST, STARTED, TinyWorld

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.merging.ids import read_ids, remember_ids
from rcommerce_helpers.sources import load_data_set
from rcommerce_helpers.workspace.data_sets import data_set_id
from rcommerce_helpers.workspace.decisions import OF_A_DATA_SET, check_name, decisions_of
from rcommerce_helpers.workspace.rights.forgetting import forget
from rcommerce_helpers.workspace.runs.data import DescribedData
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.remembering import Remembering
from rcommerce_helpers.workspace.runs.request import plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks

SOURCES = """
[data_set]
name = "{name}"
title = "Tiny"
as_of = 2024-06-30
currency = "EUR"
time_zone = "UTC"
tax = "included"
[files.crm]
path = "crm.csv"
source = "crm"
[[tables.source_records]]
from = "crm"
columns = {{ record_id = "id", given_name = "given", email = "mail" }}
"""
SAME = '[[{}]]\nrecords = ["crm:1", "crm:{}"]\nreason = "letter"\nday = 2024-06-01\n'
PEOPLE = {"one": ("Anna,anna@web.de", "Ben,ben@web.de"), "two": ("Carl,carl@web.de", "Dora,dora@web.de")}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two data sets with decisions on crm:1, who is Anna in one and Carl in the other; crm:3 is only in the second."""
    monkeypatch.setenv("RCOMMERCE_KEY_FILE", str(tmp_path / "key"))
    for name, people in PEOPLE.items():
        folder, decided = tmp_path / name, tmp_path / "decisions" / name
        folder.mkdir()
        decided.mkdir(parents=True)
        lines = [f"{i},{person}" for i, person in enumerate([*people, *(["Emil,"] if name == "two" else [])], start=1)]
        (folder / "sources.toml").write_text(SOURCES.format(name=name))
        (folder / "crm.csv").write_text("\n".join(["id,given,mail", *lines, ""]))
        remember_ids(
            decided / "ids.parquet", pd.DataFrame({"record_id": ["crm:1", "crm:2"], "internal_id": ["crm:1", "i2"]})
        )
    (tmp_path / "decisions" / "one" / "identity.toml").write_text(SAME.format("same", 2))
    (tmp_path / "decisions" / "two" / "identity.toml").write_text(SAME.format("different", 3))
    return tmp_path


def remembering(project, name) -> Remembering:
    data = DescribedData(load_data_set(str(project / name)))
    return Remembering(data, project / "runs", data_set_id(name, project), project)


def run(project, name, hours):
    world = TinyWorld(project, stages=(FIRST,))
    request = replace(world.request(), dataset=name)
    data = DescribedData(load_data_set(str(project / name)))
    done = run_notebooks(plan_of(request, world.table), data, Lines(), started=STARTED + timedelta(hours=hours))
    assert done.exit_code == 0, done.errors


def test_each_data_set_lands_with_its_own_decisions(project):
    for name, verdict in (("one", "same"), ("two", "different")):
        remembering(project, name).land(project / "landed" / name, None)
        decided = pd.read_parquet(project / "landed" / name / "decided_pairs.parquet")
        assert decided["verdict"].to_list() == [verdict]


def test_a_decision_on_one_changes_nothing_for_the_other(project):
    before = {name: remembering(project, name).fingerprint for name in PEOPLE}
    (project / "decisions" / "two" / "identity.toml").unlink()
    assert remembering(project, "one").fingerprint == before["one"]
    assert remembering(project, "two").fingerprint != before["two"]


@pytest.mark.parametrize("file", OF_A_DATA_SET)
def test_decisions_that_name_no_data_set_are_refused_with_their_place(project, file):
    (project / "decisions" / file).write_text("")
    with pytest.raises(ParamError, match=rf"decisions/{file}: got decisions that do not say .* in decisions/one/"):
        remembering(project, "one")


def test_who_is_forgotten_in_one_leaves_the_same_number_of_the_other(project):
    run(project, "one", 0)
    run(project, "two", 1)
    (project / "decisions" / "two" / "notes.txt").write_text("crm:1 and anna@web.de, who is nobody here")
    assert forget(project / "runs", "anna@web.de", project, yes=True).done
    assert "crm:1" not in (project / "decisions" / "one" / "identity.toml").read_text()
    assert read_ids(project / "decisions" / "one" / "ids.parquet")["record_id"].to_list() == ["crm:2"]
    assert "crm:1" in (project / "decisions" / "two" / "identity.toml").read_text()
    assert read_ids(project / "decisions" / "two" / "ids.parquet")["record_id"].to_list() == ["crm:1", "crm:2"]
    assert (project / "decisions" / "two" / "notes.txt").read_text() == "crm:1 and [erased], who is nobody here"


def test_two_data_sets_of_one_name_are_refused_and_a_new_name_takes_its_decisions_along(project):
    run(project, "one", 0)
    text = SOURCES.format(name="one")
    (project / "two" / "sources.toml").write_text(text)
    with pytest.raises(ParamError, match=r"the name of another data set of this project \(one\)"):
        remembering(project, "two")
    (project / "one" / "sources.toml").write_text(SOURCES.format(name="three"))
    with pytest.raises(ParamError, match="Rename decisions/one"):
        remembering(project, "one")
    (project / "decisions" / "one").rename(project / "decisions" / "three")
    assert remembering(project, "one").name == "three"


def test_a_project_that_was_moved_keeps_its_decisions(project):
    run(project, "one", 0)
    moved = project.with_name(f"{project.name}-moved")
    project.rename(moved)
    check_name(moved / "runs", moved, data_set_id("one", moved), "one")
    assert len(read_ids(decisions_of(moved, "one") / "ids.parquet")) == 2


def test_a_project_that_was_copied_is_not_taken_for_a_second_data_set(project):
    """Its runs name the data set by its whole path, which is still there, outside of the copy."""
    run(project, str(project / "one"), 0)
    copied = project.with_name(f"{project.name}-copied")
    shutil.copytree(project, copied)
    data_set = data_set_id("one", copied)
    check_name(copied / "runs", copied, data_set, "one")
    with pytest.raises(ParamError, match="the name of another data set"):
        check_name(copied / "runs", copied, data_set, "one", within=False)
