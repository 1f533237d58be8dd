"""From wants to orders: things wanted within days go into one basket; no store sells on a Sunday."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.catalogue import CODE, MATCHING
from rcommerce_helpers.demo_world.chance import Array, hit, pick, stream
from rcommerce_helpers.demo_world.names import TOWNS
from rcommerce_helpers.demo_world.needs import Needs
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import BUYING, WEB

WEB_CHANNEL, STORE_CHANNEL, PHONE_CHANNEL = 0, 1, 2


@dataclass(frozen=True)
class Orders:
    """One row = one order. ``cause`` 0 = own wish, 1 = a contact, 2 = a friend's word."""

    person: Array
    at: Array
    channel: Array
    store: Array
    referrer: Array
    device: Array
    cause: Array

    def chosen(self, rows: Array) -> Orders:
        """Some of the orders."""
        return Orders(*(getattr(self, f.name)[rows] for f in fields(self)))

    def joined(self, other: Orders) -> Orders:
        """These orders, then the others."""
        return Orders(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    @property
    def count(self) -> int:
        """Number of orders."""
        return len(self.person)


@dataclass(frozen=True)
class Wishes:
    """One row = one category in one order."""

    order: Array
    category: Array


def build_baskets(seed: int, chunk: int, people: People, needs: Needs) -> tuple[Orders, Wishes]:
    """Orders that people place of their own accord."""
    rng = stream(seed, "baskets", chunk)
    span = int(BUYING.basket_days)
    phase = rng.integers(0, span, people.count)
    width = clock.DAYS + 2 * span
    key = needs.person * width + (needs.day + phase[needs.person]) // span
    order = np.lexsort((needs.day, key))
    key, day, category = key[order], needs.day[order], needs.category[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    number = np.cumsum(np.r_[True, key[1:] != key[:-1]]) - 1
    orders = place_orders(rng, people, key[first] // width, day[first], np.zeros(len(first), dtype=np.int64))
    twice = np.r_[False, (number[1:] == number[:-1]) & (category[1:] == category[:-1])]
    wishes = _with_matching(rng, number[~twice], category[~twice])
    return orders, wishes


def place_orders(rng: np.random.Generator, people: People, person: Array, day: Array, cause: Array) -> Orders:
    """Channel, store, hour, referrer and device of orders; what a contact called forth is not bought in a store."""
    count = len(person)
    store_of_town = np.cumsum([t.store for t in TOWNS]) - 1
    has_store = np.array([t.store for t in TOWNS])[people.address.town[person]]
    older = (-people.birth[person] / 365.25 + 10) / 20
    liking = BUYING.store_share * np.exp(0.25 * older.clip(-1.5, 1.5))
    in_store = (cause == 0) & has_store & hit(rng, np.minimum(liking, 0.75), count)
    by_phone = ~in_store & hit(rng, BUYING.phone_order, count)
    channel = np.where(in_store, STORE_CHANNEL, np.where(by_phone, PHONE_CHANNEL, WEB_CHANNEL))
    day = np.where(in_store, clock.next_open_day(day), _off_sunday(day, by_phone))
    hour = np.where(
        in_store, clock.time_of_day(rng, count, clock.STORE_HOURS), clock.time_of_day(rng, count, clock.WEB_HOURS)
    )
    hour = np.where(by_phone, clock.time_of_day(rng, count, clock.OFFICE_HOURS), hour)
    return Orders(
        person=person,
        at=clock.settle(clock.START + day.clip(0) * clock.DAY + hour),
        channel=channel,
        store=np.where(in_store, store_of_town[people.address.town[person]], -1),
        referrer=np.where(channel == WEB_CHANNEL, draw_referrer(rng, people.referrer[person]), -1),
        device=np.where(channel == WEB_CHANNEL, draw_device(rng, people.device[person]), -1),
        cause=cause,
    )


def _off_sunday(day: Array, by_phone: Array) -> Array:
    """The hotline takes orders Monday to Saturday."""
    sunday = (day + clock.FIRST_DAY.weekday()) % 7 == 6
    return np.where(by_phone & sunday, day + 1, day)


def draw_referrer(rng: np.random.Generator, usual: Array) -> Array:
    """Where a visit comes from: mostly the usual way."""
    count = len(usual)
    return np.where(hit(rng, WEB.main_referrer, count), usual, pick(rng, np.array(WEB.referrers), count))


def draw_device(rng: np.random.Generator, usual: Array) -> Array:
    """What a visit is made with: mostly the usual device."""
    count = len(usual)
    return np.where(hit(rng, 0.75, count), usual, pick(rng, np.array(WEB.devices), count))


def _with_matching(rng: np.random.Generator, order: Array, category: Array) -> Wishes:
    """Things that go together join the basket."""
    partner = np.full(max(CODE.values()) + 1, -1)
    for name, other in MATCHING.items():
        partner[CODE[name]] = CODE[other]
    extra = (partner[category] >= 0) & hit(rng, BUYING.together, len(order))
    return Wishes(
        np.concatenate([order, order[extra]]),
        np.concatenate([category, partner[category[extra]]]),
    )
