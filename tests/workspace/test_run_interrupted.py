"""A run that is killed, stopped or interrupted: no half artefact, no process left, finished steps taken up."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from tiny_runs import SECOND, TinyWorld, write_notebook
from without_kernels import no_kernels

from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.workspace.runs.manifest import read_manifest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tiny_runs import TinyWorld
sys.exit(TinyWorld(Path(sys.argv[2])).run().exit_code)
"""


def started(world: TinyWorld) -> subprocess.Popen:
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", SCRIPT, here, str(world.root)]
    # A shell's background job ignores Ctrl-C, and its children with it: the run is started as from a terminal.
    listens = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=listens)  # noqa: PLW1509


def wait_for(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def first_is_done(world: TinyWorld) -> bool:
    parts = [p for p in world.out.glob(".*.part") if p.is_dir()] if world.out.exists() else []
    manifest = read_manifest(parts[0]) if parts else None
    return manifest is not None and "first" in manifest.steps


def sleeper_runs(world: TinyWorld) -> bool:
    return (world.root / "asleep").exists()


def processes_naming(text: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if text in line]


def asleep(folder: Path) -> TinyWorld:
    """A world whose second notebook says its kernel's process number and sleeps."""
    world = TinyWorld(folder)
    cell = """
    import os, pathlib
    pathlib.Path("asleep").write_text(str(os.getpid()))
    time.sleep(120)
    """
    write_notebook(world.notebook(SECOND), cell, cls=ReportParams, stage="second")
    return world


@pytest.fixture
def sleeping(tmp_path):
    return asleep(tmp_path)


def kernel_is_gone(world: TinyWorld) -> bool:
    try:
        os.kill(int((world.root / "asleep").read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A world whose run was killed while the second notebook slept, what lay there then, and the run that followed."""
    world = asleep(tmp_path_factory.mktemp("killed"))
    process = started(world)
    wait_for(lambda: sleeper_runs(world))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: kernel_is_gone(world), 15)
    left = world.left()
    write_notebook(world.notebook(SECOND), cls=ReportParams, stage="second")
    with no_kernels():
        return world, left, world.run()


def test_killed_run_is_taken_up_where_it_stopped(killed):
    world, left, outcome = killed
    assert left
    assert all(name.startswith(".") for name in left)
    assert outcome.exit_code == 0
    assert {n for n, s in outcome.manifest.steps.items() if s.reused_from} == {"land", "first"}
    assert world.left() == [outcome.folder.name]


def test_resumed_run_equals_an_unbroken_one(killed, tmp_path, without_kernels):
    unbroken = TinyWorld(tmp_path).run()
    for name in ("results.json", "results/first.json", "results/second.json"):
        both = (killed[2], unbroken)
        texts = [(o.folder / name).read_text(encoding="utf-8").replace(o.manifest.run, "") for o in both]
        assert texts[0] == texts[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_run_keeps_finished_steps_and_ends_its_kernels(sleeping, number):
    process = started(sleeping)
    wait_for(lambda: sleeper_runs(sleeping))
    os.kill(process.pid, number)
    assert process.wait(timeout=30) == 130
    wait_for(lambda: kernel_is_gone(sleeping), 15)
    (name,) = sleeping.left()
    assert name.endswith("-failed")
    manifest = read_manifest(sleeping.out / name)
    assert manifest.status == "interrupted"
    assert set(manifest.steps) == {"land", "first"}


def test_killed_kernel_is_a_failed_notebook_not_a_hanging_run(sleeping):
    process = started(sleeping)
    wait_for(lambda: sleeper_runs(sleeping))
    os.kill(int((sleeping.root / "asleep").read_text()), signal.SIGKILL)
    assert process.wait(timeout=60) == 1
    (name,) = sleeping.left()
    assert "kernel died" in read_manifest(sleeping.out / name).steps["second"].error


def test_second_run_meets_the_lock_of_the_first(sleeping):
    process = started(sleeping)
    try:
        wait_for(lambda: first_is_done(sleeping))
        with pytest.raises(ValueError, match=f"another writer in progress .process {process.pid}"):
            sleeping.run()
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait()
