"""What a canonical table is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["key", "record", "text", "choice", "integer", "number", "money", "share", "flag", "moment", "day"]
"""How landed text is read.

key      identifier, kept as text with leading zeros
record   reference to a person record: landing writes it as ``<source>:<identifier>``
choice   text out of a closed list
money    in the reporting currency of the data set, as written: fractions of a cent are kept
share    0 to 1
flag     true or false
moment   point in time; landing adds the wall clock of the source's zone as a second column ``local_<name>``
day      calendar day
"""


Time = Literal["", "begin", "end", "plan"]
"""What a time column says of its row, and so what an earlier last known day does to it.

begin    the row is unknown before it
end      known from then on only: emptied if it lies later, with the columns that hang on it
plan     stated beforehand: kept
"""


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    ``time`` is set for every moment and day. ``known_at`` names the end column that a value hangs on: before it the
    value is empty (a case has no satisfaction before it is closed).
    """

    name: str
    type: ColumnType
    meaning: str
    required: bool = False
    personal: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    time: Time = ""
    known_at: str = ""


FILE_ORDER = Column("file_order", "integer", "place of the row in its source: what came first at one moment")
"""Written by landing, never mapped: two rows of one moment keep the order of the file, not that of their keys."""


@dataclass(frozen=True)
class Table:
    """One canonical table; ``grain`` says what one row is."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    purpose: str
    group: str

    @property
    def personal(self) -> bool:
        """True where a row is about a person, and so needs that person's permission to be read."""
        return any(c.personal or c.type == "record" for c in self.columns)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Declared columns, without the ``local_`` twins of moments."""
        return tuple(c.name for c in self.columns)

    @property
    def keeps_order(self) -> bool:
        """True for a landed table with a moment: its rows also carry ``file_order``, so that ties in time have one."""
        return self.group != "merged" and any(c.type == "moment" for c in self.columns)

    @property
    def landed_names(self) -> tuple[str, ...]:
        """All columns of the landed parquet file, in order.

        Each moment is followed by its local twin; a table with a moment ends with ``file_order``: the place of the row
        in its source, counted from 1 over the landed rows of the declared files, in the order of their lines.
        """
        names = [n for c in self.columns for n in ((c.name, local_name(c.name)) if c.type == "moment" else (c.name,))]
        return (*names, FILE_ORDER.name) if self.keeps_order else tuple(names)

    def timed(self, time: Time) -> tuple[Column, ...]:
        """Columns of that role in time."""
        return tuple(c for c in self.columns if c.time == time)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        return {c.name: c for c in self.columns}[name]


def local_name(moment: str) -> str:
    """Name of the wall-clock twin of a moment column: ``at`` -> ``local_at``."""
    return f"local_{moment}"
