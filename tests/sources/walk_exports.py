"""Six exports of one small firm, as six systems write them, and what is true of it: the walk of ``docs/own_data.md``.

A Shopify shop, a HubSpot in German saved as cp1252, a Zendesk, Trustpilot, DATEV bookings, and an Excel list of loyalty
cards with title lines above its header. The firm is made up; the headers are those the systems document.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl

FIRST = ("Anna", "Björn", "Clara", "Dörte", "Emre", "Franziska", "Günther", "Hanna", "Ivo", "Jürgen", "Käthe", "Lukas")
LAST = ("Müller", "Schmidt", "Weiß", "Özdemir", "Schröder", "Kühn", "Jäger", "Nowak", "Großmann", "Peters", "Arslan")
STREETS = ("Gartenstraße", "Am Brühl", "Lindenweg", "Kölner Str.", "Schloßplatz", "Mühlgasse")
TOWNS = (("01067", "Dresden"), ("04109", "Leipzig"), ("50667", "Köln"), ("80331", "München"), ("06108", "Halle"))
SHELF = (
    ("KAF-250", "Röstkaffee 250 g", 890),
    ("KAF-1000", "Röstkaffee 1 kg", 2990),
    ("FIL-100", "Filter, 100 Stück", 495),
    ("MUE-01", "Handmühle", 7900),
    ("TAS-02", 'Becher "Groß"', 1450),
    ("TEE-100", "Kräutertee 100 g", 690),
    ("SCH-70", "Schokolade 70 %", 420),
    ("KAN-05", "Kanne 0,5 l", 3450),
)
SUBJECTS = ("Wo ist mein Paket?", "Kaffee zu dunkel", "Rechnung fehlt", "Mühle klemmt", "Frage zum Filter")
FROM, DAYS = datetime(2023, 1, 2, 8), 530
TAX = 19


@dataclass
class Person:
    """One of the firm's customers; ``taste`` are the two products bought again and again."""

    number: int
    given: str
    family: str
    mail: str
    phone: str
    street: str
    town: tuple[str, str]
    wants_mail: bool
    rate: float
    taste: tuple[int, int]


@dataclass
class Truth:
    """What must come out; money in cents, tax included.

    ``net``: paid for goods and shipping, cancelled orders and refunds taken off. ``no_mail``: addresses that said no.
    """

    net: int = 0
    orders: int = 0
    cancelled: int = 0
    booked: int = 0
    tickets: int = 0
    reviews: int = 0
    no_mail: set[str] = field(default_factory=set)


def write_exports(folder: Path, *, people: int = 900, seed: int = 11) -> Truth:
    """Write the six files into a folder; what is true of them."""
    rng = random.Random(seed)  # noqa: S311 - made-up people, no secret
    folder.mkdir(parents=True, exist_ok=True)
    firm = [_person(rng, i) for i in range(people)]
    truth = Truth()
    orders = _shop(folder / "orders_export_1.csv", firm, truth, rng)
    _hubspot(folder / "hubspot-crm-exports-alle-kontakte.csv", firm, truth, rng)
    _zendesk(folder / "tickets.csv", firm, truth, rng)
    _trustpilot(folder / "trustpilot reviews.csv", orders, truth, rng)
    _datev(folder / "EXTF_Buchungsstapel.csv", orders, truth)
    _cards(folder / "Kundenkarten.xlsx", firm, truth, rng)
    return truth


def _person(rng: random.Random, i: int) -> Person:
    given, family = rng.choice(FIRST), rng.choice(LAST)
    flat = f"{given}.{family}{i}".lower()
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        flat = flat.replace(letter, plain)
    first, second = rng.sample(range(len(SHELF)), 2)
    return Person(
        i,
        given,
        family,
        f"{flat}@post.example",
        f"+49 170 {5550000 + i}",
        f"{rng.choice(STREETS)} {rng.randint(1, 99)}",
        rng.choice(TOWNS),
        rng.random() < 0.8,
        rng.gammavariate(1.2, 0.005),
        (first, second),
    )


@dataclass
class Order:
    """One order as the shop keeps it, cents."""

    name: str
    who: Person
    at: datetime
    lines: list[tuple[int, int, int]]
    code_off: int
    shipping: int
    cancelled: bool
    refunded: int

    @property
    def goods(self) -> int:
        return sum(SHELF[item][2] * units - off for item, units, off in self.lines)

    @property
    def total(self) -> int:
        return self.goods - self.code_off + self.shipping


def _orders(firm: list[Person], rng: random.Random) -> list[Order]:
    placed = []
    for who in firm:
        day = rng.expovariate(who.rate)
        while day < DAYS:
            placed.append((FROM + timedelta(days=int(day), seconds=rng.randrange(50_000)), who))
            day += 1 + rng.expovariate(who.rate * 2)
    return [_order(f"#{1001 + i}", at, who, rng) for i, (at, who) in enumerate(sorted(placed, key=lambda p: p[0]))]


def _order(name: str, at: datetime, who: Person, rng: random.Random) -> Order:
    lines = []
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        item = rng.choice(who.taste) if rng.random() < 0.7 else rng.randrange(len(SHELF))
        units = rng.choice((1, 1, 1, 2, 3))
        off = rng.choice((0, 0, 0, 0, 100)) * units
        if item not in [i for i, _, _ in lines]:
            lines.append((item, units, off))
    order = Order(name, who, at, lines, 0, 0, rng.random() < 0.03, 0)
    order.code_off = order.goods // 10 if rng.random() < 0.15 else 0
    order.shipping = 0 if order.goods - order.code_off >= 5000 else 490
    if not order.cancelled and rng.random() < 0.05:
        item, units, off = lines[0]
        order.refunded = min(SHELF[item][2] * units - off, order.total)
    return order


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem "
    "price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment "
    "status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,"
    "Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note "
    "Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,"
    "Phone,Receipt Number,Duties,Payment Terms Name,Next Payment Due At"
)


def _shop(path: Path, firm: list[Person], truth: Truth, rng: random.Random) -> list[Order]:
    orders = _orders(firm, rng)
    rows = [row for order in orders for row in _shop_rows(order)]
    _write(path, SHOPIFY.split(","), rows, encoding="utf-8")
    truth.orders = len(orders)
    truth.cancelled = sum(order.cancelled for order in orders)
    truth.net = sum(order.total - order.refunded for order in orders if not order.cancelled)
    truth.no_mail |= {order.who.mail for order in orders if not order.who.wants_mail}
    return orders


def _shop_rows(order: Order) -> list[dict[str, str]]:
    """One row per line; what belongs to the order stands on the first one only."""
    at, who = order.at, order.who
    zone = "+0200" if datetime(2023, 3, 26) <= at < datetime(2023, 10, 29) or at >= datetime(2024, 3, 31) else "+0100"
    stamp = f"{at:%Y-%m-%d %H:%M:%S} {zone}"
    status = "voided" if order.cancelled else "partially_refunded" if order.refunded else "paid"
    head = {
        "Financial Status": status,
        "Paid at": "" if order.cancelled else stamp,
        "Fulfillment Status": "fulfilled",
        "Accepts Marketing": "yes" if who.wants_mail else "no",
        "Currency": "EUR",
        "Subtotal": _dot(order.goods - order.code_off),
        "Shipping": _dot(order.shipping),
        "Taxes": _dot(round(order.total * TAX / (100 + TAX))),
        "Total": _dot(order.total),
        "Discount Code": "SOMMER10" if order.code_off else "",
        "Discount Amount": _dot(order.code_off),
        "Shipping Method": "Standard",
        "Billing Name": f"{who.given} {who.family}",
        "Billing Street": who.street,
        "Billing Address1": who.street,
        "Billing City": who.town[1],
        "Billing Zip": f"'{who.town[0]}",
        "Billing Country": "DE",
        "Billing Phone": who.phone,
        "Shipping Name": f"{who.given} {who.family}",
        "Shipping City": who.town[1],
        "Shipping Zip": f"'{who.town[0]}",
        "Shipping Country": "DE",
        "Cancelled at": stamp if order.cancelled else "",
        "Payment Method": "PayPal",
        "Refunded Amount": _dot(order.refunded),
        "Outstanding Balance": "0.00",
        "Id": str(5_100_000_000_000 + int(order.name[1:])),
        "Risk Level": "Low",
        "Source": "web",
        "Tax 1 Name": "DE MwSt 19%",
        "Tax 1 Value": _dot(round(order.total * TAX / (100 + TAX))),
    }
    rows = []
    for i, (item, units, off) in enumerate(order.lines):
        sku, name, price = SHELF[item]
        rows.append(
            {
                "Name": order.name,
                "Email": who.mail,
                **(head if i == 0 else {}),
                "Created at": stamp,
                "Lineitem quantity": str(units),
                "Lineitem name": name,
                "Lineitem price": _dot(price),
                "Lineitem sku": sku,
                "Lineitem requires shipping": "true",
                "Lineitem taxable": "true",
                "Lineitem fulfillment status": "fulfilled",
                "Lineitem discount": _dot(off),
                "Vendor": "Rösterei",
            }
        )
    return rows


def _hubspot(path: Path, firm: list[Person], truth: Truth, rng: random.Random) -> None:
    header = [
        "Datensatz-ID",
        "Vorname",
        "Nachname",
        "E-Mail",
        "Telefonnummer",
        "Zuständiger Mitarbeiter für Kontakt",
        "Lead-Status",
        "Marketingkontakt-Status",
        "Von allen E-Mails abgemeldet",
        "Erstellungsdatum",
        "Postleitzahl",
        "Ort",
        "Lifecycle-Phase",
    ]
    rows = []
    for who in firm:
        if rng.random() < 0.7:
            out = rng.random() < 0.1
            truth.no_mail |= {who.mail} if out else set()
            made = FROM + timedelta(days=rng.randrange(DAYS))
            rows.append(
                dict(
                    zip(
                        header,
                        (
                            str(90_100_000 + who.number),
                            who.given,
                            who.family,
                            who.mail,
                            who.phone,
                            "Sabine Krüger",
                            "Offen",
                            "Marketingkontakt",
                            "Ja" if out else "Nein",
                            f"{made:%d.%m.%Y %H:%M}",
                            who.town[0],
                            who.town[1],
                            "Kunde",
                        ),
                    )
                )
            )
    _write(path, header, rows, encoding="cp1252", delimiter=";")


def _zendesk(path: Path, firm: list[Person], truth: Truth, rng: random.Random) -> None:
    header = [
        "Id",
        "Requester",
        "Requester id",
        "Requester external id",
        "Requester email",
        "Subject",
        "Status",
        "Priority",
        "Via",
        "Tags",
        "Group",
        "Assignee",
        "Created at",
        "Updated at",
        "Solved at",
        "Satisfaction Score",
        "Reopens",
        "Replies",
    ]
    rows = []
    for number in range(240):
        who = rng.choice(firm)
        made = FROM + timedelta(days=rng.randrange(DAYS), seconds=rng.randrange(80_000))
        done = made + timedelta(hours=rng.randrange(1, 90))
        rows.append(
            dict(
                zip(
                    header,
                    (
                        str(7001 + number),
                        f"{who.given} {who.family}",
                        str(380_000_000 + who.number),
                        "",
                        who.mail,
                        rng.choice(SUBJECTS),
                        "Solved",
                        "Normal",
                        rng.choice(("Mail", "Web form", "Phone")),
                        "kaffee versand",
                        "Kundendienst",
                        "Tim",
                        f"{made:%Y-%m-%d %H:%M}",
                        f"{done:%Y-%m-%d %H:%M}",
                        f"{done:%Y-%m-%d %H:%M}",
                        rng.choice(("Good", "Bad", "Offered", "Not Offered")),
                        str(rng.choice((0, 0, 0, 1))),
                        str(rng.randrange(1, 5)),
                    ),
                )
            )
        )
    truth.tickets = len(rows)
    _write(path, header, rows, encoding="utf-8")


def _trustpilot(path: Path, orders: list[Order], truth: Truth, rng: random.Random) -> None:
    header = [
        "Review Id",
        "Review Created (UTC)",
        "Review Consumer User Id",
        "Review Title",
        "Review Content",
        "Review Stars",
        "Source of review",
        "Review Username",
        "Reference Id",
        "Company Reply Date (UTC)",
        "Tags",
    ]
    rows = []
    for order in rng.sample(orders, min(180, len(orders))):
        made = order.at + timedelta(days=9)
        text = rng.choice(("Schnell da,\ngerne wieder.", 'Der "Große" ist klein; schade.', "Alles gut"))
        rows.append(
            dict(
                zip(
                    header,
                    (
                        f"64f{rng.getrandbits(84):021x}",
                        f"{made:%Y-%m-%d %H:%M:%S}",
                        f"5e{rng.getrandbits(88):022x}",
                        "Kaffee",
                        text,
                        str(rng.choice((5, 5, 4, 4, 3, 1))),
                        "InvitationLinkApi",
                        f"{order.who.given} {order.who.family[0]}.",
                        order.name,
                        "",
                        "",
                    ),
                )
            )
        )
    truth.reviews = len(rows)
    _write(path, header, rows, encoding="utf-8-sig")


DATEV = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;Gegenkonto "
    "(ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext"
)


def _datev(path: Path, orders: list[Order], truth: Truth) -> None:
    """Invoices and refunds of 2024, one booking each, and the rent, which no order explains."""
    first = (
        '"EXTF";700;21;"Buchungsstapel";13;20240702093000000;;"RE";"";"";1001;1;20240101;4;'
        '20240101;20240630;"2024";"";1;0;0;"EUR"'
    )
    lines = [first, DATEV]
    for order in orders:
        if order.cancelled or order.at.year != 2024:
            continue
        account = str(10000 + order.who.number)
        lines.append(_booking(order.total, "S", account, order.at, order.name[1:], "Rechnung Onlineshop"))
        truth.booked += order.total
        if order.refunded:
            lines.append(_booking(order.refunded, "H", account, order.at, order.name[1:], "Gutschrift"))
            truth.booked -= order.refunded
    lines.append(_booking(120_000, "S", "4210", datetime(2024, 1, 2), "MIETE01", "Miete Januar", against="1200"))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))


def _booking(cents: int, side: str, account: str, at: datetime, proof: str, text: str, against: str = "8400") -> str:
    amount = f"{cents // 100},{cents % 100:02d}"
    return f'{amount};"{side}";"EUR";;;"";{account};{against};"";{at:%d%m};"{proof}";"";;"{text}"'


def _cards(path: Path, firm: list[Person], truth: Truth, rng: random.Random) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Karten"
    for line in (["Kundenkarten Rösterei"], ["Stand: 30.06.2024"], []):
        sheet.append(line)
    sheet.append(
        [
            "Kartennr.",
            "Anrede",
            "Vorname",
            "Name",
            "Straße",
            "PLZ",
            "Ort",
            "Telefon",
            "E-Mail",
            "Geburtsdatum",
            "Kunde seit",
            "Newsletter",
        ]
    )
    n = 0
    for who in firm:
        if rng.random() < 0.35:
            n += 1
            since = FROM + timedelta(days=rng.randrange(DAYS))
            born = datetime(rng.randrange(1940, 2003), rng.randrange(1, 13), rng.randrange(1, 29))
            wants = rng.random() < 0.85
            truth.no_mail |= set() if wants else {who.mail}
            sheet.append(
                [
                    f"K{who.number:06d}",
                    "",
                    who.given,
                    who.family,
                    who.street,
                    who.town[0],
                    who.town[1],
                    who.phone,
                    who.mail,
                    born.date(),
                    since.date(),
                    "ja" if wants else "nein",
                ]
            )
    sheet.append(["Summe", "", f"{n} Karten"])
    book.save(path)


def _write(path: Path, header: list[str], rows: list[dict[str, str]], *, encoding: str, delimiter: str = ",") -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, header, delimiter=delimiter, restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def _dot(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
