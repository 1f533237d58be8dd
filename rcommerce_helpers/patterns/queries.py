"""The heavy table work of this room, written once in Ibis: baskets, their contents, gaps, steps, measures.

Each function takes lazy tables (a frame will do), selects the columns that it uses, and gives a narrow frame sorted by
customer and time, or by its key. Rows of one moment keep the order of their file. Sums of money are not rounded; they
are added as decimals, because parallel engines add in any order and a re-run must give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers import documents, engine

if TYPE_CHECKING:
    import ibis
    import ibis.expr.types as ir

    from rcommerce_helpers.engine import Rows

SECONDS_A_DAY = 86_400
GOODS = (documents.ITEM, "return")
"""Kinds of lines that are about goods, sold or brought back."""
WHERE_FROM = ("store_id", "channel", "device", "referrer")
"""Columns of an order that say where it came from, as far as the source gives them."""


def paid_orders(orders: Rows, lines: Rows) -> pd.DataFrame:
    """Purchases of known customers with what was paid; documents that are none, or without a line, are left out.

    Returns
    -------
    DataFrame
        One row = one order, sorted by customer, time and place in the file: customer_id, order_id, local_at, the
        columns of ``WHERE_FROM`` that the source gives, value, line_count, discounted.
    """
    placed = documents.purchases(engine.in_file_order(orders), lines)
    placed = placed.filter(placed.customer_id.notnull())
    columns = ["customer_id", "order_id", "local_at", "file_order", *(c for c in WHERE_FROM if c in placed.columns)]
    paid = placed.select(columns).inner_join(basket_values(lines), "order_id")
    return engine.frame(paid.order_by("customer_id", "local_at", "file_order").drop("file_order"))


def money_beside_purchases(orders: Rows, lines: Rows) -> pd.DataFrame:
    """Money on documents that are no purchases: credit notes, returns, orders of shipping or vouchers alone.

    Returns
    -------
    DataFrame
        One row = one known customer with such a document, sorted: customer_id, amount (net, mostly negative).
    """
    papers = documents.came_about(orders)
    others = papers.select("customer_id", "order_id").anti_join(documents.purchases(papers, lines), "order_id")
    booked = others.filter(others.customer_id.notnull()).inner_join(basket_values(lines), "order_id")
    money = booked.group_by("customer_id").aggregate(amount=engine.exact_sum(booked["value"]))
    return engine.frame(money.order_by("customer_id"))


def basket_values(order_lines: Rows) -> ibis.Table:
    """One row = one document, lazily: order_id, value (all lines, returns negative), line_count, discounted.

    ``line_count`` and ``discounted`` (any of them below list) are of the lines on which something was bought.
    """
    import ibis

    lines = engine.as_lazy(order_lines)
    values = lines.group_by("order_id").aggregate(value=engine.exact_sum(lines.amount))
    bought = documents.bought_lines(lines)
    below = bought.discount > 0 if "discount" in bought.columns else ibis.literal(False)
    counted = bought.select("order_id", below=below.ifelse(1, 0)).group_by("order_id")
    counted = counted.aggregate(line_count=lambda t: t.count(), discounted=lambda t: t.below.max())
    return values.left_join(counted, "order_id").select("order_id", "value", "line_count", "discounted")


def basket_contents(baskets: pd.DataFrame, lines: Rows, groups: Rows) -> pd.DataFrame:
    """What lay in the baskets: items alone; returns, free lines, shipping, vouchers and fees are left out.

    Parameters
    ----------
    baskets
        One row = one order: order_id; its place in this frame names it from here on.
    groups
        One row = one product: product_id, group_name.

    Returns
    -------
    DataFrame
        One row = one product group in one order: order (its place), group_name, amount; sorted by both.
    """
    places = engine.as_lazy(pd.DataFrame({"order_id": baskets["order_id"], "order": range(len(baskets))}))
    item = documents.bought_lines(lines)
    item = item.filter(item.amount > 0).select("order_id", "product_id", "amount")
    joined = item.inner_join(engine.as_lazy(groups), "product_id").inner_join(places, "order_id")
    held = joined.group_by("order", "group_name").aggregate(amount=engine.exact_sum(joined.amount))
    return engine.frame(held.order_by("order", "group_name"))


def product_groups(products: Rows, wanted: str) -> ibis.Table:
    """Product and the group it counts as, lazily: product_id, group_name.

    Parameters
    ----------
    wanted
        "category", "department" or "product"; where the asked column is empty, or the same for all, the next one that
        is filled is used, at last the product itself.
    """
    shelf = engine.as_lazy(products)
    order = {"category": ("category", "department"), "department": ("department", "category"), "product": ()}
    asked = [c for c in order[wanted] if c in shelf.columns]
    kinds = engine.frame(shelf.aggregate(**{c: shelf[c].nunique() for c in asked})) if asked else pd.DataFrame()
    filled = [c for c in asked if kinds[c].iloc[0] > 1]
    if filled:
        name = shelf[filled[0]]
    else:
        name = shelf["name"].fill_null(shelf["product_id"]) if "name" in shelf.columns else shelf["product_id"]
    return shelf.select("product_id", group_name=name).drop_null()


def distinct_products(lines: Rows) -> int:
    """Products that were sold."""
    table = documents.bought_lines(lines)
    return int(engine.frame(table.aggregate(n=table.product_id.nunique()))["n"].iloc[0])


def purchase_gaps(orders: Rows) -> pd.DataFrame:
    """One row = one customer on one purchase day: customer_id, day_number, gap_days (empty on the first day).

    Orders of one day are one purchase. Days are whole days since 1970-01-01 in the source's wall clock.
    """
    import ibis

    placed = engine.as_lazy(orders)
    days = placed.select("customer_id", day_number=day_number(placed.local_at)).distinct()
    before = days.day_number.lag().over(ibis.window(group_by=days.customer_id, order_by=days.day_number))
    query = days.mutate(gap_days=(days.day_number - before).cast("float64"))
    return engine.frame(query.order_by("customer_id", "day_number"))


def day_number(moment: ir.TimestampValue) -> ir.IntegerValue:
    """Whole days since 1970-01-01, by epoch seconds: the form of a day on which all engines agree."""
    return moment.epoch_seconds() // SECONDS_A_DAY


def visit_events(web_events: Rows) -> pd.DataFrame:
    """Web events in the order of each visit.

    A number of a session is unique within its visitor only; an event without one belongs to the visitor's one visit.

    Returns
    -------
    DataFrame
        One row = one event, sorted by visitor, visit, time and place in the file: unit (the customer, or the visitor
        where nobody is known), visitor_id, visit, event.
    """
    seen = engine.in_file_order(web_events)
    unit = seen.customer_id.coalesce(seen.visitor_id) if "customer_id" in seen.columns else seen.visitor_id
    ordered = seen.select("visitor_id", "local_at", "file_order", "event", unit=unit, visit=seen.session_id)
    ordered = ordered.order_by("visitor_id", "visit", "local_at", "file_order")
    return engine.frame(ordered.select("unit", "visitor_id", "visit", "event"))


def randomised_contacts(contacts: Rows, contexts: tuple[str, ...]) -> pd.DataFrame:
    """Contacts whose arm was drawn by chance and whose outcome is known.

    Returns
    -------
    DataFrame
        One row = one contact, sorted by customer, time and place in the file: customer_id, campaign_id, arm,
        local_at, propensity, converted, and those of ``contexts`` that the source gives.
    """
    sent = engine.in_file_order(contacts)
    drawn = sent.filter(sent.propensity.notnull() & sent.converted.notnull())
    columns = ["customer_id", "campaign_id", "arm", "local_at", "propensity", "converted"]
    columns += [c for c in contexts if c in drawn.columns]
    return engine.frame(drawn.order_by("customer_id", "local_at", "file_order").select(columns))


def filled_rows(table: Rows, column: str) -> int:
    """Rows of a table in which a column says something; 0 where there is no such column."""
    given = engine.as_lazy(table)
    if column not in given.columns:
        return 0
    return int(engine.frame(given.aggregate(n=given[column].count()))["n"].iloc[0])


def answers_per_person(contacts: Rows, holdout: str) -> pd.DataFrame:
    """One row = one customer who was contacted: customer_id, answered, contacts; the holdout is left out."""
    sent = engine.as_lazy(contacts)
    reached = sent.filter(sent.converted.notnull() & (sent.arm != holdout))
    counted = reached.group_by("customer_id").aggregate(
        answered=reached.converted.ifelse(1, 0).sum(), contacts=reached.count()
    )
    return engine.frame(counted.order_by("customer_id"))


def cases_solved(service_cases: Rows) -> tuple[int, int]:
    """Cases that were solved, and cases of which it is known."""
    cases = engine.as_lazy(service_cases)
    known = cases.filter(cases.solved.notnull())
    counted = engine.frame(known.aggregate(solved=known.solved.ifelse(1, 0).sum(), known=known.count())).iloc[0]
    return int(counted["solved"]), int(counted["known"])


def star_ratings(feedback: Rows) -> pd.DataFrame:
    """One row = one rating: stars; sorted by them."""
    given = engine.as_lazy(feedback)
    return engine.frame(given.filter(given.stars.notnull()).select("stars").order_by("stars"))


def full_price_sums(lines: Rows) -> pd.DataFrame:
    """One row = one customer: customer_id, full (paid for lines without discount), paid (for all lines), discounted.

    Only things bought whose discount is known and that cost something count; ``discounted`` counts those below list
    price.
    """
    bought = documents.bought_lines(lines)
    if "discount" not in bought.columns:
        return pd.DataFrame({"customer_id": [], "full": [], "paid": [], "discounted": []})
    priced = bought.filter(bought.customer_id.notnull() & bought.discount.notnull() & (bought.amount > 0))
    off = priced.discount > 0
    sums = priced.group_by("customer_id").aggregate(
        full=engine.exact_sum(off.ifelse(0.0, priced.amount)),
        paid=engine.exact_sum(priced.amount),
        discounted=off.ifelse(1, 0).sum(),
    )
    return engine.frame(sums.order_by("customer_id"))


def return_sums(lines: Rows) -> pd.DataFrame:
    """One row = one customer: customer_id, back (given back, positive), sold, return_lines.

    Goods alone: a voucher that paid a part, shipping and fees are neither sold nor given back.
    """
    import ibis

    booked = engine.as_lazy(lines)
    booked = booked.filter(booked.customer_id.notnull())
    booked = booked.filter(booked.kind.isnull() | booked.kind.isin(GOODS))
    zero = ibis.literal(0.0)
    is_return = (booked.kind == "return") | (booked.amount < 0)
    sums = booked.group_by("customer_id").aggregate(
        back=engine.exact_sum((booked.amount < 0).ifelse(-booked.amount, zero)),
        sold=engine.exact_sum((booked.amount > 0).ifelse(booked.amount, zero)),
        return_lines=is_return.ifelse(1, 0).sum(),
    )
    return engine.frame(sums.order_by("customer_id"))
