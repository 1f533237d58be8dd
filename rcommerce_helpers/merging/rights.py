"""Whose data are asked for: a person by what they know of themselves, and the words by which they are found in texts.

A person is a customer of merging: the records that were linked. Over several runs the newest one that knows a record
decides whose it is. Words are a person's own where nobody else's record holds them: a mailbox that a family shares is
no word of one of them, nor is a name that two people bear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.merging.corrections import CORRECTED, corrected
from rcommerce_helpers.merging.normalise import (
    DEFAULT_REGION,
    birth_key,
    fold,
    fold_plain,
    name_key,
    normalise_records,
    point_key,
)
from rcommerce_helpers.sources.landed import has_landed, read_landed

SHORTEST_NAME = 3
SHORTEST_ID = 5
"""Letters of a name, and signs of an identifier, below which a word is found in too many texts that mean another."""


@dataclass(frozen=True)
class People:
    """The people of one run: ``records`` as landed, and once more as corrected; ``persons``: record_id, customer_id."""

    records: pd.DataFrame
    persons: pd.DataFrame
    region: str = DEFAULT_REGION

    @property
    def customer_of(self) -> dict[str, str]:
        """Record -> customer; a record that no run linked stands for itself."""
        known = {str(r): str(r) for r in self.records["record_id"]}
        return known | dict(zip(self.persons["record_id"].astype(str), self.persons["customer_id"].astype(str)))


@dataclass(frozen=True)
class Person:
    """One person: record ids, and the pseudonyms they bear in the runs."""

    records: frozenset[str]
    customers: frozenset[str]


@dataclass(frozen=True)
class Exactly:
    """Somebody by their records and by addresses that are theirs alone: whose rows ``sources`` looks for."""

    records: frozenset[str]
    addresses: frozenset[str] = frozenset()

    def within(self, data_set: str) -> Exactly:
        """Themselves: one run is of one data set."""
        return self

    def theirs(self, records: pd.DataFrame, region: str) -> pd.Series:
        """Which person records are theirs."""
        return self.named(records["record_id"])

    def named(self, record_ids: pd.Series) -> pd.Series:
        """Which record ids are theirs."""
        found: pd.Series = record_ids.isin(self.records)
        return found

    def addressed(self, points: pd.Series, region: str) -> pd.Series:
        """Which addresses and numbers are theirs."""
        return pd.Series([point_key(p, region) in self.addresses for p in points], index=points.index, dtype=bool)

    def spoken_for(self, points: pd.Series, others: pd.DataFrame, region: str) -> pd.Series:
        """Nothing: who reads leaves nothing to others."""
        return pd.Series(False, index=points.index)


@dataclass(frozen=True)
class Words:
    """What names a person and nobody else.

    ``phrases`` stand for the person wherever they turn up (ids, addresses, whole names), ``numbers`` are telephone
    numbers in digits without the leading zero or country, ``names`` are single names, which may be words of the
    language too, ``cells`` are identifiers that mean the person only where they fill a cell.
    """

    phrases: frozenset[str]
    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    cells: frozenset[str] = field(default_factory=frozenset)


def people_of(landed: Path, persons: pd.DataFrame | None, region: str = DEFAULT_REGION) -> People:
    """The people of one run.

    Parameters
    ----------
    landed
        Folder of its landed tables.
    persons
        One row = one record and its customer; None where no merging was done.
    """
    nobody = pd.DataFrame({"record_id": pd.Series(dtype=object), "customer_id": pd.Series(dtype=object)})
    records = read_landed(landed, "source_records") if has_landed(landed, "source_records") else nobody
    changed = corrected(records, landed)
    if CORRECTED in changed:
        records = pd.concat([records, changed[changed[CORRECTED] != ""].drop(columns=CORRECTED)], ignore_index=True)
    return People(records, nobody if persons is None else persons, region)


def find_person(runs: Sequence[People], text: str) -> Person:
    """The one person whom a text names: e-mail address, customer number, record_id, or keyed customer id.

    Parameters
    ----------
    runs
        People of one or several runs, newest first.
    text
        What the person, or whoever asks for them, said.

    Raises
    ------
    ParamError
        It fits nobody, or several; the message says how many, not who.
    """
    for people in runs:
        fitting = _fitting(people, text.strip())
        groups = _groups(people, fitting)
        if len(groups) > 1:
            raise _not_one(f"something that fits {len(groups)} customers")
        if groups:
            return _over_all(runs, fitting | groups[0])
    raise _not_one("something that fits nobody")


def fits(people: People, text: str) -> bool:
    """Whether a text names anybody of a run."""
    return bool(_fitting(people, text.strip()))


def _not_one(got: str) -> ParamError:
    return ParamError(
        "person",
        got=got,
        expected="what one customer has: an e-mail address, a customer number, a record_id, or a customer id",
        do="Name a record_id or customer id, as tables/persons.parquet of a run holds them",
    )


def _fitting(people: People, text: str) -> set[str]:
    """Records that a text names."""
    records = people.records
    if not text:
        return set()
    found = set(records.loc[records["record_id"] == text, "record_id"])
    found |= set(people.persons.loc[people.persons["customer_id"] == text, "record_id"])
    if "customer_number" in records:
        found |= set(records.loc[records["customer_number"] == text, "record_id"])
    if "@" in text and "email" in records:
        key = point_key(text, people.region)
        found |= {r for r, mail in zip(records["record_id"], records["email"]) if point_key(mail) == key}
    return {str(one) for one in found}


def _groups(people: People, fitting: set[str]) -> list[set[str]]:
    """The records by their customers; a record made after the last known day joins the only customer there is."""
    owner = people.customer_of
    by: dict[str, set[str]] = {}
    for record in fitting:
        by.setdefault(owner.get(record, record), set()).add(record)
    linked = [records for customer, records in by.items() if customer not in records]
    alone = [records for customer, records in by.items() if customer in records]
    if len(linked) == 1 and not any(_contradict(people, linked[0], other) for other in alone):
        return [set().union(*by.values())]
    return [*linked, *alone]


def _contradict(people: People, some: set[str], others: set[str]) -> bool:
    """Whether the first names of two groups have nothing in common, or their birth dates."""

    def known(records: set[str], column: str) -> set[str]:
        rows = people.records[people.records["record_id"].isin(records)]
        read = name_key if column == "given_name" else birth_key
        values = rows[column] if column in rows else pd.Series(dtype=object)
        return {key for value in values.dropna() if (key := read(value))}

    pairs = [(known(some, column), known(others, column)) for column in ("given_name", "birth_date")]
    return any(one and other and not one & other for one, other in pairs)


def _over_all(runs: Sequence[People], start: set[str]) -> Person:
    """The person in every run; of two runs that disagree on a record the newer one is believed."""
    mine, others, customers = set(start), set[str](), set[str]()
    for people in runs:
        owner = people.customer_of
        theirs = {customer for record, customer in owner.items() if record in mine}
        mine |= {record for record, customer in owner.items() if customer in theirs and record not in others}
        others |= set(owner) - mine
        customers |= {customer for customer in theirs if customer not in owner}
    return Person(frozenset(mine), frozenset(customers))


def own_words(mine: pd.DataFrame, others: pd.DataFrame, region: str = DEFAULT_REGION) -> Words:
    """What the records of a person hold that nobody else's do.

    Parameters
    ----------
    mine, others
        One row = one record: of the person, of everybody else; as landed, of all runs.
    region
        ISO country of telephone numbers without one.
    """
    ids = set(mine["record_id"]) | (_own_numbers(mine) - _own_numbers(others))
    ids |= _texts(mine, "customer_number") - _texts(others, "customer_number")
    telling = {one for one in ids if ":" in one or (len(one) >= SHORTEST_ID and not one.isdigit())}
    mails = _mails(mine) - _mails(others)
    streets = {s for s in _texts(mine, "street") - _texts(others, "street") if any(c.isdigit() for c in s)}
    names = {n for n in _names(mine) - _names(others) if len(n) >= SHORTEST_NAME}
    held = set(normalise_records(others, home=region)["phone"]) if len(others) else set()
    phones = {p for p in normalise_records(mine, home=region)["phone"].dropna() if p not in held}
    whole = _whole_names(mine) - _whole_names(others)
    phrases = frozenset({*telling, *mails, *streets, *whole})
    return Words(phrases, frozenset(map(_national, phones)), frozenset(names), frozenset(ids))


def exactly(people: People, person: Person) -> Exactly:
    """A person of one run, with the addresses that nobody else of that run has."""
    keys = normalise_records(people.records, home=people.region)
    mine = keys["record_id"].isin(person.records)
    own: set[str] = set()
    for column in ("email", "phone"):
        own |= set(keys.loc[mine, column].dropna()) - set(keys.loc[~mine, column].dropna())
    return Exactly(person.records, frozenset(own))


def _own_numbers(records: pd.DataFrame) -> set[str]:
    """What the systems call the records, without the names of the systems."""
    return {str(record).partition(":")[2] for record in records["record_id"]} - {""}


def _texts(records: pd.DataFrame, column: str) -> set[str]:
    values = records[column].dropna() if column in records else []
    return {str(value).strip() for value in values if str(value).strip()}


def _mails(records: pd.DataFrame) -> set[str]:
    written = {text.casefold() for text in _texts(records, "email") if "@" in text}
    keys = {point_key(text) for text in written}
    return written | keys | {key.replace("@gmail.com", "@googlemail.com") for key in keys}


def _names(records: pd.DataFrame) -> set[str]:
    written = _texts(records, "given_name") | _texts(records, "family_name")
    return {form for text in written for form in (text.casefold(), fold(text), fold_plain(text))}


def _whole_names(records: pd.DataFrame) -> set[str]:
    """First and last name of each record in both orders and in all spellings."""
    if not {"given_name", "family_name"} <= set(records):
        return set()
    found = set()
    for given, family in zip(records["given_name"], records["family_name"]):
        if isinstance(given, str) and isinstance(family, str) and given.strip() and family.strip():
            for form in (str.casefold, fold, fold_plain):
                found |= {f"{form(given)} {form(family)}", f"{form(family)} {form(given)}"}
                found |= {f"{form(family)}, {form(given)}"}
    return found


def _national(number: str) -> str:
    """Digits of a telephone number behind its country: +4917677700003 -> 17677700003."""
    import phonenumbers

    return str(phonenumbers.parse(number).national_number)
