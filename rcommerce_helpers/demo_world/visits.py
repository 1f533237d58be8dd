"""Visits to the site: on the way to an order, out of curiosity, out of a mail, and by people nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import WEB_CHANNEL, Orders, draw_device, draw_referrer
from rcommerce_helpers.demo_world.chance import Array, hit, pick, stream
from rcommerce_helpers.demo_world.needs import Needs
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import BUYING, WEB

LOOK, CART, ORDER = 0, 1, 2
STRANGER = -1


@dataclass(frozen=True)
class Visits:
    """One row = one visit. ``order`` is the row of the order made, -1 = none; ``campaign`` the campaign clicked, -1."""

    person: Array
    at: Array
    referrer: Array
    device: Array
    kind: Array
    order: Array
    campaign: Array

    def joined(self, other: Visits) -> Visits:
        """These visits, then the others."""
        return Visits(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    def chosen(self, rows: Array) -> Visits:
        """Some of the visits."""
        return Visits(*(getattr(self, f.name)[rows] for f in fields(self)))


def curious_visits(seed: int, chunk: int, people: People, needs: Needs) -> Visits:
    """Visits without an order in view; some leave a cart behind."""
    rng = stream(seed, "visits", chunk)
    a_year = WEB.browse_a_year * np.exp(rng.normal(-0.5 * WEB.browse_spread**2, WEB.browse_spread, people.count))
    person = np.repeat(np.arange(people.count), rng.poisson(a_year * clock.DAYS / 365))
    day = pick(rng, clock.season(), len(person))
    awake = needs.mood[day // 7, person] > BUYING.mood_down
    known = clock.START + day * clock.DAY > people.joined[person] - 60 * clock.DAY
    person, day = person[awake & known], day[awake & known]
    kind = np.where(hit(rng, WEB.cart_curious, len(person)), CART, LOOK)
    return _visits(rng, people, person, day, kind)


def order_visits(rng: np.random.Generator, people: People, orders: Orders, first_row: int) -> Visits:
    """The visit of each web order and the ones before it; ``first_row`` is the row number of the first order given."""
    web = np.flatnonzero(orders.channel == WEB_CHANNEL)
    itself = Visits(
        orders.person[web],
        clock.settle((orders.at[web] - rng.integers(150, 1800, len(web))).clip(clock.START)),
        orders.referrer[web],
        orders.device[web],
        np.full(len(web), ORDER),
        first_row + web,
        np.full(len(web), -1),
    )
    before = np.repeat(web, rng.poisson(WEB.before_order, len(web)))
    day = ((orders.at[before] - clock.START) // clock.DAY - rng.geometric(0.28, len(before))).clip(0)
    left = WEB.cart_left / (1 - WEB.cart_left)  # carts left per cart bought
    kind = np.where(hit(rng, min(0.5 * left / WEB.before_order, 0.75), len(before)), CART, LOOK)
    return itself.joined(_visits(rng, people, orders.person[before], day, kind))


def stranger_visits(rng: np.random.Generator, count: int) -> Visits:
    """Visits of people who never become known."""
    day = pick(rng, clock.season(), count)
    return Visits(
        np.full(count, STRANGER),
        clock.settle(clock.START + day * clock.DAY + clock.time_of_day(rng, count, clock.WEB_HOURS)),
        pick(rng, np.array(WEB.referrers), count),
        pick(rng, np.array(WEB.devices), count),
        np.where(hit(rng, WEB.cart_stranger, count), CART, LOOK),
        np.full(count, -1),
        np.full(count, -1),
    )


def _visits(rng: np.random.Generator, people: People, person: Array, day: Array, kind: Array) -> Visits:
    count = len(person)
    return Visits(
        person,
        clock.settle(clock.START + day * clock.DAY + clock.time_of_day(rng, count, clock.WEB_HOURS)),
        draw_referrer(rng, people.referrer[person]),
        draw_device(rng, people.device[person]),
        kind,
        np.full(count, -1),
        np.full(count, -1),
    )
