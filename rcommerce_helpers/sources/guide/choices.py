"""A proposal as choices for a person: per canonical column the source column, those it could be instead, as read.

``with_choices`` is what a click on the page does: only what is offered is taken, so that no hand makes a personal
column a harmless one either.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.as_read import shape
from rcommerce_helpers.sources.guide.amounts import number
from rcommerce_helpers.sources.guide.fitting import fits_values
from rcommerce_helpers.sources.guide.meanings import Meaning
from rcommerce_helpers.sources.guide.profile import Profile, looks_personal
from rcommerce_helpers.sources.guide.proposal import Proposal, ProposedFile, ProposedTable, speaks_of_person
from rcommerce_helpers.sources.guide.settle import columns_of, list_unread
from rcommerce_helpers.sources.guide.write import toml_value

NOTHING = ""
"""The choice that no column is read."""
MOMENTS = ("moment", "day")


@dataclass(frozen=True)
class Choice:
    """One line of a mapping: place in the proposal, what is proposed, what else could be, how sure, as read.

    ``proposed``: a source column, or a computed origin as toml; ``instead``: other columns whose values fit, and
    ``NOTHING`` where the column is not required; ``examples``: (as written, as read), personal ones by their shape.
    """

    at: int
    table: str
    column: str
    file: str
    proposed: str
    instead: tuple[str, ...]
    sure: str
    examples: tuple[tuple[str, str], ...]


def choices(proposal: Proposal) -> list[Choice]:
    """All lines of a proposal that map a column of a file, the least sure first; selects are read in the toml."""
    files = {file.key: file for file in proposal.files}
    persons = _persons(proposal)
    found = [
        _choice(at, table, column, files[table.section["from"]], persons)
        for at, table in enumerate(proposal.tables)
        for column in table.section.get("columns", {})
        if table.section.get("from") in files
    ]
    order = ("unsure", "likely", "sure")
    return sorted(found, key=lambda one: order.index(one.sure))


def _choice(
    at: int, table: ProposedTable, column: str, file: ProposedFile, persons: Mapping[str, frozenset[str]]
) -> Choice:
    origin = table.section["columns"][column]
    meaning = table.sure.get(column)
    proposed = origin if isinstance(origin, str) else toml_value(origin)
    taken = persons[table.section["from"]] if not speaks_of_person(table.table, column) else frozenset()
    able = [one for one in file.profiles if one.filled and one.name not in taken and one.name != origin]
    fitting = [one.name for one in able if fits_values(table.table, column, one)]
    required = {c.name: c for c in LANDED_TABLES[table.table].columns}[column].required
    one = file.column(origin if isinstance(origin, str) else str(origin.get("column", "")))
    examples = as_it_is_read(table.table, column, one) if one is not None else ()
    instead = (*fitting, *(() if required else (NOTHING,)))
    sure = meaning.sure if meaning is not None else "sure" if file.title else "likely"
    return Choice(at, table.table, column, file.sniffed.path.name, proposed, instead, sure, examples)


def _persons(proposal: Proposal) -> dict[str, frozenset[str]]:
    """File -> columns that a table reads as something personal: no other line may read them as anything else."""
    found: dict[str, set[str]] = {file.key: set() for file in proposal.files}
    for table in proposal.tables:
        for column, origin in table.section.get("columns", {}).items():
            if speaks_of_person(table.table, column) and table.section.get("from") in found:
                found[table.section["from"]] |= columns_of(origin)
    return {key: frozenset(names) for key, names in found.items()}


def as_it_is_read(table: str, column: str, one: Profile) -> tuple[tuple[str, str], ...]:
    """Examples of a column as written and as the canonical column reads them, personal ones by their shape."""
    kind = LANDED_TABLES[table].column(column).type
    hidden = speaks_of_person(table, column) or looks_personal(one) != ""
    shown = []
    for value in one.examples:
        read = _read(value, kind, one)
        shown.append((shape(value), shape(read)) if hidden else (fit_to_leave(value)[:40], fit_to_leave(read)[:40]))
    return tuple(dict.fromkeys(shown))


def _read(value: str, kind: str, one: Profile) -> str:
    if kind in MOMENTS and one.forms == ("epoch",):
        return f"{datetime.fromtimestamp(int(value[:10]), UTC):%Y-%m-%d %H:%M:%S}"
    if kind in MOMENTS and one.forms:
        moment = datetime.strptime(value, one.forms[0])  # noqa: DTZ007 - a wall clock
        return f"{moment:%Y-%m-%d}" if kind == "day" or not one.has_clock else f"{moment:%Y-%m-%d %H:%M:%S}"
    if kind in {"money", "number", "share"} and (found := number(value)) is not None:
        return f"{found:g}" if abs(found) < 1e6 else str(found)
    return value


def with_choices(proposal: Proposal, picked: Mapping[tuple[int, str], str]) -> Proposal:
    """The proposal with other source columns.

    Parameters
    ----------
    picked
        (place of the table, canonical column) -> a source column, ``NOTHING``, or what was proposed.

    Raises
    ------
    ParamError
        A column is picked that was not offered, such as a personal one for a harmless meaning.
    """
    offered = {(one.at, one.column): one for one in choices(proposal)}
    tables = [_copied(table) for table in proposal.tables]
    for place, name in picked.items():
        one = offered.get(place)
        if one is None or name not in {one.proposed, *one.instead}:
            raise ParamError(
                f"{place[1]}", got=repr(name), expected="one of the columns offered for it", do="Choose another"
            )
        if name != one.proposed:
            _set(tables[one.at], one.column, name)
    changed = replace(proposal, tables=tables, files=[replace(file) for file in proposal.files])
    list_unread(changed)
    return changed


def _copied(table: ProposedTable) -> ProposedTable:
    return replace(table, section=copy.deepcopy(table.section), sure=dict(table.sure))


def _set(table: ProposedTable, column: str, name: str) -> None:
    columns: dict[str, Any] = table.section["columns"]
    if name == NOTHING:
        del columns[column]
        table.sure.pop(column, None)
        return
    columns[column] = name
    table.sure[column] = Meaning(name, "sure", "chosen by hand")
