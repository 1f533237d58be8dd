"""Permission: places open against the rules over random sequences, customers blocked whom the rules permit."""

import tempfile
from collections import Counter
from pathlib import Path

from tests.truth.counting import Share
from tests.truth.permission_demo import demo_blocked
from tests.truth.permission_sequences import run_sequences

FIRST_SEED = 1_000
BATCHES, WORLDS = 12, 100
DEMO_SEEDS = (1_001, 1_002, 1_003)
DEMO_PERSONS = 1_000


def permission_leaks() -> list[dict]:
    """Twelve hundred sequences of grants, withdrawals, objections, merges, splits, erasures and re-imports."""
    leaks: list[str] = []
    blocked: list[str] = []
    permitted, done = 0, Counter()
    for seed in range(FIRST_SEED, FIRST_SEED + BATCHES):
        with tempfile.TemporaryDirectory() as folder:
            found = run_sequences(Path(folder), seed, WORLDS)
        leaks, blocked = leaks + found.leaks, blocked + found.blocked
        permitted, done = permitted + found.permitted, done + found.done
    print(dict(done), *leaks, *blocked, sep="\n")
    seeds = f"{FIRST_SEED} to {FIRST_SEED + BATCHES - 1}"
    row = {"name": "permission_leaks", "value": len(leaks), "low": None, "high": None, "n": BATCHES * WORLDS}
    return [
        {**row, "unit": "places open against the rules", "goal": 0, "peer": "none", "peer_value": None, "seed": seeds},
        _share("over_blocked_in_sequences", Share(len(blocked), permitted, "customers x channels"), seeds),
    ]


def over_blocked_share() -> list[dict]:
    """Three demo worlds with their own registers: customers x purposes x channels blocked that the rules permit."""
    blocked, permitted, leaks = 0, 0, 0
    for seed in DEMO_SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            found = demo_blocked(Path(folder), seed, DEMO_PERSONS)
        print(seed, *found.blocked, *found.leaks, sep="\n")
        blocked, permitted, leaks = blocked + len(found.blocked), permitted + found.permitted, leaks + len(found.leaks)
    seeds = f"{DEMO_SEEDS[0]} to {DEMO_SEEDS[-1]}"
    row = {"name": "demo_permission_leaks", "value": leaks, "low": None, "high": None, "n": permitted}
    return [
        _share("over_blocked_share", Share(blocked, permitted, "customers x purposes x channels"), seeds),
        {
            **row,
            "unit": "customers x purposes x channels",
            "goal": 0,
            "peer": "none",
            "peer_value": None,
            "seed": seeds,
        },
    ]


def _share(name: str, share: Share, seeds: str) -> dict:
    return {
        "name": name, "value": round(share.value, 4), "low": round(share.low, 4), "high": round(share.high, 4),
        "n": share.n, "unit": f"share of {share.what} permitted", "goal": 0.01, "peer": "none", "peer_value": None,
        "seed": seeds,
    }  # fmt: skip
