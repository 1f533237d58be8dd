"""A small firm by the dice, written down by each system in its own way: people, and what they ordered.

Money in cents, tax of 19 % included. Everything that is easily misread occurs: several lines, units, discounts, paid
and free shipping, refunds, cancelled orders, guests, umlauts, postal codes that begin with 0.
"""

# ruff: noqa: E501 - headers as the systems write them, one row a line
from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST = ("Anja", "Björn", "Celia", "Dörte", "Emil", "Frauke", "Götz", "Hülya", "Ines", "Jörg", "Kaja", "Lütfi")
LAST = ("Ahrens", "Böhm", "Çetin", "Daßler", "Eßer", "Fröhlich", "Groß", "Hübner", "Ilg", "Jäckel", "Köhler", "Lauß")
STREETS = ("Bäckergasse", "Am Weiher", "Königstraße", "Schäferweg", "Uferstraße")
TOWNS = (("01099", "Dresden"), ("06844", "Dessau-Roßlau"), ("51063", "Köln"), ("89073", "Ulm"), ("97070", "Würzburg"))
GOODS = (
    ("SEI-01", "Seife, Lavendel", 645),
    ("SEI-02", "Seife, Zitrone", 595),
    ("BUE-10", "Bürste groß", 2290),
    ("KRE-05", 'Creme "Süden" 50 ml', 1849),
    ("OEL-20", "Badeöl 200 ml", 1275),
    ("TUC-03", "Handtuch, türkis", 3490),
)
BEGIN, DAYS = datetime(2023, 3, 1, 7), 470
PEOPLE, ORDERS = 60, 160


@dataclass(frozen=True)
class Person:
    """Somebody who buys; ``mail_said``: True, False, or None where nobody asked."""

    number: int
    given: str
    family: str
    mail: str
    phone: str
    street: str
    town: tuple[str, str]
    since: datetime
    mail_said: bool | None
    said_at: datetime


@dataclass(frozen=True)
class Line:
    """``price`` of one unit; ``off`` is taken from the whole line."""

    item: int
    units: int
    off: int

    @property
    def goods(self) -> tuple[str, str, int]:
        return GOODS[self.item]

    @property
    def amount(self) -> int:
        return self.goods[2] * self.units - self.off


@dataclass(frozen=True)
class Order:
    """``refunded``: cents given back for units of the first line; ``guest``: the buyer has no account."""

    number: int
    who: Person
    at: datetime
    lines: tuple[Line, ...]
    shipping: int
    cancelled: bool
    guest: bool
    refunded_units: int

    @property
    def goods(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def total(self) -> int:
        return self.goods + self.shipping

    @property
    def refunded(self) -> int:
        first = self.lines[0]
        return first.amount * self.refunded_units // first.units

    @property
    def net(self) -> int:
        return 0 if self.cancelled else self.total - self.refunded


@dataclass(frozen=True)
class Firm:
    people: tuple[Person, ...]
    orders: tuple[Order, ...]

    @property
    def buyers(self) -> set[str]:
        return {order.who.mail for order in self.orders}


@dataclass(frozen=True)
class Sample:
    """Files as a system writes them, and what must come of them.

    ``title``: what the guide calls each file; ``landed``: table -> rows; ``net`` in cents; ``kinds``: (kind, status) of
    orders -> how many; ``no`` and ``yes``: (purpose, channel, contact point) that said so; ``aside``: rule -> rows;
    ``sums``: table.column -> its sum; ``only_there``: table -> keys and money that
    only the other side of a reconciliation states, and is right to.
    """

    files: Mapping[str, bytes]
    presets: tuple[str, ...]
    landed: Mapping[str, int]
    net: int | None = None
    kinds: Mapping[tuple[str, str], int] = field(default_factory=dict)
    no: frozenset[tuple[str, str, str]] = frozenset()
    yes: frozenset[tuple[str, str, str]] = frozenset()
    aside: Mapping[str, int] = field(default_factory=dict)
    sums: Mapping[str, float] = field(default_factory=dict)
    only_there: Mapping[str, tuple[int, float]] = field(default_factory=dict)


def make_firm(seed: int = 3, *, people: int = PEOPLE, orders: int = ORDERS) -> Firm:
    """People and orders, the same for the same seed."""
    rng = random.Random(seed)
    firm = tuple(_person(rng, i) for i in range(people))
    placed = sorted(BEGIN + timedelta(days=rng.randrange(DAYS), seconds=rng.randrange(50_000)) for _ in range(orders))
    return Firm(firm, tuple(_order(rng, 5001 + i, at, rng.choice(firm)) for i, at in enumerate(placed)))


def _person(rng: random.Random, i: int) -> Person:
    given, family = rng.choice(FIRST), rng.choice(LAST)
    since = BEGIN - timedelta(days=rng.randrange(1, 300), seconds=rng.randrange(40_000))
    return Person(
        301 + i, given, family, f"kundin{i}.{'abcdefgh'[i % 8]}@post.example", f"+49 151 {2340000 + 37 * i}",
        f"{rng.choice(STREETS)} {rng.randint(1, 120)}", rng.choice(TOWNS), since, (True, False, None)[i % 3],
        since + timedelta(days=1, seconds=i),
    )  # fmt: skip


def _order(rng: random.Random, number: int, at: datetime, who: Person) -> Order:
    items = rng.sample(range(len(GOODS)), rng.choice((1, 1, 2, 3)))
    lines = tuple(Line(i, (units := rng.choice((1, 1, 2, 3))), rng.choice((0, 0, 50)) * units) for i in items)
    goods = sum(line.amount for line in lines)
    cancelled = rng.random() < 0.06
    back = 1 if not cancelled and rng.random() < 0.12 else 0
    return Order(number, who, at, lines, 0 if goods > 4000 else 490, cancelled, who.number % 5 == 0, back)


def tax_in(cents: int) -> int:
    """Tax of 19 % in an amount."""
    return round(cents * 19 / 119)


def dot(cents: int) -> str:
    return f"{cents / 100:.2f}"


def comma(cents: int) -> str:
    return dot(cents).replace(".", ",")


def table(header: str, rows: Sequence[Mapping[str, object]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A text file with every column of a header; a name that the header lacks is a fault of the sample."""
    names = header.split(delimiter if delimiter in header else ",")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)
