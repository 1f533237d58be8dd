"""How a file is written, found out from the file: encoding, delimiter, title lines, sheet, header, a sample of rows.

Encoding: a byte order mark, else UTF-8 if the whole file is, else cp1252, which knows the letters of Western Europe
and the euro sign. The delimiter is the sign that cuts most lines into one number of fields; title lines are those above
the first line that is cut so and holds names, not values.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from rcommerce_helpers.errors import RCommerceError, SchemaError
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.data_set import SUFFIXES
from rcommerce_helpers.sources.delimited import HINT, Block, field_limit
from rcommerce_helpers.sources.json_files import read_json_array, read_json_lines
from rcommerce_helpers.sources.text_pieces import FIELD_CHARACTERS_MAX, MARKS
from rcommerce_helpers.sources.workbook import as_text

SAMPLE_ROWS = 20_000
TAIL_BYTES = 1 << 20
HEAD_LINES = 60
DELIMITERS = (",", ";", "\t", "|")
NUMBERS = re.compile(r"[-+]?[\d.,' ]+%?")
PLAIN_FILE = FileSection(path="sample")


@dataclass(frozen=True)
class Sniffed:
    """One file as it was found.

    ``options``: what ``[files]`` must say beside the path; ``columns``: its header; ``rows``: the first rows as text,
    None for an empty cell; ``first_line``: the first line of a text file, as some systems say there what they are.
    """

    path: Path
    options: dict[str, Any]
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str | None]]
    first_line: str = ""
    notes: tuple[str, ...] = field(default=())


def sniff(path: Path) -> Sniffed:
    """Find out how a file is written.

    Raises
    ------
    SchemaError
        It is of no known kind, empty, or has no header that could be found.
    """
    readers: dict[str, Callable[[Path], Sniffed]] = {
        "csv": _delimited,
        "xlsx": _workbook,
        "parquet": _parquet,
        "jsonl": partial(_json, reader=read_json_lines),
        "json": partial(_json, reader=read_json_array),
    }
    reader = readers.get(form_of(path).removesuffix(".gz"))
    if reader is None:
        raise _unknown(path)
    with field_limit():
        found = reader(path)
    if not found.rows:
        raise SchemaError(
            path.name, got="a header and no row as wide as it", expected="rows", do="Export it again, or leave it out"
        )
    return found


def form_of(path: Path) -> str:
    """Kind of a file by its suffix; empty where it is none that can be read."""
    lower = path.name.lower()
    return next((SUFFIXES[s] for s in sorted(SUFFIXES, key=len, reverse=True) if lower.endswith(s)), "")


def _unknown(path: Path) -> SchemaError:
    way = {
        ".xls": "Open it in Excel and save it as .xlsx",
        ".ods": "Save it as .xlsx",
        ".pdf": "Export the table itself, as .csv or .xlsx",
        ".zip": "Unpack it",
    }
    return SchemaError(
        path.name,
        got=f"a file of the kind {path.suffix or 'without suffix'}",
        expected=f"one of {', '.join(SUFFIXES)}",
        do=way.get(path.suffix.lower(), "Export it as .csv or .xlsx"),
    )


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def encoding_of(path: Path) -> str:
    """Encoding of a text file: by its mark, else UTF-8 if all of it is, else cp1252."""
    with _open(path) as stream:
        head = stream.read(4)
        mark = next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), "")
        if mark:
            return mark
        if head[1::2].count(0) == 2 or head[::2].count(0) == 2:
            return "utf-16-le" if head[1::2].count(0) == 2 else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(head)
            while block := stream.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines of a text file with their ends; bytes that the encoding does not know become a sign of their own."""
    shown = "utf-8-sig" if encoding == "utf-8" else encoding
    with _open(path) as raw, TextIOWrapper(raw, encoding=shown, errors="replace", newline="") as text:
        yield from iter(partial(text.readline, FIELD_CHARACTERS_MAX), "")


def _delimited(path: Path) -> Sniffed:
    encoding = encoding_of(path)
    head = [line for _, line in zip(range(HEAD_LINES), _lines(path, encoding))]
    if not "".join(head).strip():
        raise SchemaError(path.name, got="an empty file", expected="a header and rows", do="Export it again")
    hint = HINT.fullmatch(head[0])
    start = 1 if hint else 0
    delimiter = hint[1] if hint else _delimiter(head)
    skip = _title_lines(head[start:], delimiter)
    if hint and skip:
        start, skip = 0, skip + 1
    quote = "'" if _single_quoted(head, delimiter) else '"'
    rest = itertools.islice(_lines(path, encoding), start + skip, None)
    records = csv.reader((line.replace("\0", "") for line in rest), delimiter=delimiter, quotechar=quote)
    columns = _names(next(_safely(records), []), path)
    read = [row for row in itertools.islice(_safely(records), SAMPLE_ROWS) if row]
    rows = [row for row in read if len(row) == len(columns)]
    if len(read) == SAMPLE_ROWS:
        last = csv.reader(_last_lines(path, encoding), delimiter=delimiter, quotechar=quote)
        rows += [row for row in _safely(last) if len(row) == len(columns)]
    options: dict[str, Any] = {"delimiter": delimiter} if delimiter != "," else {}
    options |= {"quote": quote} if quote != '"' else {}
    options |= {"encoding": encoding} if encoding != "utf-8" else {}
    options |= {"skip_rows": skip} if skip else {}
    few = "most lines have another number of fields than the header: look at the delimiter and at quotes"
    notes = (few,) if len(rows) < len(read) / 2 else ()
    return Sniffed(path, options, columns, [[cell or None for cell in row] for row in rows], _first(head), notes)


def _first(head: Sequence[str]) -> str:
    return head[0].rstrip("\r\n")


def _last_lines(path: Path, encoding: str) -> Iterator[str]:
    """The last lines of a long file, where its newest rows often stand; none of a packed one."""
    if path.suffix == ".gz":
        return
    with path.open("rb") as stream:
        stream.seek(-min(TAIL_BYTES, path.stat().st_size), 2)
        text = stream.read().decode(encoding, errors="replace")
    yield from text.splitlines(keepends=True)[1:]


def _safely(records: Iterator[list[str]]) -> Iterator[list[str]]:
    """Records until one cannot be read: landing tells of it with its line."""
    try:
        yield from records
    except csv.Error:
        return


def _delimiter(head: Sequence[str]) -> str:
    """The sign that cuts most of the first lines into one number of fields; of equals the one that gives more."""

    def fits(sign: str) -> tuple[float, int]:
        widths = [len(row) for row in _safely(csv.reader(iter(head), delimiter=sign)) if row]
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        return (count / len(widths) if width > 1 else 0.0, width)

    best = max(DELIMITERS, key=fits)
    return best if fits(best)[0] > 0 else ","


def _single_quoted(head: Sequence[str], delimiter: str) -> bool:
    """Whether fields stand in single quotes: most lines after the header begin and end with one."""
    body = [line.strip() for line in head[1:] if line.strip()]
    found = [line for line in body if line.startswith("'") and line.endswith("'") and f"'{delimiter}'" in line]
    return bool(body) and len(found) > len(body) / 2


def _title_lines(head: Sequence[str], delimiter: str) -> int:
    """Lines above the header: those before the first record as wide as most that holds names."""
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(iter(head), delimiter=delimiter)
    before = 0
    for row in _safely(reader):
        rows.append((before, row))
        before = reader.line_num
    at = header_at([row for _, row in rows])
    return rows[at][0] if rows else 0


def header_at(rows: Sequence[Sequence[str | None]]) -> int:
    """Place of the header among the first rows of a table: the first as wide as most that holds different names.

    Examples
    --------
    >>> header_at([["Customers", None], ["as of June"], ["No", "Name"], ["1", "Anna"], ["2", "Emre"]])
    2
    """
    widths = [len(_without_tail(row)) for row in rows]
    usual = Counter(width for width in widths if width).most_common(1)
    if not usual or usual[0][0] < 2:
        return next((i for i, width in enumerate(widths) if width), 0)
    least = usual[0][0]
    for i, row in enumerate(rows):
        cells = [cell.strip() for cell in _without_tail(row) if cell and cell.strip()]
        named = [cell for cell in cells if not NUMBERS.fullmatch(cell)]
        if len(cells) >= max(2, 0.7 * least) and len(named) > 0.8 * len(cells) and len(set(cells)) == len(cells):
            return i
    return 0


def _without_tail(row: Sequence[str | None]) -> Sequence[str | None]:
    filled = [i for i, cell in enumerate(row) if cell is not None and cell.strip()]
    return row[: filled[-1] + 1] if filled else []


def _names(row: Sequence[str | None], path: Path) -> tuple[str, ...]:
    """Column names as landing will call them."""
    names = tuple((text or "").strip() or f"column_{i + 1}" for i, text in enumerate(row))
    if not names:
        raise SchemaError(path.name, got="no header line", expected="the names of the columns", do="Export it again")
    twice = [name for name, n in Counter(name.lower() for name in names).items() if n > 1]
    if twice:
        raise SchemaError(
            path.name,
            got=f"the column name {twice[0]!r} more than once",
            expected="each name once",
            do="Rename one of them in the file",
        )
    return names


def _workbook(path: Path) -> Sniffed:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        filled = [(sheet, rows) for sheet in book.worksheets if (rows := _cells(sheet))]
        book.close()
    except Exception as error:  # noqa: BLE001 - openpyxl raises what the damage happens to cause
        raise SchemaError(
            path.name, got=f"no readable workbook ({error})", expected="an .xlsx file", do="Save it again from Excel"
        ) from None
    if not filled:
        raise SchemaError(path.name, got="no sheet with rows", expected="a header and rows", do="Export it again")
    sheet, rows = max(filled, key=lambda item: len(item[1]))
    at = header_at([cells for _, cells in rows[:HEAD_LINES]])
    columns = _names(_without_tail(rows[at][1]), path)
    body = [(list(cells) + [None] * len(columns))[: len(columns)] for _, cells in rows[at + 1 :]]
    options: dict[str, Any] = {"sheet": sheet.title} if len(book.sheetnames) > 1 else {}
    skip = rows[at][0] - 1
    options |= {"skip_rows": skip} if skip else {}
    others = [name for name in book.sheetnames if name != sheet.title]
    notes = (f"only the sheet {sheet.title!r} is read, not {', '.join(map(repr, others))}",) if others else ()
    return Sniffed(path, options, columns, body, notes=notes)


def _cells(sheet: Any) -> list[tuple[int, list[str | None]]]:
    """Rows of a sheet that hold anything, each with its number."""
    rows = []
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [as_text(value, PLAIN_FILE) for value in values]
        if any(cell is not None for cell in cells):
            rows.append((number, cells))
        if len(rows) >= SAMPLE_ROWS:
            break
    return rows


def _parquet(path: Path) -> Sniffed:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        batch = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
        last = file.read_row_group(file.num_row_groups - 1) if file.num_row_groups else None
    except (pa.ArrowException, OSError) as error:
        raise SchemaError(
            path.name, got=f"no readable parquet file ({error})", expected="a .parquet file", do="Export it again"
        ) from None
    if batch is None or last is None:
        raise SchemaError(path.name, got="no row", expected="at least one", do="Export it again")
    columns = tuple(batch.schema.names)
    parts = [batch, last.slice(max(last.num_rows - SAMPLE_ROWS, 0))]
    rows = [row for part in parts for row in zip(*(column.to_pylist() for column in part.columns))]
    return Sniffed(path, {}, columns, [[as_text(cell, PLAIN_FILE) for cell in row] for row in rows])


def _json(path: Path, reader: Callable[[Path, FileSection, str], Iterator[Block]]) -> Sniffed:
    block = next(reader(path, PLAIN_FILE, path.name))
    table = block.records.drop_columns(["_line"]).slice(0, SAMPLE_ROWS)
    rows = list(zip(*(column.to_pylist() for column in table.columns)))
    return Sniffed(path, {}, tuple(table.column_names), rows)


def readable(folder: Path) -> tuple[list[Sniffed], list[str]]:
    """Every file of a folder that can be read, and why each other one cannot; hidden files and folders are passed over.

    Parameters
    ----------
    folder
        A folder, or one file.
    """
    paths = [folder] if folder.is_file() else sorted(p for p in folder.iterdir() if not p.name.startswith((".", "~$")))
    found, refused = [], []
    for path in paths:
        if path.is_dir():
            refused.append(f"{path.name}: a folder, not looked into")
            continue
        try:
            found.append(sniff(path))
        except RCommerceError as error:
            refused.append(str(error))
        except (OSError, EOFError, UnicodeError, json.JSONDecodeError) as error:
            refused.append(f"{path.name}: cannot be read ({error})")
    return found, refused
