"""A demo world's own register of permissions: what merging decides for its clusters against the rules told plainly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.normalise import point_key
from rcommerce_helpers.merging.params import LinkingParams
from rcommerce_helpers.merging.permissions import decide_permissions
from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey
from rcommerce_helpers.sources import load_data_set
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.landed import read_landed
from rcommerce_helpers.sources.landing import land

from .permission_rules import CHANNELS, People, Said, is_open

Side = tuple[str, str, str]
"""Purpose, customer, channel."""


@dataclass(frozen=True)
class Compared:
    """Customers x purposes x channels: those the rules permit, of them those that are blocked, and those that leak."""

    permitted: int
    blocked: list[Side]
    leaks: list[Side]


def demo_blocked(folder: Path, seed: int, persons: int) -> Compared:
    """Make a demo world, land and link it, decide, and compare every customer, purpose and channel."""
    write_demo(persons, seed, folder / "demo")
    landed = folder / "landed"
    land(load_data_set(str(folder / "demo" / "sources.toml")), landed)
    facts = read_facts(landed)
    linked = identify(read_landed(landed, "source_records"), LinkingParams(), key=ProjectKey(bytes(KEY_BYTES))).persons
    decided = decide_permissions(landed, linked, facts.as_of, LinkingParams()).table
    people = People(
        dict(zip(linked["record_id"], linked["customer_id"])), dict(zip(linked["record_id"], linked["exact_id"]))
    )
    end = datetime.fromisoformat(facts.as_of) + timedelta(days=1)
    said = read_landed(landed, "permissions")
    permitted = {
        (str(purpose), *side)
        for purpose, rows in said.groupby("purpose")
        for side in permitted_sides(_said(rows, facts.region), people, end)
    }
    found = _open_sides(decided)
    return Compared(len(permitted), sorted(permitted - found), sorted(found - permitted))


def _said(rows: pd.DataFrame, region: str) -> list[Said]:
    columns = rows[["record_id", "decision", "channel", "contact_point", "local_at"]]
    return [
        Said(str(record), decision, "any" if pd.isna(channel) else channel,
             "" if pd.isna(point) else point_key(point, region), None if pd.isna(at) else at.to_pydatetime())
        for record, decision, channel, point, at in columns.itertuples(index=False)
    ]  # fmt: skip


def permitted_sides(said: list[Said], people: People, end: datetime) -> set[tuple[str, str]]:
    """Customers x channels with a place that the plain rules open."""
    by_customer, by_point = defaultdict(list), defaultdict(list)
    for s in said:
        by_customer[people.customer.get(s.record, "")].append(s)
        by_point[s.point].append(s)
    found = set()
    for customer, own in by_customer.items():
        points = {s.point for s in own if s.point}
        history = [*own, *(s for point in points for s in by_point[point] if s not in own)]
        for channel in CHANNELS if customer else ():
            if any(is_open(history, people, (customer, channel, point), end) for point in {"", *points}):
                found.add((customer, channel))
    return found


def _open_sides(decided: pd.DataFrame) -> set[Side]:
    """What the decisions open: a row for any channel speaks for those that have no row of their own without address."""
    known = decided[decided["customer_id"] != ""]
    rows = known[["purpose", "customer_id", "channel", "contact_point", "allowed"]].itertuples(index=False, name=None)
    told = {(purpose, customer, channel, point): allowed for purpose, customer, channel, point, allowed in rows}
    found = {(p, c, channel) for (p, c, channel, _), allowed in told.items() if allowed and channel != "any"}
    broad = [(p, c) for (p, c, channel, point), allowed in told.items() if allowed and channel == "any" and not point]
    return found | {(p, c, channel) for p, c in broad for channel in CHANNELS if (p, c, channel, "") not in told}
