"""The roll-back to the last known day, driven by the schema: no room filters by time of its own.

Every moment and day of a canonical table says what it is: a beginning (the row is unknown before it), an end (empty
before it, with the values that hang on it) or a plan (kept). The wall clock counts: ``local_at``, not ``at``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers.schema import TABLES, Column, Table
from rcommerce_helpers.schema.columns import local_name

if TYPE_CHECKING:
    import ibis

OF_THEIR_ORDER = ("order_lines",)
"""Tables without a time of their own: they begin with the order that they belong to."""


def rolled_back(table: ibis.Table, name: str, end: pd.Timestamp) -> ibis.Table:
    """A canonical table as it was known before ``end``.

    Parameters
    ----------
    table
        Columns as landed or as permitted; rows without a beginning count as known from the start.
    name
        Name in the schema; a table that is not in it has no times to roll back and is returned as it is.
    end
        First moment, by the wall clock, that is not known.
    """
    if name not in TABLES:
        return table
    schema = TABLES[name]
    begins = [_clock(c) for c in schema.timed("begin")] + (["local_at"] if name in OF_THEIR_ORDER else [])
    for column in (c for c in begins if _filled(table, c)):
        table = table.filter(table[column].isnull() | (table[column] < _bound(table, column, end)))
    return _without_later_ends(table, schema, end)


def _clock(column: Column) -> str:
    """The column that is compared: the wall clock of a moment, a day itself."""
    return local_name(column.name) if column.type == "moment" else column.name


def _filled(table: ibis.Table, column: str) -> bool:
    """Whether a table has a time column at all; one that was never filled has no type to compare with."""
    return column in table.columns and (table[column].type().is_temporal())


def _bound(table: ibis.Table, column: str, end: pd.Timestamp) -> object:
    return end.date() if table[column].type().is_date() else end


def _without_later_ends(table: ibis.Table, schema: Table, end: pd.Timestamp) -> ibis.Table:
    """Empty every end that lies later, and what hangs on it."""
    import ibis

    for column in schema.timed("end"):
        clock = _clock(column)
        if not _filled(table, clock):
            continue
        later = table[clock] >= _bound(table, clock, end)
        hangs = [c.name for c in schema.columns if c.known_at == column.name]
        emptied = [n for n in (column.name, local_name(column.name), *hangs) if n in table.columns]
        table = table.mutate(
            **{n: ibis.ifelse(later.fill_null(False), ibis.null(table[n].type()), table[n]) for n in emptied}
        )
    return table
