"""What several test files look at and nobody changes: one whole run, made once however many workers there are."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND = [str(Path(sys.executable).parent / "rcommerce"), "run", "--dataset"]
PATIENCE_SECONDS = 1200


@dataclass(frozen=True)
class WholeRun:
    """A project folder with one finished run in it, and what the command printed."""

    project: Path
    printed: str

    @property
    def folder(self) -> Path:
        (folder,) = [p for p in (self.project / "runs").iterdir() if not p.name.startswith(".") and p.is_dir()]
        return folder


def start_run(folder: Path, dataset: str) -> subprocess.CompletedProcess:
    """The command as a user types it, in a folder that has nothing but what the user put there."""
    return subprocess.run(
        [*COMMAND, dataset],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory):
    """``whole_run(dataset)``: the finished run of a data set, made by the first test of any worker that asks."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return lambda dataset: _made_once(shared / f"whole-{dataset}", dataset)


def _made_once(place: Path, dataset: str) -> WholeRun:
    printed = place / "printed.txt"
    try:
        place.mkdir()
    except FileExistsError:
        until = time.monotonic() + PATIENCE_SECONDS
        while not printed.exists() and time.monotonic() < until:
            time.sleep(0.5)
    else:
        done = start_run(place, dataset)
        text = done.stdout if done.returncode == 0 else f"FAILED {done.stdout[-3000:]}{done.stderr[-3000:]}"
        (place / "printing").write_text(text, encoding="utf-8")
        (place / "printing").rename(printed)
    text = printed.read_text(encoding="utf-8")
    assert not text.startswith("FAILED"), text
    return WholeRun(place, text)


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser, or the reason why a test is skipped."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    return path
