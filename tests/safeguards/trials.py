"""Try removals: in a copy of the checkout take one safeguard out, run its one test, see whether it fails.

Each worker has a copy of its own, so the checkout is never touched. The named tests run once on the untouched copy
first: a test that fails anyway notices nothing. The copy lies outside the checkout, hence without ``../shared``.
"""

from __future__ import annotations

import ast
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .removals import ROOT, Removal, RemovalError

NOTICED, SURVIVED = "noticed", "survived"
NO_ANCHOR, NO_TEST, NO_TRIAL = "text not found", "test fails anyway", "could not be tried"
TOO_LONG, NOT_STARTED = "took too long", "not started"
QUIET = ("-q", "--no-header", "--tb=line", "-rA", "-p", "no:cacheprovider", "-o", "addopts=")
FAILED_TESTS = 1
"""pytest's exit code for tests that ran and failed; 2 to 5 mean that nothing was tested."""


@dataclass(frozen=True)
class Trial:
    """What happened to one removal: ``outcome`` is one of the words above, ``told`` the last words of the test."""

    removal: Removal
    outcome: str
    told: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Limits:
    """``seconds`` for one test, ``workers`` at a time, ``minutes`` after which no removal is started (None: all)."""

    seconds: int = 240
    workers: int = 2
    minutes: float | None = None


def try_removals(
    removals: Sequence[Removal], limits: Limits, say: Callable[[Trial], None] = lambda _: None, root: Path = ROOT
) -> list[Trial]:
    """One trial per removal, in the order given; ``say`` is told each as soon as it is known."""
    end = time.monotonic() + 60 * limits.minutes if limits.minutes else float("inf")
    with _copies(root, limits.workers) as copies, ThreadPoolExecutor(limits.workers) as pool:
        passing = _passing(removals, copies, limits, pool, end)

        def trial(removal: Removal) -> Trial:
            known = passing[removal.test]
            found = _trial(removal, copies, limits, end) if not known else Trial(removal, known)
            say(found)
            return found

        return list(pool.map(trial, removals))


def _passing(
    removals: Sequence[Removal], copies: queue.Queue[Path], limits: Limits, pool: ThreadPoolExecutor, end: float
) -> dict[str, str]:
    """Named test -> empty where it passes with every safeguard in its place; those of one file run together, once."""
    by_file: dict[str, set[str]] = {}
    for removal in removals:
        by_file.setdefault(removal.test.split("::")[0], set()).add(removal.test)

    def tried(tests: set[str]) -> dict[str, str]:
        if time.monotonic() > end:
            return dict.fromkeys(tests, NOT_STARTED)
        with _borrowed(copies) as copy:
            _, said = run_tests(sorted(tests), copy, limits.seconds * len(tests))
        good, bad = (_named(said, words) for words in (("PASSED",), ("FAILED", "ERROR", "SKIPPED", "XFAIL", "XPASS")))
        return {test: "" if _covers(test, good) and not _covers(test, bad) else NO_TEST for test in tests}

    return {test: known for found in pool.map(tried, by_file.values()) for test, known in found.items()}


def _named(said: str, words: tuple[str, ...]) -> list[str]:
    """Node ids of the summary lines that begin with one of these words."""
    return [line.split(" ", 1)[1].split(" - ")[0] for line in said.splitlines() if line.startswith(words)]


def _covers(test: str, nodes: Sequence[str]) -> bool:
    """Whether one of the nodes is the test, or one of its parametrised forms."""
    return any(node == test or node.startswith(f"{test}[") for node in nodes)


def _trial(removal: Removal, copies: queue.Queue[Path], limits: Limits, end: float) -> Trial:
    if time.monotonic() > end:
        return Trial(removal, NOT_STARTED)
    start = time.monotonic()
    with _borrowed(copies) as copy:
        outcome, told = _try(removal, copy, limits)
    return Trial(removal, outcome, told, time.monotonic() - start)


def _try(removal: Removal, copy: Path, limits: Limits) -> tuple[str, str]:
    path = copy / removal.file
    whole = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        without = removal.applied(whole)
        if path.suffix == ".py":
            ast.parse(without)
    except RemovalError as error:
        return NO_ANCHOR, str(error)
    except SyntaxError as error:
        return NO_TRIAL, f"no Python without it: {error}"
    path.write_text(without, encoding="utf-8")
    try:
        code, said = run_tests([removal.test], copy, limits.seconds)
    finally:
        path.write_text(whole, encoding="utf-8")
    if code is None:
        return TOO_LONG, f"more than {limits.seconds} seconds"
    return {0: SURVIVED, FAILED_TESTS: NOTICED}.get(code, NO_TRIAL), _last_words(said)


def run_tests(tests: Sequence[str], copy: Path, seconds: int) -> tuple[int | None, str]:
    """Exit code of pytest over some nodes in a copy (None: out of time), and what it printed."""
    surroundings = os.environ | {
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",  # a compiled file of the same second and size would hide a removal
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # three quarters of the time of a small test
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }
    command = [sys.executable, "-m", "pytest", *QUIET, f"--rootdir={copy}", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=surroundings, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout + done.stderr


def _last_words(text: str) -> str:
    """The line pytest gives for the failure, else its summary."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    failures = [line for line in lines if re.match(r"FAILED|ERROR|E  ", line)]
    return " · ".join([*failures[:1], *lines[-1:]])[-300:]


@contextmanager
def _copies(root: Path, count: int) -> Iterator[queue.Queue[Path]]:
    """Copies of what git knows of the checkout, changes not yet committed included."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]
    with tempfile.TemporaryDirectory(prefix="safeguards-") as folder:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(count):
            copy = Path(folder) / f"copy-{number}" / "project"
            for name in names:
                target = copy / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / name, target)
            copies.put(copy)
        yield copies


@contextmanager
def _borrowed(copies: queue.Queue[Path]) -> Iterator[Path]:
    copy = copies.get()
    try:
        yield copy
    finally:
        copies.put(copy)
