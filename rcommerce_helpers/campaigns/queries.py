"""The table work of this room, written once in Ibis: lazy tables in, narrow frames out, sorted by their key.

Only operations that agree on all engines: days are whole days of epoch seconds, the latest row is a window, money is
added up as decimal numbers, so that a sum depends neither on the order of its rows nor on the number of threads.
A frame is taken wherever a lazy table is.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers import documents, engine

if TYPE_CHECKING:
    import ibis

    from rcommerce_helpers.engine import Rows

SECONDS_A_DAY = 86_400


def customer_ids(customers: Rows) -> pd.DataFrame:
    """One row = customer: customer_id."""
    return engine.frame(engine.as_lazy(customers).select("customer_id").distinct().order_by("customer_id"))


def order_days(order_lines: Rows) -> pd.DataFrame:
    """One row = day with a purchase: day_number (since 1970), orders."""
    placed = _orders(engine.as_lazy(order_lines))
    placed = placed.mutate(day_number=placed.local_at.epoch_seconds() // SECONDS_A_DAY)
    return engine.frame(placed.group_by("day_number").aggregate(orders=placed.count()).order_by("day_number"))


def spending(order_lines: Rows, since: pd.Timestamp, *, margin_share: float) -> pd.DataFrame:
    """One row = customer with money booked since then: customer_id, revenue, margin, orders.

    Revenue and margin are net of returns and credit notes, ``orders`` counts purchases. ``margin`` is what was
    recorded, and ``margin_share`` of the amount where nothing was.
    """
    lines = engine.as_lazy(order_lines)
    recent = lines.filter(lines.local_at >= since)
    recent = recent.mutate(earned=recent.margin.fill_null(recent.amount * margin_share))
    query = recent.group_by("customer_id").aggregate(
        revenue=engine.exact_sum(recent.amount),
        margin=engine.exact_sum(recent.earned),
    )
    query = query.left_join(_counted(documents.bought_lines(recent), "customer_id"), "customer_id")
    query = query.select("customer_id", "revenue", "margin", orders=query.orders.fill_null(0))
    return engine.frame(query.order_by("customer_id")).fillna({"revenue": 0.0, "margin": 0.0})


def _counted(bought: ibis.Table, *by: str) -> ibis.Table:
    """One row = key: the key, orders (different ones among lines on which something was bought)."""
    return bought.group_by(*by).aggregate(orders=bought.order_id.nunique())


def usual_hours(order_lines: Rows) -> pd.DataFrame:
    """One row = customer with an order: customer_id, hour (median over orders, wall clock)."""
    orders = _orders(engine.as_lazy(order_lines))
    orders = orders.mutate(hour_placed=orders.local_at.hour())
    query = orders.group_by("customer_id").aggregate(hour=orders.hour_placed.median())
    return engine.frame(query.order_by("customer_id"))


def _orders(lines: ibis.Table) -> ibis.Table:
    """One row = purchase of a customer: customer_id, order_id, local_at."""
    placed = documents.bought_lines(lines.filter(lines.order_id.notnull()))
    return placed.group_by("customer_id", "order_id").aggregate(local_at=placed.local_at.min())


def contacts_since(contacts: Rows, since: pd.Timestamp) -> pd.DataFrame:
    """One row = customer contacted since then: customer_id, contacts. The held out ("none") were not contacted."""
    rows = engine.as_lazy(contacts)
    sent = rows.filter((rows.local_at >= since) & (rows.arm != "none"))
    return engine.frame(sent.group_by("customer_id").aggregate(contacts=sent.count()).order_by("customer_id"))


def planned_days(planned: Rows, first: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """One row = contact planned elsewhere from ``first`` on, before ``end``: customer_id, day_number (since 1970)."""
    rows = engine.as_lazy(planned)
    within = rows.filter((rows.local_at >= first) & (rows.local_at < end))
    query = within.select("customer_id", day_number=within.local_at.epoch_seconds() // SECONDS_A_DAY)
    return engine.frame(query.order_by("customer_id", "day_number"))


def attribute_values(attributes: Rows, name: str) -> pd.DataFrame:
    """One row = customer of whom an attribute is known: customer_id, value (the latest)."""
    import ibis

    rows = engine.in_file_order(attributes)
    rows = rows.filter(rows["name"] == name)
    clocks = [c for c in ("local_at", "file_order", "value") if c in rows.columns]
    order = [ibis.desc(c, nulls_first=False) for c in clocks]
    newest = rows.mutate(place=ibis.row_number().over(group_by="customer_id", order_by=order))
    query = newest.filter(newest.place == 0).select("customer_id", "value")
    return engine.frame(query.order_by("customer_id"))


def points_of(contact_points: Rows, channels: Collection[str]) -> pd.DataFrame:
    """One row = customer x channel x contact point, of these channels, as merging decided it."""
    rows = engine.as_lazy(contact_points)
    names = ("customer_id", "channel", "contact_point", "allowed", "why", "letter_box", "preference")
    query = rows.filter(rows.channel.isin(list(channels))).select(*names)
    return engine.frame(query.order_by("customer_id", "channel", "preference", "contact_point"))


def scored(scores: Rows, categories: Collection[str]) -> pd.DataFrame:
    """One row = customer x category offered, held back or not: probability, suppressed, reason, due_days."""
    rows = engine.as_lazy(scores)
    names = [n for n in ("reason", "due_days") if n in rows.columns]
    offered = rows.filter(rows.category.isin(list(categories)))
    query = offered.select(
        "customer_id", "category", "probability", *names, suppressed=offered.suppressed.fill_null(False)
    )
    return engine.frame(query.order_by("customer_id", "category"))


def scored_categories(scores: Rows) -> list[str]:
    """All categories that have scores, sorted."""
    rows = engine.as_lazy(scores)
    return [str(c) for c in engine.frame(rows.select("category").distinct().order_by("category"))["category"]]


def due_soon(scores: Rows, days: int) -> pd.DataFrame:
    """One row = customer x category due within so many days and not held back: customer_id, due_days."""
    rows = engine.as_lazy(scores)
    soon = rows.filter((rows.due_days >= 0) & (rows.due_days < days) & ~rows.suppressed.fill_null(False))
    return engine.frame(soon.select("customer_id", "due_days").order_by("customer_id", "due_days"))


def gaps_between_orders(order_lines: ibis.Table) -> ibis.Table:
    """One row = order, lazily: customer_id, local_at, gap (days since the order before; empty for the first)."""
    import ibis

    orders = _orders(order_lines)
    seconds = orders.local_at.epoch_seconds()
    before = seconds.lag().over(group_by=orders.customer_id, order_by=[orders.local_at, orders.order_id])
    gap = (seconds - before) / ibis.literal(float(SECONDS_A_DAY))
    return orders.select("customer_id", "local_at", gap=gap)


def _before(order_lines: Rows, end: pd.Timestamp) -> ibis.Table:
    lines = engine.as_lazy(order_lines)
    return lines.filter(lines.local_at < end)


def returns_after(order_lines: Rows, gap_days: int, *, since: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """One row = order of that time after so long a silence: customer_id, since."""
    orders = gaps_between_orders(_before(order_lines, end))
    back = orders.filter((orders.gap >= gap_days) & (orders.local_at >= since))
    return engine.frame(back.select("customer_id", since=back.local_at).order_by("customer_id", "since"))


def rhythms(order_lines: Rows, end: pd.Timestamp, *, least_orders: int) -> pd.DataFrame:
    """One row = customer with at least so many orders: customer_id, gap (median, days), last (latest order)."""
    orders = gaps_between_orders(_before(order_lines, end))
    query = orders.group_by("customer_id").aggregate(
        gap=orders.gap.median(), orders=orders.count(), last=orders.local_at.max()
    )
    query = query.filter(query.orders >= least_orders).select("customer_id", "gap", "last")
    return engine.frame(query.order_by("customer_id"))


def cases_solved(service_cases: Rows, *, since: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """One row = case closed in that time and solved: customer_id, since."""
    cases = engine.as_lazy(service_cases)
    closed = cases.local_closed_at
    good = cases.filter(cases.solved.fill_null(False) & (closed >= since) & (closed < end))
    return engine.frame(good.select("customer_id", since=good.local_closed_at).order_by("customer_id", "since"))


def running_contracts(contracts: Rows) -> pd.DataFrame:
    """One row = contract that runs and is not cancelled: customer_id, term_end_on, notice_days."""
    rows = engine.as_lazy(contracts)
    running = rows.filter(rows.ended_on.isnull() & rows.cancelled_on.isnull())
    return engine.frame(
        running.select("customer_id", "term_end_on", "notice_days").order_by("customer_id", "term_end_on")
    )


def latest_stock(stock: Rows, product_id: str, end: pd.Timestamp) -> pd.DataFrame:
    """One row = place: counted_at, units at its latest count of the product."""
    rows = engine.as_lazy(stock)
    rows = rows.filter((rows.product_id == product_id) & (rows.local_at < end))
    rows = rows.mutate(place=rows.store_id.fill_null(""))
    last = rows.mutate(counted_at=rows.local_at.max().over(group_by="place"))
    last = last.filter(last.local_at == last.counted_at)
    query = last.group_by("place", "counted_at").aggregate(units=last.units.max())
    return engine.frame(query.order_by("place"))


def bought_between(order_lines: Rows, *, since: pd.Timestamp, end: pd.Timestamp) -> ibis.Table:
    """Lines of that time with something bought, lazily: order_id, product_id. Returns and credit notes are none."""
    lines = engine.as_lazy(order_lines)
    within = documents.bought_lines(lines.filter((lines.local_at >= since) & (lines.local_at < end)))
    return within.select("order_id", "product_id")


def orders_with_product(bought: ibis.Table, product_id: str) -> int:
    """Different orders among lines bought that hold the product."""
    return _distinct_orders(bought.filter(bought.product_id == product_id))


def orders_with_category(bought: ibis.Table, products: Rows, category: str) -> int:
    """Different orders among lines bought that hold a product of the category."""
    shelf = engine.as_lazy(products)
    return _distinct_orders(bought.semi_join(shelf.filter(shelf.category == category), "product_id"))


def _distinct_orders(bought: ibis.Table) -> int:
    return int(engine.frame(bought.aggregate(orders=bought.order_id.nunique()))["orders"].iloc[0])


def selling_prices(prices: Rows, product_id: str, end: pd.Timestamp) -> pd.DataFrame:
    """One row = selling price of a product, what it costs left out: local_at, price, oldest first."""
    rows = engine.as_lazy(prices)
    rows = rows.filter((rows.product_id == product_id) & (rows.local_at < end))
    rows = rows.filter(rows["kind"].fill_null("list") != "cost")
    return engine.frame(rows.select("local_at", "price").order_by("local_at", "price"))


def randomised_arms(contacts: Rows) -> pd.DataFrame:
    """One row = campaign x arm: contacts, known (with a recorded chance), lowest, highest, and two sums over them.

    ``inverse`` sums 1 / chance, ``spread`` (1 / chance) x (1 / chance - 1): its square root is the standard error.
    """
    import ibis

    rows = engine.as_lazy(contacts)
    weight = 1.0 / ibis.ifelse(rows.propensity > 0, rows.propensity, ibis.null("float64"))
    rows = rows.mutate(weight=weight, wide=weight * (weight - 1.0))
    query = rows.group_by("campaign_id", "arm").aggregate(
        contacts=rows.count(),
        known=rows.propensity.count(),
        lowest=rows.propensity.min(),
        highest=rows.propensity.max(),
        inverse=rows.weight.sum(),
        spread=rows.wide.sum(),
    )
    return engine.frame(query.order_by("campaign_id", "arm"))


def contacts_of(contacts: Rows, campaign_id: str) -> pd.DataFrame:
    """One row = contact of one campaign: customer_id, local_at, arm, propensity, revenue, converted; in that order."""
    rows = engine.as_lazy(contacts)
    rows = rows.filter(rows.campaign_id == campaign_id)
    order = [c for c in ("customer_id", "local_at", "contact_id") if c in rows.columns]
    query = rows.order_by(*order)
    return engine.frame(query.select("customer_id", "local_at", "arm", "propensity", "revenue", "converted"))


def daily_sums(order_lines: Rows) -> pd.DataFrame:
    """One row = customer x day with an order line: customer_id, day_number (since 1970), money, discount, orders.

    Money and discount are those of every document of the day, ``orders`` counts purchases.
    """
    lines = engine.as_lazy(order_lines)
    lines = lines.mutate(day_number=lines.local_at.epoch_seconds() // SECONDS_A_DAY)
    query = lines.group_by("customer_id", "day_number").aggregate(
        money=engine.exact_sum(lines.amount),
        discount=engine.exact_sum(lines.discount),
    )
    days = ("customer_id", "day_number")
    query = query.left_join(_counted(documents.bought_lines(lines), *days), days)
    query = query.select(*days, "money", "discount", orders=query.orders.fill_null(0))
    return engine.frame(query.order_by(*days)).fillna({"money": 0.0, "discount": 0.0})


def campaign_days(campaigns: Rows) -> pd.DataFrame:
    """One row = campaign: campaign_id, type, start_on, end_on."""
    return engine.frame(
        engine.as_lazy(campaigns).select("campaign_id", "type", "start_on", "end_on").order_by("campaign_id")
    )


def targeted(contacts: Rows) -> ibis.Table:
    """Contacts of people who were chosen, lazy: held out ("none") they were not, and no lots were drawn."""
    rows = engine.as_lazy(contacts)
    return rows.filter((rows.arm != "none") & rows["propensity"].isnull())


def targets(chosen: ibis.Table) -> pd.DataFrame:
    """One row = campaign x customer who was chosen: campaign_id, customer_id."""
    return engine.frame(chosen.select("campaign_id", "customer_id").distinct().order_by("campaign_id", "customer_id"))


def redeemed(chosen: ibis.Table) -> pd.DataFrame:
    """One row = campaign: campaign_id, targeted (contacts), redeemed (those who bought)."""
    import ibis

    bought = ibis.ifelse(chosen.converted.fill_null(False), 1, 0)
    query = chosen.group_by("campaign_id").aggregate(targeted=chosen.count(), redeemed=bought.sum())
    return engine.frame(query.order_by("campaign_id"))
