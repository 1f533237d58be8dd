"""Promises against known truth and null worlds: the measures of ``tests/truth`` with more seeds."""

from collections.abc import Callable

from tests.truth import measures
from tests.truth.counting import Share

FIRST_SEED = 1_000
"""Seeds of the benchmarks are others than those of the tests."""


def row_of(name: str, measure: Callable[[range], Share], *, seeds: int, goal: float) -> list[dict]:
    """One figure as one row, over as many seeds as asked."""
    found = measure(range(FIRST_SEED, FIRST_SEED + seeds))
    return [
        {
            "name": name,
            "value": round(found.value, 4),
            "low": round(found.low, 4),
            "high": round(found.high, 4),
            "n": found.n,
            "unit": f"share of {found.what}",
            "goal": goal,
            "peer": "none",
            "peer_value": None,
            "seed": f"{FIRST_SEED} to {FIRST_SEED + seeds - 1}",
        }
    ]


def policy_coverage_90() -> list[dict]:
    return row_of("policy_coverage_90", measures.policy_coverage_90, seeds=500, goal=0.90)


def learnt_null_false_share() -> list[dict]:
    return row_of("learnt_null_false_share", measures.learnt_null_false_share, seeds=500, goal=0.05)


def silence_null_false_share() -> list[dict]:
    return row_of("silence_null_false_share", measures.silence_null_false_share, seeds=500, goal=0.05)


def waves_coverage_90() -> list[dict]:
    return row_of("waves_coverage_90", measures.waves_coverage_90, seeds=300, goal=0.90)


def plan_demo_coverage_90() -> list[dict]:
    """Whole runs: some minutes for each ten seeds."""
    return row_of("plan_demo_coverage_90", measures.plan_demo_coverage_90, seeds=10, goal=0.90)
