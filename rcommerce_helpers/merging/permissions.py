"""What may be done with whose data: one decision per customer, purpose, channel and contact point.

Comes in: the ``permissions`` table (one row = one decision of one record), the persons, the facts of the data set. Goes
out: one row = customer x purpose x channel x contact point with allowed, basis, since, why. The rules, strictest first:

1. An objection beats all; no later grant in the data lifts it.
2. A refusal or withdrawal anywhere stops the person for that purpose. A contact point is free again once it has an
   explicit grant of its own that is later. Yes and no given by one record at one moment on two contact points are one
   answer, each holds for its own point.
3. Per contact point the latest decision counts; a broad one (any channel, all contact points) counts for every point.
4. Never asked is not refused: then the basis declared for the data set decides. Without one, nothing is allowed.

A checklist by engineers, not legal advice. Source: DESIGN 3, GDPR Art. 6, 7 and 21.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.merging.tables import connect
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import PURPOSES
from rcommerce_helpers.sources.landed import DataSetFacts, has_landed, read_facts, read_landed

STAGE_PURPOSES = ("statistics", "personalisation", "marketing")
COLUMNS = ("customer_id", "purpose", "channel", "contact_point", "allowed", "basis", "since", "why")
_PERMISSION_COLUMNS = (
    "record_id", "purpose", "channel", "contact_point", "decision", "basis", "at", "local_at", "local_expires_at",
)  # fmt: skip

_EVENTS = """
create view events as
select p.customer_id, e.record_id, e.purpose, coalesce(nullif(e.channel, ''), 'any') as channel,
       lower(trim(coalesce(e.contact_point, ''))) as contact_point, e.decision, e.basis, e."at" as moment,
       e.local_expires_at as ends
from permissions e join persons p using (record_id)
where (e.local_at is null or e.local_at < cast($end as timestamp))
"""
_POINTS = """
create view points as select distinct customer_id, purpose, channel, contact_point from live
"""
_LATEST = """
create table latest as
select q.customer_id, q.purpose, q.channel, q.contact_point, e.record_id, e.decision, e.basis, e.moment, e.ends
from points q join live e on e.customer_id = q.customer_id and e.purpose = q.purpose
  and e.channel in (q.channel, 'any') and e.contact_point in (q.contact_point, '')
qualify row_number() over (
  partition by q.customer_id, q.purpose, q.channel, q.contact_point
  order by e.moment desc, e.decision = 'granted', e.ends nulls last, e.record_id
) = 1
"""
_STOPS = """
create view stops as
select l.customer_id, l.purpose, l.channel, l.contact_point,
       max(s.moment) filter (where s.decision = 'objected') as objected,
       max(s.moment) filter (where s.decision in ('refused', 'withdrawn') and s.moment >= l.moment
           and not (s.moment = l.moment and s.record_id = l.record_id
                    and (s.channel, s.contact_point) != (l.channel, l.contact_point))) as refused
from latest l join live s using (customer_id, purpose)
group by all
"""
_DECIDED = """
select l.customer_id, l.purpose, l.channel, l.contact_point,
       objected is null and l.decision = 'granted' and refused is null
           and (l.ends is null or l.ends >= cast($end as timestamp)) as allowed,
       coalesce(l.basis, 'consent') as basis,
       coalesce(objected, refused, l.moment) as since,
       case when objected is not null then 'objected; an objection beats all'
            when l.decision != 'granted' then l.decision || ' at this contact point'
            when refused is not null then 'refused elsewhere after this grant'
            when l.ends < cast($end as timestamp) then 'the grant has expired'
            else 'granted, and nothing later speaks against it' end as why
from latest l join stops using (customer_id, purpose, channel, contact_point)
"""


@dataclass(frozen=True)
class Decisions:
    """``table``: one row = customer x purpose x channel x contact point; ``shares``: one row = one purpose."""

    table: pd.DataFrame
    shares: pd.DataFrame
    figures: tuple[Figure, ...]


def decide(permissions: pd.DataFrame | None, persons: pd.DataFrame, facts: DataSetFacts, as_of: str) -> pd.DataFrame:
    """Apply the rules of this module.

    Parameters
    ----------
    permissions
        One row = one decision of one record; None where the data set has no such table.
    persons
        One row = one record with its customer_id. Decisions of records that are no person are left aside.
    facts
        Declared basis and the purposes it covers.
    as_of
        Last day (wall clock) whose decisions count, as 2017-12-31.

    Returns
    -------
    DataFrame
        Every customer has at least one row per purpose, sorted by customer, purpose, channel, contact point.
    """
    decided = pd.DataFrame(columns=list(COLUMNS))
    if permissions is not None and len(permissions):
        decided = _decided(permissions, persons, as_of)
    table = pd.concat([f for f in (decided, _undecided(decided, persons, facts)) if len(f)], ignore_index=True)
    table["allowed"] = table["allowed"].astype(bool)
    return table[list(COLUMNS)].sort_values(list(COLUMNS[:4]), ignore_index=True)


def _decided(permissions: pd.DataFrame, persons: pd.DataFrame, as_of: str) -> pd.DataFrame:
    given = permissions.reindex(columns=list(_PERMISSION_COLUMNS))
    given = given.assign(
        at=pd.to_datetime(given["at"]),
        local_at=pd.to_datetime(given["local_at"].fillna(given["at"])),
        local_expires_at=pd.to_datetime(given["local_expires_at"]),
    )
    for column in ("channel", "contact_point", "basis"):
        given[column] = given[column].astype(object).where(given[column].notna(), None)
    end = {"end": str(pd.Timestamp(as_of) + pd.Timedelta(days=1))}
    con = connect()
    con.register("permissions", given)
    con.register("persons", persons[["record_id", "customer_id"]])
    con.execute(_EVENTS.replace("$end", f"'{end['end']}'"))
    con.execute(
        "create table live as select * from events where decision in ('granted', 'objected') or ends is null "
        f"or ends >= timestamp '{end['end']}'"
    )
    con.execute(_POINTS)
    con.execute(_LATEST)
    con.execute(_STOPS)
    decided: pd.DataFrame = con.sql(_DECIDED.replace("$end", f"'{end['end']}'")).df()
    con.close()
    return decided


def _undecided(decided: pd.DataFrame, persons: pd.DataFrame, facts: DataSetFacts) -> pd.DataFrame:
    """Customers who were never asked for a purpose: the declared basis covers its purposes, else nothing is allowed."""
    customers = pd.Series(sorted(set(persons["customer_id"])), dtype=object)
    parts = []
    for purpose in PURPOSES:
        asked = set(decided.loc[decided["purpose"] == purpose, "customer_id"])
        rest = customers[~customers.isin(asked)]
        covered = bool(facts.basis) and purpose in facts.purposes
        why = "never asked; covered by the basis declared for the data set" if covered else "never asked; no basis"
        parts.append(
            pd.DataFrame({"customer_id": rest, "purpose": purpose, "channel": "any", "contact_point": ""}).assign(
                allowed=covered, basis=facts.basis if covered else "", since=pd.NaT, why=why
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.assign(since=table["since"].astype("datetime64[us]"))


def permitted_customers(decisions: pd.DataFrame, purpose: str) -> set[str]:
    """Customers who permit a purpose on at least one channel."""
    return set(decisions.loc[decisions["allowed"] & (decisions["purpose"] == purpose), "customer_id"])


def decide_permissions(landed: Path, persons: pd.DataFrame, as_of: str) -> Decisions:
    """Decide for a landed data set, with or without a permissions table.

    Returns
    -------
    Decisions
        Figures: the share of customers permitting each purpose a stage reads for; n = customers.
    """
    permissions = read_landed(landed, "permissions") if has_landed(landed, "permissions") else None
    table = decide(permissions, persons, read_facts(landed), as_of)
    customer_count = int(persons["customer_id"].nunique())
    shares = _shares(table, PURPOSES, customer_count)
    figures = tuple(
        Figure(f"permitted_share_{row.purpose}", row.permitted_share, customer_count, "share")
        for row in shares.itertuples()
        if row.purpose in STAGE_PURPOSES
    )
    return Decisions(table, shares, figures)


def _shares(table: pd.DataFrame, purposes: Iterable[str], customer_count: int) -> pd.DataFrame:
    rows = []
    for purpose in purposes:
        of_purpose = table[table["purpose"] == purpose]
        permitted = len(permitted_customers(table, purpose))
        asked = of_purpose[~of_purpose["why"].str.startswith("never asked")]["customer_id"].nunique()
        rows.append((purpose, permitted, permitted / max(customer_count, 1), customer_count - asked))
    return pd.DataFrame(rows, columns=["purpose", "customers_permitting", "permitted_share", "customers_never_asked"])
