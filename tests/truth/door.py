"""What stages can obtain, counted: a small demo world, random histories of permission, every stage's working folder.

One ``Shop`` = one seed, landed and linked once. ``leaks`` draws a history, lets merging decide and write, lays out the
folder of every stage as a run does, and counts what should not be there by the plain rules of ``permission_rules``.
"""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from rcommerce_helpers.access import Absent, open_tables
from rcommerce_helpers.access.allowance import Allowance, lay_out
from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.engine import frame
from rcommerce_helpers.merging.contact_points import contact_points
from rcommerce_helpers.merging.golden import golden_records
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.normalise import point_key
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import decide
from rcommerce_helpers.merging.permitted import write_permitted
from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey
from rcommerce_helpers.merging.timeline import build_timeline
from rcommerce_helpers.schema import PURPOSES
from rcommerce_helpers.sources.data_set import load_data_set
from rcommerce_helpers.sources.facts import DataSetFacts, read_facts
from rcommerce_helpers.sources.landed import read_landed
from rcommerce_helpers.sources.landing import land
from rcommerce_helpers.workspace.folder import files_of
from rcommerce_helpers.workspace.runs.stages import STAGES

from .permission_rules import CHANNELS, People, Said, is_open

KEY = ProjectKey(bytes(KEY_BYTES))
PERSONAL = {
    "given_name", "family_name", "email", "phone", "birth_date", "street", "record_id", "provenance", "text", "answer",
}  # fmt: skip
"""Columns that no stage with a purpose may find; contact points carry the address they are about."""


@dataclass
class Shop:
    """One world, landed and linked: what merging makes of it before any permission."""

    folder: Path
    seed: int
    persons: int = 300
    linked: pd.DataFrame = field(init=False)
    records: pd.DataFrame = field(init=False)
    facts: DataSetFacts = field(init=False)

    def __post_init__(self) -> None:
        write_demo(self.persons, self.seed, self.folder / "demo")
        self.landed = self.folder / "run" / "tables" / "landed"
        land(load_data_set(str(self.folder / "demo" / "sources.toml")), self.landed)
        self.facts = read_facts(self.landed)
        self.records = read_landed(self.landed, "source_records")
        params = MergingParams(matching="exact")
        self.linked = identify(self.records, params, key=KEY).persons
        self.events = build_timeline(self.landed, self.linked, self.facts.as_of).events
        self.golden = golden_records(self.records, self.linked, self.events, params).customers
        self.people = People(
            dict(zip(self.linked["record_id"], self.linked["customer_id"])),
            dict(zip(self.linked["record_id"], self.linked["exact_id"])),
        )

    @property
    def run(self) -> Path:
        return self.folder / "run"


def leaks(shop: Shop, history: int) -> int:
    """Rows and columns of persons not permitted that any stage can obtain, by the handle or by a path of its folder."""
    rng = random.Random(1000 * shop.seed + history)
    said = {purpose: _draw(rng, shop) for purpose in PURPOSES}
    as_of, end = shop.facts.as_of, datetime.fromisoformat(shop.facts.as_of) + timedelta(days=1)
    decisions = decide(_permissions(said), shop.linked, shop.facts, as_of)
    points = contact_points(decisions, shop.records, shop.linked, as_of=as_of, key=KEY).table
    shutil.rmtree(shop.run / "permitted", ignore_errors=True)
    write_permitted(
        shop.landed, shop.linked, customers=shop.golden, events=shop.events, decisions=decisions,
        out=shop.run / "permitted", points=points,
    )  # fmt: skip
    _write_stage_tables(shop, decisions, points)
    permitted = {purpose: permitted_by_the_rules(said[purpose], shop.people, end) for purpose in PURPOSES}
    found = sum(_leaks_of(shop, stage.allowance, permitted) for stage in STAGES)
    found += sum(_leaks_of_handle(shop, purpose, permitted[purpose]) for purpose in PURPOSES)
    return found + _wrong_points(points, said["marketing"], shop, end)


def _draw(rng: random.Random, shop: Shop) -> list[Said]:
    """Yes and no of many records, at their own addresses and at those of others, in the last two years."""
    mails = shop.records["email"].dropna().to_list()
    start = datetime.fromisoformat(shop.facts.as_of) - timedelta(days=700)
    said = []
    for record, own in zip(shop.records["record_id"], shop.records["email"]):
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            channel = rng.choice(("email", "email", "phone", "post", "any"))
            mail = rng.choice([own, own, own, rng.choice(mails)])
            point = mail if channel == "email" and isinstance(mail, str) and rng.random() < 0.7 else ""
            decision = rng.choices(("granted", "withdrawn", "refused", "objected"), (7, 2, 1, 1))[0]
            at: datetime | None = start + timedelta(minutes=rng.randrange(1, 700 * 1440))
            said.append(
                Said(record, decision, channel, point, None if decision != "granted" and rng.random() < 0.05 else at)
            )
    return said


def _permissions(said: dict[str, list[Said]]) -> pd.DataFrame:
    rows = [(s.record, p, s.channel, s.point, s.decision, s.at) for p, history in said.items() for s in history]
    table = pd.DataFrame(rows, columns=["record_id", "purpose", "channel", "contact_point", "decision", "at"])
    moments = pd.to_datetime(table["at"])
    return table.assign(at=moments, local_at=moments, basis=None, local_expires_at=pd.NaT)


def permitted_by_the_rules(said: list[Said], people: People, end: datetime) -> set[str]:
    """Customers who permit something, told by the plain rules."""
    keyed = [Said(s.record, s.decision, s.channel, point_key(s.point), s.at) for s in said]
    by_customer, by_point = defaultdict(list), defaultdict(list)
    for s in keyed:
        by_customer[people.customer[s.record]].append(s)
        by_point[s.point].append(s)
    permitted = set()
    for customer, own in by_customer.items():
        others = [s for point in {s.point for s in own if s.point} for s in by_point[point] if s not in own]
        places = {(c, s.point) for s in own for c in ((s.channel,) if s.channel != "any" else CHANNELS)}
        if any(is_open([*own, *others], people, (customer, c, p), end) for c, p in places):
            permitted.add(customer)
    return permitted


def _write_stage_tables(shop: Shop, decisions: pd.DataFrame, points: pd.DataFrame) -> None:
    """What merging and the stages keep, of everybody."""
    everybody = pd.DataFrame({"customer_id": sorted(set(shop.linked["customer_id"]))})
    tables = {
        "persons": shop.linked, "customers": shop.golden, "permission_decisions": decisions, "contact_points": points,
        **{name: everybody.assign(value=1.0) for name in ("scores", "segments", "lifecycle", "preferences", "plan")},
    }  # fmt: skip
    for name, table in tables.items():
        table.to_parquet(shop.run / "tables" / f"{name}.parquet")


def _leaks_of(shop: Shop, allowance: Allowance, permitted: dict[str, set[str]]) -> int:
    """What lies in a stage's folder and should not. Merging works on records; the tour and 06 must see none."""
    if allowance.landed == "records":
        return 0
    work = shop.folder / "work" / allowance.stage
    shutil.rmtree(work, ignore_errors=True)
    lay_out(allowance, files_of(shop.run), shop.run, work)
    tables = {path: pd.read_parquet(path) for path in work.rglob("*.parquet")}
    if allowance.landed == "counts":
        return sum(_raw_values(shop, table) for table in tables.values())
    return sum(_not_permitted(t, permitted[allowance.purpose], p.stem) for p, t in tables.items())


def _raw_values(shop: Shop, table: pd.DataFrame) -> int:
    known = (
        set(shop.records["record_id"]) | set(shop.records["email"].dropna()) | set(shop.records["family_name"].dropna())
    )
    return sum(int(table[c].isin(known).sum()) for c in table.select_dtypes(["object", "str"]))


def _not_permitted(table: pd.DataFrame, permitted: set[str], name: str) -> int:
    rows = int((~table["customer_id"].isin(permitted)).sum()) if "customer_id" in table else 0
    impersonal = {"products", "stores", "prices", "stock", "campaigns", "messages"}
    return rows + (len(PERSONAL & set(table.columns)) if name not in impersonal else 0)


def _leaks_of_handle(shop: Shop, purpose: str, permitted: set[str]) -> int:
    """Every table there is, asked for under one purpose on the run itself."""
    tables = open_tables(shop.run, purpose, shop.facts.as_of)
    opened = [(n, t) for n in tables if not isinstance(t := getattr(tables, n), Absent)]
    return sum(_not_permitted(frame(t), permitted, n) for n, t in opened if "customer_id" in t.columns) + sum(
        "contact_point" in t.columns for n, t in opened if (n, purpose) != ("contact_points", "marketing")
    )


def _wrong_points(points: pd.DataFrame, said: list[Said], shop: Shop, end: datetime) -> int:
    """Allowed e-mail addresses that the plain rules close."""
    keyed = [Said(s.record, s.decision, s.channel, point_key(s.point), s.at) for s in said]
    by_customer, by_point = defaultdict(list), defaultdict(list)
    for s in keyed:
        by_customer[shop.people.customer[s.record]].append(s)
        by_point[s.point].append(s)
    wrong = 0
    for row in points[points["allowed"] & (points["contact_point"] != "")].itertuples():
        own, key = by_customer[row.customer_id], point_key(row.contact_point)
        history = [*own, *(s for s in by_point[key] if s not in own)]
        wrong += not is_open(history, shop.people, (row.customer_id, row.channel, key), end)
    return wrong
