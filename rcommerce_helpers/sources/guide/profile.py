"""What the values of a column look like: how many are empty, which kind they are of, which forms they are written in.

A kind is claimed where at least ``MOST`` of the values have it; a form of a date where every value has it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from rcommerce_helpers.sources.guide.words import written_out

MOST = 0.9
LOOKED_AT = 2_000
LETTERS = 500
"""How much of a value is looked at: patterns take a second over a million letters."""
PATTERNS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "web": re.compile(r"(https?://|www\.)\S+"),
    "phone": re.compile(
        r"'?(\+\d|00[1-9](?=(\D?\d){9}))\d{0,2}[\d /().-]{5,17}|'?0\d{1,5}[ /()-]+[\d /().-]{4,14}|'?01[5-7]\d{8,9}"
    ),
    "flag": re.compile(r"true|false|yes|no|ja|nein|wahr|falsch|y|n|j", re.IGNORECASE),
    "currency": re.compile(r"[A-Z]{3}|€|\$|£"),
    "integer": re.compile(r"[-+]?\d{1,15}"),
    "number": re.compile(r"[-+]?[\d.,' \u00a0]*\d[\d.,' \u00a0]*"),
    "money": re.compile(
        r"[-+]?(€|\$|£|EUR|USD|GBP|CHF)? ?[-+]?[\d.,']*\d[\d.,'\u00a0]*[ \u00a0]?(€|\$|£|EUR|USD|GBP|CHF)?"
    ),
}
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?")
DAYS = (
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d %b %Y",
    "%b %d, %Y",
)
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
FORMS = tuple(day + clock for day in DAYS for clock in CLOCKS)
EPOCH = re.compile(r"(0?9[5-9]\d|1[0-9]\d\d)\d{6}(\d{3}|\d{6})?")
"""Seconds, milliseconds or microseconds since 1970, from the year 2000 on."""
COMMA = re.compile(r"[-+]?(\d{1,3}([.' \u00a0]\d{3})+|\d+),\d+")
POINT = re.compile(r"[-+]?(\d{1,3}([,' \u00a0]\d{3})+|\d+)\.\d+")
GROUPED = re.compile(r"[-+]?\d{1,3}(([.,' \u00a0])\d{3})(\2\d{3})*([.,]\d+)?")
EITHER = re.compile(r"[-+]?\d{1,3}[.,]\d{3}")
PLACE = re.compile(r"[^\W\d_][^\d]*\s\d{1,4}\s?[a-zA-Z]?(\s?[-/]\s?\d{1,4}\s?[a-zA-Z]?)?|\d{1,5}\s[^\d]{3,}")
MEASURE = re.compile(r"\d\s?(g|kg|mg|ml|cl|l|cm|mm|m|oz|lb|er|st|stk|pcs|w|v)\.?$", re.IGNORECASE)
"""The end of what is sold by weight or size: Espresso 250 g is no street."""
SIGN = re.compile(r"\s*(€|\$|£|EUR|USD|GBP|CHF)\s*")
IBAN = re.compile(r"[A-Z]{2}\d{2} ?([A-Z0-9]{4} ?){3,7}[A-Z0-9]{0,4}")
NETWORK = re.compile(r"(\d{1,3}\.){3}\d{1,3}|([0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")
FILES_SINCE = 1990
FEW_PERSONS, MANY_PERSONS = 0.2, 0.6
"""From which share on a column speaks of persons: one address is one too many, a street needs a look at most."""


@dataclass(frozen=True)
class Profile:
    """One column of one file.

    ``filled``: share of rows with a value; ``distinct``: share of the values that differ; ``kind``: date, email, phone,
    web, flag, currency, integer, number, money (with its sign), or text; ``forms``: forms of a date that every value
    fits, none for ISO; ``iso``: whether it is a date in ISO form;
    ``examples``: up to three different values as written; ``words``: mean
    number of words; ``values``: the values looked at.
    """

    name: str
    filled: float
    distinct: float
    kind: str
    forms: tuple[str, ...]
    iso: bool
    examples: tuple[str, ...]
    words: float
    values: tuple[str, ...]

    @property
    def has_clock(self) -> bool:
        return any(":" in value for value in self.values[:20])


def profile(name: str, values: Sequence[str | None]) -> Profile:
    """Look at the values of one column.

    Examples
    --------
    >>> found = profile("Datum", ["31.12.2023", "01.02.2024", None])
    >>> found.kind, found.forms, round(found.filled, 2)
    ('date', ('%d.%m.%Y',), 0.67)
    """
    given = [value.strip() for value in values if value is not None and value.strip()]
    step = max(len(given) // LOOKED_AT, 1)
    looked = [value[:LETTERS] for value in given[::step]]
    kind, forms, iso = _kind(looked)
    return Profile(
        name,
        len(given) / len(values) if values else 0.0,
        len(set(given)) / len(given) if given else 0.0,
        kind,
        forms,
        iso,
        tuple(dict.fromkeys([*looked[:1], *looked[len(looked) // 2 : len(looked) // 2 + 1], *looked[-1:]])),
        sum(len(value.split()) for value in looked) / len(looked) if looked else 0.0,
        tuple(looked),
    )


def _kind(values: Sequence[str]) -> tuple[str, tuple[str, ...], bool]:
    if not values:
        return "text", (), False
    if all(ISO.fullmatch(value) for value in values):
        return "date", (), True
    if all(EPOCH.fullmatch(value) for value in values):
        return "date", ("epoch",), False
    if forms := _forms(values):
        return "date", forms, False
    for kind, pattern in PATTERNS.items():
        if sum(pattern.fullmatch(value) is not None for value in values) >= MOST * len(values):
            return kind, (), False
    return "text", (), False


def _forms(values: Sequence[str]) -> tuple[str, ...]:
    """Forms that every value fits; a number of eight digits is a day only where its year could be one."""
    left = [form for form in FORMS if _reads(values[0], form)]
    for value in values[1:]:
        left = [form for form in left if _reads(value, form)]
        if not left:
            break
    return tuple(left)


def _reads(value: str, form: str) -> bool:
    if form.startswith("%Y%m%d") and not re.match(r"(19|20)\d{6}\b", value):
        return False
    try:
        year = datetime.strptime(value, form).year  # noqa: DTZ007 - a wall clock, of which only the form matters
    except ValueError:
        return False
    return 1900 <= year <= 2100


def decimal_marks(profiles: Sequence[Profile]) -> tuple[str, str, bool]:
    """Decimal mark and thousands mark of a file, and whether its numbers say so.

    Examples
    --------
    >>> decimal_marks([profile("Betrag", ["1.234,50", "12,00"])])
    (',', '.', True)
    """
    votes: Counter[str] = Counter()
    grouping: Counter[str] = Counter()
    for one in profiles:
        if one.kind in {"number", "integer", "money"}:
            for value in (SIGN.sub("", value) for value in one.values):
                comma, point = COMMA.fullmatch(value), POINT.fullmatch(value)
                if EITHER.fullmatch(value):  # 1.234 may be a thousand or one and a bit
                    comma = point = None
                votes["," if comma and not point else "." if point and not comma else ""] += 1
                if found := GROUPED.fullmatch(value):
                    grouping[found[2]] += 1
    mark = "," if votes[","] > votes["."] else "."
    groups = [sign for sign, _ in grouping.most_common() if sign != mark]
    sure = bool(votes[","] or votes["."]) and not (votes[","] and votes["."])
    return mark, groups[0] if groups and (sure or mark == ",") else "", sure or not (votes[","] + votes["."])


def looks_personal(one: Profile) -> str:
    """Which personal meaning the values of a column have by themselves, whatever its name; empty where none shows.

    email, phone, street, text (free), name, birth_date, account (of a bank), network (address of a device). Family
    names alone look like many other words: they are known by their column's name.
    """
    if one.kind in {"email", "phone"}:
        return one.kind
    tests = _SIGNS if one.kind == "text" else _SIGNS[:4]
    return next((meaning for meaning, shows in tests if shows(one)), "")


def _share(one: Profile, fits: Callable[[str], object]) -> float:
    return sum(fits(value) is not None for value in one.values) / max(len(one.values), 1)


def _are_births(one: Profile) -> bool:
    """Whether the middle day lies before any shop kept its orders in files."""
    years = sorted(int(found[0]) for value in one.values if (found := YEAR.search(value)))
    return bool(years) and years[len(years) // 2] < FILES_SINCE


def _are_names(one: Profile) -> bool:
    """Whether many of the different values hold a frequent first name, and no figure."""
    different = {value for value in one.values if not any(sign.isdigit() for sign in value)}
    words = [re.findall(r"[^\W_]+", written_out(value)) for value in different]
    short = [said for said in words if 1 <= len(said) <= 4]
    named = sum(any(word in given_names() for word in said) for said in short)
    alone = sum(len(said) for said in short) < 1.5 * len(short)
    return len(short) > 0.5 * len(set(one.values)) and named > (MANY_PERSONS if alone else 0.3) * len(short)


_SIGNS: tuple[tuple[str, Callable[[Profile], bool]], ...] = (
    ("birth_date", lambda one: one.kind == "date" and _are_births(one)),
    ("email", lambda one: _share(one, PATTERNS["email"].search) > FEW_PERSONS),
    ("account", lambda one: _share(one, IBAN.fullmatch) > MANY_PERSONS),
    ("network", lambda one: _share(one, NETWORK.fullmatch) > MANY_PERSONS),
    ("text", lambda one: one.words >= 5 and one.distinct > 0.5),
    ("street", lambda one: _share(one, PLACE.fullmatch) - _share(one, MEASURE.search) > MANY_PERSONS),
    ("name", _are_names),
)


@cache
def given_names() -> frozenset[str]:
    """Frequent first names."""
    path = Path(__file__).parent / "given_names.toml"
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["given"])
