"""Persons, households and firms: who is really who, before any system writes anybody down.

One chunk = whole households. Arrays hold one entry per person; text is kept as codes into the vocabularies of
``names``. Nothing here knows an identifier that an export shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.chance import Array, hit, pick, stream, zipf_weights
from rcommerce_helpers.demo_world.names import FAMILIES, FEMALE, MALE, STREETS, TOWNS
from rcommerce_helpers.demo_world.rates import PEOPLE, WEB

GIVEN: tuple[str, ...] = tuple(dict.fromkeys(" ".join((*MALE, *FEMALE)).split()))
_GIVEN_CODE = {name: i for i, name in enumerate(GIVEN)}
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Address:
    """Where one lives: codes of town and street, postcode as a number, house number."""

    town: Array
    postcode: Array
    street: Array
    house: Array

    def of(self, index: Array) -> Address:
        """The same for chosen persons."""
        return Address(self.town[index], self.postcode[index], self.street[index], self.house[index])


@dataclass(frozen=True)
class People:
    """One chunk of the population; ``first`` is the number of its first person in the world."""

    first: int
    household: Array
    female: Array
    birth: Array
    given: Array
    family: Array
    family_before: Array
    address: Address
    address_before: Address
    moved: Array
    firm: Array
    info_mailbox: Array
    trait: Array
    joined: Array
    referrer: Array
    device: Array
    size: Array

    @property
    def count(self) -> int:
        """Persons in the chunk."""
        return len(self.given)


def build_people(seed: int, chunk: int, count: int, first: int) -> People:
    """Draw ``count`` persons in whole households."""
    rng = stream(seed, "people", chunk)
    household, role = _households(rng, count)
    female, birth, family = _members(rng, household, role)
    given = _given_names(rng, female, birth)
    given = _juniors_and_twins(rng, given, female, birth, role)
    changed = hit(rng, PEOPLE.married_name_changed, count) & female & (birth < 11_000)
    before = np.where(changed, pick(rng, _family_weights(), count), family)
    address, moved_from, moved = _addresses(rng, household)
    joined = np.where(
        hit(rng, PEOPLE.joins_in_window, count),
        clock.START + rng.integers(0, clock.DAYS - 30, count) * clock.DAY,
        clock.OLD_START + rng.integers(0, (clock.START - clock.OLD_START) // clock.DAY, count) * clock.DAY,
    )
    home_trait = rng.normal(0, 1, household.max() + 1)[household]
    firm = np.where(hit(rng, PEOPLE.company_contact, count), first + rng.integers(0, count, count) // 3, -1)
    return People(
        first=first,
        household=household,
        female=female,
        birth=birth,
        given=given,
        family=family,
        family_before=before,
        address=address,
        address_before=moved_from,
        moved=moved,
        firm=firm,
        info_mailbox=hit(rng, PEOPLE.info_mailbox, count) & (firm >= 0),
        trait=0.5 * home_trait + 0.87 * rng.normal(0, 1, count),
        joined=joined,
        referrer=pick(rng, np.array(WEB.referrers), count),
        device=pick(rng, np.array(WEB.devices), count),
        size=np.where(female, rng.normal(2.6, 1.5, count), rng.normal(6.3, 1.4, count)).round().clip(0, 10).astype(int),
    )


def _households(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Household of each person, and role: 0 head, 1 partner, 2 child, 3 sibling, 4 twin."""
    sizes = 1 + pick(rng, np.array(PEOPLE.household_sizes), count)
    household = np.repeat(np.arange(count), sizes)[:count]
    number = np.arange(count) - np.flatnonzero(np.r_[True, household[1:] != household[:-1]])[household]
    draw = rng.random(count)
    sibling = np.where(rng.random(count) < PEOPLE.twin_of_siblings, 4, 3)
    second = np.where(draw < PEOPLE.couple, 1, np.where(draw < PEOPLE.couple + PEOPLE.sibling, sibling, 2))
    return household, np.where(number == 0, 0, np.where(number == 1, second, 2))


def _head(household: Array) -> Array:
    """Index of the head of each person's household."""
    return np.flatnonzero(np.r_[True, household[1:] != household[:-1]])[household]


def _family_weights() -> Array:
    return zipf_weights(len(FAMILIES), 0.85)


def _members(rng: np.random.Generator, household: Array, role: Array) -> tuple[Array, Array, Array]:
    """Sex, birth (days since 1970) and family name, consistent within a household."""
    count = len(household)
    head = _head(household)
    age = rng.normal(46, 15, count).clip(19, 86)
    parents = np.bincount(household, weights=role == 2) > 0
    head_age = np.where(parents[household], age.clip(48, 86), age)[head]
    age = np.where(role == 1, (head_age + rng.normal(0, 3.5, count)).clip(19, 90), age)
    age = np.where(role == 2, (head_age - rng.normal(29, 4, count)).clip(18.2, 60), age)
    age = np.where(role == 3, (head_age + rng.normal(0, 4, count)).clip(18.2, 88), age)
    age = np.where((role == 0) | (role == 4), head_age, age)
    end = (clock.AS_OF - EPOCH).days
    birth = (end - age * 365.25 - rng.integers(0, 365, count)).astype(np.int64)
    birth = _apart(np.where(role == 4, birth[head], birth), role)
    sex = rng.random(count) < 0.5
    female = np.where(role == 1, ~sex[head] ^ (rng.random(count) < 0.03), sex)
    own = pick(rng, _family_weights(), count)
    shared = (role >= 2) | ((role == 1) & hit(rng, PEOPLE.same_name_couple, count))
    return female, birth, np.where(shared, own[head], own)


def _apart(birth: Array, role: Array) -> Array:
    """Brothers and sisters who are no twins are born at least a year apart."""
    result = birth.copy()
    for i in np.flatnonzero(((role == 2) & (np.roll(role, 1) == 2)) | (role == 3)):
        if abs(result[i] - result[i - 1]) < 365:
            result[i] = result[i - 1] - 700
    return result


def _given_names(rng: np.random.Generator, female: Array, birth: Array) -> Array:
    """First names by sex and by the years in which they were common."""
    cohort = np.digitize(birth, [(date(1963, 1, 1) - EPOCH).days, (date(1986, 1, 1) - EPOCH).days])
    given = np.zeros(len(female), dtype=np.int64)
    for is_female, lists in ((False, MALE), (True, FEMALE)):
        for number, text in enumerate(lists):
            codes = np.array([_GIVEN_CODE[n] for n in text.split()])
            mask = (female == is_female) & (cohort == number)
            given[mask] = codes[pick(rng, zipf_weights(len(codes), 0.6), int(mask.sum()))]
    return given


def _juniors_and_twins(rng: np.random.Generator, given: Array, female: Array, birth: Array, role: Array) -> Array:
    """Juniors carry the head's first name; twins often one that begins alike."""
    count = len(given)
    above = np.maximum(np.arange(count) - 1, 0)
    junior = (role == 2) & (role[above] == 0) & (female == female[above]) & hit(rng, 2 * PEOPLE.junior, count)
    given = np.where(junior, given[above], given)
    given = _unlike_siblings(rng, given, role, junior)
    initial = np.array([name[0] for name in GIVEN])
    for i in np.flatnonzero(role == 4):
        alike = np.flatnonzero((initial == initial[given[i - 1]]) & (np.arange(len(GIVEN)) != given[i - 1]))
        same_sex = [g for g in alike if _is_female(int(g)) == bool(female[i])]
        if given[i] == given[i - 1] or rng.random() < 0.5:
            given[i] = int(rng.choice(same_sex)) if same_sex else given[i]
    return given


def _unlike_siblings(rng: np.random.Generator, given: Array, role: Array, junior: Array) -> Array:
    """Nobody but a junior is called like another member of the household."""
    result = given.copy()
    for i in np.flatnonzero(role > 0):
        number = next(k for k in range(1, 5) if role[i - k] == 0)
        taken = set(result[i - number : i].tolist())
        for _ in range(20):
            if junior[i] or int(result[i]) not in taken:
                break
            result[i] = int(rng.choice([g for g in range(len(GIVEN)) if _is_female(g) == _is_female(int(result[i]))]))
    return result


_FEMALE_CODES = frozenset(_GIVEN_CODE[n] for text in FEMALE for n in text.split())


def _is_female(code: int) -> bool:
    return code in _FEMALE_CODES


def _addresses(rng: np.random.Generator, household: Array) -> tuple[Address, Address, Array]:
    """Present address of the household, former address of the person, and who moved."""
    count = len(household)
    homes = int(household.max()) + 1
    home = _draw_address(rng, homes).of(household)
    former = _draw_address(rng, count)
    near = hit(rng, 0.6, count)
    town = np.where(near, home.town, former.town)
    former = Address(town, _postcode(rng, town), former.street, former.house)
    moved = hit(rng, PEOPLE.moved, count)
    return home, former, moved


def _draw_address(rng: np.random.Generator, count: int) -> Address:
    town = pick(rng, np.array([t.thousands for t in TOWNS], dtype=float), count)
    street = pick(rng, zipf_weights(len(STREETS), 0.5), count)
    return Address(town, _postcode(rng, town), street, 1 + rng.geometric(0.03, count).clip(1, 180))


def _postcode(rng: np.random.Generator, town: Array) -> Array:
    """One of at most forty postcodes spread over the town's real range."""
    low = np.array([t.first_postcode for t in TOWNS])[town]
    span = np.array([t.last_postcode - t.first_postcode for t in TOWNS])[town]
    steps = np.minimum(span // 2, 40)
    return np.asarray(low + (rng.integers(0, 10_000, len(town)) % (steps + 1)) * (span // np.maximum(steps, 1)).clip(1))
