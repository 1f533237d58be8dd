"""How many links are right and how many are found, estimated without truth, at every cut that could have been chosen.

A join of two groups is right or wrong as a whole, so precision counts joins, each as sure as its mean log odds say.
Recall counts pairs: those inside the groups over all that the model believes in. Pairs of one person err together, so
the model's own odds are a little off; by how much was measured on sets whose truth is known (docs/decisions), and one
pair of numbers serves them all. Known limit: two records that share no value at all are counted nowhere.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.merging.grouping import CUT, LOWEST, Joins

EVEN = -1.5
"""Mean log odds at which half of the joins are right, on sets whose truth is known."""
PAIRS_SURER = 0.25
"""What is added to the log odds of a single pair, on the same sets."""
CUTS = tuple(float(c) for c in np.arange(6.0, LOWEST, -0.5))
"""Cuts of the curve, from careful to bold; the one in use is among them."""


def estimated_curve(pairs: pd.DataFrame, joins: Joins, size: int) -> pd.DataFrame:
    """Estimated precision and recall at each cut.

    Parameters
    ----------
    pairs
        One row = one compared pair: a, b, odds.
    joins
        Of these pairs, down to ``LOWEST``.
    size
        Number of records.

    Returns
    -------
    DataFrame
        One row = one cut: cut, precision, recall (shares of pairs of records; NaN without a link), groups (customers at
        that cut), used (whether it is the cut in use).

    Examples
    --------
    >>> from rcommerce_helpers.merging.grouping import joins
    >>> pairs = pd.DataFrame({"a": [0, 2], "b": [1, 3], "odds": [9.0, -1.5]})
    >>> curve = estimated_curve(pairs, joins(*(pairs[c].to_numpy() for c in pairs)), 4)
    >>> curve.loc[curve["used"], ["precision", "recall", "groups"]].round(2).values.tolist()
    [[1.0, 0.82, 3.0]]
    """
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    believed = _probability(pairs["odds"].to_numpy() + PAIRS_SURER)
    right = _probability(joins.mean - EVEN) * joins.pairs
    rows = []
    for cut in CUTS:
        group, used = joins.groups(size, cut), joins.mean >= cut
        joined = joins.pairs[used].sum()
        inside = believed[group[a] == group[b]].sum()
        rows.append((
            cut, right[used].sum() / joined if joined else np.nan, inside / believed.sum() if joined else np.nan,
            size - int(used.sum()), cut == CUT,
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=["cut", "precision", "recall", "groups", "used"])


def _probability(odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))
