"""Tests of many things at once: p-values, false discoveries, two shares side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rcommerce_helpers.results import LEVEL
from rcommerce_helpers.statistics.intervals import Floats, normal_quantile


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
