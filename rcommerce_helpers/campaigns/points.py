"""Where each customer is reached: the permitted contact point of every channel, and whose letter box it is.

Comes in: one row = customer x channel x contact point, allowed or not, as merging decided it. Goes out: one row =
customer with the one point per channel that a contact may go to. A point that several customers share belongs to one of
them, the one who earns the shop most: one household is one letter box, one mailbox gets a message once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

PHONE_DIGITS = 9
"""So many last digits tell telephone numbers apart, with or without the code of the country."""


@dataclass(frozen=True)
class Doors:
    """Open doors: one row per customer, sorted as asked for.

    ``points``: one column per channel: the contact point to use ("" where the channel needs none; missing = closed).
    ``why``: code of what closes them all: "minor", "no_address", "not_permitted", "household" (the letter box is used
    for another), "shared_address"; "" where one is open.
    """

    points: pd.DataFrame
    why: pd.Series


def open_doors(points: pd.DataFrame, customers: pd.DataFrame, channels: list[str]) -> Doors:
    """Choose the point of every customer and channel.

    Parameters
    ----------
    points
        One row = customer x channel x contact point: customer_id, channel, contact_point, allowed, why, letter_box,
        preference (1 = first).
    customers
        One row = customer: customer_id, yearly_margin, stopped (not contacted anyway, so no letter box is theirs).
    channels
        Channels of offers.toml.
    """
    ids = pd.Index(customers["customer_id"])
    known = points[points["channel"].isin(channels)].merge(customers, on="customer_id")
    usable = known[known["allowed"] & ~known["stopped"]]
    chosen = _one_each(usable.assign(key=_keys(usable)))
    wide = chosen.set_index(["customer_id", "channel"])["contact_point"].unstack()  # noqa: PD010 - texts, one each
    return Doors(wide.reindex(index=ids, columns=channels).astype(object), _reasons(known, chosen, ids))


def _keys(points: pd.DataFrame) -> list[str]:
    """What customers can share: the letter box, else the address without case; empty where no address is needed."""
    return [box or address_key(point) for box, point in zip(points["letter_box"].fillna(""), points["contact_point"])]


def address_key(point: str) -> str:
    """A contact point in the form in which it is compared, never used.

    Examples
    --------
    >>> address_key(" Info@Firm.de "), address_key("+49 170 1234567") == address_key("0170/1234567"), address_key("")
    ('info@firm.de', True, '')
    """
    text = " ".join(point.casefold().split())
    digits = re.sub(r"\D", "", text)
    is_number = not re.search(r"[^\W\d]", text) and len(digits) >= PHONE_DIGITS
    return digits[-PHONE_DIGITS:] if is_number else text


def _one_each(usable: pd.DataFrame) -> pd.DataFrame:
    """One row = customer x channel with an open point: the first of each customer that is not another's.

    Whoever loses a shared point goes on to the own next one, until nobody meets anybody.
    """
    order = ["customer_id", "channel", "preference", "contact_point"]
    rest = usable.sort_values(order).reset_index(drop=True)
    while True:
        first = rest.drop_duplicates(["customer_id", "channel"])
        ranked = first.sort_values(["yearly_margin", "customer_id"], ascending=[False, True])
        lost = ranked[ranked.duplicated(["channel", "key"]) & (ranked["key"] != "")]
        if lost.empty:
            return first
        rest = rest.drop(index=lost.index)


def _reasons(known: pd.DataFrame, chosen: pd.DataFrame, ids: pd.Index) -> pd.Series:
    """Why no door is open, one code per customer; empty for who is not contacted anyway though a door is open."""

    def of(rows: pd.Series) -> np.ndarray:
        return np.asarray(ids.isin(known.loc[rows, "customer_id"]))

    permitted, found = of(known["allowed"]), np.asarray(ids.isin(chosen["customer_id"]))
    lost = permitted & ~found & ~of(known["stopped"])
    codes = {
        "household": lost & of(known["allowed"] & (known["letter_box"].fillna("") != "")),
        "shared_address": lost,
        "minor": ~permitted & of(known["why"] == "minor"),
        "no_address": ~permitted & of(known["why"] == "no_address"),
        "not_permitted": ~permitted,
    }
    return pd.Series(np.select(list(codes.values()), list(codes), default=""), index=ids, dtype=object)
