"""Who may be reached how: what is permitted for each purpose on each channel, whom an offer may reach, and why not.

Permission is what people said; reach is permission and an address. The two are told apart: the first by purpose and
channel for all purposes, the second for offers alone, with one reason for everybody who is not reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import SMALLEST_GROUP, limit_parts, suppress_small
from rcommerce_helpers.merging.permissions import NO_CUSTOMER, STAGE_PURPOSES, Decisions, permitted_customers
from rcommerce_helpers.merging.tables import landed_tables, one_row, open_landed
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import CHANNELS, PURPOSES

OPEN = "open"
REASONS = {
    "minor": "under_age",
    "objected": "said_no",
    "refused": "said_no",
    "channel_refused": "said_no",
    "refused_by_another": "closed_by_another",
    "expired": "run_out",
    "not_granted": "no_yes",
    "never_asked": "no_yes",
    "no_address": "without_address",
}
"""Code of a decision -> the reason shown for it, the weightiest first: of several, a person's own word counts most."""
PERMITS = "permits"
IN_VAIN, NO_USABLE, OTHER = "yes_in_vain", "no_usable_yes", "another_reason"
COARSER = (
    (("run_out", "under_age", "closed_by_another", "without_address"), IN_VAIN),
    ((IN_VAIN, "no_yes"), NO_USABLE),
    ((NO_USABLE, "said_no"), OTHER),
)
"""Reasons that are told as one where one of them has fewer than ten people, step by step: so the most is told."""
ORDER = (OPEN, *dict.fromkeys(REASONS.values()), IN_VAIN, NO_USABLE, OTHER)
MARKETING = "marketing"
ANY = "any"


@dataclass(frozen=True)
class Ways:
    """``table``: one row = purpose x channel: customers who permit it, their share, ``bound`` where few are told.

    Channel "any" counts who permits it on at least one; ``once``: all channels say the same, so it need be told only
    there. ``widest``: the channel that most customers permit for marketing.
    """

    table: pd.DataFrame
    widest: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Reach:
    """``channels``: one row = channel x reason (open = reached): customers, ``hidden`` where they are few.

    ``widest``: the channel on which an offer reaches most; ``top_reason``: why most of those cannot be reached at all.
    """

    channels: pd.DataFrame
    widest: str
    top_reason: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Answers:
    """``table``: one row = purpose x what became of it: customers, ``hidden`` where they are few."""

    table: pd.DataFrame
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class ByContext:
    """Whom the context of the moment alone may serve; figures only."""

    figures: tuple[Figure, ...]


_WAYS = """
with own as (select * from decisions where channel != 'any'),
broad as (select d.customer_id, d.purpose, c.channel, d.allowed from decisions d cross join channels c
  where d.channel = 'any' and not exists (from own o where o.customer_id = d.customer_id and o.purpose = d.purpose
    and o.channel = c.channel and o.contact_point = '')),
spoken as (select customer_id, purpose, channel, allowed from own union all select * from broad)
select purpose, coalesce(channel, 'any') as channel, count(distinct customer_id) filter (allowed) as customers
from spoken group by grouping sets ((purpose, channel), (purpose))
"""


def permitted_ways(decided: Decisions) -> Ways:
    """How many customers permit each purpose on each channel, at any of their addresses.

    Parameters
    ----------
    decided
        As ``decide_permissions`` gives it. A row for any channel speaks for those that have no row of their own.

    Returns
    -------
    Ways
        Every purpose and channel of the schema has its row. Figures: those of ``decided``, and marketing_widest_share;
        n = customers.

    Raises
    ------
    NotEnoughData
        There is no customer.
    """
    known = decided.table[decided.table["customer_id"] != NO_CUSTOMER]
    customers = int(known["customer_id"].nunique())
    if not customers:
        raise NotEnoughData("customers", got="none", expected="at least one", do="Look at what landed")
    con = connect()
    con.register("decisions", known[["customer_id", "purpose", "channel", "contact_point", "allowed"]])
    con.register("channels", pd.DataFrame({"channel": [c for c in CHANNELS if c != ANY]}))
    found = con.sql(_WAYS).df().set_index(["purpose", "channel"])["customers"]
    con.close()
    cells = pd.MultiIndex.from_product(
        [PURPOSES, [ANY, *(c for c in CHANNELS if c != ANY)]], names=["purpose", "channel"]
    )
    table = found.reindex(cells, fill_value=0).reset_index()
    table["share"] = table["customers"] / customers
    table["once"] = (table.groupby("purpose")["customers"].transform("nunique") == 1) & (table["channel"] != ANY)
    marketing = table[(table["purpose"] == MARKETING) & (table["channel"] != ANY)].set_index("channel")["share"]
    widest = str(marketing.idxmax())
    figures = (*decided.figures, Figure("marketing_widest_share", float(marketing[widest]), customers, "share"))
    return Ways(limit_parts(table, "customers", of=customers, share="share"), widest, figures)


def offer_reach(points: pd.DataFrame) -> Reach:
    """Whom an offer may reach on each channel, and the weightiest reason for everybody it may not.

    Parameters
    ----------
    points
        One row = customer x channel x contact point for marketing, as ``contact_points`` gives it.

    Returns
    -------
    Reach
        Figures: reached_widest (customers, on the widest channel; n = customers), reached_nowhere (n = customers),
        top_reason_customers (n = customers reached nowhere).
    """
    customers = int(points["customer_id"].nunique())
    by_channel = _reasons(points, ["channel", "customer_id"])
    counted = by_channel.groupby(["channel", "reason"]).size().rename("customers").reset_index()
    reached = counted[counted["reason"] == OPEN].set_index("channel")["customers"]
    widest = str(reached.idxmax()) if len(reached) else ""
    whole = _reasons(points, ["customer_id"]).assign(channel=ANY).groupby(["channel", "reason"]).size()
    told = _few_together(whole.rename("customers").reset_index(), "channel")
    nowhere = told[told["reason"] != OPEN].set_index("reason")["customers"]
    lost = int(nowhere.sum())
    figures = [
        Figure("reached_widest", int(reached.max()) if len(reached) else 0, customers, "count"),
        Figure("reached_nowhere", lost, customers, "count"),
    ]
    if lost:
        figures.append(Figure("top_reason_customers", int(nowhere.max()), lost, "count"))
    ordered = _few_together(counted, "channel")
    shown = suppress_small(ordered, "customers", totals=[["channel"]])
    return Reach(shown, widest, str(nowhere.idxmax()) if lost else "", tuple(figures))


def answers_by_purpose(decisions: pd.DataFrame) -> Answers:
    """For each purpose that the later notebooks read for: who permits it, and the reason for everybody who does not."""
    known = decisions[(decisions["customer_id"] != NO_CUSTOMER) & decisions["purpose"].isin(STAGE_PURPOSES)]
    whole = _reasons(known, ["purpose", "customer_id"])
    counted = whole.groupby(["purpose", "reason"]).size().rename("customers").reset_index()
    ordered = _few_together(counted, "purpose")
    ordered["share"] = ordered["customers"] / ordered.groupby("purpose")["customers"].transform("sum")
    ordered["reason"] = ordered["reason"].replace(OPEN, PERMITS)
    return Answers(suppress_small(ordered, "customers", totals=[["purpose"]], also=["share"]))


def _reasons(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """One row = one group of ``by``: open where any row is allowed, else its weightiest reason."""
    weight = {why: place for place, why in enumerate(REASONS, start=1)}
    placed = rows["why"].map(weight).fillna(len(weight)).mask(rows["allowed"], 0)
    least = placed.groupby([rows[name] for name in by]).min().rename("place").reset_index()
    names = {0: OPEN} | {place: REASONS[why] for why, place in weight.items()}
    return least.assign(reason=least["place"].map(names))


def _few_together(counted: pd.DataFrame, by: str) -> pd.DataFrame:
    """Reasons of fewer than ten people told together with those nearest to them (``COARSER``); in order."""
    told = counted
    for codes, name in COARSER:
        few = told["reason"].isin(codes) & (told["customers"] < SMALLEST_GROUP)
        joined = few if name == IN_VAIN else told["reason"].isin(codes) & told[by].isin(told.loc[few, by])
        told = told.assign(reason=told["reason"].mask(joined, name))
        told = told.groupby([by, "reason"])["customers"].sum().reset_index()
    return told.sort_values([by, "reason"], key=_in_order, ignore_index=True)


def _in_order(column: pd.Series) -> pd.Series:
    order = {"channel": CHANNELS, "purpose": PURPOSES, "reason": ORDER}[str(column.name)]
    return column.map(order.index)


def served_by_context(landed: Path, persons: pd.DataFrame, decisions: pd.DataFrame, as_of: str) -> ByContext:
    """Whom nothing but the context of the moment may serve: no profile, no history, no name.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    persons, decisions
        One row = one record and its customer; what each permits.
    as_of
        Last known day.

    Returns
    -------
    ByContext
        Figures: context_only_share (of customers: no personalisation), context_visits_share (of visits to the website:
        of nobody known, or of somebody who does not permit both personalisation and the link to a visit).
    """
    customers = int(persons["customer_id"].nunique())
    personal = permitted_customers(decisions, "personalisation") - {NO_CUSTOMER}
    figures = [Figure("context_only_share", 1 - len(personal) / max(customers, 1), customers, "share")]
    if "sessions" in landed_tables(landed):
        con = open_landed(landed, persons, as_of)
        linked = sorted(personal & permitted_customers(decisions, "web_linking"))
        con.register("profiled_frame", pd.DataFrame({"customer_id": linked}, dtype="string"))
        visits, profiled = one_row(
            con, "select count(*), count(p.customer_id) from sessions left join owner w using (record_id) "
            "left join profiled_frame p on p.customer_id = w.customer_id"
        )  # fmt: skip
        con.close()
        if visits:
            figures.append(Figure("context_visits_share", 1 - profiled / visits, int(visits), "share"))
    return ByContext(tuple(figures))
