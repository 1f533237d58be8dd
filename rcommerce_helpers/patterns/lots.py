"""Were the arms truly drawn by lot? Asked of each campaign before it may speak, never believed.

Two things lots cannot do: reach far more or fewer people than the recorded chances say, and know who had bought before
the contact. Of every campaign both are tested for each arm, as one family; the level is shared out over the campaigns
(.05 / their number), so that good logs are rarely refused. ``dealt_anew`` is the third control: the arms dealt out
once more, so that what "holds" then holds by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.arms import HOLDOUT, Log
from rcommerce_helpers.patterns.baskets import Baskets
from rcommerce_helpers.patterns.chunks import Codes
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import randomised_contacts
from rcommerce_helpers.results import Figure
from rcommerce_helpers.statistics.intervals import Flags, Floats
from rcommerce_helpers.statistics.replication import estimate
from rcommerce_helpers.statistics.testing import two_sided_p

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

CONTEXTS = ("channel", "referrer", "device", "experience")
BEFORE_DAYS = 90
"""The placebo outcome: how often somebody had bought in the quarter before the contact."""
FAMILY_LEVEL = 0.05
FEWEST_BEFORE = 10.0
"""Fewest purchases before the contact, on either side, for the placebo to be tested."""


@dataclass(frozen=True)
class Lots:
    """The contacts that may speak, and what was found of each campaign.

    ``contacts``: one row = one contact drawn by lot whose outcome is known, of campaigns that were not refused:
    customer_id, campaign_id, arm, local_at, propensity, converted, contexts. ``campaigns``: one row = one campaign with
    lots: campaign_id, contacts, p_frequencies, p_before (each the smallest over its arms; empty = could not be tested),
    p_value (of the campaign as a family), refused.
    """

    contacts: pd.DataFrame
    campaigns: pd.DataFrame
    figures: tuple[Figure, ...]


def checked_lots(contacts: Rows, baskets: Baskets, params: PatternsParams) -> Lots:
    """Contacts of the campaigns whose recorded lots stand the test.

    Parameters
    ----------
    contacts
        Permitted contacts: customer_id, campaign_id, arm, propensity, local_at, converted, columns of ``CONTEXTS``.
    baskets
        Purchases, from which it is known who had bought before a contact.

    Raises
    ------
    NotEnoughData
        No propensities, or every campaign was refused.
    """
    drawn = randomised_contacts(contacts, CONTEXTS)
    if drawn.empty:
        raise NotEnoughData(
            "contacts.propensity",
            got="no contact whose arm was drawn by chance",
            expected="the chance with which each arm was drawn",
            do="Keep a random holdout in the next campaign and record its propensity",
        )
    asked = drawn.assign(before=_bought_before(drawn, baskets), earlier=_earlier(drawn))
    campaigns = drawn["campaign_id"].nunique()
    parts = asked.groupby("campaign_id")
    tested = pd.DataFrame([_tested(str(campaign), rows, campaigns, params.seed) for campaign, rows in parts])
    kept = drawn[drawn["campaign_id"].isin(tested.loc[~tested["refused"], "campaign_id"])].reset_index(drop=True)
    refused = int(tested["refused"].sum())
    if kept.empty:
        raise NotEnoughData(
            "contacts.propensity",
            got=f"{refused} campaigns whose arms were not drawn by the recorded chances",
            expected="at least one that was",
            do="Record the true chance of each arm, or leave propensity empty",
        )
    return Lots(kept, tested, (Figure("campaigns_refused", refused, campaigns, "count"),))


def _bought_before(drawn: pd.DataFrame, baskets: Baskets) -> Floats:
    """How often the customer had bought in the days before each contact."""
    return _counted(drawn, baskets.orders[["customer_id", "local_at"]])


def _earlier(drawn: pd.DataFrame) -> Codes:
    """What the log itself had done to the customer in those days: 0 nothing, 1 held out only, 2 contacted.

    Arms are compared within these: whoever keeps the arm over several campaigns has bought before because of them.
    """
    held = drawn["arm"] == HOLDOUT
    contacted, held_out = (_counted(drawn, drawn.loc[rows, ["customer_id", "local_at"]]) > 0 for rows in (~held, held))
    return np.where(contacted, 2, np.where(held_out, 1, 0)).astype(np.int64)


def _counted(asked: pd.DataFrame, events: pd.DataFrame) -> Floats:
    """Events of the same customer in the ``BEFORE_DAYS`` before each moment asked for, that moment left out."""
    names = pd.Index(pd.concat([asked["customer_id"], events["customer_id"]]).unique())
    start = min(asked["local_at"].min(), events["local_at"].min()) - pd.Timedelta(days=BEFORE_DAYS)
    room = (max(asked["local_at"].max(), events["local_at"].max()) - start).total_seconds() + 1

    def places(frame: pd.DataFrame, back: int) -> Floats:
        seconds = (frame["local_at"] - start).dt.total_seconds().to_numpy() - 86_400 * back
        return np.asarray(names.get_indexer(frame["customer_id"]) * room + seconds, dtype=np.float64)

    at = np.sort(places(events, 0))
    first, last = (np.searchsorted(at, places(asked, back), side="left") for back in (BEFORE_DAYS, 0))
    return np.asarray(last - first, dtype=np.float64)


def _tested(campaign: str, rows: pd.DataFrame, campaigns: int, seed: int) -> dict[str, object]:
    """Both tests of one campaign, every arm against all others; Bonferroni over them.

    An arm that was drawn at a recorded chance of nothing proves the record wrong: no test is needed.
    """
    if (rows["propensity"] <= 0).any():
        wrong = {"p_frequencies": 0.0, "p_before": np.nan, "p_value": 0.0, "refused": True}
        return {"campaign_id": campaign, "contacts": len(rows), **wrong}
    arms = rows["arm"].to_numpy()
    log = Log.of(rows.assign(campaign_id=rows["earlier"]), "before", seed=seed)
    frequencies, before = [], []
    for arm in sorted(set(arms)):
        mine = arms == arm
        frequencies.append(_frequency_z(log, mine))
        sums = log.whole((np.flatnonzero(mine), np.flatnonzero(~mine)))
        if min(float(sums.observed[0]), float(sums.expected[0])) >= FEWEST_BEFORE:
            before.append(float(estimate(sums).z[0]))
    p = [two_sided_p(np.array(z)) for z in (frequencies, before)]
    smallest = min((float(x.min()) for x in p if len(x)), default=1.0)
    family = min(1.0, smallest * sum(len(x) for x in p))
    return {
        "campaign_id": campaign,
        "contacts": len(rows),
        "p_frequencies": float(p[0].min()),
        "p_before": float(p[1].min()) if len(p[1]) else np.nan,
        "p_value": family,
        "refused": family < FAMILY_LEVEL / campaigns,
    }


def _frequency_z(log: Log, mine: Flags) -> float:
    """Contacts of an arm, each standing for 1 / propensity contacts, against all of the campaign; by person."""
    gap = np.bincount(log.person, np.where(mine, log.weight, 0.0) - 1.0)
    spread = float(np.sqrt(gap @ gap))
    return float(gap.sum()) / spread if spread > 0 else 0.0


def dealt_anew(log: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """The same contacts with arm and propensity dealt out anew within each campaign: what holds there is chance."""
    rng = np.random.default_rng(seed)
    campaign = pd.factorize(log["campaign_id"], sort=True)[0]
    home, place = np.argsort(campaign, kind="stable"), np.argsort(campaign + rng.random(len(log)))
    mixed = log.copy()
    mixed.iloc[home, [log.columns.get_loc(c) for c in ("arm", "propensity")]] = log.iloc[place][["arm", "propensity"]]
    return mixed
