"""Promises against known truth and null worlds: the measures of ``tests/truth`` with more seeds."""

from collections.abc import Callable

from tests.truth import measures
from tests.truth.counting import Share

FIRST_SEED = 1_000
"""Seeds of the benchmarks are others than those of the tests."""


def _row(name: str, measure: Callable[[range], Share], *, seeds: int, goal: float) -> list[dict]:
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


def experiments_null_false_share() -> list[dict]:
    return _row("experiments_null_false_share", measures.experiments_null_false_share, seeds=60, goal=0.05)


def pairs_null_false_share() -> list[dict]:
    return _row("pairs_null_false_share", measures.pairs_null_false_share, seeds=200, goal=0.05)


def messages_null_false_share() -> list[dict]:
    return _row("messages_null_false_share", measures.messages_null_false_share, seeds=60, goal=0.05)


def good_lots_refused_share() -> list[dict]:
    return _row("good_lots_refused_share", measures.good_lots_refused_share, seeds=200, goal=0.05)


def picked_campaign_refused_share() -> list[dict]:
    return _row("picked_campaign_refused_share", measures.picked_campaign_refused_share, seeds=60, goal=0.80)


def power_at_stated_n() -> list[dict]:
    return _row("power_at_stated_n", measures.power_at_stated_n, seeds=100, goal=0.80)


def pairs_planted_found() -> list[dict]:
    return _row("pairs_planted_found", measures.pairs_planted_found, seeds=40, goal=0.80)


def steps_null_false_share() -> list[dict]:
    return _row("steps_null_false_share", measures.steps_null_false_share, seeds=200, goal=0.05)


def experiments_coverage_95() -> list[dict]:
    return _row("experiments_coverage_95", measures.experiments_coverage_95, seeds=40, goal=0.95)


def wrong_sign_holds() -> list[dict]:
    return _row("wrong_sign_holds", measures.experiments_wrong_sign_share, seeds=40, goal=0.02)


def pooled_coverage_90() -> list[dict]:
    return _row("pooled_coverage_90", measures.pooled_coverage_90, seeds=1_000, goal=0.90)


def policy_coverage_90() -> list[dict]:
    return _row("policy_coverage_90", measures.policy_coverage_90, seeds=500, goal=0.90)


def learnt_null_false_share() -> list[dict]:
    return _row("learnt_null_false_share", measures.learnt_null_false_share, seeds=500, goal=0.05)


def silence_null_false_share() -> list[dict]:
    return _row("silence_null_false_share", measures.silence_null_false_share, seeds=500, goal=0.05)


def waves_coverage_90() -> list[dict]:
    return _row("waves_coverage_90", measures.waves_coverage_90, seeds=300, goal=0.90)


def plan_demo_coverage_90() -> list[dict]:
    """Whole runs: some minutes for each ten seeds."""
    return _row("plan_demo_coverage_90", measures.plan_demo_coverage_90, seeds=10, goal=0.90)
