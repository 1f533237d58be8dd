"""What became of the columns of a file since the last run: gone, new, renamed, or written in another way.

A column is known again by its values: the smallest hashes of those in its first rows. They are kept beside the landed
tables, where the values themselves lie; nothing of them is in the facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.results import read_json, write_json
from rcommerce_helpers.sources.engine import LoadedFile
from rcommerce_helpers.sources.parsing import named, quoted

COLUMNS_FILE = "columns.json"
SAMPLE_ROWS = 20_000
SKETCH = 32
HASHES = 1 << 20
"""Thousands of telephone numbers share each hash, so that none is known by it."""
SAME = 0.5
"""Share of common values from which two columns hold the same ones."""
VALUES_MIN = 3
"""Fewer different values say nothing: many columns hold yes and no."""
MOSTLY = 0.99
FORMS = {
    "whole numbers": r"[-+]?[0-9]+",
    "numbers with a point": r"[-+]?([0-9]+|[0-9]{1,3}([,'][0-9]{3})+)(\.[0-9]+)?",
    "numbers with a comma": r"[-+]?([0-9]+|[0-9]{1,3}([.'][0-9]{3})+)(,[0-9]+)?",
    "days as 2024-03-05": r"\d{4}-\d{2}-\d{2}([ T].*)?",
    "days as 05.03.2024": r"\d{1,2}\.\d{1,2}\.\d{2,4}( .*)?",
    "days as 05/03/2024": r"\d{1,2}/\d{1,2}/\d{2,4}( .*)?",
}
"""How the values of a column of text may be written; the first that fits nearly all."""
NO_NEWS = {"whole numbers", "numbers with a point", "numbers with a comma"}
Columns = Mapping[str, Mapping[str, Any]]


def columns_of(connection: duckdb.DuckDBPyConnection, files: Mapping[str, LoadedFile]) -> dict[str, dict[str, Any]]:
    """File -> column -> ``type`` in words, and ``sketch`` of its values."""
    return {key: _columns_of_one(connection, key, file.columns) for key, file in files.items()}


def _columns_of_one(
    connection: duckdb.DuckDBPyConnection, key: str, kinds: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """All columns of a file in one query, since the engine takes longer to read a query than a small file."""
    texts = (f"nullif(trim(cast({named(c)} as varchar)), '') as v{n}" for n, c in enumerate(kinds))
    asked = (what for n, kind in enumerate(kinds.values()) for what in _asked_of(f"v{n}", kind))
    row = iter(
        connection.sql(
            f"select {', '.join(asked)} from "
            f"(select {', '.join(texts)} from {named('_file_' + key)} limit {SAMPLE_ROWS})"
        ).fetchall()[0]
    )
    return {column: _told(row, kind) for column, kind in kinds.items()}


def _asked_of(v: str, kind: str) -> list[str]:
    """What is counted of one column; how its texts are written, of those that arrived as text."""
    forms = FORMS.values() if kind == "VARCHAR" else ()
    shares = [f"avg(cast(regexp_full_match({v}, {quoted(form)}) as integer))" for form in forms]
    return [f"count({v})", f"min(distinct md5_number_lower({v}) % {HASHES}, {SKETCH})", *shares]


def _told(row: Iterator[Any], kind: str) -> dict[str, Any]:
    """The answers about one column, in the order of ``_asked_of``."""
    filled, sketch = next(row), next(row)
    shares = [next(row) for _ in FORMS] if kind == "VARCHAR" else []
    written = next((words for words, share in zip(FORMS, shares) if (share or 0) >= MOSTLY), "text")
    told = written if kind == "VARCHAR" else kind
    return {"type": told if filled else "", "sketch": sorted({str(h) for h in sketch or ()})}


def write_columns(folder: Path, columns: Columns) -> None:
    """Keep the columns of this landing for the next one."""
    write_json(folder / COLUMNS_FILE, dict(columns))


def changes_since(previous: Path | None, now: Columns) -> tuple[str, ...]:
    """What changed since an earlier landing, a line each, in the order of the files; nothing where there is none."""
    if previous is None or not (previous / COLUMNS_FILE).exists():
        return ()
    before: dict[str, Any] = read_json(previous / COLUMNS_FILE)
    return tuple(line for key in now if key in before for line in _changes(key, before[key], now[key]))


def _changes(key: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    gone, new = [c for c in before if c not in now], [c for c in now if c not in before]
    for column in gone:
        if same := _likest(before[column], {c: now[c] for c in new}):
            new.remove(same)
            yield f"{key}: column {column!r} is gone; {same!r} is new and holds the same values"
        else:
            yield f"{key}: column {column!r} is gone"
    yield from (f"{key}: column {column!r} is new" for column in new)
    for column in now:
        was, is_ = (side.get(column, {}).get("type", "") for side in (before, now))
        if was and is_ and was != is_ and not (was in NO_NEWS and is_ in NO_NEWS and "whole numbers" in (was, is_)):
            yield f"{key}: column {column!r} was {was}, and is {is_}"


def _likest(column: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> str:
    """The one column that holds the same values; empty where none does."""
    mine = set(column["sketch"])
    alike = {name: _common(mine, set(other["sketch"])) for name, other in others.items()}
    best = max(alike, key=lambda name: alike[name], default="")
    return best if len(mine) >= VALUES_MIN and best and alike[best] >= SAME else ""


def _common(one: set[str], other: set[str]) -> float:
    """Share of common values, by the smallest hashes of both."""
    smallest = set(sorted(one | other, key=int)[:SKETCH])
    return len(one & other & smallest) / len(smallest) if smallest else 0.0


@contextmanager
def told_with(changes: tuple[str, ...]) -> Iterator[None]:
    """A complaint about a column that changed names the change."""
    try:
        yield
    except SchemaError as error:
        if not changes:
            raise
        since = f"Since the last run: {'; '.join(changes[:5])}"
        raise type(error)(error.name, got=error.got, expected=error.expected, do=f"{error.do}. {since}") from None
