"""Delimited text, record by record, with the line each record starts on: nothing merged, nothing dropped.

A line that is no record (too few or too many fields, an unclosed quote, text after a closing quote) is handed back as
a bad line, and reading goes on at the very next line, so that one unclosed quote costs one line and not the rest of
the file. Fields may hold line ends inside quotes; a record longer than ``RECORD_LINES_MAX`` lines counts as unclosed.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pyarrow as pa

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.strict_text import Dialect, can_be_strict, strict_part
from rcommerce_helpers.sources.text_pieces import (
    FIELD_CHARACTERS_MAX,
    Text,
    check_first_bytes,
    checked_pieces,
    open_bytes,
)

BLOCK_LINES = 50_000
STRETCHES_MAX = 40
RECORD_LINES_MAX = 500
STRAY = "a quote that is not closed or is followed by text"
HINT = re.compile("[Ss][Ee][Pp]=(.)\r?\n")


@dataclass(frozen=True)
class BadLine:
    """One line that is no record of its file."""

    line: int
    value: str
    reason: str


@dataclass(frozen=True)
class Block:
    """Some records of one file: all columns text, ``_line`` the line each starts on; and the lines that are none."""

    records: pa.Table
    bad: tuple[BadLine, ...]


class _Lines:
    """Lines that csv.reader takes one by one, and that can be set back to an earlier one."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.position = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.position >= len(self.lines):
            raise StopIteration
        self.position += 1
        return self.lines[self.position - 1]


def read_delimited(path: Path, spec: FileSection, name: str) -> Iterator[Block]:
    """Blocks of records of a csv file, plain or gzipped.

    Raises
    ------
    SchemaError
        The file is empty, truncated, written in another encoding, or has no usable header.
    """
    check_first_bytes(path, spec, name)
    with field_limit(), open_bytes(path) as raw:
        text = Text(checked_pieces(raw, spec, name))
        number = 1
        if not spec.skip_rows:
            number += _pass_hint(text, spec, name)
        for _ in range(spec.skip_rows):
            if not next(text, ""):  # the file ends before
                break
            number += 1
        columns, used = _header(text, spec, name, number)
        yield from _blocks(text.rest(), spec, columns, number + used)


def _pass_hint(text: Text, spec: FileSection, name: str) -> int:
    """Pass a first line that tells a spreadsheet the delimiter (sep=;); how many lines that were."""
    first = next(text, "")
    said = HINT.fullmatch(first)
    if said is None:
        text.put_back(first)
        return 0
    if said[1] != spec.delimiter:
        raise SchemaError(
            f"{name}, line 1",
            got=f"the line {first.strip()!r}",
            expected=f"the declared delimiter {spec.delimiter!r}",
            do=f'Set delimiter = "{said[1]}" for this file',
        )
    return 1


@contextmanager
def field_limit() -> Iterator[None]:
    """Fields as long as a record may be: csv refuses those of more than 128 KB by itself."""
    before = csv.field_size_limit(FIELD_CHARACTERS_MAX)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _header(lines: Iterator[str], spec: FileSection, name: str, number: int) -> tuple[list[str], int]:
    """Column names, and how many lines they took."""
    if spec.names is not None:
        return check_names(spec.names, name, 0), 0
    taken = []
    for line in lines:
        taken.append(line)
        try:
            row = next(_reader(taken, spec), [])
        except csv.Error:
            if len(taken) < RECORD_LINES_MAX:
                continue
            break
        if row:
            return check_names(row, name, number + len(taken) - 1), len(taken)
        if len(taken) > RECORD_LINES_MAX:
            break
    got = "nothing: the file is empty" if not "".join(taken).strip() else "a header with an unclosed quote"
    raise SchemaError(f"{name}, line {number}", got=got, expected="a header line", do="Export the file again")


def check_names(row: list[str], name: str, line: int) -> list[str]:
    """Column names of a header, unnamed ones numbered; refused where one occurs twice (case does not count)."""
    names = [text.strip() or f"column_{i + 1}" for i, text in enumerate(row)]
    seen: dict[str, int] = {}
    for i, text in enumerate(names):
        if text.lower() in seen or text.lower() == "_line":
            raise SchemaError(
                f"{name}, line {line}, column {i + 1}",
                got=f"the column name {text!r} a second time",
                expected="each name once",
                do="Rename one of them, or give names = [...] and skip_rows = 1",
            )
        seen[text.lower()] = i
    return names


def _reader(lines: Iterable[str], spec: FileSection) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=spec.delimiter,
        quotechar=spec.quote or None,
        quoting=csv.QUOTE_MINIMAL if spec.quote else csv.QUOTE_NONE,
        strict=True,
        doublequote=True,
    )


def _blocks(pieces: Iterator[str], spec: FileSection, columns: list[str], number: int) -> Iterator[Block]:
    pending = ""
    ended = False
    while not ended:
        fresh = next(pieces, "")
        ended = not fresh
        reading = _Reading(spec, columns, number, last=ended)
        pending = reading.read(pending + fresh)
        number = reading.number
        if any(block.records.num_rows or block.bad for block in reading.blocks):
            bad = tuple(itertools.chain.from_iterable(block.bad for block in reading.blocks))
            yield Block(pa.concat_tables(block.records for block in reading.blocks), bad)


@dataclass
class _Reading:
    """Reads one piece of a text: what is strict by Arrow, what is not record by record."""

    spec: FileSection
    columns: list[str]
    number: int
    last: bool
    blocks: list[Block] = field(default_factory=list)

    def read(self, text: str) -> str:
        """Take the records of a text; returns an open one at its end, unless it is the last text."""
        data = text.encode("utf-8")
        turns = STRETCHES_MAX if can_be_strict(data, self.spec.delimiter, self.spec.quote) else 0
        at = 0
        for _ in range(turns):
            at += self._strictly(data[at:])
            if at == len(data):
                return ""
            stretch = _some_lines(data, at)
            used = self._carefully(stretch, whole=False, last=self.last or at + _size(stretch) < len(data))
            if not used:
                return data[at:].decode("utf-8")
            at += _size(stretch[:used])
        lines = list(StringIO(data[at:].decode("utf-8"), newline=""))
        return "".join(lines[self._carefully(lines, whole=True, last=self.last) :])

    def _strictly(self, data: bytes) -> int:
        """Take the strict part of some bytes; returns how many they are."""
        eye = _Eye(self.spec, len(self.columns), zeros=False)
        found = strict_part(data, Dialect(self.spec.delimiter, self.spec.quote, self.columns, eye.doubts))
        starts = pa.array(found.starts + self.number, pa.int64())
        bad = tuple(
            BadLine(self.number + line, row, f"{fields} fields, not {len(self.columns)}")
            for line, row, fields in found.ragged
        )
        self.blocks.append(Block(found.records.add_column(0, "_line", starts), bad))
        self.number += found.lines
        return found.size

    def _carefully(self, lines: list[str], *, whole: bool, last: bool) -> int:
        """Take records one by one, all or until they are beyond doubt again; returns how many lines they are."""
        block, used = _parse(lines, self.spec, self.columns, first=self.number, last=last, whole=whole)
        self.blocks.append(block)
        self.number += used
        return used


def _some_lines(data: bytes, at: int) -> list[str]:
    """Lines from a place on: enough for a record of the largest size and another that starts in its last line."""
    end = at
    for _ in range(2 * RECORD_LINES_MAX + 2):
        end = data.find(b"\n", end) + 1
        if not end:
            end = len(data)
            break
    return list(StringIO(data[at:end].decode("utf-8"), newline=""))


def _size(lines: list[str]) -> int:
    return sum(len(line) if line.isascii() else len(line.encode("utf-8")) for line in lines)


def _parse(
    lines: list[str], spec: FileSection, columns: list[str], *, first: int, last: bool, whole: bool
) -> tuple[Block, int]:
    """Records of some lines; an open record at their end is left for the next block unless this is the last.

    Unless ``whole``, reading stops as soon as one record or bad line was taken and no stray quote is at work any more.
    Fields are kept in one flat list: a million small lists would keep the garbage collector busy for seconds.
    """
    feed = _Lines(lines)
    reader = _reader(feed, spec)
    width = len(columns)
    cells: list[str] = []
    starts: list[int] = []
    bad: list[BadLine] = []
    eye = _Eye(spec, width, zeros=any("\0" in line for line in lines))
    while feed.position < len(lines):
        begin = feed.position
        row: list[str] | None = None
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if "unexpected end" in str(error) and not last and len(lines) - begin < RECORD_LINES_MAX:
                return (_block(columns, cells, starts, bad), begin) if whole else (_block(columns, [], [], []), 0)
        reason = eye.fault(row, lines[begin : feed.position], begin)
        if not reason and row:
            cells.extend(row)
            starts.append(first + begin)
        elif reason:
            bad.append(BadLine(first + begin, lines[begin].replace("\0", "").rstrip("\r\n"), reason))
            feed.position = begin + 1
        if not whole and feed.position > eye.closing:
            break
    return _block(columns, cells, starts, bad), feed.position


@dataclass
class _Eye:
    """Sees whether what the csv reader took for a record is one; ``closing`` is where a stray quote found its end."""

    spec: FileSection
    width: int
    zeros: bool
    closing: int = -1

    def fault(self, row: list[str] | None, record: list[str], begin: int) -> str:
        """Why some lines are no record; empty where they are one, or an empty line."""
        if row is None or len(record) > RECORD_LINES_MAX or begin <= self.closing < begin + len(record):
            return STRAY
        if len(record) > 1 and self._swallows(record):
            self.closing = begin + len(record) - 1
            return STRAY
        if self.zeros and any("\0" in line for line in record):
            return "a zero byte in the text"
        return "" if len(row) in (0, self.width) else f"{len(row)} fields, not {self.width}"

    def doubts(self, record: list[str]) -> bool:
        """Whether a record of several lines is none."""
        return len(record) > RECORD_LINES_MAX or self._swallows(record)

    def _swallows(self, record: list[str]) -> bool:
        """Whether a record of several lines is rather several rows between two stray quotes.

        Then each of its lines has the fields of a row when quotes are left out of account, and begins alike: a text of
        a customer with line ends in it does not, save by a rare chance.
        """
        fields = [line.rstrip("\r\n").split(self.spec.delimiter) for line in record]
        shapes = {re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", row[0])) for row in fields}
        return self.width > 1 and len(shapes) == 1 and all(len(row) == self.width for row in fields)


def _block(columns: list[str], cells: list[str], starts: list[int], bad: list[BadLine]) -> Block:
    values = [cells[i :: len(columns)] for i in range(len(columns))]
    return Block(text_table(columns, values, starts), tuple(bad))


def text_table(columns: list[str], values: Sequence[Sequence[str | None]], lines: list[int]) -> pa.Table:
    """An Arrow table of text columns and ``_line``."""
    arrays = [pa.array(lines, pa.int64()), *(pa.array(v, pa.string()) for v in values)]
    return pa.table(dict(zip(["_line", *columns], arrays)))
