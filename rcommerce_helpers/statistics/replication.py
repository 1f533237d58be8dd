"""Found with all customers, replicated by cross-fitting, and the word that follows.

Customers are dealt into five folds by a hash of their key. A finding is looked for in all of them; whether it comes
again is asked five times: four folds choose, the fifth, which took no part, answers. So all data find, and none of
those who answer had a say in what is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from rcommerce_helpers.statistics.intervals import Flags, Floats
from rcommerce_helpers.statistics.testing import benjamini_hochberg, two_sided_p

FOLDS = 5
FEWEST_CHOICES = 3
"""By how many of the five choosing quartets a finding must have been chosen."""
FALSE_DISCOVERIES = 0.05
HOLDS, UNDECIDED, CHANCE = "holds", "undecided", "chance"


def folds_of(keys: Iterable[str], *, salt: str = "folds") -> npt.NDArray[np.int64]:
    """The fold of each key (customer), 0 to 4: by a hash of the key, the same in every run and engine.

    Examples
    --------
    >>> folds_of(["c1", "c2", "c3"]).tolist() == folds_of(["c3", "c2", "c1"]).tolist()[::-1]
    True
    """

    def number(key: str) -> int:
        return int.from_bytes(hashlib.blake2b(f"{salt}:{key}".encode(), digest_size=8).digest(), "big") % FOLDS

    return np.array([number(key) for key in keys], dtype=np.int64)


@dataclass(frozen=True)
class Sums:
    """All that is kept of the customers: sums per fold and cell, shape (folds, cells), or (cells,) of several folds.

    ``people``: customers with an opportunity; ``compared``: with an expectation; ``n``, ``hits``: opportunities, and
    events or money in them; ``observed`` and ``expected``, whose means are equal when there is no effect; and the sums
    of their squares and products over customers.
    """

    people: Floats
    compared: Floats
    n: Floats
    hits: Floats
    observed: Floats
    expected: Floats
    observed2: Floats
    product: Floats
    expected2: Floats

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Sums)))

    def over(self, kept: Flags) -> Sums:
        """Sums of the folds kept, (folds,) or (folds, cells)."""
        chosen = kept if kept.ndim == 2 else kept[:, None]
        return Sums(*((getattr(self, f.name) * chosen).sum(axis=0) for f in fields(Sums)))

    def rows(self, which: slice) -> Sums:
        return Sums(*(getattr(self, f.name)[which] for f in fields(Sums)))

    def at(self, cells: Flags) -> Sums:
        return Sums(*(getattr(self, f.name)[..., cells] for f in fields(Sums)))


def add_up(fold: npt.NDArray[np.int64], n: Floats, hits: Floats, observed: Floats, expected: Floats) -> Sums:
    """Sums per fold of customers x cells matrices; ``fold``: one per customer. A chunk of customers at a time."""
    into = (np.arange(FOLDS)[:, None] == fold).astype(np.float64)
    parts = (n > 0, expected > 0, n, hits, observed, expected, observed**2, observed * expected, expected**2)
    return Sums(*(into @ part for part in parts))


@dataclass(frozen=True)
class Estimate:
    """Log of observed over expected, its standard error between customers, and the score test (no log, no ratio)."""

    log_ratio: Floats
    se: Floats
    z: Floats


def estimate(sums: Sums) -> Estimate:
    """Estimates of the cells; a cell in which nothing was observed counts half an event."""
    over, under = np.maximum(sums.observed, 0.5), np.maximum(sums.expected, 1e-12)
    variance = sums.observed2 / over**2 - 2 * sums.product / (over * under) + sums.expected2 / under**2
    spread = np.sqrt(np.maximum(sums.observed2 - 2 * sums.product + sums.expected2, 0.0))
    gap = sums.observed - sums.expected
    z = np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 1e-9 * np.maximum(under, 1))
    return Estimate(np.log(over / under), np.sqrt(np.maximum(variance, 1e-18)), z)


@dataclass(frozen=True)
class Replicated:
    """One entry per cell: by how many quartets of folds it was chosen, and its effect in the folds kept aside then.

    ``again`` is empty (NaN) where no quartet chose the cell.
    """

    choices: npt.NDArray[np.int64]
    again: Estimate


def replicate(alone: Sums, others: Sums) -> Replicated:
    """Choose with four folds (q < .05 over all cells), estimate in the fifth, five times.

    Parameters
    ----------
    alone, others
        Sums of each fold, and of the four others, (folds, cells).
    """
    p = two_sided_p(estimate(others).z)
    chosen = np.array([benjamini_hochberg(row) < FALSE_DISCOVERIES for row in p])
    found = estimate(alone.over(chosen))
    never = ~chosen.any(axis=0)
    log_ratio, se, z = (np.where(never, np.nan, x) for x in (found.log_ratio, found.se, found.z))
    return Replicated(chosen.sum(axis=0), Estimate(log_ratio, se, z))


def verdicts(
    q_values: npt.ArrayLike,
    interval: tuple[Floats, Floats],
    inner: tuple[Floats, Floats],
    replicated: tuple[Floats, Floats],
    *,
    effect: Floats,
    smallest: float,
) -> npt.NDArray[np.str_]:
    """The word for each finding: "holds", "chance" or "undecided".

    "holds": q < .05 on all customers, chosen by at least three of the five quartets, in the folds then kept aside of
    the same sign and at least half as large, own interval off 0, and at least the smallest effect that matters.
    "chance": the own inner interval lies within the smallest effect that matters (equivalence). Else "undecided".

    Parameters
    ----------
    interval, inner
        Low and high of the effect: the interval that is told, and the 90 % interval of the equivalence test, log.
    replicated
        Number of choices, and the effect in customers who had no say, log; NaN = never chosen.
    effect
        The effect in all customers, log ratio.
    smallest
        Smallest relative effect that matters, 0.1 = a tenth.
    """
    q, (choices, again) = np.asarray(q_values, dtype=float), replicated
    off_zero = (interval[0] > 0) | (interval[1] < 0)
    comes_again = (choices >= FEWEST_CHOICES) & (np.sign(again) == np.sign(effect)) & (2 * abs(again) >= abs(effect))
    matters = abs(np.expm1(effect)) >= smallest
    holds = (q < FALSE_DISCOVERIES) & off_zero & comes_again & matters
    chance = (np.expm1(inner[0]) > -smallest) & (np.expm1(inner[1]) < smallest)
    return np.where(holds, HOLDS, np.where(chance, CHANCE, UNDECIDED))
