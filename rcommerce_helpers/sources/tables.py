"""One canonical table out of its parts: parse, find the rows that cannot stand, keep the rest.

Each part (a file with a mapping, or a select) is written into the staging table ``staged_<table>``, every row with the
code of its first fault or none. Codes are three per column: missing, unreadable, a wall-clock time that never was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.schema import LANDED_TABLES, STOPS, Column, Table
from rcommerce_helpers.schema.columns import local_name
from rcommerce_helpers.sources.config import ColumnMap, FileSection, Forms, TableSection, check_required
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.date_forms import read_forms
from rcommerce_helpers.sources.engine import LoadedFile, describe, execute_one, rules_of, sql_errors
from rcommerce_helpers.sources.foreign_sql import Computed, Place, judged_select
from rcommerce_helpers.sources.origins import Origin, no_row_of_its_own, origin_of, value_of
from rcommerce_helpers.sources.parsing import (
    Written,
    instant,
    kind_of,
    named,
    parsed,
    quoted,
    reason_unread,
    sql_type,
    to_local,
    to_utc,
    wall_clock,
)

EMPTY_MEANS = {
    ("orders", "status"): "completed",
    ("orders", "kind"): "purchase",
    ("order_lines", "kind"): "item",
    ("prices", "kind"): "list",
    ("permissions", "channel"): "any",
}
"""What the schema says an empty value stands for, written out so that no reader has to know it."""


SPARED = "source_records"
"""A value of this table that cannot be read is left out, for the row is a person with decisions and orders."""


@dataclass(frozen=True)
class Part:
    """One origin of a canonical table, checked: ``relation`` gives its rows with ``_row``, ``_line`` and ``_rule``.

    ``derived`` is the system whose persons it makes from the numbers of other tables; empty for what was mapped.
    """

    table: Table
    number: int
    relation: str
    file: str
    origins: tuple[Origin, ...]
    written: Written
    files_used: tuple[str, ...]
    derived: str = ""


def prepare(
    connection: duckdb.DuckDBPyConnection, data_set: DataSet, files: dict[str, LoadedFile], name: str
) -> list[Part]:
    """The parts of one canonical table, every column name checked against the files.

    Raises
    ------
    SchemaError
        A source column does not exist, SQL does not run, or a record column has no source system.
    """
    return [
        _mapped(connection, data_set, files, name, i, section)
        if section.from_ is not None
        else _selected(connection, data_set, files, name, i, section)
        for i, section in enumerate(data_set.config.tables[name])
    ]


def _mapped(
    connection: duckdb.DuckDBPyConnection,
    data_set: DataSet,
    files: dict[str, LoadedFile],
    name: str,
    number: int,
    section: TableSection,
) -> Part:
    file = files[str(section.from_)]
    spec = data_set.config.files[file.key]
    place = f"tables.{name}"
    known = Place(place, tuple(files), frozenset(map(str.lower, file.columns)))
    rule = f"coalesce(_rule, {rules_of(connection, section, known)}, {no_row_of_its_own(section, file, place, name)})"
    relation = f"(select *, _line as _row, {rule} as _part_rule from {named('_all_' + file.key)}) as {named(file.key)}"
    written = _written(data_set, [section, spec], place, typed=data_set.format_of(file.key) not in {"csv", "csv.gz"})
    values = {
        c: value_of(connection, m, file, written, replace(known, name=f"{place}.{c}"))
        for c, m in section.columns.items()
    }
    with sql_errors(place):
        selected = ", ".join(f"{value.text} as {named(c)}" for c, value in values.items())
        types = describe(connection, f"select {selected} from {relation}")
    source = section.source or spec.source or ""
    origins = tuple(
        origin_of(column, section.columns[column.name], values[column.name], kind_of(types[column.name]), source)
        for column in LANDED_TABLES[name].columns
        if column.name in values
    )
    part = Part(LANDED_TABLES[name], number, relation, file.key, origins, written, (file.key,))
    _check_source(part, place)
    return _with_source_system(part, source)


def _selected(
    connection: duckdb.DuckDBPyConnection,
    data_set: DataSet,
    files: dict[str, LoadedFile],
    name: str,
    number: int,
    section: TableSection,
) -> Part:
    place = f"tables.{name}.sql"
    known = Place(place, tuple(files), frozenset(c.lower() for file in files.values() for c in file.columns))
    select = judged_select(connection, str(section.sql), known)
    rule = rules_of(connection, section, replace(known, name=f"tables.{name}"))
    with sql_errors(place):
        types = describe(connection, select.text)
        view = named(f"_select_{name}_{number}")
        line = "" if "_line" in types else ", cast(null as bigint) as _line"
        # a select has no order of its own: that of its values, or that of the file where it hands on _line
        order = ", ".join(map(named, sorted(types, key=lambda column: column != "_line")))
        execute_one(
            connection,
            f"create table {view} as select *, row_number() over () as _row{line}, {rule} as _part_rule "
            f"from (select * from ({select.text}) order by {order})",
        )
    table = LANDED_TABLES[name]
    given = [c for c in types if c not in {"_line", "_file"}]
    for column in given:
        if column not in table.column_names:
            raise SchemaError(
                place,
                got=f"a column {column!r} in the select",
                expected=f"columns out of {', '.join(table.column_names)}",
                do='Name it with as "canonical"',
            )
    check_required(f"tables.{name}", name, given)
    sections = [section, *_agreed(data_set, select.files, section, place)]
    source = next((s.source for s in sections if s.source), "")
    origins = tuple(
        origin_of(c, ColumnMap(column=c.name), Computed(named(c.name)), kind_of(types[c.name]), source)
        for c in table.columns
        if c.name in given
    )
    part = Part(table, number, view, "", origins, _written(data_set, sections, place, typed=True), select.files)
    _check_source(part, f"tables.{name}")
    return _with_source_system(part, source)


def _agreed(data_set: DataSet, used: tuple[str, ...], section: TableSection, place: str) -> list[FileSection]:
    """The files of a select, where they write alike; where they do not, the table must say which form it has."""
    specs = [data_set.config.files[k] for k in used]
    for field in ("decimal", "thousands", "date_form", "time_zone", "source"):
        values = {str(getattr(s, field)) for s in specs}
        if len(values) > 1 and getattr(section, field) is None:
            raise SchemaError(
                place,
                got=f"files with different {field}: {', '.join(sorted(values))}",
                expected="one form per select",
                do=f"State {field} in this table",
            )
    return specs[:1]


def _written(data_set: DataSet, sections: list[Forms], place: str, *, typed: bool) -> Written:
    """How values are written: the table's word first, then its file's, then the data set's."""

    def first(field: str) -> object:
        return next((getattr(s, field) for s in sections if getattr(s, field) is not None), None)

    forms = first("date_form")
    section = data_set.config.data_set
    return Written(
        decimal=str(first("decimal") or "."),
        thousands=str(first("thousands") or ""),
        date_forms=read_forms(forms, place) if isinstance(forms, list) else (),
        iso=typed or not forms,
        time_zone=str(first("time_zone") or section.time_zone),
        home=section.time_zone,
        last_day=section.as_of.isoformat(),
    )


def written_of(data_set: DataSet, key: str, place: str) -> Written:
    """How the values of one file are written."""
    typed = data_set.format_of(key) not in {"csv", "csv.gz"}
    return _written(data_set, [data_set.config.files[key]], place, typed=typed)


def _check_source(part: Part, place: str) -> None:
    for origin in part.origins:
        if origin.column.type == "record" and not origin.source:
            raise SchemaError(
                f"{place}.{origin.column.name}",
                got="a person reference without a source system",
                expected='source = "shop" or the like, so that numbers of two systems are never confused',
                do="Set source in [files], in the table or beside the column",
            )


def _with_source_system(part: Part, source: str) -> Part:
    """orders.source is the file's system unless it is mapped."""
    if part.table.name != "orders" or not source or any(o.column.name == "source" for o in part.origins):
        return part
    origin = Origin(part.table.column("source"), quoted(source), "text", source)
    return Part(**{**part.__dict__, "origins": (*part.origins, origin)})


def stage(connection: duckdb.DuckDBPyConnection, part: Part, zone: str) -> None:
    """Write one part into ``staged_<table>``: canonical columns, ``_part`` ``_row`` ``_line`` ``_bad`` ``_value``.

    ``_left_out`` holds the number and text of the first value that was left out of a row which stands without it.
    """
    raws = ", ".join(
        f"{o.expression} as r{i}, {o.failed or 'false'} as b{i}, {o.shown or 'null'} as v{i}"
        for i, o in enumerate(part.origins)
    )
    reads = ", ".join(_reads(i, o, part.written) for i, o in enumerate(part.origins))
    finals = ", ".join(_finals(i, o, part.written.time_zone) for i, o in enumerate(part.origins))
    at = {o.column.name: i for i, o in enumerate(part.origins)}
    outputs = ", ".join(_output(part, c, at, zone) for c in part.table.columns)
    values = " ".join(
        f"when {i} then case when b{i} then v{i} else cast(r{i} as varchar) end" for i in range(len(part.origins))
    )
    select = (
        f"select {part.number} as _part, _row, _line, {outputs}, _bad, "
        f"left(case _bad // 3 {values} end, 200) as _value, _left_out, left(case _left_out // 3 {values} end, 200) "
        f"as _left_out_value from (select *, {_fault(part, spared=True)} as _left_out, {_fault(part)} as _bad from "
        f"(select *, {finals} from (select *, {reads} from (select _row, _line, {raws} from {part.relation} "
        f"where _part_rule is null))))"
    )
    target = f"staged_{part.table.name}"
    with sql_errors(f"tables.{part.table.name}"):
        execute_one(connection, f"create table if not exists {target} as {select} limit 0")
        execute_one(connection, f"insert into {target} {select}")


def _reads(i: int, origin: Origin, written: Written) -> str:
    if origin.column.type == "moment":
        wall, utc = wall_clock(f"r{i}", origin.kind, written), instant(f"r{i}", origin.kind, written)
        return f"{wall} as w{i}, {utc} as u{i}"
    return f"{parsed(origin.column, f'r{i}', origin.kind, written)} as p{i}"


def reading_of(part: Part, origin: Origin, zone: str) -> str:
    """SQL of what becomes of a source value ``r0``: moments as the wall clock of the data set's zone."""
    if origin.column.type != "moment":
        return parsed(origin.column, "r0", origin.kind, part.written)
    wall, utc = wall_clock("r0", origin.kind, part.written), instant("r0", origin.kind, part.written)
    return to_local(f"coalesce({utc}, {to_utc(wall, part.written.time_zone)})", zone)


def _finals(i: int, origin: Origin, zone: str) -> str:
    if origin.column.type == "moment":
        return f"coalesce(u{i}, {to_utc(f'w{i}', zone)}) as f{i}"
    return f"p{i} as f{i}"


def _fault(part: Part, *, spared: bool = False) -> str:
    """SQL of the code of a row's first fault; ``spared``: of the first one that the row stands in spite of."""
    cases = []
    for i, origin in enumerate(part.origins):
        if spared != (part.table.name == SPARED and not origin.column.required):
            continue
        counts = _counts(part, origin.column)
        if origin.failed:
            cases.append(f"when b{i} then {3 * i + 1}")
        if origin.column.required:
            cases.append(f"when r{i} is null{counts} then {3 * i}")
        if origin.column.type == "moment":
            cases.append(f"when r{i} is not null and w{i} is null and u{i} is null{counts} then {3 * i + 1}")
            cases.append(f"when r{i} is not null and f{i} is null{counts} then {3 * i + 2}")
        else:
            cases.append(f"when r{i} is not null and f{i} is null{counts} then {3 * i + 1}")
    return f"case {' '.join(cases)} end" if cases else "cast(null as integer)"


def _counts(part: Part, column: Column) -> str:
    """When a fault of a column rejects the row: always, but that nobody's no is lost for want of its time or channel.

    A refusal, withdrawal or objection that says whose it is and of what stands with whatever else could be read: an
    empty time counts from the start, an empty channel for all of them.
    """
    if part.table.name != "permissions" or column.name in ("record_id", "purpose", "decision"):
        return ""
    decision = next(i for i, origin in enumerate(part.origins) if origin.column.name == "decision")
    return f" and coalesce(f{decision}, '') not in ({', '.join(map(quoted, STOPS))})"


def _output(part: Part, column: Column, at: dict[str, int], zone: str) -> str:
    """One canonical column, and behind a moment its wall clock in the zone of the data set."""
    name = named(column.name)
    if column.name not in at:
        value = f"cast(null as {sql_type(column)})"
    elif column.type == "record":
        value = f"{quoted(part.origins[at[column.name]].source + ':')} || f{at[column.name]}"
    else:
        value = f"cast(f{at[column.name]} as {sql_type(column)})"
    if default := EMPTY_MEANS.get((part.table.name, column.name)):
        value = f"coalesce({value}, {quoted(default)})"
    if column.type != "moment":
        return f"{value} as {name}"
    if column.name not in at:
        return f"{value} as {name}, {value} as {named(local_name(column.name))}"
    i = at[column.name]
    local = f"coalesce(w{i}, {to_local(f'f{i}', zone)})" if part.written.time_zone == zone else to_local(f"f{i}", zone)
    return f"{value} as {name}, {local} as {named(local_name(column.name))}"


def fault_words(part: Part) -> list[tuple[int, str, str]]:
    """Code -> column and reason, for all faults a row of this part can have."""
    words = []
    for i, origin in enumerate(part.origins):
        words.append((3 * i, origin.column.name, "missing"))
        unread = reason_unread(origin.column, part.written)
        words.append((3 * i + 1, origin.column.name, f"cannot be computed: {unread}" if origin.failed else unread))
        words.append((3 * i + 2, origin.column.name, f"no such time on the clocks of {part.written.time_zone}"))
    return words
