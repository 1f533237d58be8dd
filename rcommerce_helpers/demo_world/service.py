"""Service: cases good and bad, repeat contacts, hand-overs, and the orders that an unsolved case costs."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import Orders
from rcommerce_helpers.demo_world.chance import Array, hit, pick, stream
from rcommerce_helpers.demo_world.history import History
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import SERVICE
from rcommerce_helpers.demo_world.records import Records

CHANNELS = ("phone", "email", "chat", "web_form")
TOPICS = ("delivery", "return", "defect", "invoice", "tariff", "outage", "account", "advice")
_ORDER_TOPICS = np.array([0.34, 0.26, 0.22, 0.12, 0.0, 0.0, 0.04, 0.02])
_OTHER_TOPICS = np.array([0.0, 0.04, 0.16, 0.22, 0.24, 0.18, 0.10, 0.06])
_HARD = np.array([1.0, 1.15, 0.8, 0.95, 0.9, 0.7, 1.2, 1.25])  # first-contact solution by topic, relative: assumed


@dataclass(frozen=True)
class Cases:
    """One row = one case; ``closed`` -1 = open, ``order`` -1 = none, ``satisfaction`` 0 = no answer."""

    person: Array
    record: Array
    at: Array
    closed: Array
    channel: Array
    answer_channel: Array
    topic: Array
    order: Array
    handovers: Array
    contacts: Array
    solved: Array
    satisfaction: Array

    def with_orders(self, new_row: Array) -> Cases:
        """The same cases after orders were renumbered."""
        return replace(self, order=np.where(self.order >= 0, new_row[np.maximum(self.order, 0)], -1))


def build_cases(
    seed: int, chunk: int, people: People, records: Records, shopping: tuple[Orders, History]
) -> tuple[Cases, Array]:
    """Cases of everybody whom hotline or ticket system know, and rows of the orders lost afterwards."""
    rng = stream(seed, "service", chunk)
    parts = [_of_system(rng, people, records, shopping, system) for system in ("hotline", "tickets")]
    cases = Cases(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Cases)))
    return cases, _lost_orders(rng, cases, shopping[1])


def _of_system(
    rng: np.random.Generator, people: People, records: Records, shopping: tuple[Orders, History], system: str
) -> Cases:
    rows = records.of(system)
    known = np.flatnonzero(rows >= 0)
    rate = 2 * SERVICE.case_a_year + SERVICE.case_per_order * 6
    person = np.repeat(known, 1 + rng.poisson(rate, len(known)))
    order, at = _occasion(rng, people, shopping, person)
    count = len(person)
    topic = np.where(order >= 0, pick(rng, _ORDER_TOPICS, count), pick(rng, _OTHER_TOPICS, count))
    channel = (
        np.zeros(count, dtype=np.int64) if system == "hotline" else pick(rng, np.array([0, 0.62, 0.18, 0.2]), count)
    )
    at = _in_hours(rng, at, channel)
    first = hit(rng, SERVICE.solved_first * _HARD[topic], count)
    never = ~first & hit(rng, SERVICE.never_solved, count)
    contacts = np.where(first, 1, 1 + rng.geometric(1 - SERVICE.repeat, count)).clip(1, 9)
    hours = np.where(first, rng.exponential(5, count), contacts * rng.gamma(2.0, 30, count))
    closed = clock.settle(at + (hours * 3600).astype(np.int64) + 300)
    other = hit(rng, SERVICE.other_channel, count)
    closed = np.where(
        (closed >= clock.END) | (never & hit(rng, 0.15, count) & (at > clock.END - 60 * clock.DAY)), -1, closed
    )
    return Cases(
        person, rows[person], at, closed, channel, np.where(other, rng.integers(0, 3, count), channel), topic, order,
        rng.binomial(contacts - 1 + (~first).astype(np.int64), SERVICE.handover), contacts, (~never).astype(np.int64),
        _satisfaction(rng, first, never, contacts),
    )  # fmt: skip


def _occasion(
    rng: np.random.Generator, people: People, shopping: tuple[Orders, History], person: Array
) -> tuple[Array, Array]:
    """Order a case is about (-1 = none) and the day it came up."""
    orders, history = shopping
    count = len(person)
    first = history.place(person, np.zeros(count, dtype=np.int64))
    number = history.place(person, np.full(count, clock.END)) - first
    about = (number > 0) & hit(rng, 0.6, count)
    chosen = history.rows[np.minimum(first + (rng.random(count) * number).astype(np.int64), len(history.rows) - 1)]
    since = np.maximum(people.joined[person], clock.START)
    anytime = since + (rng.random(count) * (clock.END - since - clock.DAY)).astype(np.int64)
    later = orders.at[chosen] + rng.geometric(0.16, count) * clock.DAY
    about &= later < clock.END - clock.DAY
    return np.where(about, chosen, -1), np.where(about, later, anytime)


def _in_hours(rng: np.random.Generator, at: Array, channel: Array) -> Array:
    """The hotline is open Monday to Saturday; mails come at any hour."""
    count = len(at)
    day = (at - clock.START) // clock.DAY
    sunday = (day + clock.FIRST_DAY.weekday()) % 7 == 6
    day = np.where((channel == 0) & sunday, np.maximum(day - 1, 0), day)
    office, any_hour = clock.time_of_day(rng, count, clock.OFFICE_HOURS), clock.time_of_day(rng, count, clock.WEB_HOURS)
    return clock.settle(clock.START + day * clock.DAY + np.where(channel == 0, office, any_hour))


def _satisfaction(rng: np.random.Generator, first: Array, never: Array, contacts: Array) -> Array:
    level = 4.5 - 0.55 * (contacts - 1) - 1.9 * never + 0.2 * first + rng.normal(0, 0.9, len(first))
    return np.where(hit(rng, SERVICE.answered, len(first)), np.rint(level).clip(1, 5).astype(np.int64), 0)


def _lost_orders(rng: np.random.Generator, cases: Cases, history: History) -> Array:
    """Rows of orders that people do not place within 120 days of an unsolved case."""
    bad = np.flatnonzero((cases.solved == 0) & hit(rng, SERVICE.lost_after_bad, len(cases.at)))
    low = history.place(cases.person[bad], cases.at[bad])
    high = history.place(cases.person[bad], cases.at[bad] + 120 * clock.DAY)
    return np.unique(
        np.concatenate([history.rows[a:b] for a, b in zip(low.tolist(), high.tolist())] or [np.array([], int)])
    )
