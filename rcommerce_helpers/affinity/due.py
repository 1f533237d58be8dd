"""The chance of a purchase within two weeks: a discrete-time hazard beside the overdue ratio that marketers use.

One row of training = one customer x category x week after a cut, until the purchase. Pairs need three purchase days.
The chance of a fortnight is one minus the product of the weekly chances of not buying.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.features import Snapshot, snapshot
from rcommerce_helpers.affinity.model import sigmoid
from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import Bools, Floats, History, Ints, test_cutoff
from rcommerce_helpers.affinity.ranking import auc, calibration_gap
from rcommerce_helpers.affinity.timing import next_purchase
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import wilson

WEEKS = 4
DUE_DAYS = 14
LEAST_PURCHASES = 3
LEAST_PAIRS = 500
LOG_COLUMNS = ("days_28", "days_84", "days_all", "gap_mean_days", "gap_median_days", "trips_28", "trips_84")


@dataclass(frozen=True)
class Due:
    """Who buys within 14 days of the test cutoff.

    ``table``: one row = one way to tell (method, auc, n). ``curve``: one row = overdue band (overdue, bought_share,
    low, high, n): the share that really bought, by how many median gaps have passed.
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    figures: tuple[Figure, ...]


def due_soon(history: History, params: AffinityParams) -> Due:
    """Fit the weekly hazard on three earlier cutoffs and judge it at the test cutoff.

    Raises
    ------
    NotEnoughData
        Too few pairs with three purchases.
    """
    cutoff, step = test_cutoff(history, params), max(params.horizon_days, WEEKS * 7)
    columns, bought = _person_weeks(history, [cutoff - k * step for k in (1, 2, 3)], params)
    snap, kept = _regulars(history, cutoff, params)
    within = (_ahead(history, snap)[kept] < DUE_DAYS).astype(np.int64)
    if min(bought.sum(), len(bought) - bought.sum()) < 50 or kept.sum() < LEAST_PAIRS:
        raise NotEnoughData(
            "due",
            got=f"{kept.sum()} pairs with {LEAST_PURCHASES} purchases",
            expected=f"at least {LEAST_PAIRS}",
            do="Bring more history",
        )
    hazard = _fit(columns, bought)
    features = snap.features[kept]
    stays = np.ones(len(features))
    for week in range(DUE_DAYS // 7):
        stays = stays * (1 - sigmoid(hazard(_columns(features, week))))
    scores = {
        "hazard": 1 - stays,
        "overdue_ratio": features["due_ratio"].to_numpy(),
        "gamma_poisson": features["expected"].to_numpy(),
        "short_gap": -features["gap_mean_days"].to_numpy(),
    }
    table = pd.DataFrame([{"method": m, "auc": auc(s, within), "n": len(within)} for m, s in scores.items()])
    curve = _overdue_curve(features["due_ratio"].to_numpy(), within)
    return Due(table, curve, _figures(table, scores["hazard"], within))


def _regulars(history: History, cutoff: int, params: AffinityParams) -> tuple[Snapshot, Bools]:
    snap = snapshot(history, cutoff, horizon_days=params.horizon_days)
    return snap, (snap.features["days_all"] >= LEAST_PURCHASES).to_numpy()


def _ahead(history: History, snap: Snapshot) -> Floats:
    width = len(history.categories)
    return np.asarray(next_purchase(history, snap.cutoff)[snap.customer * width + snap.category])


def _person_weeks(history: History, cutoffs: list[int], params: AffinityParams) -> tuple[Floats, Ints]:
    """Stack pair x week rows of all cutoffs: a pair leaves after the week in which it bought."""
    columns, bought = [], []
    for cutoff in cutoffs:
        snap, kept = _regulars(history, cutoff, params)
        ahead, features = _ahead(history, snap)[kept], snap.features[kept]
        for week in range(WEEKS):
            at_risk = ahead >= 7 * week
            columns.append(_columns(features[at_risk], week))
            bought.append((ahead[at_risk] < 7 * (week + 1)).astype(np.int64))
    return np.vstack(columns), np.concatenate(bought)


def _columns(features: pd.DataFrame, week: int) -> Floats:
    """Thirteen columns of one week: how long it lasts by then, the pair's rhythm, and the customer's visits."""
    elapsed = features["recency_days"].to_numpy() + 7.0 * week
    overdue = np.log((elapsed + 1) / (features["gap_median_days"].to_numpy() + 1))
    own = np.log1p(features[list(LOG_COLUMNS)].to_numpy(dtype=float))
    more = [np.log1p(elapsed), overdue, overdue**2, np.log1p(100 * features["expected"].to_numpy())]
    early = np.full(len(features), float(week == 0))
    trip = np.log1p(features["trip_recency_days"].to_numpy())
    return np.asarray(np.column_stack([own, *more, trip, early]))


def _fit(columns: Floats, bought: Ints) -> Callable[[Floats], Floats]:
    """Logistic hazard; gives a function from columns to log-odds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cholesky"))
    hazard: Callable[[Floats], Floats] = model.fit(columns, bought).decision_function
    return hazard


def _overdue_curve(ratio: Floats, bought: Ints) -> pd.DataFrame:
    """Share that bought, by how many of their median gaps have passed; bands of which few bought, or few did not, go.

    A pair of customer and category tells of one customer; how many of all pairs bought is told elsewhere.
    """
    edges = np.array([0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, np.inf])
    band = np.digitize(ratio, edges[1:-1])
    n = np.bincount(band, minlength=len(edges) - 1)
    hits = np.bincount(band, weights=bought, minlength=len(edges) - 1)
    low, high = wilson(hits, n)
    names = ["0-0.25", "0.25-0.5", "0.5-0.75", "0.75-1", "1-1.5", "1.5-2", "2-3", "3-5", "5+"]
    share = hits / np.where(n > 0, n, np.nan)
    table = pd.DataFrame({"overdue": names, "bought_share": share, "low": low, "high": high, "n": n})
    told = [suppress_small(table.assign(pairs=pairs), "pairs")["hidden"] == "" for pairs in (n, hits, n - hits)]
    return table[np.logical_and.reduce(told) & (table["n"] > 0)].reset_index(drop=True)


def _figures(table: pd.DataFrame, probability: Floats, within: Ints) -> tuple[Figure, ...]:
    by, n = table.set_index("method")["auc"], len(within)
    return (
        Figure("due14_auc", by["hazard"], n, "score"),
        Figure("due14_auc_overdue", by["overdue_ratio"], n, "score"),
        Figure("due14_auc_gamma_poisson", by["gamma_poisson"], n, "score"),
        Figure("due14_base_rate", float(within.mean()), n, "share"),
        Figure("due14_ece", calibration_gap(probability, within), n, "points"),
    )
