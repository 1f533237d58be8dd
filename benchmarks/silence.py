"""What lands in silence: values of clean exports that land otherwise than written, and faults nobody is told of.

The exports, the faults and their weights are those of ``tests/sources/planted.py``; each export has three files.
"""

from tests.sources.planted import COLUMNS, FAULTS, clean_export, outcome, planted

FILES = 5_000
PLANTED = 2_000


def fuzz_silent_errors(files: int = FILES) -> list[dict]:
    """Cells of clean files that landed otherwise than written, and rows of them that did not land."""
    exports = -(-files // len(COLUMNS))
    found = [outcome(clean_export(seed)) for seed in range(exports)]
    wrong = sum(len(one.wrong) + len(one.told) for one in found)
    return [_row("fuzz_silent_errors", wrong, exports * len(COLUMNS), "cells and rows", 0)]


def planted_faults_silent(faults: int = PLANTED) -> list[dict]:
    """Share of single faults that land in silence, with the share of each kind beside."""
    silent = {kind: _silent(kind, round(share * faults)) for kind, (share, _) in FAULTS.items()}
    worst = ", ".join(f"{kind} {count}" for kind, count in silent.items() if count)
    share = round(sum(silent.values()) / faults, 4)
    return [_row("planted_faults_silent", share, faults, f"share of planted faults (silent: {worst or 'none'})", 0.07)]


def _silent(kind: str, times: int) -> int:
    return sum(planted(kind, seed) for seed in range(times))


def _row(name: str, value: float, n: int, unit: str, goal: float) -> dict:
    told = {"name": name, "value": value, "low": value, "high": value, "n": n, "unit": unit, "goal": goal}
    return {**told, "peer": "none", "peer_value": None, "seed": 0}
