"""Figures of stage 02: false findings on null worlds, planted ones found, effects of the demo against their truth."""

import numpy as np
import pandas as pd

from benchmarks.truth import FIRST_SEED, row_of
from tests.truth import measures
from tests.truth.demo_contacts import effects_against_truth

WORLDS = 8
DRAWS = 1_000


def null_false_shares() -> list[dict]:
    """Null worlds in which something "holds", engine by engine."""
    asked = {
        "experiments_null_false_share": (measures.experiments_null_false_share, 200),
        "messages_null_false_share": (measures.messages_null_false_share, 200),
        "pairs_null_false_share": (measures.pairs_null_false_share, 200),
        "steps_null_false_share": (measures.steps_null_false_share, 200),
        "context_null_false_share": (measures.context_null_false_share, 200),
        "good_lots_refused_share": (measures.good_lots_refused_share, 200),
    }
    return [row for name, (measure, seeds) in asked.items() for row in row_of(name, measure, seeds=seeds, goal=0.05)]


def planted_found() -> list[dict]:
    """Planted effects that hold."""
    asked = {
        "pairs_planted_found": (measures.pairs_planted_found, 40),
        "steps_planted_found": (measures.steps_planted_found, 40),
        "context_planted_found": (measures.context_planted_found, 40),
        "picked_campaign_refused_share": (measures.picked_campaign_refused_share, 60),
        "power_at_stated_n": (measures.power_at_stated_n, 100),
    }
    return [row for name, (measure, seeds) in asked.items() for row in row_of(name, measure, seeds=seeds, goal=0.80)]


def experiments_against_truth() -> list[dict]:
    """Coverage and signs on the small worlds with six campaigns."""
    return [
        *row_of("experiments_coverage_95", measures.experiments_coverage_95, seeds=40, goal=0.95),
        *row_of("wrong_sign_share_small_worlds", measures.experiments_wrong_sign_share, seeds=40, goal=0.02),
        *row_of("pooled_coverage_90", measures.pooled_coverage_90, seeds=1_000, goal=0.90),
    ]


def patterns_demo() -> list[dict]:
    """Contact effects of whole demo worlds against the chances that decided them: coverage, interval score, signs."""
    cells = pd.concat([effects_against_truth(seed) for seed in range(FIRST_SEED, FIRST_SEED + WORLDS)])
    rows = []
    for name in ("raw", "pooled"):
        inside = _inside(cells, name)
        rows.append(_over_worlds(f"patterns_demo_coverage_90_{name}", inside, cells["seed"], goal=0.90))
        large = cells["truth"].abs() > 0.05
        rows.append(
            _over_worlds(f"patterns_demo_coverage_90_{name}_large", inside[large], cells["seed"][large], goal=0.8)
        )
    holds = cells["verdict"] == "holds"
    if holds.any():
        inside = _inside(cells, "pooled")[holds]
        rows.append(_over_worlds("patterns_demo_coverage_90_holds", inside, cells["seed"][holds], goal=0.8))
        wrong = np.sign(cells["truth"]) != np.sign(cells["log_effect"])
        rows.append(_over_worlds("wrong_sign_holds", wrong[holds], cells["seed"][holds], goal=0.02))
    score = {name: _score(cells, name) for name in ("raw", "pooled")}
    ratio = score["pooled"].mean() / score["raw"].mean()
    rows.append(_row("patterns_demo_score_ratio", ratio, len(cells), unit="ratio of mean interval scores", goal=0.9))
    return rows


def _inside(cells: pd.DataFrame, name: str) -> pd.Series:
    return (cells[f"{name}_low_90"] <= cells["truth"]) & (cells["truth"] <= cells[f"{name}_high_90"])


def _score(cells: pd.DataFrame, name: str) -> pd.Series:
    """Interval score at 90 %: width plus twenty times what the truth lies outside (Gneiting and Raftery 2007)."""
    low, high = cells[f"{name}_low_90"], cells[f"{name}_high_90"]
    outside = (low - cells["truth"]).clip(lower=0) + (cells["truth"] - high).clip(lower=0)
    return high - low + 2 / 0.1 * outside


def _over_worlds(name: str, hits: pd.Series, seeds: pd.Series, *, goal: float) -> dict:
    """A share with the interval of drawing whole worlds again: cells of one world are not independent."""
    world = hits.groupby(seeds.to_numpy()).agg(["sum", "count"])
    rng = np.random.default_rng(1)
    picks = rng.integers(0, len(world), (DRAWS, len(world)))
    drawn = world["sum"].to_numpy()[picks].sum(axis=1) / world["count"].to_numpy()[picks].sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {
        **_row(name, hits.mean(), len(hits), unit="share of cells", goal=goal),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _row(name: str, value: float, n: int, *, unit: str, goal: float) -> dict:
    return {
        "name": name, "value": round(float(value), 4), "low": None, "high": None, "n": n, "unit": unit, "goal": goal,
        "peer": "none", "peer_value": None, "seed": f"{FIRST_SEED} to {FIRST_SEED + WORLDS - 1}",
    }  # fmt: skip
