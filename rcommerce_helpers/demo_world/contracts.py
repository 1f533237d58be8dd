"""Tariffs and paid warranties: 24 months, then month by month with one month's notice; renewals and leavers."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.catalogue import CATEGORIES, Catalogue
from rcommerce_helpers.demo_world.chance import Array, hit, pick, stream
from rcommerce_helpers.demo_world.needs import Needs
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import CONTRACT
from rcommerce_helpers.demo_world.records import Records

MONTH = 30.44 * clock.DAY
SIGNED_AT = ("web", "store", "phone")
ENDLESS = -1


@dataclass(frozen=True)
class Contracts:
    """One row = one contract; days as seconds at midnight, -1 = not (yet); fee in cents a month."""

    person: Array
    record: Array
    product: Array
    start: Array
    term_end: Array
    notice: Array
    cancelled: Array
    ended: Array
    fee: Array
    channel: Array


def build_contracts(
    seed: int, chunk: int, people: People, records: Records, needs: Needs, catalogue: Catalogue
) -> Contracts:  # noqa: PLR0913 - who, what, and the seed
    """All contracts of one chunk of people, running and ended."""
    rng = stream(seed, "contracts", chunk)
    fibre = hit(rng, CONTRACT.fibre, people.count)
    holds = {
        "Mobilfunktarife": hit(rng, CONTRACT.mobile * np.exp(0.2 * people.trait - 0.02).clip(0.4, 1.8), people.count),
        "Internettarife": fibre,
        "TV-Optionen": fibre & hit(rng, CONTRACT.tv, people.count),
    }
    parts = [_tariffs(rng, people, catalogue, name, np.flatnonzero(mask)) for name, mask in holds.items()]
    parts.append(_warranties(rng, needs, catalogue))
    joined = Contracts(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Contracts)))
    record = np.full(people.count, -1)
    for system in ("hotline", "guest", "shop", "crm", "accounting"):
        rows = records.of(system)
        record = np.where(rows >= 0, rows, record)
    chosen = record[joined.person]
    keep = chosen >= 0
    columns = {f.name: getattr(joined, f.name)[keep] for f in fields(Contracts)}
    return Contracts(**{**columns, "record": chosen[keep]})


def _tariffs(rng: np.random.Generator, people: People, catalogue: Catalogue, name: str, person: Array) -> Contracts:
    goods = catalogue.of(name)
    product = goods[pick(rng, catalogue.weight[goods], len(person))]
    since = np.maximum(people.joined[person], clock.END - int(6.5 * 365) * clock.DAY)
    start = (since + rng.random(len(person)) * (clock.END - since)) // clock.DAY * clock.DAY
    start = start.astype(np.int64)
    term_end, ended = _course(rng, start)
    notice_days = rng.integers(int(CONTRACT.notice_days), 75, len(person))
    cancelled = np.where(ended > 0, np.maximum(ended - notice_days * clock.DAY, start), -1)
    cancelled = np.where(cancelled >= clock.END, -1, cancelled)
    ended = np.where(cancelled < 0, -1, ended)
    fee = np.rint(100 * catalogue.price[0, product]).astype(np.int64)
    return Contracts(
        person, person, product, start, term_end, np.full(len(person), int(CONTRACT.notice_days)), cancelled, ended,
        fee, pick(rng, np.array([0.45, 0.35, 0.20]), len(person)),
    )  # fmt: skip


def _course(rng: np.random.Generator, start: Array) -> tuple[Array, Array]:
    """End of the current minimum term, and last day (-1 = runs on); three terms at most."""
    count = len(start)
    term = int(CONTRACT.term_months * MONTH / clock.DAY) * clock.DAY
    term_end, ended = start + term, np.full(count, -1)
    open_ = np.ones(count, dtype=bool)
    for _ in range(3):
        due = open_ & (term_end < clock.END)
        draw = rng.random(count)
        leaves = due & (draw < CONTRACT.left_at_term)
        renews = due & ~leaves & (draw < CONTRACT.left_at_term + CONTRACT.renewed_at_term)
        ended[leaves] = term_end[leaves]
        rolls = due & ~leaves & ~renews
        months = rng.geometric(CONTRACT.left_later_a_month, count)
        last = term_end + (months * MONTH // clock.DAY).astype(np.int64) * clock.DAY
        goes = rolls & (last < clock.END + 60 * clock.DAY)
        ended[goes] = last[goes]
        open_ &= ~(leaves | rolls)
        term_end = np.where(renews, term_end + term, term_end)
    soon = open_ & (term_end < clock.END + 60 * clock.DAY) & hit(rng, CONTRACT.left_at_term, count)
    ended[soon] = term_end[soon]
    return term_end, ended


def _warranties(rng: np.random.Generator, needs: Needs, catalogue: Catalogue) -> Contracts:
    """Paid extensions on durables of ten years; a single fee, shown by the month."""
    durable = np.array([c.kind == "durable" for c in CATEGORIES])
    new = durable[needs.category]
    person = np.concatenate([needs.old_person, needs.person[new]])
    day = np.concatenate([needs.old_day, needs.day[new]])
    taken = hit(rng, CONTRACT.warranty, len(person))
    person, start = person[taken], clock.START + day[taken] * clock.DAY
    goods = catalogue.of("Garantieverlängerung")
    kind = rng.integers(0, 2, len(person))
    months = np.where(kind == 0, 36, 60)
    end = start + (months * MONTH // clock.DAY).astype(np.int64) * clock.DAY
    over = np.where(end < clock.END, end, -1)
    fee = np.rint(100 * catalogue.price[0, goods[kind]] / months).astype(np.int64)
    none = np.full(len(person), -1)
    return Contracts(
        person, person, goods[kind], start, end, 0 * kind, none, over, fee, rng.integers(0, 2, len(person))
    )
