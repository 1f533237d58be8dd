"""Arms that were drawn by lot, compared: weighted by 1 / propensity within each campaign, the person as the unit.

The campaigns are put together as Mantel and Haenszel (1959) do, so that neither a campaign's season nor a stratum with
its own lots passes for an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.patterns.chunks import Codes
from rcommerce_helpers.patterns.findings import stack
from rcommerce_helpers.statistics.intervals import Flags, Floats
from rcommerce_helpers.statistics.replication import FOLDS, Sums, folds_of

HOLDOUT = "none"
GROUPS = np.vstack([np.ones(FOLDS), np.eye(FOLDS), 1 - np.eye(FOLDS)]).astype(bool)
"""Folds of a row of sums: all; each alone; the four others of each."""


@dataclass(frozen=True)
class Log:
    """One entry = one contact: its person, that person's fold, campaign, weight, and whether it converted."""

    person: Codes
    fold: Codes
    campaign: Codes
    weight: Floats
    hit: Floats
    campaigns: int
    people: int

    @classmethod
    def of(cls, contacts: pd.DataFrame, outcome: str, *, seed: int) -> Log:
        """The log of contacts with propensities; ``outcome``: the column that says whether it happened."""
        person, names = pd.factorize(contacts["customer_id"], sort=True)
        campaign, campaigns = pd.factorize(contacts["campaign_id"], sort=True)
        fold = folds_of(names, salt=f"patterns-{seed}")[person]
        weight, hit = 1 / contacts["propensity"].to_numpy(dtype=float), contacts[outcome].to_numpy(dtype=float)
        return cls(person, fold, campaign, weight, hit, len(campaigns), len(names))

    def sums(self, sides: tuple[Codes, Codes]) -> Sums:
        """Sums of one cell from the rows of the arm and of its rival: one row per entry of ``GROUPS``."""
        return stack([self._of_folds(folds, sides) for folds in GROUPS])

    def whole(self, sides: tuple[Codes, Codes]) -> Sums:
        """Sums of one cell over all customers."""
        return self._of_folds(GROUPS[0], sides)

    def _of_folds(self, folds: Flags, sides: tuple[Codes, Codes]) -> Sums:
        """Conversions under the arm and under its rival, each campaign on one weight.

        Squares and products are of what a person adds beyond the rate of the side in that campaign.
        """
        inside = [rows[folds[self.fold[rows]]] for rows in sides]
        count = [np.bincount(self.campaign[rows], minlength=self.campaigns) for rows in inside]
        common = count[0] * count[1] / np.maximum(count[0] + count[1], 1)
        told, beyond = [], []
        for rows in inside:
            campaign, weight, hit = self.campaign[rows], self.weight[rows], self.hit[rows]
            total = np.maximum(np.bincount(campaign, weight, minlength=self.campaigns), 1e-12)
            rate = np.bincount(campaign, weight * hit, minlength=self.campaigns) / total
            share = (common / total)[campaign] * weight
            told.append(float(share @ hit))
            beyond.append(np.bincount(self.person[rows], share * (hit - rate[campaign]), minlength=self.people))
        met = float(np.count_nonzero(np.bincount(self.person[inside[0]])))
        squares = (beyond[0] @ beyond[0], beyond[0] @ beyond[1], beyond[1] @ beyond[1])
        counts = (met, met, len(inside[0]), self.hit[inside[0]].sum())
        return Sums(*(np.array([float(value)]) for value in (*counts, *told, *squares)))
