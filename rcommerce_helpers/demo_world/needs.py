"""What people need and when: habits with a clock that lapses, durables with a life, impulses of a hidden mood.

The family of these processes is none that a stage fits: gaps are a Weibull mixture with pauses and lapse, impulses
follow a heavy-tailed weekly mood with thresholds, both multiply with season, price and trait.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.catalogue import CATEGORIES, Catalogue
from rcommerce_helpers.demo_world.chance import Array, hit, pick, ragged, stream
from rcommerce_helpers.demo_world.network import Network
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import BUYING


@dataclass(frozen=True)
class Habits:
    """One row = one person's use of one consumable: mean gap in days, from and to which day number it is alive.

    ``cause`` 0 = own, 1 = started by a friend's influence.
    """

    person: Array
    category: Array
    gap: Array
    start: Array
    end: Array
    cause: Array

    def rate_on(self, day: int, people: int) -> Array:
        """Purchases a day each person's living habits amount to on one day."""
        alive = (self.start <= day) & (self.end >= day)
        return np.bincount(self.person, weights=alive / self.gap, minlength=people)


@dataclass(frozen=True)
class Needs:
    """One row = one thing wanted on one day: person, day number, category (``old`` ones lie before the window)."""

    person: Array
    day: Array
    category: Array
    habits: Habits
    mood: Array
    impulse: Array
    favourite: Array
    old_person: Array
    old_day: Array
    old_category: Array


def build_needs(seed: int, chunk: int, people: People, network: Network, catalogue: Catalogue) -> Needs:
    """All wants of one chunk of people over the two years, and durables bought in the eight years before."""
    rng = stream(seed, "needs", chunk)
    mood = _mood(rng, people.count)
    favourite = rng.random((people.count, len(CATEGORIES)), dtype=np.float32)
    habits, wants = _habits(rng, people, network, catalogue, favourite)
    kept = _not_skipped(rng, wants[0], wants[1], mood)
    impulse = BUYING.impulse_a_year * np.exp(
        rng.normal(-0.5 * BUYING.impulse_spread**2, BUYING.impulse_spread, people.count)
    )
    urges = _impulses(rng, people, mood, impulse)
    lives = _durables(rng, people)
    gifts = _gifts(rng, people.count)
    new = lives[1] >= 0
    person, day, category = (np.concatenate([wants[i][kept], urges[i], gifts[i], lives[i][new]]) for i in range(3))
    here = day >= (people.joined[person] - clock.START) // clock.DAY
    return Needs(person[here], day[here], category[here], habits, mood, impulse, favourite, *(v[~new] for v in lives))


def _mood(rng: np.random.Generator, count: int) -> Array:
    """Weekly mood of each person: an autoregression with Student shocks, brought to unit scale."""
    shocks = rng.standard_t(BUYING.mood_tail, (clock.WEEKS, count)).astype(np.float32)
    memory = np.float32(BUYING.mood_memory)
    level = np.empty_like(shocks)
    level[0] = shocks[0] / np.sqrt(1 - memory**2)
    for week in range(1, clock.WEEKS):
        level[week] = memory * level[week - 1] + shocks[week]
    return np.asarray(level / np.float32(2.6))


def mood_factor(mood: Array) -> Array:
    """What a mood does to impulses: two thresholds, no line."""
    return np.where(mood > BUYING.mood_up, BUYING.mood_up_factor, np.where(mood < BUYING.mood_down, 0.25, 0.75))


def _not_skipped(rng: np.random.Generator, person: Array, day: Array, mood: Array) -> Array:
    down = mood[(day // 7).clip(0), person] < BUYING.mood_down
    return np.asarray(~(down & hit(rng, BUYING.skip_when_down, len(person))))


def _habits(
    rng: np.random.Generator, people: People, network: Network, catalogue: Catalogue, favourite: Array
) -> tuple[Habits, tuple[Array, Array, Array]]:
    """Habits and the purchases they lead to, category by category."""
    parts, wants = [], []
    edges = network.both_ways()
    for code, category in enumerate(CATEGORIES):
        if category.kind == "consumable":
            start, cause = _starts(rng, people, edges, code)
            person = np.flatnonzero(np.isfinite(start))
            gap = category.gap_days * np.exp(rng.normal(0, BUYING.gap_spread, len(person)))
            raised = _raised_day(catalogue, code, favourite[person, code])
            row, day, end = _purchases(rng, start[person], gap, raised)
            parts.append((person, np.full(len(person), code), gap, start[person], end, cause[person]))
            wants.append((person[row], day, np.full(len(day), code)))
    habits = Habits(*(np.concatenate([p[i] for p in parts]) for i in range(6)))
    person, day, category_code = (np.concatenate([w[i] for w in wants]) for i in range(3))
    return habits, (person, day, category_code)


def _starts(
    rng: np.random.Generator, people: People, edges: tuple[Array, Array, Array], code: int
) -> tuple[Array, Array]:
    """Day number on which each person takes the category up (nan = never), and what made them."""
    category = CATEGORIES[code]
    likes = category.adopted * np.exp(0.9 * category.trait * people.trait - 0.4 * category.trait**2)
    uses = hit(rng, np.minimum(likes, 0.9), people.count)
    joined = (people.joined - clock.START) // clock.DAY
    later = np.where(hit(rng, 0.35, people.count), rng.integers(0, clock.DAYS, people.count), -10_000)
    start = np.where(uses, np.maximum(joined, later).astype(float), np.nan)
    cause = np.zeros(people.count, dtype=np.int64)
    source, target, influence = edges
    carried = influence & (start[source] >= 0) & np.isnan(start[target])
    carried &= hit(rng, BUYING.influence, len(source))
    follow = np.maximum(start[source] + 3 + rng.exponential(32, len(source)), joined[target])
    start[target[carried]] = follow[carried]
    cause[target[carried]] = 1
    return start, cause


def _raised_day(catalogue: Catalogue, code: int, favourite: Array) -> Array:
    """Day number of the price rise that the favourite product saw; a far day for all others."""
    if CATEGORIES[code].name != "Kaffeekapseln":
        return np.full(len(favourite), 10_000)
    brand = np.array(catalogue.brand)[favourite_product(catalogue, code, favourite)]
    day = (clock.month_starts()[catalogue.raised_month] - clock.START) // clock.DAY
    return np.where(brand == "Velvano", day, 10_000)


def favourite_product(catalogue: Catalogue, code: int, draw: Array) -> Array:
    """The product a person always takes, from the person's one draw for the category."""
    goods = np.flatnonzero(catalogue.category == code)
    edges = np.cumsum(catalogue.weight[goods])
    return np.asarray(goods[np.searchsorted(edges / edges[-1], draw, side="right").clip(0, len(goods) - 1)])


def _purchases(rng: np.random.Generator, start: Array, gap: Array, raised: Array) -> tuple[Array, Array, Array]:
    """Row of habit and day of every purchase in the window, and the day each habit ended."""
    first = np.where(start < 0, np.maximum(start, -rng.random(len(gap)) * gap), start)
    counts = (np.ceil((clock.DAYS - first).clip(0) / gap * 1.5) + 3).clip(3, 70).astype(np.int64)
    row, nth = ragged(counts)
    steady = hit(rng, BUYING.regular_share, len(gap))[row]
    shape = np.where(steady, BUYING.regular_shape, BUYING.irregular_shape)
    mean = np.where(steady, 0.9126, 1.0880)  # mean of a Weibull of that shape and scale 1
    step = gap[row] * rng.weibull(shape) / mean
    step += hit(rng, BUYING.pause, len(row)) * rng.uniform(60, 120, len(row))
    step[nth == 0] = 0
    total = np.cumsum(step)
    day = first[row] + total - total[np.cumsum(counts) - counts][row]
    hurt = (day > raised[row]) & (day - step <= raised[row])
    lapse = hit(rng, np.where(hurt, BUYING.lapse_after_price_rise, BUYING.lapse_per_purchase), len(row)) & (day >= 0)
    stop = np.full(len(gap), np.inf)
    np.minimum.at(stop, row[lapse], day[lapse])
    keep = (day >= 0) & (day < clock.DAYS) & (day <= stop[row])
    return row[keep], day[keep].astype(np.int64), np.minimum(stop, 10_000)


def _impulses(rng: np.random.Generator, people: People, mood: Array, a_year: Array) -> tuple[Array, Array, Array]:
    """Unplanned wants: Poisson in weeks whose mean is mood, season and drift multiplied."""
    season = np.pad(clock.season(), (0, 7 * clock.WEEKS - clock.DAYS), mode="edge").reshape(-1, 7).mean(axis=1)
    drift = 1 + BUYING.drift_a_year * np.arange(clock.WEEKS) / 52
    mean = mood_factor(mood) * (season * drift)[:, None] * (a_year / 52)[None, :]
    week, person = np.nonzero(rng.poisson(mean))
    codes = np.array([i for i, c in enumerate(CATEGORIES) if c.kind == "impulse"])
    trait = np.array([CATEGORIES[c].trait for c in codes])
    share = np.array([CATEGORIES[c].adopted for c in codes])
    weight = share * np.exp(0.8 * trait * people.trait[person][:, None])
    edges = np.cumsum(weight, axis=1)
    choice = (edges < (rng.random(len(person)) * edges[:, -1])[:, None]).sum(axis=1)
    day = (week * 7 + rng.integers(0, 7, len(week))).clip(0, clock.DAYS - 1)
    return person, day, codes[choice]


def _durables(rng: np.random.Generator, people: People) -> tuple[Array, Array, Array]:
    """Purchases of things that last, ten years long: a life, then the next one; demand follows the season a little."""
    parts = []
    span = (clock.END - clock.OLD_START) // clock.DAY
    before = (clock.START - clock.OLD_START) // clock.DAY
    for code, category in enumerate(CATEGORIES):
        if category.kind == "durable":
            likes = category.adopted * np.exp(0.5 * category.trait * people.trait)
            person = np.flatnonzero(hit(rng, np.minimum(likes, 0.9), people.count))
            counts = np.full(len(person), int(span / category.gap_days * 1.6) + 2)
            row, nth = ragged(counts)
            life = category.gap_days * rng.weibull(3.2, len(row)) / 0.8957
            life[nth == 0] *= rng.random(len(person))
            total = np.cumsum(life)
            base = total[np.cumsum(counts) - counts] - life[nth == 0]
            day = total - base[row] - before
            keep = (day < clock.DAYS) & (day >= -before)
            parts.append((person[row[keep]], day[keep].astype(np.int64), np.full(int(keep.sum()), code)))
    person, day, code_ = (np.concatenate([p[i] for p in parts]) for i in range(3))
    joined = (people.joined[person] - clock.START) // clock.DAY
    keep = day >= joined
    return person[keep], _towards_offers(rng, day[keep]), code_[keep]


def _towards_offers(rng: np.random.Generator, day: Array) -> Array:
    """A tenth of the durables wanted in October and November waits for the week of Black Friday."""
    result = day.copy()
    for friday in clock.BLACK_FRIDAYS:
        first = (friday - clock.FIRST_DAY).days
        waits = (day >= first - 45) & (day < first) & hit(rng, 0.3, len(day))
        result[waits] = first + rng.integers(-3, 4, int(waits.sum()))
    return result


GIFTS = ("Parfüm", "Spiele", "Kopfhörer", "Heimtextilien", "Küchenhelfer", "Laufbekleidung", "Kaffeebohnen")


def _gifts(rng: np.random.Generator, count: int) -> tuple[Array, Array, Array]:
    """Christmas gifts: from the week of Black Friday to the last day that still arrives in time."""
    parts = []
    codes = np.array([i for i, c in enumerate(CATEGORIES) if c.name in GIFTS])
    for friday in clock.BLACK_FRIDAYS:
        person = np.flatnonzero(hit(rng, BUYING.gift, count))
        day = (friday - clock.FIRST_DAY).days + np.rint(rng.triangular(-6, 13, 24, len(person))).astype(np.int64)
        parts.append((person, day, codes[rng.integers(0, len(codes), len(person))]))
    person, day, code = (np.concatenate([p[i] for p in parts]) for i in range(3))
    return person, day, code


def choose_impulse(rng: np.random.Generator, count: int) -> Array:
    """Category codes of extra purchases that a contact called forth."""
    codes = np.array([i for i, c in enumerate(CATEGORIES) if c.kind == "impulse"])
    return codes[pick(rng, np.array([CATEGORIES[c].adopted for c in codes]), count)]
