"""The table work of this room, written once in Ibis: lazy tables in, narrow frames out, sorted by their key.

Only operations that agree on all engines: days are whole days of epoch seconds, the latest row is a window, money is
added up as decimal numbers, so that a sum depends neither on the order of its rows nor on the number of threads.
A frame is taken wherever a lazy table is.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from rcommerce_helpers.engine import as_lazy, frame
from rcommerce_helpers.results import Absent

if TYPE_CHECKING:
    import ibis
    from ibis.expr.types import IntegerColumn, NumericValue

Rows: TypeAlias = "ibis.Table | pd.DataFrame"

DAY_SECONDS = 86_400
EXACT = "decimal(38, 10)"
"""Money is added up in this type: ten decimals, and no sum of a shop overflows it."""


def present(table: Rows | Absent) -> ibis.Table | Absent:
    """A table or frame as a lazy table; an absent one stays absent."""
    return table if isinstance(table, Absent) else as_lazy(table)


def customer_ids(customers: Rows) -> pd.DataFrame:
    """One row = customer: customer_id."""
    return frame(as_lazy(customers).select("customer_id").distinct().order_by("customer_id"))


def first_moment(order_lines: Rows) -> pd.Timestamp:
    """When the first known order was placed, by the wall clock; NaT where there is none."""
    found = frame(as_lazy(order_lines).aggregate(first=lambda t: t.local_at.min()))
    return pd.Timestamp(found["first"].iloc[0])


def spending(order_lines: Rows, since: pd.Timestamp, *, margin_share: float) -> pd.DataFrame:
    """One row = customer with an order since then: customer_id, revenue, margin, orders.

    ``margin`` is what was recorded, and ``margin_share`` of the amount where nothing was.
    """
    lines = as_lazy(order_lines)
    recent = lines.filter(lines.local_at >= since)
    earned = recent.margin.fill_null(recent.amount * margin_share)
    recent = recent.mutate(earned=earned.cast(EXACT), paid=recent.amount.cast(EXACT))
    query = recent.group_by("customer_id").aggregate(
        revenue=recent.paid.sum().cast("float64"),
        margin=recent.earned.sum().cast("float64"),
        orders=recent.order_id.nunique(),
    )
    return frame(query.order_by("customer_id")).fillna({"revenue": 0.0, "margin": 0.0})


def usual_hours(order_lines: Rows) -> pd.DataFrame:
    """One row = customer with an order: customer_id, hour (median over orders, wall clock)."""
    orders = _orders(as_lazy(order_lines))
    orders = orders.mutate(hour_placed=orders.local_at.hour())
    query = orders.group_by("customer_id").aggregate(hour=orders.hour_placed.median())
    return frame(query.order_by("customer_id"))


def _orders(lines: ibis.Table) -> ibis.Table:
    """One row = order of a customer: customer_id, order_id, local_at."""
    placed = lines.filter(~lines.order_id.isnull())
    return placed.group_by("customer_id", "order_id").aggregate(local_at=placed.local_at.min())


def contacts_since(contacts: Rows, since: pd.Timestamp) -> pd.DataFrame:
    """One row = customer contacted since then: customer_id, contacts. The held out ("none") were not contacted."""
    rows = as_lazy(contacts)
    sent = rows.filter((rows.local_at >= since) & (rows.arm != "none"))
    return frame(sent.group_by("customer_id").aggregate(contacts=sent.count()).order_by("customer_id"))


def planned_days(planned: Rows, first: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """One row = contact planned elsewhere from ``first`` on, before ``end``: customer_id, day_number (since 1970)."""
    rows = as_lazy(planned)
    within = rows.filter((rows.local_at >= first) & (rows.local_at < end))
    query = within.select("customer_id", day_number=within.local_at.epoch_seconds() // DAY_SECONDS)
    return frame(query.order_by("customer_id", "day_number"))


def attribute_values(attributes: Rows, name: str) -> pd.DataFrame:
    """One row = customer of whom an attribute is known: customer_id, value (the latest)."""
    import ibis

    rows = as_lazy(attributes)
    rows = rows.filter(rows["name"] == name)
    clocks = [ibis.desc(c, nulls_first=False) for c in ("local_at", "file_order") if c in rows.columns]
    order = [*clocks, ibis.desc("value", nulls_first=False)]
    newest = rows.mutate(place=ibis.row_number().over(group_by="customer_id", order_by=order))
    query = newest.filter(newest.place == 0).select("customer_id", "value")
    return frame(query.order_by("customer_id"))


def points_of(contact_points: Rows, channels: Collection[str]) -> pd.DataFrame:
    """One row = customer x channel x contact point, of these channels, as merging decided it."""
    rows = as_lazy(contact_points)
    names = ("customer_id", "channel", "contact_point", "allowed", "why", "letter_box", "preference")
    query = rows.filter(rows.channel.isin(list(channels))).select(*names)
    return frame(query.order_by("customer_id", "channel", "preference", "contact_point"))


def scored(scores: Rows, categories: Collection[str]) -> pd.DataFrame:
    """One row = customer x category offered, held back or not: probability, suppressed, reason, due_days."""
    rows = as_lazy(scores)
    names = [n for n in ("reason", "due_days") if n in rows.columns]
    offered = rows.filter(rows.category.isin(list(categories)))
    query = offered.select(
        "customer_id", "category", "probability", *names, suppressed=offered.suppressed.fill_null(False)
    )
    return frame(query.order_by("customer_id", "category"))


def scored_categories(scores: Rows) -> list[str]:
    """All categories that have scores, sorted."""
    rows = as_lazy(scores)
    return [str(c) for c in frame(rows.select("category").distinct().order_by("category"))["category"]]


def due_soon(scores: Rows, days: int) -> pd.DataFrame:
    """One row = customer x category due within so many days and not held back: customer_id, due_days."""
    rows = as_lazy(scores)
    soon = rows.filter((rows.due_days >= 0) & (rows.due_days < days) & ~rows.suppressed.fill_null(False))
    return frame(soon.select("customer_id", "due_days").order_by("customer_id", "due_days"))


def gaps_between_orders(order_lines: ibis.Table) -> ibis.Table:
    """One row = order, lazy: customer_id, local_at, gap (days since the order before; empty for the first)."""
    import ibis

    orders = _orders(order_lines)
    seconds = orders.local_at.epoch_seconds()
    before = seconds.lag().over(group_by=orders.customer_id, order_by=[orders.local_at, orders.order_id])
    gap = (seconds - before) / ibis.literal(float(DAY_SECONDS))
    return orders.select("customer_id", "local_at", gap=gap)


def returns_after(order_lines: ibis.Table, gap_days: int, *, since: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """One row = order of that time after so long a silence: customer_id, since."""
    orders = gaps_between_orders(order_lines.filter(order_lines.local_at < end))
    back = orders.filter((orders.gap >= gap_days) & (orders.local_at >= since))
    return frame(back.select("customer_id", since=back.local_at).order_by("customer_id", "since"))


def rhythms(order_lines: ibis.Table, end: pd.Timestamp, *, least_orders: int) -> pd.DataFrame:
    """One row = customer with at least so many orders: customer_id, gap (median, days), last (latest order)."""
    orders = gaps_between_orders(order_lines.filter(order_lines.local_at < end))
    query = orders.group_by("customer_id").aggregate(
        gap=orders.gap.median(), orders=orders.count(), last=orders.local_at.max()
    )
    query = query.filter(query.orders >= least_orders).select("customer_id", "gap", "last")
    return frame(query.order_by("customer_id"))


def cases_solved(service_cases: ibis.Table, *, since: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """One row = case closed in that time and solved: customer_id, since."""
    closed = service_cases.local_closed_at
    good = service_cases.filter(service_cases.solved.fill_null(False) & (closed >= since) & (closed < end))
    return frame(good.select("customer_id", since=good.local_closed_at).order_by("customer_id", "since"))


def running_contracts(contracts: ibis.Table) -> pd.DataFrame:
    """One row = contract that runs and is not cancelled: customer_id, term_end_on, notice_days."""
    running = contracts.filter(contracts.ended_on.isnull() & contracts.cancelled_on.isnull())
    return frame(running.select("customer_id", "term_end_on", "notice_days").order_by("customer_id", "term_end_on"))


def latest_stock(stock: ibis.Table, product_id: str, end: pd.Timestamp) -> pd.DataFrame:
    """One row = place: counted_at, units at its latest count of the product."""
    rows = stock.filter((stock.product_id == product_id) & (stock.local_at < end))
    rows = rows.mutate(place=rows.store_id.fill_null(""))
    last = rows.mutate(counted_at=rows.local_at.max().over(group_by="place"))
    last = last.filter(last.local_at == last.counted_at)
    query = last.group_by("place", "counted_at").aggregate(units=last.units.max())
    return frame(query.order_by("place"))


def orders_with(order_lines: ibis.Table, *, since: pd.Timestamp, end: pd.Timestamp) -> ibis.Table:
    """Lines of that time with something bought, lazy; returns and credit notes are none."""
    lines = order_lines.filter((order_lines.local_at >= since) & (order_lines.local_at < end))
    return lines.filter(lines.quantity > 0)


def distinct_orders(order_lines: ibis.Table) -> int:
    """Different orders among some lines."""
    return int(frame(order_lines.aggregate(orders=order_lines.order_id.nunique()))["orders"].iloc[0])


def selling_prices(prices: ibis.Table, product_id: str, end: pd.Timestamp) -> pd.DataFrame:
    """One row = selling price of a product, what it costs left out: local_at, price, oldest first."""
    rows = prices.filter((prices.product_id == product_id) & (prices.local_at < end))
    rows = rows.filter(rows["kind"].fill_null("list") != "cost")
    return frame(rows.select("local_at", "price").order_by("local_at", "price"))


def arms_drawn(contacts: Rows) -> pd.DataFrame:
    """One row = campaign x arm: contacts, known (with a recorded chance), lowest, highest, and two sums over them.

    ``inverse`` sums 1 / chance, ``spread`` (1 / chance) x (1 / chance - 1): its square root is the standard error.
    """
    rows = as_lazy(contacts)
    weight: NumericValue = 1.0 / rows.propensity.nullif(0.0)
    rows = rows.mutate(weight=weight, wide=weight * (weight - 1.0))
    query = rows.group_by("campaign_id", "arm").aggregate(
        contacts=rows.count(),
        known=rows.propensity.count(),
        lowest=rows.propensity.min(),
        highest=rows.propensity.max(),
        inverse=rows.weight.sum(),
        spread=rows.wide.sum(),
    )
    return frame(query.order_by("campaign_id", "arm"))


def contacts_of(contacts: Rows, campaign_id: str) -> pd.DataFrame:
    """One row = contact of one campaign: customer_id, local_at, arm, propensity, revenue, converted; in that order."""
    rows = as_lazy(contacts)
    rows = rows.filter(rows.campaign_id == campaign_id)
    order = [c for c in ("customer_id", "local_at", "contact_id") if c in rows.columns]
    query = rows.order_by(*order)
    return frame(query.select("customer_id", "local_at", "arm", "propensity", "revenue", "converted"))


def daily_sums(order_lines: Rows) -> pd.DataFrame:
    """One row = customer x day with an order line: customer_id, day_number (since 1970), money, discount, orders."""
    lines = as_lazy(order_lines)
    lines = lines.mutate(day_number=day_number(lines), paid=lines.amount.cast(EXACT), saved=lines.discount.cast(EXACT))
    query = lines.group_by("customer_id", "day_number").aggregate(
        money=lines.paid.sum().cast("float64"),
        discount=lines.saved.sum().cast("float64"),
        orders=lines.order_id.nunique(),
    )
    return frame(query.order_by("customer_id", "day_number")).fillna({"money": 0.0, "discount": 0.0})


def day_number(table: ibis.Table) -> IntegerColumn:
    """Whole days since 1970-01-01 by the wall clock, as a column."""
    days: IntegerColumn = table.local_at.epoch_seconds() // DAY_SECONDS
    return days


def campaign_days(campaigns: Rows) -> pd.DataFrame:
    """One row = campaign: campaign_id, type, start_on, end_on."""
    return frame(as_lazy(campaigns).select("campaign_id", "type", "start_on", "end_on").order_by("campaign_id"))


def targeted(contacts: Rows) -> ibis.Table:
    """Contacts of people who were chosen, lazy: held out ("none") they were not, and no lots were drawn."""
    rows = as_lazy(contacts)
    return rows.filter((rows.arm != "none") & rows["propensity"].isnull())


def targets(chosen: ibis.Table) -> pd.DataFrame:
    """One row = campaign x customer who was chosen: campaign_id, customer_id."""
    return frame(chosen.select("campaign_id", "customer_id").distinct().order_by("campaign_id", "customer_id"))


def redeemed(chosen: ibis.Table) -> pd.DataFrame:
    """One row = campaign: campaign_id, targeted (contacts), redeemed (those who bought)."""
    import ibis

    bought = ibis.ifelse(chosen.converted.fill_null(False), 1, 0)
    query = chosen.group_by("campaign_id").aggregate(targeted=chosen.count(), redeemed=bought.sum())
    return frame(query.order_by("campaign_id"))
