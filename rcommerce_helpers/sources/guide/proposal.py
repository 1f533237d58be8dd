"""What the guide proposes: files, tables, how sure each mapping is, and what a person must decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.guide.meanings import Meaning
from rcommerce_helpers.sources.guide.profile import Profile
from rcommerce_helpers.sources.guide.sniff import Sniffed


@dataclass
class ProposedTable:
    """One section of a table: as in sources.toml, a comment above it, and how sure each column is."""

    table: str
    section: dict[str, Any]
    comments: list[str] = field(default_factory=list)
    sure: dict[str, Meaning] = field(default_factory=dict)


@dataclass
class ProposedFile:
    """One file: its key, what ``[files]`` says of it, and the columns that nothing reads.

    ``title`` names the preset that knows it, ``role`` the canonical table it was taken for where none does.
    """

    key: str
    sniffed: Sniffed
    profiles: tuple[Profile, ...]
    options: dict[str, Any]
    comments: list[str] = field(default_factory=list)
    title: str = ""
    role: str = ""
    unread: list[str] = field(default_factory=list)

    def column(self, name: str) -> Profile | None:
        return next((one for one in self.profiles if one.name == name), None)


@dataclass
class Proposal:
    """All that a sources.toml needs; ``decide``: what a person must decide, ``refused``: files that cannot be read.

    ``best_seller``: what brings most money and what a line of it brings; ``known``: what presets say of all the data.
    """

    data_set: dict[str, Any]
    about: dict[str, str]
    files: list[ProposedFile]
    tables: list[ProposedTable]
    reconcile: list[dict[str, Any]]
    decide: list[str]
    refused: list[str]
    best_seller: tuple[str, float] = ("", 0.0)
    known: dict[str, str] = field(default_factory=dict)


def speaks_of_person(table: str, column: str) -> bool:
    """Whether a canonical column holds what is personal, or points to a person."""
    known = {c.name: c for c in LANDED_TABLES[table].columns}
    return column in known and (known[column].personal or known[column].type == "record")


def tables_of(section: Mapping[str, Any]) -> set[str]:
    """Canonical tables that a reconciliation compares: the books alone reconcile with nothing."""
    return {section["table"]} | {section["against"][key] for key in ("table",) if key in section["against"]}


def write_alike(files: Sequence[ProposedFile]) -> None:
    """Files that are read by one select write alike: what one of them does not tell, another does."""
    for option in ("decimal", "thousands", "date_form"):
        told = [file.options[option] for file in files if option in file.options]
        for file in files if told else ():
            file.options.setdefault(option, told[0])
