"""Intervals of means, shares and ratios.

The unit of evidence is the person or household, not the row: many rows of one customer are one piece of evidence, so
callers hand over one value per customer, or sums per customer. Heavy imports wait inside the functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rcommerce_helpers.results import LEVEL

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Interval(NamedTuple):
    """An estimate and the ends of its interval, all in the unit of the estimate."""

    value: float
    low: float
    high: float


def wilson(successes: npt.ArrayLike, n: npt.ArrayLike, *, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Ends of the Wilson score interval of a share, element by element; empty (NaN) where n is 0.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22, as kept in ``statsmodels.stats.proportion``.
    """
    from statsmodels.stats.proportion import proportion_confint

    hits, total = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(n, dtype=float))
    known = total > 0
    low, high = proportion_confint(
        np.where(known, hits, 0.0), np.where(known, total, 1.0), alpha=1 - level, method="wilson"
    )
    low, high = np.where(hits <= 0, 0.0, np.clip(low, 0, 1)), np.where(hits >= total, 1.0, np.clip(high, 0, 1))
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def share_interval(successes: float, n: float, *, level: float = LEVEL) -> Interval:
    """One share with its Wilson interval."""
    low, high = wilson(successes, n, level=level)
    return Interval(successes / n if n else float("nan"), float(low), float(high))


def mean_interval(values: npt.ArrayLike, *, level: float = LEVEL) -> Interval:
    """Mean of independent values with Student's t interval; a single value has an unbounded one."""
    from scipy.special import stdtrit

    sample = np.asarray(values, dtype=float)
    mean = float(sample.mean())
    if len(sample) < 2:
        return Interval(mean, -np.inf, np.inf)
    reach = float(stdtrit(len(sample) - 1, 0.5 + level / 2)) * float(sample.std(ddof=1)) / np.sqrt(len(sample))
    return Interval(mean, float(mean - reach), float(mean + reach))


def bootstrap_interval(
    units: npt.ArrayLike,
    statistic: Callable[[Floats], float],
    rng: np.random.Generator,
    *,
    draws: int = 200,
    level: float = LEVEL,
) -> Interval:
    """Percentile interval of any statistic, resampling whole units (customers) with replacement.

    Parameters
    ----------
    units
        One row per unit of evidence; a vector, or a matrix when the statistic needs several sums per unit.
    statistic
        Rows -> number. Source: Efron (1979), Ann. Stat. 7; intervals of few units are too narrow.
    """
    rows = np.asarray(units, dtype=float)
    picks = rng.integers(0, len(rows), size=(draws, len(rows)))
    drawn = np.array([statistic(rows[pick]) for pick in picks])
    low, high = np.quantile(drawn, tails(level))
    return Interval(statistic(rows), float(low), float(high))


def ratio_interval(numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, level: float = LEVEL) -> Interval:
    """Sum over sum with a linearised interval, one row per customer: the bootstrap over customers without drawing.

    Source: ratio estimator with one cluster per customer, Cochran (1977), Sampling Techniques, chapter 6.
    """
    over, under = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    ratio = float(over.sum() / under.sum())
    spread = float(np.sqrt(np.square(over - ratio * under).sum())) / float(under.sum())
    reach = normal_quantile(level) * spread
    return Interval(ratio, ratio - reach, ratio + reach)


def tails(level: float) -> tuple[float, float]:
    """Between which quantiles of draws an interval of that level lies.

    Examples
    --------
    >>> tails(0.9)
    (0.05, 0.95)
    """
    return round((1 - level) / 2, 12), round((1 + level) / 2, 12)


def normal_quantile(level: float) -> float:
    """How many standard errors an interval of that level reaches to either side."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))
