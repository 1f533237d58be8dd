"""How many contacts are too many? The same customers played forward under several doses.

Each customer buys by chance on each day at her own past rate. A contact lifts that rate for a while; the more contacts
in recent memory, the weaker the lift (fatigue) and the likelier she leaves the channel (unsubscribe), which costs the
part of her remaining value that needs the channel. All processes and numbers are assumptions, named in ``Reactions``;
they say which dose is worth testing, not what it will bring. The offers' uplift is applied to whole orders, the most
that could be hoped for. Every dose meets the same days (common random numbers), so
that their differences are far less noisy than their levels. Each replication draws another uplift from its prior.
Result per dose: profit per customer against silence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns.offers import LARGEST_BELIEVED_UPLIFT, Offers
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.campaigns.reach import YEAR_DAYS, Reach
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import ASSUMED_LEVEL, Figure
from rcommerce_helpers.statistics.intervals import tails

DOSES = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
MOST_CUSTOMERS = 10_000


@dataclass(frozen=True)
class Reactions:
    """Assumed reactions to a contact.

    ``lift_days``: the lift halves after so many days. ``fatigue_days``: a contact's weight in memory halves after so
    many days. ``fatigue``: each remembered contact takes this share off the next one's lift. ``unsubscribe``: chance of
    leaving at a first contact; each remembered contact adds that chance once more.
    """

    lift_days: float = 5.0
    fatigue_days: float = 14.0
    fatigue: float = 0.15
    unsubscribe: float = 0.0015
    cost: float = 0.004
    value_share: float = 0.05


@dataclass(frozen=True)
class Population:
    """One row = customer: orders a day, contribution of an order, and what the next year would bring at this rate."""

    daily_rate: np.ndarray
    order_margin: np.ndarray
    yearly_margin: np.ndarray

    def part(self, rows: np.ndarray) -> Population:
        return Population(self.daily_rate[rows], self.order_margin[rows], self.yearly_margin[rows])


@dataclass(frozen=True)
class Played:
    """Totals per customer of one play: orders, margin, contacts, unsubscribed share, trust lost in money, profit."""

    orders: float
    margin: float
    contacts: float
    unsubscribed: float
    trust: float
    profit: float


@dataclass(frozen=True)
class DoseCurve:
    """``curve``: one row = dose: contacts_per_week, profit, low, high (90 %), contacts, unsubscribed, trust, margin.

    ``profit`` per customer against silence over ``days``; low and high over replications.
    """

    curve: pd.DataFrame
    chosen: float
    days: int
    currency: str
    figures: tuple[Figure, ...]


def simulate_contact_frequency(reach: Reach, offers: Offers, currency: str, params: CampaignParams) -> DoseCurve:
    """Play the doses of ``DOSES`` and the one of the parameters over the customers who may be contacted.

    Parameters
    ----------
    reach
        Who may be contacted, with orders and margin of the last 365 days; at most 10,000 of them are played, drawn by
        the seed.
    offers
        Mean and spread of the uplift are the average over the offers; cost and trust those of the cheapest channel.
    """
    people = population(reach)
    if not len(people.daily_rate):
        raise NotEnoughData("customers", got="nobody with an order", expected="customers", do="Check permissions")
    rng = np.random.default_rng(params.seed)
    if len(people.daily_rate) > MOST_CUSTOMERS:
        people = people.part(rng.choice(len(people.daily_rate), MOST_CUSTOMERS, replace=False))
    mean = float(np.mean([o.believed_uplift for o in offers.offers]))
    sd = float(np.mean([o.uplift_prior.sd for o in offers.offers]))
    uplifts = np.minimum(mean + sd * rng.standard_normal(params.replications), LARGEST_BELIEVED_UPLIFT)
    doses = sorted({*DOSES, params.contacts_per_week})
    reactions = _reactions(offers)
    rows = []
    for number, uplift in enumerate(uplifts):
        luck = draw_luck(len(people.daily_rate), params.simulate_days, seed=params.seed + number)
        silent = play(people, luck, reactions, dose=0.0, uplift=float(uplift))
        for dose in doses:
            played = play(people, luck, reactions, dose=dose, uplift=float(uplift))
            rows.append({"contacts_per_week": dose, "gain": played.profit - silent.profit, **vars(played)})
    curve = _curve(pd.DataFrame(rows))
    return DoseCurve(curve, params.contacts_per_week, params.simulate_days, currency, _figures(curve, params, people))


def population(reach: Reach) -> Population:
    """Rates and margins of the reachable customers from their last 365 days; those without an order are left out."""
    people = reach.customers[reach.customers["reachable"] & (reach.customers["yearly_orders"] > 0)]
    count = people["yearly_orders"].to_numpy(dtype=float)
    margin = people["yearly_margin"].to_numpy(dtype=float)
    days = reach.days_seen
    return Population(np.minimum(count / days, 1.0), margin / count, margin * YEAR_DAYS / days)


def _reactions(offers: Offers) -> Reactions:
    """Cost and trust of the cheapest channel; the rest as assumed."""
    channel = min(offers.channels, key=lambda c: c.cost)
    return Reactions(cost=channel.cost, unsubscribe=channel.unsubscribe_risk, value_share=channel.value_share)


def draw_luck(customers: int, days: int, *, seed: int) -> np.ndarray:
    """(3, days, customers): one uniform number per purpose (contact, order, unsubscribe), day and customer.

    A counter-based generator (Philox) keyed by the seed: the same luck for every dose, in every run.
    """
    generator = np.random.Generator(np.random.Philox(key=seed))
    return generator.random((3, days, customers), dtype=np.float32)


def play(people: Population, luck: np.ndarray, reactions: Reactions, *, dose: float, uplift: float) -> Played:
    """Play all customers forward under ``dose`` contacts a week and the relative ``uplift`` of one contact.

    Returns
    -------
    Played
        Totals per customer; profit = margin - cost of contacts - trust lost.
    """
    n = len(people.daily_rate)
    lift, memory = np.zeros(n), np.zeros(n)
    subscribed = np.ones(n, dtype=bool)
    orders, contacts = np.zeros(n), 0
    lift_keep, memory_keep = 0.5 ** (1 / reactions.lift_days), 0.5 ** (1 / reactions.fatigue_days)
    for contact_luck, order_luck, leave_luck in zip(*luck):
        contacted = subscribed & (contact_luck < dose / 7)
        lift *= lift_keep
        memory *= memory_keep
        lift += np.where(contacted, uplift * np.clip(1 - reactions.fatigue * memory, 0, None), 0.0)
        subscribed &= ~(contacted & (leave_luck < reactions.unsubscribe * (1 + memory)))
        memory += contacted
        orders += order_luck < people.daily_rate * (1 + lift)
        contacts += int(contacted.sum())
    margin = float((orders * people.order_margin).mean())
    trust = float((people.yearly_margin * ~subscribed).mean() * reactions.value_share)
    profit = margin - contacts / n * reactions.cost - trust
    return Played(float(orders.mean()), margin, contacts / n, float((~subscribed).mean()), trust, profit)


def _curve(rows: pd.DataFrame) -> pd.DataFrame:
    """One row = dose: mean over replications, with the interval of the gain over them."""
    grouped = rows.groupby("contacts_per_week")
    table = grouped[["contacts", "unsubscribed", "trust", "margin"]].mean()
    table["profit"] = grouped["gain"].mean()
    table["low"], table["high"] = (grouped["gain"].quantile(at) for at in tails(ASSUMED_LEVEL))
    return table.reset_index()


def _figures(curve: pd.DataFrame, params: CampaignParams, people: Population) -> tuple[Figure, ...]:
    n = len(people.daily_rate)
    by_dose = curve.set_index("contacts_per_week")
    chosen = by_dose.loc[params.contacts_per_week]
    best = by_dose["profit"].idxmax()
    top = by_dose.loc[best]
    return (
        Figure("chosen_dose", params.contacts_per_week, len(curve), "per_week"),
        _against_silence("dose_value", chosen, n),
        Figure("best_dose", float(best), len(curve), "per_week"),
        _against_silence("best_dose_value", top, n),
        Figure("dose_unsubscribed", float(chosen["unsubscribed"]), n, "share"),
    )


def _against_silence(name: str, dose: pd.Series, n: int) -> Figure:
    """Profit of a dose against silence, with its interval."""
    low, high = float(dose["low"]), float(dose["high"])
    return Figure(name, float(dose["profit"]), n, "money", low, high, level=ASSUMED_LEVEL)
