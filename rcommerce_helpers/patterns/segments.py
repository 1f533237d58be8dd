"""Who carries the business: revenue shares (ABC) and recency, frequency, money (RFM), with ties treated alike.

Equal customers get equal scores (NTILE with the customer's key as tie-breaker splits them), and a large tie gets the
score of its worst place: where most bought once, once is the lowest frequency, not a middling one. Frequency counts
purchase days. The day the scores are seen from is given, so a re-run on the same data gives the same scores. Revenue is
net of returns and credit notes; shares are taken over the customers who brought money, so that one who was paid back
more than she paid makes nobody's share larger than all there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.patterns.baskets import Baskets
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import Floats, bootstrap_interval, share_interval

A_SHARE, B_SHARE = 0.8, 0.95
SEGMENTS = ("best", "loyal", "promising", "going quiet", "quiet", "occasional")
"""Rules, first that fits: see ``_segment``."""


@dataclass(frozen=True)
class RevenueShares:
    """Customers by revenue.

    ``customers``: one row = one customer by falling revenue: customer_id, revenue, abc (A, B, C), customer_share and
    revenue_share up to and including the row; ``curve``: the same on at most 100 points for drawing, at least ten
    customers apart, since two points tell what those between them bring; ``top``: the share of
    customers asked for, and their share of revenue.
    """

    customers: pd.DataFrame
    curve: pd.DataFrame
    top: tuple[float, float]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Segments:
    """Recency, frequency and money of every customer.

    ``customers``: one row = one customer: customer_id, recency_days, frequency (purchase days), revenue, r_score,
    f_score, m_score (1 to 5, 5 is best), segment; ``summary``: one row = one segment: segment, customers,
    customer_share, revenue_share, median_recency_days, median_frequency, hidden (empty = the row is shown).
    """

    customers: pd.DataFrame
    summary: pd.DataFrame
    figures: tuple[Figure, ...]


def revenue_shares(baskets: Baskets, params: PatternsParams) -> RevenueShares:
    """How much of the revenue comes from the top customers; the interval is over redrawn customers.

    Raises
    ------
    NotEnoughData
        No customer brought money, or the top share is of few customers.
    """
    revenue = baskets.revenue
    if not (revenue > 0).any():
        raise NotEnoughData(
            "revenue", got="no customer with revenue above 0", expected="at least one", do="Check the amounts"
        )
    ranked = revenue.sort_values(ascending=False, kind="stable").reset_index(name="revenue")
    ranked = ranked.rename(columns={ranked.columns[0]: "customer_id"})
    n = len(ranked)
    customer_share = np.arange(1, n + 1) / n
    brought = ranked["revenue"].clip(lower=0)
    revenue_share = brought.cumsum() / brought.sum()
    table = ranked.assign(
        abc=abc_classes(ranked["revenue"]), customer_share=customer_share, revenue_share=revenue_share
    )
    values = ranked["revenue"].to_numpy(dtype=float)
    top = bootstrap_interval(
        values,
        lambda x: top_part(x, params.top_share),
        np.random.default_rng(params.seed),
        draws=params.bootstrap_draws,
    )
    class_a = share_interval(float((table["abc"] == "A").sum()), n)
    figures = (
        Figure("top_share", params.top_share, n, "share"),
        Figure("top_customers", int(np.ceil(params.top_share * n - 1e-9)), n, "count"),
        Figure("top_revenue_share", top.value, n, "share", top.low, top.high),
        Figure("class_a_share", class_a.value, n, "share", class_a.low, class_a.high),
    )
    if 0 < figures[1].value < leaving.SMALLEST_GROUP:
        raise NotEnoughData(
            "top_share",
            got=f"fewer than {leaving.SMALLEST_GROUP} customers in it",
            expected=f"at least {leaving.SMALLEST_GROUP}",
            do="Raise top_share",
        )
    points = np.unique(np.linspace(0, n, min(n // leaving.SMALLEST_GROUP, 100) + 1).round().astype(int))[1:] - 1
    curve = table.loc[points, ["customer_share", "revenue_share"]].reset_index(drop=True)
    return RevenueShares(table, curve, (params.top_share, top.value), figures)


def top_part(revenue: Floats, share: float) -> float:
    """Revenue of the first ceil(share x n) customers by revenue, over all that customers brought; 0 of nothing.

    Examples
    --------
    >>> top_part(np.array([50.0, 40.0, -80.0]), 1 / 3)
    0.5555555555555556
    """
    brought = np.sort(np.clip(revenue, 0, None))[::-1]
    count = int(np.ceil(share * len(brought) - 1e-9))
    return float(brought[:count].sum() / brought.sum()) if brought.any() else 0.0


def abc_classes(revenue: pd.Series) -> pd.Series:
    """A for the customers who bring the first 80 % of revenue, B up to 95 %, C the rest; equal revenue, equal class.

    Who brought nothing, or was paid back more than that, is C.
    """
    brought = revenue.clip(lower=0)
    ordered = brought.sort_values(ascending=False)
    before = (ordered.cumsum() - ordered).groupby(ordered).min()
    share = (brought.map(before) / brought.sum()).where(brought > 0, 1.0)
    return pd.Series(np.select([share < A_SHARE, share < B_SHARE], ["A", "B"], "C"), index=revenue.index)


def rank_scores(values: pd.Series, *, ascending: bool = True) -> pd.Series:
    """1 to 5 by rank, 5 for the largest (or, with ascending=False, the smallest) values; a tie has its lowest rank.

    Examples
    --------
    >>> rank_scores(pd.Series([1, 1, 1, 2, 9])).to_list()
    [1, 1, 1, 4, 5]
    """
    lowest = (values.rank(method="min", ascending=ascending) - 0.5) / len(values)
    return (np.floor(lowest * 5).astype(int) + 1).clip(1, 5)


def rfm_segments(baskets: Baskets) -> Segments:
    """Score every customer by recency, frequency and money on the last day, and name segments by one plain rule."""
    orders = baskets.orders
    grouped = orders.groupby("customer_id", sort=True)
    last = grouped["local_at"].max().dt.normalize()
    table = pd.DataFrame(
        {
            "recency_days": (pd.Timestamp(baskets.as_of) - last).dt.days,
            "frequency": pd.Series(baskets.purchase_days, index=baskets.customers),
            "revenue": baskets.revenue,
        }
    )
    table["r_score"] = rank_scores(table["recency_days"], ascending=False)
    table["f_score"] = rank_scores(table["frequency"])
    table["m_score"] = rank_scores(table["revenue"])
    table["segment"] = _segment(table)
    table = table.reset_index(names="customer_id")
    summary = _summary(table)
    best = summary[summary["segment"] == "best"]
    if (best["hidden"] != "").any():
        raise NotEnoughData(
            "segments",
            got=f"segments of fewer than {leaving.SMALLEST_GROUP} customers",
            expected=f"at least {leaving.SMALLEST_GROUP} in those that are told",
            do="Land more customers",
        )
    share = share_interval(float(best["customers"].sum()), len(table))
    figures = (
        Figure("best_segment_share", share.value, len(table), "share", share.low, share.high),
        Figure("best_segment_revenue_share", float(best["revenue_share"].sum()), len(table), "share"),
    )
    return Segments(table, summary, figures)


def _segment(table: pd.DataFrame) -> pd.Series:
    """The first rule that fits.

    In order: best (R 4-5, F and M 4-5), going quiet (R 1-2, F or M 4-5), loyal (R 3-5, F 3-5), promising (R 4-5,
    F 1-2), quiet (R 1-2), occasional (the rest).
    """
    r, f, m = table["r_score"], table["f_score"], table["m_score"]
    rules = [
        (r >= 4) & (f >= 4) & (m >= 4),
        (r <= 2) & ((f >= 4) | (m >= 4)),
        (r >= 3) & (f >= 3),
        (r >= 4) & (f <= 2),
        r <= 2,
    ]
    names = ["best", "going quiet", "loyal", "promising", "quiet"]
    return pd.Series(np.select(rules, names, "occasional"), index=table.index)


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    grouped = table.assign(brought=table["revenue"].clip(lower=0)).groupby("segment")
    summary = pd.DataFrame(
        {
            "customers": grouped.size(),
            "customer_share": grouped.size() / len(table),
            "revenue_share": grouped["brought"].sum() / table["revenue"].clip(lower=0).sum(),
            "median_recency_days": grouped["recency_days"].median(),
            "median_frequency": grouped["frequency"].median(),
        }
    )
    present = [s for s in SEGMENTS if s in summary.index]
    measured = ["customer_share", "revenue_share", "median_recency_days", "median_frequency"]
    return suppress_small(summary.loc[present].reset_index(names="segment"), "customers", also=measured)
