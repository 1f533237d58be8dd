"""Calibrated probability that a customer buys from a category within the horizon, learnt on earlier cutoffs in time.

Train cuts lie one to five horizons before the test cutoff, so the last training outcome ends where the test begins. The
calibration is fitted one horizon before the test, with a model that has not seen that window, and so is the choice
between the model and its simplest rival. Default is a logistic regression on log1p features; gradient boosting is the
alternative. Known limit: five cutoffs of a year share their customers, so training rows are not independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.features import FEATURES, Snapshot, design, snapshot
from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import Floats, History, Ints, test_cutoff
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Figure

TRAIN_CUTS = 5
BOOSTING_CUTS = 2
RATE_ONLY = ("expected",)
"""The simpler scorer: the pooled purchase rate alone, put on a probability scale."""
MIN_BUYERS = 100


@dataclass(frozen=True)
class Scorer:
    """A fitted model and its calibration.

    ``weights`` act on the columns of ``design``; ``mean`` is the training mean of those columns, the base of the
    reasons. ``trees`` is the boosted model, None for the logistic one. Calibrated log-odds = shift + slope x margin.
    """

    kind: str
    mean: Floats
    weights: Floats
    intercept: float
    trees: Any = None
    slope: float = 1.0
    shift: float = 0.0

    def margin(self, columns: Floats) -> Floats:
        """Calibrated log-odds of the rows of ``design``."""
        raw = self.intercept + columns @ self.weights if self.trees is None else self.trees.decision_function(columns)
        return np.asarray(self.shift + self.slope * raw)

    def probability(self, features: pd.DataFrame) -> Floats:
        """Probability of a purchase within the horizon, one per row of ``features``."""
        return sigmoid(self.margin(design(features)))


@dataclass(frozen=True)
class Learnt:
    """What was learnt before the test cutoff, what is tested, and what will be scored.

    ``choice`` and ``test`` are the snapshots one horizon before, and at, the test cutoff; ``now`` is the coming
    horizon. ``*_scorers`` map "model" and "rate" to scorers that never saw the snapshot of that name.
    """

    history: History
    choice: Snapshot
    test: Snapshot
    now: Snapshot
    choice_scorers: dict[str, Scorer]
    test_scorers: dict[str, Scorer]
    now_scorers: dict[str, Scorer]
    cutoffs: pd.DataFrame
    figures: tuple[Figure, ...]


def sigmoid(margin: Floats) -> Floats:
    """Log-odds to probability."""
    return np.asarray(1.0 / (1.0 + np.exp(-margin)))


def learn(history: History, params: AffinityParams) -> Learnt:
    """Fit and calibrate for the choice, the test and the coming horizon.

    Raises
    ------
    NotEnoughData
        Fewer than two training cutoffs, or too few purchases in them. Cuts after which nobody bought at all, a shop
        that was closed, teach nothing and are left out.
    """
    horizon, cutoff = params.horizon_days, test_cutoff(history, params)
    now = history.end
    last_cuts = [now - k * horizon for k in range(TRAIN_CUTS + 2)]
    cutoffs = [c for c in last_cuts if c >= 2 * horizon]
    snaps = {c: snapshot(history, c, horizon_days=horizon) for c in cutoffs}
    telling = [c for c in cutoffs if c < now and 0 < _outcome(snaps[c]).sum() < len(snaps[c].customer)]
    before = {at: [snaps[c] for c in telling if at - TRAIN_CUTS * horizon <= c < at] for at in cutoffs[:3]}
    _check_learnable(min(before.values(), key=len), (snaps[cutoff - horizon], snaps[cutoff]), params)
    scorers = {at: _scorers(before[at], params.model) for at in cutoffs[:3]}
    test_rows = len(snaps[cutoff].customer)
    base = float(_outcome(snaps[cutoff]).mean())
    return Learnt(
        history=history,
        choice=snaps[cutoff - horizon],
        test=snaps[cutoff],
        now=snaps[now],
        choice_scorers=scorers[cutoff - horizon],
        test_scorers=scorers[cutoff],
        now_scorers=scorers[now],
        cutoffs=_cutoff_table(history, [snaps[c] for c in cutoffs], cutoff),
        figures=(
            Figure("test_rows", test_rows, len(np.unique(snaps[cutoff].customer)), "count"),
            Figure("train_rows", sum(len(s.customer) for s in before[cutoff]), len(before[cutoff]), "count"),
            Figure("horizon_days", horizon, len(before[cutoff]), "days"),
            Figure("base_rate", base, test_rows, "share"),
        ),
    )


def _outcome(snap: Snapshot) -> Ints:
    if snap.bought is None:
        raise ValueError("a snapshot whose horizon lies in the future has no outcome")
    return snap.bought


def _check_learnable(train: Sequence[Snapshot], judged: Sequence[Snapshot], params: AffinityParams) -> None:
    buyers = min(int(_outcome(s).sum()) for s in (train[-1], *judged)) if train else 0
    if len(train) < 2 or buyers < MIN_BUYERS:
        raise NotEnoughData(
            "affinity",
            got=f"{len(train)} cuts to learn from, {buyers} purchases in the smallest of those judged by",
            expected=f"2 cuts and {MIN_BUYERS} purchases",
            do=f"Lower horizon_days (now {params.horizon_days}) or bring more history",
        )


def _cutoff_table(history: History, snaps: Sequence[Snapshot], cutoff: int) -> pd.DataFrame:
    """One row = one cut: its day, role, customers, rows, share with a purchase (empty where the future is open)."""
    rows = [
        {
            "cut": history.day_of(s.cutoff),
            "role": "score" if s.bought is None else "test" if s.cutoff == cutoff else "learn",
            "customers": len(np.unique(s.customer)),
            "rows": len(s.customer),
            "bought_share": np.nan if s.bought is None else s.bought.mean(),
        }
        for s in sorted(snaps, key=lambda s: s.cutoff)
    ]
    return pd.DataFrame(rows)


def _scorers(train: Sequence[Snapshot], kind: str) -> dict[str, Scorer]:
    """Model and rate scorer from the cuts before a window, latest first; calibrated on the latest of them."""
    return {"model": fit_calibrated(train, kind), "rate": fit_calibrated(train, "rate")}


def fit_calibrated(train: Sequence[Snapshot], kind: str) -> Scorer:
    """Fit on all cutoffs; take slope and shift from a fit without the latest cutoff, judged on the latest cutoff.

    Parameters
    ----------
    train
        Snapshots with outcomes, latest cutoff first.
    kind
        "logistic", "boosting" or "rate" (logistic on the pooled rate alone).
    """
    older = fit(train[1:], kind)
    slope, shift = _platt(older.margin(design(train[0].features)), _outcome(train[0]))
    whole = fit(train, kind)
    return Scorer(whole.kind, whole.mean, whole.weights, whole.intercept, whole.trees, slope, shift)


def fit(train: Sequence[Snapshot], kind: str) -> Scorer:
    """Fit one model on the snapshots, without calibration."""
    used = train[:BOOSTING_CUTS] if kind == "boosting" else train
    columns = np.vstack([design(s.features) for s in used])
    bought = np.concatenate([_outcome(s) for s in used])
    mean = columns.mean(axis=0)
    if kind == "boosting":
        return Scorer(kind, mean, np.zeros(len(FEATURES)), 0.0, _fit_trees(columns, bought))
    return _fit_logistic(columns, bought, mean=mean, kind=kind)


def _fit_trees(columns: Floats, bought: Ints) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=150, max_leaf_nodes=24, learning_rate=0.06, min_samples_leaf=100, early_stopping=False, random_state=0
    )
    return trees.fit(columns, bought)


def _fit_logistic(columns: Floats, bought: Ints, *, mean: Floats, kind: str) -> Scorer:
    """Standardised logistic regression, its coefficients given back per unit of ``design``."""
    from sklearn.linear_model import LogisticRegression

    used = np.array([name in RATE_ONLY or kind == "logistic" for name in FEATURES])
    scale = np.where(columns.std(axis=0) > 0, columns.std(axis=0), 1.0)
    standard = (columns - mean) / scale
    model = LogisticRegression(solver="newton-cholesky").fit(standard[:, used], bought)
    weights = np.zeros(len(FEATURES))
    weights[used] = model.coef_[0] / scale[used]
    return Scorer(kind, mean, weights, float(model.intercept_[0] - weights @ mean))


def _platt(margin: Floats, bought: Ints) -> tuple[float, float]:
    """Slope and shift that make a margin's probabilities true on these rows (Platt 1999)."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6).fit(margin[:, None], bought)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
