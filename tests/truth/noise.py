"""A data set in which nothing depends on anything: a real landing whose outcomes, categories and answers are shuffled.

What stays is what a shop looks like: how many orders, contacts and answers there are, their texts, prices and days.
What goes is every relation between them: who ordered, what lay in the basket, what a contact brought, what people said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rcommerce_helpers.workspace.runs.request import Data

SHUFFLED_ALONE: dict[str, tuple[tuple[str, ...], str]] = {
    "contacts": (("opened", "clicked", "converted", "revenue", "unsubscribed"), "campaign_id"),
    "web_events": (("event", "product_id", "order_id", "page"), ""),
    "service_cases": (("solved", "satisfaction", "handovers", "contact_count"), ""),
    "surveys": (("answer", "score"), "question"),
    "feedback": (("stars",), ""),
    "forms": (("value",), "field"),
    "attributes": (("value",), "name"),
}
"""Table -> columns that are shuffled together, within equal values of one column (none: over the whole table)."""


@dataclass(frozen=True)
class NoiseData:
    """A data set whose landed tables are shuffled before anybody reads them."""

    inner: Data
    seed: int

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def fingerprint(self) -> str:
        return f"{self.inner.fingerprint}-noise-{self.seed}"

    def land(self, folder: Path, previous: Path | None) -> None:
        """Land as usual, then break every relation."""
        self.inner.land(folder, previous)
        make_noise(folder, self.seed)


def make_noise(landed: Path, seed: int) -> None:
    """Shuffle the landed tables of a folder in place."""
    rng = np.random.default_rng(seed)
    for name, (columns, within) in SHUFFLED_ALONE.items():
        path = landed / f"{name}.parquet"
        if path.exists():
            pq.write_table(shuffled(pq.read_table(path), columns, within, rng), path)
    _orders_of_anybody(landed, rng)


def shuffled(table: pa.Table, columns: tuple[str, ...], within: str, rng: np.random.Generator) -> pa.Table:
    """The named columns in another order, row by row together; rows of equal ``within`` change places."""
    order = np.arange(table.num_rows)
    for rows in _groups(table, within):
        order[rows] = rng.permutation(rows)
    for name in columns:
        if name in table.column_names:
            table = table.set_column(
                table.column_names.index(name), table.field(name), table[name].take(pa.array(order))
            )
    return table


def _groups(table: pa.Table, within: str) -> Iterator[np.ndarray]:
    if not within:
        yield np.arange(table.num_rows)
        return
    codes = table[within].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    codes = np.nan_to_num(codes.astype(float), nan=-1)
    for code in np.unique(codes):
        yield np.flatnonzero(codes == code)


def _orders_of_anybody(landed: Path, rng: np.random.Generator) -> None:
    """Every order is anybody's, and every line lies in any order; people are the accounts of the shop."""
    orders, lines = (pq.read_table(landed / f"{name}.parquet") for name in ("orders", "order_lines"))
    people = [r for r in pq.read_table(landed / "source_records.parquet")["record_id"].to_pylist() if "shop:" in r]
    drawn = pa.array(rng.choice(np.array(people, dtype=object), orders.num_rows), orders.field("record_id").type)
    pq.write_table(_with(orders, "record_id", drawn), landed / "orders.parquet")
    place = np.sort(rng.integers(0, orders.num_rows, lines.num_rows))
    lines = lines.take(pa.array(rng.permutation(lines.num_rows)))
    number = np.arange(len(place)) - np.searchsorted(place, place) + 1
    lines = _with(lines, "order_id", orders["order_id"].combine_chunks().take(pa.array(place)))
    lines = _with(lines, "line_number", pa.array(number).cast(lines.field("line_number").type))
    pq.write_table(lines, landed / "order_lines.parquet")


def _with(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.field(name), values)
