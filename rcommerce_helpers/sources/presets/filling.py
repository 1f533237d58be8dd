"""A preset filled with a user's files: the sections of a sources.toml, in the user's names of files and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rcommerce_helpers.sources.parsing import named
from rcommerce_helpers.sources.presets.form import Match, Section, plain_name

QUOTED_NAME = re.compile(r'(?P<alias>\bas\s+)?(?:\b(?P<of>\w+)\.)?"(?P<name>(?:[^"]|"")+)"', re.IGNORECASE)
NO_SHORT_NAMES = frozenset(
    ["where", "group", "order", "join", "left", "right", "full", "inner", "cross", "on", "union", "limit", "having"]
    + ["qualify"]
)


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
    spelt: dict[str, dict[str, str]] = {}
    for name in match.files:
        every = [preset.files[name].spelt(headers[key]) for key in reversed(match.all_of(name))]
        spelt[name] = {plain: own for columns in every for plain, own in columns.items()}
    files = {key: _options(name, key, match, spelt) for name in match.files for key in match.all_of(name)}
    tables: dict[str, list[Section]] = {}
    for table, sections in preset.tables.items():
        made = [made for section in sections for made in _sections(table, section, match, spelt)]
        if made:
            tables[table] = made
    reconcile = [_section(section, match, spelt) for section in preset.reconcile]
    return {"files": files, "tables": tables, "reconcile": [section for section in reconcile if section is not None]}


Spelt = Mapping[str, Mapping[str, str]]


def _options(name: str, key: str, match: Match, spelt: Spelt) -> Section:
    """What ``[files]`` says of one file; documents that a newer file of the same kind holds too are set aside."""
    preset = match.preset
    options = {**preset.files[name].options, "source": preset.system}
    _fill_rules(options, match, {name: spelt[name]})
    newer = match.all_of(name)[: match.all_of(name).index(key)]
    if newer and preset.files[name].key:
        column = named(spelt[name][plain_name(preset.files[name].key)])
        options["set_aside"] = [*options.get("set_aside", ()), _in_newer(column, newer)]
    return options


def _in_newer(expression: str, newer: Sequence[str]) -> Section:
    return {
        "rule": "in_a_later_file",
        "where": " or ".join(f"{expression} in (select {expression} from {key})" for key in newer),
    }


def _sections(table: str, section: Section, match: Match, spelt: Spelt) -> Iterator[Section]:
    """A section as often as it has files; a person of several lists is read as the newest has it."""
    name = section.get("from", "")
    keys = match.all_of(name) if name in match.files else ("",)
    for i, key in enumerate(keys):
        one = match
        if key and i:
            words = {**match.words, **match.own_words.get(key, {})}
            one = replace(match, files={**match.files, name: key}, words=words)
        made = _section(section, one, spelt)
        if made is None:
            return
        if i and table == "source_records" and not match.preset.files[name].key:
            origin = made["columns"]["record_id"]
            column = origin["sql"] if isinstance(origin, dict) else named(origin)
            made["set_aside"] = [*made.get("set_aside", ()), _in_newer(column, keys[:i])]
        yield made


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
        keys = match.all_of(file)
        other["file"], other["key"] = list(keys) if len(keys) > 1 else keys[0], known[plain_name(other["key"])]
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
        text = re.sub(rf"{_names(name).pattern}(?=\.)", key, text)
        text = _names(name).sub(_all_rows(match.all_of(name) if name in match.files else (key,)), text)
    for word, value in match.words.items():
        text = text.replace(f"{{{word}}}", value)

    def own_spelling(found: re.Match[str]) -> str:
        short = (found["of"] or "").lower()
        if found["alias"] or (short and short not in shorts):  # a new name, or one of a query within
            return found[0]
        columns = spelt.get(shorts[short], {}) if short else known
        own = columns.get(plain_name(found["name"].replace('""', '"')))
        before = f"{found['of']}." if short else ""
        return f"{before}{named(own)}" if own is not None else "cast(null as varchar)"

    return QUOTED_NAME.sub(own_spelling, text)


def _all_rows(keys: Sequence[str]) -> str:
    """The rows of all files of one kind, as SQL for ``from``."""
    return keys[0] if len(keys) == 1 else f"({' union all by name '.join(f'select * from {key}' for key in keys)})"


def _shorts(file: str, sql: str) -> list[str]:
    """Short names that SQL gives a file: o in ``from orders o``."""
    found = re.findall(rf"{_names(file).pattern}\s+(?:as\s+)?(\w+)", sql)
    return [word for word in found if word.lower() not in NO_SHORT_NAMES]


def _names(file: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w\"'-]){re.escape(file)}(?![\w\"'-])")
