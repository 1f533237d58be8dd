"""What the columns of a file that no preset knows could mean: by their names and by their values.

A name proposes, the values dispose: a column called Datum without a date is none. A column whose values look personal
goes to the column of that very meaning or to none.
"""

from __future__ import annotations

import re
import statistics
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.guide.profile import MOST, Profile, looks_personal
from rcommerce_helpers.sources.guide.sniff import Sniffed
from rcommerce_helpers.sources.guide.words import fit_of_words, written_out

Sure = Literal["sure", "likely", "unsure"]
PERSONAL_KINDS: dict[str, tuple[str, ...]] = {
    "email": ("email",), "phone": ("phone",), "street": ("street",), "text": ("text",),
    "name": ("given_name", "family_name"), "birth_date": ("birth_date",), "account": (), "network": (),
}  # fmt: skip
"""What values show of a person -> where they may go; a bank account or the address of a device nowhere."""
FIRM = re.compile(
    r"\b(GmbH|mbH|AG|KG|OHG|GbR|UG|SE|eG|e\.\s?K|e\.\s?V|Ltd|Inc|LLC|LLP|PLC|S\.?A|B\.?V|Co)\b\.?", re.IGNORECASE
)
FEW = ("channel", "topic", "status", "store_id", "category", "department", "brand", "country", "event", "device")
"""Columns of groups: one with a value of its own for nearly every row is none of them."""
NUMBERED = ("order_id", "case_id", "invoice_id", "contract_id")
"""Keys that hold a figure in nearly every value: what a shop calls Name may be one (#1001)."""
NAMES_A_NAME = re.compile("name|last|first")
OTHER_CHANNEL = re.compile(r"sms|phone|telefon|anruf|call|whatsapp|post(?!code)|brief|push|text", re.IGNORECASE)
"""A yes to text messages or calls is none to e-mail."""


@dataclass(frozen=True)
class Meaning:
    """Where one canonical column comes from: a source column, or a mapping; how sure, and why."""

    origin: str | dict[str, Any]
    sure: Sure
    why: str


@dataclass(frozen=True)
class Role:
    """Which canonical table a file is, and the meaning of its columns."""

    table: str
    columns: Mapping[str, Meaning]
    sure: Sure


@cache
def synonyms() -> dict[str, dict[str, Any]]:
    """Canonical table -> column -> the words it is known by."""
    words = tomllib.loads((Path(__file__).parent / "synonyms.toml").read_text(encoding="utf-8"))
    for table in ("order_lines", "invoices", "feedback"):
        words[table]["order_id"] = words["orders"]["order_id"]
    for table in ("products", "feedback", "web_events"):
        words[table]["product_id"] = words["order_lines"]["product_id"]
    words["web_events"]["order_id"] = words["orders"]["order_id"]
    for table in (
        "orders",
        "order_lines",
        "feedback",
        "service_cases",
        "invoices",
        "contracts",
        "web_events",
        "sessions",
    ):
        words[table]["record_id"] = words["source_records"]["record_id"]
    return words


def plain(name: str) -> str:
    """A column name by its letters and digits, umlauts written out: 'Kunden-Nr.' -> 'kundennr'."""
    return re.sub(r"[\W_]", "", written_out(name))


def named(table: str, profiles: Sequence[Profile]) -> dict[str, Meaning]:
    """Meaning of columns for one canonical table, each source column used once; the best name first."""
    offers: list[tuple[float, str, Profile]] = []
    for column, words in synonyms()[table].items():
        for one in profiles:
            score = max(_score(plain(one.name), words), 0.98 * fit_of_words(table, column, one.name))
            if one.filled and score and _fits(table, column, one):
                offers.append((score, column, one))
    found: dict[str, Meaning] = {}
    used: set[str] = set()
    for score, column, one in sorted(offers, key=lambda offer: -offer[0]):
        if column not in found and one.name not in used:
            found[column] = Meaning(one.name, "sure" if score >= 1 else "likely", "name and values")
            used.add(one.name)
    return found


def _score(name: str, words: Sequence[str]) -> float:
    """How well a name fits: 1 and more for a word itself, less for one in another dress or within a longer name."""
    if name in words:
        return 2 - words.index(name) / 1000
    if any(bare in words for bare in _undressed(name)):
        return 0.99
    parts = [word for word in words if len(word) >= 5 and (name.startswith(word) or name.endswith(word))]
    return max((len(word) / len(name) for word in parts), default=0.0)


def _undressed(name: str) -> Iterator[str]:
    """A name without the beginnings and ends that say whose it is: customercity -> city."""
    dress = synonyms()["words"]
    for word in dress["before"]:
        if name.startswith(word) and len(name) > len(word) + 1:
            yield name.removeprefix(word)
            yield from (name.removeprefix(word).removesuffix(end) for end in dress["after"] if name.endswith(end))
    yield from (name.removesuffix(end) for end in dress["after"] if name.endswith(end) and len(name) > len(end) + 1)


def _fits(table: str, column: str, one: Profile) -> bool:
    """Whether values could be those of a canonical column; helpers of the guide itself are judged by their kind."""
    kinds = {"unit_price": "money", "decision": "flag", "refusal": "flag", "record_id": "record"}
    kinds |= {"granted_at": "moment", "refused_at": "moment"}
    types = {c.name: c for c in LANDED_TABLES[table].columns}
    kind = kinds.get(column) or types[column].type
    if table == "permissions" and OTHER_CHANNEL.search(one.name):
        return False
    personal = looks_personal(one)
    if personal and column not in PERSONAL_KINDS[personal] and not (kind == "record" and personal == "email"):
        return False
    if column in NUMBERED and _share_with_figures(one) < MOST:
        return False
    if column in {"given_name", "family_name"} and _share_with_figures(one) > 1 - MOST:
        return False
    if column in {"company_name", "family_name"} and plain(one.name).startswith("name"):
        return _names_firms(one) == (column == "company_name")
    if column == "family_name" and not NAMES_A_NAME.search(plain(one.name)):
        return personal == "name"
    if column in FEW and one.distinct > 0.5 and len(one.values) > 20:
        return False
    allowed: dict[str, Callable[[], bool]] = {
        "moment": lambda: one.kind == "date",
        "day": lambda: one.kind == "date",
        "money": lambda: one.kind in {"number", "integer"},
        "number": lambda: one.kind in {"number", "integer"},
        "integer": lambda: one.kind == "integer",
        "flag": lambda: one.kind not in {"date", "email", "phone"} and _says_yes_or_no(one),
        "key": lambda: one.kind not in {"date", "email", "phone", "flag", "currency"},
        "record": lambda: one.kind not in {"date", "phone", "flag", "currency"},
    }
    if column == "email":
        return one.kind == "email"
    if column == "phone":
        return one.kind in {"phone", "integer", "number", "text"}
    return allowed.get(kind, lambda: one.kind not in {"date", "email", "phone"})()


def _share_with_figures(one: Profile) -> float:
    return sum(any(sign.isdigit() for sign in value) for value in one.values) / max(len(one.values), 1)


def _names_firms(one: Profile) -> bool:
    """Whether many of the values hold the legal form of a firm."""
    return sum(FIRM.search(value) is not None for value in one.values) > 0.3 * len(one.values)


def _says_yes_or_no(one: Profile) -> bool:
    """Whether values are few and some of them a word for yes or no; of numbers only 0 and 1 are."""
    given = {plain(value) for value in one.values}
    words = {*synonyms()["words"]["yes"], *synonyms()["words"]["no"]}
    return given <= {"0", "1"} if one.kind in {"integer", "number"} else len(given) <= 8 and bool(given & words)


def role_of(file: Sniffed, profiles: Sequence[Profile]) -> Role | None:
    """Which canonical table a file is; None where its columns say nothing known."""
    by_name = {one.name: one for one in profiles}
    about = named("source_records", profiles)
    persons = sum(column in about for column in ("given_name", "family_name", "street", "birth_date", "phone")) >= 2
    paid = "amount" in named("order_lines", profiles)
    for table, judge in _JUDGES:
        if (
            (persons or paid)
            and table in {"service_cases", "feedback"}
            and any(plain(name) == "id" for name in by_name)
        ):
            continue  # the number of a person or an order, and not that of a case
        meaning = {c: m for c, m in _in_known_words(named(table, profiles), by_name)}
        role = judge(meaning, by_name, file)
        if role is not None:
            return Role(table, role, "sure" if all(m.sure == "sure" for m in role.values()) else "likely")
    return None


def _in_known_words(meaning: Mapping[str, Meaning], profiles: Mapping[str, Profile]) -> Iterator[tuple[str, Meaning]]:
    """Columns of a closed list with the words of the file put into ours; left out where a word is not known."""
    for column, found in meaning.items():
        known = synonyms()["values"].get(column)
        if known is None:
            yield column, found
            continue
        written = {
            value: plain(re.sub(r"^[A-Za-z]{1,3}[-_ ]", "", value))
            for value in sorted(set(profiles[str(found.origin)].values))
        }
        said = {v: ours for v, word in written.items() for ours, words in known.items() if word in (ours, *words)}
        if len(said) == len(written):
            yield column, Meaning({"column": str(found.origin), "values": said}, "likely", "the words as usual")


Judge = Callable[[dict[str, Meaning], Mapping[str, Profile], Sniffed], dict[str, Meaning] | None]


def _has(meaning: Mapping[str, Meaning], *columns: str) -> bool:
    return all(column in meaning for column in columns)


def _unique(meaning: Mapping[str, Meaning], column: str, profiles: Mapping[str, Profile]) -> bool:
    origin = meaning[column].origin
    return isinstance(origin, str) and profiles[origin].distinct > 0.98


def _lines(meaning: dict[str, Meaning], profiles: Mapping[str, Profile], file: Sniffed) -> dict[str, Meaning] | None:
    if not _has(meaning, "order_id", "product_id") or _unique(meaning, "order_id", profiles):
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
    return meaning if _has(meaning, "order_id", "at") else None


def _needs(*columns: str, one_of: Sequence[str] = (), unique: str = "", not_with: Sequence[str] = ()) -> Judge:
    def judge(meaning: dict[str, Meaning], profiles: Mapping[str, Profile], file: Sniffed) -> dict[str, Meaning] | None:
        names = {plain(name) for name in file.columns}
        if not _has(meaning, *columns) or (one_of and not any(column in meaning for column in one_of)):
            return None
        if unique and not _unique(meaning, unique, profiles):
            return None
        return None if names & set(not_with) else meaning

    return judge


def split_name(meaning: Mapping[str, Meaning], profiles: Mapping[str, Profile]) -> dict[str, Meaning]:
    """Where one column holds the whole name, first names are what stands before the last word."""
    whole = meaning.get("family_name")
    if (
        whole is None
        or "given_name" in meaning
        or not isinstance(whole.origin, str)
        or profiles[whole.origin].words < 1.5
    ):
        return dict(meaning)
    column = '"' + whole.origin.replace('"', '""') + '"'
    given = f"nullif(regexp_replace(trim({column}), '\\s*\\S+$', ''), '')"
    return {
        **meaning,
        "given_name": Meaning({"sql": given}, "likely", "all but the last word of the name"),
        "family_name": Meaning({"sql": f"regexp_extract(trim({column}), '\\S+$')"}, "likely", "last word of the name"),
    }


def _people(meaning: dict[str, Meaning], profiles: Mapping[str, Profile], file: Sniffed) -> dict[str, Meaning] | None:
    meaning = split_name(meaning, profiles)
    numbered = next((name for name in profiles if plain(name) == "id" and profiles[name].distinct > 0.98), "")
    if numbered and not ("record_id" in meaning and _unique(meaning, "record_id", profiles)):
        meaning["record_id"] = Meaning(numbered, "likely", "a number of its own in every row")
    telling = [c for c in ("email", "given_name", "family_name", "phone", "street", "birth_date") if c in meaning]
    if "record_id" in meaning and (telling or "postcode" in meaning or _unique(meaning, "record_id", profiles)):
        return meaning
    if "email" in meaning:
        origin = str(meaning["email"].origin).replace('"', '""')
        meaning["record_id"] = Meaning({"sql": f'lower(trim("{origin}"))'}, "likely", "known by the address alone")
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


def amount_of(meaning: Mapping[str, Meaning], file: Sniffed) -> Meaning | None:
    """What was paid for a line: a column, or units times a price, as the values say; None where nothing tells."""
    total, price, units = (meaning.get(c) for c in ("amount", "unit_price", "quantity"))
    if price is None or units is None:
        return _total_alone(total or price, units, meaning, file)
    minus = {"minus": [str(meaning["discount"].origin)]} if "discount" in meaning else {}
    product: dict[str, Any] = {"multiply": [str(units.origin), str(price.origin)], **minus}
    if total is None:
        used = {str(m.origin) for m in meaning.values()}
        equal = [c for c in file.columns if c not in used and _share_equal(file, c, product["multiply"]) > 0.9]
        told = "units times the price of one"
        return Meaning(equal[0], "sure", f"is {told}") if equal else Meaning(product, "likely", told)
    if _share_equal(file, str(total.origin), product["multiply"]) > 0.8:
        return Meaning(total.origin, "sure", f"equals {' x '.join(product['multiply'])}")
    if _same_in_order(file, meaning, str(total.origin)):
        return Meaning(product, "likely", f"{total.origin} is the same on all lines of an order: its total")
    return Meaning(total.origin, "unsure", f"differs from {' x '.join(product['multiply'])} on many lines")


def _total_alone(
    total: Meaning | None, units: Meaning | None, meaning: Mapping[str, Meaning], file: Sniffed
) -> Meaning | None:
    """One column of money: the amount of the line, the price of one, or the total of the order."""
    if total is None:
        return None
    name = str(total.origin)
    if _same_in_order(file, meaning, name):
        return Meaning(name, "unsure", "the same on all lines of an order: it may be the total of the order")
    if units is None:
        return Meaning(name, "unsure", "no number of units beside it")
    if _is_unit_price(file, meaning, name):
        return Meaning({"multiply": [str(units.origin), name]}, "likely", f"{name} does not grow with the units")
    return Meaning(name, total.sure, "name, and it grows with the units")


def number(text: str | None) -> float | None:
    """A number as people write it, by its last mark; None where it is none.

    Examples
    --------
    >>> number("1.234,50"), number("12.5"), number("x")
    (1234.5, 12.5, None)
    """
    bare = re.sub(r"[\s'\u00a0€$£%]", "", text or "")
    mark = max(bare.rfind(","), bare.rfind("."))
    if mark >= 0:
        bare = re.sub(r"[.,]", "", bare[:mark]) + "." + bare[mark + 1 :]
    try:
        return float(bare)
    except ValueError:
        return None


def _column(file: Sniffed, name: str) -> list[str | None]:
    at = file.columns.index(name)
    return [row[at] for row in file.rows]


def _share_equal(file: Sniffed, total: str, factors: Sequence[str]) -> float:
    rows = zip(*([number(v) for v in _column(file, name)] for name in (total, *factors)))
    known = [(t, a * b) for t, a, b in rows if t is not None and a is not None and b is not None]
    return sum(abs(t - p) < 0.011 for t, p in known) / len(known) if known else 0.0


def _same_in_order(file: Sniffed, meaning: Mapping[str, Meaning], total: str) -> bool:
    """Whether nearly every order with several products has one amount, on all its lines or on the first alone."""
    held: dict[str | None, list[tuple[str | None, str | None]]] = defaultdict(list)
    orders, products = (_column(file, str(meaning[c].origin)) for c in ("order_id", "product_id"))
    for order, product, value in zip(orders, products, _column(file, total)):
        held[order].append((product, value))
    several = [rows for rows in held.values() if len({product for product, _ in rows}) > 1]
    same = sum(len({value for _, value in rows} - {None}) == 1 for rows in several)
    return len(several) >= 5 and same > 0.9 * len(several)


def _is_unit_price(file: Sniffed, meaning: Mapping[str, Meaning], total: str) -> bool:
    """Whether the amounts of one product stay the same where the units differ."""
    held: dict[str | None, list[tuple[float, float]]] = defaultdict(list)
    products, units = (_column(file, str(meaning[c].origin)) for c in ("product_id", "quantity"))
    for product, count, value in zip(products, units, _column(file, total)):
        n, money = number(count), number(value)
        if n and money:
            held[product].append((n, money))
    ratios = []
    for rows in held.values():
        ones, more = [m for n, m in rows if n == 1], [m / n for n, m in rows if n > 1]
        if ones and more:
            ratios.append(statistics.median(more) / statistics.median(ones))
    return len(ratios) >= 3 and statistics.median(ratios) < 0.75
