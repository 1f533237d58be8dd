"""Exports of five firms that no preset knows, with headers of our own invention, and what each column means.

Written down before the guide was tried on them, so that they judge its words and its eye for values rather than what
it was tuned on. One row of the truth = one column; a column left out of it may be read by nothing.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

FIRST = ("Ida", "Emre", "Jörg", "Anna", "Lukas", "Sofia", "Paul", "Zoë", "Karl", "Mia")
LAST = ("Kühn", "Özdemir", "Müller", "Schmitz", "Novak", "O'Neill", "de Vries", "Groß", "Baum", "Lenz")
STREETS = ("Gartenstraße", "Am Markt", "Lindenallee", "Bahnhofstr.", "Weg zur Mühle")
TOWNS = (("01067", "Dresden"), ("04109", "Leipzig"), ("50667", "Köln"), ("80331", "München"))
GOODS = tuple(
    (f"{4000 + i}", f"Ware {chr(65 + i)} fein", ("Tee", "Kaffee", "Zubehör")[i % 3], 3 + 1.35 * i) for i in range(9)
)  # noqa: E501
START = date(2024, 1, 2)
Row = Sequence[object]


@dataclass(frozen=True)
class Table:
    """One file: its header, rows, and how it is written."""

    header: tuple[str, ...]
    rows: Sequence[Row]
    delimiter: str = ";"
    encoding: str = "utf-8"
    above: str = ""

    def write(self, path: Path) -> None:
        """Write the file, as a workbook where its name says so."""
        if path.suffix == ".xlsx":
            from openpyxl import Workbook

            book = Workbook()
            for line in (*([part] for part in self.above.splitlines()), self.header, *self.rows):
                book.active.append(list(line))
            book.save(path)
            return
        text = io.StringIO()
        text.write(self.above)
        table = csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n")
        table.writerow(self.header)
        table.writerows(self.rows)
        path.write_bytes(text.getvalue().encode(self.encoding))


@dataclass(frozen=True)
class Stranger:
    """The exports of one firm; ``means`` maps (file, column) to a canonical column, ``personal`` names all columns
    that speak of a person, also those that have no canonical column."""

    name: str
    files: Mapping[str, Table]
    means: Mapping[tuple[str, str], str]
    personal: frozenset[tuple[str, str]]

    def write(self, folder: Path) -> Path:
        """Write the files into a folder."""
        folder.mkdir(parents=True)
        for name, table in self.files.items():
            table.write(folder / name)
        return folder


def _german(value: float) -> str:
    return f"{value:,.2f}".replace(",", "x").replace(".", ",").replace("x", ".")


def _day(n: int, form: str = "%d.%m.%Y") -> str:
    return (START + timedelta(days=n)).strftime(form)


def _truth(file: str, said: Mapping[str, str]) -> dict[tuple[str, str], str]:
    return {(file, column): to for column, to in said.items()}


def _till(draw: random.Random) -> Stranger:
    """A till with customer cards, as German tills write: title lines, cp1252, abbreviations."""
    sold, people = [], []
    for bon in range(1, 90):
        card = f"{900_000 + bon % 25:08}" if bon % 4 else ""
        for line, (no, text, group, price) in enumerate(draw.sample(GOODS, 1 + bon % 3), start=1):
            units = draw.choice((1, 1, 2, 3))
            off = 0.5 if bon % 7 == 0 else 0.0
            sold.append(
                (
                    f"B{bon:05}",
                    line,
                    f"{_day(bon)} {8 + bon % 11:02}:{bon % 60:02}",
                    draw.choice(LAST),
                    card,
                    no,
                    text,
                    group,
                    units,
                    _german(price),
                    _german(off),
                    _german(price * units - off),
                )
            )  # noqa: E501
    for i in range(25):
        plz, town = TOWNS[i % 4]
        people.append(
            (
                f"{900_000 + i:08}",
                ("Frau", "Herr")[i % 2],
                f"{FIRST[i % 10]} {LAST[(i * 3) % 10]}",
                f"{1 + i:02}.0{1 + i % 9}.19{60 + i}",
                f"{STREETS[i % 5]} {i + 1}",
                plz,
                town,
                f"0351 / 55{i:04}",
                f"karte{i}@post.example",
                _day(-i * 9),
                ("J", "N")[i % 2],
                "ruft gern vor dem Besuch an, mag keinen Kaffee" if i % 3 else "",
            )
        )  # noqa: E501
    journal = (
        "Bon",
        "Bonzeile",
        "Verkauft am",
        "Kassierer",
        "Kartennummer Kunde",
        "Art.-Nummer",
        "Artikeltext",
        "WG",
        "Stk",
        "VK-Preis",
        "Rabatt EUR",
        "Endbetrag",
    )  # noqa: E501
    cards = (
        "Karten-Nr",
        "Anrede",
        "Vor- und Zuname",
        "Geb.-Datum",
        "Straße u. Hausnr.",
        "Postleitz.",
        "Wohnort",
        "Tel. privat",
        "Mailadr.",
        "Kunde seit",
        "Werbung per E-Mail",
        "Bemerkungen",
    )  # noqa: E501
    means = _truth("Bonjournal 2024.txt", {
        "Bon": "order_lines.order_id", "Bonzeile": "order_lines.line_number", "Verkauft am": "orders.at",
        "Kartennummer Kunde": "orders.record_id", "Art.-Nummer": "order_lines.product_id",
        "Artikeltext": "products.name", "WG": "products.category", "Stk": "order_lines.quantity",
        "Endbetrag": "order_lines.amount", "Rabatt EUR": "order_lines.discount",
    }) | _truth("Kartenkunden.csv", {
        "Karten-Nr": "source_records.record_id", "Vor- und Zuname": "source_records.family_name",
        "Geb.-Datum": "source_records.birth_date", "Straße u. Hausnr.": "source_records.street",
        "Postleitz.": "source_records.postcode", "Wohnort": "source_records.city",
        "Tel. privat": "source_records.phone",
        "Mailadr.": "source_records.email", "Kunde seit": "source_records.created_at",
        "Werbung per E-Mail": "permissions.decision",
    })  # fmt: skip
    files = {
        "Bonjournal 2024.txt": Table(
            journal, sold, encoding="cp1252", above="Bonjournal\r\nFiliale Neustadt, alle Kassen\r\n\r\n"
        ),  # noqa: E501
        "Kartenkunden.csv": Table(cards, people, encoding="cp1252"),
    }
    personal = {("Bonjournal 2024.txt", c) for c in ("Kassierer", "Kartennummer Kunde")}
    personal |= {("Kartenkunden.csv", c) for c in cards if c not in {"Anrede", "Kunde seit", "Werbung per E-Mail"}}
    return Stranger("till", files, means, frozenset(personal))


def _boxes(draw: random.Random) -> Stranger:
    """A British seller of boxes by subscription: day before month, references instead of numbers."""
    people = [
        (
            f"sub-{i:04}",
            f"{FIRST[i % 10]}",
            f"{LAST[(i * 7) % 10]}",
            f"box{i}@mail.example",
            f"+44 7700 900{i:03}",
            _day(i, "%d/%m/%Y"),
            f"{i + 1} Mill Lane",
            "Leeds" if i % 2 else "York",
            f"LS{i % 9} {i % 5}AB",
            _day(-9000 - 31 * i, "%d/%m/%Y"),
        )
        for i in range(40)
    ]  # noqa: E501
    agreements = [
        (
            f"agr-{i}",
            f"sub-{i:04}",
            ("Small box", "Big box")[i % 2],
            _day(i, "%d/%m/%Y"),
            _day(i + 100, "%d/%m/%Y") if i % 5 == 0 else "",
            (14.5, 29.0)[i % 2],
        )
        for i in range(40)
    ]  # noqa: E501
    parcels = [
        (
            f"P-{i}",
            f"sub-{i % 40:04}",
            _day(i % 180, "%d/%m/%Y") + f" {9 + i % 9}:15",
            ("despatched", "cancelled", "despatched")[i % 3],
            ("app", "website")[i % 2],
            f"{draw.choice((14.5, 29.0, 43.5)):.2f}",
        )
        for i in range(160)
    ]  # noqa: E501
    who = (
        "Subscriber ref",
        "First",
        "Surname",
        "Contact e-mail",
        "Mobile no.",
        "Joined on",
        "Address line 1",
        "Town",
        "Post code",
        "D.O.B.",
    )  # noqa: E501
    what = ("Agreement ref", "Subscriber ref", "Box type", "Commenced", "Cancelled on", "Monthly price")
    sent = ("Parcel order no.", "Subscriber ref", "Ordered on", "Order state", "Ordered through", "Order total GBP")
    means = _truth(
        "subscribers.csv",
        dict(
            zip(
                who,
                (
                    "source_records.record_id",
                    "source_records.given_name",
                    "source_records.family_name",
                    "source_records.email",
                    "source_records.phone",
                    "source_records.created_at",
                    "source_records.street",
                    "source_records.city",
                    "source_records.postcode",
                    "source_records.birth_date",
                ),
            )
        ),
    )  # noqa: E501
    means |= _truth(
        "agreements.csv",
        dict(
            zip(
                what,
                (
                    "contracts.contract_id",
                    "contracts.record_id",
                    "contracts.product_id",
                    "contracts.start_on",
                    "contracts.cancelled_on",
                    "contracts.monthly_fee",
                ),
            )
        ),
    )  # noqa: E501
    means |= _truth(
        "parcels.csv",
        dict(
            zip(
                sent,
                (
                    "orders.order_id",
                    "orders.record_id",
                    "orders.at",
                    "orders.status",
                    "orders.channel",
                    "order_lines.amount",
                ),
            )
        ),
    )  # noqa: E501
    personal = {("subscribers.csv", c) for c in who if c != "Joined on"} | {
        (f, "Subscriber ref") for f in ("agreements.csv", "parcels.csv")
    }  # noqa: E501
    files = {
        "subscribers.csv": Table(who, people, ","),
        "agreements.csv": Table(what, agreements, ","),
        "parcels.csv": Table(sent, parcels, ","),
    }  # noqa: E501
    return Stranger("boxes", files, means, frozenset(personal))


def _wholesale(draw: random.Random) -> Stranger:
    """A German wholesaler: an xlsx with title lines, firms as customers, a list of open items."""
    lines, firms, open_items = [], [], []
    for order in range(1, 80):
        for pos, (no, text, _, price) in enumerate(draw.sample(GOODS, 1 + order % 4), start=1):
            units = draw.choice((1, 5, 10))
            lines.append(
                (
                    70_000 + order,
                    pos * 10,
                    10_000 + order % 15,
                    _day(order),
                    f"SN-{no}",
                    text,
                    units,
                    "ST",
                    round(price, 2),
                    round(price * units, 2),
                )
            )  # noqa: E501
    for i in range(15):
        plz, town = TOWNS[i % 4]
        firms.append(
            (
                10_000 + i,
                f"{LAST[i % 10]} GmbH",
                f"z. Hd. {FIRST[i % 10]} {LAST[i % 10]}",
                f"{STREETS[i % 5]} {i + 3}",
                plz,
                town,
                "DE",
                f"einkauf{i}@firma.example",
                f"+49 341 777{i:03}",
            )
        )  # noqa: E501
    for i in range(60):
        open_items.append(
            (
                f"RG{5000 + i}",
                10_000 + i % 15,
                _day(i),
                _day(i + 30),
                _german(119.0 * (1 + i % 7)),
                _day(i + 20) if i % 3 else "",
            )
        )  # noqa: E501
    first = (
        "Auftrag",
        "Pos.",
        "Debitor",
        "Auftragseingang",
        "Sachnummer",
        "Benennung",
        "Mge",
        "ME",
        "Netto-EP",
        "Netto-Wert",
    )  # noqa: E501
    second = (
        "Debitor",
        "Name 1",
        "Name 2",
        "Strasse/Hausnr.",
        "PLZ",
        "Ort",
        "LKZ",
        "E-Mail Ansprechpartner",
        "Telefon",
    )  # noqa: E501
    third = ("Rechnung", "Debitor", "Rg.-Datum", "Netto-Fälligkeit", "Betrag brutto", "Bezahlt am")
    means = _truth(
        "Auftragspositionen.xlsx",
        {
            "Auftrag": "order_lines.order_id",
            "Pos.": "order_lines.line_number",
            "Debitor": "orders.record_id",
            "Auftragseingang": "orders.at",
            "Sachnummer": "order_lines.product_id",
            "Benennung": "products.name",
            "Mge": "order_lines.quantity",
            "Netto-Wert": "order_lines.amount",
        },
    )  # noqa: E501
    means |= _truth(
        "Debitoren.csv",
        {
            "Debitor": "source_records.record_id",
            "Name 1": "source_records.company_name",
            "Strasse/Hausnr.": "source_records.street",
            "PLZ": "source_records.postcode",
            "Ort": "source_records.city",
            "LKZ": "source_records.country",
            "E-Mail Ansprechpartner": "source_records.email",
            "Telefon": "source_records.phone",
        },
    )  # noqa: E501
    means |= _truth(
        "OP-Liste.csv",
        {
            "Rechnung": "invoices.invoice_id",
            "Debitor": "invoices.record_id",
            "Rg.-Datum": "invoices.invoiced_on",
            "Netto-Fälligkeit": "invoices.due_on",
            "Betrag brutto": "invoices.amount",
            "Bezahlt am": "invoices.paid_on",
        },
    )  # noqa: E501
    personal = {("Debitoren.csv", c) for c in second if c not in {"Name 1", "LKZ"}} | {
        (f, "Debitor") for f in ("Auftragspositionen.xlsx", "OP-Liste.csv")
    }  # noqa: E501
    files = {
        "Auftragspositionen.xlsx": Table(
            first, lines, above="Auftragsstatistik\nZeitraum: 01.01.2024 bis 30.06.2024\n"
        ),
        "Debitoren.csv": Table(second, firms, encoding="cp1252"),
        "OP-Liste.csv": Table(third, open_items),
    }  # noqa: E501
    return Stranger("wholesale", files, means, frozenset(personal))


def _desk(draw: random.Random) -> Stranger:
    """A help desk, ratings and visits in English, with names and free text on every side."""
    said = ("The parcel came late but the tea is lovely indeed", "Please call me back, it is broken again since Monday")
    cases = [
        (
            f"C{i:05}",
            f"who{i % 30}@mail.example",
            f"{_day(i, '%Y-%m-%d')}T1{i % 10}:00:00Z",
            f"{_day(i + 2, '%Y-%m-%d')}T10:00:00Z" if i % 4 else "",
            ("Delivery", "Returns", "Product")[i % 3],
            ("e-mail", "phone", "chat")[i % 3],
            LAST[i % 3],
            said[i % 2] + f" {i}",
        )
        for i in range(90)
    ]  # noqa: E501
    ratings = [
        (
            f"R-{i}",
            GOODS[i % 9][0],
            _day(i, "%Y-%m-%d"),
            1 + draw.randrange(5),
            f"Title {i}",
            said[i % 2] + f", number {i}",
            f"{FIRST[i % 10]} {LAST[i % 10][0]}.",
            f"O{i:04}",
        )
        for i in range(80)
    ]  # noqa: E501
    hits = [
        (
            1_704_200_000_000 + i * 61_000,
            f"ck{i % 20:06x}",
            f"v{i // 4}",
            ("view_item", "add_to_cart", "purchase", "view_page")[i % 4],
            f"https://shop.example/p/{i % 9}",
            ("google", "newsletter", "direct")[i % 3],
        )
        for i in range(200)
    ]  # noqa: E501
    first = (
        "Case #",
        "Customer e-mail",
        "Raised",
        "Closed",
        "Queue",
        "Source channel",
        "Agent",
        "What the customer said",
    )  # noqa: E501
    second = ("Rating ref", "SKU", "Given on", "Star rating", "Headline", "What they wrote", "Nickname", "Order ref")
    third = ("Hit time", "Visitor cookie", "Visit", "What happened", "Page address", "Came from")
    means = _truth(
        "helpdesk export.csv",
        {
            "Case #": "service_cases.case_id",
            "Customer e-mail": "service_cases.record_id",
            "Raised": "service_cases.at",
            "Closed": "service_cases.closed_at",
            "Queue": "service_cases.topic",
            "Source channel": "service_cases.channel",
        },
    )  # noqa: E501
    means |= _truth(
        "product ratings.csv",
        {
            "Rating ref": "feedback.feedback_id",
            "SKU": "feedback.product_id",
            "Given on": "feedback.at",
            "Star rating": "feedback.stars",
            "What they wrote": "feedback.text",
            "Order ref": "feedback.order_id",
        },
    )  # noqa: E501
    means |= _truth(
        "hits.csv",
        {
            "Hit time": "web_events.at",
            "Visitor cookie": "web_events.visitor_id",
            "Visit": "web_events.session_id",
            "What happened": "web_events.event",
            "Page address": "web_events.page",
            "Came from": "web_events.referrer",
        },
    )  # noqa: E501
    personal = {("helpdesk export.csv", c) for c in ("Customer e-mail", "Agent", "What the customer said")} | {
        ("product ratings.csv", c) for c in ("What they wrote", "Nickname")
    }  # noqa: E501
    files = {
        "helpdesk export.csv": Table(first, cases, ","),
        "product ratings.csv": Table(second, ratings, "\t"),
        "hits.csv": Table(third, hits, "|"),
    }  # noqa: E501
    return Stranger("desk", files, means, frozenset(personal))


def _letters(draw: random.Random) -> Stranger:
    """A German mailing list and a guest book of a shop, where names and streets stand under harmless headers."""
    subscribed = [
        (
            f"leser{i}@post.example",
            FIRST[i % 10],
            f"{_day(i)} 10:{i % 60:02}",
            f"{_day(i + 1)} 11:00" if i % 4 else "",
            f"{_day(i + 60)} 09:00" if i % 6 == 0 else "",
            ("Website", "Messe")[i % 2],
        )
        for i in range(70)
    ]  # noqa: E501
    orders = [
        (
            f"W-{i:04}",
            _day(i),
            f"{FIRST[i % 10]} {LAST[(i * 3) % 10]}",
            f"{STREETS[i % 5]} {1 + i % 40}",
            draw.choice(TOWNS)[0],
            f"0176 55500{i % 90:02}",
            ("bezahlt", "storniert", "bezahlt")[i % 3],
            _german(20 + i % 13),
        )
        for i in range(75)
    ]  # noqa: E501
    first = ("Mail-Adresse", "Vorname", "Eintragung am", "Bestätigt am", "Ausgetragen am", "Quelle")
    second = ("Bestell-Nr.", "Bestellt am", "Kanal", "Filiale", "Gebiet", "Land", "Stand", "Gesamtsumme")
    means = _truth(
        "Verteiler.csv",
        {
            "Mail-Adresse": "source_records.email",
            "Vorname": "source_records.given_name",
            "Bestätigt am": "permissions.at",
            "Ausgetragen am": "permissions.at",
        },
    )  # noqa: E501
    means |= _truth(
        "Bestellungen.csv",
        {
            "Bestell-Nr.": "orders.order_id",
            "Bestellt am": "orders.at",
            "Stand": "orders.status",
            "Gesamtsumme": "order_lines.amount",
        },
    )  # noqa: E501
    personal = {("Verteiler.csv", c) for c in ("Mail-Adresse", "Vorname")} | {
        ("Bestellungen.csv", c) for c in ("Kanal", "Filiale", "Gebiet", "Land")
    }  # noqa: E501
    files = {"Verteiler.csv": Table(first, subscribed), "Bestellungen.csv": Table(second, orders)}
    return Stranger("letters", files, means, frozenset(personal))


def strangers(seed: int = 7) -> tuple[Stranger, ...]:
    """The five firms."""
    draw = random.Random(seed)  # noqa: S311 - made-up rows
    return tuple(make(draw) for make in (_till, _boxes, _wholesale, _desk, _letters))


def _optician(draw: random.Random) -> Stranger:
    """An optician: patients, visits to the shop, and births, accounts and numbers under headers that do not say so."""
    people = [
        (
            f"{i + 1}",
            "Dr." if i % 9 == 0 else "",
            LAST[(i * 3) % 10],
            FIRST[i % 10],
            f"19{50 + i % 40}-0{1 + i % 9}-1{i % 9}",
            f"DE{44 + i % 50}5001051754073249{i:02}",
            f"{STREETS[i % 5]} {i + 2}",
            f"{TOWNS[i % 4][0]} {TOWNS[i % 4][1]}",
            f"017655500{i:03}",
            f"brille{i}@post.example",
            ("ja", "nein", "")[i % 3],
        )
        for i in range(45)
    ]  # noqa: E501
    sold = [
        (
            f"{2024_0000 + i}",
            f"{i % 45 + 1}",
            _day(i, "%d.%m.%y"),
            f"{GOODS[i % 9][1]}",
            f"{GOODS[i % 9][2]}",
            1 + i % 2,
            _german(GOODS[i % 9][3] * (1 + i % 2)),
            LAST[i % 4],
            ("fertig", "in Arbeit", "storniert")[i % 3],
        )
        for i in range(120)
    ]  # noqa: E501
    who = (
        "Lfd",
        "Titel",
        "Nachn.",
        "Vorn.",
        "Stichtag",
        "Referenz",
        "Strasse",
        "PLZ/Ort",
        "Erreichbar unter",
        "eMail-Adr.",
        "Infopost erlaubt",
    )  # noqa: E501
    what = (
        "Auftragskennung",
        "Lfd Kunde",
        "angenommen",
        "Leistung",
        "Leistungsgruppe",
        "Anz.",
        "zu zahlen",
        "Berater",
        "Bearbeitungsstand",
    )  # noqa: E501
    means = _truth(
        "Patienten.csv",
        {
            "Lfd": "source_records.record_id",
            "Nachn.": "source_records.family_name",
            "Vorn.": "source_records.given_name",
            "Strasse": "source_records.street",
            "Erreichbar unter": "source_records.phone",
            "eMail-Adr.": "source_records.email",
            "Infopost erlaubt": "permissions.decision",
        },
    )  # noqa: E501
    means |= _truth(
        "Auftragsbuch.csv",
        {
            "Auftragskennung": "orders.order_id",
            "Lfd Kunde": "orders.record_id",
            "angenommen": "orders.at",
            "zu zahlen": "order_lines.amount",
            "Bearbeitungsstand": "orders.status",
        },
    )  # noqa: E501
    personal = {("Patienten.csv", c) for c in who if c not in {"Titel", "Infopost erlaubt"}} | {
        ("Auftragsbuch.csv", c) for c in ("Lfd Kunde", "Berater")
    }  # noqa: E501
    files = {
        "Patienten.csv": Table(who, people, encoding="utf-8-sig"),
        "Auftragsbuch.csv": Table(what, sold, encoding="cp1252"),
    }  # noqa: E501
    return Stranger("optician", files, means, frozenset(personal))


def _garden(draw: random.Random) -> Stranger:
    """An American garden shop: month before day, dollars with a sign, a price list, sales in one wide file."""
    sales = [
        (
            f"TX{9000 + i // 2}",
            _day(i // 2, "%m/%d/%Y") + f" {1 + i % 11}:30 PM",
            f"G-{i // 2 % 33}",
            f"PLANT{i % 9}",
            GOODS[(i // 2 + 4 * (i % 2)) % 9][0],
            n := draw.choice((1, 2, 4)),
            f"${GOODS[(i // 2 + 4 * (i % 2)) % 9][3]:,.2f}",
            f"${GOODS[(i // 2 + 4 * (i % 2)) % 9][3] * n:,.2f}",
            ("Downtown", "Mall")[i % 2],
            f"10.0.{i % 9}.{i % 200}",
        )
        for i in range(200)
    ]  # noqa: E501
    people = [
        (
            f"G-{i}",
            f"{LAST[i % 10]}, {FIRST[(i * 7) % 10]}",
            f"garden{i}@mail.example",
            f"(555) 010-{1000 + i}",
            f"{i + 10} Oak Avenue",
            ("Austin", "Dallas")[i % 2],
            "TX",
            f"{73301 + i}",
            _day(i, "%m/%d/%Y"),
            ("Y", "N")[i % 2],
        )
        for i in range(33)
    ]  # noqa: E501
    goods = [
        (no, text, kind, "ACME" if i % 2 else "Greenco", f"${price:.2f}")
        for i, (no, text, kind, price) in enumerate(GOODS)
    ]  # noqa: E501
    first = (
        "Trans no",
        "Rung up",
        "Gardener",
        "Tag line",
        "Stock no",
        "How many",
        "Each",
        "Extended",
        "Location",
        "Terminal",
    )  # noqa: E501
    second = (
        "Gardener",
        "Full name",
        "Email addr",
        "Best number",
        "Street addr",
        "City",
        "State",
        "Zip",
        "Signed up",
        "OK to email",
    )  # noqa: E501
    third = ("Stock no", "What it is", "Kind", "Make", "Retail")
    means = _truth(
        "sales.csv",
        {
            "Trans no": "order_lines.order_id",
            "Rung up": "orders.at",
            "Gardener": "orders.record_id",
            "Stock no": "order_lines.product_id",
            "How many": "order_lines.quantity",
            "Extended": "order_lines.amount",
            "Location": "orders.store_id",
        },
    )  # noqa: E501
    means |= _truth(
        "gardeners.csv",
        {
            "Gardener": "source_records.record_id",
            "Full name": "source_records.family_name",
            "Email addr": "source_records.email",
            "Best number": "source_records.phone",
            "Street addr": "source_records.street",
            "City": "source_records.city",
            "Zip": "source_records.postcode",
            "Signed up": "source_records.created_at",
            "OK to email": "permissions.decision",
        },
    )  # noqa: E501
    means |= _truth(
        "price list.csv",
        {
            "Stock no": "products.product_id",
            "What it is": "products.name",
            "Kind": "products.category",
            "Make": "products.brand",
            "Retail": "products.list_price",
        },
    )  # noqa: E501
    personal = {("gardeners.csv", c) for c in second if c not in {"State", "Signed up", "OK to email"}} | {
        ("sales.csv", "Gardener"),
        ("sales.csv", "Terminal"),
    }  # noqa: E501
    files = {
        "sales.csv": Table(first, sales, ","),
        "gardeners.csv": Table(second, people, ","),
        "price list.csv": Table(third, goods, ","),
    }  # noqa: E501
    return Stranger("garden", files, means, frozenset(personal))


def _spa(draw: random.Random) -> Stranger:
    """A German bath: annual tickets, complaints and answers of guests."""
    passes = [
        (
            f"JK-{i}",
            f"gast-{i}",
            ("Familie", "Einzel")[i % 2],
            _day(i),
            _day(i + 365),
            _day(i + 200) if i % 6 == 0 else "",
            _german((29.9, 49.9)[i % 2]),
        )
        for i in range(50)
    ]  # noqa: E501
    grumbles = [
        (
            f"{i + 300}",
            f"gast-{i % 50}",
            f"{_day(i)} 12:{i % 60:02}",
            f"{_day(i + 3)} 09:00" if i % 4 else "",
            ("Wasser zu kalt", "Kasse", "Umkleide")[i % 3],
            ("vor Ort", "Mail", "Telefon")[i % 3],
            f"Der Gast {FIRST[i % 10]} fand das Wasser heute sehr kalt und ging, Nr. {i}",
        )
        for i in range(60)
    ]  # noqa: E501
    answers = [
        (f"A{i}", f"gast-{i % 50}", _day(i), 1 + draw.randrange(5), f"Das Bad war schön, aber der Weg war lang {i}")
        for i in range(70)
    ]  # noqa: E501
    first = ("Jahreskarte", "Gastnummer", "Tarifgruppe", "Laufzeit ab", "Laufzeit bis", "Kündigung zum", "Monatsrate")
    second = (
        "Beschwerde-Nr",
        "Gastnummer",
        "Aufgenommen",
        "Abgeschlossen",
        "Worum geht es",
        "Gemeldet über",
        "Schilderung",
    )  # noqa: E501
    third = ("Antwort", "Gastnummer", "Abgegeben", "Schulnote/Sterne", "Freie Antwort")
    means = _truth(
        "Jahreskarten.csv",
        {
            "Jahreskarte": "contracts.contract_id",
            "Gastnummer": "contracts.record_id",
            "Tarifgruppe": "contracts.product_id",
            "Laufzeit ab": "contracts.start_on",
            "Laufzeit bis": "contracts.term_end_on",
            "Kündigung zum": "contracts.cancelled_on",
            "Monatsrate": "contracts.monthly_fee",
        },
    )  # noqa: E501
    means |= _truth(
        "Beschwerden.csv",
        {
            "Beschwerde-Nr": "service_cases.case_id",
            "Gastnummer": "service_cases.record_id",
            "Aufgenommen": "service_cases.at",
            "Abgeschlossen": "service_cases.closed_at",
            "Worum geht es": "service_cases.topic",
            "Gemeldet über": "service_cases.channel",
        },
    )  # noqa: E501
    means |= _truth(
        "Umfrage.csv",
        {
            "Antwort": "feedback.feedback_id",
            "Gastnummer": "feedback.record_id",
            "Abgegeben": "feedback.at",
            "Schulnote/Sterne": "feedback.stars",
            "Freie Antwort": "feedback.text",
        },
    )  # noqa: E501
    personal = {(f, "Gastnummer") for f in ("Jahreskarten.csv", "Beschwerden.csv", "Umfrage.csv")} | {
        ("Beschwerden.csv", "Schilderung"),
        ("Umfrage.csv", "Freie Antwort"),
    }  # noqa: E501
    files = {
        "Jahreskarten.csv": Table(first, passes),
        "Beschwerden.csv": Table(second, grumbles),
        "Umfrage.csv": Table(third, answers),
    }  # noqa: E501
    return Stranger("spa", files, means, frozenset(personal))


def later_strangers(seed: int = 11) -> tuple[Stranger, ...]:
    """Three firms written down after the words of columns had been made, and on which nothing was tuned."""
    draw = random.Random(seed)  # noqa: S311 - made-up rows
    return tuple(make(draw) for make in (_optician, _garden, _spa))
