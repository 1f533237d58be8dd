"""How soon a visitor becomes a known person, by the place where the acquaintance began, and what raises that (B3).

A customer's first trace is a visit, an order, a call or a message; identified is who has a record with a name or a
contact point. Earlier visits of one browser count only for people who permit that their visits are linked to them;
nothing is guessed from devices or addresses. Known limit: who never became known is no customer here and shows only in
the share of traces without a name; and a record without a day of its own begins with its first trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from rcommerce_helpers.clock import first_day
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_shares, suppress_small
from rcommerce_helpers.merging.permissions import permitted_customers
from rcommerce_helpers.merging.tables import days_of, open_landed
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sources.landed import has_landed

SOON_DAYS = 30
_BY_CHANNEL = (
    "case x.channel when 'web' then 'web' when 'store' then 'store' when 'phone' then 'hotline' else 'other' end"
)
_BY_CALL = "case when x.channel = 'phone' then 'hotline' else 'message' end"
ENTRIES: Mapping[str, tuple[str, str]] = {
    "sessions": ("sessions", "'web'"),
    "orders": ("kept_purchases", _BY_CHANNEL),
    "service_cases": ("service_cases", _BY_CALL),
    "forms": ("forms", "'web'"),
    "feedback": ("feedback", "'review'"),
    "store_visits": ("store_visits", "'store'"),
}
"""Table -> the view it is read from, and the place where the acquaintance took place."""
NEEDS = {"sessions": "web_linking", "store_visits": "location"}
"""Table -> purpose its people must permit besides the one asked for."""
RAISED_BY = {"web": "account", "store": "loyalty_card", "hotline": "ask_number", "message": "ask_number",
             "review": "order_link", "other": "ask_number"}  # fmt: skip
"""Place -> what makes people known there, without following them around."""
SIGN_UP = "sign_up"


@dataclass(frozen=True)
class Identification:
    """``entries``: one row = one place where acquaintances begin.

    Columns: entry, traces (orders, visits, calls there), known_share (of these: whose person is known), customers (who
    began there within the time the data cover), at_once_share, soon_share (known within 30 days), raised_by, hidden.
    ``most_nameless``: the place with most traces of nobody known.
    """

    entries: pd.DataFrame
    most_nameless: str
    figures: tuple[Figure, ...]


def time_to_identify(
    landed: Path, owned: pd.DataFrame, decisions: pd.DataFrame, *, as_of: str, purpose: str = "statistics"
) -> Identification:
    """Time from a customer's first trace to the first record with a name or a contact point.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    owned
        One row = one record with its cleaned values and its customer, as ``golden_records`` gives it.
    decisions
        Only customers who permit ``purpose`` are followed; visits to the web and near a store need their own yes.
    as_of
        Last known day.

    Returns
    -------
    Identification
        Figures: known_traces_share of all traces, identified_at_once_share and identified_soon_share of the customers
        whose first trace lies within the data and 30 days before their end.

    Raises
    ------
    NotEnoughData
        No table tells of a visit, an order or a call, or none of them has a row.
    """
    tables = [t for t in ENTRIES if has_landed(landed, t)]
    if not tables:
        raise NotEnoughData("traces", got="no table of visits, orders or calls", expected="one of "
                            f"{', '.join(ENTRIES)}", do="Map one")  # fmt: skip
    con = open_landed(landed, owned, as_of)
    con.execute(f"create table traces as {' union all '.join(_traces(t) for t in tables)}")
    known = con.sql(
        'select entry, count(*) as traces, count(*) filter (named) / count(*)::double as known_share from traces '
        "group by entry order by traces desc, entry"
    ).df()  # fmt: skip
    first = _first(con, decisions, tables, purpose)
    if known.empty:
        raise NotEnoughData("traces", got="no visit, order or call", expected="at least one", do="Look at what landed")
    days = days_of(con, "traces")
    start = pd.Timestamp(0) + pd.Timedelta(days=first_day(days) if len(days) else 0)
    journeys = _journeys(first, _begins(con, owned), start, as_of)
    con.close()
    entries = _entries(known, journeys)
    figures = _figures(known, journeys)
    nameless = entries.assign(nameless=entries["traces"] * (1 - entries["known_share"].fillna(1)))
    return Identification(_leaving(entries), str(nameless.loc[nameless["nameless"].idxmax(), "entry"]), figures)


def _traces(table: str) -> str:
    """Query: one row = one trace: from_table, entry, customer_id, record_id, local_at, named (by itself)."""
    view, entry = ENTRIES[table]
    if table != "sessions":
        return (
            f"select '{table}' as from_table, {entry} as entry, w.customer_id, x.record_id, x.local_at, "
            f"w.customer_id is not null as named from {view} x left join owner w using (record_id)"
        )
    return (
        "select 'sessions' as from_table, 'web' as entry, coalesce(w.customer_id, v.customer_id) as customer_id, "
        "x.record_id, x.local_at, w.customer_id is not null as named "
        "from sessions x left join owner w using (record_id) left join ("
        "  select visitor_id, min(customer_id) as customer_id from sessions join owner using (record_id) "
        "  group by visitor_id having count(distinct customer_id) = 1) v on v.visitor_id = x.visitor_id"
    )


def _first(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame, tables: list[str], purpose: str) -> pd.DataFrame:
    """One row = one customer: first_at, entry of its first trace, of those who permit that it is looked at."""
    rows = []
    for table in tables:
        allowed = permitted_customers(decisions, purpose)
        if table in NEEDS:
            allowed = allowed & permitted_customers(decisions, NEEDS[table])
        rows += [(table, customer) for customer in allowed]
    con.register("allowed_frame", pd.DataFrame(rows, columns=["from_table", "customer_id"], dtype="string"))
    found: pd.DataFrame = con.sql(
        "select customer_id, min(local_at) as first_at, arg_min(entry, (local_at, entry)) as entry "
        "from traces semi join allowed_frame using (from_table, customer_id) where local_at is not null "
        "group by customer_id order by customer_id"
    ).df()
    return found


def _begins(con: duckdb.DuckDBPyConnection, owned: pd.DataFrame) -> pd.DataFrame:
    """One row = one record: when it began, and whether it holds a name or a contact point."""
    event = con.sql("select record_id, min(local_at) as began from traces where record_id is not null group by 1").df()
    both = owned.merge(event, on="record_id", how="left")
    reachable = both[["email", "phone"]].notna().any(axis=1) | both[["street", "postcode"]].notna().all(axis=1)
    named = both[["given_name", "family_name"]].notna().all(axis=1)
    began = both["local_created_at"].fillna(both["began"])
    return both[["customer_id", "source"]].assign(began=began, identified=reachable | named)


def _journeys(first: pd.DataFrame, begins: pd.DataFrame, start: pd.Timestamp, as_of: str) -> pd.DataFrame:
    """One row = one customer whose acquaintance began within the data: entry, days (empty = still without a name).

    A record older than the first day of the traces tells that the beginning lies before the data. The last 30 days are
    left out: who came then had no time to become known.
    """
    if first.empty or not begins["identified"].any():  # a panel of numbers: nobody is known by name at all
        return first.head(0).assign(days=pd.Series(dtype=float))[["customer_id", "entry", "days"]]
    by = begins.groupby("customer_id")
    oldest = by["began"].min()
    known = begins[begins["identified"]].groupby("customer_id")["began"].min()
    seen = first.assign(
        oldest=first["customer_id"].map(oldest), known=first["customer_id"].map(known)
    )  # fmt: skip
    own_first = seen["known"] < seen["first_at"].dt.normalize()
    seen["entry"] = seen["entry"].mask(own_first, SIGN_UP)
    seen["first_at"] = seen["first_at"].mask(own_first, seen["known"])
    seen["days"] = (seen["known"].dt.normalize() - seen["first_at"].dt.normalize()).dt.days.clip(lower=0)
    last = pd.Timestamp(as_of) - pd.Timedelta(days=SOON_DAYS)
    inside = (seen["oldest"] >= start) & (seen["first_at"] <= last)
    return seen.loc[inside, ["customer_id", "entry", "days"]].reset_index(drop=True)


def _entries(known: pd.DataFrame, journeys: pd.DataFrame) -> pd.DataFrame:
    judged = journeys.assign(at_once=journeys["days"] == 0, soon=journeys["days"] <= SOON_DAYS)
    by = judged.groupby("entry").agg(
        customers=("days", "size"), at_once_share=("at_once", "mean"), soon_share=("soon", "mean")
    )
    entries = known.merge(by.reset_index(), on="entry", how="outer")
    entries = entries.assign(
        traces=entries["traces"].fillna(0).astype(int),
        customers=entries["customers"].fillna(0).astype(int),
        raised_by=[RAISED_BY.get(e, "") for e in entries["entry"]],
    )
    return entries.sort_values(["traces", "entry"], ascending=[False, True], ignore_index=True)


def _figures(known: pd.DataFrame, journeys: pd.DataFrame) -> tuple[Figure, ...]:
    traces = int(known["traces"].sum())
    named = float((known["traces"] * known["known_share"]).sum())
    figures = [Figure("known_traces_share", named / max(traces, 1), traces, "share")]
    if len(journeys):
        days, n = journeys["days"], len(journeys)
        figures += [
            Figure("identified_at_once_share", float((days == 0).mean()), n, "share"),
            Figure("identified_soon_share", float((days <= SOON_DAYS).mean()), n, "share"),
        ]
    return tuple(figures)


def _leaving(entries: pd.DataFrame) -> pd.DataFrame:
    """The table as it may leave: nothing of fewer than ten customers, nor of all but a few."""
    shares = {n: suppress_shares(entries, n, entries["customers"]) for n in ("at_once_share", "soon_share")}
    return suppress_small(entries.assign(**shares), "customers", also=list(shares))
