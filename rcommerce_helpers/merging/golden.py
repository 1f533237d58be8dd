"""The golden record: one value per customer and column, chosen by a declared rule, with the record it comes from.

What a person corrected counts before all systems (``corrections.py``). The rules stand in ``surviving_rules.py``, the
choice is made in ``survivorship.py``. Placeholders never survive, and values survive as they were written: keys for
matching are another thing.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from datetime import date

import pandas as pd

from rcommerce_helpers.documents import WRITTEN_LATER
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.merging.corrections import CORRECTED
from rcommerce_helpers.merging.normalise import (
    DEFAULT_REGION,
    MAIL,
    NO_NAME,
    NO_VALUE,
    RELAY_DOMAINS,
    birth_key,
    phone_key,
    postcode_key,
)
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.surviving_rules import GROUPS
from rcommerce_helpers.merging.survivorship import comparable, survivors
from rcommerce_helpers.results import Figure

SURVIVING = tuple(column for group in GROUPS.values() for column in group)
NO_WORD = NO_VALUE | {"null", "(null)", "none", "nil", "nan", "#n/a", "#na", "undefined"}
"""What systems write where they hold nothing. Null is a family name, and NA is Namibia: these two survive."""
NO_TRACE = ("contact", *WRITTEN_LATER)
"""Events that the firm, not the customer, brought about: no trace of the customer."""


@dataclass(frozen=True)
class GoldenRecords:
    """``customers``: one row = one customer; ``filled``: one row = one column, the share of customers who have it.

    ``provenance``: one row = one filled value: customer_id, column, record_id, source, day (of the record's last
    change on the wall clock, empty where the source keeps none or a person corrected the value), rule. ``owned``: one
    row = one record, the values it gave (``owned_values``).
    """

    customers: pd.DataFrame
    filled: pd.DataFrame
    provenance: pd.DataFrame
    owned: pd.DataFrame
    figures: tuple[Figure, ...]


def golden_records(
    records: pd.DataFrame,
    persons: pd.DataFrame,
    events: pd.DataFrame,
    params: MergingParams,
    *,
    region: str = DEFAULT_REGION,
) -> GoldenRecords:
    """Choose the surviving values of every customer.

    Parameters
    ----------
    records
        One row = one person record in one system.
    persons
        One row = one record and its customer.
    events
        The timeline; first and last trace come from it and from ``created_at``.
    params
        trust_order, surviving_rules.
    region
        ISO country of telephone numbers and postal codes without one.

    Returns
    -------
    GoldenRecords
        ``customers`` has the columns of the schema, ``provenance`` as JSON column -> record_id (and "corrected", where
        the person said so), sorted by customer_id.

    Raises
    ------
    ParamError
        The order of trust names a source that the data set does not have.
    """
    cleaned = owned_values(records, persons, params, region=region)
    values, origin = survivors(cleaned, params.rules())
    values["birth_date"] = [date.fromisoformat(t) if isinstance(t, str) else None for t in values["birth_date"]]
    sizes = cleaned.groupby("customer_id").agg(record_count=("record_id", "size"), source_count=("source", "nunique"))
    customers = values.merge(sizes, on="customer_id").merge(_traces(cleaned, events), on="customer_id", how="left")
    written = _as_json(origin)
    customers["provenance"] = [written.get(customer, "{}") for customer in customers["customer_id"]]
    order = ["customer_id", *SURVIVING, "record_count", "source_count", *_TRACES, "provenance"]
    customers = customers[order].sort_values("customer_id", ignore_index=True)
    filled = fill_shares(customers)
    several = int((customers["source_count"] > 1).sum())
    figures = (
        Figure("golden_filled_share", float(filled["filled_share"].mean()), len(customers), "share"),
        Figure("customers_in_several_sources", several, len(customers), "count"),
    )
    return GoldenRecords(customers, filled, origin, cleaned, figures)


def owned_values(
    records: pd.DataFrame, persons: pd.DataFrame, params: MergingParams, *, region: str = DEFAULT_REGION
) -> pd.DataFrame:
    """Values for use with their customer, source and the trust the source enjoys (0 = most).

    Returns
    -------
    DataFrame
        One row = one record that belongs to a customer: the columns of ``clean_values``, customer_id, source, trust,
        and ``key_<column>`` for comparing where the customer has several records.
    """
    told = records.get(CORRECTED, pd.Series("", index=records.index)).fillna("").astype(str)
    cleaned = clean_values(records).assign(**{CORRECTED: told.to_numpy()})
    cleaned = cleaned.merge(persons[["record_id", "customer_id"]], on="record_id")
    source = cleaned["record_id"].str.split(":").str[0]
    known = sorted(set(source))
    for name in params.trust():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise ParamError(
                "trust_order", got=repr(name), expected=f"sources of this data set: {', '.join(known)}",
                do=f"Did you mean {near[0]}?".rstrip("?") if near else "Name sources of this data set",
            )  # fmt: skip
    trust = {name: rank for rank, name in enumerate(params.trust())}
    owned = cleaned.assign(source=source, trust=source.map(trust).fillna(len(trust)).astype(int))
    return comparable(owned, region)


def fill_shares(customers: pd.DataFrame) -> pd.DataFrame:
    """One row = one golden column but ``kind``: the share of customers who have it (filled_share)."""
    named = [c for c in SURVIVING if c != "kind"]
    return pd.DataFrame({"column": named, "filled_share": [float(customers[c].notna().mean()) for c in named]})


def _as_json(origin: pd.DataFrame) -> dict[str, str]:
    """Customer -> JSON of column -> record_id, and "corrected" where that is the rule, in the order of the columns."""
    found: dict[str, dict[str, str]] = {}
    order = {column: place for place, column in enumerate(SURVIVING)}
    ranked = origin.assign(place=origin["column"].map(order)).sort_values(["customer_id", "place"])
    said = ranked["record_id"] + ranked["rule"].eq(CORRECTED).map({True: f" {CORRECTED}", False: ""})
    for customer, column, record in zip(ranked["customer_id"], ranked["column"], said):
        found.setdefault(customer, {})[column] = record
    return {customer: json.dumps(held, ensure_ascii=False) for customer, held in found.items()}


_TRACES = ("first_seen_at", "local_first_seen_at", "last_seen_at", "local_last_seen_at")


def clean_values(records: pd.DataFrame) -> pd.DataFrame:
    """Values for use: as written and trimmed, placeholders emptied. Keys for matching are another thing.

    An address keeps its mailbox and domain (info@ is where the firm reads, googlemail is what its owner wrote), in
    lower case; a telephone number keeps its own digits.

    Returns
    -------
    DataFrame
        One row = one record: record_id, the surviving columns as text, created_at, updated_at and local twins.
    """
    frame = records.reindex(columns=["record_id", *SURVIVING, *_MOMENTS]).copy()
    for column in ("given_name", "family_name", "street", "city", "country", "kind"):
        frame[column] = [_shown(v, _NOTHING_IN.get(column, NO_WORD)) for v in frame[column]]
    frame["email"] = [_address(_shown(v, NO_WORD)) for v in frame["email"]]
    frame["phone"] = [_number(_shown(v, NO_WORD)) for v in frame["phone"]]
    frame["postcode"] = [v if postcode_key(v) else None for v in (_shown(v, NO_WORD) for v in frame["postcode"])]
    frame["birth_date"] = [birth_key(v) for v in frame["birth_date"]]
    for column in _MOMENTS:
        frame[column] = pd.to_datetime(frame[column])
    return frame.astype(dict.fromkeys(SURVIVING, object))


def _address(text: str | None) -> str | None:
    """An e-mail address as written, in lower case; None for what is none, or a marketplace's relay."""
    address = (text or "").casefold().removeprefix("mailto:").strip("<> ")
    relay = address.rpartition("@")[2].startswith(RELAY_DOMAINS)
    return address if MAIL.fullmatch(address) and not relay else None


def _number(text: str | None) -> str | None:
    """A telephone number as written; None for a filler such as 000000."""
    return text if phone_key(text) or phone_key(text, "US") else None


_NOTHING_IN = {"given_name": NO_NAME | NO_WORD, "family_name": NO_NAME}
_MOMENTS = ("created_at", "local_created_at", "updated_at", "local_updated_at")


def _shown(value: object, placeholders: frozenset[str]) -> str | None:
    if not isinstance(value, str) or value.strip().casefold() in placeholders:
        return None
    return value.strip()


def _traces(cleaned: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """First and last trace of each customer: the record's creation, or something the customer did."""
    did = events.loc[~events["kind"].isin(NO_TRACE), ["customer_id", "at", "local_at"]]
    created = cleaned[["customer_id", "created_at", "local_created_at"]].dropna(subset=["created_at"])
    created = created.rename(columns={"created_at": "at", "local_created_at": "local_at"})
    both = pd.concat([f for f in (did, created) if len(f)] or [did])
    by = both.groupby("customer_id", sort=True)
    traces = by.agg(
        first_seen_at=("at", "min"), local_first_seen_at=("local_at", "min"),
        last_seen_at=("at", "max"), local_last_seen_at=("local_at", "max"),
    )  # fmt: skip
    return traces.reset_index()
