"""Presets: how exports of known systems are read and mapped, one toml file for each, found by their headers.

A preset is written as a sources.toml is, over files of its own names. Filled with the files of a user it gives sections
that are written out whole: a sources.toml holds the mapping itself, never the name of a preset.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

SAYS = ("tax", "currency", "time_zone")
Section = dict[str, Any]


@dataclass(frozen=True)
class PresetFile:
    """One export of a system.

    ``header``: columns that must all be there; ``synonyms``: other spelling -> the one the mapping uses; ``options``:
    how the system writes it, as in ``[files]``; ``first_line``: a pattern that its first line must fit, whose named
    groups may stand in SQL as ``{name}``; ``optional``: tables that need it are left out where it is missing; ``key``:
    the column that names its documents, so that of two exports that overlap each counts once, as last written.
    """

    header: tuple[str, ...]
    synonyms: Mapping[str, str]
    options: Mapping[str, Any]
    first_line: str = ""
    optional: bool = False
    key: str = ""

    def spelt(self, columns: Iterable[str]) -> dict[str, str]:
        """Name used by the mapping -> the user's spelling, for all columns of a user's header."""
        others = {plain_name(other): name for other, name in self.synonyms.items()}
        found: dict[str, str] = {}
        for column in columns:
            found.setdefault(plain_name(others.get(plain_name(column), column)), column)
        return found


@dataclass(frozen=True)
class Preset:
    """What is known of the exports of one system.

    ``documented`` says where its header is described, ``traps`` what is easily misread in it; ``tables`` and
    ``reconcile`` are sections as in sources.toml, with the preset's own names of files and columns; ``says``: what it
    knows of the whole data set (tax, currency, time_zone).
    """

    name: str
    title: str
    system: str
    documented: str
    traps: tuple[str, ...]
    files: Mapping[str, PresetFile]
    tables: Mapping[str, Sequence[Section]]
    reconcile: Sequence[Section] = ()
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def signature(self) -> int:
        """How many columns it is known by: of two presets that fit, the one known by more is right."""
        return sum(len(file.header) for file in self.files.values())


@dataclass(frozen=True)
class Match:
    """A preset found among files.

    ``files`` maps the preset's name of a file to the user's, ``more`` to further files of the same kind, the newest
    first; ``words`` are the values that first lines gave, ``own_words`` those of each further file.
    """

    preset: Preset
    files: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def all_of(self, name: str) -> tuple[str, ...]:
        """The user's files of one kind, the newest first."""
        return self.files[name], *self.more.get(name, ())

    @property
    def keys(self) -> tuple[str, ...]:
        """All of the user's files."""
        return tuple(key for name in self.files for key in self.all_of(name))

    def renamed(self, names: Mapping[str, str]) -> Match:
        """The same match with other names for the user's files."""
        return replace(
            self,
            files={name: names[key] for name, key in self.files.items()},
            more={name: tuple(names[key] for key in keys) for name, keys in self.more.items()},
            own_words={names[key]: words for key, words in self.own_words.items()},
        )


@cache
def all_presets() -> tuple[Preset, ...]:
    """Every preset of this folder, by name."""
    return tuple(_read(path) for path in sorted(Path(__file__).parent.glob("*.toml")))


def _read(path: Path) -> Preset:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    told = content["preset"]
    files = {key: _read_file(dict(options)) for key, options in content["files"].items()}
    return Preset(
        path.stem, told["title"], told["system"], told["documented"], tuple(told.get("traps", ())), files,
        content["tables"], content.get("reconcile", ()), {key: told[key] for key in SAYS if key in told},
    )  # fmt: skip


def _read_file(options: dict[str, Any]) -> PresetFile:
    header, synonyms = tuple(options.pop("header")), options.pop("synonyms", {})
    first_line, optional = options.pop("first_line", ""), options.pop("optional", False)
    key = options.pop("key", "")
    return PresetFile(header, synonyms, options, first_line, optional, key)


def plain_name(column: str) -> str:
    r"""A column name by its letters, digits and signs: case, blanks and marks of bytes do not count.

    Examples
    --------
    >>> plain_name('\ufeff"Order  ID"'), plain_name("ORDER ID ")
    ('order id', 'order id')
    """
    text = unicodedata.normalize("NFKC", column).replace("\ufeff", "").strip().strip('"').strip()
    return " ".join(text.casefold().split())


def matches(
    presets: Sequence[Preset], headers: Mapping[str, Sequence[str]], first_lines: Mapping[str, str] | None = None
) -> tuple[Match, ...]:
    """Which files of a user are which exports.

    Parameters
    ----------
    presets
        Those to look for.
    headers
        Name of a file -> its columns.
    first_lines
        Name of a file -> its first line, for exports that say there what they are.

    Returns
    -------
    tuple of Match
        A file belongs to one preset at most, the one known by most columns. Files of one kind that spell their columns
        alike belong to one match, others give each its own.

    Examples
    --------
    >>> header = ["Name", "Email", "Financial Status", "Lineitem quantity", "Lineitem price", "Created at", "Total"]
    >>> found = matches(all_presets(), {"export": [*header, "Subtotal", "Lineitem name"]})
    >>> [(match.preset.name, dict(match.files)) for match in found]
    [('shopify_orders', {'shopify_orders': 'export'})]
    """
    free, found = dict(headers), []
    for preset in sorted(presets, key=lambda p: -p.signature):
        for match in _of_preset(preset, free, first_lines or {}):
            found.append(match)
            for key in match.keys:
                free.pop(key)
    order = list(headers)
    return tuple(sorted(found, key=lambda m: min(order.index(key) for key in m.keys)))


def _of_preset(preset: Preset, headers: Mapping[str, Sequence[str]], lines: Mapping[str, str]) -> list[Match]:
    taken: set[str] = set()
    fitting: dict[str, list[str]] = {}
    for name, file in sorted(preset.files.items(), key=lambda item: -len(item[1].header)):
        fitting[name] = [key for key in headers if key not in taken and _fits(file, headers[key], lines.get(key, ""))]
        taken |= set(fitting[name])
    newest_first = (reversed(keys) for keys in fitting.values())
    rows = [{n: k for n, k in zip(fitting, keys) if k is not None} for keys in zip_longest(*newest_first)]
    whole = [files for files in rows if all(name in files or file.optional for name, file in preset.files.items())]
    sets: list[Match] = []
    for files in [*whole, *(files for files in rows if files not in whole)]:
        twin = next((i for i, match in enumerate(sets) if _alike(match, files, headers)), None)
        words = dict(_words(preset, files, lines))
        if twin is not None:
            sets[twin] = _with_more(sets[twin], files, words)
        elif files in whole:
            sets.append(Match(preset, {name: files[name] for name in preset.files if name in files}, words))
    return sets


def _alike(match: Match, files: Mapping[str, str], headers: Mapping[str, Sequence[str]]) -> bool:
    """Whether files are further ones of the kinds of a match: columns that both have are spelt alike."""
    for name, key in files.items():
        if name not in match.files:
            return False
        ours, theirs = (match.preset.files[name].spelt(headers[k]) for k in (match.files[name], key))
        if any(theirs.get(plain, own) != own for plain, own in ours.items()):
            return False
    return True


def _with_more(match: Match, files: Mapping[str, str], words: Mapping[str, str]) -> Match:
    more = {name: (*match.more.get(name, ()), *([files[name]] if name in files else [])) for name in match.files}
    own = {**match.own_words, **dict.fromkeys(files.values(), words)}
    return replace(match, more={name: keys for name, keys in more.items() if keys}, own_words=own)


def _fits(file: PresetFile, columns: Sequence[str], line: str) -> bool:
    spelt = file.spelt(columns)
    return all(plain_name(name) in spelt for name in file.header) and re.search(file.first_line, line) is not None


def _words(preset: Preset, files: Mapping[str, str], lines: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, key in files.items():
        said = re.search(preset.files[name].first_line, lines.get(key, ""))
        yield from said.groupdict().items() if said else ()
