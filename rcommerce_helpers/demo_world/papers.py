"""Credit notes and cancellations of the shop: documents of their own, later than the order that they take back.

They change nothing that happened: a credit note carries return lines that otherwise stand on their order, a
cancellation the articles of an order that never came about, at no money. Every other draw of the world stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import STORE_CHANNEL, Orders
from rcommerce_helpers.demo_world.catalogue import Catalogue
from rcommerce_helpers.demo_world.chance import Array, hit
from rcommerce_helpers.demo_world.exports import Coded, Export, table_of
from rcommerce_helpers.demo_world.exports_people import GERMAN, record_text
from rcommerce_helpers.demo_world.exports_trade import line_exports, order_text
from rcommerce_helpers.demo_world.lines import ITEM, RETURN, Lines
from rcommerce_helpers.demo_world.rates import BUYING
from rcommerce_helpers.demo_world.sales import CANCELLED, COMPLETED
from rcommerce_helpers.demo_world.writers import padded, words

KINDS = {"Gutschrift": "credit_note", "Storno": "cancellation"}
CREDIT_NOTE, CANCELLATION = 0, 1
HOUR = 3600


@dataclass(frozen=True)
class Papers:
    """One row = one document: the ``order`` it takes back (a row of the orders), ``at``, ``kind``.

    ``row`` and ``line``: one entry = one line on a document: the document's row, and the order line it repeats or
    replaces; ``moved``: per order line, whether it stands on a credit note instead of its order.
    """

    order: Array
    at: Array
    kind: Array
    row: Array
    line: Array
    moved: Array

    def lines(self, lines: Lines) -> Coded:
        """The columns of the documents' lines; what was cancelled comes back in units, at no money."""
        stopped = self.kind[self.row] == CANCELLATION
        first = np.flatnonzero(np.r_[True, self.row[1:] != self.row[:-1]])[: len(self.row)]
        number = np.arange(len(self.row)) - np.repeat(first, np.diff(np.r_[first, len(self.row)])) + 1
        columns = {"line": number, "product": lines.product[self.line], "kind": lines.kind[self.line]}
        columns["quantity"] = np.where(stopped, -1, 1) * lines.quantity[self.line]
        for name in ("amount", "discount", "tax", "margin"):
            columns[name] = np.where(stopped, 0, getattr(lines, name)[self.line])
        return columns


def build_papers(rng: np.random.Generator, orders: Orders, status: Array, lines: Lines) -> Papers:
    """Documents of one chunk, by order: some of what came back, most of what was cancelled; tills write none."""
    count = orders.count
    posted = orders.channel != STORE_CHANNEL
    back = np.bincount(lines.order[lines.kind == RETURN], minlength=count) > 0
    credited = posted & (status == COMPLETED) & back & hit(rng, BUYING.credit_note, count)
    stopped = posted & (status == CANCELLED) & hit(rng, BUYING.cancellation_paper, count)
    wait = np.where(credited, rng.integers(5 * 24, 28 * 24, count), rng.integers(1, 48, count)) * HOUR
    at = clock.settle(orders.at + wait)
    written = (credited | stopped) & (at < clock.END)
    moved = (credited & written)[lines.order] & (lines.kind == RETURN)
    line = np.flatnonzero(moved | ((stopped & written)[lines.order] & (lines.kind == ITEM)))
    row = np.cumsum(written) - 1
    order = np.flatnonzero(written)
    kind = np.where(stopped[order], CANCELLATION, CREDIT_NOTE)
    return Papers(order, at[order], kind, row[lines.order[line]], line, moved)


def paper_text(number: Array) -> pa.Array:
    """Number of a document as the shop shows it."""
    return padded(number, 10, "G")


def paper_export() -> Export:
    """The heads of the documents: what it is, whose, and which order it takes back."""

    def rows(coded: Coded) -> pa.Table:
        return table_of(
            {
                "Belegnummer": paper_text(coded["number"]),
                "Belegart": words(coded["kind"], KINDS),
                "Kundenkonto": record_text(coded["record"], coded["system"]),
                "Belegdatum": clock.german_moment(coded["at"]),
                "Kanal": words(coded["channel"], ("Onlineshop", "", "Telefon")),
                "Bezug": order_text(coded["order"]),
            }
        )

    return Export(
        key="belege",
        path="shop/belege.csv",
        table="orders",
        rows=rows,
        columns={
            "order_id": "Belegnummer",
            "record_id": "Kundenkonto",
            "at": "Belegdatum",
            "kind": {"column": "Belegart", "values": KINDS},
            "channel": {"column": "Kanal", "values": {"Onlineshop": "web", "Telefon": "phone"}},
            "country": {"constant": "DE"},
        },
        reading={**GERMAN, "source": "shop"},
    )


def paper_line_export(catalogue: Catalogue) -> Export:
    """Their lines, in the words of the order lines."""
    like = line_exports(catalogue)[0]

    def rows(coded: Coded) -> pa.Table:
        return like.rows(coded).set_column(0, "Bestellnummer", paper_text(coded["number"]))

    return replace(
        like, key="belegpositionen", path="shop/belegpositionen.csv", rows=rows, shows=None, bad=(), identity=("", "")
    )
