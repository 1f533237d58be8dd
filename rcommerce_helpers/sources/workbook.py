"""Excel workbooks and JSON lines as blocks of text, so that both land by the same rules as delimited files.

Numbers of a cell are written with the decimal mark the file declares, dates in ISO form, whole numbers without a
decimal part, and leading zeros that a cell shows through its format (00000) are kept. A formula counts with the value
Excel last saved for it; a workbook that was never calculated has none, and its cells arrive empty.
"""

from __future__ import annotations

import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import IO, Any

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.complaints import nearest
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.delimited import (
    BLOCK_LINES,
    BadLine,
    Block,
    check_names,
    text_table,
)
from rcommerce_helpers.sources.text_pieces import FIELD_CHARACTERS_MAX, endless_line

ZEROS = re.compile(r"0{2,}")
Row = tuple[int, list[str | None]]


def read_workbook(path: Path, spec: FileSection, name: str) -> Iterator[Block]:
    """Blocks of rows of one sheet; ``_line`` is the row number Excel shows.

    Raises
    ------
    SchemaError
        The file is no workbook, lacks the sheet, or its sheet is empty.
    """
    from openpyxl import load_workbook  # heavy, and few data sets need it

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, zlib.error, EOFError) as error:
        raise SchemaError(
            name, got=f"no readable workbook ({error})", expected="an .xlsx file", do="Save it again from Excel"
        ) from None
    try:
        yield from _sheet_blocks(_rows(_sheet(book, spec, name), spec, name), spec, name)
    finally:
        book.close()


def _sheet(book: Any, spec: FileSection, name: str) -> Any:
    if spec.sheet is None:
        return book[book.sheetnames[0]]
    if spec.sheet not in book.sheetnames:
        hint = nearest(spec.sheet, book.sheetnames).strip().rstrip(".") or "Correct the name"
        raise SchemaError(
            name, got=f"no sheet {spec.sheet!r}", expected=f"one of {', '.join(book.sheetnames)}", do=hint
        )
    return book[spec.sheet]


def _rows(sheet: Any, spec: FileSection, name: str) -> Iterator[Row]:
    """Rows that hold anything, as text, each with its number."""
    try:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            values = [_cell_text(cell, spec) for cell in cells]
            if number > spec.skip_rows and any(v is not None for v in values):
                yield number, values
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, SyntaxError) as error:
        raise SchemaError(
            name, got=f"a damaged sheet ({error})", expected="an .xlsx file", do="Save it again from Excel"
        ) from None


def _cell_text(cell: Any, spec: FileSection) -> str | None:
    value = cell.value
    if isinstance(value, int) and not isinstance(value, bool) and ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    return as_text(value, spec)


def as_text(value: Any, spec: FileSection) -> str | None:
    """A typed value as the declared form of its file would write it; None and empty text are nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, (int, float, Decimal)):
        return _number_text(value, spec.decimal or ".")
    if isinstance(value, (date, time)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _number_text(value: float | Decimal, mark: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).replace(".", mark)


def _sheet_blocks(rows: Iterator[Row], spec: FileSection, name: str) -> Iterator[Block]:
    if spec.names is not None:
        columns = check_names(spec.names, name, 0)
    else:
        head = next(rows, None)
        if head is None:
            raise SchemaError(
                name, got="nothing: the sheet is empty", expected="a header row", do="Name the right sheet = ..."
            )
        columns = check_names(_without_tail(head[1]), name, head[0])
    while taken := [row for _, row in zip(range(BLOCK_LINES), rows)]:
        yield _fitted(taken, columns)


def _without_tail(values: list[str | None]) -> list[str]:
    """Header names without the empty cells behind the last name."""
    while values and values[-1] is None:
        values = values[:-1]
    return [v or "" for v in values]


def _fitted(rows: list[Row], columns: list[str]) -> Block:
    """Short rows are filled up (Excel stores no trailing empty cells); cells beyond the header make a bad line."""
    width = len(columns)
    good: list[list[str | None]] = []
    lines: list[int] = []
    bad: list[BadLine] = []
    for number, values in rows:
        if any(v is not None for v in values[width:]):
            bad.append(BadLine(number, "; ".join(v or "" for v in values), f"cells beyond the {width} columns"))
            continue
        good.append((values + [None] * width)[:width])
        lines.append(number)
    return Block(text_table(columns, list(zip(*good)) if good else [()] * width, lines), tuple(bad))


def read_json_lines(path: Path, spec: FileSection, name: str) -> Iterator[Block]:
    """Blocks of a file with one JSON object per line; columns are all keys that occur, nested values stay JSON text.

    Raises
    ------
    SchemaError
        The file is empty, truncated, not UTF-8, or holds no JSON object at all.
    """
    columns: dict[str, None] = {}
    for _, _, found in _objects(path, spec, name):
        columns.update(dict.fromkeys(found or ()))
    if not columns:
        raise SchemaError(
            f"{name}, line 1", got="no JSON object on any line", expected="one object per line", do="Export it again"
        )
    names = check_names(list(columns), name, 0)
    objects = _objects(path, spec, name)
    while taken := [item for _, item in zip(range(BLOCK_LINES), objects)]:
        good = [(line, [found.get(c) for c in columns]) for line, _, found in taken if found is not None]
        bad = tuple(BadLine(line, text, "not one JSON object") for line, text, found in taken if found is None)
        values: list[tuple[str | None, ...]] = list(zip(*(row for _, row in good))) if good else [()] * len(names)
        yield Block(text_table(names, values, [line for line, _ in good]), bad)


def _objects(path: Path, spec: FileSection, name: str) -> Iterator[tuple[int, str, dict[str, str | None] | None]]:
    """Line number, the line, and its object with values as text, or None where it holds none."""
    number = 0
    try:
        with _open_lines(path) as stream:
            for raw in iter(partial(stream.readline, FIELD_CHARACTERS_MAX), b""):
                number += 1
                if len(raw) == FIELD_CHARACTERS_MAX:
                    raise endless_line(f"{name}, line {number}")
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if text:
                    yield number, text, _object(text, spec)
    except UnicodeDecodeError:
        raise SchemaError(
            f"{name}, line {number}",
            got="bytes that are not UTF-8",
            expected="UTF-8 (JSON knows no other)",
            do="Save it so",
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SchemaError(
            f"{name}, after line {number}",
            got=f"a gzip file that is cut off or damaged ({error})",
            expected="a whole .gz file",
            do="Copy or export the file again",
        ) from None


def _open_lines(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _object(text: str, spec: FileSection) -> dict[str, str | None] | None:
    try:
        found = json.loads(text, parse_float=Decimal, object_pairs_hook=_once)
    except ValueError:
        return None
    return {k: as_text(v, spec) for k, v in found.items()} if isinstance(found, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key given twice would lose a value, so such a line is no record."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found
