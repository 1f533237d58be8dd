"""Random sequences of grants, withdrawals, objections, merges, splits, erasures and re-imports, counted by two rules.

Many small worlds, each with five records of two people who share a mailbox, live in one data set: at every step each of
them goes its own way, then everything lands, is set apart and decided by the code that runs use. What came out is held
against ``permission_rules``, which knows all that was ever said: a place that is open and should not be is a leak, a
customer without an open place on a channel who should have one is over-blocked.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from rcommerce_helpers.merging.contact_points import contact_points
from rcommerce_helpers.merging.forgotten import NO_MARKS, Marks
from rcommerce_helpers.merging.permissions import decide
from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey
from rcommerce_helpers.sources.facts import DataSetFacts, TableCount, write_facts
from rcommerce_helpers.sources.forgotten import set_apart
from rcommerce_helpers.sources.refusals import keep_refusals, known_refusals, said_of_permission

from .permission_rules import CHANNELS, NO, People, Said, is_open, random_history

STEPS = 6
AS_OF, END = "2024-12-31", datetime(2025, 1, 1)
KEY = ProjectKey(bytes(KEY_BYTES))
FACTS = DataSetFacts("sequences", "Sequences", AS_OF, "EUR", "UTC", "included", "", (), "x", {})
NOBODY = "nobody"
"""Stands for a forgotten person whose no to an address outlives them."""
OPERATIONS = {"say": 5, "merge": 2, "split": 2, "erase": 1, "import again": 2}
"""What may happen at a step, and how often."""
Place = tuple[str, str, str]
"""Customer, channel, contact point."""


@dataclass
class World:
    """One sequence: who the records are, what was said so far, and what an import may have forgotten of it."""

    number: int
    rng: random.Random
    customer: dict[str, str] = field(default_factory=dict)
    exact: dict[str, str] = field(default_factory=dict)
    register: list[Said] = field(default_factory=list)
    exports: list[list[Said]] = field(default_factory=list)
    heard: list[Said] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        a, b, c = (f"{letter}{self.number}@x.de" for letter in "abc")
        self.records = {
            f"crm:a{self.number}": ("Anna", a), f"shop:a{self.number}": ("Anna", a), f"app:a{self.number}": ("Anna", b),
            f"crm:b{self.number}": ("Ben", b), f"shop:b{self.number}": ("Ben", c),
        }  # fmt: skip
        self.customer = {record: f"{record.partition(':')[2]}" for record in self.records}
        self.exact = {record: record for record in self.records}
        self.points = {"email": (a, b, c, ""), "phone": (f"+4930{1000000 + self.number}", ""), "post": ("",),
                       "any": ("", a)}  # fmt: skip
        self._say(6)

    @property
    def people(self) -> People:
        """Who is who, without those who were forgotten."""
        known = [record for record in self.records if record not in self.erased]
        return People({r: self.customer[r] for r in known}, {r: self.exact[r] for r in known})

    def step(self) -> frozenset[str]:
        """Let something happen; the records of whoever is to be forgotten."""
        happens = self.rng.choices(list(OPERATIONS), list(OPERATIONS.values()))[0]
        self.done[happens] += 1
        told = self.register
        gone: frozenset[str] = frozenset()
        match happens:
            case "say":
                self._say(self.rng.randrange(1, 4))
            case "merge":
                self._merge()
            case "split":
                self._split()
            case "erase":
                gone = self._erase()
            case "import again":
                told = self.rng.choice(self.exports) if self.exports else told
        self._hear(told)
        return gone

    def _say(self, number: int) -> None:
        speakers = [*self.records, f"fair:{self.number}"]
        self.register = [*self.register, *random_history(self.rng, speakers, length=number, points=self.points)]

    def _merge(self) -> None:
        one, other = (self.rng.choice(list(self.records)) for _ in range(2))
        kept, gone = self.customer[one], self.customer[other]
        self.customer = {r: kept if c == gone else c for r, c in self.customer.items()}
        if self.rng.random() < 0.5:  # joined by an exact key, not by a likely match
            kept, gone = self.exact[one], self.exact[other]
            self.exact = {r: kept if e == gone else e for r, e in self.exact.items()}

    def _split(self) -> None:
        record = self.rng.choice(list(self.records))
        self.customer[record] = f"{record}/{sum(self.done.values())}"
        self.exact[record] = record if record not in self.exact.values() else self.customer[record]

    def _erase(self) -> frozenset[str]:
        """A customer, with every record of the same mailbox and first name: that is the person once more."""
        left = sorted(set(self.people.customer.values()))
        if not left:
            return frozenset()
        chosen = self.rng.choice(left)
        mine = {r for r, c in self.people.customer.items() if c == chosen}
        names, mails = ({self.records[r][at] for r in mine} for at in (0, 1))
        self.erased |= mine | {r for r, (name, mail) in self.records.items() if name in names and mail in mails}
        return frozenset(mine)

    def _hear(self, told: list[Said]) -> None:
        """What is known after an import: its yes, and every no that any import ever held."""
        self.exports.append(self.register)
        self.now = told
        before = [s for s in self.heard if s.decision in NO]
        fresh = [s for s in told if s not in before]
        said = [*before, *fresh]
        outliving = [
            replace(s, record=NOBODY) for s in said if s.record in self.erased and s.decision in NO and s.point
        ]
        self.heard = [*(s for s in said if s.record not in self.erased), *outliving]

    def places(self) -> set[Place]:
        """Where somebody may be reached, or not: addresses they hold or named, and every channel as such."""
        people = self.people.customer
        held = {(c, "email", self.records[r][1]) for r, c in people.items()}
        named = {
            (people[s.record], s.channel, s.point) for s in self.heard if s.record in people and s.channel != "any"
        }
        return held | named | {(c, channel, "") for c in people.values() for channel in CHANNELS}


@dataclass(frozen=True)
class Found:
    """``leaks``: one line each; ``blocked`` of ``permitted`` customers x channels; ``done``: what happened."""

    leaks: list[str]
    blocked: list[str]
    permitted: int
    done: Counter[str]


def run_sequences(folder: Path, seed: int, worlds: int, *, steps: int = STEPS) -> Found:
    """Let some worlds go on for some steps, and compare after each."""
    batch = [World(number, random.Random(f"{seed}/{number}")) for number in range(worlds)]
    marks, known = Marks(NO_MARKS, bytes(32), FACTS.name), pd.DataFrame()
    leaks: list[str] = []
    blocked: list[str] = []
    permitted = 0
    for step in range(steps):
        for world in batch:
            marks = _forgotten(marks, world, world.step())
        landed = folder / f"{seed}-{step}"
        _land(landed, batch, known, marks)
        known = known_refusals(landed)
        table, points = _decided(landed, batch)
        for world in batch:
            found = _compared(world, table.get(world.number, {}), points.get(world.number, {}))
            where = f"seed {seed}, world {world.number}, step {step}"
            leaks += [f"{where}: {place}" for place in found[0]]
            blocked += [f"{where}: {side}" for side in found[1]]
            permitted += found[2]
    return Found(leaks, blocked, permitted, sum((world.done for world in batch), Counter()))


def _people(worlds: list[World]) -> pd.DataFrame:
    rows = [(r, name, mail) for world in worlds for r, (name, mail) in world.records.items()]
    return pd.DataFrame(rows, columns=["record_id", "given_name", "email"], dtype="str")


def _forgotten(marks: Marks, world: World, mine: frozenset[str]) -> Marks:
    if not mine:
        return marks
    people = _people([world])
    own, others = people["record_id"].isin(mine), ~people["record_id"].isin(world.erased | mine)
    return marks.with_person(people[own], people[others])


def _land(landed: Path, batch: list[World], known: pd.DataFrame, marks: Marks) -> None:
    """What an import does: the tables as exported, refusals it lacks beside them, without forgotten people."""
    landed.mkdir(parents=True)
    said = [s for world in batch for s in world.now]
    moments = pd.to_datetime(pd.Series([s.at for s in said])).astype("datetime64[us]")
    permissions = pd.DataFrame({
        "record_id": [s.record for s in said], "purpose": "marketing", "decision": [s.decision for s in said],
        "channel": [s.channel for s in said], "contact_point": [s.point for s in said], "basis": None, "at": moments,
        "local_at": moments, "local_expires_at": pd.Series(pd.NaT, index=moments.index).astype("datetime64[us]"),
    })  # fmt: skip
    texts = ("record_id", "purpose", "decision", "channel", "contact_point", "basis")
    permissions = permissions.astype(dict.fromkeys(texts, "str"))
    people = _people(batch)
    permissions.to_parquet(landed / "permissions.parquet", index=False)
    people.to_parquet(landed / "source_records.parquet", index=False)
    counts = {
        "permissions": TableCount(len(said), len(said), 0),
        "source_records": TableCount(len(people), len(people), 0),
    }
    write_facts(landed, replace(FACTS, counts=counts))
    keep_refusals(known, landed)
    set_apart(landed, marks)


def _decided(landed: Path, batch: list[World]) -> tuple[dict[int, dict[Place, bool]], dict[int, dict[Place, bool]]]:
    """World -> place -> whether it is open, as ``decide`` says, and as ``contact_points`` does for held addresses."""
    records = pd.read_parquet(landed / "source_records.parquet")
    there = set(records["record_id"])
    rows = [
        (r, f"{w.number}|{w.customer[r]}", f"{w.number}|{w.exact[r]}") for w in batch for r in w.records if r in there
    ]
    persons = pd.DataFrame(rows, columns=["record_id", "customer_id", "exact_id"], dtype=object)
    table = decide(said_of_permission(landed), persons, FACTS, AS_OF)
    points = contact_points(table, records, persons, as_of=AS_OF, key=KEY).table
    known = table[(table["purpose"] == "marketing") & (table["customer_id"] != "")]
    return _by_world(known), _by_world(points[points["channel"] == "email"])


def _by_world(table: pd.DataFrame) -> dict[int, dict[Place, bool]]:
    found: dict[int, dict[Place, bool]] = {}
    columns = ["customer_id", "channel", "contact_point", "allowed"]
    for customer, channel, point, allowed in table[columns].itertuples(index=False):
        number, _, own = customer.partition("|")
        found.setdefault(int(number), {})[own, channel, point] = bool(allowed)
    return found


def _compared(
    world: World, table: dict[Place, bool], points: dict[Place, bool]
) -> tuple[list[Place], list[tuple[str, str]], int]:
    """Places that are open and should not be; customers x channels that are closed and should not be; of how many."""
    said_open: dict[Place, bool] = {}
    for place in world.places():
        customer, channel, point = place
        keys = (place, (customer, channel, ""), (customer, "any", ""))
        said_open[place] = next((table[key] for key in keys if key in table), False)
        if point and place in points:
            said_open[place] = points[place]  # an address is used as the contact points say
    right = {place: is_open(world.heard, world.people, place, END) for place in said_open}
    leaks = sorted(place for place, open_ in said_open.items() if open_ and not right[place])
    sides = {place[:2] for place, yes in right.items() if yes}
    reached = {place[:2] for place, yes in said_open.items() if yes}
    gone = {place[0] for place in table} - set(world.people.customer.values())
    return [*leaks, *((c, "", "somebody forgotten") for c in sorted(gone))], sorted(sides - reached), len(sides)
