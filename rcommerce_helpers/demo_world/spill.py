"""Between generating and writing: coded rows wait on disk in buckets, so that memory stays flat at any size.

Chunks of people arrive one after the other; exports want whole files in the order a system would write them (time, or
number). Each chunk's rows are cut into buckets by that order; an export reads one bucket of all chunks at a time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import feather

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.chance import Array

NUMBER_BUCKETS = 8


class Spill:
    """Coded rows by table and bucket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chunks = 0

    def add(self, table: str, columns: Mapping[str, Array | pa.Array], bucket: Array) -> None:
        """Put the rows of one chunk aside; ``bucket`` says for each row in which part of the file it will stand."""
        self.chunks += 1
        rows = np.argsort(bucket, kind="stable")
        frame = pa.table(dict(columns)).take(pa.array(rows))
        values, starts = np.unique(bucket[rows], return_index=True)
        ends = np.r_[starts[1:], len(rows)]
        for value, start, end in zip(values.tolist(), starts.tolist(), ends.tolist()):
            path = self.folder / table / f"{value:04d}" / f"{self.chunks:06d}.arrow"
            path.parent.mkdir(parents=True, exist_ok=True)
            feather.write_feather(frame.slice(start, end - start), path, compression="uncompressed")

    def buckets(self, table: str, sort: str) -> Iterator[dict[str, Array]]:
        """Rows of one bucket after the other, sorted by one column; the bucket's files go as they are read."""
        for folder in sorted((self.folder / table).glob("*")):
            frame = pa.concat_tables([feather.read_table(p, memory_map=False) for p in sorted(folder.glob("*.arrow"))])
            order = np.argsort(frame[sort].to_numpy(), kind="stable")
            frame = frame.take(pa.array(order)).combine_chunks()
            shutil.rmtree(folder)
            yield {name: _column(frame[name]) for name in frame.column_names}


def _column(values: pa.ChunkedArray) -> Array:
    """Numbers as numpy, text stays arrow."""
    plain: Array = values.combine_chunks() if pa.types.is_string(values.type) else values.to_numpy()
    return plain


def by_month(at: Array) -> Array:
    """Bucket of a moment within the window."""
    return np.searchsorted(clock.month_starts(), at, side="right") - 1


def by_number(number: Array) -> Array:
    """Bucket of a scrambled 32-bit number."""
    return number >> (32 - NUMBER_BUCKETS.bit_length() + 1)
