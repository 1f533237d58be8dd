"""The best possible plan: what each option of offers.toml would truly bring each person in the next four weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.catalogue import CODE
from rcommerce_helpers.demo_world.chance import Array
from rcommerce_helpers.demo_world.consent import CONTACT_CHANNELS
from rcommerce_helpers.demo_world.effects import NOWHERE, PATTERNS, Effects
from rcommerce_helpers.demo_world.history import build_history
from rcommerce_helpers.demo_world.needs import mood_factor
from rcommerce_helpers.demo_world.rates import CAMPAIGN
from rcommerce_helpers.demo_world.sales import Sales, Who

PERIOD_DAYS = 28


@dataclass(frozen=True)
class Offer:
    """One offer: ``lift`` is what its play truly adds for those with a living habit (``due``) or for all."""

    id: str
    name: str
    category: str
    margin: float
    discount: float
    pattern: str
    lift: float
    due: bool
    text: str


OFFERS = (
    Offer("capsules_refill", "Kapseln rechtzeitig", "Kaffeekapseln", 7.5, 0.0, "reminder", 0.52, True,
          "Ihre Kapseln gehen bald zur Neige? Hier ist Ihr letzter Einkauf."),
    Offer("perfume_refill", "Parfüm nachfüllen", "Parfüm", 18.0, 0.0, "reminder", 0.45, True,
          "Ihr Duft, wenn Sie ihn wieder brauchen."),
    Offer("welcome_back", "Willkommen zurück, 5 Euro", "Küchenhelfer", 11.0, 5.0, "reciprocity", 0.12, False,
          "Schön, wenn wir uns wiedersehen: 5 Euro für Sie."),
    Offer("running_again", "Laufschuhe nach 500 Kilometern", "Laufschuhe", 38.0, 0.0, "commitment", 0.50, True,
          "Nach rund 500 Kilometern lässt die Dämpfung nach."),
    Offer("home_news", "Neues für Zuhause", "Heimtextilien", 13.0, 0.0, "information", 0.02, False,
          "Neue Bettwäsche aus Baumwolle ist da."),
)  # fmt: skip
COSTS = {"email": 0.02, "sms": 0.09, "post": 0.85, "phone": 4.5, "push": 0.01}


def plan_truth(seed: int, chunk: int, who: Who, sales: Sales, effects: Effects) -> dict[str, Array]:
    """Per person: true expected gain (EUR, margin less cost) of every option; the best one (-1 = contact nobody)."""
    del seed, chunk
    count = who.people.count
    everyone, end = np.arange(count), np.full(count, clock.END)
    chance = _own_chance(who, sales)
    visits = build_history(sales.visits.person, sales.visits.at)
    row = visits.last(everyone, end)
    referrer = np.where(row >= 0, sales.visits.referrer[np.maximum(row, 0)], NOWHERE)
    device = np.where(row >= 0, sales.visits.device[np.maximum(row, 0)], 3)
    recent = np.bincount(
        sales.contacts.person,
        weights=(sales.contacts.at > clock.END - 60 * clock.DAY) & (sales.contacts.arm > 0),
        minlength=count,
    )
    experienced = (sales.history.count(everyone, 0 * end, end) >= 3).astype(np.int64)
    values: dict[str, Array] = {"own_chance_28_days": chance}
    for offer in OFFERS:
        lift = np.where(_alive(who, offer), offer.lift, 0.0)
        pattern = np.full(count, PATTERNS.index(offer.pattern))
        for channel, cost in COSTS.items():
            place = CONTACT_CHANNELS.index(channel)
            plain = effects.of(channel, pattern, (referrer, device, experienced))
            total = (1 + plain) * (1 + lift) - 1
            total = np.where(total > 0, total / (1 + CAMPAIGN.fatigue * recent), total)
            won = (chance * total).clip(-1, 0.9 - chance)
            gain = won * (offer.margin - offer.discount) - chance * offer.discount - cost
            able = (who.consents.start[place] <= clock.END) & (who.consents.end[place] > clock.END)
            values[f"gain_{offer.id}_{channel}"] = np.where(able, gain, np.nan)
    table = np.stack([v for k, v in values.items() if k.startswith("gain_")])
    filled = np.where(np.isnan(table), -np.inf, table)
    best = filled.argmax(axis=0)
    top = filled[best, everyone]
    values["best_option"] = np.where(top > 0, best, -1)
    values["best_gain"] = np.where(top > 0, top, 0.0)
    return values


def _alive(who: Who, offer: Offer) -> Array:
    """Whom the play of an offer suits."""
    if not offer.due:
        return np.ones(who.people.count, dtype=bool)
    habits = who.needs.habits
    live = (habits.category == CODE[offer.category]) & (habits.start < clock.DAYS) & (habits.end >= clock.DAYS)
    return np.bincount(habits.person[live], minlength=who.people.count) > 0


def _own_chance(who: Who, sales: Sales) -> Array:
    """Chance of an order within the period without any contact, by habits alive and mood in the last week."""
    count = who.people.count
    habit = who.needs.habits.rate_on(clock.DAYS - 1, count)
    urge = who.needs.impulse / 365 * mood_factor(who.needs.mood[-1])
    rate = (habit + urge + 0.0004) * PERIOD_DAYS
    everyone, end = np.arange(count), np.full(count, clock.END)
    target = float((sales.history.count(everyone, end - PERIOD_DAYS * clock.DAY, end) > 0).mean())
    scale = 1.0
    for _ in range(8):
        scale *= max(target, 0.002) / float((1 - np.exp(-scale * rate)).mean())
    return (1 - np.exp(-scale * rate)).clip(0.001, 0.9)
