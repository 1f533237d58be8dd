"""Which canonical table a file that no preset knows is: what its columns can mean, and which of them are unique."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rcommerce_helpers.sources.guide.amounts import amount_of, once_per_order
from rcommerce_helpers.sources.guide.by_values import lines_by_values, persons_by_values, with_only_date, with_units
from rcommerce_helpers.sources.guide.meanings import Meaning, Sure, in_known_words, named, split_name, status_of
from rcommerce_helpers.sources.guide.profile import Profile
from rcommerce_helpers.sources.guide.sniff import Sniffed
from rcommerce_helpers.sources.guide.words import plain
from rcommerce_helpers.sources.parsing import named as as_name


@dataclass(frozen=True)
class Role:
    """Which canonical table a file is, and the meaning of its columns."""

    table: str
    columns: Mapping[str, Meaning]
    sure: Sure


def role_of(file: Sniffed, profiles: Sequence[Profile]) -> Role | None:
    """Which canonical table a file is: by names, by values, else a list of persons; None where nothing tells."""
    known = _meanings(profiles)
    known["order_lines"] = with_units(known["order_lines"], file, profiles)
    guessed = {table: dict(with_only_date(meaning, profiles)) for table, meaning in known.items()}
    guessed["order_lines"] = lines_by_values(file, profiles) | known["order_lines"]
    persons = {"source_records": persons_by_values(known["source_records"], profiles)}
    business = {table: meaning for table, meaning in known.items() if table != "source_records"}
    found = _judged(file, profiles, business) or _judged(file, profiles, {t: guessed[t] for t in business})
    return found or _judged(file, profiles, persons)


def _meanings(profiles: Sequence[Profile]) -> dict[str, dict[str, Meaning]]:
    """Canonical table -> what its columns could be, by their names."""
    by_name = {one.name: one for one in profiles}
    about = named("source_records", profiles)
    persons = sum(column in about for column in ("given_name", "family_name", "street", "birth_date", "phone")) >= 2
    paid = "amount" in named("order_lines", profiles)
    other = (persons or paid) and any(plain(name) == "id" for name in by_name)
    return {
        table: dict(in_known_words(table, named(table, profiles), by_name))
        for table, _ in _JUDGES
        if not (other and table in {"service_cases", "feedback"})  # the id of a person or an order, not of a case
    }


def _judged(file: Sniffed, profiles: Sequence[Profile], meanings: Mapping[str, Mapping[str, Meaning]]) -> Role | None:
    by_name = {one.name: one for one in profiles}
    for table, judge in _JUDGES:
        role = judge(dict(meanings[table]), by_name, file) if table in meanings else None
        if role is not None:
            return Role(table, role, _least_sure(role))
    return None


def _least_sure(role: Mapping[str, Meaning]) -> Sure:
    given = {meaning.sure for meaning in role.values()}
    return "sure" if given == {"sure"} else "likely" if given <= {"sure", "likely"} else "unsure"


Judge = Callable[[dict[str, Meaning], Mapping[str, Profile], Sniffed], dict[str, Meaning] | None]


def _has(meaning: Mapping[str, Meaning], *columns: str) -> bool:
    return all(column in meaning for column in columns)


def _unique(meaning: Mapping[str, Meaning], column: str, profiles: Mapping[str, Profile]) -> bool:
    origin = meaning[column].origin
    return isinstance(origin, str) and profiles[origin].distinct > 0.98


def _lines(meaning: dict[str, Meaning], profiles: Mapping[str, Profile], file: Sniffed) -> dict[str, Meaning] | None:
    if not _has(meaning, "order_id", "product_id") or _unique(meaning, "order_id", profiles):
        return None
    heads = {name for name in profiles if once_per_order(file, str(meaning["order_id"].origin), name)}
    if heads:  # what is said once is said of the order and not of its first line
        own = {name: one for name, one in profiles.items() if name not in heads}
        meaning = dict(in_known_words("order_lines", named("order_lines", list(own.values())), own))
        if not _has(meaning, "order_id", "product_id"):
            return None
    amount = amount_of(meaning, file)
    if amount is None:
        return None
    meaning.pop("unit_price", None)
    meaning["amount"] = amount
    if "quantity" not in meaning:
        meaning["quantity"] = Meaning({"constant": 1}, "unsure", "the file names no number of units")
    return meaning


def _orders(meaning: dict[str, Meaning], profiles: Mapping[str, Profile], file: Sniffed) -> dict[str, Meaning] | None:
    paid = "amount" in named("order_lines", list(profiles.values()))
    numbered = next((name for name in profiles if plain(name) == "id" and profiles[name].distinct > 0.98), "")
    if numbered and "at" in meaning and paid and not ("order_id" in meaning and _unique(meaning, "order_id", profiles)):
        meaning["order_id"] = Meaning(numbered, "likely", "a number of its own in every row")
    if status := status_of(list(profiles.values())):
        meaning["status"] = status
    return meaning if _has(meaning, "order_id", "at") and _unique(meaning, "order_id", profiles) else None


def _needs(*columns: str, one_of: Sequence[str] = (), unique: str = "", not_with: Sequence[str] = ()) -> Judge:
    def judge(meaning: dict[str, Meaning], profiles: Mapping[str, Profile], file: Sniffed) -> dict[str, Meaning] | None:
        names = {plain(name) for name in file.columns}
        if not _has(meaning, *columns) or (one_of and not any(column in meaning for column in one_of)):
            return None
        if unique and not _unique(meaning, unique, profiles):
            return None
        return None if names & set(not_with) else meaning

    return judge


def _people(meaning: dict[str, Meaning], profiles: Mapping[str, Profile], file: Sniffed) -> dict[str, Meaning] | None:
    meaning = split_name(meaning, profiles)
    numbered = next((name for name in profiles if plain(name) == "id" and profiles[name].distinct > 0.98), "")
    if numbered and not ("record_id" in meaning and _unique(meaning, "record_id", profiles)):
        meaning["record_id"] = Meaning(numbered, "likely", "a number of its own in every row")
    telling = [c for c in ("email", "given_name", "family_name", "phone", "street", "birth_date") if c in meaning]
    if "record_id" in meaning and (telling or "postcode" in meaning or _unique(meaning, "record_id", profiles)):
        return meaning
    if "email" in meaning:
        address = as_name(str(meaning["email"].origin))
        meaning["record_id"] = Meaning({"sql": f"lower(trim({address}))"}, "likely", "known by the address alone")
        return meaning
    return None


_JUDGES: tuple[tuple[str, Judge], ...] = (
    ("contracts", _needs("contract_id", "record_id", "product_id", "start_on")),
    ("order_lines", _lines),
    ("web_events", _needs("at", "event", one_of=("session_id", "visitor_id"))),
    ("sessions", _needs("session_id", "at", one_of=("event_count", "ended_at", "ordered"), unique="session_id")),
    ("feedback", _needs("at", "stars", one_of=("feedback_id", "text", "order_id"))),
    ("service_cases", _needs("case_id", "at", one_of=("closed_at", "topic", "channel", "solved"), unique="case_id")),
    ("invoices", _needs("invoice_id", "invoiced_on", "amount", one_of=("due_on", "paid_on", "account"))),
    ("orders", _orders),
    ("products", _needs("product_id", one_of=("name", "category", "brand", "list_price"), unique="product_id")),
    ("source_records", _people),
)
"""Tables in the order in which they are asked about: the more particular first."""
