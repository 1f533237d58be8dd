"""Accounting: an invoice per order and tax rate, credit notes for what came back, ten years of invoices for durables.

Tariffs are billed by the network operator and are not in these books. Accounts 8400 (19 %) and 8300 (7 %) of the
German standard chart SKR 03.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import STORE_CHANNEL, Orders
from rcommerce_helpers.demo_world.catalogue import Catalogue
from rcommerce_helpers.demo_world.chance import Array, hit, stream
from rcommerce_helpers.demo_world.lines import RETURN, Lines
from rcommerce_helpers.demo_world.needs import Needs, favourite_product


@dataclass(frozen=True)
class Bookings:
    """One row = one booking; days as seconds at midnight, -1 = not yet; cents; ``order`` -1 = before the window."""

    person: Array
    order: Array
    on: Array
    due: Array
    paid: Array
    amount: Array
    tax: Array
    account: Array


def build_bookings(
    seed: int, chunk: int, needs: Needs, catalogue: Catalogue, sales: tuple[Orders, Lines, Array]
) -> Bookings:
    """Bookings of one chunk; ``sales`` = orders, lines, and which orders were really delivered."""
    rng = stream(seed, "books", chunk)
    orders, lines, delivered = sales
    parts = [
        _invoices(rng, catalogue, orders, lines, delivered, returned=False),
        _invoices(rng, catalogue, orders, lines, delivered, returned=True),
        _old_invoices(rng, needs, catalogue),
    ]
    return Bookings(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Bookings)))


def _invoices(
    rng: np.random.Generator, catalogue: Catalogue, orders: Orders, lines: Lines, delivered: Array, *, returned: bool
) -> Bookings:  # noqa: PLR0913 - one more than six: the two kinds share all rules
    """One booking per order and tax rate, of what was sold or of what came back."""
    chosen = np.flatnonzero(delivered[lines.order] & ((lines.kind == RETURN) == returned))
    low = catalogue.tax[lines.product[chosen]] < 0.1
    key = lines.order[chosen] * 2 + low
    groups, place = np.unique(key, return_inverse=True)
    amount = np.bincount(place, weights=lines.amount[chosen], minlength=len(groups)).astype(np.int64)
    tax = np.bincount(place, weights=lines.tax[chosen], minlength=len(groups)).astype(np.int64)
    order = groups // 2
    day = orders.at[order] // clock.DAY * clock.DAY
    wait = np.where(orders.channel[order] == STORE_CHANNEL, 0, 1 + rng.integers(0, 2, len(order)))
    if returned:
        wait = wait + rng.integers(5, 28, len(order))
    on = day + wait * clock.DAY
    here = on < clock.END
    person, order, on = orders.person[order][here], order[here], on[here]
    due, paid = _payment(rng, on, at_once=(orders.channel[order] == STORE_CHANNEL) | returned)
    account = np.where(groups[here] % 2 == 1, 8300, 8400)
    return Bookings(person, order, on, due, paid, amount[here], tax[here], account)


def _payment(rng: np.random.Generator, on: Array, at_once: Array | bool) -> tuple[Array, Array]:
    """Two weeks to pay; most pay at once by card or provider, few late, very few not yet."""
    count = len(on)
    immediately = at_once | hit(rng, 0.72, count)
    wait = np.where(immediately, 0, rng.gamma(3.0, 4.5, count).astype(np.int64))
    due = np.where(at_once, on, on + 14 * clock.DAY)
    paid = on + wait * clock.DAY
    open_ = ~immediately & hit(rng, 0.02, count)
    return due, np.where((paid >= clock.END) | open_, -1, paid)


def _old_invoices(rng: np.random.Generator, needs: Needs, catalogue: Catalogue) -> Bookings:
    """Durables bought before the window: their invoices are kept ten years."""
    count = len(needs.old_person)
    product = np.zeros(count, dtype=np.int64)
    for code in np.unique(needs.old_category):
        rows = np.flatnonzero(needs.old_category == code)
        product[rows] = favourite_product(catalogue, int(code), rng.random(len(rows)))
    on = clock.START + needs.old_day * clock.DAY
    amount = np.rint(100 * catalogue.price[0, product] * rng.uniform(0.8, 1.05, count)).astype(np.int64)
    tax = np.rint(amount - amount / (1 + _rate_then(on))).astype(np.int64)
    return Bookings(
        needs.old_person, np.full(count, -1), on, on + 14 * clock.DAY, on + rng.integers(0, 14, count) * clock.DAY,
        amount, tax, np.full(count, 8400),
    )  # fmt: skip


def _rate_then(on: Array) -> Array:
    """Germany's rate was 16 % from July to December 2020 (Zweites Corona-Steuerhilfegesetz)."""
    reduced = (on >= clock.seconds_of(date(2020, 7, 1))) & (on < clock.seconds_of(date(2021, 1, 1)))
    return np.where(reduced, 0.16, 0.19)
