"""Presets: how exports of known systems are read and mapped, one toml file for each, found by their headers.

A preset is written as a sources.toml is, over files of its own names. Filled with the files of a user it gives sections
that are written out whole: a sources.toml holds the mapping itself, never the name of a preset.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

QUOTED_NAME = re.compile(r'(?P<alias>\bas\s+)?(?:\b(?P<of>\w+)\.)?"(?P<name>(?:[^"]|"")+)"', re.IGNORECASE)
NO_SHORT_NAMES = frozenset("where group order join left right full inner cross on union limit having qualify".split())
SAYS = ("tax", "currency", "time_zone")
Section = dict[str, Any]


@dataclass(frozen=True)
class PresetFile:
    """One export of a system.

    ``header``: columns that must all be there; ``synonyms``: other spelling -> the one the mapping uses; ``options``:
    how the system writes it, as in ``[files]``; ``first_line``: a pattern that its first line must fit, whose named
    groups may stand in SQL as ``{name}``; ``optional``: tables that need it are left out where it is missing.
    """

    header: tuple[str, ...]
    synonyms: Mapping[str, str]
    options: Mapping[str, Any]
    first_line: str = ""
    optional: bool = False

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

    ``files`` maps the preset's name of a file to the user's; ``words`` are the values that first lines gave.
    """

    preset: Preset
    files: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)


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
    return PresetFile(header, synonyms, options, first_line, optional)


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
        A file belongs to one preset at most, the one known by most columns; two files of one kind give two matches.

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
            for key in match.files.values():
                free.pop(key)
    order = list(headers)
    return tuple(sorted(found, key=lambda m: min(order.index(key) for key in m.files.values())))


def _of_preset(preset: Preset, headers: Mapping[str, Sequence[str]], lines: Mapping[str, str]) -> list[Match]:
    taken: set[str] = set()
    fitting: dict[str, list[str]] = {}
    for name, file in sorted(preset.files.items(), key=lambda item: -len(item[1].header)):
        fitting[name] = [key for key in headers if key not in taken and _fits(file, headers[key], lines.get(key, ""))]
        taken |= set(fitting[name])
    sets = []
    for keys in zip_longest(*fitting.values()):
        files = {name: key for name, key in zip(fitting, keys) if key is not None}
        if all(name in files or file.optional for name, file in preset.files.items()):
            ordered = {name: files[name] for name in preset.files if name in files}
            sets.append(Match(preset, ordered, dict(_words(preset, ordered, lines))))
    return sets


def _fits(file: PresetFile, columns: Sequence[str], line: str) -> bool:
    spelt = file.spelt(columns)
    return all(plain_name(name) in spelt for name in file.header) and re.search(file.first_line, line) is not None


def _words(preset: Preset, files: Mapping[str, str], lines: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, key in files.items():
        said = re.search(preset.files[name].first_line, lines.get(key, ""))
        yield from said.groupdict().items() if said else ()


def filled(match: Match, headers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The sections of a sources.toml that a match stands for, in the user's names of files and columns.

    Returns
    -------
    dict
        ``files``: user's name -> options without a path; ``tables``: canonical table -> list of sections;
        ``reconcile``: list of sections. A column that the user's export does not have is left out of a mapping, and is
        null in SQL; a section without a column it cannot do without (``needs``) or without its file is left out, and so
        is one that stands in for a file that is there (``without``).
    """
    preset = match.preset
    spelt = {name: preset.files[name].spelt(headers[key]) for name, key in match.files.items()}
    files = {key: {**preset.files[name].options, "source": preset.system} for name, key in match.files.items()}
    for options in files.values():
        _fill_rules(options, match, spelt)
    tables: dict[str, list[Section]] = {}
    for table, sections in preset.tables.items():
        made = [_section(section, match, spelt) for section in sections]
        if kept := [section for section in made if section is not None]:
            tables[table] = kept
    reconcile = [_section(section, match, spelt) for section in preset.reconcile]
    return {"files": files, "tables": tables, "reconcile": [section for section in reconcile if section is not None]}


Spelt = Mapping[str, Mapping[str, str]]


def _section(section: Section, match: Match, spelt: Spelt) -> Section | None:
    """One section in the user's names; None where its file or a column it needs is missing."""
    made = {key: value for key, value in section.items() if key not in {"needs", "joins", "without"}}
    if any(name in match.files for name in section.get("without", ())):
        return None
    file = section.get("from", "")
    asked = [file] if file else [n for n in match.preset.files if _names(n).search(str(section.get("sql", "")))]
    missing = [name for name in asked if name not in match.files]
    if not set(missing) <= set(section.get("joins", ())):
        return None
    theirs = {name: spelt[name] for name in asked if name not in missing}
    known = {plain: own for columns in theirs.values() for plain, own in columns.items()}
    if any(plain_name(column) not in known for column in section.get("needs", ())):
        return None
    if file:
        made["from"] = match.files[file]
    if "sql" in made:
        made["sql"] = _sql(_without(str(made["sql"]), missing), match, theirs)
    if "columns" in made:
        given = {column: _origin(value, match, {file: known}) for column, value in made["columns"].items()}
        made["columns"] = {column: value for column, value in given.items() if value is not None}
    _fill_rules(made, match, {"": known})
    if isinstance(made.get("against"), dict):
        return _against(made, match, spelt)
    return made


def _without(sql: str, missing: Sequence[str]) -> str:
    """SQL in which an optional file that is not there stands as a table without rows, under its short name."""
    for file in missing:
        for short in re.findall(rf"{_names(file).pattern}\s+(?:as\s+)?(\w+)", sql):
            columns = dict.fromkeys(re.findall(rf'\b{short}\."((?:[^"]|"")+)"', sql))
            empty = ", ".join(f'cast(null as varchar) as "{column}"' for column in columns)
            sql = re.sub(rf"{_names(file).pattern}(\s+(?:as\s+)?{short}\b)", rf"(select {empty} where false)\1", sql)
    return sql


def _against(made: Section, match: Match, spelt: Spelt) -> Section | None:
    """The other side of a reconciliation, where it is a file."""
    other = dict(made["against"])
    if file := other.get("file"):
        if file not in match.files:
            return None
        known = spelt[file]
        columns = [other["key"], *other.get("amount", ()), *other.get("minus", ())]
        if any(plain_name(column) not in known for column in columns if column not in other.get("minus", ())):
            return None
        other["file"], other["key"] = match.files[file], known[plain_name(other["key"])]
        for part in ("amount", "minus"):
            other[part] = [known[plain_name(c)] for c in other.get(part, ()) if plain_name(c) in known]
    return {**made, "against": {key: value for key, value in other.items() if value != []}}


def _origin(value: Any, match: Match, spelt: Spelt) -> Any:
    """The origin of one column; None where what it names is not there."""
    (known,) = spelt.values()
    if isinstance(value, str):
        return known.get(plain_name(value))
    made = dict(value)
    if "sql" in made:
        names = [found["name"] for found in QUOTED_NAME.finditer(made["sql"]) if not found["alias"]]
        if names and not any(plain_name(name) in known for name in names):
            return None
        made["sql"] = _sql(made["sql"], match, spelt)
    if "minus" in made:
        made["minus"] = [known[plain_name(c)] for c in made["minus"] if plain_name(c) in known]
        made = {key: part for key, part in made.items() if part != []}
    if "column" in made:
        made["column"] = known.get(plain_name(made["column"]))
        return made if made["column"] is not None else None
    if "multiply" in made:
        if any(plain_name(c) not in known for c in made["multiply"]):
            return None
        made["multiply"] = [known[plain_name(c)] for c in made["multiply"]]
    return made


def _fill_rules(section: Section, match: Match, spelt: Spelt) -> None:
    if rules := section.get("set_aside"):
        section["set_aside"] = [{**rule, "where": _sql(rule["where"], match, spelt)} for rule in rules]


def _sql(text: str, match: Match, spelt: Spelt) -> str:
    """SQL with the user's names of files and columns; a column that is not there is null."""
    shorts = {short.lower(): name for name in match.files for short in (*_shorts(name, text), match.files[name])}
    known = {plain: own for columns in reversed(list(spelt.values())) for plain, own in columns.items()}
    for name, key in match.files.items():
        text = _names(name).sub(key, text)
    for word, value in match.words.items():
        text = text.replace(f"{{{word}}}", value)

    def own_spelling(found: re.Match[str]) -> str:
        short = (found["of"] or "").lower()
        if found["alias"] or (short and short not in shorts):  # a new name, or one of a query within
            return found[0]
        columns = spelt.get(shorts[short], {}) if short else known
        own = columns.get(plain_name(found["name"].replace('""', '"')))
        before = f"{found['of']}." if short else ""
        return f"{before}{_quoted(own)}" if own is not None else "cast(null as varchar)"

    return QUOTED_NAME.sub(own_spelling, text)


def _shorts(file: str, sql: str) -> list[str]:
    """Short names that SQL gives a file: o in ``from orders o``."""
    found = re.findall(rf"{_names(file).pattern}\s+(?:as\s+)?(\w+)", sql)
    return [word for word in found if word.lower() not in NO_SHORT_NAMES]


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _names(file: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w\"'-]){re.escape(file)}(?![\w\"'-])")
