"""What values say where names say nothing: persons by their addresses, lines by units times price, the only date.

All of it is a proposal that says it is unsure: the names did not speak.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from rcommerce_helpers.sources.guide.amounts import number
from rcommerce_helpers.sources.guide.meanings import Meaning
from rcommerce_helpers.sources.guide.profile import Profile, looks_personal
from rcommerce_helpers.sources.guide.sniff import Sniffed

PERSONAL_OF = {
    "email": "email",
    "phone": "phone",
    "street": "street",
    "birth_date": "birth_date",
    "name": "family_name",
}
LOOKED_AT = 2_000
ALWAYS = 0.98
MOST_ROWS = 0.9
NUMERIC_COLUMNS_MAX = 12


def persons_by_values(meaning: Mapping[str, Meaning], profiles: Sequence[Profile]) -> dict[str, Meaning]:
    """Columns of persons known by their values alone, each to the canonical column of that very meaning."""
    found = dict(meaning)
    used = {str(one.origin) for one in meaning.values()}
    for one in profiles:
        column = PERSONAL_OF.get(looks_personal(one), "")
        if column and column not in found and one.name not in used:
            found[column] = Meaning(one.name, "likely", "its values look like it")
    if len(found) >= 2 and "record_id" not in found:
        key = key_by_values(profiles, {*used, *(str(m.origin) for m in found.values())})
        if key:
            found["record_id"] = Meaning(key, "unsure", "another value in every row")
    return found


def key_by_values(profiles: Sequence[Profile], used: set[str]) -> str:
    """The first unused column with another value in every row that says nothing of a person; empty where none has."""
    return next((one.name for one in profiles if _may_be_key(one, used)), "")


def _may_be_key(one: Profile, used: set[str]) -> bool:
    return (
        one.name not in used
        and one.filled > ALWAYS
        and one.distinct > ALWAYS
        and one.kind in {"text", "integer"}
        and one.words < 2
        and not looks_personal(one)
    )


def only_date(profiles: Sequence[Profile]) -> str:
    """The one column of moments that is filled in most rows and tells of no birth; empty where there are several."""
    dates = [one.name for one in profiles if one.kind == "date" and one.filled > MOST_ROWS and not looks_personal(one)]
    return dates[0] if len(dates) == 1 else ""


def lines_by_values(file: Sniffed, profiles: Sequence[Profile]) -> dict[str, Meaning]:
    """Lines of orders: units times price is the amount, a product has one price, an order one moment; else nothing."""
    at, found = only_date(profiles), factors_of(file, profiles)
    if found is None or not at:
        return {}
    units, price, amount = found
    free = [one.name for one in profiles if one.name not in {units, price, amount, at} and not looks_personal(one)]
    columns = {name: _values(file, name) for name in (*free, price, at)}
    repeated = [name for name in free if 1.05 < _repeats(columns[name]) < len(columns[name]) / 3]
    products = [name for name in repeated if _determines(columns[name], columns[price]) > ALWAYS]
    orders = [name for name in repeated if _determines(columns[name], columns[at]) > ALWAYS and name not in products]
    if not products or not orders:
        return {}
    product = min(products, key=lambda name: len(columns[name][0] or ""))
    told = {
        "order_id": (min(orders, key=lambda name: _repeats(columns[name])), "all its lines have one moment"),
        "product_id": (product, "has one price"), "quantity": (units, "times the price it is the amount"),
        "unit_price": (price, "times the units it is the amount"), "amount": (amount, f"is {units} x {price}"),
    }  # fmt: skip
    return {column: Meaning(name, "unsure", f"by its values: {why}") for column, (name, why) in told.items()}


def with_units(meaning: Mapping[str, Meaning], file: Sniffed, profiles: Sequence[Profile]) -> dict[str, Meaning]:
    """Meanings of lines with units that no name told of: what the price is multiplied by."""
    found = factors_of(file, profiles) if "quantity" not in meaning else None
    if found is None or found[0] in {str(one.origin) for one in meaning.values()}:
        return dict(meaning)
    units, price, amount = found
    told = {"quantity": units, "unit_price": price, "amount": amount}
    why = f"{units} x {price} is {amount}"
    return dict(meaning) | {column: Meaning(name, "likely", why) for column, name in told.items()}


def _values(file: Sniffed, name: str) -> list[str | None]:
    at = file.columns.index(name)
    return [row[at] for row in file.rows[:LOOKED_AT]]


def factors_of(file: Sniffed, profiles: Sequence[Profile]) -> tuple[str, str, str] | None:
    """Units, price and amount: three columns of which two give the third in nearly all rows, and more than one unit."""
    numeric = [one for one in profiles if one.filled > MOST_ROWS and _is_numeric(one)]
    if len(numeric) > NUMERIC_COLUMNS_MAX:
        return None
    read = {one.name: [number(value) for value in _values(file, one.name)] for one in numeric}
    for units, price, amount in permutations(read, 3):
        rows = list(zip(read[units], read[price], read[amount]))
        full = [(u, p, a) for u, p, a in rows if u is not None and p is not None and a is not None]
        telling = [row for row in full if row[0] not in {0, 1} and row[0] == round(row[0])]
        right = sum(abs(u * p - a) < 0.011 for u, p, a in full)
        if len(telling) >= 5 and right > ALWAYS * len(full) and any(p != round(p) for _, p, _ in full):
            return units, price, amount
    return None


def _is_numeric(one: Profile) -> bool:
    return one.kind in {"number", "integer", "money"} and not looks_personal(one)


def _repeats(values: Sequence[str | None]) -> float:
    return len(values) / max(len(set(values)), 1)


def _determines(key: Sequence[str | None], values: Sequence[str | None]) -> float:
    """Share of the values of a key that always stand beside one and the same other value."""
    beside: dict[str | None, set[str | None]] = defaultdict(set)
    for own, other in zip(key, values):
        beside[own].add(other)
    return sum(len(others) == 1 for others in beside.values()) / max(len(beside), 1)


def with_only_date(meaning: Mapping[str, Meaning], profiles: Sequence[Profile]) -> Iterator[tuple[str, Meaning]]:
    """Meanings with the only date of the file as the moment of its rows, where no name said which it is."""
    yield from meaning.items()
    date = only_date(profiles)
    if "at" not in meaning and date and date not in {str(m.origin) for m in meaning.values()}:
        yield "at", Meaning(date, "unsure", "the only date of the file")
