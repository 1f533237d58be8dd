"""Each customer's usual time of day, weekday and store, with the honest doubt of a thin history.

A customer's counts are added to the mean shares of all customers, each counted once. The less customers differ, the
more visits these shares are worth (Dirichlet-multinomial, its concentration by moments). A level is a clear preference
when it is ahead of the second one with a posterior probability of at least 95 % (normal approximation), and is so by
the customer's own visits alone: what everybody does is no preference of somebody who was seen twice.
What a customer declared goes before what is computed here; a shop that is open at certain hours only, or a person who
was only ever written to by post, could not show another preference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import Baskets
from rcommerce_helpers.patterns.chunks import Codes
from rcommerce_helpers.patterns.contexts import HOURS, WEEKDAYS, hour_blocks
from rcommerce_helpers.results import ASSUMED_LEVEL, Figure
from rcommerce_helpers.statistics.intervals import Floats, normal_quantile, share_interval
from rcommerce_helpers.statistics.testing import two_sided_p

CLEAR = 0.95
FEWEST_VISITS = 3
"""Fewest own visits at the preferred level: two are an accident."""
HALF_A_VISIT = 0.5
"""What every level is given before own visits are looked at alone (Jeffreys' prior)."""


@dataclass(frozen=True)
class Preferences:
    """One profile per customer and dimension.

    ``customers``: one row = one customer x dimension (hour, weekday, store): customer_id, dimension, preferred, n
    (orders), own_share, share (shrunken), low, high (90 %), ahead (probability of being ahead of the second), clear;
    ``summary``: one row = dimension: dimension, customers, clear, clear_share, low, high.
    """

    customers: pd.DataFrame
    summary: pd.DataFrame
    figures: tuple[Figure, ...]


def preferences(baskets: Baskets) -> Preferences:
    """Preferred hour, weekday and (where stores are known) store of every customer."""
    orders = baskets.orders
    levels = {
        "hour": pd.Series(np.array(list(HOURS))[hour_blocks(orders["local_at"])], index=orders.index),
        "weekday": pd.Series(np.array(WEEKDAYS)[orders["local_at"].dt.day_of_week], index=orders.index),
    }
    if "store_id" in orders:
        levels["store"] = orders["store_id"]
    levels = {name: level for name, level in levels.items() if len(level.dropna().unique()) > 1}
    if not levels:
        raise NotEnoughData(
            "orders",
            got="one time of day, one weekday and one store",
            expected="at least two to choose from",
            do="Keep the time of day in the export",
        )
    table = pd.concat([_profiles(baskets, name, level) for name, level in levels.items()], ignore_index=True)
    grouped = table.groupby("dimension", sort=False)["clear"]
    rows = [
        (name, len(clear), int(clear.sum()), *share_interval(float(clear.sum()), len(clear))) for name, clear in grouped
    ]
    summary = pd.DataFrame(rows, columns=["dimension", "customers", "clear", "clear_share", "low", "high"])
    figures = tuple(
        Figure(f"clear_{row.dimension}_share", row.clear_share, row.customers, "share", row.low, row.high)
        for row in summary.itertuples()
    )
    return Preferences(table, summary, figures)


def concentration(counts: Floats) -> float:
    """How many visits the shares of all customers are worth: large when customers hardly differ.

    ``counts``: customers x levels. Moments: the excess of the between-customer variance over what drawing gives.
    """
    n = counts.sum(axis=1)
    kept = n > 1
    if kept.sum() < 2:
        return 10.0
    counts, n = counts[kept], n[kept]
    shares = counts.sum(axis=0) / n.sum()
    drawing = float((shares * (1 - shares)).sum())
    if drawing <= 0:
        return 1000.0
    spread = float((n[:, None] * (counts / n[:, None] - shares) ** 2).sum()) / (len(n) - 1)
    typical_n = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    alike = (spread - drawing) / (drawing * (typical_n - 1)) if typical_n > 1 else 0.0
    alike = float(np.clip(alike, 0.001, 0.95))
    return 1 / alike - 1


def _profiles(baskets: Baskets, name: str, level: pd.Series) -> pd.DataFrame:
    known = level.notna().to_numpy()
    code, names = pd.factorize(level[known], sort=True)
    counts = np.zeros((len(baskets.customers), len(names)))
    np.add.at(counts, (baskets.orders["customer"].to_numpy()[known], code), 1.0)
    n = counts.sum(axis=1)
    prior = concentration(counts) * (counts[n > 0] / n[n > 0, None]).mean(axis=0)
    belief = counts + prior
    weight = belief.sum(axis=1)
    preferred, first, ahead = _ahead(belief)
    own_preferred, _, own_ahead = _ahead(counts + HALF_A_VISIT)
    rows = np.arange(len(counts))
    often = counts[rows, preferred] >= FEWEST_VISITS
    by_own_visits = often & (own_ahead >= CLEAR) & (own_preferred == preferred)
    reach = normal_quantile(ASSUMED_LEVEL) * np.sqrt(first * (1 - first) / (weight + 1))
    return pd.DataFrame(
        {
            "customer_id": baskets.customers,
            "dimension": name,
            "preferred": np.asarray(names, dtype=object)[preferred],
            "n": n.astype(int),
            "own_share": np.divide(counts[rows, preferred], n, out=np.full(len(n), np.nan), where=n > 0),
            "share": first,
            "low": np.clip(first - reach, 0, 1),
            "high": np.clip(first + reach, 0, 1),
            "ahead": ahead,
            "clear": (ahead >= CLEAR) & by_own_visits,
        }
    )


def _ahead(belief: Floats) -> tuple[Codes, Floats, Floats]:
    """Per customer the level with the largest share, that share, and the probability that it is ahead of the second."""
    weight, rows = belief.sum(axis=1), np.arange(len(belief))
    order = np.argsort(-belief, axis=1, kind="stable")
    first, second = (belief[rows, order[:, i]] / weight for i in (0, 1))
    spread = np.sqrt(np.maximum(first + second - (first - second) ** 2, 1e-12) / (weight + 1))
    return order[:, 0].astype(np.int64), first, 1 - two_sided_p((first - second) / spread) / 2
