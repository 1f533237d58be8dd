"""The final orders of a chunk: own wishes that survived, orders won by contacts, and everything that hangs on them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import (
    PHONE_CHANNEL,
    STORE_CHANNEL,
    WEB_CHANNEL,
    Orders,
    Wishes,
    build_baskets,
)
from rcommerce_helpers.demo_world.campaigns import WINDOW, Contacts, World, run_campaigns
from rcommerce_helpers.demo_world.catalogue import Catalogue
from rcommerce_helpers.demo_world.chance import Array, hit, stream
from rcommerce_helpers.demo_world.consent import Consents
from rcommerce_helpers.demo_world.effects import Effects
from rcommerce_helpers.demo_world.history import History, build_history, sum_between
from rcommerce_helpers.demo_world.lines import Lines, build_lines
from rcommerce_helpers.demo_world.needs import Needs
from rcommerce_helpers.demo_world.network import Network
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import BUYING, WEB
from rcommerce_helpers.demo_world.records import Records
from rcommerce_helpers.demo_world.service import Cases, build_cases
from rcommerce_helpers.demo_world.visits import CART, ORDER, Visits, curious_visits, order_visits, stranger_visits

COMPLETED, CANCELLED, TEST, OPEN = 0, 1, 2, 3


@dataclass(frozen=True)
class Who:
    """The people of a chunk with all that does not depend on what they buy."""

    people: People
    records: Records
    network: Network
    consents: Consents
    needs: Needs


@dataclass(frozen=True)
class Sales:
    """What happened in a chunk, with rows that fit together."""

    orders: Orders
    status: Array
    record: Array
    lines: Lines
    history: History
    visits: Visits
    contacts: Contacts
    cases: Cases

    @property
    def delivered(self) -> Array:
        """Orders that were neither cancelled nor a test."""
        return np.isin(self.status, (COMPLETED, OPEN))


def build_sales(seed: int, chunk: int, who: Who, catalogue: Catalogue, effects: Effects) -> Sales:
    """Orders, visits, cases and contacts of one chunk of people."""
    rng = stream(seed, "sales", chunk)
    orders, wishes = build_baskets(seed, chunk, who.people, who.needs)
    shopping = (orders, build_history(orders.person, orders.at))
    cases, lost = build_cases(seed, chunk, who.people, who.records, shopping)
    orders, wishes, new_row = _without(orders, wishes, lost)
    cases = cases.with_orders(new_row)
    visits = curious_visits(seed, chunk, who.people, who.needs).joined(order_visits(rng, who.people, orders, 0))
    visits = visits.chosen(np.flatnonzero(who.consents.tracked[visits.person]))
    world = World(who.people, who.needs, who.network, who.consents, effects, orders, wishes, visits)
    outcome = run_campaigns(seed, chunk, world)
    orders, wishes, new_row = _without(orders, wishes, outcome.lost)
    cases, visits = cases.with_orders(new_row), _renumbered(visits, new_row)
    first = orders.count
    later = order_visits(rng, who.people, outcome.gained, first).joined(outcome.clicks)
    visits = visits.joined(later.chosen(np.flatnonzero(who.consents.tracked[later.person])))
    wishes = Wishes(
        np.r_[wishes.order, first + np.arange(outcome.gained.count)], np.r_[wishes.category, outcome.gained_category]
    )
    orders = orders.joined(outcome.gained)
    status = _status(rng, orders)
    lines = build_lines(rng, who.people, who.needs, catalogue, orders, wishes)
    visits = visits.joined(stranger_visits(rng, int(WEB.strangers * len(visits.at))))
    visits = visits.chosen(np.argsort(visits.at, kind="stable"))
    record = _order_records(rng, who.records, orders, status)
    history = build_history(orders.person, orders.at)
    return Sales(orders, status, record, lines, history, visits, outcome.contacts, cases)


def _without(orders: Orders, wishes: Wishes, lost: Array) -> tuple[Orders, Wishes, Array]:
    """Orders and wishes without some rows, and where each old row is now (-1 = gone)."""
    keep = np.ones(orders.count, dtype=bool)
    keep[lost] = False
    new_row = np.where(keep, np.cumsum(keep) - 1, -1)
    stays = keep[wishes.order]
    return orders.chosen(np.flatnonzero(keep)), Wishes(new_row[wishes.order[stays]], wishes.category[stays]), new_row


def _renumbered(visits: Visits, new_row: Array) -> Visits:
    """Visits after orders were renumbered; a visit whose order was lost leaves a cart."""
    order = np.where(visits.order >= 0, new_row[np.maximum(visits.order, 0)], -1)
    return replace(visits, order=order, kind=np.where((visits.kind == ORDER) & (order < 0), CART, visits.kind))


def _status(rng: np.random.Generator, orders: Orders) -> Array:
    """Cancelled, test and still open orders; tills know none of these."""
    count = orders.count
    status = np.where(hit(rng, BUYING.cancelled, count), CANCELLED, COMPLETED)
    status = np.where(hit(rng, BUYING.test_orders, count), TEST, status)
    late = orders.at > clock.END - 2 * clock.DAY
    status = np.where(late & (status == COMPLETED) & hit(rng, 0.6, count), OPEN, status)
    return np.where(orders.channel == STORE_CHANNEL, COMPLETED, status)


def _order_records(rng: np.random.Generator, records: Records, orders: Orders, status: Array) -> Array:
    """The record an order was placed under: account or guest on the web, card in the store; -1 = unknown."""
    count = orders.count
    first, second = records.of("shop")[orders.person], records.of("shop", last=True)[orders.person]
    guest, card = records.of("guest")[orders.person], records.of("till")[orders.person]
    account = np.where(hit(rng, 0.7, count), first, second)
    as_guest = (guest >= 0) & ((account < 0) | hit(rng, 0.25, count)) & (orders.channel == WEB_CHANNEL)
    account = np.where(as_guest, guest, account)
    account = np.where((account < 0) & (orders.channel == PHONE_CHANNEL), guest, account)
    shown = np.where(hit(rng, 0.85, count), card, -1)
    record = np.where(orders.channel == STORE_CHANNEL, shown, account)
    return np.where(status == TEST, -1, record)


def contact_outcomes(sales: Sales) -> dict[str, Array]:
    """Per contact: whether an order followed within the window, the cents it brought, whether the site was visited."""
    contacts, history = sales.contacts, sales.history
    until = contacts.at + WINDOW
    worth = sales.lines.worth(sales.orders.count) * sales.delivered
    visits = build_history(sales.visits.person, sales.visits.at)
    return {
        "converted": history.count(contacts.person, contacts.at, until) > 0,
        "revenue": np.rint(sum_between(history, worth, contacts.person, (contacts.at, until))).astype(np.int64),
        "visited": visits.count(contacts.person, contacts.at, until) > 0,
    }
