"""Order lines: which product at which price, how many, with which discount, what came back, delivery and vouchers.

Money in cents, tax contained. A line that came back is a second, negative line on the order it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import STORE_CHANNEL, WEB_CHANNEL, Orders, Wishes
from rcommerce_helpers.demo_world.catalogue import CATEGORIES, CODE, SIZES, SORTS, Catalogue
from rcommerce_helpers.demo_world.chance import Array, hit, ragged
from rcommerce_helpers.demo_world.needs import Needs, favourite_product
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import BUYING

ITEM, RETURN, VOUCHER, SHIPPING = 0, 1, 2, 3


@dataclass(frozen=True)
class Lines:
    """One row = one line of one order; money in cents with tax."""

    order: Array
    number: Array
    product: Array
    kind: Array
    quantity: Array
    amount: Array
    discount: Array
    tax: Array
    margin: Array

    def worth(self, orders: int) -> Array:
        """Cents each order brought after returns."""
        return np.bincount(self.order, weights=self.amount, minlength=orders)


def build_lines(
    rng: np.random.Generator, people: People, needs: Needs, catalogue: Catalogue, orders: Orders, wishes: Wishes
) -> Lines:  # noqa: PLR0913 - the six things a line is made of
    """Lines of all orders, in the order of the orders."""
    order, category = _sorts(rng, wishes)
    person, at = orders.person[order], orders.at[order]
    product = _products(rng, catalogue, needs.favourite[person, category], category)
    product, misfit = _sized(rng, catalogue, product, people.size[person])
    quantity = _quantities(rng, category)
    month = np.searchsorted(clock.month_starts(), at, side="right") - 1
    asked, listed = catalogue.offer[month, product], catalogue.price[month, product]
    amount = np.rint(asked * 100).astype(np.int64) * quantity
    discount = np.rint((listed - asked) * 100).astype(np.int64) * quantity
    items = (order, product, np.full(len(order), ITEM), quantity, amount, discount)
    chance = catalogue.returned[product] * np.where(misfit, 2.6, 1.0)
    chance = np.where(orders.channel[order] == STORE_CHANNEL, chance * 0.3, chance)
    back = hit(rng, np.minimum(chance, 0.9), len(order))
    returns = (
        order[back],
        product[back],
        np.full(int(back.sum()), RETURN),
        -quantity[back],
        -amount[back],
        0 * amount[back],
    )
    sums = np.bincount(order, weights=amount, minlength=orders.count)
    parts = (items, returns, _vouchers(rng, catalogue, orders, sums), _shipping(catalogue, orders, sums))
    order, product, kind, quantity, amount, discount = (np.concatenate([p[i] for p in parts]) for i in range(6))
    return _finished(catalogue, (order, product, kind, quantity, amount, discount))


def _sorts(rng: np.random.Generator, wishes: Wishes) -> tuple[Array, Array]:
    """A wish may be for several sorts at once: three kinds of capsules, two shirts."""
    mean = np.ones(len(CATEGORIES))
    for name, value in SORTS.items():
        mean[CODE[name]] = value
    counts = 1 + rng.poisson(mean[wishes.category] - 1)
    row, _ = ragged(counts.clip(1, 6))
    return wishes.order[row], wishes.category[row]


def _products(rng: np.random.Generator, catalogue: Catalogue, favourite: Array, category: Array) -> Array:
    """The favourite, or another one by popularity."""
    product = np.zeros(len(category), dtype=np.int64)
    faithful = hit(rng, BUYING.favourite, len(category))
    other = rng.random(len(category))
    for code in np.unique(category):
        rows = np.flatnonzero(category == code)
        draw = np.where(faithful[rows], favourite[rows], other[rows])
        product[rows] = favourite_product(catalogue, int(code), draw)
    return product


def _sized(rng: np.random.Generator, catalogue: Catalogue, product: Array, size: Array) -> tuple[Array, Array]:
    """The same shoe in the person's size, now and then one off; and which lines are one off."""
    shoe = np.flatnonzero(catalogue.category[product] == CODE["Laufschuhe"])
    first = catalogue.of("Laufschuhe")[0]
    wrong = hit(rng, BUYING.wrong_size, len(shoe))
    wanted = (size[shoe] + np.where(wrong, rng.choice([-1, 1], len(shoe)), 0)).clip(0, len(SIZES) - 1)
    result, misfit = product.copy(), np.zeros(len(product), dtype=bool)
    result[shoe] = first + (product[shoe] - first) // len(SIZES) * len(SIZES) + wanted
    misfit[shoe] = wrong
    return result, misfit


def _quantities(rng: np.random.Generator, category: Array) -> Array:
    """Mostly one; capsules by the stack."""
    capsules = category == CODE["Kaffeekapseln"]
    few = np.isin(category, [CODE[n] for n in ("Kaffeebohnen", "Körperpflege", "Staubsaugerbeutel", "Batterien")])
    count = len(category)
    return np.where(capsules, 1 + rng.poisson(2.2, count), np.where(few, 1 + rng.poisson(0.4, count), 1))


Part = tuple[Array, Array, Array, Array, Array, Array]


def _vouchers(rng: np.random.Generator, catalogue: Catalogue, orders: Orders, sums: Array) -> Part:
    """Vouchers of 5 or 10 EUR on web orders above 40 EUR."""
    row = np.flatnonzero((orders.channel == WEB_CHANNEL) & (sums > 4000) & hit(rng, BUYING.voucher, orders.count))
    value = -rng.choice([500, 1000], len(row), p=[0.6, 0.4])
    one = np.ones(len(row), dtype=np.int64)
    return row, catalogue.voucher * one, VOUCHER * one, one, value, 0 * value


def _shipping(catalogue: Catalogue, orders: Orders, sums: Array) -> Part:
    """Delivery is charged below the limit."""
    row = np.flatnonzero((orders.channel != STORE_CHANNEL) & (sums < 100 * BUYING.free_from))
    one = np.ones(len(row), dtype=np.int64)
    fee = round(100 * BUYING.shipping_fee)
    return row, catalogue.shipping * one, SHIPPING * one, one, fee * one, 0 * one


def _finished(catalogue: Catalogue, columns: Part) -> Lines:
    """Sorted by order, numbered, with tax and margin."""
    order, product, kind, quantity, amount, discount = columns
    rank = np.lexsort((kind, order))
    order, product, kind = order[rank], product[rank], kind[rank]
    quantity, amount, discount = quantity[rank], amount[rank], discount[rank]
    share = catalogue.tax[product]
    net = amount / (1 + share)
    margin = np.where(
        kind <= RETURN, net * catalogue.margin[product] - np.where(kind == ITEM, 0.75, 0.0) * discount, net
    )
    margin = np.where(kind == SHIPPING, 0.0, margin)
    margin = np.where(kind == RETURN, margin - 390, margin)  # handling of a parcel that comes back, cents, assumed
    first = np.flatnonzero(np.r_[True, order[1:] != order[:-1]])
    number = np.arange(len(order)) - np.repeat(first, np.diff(np.r_[first, len(order)])) + 1
    tax = np.rint(amount - net).astype(np.int64)
    return Lines(order, number, product, kind, quantity, amount, discount, tax, np.rint(margin).astype(np.int64))
