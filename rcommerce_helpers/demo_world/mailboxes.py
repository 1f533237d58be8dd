"""Contact points: private, shared and firm mailboxes, relay addresses, mobile and household numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rcommerce_helpers.demo_world.chance import Array, hit, listed, pick, scramble, stream
from rcommerce_helpers.demo_world.names import (
    COMPANY_FORMS,
    COMPANY_TRADES,
    FAMILIES,
    MAIL_HOST_WEIGHTS,
    MAIL_HOSTS,
    TOWNS,
    plain,
)
from rcommerce_helpers.demo_world.people import GIVEN, People
from rcommerce_helpers.demo_world.rates import PEOPLE

_PREFIXES = pa.array(
    listed("1511 1512 1514 1515 1516 1520 1522 1525 1570 1573 1575 1577 1590 1602 1622 1702 1712 1725 1749 1763")
)


@dataclass(frozen=True)
class Mailboxes:
    """Contact points of one chunk: one entry per person unless said otherwise."""

    key: int
    first: int
    private: pa.Array
    second: pa.Array
    family: pa.Array
    work: pa.Array
    has_second: Array
    has_family: Array
    at_work: Array
    mobile: pa.Array
    mobile_before: pa.Array
    changed_mobile: Array
    landline_code: pa.Array
    landline: pa.Array

    def mail(self, rng: np.random.Generator, person: Array, relay: Array) -> pa.Array:
        """The mail address a record shows; ``relay`` marks orders that came through a marketplace."""
        count = len(person)
        take = pa.array(person)
        result = pc.if_else(
            pa.array(self.has_second[person] & hit(rng, PEOPLE.use_second_mailbox, count)),
            self.second.take(take),
            self.private.take(take),
        )
        shared = self.has_family[person] & hit(rng, PEOPLE.use_family_mailbox, count)
        result = pc.if_else(pa.array(shared), self.family.take(take), result)
        result = pc.if_else(pa.array(self.at_work[person] & hit(rng, 0.6, count)), self.work.take(take), result)
        number = pa.array(rng.integers(10**11, 10**12, count)).cast(pa.string())
        relayed = pc.binary_join_element_wise(number, "kunde.marktplatz-beispiel.de", "@")
        return pc.if_else(pa.array(relay), relayed, result)

    def firm_names(self, firm: Array) -> pa.Array:
        """Name of each firm number, -1 gives any text (the caller empties it)."""
        mixed = scramble(np.maximum(firm, 0), self.key + 5)
        owner = pa.array([f"{FAMILIES[i]}" for i in range(len(FAMILIES))]).take(pa.array(mixed % len(FAMILIES)))
        trade = pa.array(COMPANY_TRADES).take(pa.array(mixed // 1009 % len(COMPANY_TRADES)))
        form = pa.array(COMPANY_FORMS).take(pa.array(mixed // 50_021 % len(COMPANY_FORMS)))
        return pc.binary_join_element_wise(owner, trade, form, " ")

    def customer_number(self, person: Array) -> pa.Array:
        """The number the firm hands out: one a person, without order."""
        number = 10**9 + scramble(self.first + person, self.key + 3)
        return pa.array(number).cast(pa.string())


def build_mailboxes(seed: int, chunk: int, people: People) -> Mailboxes:
    """Contact points of one chunk of people."""
    rng = stream(seed, "mailboxes", chunk)
    count = people.count
    sizes = np.bincount(people.household)
    house_has = hit(rng, PEOPLE.family_mailbox, len(sizes)) & (sizes > 1)
    heads = np.flatnonzero(np.r_[True, people.household[1:] != people.household[:-1]])
    town = people.address.town[heads]
    return Mailboxes(
        key=seed,
        first=people.first,
        private=_private(rng, people, people.family),
        second=_private(rng, people, people.family_before),
        family=_family_boxes(rng, people, heads).take(pa.array(people.household)),
        work=_work(people, seed),
        has_second=hit(rng, PEOPLE.second_mailbox, count),
        has_family=house_has[people.household],
        at_work=people.firm >= 0,
        mobile=_mobiles(rng, count),
        mobile_before=_mobiles(rng, count),
        changed_mobile=hit(rng, PEOPLE.second_mobile, count),
        landline_code=pa.array([t.code[1:] for t in TOWNS]).take(pa.array(town[people.household])),
        landline=pa.array(rng.integers(200_000, 9_999_999, len(heads)))
        .cast(pa.string())
        .take(pa.array(people.household)),
    )


_GIVEN_PLAIN = pa.array([plain(n) for n in GIVEN])
_FAMILY_PLAIN = pa.array([plain(n) for n in FAMILIES])


def _private(rng: np.random.Generator, people: People, family: Array) -> pa.Array:
    """``anna.mueller84@gmx.de`` and its kin; most carry digits, as most names are taken."""
    count = people.count
    given = _GIVEN_PLAIN.take(pa.array(people.given))
    name = _FAMILY_PLAIN.take(pa.array(family))
    year = (people.birth // 365.25 + 1970).astype(int) % 100
    digits = np.where(hit(rng, 0.35, count), year, rng.integers(10, 9999, count))
    number = pc.utf8_lpad(pa.array(digits).cast(pa.string()), 2, "0")
    initial = pc.utf8_slice_codeunits(given, 0, 1)
    forms = (
        pc.binary_join_element_wise(given, ".", name, number, ""),
        pc.binary_join_element_wise(given, name, number, ""),
        pc.binary_join_element_wise(initial, ".", name, number, ""),
        pc.binary_join_element_wise(name, "-", given, number, ""),
        pc.binary_join_element_wise(given, number, ""),
    )
    local = pc.choose(pa.array(pick(rng, np.array([0.4, 0.2, 0.2, 0.1, 0.1]), count)), *forms)
    host = pa.array(MAIL_HOSTS).take(pa.array(pick(rng, np.array(MAIL_HOST_WEIGHTS), count)))
    return pc.binary_join_element_wise(local, host, "@")


def _family_boxes(rng: np.random.Generator, people: People, heads: Array) -> pa.Array:
    name = _FAMILY_PLAIN.take(pa.array(people.family[heads]))
    number = pa.array(rng.integers(10, 99_999, len(heads))).cast(pa.string())
    host = pa.array(MAIL_HOSTS).take(pa.array(pick(rng, np.array(MAIL_HOST_WEIGHTS), len(heads))))
    return pc.binary_join_element_wise(pc.binary_join_element_wise("familie.", name, number, ""), host, "@")


def _work(people: People, key: int) -> pa.Array:
    """``info@`` or a personal address at the firm's own host."""
    mixed = scramble(np.maximum(people.firm, 0), key + 5)
    owner = _FAMILY_PLAIN.take(pa.array(mixed % len(FAMILIES)))
    trade = pa.array([plain(t) for t in COMPANY_TRADES]).take(pa.array(mixed // 1009 % len(COMPANY_TRADES)))
    number = pa.array(mixed % 9973).cast(pa.string())
    host = pc.binary_join_element_wise(owner, trade, number, "-")
    person = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(_GIVEN_PLAIN.take(pa.array(people.given)), 0, 1),
        _FAMILY_PLAIN.take(pa.array(people.family)),
        ".",
    )
    local = pc.if_else(pa.array(people.info_mailbox), "info", person)
    return pc.binary_join_element_wise(pc.binary_join_element_wise(local, host, "@"), ".de", "")


def _mobiles(rng: np.random.Generator, count: int) -> pa.Array:
    prefix = _PREFIXES.take(pa.array(rng.integers(0, len(_PREFIXES), count)))
    return pc.binary_join_element_wise(
        prefix, pa.array(rng.integers(1_000_000, 9_999_999, count)).cast(pa.string()), ""
    )


def phone_text(rng: np.random.Generator, boxes: Mailboxes, person: Array) -> pa.Array:
    """A number in one of the five ways people write it."""
    count = len(person)
    take = pa.array(person)
    old = pa.array(boxes.changed_mobile[person] & hit(rng, PEOPLE.old_value_kept, count))
    mobile = pc.if_else(old, boxes.mobile_before.take(take), boxes.mobile.take(take))
    home = pa.array(hit(rng, PEOPLE.landline_share, count))
    code = pc.if_else(home, boxes.landline_code.take(take), pc.utf8_slice_codeunits(mobile, 0, 3))
    rest = pc.if_else(home, boxes.landline.take(take), pc.utf8_slice_codeunits(mobile, 3))
    forms = (
        pc.binary_join_element_wise("0", code, " ", rest, ""),
        pc.binary_join_element_wise("0", code, "/", rest, ""),
        pc.binary_join_element_wise("+49 ", code, " ", rest, ""),
        pc.binary_join_element_wise("0049", code, rest, ""),
        pc.binary_join_element_wise("0", code, "-", rest, ""),
    )
    return pc.choose(pa.array(pick(rng, np.array([0.35, 0.25, 0.2, 0.05, 0.15]), count)), *forms)
