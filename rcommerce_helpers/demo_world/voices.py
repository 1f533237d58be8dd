"""What people say: reviews, posts, surveys, forms, declared attributes; whom they invite; where they pass by."""

from __future__ import annotations

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import Orders
from rcommerce_helpers.demo_world.chance import Array, hit, pick, stream
from rcommerce_helpers.demo_world.consent import Consents
from rcommerce_helpers.demo_world.history import History
from rcommerce_helpers.demo_world.lines import ITEM, Lines
from rcommerce_helpers.demo_world.names import TOWNS
from rcommerce_helpers.demo_world.network import Network
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import BUYING, SERVICE
from rcommerce_helpers.demo_world.records import Records

Columns = dict[str, Array]
FEEDBACK_KINDS = ("review", "social_post", "testimonial")
QUESTIONS = ("recommend_0_10", "satisfaction_1_5")
SURVEY_NAMES = ("relationship 2025", "relationship 2026")
FORM_FIELDS = {
    "preferred_channel": ("email", "phone", "sms", "post", "push"),
    "preferred_hour": ("morning", "noon", "evening"),
    "topics": ("Kaffee", "Sport", "Wohnen", "Technik", "Pflege", "Angebote"),
    "hobby": ("Laufen", "Kochen", "Filme", "Musik", "Garten", "Reisen", "Spiele"),
    "contacts_a_month": ("1", "2", "4"),
}
ATTRIBUTES = {
    "age_band": ("18-29", "30-44", "45-59", "60+"),
    "household_size": ("1", "2", "3", "4", "5+"),
    "home": ("rented", "owned"),
}


def feedback(rng: np.random.Generator, records: Records, sales: tuple[Orders, Lines, History], mood: Array) -> Columns:
    """Reviews of things bought, posts, and a few testimonials; ``line`` is the line of the thing, -1 = none."""
    orders, lines, history = sales
    rows = records.of("reviews")
    person = np.repeat(np.flatnonzero(rows >= 0), 1 + rng.poisson(0.9, int((rows >= 0).sum())))
    order = _some_order(rng, history, person)
    person, order = person[order >= 0], order[order >= 0]
    first = np.searchsorted(lines.order, order)
    at = orders.at[order] + rng.geometric(0.1, len(order)) * clock.DAY + rng.integers(0, 40_000, len(order))
    keep = (at < clock.END) & (lines.kind[np.minimum(first, len(lines.kind) - 1)] == ITEM)
    person, order, first, at = person[keep], order[keep], first[keep], at[keep]
    count = len(person)
    came_back = np.isin(order, orders_with_returns(lines))
    level = (
        4.2 - 1.3 * came_back + 0.25 * mood[(at - clock.START) // (7 * clock.DAY), person] + rng.normal(0, 1.0, count)
    )
    extreme = hit(rng, SERVICE.review_extremes, count)
    stars = np.where(extreme, np.where(level > 2.9, 5, 1), np.rint(level).clip(1, 5)).astype(np.int64)
    kind = np.where((stars == 5) & hit(rng, 0.06, count), 2, np.where(hit(rng, 0.12, count), 1, 0))
    rewarded = (kind == 2) & hit(rng, SERVICE.testimonial_rewarded, count)
    return {
        "record": rows[person], "at": clock.settle(at), "kind": kind, "line_product": lines.product[first],
        "order": order, "stars": stars, "rewarded": rewarded.astype(np.int64), "wording": rng.integers(0, 4, count),
    }  # fmt: skip


def orders_with_returns(lines: Lines) -> Array:
    """Rows of orders of which something came back."""
    return np.unique(lines.order[lines.kind == 1])


def _some_order(rng: np.random.Generator, history: History, person: Array) -> Array:
    first = history.place(person, np.zeros(len(person), dtype=np.int64))
    number = history.place(person, np.full(len(person), clock.END)) - first
    place = np.minimum(first + (rng.random(len(person)) * number).astype(np.int64), len(history.rows) - 1)
    return np.where(number > 0, history.rows[place], -1)


def surveys(rng: np.random.Generator, records: Records, unhappy: Array, mood: Array) -> Columns:
    """Yearly relationship survey in May: two questions, answered by a few."""
    rows = records.of("crm")
    parts = []
    for year, day in enumerate((225, 590)):
        person = np.flatnonzero((rows >= 0) & hit(rng, SERVICE.survey, len(rows)))
        level = 0.35 * mood[day // 7, person] - 1.4 * unhappy[person] + rng.normal(0, 1, len(person))
        at = (
            clock.START
            + (day + rng.integers(0, 14, len(person))) * clock.DAY
            + rng.integers(28_000, 75_000, len(person))
        )
        for question, (middle, step, top) in enumerate(((7.6, 1.9, 10), (4.0, 0.8, 5))):
            score = np.rint(middle + step * level).clip(question, top).astype(np.int64)
            parts.append((rows[person], at, np.full(len(at), year), np.full(len(at), question), score))
    names = ("record", "at", "survey", "question", "score")
    return {name: np.concatenate([p[i] for p in parts]) for i, name in enumerate(names)}


def forms(rng: np.random.Generator, people: People, records: Records) -> Columns:
    """The preference form of the shop: one row per field filled in."""
    rows = records.of("shop")
    person = np.flatnonzero((rows >= 0) & hit(rng, SERVICE.form, people.count))
    since = np.maximum(people.joined[person], clock.START)
    at = since + (rng.random(len(person)) * (clock.END - since - 1)).astype(np.int64)
    parts = []
    for field, choices in enumerate(FORM_FIELDS.values()):
        filled = hit(rng, 0.8, len(person))
        value = pick(rng, np.linspace(1.6, 0.6, len(choices)), len(person))
        sporty = (field in (2, 3)) & (people.trait[person] > 0.6) & hit(rng, 0.5, len(person))
        value = np.where(sporty, 1 if field == 2 else 0, value)
        parts.append(
            (person[filled], rows[person[filled]], at[filled], np.full(int(filled.sum()), field), value[filled])
        )
    names = ("person", "record", "at", "field", "value")
    return {name: np.concatenate([p[i] for p in parts]) for i, name in enumerate(names)}


def attributes(rng: np.random.Generator, people: People, records: Records) -> Columns:
    """What the CRM notes of people: age band (computed), household size and home (declared)."""
    rows = records.of("crm")
    person = np.flatnonzero(rows >= 0)
    age = (clock.END / clock.DAY - people.birth[person]) / 365.25
    adults = np.bincount(people.household)[people.household[person]]
    values = (
        np.digitize(age, [30, 45, 60]),
        (adults - 1 + rng.poisson(0.5, len(person)) * (age < 55)).clip(0, 4),
        (rng.random(len(person)) < 0.25 + 0.006 * (age - 20)).astype(np.int64),
    )
    parts = []
    for name, value in enumerate(values):
        filled = hit(rng, (0.8, 0.5, 0.35)[name], len(person))
        parts.append((rows[person[filled]], np.full(int(filled.sum()), name), value[filled]))
    return {name: np.concatenate([p[i] for p in parts]) for i, name in enumerate(("record", "name", "value"))}


def store_visits(rng: np.random.Generator, people: People, records: Records, consents: Consents) -> Columns:
    """Passing by a store, coarse, of card holders who allow it: only where there is one, only while it is open."""
    rows = records.of("till")
    has_store = np.array([t.store for t in TOWNS])[people.address.town]
    person = np.repeat(
        np.arange(people.count), np.where(consents.location & has_store, rng.poisson(5, people.count), 0)
    )
    day = clock.next_open_day(pick(rng, clock.season(), len(person)))
    store = np.cumsum([t.store for t in TOWNS])[people.address.town[person]] - 1
    at = clock.START + day.clip(0) * clock.DAY + clock.time_of_day(rng, len(person), clock.STORE_HOURS)
    return {"record": rows[person], "store": store, "at": at}


def referrals(
    rng: np.random.Generator, people: People, records: Records, network: Network, shopping: tuple[Orders, History]
) -> Columns:
    """Invitations along friendships: some bring a new customer, most of the others come to nothing."""
    orders, history = shopping
    rows = records.of("shop")
    source, target, influence = network.both_ways()
    joined = people.joined
    fits = (
        influence & (joined[target] > clock.START + 20 * clock.DAY) & (joined[source] < joined[target] - 30 * clock.DAY)
    )
    fits &= (rows[source] >= 0) & (rows[target] >= 0)
    edge = np.flatnonzero(fits)
    edge = edge[np.unique(target[edge], return_index=True)[1]]
    edge = edge[hit(rng, min(2 * BUYING.invited, 1.0), len(edge))]
    invited, by = target[edge], source[edge]
    place = np.minimum(history.place(invited, joined[invited] - 1), max(len(history.rows) - 1, 0))
    first = history.rows[place]
    came = orders.person[first] == invited
    at = (
        joined[invited]
        - rng.integers(0, 18, len(edge)) * clock.DAY
        + rng.integers(30_000, 79_000, len(edge))
        - clock.DAY
    )
    idle = rng.choice(np.flatnonzero(rows >= 0), len(edge)) if len(edge) else edge
    idle_at = clock.START + rng.integers(0, clock.DAYS, len(edge)) * clock.DAY + rng.integers(30_000, 79_000, len(edge))
    nobody = np.full(len(edge), -1)
    return {
        "record": np.r_[rows[by], rows[idle]],
        "invited": np.r_[np.where(came, rows[invited], -1), nobody],
        "at": clock.settle(np.r_[at, np.maximum(idle_at, joined[idle])]),
        "channel": rng.integers(0, 3, 2 * len(edge)),
        "converted": np.r_[np.where(came, orders.at[first], -1), nobody],
    }


def planned(seed: int, chunk: int, people: People, records: Records) -> Columns:
    """What service and accounting have already planned for the weeks after the last known day."""
    rng = stream(seed, "planned", chunk)
    rows = records.of("crm")
    person = np.flatnonzero((rows >= 0) & hit(rng, 0.03, people.count))
    day = rng.choice([d for d in range(28) if (d + 2) % 7 < 5 and d != 2], len(person))  # 1 Oct 2026 is a Thursday
    at = clock.END + day * clock.DAY + clock.time_of_day(rng, len(person), clock.OFFICE_HOURS)
    return {
        "record": rows[person],
        "at": at,
        "channel": rng.integers(0, 3, len(person)),
        "who": rng.integers(0, 3, len(person)),
    }
