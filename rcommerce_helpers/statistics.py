"""How sure is a number: intervals, partial pooling, false-discovery control, held-out replication, verdicts.

Everything takes and gives plain numpy arrays. The unit of evidence is the person or household, not the row: many rows
of one customer are one piece of evidence, so callers hand over one value per customer, or sums per customer.
Heavy imports wait inside the functions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rcommerce_helpers.results import LEVEL

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HOLDS, UNDECIDED, CHANCE = "holds", "undecided", "chance"
CHANCE_MARGIN = 0.02
"""A pooled effect whose whole interval lies within +-2 % relative is called chance."""


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


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """q-values: the false-discovery rate at which each test would just be reported; NaN stays NaN and counts nowhere.

    Source: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57.
    """
    from statsmodels.stats.multitest import multipletests

    p = np.asarray(p_values, dtype=float)
    q = np.full(p.shape, np.nan)
    tested = ~np.isnan(p)
    if tested.any():
        q[tested] = multipletests(p[tested], method="fdr_bh")[1]
    return q


def two_sided_p(z: npt.ArrayLike) -> Floats:
    """Two-sided p-value of a standard normal statistic."""
    from scipy.special import ndtr

    return np.asarray(2 * ndtr(-np.abs(np.asarray(z, dtype=float))), dtype=float)


@dataclass(frozen=True)
class TwoProportions:
    """Relative difference of share a over share b (0.2 = a fifth more), its interval and p, element by element."""

    effect: Floats
    low: Floats
    high: Floats
    p_value: Floats


def two_proportions(
    hits_a: npt.ArrayLike, n_a: npt.ArrayLike, hits_b: npt.ArrayLike, n_b: npt.ArrayLike, *, level: float = LEVEL
) -> TwoProportions:
    """Compare two shares of independent trials: p from the pooled z-test, interval from the log ratio.

    Empty groups and groups without a hit give NaN effects; half a hit is NOT added, so thin cells stay visible.
    """
    a, m, b, n = (np.asarray(x, dtype=float) for x in (hits_a, n_a, hits_b, n_b))
    with np.errstate(divide="ignore", invalid="ignore"):
        together = (a + b) / (m + n)
        z = (a / m - b / n) / np.sqrt(together * (1 - together) * (1 / m + 1 / n))
        log_ratio = np.log(a / m) - np.log(b / n)
        reach = normal_quantile(level) * np.sqrt(1 / a - 1 / m + 1 / b - 1 / n)
        ends = [np.exp(log_ratio + side * reach) - 1 for side in (0, -1, 1)]
    effect, low, high = (np.where(np.isfinite(log_ratio), end, np.nan) for end in ends)
    return TwoProportions(effect, low, high, two_sided_p(z))


@dataclass(frozen=True)
class Pooled:
    """Partially pooled effects.

    ``mean`` and ``mean_se``: the overall effect; ``tau``: how much true effects differ (standard deviation);
    ``effects`` and ``standard_errors``: one shrunken estimate per cell.
    """

    mean: float
    mean_se: float
    tau: float
    effects: Floats
    standard_errors: Floats

    def interval(self, *, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Ends of the interval of each shrunken effect."""
        reach = normal_quantile(level) * self.standard_errors
        return self.effects - reach, self.effects + reach


def partial_pool(effects: npt.ArrayLike, standard_errors: npt.ArrayLike) -> Pooled:
    """Two-level empirical Bayes: each cell is pulled towards the mean of its family as far as its noise asks.

    Method: DerSimonian and Laird (1986), Control. Clin. Trials 7, for tau; the shrunken variance includes that of the
    mean but not that of tau, so with few cells (under about 10) intervals are somewhat narrow.
    """
    y, se = np.asarray(effects, dtype=float), np.asarray(standard_errors, dtype=float)
    if len(y) < 2:
        only = float(y[0]) if len(y) else float("nan")
        return Pooled(only, float(se[0]) if len(y) else float("nan"), 0.0, y.copy(), se.copy())
    weight = 1 / se**2
    spread = float((weight * (y - (weight * y).sum() / weight.sum()) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (spread - (len(y) - 1)) / scale)
    total = 1 / (se**2 + tau2)
    mean, mean_var = float((total * y).sum() / total.sum()), float(1 / total.sum())
    own = tau2 / (tau2 + se**2)
    variance = own * se**2 + (1 - own) ** 2 * mean_var
    return Pooled(mean, mean_var**0.5, tau2**0.5, mean + own * (y - mean), np.sqrt(variance))


def held_out(keys: Iterable[str], *, share: float = 0.5, salt: str = "held-out") -> Flags:
    """True for the keys (customers) kept aside: by a hash of the key, the same in every run and engine."""

    def unit(key: str) -> float:
        digest = hashlib.blake2b(f"{salt}:{key}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    return np.array([unit(key) < share for key in keys], dtype=bool)


def verdicts(
    q_values: npt.ArrayLike,
    effect: tuple[Floats, Floats, Floats],
    pooled: tuple[Floats, Floats],
    held_out_effect: npt.ArrayLike,
) -> npt.NDArray[np.str_]:
    """The word for each finding: "holds", "chance" or "undecided".

    "holds": q < .05, the held-out effect has the same sign, and the interval is off 0. "chance": the pooled interval
    lies within +-2 % relative. Else "undecided".

    Parameters
    ----------
    effect
        Estimate, low, high, as relative differences (0 = no effect).
    pooled
        Low and high of the pooled effect, relative.
    held_out_effect
        The same effect in customers who took no part in finding it; NaN = not replicated.
    """
    value, low, high = effect
    q, again = np.asarray(q_values, dtype=float), np.asarray(held_out_effect, dtype=float)
    off_zero = (low > 0) | (high < 0)
    holds = (q < 0.05) & off_zero & (np.sign(again) == np.sign(value)) & (value != 0)
    chance = (pooled[0] > -CHANCE_MARGIN) & (pooled[1] < CHANCE_MARGIN)
    return np.where(holds, HOLDS, np.where(chance, CHANCE, UNDECIDED))


def customers_per_arm(base: float, relative: float, *, level: float = LEVEL, power: float = 0.8) -> int:
    """Smallest arm of a two-armed test that finds a relative lift on a base share with this power (normal formula)."""
    treated = base * (1 + relative)
    reach = normal_quantile(level) + normal_quantile(2 * power - 1)
    variance = base * (1 - base) + treated * (1 - treated)
    return int(np.ceil(reach**2 * variance / (treated - base) ** 2))


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
