"""Reading text as what the schema says it is: SQL expressions per column type, strict, with the declared forms.

A text that is not wholly of the declared form is not read at all: its expression gives null and landing puts the row
into quarantine. Empty is nothing; "NA" is a text like any other. Identifiers stay as written, leading zeros included,
and are refused where a spreadsheet has shortened them (4,00123E+12: the digits are gone).

Wall clock to UTC: a moment a zone never had (the hour skipped in spring) is refused; one it had twice (autumn) is
taken as the first of the two. Two-digit years 69 to 99 mean 1969 to 1999, the others 20xx.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.schema import Column

Kind = Literal["text", "integer", "number", "flag", "moment", "instant", "day"]
YES = ("true", "1", "yes", "y", "ja", "j", "wahr")
NO = ("false", "0", "no", "n", "nein", "falsch")
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_MOMENT = rf"{ISO_DAY}([ T]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?)?"
ISO_INSTANT = rf"{ISO_DAY}[ T]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)? ?(Z|UTC|[+-]\d{{2}}(:?\d{{2}})?)"
SHORTENED = r"[+-]?\d[.,]\d+[eE]\+\d+"
TOKENS = {"yyyy": "%Y", "yy": "%y", "mm": "%m", "dd": "%d", "HH": "%H", "MM": "%M", "SS": "%S", "m": "%m", "d": "%d"}
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
    """How the values of one table are written: marks, date forms, zone; ``iso`` adds the ISO forms to those given."""

    decimal: str = "."
    thousands: str = ""
    date_forms: tuple[str, ...] = ()
    iso: bool = True
    time_zone: str = "UTC"

    @property
    def day_words(self) -> str:
        forms = (*self.date_forms, "yyyy-mm-dd") if self.iso else self.date_forms
        return " or ".join(forms)


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


def strptime_form(form: str, place: str) -> str:
    """dd.mm.yyyy HH:MM -> %d.%m.%Y %H:%M; forms with % signs pass.

    Raises
    ------
    SchemaError
        The form has letters that stand for nothing.
    """
    if "%" in form:
        return form
    translated = re.sub("|".join(TOKENS), lambda m: TOKENS[m.group()], form)
    if re.search(r"[A-Za-z]", re.sub(r"%[A-Za-z]", "", translated).replace("T", "")):
        raise SchemaError(
            place,
            got=f"date_form {form!r}",
            expected="yyyy, yy, mm, dd, HH, MM, SS and signs between them, such as dd.mm.yyyy HH:MM",
            do="Correct the form",
        )
    return translated


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
    if column.type in {"text", "record"}:
        return as_written(ref, kind)
    if column.type == "key":
        return _key(as_written(ref, kind), kind)
    if column.type == "choice":
        text = f"lower(trim({as_written(ref, kind)}))"
        return f"(case when {text} in ({', '.join(map(quoted, column.choices))}) then {text} end)"
    if column.type == "flag":
        return ref if kind == "flag" else _flag(as_written(ref, kind))
    if column.type == "day":
        return _day(ref, kind, written)
    return _number(column, ref, kind, written)


def _key(text: str, kind: Kind) -> str:
    if kind != "text":
        return text
    shortened = f"contains(upper({text}), 'E+') and regexp_full_match({text}, '{SHORTENED}')"
    return f"(case when {shortened} then null else {text} end)"


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


def _read_integer(text: str, written: Written) -> str:
    mark = re.escape(written.decimal)
    plain, pattern = f"trim({text})", rf"[+-]?\d{{1,18}}({mark}0+)?"
    if written.thousands:
        grouped = rf"\d{{1,3}}({_class(written.thousands)}\d{{3}})+"
        pattern = rf"[+-]?({grouped}|\d{{1,18}})({mark}0+)?"
        plain = f"replace({plain}, {quoted(written.thousands)}, '')"
    whole = f"split_part({plain}, {quoted(written.decimal)}, 1)"
    return f"(case when regexp_full_match(trim({text}), {quoted(pattern)}) then try_cast({whole} as bigint) end)"


def _read_number(ref: str, column: Column, kind: Kind, written: Written) -> str:
    text = f"trim({as_written(ref, kind)})"
    if column.type != "share":
        return _decimal(text, written)
    bare = f"trim(replace({text}, '%', ''))"
    return f"(case when suffix({text}, '%') then {_decimal(bare, written)} / 100 else {_decimal(text, written)} end)"


def _decimal(text: str, written: Written) -> str:
    mark = re.escape(written.decimal)
    whole, plain = r"\d{1,30}", text
    if written.thousands:
        whole = rf"(\d{{1,3}}({_class(written.thousands)}\d{{3}})+|\d{{1,30}})"
        plain = f"replace({plain}, {quoted(written.thousands)}, '')"
    if written.decimal != ".":
        plain = f"replace({plain}, {quoted(written.decimal)}, '.')"
    pattern = rf"[+-]?({whole}({mark}\d*)?|{mark}\d+)([eE][+-]?\d{{1,2}})?"
    return f"(case when regexp_full_match({text}, {quoted(pattern)}) then try_cast({plain} as double) end)"


def _class(mark: str) -> str:
    return re.escape(mark) if mark.isascii() else mark


def _day(ref: str, kind: Kind, written: Written) -> str:
    if kind in {"day", "moment", "instant"}:
        return f"cast({ref} as date)"
    text = f"trim({as_written(ref, kind)})"
    tries = [f"cast({_strptime(text, written)} as date)"] if written.date_forms else []
    if written.iso:
        form = rf"{ISO_DAY}([ T].*)?"
        tries.append(f"case when regexp_full_match({text}, '{form}') then try_cast(left({text}, 10) as date) end")
    return _plausible(f"coalesce({', '.join(tries)})")


def _strptime(text: str, written: Written) -> str:
    forms = ", ".join(quoted(strptime_form(f, "date_form")) for f in written.date_forms)
    return f"try_strptime({text}, [{forms}])"


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
    tries = [f"cast({_strptime(text, written)} as timestamp)"] if written.date_forms else []
    if written.iso:
        tries.append(f"case when regexp_full_match({text}, '{ISO_MOMENT}') then try_cast({text} as timestamp) end")
    return _plausible(f"coalesce({', '.join(tries)})")


def instant(ref: str, kind: Kind, written: Written) -> str:
    """A moment stated with its own offset (2024-03-05T10:00:00+01:00), in UTC; null for all others."""
    if kind == "instant":
        return f"({ref} at time zone 'UTC')"
    if kind in {"moment", "day"} or not written.iso:
        return "cast(null as timestamp)"
    text = f"trim({as_written(ref, kind)})"
    value = f"try_cast({text} as timestamptz) at time zone 'UTC'"
    return f"(case when regexp_full_match({text}, '{ISO_INSTANT}') then {value} end)"


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
        "key": "shortened by a spreadsheet, digits are lost",
        "choice": f"none of {', '.join(column.choices)}",
        "integer": "not a whole number",
        "share": f"not a share from 0 to 1 with decimal mark {written.decimal!r}",
        "flag": "neither true nor false",
        "day": f"not a day of the form {written.day_words}",
        "moment": f"not a moment of the form {written.day_words}",
    }
    return words.get(column.type, f"not a number with decimal mark {written.decimal!r}")
