"""Delimited text, record by record, with the line each record starts on: nothing merged, nothing dropped.

A line that is no record (too few or too many fields, an unclosed quote, text after a closing quote) is handed back as
a bad line, and reading goes on at the very next line, so that one unclosed quote costs one line and not the rest of
the file. Fields may hold line ends inside quotes; a record longer than ``RECORD_LINES_MAX`` lines counts as unclosed.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import itertools
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
STRAY = "a quote that is not closed or is followed by text"
ZEROS_OF_UTF16 = 0.3
HINT = re.compile("[Ss][Ee][Pp]=(.)\r?\n")
MARKS = {
    codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
"""First bytes of a file -> the encoding they stand for; the longer ones before those they begin with."""


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
    _check_first_bytes(path, spec, name)
    with field_limit(), _open_text(path, spec) as stream:
        lines = _checked_lines(stream, spec, name)
        number = 1
        if not spec.skip_rows:
            lines, said = _without_hint(lines, spec, name)
            number += said
        for _ in range(spec.skip_rows):
            if not next(lines, ""):  # the file ends before
                break
            number += 1
        columns, used = _header(lines, spec, name, number)
        yield from _blocks(lines, spec, columns, number + used)


def _without_hint(lines: Iterator[str], spec: FileSection, name: str) -> tuple[Iterator[str], int]:
    """The lines without a first one that tells a spreadsheet the delimiter (sep=;), and how many that were."""
    first = next(lines, "")
    said = HINT.fullmatch(first)
    if said is None:
        return itertools.chain([first] if first else [], lines), 0
    if said[1] != spec.delimiter:
        raise SchemaError(
            f"{name}, line 1",
            got=f"the line {first.strip()!r}",
            expected=f"the declared delimiter {spec.delimiter!r}",
            do=f'Set delimiter = "{said[1]}" for this file',
        )
    return lines, 1


@contextmanager
def field_limit() -> Iterator[None]:
    """Fields as long as a record may be: csv refuses those of more than 128 KB by itself."""
    before = csv.field_size_limit(FIELD_CHARACTERS_MAX)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _check_first_bytes(path: Path, spec: FileSection, name: str) -> None:
    """A file that says or shows another encoding in its first bytes is not read in the declared one."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:  # type: ignore[attr-defined]
            head = raw.read(4096)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return  # told with its line when the text is read
    declared = codecs.lookup(spec.encoding).name
    said = next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), "")
    if said and not declared.startswith(said):
        raise _wrong_encoding(f"{name}, line 1", spec, f"the byte order mark of {said}", said)
    zeros = [head[half::2].count(0) / max(len(head) // 2, 1) for half in (0, 1)]
    if not said and not declared.startswith(("utf-16", "utf-32")) and max(zeros) > ZEROS_OF_UTF16:
        likely = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
        raise _wrong_encoding(f"{name}, line 1", spec, "a zero byte beside every letter", likely)


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
                return _block(columns, cells, starts, bad), begin
        reason = eye.fault(row, lines[begin : feed.position], begin)
        if not reason and row:
            cells.extend(row)
            starts.append(first + begin)
        elif reason:
            bad.append(BadLine(first + begin, lines[begin].replace("\0", "").rstrip("\r\n"), reason))
            feed.position = begin + 1
    return _block(columns, cells, starts, bad), len(lines)


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
