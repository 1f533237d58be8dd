"""One chunk of people from birth to spilled rows: the only place where truth and raw rows stand side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rcommerce_helpers.demo_world import clock, voices
from rcommerce_helpers.demo_world.books import build_bookings
from rcommerce_helpers.demo_world.catalogue import Catalogue, Store
from rcommerce_helpers.demo_world.chance import Array, scramble, stream
from rcommerce_helpers.demo_world.consent import build_consents
from rcommerce_helpers.demo_world.contracts import build_contracts
from rcommerce_helpers.demo_world.effects import Effects
from rcommerce_helpers.demo_world.events import EVENTS_PER_CHUNK, build_tracks
from rcommerce_helpers.demo_world.needs import build_needs
from rcommerce_helpers.demo_world.network import build_network
from rcommerce_helpers.demo_world.papers import Papers, build_papers
from rcommerce_helpers.demo_world.people import build_people
from rcommerce_helpers.demo_world.plans import plan_truth
from rcommerce_helpers.demo_world.records import Records, build_records
from rcommerce_helpers.demo_world.sales import Sales, Who, build_sales, contact_outcomes
from rcommerce_helpers.demo_world.spill import Spill, by_month, by_number

CHUNK = 25_000
ORDERS_PER_CHUNK, SMALL_PER_CHUNK = 1 << 20, 1 << 19


@dataclass(frozen=True)
class Setting:
    """What all chunks of one world share."""

    seed: int
    catalogue: Catalogue
    stores: list[Store]
    effects: Effects


@dataclass(frozen=True)
class Chunk:
    """One chunk while it is spilled."""

    setting: Setting
    number: int
    who: Who
    sales: Sales
    spill: Spill

    def numbers(self, count: int, key: int, per_chunk: int = SMALL_PER_CHUNK) -> Array:
        """Scrambled numbers for ``count`` rows of a table."""
        return scramble(self.number * per_chunk + np.arange(count), self.setting.seed + key)

    def rng(self, purpose: str) -> np.random.Generator:
        """A generator of its own."""
        return stream(self.setting.seed, purpose, self.number)

    @property
    def order_numbers(self) -> Array:
        """Number of every order."""
        return self.numbers(self.sales.orders.count, 31, ORDERS_PER_CHUNK)

    def person_numbers(self, person: Array) -> Array:
        """Number of a person in the world; -1 stays."""
        return np.where(person >= 0, self.who.people.first + person, -1)


def build_chunk(setting: Setting, number: int, count: int, spill: Spill) -> None:
    """Generate one chunk and spill all its rows."""
    seed, first = setting.seed, number * CHUNK
    people = build_people(seed, number, count, first)
    records = build_records(seed, number, people)
    network = build_network(seed, number, people)
    consents = build_consents(seed, number, people, records)
    who = Who(people, records, network, consents, build_needs(seed, number, people, network, setting.catalogue))
    chunk = Chunk(setting, number, who, build_sales(seed, number, who, setting.catalogue, setting.effects), spill)
    _spill_people(chunk)
    _spill_orders(chunk)
    _spill_web(chunk)
    _spill_contacts(chunk)
    _spill_service(chunk)
    _spill_voices(chunk)
    _spill_contracts(chunk)
    _spill_decisions(chunk)
    _spill_network(chunk)


def _reference(records: Records, rows: Array) -> dict[str, Array]:
    """Number and system of record rows; -1 = nobody."""
    safe = np.maximum(rows, 0)
    return {
        "record": np.where(rows >= 0, records.number[safe], -1),
        "system": np.where(rows >= 0, records.system[safe], -1),
    }


def _spill_people(chunk: Chunk) -> None:
    records, people = chunk.who.records, chunk.who.people
    texts = {name: records.text[name].combine_chunks() for name in records.text.column_names}
    plain = {
        "record": records.number, "system": records.system, "created": records.created, "updated": records.updated,
        "person": chunk.person_numbers(records.person),
    }  # fmt: skip
    chunk.spill.add("records", {**plain, **{k: _flat(v) for k, v in texts.items()}}, by_number(records.number))
    household = people.household + people.first
    truth = {
        "person": chunk.person_numbers(np.arange(people.count)), "household": household, "firm": people.firm,
        "trait": people.trait, "joined": people.joined, "impulse_a_year": chunk.who.needs.impulse,
        "personalisation": chunk.who.consents.personal.astype(np.int64),
    }  # fmt: skip
    chunk.spill.add("truth_persons", truth, 0 * household)
    habits = chunk.who.needs.habits
    truth = {"person": chunk.person_numbers(habits.person), "category": habits.category, "gap_days": habits.gap}
    truth |= {"start_day": habits.start, "end_day": habits.end, "cause": habits.cause}
    chunk.spill.add("truth_habits", truth, 0 * habits.person)


def _flat(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _spill_orders(chunk: Chunk) -> None:
    sales, numbers = chunk.sales, chunk.order_numbers
    orders, lines = sales.orders, sales.lines
    columns = {
        "number": numbers, "at": orders.at, "status": sales.status, "channel": orders.channel, "store": orders.store,
        "referrer": orders.referrer, "device": orders.device, "cause": orders.cause,
        "person": chunk.person_numbers(orders.person), **_reference(chunk.who.records, sales.record),
    }  # fmt: skip
    chunk.spill.add("orders", columns, by_month(orders.at))
    papers = build_papers(chunk.rng("papers"), orders, sales.status, lines)
    at, number = orders.at[lines.order], numbers[lines.order]
    columns = {
        "key": _line_key(at, number, lines.number), "number": number, "line": lines.number, "product": lines.product,
        "kind": lines.kind, "quantity": lines.quantity, "amount": lines.amount, "discount": lines.discount,
        "tax": lines.tax, "margin": lines.margin, "channel": orders.channel[lines.order], "at": at,
    }  # fmt: skip
    stays = ~papers.moved
    chunk.spill.add("lines", {name: values[stays] for name, values in columns.items()}, by_month(at[stays]))
    _spill_papers(chunk, papers)
    bookings = build_bookings(
        chunk.setting.seed, chunk.number, chunk.who.needs, chunk.setting.catalogue, (orders, lines, sales.delivered)
    )
    debtor = _reference(chunk.who.records, chunk.who.records.of("accounting")[bookings.person])
    columns = {
        "number": chunk.numbers(len(bookings.on), 37, ORDERS_PER_CHUNK), "on": bookings.on, "due": bookings.due,
        "paid": bookings.paid, "amount": bookings.amount, "tax": bookings.tax, "account": bookings.account,
        "order": np.where(bookings.order >= 0, numbers[np.maximum(bookings.order, 0)], -1), **debtor,
    }  # fmt: skip
    chunk.spill.add("bookings", columns, bookings.on.astype("datetime64[s]").astype("datetime64[Y]").astype(int))


def _line_key(at: Array, number: Array, line: Array) -> Array:
    """By time, document and place on it: the order in which a file of lines stands."""
    return ((at - clock.START) << 37) | (number << 5) | np.minimum(line, 31)


def _spill_papers(chunk: Chunk, papers: Papers) -> None:
    """Credit notes and cancellations, and their lines."""
    number = chunk.numbers(len(papers.order), 97, ORDERS_PER_CHUNK)
    columns = {
        "number": number, "at": papers.at, "kind": papers.kind, "order": chunk.order_numbers[papers.order],
        "channel": chunk.sales.orders.channel[papers.order],
        **_reference(chunk.who.records, chunk.sales.record[papers.order]),
    }  # fmt: skip
    chunk.spill.add("papers", columns, by_month(papers.at))
    columns = {"number": number[papers.row], "at": papers.at[papers.row], **papers.lines(chunk.sales.lines)}
    columns["key"] = _line_key(columns["at"], columns["number"], columns["line"])
    chunk.spill.add("paper_lines", columns, by_month(columns["at"]))


def _spill_web(chunk: Chunk) -> None:
    sales, setting, records = chunk.sales, chunk.setting, chunk.who.records
    tracks = build_tracks(
        chunk.rng("web"), chunk.number, sales.visits, records.of("shop"), (sales.lines, setting.catalogue)
    )
    session = tracks.session
    number = scramble(session["number"], setting.seed + 41)
    visitor = scramble(session["visitor"], setting.seed + 43)
    record = _reference(records, session["record"])["record"]
    order = np.where(session["order"] >= 0, chunk.order_numbers[np.maximum(session["order"], 0)], -1)
    shared = {"visitor": visitor, "record": record, "referrer": session["referrer"], "device": session["device"]}
    shared |= {"campaign": session["campaign"], "session": number}
    own = {"at": session["at"], "ended": session["ended"], "events": session["events"], "order": order}
    chunk.spill.add("sessions", {**shared, **own}, by_month(session["at"]))
    row = tracks.visit
    events = {
        "number": chunk.numbers(len(row), 47, EVENTS_PER_CHUNK), "at": tracks.at, "event": tracks.event,
        "product": tracks.product, "order": np.where(tracks.event == 6, order[row], -1),
        **{k: v[row] for k, v in shared.items()},
    }  # fmt: skip
    chunk.spill.add("events", events, by_month(tracks.at))


def _spill_contacts(chunk: Chunk) -> None:
    contacts = chunk.sales.contacts
    number = chunk.numbers(len(contacts.at), 53)
    columns = {
        "number": number, "campaign": contacts.campaign, "at": contacts.at, "arm": contacts.arm,
        "propensity": contacts.propensity, "referrer": contacts.referrer, "device": contacts.device,
        "experience": contacts.experience, "opened": contacts.opened, "unsubscribed": contacts.unsubscribed,
        **contact_outcomes(chunk.sales), **_reference(chunk.who.records, contacts.record),
    }  # fmt: skip
    chunk.spill.add("contacts", columns, by_month(contacts.at))
    truth = {
        "number": number,
        "person": chunk.person_numbers(contacts.person),
        "campaign": contacts.campaign,
        "arm": contacts.arm,
    }
    for arm in range(contacts.y.shape[1]):
        truth |= {f"bought_{arm}": contacts.y[:, arm], f"chance_{arm}": contacts.chance[:, arm]}
    chunk.spill.add("truth_contacts", truth, by_number(number))
    plan = plan_truth(chunk.setting.seed, chunk.number, chunk.who, chunk.sales, chunk.setting.effects)
    plan = {"person": chunk.person_numbers(np.arange(chunk.who.people.count)), **plan}
    chunk.spill.add("truth_plan", plan, 0 * plan["person"])


def _spill_service(chunk: Chunk) -> None:
    cases, lines = chunk.sales.cases, chunk.sales.lines
    number = chunk.numbers(len(cases.at), 59)
    first = np.searchsorted(lines.order, np.maximum(cases.order, 0)).clip(0, max(len(lines.order) - 1, 0))
    columns = {
        "number": number, "at": cases.at, "closed": cases.closed, "channel": cases.channel, "topic": cases.topic,
        "answer_channel": cases.answer_channel, "handovers": cases.handovers, "contacts": cases.contacts,
        "solved": np.where(cases.closed >= 0, cases.solved, -1), "satisfaction": cases.satisfaction,
        "product": np.where(cases.order >= 0, lines.product[first], -1), **_reference(chunk.who.records, cases.record),
    }  # fmt: skip
    chunk.spill.add("cases", columns, 0 * number)
    rng = chunk.rng("conversations")
    written = np.flatnonzero(cases.channel > 0)
    row = np.repeat(written, 2 * cases.contacts[written])
    nth = np.arange(len(row)) - np.repeat(
        np.cumsum(2 * cases.contacts[written]) - 2 * cases.contacts[written], 2 * cases.contacts[written]
    )
    until = np.where(cases.closed[row] >= 0, cases.closed[row], cases.at[row] + 2 * clock.DAY)
    at = cases.at[row] + (until - cases.at[row]) * nth // (2 * cases.contacts[row])
    talk = {
        "number": chunk.numbers(len(row), 61), "case": number[row], "at": clock.settle(at), "direction": nth % 2,
        "channel": cases.channel[row], "topic": cases.topic[row], "nth": nth, "wording": rng.integers(0, 3, len(row)),
        **_reference(chunk.who.records, cases.record[row]),
    }  # fmt: skip
    here = talk["at"] < clock.END
    chunk.spill.add("talk", {k: v[here] for k, v in talk.items()}, 0 * row[here])


def _spill_voices(chunk: Chunk) -> None:
    who, sales = chunk.who, chunk.sales
    unhappy = np.zeros(who.people.count, dtype=bool)
    unhappy[sales.cases.person[sales.cases.solved == 0]] = True
    shopping = (sales.orders, sales.history)
    tables = {
        "feedback": voices.feedback(
            chunk.rng("feedback"), who.records, (sales.orders, sales.lines, sales.history), who.needs.mood
        ),
        "surveys": voices.surveys(chunk.rng("surveys"), who.records, unhappy, who.needs.mood),
        "forms": voices.forms(chunk.rng("forms"), who.people, who.records),
        "attributes": voices.attributes(chunk.rng("attributes"), who.people, who.records),
        "store_visits": voices.store_visits(chunk.rng("store visits"), who.people, who.records, who.consents),
        "referrals": voices.referrals(chunk.rng("referrals"), who.people, who.records, who.network, shopping),
        "planned": voices.planned(chunk.setting.seed, chunk.number, who.people, who.records),
    }
    for key, (name, columns) in enumerate(tables.items()):
        rows = dict(columns)
        rows |= _reference(who.records, rows["record"])
        if name == "feedback":
            rows["order"] = chunk.order_numbers[rows["order"]]
        if name == "referrals":
            rows["invited"] = _reference(who.records, rows["invited"])["record"]
        if name == "forms":
            rows["number"] = scramble(chunk.number * SMALL_PER_CHUNK + rows.pop("person"), chunk.setting.seed + 67)
        else:
            rows["number"] = chunk.numbers(len(rows["record"]), 71 + key)
        chunk.spill.add(name, rows, 0 * rows["record"])


def _spill_contracts(chunk: Chunk) -> None:
    who = chunk.who
    contracts = build_contracts(
        chunk.setting.seed, chunk.number, who.people, who.records, who.needs, chunk.setting.catalogue
    )
    columns = {
        name: getattr(contracts, name) for name in ("product", "start", "term_end", "notice", "cancelled", "ended")
    }
    columns |= {"fee": contracts.fee, "channel": contracts.channel, **_reference(who.records, contracts.record)}
    columns["number"] = chunk.numbers(len(contracts.fee), 83)
    chunk.spill.add("contracts", columns, by_number(columns["number"]))


def _spill_decisions(chunk: Chunk) -> None:
    columns = chunk.who.consents.decisions.columns()
    records = chunk.who.records
    row = columns.pop("record")
    mail, phone = (_flat(records.text[n]).take(pa.array(row)) for n in ("email", "phone"))
    reference = _reference(records, row)
    columns |= {"email": mail, "phone": phone, **reference}
    chunk.spill.add("decisions", columns, by_number(reference["record"]))


def _spill_network(chunk: Chunk) -> None:
    network = chunk.who.network
    truth = {
        "person": chunk.person_numbers(network.one), "other": chunk.person_numbers(network.other),
        "homophily": network.alike.astype(np.int64), "influence": network.influence.astype(np.int64),
    }  # fmt: skip
    chunk.spill.add("truth_network", truth, 0 * network.one)
