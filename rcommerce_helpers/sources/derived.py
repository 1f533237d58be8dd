"""Persons of a system that gave no person records: one per number that its other tables name.

A shop that exports its orders and nothing else still has customers. Where a system has person records, a number that
they lack stays what it is, a key that does not join: nothing is invented beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.facts import DataSetFacts
from rcommerce_helpers.sources.origins import Origin
from rcommerce_helpers.sources.parsing import Written, named
from rcommerce_helpers.sources.tables import Part, stage

PEOPLE = "source_records"


def with_derived(
    connection: duckdb.DuckDBPyConnection, zone: str, parts: dict[str, list[Part]]
) -> dict[str, list[Part]]:
    """The parts, with persons of systems that gave no person records staged beside those that were mapped."""
    made = people_derived(connection, parts)
    for part in made:
        stage(connection, part, zone)
    whole = {**parts, PEOPLE: [*parts.get(PEOPLE, ()), *made]} if made else parts
    return {name: whole[name] for name in sorted(whole, key=list(LANDED_TABLES).index)}


def people_derived(connection: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]]) -> list[Part]:
    """One part of ``source_records`` per system without person records, in the order of their names.

    Its rows are the distinct numbers in the good rows of staged tables; they have no line of a file.
    """
    given = {
        origin.source for part in parts.get(PEOPLE, ()) for origin in part.origins if origin.column.name == "record_id"
    }
    named_in: dict[str, list[str]] = {}
    for table, its in parts.items():
        for part in its if table != PEOPLE else ():
            for origin in part.origins:
                if origin.column.type == "record" and origin.source not in given:
                    select = (
                        f"select {named(origin.column.name)} as id from staged_{table} "
                        f"where _part = {part.number} and _bad is null"
                    )
                    named_in.setdefault(origin.source, []).append(select)
    first = len(parts.get(PEOPLE, ()))
    made = [_part(system, named_in[system], first + i) for i, system in enumerate(sorted(named_in))]
    return [part for part in made if connection.sql(f"select 1 from {part.relation} limit 1").fetchall()]


def _part(system: str, selects: list[str], number: int) -> Part:
    table = LANDED_TABLES[PEOPLE]
    ids = (
        f"select distinct substr(id, {len(system) + 2}) as id from ({' union all '.join(selects)}) where id is not null"
    )
    relation = (
        f"(select id, row_number() over (order by id) as _row, cast(null as bigint) as _line, "
        f"cast(null as varchar) as _part_rule from ({ids}))"
    )
    origin = Origin(table.column("record_id"), '"id"', "text", system)
    return Part(table, number, relation, "", (origin,), Written(), (), derived=system)


def told_of(facts: DataSetFacts) -> list[str]:
    """What whoever starts a run should know of its data: what changed in their columns, and who was derived."""
    derived = [line for count in facts.counts.values() if (line := derived_line(count.derived))]
    return [fit_to_leave(line) for line in (*facts.changes, *derived)]


def derived_line(counts: Mapping[str, int]) -> str:
    """What is said of them, in one line; empty where nobody was derived."""
    if not counts:
        return ""
    told = ", ".join(f"{n:,} of {system}" for system, n in counts.items())
    return f"Persons made from the customer numbers of other tables, since no person records are mapped: {told}"
