"""As written -> as read: for every mapped column three examples, the range of its values, and how many are empty.

Nothing is believed before somebody has seen it. Personal values are shown by their shape (aa@aa.de, +99 999).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from rcommerce_helpers.leaving import fit_to_leave, plain
from rcommerce_helpers.schema import Column
from rcommerce_helpers.schema.columns import local_name
from rcommerce_helpers.sources.origins import Origin
from rcommerce_helpers.sources.parsing import named
from rcommerce_helpers.sources.tables import Part, reading_of

EXAMPLES = 3
WIDTH = 40


@dataclass(frozen=True)
class AsRead:
    """One mapped column: its place, where it comes from, examples (written, read), its range in words, share empty."""

    table: str
    column: str
    origin: str
    examples: tuple[tuple[str, str], ...]
    spread: str
    empty_share: float

    def lines(self) -> list[str]:
        """Two lines of plain text."""
        shown = "   ".join(f"{written!r} -> {read}" for written, read in self.examples) or "no value"
        empty = f"{self.empty_share:.0%} empty" if self.empty_share else "none empty"
        return [
            f"{self.table}.{self.column}  <-  {self.origin}: {self.spread}{', ' * bool(self.spread)}{empty}",
            f"    {shown}",
        ]


def as_read(
    connection: duckdb.DuckDBPyConnection, parts: Iterable[Part], zone: str, *, values: bool = False
) -> list[AsRead]:
    """All mapped columns of some tables, in the order of their parts.

    Parameters
    ----------
    parts
        The parts of staged tables, of which ``landed_<table>`` shows the good rows.
    zone
        Of the data set.
    values
        Show personal values too; otherwise their shape.
    """
    return [
        _seen(connection, part, origin, zone, values) for part in parts for origin in part.origins if origin.written_in
    ]


def _seen(connection: duckdb.DuckDBPyConnection, part: Part, origin: Origin, zone: str, values: bool) -> AsRead:
    column = origin.column
    hidden = (column.personal or column.type == "record") and not values
    read = reading_of(part, origin, zone)
    rows = connection.sql(
        f"""with given as (
            select _row, {origin.expression} as r0, {origin.shown or "null"} as inputs
            from {part.relation} where _part_rule is null and {origin.expression} is not null),
        chosen as (select r0, inputs, row_number() over (order by _row) as n, count(*) over () as all_of from given)
        select coalesce(inputs, cast(r0 as varchar)), cast({read} as varchar) from chosen
        where n in (1, (all_of + 1) // 2, all_of) order by n"""
    ).fetchall()
    show = shape if hidden else (_whole if values else _short)
    examples = tuple(dict.fromkeys((show(written), "unread" if read is None else show(read)) for written, read in rows))
    spread, empty = _spread(connection, part, column, hidden)
    return AsRead(part.table.name, column.name, origin.written_in, examples[:EXAMPLES], spread, empty)


def _spread(connection: duckdb.DuckDBPyConnection, part: Part, column: Column, hidden: bool) -> tuple[str, float]:
    """Smallest, middle and largest of numbers, first and last day of times; and the share that is empty."""
    name = named(local_name(column.name) if column.type == "moment" else column.name)
    if column.type in {"moment", "day"}:
        least, most, filled = _one(
            connection, f"select min({name})::date, max({name})::date, avg(({name} is not null)::int)", part
        )
        words = f"{least} to {most}" if least is not None and not hidden else ""
    elif column.type in {"integer", "number", "money", "share"}:
        least, middle, most, filled = _one(
            connection, f"select min({name}), median({name}), max({name}), avg(({name} is not null)::int)", part
        )
        words = f"{least:,.2f} to {most:,.2f}, middle {middle:,.2f}" if least is not None else ""
    else:
        kinds, filled = _one(connection, f"select count(distinct {name}), avg(({name} is not null)::int)", part)
        words = f"{kinds:,} different"
    return words, 1 - float(filled or 0)


def _one(connection: duckdb.DuckDBPyConnection, select: str, part: Part) -> Sequence[Any]:
    return connection.sql(f"{select} from landed_{part.table.name} where _part = {part.number}").fetchall()[0]


def shape(text: str) -> str:
    """A value by its shape alone: no letter and no digit of it stays, but the end of a mail address.

    Examples
    --------
    >>> shape("anna.meier@post.example"), shape("+49 170 5550001"), shape("Äpfelstraße 12a")
    ('aa.aa@aa.example', '+99 999 999', 'Aa 99a')
    """
    mail = re.fullmatch(r"(.+@.+)(\.[A-Za-z]{2,})", text)
    body, end = (mail[1], mail[2]) if mail else (text, "")
    body = re.sub(r"\d{3,}", "999", re.sub(r"(?<!\d)\d{1,2}(?!\d)", lambda found: "9" * len(found[0]), body))
    body = re.sub(r"[^\W\d_]+", lambda found: ("A" if found[0][0].isupper() else "a") + "a" * (len(found[0]) > 1), body)
    return (body + end)[:WIDTH]


def _short(text: str) -> str:
    return fit_to_leave(text)[:WIDTH]


def _whole(text: str) -> str:
    """The value itself, for a terminal: hidden characters shown, nothing masked."""
    return plain(text)[:WIDTH]
