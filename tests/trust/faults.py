"""Faults of the surroundings, made on purpose, and whether a run survives them.

Every function makes one kind of fault so many times on a run of two tiny notebooks and returns one ``Trial`` each. The
tests here make a few, ``benchmarks/trust.py`` makes the numbers that FIGURES asks for: one piece of code.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WORKSPACE = Path(__file__).resolve().parents[1] / "workspace"
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tiny_runs import TinyWorld
sys.exit(TinyWorld(Path(sys.argv[2])).run().exit_code)
"""
COMMAND = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tiny_runs import TinyWorld
from rcommerce_helpers import cli
sys.exit(cli._guarded(lambda: sys.exit(TinyWorld(Path(sys.argv[2])).run().exit_code)))
"""
MADE = "kept.parquet"


@dataclass(frozen=True)
class Trial:
    """One fault: its kind, its number or size, whether it was survived, and what happened."""

    kind: str
    at: str
    survived: bool
    told: str = ""


def start(world: Path, *, script: str = SCRIPT, temporary: Path | None = None, **more: str) -> subprocess.Popen[str]:
    """A run of the tiny world in a process of its own, as from a terminal."""
    world.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **more, **({"TMPDIR": str(temporary)} if temporary else {})}
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", script, str(WORKSPACE), str(world)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=_listens,  # noqa: PLW1509
        env=environment,
    )


def _listens() -> None:
    """As from a terminal: a background job ignores Ctrl-C, one under nohup the end of its terminal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def whole_run(world: Path, **more: str) -> tuple[int, str]:
    """Exit code and what was said of a run from beginning to end."""
    process = start(world, script=COMMAND, **more)
    _, said = process.communicate(timeout=300)
    return process.returncode, said


def finished(world: Path) -> list[Path]:
    """Run folders that call themselves finished."""
    runs = world / "runs"
    return sorted(p for p in runs.glob("2*") if not p.name.endswith("-failed")) if runs.exists() else []


def seals_hold(world: Path) -> bool:
    from rcommerce_helpers.workspace.runs.manifest import read_manifest
    from rcommerce_helpers.workspace.runs.seal import faults

    manifests = [(run, read_manifest(run)) for run in finished(world)]
    return all(manifest is not None and not faults(run, manifest) for run, manifest in manifests)


def figures(run: Path) -> str:
    """The results of a run without its name."""
    return (run / "results.json").read_text(encoding="utf-8").replace(run.name, "")


def leftovers(world: Path, temporary: Path) -> list[str]:
    """What lies about although no run is at work: hidden entries of the folder of runs, temporary files, sockets."""
    hidden = [p.name for p in (world / "runs").glob(".*")] if (world / "runs").exists() else []
    return [*hidden, *(p.name for p in temporary.iterdir())]


def kills(workshop: Path, *, tries: int, seed: int) -> list[Trial]:
    """SIGKILL at a moment by chance, then a whole run: the same figures as unbroken, and nothing left lying about."""
    rng = np.random.default_rng(seed)
    unbroken = workshop / "unbroken"
    began = time.monotonic()
    whole_run(unbroken)
    lasts = time.monotonic() - began
    wanted = figures(finished(unbroken)[0])
    trials = []
    for number in range(tries):
        world, temporary = workshop / f"kill-{number}", workshop / f"tmp-{number}"
        temporary.mkdir()
        moment = float(rng.uniform(0.05, 1.0)) * lasts
        process = start(world, temporary=temporary)
        time.sleep(moment)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        gone = _all_gone(world)
        code, said = whole_run(world, TMPDIR=str(temporary))
        same = code == 0 and figures(finished(world)[-1]) == wanted and seals_hold(world)
        left = leftovers(world, temporary)
        told = "; ".join([said] * (not same) + [f"left: {left}"] * bool(left) + ["a process stays"] * (not gone))
        trials.append(Trial("SIGKILL", f"{moment:.1f} s", same and gone and not left, told))
    return trials


def pairs(workshop: Path, *, tries: int) -> list[Trial]:
    """Two runs started on one folder at once: one finishes, the other finishes as well or is refused with 5."""
    trials = []
    for number in range(tries):
        world = workshop / f"pair-{number}"
        from tiny_runs import TinyWorld

        TinyWorld(world)
        both = [start(world, script=COMMAND) for _ in range(2)]
        said = [process.communicate(timeout=300)[1] for process in both]
        codes = sorted(process.returncode for process in both)
        refused = "another writer in progress" in "".join(said)
        well = codes == [0, 0] or (codes == [0, 5] and refused)
        trials.append(Trial("two runs", str(number), well and seals_hold(world), "; ".join(said) * (not well)))
    return trials


def stops(workshop: Path, numbers: list[signal.Signals]) -> list[tuple[Trial, float]]:
    """A signal in the middle: exit code 130, no kernel left, nothing but finished steps kept; with the seconds."""
    trials = []
    for place, number in enumerate(numbers):
        world = workshop / f"stop-{place}"
        _sleeping(world)
        process = start(world, script=COMMAND)
        _wait_for((world / "asleep").exists, process)
        began = time.monotonic()
        os.kill(process.pid, number)
        _, said = process.communicate(timeout=120)
        seconds = time.monotonic() - began
        gone = _all_gone(world)
        hidden = [p.name for p in (world / "runs").glob(".*")]
        well = process.returncode == 130 and gone and not hidden
        told = f"code {process.returncode}, left {hidden}, gone {gone}: {said}"
        trials.append((Trial("signal", number.name, well, told * (not well)), seconds))
    return trials


def full_disks(workshop: Path, sizes_mb: list[float]) -> list[Trial]:
    """The folder of runs on a small file system: the earlier run stays as it was, the cause is named, exit code 5.

    The file system fills up while the run is at work; a size that suffices ends with 0.
    """
    from tiny_runs import FIRST, TinyWorld, write_notebook

    trials = []
    for size in sizes_mb:
        world = workshop / f"disk-{size}"
        TinyWorld(world)
        with small_disk(world / "runs", 64):
            whole_run(world)
            before = figures(finished(world)[0])
            write_notebook(TinyWorld(world).notebook(FIRST), 'run.keep("kept", pd.DataFrame({"x": range(100000)}))')
            with filled(world / "runs", leave_mb=size):
                code, said = whole_run(world)
            stays = figures(finished(world)[0]) == before and seals_hold(world)
            named = code == 0 or (code == 5 and "space on the file system of" in said)
            told = f"code {code}, earlier run stays {stays}: {said}"
            trials.append(Trial("full disk", f"{size} MB", stays and named, told * (not (stays and named))))
    return trials


@contextmanager
def small_disk(folder: Path, mb: float) -> Iterator[None]:
    """A file system in memory of so many megabytes; needs an administrator."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={int(mb * 1024)}k", "tmpfs", str(folder)], check=True)  # noqa: S603, S607
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607


def can_mount() -> bool:
    """Whether a small file system can be made here."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:  # noqa: S603
            return False
        subprocess.run(["umount", folder], check=True)  # noqa: S603, S607
        return True


@contextmanager
def filled(folder: Path, *, leave_mb: float) -> Iterator[None]:
    """Fill a file system but for so much."""
    status = os.statvfs(folder)
    free = status.f_bavail * status.f_frsize
    ballast = folder / ".ballast"
    with ballast.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, max(int(free - leave_mb * 1e6), 1))
    try:
        yield
    finally:
        ballast.unlink()


def _sleeping(world: Path) -> None:
    from tiny_runs import SECOND, TinyWorld, write_notebook

    from rcommerce_helpers.relationship.params import ReportParams

    cell = """
    import os, pathlib
    pathlib.Path("asleep").write_text(str(os.getpid()))
    time.sleep(120)
    """
    write_notebook(TinyWorld(world).notebook(SECOND), cell, cls=ReportParams, stage="second")


def _wait_for(condition: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"waited in vain: {process.communicate()[1]}")
        time.sleep(0.05)


def _all_gone(world: Path, seconds: float = 10) -> bool:
    """Whether no process of this world (it works in its folder, or was started for it) is there after some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not [pid for pid in Path("/proc").glob("[0-9]*") if _works_in(pid, world)]:
            return True
        time.sleep(0.2)
    return False


def _works_in(process: Path, world: Path) -> bool:
    try:
        asked = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        return (process / "cwd").readlink() == world.resolve() or str(world) in asked
    except OSError:
        return False
