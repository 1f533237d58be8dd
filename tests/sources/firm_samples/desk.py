"""The desk: bookings, tickets, reviews, and what the shop says beside them."""

# ruff: noqa: E501 - headers as the systems write them, one row a line
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from .firm import Order, Sample, comma, make_firm, table
from .shops import SHOPIFY_ORDERS, _shopify_rows, kinds_of, net_of, shopify_orders, stamp

DATEV = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;Postensperre;"
    "Diverse Adressnummer;Geschäftspartnerbank;Sachverhalt;Zinssperre;Beleglink;KOST1 - Kostenstelle;"
    "KOST2 - Kostenstelle;Kost-Menge;EU-Land u. UStID;Leistungsdatum;Generalumkehr (GU)"
)


def _booking(order: Order, cents: int, side: str, **more: object) -> dict[str, object]:
    return {
        "Umsatz (ohne Soll/Haben-Kz)": comma(abs(cents)), "Soll/Haben-Kennzeichen": side, "WKZ Umsatz": "EUR",
        "Konto": 10_000 + order.who.number, "Gegenkonto (ohne BU-Schlüssel)": 8400, "Belegdatum": f"{order.at:%d%m}",
        "Belegfeld 1": order.number, "Buchungstext": "Verkauf Größe M", **more,
    }  # fmt: skip


def _batch(year: int, rows: list[dict[str, object]]) -> bytes:
    first = (
        f'"EXTF";700;21;"Buchungsstapel";13;20240701120000000;;"RE";"";"";1001;55003;{year}0101;4;{year}0101;{year}1231;'
        '"Verkäufe";"";1;0;0;"EUR";;"";;;"03";;;"";""\r\n'
    )
    return first.encode("cp1252") + table(DATEV, rows, delimiter=";", encoding="cp1252")


def shop_and_books() -> Sample:
    """A shop and two years of its books: a booking either way round, refunds, a reversal, rent, a fee of no order."""
    firm = make_firm(31)
    years: dict[int, list[dict[str, object]]] = {2023: [], 2024: []}
    for order in firm.orders:
        if order.cancelled:
            continue
        rows = years[order.at.year]
        if order.number % 3:
            rows.append(_booking(order, order.total, "S"))
        else:  # the ledger account first, so that the customer stands in the other column
            rows.append(_booking(order, order.total, "H", **{
                "Konto": 8400, "Gegenkonto (ohne BU-Schlüssel)": 10_000 + order.who.number}))  # fmt: skip
        if order.refunded:
            rows.append(_booking(order, order.refunded, "H"))
        if order.number % 17 == 0:  # booked once too often, and reversed
            rows += [
                _booking(order, order.total, "S"),
                _booking(order, order.total, "S", **{"Generalumkehr (GU)": "G"}),
            ]
    rent = _booking(firm.orders[0], 90_000, "S", **{"Konto": 4210, "Gegenkonto (ohne BU-Schlüssel)": 1200})
    paid = _booking(firm.orders[0], 1999, "H", **{"Gegenkonto (ohne BU-Schlüssel)": 1200})
    years[2023] += [rent, paid]
    years[2024].append(_booking(firm.orders[-1], 5_000, "S", **{"Belegfeld 1": "MIETE-7"}))
    booked = [row for rows in years.values() for row in rows if row not in (rent, paid)]
    lines = sum(len(o.lines) + (o.shipping > 0) + (o.refunded > 0) for o in firm.orders)
    shop = [row for order in firm.orders for row in _shopify_rows(order)]
    asked = {order.who for order in firm.orders if order.who.mail_said is not None}
    return Sample(
        files={
            "orders_export.csv": table(SHOPIFY_ORDERS, shop), "EXTF_2023.csv": _batch(2023, years[2023]),
            "EXTF_2024.csv": _batch(2024, years[2024]),
        },
        presets=("shopify_orders", "datev_bookings"),
        landed={
            "source_records": len(firm.buyers),
            "orders": len(firm.orders), "order_lines": lines, "invoices": len(booked),
            "products": len({line.item for o in firm.orders for line in o.lines}) + 3,
            "permissions": sum(o.who.mail_said is not None for o in firm.orders),
        },
        net=net_of(firm),
        kinds=kinds_of(firm),
        no=frozenset(("marketing", "email", who.mail) for who in asked if not who.mail_said),
        yes=frozenset(("marketing", "email", who.mail) for who in asked if who.mail_said),
        aside={"no_invoice_of_a_customer": 2},
        sums={"invoices.amount": (net_of(firm) + 5_000) / 100},
        only_there={"invoices": (1, 50.0)},
    )  # fmt: skip


TICKETS = (
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,"
    "Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,"
    "Due date,Initially assigned at,Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,"
    "Reopens,Replies,First reply time in minutes,First reply time in minutes within business hours"
)
REVIEWS = (
    "Review Id,Review Created (UTC),Review Consumer User Id,Review Title,Review Content,Review Stars,Source Of Review,"
    "Review Username,Review User Email,Reference Id,Company Reply Date (UTC),Location Name,Tags,Domain Url"
)
SHOPS_REVIEWS = (
    "Review ID;Type;Created at;Submitted at;Rating;Title;Comment;Status;Order reference;Customer email;SKU;Product name"
)


def service_desk() -> Sample:
    """Tickets, reviews at two places: words of customers that look like columns of another meaning."""
    firm = make_firm(32)
    tickets, stars, shop_stars = [], [], []
    for order in firm.orders:
        who = order.who
        if order.number % 3 == 0:
            tickets.append({
                "Summation column": 1, "Id": 70_000 + order.number, "Requester": f"{who.given} {who.family}",
                "Requester id": 360_000_000_000 + who.number, "Requester email": who.mail,
                "Subject": f"Bestellung {order.number}; wo ist sie?", "Status": ("Solved", "Closed", "Open")[order.number % 7 % 3],
                "Via": ("Mail", "Web form", "Phone")[order.number % 2], "Created at": stamp(order.at + timedelta(days=2)),
                "Solved at": "" if order.number % 7 % 3 == 2 else stamp(order.at + timedelta(days=3)),
                "Satisfaction Score": ("Good", "Bad", "Not Offered", "Offered")[order.number % 4], "Assignee stations": 2,
            })  # fmt: skip
        if order.number % 4 == 0:
            stars.append({
                "Review Id": f"{order.number:024x}", "Review Created (UTC)": f"{order.at:%Y-%m-%d %H:%M:%S}",
                "Review Title": "Alles gut", "Review Content": 'Schön, "sehr" schön\nund schnell', "Review Username": "anonym",
                "Review Stars": 1 + order.number % 5, "Reference Id": f"#{order.number}", "Review User Email": who.mail,
            })  # fmt: skip
        if order.number % 5 == 0:
            shop_stars.append({
                "Review ID": f"rev-{order.number}", "Type": "SERVICE_REVIEW", "Created at": stamp(order.at + timedelta(days=9)),
                "Rating": 5, "Comment": "Gern wieder; prima", "Status": "REJECTED" if order.number % 50 == 0 else "APPROVED",
                "Order reference": f"#{order.number}", "Customer email": who.mail,
            })  # fmt: skip
    good = [row for row in shop_stars if row["Status"] == "APPROVED"]
    return Sample(
        files={
            "tickets.csv": table(TICKETS, tickets), "reviews.csv": table(REVIEWS, stars),
            "bewertungen.csv": table(SHOPS_REVIEWS, shop_stars, delimiter=";"),
        },
        presets=("zendesk_tickets", "trustpilot", "trusted_shops"),
        landed={
            "source_records": len({row["Requester id"] for row in tickets}) + len({row["Customer email"] for row in good}),
            "service_cases": len(tickets), "feedback": len(stars) + len(good),
        },
        aside={"not_published": len(shop_stars) - len(good)},
        sums={"feedback.stars": sum(row["Review Stars"] for row in stars) + 5 * len(good)},
    )  # fmt: skip


def two_years_of_a_shop() -> Sample:
    """The same export twice, by years that share a month; persons and orders of both count once, as last written."""
    whole = shopify_orders()
    firm = make_firm(3)
    half, later = firm.orders[:100], firm.orders[80:]
    older = [{**row, "Refunded Amount": "0.00" if row.get("Total") else "", "Accepts Marketing": row.get("Accepts Marketing", "")}
             for order in half for row in _shopify_rows(order)]  # fmt: skip
    newer = [row for order in later for row in _shopify_rows(order)]
    kept = {order.number for order in later}
    lost = sum(order.refunded for order in half if order.number not in kept and not order.cancelled)
    files = {"orders_2023.csv": table(SHOPIFY_ORDERS, older), "orders_2024.csv": table(SHOPIFY_ORDERS, newer)}
    lines = sum(len(o.lines) + (o.shipping > 0) + (o.refunded > 0 and o.number in kept) for o in firm.orders)
    return Sample(
        files=files, presets=whole.presets, landed={**whole.landed, "order_lines": lines}, net=int(whole.net or 0) + lost,
        kinds=whole.kinds, no=whole.no, yes=whole.yes, sums=whole.sums,
        aside={"in_a_later_file": sum(len(o.lines) for o in half if o.number in kept)},
    )  # fmt: skip


DESK: dict[str, Callable[[], Sample]] = {f.__name__: f for f in (shop_and_books, service_desk, two_years_of_a_shop)}
