"""Small worlds whose truth is known by formula. Each takes a seed; none needs a file beside the checkout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns.evidence import RandomisedLog
from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.findings import Cells
from rcommerce_helpers.statistics.replication import FOLDS, Sums

DEVICES = ("desktop", "mobile", "tablet")
BASE_RATES = (0.02, 0.05, 0.08, 0.12, 0.16, 0.22)
"""One per campaign: what the held out do without any contact."""
HOLDOUTS = (0.20, 0.35, 0.25, 0.40, 0.15, 0.30)
CHANNELS = ("email", "sms", "email", "sms", "email", "sms")
ARMS = (
    ("reminder", "information"),
    ("information",),
    ("reminder", "scarcity"),
    ("scarcity",),
    ("reminder",),
    ("information", "scarcity"),
)
NOVICE_FACTOR = 0.4
"""The inexperienced buy less, and more of them are held out: a stratum of the lots."""


@dataclass(frozen=True)
class ExperimentWorld:
    """``contacts`` and purchases before them as a stage reads them; ``effects``: arm x device with its true effect."""

    contacts: pd.DataFrame
    baskets: Baskets
    effects: pd.DataFrame


def experiment_world(
    seed: int, *, people: int = 4000, spread: float = 0.0, keeps_arm: bool = False, picked: str = ""
) -> ExperimentWorld:
    """Six campaigns of different base rate, arms and holdout over the same people; lots are drawn within experience.

    Parameters
    ----------
    spread
        Standard deviation of the true log effect of an arm on a device; 0 = no contact does anything.
    keeps_arm
        Whether a person who was held out once is held out every time.
    picked
        A campaign whose held out are those who buy least, though it records the lots of the others.
    """
    rng = np.random.default_rng(seed)
    patterns = sorted({arm for arms in ARMS for arm in arms})
    log_effect = rng.normal(0.0, spread, (len(patterns), len(DEVICES))) if spread else np.zeros((len(patterns), 3))
    novice, luck, keen = rng.random(people) < 0.5, rng.random(people), rng.beta(4, 4, people) * 2
    parts = []
    for number, (base, holdout, arms) in enumerate(zip(BASE_RATES, HOLDOUTS, ARMS)):
        who = np.flatnonzero(rng.random(people) < 0.7)
        held_chance = np.where(novice[who], np.minimum(1.6 * holdout, 0.8), holdout)
        held = (luck[who] if keeps_arm else rng.random(len(who))) < held_chance
        if f"k{number}" == picked:
            score = keen[who] + rng.normal(0, 0.3, len(who))
            held = score < np.quantile(score, held_chance.mean())
        arm = np.array(arms)[rng.integers(0, len(arms), len(who))]
        device = rng.integers(0, len(DEVICES), len(who))
        lift = np.where(held, 0.0, log_effect[np.searchsorted(patterns, arm), device])
        rate = np.clip(base * np.where(novice[who], NOVICE_FACTOR, 1.0) * keen[who] * np.exp(lift), 0, 0.95)
        frame = pd.DataFrame({"customer_id": np.char.add("c", who.astype(str)), "campaign_id": f"k{number}"})
        parts.append(frame.assign(
            contact_id=[f"{number}-{i}" for i in who], arm=np.where(held, "none", arm),
            propensity=np.where(held, held_chance, (1 - held_chance) / len(arms)),
            at=pd.Timestamp("2024-01-10") + pd.Timedelta(days=20 * number), converted=rng.random(len(who)) < rate,
            device=np.array(DEVICES)[device], channel=CHANNELS[number],
            experience=np.where(novice[who], "novice", "experienced"),
        ))  # fmt: skip
    contacts = pd.concat(parts, ignore_index=True)
    index = pd.MultiIndex.from_product([patterns, DEVICES], names=["arm", "device"])
    truth = pd.DataFrame({"effect": np.expm1(log_effect).ravel()}, index=index).reset_index()
    return ExperimentWorld(contacts.assign(local_at=contacts["at"]), _earlier(rng, keen, novice), truth)


def _earlier(rng: np.random.Generator, keen: np.ndarray, novice: np.ndarray) -> Baskets:
    """Purchases of the half year around the campaigns, about one in two months: the keen buy more, novices less."""
    count = rng.poisson(3.0 * keen * np.where(novice, NOVICE_FACTOR, 1.0))
    who = np.repeat(np.arange(len(keen)), count)
    at = pd.Timestamp("2023-12-01") + pd.to_timedelta(rng.integers(0, 180, len(who)), unit="D")
    names = np.char.add("c", np.arange(len(keen)).astype(str))
    orders = pd.DataFrame({"customer_id": names[who], "customer": who, "local_at": at})
    return Baskets(orders.sort_values(["customer", "local_at"]).reset_index(drop=True), names, "2024-06-30", ())


def independent_baskets(
    seed: int, *, wish: float, people: int = 250, visits: int = 30, drawn: float = 0.0
) -> tuple[Baskets, Contents]:
    """Groups that have nothing to do with each other, each wished for by itself; nobody sees an empty basket.

    ``wish`` is the mean count of groups a visit is made for; its intensity varies between visits as a gamma of shape 1.
    ``drawn``: chance with which tea puts bread into the basket as well; 0 = no pair at all.
    """
    rng = np.random.default_rng(seed)
    groups = ("bread", "milk", "beer", "soap", "fish", "tea")
    taste = rng.dirichlet(np.full(len(groups), 1.5), people)
    who = np.repeat(np.arange(people), visits)
    day = np.tile(np.arange(visits) * 7, people)
    bought = rng.poisson(taste[who] * wish * rng.gamma(1.0, 1.0, len(who))[:, None]) > 0
    if drawn:
        bought[:, groups.index("bread")] |= bought[:, groups.index("tea")] & (rng.random(len(who)) < drawn)
    seen = bought.any(axis=1)
    return as_baskets(who[seen], day[seen], bought[seen], groups)


def as_baskets(
    who: np.ndarray, day: np.ndarray, bought: np.ndarray, groups: tuple[str, ...]
) -> tuple[Baskets, Contents]:
    """Baskets and contents of visits: customer number, day, which groups; every group costs 2."""
    names = np.array([f"c{i:05d}" for i in range(who.max() + 1)])
    orders = pd.DataFrame({"customer_id": names[who], "customer": who, "order_id": [f"o{i}" for i in range(len(who))]})
    orders["local_at"] = pd.Timestamp("2023-01-02 10:00") + pd.to_timedelta(day, unit="D")
    orders = orders.assign(value=2.0 * bought.sum(axis=1), line_count=bought.sum(axis=1), discounted=0)
    order, group = np.nonzero(bought)
    contents = Contents(pd.DataFrame({"order": order, "group": group, "amount": 2.0}), groups)
    return Baskets(orders, names, "2023-12-31", ()), contents


@dataclass(frozen=True)
class CellWorld:
    """Estimates of cells of one family with their standard errors, and what they estimate."""

    seen: np.ndarray
    standard_errors: np.ndarray
    truth: np.ndarray


def cell_world(seed: int, *, cells: int = 10) -> CellWorld:
    """A family as the demo draws it: most cells next to nothing, some lively with heavy tails; cells are thin."""
    rng = np.random.default_rng(seed)
    dull = rng.random(cells) < 0.6
    truth = np.where(dull, rng.normal(0, 0.004, cells), 0.09 * rng.standard_t(4, cells))
    errors = rng.uniform(0.03, 0.25, cells)
    return CellWorld(rng.normal(truth, errors), errors, truth)


def many_cells(seed: int, *, cells: int = 105, planted: int = 0, arm: int = 20_000, base: float = 0.05) -> Cells:
    """Cells of one arm against a holdout each, as many people in either; the first ``planted`` convert a fifth more."""
    rng = np.random.default_rng(seed)
    rate = np.full(cells, base)
    rate[:planted] *= 1.2
    people = float(arm // FOLDS)
    sent, held = (rng.binomial(int(people), chance, (FOLDS, cells)).astype(float) for chance in (rate, base))
    table = pd.DataFrame({"name": [f"cell {i}" for i in range(cells)], "context": "everywhere", "family": "f"})

    def sums(hits: np.ndarray, held_hits: np.ndarray, n: float) -> Sums:
        each = np.full(hits.shape, n)
        spread, held_spread = hits * (1 - hits / n), held_hits * (1 - held_hits / n)
        return Sums(each, each, each, hits, hits, held_hits, spread, 0 * hits, held_spread)

    whole = sums(sent.sum(axis=0), held.sum(axis=0), FOLDS * people)
    others = sums(sent.sum(axis=0) - sent, held.sum(axis=0) - held, (FOLDS - 1) * people)
    return Cells(table, whole, sums(sent, held, people), others, np.full(cells, 0.5))


def mailing_log(seed: int, *, rows: int = 2000, effect: float = 0.0) -> RandomisedLog:
    """Two mailings and a holdout, drawn evenly; a mailing adds ``effect`` where the first column > 0."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((rows, 4))
    arm = rng.integers(0, 3, rows)
    outcome = features @ [1.0, 0.5, 0.0, 0.0] + (arm > 0) * effect * (features[:, 0] > 0) + rng.standard_normal(rows)
    return RandomisedLog(
        outcome, arm, np.full(rows, 1 / 3), features, ("none", "mail", "card"), np.zeros(3), unit="money"
    )


def waves(seed: int, *, people: int = 500, count: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contacts and order lines of one campaign in several waves: each person keeps the arm, no contact does anything.

    How often a person buys is the person's own, so the waves of one person are nearly one piece of evidence.
    """
    rng = np.random.default_rng(seed)
    keen, mailed = rng.beta(0.3, 1.2, people), rng.permutation(people) < people // 2
    ids = np.array([f"c{i:04d}" for i in range(people)])
    who = np.tile(np.arange(people), count)
    at = pd.Timestamp("2024-03-01") + pd.to_timedelta(np.repeat(np.arange(count) * 14, people), unit="D")
    contacts = pd.DataFrame({
        "contact_id": [str(i) for i in range(len(who))], "customer_id": ids[who], "campaign_id": "k",
        "arm": np.where(mailed[who], "mail", "none"), "propensity": 0.5, "at": at, "local_at": at,
        "converted": rng.random(len(who)) < keen[who], "revenue": np.nan,
    })  # fmt: skip
    day = pd.Timestamp("2024-01-15") + pd.to_timedelta(rng.integers(0, 30, people), unit="D")
    lines = pd.DataFrame({"customer_id": ids, "local_at": day, "order_id": ids, "amount": 20.0, "discount": 0.0})
    last = lines.tail(1).assign(local_at=pd.Timestamp("2024-06-01"), order_id="last")
    return contacts, pd.concat([lines, last], ignore_index=True)


GROUPS = ("bread", "milk", "beer", "soap", "fish", "tea")


def shop_world(
    seed: int, *, customers: int = 260, trips: int = 24, evening_lift: float = 0.0, follow_lift: float = 0.0
) -> tuple[Baskets, Contents]:
    """Baskets and contents. Who shops in the evening buys more of everything, so hours look powerful and are not.

    ``evening_lift`` is the true relative effect of the evening on buying beer; ``follow_lift`` the chance that milk is
    the main purchase just because bread was it on the trip before.
    """
    rng = np.random.default_rng(seed)
    late = rng.beta(1, 1, customers)
    taste = rng.dirichlet(np.full(len(GROUPS), 0.8), customers) * (0.6 + late)[:, None]
    count = rng.poisson(trips, customers) + 2
    who = np.repeat(np.arange(customers), count)
    evening = rng.random(len(who)) < late[who]
    hour = np.where(evening, 18, 9)
    day = np.concatenate([np.sort(rng.choice(360, n, replace=False)) for n in count])
    chance = np.clip(taste[who] * 1.2, 0.02, 0.6)
    chance[:, 2] *= 1 + evening_lift * evening
    bought = rng.random(chance.shape) < np.clip(chance, 0, 0.95)
    bought[~bought.any(axis=1), 0] = True
    amount = bought * rng.gamma(2, 2, bought.shape) * (1 + 2 * late[who])[:, None]
    if follow_lift:
        main = amount.argmax(axis=1)
        after_bread = np.r_[False, (main[:-1] == 0) & (who[1:] == who[:-1])]
        moved = after_bread & (rng.random(len(who)) < follow_lift)
        bought[moved, 1] = True
        amount[moved, 1] = amount[moved].max(axis=1) + 1
    return as_shop(who, day, hour, amount), as_contents(amount)


def as_shop(who: np.ndarray, day: np.ndarray, hour: np.ndarray, amount: np.ndarray) -> Baskets:
    """Baskets of visits: customer number, day, hour, and the amount of each group."""
    at = pd.Timestamp("2023-01-02") + pd.to_timedelta(day, unit="D") + pd.to_timedelta(hour, unit="h")
    names = np.array([f"c{i:05d}" for i in range(who.max() + 1)])
    orders = pd.DataFrame(
        {
            "customer_id": names[who],
            "customer": who,
            "order_id": [f"o{i}" for i in range(len(who))],
            "local_at": at,
            "value": amount.sum(axis=1),
            "line_count": (amount > 0).sum(axis=1),
            "discounted": 0,
        }
    )
    return Baskets(orders, names, "2023-12-31", ())


def as_contents(amount: np.ndarray) -> Contents:
    """What lay in them."""
    order, group = np.nonzero(amount)
    rows = pd.DataFrame({"order": order, "group": group, "amount": amount[order, group]})
    return Contents(rows, GROUPS[: amount.shape[1]])
