"""Whole runs, as a user starts them: wall seconds from command to the last headline."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def make_run_seconds(repeats: int = 3) -> list[dict]:
    """`make run` after installation, default data set, nothing reused."""
    return _measure("make_run_seconds", ["make", "-s", "run"], goal=240, repeats=repeats)


def cj_run_seconds(repeats: int = 3) -> list[dict]:
    """`rcommerce run --dataset complete-journey`, all stages, nothing reused."""
    command = [str(Path(sys.executable).parent / "rcommerce"), "run", "--dataset", "complete-journey"]
    return _measure("cj_run_seconds", command, goal=300, repeats=repeats)


def test_seconds(repeats: int = 3) -> list[dict]:
    """`make test` after installation. No peer, and tests reuse nothing, so the peer's value is the same."""
    return _measure("test_seconds", ["make", "-s", "test"], goal=480, repeats=repeats)


def _measure(name: str, command: list[str], *, goal: float, repeats: int) -> list[dict]:
    """No peer runs these stages; the second run, which reuses what did not change, stands in the peer's place."""
    first, again = [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "project"
            shutil.copytree(ROOT, project, ignore=_outputs)
            (project / ".venv").symlink_to(ROOT / ".venv")
            first.append(_seconds(command, project))
            again.append(_seconds(command, project) if "test" not in command else first[-1])
    return [
        {
            "name": name,
            "value": round(statistics.median(first), 1),
            "low": round(min(first), 1),
            "high": round(max(first), 1),
            "n": repeats,
            "unit": "seconds wall",
            "goal": goal,
            "peer": "the same command again, everything reused",
            "peer_value": round(statistics.median(again), 1),
            "seed": 7,
        }
    ]


def _outputs(folder: str, names: list[str]) -> set[str]:
    """What a fresh checkout does not have: outputs and caches at the top, made data under data/."""
    if Path(folder) == ROOT:
        return {n for n in names if n in {"runs", ".git", ".venv"} or "cache" in n}
    return {"demo"} if Path(folder) == ROOT / "data" else {n for n in names if n == "__pycache__"}


def _seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
