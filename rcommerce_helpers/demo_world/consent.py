"""What people allow, record by record: granted, refused, never asked, withdrawn, objected; who may be contacted when.

A person who was asked twice answers alike; the moment of a decision is the moment the record was made, so it says no
more about the person than the record itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.chance import Array, hit, stream
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import PERMISSION
from rcommerce_helpers.demo_world.records import SYSTEM, Records
from rcommerce_helpers.schema import BASES, CHANNELS, DECISIONS, PURPOSES

NO_POINT, MAIL_POINT, PHONE_POINT = 0, 1, 2
FOREVER = np.iinfo(np.int64).max
CONTACT_CHANNELS = ("email", "sms", "phone", "post", "push")


@dataclass
class Decisions:
    """Rows of the permission table as they are collected: record, purpose, channel, decision, basis, point, moment."""

    parts: list[tuple[Array, int, int, int, int, int, Array]]

    def add(self, record: Array, what: tuple[str, str, str, str], at: Array, point: int = NO_POINT) -> None:
        """Append one decision for each of some records; ``what`` = purpose, channel, decision, basis."""
        purpose, channel, decision, basis = what
        codes = (PURPOSES.index(purpose), CHANNELS.index(channel), DECISIONS.index(decision), BASES.index(basis))
        self.parts.append((record, *codes, point, at))

    def columns(self) -> dict[str, Array]:
        """All rows as columns."""
        names = ("purpose", "channel", "decision", "basis", "point")
        result = {
            "record": np.concatenate([p[0] for p in self.parts]),
            "at": np.concatenate([p[6] for p in self.parts]),
        }
        for place, name in enumerate(names, start=1):
            result[name] = np.concatenate([np.full(len(p[0]), p[place], dtype=np.int64) for p in self.parts])
        return result


@dataclass(frozen=True)
class Consents:
    """One entry per person: from when to when each channel may be used, and through which record.

    ``start``, ``end``, ``record`` have one row per entry of ``CONTACT_CHANNELS``; FOREVER as start = never allowed.
    ``tracked`` false = refused the banner: no visit of theirs is ever recorded (par. 25 TDDDG).
    """

    start: Array
    end: Array
    record: Array
    location: Array
    personal: Array
    tracked: Array
    decisions: Decisions


def build_consents(seed: int, chunk: int, people: People, records: Records) -> Consents:
    """Decisions of one chunk of people."""
    rng = stream(seed, "consent", chunk)
    decisions = Decisions([])
    count = people.count
    made = np.where(
        records.created < 0, clock.OLD_START + rng.integers(0, clock.DAYS, len(records.person)), records.created
    )
    personal, tracked = _general(rng, records, made, decisions)
    start = np.full((len(CONTACT_CHANNELS), count), FOREVER)
    end = np.full((len(CONTACT_CHANNELS), count), FOREVER)
    record = np.full((len(CONTACT_CHANNELS), count), -1)
    for place, (channel, grants) in enumerate(_grants(rng, people, records).items()):
        system, yes, no, basis = grants
        rows = records.of(system)
        has = rows >= 0
        allowed = has & yes
        point = MAIL_POINT if channel == "email" else PHONE_POINT if channel in ("phone", "sms") else NO_POINT
        decisions.add(rows[allowed], ("marketing", channel, "granted", basis), made[rows[allowed]], point)
        refused = has & no
        stated = ("marketing", channel, "objected" if basis == "legitimate_interest" else "refused", basis)
        decisions.add(rows[refused], stated, made[rows[refused]], point)
        start[place, allowed], record[place, allowed] = made[rows[allowed]], rows[allowed]
    _newsletter(records, made, decisions, (start, record))
    _withdrawals(rng, start, end, record, decisions)
    cards = records.of("till")
    location = (cards >= 0) & hit(rng, PERMISSION.location_granted, count)
    decisions.add(cards[location], ("location", "store", "granted", "consent"), made[cards[location]])
    return Consents(start, end, record, location, personal, tracked, decisions)


def _general(rng: np.random.Generator, records: Records, made: Array, decisions: Decisions) -> tuple[Array, Array]:
    """Statistics, personalisation, web linking, contract, service; returns who allows personalisation, and tracking."""
    count = records.people
    rows = np.arange(len(records.person))
    decisions.add(rows, ("statistics", "any", "granted", "legitimate_interest"), made)
    against = hit(rng, PERMISSION.statistics_objected, count)
    objecting = rows[against[records.person] & (records.system == SYSTEM["shop"])]
    late = np.maximum(
        made[objecting] + clock.DAY, clock.START + rng.integers(0, clock.END - clock.START, len(objecting))
    )
    decisions.add(objecting, ("statistics", "any", "objected", "legitimate_interest"), np.minimum(late, clock.END - 1))
    draw = rng.random(count)
    granted = draw < PERMISSION.personalisation_granted
    refused = ~granted & (draw < PERMISSION.personalisation_granted + PERMISSION.personalisation_refused)
    asked = np.isin(records.system, [SYSTEM[n] for n in ("shop", "guest", "crm", "till", "newsletter")])
    for mask, word in ((granted, "granted"), (refused, "refused")):
        chosen = rows[asked & mask[records.person]]
        decisions.add(chosen, ("personalisation", "any", word, "consent"), made[chosen])
    draw = rng.random(count)
    linked = granted & (draw < PERMISSION.web_linking_granted / PERMISSION.personalisation_granted)
    unlinked = ~linked & (draw > 1 - PERMISSION.web_linking_refused)
    for mask, word in ((linked, "granted"), (unlinked, "refused")):
        chosen = rows[(records.system == SYSTEM["shop"]) & mask[records.person]]
        decisions.add(chosen, ("web_linking", "web", word, "consent"), made[chosen])
    for system, purpose in (("accounting", "contract"), ("hotline", "service"), ("tickets", "service")):
        chosen = rows[records.system == SYSTEM[system]]
        decisions.add(chosen, (purpose, "any", "granted", "contract"), made[chosen])
    return granted, ~unlinked


Grant = tuple[str, Array, Array, str]


def _grants(rng: np.random.Generator, people: People, records: Records) -> dict[str, Grant]:
    """Channel -> system that asks, who said yes, who said no, legal basis."""
    count = people.count
    subscriber = records.of("newsletter") >= 0
    draw = rng.random(count)
    mail = draw < PERMISSION.mail_granted
    no_mail = ~mail & (draw < PERMISSION.mail_granted + PERMISSION.mail_refused) & ~subscriber
    nobody = np.zeros(count, dtype=bool)
    phone, sms, push = (
        hit(rng, share, count) for share in (PERMISSION.phone_granted, PERMISSION.sms_granted, PERMISSION.push_granted)
    )
    post = hit(rng, 1 - PERMISSION.post_objected, count)
    return {
        "email": ("shop", mail, no_mail, "consent"),
        "sms": ("crm", sms, nobody, "consent"),
        "phone": ("crm", phone, ~phone & hit(rng, 0.3, count), "consent"),
        "post": ("crm", post, ~post, "legitimate_interest"),
        "push": ("shop", push, nobody, "consent"),
    }


def _newsletter(records: Records, made: Array, decisions: Decisions, mail: tuple[Array, Array]) -> None:
    """Subscribers confirmed by double opt-in; their newsletter record is the one that is written to."""
    start, record = mail
    rows = records.of("newsletter")
    has = rows >= 0
    chosen = rows[has]
    decisions.add(chosen, ("marketing", "email", "granted", "consent"), made[chosen], MAIL_POINT)
    earlier = has & (made[np.maximum(rows, 0)] < start[0])
    start[0, earlier] = made[rows[earlier]]
    record[0, has] = rows[has]


def _withdrawals(rng: np.random.Generator, start: Array, end: Array, record: Array, decisions: Decisions) -> None:
    """Some take e-mail consent back; a few object to all advertising."""
    count = int(start.shape[1])
    moment: Array = np.asarray(clock.START + rng.integers(0, clock.END - clock.START, count))
    gone = (start[0] < moment) & hit(rng, PERMISSION.mail_withdrawn, count)
    end[0, gone] = moment[gone]
    decisions.add(record[0, gone], ("marketing", "email", "withdrawn", "consent"), moment[gone], MAIL_POINT)
    moment = np.asarray(clock.START + rng.integers(0, clock.END - clock.START, count))
    channel: Array = np.asarray(np.argmax(record >= 0, axis=0))
    some = record[channel, np.arange(count)]
    against = (some >= 0) & hit(rng, PERMISSION.objected_all, count)
    end[:, against] = np.minimum(end[:, against], moment[against])
    decisions.add(some[against], ("marketing", "any", "objected", "legitimate_interest"), moment[against])
