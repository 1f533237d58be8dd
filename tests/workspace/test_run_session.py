"""Whole runs of tiny notebooks: what is written, reused, kept and cleared, and which exit code tells the truth."""

import json

import pytest
from tiny_runs import FIRST, SECOND, STARTED, Stage, TinyData, TinyWorld, write_notebook

from rcommerce_helpers.errors import BrokenExpectation, ParamError, Surroundings
from rcommerce_helpers.lock import one_writer
from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.workspace.runs.compare import newest_run
from rcommerce_helpers.workspace.runs.manifest import read_manifest
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks

quick = pytest.mark.usefixtures("without_kernels")


@pytest.fixture
def world(tmp_path):
    return TinyWorld(tmp_path)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One finished run that the tests of its contents share."""
    world = TinyWorld(tmp_path_factory.mktemp("done"))
    return world, world.run("second.story_events=5")


def visible(world: TinyWorld) -> list[str]:
    assert not [name for name in world.left() if name.startswith(".")]
    return world.left()


def test_a_run_leaves_one_complete_folder(done):
    world, outcome = done
    assert (outcome.exit_code, outcome.errors) == (0, ())
    assert visible(world) == [outcome.folder.name]
    files = {p.relative_to(outcome.folder).as_posix() for p in outcome.folder.rglob("*") if p.is_file()}
    assert files == {
        "log.jsonl",
        "manifest.json",
        "notebooks/01_first.ipynb",
        "notebooks/02_second.ipynb",
        "report/01_first.html",
        "report/02_second.html",
        "report/index.html",
        "results.json",
        "results/first.json",
        "results/second.json",
        "tables/kept.parquet",
        "tables/landed/data_set.json",
        "tables/landed/orders.parquet",
    }
    assert newest_run(world.out, "tiny").path == outcome.folder
    assert outcome.headlines() == ["first: first found three orders.", "second: second found three orders."]


@pytest.mark.parametrize("as_of", ["2023-01-01", "2024-07-01"])
def test_a_last_day_outside_the_data_leaves_nothing_behind(world, as_of):
    plan = plan_of(world.request(as_of=as_of), world.table)
    with pytest.raises(ParamError, match="data from 2023-01-02 to 2024-06-30"):
        run_notebooks(plan, world.data, Lines(), started=STARTED)
    assert world.left() == []


def test_a_last_day_outside_a_landing_that_is_reused_is_refused_at_once(done):
    world, outcome = done
    landings = world.data.landings
    plan = plan_of(world.request(as_of="2022-12-31"), world.table)
    with pytest.raises(ParamError, match="data from 2023-01-02 to 2024-06-30"):
        run_notebooks(plan, world.data, Lines(), started=STARTED)
    assert world.data.landings == landings
    assert visible(world) == [outcome.folder.name]


def test_another_form_of_day_names_the_span_that_an_earlier_run_knows(done):
    world, _ = done
    with pytest.raises(ParamError, match="a day such as 2017-12-31 within the data from 2023-01-02 to 2024-06-30"):
        plan_of(world.request(as_of="2024-W20-1"), world.table)


def test_manifest_tells_what_was_asked_used_and_written(done):
    manifest = read_manifest(done[1].folder)
    assert manifest.status == "done"
    assert manifest.parameters["second"]["story_events"] == 5
    assert manifest.parameters["second"]["smallest_group"] == 10
    assert "run_dir" not in manifest.parameters["first"]
    assert manifest.seeds == {"first": 7, "second": 7}
    assert manifest.steps["first"].files.keys() == {
        "notebooks/01_first.ipynb",
        "report/01_first.html",
        "results/first.json",
        "tables/kept.parquet",
    }
    assert manifest.steps["second"].cpu_seconds > 0
    assert manifest.versions["papermill"]
    assert manifest.data_fingerprint == "tiny"
    kept = next(table for table in manifest.tables if table["file"] == "tables/kept.parquet")
    assert (kept["step"], kept["rows"], kept["columns"]) == ("first", 2, 1)


def test_merged_results_name_stage_and_figure(done):
    merged = json.loads((done[1].folder / "results.json").read_text(encoding="utf-8"))
    assert [(row["stage"], row["name"], row["value"]) for row in merged["figures"]] == [
        ("first", "orders", 3.0),
        ("second", "orders", 3.0),
    ]
    assert merged["headlines"]["first"] == "first found three orders."


def test_executed_notebooks_name_no_folder_of_this_machine(done):
    world, folder = done[0], done[1].folder
    for path in (folder / "notebooks").glob("*.ipynb"):
        assert str(world.root) not in path.read_text(encoding="utf-8")
        assert 'run_dir = \\"..\\"' in path.read_text(encoding="utf-8")
    for path in (folder / "report").glob("*.html"):
        assert str(world.root) not in path.read_text(encoding="utf-8")


@quick
def test_second_run_reuses_everything_and_equals_the_first(world):
    first = world.run()
    again = world.run()
    assert [step.reused_from for step in again.manifest.steps.values()] == [first.manifest.run] * 3
    assert world.data.landings == 1
    assert all("(reused)" in line for line in again.headlines())
    for name in ("results/second.json", "notebooks/02_second.ipynb", "results/first.json"):
        assert (again.folder / name).read_bytes() == (first.folder / name).read_bytes()
    assert len(visible(world)) == 2


@quick
def test_changed_setting_reruns_that_stage_only(world):
    world.run()
    reused = {n: bool(s.reused_from) for n, s in world.run("second.story_events=9").manifest.steps.items()}
    assert reused == {"land": True, "first": True, "second": False}


@quick
def test_changed_notebook_reruns_what_needs_it(world):
    world.run()
    write_notebook(world.notebook(FIRST), 'run.keep("kept", pd.DataFrame({"x": [9]}))')
    reused = {n: bool(s.reused_from) for n, s in world.run().manifest.steps.items()}
    assert reused == {"land": True, "first": False, "second": False}


@quick
def test_changed_data_reruns_everything(world):
    world.run()
    world.data = TinyData(fingerprint="other")
    assert not any(step.reused_from for step in world.run().manifest.steps.values())


@quick
def test_fresh_reuses_nothing(world):
    world.run(stages=("first",))
    outcome = world.run(stages=("first",), fresh=True)
    assert not any(step.reused_from for step in outcome.manifest.steps.values())


@quick
def test_step_whose_file_was_damaged_is_not_reused(world):
    folder = world.run(stages=("first",)).folder
    (folder / "tables" / "kept.parquet").write_bytes(b"short")
    reused = {n: bool(s.reused_from) for n, s in world.run(stages=("first",)).manifest.steps.items()}
    assert reused == {"land": True, "first": False}


def test_failing_cell_gives_exit_1_and_a_folder_for_diagnosis(world):
    write_notebook(world.notebook(SECOND), 'raise RuntimeError("no such luck")', cls=ReportParams, stage="second")
    outcome = world.run()
    assert outcome.exit_code == 1
    assert outcome.errors == ("02_second, cell 6: RuntimeError: no such luck",)
    assert visible(world) == [f"{outcome.manifest.run}-failed"]
    assert read_manifest(outcome.folder).status == "failed"
    assert (outcome.folder / "notebooks" / "02_second.ipynb").exists()
    assert not (outcome.folder / "results" / "second.json").exists()
    with pytest.raises(ParamError, match="no finished run"):
        newest_run(world.out, "tiny")


@quick
def test_finished_steps_of_a_failed_run_are_taken_up(world):
    write_notebook(world.notebook(SECOND), 'raise RuntimeError("no")', cls=ReportParams, stage="second")
    failed = world.run()
    write_notebook(world.notebook(SECOND), cls=ReportParams, stage="second")
    steps = world.run().manifest.steps
    assert [steps[n].reused_from for n in ("land", "first", "second")] == [failed.manifest.run] * 2 + [""]


@quick
def test_failure_stops_what_needs_it_and_nothing_else(world):
    third = Stage("third", "03_third", "rcommerce_helpers.params:Params")
    world.stages = (FIRST, SECOND, third)
    write_notebook(world.notebook(third), stage="third")
    write_notebook(world.notebook(FIRST), 'raise RuntimeError("no")')
    outcome = world.run()
    assert {n: s.status for n, s in outcome.manifest.steps.items()} == {
        "land": "done",
        "first": "failed",
        "third": "done",
    }


def test_time_out_gives_exit_3_and_says_so(world):
    write_notebook(world.notebook(FIRST), "time.sleep(60)")
    outcome = world.run(stages=("first",), timeout=2)
    assert outcome.exit_code == 3
    assert "longer than 2 seconds" in outcome.errors[0]
    assert read_manifest(outcome.folder).status == "timeout"
    executed = json.loads((outcome.folder / "notebooks" / "01_first.ipynb").read_text(encoding="utf-8"))
    assert executed["metadata"]["papermill"]["exception"] is True


def test_broken_expectation_in_a_notebook_gives_exit_4(world):
    cell = """
    from rcommerce_helpers.errors import BrokenExpectation
    raise BrokenExpectation("orders", got="3 rows", expected="at least 10", do="Ask for the whole export")
    """
    write_notebook(world.notebook(FIRST), cell)
    outcome = world.run(stages=("first",))
    assert outcome.exit_code == 4
    assert "at least 10" in outcome.errors[0]


def test_dead_kernel_is_one_message(world):
    write_notebook(world.notebook(FIRST), "__import__('os')._exit(9)")
    outcome = world.run(stages=("first",))
    assert outcome.exit_code == 1
    assert "kernel died" in outcome.errors[0]


def test_broken_data_leave_nothing(world):
    world.data = TinyData(broken=True)
    with pytest.raises(BrokenExpectation):
        world.run()
    assert not world.out.exists()


@quick
def test_broken_data_leave_earlier_runs_alone(world):
    kept = world.run(stages=("first",)).folder.name
    world.data = TinyData(fingerprint="other", broken=True)
    with pytest.raises(BrokenExpectation):
        world.run()
    assert visible(world) == [kept]


@quick
def test_two_stages_writing_one_file_are_refused(world):
    write_notebook(
        world.notebook(SECOND), 'run.keep("kept", pd.DataFrame({"x": [7]}))', cls=ReportParams, stage="second"
    )
    outcome = world.run()
    assert outcome.exit_code == 1
    assert "a file changed by a later stage" in outcome.errors[0]


@quick
def test_notebook_sees_only_what_its_needs_wrote(world):
    alone = Stage("second", "02_second", "rcommerce_helpers.relationship.params:ReportParams", reads=("kept",))
    world.stages = (FIRST, alone)
    write_notebook(world.notebook(alone), 'assert run.tables.kept.table == "kept"', cls=ReportParams, stage="second")
    assert world.run().exit_code == 0


@quick
def test_parameter_the_notebook_does_not_declare_is_refused(world):
    write_notebook(world.notebook(SECOND), stage="second")  # declares the base parameters only
    outcome = world.run()
    assert outcome.exit_code == 1
    assert "story_events" in outcome.errors[0]


def test_braces_and_blanks_in_paths_are_no_fields(tmp_path):
    world = TinyWorld(tmp_path / "a {seed} 'b' \u00fc")
    assert world.run(stages=("first",)).exit_code == 0


@quick
def test_one_run_per_folder_at_a_time(world):
    world.out.mkdir()
    with one_writer(world.out), pytest.raises(Surroundings, match="a run or another writer in progress"):
        world.run()
    assert world.left() == []
    assert world.run(stages=("first",)).exit_code == 0


@quick
def test_lock_file_left_behind_does_not_stand_in_the_way(world):
    world.out.mkdir()
    (world.out / ".lock").write_text("999999\n", encoding="utf-8")
    assert world.run(stages=("first",)).exit_code == 0


def test_log_has_one_line_per_event(done):
    lines = (done[1].folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    events = [(row["event"], row.get("step")) for row in map(json.loads, lines)]
    assert events == [
        ("run started", None),
        ("step done", "land"),
        ("step started", "first"),
        ("step done", "first"),
        ("step started", "second"),
        ("step done", "second"),
        ("run done", None),
    ]
