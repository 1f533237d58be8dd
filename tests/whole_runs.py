"""A whole run as a user starts it, for the tests that only look at one."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

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


def made_once(place: Path, dataset: str) -> WholeRun:
    """The run of a data set in that folder: the first who asks makes it, the others wait for it."""
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
