"""How well a score ranks and promises: AUC, average precision, NDCG and recall of the first five, calibration gap.

Ties count half in the AUC and are broken by a fixed random order in the rankings. Intervals redraw whole customers, so
that rows of one customer stay together; paired scores share their bootstrap draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.affinity.purchases import Bools, Floats, Ints
from rcommerce_helpers.statistics.intervals import wilson

FIRST = 5
BINS = 15
_BATCH = 25


@dataclass(frozen=True)
class Judged:
    """Rows whose outcome is known: one row = customer x category of one cut."""

    customer: Ints
    category: Ints
    bought: Ints
    is_repeat: Bools

    def __len__(self) -> int:
        return len(self.bought)


def auc(score: Floats, bought: Ints) -> float:
    """Chance that a random buyer is scored above a random non-buyer; NaN where one of them is missing."""
    return float(_aucs(score, bought, np.ones((1, len(score))))[0])


def bootstrap_aucs(score: Floats, rows: Judged, weights: Floats) -> Floats:
    """AUC of every redraw: ``weights`` is draws x customers, how often each customer was drawn."""
    parts = [
        _aucs(score, rows.bought, weights[start : start + _BATCH][:, rows.customer])
        for start in range(0, len(weights), _BATCH)
    ]
    return np.concatenate(parts)


def bootstrap_weights(customer: Ints, *, draws: int, seed: int) -> Floats:
    """How often each customer position is drawn, per redraw; customers without rows stay at 0."""
    rng = np.random.default_rng(seed)
    people = np.unique(customer)
    weights = np.zeros((draws, int(people.max()) + 1))
    weights[:, people] = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), size=draws)
    return weights


def _aucs(score: Floats, bought: Ints, weights: Floats) -> Floats:
    """Weighted AUC per row of ``weights`` (draws x rows), ties at half."""
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    start = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    weights = weights[:, order]
    hit = bought[order] == 1
    good = np.add.reduceat(weights * hit, start, axis=1)
    bad = np.add.reduceat(weights * ~hit, start, axis=1)
    below = np.cumsum(bad, axis=1) - bad / 2
    pairs = good.sum(axis=1) * bad.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((good * below).sum(axis=1) / pairs)


def average_precision(score: Floats, bought: Ints) -> float:
    """Area under precision over recall, in steps; tied rows share one step."""
    order = np.argsort(-score, kind="stable")
    ranked, hits = score[order], np.cumsum(bought[order])
    stop = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True])
    precision, found = hits[stop] / (stop + 1), hits[stop]
    return float((precision * np.diff(found, prepend=0)).sum() / max(found[-1], 1))


def calibration_gap(probability: Floats, bought: Ints, *, bins: int = BINS) -> float:
    """Mean absolute gap between promised and observed rate over equally full bins (ECE)."""
    table = calibration_bins(probability, bought, bins=bins)
    return float((table["n"] * (table["promised"] - table["observed"]).abs()).sum() / table["n"].sum())


def calibration_bins(probability: Floats, bought: Ints, *, bins: int = BINS) -> pd.DataFrame:
    """One row = one bin of equally many rows: promised, observed, low, high (95 %, Wilson), n.

    Rows of one score that fall into several bins are shared out evenly: the order of rows says nothing of them.
    """
    bought = pd.Series(bought).groupby(np.asarray(probability)).transform("mean").to_numpy()
    parts = np.array_split(np.argsort(probability, kind="stable"), min(bins, len(probability)))
    n = np.array([len(part) for part in parts])
    observed = np.array([bought[part].mean() for part in parts])
    low, high = wilson(observed * n, n)
    promised = np.array([probability[part].mean() for part in parts])
    return pd.DataFrame({"promised": promised, "observed": observed, "low": low, "high": high, "n": n})


def large_bins(bins: pd.DataFrame) -> pd.DataFrame:
    """Neighbouring bins put together until each holds at least ten purchases and ten rows without one.

    Returns
    -------
    DataFrame
        As ``calibration_bins``; empty where all rows together hold fewer.
    """
    hits = (bins["observed"] * bins["n"]).round()
    groups = _enough_of_both(hits.to_numpy(), (bins["n"] - hits).to_numpy())
    sums = pd.DataFrame({"n": bins["n"], "hits": hits, "promised": bins["promised"] * bins["n"]}).groupby(groups).sum()
    low, high = wilson(sums["hits"], sums["n"])
    rates = {name: sums[column] / sums["n"] for name, column in (("promised", "promised"), ("observed", "hits"))}
    return pd.DataFrame({**rates, "low": low, "high": high, "n": sums["n"].astype(int)}).reset_index(drop=True)


def _enough_of_both(hits: Floats, misses: Floats) -> Floats:
    """Number of the group of each bin, from the first on; what is left over joins the last group. NaN: too few."""
    groups, group, seen = np.full(len(hits), np.nan), 0, np.zeros(2)
    for at, both in enumerate(zip(hits, misses)):
        groups[at], seen = group, seen + np.array(both)
        if (seen >= leaving.SMALLEST_GROUP).all():
            group, seen = group + 1, np.zeros(2)
    if seen.any():
        groups[groups == group] = group - 1 if group else np.nan
    return groups


def first_five(score: Floats, rows: Judged, *, seed: int) -> pd.DataFrame:
    """NDCG and recall of each customer's first five: one row = one customer with at least one purchase."""
    noise = np.random.default_rng(seed).random(len(score))
    order = np.lexsort((noise, -score, rows.customer))
    customer, hit = rows.customer[order], rows.bought[order]
    start = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]])
    rank = np.arange(len(customer)) - np.repeat(start, np.diff(np.r_[start, len(customer)]))
    gain = np.where(rank < FIRST, hit / np.log2(rank + 2), 0.0)
    found = np.where(rank < FIRST, hit, 0)
    table = pd.DataFrame(
        {
            "customer": customer[start],
            "gain": np.add.reduceat(gain, start),
            "found": np.add.reduceat(found, start),
            "positives": np.add.reduceat(hit, start),
        }
    )
    table = table[table["positives"] > 0]
    best = np.cumsum(1 / np.log2(np.arange(FIRST) + 2))
    ideal = best[np.minimum(table["positives"], FIRST) - 1]
    return pd.DataFrame(
        {"customer": table["customer"], "ndcg": table["gain"] / ideal, "recall": table["found"] / table["positives"]}
    )
