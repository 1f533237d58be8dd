"""Where a canonical column comes from: a source column, a constant, a product of columns or SQL, as one expression.

Also the lines of a file that are no rows of their own: its header once more, and the sum of those above.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import duckdb

from rcommerce_helpers.schema import LANDED_TABLES, Column
from rcommerce_helpers.sources.config import ColumnMap, TableSection
from rcommerce_helpers.sources.engine import LoadedFile, known_column
from rcommerce_helpers.sources.foreign_sql import Computed, Place, judged_value
from rcommerce_helpers.sources.parsing import (
    Kind,
    Written,
    as_written,
    exact,
    is_nothing,
    kind_of,
    quoted,
    raw_value,
)

TOTALS = (
    "summe", "gesamt", "gesamtsumme", "gesamtergebnis", "insgesamt", "zwischensumme", "endsumme",
    "total", "totals", "grand total", "subtotal", "sub total", "sum",
)  # fmt: skip
"""What stands for a number in the line that adds the others up."""


@dataclass(frozen=True)
class Origin:
    """Where one canonical column of one part comes from, as SQL, and what its type already is.

    ``failed`` is the condition under which it could not be computed, ``shown`` the value that quarantine then keeps;
    ``written_in`` names the source column or columns, and is empty for a constant.
    """

    column: Column
    expression: str
    kind: Kind
    source: str
    failed: str = ""
    shown: str = ""
    written_in: str = ""


def no_row_of_its_own(section: TableSection, file: LoadedFile, place: str, name: str) -> str:
    """SQL of the rule that sets a line aside which is no row: the header once more, or the sum of those above."""
    mapped = [m.column for m in section.columns.values() if m.column is not None]
    known_column_of = {column: known_column(file, column, place) for column in mapped}
    texts = {c.lower() for c, kind in file.columns.items() if kind.upper() == "VARCHAR"}
    key = section.columns[LANDED_TABLES[name].key[0]].column if LANDED_TABLES[name].key[0] in section.columns else None
    cases = []
    if mapped and all(column.lower() in texts for column in mapped):
        first, *others = (f"trim({known_column_of[column]}) = {quoted(column)}" for column in mapped)
        same = f"case when {first} then {' and '.join(others) or 'true'} end"  # the others are rarely looked at
        cases.append(f"when {same} then 'repeated_header'")
    if key is not None and key.lower() in texts:
        words = ", ".join(map(quoted, TOTALS))
        word = f"lower(rtrim(trim({known_column_of[key]}), ' :')) in ({words})"
        digits = f"regexp_matches({known_column_of[key]}, '[0-9]')"  # most keys have one, none of the words
        cases.append(f"when case when {digits} then false else {word} end then 'totals_line'")
    return f"case {' '.join(cases)} end" if cases else "null"


def value_of(
    connection: duckdb.DuckDBPyConnection, mapping: ColumnMap, file: LoadedFile, written: Written, place: Place
) -> Computed:
    """The value of one canonical column as SQL over its file."""
    if mapping.computed:
        return _product(mapping, file, written, place.name)
    if mapping.column is not None:
        return Computed(known_column(file, mapping.column, place.name))
    if mapping.sql is not None:
        return judged_value(connection, mapping.sql, replace(place, name=f"{place.name}.sql"))
    return Computed(_literal(mapping.constant))


def _product(mapping: ColumnMap, file: LoadedFile, written: Written, place: str) -> Computed:
    """Columns multiplied, others taken off, divided: exact, in the marks of the file; an empty minus counts nothing."""
    factors = [mapping.column] if mapping.column is not None else mapping.multiply
    texts = {column: known_column(file, column, place) for column in (*factors, *mapping.minus)}
    kinds = {column: kind_of(file.columns[_spelt(file, column)]) for column in texts}
    numbers = {c: exact(f"({text})", kinds[c], written) for c, text in texts.items()}
    given = {c: f"nullif(trim(cast({text} as varchar)), '')" for c, text in texts.items()}
    whole = " * ".join(f"cast({numbers[c]} as double)" for c in factors)
    if len(factors) == 1:
        whole = numbers[factors[0]]
    taken = "".join(f" - coalesce({numbers[c]}, 0)" for c in mapping.minus)
    divided = f" / {mapping.divide_by!r}" if mapping.divide_by else ""
    failed = " or ".join(f"({given[c]} is not null and {numbers[c]} is null)" for c in texts)
    return Computed(f"round(cast(({whole}{taken}){divided} as double), 8)", failed, tuple(given.values()))


def _spelt(file: LoadedFile, column: str) -> str:
    return next(name for name in file.columns if name.lower() == column.lower())


def _literal(value: object) -> str:
    """A constant as SQL of its own type, so that the file's marks and date forms do not apply to it."""
    if isinstance(value, (bool, int, float)):
        return str(value).lower()
    return f"date '{value.isoformat()}'" if isinstance(value, date) else quoted(str(value))


def origin_of(column: Column, mapping: ColumnMap, value: Computed, kind: Kind, source: str) -> Origin:
    """The origin of one canonical column: its value with other words put in place and words for nothing taken out."""
    raw = raw_value(value.text, kind)
    if mapping.values:
        cases = " ".join(f"when {quoted(k)} then {quoted(v)}" for k, v in mapping.values.items())
        text = as_written(raw, kind)
        raw, kind = f"nullif(case {text} {cases} else {text} end, '')", "text"
    shown = f"concat_ws(', ', {', '.join(value.inputs)})" if value.inputs else ""
    told = " x ".join(mapping.multiply) or mapping.column or ("sql" if mapping.sql is not None else "")
    told += "".join(f" - {name}" for name in mapping.minus) + (f" / {mapping.divide_by}" if mapping.divide_by else "")
    system = mapping.source or source
    return Origin(column, _or_nothing(raw, kind, column), kind, system, value.failed, shown, told)


def _or_nothing(raw: str, kind: Kind, column: Column) -> str:
    """A source value, null where its text is a word for nothing."""
    return f"(case when {is_nothing(column, raw)} then null else {raw} end)" if kind == "text" else raw
