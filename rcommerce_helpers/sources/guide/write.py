"""A proposal as the text of a sources.toml: complete, readable, with how sure each line is and examples as written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import tomlkit

from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.sources.as_read import shape
from rcommerce_helpers.sources.guide.meanings import Meaning
from rcommerce_helpers.sources.guide.profile import Profile, looks_personal
from rcommerce_helpers.sources.guide.proposal import Proposal, ProposedFile, ProposedTable, speaks_of_person

HEAD = """\
What these exports are and which columns mean what: a proposal, to be read before it is believed.
Each line says how sure it is, with examples as written (personal ones by their shape).
Then:   rcommerce check sources.toml"""
BASIS = """\
On which ground all persons may be analysed, and for which purposes: a person must decide this. Without it only those
are looked at who permit it one by one.
Purposes: contract, service, statistics, personalisation, marketing, location, web_linking
[basis]
text = "customers of the shop, analysis announced in the privacy notice"
purposes = ["statistics", "personalisation"]"""
BY_HAND = """\
Nothing was recognised. One section per canonical table, canonical column = column of the file (docs/glossary.md):
[[tables.orders]]
from = "the name of a file above"
columns.order_id = "a column of that file"
columns.at = "another"
"""
EXAMPLES = 3
BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_toml(proposal: Proposal) -> str:
    """The text of a sources.toml.

    Parameters
    ----------
    proposal
        What the guide proposes.

    Returns
    -------
    str
        TOML that ``read_config`` takes; whatever a file calls its columns, it stays a value or a comment.
    """
    lines = [*_comments(HEAD.splitlines()), ""]
    lines += [*_comments([f"decide: {what}" for what in proposal.decide]), ""] if proposal.decide else []
    lines += [*_comments([f"not read: {what}" for what in proposal.refused]), ""] if proposal.refused else []
    lines += ["[data_set]"]
    for key, value in proposal.data_set.items():
        about = proposal.about.get(key, "")
        lines.append(f"{key} = {toml_value(value)}{'  # ' + _one_line(about) if about else ''}")
    lines += ["", *_comments(BASIS.splitlines()), "", *_expect(proposal), ""]
    for file in proposal.files:
        lines += [*_file(file), ""]
    lines += [] if proposal.tables else [*_comments(BY_HAND.splitlines()), "[tables]", ""]
    for table in proposal.tables:
        lines += [*_table(table, {file.key: file for file in proposal.files}), ""]
    for section in proposal.reconcile:
        lines += ["[[reconcile]]", *(f"{key} = {toml_value(value)}" for key, value in section.items()), ""]
    return "\n".join(lines).rstrip() + "\n"


def _expect(proposal: Proposal) -> list[str]:
    lines = ["# Promises of the data. One broken promise, and nothing is planned (exit code 4).", "[expect]"]
    lines.append("quarantine_share_max = 0.02  # largest share of rows that cannot be read")
    lines.append("# freshness_days_max = 7  # the newest order is at most so many days before as_of")
    if proposal.reconcile:
        lines.append("# reconcile_max = 0.0  # once check shows that both sides agree")
    return lines


def _file(file: ProposedFile) -> list[str]:
    lines = [*_comments(file.comments), f"[files.{_key(file.key)}]", f"path = {toml_value(file.sniffed.path.name)}"]
    lines += [f"{key} = {toml_value(value)}" for key, value in file.options.items()]
    if file.unread:
        lines += _comments([f"nothing reads: {', '.join(file.unread)}"])
    return lines


def _table(table: ProposedTable, files: Mapping[str, ProposedFile]) -> list[str]:
    section = table.section
    lines = [*_comments(table.comments), f"[[tables.{table.table}]]"]
    lines += [f"{key} = {toml_value(section[key])}" for key in section if key not in {"columns", "sql"}]
    if "sql" in section:
        lines.append(f"sql = {toml_value(section['sql'])}")
    file = files.get(section.get("from", ""))
    for column, origin in section.get("columns", {}).items():
        about = _about(table, column, origin, file)
        lines.append(f"columns.{_key(column)} = {toml_value(origin)}{'  # ' + about if about else ''}")
    return lines


def _about(table: ProposedTable, column: str, origin: Any, file: ProposedFile | None) -> str:
    """How sure one line is, and what its values look like."""
    meaning: Meaning | None = table.sure.get(column)
    said = [f"{meaning.sure}: {meaning.why}"] if meaning else []
    name = origin if isinstance(origin, str) else origin.get("column") if isinstance(origin, dict) else None
    one = file.column(name) if file is not None and isinstance(name, str) else None
    if one is not None:
        said.append(_examples(one, personal=speaks_of_person(table.table, column)))
    return _one_line("; ".join(part for part in said if part))


def _examples(one: Profile, *, personal: bool) -> str:
    hidden = personal or looks_personal(one) != ""
    shown = [shape(value) if hidden else fit_to_leave(value)[:40] for value in one.examples[:EXAMPLES]]
    empty = f", {1 - one.filled:.0%} empty" if one.filled < 0.995 else ""
    return f"{', '.join(map(repr, dict.fromkeys(shown)))}{empty}"


def _comments(lines: Iterable[str]) -> list[str]:
    return [f"# {_one_line(line)}" for line in lines]


def _one_line(text: str) -> str:
    """Text for a comment: whatever it holds, it ends where its line ends."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _stays_readable(text: str) -> bool:
    """Whether SQL can stand as it is between three quotes: it holds a sign to be escaped, and none that ends it."""
    plain = all(c.isprintable() or c == "\n" for c in text)
    return (
        plain
        and ("\n" in text or '"' in text)
        and "'''" not in text
        and not text.startswith("'")
        and not text.endswith("'")
    )


def toml_value(value: Any) -> str:
    """A value as toml; SQL in several lines stays readable where no quote of it ends the text."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {toml_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, str) and _stays_readable(value):
        return f"'''\n{value.strip()}'''" if "\n" in value else f"'''{value}'''"
    if isinstance(value, (str, bool, int, float, date)):
        return str(tomlkit.item(value).as_string())
    raise TypeError(f"no toml for {type(value).__name__}")
