"""What a contact does, and what its wording adds: only from contacts whose arm was drawn by chance.

Two questions, two answers. The contact effect compares an arm with the holdout ("none") of its own campaign: play,
offer, channel and wording together. The pattern effect compares it with the other arms of the same campaign, where
play and offer are the same: only that is the activation pattern. Both sides are weighted by 1 / propensity within the
campaign, so that neither a campaign's season nor a stratum with its own lots passes for an effect; the campaigns are
then put together as Mantel and Haenszel (1959) do. The person is the unit. Without recorded propensities nothing is
estimated: those who were picked differ from those who were not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.chunks import Codes
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures, side_by_side, stack
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import randomised_contacts
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import Flags, Floats
from rcommerce_helpers.statistics.replication import FOLDS, Sums, folds_of
from rcommerce_helpers.statistics.testing import two_proportions

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

CONTEXTS = ("channel", "referrer", "device", "experience")
HOLDOUT = "none"
_GROUPS = np.vstack([np.ones(FOLDS), np.eye(FOLDS), 1 - np.eye(FOLDS)]).astype(bool)
"""Folds of a row of sums: all; each alone; the four others of each."""


def contact_effects(contacts: Rows, params: PatternsParams) -> Findings:
    """Effect of each arm on conversion against the holdout of its campaigns, in each level of each context.

    One finding = arm (name) in one context; rate = share that converted under the arm. A campaign without a holdout of
    its own tells nothing here, and is counted.

    Parameters
    ----------
    contacts
        Permitted contacts: customer_id, campaign_id, arm, propensity, converted, and the columns of ``CONTEXTS``.

    Raises
    ------
    NotEnoughData
        No propensities, or no holdout.
    """
    drawn = _drawn(contacts)
    held = set(drawn.loc[drawn["arm"] == HOLDOUT, "campaign_id"])
    if not held:
        raise NotEnoughData(
            "contacts.arm", got="no holdout", expected=f"an arm {HOLDOUT!r}", do="Keep a random holdout"
        )
    campaigns = int(drawn["campaign_id"].nunique())
    kept = drawn[drawn["campaign_id"].isin(held)].reset_index(drop=True)
    found = judge_cells(_cells(kept, params.seed, against_holdout=True), params, "experiment")
    silent = Figure("campaigns_without_holdout", campaigns - len(held), campaigns, "count")
    return found.with_figures((*named_figures(found, "experiments", "experiment", len(kept)), silent))


def pattern_effects(contacts: Rows, params: PatternsParams) -> Findings:
    """Effect of each arm on conversion against the other arms of the same campaigns, in each level of each context.

    One finding = arm (name) in one context; rate = share that converted under the arm. Campaigns with one arm beside
    the holdout tell nothing here.

    Raises
    ------
    NotEnoughData
        No propensities, or no campaign with two arms beside the holdout.
    """
    drawn = _drawn(contacts)
    sent = drawn[drawn["arm"] != HOLDOUT]
    arms = sent.groupby("campaign_id")["arm"].nunique()
    kept = sent[sent["campaign_id"].isin(arms.index[arms > 1])].reset_index(drop=True)
    if kept.empty:
        raise NotEnoughData(
            "contacts.arm",
            got="no campaign with two arms beside the holdout",
            expected="at least one",
            do="Draw two wordings of the next message by lot",
        )
    found = judge_cells(_cells(kept, params.seed, against_holdout=False), params, "message")
    return found.with_figures(named_figures(found, "messages", "message", len(kept)))


def _drawn(contacts: Rows) -> pd.DataFrame:
    drawn = randomised_contacts(contacts, CONTEXTS)
    if drawn.empty:
        raise NotEnoughData(
            "contacts.propensity",
            got="no contact whose arm was drawn by chance",
            expected="the chance with which each arm was drawn",
            do="Keep a random holdout in the next campaign and record its propensity",
        )
    return drawn


def _cells(drawn: pd.DataFrame, seed: int, *, against_holdout: bool) -> Cells:
    """Every arm in every level of every context; pooled over the levels of one context, arm by arm."""
    person, names = pd.factorize(drawn["customer_id"], sort=True)
    campaign, campaigns = pd.factorize(drawn["campaign_id"], sort=True)
    fold = folds_of(names, salt=f"patterns-{seed}")[person]
    weight, hit = 1 / drawn["propensity"].to_numpy(dtype=float), drawn["converted"].to_numpy(dtype=float)
    log = _Log(person, fold, campaign, weight, hit, len(campaigns))
    arms = drawn["arm"].to_numpy()
    labels, sums, naive = [], [], []
    for context in ("", *CONTEXTS):
        for level in _levels(drawn, context):
            inside = np.ones(len(drawn), dtype=bool) if not context else (drawn[context] == level).to_numpy()
            for arm in sorted(set(arms) - {HOLDOUT}):
                rival = arms == HOLDOUT if against_holdout else arms != arm
                sides = (np.flatnonzero(inside & (arms == arm)), np.flatnonzero(inside & rival))
                labels.append((arm, f"{context}: {level}" if context else "everywhere", f"{arm} {context}"))
                sums.append(log.sums(sides))
                naive.append(float(two_proportions(*(x for s in sides for x in (hit[s].sum(), len(s)))).p_value))
    table = pd.DataFrame(labels, columns=["name", "context", "family"])
    table.loc[table["context"] == "everywhere", "family"] = "everywhere"
    both = side_by_side(sums)
    parts = [both.rows(slice(*ends)) for ends in ((0, 1), (1, FOLDS + 1), (FOLDS + 1, 2 * FOLDS + 1))]
    return Cells(table, parts[0].over(np.ones(1, dtype=bool)), parts[1], parts[2], np.array(naive))


def _levels(drawn: pd.DataFrame, context: str) -> list[str]:
    if not context:
        return [""]
    seen = sorted(drawn[context].dropna().unique()) if context in drawn else []
    return seen if len(seen) > 1 else []


@dataclass(frozen=True)
class _Log:
    """One entry = one contact: its person, that person's fold, campaign, weight, and whether it converted."""

    person: Codes
    fold: Codes
    campaign: Codes
    weight: Floats
    hit: Floats
    campaigns: int

    def sums(self, sides: tuple[Codes, Codes]) -> Sums:
        """Sums of one cell from the rows of the arm and of its rival: one row per entry of ``_GROUPS``."""
        people = np.unique(self.person[np.concatenate(sides)])
        return stack([self._of_folds(folds, sides, people) for folds in _GROUPS])

    def _of_folds(self, folds: Flags, sides: tuple[Codes, Codes], people: Codes) -> Sums:
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
            who = np.searchsorted(people, self.person[rows])
            beyond.append(np.bincount(who, share * (hit - rate[campaign]), minlength=len(people)))
        met = float(len(np.unique(self.person[inside[0]])))
        squares = (beyond[0] @ beyond[0], beyond[0] @ beyond[1], beyond[1] @ beyond[1])
        counts = (met, met, len(inside[0]), self.hit[inside[0]].sum())
        return Sums(*(np.array([float(value)]) for value in (*counts, *told, *squares)))
