"""The unpermitted reader: canonical tables as they landed, all persons, before any permission is applied.

Merging reads them, the room that landed them, and the tour for counting; import-linter keeps everybody else out.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import SchemaError

QUARANTINE = "quarantine"


def landed_path(folder: Path, table: str) -> Path:
    """Where a landed canonical table lies."""
    return folder / f"{table}.parquet"


def has_landed(folder: Path, table: str) -> bool:
    """Whether the data set has this canonical table, with at least one row."""
    return landed_path(folder, table).exists()


def read_landed(folder: Path, table: str, *, columns: list[str] | None = None) -> pd.DataFrame:
    """One landed canonical table, or some of its columns, all persons, permitted or not."""
    path = landed_path(folder, table)
    if not path.exists():
        raise SchemaError(
            table, got="no such landed table", expected="one of the data set's tables", do="See data_set.json"
        )
    return pd.read_parquet(path, columns=columns)
