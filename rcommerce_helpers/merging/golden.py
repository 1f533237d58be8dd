"""The golden record: one value per customer and column, chosen by rule, with the record it comes from.

Rule of survivorship: what the person corrected, then the most trusted source (``trust_order``), then the newest change,
then the longest text, then the smallest record_id, so that the choice never depends on the order of rows. Placeholders
never survive.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.merging.corrections import CORRECTED
from rcommerce_helpers.merging.normalise import (
    MAIL,
    NO_NAME,
    NO_VALUE,
    RELAY_DOMAINS,
    birth_key,
    phone_key,
    postcode_key,
)
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.results import Figure

SURVIVING = (
    "kind", "given_name", "family_name", "email", "phone", "birth_date", "street", "postcode", "city", "country",
)  # fmt: skip
NO_TRACE = ("contact",)
"""Events that the firm, not the customer, brought about: no trace of the customer."""


@dataclass(frozen=True)
class GoldenRecords:
    """``customers``: one row = one customer; ``filled``: one row = one column, the share of customers who have it."""

    customers: pd.DataFrame
    filled: pd.DataFrame
    figures: tuple[Figure, ...]


def golden_records(
    records: pd.DataFrame, persons: pd.DataFrame, events: pd.DataFrame, params: MergingParams
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
        trust_order.

    Returns
    -------
    GoldenRecords
        ``customers`` has the columns of the schema, ``provenance`` as JSON column -> record_id (and "corrected", where
        the person said so), sorted by customer_id.
    """
    cleaned = clean_values(records).merge(persons[["record_id", "customer_id"]], on="record_id")
    trust = {source: rank for rank, source in enumerate(params.trust())}
    told = dict(zip(records["record_id"], records.get(CORRECTED, pd.Series("", index=records.index))))
    cleaned[CORRECTED] = [str(told.get(record, "")) for record in cleaned["record_id"]]
    cleaned["source"] = cleaned["record_id"].str.split(":").str[0]
    cleaned["trust"] = cleaned["source"].map(trust).fillna(len(trust)).astype(int)
    customers = _survivors(cleaned).merge(_traces(cleaned, events), on="customer_id", how="left")
    order = ["customer_id", *SURVIVING, "record_count", "source_count", *_TRACES, "provenance"]
    customers = customers[order].sort_values("customer_id", ignore_index=True)
    named = [c for c in SURVIVING if c != "kind"]
    filled = pd.DataFrame({"column": named, "filled_share": [float(customers[c].notna().mean()) for c in named]})
    several = int((customers["source_count"] > 1).sum())
    figures = (
        Figure("golden_filled_share", float(filled["filled_share"].mean()), len(customers), "share"),
        Figure("customers_in_several_sources", several, len(customers), "count"),
    )
    return GoldenRecords(customers, filled, figures)


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
        frame[column] = [_shown(v, NO_NAME if column.endswith("_name") else NO_VALUE) for v in frame[column]]
    frame["email"] = [_address(_shown(v, NO_VALUE)) for v in frame["email"]]
    frame["phone"] = [_number(_shown(v, NO_VALUE)) for v in frame["phone"]]
    frame["postcode"] = [v if postcode_key(v) else None for v in (_shown(v, NO_VALUE) for v in frame["postcode"])]
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


_MOMENTS = ("created_at", "local_created_at", "updated_at", "local_updated_at")


def _shown(value: object, placeholders: frozenset[str]) -> str | None:
    if not isinstance(value, str) or value.strip().casefold() in placeholders:
        return None
    return value.strip()


def _survivors(cleaned: pd.DataFrame) -> pd.DataFrame:
    """One row = one customer with its surviving values and where they come from."""
    con = connect()
    con.register("cleaned", cleaned.astype(dict.fromkeys(SURVIVING, "string")))
    rule = "order by {1} desc, trust, updated_at desc nulls last, length({0}) desc, record_id"
    chosen = [
        f"first({what} {rule.format(c, _said_of(c))}) filter ({c} is not null) as {name}"
        for c in SURVIVING
        for what, name in (
            (c, c),
            (f"record_id || case when {_said_of(c)} then ' {CORRECTED}' else '' end", f"from_{c}"),
        )
    ]
    survivors: pd.DataFrame = con.sql(
        f"select customer_id, {', '.join(chosen)}, count(*) as record_count, count(distinct source) as source_count "
        "from cleaned group by customer_id"
    ).df()
    con.close()
    origins = [[_or_none(v) for v in survivors[f"from_{c}"]] for c in SURVIVING]
    survivors["provenance"] = [
        json.dumps({c: o for c, o in zip(SURVIVING, row) if o}, ensure_ascii=False) for row in zip(*origins)
    ]
    survivors["birth_date"] = _days(survivors["birth_date"])
    return survivors


def _said_of(column: str) -> str:
    """SQL: whether the person corrected this value."""
    return f"list_contains(string_split({CORRECTED}, '|'), '{column}')"


def _days(texts: pd.Series) -> list[date | None]:
    return [date.fromisoformat(t) if isinstance(t, str) else None for t in texts]


def _or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


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
