"""When is it time again: gaps between purchases, partly pooled, and the chance of a purchase within two weeks.

One row = one customer x category. Logs of gaps are normal around a centre that is the sum of a category level, a
customer deviation and a pair deviation, the latter two pulled towards 0 as far as their few gaps ask (empirical
Bayes, by moments). What matters on a day is the gap GIVEN that it already lasts that long. Long overdue mostly means
lapsed: the two-week chance is therefore a discrete-time hazard over weeks, not the overdue ratio.

Known limit: the last gap of a pair is still open and is not used in the fit, so slow rhythms look a little faster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.purchases import Bools, Floats, History, Ints
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Figure

HOLD_DAYS = 92
"""The last quarter is held out to judge the next gap."""
THIN_GAPS = 2
LEAST_GAPS = 200
DURABLE_DAYS = 180
"""A category whose middle gap is longer is treated like a durable: nobody is offered it soon after buying it."""
DURABLE_REST_DAYS = 730


@dataclass(frozen=True)
class Rhythm:
    """Gap model of every customer x category at a cut; arrays over pair = customer position x categories + category.

    ``centre`` and ``spread``: mean and standard deviation of the log of the next gap; ``gaps``: how many were seen;
    ``elapsed``: days since the last purchase, NaN where there is none; ``level``: per category, log days.
    """

    cutoff: int
    centre: Floats
    spread: Floats
    gaps: Ints
    elapsed: Floats
    own_mean: Floats
    own_median: Floats
    category_mean: Floats
    level: Floats

    def due_after(self, share: float) -> Floats:
        """Days from the last purchase by which this share has bought again, given that they have not yet."""
        from scipy.special import ndtr, ndtri

        waited = np.log(np.maximum(np.nan_to_num(self.elapsed, nan=1.0), 1.0))
        still = ndtr(-(waited - self.centre) / self.spread)
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(self.centre - self.spread * ndtri(np.maximum(still * (1 - share), 1e-12))))

    @property
    def lapsed(self) -> Bools:
        """Longer without a purchase than all but one in forty gaps of such a rhythm."""
        limit = np.exp(self.centre + 1.96 * self.spread)
        return np.asarray(np.nan_to_num(self.elapsed, nan=0.0) > limit)


@dataclass(frozen=True)
class GapForecast:
    """How well the next gap is forecast on the held-out quarter.

    ``table``: one row = forecaster x which gaps (forecaster, gaps, error, n); error = mean absolute log error.
    ``rhythms``: one row = category (category, middle_days, low_days, high_days, n), 80 % of gaps lie between.
    """

    table: pd.DataFrame
    rhythms: pd.DataFrame
    figures: tuple[Figure, ...]


def fit_rhythm(history: History, cutoff: int) -> Rhythm:
    """Gap model from purchases before the cut."""
    width = len(history.categories)
    size = len(history.customers) * width
    seen = history.pair_day < cutoff
    pair, day = history.pair_customer[seen] * width + history.pair_category[seen], history.pair_day[seen]
    same = pair[1:] == pair[:-1]
    where, gap = pair[1:][same], (day[1:] - day[:-1])[same].astype(float)
    elapsed = np.full(size, np.nan)
    elapsed[pair] = cutoff - day
    centre, spread, level = _pool(np.log(gap), where, size, width)
    gaps = np.bincount(where, minlength=size)
    own = np.bincount(where, weights=gap, minlength=size) / np.maximum(gaps, 1)
    by_category = np.bincount(where % width, weights=gap, minlength=width) / np.maximum(
        np.bincount(where % width, minlength=width), 1
    )
    category_mean = np.tile(by_category, len(history.customers))
    medians = np.exp(centre)
    listed = pd.Series(gap).groupby(where).median()
    medians[listed.index.to_numpy()] = listed.to_numpy()
    own_mean = np.where(gaps > 0, own, category_mean)
    return Rhythm(cutoff, centre, spread, gaps, elapsed, own_mean, medians, category_mean, level)


def _pool(log_gap: Floats, where: Ints, size: int, width: int) -> tuple[Floats, Floats, Floats]:
    """Centre and spread per pair, level per category."""
    category = where % width
    counts = np.bincount(category, minlength=width)
    level = np.bincount(category, weights=log_gap, minlength=width) / np.maximum(counts, 1)
    level = np.where(counts > 0, level, log_gap.mean() if len(log_gap) else 0.0)
    rest = log_gap - level[category]
    noise = _within_variance(rest, where, size)
    customer_effect, _ = _shrink(rest, where // width, size // width, noise)
    rest = rest - customer_effect[where // width]
    pair_effect, variance = _shrink(rest, where, size, noise)
    centre = np.tile(level, size // width) + np.repeat(customer_effect, width) + pair_effect
    return centre, np.sqrt(noise + variance), level


def _within_variance(rest: Floats, group: Ints, size: int) -> float:
    """Variance of log gaps within a pair."""
    n = np.bincount(group, minlength=size)
    mean = np.bincount(group, weights=rest, minlength=size) / np.maximum(n, 1)
    freedom = max(float((n[n > 0] - 1).sum()), 1.0)
    return float(max(((rest - mean[group]) ** 2).sum() / freedom, 1e-3))


def _shrink(rest: Floats, group: Ints, size: int, noise: float) -> tuple[Floats, Floats]:
    """Deviation per group pulled towards 0, and what variance remains (two-level normal model, moments)."""
    n = np.bincount(group, minlength=size).astype(float)
    mean = np.bincount(group, weights=rest, minlength=size) / np.maximum(n, 1)
    seen = n > 0
    total, k = n.sum(), int(seen.sum())
    between = ((n[seen] * mean[seen] ** 2).sum() - k * noise) / max(total - (n**2).sum() / max(total, 1.0), 1.0)
    between = float(max(between, 1e-6))
    pull = between / (between + noise / np.maximum(n, 1e-12))
    return np.where(seen, pull * mean, 0.0), between * (1 - np.where(seen, pull, 0.0))


def next_purchase(history: History, cutoff: int) -> Floats:
    """Days from the cut to the first purchase on or after it, per pair; infinite where none is known."""
    width = len(history.categories)
    later = history.pair_day >= cutoff
    pair = history.pair_customer[later] * width + history.pair_category[later]
    days = np.full(len(history.customers) * width, np.inf)
    days[pair[::-1]] = history.pair_day[later][::-1] - cutoff
    return days


def forecast_gaps(history: History) -> GapForecast:
    """Forecast the next gap of pairs that are still active, and compare with own mean and category mean.

    A pair counts when it has a gap, its last purchase lies within two of its median gaps before the held-out quarter,
    and the next purchase falls into that quarter. Gaps that stay open are in nobody's error.

    Raises
    ------
    NotEnoughData
        Less than a quarter to hold out and a quarter before it, or too few gaps.
    """
    cutoff = history.end - HOLD_DAYS
    if cutoff < HOLD_DAYS:
        raise NotEnoughData(
            "timing", got=f"{history.end} days", expected=f"at least {2 * HOLD_DAYS}", do="Bring more history"
        )
    rhythm = fit_rhythm(history, cutoff)
    ahead = next_purchase(history, cutoff)
    active = (rhythm.gaps > 0) & (rhythm.elapsed <= 2 * rhythm.own_median) & np.isfinite(ahead)
    if active.sum() < LEAST_GAPS:
        raise NotEnoughData(
            "timing", got=f"{active.sum()} gaps to test on", expected=f"at least {LEAST_GAPS}", do="Bring more history"
        )
    table = _gap_errors(rhythm, rhythm.elapsed + ahead, active)
    return GapForecast(table, _rhythm_table(history), _gap_figures(table))


def _gap_errors(rhythm: Rhythm, gap: Floats, active: Bools) -> pd.DataFrame:
    """Mean absolute log error per forecaster, all and thin gaps.

    "pooled" and "own_waited" know how many days have passed at the cut; "pooled_at_start", "own" and "category" do not.
    """
    forecasts = {
        "pooled": rhythm.due_after(0.5),
        "own_waited": np.maximum(rhythm.own_mean, rhythm.elapsed),
        "pooled_at_start": np.exp(rhythm.centre),
        "own": rhythm.own_mean,
        "category": rhythm.category_mean,
    }
    rows = []
    for which, part in (("all", active), ("thin", active & (rhythm.gaps <= THIN_GAPS))):
        for name, days in forecasts.items():
            error = np.abs(np.log(days[part]) - np.log(np.maximum(gap[part], 1.0)))
            rows.append({"forecaster": name, "gaps": which, "error": error.mean(), "n": int(part.sum())})
    return pd.DataFrame(rows)


def _gap_figures(table: pd.DataFrame) -> tuple[Figure, ...]:
    named = {
        ("all", "pooled"): "gap_error_pooled",
        ("all", "own"): "gap_error_own",
        ("all", "own_waited"): "gap_error_own_waited",
        ("all", "pooled_at_start"): "gap_error_pooled_at_start",
        ("all", "category"): "gap_error_category",
        ("thin", "pooled"): "gap_error_thin_pooled",
        ("thin", "own"): "gap_error_thin_own",
    }
    return tuple(
        Figure(named[row.gaps, row.forecaster], row.error, row.n, "log_error")
        for row in table.itertuples()
        if (row.gaps, row.forecaster) in named and row.n
    )


def _rhythm_table(history: History) -> pd.DataFrame:
    """One row = category: middle gap and where 80 % of the gaps of its customers lie."""
    same = (history.pair_customer[1:] == history.pair_customer[:-1]) & (
        history.pair_category[1:] == history.pair_category[:-1]
    )
    gaps = pd.Series((history.pair_day[1:] - history.pair_day[:-1])[same])
    grouped = gaps.groupby(history.labels[history.pair_category[1:][same]])
    table = grouped.quantile([0.1, 0.5, 0.9]).unstack()  # noqa: PD010 - three quantiles to columns
    table.columns = pd.Index(["low_days", "middle_days", "high_days"])
    table["n"] = grouped.size()
    return table.rename_axis("category").reset_index().sort_values("middle_days", ignore_index=True)


def rests(history: History, rhythm: Rhythm) -> Bools:
    """Pairs of durables bought lately: nobody needs a second one."""
    slow = np.exp(rhythm.level) > DURABLE_DAYS
    durable = np.tile(history.durable | slow, len(history.customers))
    rest = np.where(np.tile(history.durable, len(history.customers)), DURABLE_REST_DAYS, rhythm.due_after(0.1))
    return np.asarray(durable & (np.nan_to_num(rhythm.elapsed, nan=np.inf) < rest))
