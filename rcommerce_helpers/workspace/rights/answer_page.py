"""The page of an answer to whoever asks what is held of them: readable, offline, in their language, nothing masked."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from typing import Any

from rcommerce_helpers.schema import PURPOSES
from rcommerce_helpers.schema.columns import FILE_ORDER, local_name
from rcommerce_helpers.sentences import label, say
from rcommerce_helpers.sentences.columns import CELLS, COLUMNS
from rcommerce_helpers.workspace.page import page

Rows = list[dict[str, Any]]
CODED = ("why", "basis", "decision")
WORDS = {
    "granted": "you said yes",
    "covered": "covered by the declared basis",
    "never_asked": "you were never asked",
    "not_granted": "you have not said yes",
    "expired": "your yes has run out",
    "refused": "you said no",
    "channel_refused": "you said no to this channel",
    "objected": "you objected",
    "refused_by_another": "somebody else refused this address",
    "withdrawn": "you took your yes back",
    "consent": "your consent",
    "existing_customer": "you are a customer already",
    "legitimate_interest": "a legitimate interest",
    "legal_duty": "a duty by law",
    "corrected": "you corrected it",
    "only_value": "the only value known",
    "all_agree": "all records say the same",
    "more_complete": "the most complete one",
    "recent": "the newest one",
    "trusted": "from the system that is trusted most",
    "frequent": "what most systems say",
    "longest": "the longest one",
    "worked_out": "worked out from your records",
}
"""Code of these columns -> what is said to the person."""


def answer_page(content: Mapping[str, Any], language: str) -> str:
    """The page of one answer.

    Parameters
    ----------
    content
        As ``everything_of`` gives it.
    language
        en or de.
    """
    title = say("What we hold of you", language)
    parts = [f"<h1>{html.escape(title)}</h1>", _opening(content, language)]
    parts += _section(say("Your records, and why they are taken for yours", language), content["records"], language)
    parts += _golden(content["golden"], language)
    parts += _differing(content, language)
    parts += _section(say("What may be done with your data, and why", language), content["decisions"], language)
    parts += _purposes(content["purposes"], language)
    for name, rows in content["landed"].items():
        parts += _section(_name(name, language), rows, language)
    made = say("What was made of them", language)
    for name, rows in content["made"].items():
        parts += _section(f"{made}: {_name(name, language)}", rows, language)
    parts += _section(say("What could not be read and was set apart", language), content["quarantine"], language)
    return page(title=str(title), body="\n".join(parts), language=language, private=True)


def _opening(content: Mapping[str, Any], language: str) -> str:
    lines = [
        say("Data set {title}, run {run}, known up to {day}.", language, title=str(content["data_set"]),
            run=str(content["run"]), day=str(content["as_of"])),
        say("Nothing of other people stands here; where they are near, they are counted.", language),
    ]  # fmt: skip
    if content["basis"]:
        lines.append(say("Basis of use: {basis}.", language, basis=str(content["basis"])))
    near = content["household"]
    if near.get("household") or near.get("company"):
        lines.append(
            say("Others in your household: {home}; others of your firm: {firm}.", language,
                home=str(near.get("household", 0)), firm=str(near.get("company", 0)))
        )  # fmt: skip
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def _golden(golden: Rows, language: str) -> list[str]:
    rows = [
        {WHAT: _column(name, language), **{head: cell.get(part, "") for part, head in _TOLD.items()}}
        for one in golden
        for name, cell in one.items()
        if local_name(name) not in one
    ]
    title = say("The values in use, where each comes from, and why this one", language)
    return _section(title, rows, language)


WHAT = "what is held"
_TOLD = {"value": "value", "source": "source", "from": "record_id", "day": "last changed", "rule": "why"}
"""What is said of a value -> its heading: system and record it comes from, day of that record's last change, reason."""


def _differing(content: Mapping[str, Any], language: str) -> list[str]:
    """One row = one column of which systems say different things."""
    rows = [{WHAT: _column(row["column"], language), "value": row["values"]} for row in content["differing"]]
    return _section(say("Where your records differ, and what each says", language), rows, language)


def _purposes(purposes: Rows, language: str) -> list[str]:
    rows = [
        {"purpose": label(one["purpose"], language), "table": _name(table, language), "rows": n,
         "stage": ", ".join(one["stages"])}
        for one in purposes for table, n in one["tables"].items()
    ]  # fmt: skip
    return _section(say("For which purpose which tables are read", language), rows, language)


def _section(title: str, rows: Rows, language: str) -> list[str]:
    if not rows:
        return []
    names = dict.fromkeys(name for row in rows for name in row)
    columns = [
        c for c in names if c != FILE_ORDER.name and local_name(c) not in names
    ]  # the clock on the wall is enough
    head = "".join(f"<th scope='col'>{html.escape(_column(c, language))}</th>" for c in columns)
    body = "".join(f"<tr>{_cells(row, columns, language)}</tr>" for row in rows)
    return [
        f"<h2>{html.escape(title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
    ]


def _cells(row: Mapping[str, Any], columns: Iterable[str], language: str) -> str:
    return "".join(f"<td>{html.escape(_text(row.get(c), language, c))}</td>" for c in columns)


def _text(value: object, language: str, column: str = "") -> str:
    """A value as it is read: our own codes in words, all else as it is."""
    if isinstance(value, dict):
        return ", ".join(f"{_column(k, language)}: {_text(v, language)}" for k, v in value.items())
    if isinstance(value, bool):
        return label("yes" if value else "no", language)
    if isinstance(value, str) and column in CODED and value in WORDS:
        return label(WORDS[value], language)
    if isinstance(value, str):
        return label(CELLS.get(value, value), language) if value in CELLS or value in PURPOSES else value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _column(name: str, language: str) -> str:
    bare = name.removeprefix("local_")
    return label(COLUMNS[bare].heading if bare in COLUMNS else bare.replace("_", " "), language)


def _name(table: str, language: str) -> str:
    return label(table.replace("_", " "), language)
