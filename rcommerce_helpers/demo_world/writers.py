"""Files as the ten systems write them: csv (plain, gzipped, cp1252), workbook, json lines, parquet."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from rcommerce_helpers.demo_world.chance import Array

_NOT_IN_CP1252 = (("ı", "i"), ("ş", "s"), ("ğ", "g"))


class Writer(Protocol):
    """Takes one table of text after the other; ``lines`` are raw lines that are no record."""

    def append(self, rows: pa.Table, lines: Iterable[str] = ()) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """Delimited text; ``head`` is written above the column names (DATEV puts a line about the file there)."""

    def __init__(self, path: Path, *, delimiter: str = ";", encoding: str = "utf-8", head: str = "") -> None:
        raw: Any = gzip.GzipFile(path, "wb", compresslevel=3, mtime=0) if path.suffix == ".gz" else path.open("wb")  # noqa: SIM115 - closed by close
        self.stream: IO[bytes] = raw
        self.delimiter, self.encoding, self.fresh = delimiter, encoding, True
        if head:
            self.stream.write(f"{head}\n".encode(encoding))

    def append(self, rows: pa.Table, lines: Iterable[str] = ()) -> None:
        """Write rows, then the raw lines."""
        options = csv.WriteOptions(include_header=False, delimiter=self.delimiter, quoting_style="needed")
        buffer = io.BytesIO()
        if self.fresh:
            self.stream.write((self.delimiter.join(rows.column_names) + "\n").encode(self.encoding))
            self.fresh = False
        csv.write_csv(rows, buffer, options)
        content = buffer.getvalue()
        self.stream.write(content if self.encoding == "utf-8" else self._encoded(content.decode("utf-8")))
        for line in lines:
            self.stream.write(self._encoded(f"{line}\n"))

    def _encoded(self, text: str) -> bytes:
        """Letters that the system does not know become the ones it knows, as its clerks would type them."""
        if self.encoding != "utf-8":
            for letter, poorer in _NOT_IN_CP1252:
                text = text.replace(letter, poorer)
        return text.encode(self.encoding)

    def close(self) -> None:
        """End the file."""
        self.stream.close()


class JsonLinesWriter:
    """One JSON object per line; empty values are left out, as most systems do."""

    def __init__(self, path: Path) -> None:
        self.stream = path.open("w", encoding="utf-8")
        self.fresh = True

    def append(self, rows: pa.Table, lines: Iterable[str] = ()) -> None:
        """Write rows; the very first one names all fields, so that a reader knows them."""
        for row in rows.to_pylist():
            kept = row if self.fresh else {k: v for k, v in row.items() if v is not None}
            self.fresh = False
            self.stream.write(json.dumps(kept, ensure_ascii=False) + "\n")
        for line in lines:
            self.stream.write(line + "\n")

    def close(self) -> None:
        """End the file."""
        self.stream.close()


class ParquetWriter:
    """Columns with their types, in row groups."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer: pq.ParquetWriter | None = None

    def append(self, rows: pa.Table, lines: Iterable[str] = ()) -> None:
        """Write rows; a parquet file has no raw lines."""
        if list(lines):
            raise ValueError("a parquet file has no raw lines")
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.path, rows.schema, compression="zstd", compression_level=1)
        self.writer.write_table(rows, row_group_size=500_000)

    def close(self) -> None:
        """End the file."""
        if self.writer is not None:
            self.writer.close()


class WorkbookWriter:
    """One sheet of a workbook, text as text and numbers as numbers; for tables that fit."""

    def __init__(self, path: Path, *, sheet: str) -> None:
        import xlsxwriter  # noqa: PLC0415 - heavy, and needed for four small files only

        self.book = xlsxwriter.Workbook(str(path), {"in_memory": True})
        self.book.set_properties({"created": datetime(2026, 10, 1)})
        self.sheet = self.book.add_worksheet(sheet)
        self.row = 0

    def append(self, rows: pa.Table, lines: Iterable[str] = ()) -> None:
        """Write rows under the column names; a workbook has no raw lines."""
        if list(lines):
            raise ValueError("a workbook has no raw lines")
        if self.row == 0:
            self._write(rows.column_names)
        for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            self._write(row)

    def _write(self, values: Iterable[object]) -> None:
        for place, value in enumerate(values):
            if isinstance(value, str):
                self.sheet.write_string(self.row, place, value)
            elif isinstance(value, (int, float)):
                self.sheet.write_number(self.row, place, value)
        self.row += 1

    def close(self) -> None:
        """End the file."""
        self.book.close()


def whole(values: Array, *, empty: bool = False) -> pa.Array:
    """Integers as text; with ``empty`` negative ones are empty."""
    return pa.array(values, pa.int64(), mask=(values < 0) if empty else None).cast(pa.string())


def padded(values: Array, width: int, prefix: str = "") -> pa.Array:
    """Numbers as text of one width behind a prefix; negative ones are empty."""
    text = pc.utf8_lpad(whole(values, empty=True), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), text, "") if prefix else text


def money(cents: Array, mark: str = ",") -> pa.Array:
    """Cents as ``12,34``."""
    size = np.abs(cents)
    sign = pa.array(["", "-"]).take(pa.array((cents < 0).astype(np.int64)))
    return pc.binary_join_element_wise(
        sign, whole(size // 100), pa.scalar(mark), pc.utf8_lpad(whole(size % 100), 2, "0"), ""
    )


def words(codes: Array, vocabulary: Iterable[str]) -> pa.Array:
    """Codes as words; negative ones, and the empty word, are empty."""
    listed = [w or None for w in vocabulary]
    return pa.array(listed, pa.string()).take(pa.array(codes, pa.int64(), mask=codes < 0))
