"""Which plan this is, and whom it leaves without contact by chance."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import numpy as np

from rcommerce_helpers.campaigns.offers import Offers
from rcommerce_helpers.campaigns.params import CampaignParams

HOLDOUT_ARM = "none"
DECIDING = ("seed", "budget_multiplier", "caution", "holdout_share", "margin_share")
"""Parameters that make another plan; all others change only what is shown or simulated."""


def identify_plan(*, as_of: str, data_set: str, offers: Offers, params: CampaignParams) -> str:
    """Name of a plan: the same for the same last day, data set, offers and parameters, another for any other.

    Examples
    --------
    >>> from rcommerce_helpers.campaigns.offers import or_assumed
    >>> given = {"as_of": "2024-03-31", "data_set": "a", "offers": or_assumed(None)}
    >>> first, again = (identify_plan(**given, params=CampaignParams()) for _ in range(2))
    >>> first == again, first == identify_plan(**given, params=CampaignParams(caution=1.0))
    (True, False)
    """
    settings = {name: getattr(params, name) for name in DECIDING}
    what = {"as_of": as_of, "data_set": data_set, "offers": offers.model_dump(mode="json"), "params": settings}
    text = json.dumps(what, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def chance(key: str, salt: str) -> float:
    """A number from 0 to 1 that belongs to the key: the same in every run and on every machine."""
    digest = hashlib.blake2b(f"{salt}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def held_out(customers: Iterable[str], *, plan_id: str, seed: int, share: float) -> np.ndarray:
    """(customers,): true for those left without contact, drawn anew for every plan and seed.

    A customer's lot does not depend on who else is planned.
    """
    return np.array([chance(c, f"holdout:{plan_id}:{seed}") < share for c in customers], dtype=bool)
