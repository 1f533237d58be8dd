"""Faults made on purpose, in the numbers that FIGURES asks for; the tests make a few of each with the same code."""

import signal
import tempfile
from pathlib import Path

from tests.trust.faults import Trial, can_mount, full_disks, kills, pairs, stops
from tests.trust.tampering import try_changes

SEED = 20
KILLS, PAIRS, CHANGES = 50, 20, 100
DISKS_MB = [0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] * 2


def _row(name: str, value: float, n: int, unit: str, goal: float) -> dict:
    return {
        "name": name, "value": value, "low": None, "high": None, "n": n, "unit": unit, "goal": goal,
        "peer": "none", "peer_value": None, "seed": SEED,
    }  # fmt: skip


def faults_survived_share() -> list[dict]:
    """Kills at moments by chance, pairs of runs, full disks: share survived, each kind with its tries."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found: list[Trial] = [*kills(place, tries=KILLS, seed=SEED), *pairs(place, tries=PAIRS)]
        if can_mount():
            found += full_disks(place, DISKS_MB)
    for trial in found:
        if not trial.survived:
            print(trial)
    rows = [_row("faults_survived_share", sum(t.survived for t in found) / len(found), len(found), "share", 1.0)]
    for kind in sorted({trial.kind for trial in found}):
        of_kind = [trial.survived for trial in found if trial.kind == kind]
        name = f"faults_survived_{kind.lower().replace(' ', '_')}"
        rows.append(_row(name, sum(of_kind) / len(of_kind), len(of_kind), "share", 1.0))
    left = [trial for trial in found if trial.kind == "SIGKILL" and "left:" in trial.told]
    return [*rows, _row("leftovers_after_kill", len(left), KILLS, "runs with leftovers", 0)]


def tampering_found_share() -> list[dict]:
    """Single changes of six kinds to a finished run, in every kind of file."""
    from tiny_runs import TinyWorld

    with tempfile.TemporaryDirectory() as folder:
        run = TinyWorld(Path(folder) / "world").run()
        trials = try_changes(run.folder, Path(folder) / "copies", tries=CHANGES, seed=SEED)
    print(*(trial for trial in trials if not trial.found), sep="\n")
    return [_row("tampering_found_share", sum(t.found for t in trials) / CHANGES, CHANGES, "share", 1.0)]


def interrupt_seconds() -> list[dict]:
    """Longest time from a signal in the middle of a notebook to the end of the run, with exit code 130."""
    with tempfile.TemporaryDirectory() as folder:
        found = stops(Path(folder), SIGNALS)
    print(*(trial for trial, _ in found if not trial.survived), sep="\n")
    seconds = [taken for _, taken in found]
    row = _row("interrupt_seconds", max(seconds), len(seconds), "seconds", 5)
    return [{**row, "low": min(seconds), "high": max(seconds)}]
