"""How nine systems write the same people down: several records a person, each with its own slips.

One row = one person record in one system. The record's number is a keyed shuffling of a running one, so neither it nor
the place in the file says whose it is; the time of creation is drawn for the record, not for the person (a shop
account only has to be older than the person's first order).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.chance import Array, hit, pick, scramble, stream
from rcommerce_helpers.demo_world.mailboxes import Mailboxes, build_mailboxes, phone_text
from rcommerce_helpers.demo_world.names import FAMILIES, NICKNAMES, STREETS, TOWNS, folded, stripped
from rcommerce_helpers.demo_world.people import GIVEN, People
from rcommerce_helpers.demo_world.rates import PEOPLE, SYSTEMS
from rcommerce_helpers.demo_world.slips import mistype, shift_digit

SYSTEM = {system.name: code for code, system in enumerate(SYSTEMS)}
RECORDS_PER_CHUNK = 1 << 20


@dataclass(frozen=True)
class Records:
    """Person records of one chunk; ``of(system)`` gives each person's first record there, -1 = none."""

    person: Array
    system: Array
    number: Array
    created: Array
    updated: Array
    text: pa.Table
    people: int

    def of(self, system: str, *, last: bool = False) -> Array:
        """Row of each person's first (or last) record in a system."""
        rows = np.flatnonzero(self.system == SYSTEM[system])[:: 1 if last else -1]
        result = np.full(self.people, -1)
        result[self.person[rows]] = rows
        return result


def build_records(seed: int, chunk: int, people: People) -> Records:
    """All records of one chunk of people, in no order that means anything."""
    rng = stream(seed, "records", chunk)
    person, system = _who_is_where(rng, people)
    shuffled = rng.permutation(len(person))
    person, system = person[shuffled], system[shuffled]
    count = len(person)
    boxes = build_mailboxes(seed, chunk, people)
    created = _created(rng, people, person, system)
    updated = np.maximum(created, clock.OLD_START + rng.integers(0, clock.END - clock.OLD_START, count))
    text = _texts(rng, people, boxes, person, system)
    number = scramble(chunk * RECORDS_PER_CHUNK + np.arange(count), seed + 23)
    return Records(person, system, number, created, clock.settle(updated), text, people.count)


def _who_is_where(rng: np.random.Generator, people: People) -> tuple[Array, Array]:
    """Person and system of every record; everybody is known to at least one system."""
    everyone = np.arange(people.count)
    chance = rng.beta(2.2, 1.6, people.count) / 0.58
    known = {
        s.name: hit(rng, np.minimum(s.known * (chance if s.name != "shop" else 1.0), 1), people.count) for s in SYSTEMS
    }
    nowhere = ~np.any(list(known.values()), axis=0)
    known["shop"] |= nowhere
    parts = [(everyone[mask], name) for name, mask in known.items()]
    parts.append((everyone[known["shop"] & hit(rng, PEOPLE.second_account, people.count)], "shop"))
    guest = hit(rng, np.where(known["shop"], PEOPLE.guest, PEOPLE.guest_without_account), people.count)
    parts += [(everyone[guest], "guest"), (everyone[guest & hit(rng, 0.25, people.count)], "guest")]
    person = np.concatenate([p for p, _ in parts])
    system = np.concatenate([np.full(len(p), SYSTEM[name]) for p, name in parts])
    return person, system


def _created(rng: np.random.Generator, people: People, person: Array, system: Array) -> Array:
    """Moment the system first held the record; -1 where it does not say."""
    count = len(person)
    anytime = clock.OLD_START + rng.integers(0, clock.END - clock.OLD_START, count)
    latest = np.maximum(people.joined[person], clock.OLD_START + 400 * clock.DAY)
    shop = clock.OLD_START + (rng.random(count) * (latest - clock.OLD_START)).astype(np.int64)
    created = np.where(system == SYSTEM["shop"], shop, anytime)
    silent = np.isin(system, [SYSTEM[n] for n in ("hotline", "tickets", "accounting", "reviews")])
    created = created // clock.DAY * clock.DAY + clock.time_of_day(rng, count, clock.WEB_HOURS)
    return np.where(silent, -1, clock.settle(created))


def _filled(rng: np.random.Generator, system: Array, field: str) -> Array:
    shares = np.array([getattr(s, field) for s in SYSTEMS])[system]
    return hit(rng, shares, len(system))


def _vocabulary(words: tuple[str, ...]) -> pa.Array:
    """All words plain, folded (ae), stripped (a): three blocks of one array."""
    return pa.array([*words, *(folded(w) for w in words), *(stripped(w) for w in words)])


def _spelling(rng: np.random.Generator, count: int, size: int) -> Array:
    """Offset into a vocabulary: as it should be, folded, stripped."""
    shares = np.array([1 - PEOPLE.umlaut_folded - PEOPLE.umlaut_stripped, PEOPLE.umlaut_folded, PEOPLE.umlaut_stripped])
    return pick(rng, shares, count) * size


def _emptied(values: pa.Array, keep: Array) -> pa.Array:
    return pc.if_else(pa.array(keep), values, pa.scalar(None, pa.string()))


def _texts(rng: np.random.Generator, people: People, boxes: Mailboxes, person: Array, system: Array) -> pa.Table:
    """The fields as the system shows them."""
    count = len(person)
    given, family = _names(rng, people, person)
    swapped = pa.array(hit(rng, PEOPLE.swapped_names, count))
    has_names = _filled(rng, system, "names")
    street, postcode, town = _address_text(rng, people, person)
    has_address = _filled(rng, system, "address")
    mail = boxes.mail(rng, person, relay=(system == SYSTEM["guest"]) & hit(rng, PEOPLE.relay_guest, count))
    phone = phone_text(rng, boxes, person)
    firm = people.firm[person]
    named_firm = (
        (firm >= 0) & np.isin(system, [SYSTEM[n] for n in ("shop", "crm", "accounting")]) & hit(rng, 0.7, count)
    )
    return pa.table(
        {
            "given": _emptied(pc.if_else(swapped, family, given), has_names),
            "family": _emptied(pc.if_else(swapped, given, family), has_names),
            "company": _emptied(boxes.firm_names(firm), named_firm),
            "email": _emptied(mistype(rng, mail, PEOPLE.typo_mail), _filled(rng, system, "mail")),
            "phone": _emptied(shift_digit(rng, phone, PEOPLE.typo_phone), _filled(rng, system, "phone")),
            "birth": _emptied(_birth_text(rng, people.birth[person]), _filled(rng, system, "birth")),
            "street": _emptied(mistype(rng, street, PEOPLE.typo_street), has_address),
            "postcode": _emptied(postcode, has_address),
            "city": _emptied(town, has_address),
            "customer_number": _emptied(boxes.customer_number(person), _filled(rng, system, "number")),
        }
    )


_GIVEN_WORDS = _vocabulary((*GIVEN, *(NICKNAMES.get(n, n) for n in GIVEN), *(f"{n[0]}." for n in GIVEN)))
_FAMILY_WORDS = _vocabulary(FAMILIES)
_STREET_WORDS = _vocabulary(
    (*STREETS, *(s.replace("straße", "str.") for s in STREETS), *(s.replace("straße", " Str.") for s in STREETS))
)
_TOWN_WORDS = _vocabulary(tuple(t.name for t in TOWNS))


def _names(rng: np.random.Generator, people: People, person: Array) -> tuple[pa.Array, pa.Array]:
    count = len(person)
    form = pick(rng, np.array([1 - PEOPLE.nickname - PEOPLE.initial_only, PEOPLE.nickname, PEOPLE.initial_only]), count)
    code = people.given[person] + len(GIVEN) * form
    given = _GIVEN_WORDS.take(pa.array(code + _spelling(rng, count, 3 * len(GIVEN))))
    old = hit(rng, PEOPLE.old_value_kept, count)
    code = np.where(old, people.family_before[person], people.family[person])
    family = _FAMILY_WORDS.take(pa.array(code + _spelling(rng, count, len(FAMILIES))))
    return mistype(rng, given, PEOPLE.typo_name), mistype(rng, family, PEOPLE.typo_name)


def _address_text(rng: np.random.Generator, people: People, person: Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    count = len(person)
    old = people.moved[person] & hit(rng, PEOPLE.old_value_kept, count)
    now, then = people.address.of(person), people.address_before.of(person)
    code = np.where(old, then.street, now.street) + len(STREETS) * pick(rng, np.array([0.6, 0.3, 0.1]), count)
    street = _STREET_WORDS.take(pa.array(code + _spelling(rng, count, 3 * len(STREETS))))
    house = pa.array(np.where(old, then.house, now.house)).cast(pa.string())
    town = _TOWN_WORDS.take(pa.array(np.where(old, then.town, now.town) + _spelling(rng, count, len(TOWNS))))
    number = pa.array(np.where(old, then.postcode, now.postcode)).cast(pa.string())
    return pc.binary_join_element_wise(street, house, " "), pc.utf8_lpad(number, 5, "0"), town


def _birth_text(rng: np.random.Generator, birth: Array) -> pa.Array:
    """Birth date as dd.mm.yyyy with the slips of people who type."""
    count = len(birth)
    days = birth.astype("datetime64[D]")
    month0 = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(int) + 1970
    month = month0.astype(int) % 12 + 1
    day = (days - month0.astype("datetime64[D]")).astype(int) + 1
    swap = hit(rng, PEOPLE.birth_swapped, count) & (day <= 12)
    day, month = np.where(swap, month, day), np.where(swap, day, month)
    wrong = hit(rng, PEOPLE.birth_digit, count)
    year = np.where(wrong & (rng.random(count) < 0.5), year + rng.choice([-10, -1, 1, 10], count), year)
    day = np.where(wrong & (day >= 10) & (day <= 19), day - 10 + (day == 10), day)
    nobody = hit(rng, PEOPLE.birth_placeholder, count)
    day, month, year = np.where(nobody, 1, day), np.where(nobody, 1, month), np.where(nobody, 1900, year)
    texts = [pc.utf8_lpad(pa.array(v).cast(pa.string()), w, "0") for v, w in ((day, 2), (month, 2), (year, 4))]
    return pc.binary_join_element_wise(*texts, ".")
