"""The part of a csv text whose quotes are beyond doubt, read by Arrow instead of record by record in Python.

A quote is beyond doubt where it opens a field right behind a delimiter or a line end, closes one right before either,
or stands doubled inside. With this known for every quote, so is which line end stands inside a field, hence the line
each record starts on: Arrow tells none, and DuckDB would have to read the file a second time to tell. Whatever else
there is (an open quote, a quote inside an unquoted field, several rows between two stray quotes, too few or too many
fields over several lines) begins where the strict part ends, and is for ``delimited`` to judge.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

Places: TypeAlias = npt.NDArray[np.int64]
LINE_END, RETURN = ord("\n"), ord("\r")
LONE_RETURN = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True)
class Dialect:
    """How records are written, and what several lines of one record must not look like."""

    delimiter: str
    quote: str
    columns: list[str]
    doubtful: Callable[[list[str]], bool]


@dataclass(frozen=True)
class Strict:
    """Records of the first ``size`` bytes of a text, which are ``lines`` lines.

    ``starts`` has the line (from 0) each row of ``records`` starts on; ``ragged`` line, text and number of fields of
    the records that have too few or too many, of one line each.
    """

    records: pa.Table
    starts: Places
    ragged: list[tuple[int, str, int]]
    size: int
    lines: int


@dataclass(frozen=True)
class _Records:
    """First byte of each record and of what follows the last, and the line each starts on, likewise."""

    bounds: Places
    lines: Places


def can_be_strict(text: bytes, delimiter: str, quote: str) -> bool:
    """Whether Arrow may see a text at all: marks of one byte, no zero byte, no line that ends with CR alone."""
    marks = (delimiter + quote).isascii() and "\r" not in delimiter + quote and "\n" not in delimiter + quote
    return marks and b"\0" not in text and (b"\r" not in text or LONE_RETURN.search(text) is None)


def strict_part(text: bytes, dialect: Dialect) -> Strict:
    """What of a text is strict, from its beginning on; of size 0 where its first record is not."""
    found = _records(np.frombuffer(text, np.uint8), dialect)
    found = _up_to(found, _first_doubtful(text, found, dialect))
    read = _read(text, found, dialect)
    while read is None or isinstance(read, int):
        found = _up_to(found, read or 0)
        read = _read(text, found, dialect)
    return read


def _up_to(found: _Records, records: int) -> _Records:
    return _Records(found.bounds[: records + 1], found.lines[: records + 1])


def _records(text: npt.NDArray[np.uint8], dialect: Dialect) -> _Records:
    """The records before the first quote in doubt."""
    ends = np.flatnonzero(text == LINE_END)
    outside, limit = ends, len(text)
    quotes = np.flatnonzero(text == ord(dialect.quote)) if dialect.quote else ends[:0]
    if len(quotes):
        limit = _first_stray(text, quotes, dialect)
        outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
        outside = outside[outside < limit]
    bounds = np.concatenate([[0], outside + 1])
    if limit == len(text) and bounds[-1] < len(text):  # the last line has no end
        bounds = np.append(bounds, len(text))
    lines = np.searchsorted(ends, bounds)
    if limit == len(text) and len(text) and text[-1] != LINE_END:
        lines[-1] += 1
    return _Records(bounds, lines)


def _first_stray(text: npt.NDArray[np.uint8], quotes: Places, dialect: Dialect) -> int:
    """Place of the first quote in doubt, the last one where it only stays open, the end of the text where none is."""
    quote, delimiter = ord(dialect.quote), ord(dialect.delimiter)
    end = np.array([LINE_END], np.uint8)
    framed = np.concatenate([end, text, end])
    before, after = framed[quotes[::2]], framed[quotes[1::2] + 2]
    opens = (before == delimiter) | (before == LINE_END) | (before == quote)
    closes = (after == delimiter) | (after == LINE_END) | (after == RETURN) | (after == quote)
    strays = np.concatenate([quotes[::2][~opens], quotes[1::2][~closes]])
    if len(strays):
        return int(strays.min())
    return int(quotes[-1]) if len(quotes) % 2 else len(text)


def _first_doubtful(text: bytes, found: _Records, dialect: Dialect) -> int:
    """Which record of several lines is the first that is rather several rows; their number where none is."""
    for i in np.flatnonzero(np.diff(found.lines) > 1):
        record = text[found.bounds[i] : found.bounds[i + 1]].decode("utf-8")
        if dialect.doubtful(list(StringIO(record, newline=""))):
            return int(i)
    return len(found.bounds) - 1


def _read(text: bytes, found: _Records, dialect: Dialect) -> Strict | int | None:
    """The records as Arrow reads them; the number of those before the first that is not for Arrow, or None."""
    if text.startswith(BOM_UTF8) and len(found.bounds) > 1:  # a sign of the first field, which Arrow would take off
        return None
    size = int(found.bounds[-1])
    ragged: list[tuple[int, int]] = []
    filled = _not_empty(np.frombuffer(text, np.uint8), found)
    if not len(filled):
        return Strict(_nothing(dialect), filled, [], size, int(found.lines[-1]))

    def keep(row: pa.csv.InvalidRow) -> str:
        ragged.append((int(filled[row.number - 1]), row.actual_columns))
        return "skip"

    try:
        records = _arrow(text[:size], dialect, keep)
    except pa.ArrowInvalid:
        return None
    if records.num_rows + len(ragged) != len(filled):
        return None
    wide = next((i for i, _ in ragged if found.lines[i + 1] - found.lines[i] > 1), None)
    if wide is not None:
        return wide
    whole = np.setdiff1d(filled, [i for i, _ in ragged], assume_unique=True) if ragged else filled
    told = [(int(found.lines[i]), _line(text, found, i), fields) for i, fields in ragged]
    return Strict(records, found.lines[whole], told, size, int(found.lines[-1]))


def _line(text: bytes, found: _Records, i: int) -> str:
    return text[found.bounds[i] : found.bounds[i + 1]].decode("utf-8").rstrip("\r\n")


def _not_empty(text: npt.NDArray[np.uint8], found: _Records) -> Places:
    """Which records are more than an empty line."""
    starts = found.bounds[:-1]
    first = text[starts]
    return np.flatnonzero((first != LINE_END) & (first != RETURN))


def _arrow(text: bytes, dialect: Dialect, keep: Callable[[pa.csv.InvalidRow], str]) -> pa.Table:
    return pa.csv.read_csv(
        pa.BufferReader(text),
        read_options=pa.csv.ReadOptions(
            column_names=dialect.columns, block_size=len(text) + 1, use_threads=False, encoding="utf8"
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            newlines_in_values=True,
            invalid_row_handler=keep,
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(dialect.columns, pa.string()), strings_can_be_null=False, check_utf8=False
        ),
    )


def _nothing(dialect: Dialect) -> pa.Table:
    return pa.table({column: pa.array([], pa.string()) for column in dialect.columns})
