"""How much of a preset's mapping the guide finds by itself: pairs of source column and canonical column.

The truth is the preset; the guide works with presets switched off. A personal column that goes to a canonical column
which is not personal is counted apart: one is too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.guide import propose
from rcommerce_helpers.sources.guide.proposal import Proposal

NAME = re.compile(r'"((?:[^"]|"")+)"')
HELPER = re.compile(r'(arg_max\((?:[^()]|\([^()]*\)|\((?:[^()]|\([^()]*\))*\))*?),\s*(?:\w+\.)?"[^"]+"\)')
"""The second name of arg_max says which row speaks, not what it says."""
Pair = tuple[str, str, str]
"""File name, source column, canonical table.column."""


class Firm(Protocol):
    """Exports whose truth is written down beside them; ``personal``: all columns that speak of a person."""

    @property
    def name(self) -> str: ...
    @property
    def means(self) -> Mapping[tuple[str, str], str]: ...
    @property
    def personal(self) -> frozenset[tuple[str, str]]: ...


@dataclass(frozen=True)
class Found:
    """``right`` of the ``known`` columns go where the preset says; ``harmless``: personal ones mapped as harmless.

    Columns are (file name, column); of a column with several meanings one is enough.
    """

    known: frozenset[tuple[str, str]]
    right: frozenset[tuple[str, str]]
    harmless: frozenset[Pair]


def compare(exports: Path, name: str) -> Found:
    """Map a folder with and without presets."""
    truth, guess = pairs(propose(exports, name)), pairs(propose(exports, name, presets=()))
    personal = {(file, column) for file, column, to in truth if _personal(to) and not _is_moment(column)}
    harmless = {pair for pair in guess if pair[:2] in personal and not _personal(pair[2])}
    known, right = {pair[:2] for pair in truth}, {pair[:2] for pair in truth & guess}
    return Found(frozenset(known), frozenset(right), frozenset(harmless))


def compare_stranger(exports: Path, stranger: Firm) -> Found:
    """Map the exports of a firm whose truth is written down beside them."""
    guess = pairs(propose(exports, stranger.name, presets=()))
    right = {(file, column) for file, column, to in guess if stranger.means.get((file, column)) == to}
    harmless = {pair for pair in guess if pair[:2] in stranger.personal and not _personal(pair[2])}
    return Found(frozenset(stranger.means), frozenset(right), frozenset(harmless))


def _is_moment(column: str) -> bool:
    """Which row speaks is often said by a moment that stands in the same value; a moment is no personal value."""
    return re.search(r"created|date|time|_at|am$", column, re.IGNORECASE) is not None and "birth" not in column.lower()


def _personal(canonical: str) -> bool:
    """Whether a canonical column speaks of a person."""
    table, column = canonical.split(".")
    known = LANDED_TABLES[table].column(column)
    return known.personal or known.type == "record"


def pairs(proposal: Proposal) -> set[Pair]:
    """Which source column goes to which canonical column; of a select by the names each of its values holds."""
    files = {file.key: file for file in proposal.files}
    found: set[Pair] = set()
    filled = {(file.key, one.name) for file in proposal.files for one in file.profiles if one.filled}
    for table in proposal.tables:
        for canonical, columns in _origins(table.section):
            if canonical in LANDED_TABLES[table.table].column_names:
                for key in _files(table.section, files):
                    own = set(files[key].sniffed.columns)
                    to = f"{table.table}.{canonical}"
                    found |= {
                        (files[key].sniffed.path.name, column, to)
                        for column in columns
                        if column in own and (key, column) in filled
                    }
    return found


def _files(section: Mapping[str, Any], files: Mapping[str, Any]) -> Iterable[str]:
    return [k for k in files if section.get("from") == k or re.search(rf"\b{k}\b", str(section.get("sql", "")))]


def _origins(section: Mapping[str, Any]) -> Iterable[tuple[str, set[str]]]:
    for canonical, origin in section.get("columns", {}).items():
        if isinstance(origin, str):
            yield canonical, {origin}
        else:
            named = {origin.get("column"), *origin.get("multiply", ()), *NAME.findall(str(origin.get("sql", "")))}
            yield canonical, {name for name in named if name}
    for item in _items(str(section.get("sql", ""))):
        said = re.search(r'\bas\s+"?(\w+)"?\s*$', item)
        if said:
            yield said[1], set(NAME.findall(HELPER.sub(r"\1)", item[: said.start()])))


def _items(sql: str) -> list[str]:
    """The values of the first select, split at the commas outside all brackets."""
    body = re.split(r"\bselect\b", sql, maxsplit=1)[-1]
    items, depth, start = [], 0, 0
    for i, sign in enumerate(body):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and (sign == "," or re.match(r"\bfrom\b", body[i:])):
            items.append(body[start:i].strip())
            start = i + 1
            if sign != ",":
                break
    return items
