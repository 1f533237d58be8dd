"""What may be done with whose data: one decision per customer, purpose, channel and contact point.

Comes in: the ``permissions`` table (one row = one decision of one record), the persons, the facts of the data set. Goes
out: one row = customer x purpose x channel x contact point with allowed, basis, since, why. The rules:

1. Never asked is not refused: where nobody was asked for a purpose, the basis declared for the data set decides;
   without one, nothing is allowed.
2. An objection stops its purpose on every channel and contact point of the person. A refusal or withdrawal stops the
   channel it names (none named: all), not the others, and the contact point it names for everybody who has it, also
   where it came with a record that is nobody we know.
3. Each is lifted only by a later grant for that very contact point, given in the same record or in one joined to it by
   an exact key: a likely match may take permission away, it never gives it back. A refusal that names no contact point
   is lifted by a later grant of the same breadth; an objection never by one that names none.
4. Yes to one address and no to another in one record at one moment are one answer, each holds for its own address.
   Otherwise the no counts where both fall into one second, or into one day of which no hour is known. A no in the hour
   that the clocks show twice is taken to be the later one. A no without a time counts from the start and for good.
5. A grant that names an address and no channel is one for the channels of that address.
6. A grant counts from its moment to its end. A no counts as soon as it is known, whatever day the analysis looks back
   to, those included that came with a record made later.

A checklist by engineers, not legal advice. Source: DESIGN 3, GDPR Art. 6, 7 and 21.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.clock import day_after
from rcommerce_helpers.engine import connect
from rcommerce_helpers.leaving import limit_parts
from rcommerce_helpers.merging.known import NOBODY, later_records
from rcommerce_helpers.merging.normalise import point_key
from rcommerce_helpers.merging.params import LinkingParams
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import CHANNELS, PURPOSES, STOPS
from rcommerce_helpers.sources.facts import DataSetFacts, read_facts
from rcommerce_helpers.sources.refusals import said_of_permission

STAGE_PURPOSES = ("statistics", "personalisation", "marketing")
COLUMNS = ("customer_id", "purpose", "channel", "contact_point", "allowed", "basis", "since", "why")
PERSON_COLUMNS = ["record_id", "customer_id", "exact_id"]
WHY = (
    "granted", "covered", "never_asked", "not_granted", "expired", "refused", "channel_refused", "objected",
    "refused_by_another",
)  # fmt: skip
"""Codes of the column ``why``: "refused" means that this very contact point was named, and closes it for everybody."""
_GIVEN = (
    "record_id", "purpose", "channel", "contact_point", "decision", "basis", "at", "local_at", "local_expires_at",
)  # fmt: skip
NO_CUSTOMER = ""
"""Stands for whoever a record belongs to that is not among the persons."""
_ONE_DAY = pd.Timedelta(days=1)
_ONE_SECOND = pd.Timedelta(seconds=1)


@dataclass(frozen=True)
class Decisions:
    """``table``: one row = customer x purpose x channel x contact point; ``shares``: one row = one purpose.

    ``later``: one row = record made after the last known day that refuses something x customer it belongs to.
    """

    table: pd.DataFrame
    shares: pd.DataFrame
    later: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Asked:
    """Who said what: the persons known on the last known day, and records of theirs that were made later.

    ``persons``: one row = one record with customer_id and, where it is known, ``exact_id`` (records joined by exact
    keys share it; a record whose frame has none stands for itself). ``later``: the same of records made later; only
    their refusals count.
    """

    persons: pd.DataFrame
    later: pd.DataFrame | None = None

    def records(self) -> pd.DataFrame:
        """One row = record x customer: record_id, customer_id, exact_id, is_later."""
        known = _with_exact(self.persons).assign(is_later=False)
        if self.later is None or self.later.empty:
            return known
        return pd.concat([known, _with_exact(self.later).assign(is_later=True)], ignore_index=True)


def _with_exact(persons: pd.DataFrame) -> pd.DataFrame:
    exact = persons["exact_id"] if "exact_id" in persons else persons["record_id"]
    return persons.assign(exact_id=exact)[PERSON_COLUMNS]


def decide(
    permissions: pd.DataFrame | None,
    persons: pd.DataFrame,
    facts: DataSetFacts,
    as_of: str,
    *,
    later: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Apply the rules of this module.

    Parameters
    ----------
    permissions
        One row = one decision of one record; None where the data set has no such table.
    persons
        One row = one record with its customer_id and exact_id. Of records that are no person only refusals of a contact
        point count.
    facts
        Declared basis, the purposes it covers, and the zone of the clocks.
    as_of
        Last day (wall clock) whose grants count, as 2017-12-31.
    later
        Records made after that day with the customers they turned out to belong to.

    Returns
    -------
    DataFrame
        Every customer has at least one row per purpose, sorted by customer, purpose, channel, contact point. An address
        that somebody unknown refused has a row without customer, for whoever turns out to have it. A row
        without contact point speaks for all addresses of its channel, one of channel "any" for all channels that have
        no row of their own; where a channel is closed, every channel has its own.
    """
    asked = Asked(persons, later)
    decided = pd.DataFrame(columns=list(COLUMNS))
    if permissions is not None and len(permissions):
        decided = _decided(_events(permissions, asked, facts, as_of))
    table = pd.concat([f for f in (decided, _undecided(decided, persons, facts)) if len(f)], ignore_index=True)
    table["allowed"] = table["allowed"].astype(bool)
    return table[list(COLUMNS)].sort_values(list(COLUMNS[:4]), ignore_index=True)


def _events(permissions: pd.DataFrame, asked: Asked, facts: DataSetFacts, as_of: str) -> pd.DataFrame:
    """One row = one decision of one customer in comparable form.

    Columns beside those given: ``contact_point`` as its key and ``written`` as it was, ``moment`` to the second (empty
    for a no without a time), ``in_time`` = known on the last known day, ``is_later`` = of a record made after it,
    ``opens`` = a grant that may open something, ``expired``. A refusal that has ended by itself is left out.
    """
    given = _by_address(_spoken_by(permissions.reindex(columns=list(_GIVEN)), asked))
    for column in ("channel", "contact_point", "basis"):
        given[column] = given[column].astype(object).where(given[column].notna(), "")
    end = day_after(as_of)
    at, ends = pd.to_datetime(given["at"]), pd.to_datetime(given["local_expires_at"])
    local = pd.to_datetime(given["local_at"]).fillna(at)
    no = given["decision"].isin(STOPS)
    in_time = local.isna() | (local < end)
    points = given["contact_point"].str.strip()
    events = pd.DataFrame(
        {
            **{name: given[name] for name in ("customer_id", "record_id", "exact_id", "purpose", "decision", "basis")},
            "channel": given["channel"].replace("", "any"),
            "contact_point": [point_key(p, facts.region) for p in points],
            "written": points,
            "moment": _comparable(at, local, no, facts.time_zone),
            "in_time": in_time,
            "is_later": given["is_later"],
            "opens": ~no & in_time & ~given["is_later"],
            "expired": ends < end,
        }
    )
    events = events[~no | ends.isna() | (ends >= end)]
    return pd.concat([events, _covered(events, facts)], ignore_index=True)


def _spoken_by(permissions: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Decisions with who said them; one of a record that is nobody we know stays where it names a contact point."""
    given = permissions.merge(asked.records(), on="record_id", how="left")
    given = given[given["customer_id"].notna() | (given["contact_point"].fillna("").str.strip() != "")]
    unknown = given["customer_id"].isna()
    return given.assign(
        customer_id=given["customer_id"].where(~unknown, NO_CUSTOMER),
        exact_id=given["exact_id"].where(~unknown, given["record_id"]),
        is_later=given["is_later"].where(~unknown, False).astype(bool),
    )


def _by_address(given: pd.DataFrame) -> pd.DataFrame:
    """A yes to any channel that names an address is a yes to the channels of that address, and to no other."""
    points = given["contact_point"].fillna("").str.strip()
    broad = given["channel"].fillna("").isin(["", "any"]) & (given["decision"] == "granted") & (points != "")
    if not broad.any():
        return given
    named = given[broad].assign(channel=points[broad].map(_channels_of)).explode("channel")
    return pd.concat([given[~broad], named], ignore_index=True)


def _channels_of(point: str) -> list[str]:
    if "@" in point:
        return ["email"]
    return ["post"] if any(sign.isalpha() for sign in point) else ["phone", "sms", "messenger"]


def _covered(events: pd.DataFrame, facts: DataSetFacts) -> pd.DataFrame:
    """The declared basis as a grant from the start, for those who were asked and only ever said no, to some channel."""
    if not facts.basis:
        return events.head(0)
    said_yes = events.groupby(["customer_id", "purpose"])["opens"].any()
    only_no = said_yes[~said_yes].index.to_frame(index=False)
    only_no = only_no[only_no["purpose"].isin(facts.purposes)]
    return only_no.assign(
        record_id="", exact_id="", decision="granted", basis=facts.basis, channel="any", contact_point="", written="",
        moment=pd.Timestamp(0), in_time=True, is_later=False, opens=True, expired=False,
    )  # fmt: skip


def _comparable(at: pd.Series, local: pd.Series, no: pd.Series, zone: str) -> pd.Series:
    """Moments to the second; a no that is known to the day only counts to its end, one of a doubled hour as later."""
    moment = at.dt.floor("s")
    day_only = local.notna() & (local == local.dt.normalize())
    moment = moment.where(~(no & day_only), moment + _ONE_DAY - _ONE_SECOND)
    early, late = (
        local.dt.tz_localize(zone, ambiguous=[summer] * len(local), nonexistent="shift_forward") for summer in (1, 0)
    )
    doubled = (early != late) & local.notna()
    readings = pd.DataFrame({"early": early.dt.tz_convert(None), "late": late.dt.tz_convert(None)})
    read = readings["late"].where(no, readings["early"]).dt.floor("s")
    return moment.where(~doubled, read).astype("datetime64[us]")


_ROWS = """
create table named as
select customer_id, purpose from events group by all
having bool_or(decision != 'granted' and channel != 'any') and bool_or(opens and channel = 'any');
create table asked as
select row_number() over () as row_id, * from (
  select distinct customer_id, purpose, channel, contact_point from events e
  where (opens or decision != 'granted' or (contact_point != '' and not is_later and exists (
    from events s where s.purpose = e.purpose and s.decision != 'granted'
    and (s.contact_point = e.contact_point or s.customer_id = e.customer_id and not s.in_time))))
  and not (channel = 'any' and contact_point = '' and exists (
    from named n where n.customer_id = e.customer_id and n.purpose = e.purpose))
  union
  select customer_id, purpose, channel, '' from named cross join channels where channel != 'any'
)
"""
"""What is decided: each contact point and channel that was spoken of; where one channel was closed, all of them.

A point that only a grant of after the last known day names is spoken of where somebody's no closes it, or where that
grant may lift a no of after that day.
"""
_GRANTS = """
create table granted as
select a.row_id, max(g.moment) as since, arg_max(g.basis, g.moment) as basis, bool_or(not g.expired) as holds
from asked a join events g on g.customer_id = a.customer_id and g.purpose = a.purpose and g.decision = 'granted'
  and g.opens and g.channel in (a.channel, 'any') and g.contact_point in (a.contact_point, '')
group by all
"""
_STOPS = """
create table stops as
select a.*, s.event_id, s.decision, s.moment, s.in_time, s.record_id, s.exact_id, s.channel as said_channel,
       s.contact_point as said_point, s.customer_id = a.customer_id as own
from asked a join events s on s.purpose = a.purpose and s.decision != 'granted' and (
    (s.customer_id = a.customer_id and (s.decision = 'objected' or s.channel in (a.channel, 'any')))
    or (s.contact_point = a.contact_point and s.contact_point != ''))
"""
_LIFTED = """
create table lifted as
select s.row_id, s.event_id from stops s join events g
  on g.exact_id = s.exact_id and g.purpose = s.purpose and g.decision = 'granted' and not g.expired
  and (g.opens or not s.in_time) and g.moment > s.moment
where (s.contact_point != '' and g.contact_point = s.contact_point and g.channel in (s.channel, 'any'))
   or (s.decision != 'objected' and s.said_point = '' and g.contact_point = '' and g.channel = s.said_channel)
union
select s.row_id, s.event_id from stops s join events g
  on g.record_id = s.record_id and g.purpose = s.purpose and g.decision = 'granted' and g.moment = s.moment
where s.decision != 'objected' and s.contact_point != '' and g.contact_point = s.contact_point
  and s.said_point not in ('', s.contact_point)
"""
_DECIDED = """
with standing as (select * from stops anti join lifted using (row_id, event_id)),
closed as (
  select row_id, max(moment) as since, bool_or(own) as own, bool_or(own and decision = 'objected') as objected,
         bool_or(own and contact_point != '' and said_point = contact_point) as named
  from standing group by row_id)
select a.customer_id, a.purpose, a.channel, w.written as contact_point,
       c.row_id is null and coalesce(g.holds, false) as allowed,
       coalesce(nullif(g.basis, ''), 'consent') as basis, coalesce(c.since, g.since) as since,
       case when c.named then 'refused' when c.objected then 'objected' when c.own then 'channel_refused'
            when c.row_id is not null then 'refused_by_another' when g.row_id is null then 'not_granted'
            when not g.holds then 'expired' else 'granted' end as why
from asked a left join granted g using (row_id) left join closed c using (row_id)
join (select customer_id, contact_point, arg_max(written, coalesce(moment, timestamp '1900-01-01')) as written
      from events group by all
      union all select distinct customer_id, '', '' from events) w
  on w.customer_id = a.customer_id and w.contact_point = a.contact_point
qualify row_number() over (partition by a.row_id order by w.written desc nulls last) = 1
"""


def _decided(events: pd.DataFrame) -> pd.DataFrame:
    """One row = customer x purpose x channel x contact point that somebody spoke of."""
    con = connect()
    con.register("given_events", events.reset_index(drop=True))
    con.register("channels", pd.DataFrame({"channel": list(CHANNELS)}))
    con.execute("create table events as select row_number() over () as event_id, * from given_events")
    for statement in (_ROWS, _GRANTS, _STOPS, _LIFTED):
        con.execute(statement)
    decided: pd.DataFrame = con.sql(_DECIDED).df()
    con.close()
    return decided[(decided["customer_id"] != NO_CUSTOMER) | (decided["why"] == "refused")]


def _undecided(decided: pd.DataFrame, persons: pd.DataFrame, facts: DataSetFacts) -> pd.DataFrame:
    """Customers who were never asked for a purpose: the declared basis covers its purposes, else nothing is allowed."""
    parts = []
    customers = pd.Series(sorted(set(persons["customer_id"])), dtype=object)
    for purpose in PURPOSES:
        asked = set(decided.loc[decided["purpose"] == purpose, "customer_id"])
        rest = customers[~customers.isin(asked)]
        parts.append(pd.DataFrame({"customer_id": rest, "purpose": purpose}))
    table = pd.concat(parts, ignore_index=True)
    covered = table["purpose"].isin(facts.purposes) & bool(facts.basis)
    return table.assign(
        channel="any", contact_point="", allowed=covered, basis=covered.map({True: facts.basis, False: ""}),
        since=pd.Series(pd.NaT, index=table.index).astype("datetime64[us]"),
        why=covered.map({True: "covered", False: "never_asked"}),
    )  # fmt: skip


def permitted_customers(decisions: pd.DataFrame, purpose: str) -> set[str]:
    """Customers who permit a purpose on at least one channel."""
    return set(decisions.loc[decisions["allowed"] & (decisions["purpose"] == purpose), "customer_id"])


def decide_permissions(
    landed: Path, persons: pd.DataFrame, as_of: str, params: LinkingParams | None = None
) -> Decisions:
    """Decide for a landed data set, with or without a permissions table.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    persons
        One row = one record, known on the last known day, and its customer.
    as_of
        Last known day.
    params
        How records are linked, to find whose refusals came with records made later; None = there are no such records.

    Returns
    -------
    Decisions
        Figures: the share of customers permitting each purpose a stage reads for; n = customers.
    """
    permissions = said_of_permission(landed)
    later = later_records(landed, persons, as_of, params) if params is not None else NOBODY
    table = decide(permissions, persons, read_facts(landed), as_of, later=later)
    customer_count = int(persons["customer_id"].nunique())
    shares = _shares(table, PURPOSES, customer_count)
    figures = tuple(
        Figure(f"permitted_share_{row.purpose}", row.permitted_share, customer_count, "share")
        for row in shares.itertuples()
        if row.purpose in STAGE_PURPOSES
    )
    shares = limit_parts(shares, "customers_permitting", of=customer_count, share="permitted_share")
    return Decisions(table, shares, later, figures)


def _shares(table: pd.DataFrame, purposes: Iterable[str], customer_count: int) -> pd.DataFrame:
    rows = []
    for purpose in purposes:
        of_purpose = table[table["purpose"] == purpose]
        permitted = len(permitted_customers(table, purpose))
        known = of_purpose[of_purpose["customer_id"] != NO_CUSTOMER]
        asked = known[~known["why"].isin(["covered", "never_asked"])]["customer_id"].nunique()
        rows.append((purpose, permitted, permitted / max(customer_count, 1), customer_count - asked))
    return pd.DataFrame(rows, columns=["purpose", "customers_permitting", "permitted_share", "customers_never_asked"])
