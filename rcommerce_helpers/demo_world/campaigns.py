"""Campaigns as they ran: who was drawn or chosen, what would have happened under every arm, what did happen.

Outcomes start from what people do anyway (their own orders within two weeks); a contact adds orders with chance
effect x p / (1 - p) or takes some away, where p is the person's own chance, hidden mood included. One random number
per contact decides under all arms, so counterfactuals are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.baskets import Orders, Wishes, place_orders
from rcommerce_helpers.demo_world.catalogue import CATEGORIES, CODE
from rcommerce_helpers.demo_world.chance import Array, hit, stream
from rcommerce_helpers.demo_world.consent import CONTACT_CHANNELS, Consents
from rcommerce_helpers.demo_world.effects import CAMPAIGNS, NOWHERE, PATTERNS, REFERRERS, Campaign, Effects
from rcommerce_helpers.demo_world.history import History, build_history
from rcommerce_helpers.demo_world.needs import Needs, choose_impulse, mood_factor
from rcommerce_helpers.demo_world.network import Network
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import CAMPAIGN
from rcommerce_helpers.demo_world.visits import LOOK, Visits

WINDOW = int(CAMPAIGN.window_days) * clock.DAY
MAX_ARMS = 3


@dataclass(frozen=True)
class World:
    """What the campaigns of one chunk meet."""

    people: People
    needs: Needs
    network: Network
    consents: Consents
    effects: Effects
    orders: Orders
    wishes: Wishes
    visits: Visits


@dataclass(frozen=True)
class Contacts:
    """One row = one person in one campaign; arm 0 = held out. ``y`` and ``chance``: one column per arm (0 = none)."""

    campaign: Array
    person: Array
    record: Array
    at: Array
    arm: Array
    propensity: Array
    referrer: Array
    device: Array
    experience: Array
    opened: Array
    clicked_at: Array
    unsubscribed: Array
    y: Array
    chance: Array


@dataclass(frozen=True)
class Outcome:
    """Contacts, and what they changed: orders gained (with their wishes), orders lost (rows), visits by click."""

    contacts: Contacts
    gained: Orders
    gained_category: Array
    lost: Array
    clicks: Visits


@dataclass
class _State:
    """What one campaign leaves for the next."""

    contacted: list[tuple[int, Array]]
    last_click: Array
    last_click_referrer: Array
    orders: History
    visits: History
    alive: Array


def run_campaigns(seed: int, chunk: int, world: World) -> Outcome:
    """All campaigns of one chunk, one after the other; their windows do not overlap."""
    rng = stream(seed, "campaigns", chunk)
    count = world.people.count
    state = _State(
        contacted=[],
        last_click=np.full(count, -1),
        last_click_referrer=np.full(count, NOWHERE),
        orders=build_history(world.orders.person, world.orders.at),
        visits=build_history(world.visits.person, world.visits.at),
        alive=np.ones(world.orders.count, dtype=bool),
    )
    parts, gains = [], []
    for number, campaign in enumerate(CAMPAIGNS):
        contacts, gained = _run(rng, world, state, number, campaign)
        parts.append(contacts)
        gains.append(gained)
    contacts = Contacts(*(np.concatenate([getattr(p, f) for p in parts]) for f in Contacts.__dataclass_fields__))
    person, day, cause, category = (np.concatenate([g[i] for g in gains]) for i in range(4))
    orders = place_orders(rng, world.people, person, day, cause)
    return Outcome(contacts, orders, category, np.flatnonzero(~state.alive), _clicks(world.people, contacts))


Gain = tuple[Array, Array, Array, Array]


def _run(
    rng: np.random.Generator, world: World, state: _State, number: int, campaign: Campaign
) -> tuple[Contacts, Gain]:
    """One campaign: draw people and arms, decide outcomes, note what changes."""
    at_day = clock.START + campaign.day * clock.DAY
    own = _own_chance(world, state, campaign.day)
    person, arm, propensity, experience = _draw(rng, world, state, campaign, own)
    hours = (
        clock.OFFICE_HOURS if campaign.channel in ("phone", "post") else (0.0,) * 8 + (5.0, 6.0, 4.0, 2.0) + (0.0,) * 12
    )
    at = at_day + clock.time_of_day(rng, len(person), hours)
    context = _context(world, state, person, at, experience)
    effect = _effect(world, state, campaign, person, context)
    p = own[person]
    baseline = state.orders.count(person, at, at + WINDOW) > 0
    y, chance = _potential(rng, baseline, p, effect)
    happened = y[np.arange(len(person)), arm]
    _forget_lost(state, person[baseline & ~happened], at[baseline & ~happened])
    extra = happened & ~baseline
    gained = _gain(rng, world, campaign, person[extra], campaign.day)
    opened, clicked_at, gone = _reactions(rng, world, state, campaign, (person, arm, at))
    treated = person[arm > 0]
    state.contacted.append((campaign.day, np.bincount(treated, minlength=world.people.count).astype(bool)))
    channel = CONTACT_CHANNELS.index(campaign.channel)
    contacts = Contacts(
        np.full(len(person), number), person, world.consents.record[channel, person], at, arm, propensity, context[0],
        context[1], experience, opened, clicked_at, gone, y, chance,
    )  # fmt: skip
    return contacts, gained


def _own_chance(world: World, state: _State, day: int) -> Array:
    """Each person's own chance to order within the window, mood included, brought to the level of what happens."""
    count = world.people.count
    mood = world.needs.mood[day // 7]
    habit = world.needs.habits.rate_on(day, count) * np.where(mood < -1.1, 0.4, 1.0)
    urge = world.needs.impulse / 365 * mood_factor(mood) * clock.season()[day]
    rate = (habit + urge + 0.0004) * CAMPAIGN.window_days
    everyone = np.arange(count)
    start = np.full(count, clock.START + day * clock.DAY)
    target = max(float((state.orders.count(everyone, start, start + WINDOW) > 0).mean()), 0.002)
    scale = 1.0
    for _ in range(6):
        scale *= target / float((1 - np.exp(-scale * rate)).mean())
    here = world.people.joined <= clock.START + day * clock.DAY
    return np.where(here, 1 - np.exp(-scale * rate), 0.002).clip(0.002, 0.85)


def _draw(
    rng: np.random.Generator, world: World, state: _State, campaign: Campaign, own: Array
) -> tuple[Array, Array, Array, Array]:
    """Persons, arms (0 = holdout), propensities (nan = not by chance) and experience."""
    at = clock.START + campaign.day * clock.DAY
    channel = CONTACT_CHANNELS.index(campaign.channel)
    consents = world.consents
    able = (consents.start[channel] <= at) & (consents.end[channel] > at + clock.DAY) & (world.people.joined <= at)
    everyone = np.arange(world.people.count)
    moment = np.full(world.people.count, at)
    lapsed = (state.orders.count(everyone, moment - 180 * clock.DAY, moment) == 0) & (world.people.joined < moment)
    if campaign.suits == "lapsed":
        able &= lapsed
    experience = _experience(world, state, campaign, at)
    if not campaign.randomised:
        score = np.log(own) + rng.gumbel(0, CAMPAIGN.targeted_noise, world.people.count)
        edge = np.quantile(score[able], 1 - CAMPAIGN.targeted_top) if able.any() else np.inf
        person = np.flatnonzero(able & (score >= edge))
        ones = np.ones(len(person), dtype=np.int64)
        return person, ones, np.full(len(person), np.nan), experience[person]
    person = np.flatnonzero(able & hit(rng, campaign.share, world.people.count))
    known = experience[person]
    none = np.where(known == 1, CAMPAIGN.holdout_experienced, CAMPAIGN.holdout_novice)
    arms = len(campaign.arms)
    arm = np.where(rng.random(len(person)) < none, 0, 1 + rng.integers(0, arms, len(person)))
    return person, arm, np.where(arm == 0, none, (1 - none) / arms), known


def _experience(world: World, state: _State, campaign: Campaign, at: int) -> Array:
    """1 = bought at least twice before, in the campaign's category where it has one that is sold by the piece."""
    everyone = np.arange(world.people.count)
    code = CODE.get(campaign.category, -1)
    if code >= 0 and CATEGORIES[code].kind in ("consumable", "impulse"):
        rows = world.wishes.order[world.wishes.category == code]
        before = world.orders.at[rows] < at
        return (np.bincount(world.orders.person[rows[before]], minlength=len(everyone)) >= 2).astype(np.int64)
    moment = np.full(len(everyone), at)
    return (state.orders.count(everyone, 0 * moment, moment) >= 3).astype(np.int64)


def _context(world: World, state: _State, person: Array, at: Array, experience: Array) -> tuple[Array, Array, Array]:
    """Referrer and device of the last visit before the contact, and experience."""
    row = state.visits.last(person, at)
    seen = np.where(row >= 0, world.visits.at[np.maximum(row, 0)], -1)
    referrer = np.where(row >= 0, world.visits.referrer[np.maximum(row, 0)], NOWHERE)
    device = np.where(row >= 0, world.visits.device[np.maximum(row, 0)], 3)
    clicked = state.last_click[person] > seen
    return np.where(clicked, state.last_click_referrer[person], referrer), device, experience


def _effect(
    world: World, state: _State, campaign: Campaign, person: Array, context: tuple[Array, Array, Array]
) -> Array:
    """Relative effect of every arm (columns) on every person (rows); column 0 = held out = 0."""
    result = np.zeros((len(person), MAX_ARMS + 1))
    fatigue = 1 + CAMPAIGN.fatigue * _recent(state, campaign.day)[person]
    fits = np.ones(len(person), dtype=bool)
    if campaign.suits == "due":
        habits = world.needs.habits
        live = (
            (habits.category == CODE[campaign.category]) & (habits.start <= campaign.day) & (habits.end >= campaign.day)
        )
        fits = np.bincount(habits.person[live], minlength=world.people.count)[person] > 0
    lift = np.where(fits, campaign.lift, 0.0)
    for arm, pattern in enumerate(campaign.arms, start=1):
        plain = world.effects.of(campaign.channel, np.full(len(person), PATTERNS.index(pattern)), context)
        total = (1 + plain) * (1 + lift) - 1
        result[:, arm] = np.where(total > 0, total / fatigue, total)
    return result


def _recent(state: _State, day: int) -> Array:
    """Contacts of each person in the sixty days before."""
    recent = [mask for when, mask in state.contacted if day - when <= 60]
    return np.sum(recent, axis=0) if recent else np.zeros(len(state.last_click), dtype=np.int64)


def _potential(rng: np.random.Generator, baseline: Array, p: Array, effect: Array) -> tuple[Array, Array]:
    """Outcome and chance under every arm."""
    draw = rng.random(len(p))[:, None]
    gain = (effect * (p / (1 - p))[:, None]).clip(0, 0.95)
    loss = (-effect).clip(0, 1)
    y = np.where(effect >= 0, baseline[:, None] | (draw < gain), baseline[:, None] & ~(draw < loss))
    return y, (p[:, None] * (1 + effect)).clip(0, 0.98)


def _forget_lost(state: _State, person: Array, at: Array) -> None:
    """Orders that a contact drove away."""
    first = state.orders.place(person, at)
    last = state.orders.place(person, at + WINDOW)
    for low, high in zip(first.tolist(), last.tolist()):
        state.alive[state.orders.rows[low:high]] = False


def _gain(rng: np.random.Generator, world: World, campaign: Campaign, person: Array, day: int) -> Gain:
    """Orders that a contact or a friend's word called forth: person, day, cause, category."""
    source, target, influence = world.network.both_ways()
    won = np.zeros(world.people.count, dtype=bool)
    won[person] = True
    told = np.unique(target[influence & won[source] & hit(rng, CAMPAIGN.spill_over, len(source))])
    everyone = np.concatenate([person, told])
    cause = np.r_[np.ones(len(person), dtype=np.int64), np.full(len(told), 2)]
    wait = np.minimum(1 + rng.exponential(3.5, len(everyone)), CAMPAIGN.window_days - 1.01).astype(np.int64)
    category = choose_impulse(rng, len(everyone))
    code = CODE.get(campaign.category, -1)
    if code >= 0 and CATEGORIES[code].kind in ("consumable", "impulse", "durable"):
        category = np.where(hit(rng, 0.7, len(everyone)), code, category)
    return everyone, np.minimum(day + wait, clock.DAYS - 1), cause, category


def _reactions(
    rng: np.random.Generator, world: World, state: _State, campaign: Campaign, who: tuple[Array, Array, Array]
) -> tuple[Array, Array, Array]:
    """Opened, moment of the click (-1 = none), and unsubscribed (ends the channel, written down as a withdrawal)."""
    person, arm, at = who
    count = len(person)
    treated = arm > 0
    by_mail = campaign.channel in ("email", "push")
    opened = treated & hit(rng, CAMPAIGN.opened if by_mail else 0.0, count)
    pushy = np.isin([PATTERNS.index(a) for a in ("information", *campaign.arms)], [2, 3])[
        np.minimum(arm, len(campaign.arms))
    ]
    chance = (
        CAMPAIGN.unsubscribe
        * (1 + CAMPAIGN.unsubscribe_fatigue * _recent(state, campaign.day)[person])
        * (1 + 1.5 * pushy)
    )
    gone = treated & (campaign.channel in ("email", "sms", "phone", "push")) & hit(rng, chance, count)
    channel = CONTACT_CHANNELS.index(campaign.channel)
    leaving = at[gone] + 3600
    world.consents.end[channel, person[gone]] = leaving
    record = world.consents.record[channel, person[gone]]
    world.consents.decisions.add(record, ("marketing", campaign.channel, "withdrawn", "consent"), leaving)
    clicks = opened & hit(rng, CAMPAIGN.clicked, count)
    seen = clicks & world.consents.tracked[person]
    moment = np.minimum(at + rng.integers(600, 2 * clock.DAY, count), clock.END - 3600)
    clicked_at = np.where(clicks, clock.settle(moment), -1)
    state.last_click[person[seen]] = clicked_at[seen]
    state.last_click_referrer[person[seen]] = REFERRERS.index("newsletter")
    return opened, clicked_at, gone


def _clicks(people: People, contacts: Contacts) -> Visits:
    """Visits out of an opened mail, within two days."""
    row = np.flatnonzero(contacts.clicked_at >= 0)
    return Visits(
        contacts.person[row],
        contacts.clicked_at[row],
        np.full(len(row), REFERRERS.index("newsletter")),
        people.device[contacts.person[row]],
        np.full(len(row), LOOK),
        np.full(len(row), -1),
        contacts.campaign[row],
    )
