"""One customer's story over all systems: everything that happened, in order of time.

Comes in: the landed tables that exist, the persons. Goes out: one row = one event between one customer and the firm.
A new kind of event is one entry of ``EVENTS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers import documents
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.permissions import permitted_customers
from rcommerce_helpers.merging.tables import landed_tables, open_landed
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.schema.columns import FILE_ORDER

NO_SIGN = ("contact", "case_closed", "contract_start", "contract_end", *documents.WRITTEN_LATER)
"""Kinds of events that are no sign of the customer: the firm's own doing, and days that a contract set."""


@dataclass(frozen=True)
class Event:
    """How the rows of one table become events: the tables it needs, and a select over ``t`` joined to its owner.

    An event with ``unless`` stands in where that table is missing.
    """

    tables: tuple[str, ...]
    kind: str
    moment: str
    channel: str
    amount: str
    reference: str
    detail: str
    source: str = ""
    where: str = "true"
    unless: str = ""

    @property
    def place(self) -> str:
        """The row's place in its source, empty for a table of days, whose events have no order within the day."""
        return f"t.{FILE_ORDER.name}" if LANDED_TABLES[self.tables[0]].keeps_order else "cast(null as bigint)"

    def select(self, rank: int) -> str:
        """Query with the columns of the timeline, the rank of this kind of event and its place in its own source."""
        local = self.moment if self.moment.startswith("cast") else self.moment.replace("t.", "t.local_", 1)
        source = self.source or f"(select w.customer_id, x.* from {self.tables[0]} x join owner w using (record_id))"
        return (
            f"select t.customer_id, {self.moment} as moment, {local} as local_moment, {self.kind} as kind, "
            f"cast({self.channel} as varchar) as channel, cast({self.amount} as double) as amount, "
            f"cast({self.reference} as varchar) as reference, cast({self.detail} as varchar) as detail, "
            f"{rank} as rank, {self.place} as place "
            f"from {source} t where {self.where} and {self.moment} is not null and t.customer_id is not null"
        )


_PAPERS = """(
  select o.*, case when o.order_id in (select order_id from kept_purchases) then 'order'
                   when o.kind in ('credit_note', 'cancellation', 'return') then o.kind else 'booking' end as paper
  from kept_orders o)"""
_BASKETS = f"""(
  select o.customer_id, o."at", o.local_at, o.channel, o.order_id, o.file_order, s.bought, s.returned, s.total, s.lines,
         s.returns, case when coalesce(o.kind, 'purchase') = 'purchase' and paper = 'booking' and s.returns > 0
                         then 'return' else paper end as paper
  from {_PAPERS} o left join (
    select order_id, sum(money) as total, sum(money) filter (where not taken_back) as bought, count(*) as lines,
           sum(money) filter (where taken_back) as returned, count(*) filter (where taken_back) as returns
    from (select order_id, cast(amount as decimal(38, 10)) as money,
                 coalesce(kind, 'item') = 'return' or (coalesce(kind, 'item') = 'item' and amount < 0) as taken_back
          from order_lines)
    group by order_id) s using (order_id))"""
_LINES = "coalesce(t.lines, 0) || case when t.lines = 1 then ' line' else ' lines' end"
_OWNED_INVITED = "(select w.customer_id, x.* from referrals x join owner w on w.record_id = x.invited_record_id)"

EVENTS = (
    Event(("orders", "order_lines"), "'order'", "t.at", "t.channel", "t.bought", "t.order_id", _LINES, _BASKETS,
          "t.paper = 'order' and t.lines > 0"),
    Event(("orders", "order_lines"), "'return'", "t.at", "t.channel", "t.returned", "t.order_id",
          "t.returns || case when t.returns = 1 then ' line' else ' lines' end", _BASKETS,
          "t.paper = 'order' and t.returns > 0"),
    Event(("orders", "order_lines"), "t.paper", "t.at", "t.channel", "t.total", "t.order_id", _LINES, _BASKETS,
          "t.paper != 'order'"),
    Event(("orders",), "t.paper", "t.at", "t.channel", "null", "t.order_id", "null", _PAPERS, unless="order_lines"),
    Event(("service_cases",), "'service_case'", "t.at", "t.channel", "null", "t.case_id", "t.topic"),
    Event(("service_cases",), "'case_closed'", "t.closed_at", "t.answer_channel", "null", "t.case_id",
          "case when t.solved then 'solved' when not t.solved then 'not solved' end"),
    Event(("feedback",), "coalesce(t.kind, 'review')", "t.at", "null", "null", "t.feedback_id",
          "case when t.stars is not null then round(t.stars)::int || ' of 5 stars' end"),
    Event(("surveys",), "'survey_answer'", "t.at", "null", "null", "t.answer_id", "t.survey"),
    Event(("contacts",), "'contact'", "t.at", "t.channel", "null", "t.contact_id", "t.arm", where="t.arm != 'none'"),
    Event(("sessions",), "'web_visit'", "t.at", "'web'", "null", "t.session_id", "t.referrer"),
    Event(("contracts",), "'contract_start'", "cast(t.start_on as timestamp)", "t.channel", "t.monthly_fee",
          "t.contract_id", "t.product_id"),
    Event(("contracts",), "'contract_end'", "cast(t.ended_on as timestamp)", "t.channel", "t.monthly_fee",
          "t.contract_id", "t.product_id"),
    Event(("referrals",), "'referral'", "t.at", "t.channel", "t.reward", "t.referral_id", "'invited somebody'"),
    Event(("referrals",), "'was_referred'", "t.at", "t.channel", "null", "t.referral_id", "'was invited'",
          _OWNED_INVITED),
    Event(("store_visits",), "'store_visit'", "t.at", "'store'", "null", "t.visit_id", "t.store_id"),
)  # fmt: skip
NEEDS = {"web_visit": "web_linking", "store_visit": "location"}
"""Kind of event -> purpose the customer must permit besides the one the timeline is read for."""


@dataclass(frozen=True)
class Timeline:
    """``events``: one row = one event; ``kinds``: one row = one kind, with its events and customers."""

    events: pd.DataFrame
    kinds: pd.DataFrame
    figures: tuple[Figure, ...]


def build_timeline(landed: Path, persons: pd.DataFrame, as_of: str) -> Timeline:
    """Everything that happened between known customers and the firm, sorted by customer and time.

    At one moment the events stand as ``EVENTS`` lists them, those of one kind in the order of their file.
    Purchases carry what was bought; goods brought back with them stand beside them as returns (negative). Any other
    document (``documents``) is an event of its own, with all its money, on its own date. Left out are cancelled and
    test orders, and purchases of which no line is known. Contracts have days, no hours. ``as_of`` is the last day that
    counts, so that no later trace is known.

    Raises
    ------
    NotEnoughData
        No table of the data set tells of an event.
    """
    have = set(landed_tables(landed))
    selects = [e.select(rank) for rank, e in enumerate(EVENTS) if set(e.tables) <= have and e.unless not in have]
    if not selects:
        raise NotEnoughData(
            "timeline", got="no table with events", expected="orders, contacts, service cases or others", do="Map one"
        )
    con = open_landed(landed, persons, as_of)
    query = (
        'select customer_id, moment as "at", local_moment as local_at, kind, channel, amount, reference, detail, '
        f"row_number() over (order by customer_id, moment, rank, place, reference) as {FILE_ORDER.name} "
        f"from ({' union all '.join(selects)}) order by {FILE_ORDER.name}"
    )
    events: pd.DataFrame = con.sql(query).df()
    con.close()
    kinds = events.groupby("kind", sort=True).agg(events=("kind", "size"), customers=("customer_id", "nunique"))
    kinds = kinds.sort_values("events", ascending=False).reset_index()
    customers = int(events["customer_id"].nunique())
    figures = (
        Figure("timeline_events", len(events), customers, "count"),
        Figure("customers_with_orders", _count(kinds, "order"), customers, "count"),
        Figure("timeline_kinds", len(kinds), len(events), "count"),
        Figure("events_per_customer", float(events.groupby("customer_id").size().median()), customers, "mean"),
    )
    return Timeline(events, kinds, figures)


def _count(kinds: pd.DataFrame, kind: str) -> int:
    """Customers with at least one event of a kind."""
    return int(kinds.loc[kinds["kind"] == kind, "customers"].sum())


def permitted_events(events: pd.DataFrame, decisions: pd.DataFrame, purpose: str) -> pd.DataFrame:
    """Events of the customers who permit a purpose; web and store visits only of those who permit these links too."""
    allowed = events["customer_id"].isin(permitted_customers(decisions, purpose))
    for kind, needed in NEEDS.items():
        of_kind = events["kind"] == kind
        if of_kind.any():
            allowed &= ~of_kind | events["customer_id"].isin(permitted_customers(decisions, needed))
    return events if allowed.all() else events[allowed]
