"""Reading text as what the schema says it is: SQL expressions per column type, strict, with the declared forms.

A text that is not wholly of the declared form is not read at all: its expression gives null and landing puts the row
into quarantine. Empty is nothing; "NA" is a text like any other. Identifiers stay as written, leading zeros included,
and are refused where a spreadsheet has shortened them (4,00123E+12: the digits are gone).

Identifiers also lose what nobody meant: blanks and invisible signs around or in them, the ".0" of a number that went
through a spreadsheet, the second of two Unicode forms, and words for nothing such as NULL.

Wall clock to UTC: a moment a zone never had (the hour skipped in spring) is refused; one it had twice (autumn) is
taken as the first of the two. Two-digit years 69 to 99 mean 1969 to 1999, the others 20xx; a birth after the last day
of the data is a hundred years older. A day cut from a moment with its own offset is the day in the data set's zone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rcommerce_helpers.schema import Column
from rcommerce_helpers.sources.date_forms import DateForm

Kind = Literal["text", "integer", "number", "flag", "moment", "instant", "day"]
YES = ("true", "1", "yes", "y", "ja", "j", "wahr")
NO = ("false", "0", "no", "n", "nein", "falsch")
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_MOMENT = rf"{ISO_DAY}([ T]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?)?"
ISO_INSTANT = rf"{ISO_DAY}[ T]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)? ?(Z|UTC|[+-]\d{{2}}(:?\d{{2}})?)"
PLAIN_KEY = "[A-Za-z0-9_-]+"
PLAIN_DIGITS = r"\d{1,15}"
VISIBLE = "[!-~]([ -~]*[!-~])?"
"""Most values: nothing in them that could be shortened, hidden, padded or a second spelling."""
SHORTENED = r"[+-]?\d+([.,]\d+)?[eE]\+\d+|\d{9,12}[.,]\d{0,3}(0000|9999)\d|[+-]?\d*[.,]\d{12,}"
"""A number whose last digits a spreadsheet dropped or invented: 4,00123E+12, 40012345678.900002. A visitor of Google
Analytics (1234567890.1617181920) is none."""
LARGEST_WHOLE = 2**53
INVISIBLE = "\u00a0\u202f\u2007\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
NOTHING = ("null", "nan", "\\n", "n/a", "#n/a", "(null)", "none", "<na>", "nil", "undefined")
"""Words that systems write for an empty value; as an identifier none of them is one."""
NO_NAME = ("NULL", "null", "nan", "NaN", "\\N", "n/a", "N/A", "#N/A", "(null)", "<NA>", "undefined")
"""The same as a name, by their exact spelling: Nan and Null are names of people."""
NO_MAIL = r"((no|kein|keine|ohne|without)[-_.]?(e-?mail|mail|adresse|address)|none|null|unknown|unbekannt)@.*"
"""What people type where a form insists on an address: nomail@nomail.com."""
SHORT_WORDS = "shortened by a spreadsheet, digits are lost"
NUMBERS = ("phone", "contact_point")
"""Texts that may hold a telephone number: as written, but not where a spreadsheet took digits."""
NAMES = ("given_name", "family_name", "company_name")
SQL_TYPES = {
    "integer": "bigint",
    "number": "double",
    "money": "double",
    "share": "double",
    "flag": "boolean",
    "moment": "timestamp",
    "day": "date",
}


@dataclass(frozen=True)
class Written:
    """How the values of one table are written: marks, date forms, zone; ``iso`` adds the ISO forms to those given.

    ``home`` is the zone of the data set, in which its days are counted; ``last_day`` is its ``as_of``.
    """

    decimal: str = "."
    thousands: str = ""
    date_forms: tuple[DateForm, ...] = ()
    iso: bool = True
    time_zone: str = "UTC"
    home: str = "UTC"
    last_day: str = ""

    @property
    def day_words(self) -> str:
        forms = [form.declared for form in self.date_forms]
        return " or ".join([*forms, "yyyy-mm-dd"] if self.iso else forms)


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def named(column: str) -> str:
    """A name as an SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


def sql_type(column: Column) -> str:
    """Type of a column in the landed file."""
    return SQL_TYPES.get(column.type, "varchar")


def kind_of(duckdb_type: str) -> Kind:
    """What a typed source (parquet, a select) already knows of its values."""
    name = duckdb_type.upper()
    if name.startswith("DECIMAL") or name in {"DOUBLE", "FLOAT"}:
        return "number"
    if name.endswith("INT") or name.endswith("INTEGER"):
        return "integer"
    if name == "TIMESTAMP WITH TIME ZONE":
        return "instant"
    if name.startswith("TIMESTAMP"):
        return "moment"
    return {"BOOLEAN": "flag", "DATE": "day"}.get(name, "text")  # type: ignore[return-value]


def raw_value(expression: str, kind: Kind) -> str:
    """A source value with the ways of saying nothing made null: empty text, not-a-number."""
    if kind == "text":
        return f"nullif(cast({expression} as varchar), '')"
    if kind == "number":
        return f"(case when isnan(cast({expression} as double)) then null else {expression} end)"
    return f"({expression})"


def as_written(ref: str, kind: Kind) -> str:
    """A value as text: whole numbers without a decimal part."""
    if kind == "number":
        whole = f"{ref} = floor({ref}) and abs({ref}) < 1e15"
        return f"(case when {whole} then cast(cast({ref} as bigint) as varchar) else cast({ref} as varchar) end)"
    return ref if kind == "text" else f"cast({ref} as varchar)"


def parsed(column: Column, ref: str, kind: Kind, written: Written) -> str:
    """The value of one column as its schema type, null where it cannot be read; moments come as ``wall_clock``."""
    if column.type in {"key", "record"} or column.name in NUMBERS:
        return _key(ref, kind, column)
    if column.type == "text":
        return as_written(ref, kind)
    if column.type == "choice":
        plain, choices = as_written(ref, kind), _listed(column.choices)
        text = f"lower(trim({plain}))"
        return f"(case when {plain} in ({choices}) then {plain} when {text} in ({choices}) then {text} end)"
    if column.type == "flag":
        return ref if kind == "flag" else _flag(as_written(ref, kind))
    if column.type == "day":
        return _day(ref, kind, written, birth=column.name == "birth_date")
    return _number(column, ref, kind, written)


def is_nothing(column: Column, text: str) -> str:
    """SQL: whether a text stands for no value in this column, apart from the empty text."""
    bare = f"(case when {_is(text, VISIBLE)} then {text} else trim({text}, {quoted(INVISIBLE + ' ')}) end)"
    if column.type in {"key", "record"}:
        return f"(lower({bare}) in ({_listed(NOTHING)}) or {bare} = '')"
    if column.name in NAMES:
        return f"({bare} in ({_listed(NO_NAME)}))"
    if column.name == "email":
        return f"(lower({bare}) in ({_listed(NOTHING)}) or regexp_full_match(lower({bare}), {quoted(NO_MAIL)}))"
    return "false"


def _listed(words: Sequence[str]) -> str:
    return ", ".join(map(quoted, words))


def _key(ref: str, kind: Kind, column: Column) -> str:
    """An identifier or telephone number, null where a spreadsheet has taken digits from it."""
    if kind in {"integer", "number"}:
        return f"(case when abs({ref}) <= {LARGEST_WHOLE} and {ref} = floor({ref}) then {as_written(ref, kind)} end)"
    if kind != "text":
        return as_written(ref, kind)
    if column.name in NUMBERS:
        return f"(case when regexp_full_match(trim({ref}), '{SHORTENED}') then null else {ref} end)"
    seen = f"regexp_replace(nfc_normalize({ref}), '[{INVISIBLE}]', '', 'g')"
    bare = f"regexp_replace(trim({seen}), '^(\\d{{1,15}})[.]0$', '\\1')"
    as_it_is = f"when {_is(ref, PLAIN_KEY)} then {ref}"
    return f"(case {as_it_is} when regexp_full_match(trim({ref}), '{SHORTENED}') then null else {bare} end)"


def _flag(text: str) -> str:
    word = f"lower(trim({text}))"
    yes, no = (", ".join(map(quoted, words)) for words in (YES, NO))
    return f"(case when {word} in ({yes}) then true when {word} in ({no}) then false end)"


def _number(column: Column, ref: str, kind: Kind, written: Written) -> str:
    if column.type == "integer":
        if kind in {"integer", "number"}:
            return f"(case when {ref} = floor({ref}) then try_cast({ref} as bigint) end)"
        return _read_integer(as_written(ref, kind), written)
    value = f"cast({ref} as double)" if kind in {"integer", "number"} else _read_number(ref, column, kind, written)
    if column.type == "share":
        return f"(case when {value} between 0 and 1 then {value} end)"
    return value


def exact(ref: str, kind: Kind, written: Written) -> str:
    """A number as a double, in the declared marks where it is text; null where it cannot be read."""
    return f"cast({ref} as double)" if kind in {"integer", "number"} else _decimal(as_written(ref, kind), written)


def _read_integer(text: str, written: Written) -> str:
    mark = re.escape(written.decimal)
    plain, pattern = f"trim({text})", rf"[+-]?\d{{1,18}}({mark}0+)?"
    if written.thousands:
        grouped = rf"\d{{1,3}}({_class(written.thousands)}\d{{3}})+"
        pattern = rf"[+-]?({grouped}|\d{{1,18}})({mark}0+)?"
        plain = f"replace({plain}, {quoted(written.thousands)}, '')"
    whole = f"split_part({plain}, {quoted(written.decimal)}, 1)"
    careful = f"when regexp_full_match(trim({text}), {quoted(pattern)}) then try_cast({whole} as bigint)"
    return f"(case when {_is(text, PLAIN_DIGITS)} then cast({text} as bigint) {careful} end)"


def _read_number(ref: str, column: Column, kind: Kind, written: Written) -> str:
    if column.type != "share":
        return _decimal(as_written(ref, kind), written)
    text = f"trim({as_written(ref, kind)})"
    bare = f"trim(replace({text}, '%', ''))"
    return f"(case when suffix({text}, '%') then {_decimal(bare, written)} / 100 else {_decimal(text, written)} end)"


def _decimal(given: str, written: Written) -> str:
    mark = re.escape(written.decimal)
    text = f"trim({given})"
    whole, plain = r"\d{1,30}", text
    if written.thousands:
        whole = rf"(\d{{1,3}}({_class(written.thousands)}\d{{3}})+|\d{{1,30}})"
        plain = f"replace({plain}, {quoted(written.thousands)}, '')"
    as_it_is = given
    if written.decimal != ".":
        plain = f"replace({plain}, {quoted(written.decimal)}, '.')"
        as_it_is = f"replace({given}, {quoted(written.decimal)}, '.')"
    pattern = rf"[+-]?({whole}({mark}\d*)?|{mark}\d+)([eE][+-]?\d{{1,2}})?"
    quick = f"when {_is(given, f'{PLAIN_DIGITS}({mark}{PLAIN_DIGITS})?')} then try_cast({as_it_is} as double)"
    return f"(case {quick} when regexp_full_match({text}, {quoted(pattern)}) then try_cast({plain} as double) end)"


def _is(text: str, pattern: str) -> str:
    """SQL: whether a text is of a plain form, for which one look spares the many that its rarer forms need."""
    return f"regexp_full_match({text}, {quoted(pattern)})"


def _class(mark: str) -> str:
    return re.escape(mark) if mark.isascii() else mark


def _day(ref: str, kind: Kind, written: Written, *, birth: bool = False) -> str:
    if kind == "instant":
        in_utc = f"({ref} at time zone 'UTC')"
        return f"cast({to_local(in_utc, written.home)} as date)"
    if kind in {"day", "moment"}:
        return f"cast({ref} as date)"
    text = f"trim({as_written(ref, kind)})"
    tries = [f"cast({_strptime(text, written)} as date)"] if _unzoned(written) else []
    if moved := _instants(text, written):
        tries.append(f"cast({to_local(moved, written.home)} as date)")
    if written.iso:
        form = rf"{ISO_DAY}([ T].*)?"
        tries.append(f"case when regexp_full_match({text}, '{form}') then try_cast(left({text}, 10) as date) end")
    value = _plausible(f"coalesce({', '.join(tries)})") if tries else "cast(null as date)"
    return _born(value, text, written) if birth and written.last_day else value


def _born(value: str, text: str, written: Written) -> str:
    """A birth lies before the last day: one with a short year is a hundred years older, another cannot be."""
    limit = f"date {quoted(written.last_day)}"
    short = [form for form in written.date_forms if form.short_year and not form.zoned]
    if not short:
        return f"(case when {value} <= {limit} then {value} end)"
    reads = f"try_strptime({text}, [{', '.join(quoted(form.strptime) for form in short)}]) is not null"
    return f"(case when {value} <= {limit} then {value} when {reads} then {value} - interval 100 year end)"


def _unzoned(written: Written) -> list[DateForm]:
    return [form for form in written.date_forms if not form.zoned and not form.epoch]


def _strptime(text: str, written: Written) -> str:
    return f"try_strptime({text}, [{', '.join(quoted(form.strptime) for form in _unzoned(written))}])"


def _instants(text: str, written: Written) -> str:
    """SQL of the UTC moment of a text that says its own offset, or counts from 1970; empty where no form does."""
    tries = []
    if zoned := [quoted(form.strptime) for form in written.date_forms if form.zoned]:
        plain = f"regexp_replace({text}, '(Z|UTC|GMT)$', '+00')"
        tries.append(f"try_strptime({plain}, [{', '.join(zoned)}]) at time zone 'UTC'")
    if any(form.epoch for form in written.date_forms):
        tries += [
            f"case when regexp_full_match({text}, '\\d{{{digits}}}') then make_timestamp(try_cast({text} as bigint) "
            f"* {factor}) end"
            for digits, factor in ((10, 1_000_000), (13, 1_000), (16, 1))
        ]
    if written.iso:
        plain = f"regexp_replace(regexp_replace({text}, ' ?(Z|UTC)$', '+00'), ' ([+-]\\d{{2}}(:?\\d{{2}})?)$', '\\1')"
        read = f"try_cast({plain} as timestamptz) at time zone 'UTC'"
        tries.append(f"case when regexp_full_match({text}, '{ISO_INSTANT}') then {read} end")
    return f"coalesce({', '.join(tries)})" if tries else ""


def _plausible(value: str) -> str:
    """A year with two digits read as four is no year."""
    return f"(case when year({value}) between 1800 and 2200 then {value} end)"


def wall_clock(ref: str, kind: Kind, written: Written) -> str:
    """A moment as the clock on the wall of its zone; null where it cannot be read or is stated with its offset."""
    if kind == "instant":
        return "cast(null as timestamp)"
    if kind in {"moment", "day"}:
        return f"cast({ref} as timestamp)"
    text = f"trim({as_written(ref, kind)})"
    tries = [f"cast({_strptime(text, written)} as timestamp)"] if _unzoned(written) else []
    if written.iso:
        tries.append(f"case when regexp_full_match({text}, '{ISO_MOMENT}') then try_cast({text} as timestamp) end")
    return _plausible(f"coalesce({', '.join(tries)})") if tries else "cast(null as timestamp)"


def instant(ref: str, kind: Kind, written: Written) -> str:
    """A moment stated with its own offset (2024-03-05T10:00:00+01:00) or since 1970, in UTC; null for all others."""
    if kind == "instant":
        return f"({ref} at time zone 'UTC')"
    if kind in {"moment", "day"}:
        return "cast(null as timestamp)"
    value = _instants(f"trim({as_written(ref, kind)})", written)
    return _plausible(value) if value else "cast(null as timestamp)"


def to_utc(wall: str, zone: str) -> str:
    """UTC of a wall-clock moment; of two possible ones the first; null for one the zone never had."""
    if zone == "UTC":
        return wall
    late = f"(({wall} at time zone {quoted(zone)}) at time zone 'UTC')"
    early = f"({late} - interval 1 hour)"
    back_early, back_late = to_local(early, zone), to_local(late, zone)
    return f"(case when {back_early} = {wall} then {early} when {back_late} = {wall} then {late} end)"


def to_local(utc: str, zone: str) -> str:
    """Wall clock of a UTC moment in a zone."""
    return utc if zone == "UTC" else f"(({utc} at time zone 'UTC') at time zone {quoted(zone)})"


def reason_unread(column: Column, written: Written) -> str:
    """Why a value of this column could not be read, in plain words."""
    words = {
        "key": SHORT_WORDS,
        "record": SHORT_WORDS,
        "text": SHORT_WORDS,
        "choice": f"none of {', '.join(column.choices)}",
        "integer": "not a whole number",
        "share": f"not a share from 0 to 1 with decimal mark {written.decimal!r}",
        "flag": "neither true nor false",
        "day": f"not a day of the form {written.day_words}",
        "moment": f"not a moment of the form {written.day_words}",
    }
    return words.get(column.type, f"not a number with decimal mark {written.decimal!r}")
