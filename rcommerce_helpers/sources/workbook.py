"""Excel workbooks as blocks of text, so that they land by the same rules as delimited files.

Numbers of a cell are written with the decimal mark the file declares, dates in ISO form, whole numbers without a
decimal part, and leading zeros that a cell shows through its format (00000) are kept. A formula counts with the value
Excel last saved for it; a workbook that was never calculated has none, and its cells arrive empty.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

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

ZEROS = re.compile(r"0{2,}")
OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")
"""First bytes of workbooks up to Excel 2003, and of those that a password encrypts."""
Row = tuple[int, list[str | None]]


def old_workbook(name: str) -> SchemaError:
    """The complaint of a workbook in the form before 2007, with the way out."""
    return SchemaError(
        name,
        got="a workbook in the old form of Excel (.xls), or one with a password",
        expected="an .xlsx file without a password",
        do="Open it and save it as .xlsx (Excel, LibreOffice), then name that file in path",
    )


def read_workbook(path: Path, spec: FileSection, name: str) -> Iterator[Block]:
    """Blocks of rows of one sheet; ``_line`` is the row number Excel shows.

    Raises
    ------
    SchemaError
        The file is no workbook, lacks the sheet, or its sheet is empty.
    """
    from openpyxl import load_workbook  # heavy, and few data sets need it

    if _begins(path) == OLD_EXCEL:
        raise old_workbook(name)
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


def _begins(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(len(OLD_EXCEL))


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
