"""A small shop by formula, and what can be mapped wrongly in it: each fault with the column that should be named.

The clean shop is three files a firm would export: people, order lines with all the amounts a shop system writes, and
web events; invoices are made from the orders. A fault changes the files or the words of sources.toml.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

AS_OF = "2024-06-30"
TOML = """
[data_set]
name = "shop"
title = "Shop"
as_of = {as_of}
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "{tax}"
[files.people]
path = "people.csv"
source = "shop"
date_form = "{birth_form}"
[files.lines]
path = "lines.csv"
source = "shop"
date_form = "{form}"
time_zone = "{zone}"
[files.events]
path = "events.csv"
source = "shop"
[files.invoices]
path = "invoices.csv"
source = "shop"
[tables.source_records]
from = "people"
columns = {{ record_id = "no", given_name = "{given}", family_name = "{family}", email = "{email}", phone = "{phone}", city = "{city}", postcode = "{postcode}", birth_date = "born" }}
[tables.orders]
from = "orders"
columns = {{ order_id = "order", record_id = "{customer}", at = "placed" }}
[files.orders]
path = "orders.csv"
source = "shop"
date_form = "{form}"
time_zone = "{zone}"
[tables.order_lines]
from = "lines"
columns = {{ order_id = "order", product_id = "product", quantity = "{quantity}", amount = "{amount}", tax = "tax" }}
[tables.web_events]
from = "events"
columns = {{ event_id = "event_no", visitor_id = "visitor", session_id = "{session}", at = "when", event = "what", order_id = "order" }}
[tables.invoices]
from = "invoices"
columns = {{ invoice_id = "invoice", order_id = "order", invoiced_on = "day", amount = "total" }}
"""  # noqa: E501
WORDS = {
    "as_of": AS_OF, "tax": "included", "birth_form": "yyyy-mm-dd",
    "form": "dd.mm.yyyy HH:MM:SS", "zone": "Europe/Berlin",
    "given": "first", "family": "last", "email": "mail", "phone": "tel", "city": "town", "postcode": "zip",
    "customer": "customer", "quantity": "units", "amount": "gross", "session": "visit",
}  # fmt: skip
NAMES = (
    "Adler", "Bach", "Cohn", "Dorn", "Ernst", "Falk", "Groß", "Haas", "Ilg", "Jung",
    "Kern", "Lang", "Maas", "Noll", "Ott", "Pohl", "Rau", "Sand", "Thal", "Uhl",
)  # fmt: skip


@dataclass
class Exports:
    """The files as tables of text, and the words of the toml."""

    people: pd.DataFrame
    orders: pd.DataFrame
    lines: pd.DataFrame
    events: pd.DataFrame
    invoices: pd.DataFrame
    words: dict[str, str] = field(default_factory=lambda: dict(WORDS))

    def write(self, folder: Path) -> Path:
        """Write files and sources.toml; its path."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("people", "orders", "lines", "events", "invoices"):
            getattr(self, name).to_csv(folder / f"{name}.csv", index=False)
        (folder / "sources.toml").write_text(TOML.format(**self.words), encoding="utf-8")
        return folder / "sources.toml"


def clean_shop(seed: int, people: int = 200, orders: int = 400) -> Exports:
    """A shop of so many people and orders, drawn by the seed: prices, habits and hours differ from shop to shop."""
    rng = np.random.default_rng(seed)
    born = pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 18_000, people), unit="D")
    number = np.arange(1, people + 1)
    names = rng.choice(NAMES, people)
    crowd = pd.DataFrame({
        "no": [f"K{n:05}" for n in number], "first": rng.choice(NAMES, people), "last": names,
        "mail": [f"{name.lower()}{n}@post.example" for name, n in zip(names, number)],
        "tel": [f"0{rng.integers(150, 180)} {n}" for n in rng.integers(1_000_000, 9_999_999, people)],
        "town": rng.choice(["Kiel", "Ulm", "Trier", "Bonn", "Jena"], people),
        "zip": [f"{n:05}" for n in rng.integers(1000, 99_999, people)],
        "born": born.strftime("%Y-%m-%d"), "since": "2019-03-01", "kind": "consumer",
    })  # fmt: skip
    hour = rng.choice(24, orders, p=_day_of_a_shop(rng))
    day = pd.Timestamp(AS_OF) - pd.to_timedelta(rng.integers(0, 500, orders), unit="D")
    placed = day + pd.to_timedelta(hour * 3600 + rng.integers(0, 3600, orders), unit="s")
    ids = [f"B{n:06}" for n in range(orders)]
    customer = rng.choice(crowd["no"], orders)
    price = dict(enumerate(np.round(rng.lognormal(3.2, 0.7, 40) + 0.99, 2)))
    rows = []
    for order in ids:
        for product in rng.choice(40, rng.integers(1, 5), replace=False):
            units = int(rng.choice([1, 1, 1, 2, 3, 5]))
            back = rng.random() < 0.05  # noqa: PLR2004 - one line in twenty comes back
            rows.append((order, f"P{product:03}", -units if back else units, price[product]))
    lines = pd.DataFrame(rows, columns=["order", "product", "units", "price"])
    lines["gross"] = (lines["units"] * lines["price"]).round(2)
    rate = np.where(lines["product"] < "P010", 0.07, 0.19)
    lines["net"] = (lines["gross"] / (1 + rate)).round(2)
    lines["tax"] = (lines["gross"] - lines["net"]).round(2)
    lines["order_total"] = lines.groupby("order")["gross"].transform("sum").round(2)
    lines["cents"] = (lines["gross"] * 100).round().astype(int)
    lines["unsigned"] = lines["gross"].abs()
    lines["currency"] = "EUR"
    head = pd.DataFrame({"order": ids, "customer": customer, "placed": placed, "buyer": [c.lower() for c in customer]})
    head["placed"] = head["placed"].dt.strftime("%d.%m.%Y %H:%M:%S")
    total = lines.groupby("order")["gross"].sum().round(2).reindex(ids)
    invoices = pd.DataFrame({"invoice": [f"R{n:06}" for n in range(orders)], "order": ids, "total": total.to_numpy()})
    invoices["day"] = placed.strftime("%Y-%m-%d")
    events = pd.DataFrame({"order": ids, "at": placed - pd.to_timedelta(rng.integers(1, 40, orders), unit="s")})
    events["visitor"] = [f"v{n}" for n in customer]
    events["visit"] = [f"s{n}" for n in range(orders)]
    events["count"] = rng.integers(1, 4, orders)
    events["what"] = "purchase"
    events["event_no"] = range(orders)
    events["when"] = events.pop("at").dt.strftime("%Y-%m-%d %H:%M:%S")
    return Exports(crowd, head, lines, events, invoices)


def _day_of_a_shop(rng: np.random.Generator) -> np.ndarray:
    weight = np.array([2, 1, 0.5, 0.3, 0.3, 1, 2, 4, 6, 8, 9, 10, 10, 9, 8, 8, 9, 10, 11, 12, 12, 10, 7, 4])
    weight = weight * rng.uniform(0.8, 1.2, 24)
    return weight / weight.sum()


Fault = Callable[[Exports], None]


def worded(**words: str) -> Fault:
    """A fault of the declaration alone."""
    return lambda shop: shop.words.update(words)


def _half_in_cents(shop: Exports) -> None:
    half = np.arange(len(shop.lines)) >= len(shop.lines) // 2
    shop.lines["gross"] = np.where(half, (shop.lines["gross"] * 100).round(), shop.lines["gross"])
    shop.lines["gross"] = [f"{v:.0f}" if late else f"{v:.2f}" for v, late in zip(shop.lines["gross"], half)]
    shop.lines["tax"] = ""
    shop.invoices["total"] = (
        shop.lines["net"].groupby(shop.lines["order"]).sum().reindex(shop.invoices["order"]).to_numpy()
    )


def _without_tax(shop: Exports, amount: str) -> None:
    shop.lines["tax"] = ""
    shop.words["amount"] = amount


def _orders_in(year: str) -> Fault:
    def fault(shop: Exports) -> None:
        shop.orders.loc[:2, "placed"] = f"05.03.{year} 12:00:00"

    return fault


def _days_only_in_utc(shop: Exports) -> None:
    day = pd.to_datetime(shop.orders["placed"], format="%d.%m.%Y %H:%M:%S").dt.normalize()
    summer = day.dt.month.between(4, 10)
    shop.orders["placed"] = (day - pd.to_timedelta(np.where(summer, 2, 1), unit="h")).dt.strftime("%d.%m.%Y %H:%M:%S")
    shop.events = shop.events.iloc[:1]


def _shifted(hours: int, *, with_events: bool) -> Fault:
    def fault(shop: Exports) -> None:
        moved = pd.to_datetime(shop.orders["placed"], format="%d.%m.%Y %H:%M:%S") - pd.Timedelta(hours=hours)
        shop.orders["placed"] = moved.dt.strftime("%d.%m.%Y %H:%M:%S")
        if not with_events:
            shop.events = shop.events.iloc[:1]

    return fault


def _american(shop: Exports) -> None:
    moved = pd.to_datetime(shop.orders["placed"], format="%d.%m.%Y %H:%M:%S")
    shop.orders["placed"] = moved.dt.strftime("%m.%d.%Y %H:%M:%S")


def _placed(column: str, value: str, share: float) -> Fault:
    def fault(shop: Exports) -> None:
        shop.people.loc[: int(share * len(shop.people)), column] = value

    return fault


def _sum_below(shop: Exports) -> None:
    last = {"invoice": "R999999", "order": "", "total": round(shop.invoices["total"].sum(), 2), "day": AS_OF}
    shop.invoices = pd.concat([shop.invoices, pd.DataFrame([last])])


def _mojibake(shop: Exports) -> None:
    shop.people["last"] = [name.encode().decode("cp1252") for name in shop.people["last"]]


def _dollars(shop: Exports) -> None:
    shop.lines.loc[::20, "currency"] = "USD"


def _signs_lost(shop: Exports) -> None:
    shop.words["amount"] = "unsigned"
    shop.lines["tax"] = shop.lines["tax"].abs()


FAULTS: dict[str, tuple[Fault, str]] = {
    "amounts in cents": (worded(amount="cents"), "order_lines.amount"),
    "half of the file in cents": (_half_in_cents, "order_lines.amount"),
    "net taken as gross": (worded(amount="net"), "order_lines.amount"),
    "net taken as gross, no tax column": (lambda shop: _without_tax(shop, "net"), "order_lines.amount"),
    "gross taken as net": (worded(tax="excluded"), "order_lines.amount"),
    "unit price as amount": (worded(amount="price"), "order_lines.amount"),
    "order total on each line": (worded(amount="order_total"), "order_lines.amount"),
    "refunds positive": (_signs_lost, "order_lines.amount"),
    "units and amount swapped": (worded(amount="units", quantity="gross"), "order_lines.quantity"),
    "two currencies": (_dollars, "order_lines.amount"),
    "orders in 2042": (_orders_in("2042"), "orders.at"),
    "as_of half a year early": (worded(as_of="2023-12-31"), "orders.at"),
    "days cut in UTC": (_days_only_in_utc, "orders.at"),
    "a clock eight hours off": (_shifted(8, with_events=False), "orders.at"),
    "UTC taken as local": (_shifted(2, with_events=True), "orders.at"),
    "day and month swapped": (_american, "orders.at"),
    "keys that do not join": (worded(customer="buyer"), "orders.record_id"),
    "session numbers shared": (worded(session="count"), "web_events.session_id"),
    "an order of 1970": (_orders_in("1970"), "orders.at"),
    "births of 1900": (_placed("born", "1900-01-01", 0.2), "source_records.birth_date"),
    "mail as last name": (worded(family="mail"), "source_records.family_name"),
    "telephone as town": (worded(city="tel"), "source_records.city"),
    "day as first name": (worded(given="since"), "source_records.given_name"),
    "town as postcode": (worded(postcode="town"), "source_records.postcode"),
    "name as telephone": (worded(phone="last"), "source_records.phone"),
    "kind as e-mail": (worded(email="kind"), "source_records.email"),
    "one mail for nearly all": (_placed("mail", "shop@shop.example", 0.8), "source_records.email"),
    "the sum below": (_sum_below, "invoices.amount"),
    "as_of far after": (worded(as_of="2025-06-30"), "orders.at"),
    "letters of two encodings": (_mojibake, "source_records.family_name"),
}
"""Name -> what is wrong, and the canonical column on which it should be named."""
