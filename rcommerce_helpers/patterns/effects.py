"""Which activation pattern works in which context: only from contacts whose arm was drawn by chance.

An arm is compared with the holdout ("none") of its own campaign, both weighted by 1 / propensity, so that neither a
campaign's season nor a stratum with its own lots passes for an effect; the campaigns are then put together as Mantel
and Haenszel (1959) do. The person is the unit. Without recorded propensities nothing is estimated: those who were
picked differ from those who were not. A campaign without a holdout of its own tells nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import randomised_contacts
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics import Floats, two_proportions

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

CONTEXTS = ("channel", "referrer", "device", "experience")
HOLDOUT = "none"
Codes = npt.NDArray[np.int64]


def experiment_effects(contacts: Rows, params: PatternsParams) -> Findings:
    """Effect of each arm on conversion against the holdout, in each level of each context.

    One finding = arm (name) in one context; rate = weighted share that converted under the arm.

    Parameters
    ----------
    contacts
        Permitted contacts: customer_id, campaign_id, arm, propensity, converted, and the columns of ``CONTEXTS``.

    Raises
    ------
    NotEnoughData
        No propensities, or no holdout.
    """
    drawn = randomised_contacts(contacts, CONTEXTS)
    if drawn.empty:
        raise NotEnoughData(
            "contacts.propensity",
            got="no contact whose arm was drawn by chance",
            expected="the chance with which each arm was drawn",
            do="Keep a random holdout in the next campaign and record its propensity",
        )
    if not (drawn["arm"] == HOLDOUT).any():
        raise NotEnoughData(
            "contacts.arm", got="no holdout", expected=f"an arm {HOLDOUT!r}", do="Keep a random holdout"
        )
    held = set(drawn.loc[drawn["arm"] == HOLDOUT, "campaign_id"])
    campaigns = int(drawn["campaign_id"].nunique())
    drawn = drawn[drawn["campaign_id"].isin(held)].reset_index(drop=True)
    units, names = pd.factorize(drawn["customer_id"], sort=True)
    log = _Log(
        units, len(names), pd.factorize(drawn["campaign_id"], sort=True)[0],
        1 / drawn["propensity"].to_numpy(dtype=float), drawn["converted"].to_numpy(dtype=float),
    )  # fmt: skip
    parts = [
        _cell(drawn, log, arm, (context, level))
        for context in ("", *CONTEXTS)
        for level in _levels(drawn, context)
        for arm in sorted(set(drawn["arm"]) - {HOLDOUT})
    ]
    table = pd.DataFrame([p.label for p in parts], columns=["name", "context", "family"])
    n, hits, observed, expected, over, under = (
        np.column_stack([getattr(p, name) for p in parts])
        for name in ("n", "hits", "observed", "expected", "residual_observed", "residual_expected")
    )
    cells = Cells(table, n, hits, observed, expected, np.array([p.naive for p in parts]), (over, under))
    found = judge_cells(cells, np.asarray(names, dtype=str), params, "experiment")
    silent = Figure("campaigns_without_holdout", campaigns - len(held), campaigns, "count")
    return found.with_figures((*named_figures(found, "experiments", "experiment", len(drawn)), silent))


@dataclass(frozen=True)
class _Log:
    """One entry = one contact: its person, campaign, weight, and whether it converted; ``people``: how many."""

    person: Codes
    people: int
    campaign: Codes
    weight: Floats
    hit: Floats


@dataclass(frozen=True)
class _Cell:
    """One arm in one context, per person: contacts, conversions, and both sides on a common weight; p side by side.

    The residuals are what a person adds beyond the rate of the side in that campaign.
    """

    label: tuple[str, str, str]
    n: Floats
    hits: Floats
    observed: Floats
    expected: Floats
    residual_observed: Floats
    residual_expected: Floats
    naive: float


def _levels(drawn: pd.DataFrame, context: str) -> list[str]:
    if not context:
        return [""]
    seen = sorted(drawn[context].dropna().unique()) if context in drawn else []
    return seen if len(seen) > 1 else []


def _cell(drawn: pd.DataFrame, log: _Log, arm: str, where: tuple[str, str]) -> _Cell:
    """Conversions under the arm and under the holdout of the same campaigns, each campaign on one weight."""
    context, level = where
    inside = np.ones(len(drawn), dtype=bool) if not context else (drawn[context] == level).to_numpy()
    sides = [inside & (drawn["arm"] == name).to_numpy() for name in (arm, HOLDOUT)]
    campaigns = int(log.campaign.max()) + 1
    whole = [np.bincount(log.campaign, log.weight * rows, minlength=campaigns) for rows in sides]
    counted = [np.bincount(log.campaign, rows, minlength=campaigns) for rows in sides]
    common = counted[0] * counted[1] / np.maximum(counted[0] + counted[1], 1)
    told = []
    for rows, total in zip(sides, whole):
        share = np.divide(common, total, out=np.zeros(campaigns), where=total > 0)[log.campaign] * log.weight * rows
        hits = np.bincount(log.campaign, log.weight * rows * log.hit, minlength=campaigns)
        rate = np.divide(hits, total, out=np.zeros(campaigns), where=total > 0)[log.campaign]
        told += [_per_person(log, share * y) for y in (log.hit, log.hit - rate)]
    numbers = [float(x) for rows in sides for x in ((log.hit * rows).sum(), rows.sum())]
    naive = float(two_proportions(*numbers).p_value)
    label = f"{context}: {level}" if context else "everywhere"
    n, hit = (_per_person(log, sides[0] * y) for y in (np.ones(len(drawn)), log.hit))
    return _Cell((arm, label, context or "everywhere"), n, hit, told[0], told[2], told[1], told[3], naive)


def _per_person(log: _Log, values: Floats) -> Floats:
    return np.bincount(log.person, values, minlength=log.people).astype(np.float64)
