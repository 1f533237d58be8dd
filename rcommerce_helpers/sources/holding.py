"""How many rows of a file hold somebody: by a word in any column, or by their number where records are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.engine import READERS

Ids = Mapping[str, set[str]]
"""System -> what it calls somebody."""


def rows_that_hold(data_set: DataSet, key: str, rough: str, ids: Ids, hits: Callable[[str], bool]) -> int:
    """Rows of one declared file that hold somebody, lines that are no records among them.

    Parameters
    ----------
    rough
        A pattern that finds at least what ``hits`` does.
    ids
        What each system calls the person: counts in columns that a mapping reads as a record of that system.
    hits
        Whether a text names the person.

    Raises
    ------
    SchemaError
        The file is missing or damaged.
    """
    path, count = data_set.file_path(key), 0
    columns = columns_of_records(data_set, key)
    for table, bad in _blocks(data_set, key, path):
        count += sum(map(hits, bad))
        found = pa.array([False] * len(table), type=pa.bool_())
        for name in table.column_names:
            texts = pc.cast(table[name], pa.string(), safe=False).combine_chunks()
            near = pc.fill_null(pc.match_substring_regex(texts, rough), False)
            sure = {v for v in pc.unique(texts.filter(near)).to_pylist() if v is not None and hits(v)}
            sure |= {number for source in columns.get(name, ()) for number in ids.get(source, ())}
            found = pc.or_(found, pc.is_in(texts, value_set=pa.array(sorted(sure), type=pa.string())))
        count += int(pc.sum(found).as_py() or 0)
    return count


def columns_of_records(data_set: DataSet, key: str) -> dict[str, set[str]]:
    """Column of a file -> systems whose records it names, as the mappings say."""
    found: dict[str, set[str]] = {}
    for name, sections in data_set.config.tables.items():
        records = {c.name for c in LANDED_TABLES[name].columns if c.type == "record"}
        for section in sections:
            for column, origin in section.columns.items() if section.from_ == key else ():
                source = origin.source or section.source or data_set.config.files[key].source or ""
                if column in records and origin.column is not None:
                    found.setdefault(origin.column, set()).add(source)
    return found


def _blocks(data_set: DataSet, key: str, path: Path) -> Iterator[tuple[pa.Table, list[str]]]:
    if data_set.format_of(key) == "parquet":
        for batch in pq.ParquetFile(path).iter_batches():
            yield pa.Table.from_batches([batch]), []
        return
    spec = data_set.config.files[key]
    for block in READERS[data_set.format_of(key)](path, spec, f"files.{key} ({path.name})"):
        yield block.records.drop_columns(["_line"]), [line.value for line in block.bad]
