"""The rules of permission told a second time, as plainly as they can be: slow, one customer and one point at a time.

Written from DESIGN 3, not from the code that decides; tests and benchmarks compare the two on made-up histories.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

CHANNELS = ("email", "phone", "sms", "messenger", "social", "post", "push", "web", "store")
NO = ("refused", "withdrawn", "objected")


@dataclass(frozen=True)
class Said:
    """One decision: by which record, on which channel ("any" = all) and point ("" = all), when (None = no time)."""

    record: str
    decision: str
    channel: str
    point: str
    at: datetime | None


@dataclass(frozen=True)
class People:
    """record -> customer, and record -> group of records joined by exact keys; a stranger's record is in neither."""

    customer: dict[str, str]
    exact: dict[str, str]


def is_open(history: list[Said], people: People, where: tuple[str, str, str], end: datetime) -> bool:
    """Whether one customer may be reached on one channel at one point, by what was said.

    Grants count if given before ``end``; a no counts whenever it was said.
    """
    customer, channel, point = where
    mine = [s for s in history if people.customer.get(s.record) == customer]
    yes = [
        s for s in mine
        if s.decision == "granted" and s.at is not None and s.at < end
        and s.channel in (channel, "any") and s.point in (point, "")
    ]  # fmt: skip
    no = [s for s in history if s.decision in NO and _concerns(s, mine, channel, point)]
    return bool(yes) and all(any(_lifts(g, s, (channel, point), people, end) for g in history) for s in no)


def _concerns(no: Said, mine: list[Said], channel: str, point: str) -> bool:
    if point and no.point == point:
        return True  # the address is closed for everybody
    return no in mine and (no.decision == "objected" or no.channel in (channel, "any"))


def _lifts(yes: Said, no: Said, where: tuple[str, str], people: People, end: datetime) -> bool:
    channel, point = where
    if yes.decision != "granted" or yes.at is None or no.at is None:
        return False
    known = yes.at < end or no.at >= end
    if point and yes.record == no.record and yes.at == no.at and yes.point == point and no.decision != "objected":
        return no.point not in ("", point)  # yes and no on one form
    if not known or yes.at <= no.at or _group(yes, people) != _group(no, people):
        return False
    if point and yes.point == point and yes.channel in (channel, "any"):
        return True
    return no.decision != "objected" and no.point == "" and yes.point == "" and yes.channel == no.channel


def _group(said: Said, people: People) -> str:
    return people.exact.get(said.record, said.record)


POINTS = {"email": ("a@x.de", "b@x.de", ""), "phone": ("+49301234567", ""), "post": ("",), "any": ("", "a@x.de")}


def random_history(
    rng: random.Random, records: list[str], *, length: int, points: Mapping[str, tuple[str, ...]] = POINTS
) -> list[Said]:
    """Yes and no over some days, often close together, sometimes on one form, sometimes without a time."""
    said: list[Said] = []
    for _ in range(length):
        channel = rng.choice(("email", "email", "phone", "post", "any"))
        decision = rng.choices(("granted", "withdrawn", "refused", "objected"), (6, 2, 1, 1))[0]
        at: datetime | None = datetime(2024, 1, 1, 9) + timedelta(days=rng.randrange(20), minutes=rng.randrange(3))
        if decision != "granted" and rng.random() < 0.08:
            at = None
        record = rng.choice(records)
        if said and rng.random() < 0.25:
            record, at = said[-1].record, said[-1].at or at
        said.append(Said(record, decision, channel, rng.choice(points[channel]), at))
    return said
