"""How days and moments are written: one form as people know it, read into the form of the engine.

Letters of Excel and Java, of our own documentation and of ``strftime`` are understood: dd.mm.yyyy, dd.MM.yyyy HH:mm,
yyyy-MM-dd'T'HH:mm:ssXXX, %d.%m.%Y. A run of m is the minute where an hour stands before it or a second behind it, else
the month. A form that does not hold year, month and day exactly once is refused, and so are two forms of one column
that read one text as two days.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from rcommerce_helpers.errors import SchemaError

EPOCH = "epoch"
TOKEN = re.compile(
    r"'(?P<quoted>[^']*)'|(?P<half>AM/PM|am/pm|tt|a(?![a-zA-Z]))|(?P<run>([A-Za-z])\4*)|(?P<sign>[^A-Za-z']+)"
)
MONTHS = {1: "%m", 2: "%m", 3: "%b", 4: "%B"}
PARTS = {"year": "Yy", "month": "mbB", "day": "d"}
KNOWN = set("YymbBdHIMSfgnpzaA%")
ISO = "yyyy-mm-dd"
PROBES = (
    datetime(2024, 3, 5, 7, 8, 9),
    datetime(2011, 12, 10, 11, 9, 8),
    datetime(2009, 8, 7, 6, 5, 4),
    datetime(1998, 1, 2, 3, 4, 5),
)
"""Moments whose day, month, year and clock could stand for each other: two forms are tried on them."""


@dataclass(frozen=True)
class DateForm:
    """One form: as it was declared, and as the engine reads it (``strptime``; empty for seconds since 1970)."""

    declared: str
    strptime: str

    @property
    def zoned(self) -> bool:
        """Whether the text says its own distance from UTC."""
        return "%z" in self.strptime

    @property
    def epoch(self) -> bool:
        return not self.strptime

    @property
    def short_year(self) -> bool:
        """Whether the century has to be concluded."""
        return "%y" in self.strptime


def read_form(declared: str, place: str) -> DateForm:
    """One form of ``date_form``.

    Parameters
    ----------
    declared
        As it stands in sources.toml; ``epoch`` means whole seconds, milliseconds or microseconds since 1970 in UTC.
    place
        Where it stands, for the message.

    Raises
    ------
    SchemaError
        A letter stands for nothing, or year, month and day do not occur exactly once.

    Examples
    --------
    >>> read_form("dd.MM.yyyy HH:mm", "files.f").strptime, read_form("yyyymmddHHMMSS", "files.f").strptime
    ('%d.%m.%Y %H:%M', '%Y%m%d%H%M%S')
    """
    if declared.strip().lower() == EPOCH:
        return DateForm(declared, "")
    form = declared if "%" in declared else _translated(declared, place)
    found = re.findall("%(.)", form)
    if wrong := [letter for letter in found if letter not in KNOWN]:
        raise _refused(declared, place, f"with %{wrong[0]}, which is not known here")
    for part, letters in PARTS.items():
        times = sum(letter in letters for letter in found)
        if times != 1:
            raise _refused(declared, place, f"that holds the {part} {'twice' if times > 1 else 'not at all'}")
    return DateForm(declared, form)


def read_forms(declared: Sequence[str], place: str) -> tuple[DateForm, ...]:
    """The forms of one table, none of which reads a text otherwise than another does.

    Raises
    ------
    SchemaError
        As ``read_form``, or two forms overlap; the message shows a text and its two readings.
    """
    forms = tuple(read_form(text, place) for text in dict.fromkeys(declared))
    for one, other in combinations([form for form in forms if not form.epoch], 2):
        for text, first, second in _two_readings(one, other):
            raise SchemaError(
                place,
                got=f"date_form {one.declared!r} and {other.declared!r}, which read {text!r} as {first} and {second}",
                expected="forms that cannot be taken for each other",
                do="Keep the one that the system writes; where two systems write differently, declare two files",
            )
    return forms


def _translated(declared: str, place: str) -> str:
    """Letters of Excel and Java as those of strptime."""
    tokens = list(TOKEN.finditer(declared))
    runs = [token["run"] or "" for token in tokens]
    half_days = any(token["half"] for token in tokens)
    text = ""
    for at, token in enumerate(tokens):
        if token["sign"]:
            text += token["sign"]
        elif token["half"]:
            text += "%p"
        elif token["quoted"] is not None:
            text += token["quoted"].replace("%", "%%")
        else:
            text += _letter(runs, at, half_days) or _unknown(declared, place, runs[at])
    return text


def _letter(runs: list[str], at: int, half_days: bool) -> str:
    """What one run of letters stands for; empty where it stands for nothing."""
    run = runs[at]
    kind, length = run[0].lower(), len(run)
    before = next((r[0].lower() for r in reversed(runs[:at]) if r), "")
    behind = next((r[0].lower() for r in runs[at + 1 :] if r), "")
    if run in {"T"}:
        return run
    if run in {"Z", "z", "X", "XX", "XXX", "x", "xx", "xxx", "ZZ", "ZZZ", "ZZZZZ", "zz", "zzz"}:
        return "%z"
    if kind == "m" and length in MONTHS:
        minute = before == "h" or (behind == "s" and length < 3)  # noqa: PLR2004 - mmm is a name
        return "%M" if minute else MONTHS[length]
    if kind == "s":
        return {True: "%g", False: "%S"}[before == "s"] if length <= 3 else ("%f" if length == 6 else "")  # noqa: PLR2004
    known = {
        ("d", 1): "%d", ("d", 2): "%d", ("y", 4): "%Y", ("u", 4): "%Y", ("y", 2): "%y",
        ("h", 1): "%I" if half_days else "%H", ("h", 2): "%I" if half_days else "%H",
    }  # fmt: skip
    return known.get((kind, length), "")


def _unknown(declared: str, place: str, run: str) -> str:
    raise _refused(declared, place, f"in which {run!r} stands for nothing")


def _refused(declared: str, place: str, why: str) -> SchemaError:
    return SchemaError(
        place,
        got=f"date_form {declared!r} {why}",
        expected="year, month and day once each, such as dd.mm.yyyy, dd.mm.yy HH:MM, yyyy-MM-dd HH:mm:ss or epoch",
        do="Correct the form",
    )


def _two_readings(one: DateForm, other: DateForm) -> list[tuple[str, str, str]]:
    """Texts that both forms read, and not alike: text, first reading, second reading."""
    found = []
    for writer in (one, other):
        for probe in PROBES:
            text = _written(probe, writer)
            readings = [_read(text, form) for form in (one, other)]
            if None not in readings and readings[0] != readings[1]:
                found.append((text, *(str(reading) for reading in readings)))
    return found  # type: ignore[return-value]


def _written(moment: datetime, form: DateForm) -> str:
    return moment.strftime(form.strptime.replace("%g", "000").replace("%n", "000000000").replace("%z", "+0000"))


def _read(text: str, form: DateForm) -> datetime | None:
    """What a form makes of a text; None where it does not fit."""
    try:
        read = datetime.strptime(text, form.strptime.replace("%g", "%f").replace("%n", "%f"))  # noqa: DTZ007
    except ValueError:
        return None
    return read.replace(tzinfo=None)
