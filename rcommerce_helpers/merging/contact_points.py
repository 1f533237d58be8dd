"""Where a customer may be reached, if at all: one row per customer, channel and contact point, with the reason.

A plan row carries one of the allowed points and no other. Rules beyond those of the decisions: a minor is not
contacted; where a channel needs an address and none is known, there is no way; a marketplace's relay address is not
the customer's; one postal address is one letter box. A data set without any address of a kind (a panel of numbers) is
addressed by customer number: whoever sends keeps the addresses, so the point stays empty and is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rcommerce_helpers.clock import day_after
from rcommerce_helpers.merging.normalise import RELAY_DOMAINS, birth_key, point_key, postcode_key, street_key
from rcommerce_helpers.merging.permissions import NO_CUSTOMER
from rcommerce_helpers.merging.pseudonyms import ProjectKey, pseudonyms
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import CHANNELS

ADDRESS_OF = {"email": "email", "phone": "phone", "sms": "phone", "messenger": "phone", "post": "street"}
"""Channel -> column of the person records that holds its address; other channels need none."""
COLUMNS = ("customer_id", "channel", "contact_point", "allowed", "why", "letter_box", "preference")
ADULT_YEARS = 18
PURPOSE = "marketing"
_SIDES = ["customer_id", "channel", "key"]


@dataclass(frozen=True)
class ContactPoints:
    """``table``: one row = customer x channel x contact point, allowed or not."""

    table: pd.DataFrame
    figures: tuple[Figure, ...]


def contact_points(
    decisions: pd.DataFrame,
    records: pd.DataFrame,
    persons: pd.DataFrame,
    *,
    as_of: str,
    key: ProjectKey,
    region: str = "DE",
) -> ContactPoints:
    """Every way to reach every customer for marketing.

    Parameters
    ----------
    decisions
        One row = customer x purpose x channel x contact point, as ``decide`` gives it.
    records
        Source records: their addresses as written, their birth dates.
    persons
        One row = one record and its customer.
    as_of
        Last known day; a minor is who is under 18 on the day after.
    key
        Under which the letter boxes are named.
    region
        ISO country of telephone numbers and postal codes without one.

    Returns
    -------
    ContactPoints
        ``table`` is sorted by its first three columns: customer_id, channel, contact_point (as written for use),
        allowed, why (code; empty = allowed), letter_box (post: the same for all customers of one postal address),
        preference (1 = to be used first on this channel). Figures: contactable_customers, minors; n = customers.
    """
    own = persons[["record_id", "customer_id"]].merge(records, on="record_id")
    spoken = decisions[decisions["purpose"] == PURPOSE]
    known = _addresses(own, spoken[spoken["customer_id"] != NO_CUSTOMER], region)
    ways = _ways(persons, known, {c: _held(records, column) for c, column in ADDRESS_OF.items()})
    minors = _minors(own, as_of)
    ways = _judged(ways, spoken, minors, region)
    ways["letter_box"] = _letter_boxes(ways, key)
    ranked = ways.sort_values(["customer_id", "channel", "asked", "newest", "contact_point"],
                              ascending=[True, True, False, False, True], kind="stable")  # fmt: skip
    ranked["preference"] = ranked.groupby(["customer_id", "channel"]).cumcount() + 1
    table = ranked[list(COLUMNS)].sort_values(list(COLUMNS[:3]), ignore_index=True)
    customers, contactable = table["customer_id"].nunique(), table.loc[table["allowed"], "customer_id"].nunique()
    no_way = table[~table["customer_id"].isin(table.loc[table["allowed"], "customer_id"])]
    homeless = no_way.loc[no_way["why"] == "no_address", "customer_id"].nunique()
    figures = (
        Figure("contactable_customers", contactable, customers, "count"),
        Figure("without_address", homeless, customers, "count"),
        Figure("minors", len(minors), customers, "count"),
    )
    return ContactPoints(table, figures)


def _held(records: pd.DataFrame, column: str) -> bool:
    """Whether the data set holds any address of a kind."""
    return column in records and bool(records[column].notna().any())


def _addresses(own: pd.DataFrame, spoken: pd.DataFrame, region: str) -> pd.DataFrame:
    """One row = customer x channel x known address: key, contact_point, newest (when a record last held it)."""
    dated = own.assign(newest=own[[c for c in ("updated_at", "created_at") if c in own]].max(axis=1))
    parts = [spoken.loc[spoken["contact_point"] != "", ["customer_id", "channel", "contact_point", "since"]]
             .rename(columns={"since": "newest"})]  # fmt: skip
    for channel, column in ADDRESS_OF.items():
        if column in own:
            held = dated.loc[own[column].notna(), ["customer_id", "newest"]].assign(channel=channel)
            parts.append(held.assign(contact_point=_as_used(dated.loc[held.index], column)))
    found = pd.concat([p.astype({"newest": "datetime64[us]"}) for p in parts], ignore_index=True)
    found = found[found["contact_point"].str.strip() != ""]
    found = found.assign(key=_keys(found, region))
    found = found.sort_values([*_SIDES, "newest", "contact_point"], na_position="first", kind="stable")
    return found[found["key"] != ""].drop_duplicates(_SIDES, keep="last")


def held_points(records: pd.DataFrame, persons: pd.DataFrame, region: str = "DE") -> pd.DataFrame:
    """Which record holds which address, whatever is permitted.

    Returns
    -------
    DataFrame
        One row = one record x channel with an address: customer_id, channel, key (for comparing), record_id.
    """
    own = persons[["record_id", "customer_id"]].merge(records, on="record_id")
    parts = [pd.DataFrame(columns=["customer_id", "record_id", "channel", "contact_point"], dtype=object)]
    for channel, column in ADDRESS_OF.items():
        if column in own:
            held = own[own[column].notna()]
            points = held[["customer_id", "record_id"]].assign(channel=channel, contact_point=_as_used(held, column))
            parts.append(points)
    found = pd.concat(parts, ignore_index=True)
    found = found.assign(key=_keys(found, region))
    return found.loc[found["key"] != "", ["customer_id", "channel", "key", "record_id"]].reset_index(drop=True)


def keys_of(points: pd.DataFrame, region: str = "DE") -> pd.Series:
    """Key of each contact point (channel, contact_point) for comparing; empty where there is no address."""
    return pd.Series(_keys(points, region), index=points.index, dtype=object)


def _as_used(records: pd.DataFrame, column: str) -> pd.Series:
    """An address as it is written on the message: post in one line, the others trimmed."""
    if column != "street":
        return records[column].astype(str).str.strip()
    parts = records.reindex(columns=["street", "postcode", "city"]).astype(object)
    place = (parts["postcode"].fillna("") + " " + parts["city"].fillna("")).str.strip()
    whole = parts["street"].astype(str).str.strip() + ", " + place
    return whole.where(place != "", "")


def _keys(points: pd.DataFrame, region: str) -> list[str]:
    """Key of each contact point for comparing; empty for what is no address of its customer."""
    return [_key(c, p, region) for c, p in zip(points["channel"], points["contact_point"])]


def _key(channel: str, point: str, region: str) -> str:
    if channel == "email" and ("@" not in point or point.rsplit("@", 1)[1].casefold().startswith(RELAY_DOMAINS)):
        return ""
    if channel == "post":
        street, _, place = point.partition(", ")
        return f"{street_key(street) or ''} {postcode_key(place.split(' ')[0]) or ''}".strip()
    return point_key(point, region)


def _ways(persons: pd.DataFrame, known: pd.DataFrame, held: dict[str, bool]) -> pd.DataFrame:
    """Known addresses, and one row without address where a channel needs none, or nobody's is known."""
    customers = pd.DataFrame({"customer_id": sorted(persons["customer_id"].unique())})
    every = customers.merge(pd.DataFrame({"channel": [c for c in CHANNELS if c != "any"]}), how="cross")
    have = pd.MultiIndex.from_frame(known[["customer_id", "channel"]])
    bare = every[~pd.MultiIndex.from_frame(every).isin(have)].assign(contact_point="", key="", newest=pd.NaT)
    bare["reachable"] = [not held.get(channel, False) for channel in bare["channel"]]
    return pd.concat([known.assign(reachable=True), bare.astype({"newest": "datetime64[us]"})], ignore_index=True)


def _judged(ways: pd.DataFrame, spoken: pd.DataFrame, minors: set[str], region: str) -> pd.DataFrame:
    """Add ``allowed``, ``why`` and ``asked``: the decision on the address itself, else on its channel, else on any."""
    said = spoken.assign(key=_keys(spoken, region))
    said = said.sort_values("allowed").drop_duplicates(_SIDES)[[*_SIDES, "allowed", "why"]]
    closed = set(said.loc[said["why"].isin(["refused", "refused_by_another"]) & (said["key"] != ""), "key"])
    exact = ways.merge(said, on=_SIDES, how="left")
    broad = said[said["key"] == ""].drop(columns="key")
    of_channel = ways.merge(broad, on=["customer_id", "channel"], how="left")
    of_any = ways.merge(broad[broad["channel"] == "any"].drop(columns="channel"), on="customer_id", how="left")
    ways = ways.assign(asked=exact["allowed"].notna().to_numpy())
    for name in ("allowed", "why"):
        chosen = exact[name].astype(object)
        for frame in (of_channel, of_any):
            chosen = chosen.where(exact["allowed"].notna() | chosen.notna(), frame[name].astype(object))
        ways[name] = chosen.to_numpy()
    ways["allowed"] = ways["allowed"].fillna(False).astype(bool)
    ways["why"] = ways["why"].fillna("never_asked")
    for code, is_so in (
        ("refused_by_another", ~ways["asked"] & ways["key"].isin(closed)),
        ("no_address", ~ways["reachable"]),
        ("minor", ways["customer_id"].isin(minors)),
    ):
        ways.loc[ways["allowed"] & is_so, ["allowed", "why"]] = [False, code]
    return ways.assign(why=ways["why"].where(~ways["allowed"], ""))


def _minors(own: pd.DataFrame, as_of: str) -> set[str]:
    """Customers of whom any record says that they are under age on the day after the last known one."""
    if "birth_date" not in own:
        return set()
    limit = (day_after(as_of) - pd.DateOffset(years=ADULT_YEARS)).date().isoformat()
    born = own["birth_date"].map(birth_key)
    return set(own.loc[born.notna() & (born > limit), "customer_id"])


def _letter_boxes(ways: pd.DataFrame, key: ProjectKey) -> pd.Series:
    """The same text for all customers of one postal address, empty on other channels."""
    addresses = ways["key"].where(ways["channel"] == "post", "")
    return addresses.map({**pseudonyms("b", addresses, key), "": ""})
