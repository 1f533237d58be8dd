"""Exports about trade: orders, receipts and lines, goods, prices, stock, contracts, booking files, web tracking."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import STORE_CHANNEL
from rcommerce_helpers.demo_world.catalogue import Catalogue
from rcommerce_helpers.demo_world.chance import Array
from rcommerce_helpers.demo_world.contracts import SIGNED_AT
from rcommerce_helpers.demo_world.effects import DEVICES, REFERRERS
from rcommerce_helpers.demo_world.events import EVENTS, PAGES
from rcommerce_helpers.demo_world.exports import Bad, Coded, Export, Mapped, table_of
from rcommerce_helpers.demo_world.exports_people import GERMAN, SOURCES, record_text
from rcommerce_helpers.demo_world.writers import money, padded, whole, words

STATUS = ("abgeschlossen", "storniert", "Test", "offen")
_STATUS_MEANS = dict(zip(STATUS, ("completed", "cancelled", "test", "open")))
KINDS = ("Artikel", "Retoure", "Gutschein", "Versand")
_KIND_MEANS = dict(zip(KINDS, ("item", "return", "voucher", "shipping")))
CAME_BY = ("Suche", "Direkt", "Newsletter", "Schnäppchenblog", "Filmmagazin", "Social Media")
_REFERRER_MEANS = dict(zip(CAME_BY, REFERRERS))
_DEVICE_MEANS = {"Handy": "mobile", "Computer": "desktop", "Tablet": "tablet"}
YEARS = range(2016, 2027)


def _web(coded: Coded) -> Array:
    return np.asarray(coded["channel"] != STORE_CHANNEL)


def _store(coded: Coded) -> Array:
    return np.asarray(coded["channel"] == STORE_CHANNEL)


def order_text(number: Array) -> pa.Array:
    """Order number as the shop shows it."""
    return padded(number, 10, "B")


def _order_rows(coded: Coded) -> pa.Table:
    return table_of(
        {
            "Bestellnummer": order_text(coded["number"]),
            "Kundenkonto": record_text(coded["record"], coded["system"]),
            "Bestelldatum": clock.german_moment(coded["at"]),
            "Status": words(coded["status"], STATUS),
            "Kanal": words(coded["channel"], ("Onlineshop", "", "Telefon")),
            "Herkunft": words(coded["referrer"], CAME_BY),
            "Gerät": words(coded["device"], tuple(_DEVICE_MEANS)),
            "Lieferland": pa.array(["DE"] * len(coded["number"])),
        }
    )


def _receipt_rows(coded: Coded) -> pa.Table:
    return table_of(
        {
            "Bon": order_text(coded["number"]),
            "Karte": record_text(coded["record"], coded["system"]),
            "Zeit": clock.german_moment(coded["at"]),
            "Filiale": padded(coded["store"] + 1, 2, "F"),
        }
    )


def order_exports() -> list[Export]:
    """Orders of the shop (web and telephone) and receipts of the tills."""
    return [
        Export(
            key="bestellungen",
            path="shop/bestellungen.csv",
            table="orders",
            rows=_order_rows,
            shows=_web,
            columns={
                "order_id": "Bestellnummer",
                "record_id": "Kundenkonto",
                "at": "Bestelldatum",
                "status": {"column": "Status", "values": _STATUS_MEANS},
                "channel": {"column": "Kanal", "values": {"Onlineshop": "web", "Telefon": "phone"}},
                "referrer": {"column": "Herkunft", "values": _REFERRER_MEANS},
                "device": {"column": "Gerät", "values": _DEVICE_MEANS},
                "country": "Lieferland",
            },
            reading={**GERMAN, "source": "shop"},
            bad=(
                Bad("Bestelldatum", "31.02.2025 12:00:00", "at", "no such day"),
                Bad("Status", "in Klärung", "status", "not one of the allowed values"),
            ),
            identity=("Bestellnummer", "B"),
            broken_lines=True,
        ),
        Export(
            key="kassenbons",
            path="kasse/kassenbons.csv.gz",
            table="orders",
            rows=_receipt_rows,
            shows=_store,
            columns={
                "order_id": "Bon",
                "record_id": "Karte",
                "at": "Zeit",
                "store_id": "Filiale",
                "channel": {"constant": "store"},
                "country": {"constant": "DE"},
            },
            reading={**GERMAN, "source": "till"},
            bad=(Bad("Zeit", "24.13.2025 09:00:00", "at", "no such day"),),
            identity=("Bon", "B"),
        ),
    ]


def line_exports(catalogue: Catalogue) -> list[Export]:
    """Lines of orders and of receipts, both in the same words."""
    goods = padded(catalogue.number, 6)

    def rows(coded: Coded) -> pa.Table:
        return table_of(
            {
                "Bestellnummer": order_text(coded["number"]),
                "Position": whole(coded["line"]),
                "Artikelnummer": goods.take(pa.array(coded["product"])),
                "Art": words(coded["kind"], KINDS),
                "Menge": whole(coded["quantity"]),
                "Betrag": money(coded["amount"]),
                "Rabatt": money(coded["discount"]),
                "MwSt": money(coded["tax"]),
                "Deckungsbeitrag": money(coded["margin"]),
            }
        )

    columns: dict[str, Mapped] = {
        "order_id": "Bestellnummer",
        "line_number": "Position",
        "product_id": "Artikelnummer",
        "kind": {"column": "Art", "values": _KIND_MEANS},
        "quantity": "Menge",
        "amount": "Betrag",
        "discount": "Rabatt",
        "tax": "MwSt",
        "margin": "Deckungsbeitrag",
    }
    bad = (
        Bad("Betrag", "12,3O", "amount", "not a number"),
        Bad("Artikelnummer", None, "product_id", "missing"),
        Bad("Menge", "zwei", "quantity", "not a number"),
    )
    files = (("positionen", "shop/positionen.csv", _web), ("bonpositionen", "kasse/bonpositionen.csv.gz", _store))
    return [
        Export(
            key=key,
            path=path,
            table="order_lines",
            rows=rows,
            shows=shows,
            columns=columns,
            reading={**GERMAN, "source": "shop"},
            bad=bad,
            identity=("Bestellnummer", "B"),
        )
        for key, path, shows in files
    ]


def contract_export(catalogue: Catalogue) -> Export:
    """Tariffs and warranties, whichever system knows the holder."""
    goods = padded(catalogue.number, 6)

    def rows(coded: Coded) -> pa.Table:
        return table_of(
            {
                "Vertrag": padded(coded["number"], 10, "V"),
                "System": words(coded["system"], SOURCES),
                "Kunde": record_text(coded["record"], coded["system"]),
                "Tarif": goods.take(pa.array(coded["product"])),
                "Beginn": clock.german_day(coded["start"]),
                "Mindestlaufzeit bis": clock.german_day(coded["term_end"]),
                "Kündigungsfrist Tage": whole(coded["notice"]),
                "Gekündigt am": clock.german_day(coded["cancelled"]),
                "Ende": clock.german_day(coded["ended"]),
                "Monatspreis": money(coded["fee"]),
                "Abschluss": words(coded["channel"], SIGNED_AT),
            }
        )

    return Export(
        key="vertraege",
        path="crm/vertraege.csv",
        table="contracts",
        rows=rows,
        columns={
            "contract_id": "Vertrag",
            "record_id": "Kunde",
            "product_id": "Tarif",
            "start_on": "Beginn",
            "term_end_on": "Mindestlaufzeit bis",
            "notice_days": "Kündigungsfrist Tage",
            "cancelled_on": "Gekündigt am",
            "ended_on": "Ende",
            "monthly_fee": "Monatspreis",
            "channel": "Abschluss",
        },
        reading=GERMAN,
        sources=tuple(dict.fromkeys(SOURCES)),
        bad=(
            Bad("Beginn", "01.00.2024", "start_on", "no such day"),
            Bad("Monatspreis", "auf Anfrage", "monthly_fee", "not a number"),
        ),
        identity=("Vertrag", "V"),
    )


def booking_exports() -> list[Export]:
    """One booking file per year, as DATEV writes it: amount without sign, S or H, day and month without the year."""
    return [_bookings(year) for year in YEARS]


def _booking_rows(coded: Coded) -> pa.Table:
    debtor = pc.fill_null(record_text(coded["record"], coded["system"]), "99999")
    credit = coded["amount"] < 0
    day = pc.replace_substring(clock.german_day(coded["on"]), ".", "")
    return table_of(
        {
            "Umsatz": money(np.abs(coded["amount"])),
            "Soll/Haben-Kennzeichen": words(credit.astype(np.int64), ("S", "H")),
            "WKZ Umsatz": pa.array(["EUR"] * len(credit)),
            "Konto": debtor,
            "Gegenkonto": whole(coded["account"]),
            "Belegdatum": pc.utf8_slice_codeunits(day, 0, 4),
            "Belegfeld 1": padded(coded["number"], 10, "R"),
            "Belegfeld 2": order_text(coded["order"]),
            "Buchungstext": words(credit.astype(np.int64), ("Rechnung", "Gutschrift")),
            "Steuerbetrag": money(coded["tax"]),
            "Fälligkeit": pc.replace_substring(clock.german_day(coded["due"]), ".", ""),
            "Zahlung": pc.replace_substring(clock.german_day(coded["paid"]), ".", ""),
        }
    )


def _bookings(year: int) -> Export:
    def of_year(coded: Coded) -> Array:
        return np.asarray(coded["on"].astype("datetime64[s]").astype("datetime64[Y]").astype(int) + 1970 == year)

    sign = 'case when "Soll/Haben-Kennzeichen" = \'H\' then \'-\' || "Umsatz" else "Umsatz" end'
    return Export(
        key=f"buchungen_{year}",
        path=f"buchhaltung/EXTF_Buchungsstapel_{year}.csv",
        table="invoices",
        rows=_booking_rows,
        shows=of_year,
        columns={
            "invoice_id": "Belegfeld 1",
            "record_id": {"column": "Konto", "values": {"99999": ""}},
            "order_id": "Belegfeld 2",
            "invoiced_on": {"sql": f"\"Belegdatum\" || '{year}'"},
            "due_on": "Fälligkeit",
            "paid_on": "Zahlung",
            "amount": {"sql": sign},
            "tax": "Steuerbetrag",
            "account": "Gegenkonto",
        },
        reading={**GERMAN, "date_form": ["ddmmyyyy"], "source": "accounting", "skip_rows": 1},
        bad=(
            Bad("Belegdatum", "3102", "invoiced_on", "no such day"),
            Bad("Umsatz", "1.2.3,00", "amount", "not a number"),
        ),
        identity=("Belegfeld 1", "R"),
        head=f'"EXTF";700;21;"Buchungsstapel";13;{year}1231235959000;;"RE";"";"";1001;10001;{year}0101;4;{year}0101;{year}1231',
    )


def _visit_rows(coded: Coded) -> dict[str, pa.Array]:
    """What events and sessions share."""
    account = np.where(coded["record"] >= 0, 0, -1)
    return {
        "visitor": padded(coded["visitor"], 10, "w"),
        "account": record_text(coded["record"], account),
        "session": padded(coded["session"], 10, "s"),
        "referrer": words(coded["referrer"], REFERRERS),
        "device": words(coded["device"], DEVICES),
    }


def _event_rows(goods: pa.Array, coded: Coded) -> pa.Table:
    product = coded["product"]
    return table_of(
        {
            "event_id": padded(coded["number"], 10, "e"),
            "ts": clock.moments(clock.to_utc(coded["at"])),
            "event": words(coded["event"], EVENTS),
            "page": words(coded["event"], PAGES),
            "product": goods.take(pa.array(product, pa.int64(), mask=product < 0)),
            "order": order_text(coded["order"]),
            "campaign": padded(np.where(coded["campaign"] >= 0, coded["campaign"] + 1, -1), 2, "K"),
            **_visit_rows(coded),
        }
    )


def _session_rows(coded: Coded) -> pa.Table:
    return table_of(
        {
            "start": clock.moments(clock.to_utc(coded["at"])),
            "end": clock.moments(clock.to_utc(coded["ended"])),
            "events": pa.array(coded["events"]),
            "ordered": pa.array(coded["order"] >= 0),
            **_visit_rows(coded),
        }
    )


def web_exports(catalogue: Catalogue) -> list[Export]:
    """Events and sessions of the tracking, in UTC."""
    goods = padded(catalogue.number, 6)

    common = {
        "visitor_id": "visitor",
        "record_id": "account",
        "session_id": "session",
        "referrer": "referrer",
        "device": "device",
    }
    reading = {"time_zone": "UTC", "source": "shop"}
    return [
        Export(
            key="web_ereignisse",
            path="web/ereignisse.parquet",
            table="web_events",
            rows=partial(_event_rows, goods),
            columns={
                "event_id": "event_id",
                "at": "ts",
                "event": "event",
                "page": "page",
                "product_id": "product",
                "order_id": "order",
                "campaign_id": "campaign",
                **common,
            },
            reading=reading,
            bad=(Bad("event", None, "event", "missing"), Bad("visitor", None, "visitor_id", "missing")),
            identity=("event_id", "e"),
        ),
        Export(
            key="web_besuche",
            path="web/besuche.parquet",
            table="sessions",
            rows=_session_rows,
            columns={"at": "start", "ended_at": "end", "event_count": "events", "ordered": "ordered", **common},
            reading=reading,
        ),
    ]
