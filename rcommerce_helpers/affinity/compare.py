"""Who won, by how much: the model beside its simplest baselines, on the same rows and bootstrap draws of customers.

Baselines (the prose calls them rivals): what everybody buys, what the customer bought lately, how often the customer
bought it, customers who bought this also bought that, and the pooled purchase rate (gamma-Poisson). A difference whose
interval touches 0 is a tie, and then the simpler scorer is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.features import Snapshot
from rcommerce_helpers.affinity.model import Learnt, Scorer
from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import Floats
from rcommerce_helpers.affinity.ranking import (
    Judged,
    auc,
    average_precision,
    bootstrap_aucs,
    bootstrap_weights,
    calibration_bins,
    calibration_gap,
    first_five,
    large_bins,
)
from rcommerce_helpers.results import LEVEL, Figure
from rcommerce_helpers.statistics.intervals import tails

RIVALS = ("popularity", "recent", "own_frequency", "copurchase", "gamma_poisson")
SIMPLER = "gamma_poisson"
"""What is used where the model does not beat it: the pooled rate, calibrated."""


@dataclass(frozen=True)
class Contest:
    """Model and rivals on the test cutoff.

    ``table``: one row = one scorer (scorer, auc, low, high, ap, ndcg5, recall5, ece, repeat_auc, explore_auc).
    ``gains``: one row = the model against one rival (rival, gain, low, high, verdict). ``calibration``: one row = one
    bin of the model's promises, with at least ten purchases in it. ``scores``: scorer -> one value per test row.
    ``used``: the scorer that makes the
    scores, "model" or "rate".
    """

    table: pd.DataFrame
    gains: pd.DataFrame
    calibration: pd.DataFrame
    rows: Judged
    scores: dict[str, Floats]
    used: str
    figures: tuple[Figure, ...]


def baseline_scores(snap: Snapshot, scorers: dict[str, Scorer], *, horizon_days: int) -> dict[str, Floats]:
    """Scorer -> one value per row of the snapshot, from what was known at its cut."""
    features = snap.features
    return {
        "model": scorers["model"].probability(features),
        "popularity": features["popularity"].to_numpy(),
        "recent": (features["recency_days"].to_numpy() <= horizon_days).astype(float),
        "own_frequency": features["days_all"].to_numpy(),
        "copurchase": features["copurchase"].to_numpy(),
        "gamma_poisson": scorers["rate"].probability(features),
    }


def judged(snap: Snapshot) -> Judged:
    """The rows of a snapshot whose outcome is known."""
    if snap.bought is None:
        raise ValueError("a snapshot whose horizon lies in the future cannot be judged")
    return Judged(snap.customer, snap.category, snap.bought, snap.is_repeat)


def compare(learnt: Learnt, params: AffinityParams) -> Contest:
    """Judge model and rivals on the test cutoff, and choose the scorer one horizon earlier."""
    rows = judged(learnt.test)
    scores = baseline_scores(learnt.test, learnt.test_scorers, horizon_days=params.horizon_days)
    weights = bootstrap_weights(rows.customer, draws=params.bootstrap_draws, seed=params.seed)
    drawn = {name: bootstrap_aucs(score, rows, weights) for name, score in scores.items()}
    fives = {name: first_five(score, rows, seed=params.seed) for name, score in scores.items()}
    table = pd.DataFrame([_judge(name, scores[name], rows, drawn[name], fives[name]) for name in scores])
    gains = pd.DataFrame([_gain(rival, scores, rows, drawn) for rival in RIVALS])
    chosen, choice_figures = _choose(learnt, params)
    simpler_holds = gains.set_index("rival").loc[SIMPLER, "verdict"] == "ahead"
    return Contest(
        table=table,
        gains=gains,
        calibration=large_bins(calibration_bins(scores["model"], rows.bought)),
        rows=rows,
        scores=scores,
        used="model" if chosen and simpler_holds else "rate",
        figures=(*_figures(table, gains, rows, fives), *choice_figures),
    )


def _judge(name: str, score: Floats, rows: Judged, drawn: Floats, five: pd.DataFrame) -> dict[str, object]:
    low, high = np.quantile(drawn, tails(LEVEL))
    promises = name in {"model", "gamma_poisson", "popularity"}
    repeat = rows.is_repeat
    return {
        "scorer": name,
        "auc": auc(score, rows.bought),
        "low": low,
        "high": high,
        "ap": average_precision(score, rows.bought),
        "ndcg5": five["ndcg"].mean(),
        "recall5": five["recall"].mean(),
        "ece": calibration_gap(score, rows.bought) if promises else np.nan,
        "repeat_auc": auc(score[repeat], rows.bought[repeat]),
        "explore_auc": auc(score[~repeat], rows.bought[~repeat]),
    }


def _gain(rival: str, scores: dict[str, Floats], rows: Judged, drawn: dict[str, Floats]) -> dict[str, object]:
    """Paired difference of the AUC: same rows, same bootstrap draws."""
    low, high = np.quantile(drawn["model"] - drawn[rival], tails(LEVEL))
    gain = auc(scores["model"], rows.bought) - auc(scores[rival], rows.bought)
    return {"rival": rival, "gain": gain, "low": low, "high": high, "verdict": verdict(low, high)}


def verdict(low: float, high: float) -> str:
    """Word for a paired difference: ahead, behind, or tie where the interval touches 0."""
    if low > 0:
        return "ahead"
    return "behind" if high < 0 else "tie"


def _choose(learnt: Learnt, params: AffinityParams) -> tuple[bool, tuple[Figure, ...]]:
    """Whether the model beats the pooled rate one horizon before the test, where choosing is allowed."""
    rows = judged(learnt.choice)
    scores = baseline_scores(learnt.choice, learnt.choice_scorers, horizon_days=params.horizon_days)
    weights = bootstrap_weights(rows.customer, draws=params.bootstrap_draws, seed=params.seed + 1)
    drawn = {name: bootstrap_aucs(scores[name], rows, weights) for name in ("model", SIMPLER)}
    gain = _gain(SIMPLER, scores, rows, drawn)
    return gain["verdict"] == "ahead", (
        Figure("choice_auc", auc(scores["model"], rows.bought), len(rows), "score"),
        Figure("choice_auc_gamma_poisson", auc(scores[SIMPLER], rows.bought), len(rows), "score"),
    )


def _figures(
    table: pd.DataFrame, gains: pd.DataFrame, rows: Judged, fives: dict[str, pd.DataFrame]
) -> tuple[Figure, ...]:
    by, n, buyers = table.set_index("scorer"), len(rows), len(fives["model"])
    people = len(np.unique(rows.customer))
    aucs = [
        Figure("auc" if s == "model" else f"auc_{s}", by.loc[s, "auc"], n, "score", by.loc[s, "low"], by.loc[s, "high"])
        for s in by.index
    ]
    names = {"own_frequency": "auc_gain", SIMPLER: "auc_gain_rate"}
    won = [
        Figure(names[g.rival], g.gain, people, "score", g.low, g.high) for g in gains.itertuples() if g.rival in names
    ]
    repeat, explore = int(rows.is_repeat.sum()), int((~rows.is_repeat).sum())
    found = [
        Figure("ap", by.loc["model", "ap"], n, "score"),
        Figure("ndcg5", by.loc["model", "ndcg5"], buyers, "score"),
        Figure("ndcg5_own_frequency", by.loc["own_frequency", "ndcg5"], buyers, "score"),
        Figure("recall5", by.loc["model", "recall5"], buyers, "share"),
        Figure("ece", by.loc["model", "ece"], n, "points"),
        Figure("repeat_auc", by.loc["model", "repeat_auc"], repeat, "score"),
        Figure("explore_auc", by.loc["model", "explore_auc"], explore, "score"),
        Figure("explore_auc_popularity", by.loc["popularity", "explore_auc"], explore, "score"),
        Figure(
            "explore_base_rate", float(rows.bought[~rows.is_repeat].mean()) if explore else np.nan, explore, "share"
        ),
    ]
    return (*aucs, *won, *(figure for figure in found if np.isfinite(figure.value)))
