"""Delimited text, record by record, with the line each record starts on: nothing merged, nothing dropped.

A line that is no record (too few or too many fields, an unclosed quote, text after a closing quote) is handed back as
a bad line, and reading goes on at the very next line, so that one unclosed quote costs one line and not the rest of
the file. Fields may hold line ends inside quotes; a record longer than ``RECORD_LINES_MAX`` lines counts as unclosed.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO

import pyarrow as pa

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.config import FileSection

BLOCK_LINES = 50_000
RECORD_LINES_MAX = 500
FIELD_CHARACTERS_MAX = 64 * 1024 * 1024
CONTROL = re.compile("[\x80-\x9f]")


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
    with _field_limit(), _open_text(path, spec) as stream:
        lines = _checked_lines(stream, spec, name)
        number = 1
        for _ in range(spec.skip_rows):
            if not next(lines, ""):  # the file ends before
                break
            number += 1
        columns, used = _header(lines, spec, name, number)
        yield from _blocks(lines, spec, columns, number + used)


@contextmanager
def _field_limit() -> Iterator[None]:
    before = csv.field_size_limit(FIELD_CHARACTERS_MAX)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _open_text(path: Path, spec: FileSection) -> TextIOWrapper:
    raw: IO[bytes] = gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[assignment]  # noqa: SIM115
    encoding = "utf-8-sig" if spec.encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else spec.encoding
    return TextIOWrapper(raw, encoding=encoding, errors="strict", newline="")


def _checked_lines(stream: TextIOWrapper, spec: FileSection, name: str) -> Iterator[str]:
    """Lines with their ends; trouble of the bytes gets a name, a line and a remedy."""
    number = 0
    single_byte = not spec.encoding.lower().startswith(("utf", "u8"))
    suspect, proven = 0, not single_byte
    has_controls = codecs.lookup(spec.encoding).name.startswith("iso8859")
    try:
        for line in iter(partial(stream.readline, FIELD_CHARACTERS_MAX), ""):
            number += 1
            if len(line) == FIELD_CHARACTERS_MAX:
                raise endless_line(f"{name}, line {number}")
            if has_controls and CONTROL.search(line):
                raise _wrong_encoding(
                    f"{name}, at or after line {number}", spec, "control characters where letters should be", "cp1252"
                )
            if not proven and not line.isascii():
                suspect += 1
                proven = not _is_utf8(line, spec.encoding)
            yield line
    except UnicodeDecodeError as error:
        bad = f"byte 0x{error.object[error.start]:02x}, which {spec.encoding} does not know"
        raise _wrong_encoding(
            f"{name}, at or after line {number + 1}", spec, bad, "utf-8" if single_byte else "cp1252"
        ) from None
    except UnicodeError as error:  # UTF-16 without its byte order mark
        raise _wrong_encoding(f"{name}, at or after line {number + 1}", spec, str(error), "utf-8") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SchemaError(
            f"{name}, after line {number}",
            got=f"a gzip file that is cut off or damaged ({error})",
            expected="a whole .gz file",
            do="Copy or export the file again",
        ) from None
    if suspect and not proven:
        raise _wrong_encoding(
            f"{name}, at or after line 1", spec, f"UTF-8 on all {suspect} lines with letters beyond ASCII", "utf-8"
        )


def endless_line(place: str) -> SchemaError:
    """The complaint of a line that no export has, and that no memory holds: a packed file may unpack to it."""
    return SchemaError(
        place,
        got=f"a line of {FIELD_CHARACTERS_MAX:,} characters or more",
        expected="lines that end",
        do="Export the file again",
    )


def _is_utf8(line: str, encoding: str) -> bool:
    """Whether the bytes of a line could be UTF-8: letters of a single-byte encoding practically never are."""
    try:
        line.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _wrong_encoding(place: str, spec: FileSection, got: str, other: str) -> SchemaError:
    """The complaint that a file is written in another encoding than declared; ``other`` is the likelier one."""
    return SchemaError(
        place,
        got=got,
        expected=f"text in {spec.encoding} as declared",
        do=f'Try encoding = "{other}" for this file',
    )


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


def _blocks(lines: Iterator[str], spec: FileSection, columns: list[str], number: int) -> Iterator[Block]:
    pending: list[str] = []
    ended = False
    while not ended:
        fresh = [line for _, line in zip(range(BLOCK_LINES), lines)]
        ended = len(fresh) < BLOCK_LINES
        pending += fresh
        block, used = _parse(pending, spec, columns, first=number, last=ended)
        number += used
        pending = pending[used:]
        if block.records.num_rows or block.bad:
            yield block


def _parse(lines: list[str], spec: FileSection, columns: list[str], *, first: int, last: bool) -> tuple[Block, int]:
    """Records of some lines; an open record at their end is left for the next block unless this is the last.

    Fields are kept in one flat list: a million small lists would keep the garbage collector busy for seconds.
    """
    feed = _Lines(lines)
    reader = _reader(feed, spec)
    width = len(columns)
    cells: list[str] = []
    starts: list[int] = []
    bad: list[BadLine] = []
    while feed.position < len(lines):
        begin = feed.position
        row: list[str] | None = None
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            if "unexpected end" in str(error) and not last and len(lines) - begin < RECORD_LINES_MAX:
                return _block(columns, cells, starts, bad), begin
        if row is not None and feed.position - begin > RECORD_LINES_MAX:
            row = None
        if row is not None and len(row) == width:
            cells.extend(row)
            starts.append(first + begin)
        elif row != []:
            bad.append(_bad_line(lines[begin], first + begin, row, width))
            feed.position = begin + 1
    return _block(columns, cells, starts, bad), len(lines)


def _bad_line(line: str, number: int, row: list[str] | None, width: int) -> BadLine:
    reason = "a quote that is not closed or is followed by text" if row is None else f"{len(row)} fields, not {width}"
    return BadLine(number, line.rstrip("\r\n"), reason)


def _block(columns: list[str], cells: list[str], starts: list[int], bad: list[BadLine]) -> Block:
    values = [cells[i :: len(columns)] for i in range(len(columns))]
    return Block(text_table(columns, values, starts), tuple(bad))


def text_table(columns: list[str], values: Sequence[Sequence[str | None]], lines: list[int]) -> pa.Table:
    """An Arrow table of text columns and ``_line``."""
    arrays = [pa.array(lines, pa.int64()), *(pa.array(v, pa.string()) for v in values)]
    return pa.table(dict(zip(["_line", *columns], arrays)))
