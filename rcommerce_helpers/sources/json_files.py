"""JSON as blocks of text: one object per line, or an array of objects, read piece by piece and never as a whole.

Columns are all keys that occur in any object; nested values stay JSON text, which SQL can take apart
(``json_extract_string``). An object with a key twice, and whatever in the array is no object, is a bad line: its number
is that of the line, or its place in the array.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.delimited import BLOCK_LINES, BadLine, Block, check_names, text_table
from rcommerce_helpers.sources.text_pieces import FIELD_CHARACTERS_MAX, endless_line
from rcommerce_helpers.sources.workbook import as_text

CHUNK = 1 << 16
Item = tuple[int, str, dict[str, str | None] | None]
"""Number of a line or an element, its text, and its object with values as text, or None where it is none."""


def read_json_lines(path: Path, spec: FileSection, name: str) -> Iterator[Block]:
    """Blocks of a file with one JSON object per line.

    Raises
    ------
    SchemaError
        The file is empty, truncated, not UTF-8, or holds no JSON object at all.
    """
    columns = columns_of(_lines(path, spec, name))
    if not columns:
        raise SchemaError(
            f"{name}, line 1", got="no JSON object on any line", expected="one object per line", do="Export it again"
        )
    yield from blocks_of(_lines(path, spec, name), columns, name)


def read_json_array(path: Path, spec: FileSection, name: str) -> Iterator[Block]:
    """Blocks of a file that is an array of objects, or an object with such an array in it, named by ``rows``.

    Raises
    ------
    SchemaError
        The file is empty, cut off, no JSON, not UTF-8, or it is not said which of its arrays counts.
    """
    at = tuple(spec.rows.split(".")) if spec.rows else _only_array(path, name)
    columns = columns_of(_elements(path, spec, name, at))
    if not columns:
        raise SchemaError(
            name,
            got="no JSON object in the array",
            expected="an array of objects, one per row",
            do='Export it again, or name another array with rows = "..."',
        )
    yield from blocks_of(_elements(path, spec, name, at), columns, name)


def raw_elements(path: Path, spec: FileSection, name: str) -> Iterator[bytes]:
    """The elements of the array of a JSON file as they are written, each in one line.

    Raises
    ------
    SchemaError
        As ``read_json_array``, but that the array may be empty.
    """
    at = tuple(spec.rows.split(".")) if spec.rows else _only_array(path, name)
    text = _Text(path, name)
    with text.opened():
        for _ in text.rows(at):
            text.number += 1
            yield text.raw.replace("\r", " ").replace("\n", " ").encode(errors="replace")
        text.end()


def columns_of(items: Iterable[Item]) -> list[str]:
    """All keys that occur, in the order of their first occurrence."""
    columns: dict[str, None] = {}
    for _, _, found in items:
        columns.update(dict.fromkeys(found or ()))
    return list(columns)


def blocks_of(items: Iterable[Item], columns: list[str], name: str) -> Iterator[Block]:
    """Objects with values as text, as blocks of rows."""
    names = check_names(columns, name, 0)
    stream = iter(items)
    while taken := [item for _, item in zip(range(BLOCK_LINES), stream)]:
        good = [(line, [found.get(c) for c in columns]) for line, _, found in taken if found is not None]
        bad = tuple(BadLine(line, text, "not one JSON object") for line, text, found in taken if found is None)
        values: list[tuple[str | None, ...]] = list(zip(*(row for _, row in good))) if good else [()] * len(names)
        yield Block(text_table(names, values, [line for line, _ in good]), bad)


def object_of(found: Any, spec: FileSection) -> dict[str, str | None] | None:
    """The values of a JSON object as text; None where it is none, or holds half a character (an unpaired surrogate)."""
    if not isinstance(found, dict):
        return None
    try:
        row = {key: as_text(value, spec) for key, value in found.items()}
        "".join([*row, *(value for value in row.values() if value)]).encode()
    except (UnicodeEncodeError, RecursionError):
        return None
    return row


def _lines(path: Path, spec: FileSection, name: str) -> Iterator[Item]:
    number = 0
    with _open_bytes(path) as stream, _trouble(name, lambda: f"line {number}"):
        for raw in iter(partial(stream.readline, FIELD_CHARACTERS_MAX), b""):
            number += 1
            if len(raw) == FIELD_CHARACTERS_MAX:
                raise endless_line(f"{name}, line {number}")
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if text:
                yield number, text, _object(text, spec)


def _open_bytes(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


@contextmanager
def _trouble(name: str, place: Any) -> Iterator[None]:
    """Trouble of the bytes, told with the line or the row before which it occurred."""
    try:
        yield
    except UnicodeDecodeError:
        raise SchemaError(
            f"{name}, {place()}",
            got="bytes that are not UTF-8",
            expected="UTF-8 (JSON knows no other)",
            do="Save it so",
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SchemaError(
            f"{name}, after {place()}",
            got=f"a gzip file that is cut off or damaged ({error})",
            expected="a whole .gz file",
            do="Copy or export the file again",
        ) from None


def _object(text: str, spec: FileSection) -> dict[str, str | None] | None:
    try:
        return object_of(json.loads(text, parse_float=Decimal, object_pairs_hook=_once), spec)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key given twice would lose a value, so such a line is no record."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _elements(path: Path, spec: FileSection, name: str, at: tuple[str, ...]) -> Iterator[Item]:
    """The elements of the array at a place, each with its number; what comes behind it is read too, to its end."""
    text = _Text(path, name)
    with text.opened():
        for found, whole in text.rows(at):
            row = object_of(found, spec) if whole else None
            text.number += 1
            yield text.number, "" if row else json.dumps(found, default=str)[:200], row
        text.end()


def _only_array(path: Path, name: str) -> tuple[str, ...]:
    """Where the array of a file lies, if there is one only: () = the file itself."""
    text = _Text(path, name)
    with text.opened():
        if text.peek() == "[":
            return ()
        arrays = []
        for key in text.members():
            arrays += [key] * (text.peek() == "[")
            text.skip()
        text.end()
    if len(arrays) != 1 or "." in arrays[0]:
        raise SchemaError(
            name,
            got=f"an object with {len(arrays) or 'no'} arrays" + f": {', '.join(arrays)}"[:200] * bool(arrays),
            expected="an array of objects, or an object with one in it",
            do='Name the array with rows = "orders" (or "data.orders")',
        )
    return (arrays[0],)


class _Text:
    """A JSON file, decoded a value at a time: never more of it in memory than one element of its array."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.text, self.position, self.ended, self.number = "", 0, False, 0
        self.doubled, self.raw = False, ""
        self.decoder = json.JSONDecoder(parse_float=Decimal, object_pairs_hook=self._pairs)

    @contextmanager
    def opened(self) -> Iterator[None]:
        with _open_bytes(self.path) as raw, _trouble(self.name, lambda: f"after row {self.number}"):
            self.stream = TextIOWrapper(raw, encoding="utf-8-sig", newline="")  # type: ignore[arg-type]
            yield

    def rows(self, at: tuple[str, ...]) -> Iterator[tuple[Any, bool]]:
        """The elements of the array at a place, and whether each has every key once."""
        if not at:
            yield from self._array()
            return
        found = False
        for key in self.members():
            if key != at[0]:
                self.skip()
            elif found:
                raise self._broken(f"the key {key!r} twice", "each key once")
            else:
                found = True
                yield from self.rows(at[1:])
        if not found:
            raise SchemaError(
                self.name, got=f"no key {at[0]!r}", expected="the array that rows names", do="Correct rows"
            )

    def _array(self) -> Iterator[tuple[Any, bool]]:
        self._take("[")
        if self.peek() == "]":
            self._take("]")
            return
        while True:
            self.doubled = False
            found = self._value()
            yield found, not self.doubled
            if self._take(",]") == "]":
                return

    def members(self) -> Iterator[str]:
        """The keys of an object; whoever asks reads the value of each before the next one."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            if self.peek() != '"':
                raise self._broken(f"{self.peek()!r}", "a key in quotes")
            key = str(self._value())
            self._take(":")
            yield key
            if self._take(",}") == "}":
                return

    def skip(self) -> None:
        """Read over one value; a long array element by element."""
        if self.peek() != "[":
            self._value()
            return
        for _ in self._array():
            pass

    def end(self) -> None:
        """Nothing may stand behind the last bracket."""
        if mark := self.peek():
            hint = 'It may be one object per line: set format = "jsonl"' if mark == "{" else "Export it again"
            raise SchemaError(self.name, got=f"{mark!r} behind the end", expected="one JSON value", do=hint)

    def peek(self) -> str:
        """The next sign that is no blank; empty at the end of the file."""
        while True:
            while self.position < len(self.text):
                if self.text[self.position] not in " \t\r\n":
                    return self.text[self.position]
                self.position += 1
            if self.ended:
                return ""
            self._grow()

    def _take(self, marks: str) -> str:
        found = self.peek()
        if not found or found not in marks:
            raise self._broken(repr(found) if found else "the end of the file", " or ".join(marks))
        self.position += 1
        return found

    def _value(self) -> Any:
        if not self.peek():
            raise self._broken("the end of the file", "a value")
        while True:
            try:
                found, end = self.decoder.raw_decode(self.text, self.position)
            except json.JSONDecodeError as error:
                if self.ended:
                    raise self._broken(error.msg, "JSON") from None
            except (ValueError, RecursionError) as error:  # thousands of digits, or of brackets
                raise self._broken(str(error).split(";")[0][:120], "JSON that can be read") from None
            else:
                if end < len(self.text) or self.ended:  # a number at the end of what was read may go on
                    self.raw, self.position = self.text[self.position : end], end
                    return found
            if len(self.text) - self.position >= FIELD_CHARACTERS_MAX:
                raise endless_line(f"{self.name}, row {self.number + 1}")
            self._grow()

    def _grow(self) -> None:
        more = self.stream.read(max(CHUNK, len(self.text) - self.position))
        self.text, self.position, self.ended = self.text[self.position :] + more, 0, not more

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.doubled = self.doubled or len(found) < len(pairs)
        return found

    def _broken(self, got: str, expected: str) -> SchemaError:
        return SchemaError(
            f"{self.name}, after row {self.number}",
            got=f"no valid JSON ({got})",
            expected=expected,
            do="Export it again; a file that is cut off lands nothing",
        )
