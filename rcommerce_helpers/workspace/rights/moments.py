"""The times of a person, by which a story is known that is told without a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Moments:
    """``all``: the times of a person, as 2024-06-30T12:34:56; ``own``: those at which nobody else did anything."""

    all: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


def moments_of(landed: Path, records: frozenset[str]) -> Moments:
    """Times in the landed rows of some records, UTC and by the wall clock; days without an hour are left out."""
    tables = [table for path in sorted(landed.glob("*.parquet")) if (table := _timed(path)) is not None]
    ids = pa.array(sorted(records), type=pa.string())
    mine = [pc.is_in(pc.cast(table["record_id"], pa.string()), value_set=ids) for table in tables]
    found = {moment for table, rows in zip(tables, mine) for moment in _times(table.filter(rows))}
    seconds = pa.array(sorted(found), type=pa.timestamp("s"))
    shared = set()
    for table, rows in zip(tables, mine):
        others = table.filter(pc.invert(rows))
        for column in _time_columns(others):
            times = pc.floor_temporal(others[column], unit="second").cast(pa.timestamp("s"))
            shared |= set(pc.unique(times.filter(pc.is_in(times, value_set=seconds))).to_pylist())
    return Moments(frozenset(map(_written, found)), frozenset(map(_written, found - shared)))


def _timed(path: Path) -> pa.Table | None:
    schema = pq.read_schema(path)
    times = _time_columns(schema.empty_table())
    return pq.read_table(path, columns=["record_id", *times]) if "record_id" in schema.names and times else None


def _time_columns(table: pa.Table) -> list[str]:
    return [field.name for field in table.schema if pa.types.is_timestamp(field.type)]


def _times(table: pa.Table) -> Iterator[datetime]:
    for column in _time_columns(table):
        for moment in pc.drop_null(table[column]).to_pylist():
            second = moment.replace(microsecond=0, tzinfo=None)
            if (second.hour, second.minute, second.second) != (0, 0, 0):
                yield datetime.fromisoformat(second.isoformat())


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}"
