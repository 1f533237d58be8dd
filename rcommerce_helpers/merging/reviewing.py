"""Links that somebody looks at, and what their answers say of all links: precision and recall, with intervals.

Pairs are drawn at random from two piles: pairs of records that share a customer, and pairs that were likely enough to
be kept and stay apart. The share of one person in each pile, times its size, gives both figures. Known limit: a pair
that nothing brought together lies in no pile, so recall is that among pairs worth a look.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.by_hand import DIFFERENT, DRAWN, SAME, UNSURE
from rcommerce_helpers.merging.identity import Identity
from rcommerce_helpers.results import LEVEL, Figure
from rcommerce_helpers.sources.landed import read_landed
from rcommerce_helpers.statistics.intervals import share_interval

PILES = DRAWN[1:]
"""Pairs that share a customer, and pairs that stay apart."""
LEAST_ANSWERS = 10
"""Answers of each pile below which nothing is said."""
REDRAWS = 4_000
SIDES = ["record_a", "record_b"]


@dataclass(frozen=True)
class Measured:
    """``answers``: one row = one pile: pile, pairs, same, different, unsure."""

    answers: pd.DataFrame
    figures: tuple[Figure, ...]


def to_review(links: pd.DataFrame, decided: pd.DataFrame, *, number: int, seed: int, least_sure: bool) -> pd.DataFrame:
    """Pairs that somebody should look at now.

    Parameters
    ----------
    links
        One row = one pair that was looked at: record_a, record_b, certainty, joined (``Identity.pairs``).
    decided
        What was decided before; those pairs do not come again.
    number
        How many.
    least_sure
        True = those in most doubt, which mends most; False = half of them at random from each pile, which measures.

    Returns
    -------
    DataFrame
        One row = one pair: record_a, record_b, certainty, joined, drawn ("" where it was not drawn at random).
    """
    known = pd.MultiIndex.from_frame(decided[SIDES])
    left = links[~pd.MultiIndex.from_frame(links[SIDES]).isin(known)].sort_values(SIDES, ignore_index=True)
    left = left[[*SIDES, "certainty", "joined"]]
    if least_sure:
        doubt = (left["certainty"] - 0.5).abs()
        return left.loc[doubt.sort_values(kind="stable").index[:number]].assign(drawn="").reset_index(drop=True)
    rng = np.random.default_rng([seed, len(decided)])
    parts = []
    for pile, is_joined in zip(PILES, (True, False)):
        mine = left[left["joined"].astype(bool) == is_joined]
        drawn = rng.permutation(len(mine))[: number // 2]
        parts.append(mine.iloc[np.sort(drawn)].assign(drawn=pile))
    both = pd.concat(parts, ignore_index=True)
    return both.iloc[rng.permutation(len(both))].reset_index(drop=True)


def records_of(landed: Path) -> pd.DataFrame:
    """Person records as they landed, for somebody who looks at both; one row = one record, indexed by record_id."""
    return read_landed(landed, "source_records").set_index("record_id")


def measure_links(identity: Identity, decided: pd.DataFrame, *, seed: int) -> Measured:
    """Precision and recall from the answers to pairs drawn at random; an unsure answer counts as half of each.

    Returns
    -------
    Measured
        Figures: measured_precision, measured_recall; n = answers.

    Raises
    ------
    NotEnoughData
        Fewer than ten answers in one of the piles.
    """
    drawn = decided[decided["drawn"] != ""] if "drawn" in decided else decided[:0]
    counted = pd.crosstab(drawn["drawn"], drawn["verdict"]).reindex(index=PILES, columns=[SAME, DIFFERENT, UNSURE])
    counted = counted.fillna(0).astype(int)
    if counted.sum(axis=1).min() < LEAST_ANSWERS:
        raise NotEnoughData(
            "review",
            got=f"{' and '.join(map(str, counted.sum(axis=1)))} answers",
            expected=f"{LEAST_ANSWERS} for pairs that share a customer, and as many for pairs that stay apart",
            do="Run `rcommerce review --measure` and answer some more",
        )
    right, of = counted[SAME] + counted[UNSURE] / 2, counted.sum(axis=1)
    precision = share_interval(float(right["joined"]), int(of["joined"]))
    joined = int(identity.pairs["joined"].astype(bool).sum())
    sizes = np.array([joined, len(identity.pairs) - joined], dtype=float)
    rng = np.random.default_rng(seed)
    shares = [rng.beta(right[pile] + 0.5, of[pile] - right[pile] + 0.5, REDRAWS) for pile in PILES]
    found, missed = shares[0] * sizes[0], shares[1] * sizes[1]
    low, high = np.quantile(found / (found + missed), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    whole = right / of * sizes
    answers = int(of.sum())
    table = counted.rename_axis("pile").rename_axis(None, axis=1).assign(pairs=sizes.astype(int)).reset_index()
    return Measured(table[["pile", "pairs", SAME, DIFFERENT, UNSURE]], (
        Figure("measured_precision", precision.value, int(of["joined"]), "share", precision.low, precision.high),
        Figure("measured_recall", float(whole["joined"] / whole.sum()), answers, "share", float(low), float(high)),
    ))  # fmt: skip
