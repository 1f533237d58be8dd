"""One export = one file of one system: which coded rows it shows, in which words, how it is read, what is broken.

``Export`` holds the writing side and the reading side together, so that sources.toml can never describe another file
than the one written. Broken rows are copies of good rows under a fresh number with one field spoilt; each is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from rcommerce_helpers.demo_world.chance import Array, scramble, stream
from rcommerce_helpers.demo_world.rates import CAMPAIGN
from rcommerce_helpers.demo_world.writers import (
    CsvWriter,
    JsonLinesWriter,
    ParquetWriter,
    WorkbookWriter,
    Writer,
    padded,
)

Coded = dict[str, Array]
Mapped = str | dict[str, object]
FRESH = 1 << 31


@dataclass(frozen=True)
class Bad:
    """One way to spoil a row: the file's column, what stands there then, which canonical column refuses it, and why."""

    header: str
    value: str | None
    column: str
    reason: str


@dataclass(frozen=True)
class Export:
    """One file.

    ``rows`` makes the file's columns out of coded rows; ``shows`` picks the coded rows; ``columns`` maps canonical
    column -> column of the file (or a table of sources.toml); ``sources`` not empty = the file holds references to
    several systems, one select each, told apart by its column ``System``; ``identity`` = column and prefix of the
    number that a broken copy gets anew.
    """

    key: str
    path: str
    table: str
    rows: Callable[[Coded], pa.Table]
    columns: Mapping[str, Mapped]
    reading: Mapping[str, object] = field(default_factory=dict)
    shows: Callable[[Coded], Array] | None = None
    sources: tuple[str, ...] = ()
    bad: tuple[Bad, ...] = ()
    identity: tuple[str, str] = ("", "")
    head: str = ""
    broken_lines: bool = False

    @property
    def form(self) -> str:
        """csv, csv.gz, xlsx, jsonl or parquet."""
        return "csv.gz" if self.path.endswith(".csv.gz") else self.path.rsplit(".", 1)[1]

    def writer(self, folder: Path) -> Writer:
        """The open file."""
        path = folder / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.form == "xlsx":
            return WorkbookWriter(path, sheet=str(self.reading["sheet"]))
        if self.form == "parquet":
            return ParquetWriter(path)
        if self.form == "jsonl":
            return JsonLinesWriter(path)
        delimiter, encoding = str(self.reading.get("delimiter", ",")), str(self.reading.get("encoding", "utf-8"))
        return CsvWriter(path, delimiter=delimiter, encoding=encoding, head=self.head)


@dataclass
class Planted:
    """Notes on broken rows: one entry per row, as the truth file shows them."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def note(self, export: Export, bad: Bad, identity: str) -> None:
        """Write down one broken row."""
        entry = {"table": export.table, "file": export.key, "identity": identity, "column": bad.column}
        self.rows.append({**entry, "value": bad.value or "", "reason": bad.reason})


class OpenExport:
    """An export while it is written: takes coded rows bucket by bucket and adds the broken ones."""

    def __init__(self, export: Export, folder: Path, seed: int, planted: Planted) -> None:
        self.export, self.planted, self.seed = export, planted, seed
        self.rng = stream(seed, f"bad rows {export.key}")
        self.writer = export.writer(folder)
        self.rows, self.fresh = 0, 0

    def append(self, coded: Coded) -> None:
        """Write the rows of one bucket that this file shows."""
        export = self.export
        if export.shows is not None:
            rows = np.flatnonzero(export.shows(coded))
            coded = {
                name: values.take(pa.array(rows)) if isinstance(values, pa.Array) else values[rows]
                for name, values in coded.items()
            }
        table = export.rows(coded)
        if not len(table):
            return
        self.rows += len(table)
        table = self._with_bad(table)
        self.writer.append(table, self._broken(table) if export.broken_lines else ())

    def close(self) -> int:
        """End the file; returns how many good rows it holds."""
        self.writer.close()
        return self.rows

    def _with_bad(self, table: pa.Table) -> pa.Table:
        """Some rows more, each with one field that cannot be read, anywhere in the bucket but not in front."""
        export = self.export
        if not export.bad:
            return table
        count = max(int(np.ceil(CAMPAIGN.bad_rows * len(table))), len(export.bad) if self.fresh == 0 else 1)
        copies = table.take(pa.array(self.rng.integers(0, len(table), count))).to_pylist()
        header, prefix = export.identity
        numbers = scramble(FRESH + self.fresh + np.arange(count), self.seed + len(export.key))
        fresh = padded(numbers, 10, prefix).to_pylist()
        self.fresh += count
        for place, copy in enumerate(copies):
            bad = export.bad[place % len(export.bad)]
            copy[header] = fresh[place]
            copy[bad.header] = bad.value
            self.planted.note(export, bad, fresh[place])
        mixed = pa.concat_tables([table, pa.Table.from_pylist(copies, schema=table.schema)])
        moved = np.arange(len(table), dtype=float)
        target = self.rng.integers(0, len(table), count) + 0.5
        return mixed.take(pa.array(np.argsort(np.r_[moved, target], kind="stable")))

    def _broken(self, table: pa.Table) -> tuple[str, ...]:
        """One line that was cut off on its way."""
        values = [v or "" for v in table.slice(0, 1).to_pylist()[0].values()]
        line = str(self.export.reading.get("delimiter", ",")).join(values[: len(values) // 2])
        self.planted.note(self.export, Bad("", line, "", "fewer fields than columns"), "")
        return (line,)


def table_of(columns: Mapping[str, pa.Array]) -> pa.Table:
    """Columns of a file, in order."""
    return pa.table(dict(columns))
