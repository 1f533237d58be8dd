"""What a contact does, and what its wording adds: only from contacts whose arm was drawn by chance.

Two questions, two answers. The contact effect compares an arm with the holdout ("none") of its own campaign: play,
offer, channel and wording together. The pattern effect compares it with the other arms of the same campaign, where
play and offer are the same: only that is the activation pattern. Both sides are weighted by 1 / propensity within the
campaign, so that neither a campaign's season nor a stratum with its own lots passes for an effect; the campaigns are
then put together as Mantel and Haenszel (1959) do. The person is the unit. Without recorded propensities nothing is
estimated: those who were picked differ from those who were not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.arms import HOLDOUT, Log
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures, side_by_side
from rcommerce_helpers.patterns.lots import CONTEXTS, Lots, dealt_anew
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.replication import FOLDS
from rcommerce_helpers.statistics.testing import two_proportions


def contact_effects(lots: Lots, params: PatternsParams) -> Findings:
    """Effect of each arm on conversion against the holdout of its campaigns, in each level of each context.

    One finding = arm (name) in one context; rate = share that converted under the arm. A campaign without a holdout of
    its own tells nothing here, and is counted.

    Raises
    ------
    NotEnoughData
        No campaign kept a holdout.
    """
    drawn = lots.contacts
    held = set(drawn.loc[drawn["arm"] == HOLDOUT, "campaign_id"])
    if not held:
        raise NotEnoughData(
            "contacts.arm", got="no holdout", expected=f"an arm {HOLDOUT!r}", do="Keep a random holdout"
        )
    campaigns = int(drawn["campaign_id"].nunique())
    kept = drawn[drawn["campaign_id"].isin(held)].reset_index(drop=True)
    found = judge_cells(_cells(kept, params.seed, against_holdout=True), params, "experiment")
    mixed = dealt_anew(kept, seed=params.seed)
    anew = judge_cells(_cells(mixed, params.seed, against_holdout=True), params, "experiment")
    control = Figure("experiments_by_chance", anew.hold, anew.tested, "count")
    silent = Figure("campaigns_without_holdout", campaigns - len(held), campaigns, "count")
    return found.with_figures((*named_figures(found, "experiments", "experiment", len(kept)), control, silent))


def pattern_effects(lots: Lots, params: PatternsParams) -> Findings:
    """Effect of each arm on conversion against the other arms of the same campaigns, in each level of each context.

    One finding = arm (name) in one context; rate = share that converted under the arm. Campaigns with one arm beside
    the holdout tell nothing here.

    Raises
    ------
    NotEnoughData
        No campaign with two arms beside the holdout.
    """
    drawn = lots.contacts
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


def _cells(drawn: pd.DataFrame, seed: int, *, against_holdout: bool) -> Cells:
    """Every arm in every level of every context; pooled over the levels of one context, arm by arm, below all arms."""
    log = Log.of(drawn, "converted", seed=seed)
    arms = drawn["arm"].to_numpy()
    labels, sums, naive = [], [], []
    for context in ("", *CONTEXTS):
        for level in _levels(drawn, context):
            inside = np.ones(len(drawn), dtype=bool) if not context else (drawn[context] == level).to_numpy()
            for arm in sorted(set(arms) - {HOLDOUT}):
                rival = arms == HOLDOUT if against_holdout else arms != arm
                sides = (np.flatnonzero(inside & (arms == arm)), np.flatnonzero(inside & rival))
                labels.append((arm, f"{context}: {level}" if context else "everywhere", context or "everywhere", arm))
                sums.append(log.sums(sides))
                naive.append(float(two_proportions(*(x for s in sides for x in (log.hit[s].sum(), len(s)))).p_value))
    table = pd.DataFrame(labels, columns=["name", "context", "family", "centre"])
    everywhere = table["context"] == "everywhere"
    table["centre"] = table["centre"].mask(everywhere, "")
    table["above"] = np.where(everywhere, "", "everywhere")
    both = side_by_side(sums)
    parts = [both.rows(slice(*ends)) for ends in ((0, 1), (1, FOLDS + 1), (FOLDS + 1, 2 * FOLDS + 1))]
    return Cells(table, parts[0].over(np.ones(1, dtype=bool)), parts[1], parts[2], np.array(naive))


def _levels(drawn: pd.DataFrame, context: str) -> list[str]:
    if not context:
        return [""]
    seen = sorted(drawn[context].dropna().unique()) if context in drawn else []
    return seen if len(seen) > 1 else []
