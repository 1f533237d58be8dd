"""One file without one person: tables by rows and cells, notebooks, JSON, toml and text by words, else the file goes.

Whatever is written is a new file under the old name, so that a table linked from another run stays as it is there.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import tomlkit

from rcommerce_helpers.engine import connect
from rcommerce_helpers.files import write_whole
from rcommerce_helpers.results import write_json
from rcommerce_helpers.workspace.rights.sweeping import MASK, Sweep

OWNERS = ("record_id", "customer_id")
"""Columns that say whose a row is: with the person it goes."""
ADDRESSES = ("contact_point", "email", "phone")
"""Columns of which a value that is only the person's takes the row with it."""
FREE = ("text", "answer", "value", "proof")
"""Columns in which people wrote what they liked."""
QUARANTINE = "quarantine"


@dataclass(frozen=True)
class Change:
    """What became of one file: rows that are gone, texts that were masked, stories taken out, or the whole file."""

    file: str
    rows: int = 0
    texts: int = 0
    stories: int = 0
    removed: bool = False


@dataclass(frozen=True)
class Eraser:
    """Takes one person out of files.

    ``sweep`` knows the person's words, ``ids`` their records and pseudonyms; ``stand_in`` takes the place of an id in
    rows of others. Without ``write`` everything is only counted. ``names_alone``: single names count wherever they
    stand, as in the term tables of a model, where a name of one person only is that person. ``note`` takes the place of
    a story.
    """

    sweep: Sweep
    ids: frozenset[str]
    stand_in: str
    write: bool
    names_alone: bool = False
    note: str = ""

    def erase(self, path: Path, name: str, *, whose: bool = True) -> Change | None:
        """Take the person out of one file; None where it does not hold them.

        Parameters
        ----------
        name
            What the file is called in the change.
        whose
            False = rows that are the person's were seen to already; only words are looked for.
        """
        match path.suffix:
            case ".parquet":
                return self._table(path, name, whose=whose)
            case ".ipynb":
                return self._notebook(path, name)
            case ".json":
                return self._json(path, name)
            case ".toml":
                return self._toml(path, name)
            case ".jsonl" | ".txt" | ".html" | ".csv" | ".md" | ".log":
                return self._text(path, name)
        return self._remove(path, name) if any(map(self._holds, contents(path))) else None

    def _holds(self, text: str) -> bool:
        return self.sweep.hits(text, free=True)

    def _masked(self, text: str) -> str:
        return self.sweep.masked(text, free=self.names_alone)

    def _remove(self, path: Path, name: str) -> Change:
        if self.write:
            path.unlink()
        return Change(name, removed=True)

    def _text(self, path: Path, name: str) -> Change | None:
        text = path.read_text(encoding="utf-8", errors="replace")
        done = "".join(self._masked(line) for line in text.splitlines(keepends=True))
        if done == text:
            return None
        if self.write:
            write_whole(path, lambda new: new.write_text(done, encoding="utf-8"))
        return Change(name, texts=done.count(MASK) - text.count(MASK))

    def _json(self, path: Path, name: str) -> Change | None:
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            return self._text(path, name)
        done = self.sweep.masked_content(content, free=self.names_alone)
        if done == content:
            return None
        if self.write:
            write_json(path, done)
        return Change(name, texts=_counted(done) - _counted(content))

    def _notebook(self, path: Path, name: str) -> Change | None:
        """Outputs without the person; a cell that tells their story loses all its outputs."""
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        told = [c for c in content["cells"] if any(map(self._tells, c.get("outputs", [])))]
        for cell in told:
            said = {"text/markdown": f"*{self.note}*", "text/plain": self.note}
            cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": said}]
        done = self.sweep.masked_content(content)
        masked = _counted(done) - _counted(content)
        if not told and not masked:
            return None
        if self.write:
            write_json(path, done)
        return Change(name, texts=masked, stories=len(told))

    def _tells(self, output: object) -> bool:
        return self.sweep.tells_story(json.dumps(output, ensure_ascii=False))

    def _toml(self, path: Path, name: str) -> Change | None:
        """Entries that name the person go; the others stay as they are written."""
        content = tomlkit.parse(path.read_text(encoding="utf-8"))
        gone = self._without_entries(content)
        text = tomlkit.dumps(content)
        done = self.sweep.masked(text) if self.sweep.hits(text) else text
        if not gone and done == text:
            return None
        if self.write:
            write_whole(path, lambda new: new.write_text(done, encoding="utf-8"))
        return Change(name, rows=gone, texts=int(done != text))

    def _without_entries(self, content: Any) -> int:
        """Remove what names the person: an entry of a list as a whole, else the value under its name."""
        gone = 0
        if isinstance(content, list):
            for i in reversed(range(len(content))):
                if self.sweep.hits(json.dumps(_plain(content[i]), ensure_ascii=False, default=str)):
                    del content[i]
                    gone += 1
            return gone
        for key in list(content):
            value = content[key]
            if self.sweep.hits(str(key)) or (isinstance(value, str) and self.sweep.hits(value)):
                del content[key]
                gone += 1
            elif isinstance(value, (dict, list)):
                gone += self._without_entries(value)
        return gone

    def _table(self, path: Path, name: str, *, whose: bool) -> Change | None:
        table = pq.read_table(path)
        if not whose:
            table = self._of_others(table)
        stays = self._rows_that_stay(table, path.stem, whose=whose)
        gone = len(table) - (pc.sum(stays).as_py() or 0)
        left, masked = self._masked_cells(table.filter(stays))
        if not gone and not masked:
            return None
        if self.write:
            write_whole(path, lambda new: pq.write_table(left, new, compression="zstd"))
        return Change(name, rows=gone, texts=masked)

    def _of_others(self, table: pa.Table) -> pa.Table:
        """The rows that name somebody else, or nobody: what was seen to already is not counted again."""
        for column in OWNERS:
            if column in table.column_names and _is_text(table.schema.field(column).type):
                table = table.filter(pc.invert(self._among(table[column], self.ids)))
        return table

    def _rows_that_stay(self, table: pa.Table, stem: str, *, whose: bool) -> pa.Array:
        texts = [c for c in table.column_names if _is_text(table.schema.field(c).type)]
        gone = pa.array([False] * len(table), type=pa.bool_())
        for column in OWNERS if whose else ():
            if column in texts:
                gone = pc.or_(gone, self._among(table[column], self.ids))
        for column in ADDRESSES:
            if column in texts:
                gone = pc.or_(gone, self._among(table[column], self._addresses(table[column])))
        if stem == QUARANTINE and "value" in texts:
            gone = pc.or_(gone, self._among(table["value"], self._held(table["value"])))
        if not any(owner in table.column_names for owner in OWNERS) and self._story(table):
            gone = pa.array([True] * len(table), type=pa.bool_())
        return pc.invert(gone)

    @staticmethod
    def _among(column: pa.ChunkedArray, values: frozenset[str]) -> pa.Array:
        plain = pc.cast(column, pa.string()).combine_chunks()
        return pc.is_in(plain, value_set=pa.array(sorted(values), type=pa.string()))

    def _addresses(self, column: pa.ChunkedArray) -> frozenset[str]:
        """Values of a column that are, as a whole, an address or number of the person."""
        return frozenset(v for v in self._suspects(column) if self.sweep.pattern.fullmatch(v.strip()))

    def _held(self, column: pa.ChunkedArray) -> frozenset[str]:
        """Values in quarantine that name the person, single names among them."""
        return frozenset(v for v in _distinct(column) if self._holds(v) or v.strip() in self.sweep.words.cells)

    def _suspects(self, column: pa.ChunkedArray, *, free: bool = False) -> list[str]:
        """Distinct values that a rough look does not clear."""
        if free:
            return _distinct(column)
        values = pc.drop_null(pc.unique(pc.cast(column, pa.string()).combine_chunks()))
        near = pc.match_substring_regex(values, self.sweep.rough)
        markup = pc.match_substring(values, "&")
        return [str(v) for v in values.filter(pc.or_(near, markup)).to_pylist()]

    def _story(self, table: pa.Table) -> bool:
        moments = [c for c in table.column_names if pa.types.is_timestamp(table.schema.field(c).type)]
        values = (str(v) for c in moments for v in pc.drop_null(table[c]).to_pylist())
        return self.sweep.tells_story(" ".join(values))

    def _masked_cells(self, table: pa.Table) -> tuple[pa.Table, int]:
        count = 0
        for i, field in enumerate(table.schema):
            column = table[field.name]
            if _is_text(field.type):
                changed = self._changes(column, free=self.names_alone or field.name in FREE)
            elif pa.types.is_nested(field.type):
                held = [v for v in column.to_pylist() if v is not None and self.sweep.hits(str(v))]
                if held:
                    cells = [self.sweep.masked_content(v) for v in column.to_pylist()]
                    table = table.set_column(i, field, pa.chunked_array([pa.array(cells, type=field.type)]))
                    count += len(held)
                continue
            else:
                continue
            if changed:
                cells = [changed.get(v, v) for v in column.to_pylist()]
                count += sum(v in changed for v in column.to_pylist())
                table = table.set_column(i, field, pa.chunked_array([pa.array(cells, type=field.type)]))
        return table, count

    def _changes(self, column: pa.ChunkedArray, *, free: bool) -> dict[str, str]:
        """Value -> what stands there without the person, for the values that name them."""
        changed = {}
        for value in self._suspects(column, free=free):
            done = self.stand_in if value in self.ids else self.sweep.masked(value, free=free)
            if done != value:
                changed[value] = done
        return changed


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner))


def _distinct(column: pa.ChunkedArray) -> list[str]:
    return [str(v) for v in pc.drop_null(pc.unique(pc.cast(column, pa.string()).combine_chunks())).to_pylist()]


def _counted(content: Any) -> int:
    return json.dumps(content, ensure_ascii=False).count(MASK)


def _plain(content: Any) -> Any:
    return content.unwrap() if hasattr(content, "unwrap") else content


def contents(path: Path) -> Iterator[str]:
    """Texts of a file of another kind: unpacked, asked for its rows, or its bytes as they are."""
    reader = READERS.get(path.suffix)
    if reader is not None:
        with suppress(OSError, EOFError, zipfile.BadZipFile, sqlite3.Error):
            yield from reader(path)
    yield path.read_bytes().decode("utf-8", errors="replace")


def _unpacked(path: Path) -> Iterator[str]:
    yield gzip.decompress(path.read_bytes()).decode("utf-8", errors="replace")


def _archived(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name
            yield archive.read(name).decode("utf-8", errors="replace")


def _sqlite(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield from connection.iterdump()


def _duckdb(path: Path) -> Iterator[str]:
    connection = connect()
    try:
        connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as held (read_only)")
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'held'"
        ).fetchall():
            for row in connection.execute(f'select * from held."{table}"').fetchall():  # noqa: S608 - its own table
                yield " ".join(map(str, row))
    finally:
        connection.close()


READERS: dict[str, Callable[[Path], Iterator[str]]] = {
    ".gz": _unpacked, ".zip": _archived, ".skops": _archived, ".npz": _archived, ".sqlite": _sqlite, ".db": _sqlite,
    ".duckdb": _duckdb,
}  # fmt: skip
"""Suffix -> how what lies in such a file is read."""
