"""What is known of a customer and a category on a day: one row = customer x category at a cut.

A feature sees only days before the cut; the outcome is a purchase on a day from the cut on, within the horizon. The
features are counts, gaps and rates of the customer's own purchases, of the customer's trips, and of the category.
Overdue invoices, complaint text, age and special categories are not read at all.

Source of the set-up: next-period recommendation with a cut in time; the pooled rate is the gamma-Poisson model with
trips as exposure, its prior fitted per category by moments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.purchases import Bools, Floats, History, Ints

WINDOWS = (14, 28, 56, 84, 168)
BLOCK_DAYS, BLOCKS = 28, 6
NEVER_DAYS = 365
"""Recency and gaps are cut off here; a category never bought, or bought once, stands at this value."""
DUE_CAP = 10.0

SCALE: dict[str, float] = {
    "days_all": 1.0,
    **{f"days_{window}": 1.0 for window in WINDOWS},
    "recency_days": 1.0,
    "gap_mean_days": 1.0,
    "gap_median_days": 1.0,
    "due_ratio": 1.0,
    "blocks_6": 1.0,
    "per_trip": 100.0,
    "per_trip_84": 100.0,
    "expected": 100.0,
    "copurchase": 100.0,
    "trips_28": 1.0,
    "trips_84": 1.0,
    "trip_recency_days": 1.0,
    "categories_84": 1.0,
    "popularity": 100.0,
    "popularity_84": 100.0,
}
"""Feature -> factor before log1p: shares enter as percent, so that small ones are told apart."""
FEATURES = tuple(SCALE)


@dataclass(frozen=True)
class Snapshot:
    """All eligible customers at one cut.

    ``features``: one row = customer x category, columns FEATURES in natural units; ``customer`` and ``category`` are
    positions in the History; ``bought`` is the outcome, None where the horizon lies in the future.
    """

    cutoff: int
    customer: Ints
    category: Ints
    features: pd.DataFrame
    bought: Ints | None

    @property
    def is_repeat(self) -> Bools:
        """True where the customer bought the category before the cut."""
        return np.asarray(self.features["days_all"] > 0)


def snapshot(history: History, cutoff: int, *, horizon_days: int) -> Snapshot:
    """Features before the cut and, where it has passed, the outcome after it.

    Eligible are customers with a trip in the last three horizons before the cut.
    """
    people, width = len(history.customers), len(history.categories)
    past = _before(history, cutoff)
    table = {**_pair_features(past, cutoff), **_trip_features(past, cutoff)}
    table |= _category_features(past, cutoff, horizon_days)
    table["copurchase"] = also_bought(table["days_all"].reshape(people, width)).ravel()
    table["expected"] = expected_purchases(table, width, horizon_days)
    eligible = _count(past.trip_customer[past.trip_day >= cutoff - 3 * horizon_days], people) > 0
    rows = np.flatnonzero(np.repeat(eligible, width))
    features = pd.DataFrame({name: table[name][rows] for name in FEATURES})
    return Snapshot(cutoff, rows // width, rows % width, features, _outcome(history, cutoff, horizon_days, rows))


def design(features: pd.DataFrame) -> Floats:
    """Features as the models see them: log1p of the scaled values, columns in the order of FEATURES."""
    columns = features[list(FEATURES)].to_numpy(dtype=float)
    return np.asarray(np.log1p(columns * np.array(list(SCALE.values()))))


@dataclass(frozen=True)
class _Past:
    """The part of a history before a cut; ``pair`` = customer position x number of categories + category position."""

    people: int
    width: int
    pair: Ints
    day: Ints
    trip_customer: Ints
    trip_day: Ints


def _before(history: History, cutoff: int) -> _Past:
    seen, trips = history.pair_day < cutoff, history.trip_day < cutoff
    width = len(history.categories)
    return _Past(
        people=len(history.customers),
        width=width,
        pair=history.pair_customer[seen] * width + history.pair_category[seen],
        day=history.pair_day[seen],
        trip_customer=history.trip_customer[trips],
        trip_day=history.trip_day[trips],
    )


def _outcome(history: History, cutoff: int, horizon_days: int, rows: Ints) -> Ints | None:
    if cutoff + horizon_days > history.end:
        return None
    width = len(history.categories)
    ahead = (history.pair_day >= cutoff) & (history.pair_day < cutoff + horizon_days)
    pair = history.pair_customer[ahead] * width + history.pair_category[ahead]
    return (_count(pair, len(history.customers) * width) > 0).astype(np.int64)[rows]


def _count(position: Ints, size: int) -> Floats:
    return np.bincount(position, minlength=size).astype(float)


def _pair_features(past: _Past, cutoff: int) -> dict[str, Floats]:
    """Counts per window, recency and gaps of every customer x category."""
    size = past.people * past.width
    table = {"days_all": _count(past.pair, size)}
    for window in WINDOWS:
        table[f"days_{window}"] = _count(past.pair[past.day >= cutoff - window], size)
    block = (cutoff - 1 - past.day) // BLOCK_DAYS
    recent = block < BLOCKS
    distinct = np.unique(past.pair[recent] * BLOCKS + block[recent])
    table["blocks_6"] = _count(distinct // BLOCKS, size)
    last = np.full(size, cutoff - NEVER_DAYS)
    last[past.pair] = past.day  # rows are sorted by day within a pair: the last one stays
    table["recency_days"] = np.clip(cutoff - last, 0, NEVER_DAYS).astype(float)
    mean, median = _gaps(past, size)
    table["gap_mean_days"], table["gap_median_days"] = mean, median
    ratio = np.where(table["days_all"] >= 2, table["recency_days"] / median, 0.0)
    table["due_ratio"] = np.clip(ratio, 0, DUE_CAP)
    return table


def _gaps(past: _Past, size: int) -> tuple[Floats, Floats]:
    """Mean and median days between purchases; NEVER_DAYS with fewer than two purchases."""
    same = past.pair[1:] == past.pair[:-1]
    pair, gap = past.pair[1:][same], (past.day[1:] - past.day[:-1])[same]
    counts = np.bincount(pair, minlength=size)
    mean = np.full(size, float(NEVER_DAYS))
    median = mean.copy()
    has = counts > 0
    mean[has] = np.bincount(pair, weights=gap, minlength=size)[has] / counts[has]
    ordered = gap[np.lexsort((gap, pair))]
    start = np.cumsum(counts) - counts
    middle = (ordered[(start + (counts - 1) // 2)[has]] + ordered[(start + counts // 2)[has]]) / 2
    median[has] = middle
    return np.minimum(mean, NEVER_DAYS), np.minimum(median, NEVER_DAYS)


def _trip_features(past: _Past, cutoff: int) -> dict[str, Floats]:
    """What is known of the customer alone, repeated over the categories."""
    people, width = past.people, past.width
    last = np.full(people, cutoff - NEVER_DAYS)
    last[past.trip_customer] = past.trip_day
    recent = np.unique(past.pair[past.day >= cutoff - 84])
    own = {
        "trips_all": _count(past.trip_customer, people),
        "trips_28": _count(past.trip_customer[past.trip_day >= cutoff - 28], people),
        "trips_84": _count(past.trip_customer[past.trip_day >= cutoff - 84], people),
        "trip_recency_days": np.clip(cutoff - last, 0, NEVER_DAYS).astype(float),
        "categories_84": _count(recent // width, people),
    }
    table = {name: np.repeat(values, width) for name, values in own.items()}
    days_84 = _count(past.pair[past.day >= cutoff - 84], people * width)
    days_all = _count(past.pair, people * width)
    table["per_trip"] = days_all / np.maximum(table["trips_all"], 1)
    table["per_trip_84"] = days_84 / np.maximum(table["trips_84"], 1)
    return table


def _category_features(past: _Past, cutoff: int, horizon_days: int) -> dict[str, Floats]:
    """Share of active customers who bought the category lately, repeated over the customers."""
    table = {}
    for name, window in (("popularity", horizon_days), ("popularity_84", 3 * horizon_days)):
        buyers = np.unique(past.pair[past.day >= cutoff - window]) % past.width
        active = len(np.unique(past.trip_customer[past.trip_day >= cutoff - 3 * horizon_days]))
        table[name] = np.tile(_count(buyers, past.width) / max(active, 1), past.people)
    return table


def also_bought(days: Floats) -> Floats:
    """Customers who bought X also bought Y: mean over a customer's categories X of the share of X's buyers with Y.

    ``days``: customers x categories, purchase days before the cut. The category itself is left out of its own mean,
    so the value says nothing of the customer's own habit.
    """
    bought = (days > 0).astype(float)
    together = bought.T @ bought
    share = together / np.maximum(np.diag(together), 1.0)[:, None]
    np.fill_diagonal(share, 0.0)
    others = bought.sum(axis=1, keepdims=True) - bought
    return np.asarray(bought @ share / np.maximum(others, 1.0))


def expected_purchases(table: dict[str, Floats], width: int, horizon_days: int) -> Floats:
    """Gamma-Poisson: purchases per trip, pulled towards the category, times the trips to be expected.

    The prior of each category comes from the mean and the variance between customers of the rate per trip.
    """
    days = table["days_all"].reshape(-1, width)
    trips = table["trips_all"].reshape(-1, width)[:, :1]
    shape, rate = gamma_prior(days, trips)
    ahead = horizon_days * (table["trips_84"].reshape(-1, width)[:, :1] / 84.0)
    return np.asarray((shape + days) / (rate + trips) * ahead).ravel()


def gamma_prior(counts: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Shape and rate of the gamma prior per column, by moments weighted with exposure (DerSimonian and Laird's way)."""
    total = exposure.sum()
    people = max(int((exposure > 0).sum()), 2)
    mean = np.maximum(counts.sum(axis=0) / max(total, 1.0), 1e-9)
    spread = (exposure * (counts / np.maximum(exposure, 1.0) - mean) ** 2).sum(axis=0)
    between = (spread - (people - 1) * mean) / (total - (exposure**2).sum() / max(total, 1.0))
    between = np.maximum(between, mean**2 / 100.0)
    return mean**2 / between, mean / between
