"""A wrong request is refused before anything is written, with one message that says what to do."""

import os
from pathlib import Path

import pytest
from tiny_runs import FIRST, SECOND, TinyWorld

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.workspace.runs.request import plan_of
from rcommerce_helpers.workspace.runs.stages import STAGES, Stage, StageTable


@pytest.fixture
def world(tmp_path):
    return TinyWorld(tmp_path)


def refused(world: TinyWorld, *settings: str, **given) -> str:
    with pytest.raises(ParamError) as caught:
        plan_of(world.request(*settings, **given), world.table)
    assert world.left() == []
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("second.story_event=5", "Did you mean story_events?"),
        ("second.story_events=eight", "expected int"),
        ("second.story_events=2", "from 3 to 30"),
        ("second.story_events=", "expected int"),
        ("secnd.story_events=5", "Did you mean second"),
        ("story_events=5", "Did you mean --set second.story_events=..."),
        ("second.story_events", "stage.name=value"),
        ("second.dataset=other", "Use --dataset"),
        ("second.run_dir=elsewhere", "Use --out"),
        ("second.controls=true", "scheduled runs have no controls"),
    ],
)
def test_wrong_setting_names_the_culprit(world, text, said):
    assert said in refused(world, text)


@pytest.mark.parametrize(
    "name",
    [
        "story_events=1;import os;os.mkdir('owned')",
        "story_events\nimport os",
        "__import__('os')",
        "../../etc",
        "{seed}",
        "seed;",
        "",
    ],
)
def test_hostile_parameter_names_never_reach_a_notebook(world, name, monkeypatch):
    monkeypatch.chdir(world.root)
    before = set(world.root.iterdir())
    refused(world, f"second.{name}=1")
    assert set(world.root.iterdir()) == before


def test_setting_reaches_the_parameters_of_its_stage_only(world):
    plan = plan_of(world.request("second.story_events=5", "second.seed=11"), world.table)
    assert (plan.params["second"].story_events, plan.params["second"].seed) == (5, 11)
    assert plan.params["first"].seed == 7
    assert not any(params.controls for params in plan.params.values())


def test_setting_of_a_stage_that_is_not_run_is_checked_too(world):
    assert "from 3 to 30" in refused(world, "second.story_events=99", stages=("first",))


def test_unknown_stage_names_the_nearest(world):
    assert "Did you mean second" in refused(world, stages=("secnd",))


def test_named_stage_brings_what_it_needs(world):
    assert [s.name for s in plan_of(world.request(stages=("second",)), world.table).stages] == ["first", "second"]
    assert [s.name for s in plan_of(world.request(stages=("01_first",)), world.table).stages] == ["first"]


def test_stage_without_notebook_is_left_out_with_those_that_need_it(world):
    world.notebook(FIRST).unlink()
    lonely = Stage("third", "02_second", "rcommerce_helpers.params:Params")
    table = StageTable(world.root / "notebooks", (FIRST, SECOND, lonely))
    plan = plan_of(world.request(), table)
    assert [s.name for s in plan.stages] == ["third"]
    assert plan.left_out == ("first", "second")
    with pytest.raises(ParamError, match="no notebook"):
        plan_of(world.request(stages=("second",)), table)


def test_time_out_of_nothing_is_refused(world):
    assert "at least 1 second" in refused(world, timeout=0)


@pytest.mark.parametrize("place", ["file.txt", "file.txt/runs"])
def test_out_folder_must_be_a_folder(world, place):
    (world.root / "file.txt").write_text("x", encoding="utf-8")
    request = world.request()
    object.__setattr__(request, "out", world.root / place)
    with pytest.raises(ParamError, match="a folder that can be written"):
        plan_of(request, world.table)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_out_folder_must_be_writable(world):
    world.out.mkdir(mode=0o500)
    refused(world)


def test_every_stage_of_the_house_has_parameters_that_fit_its_settings():
    names = {stage.name for stage in STAGES} | {"land"}
    for stage in STAGES:
        assert set(stage.needs) <= names
        assert stage.params_class()().controls is True


def test_stages_are_listed_after_what_they_need():
    seen = {"land"}
    for stage in STAGES:
        assert set(stage.needs) <= seen
        seen.add(stage.name)


def test_standard_table_finds_the_notebooks_beside_the_package():
    from rcommerce_helpers.workspace.runs.stages import standard_table

    assert standard_table().folder == Path(__file__).resolve().parents[2] / "notebooks"
