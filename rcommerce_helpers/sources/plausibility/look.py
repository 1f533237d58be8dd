"""What a plausibility rule sees and says, and how it finds its way from a canonical table to its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.schema.columns import local_name
from rcommerce_helpers.sources.config import SourcesConfig, TableSection
from rcommerce_helpers.sources.parsing import named, quoted

Level = Literal["note", "warning"]
ROWS_MIN = 30
"""Fewer rows than this say nothing about a column."""
MOST, FEW = 0.8, 0.2


@dataclass(frozen=True)
class Doubt:
    """One thing that looks wrong: in which canonical column, what was seen, and what would mend it."""

    level: Level
    rule: str
    table: str
    column: str
    says: str
    remedy: str


@dataclass(frozen=True)
class Look:
    """What a rule may look at: the landed tables as ``landed_<table>``, the files by their keys, the declaration."""

    connection: duckdb.DuckDBPyConnection
    tables: Sequence[str]
    config: SourcesConfig
    files: dict[str, dict[str, str]]

    def has(self, *tables: str) -> bool:
        return set(tables) <= set(self.tables)

    def one(self, sql: str) -> tuple[float, ...]:
        """The one row of a query, what is empty as 0."""
        return tuple(float(value or 0) for value in self.connection.sql(sql).fetchall()[0])

    @property
    def as_of(self) -> str:
        return f"date {quoted(self.config.data_set.as_of.isoformat())}"


def times_of(look: Look) -> Iterator[tuple[str, str, str]]:
    """Table, column and its wall clock, for each time at which a row begins."""
    for table in look.tables:
        for column in LANDED_TABLES[table].timed("begin"):
            yield table, column.name, local_name(column.name) if column.type == "moment" else column.name


def mapped_from(look: Look, *tables: str) -> Iterator[tuple[str, TableSection]]:
    """Table and section, for each part of these tables that maps a file."""
    for table in tables:
        for section in look.config.tables.get(table, ()):
            if section.from_ is not None:
                yield table, section


def loosely(name: str, kind: str) -> str:
    """A number out of a text of either marks, for a comparison only."""
    if kind.upper() != "VARCHAR":
        return f"try_cast({named(name)} as double)"
    comma = f"regexp_matches({named(name)}, ',\\d{{1,2}}$')"
    german = f"replace(replace({named(name)}, '.', ''), ',', '.')"
    return f"try_cast(case when {comma} then {german} else replace({named(name)}, ',', '') end as double)"
