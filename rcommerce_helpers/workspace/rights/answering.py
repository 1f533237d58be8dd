"""``rcommerce access``: all that one run holds of one person, for that person (GDPR Art. 15): JSON and a page.

Everything in it is theirs: records, values with the system each comes from and why it is used (Art. 15(1)(g)), where
systems differ, what they permitted and why it was decided so, for
which purpose which tables are read, every landed row, every row the stages made of them, what lies in quarantine. Other
people of a household, a firm or an invitation are counted or called another person, never named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.files import owner_only, write_whole
from rcommerce_helpers.merging.rights import People, Person, exactly, find_person, people_of
from rcommerce_helpers.results import write_json
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.forgotten import rows_of
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.rights.answer_page import answer_page
from rcommerce_helpers.workspace.runs.manifest import Manifest
from rcommerce_helpers.workspace.runs.seal import check_seal
from rcommerce_helpers.workspace.runs.stages import STAGES

ANOTHER = "another person"
GROUPS = ("household_id", "company_id", "letter_box", "exact_id")
"""Columns that tie people to each other: left out."""
OTHERS = ("record_id", "invited_record_id", "invited_customer_id", "internal_id", "was")
"""Columns that may name somebody else."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """Where the two files lie, and how many rows of how many tables they hold."""

    page: Path
    data: Path
    rows: int
    tables: int


def give_access(  # noqa: PLR0913 - one parameter per option
    run: Path, manifest: Manifest, text: str, folder: Path, *, language: str = "en", overwrite: bool = False
) -> Answer:
    """Write what a run holds of one person into a folder that only its owner may read.

    Parameters
    ----------
    run, manifest
        A finished run.
    text
        E-mail address, customer number, record_id, or keyed customer id.
    folder
        Outside the runs; made if it is not there. Gets ``access.json`` and ``access.html``.
    language
        Of the page.
    overwrite
        Replace an answer that is there.

    Raises
    ------
    ParamError
        The text fits nobody or several, or the folder is no place for it.
    BrokenExpectation
        The run is not what it was sealed as.
    """
    check_seal(run, manifest)
    _check_folder(folder, run, overwrite=overwrite)
    content = everything_of(RunFolder(run), text)
    with owner_only():
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "access.json", content)
        page = answer_page(content, language)
        write_whole(folder / "access.html", lambda path: path.write_text(page, encoding="utf-8"))
    tables = [*content["landed"].values(), *content["made"].values()]
    return Answer(folder / "access.html", folder / "access.json", sum(map(len, tables)), len(tables))


def _check_folder(folder: Path, run: Path, *, overwrite: bool) -> None:
    place = folder.resolve()
    if place.is_relative_to(run.resolve().parent) or folder.is_file():
        raise ParamError(
            "--to", got="a place among the runs, or a file", expected="a folder elsewhere", do="Choose another"
        )
    if (folder / "access.json").exists() and not overwrite:
        raise ParamError(
            "--to", got="an answer there already", expected="none", do="Say --overwrite, or choose another"
        )


def everything_of(run: RunFolder, text: str) -> dict[str, Any]:
    """All that a run holds of one person, as it is written to JSON.

    Raises
    ------
    ParamError
        The text fits nobody, or several.
    """
    facts, path = read_facts(run.landed), run.table_path("persons")
    persons = pd.read_parquet(path) if path.exists() else None
    people = people_of(run.landed, persons, facts.region)
    person = find_person([people], text)
    theirs = rows_of(run.landed, exactly(people, person))
    person = _with_debtors(people, person, theirs)
    customers = person.customers
    landed = {name: rows_for(rows, person) for name, rows in theirs.items()}
    made = _made_of(run, person)
    links = {row["record_id"]: row for row in made.pop("persons", [])}
    origins = {(row["customer_id"], row["column"]): row for row in made.pop("golden_values", [])}
    return {
        "run": run.path.name,
        "data_set": facts.title,
        "as_of": facts.as_of,
        "basis": facts.basis,
        "customer_ids": sorted(customers),
        "records": [_record(row, links) for row in landed.pop("source_records", [])],
        "golden": [_golden(row, origins) for row in made.pop("customers", [])],
        "differing": made.pop("golden_conflicts", []),
        "decisions": made.pop("permission_decisions", []),
        "purposes": _purposes(run, person),
        "household": _others(run, persons, person),
        "quarantine": landed.pop("quarantine", []),
        "landed": landed,
        "made": made,
    }


def _with_debtors(people: People, person: Person, theirs: Mapping[str, pd.DataFrame]) -> Person:
    """The person with what the books call them, and all their pseudonyms."""
    debtors = [theirs[name]["record_id"].dropna() for name in ("source_records", "invoices") if name in theirs]
    records = person.records | {str(record) for some in debtors for record in some}
    return Person(records, frozenset(c for record, c in people.customer_of.items() if record in records))


def _record(row: dict[str, Any], links: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    link = links.get(row["record_id"], {})
    known = {name: link[name] for name in ("method", "certainty", "reason") if link.get(name) is not None}
    return {"source": row["record_id"].split(":")[0], **row, "link": known}


def _golden(row: dict[str, Any], origins: Mapping[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """Each value with record, source, day and rule; one that no record holds was worked out from them.

    A run from before there was a table of origins names the record alone.
    """
    records = json.loads(row.get("provenance") or "{}")
    told = {name: {"from": record, "source": record.split(":")[0]} for name, record in records.items()}
    for (customer, name), origin in origins.items():
        if customer == row["customer_id"]:
            known: dict[str, Any] = {part: origin[part] for part in ("source", "day", "rule") if part in origin}
            if "day" in known:
                known["day"] = known["day"][:10]
            told[name] = {"from": origin["record_id"], **known}
    return {
        name: {"value": value, **told.get(name, {"rule": "worked_out"})}
        for name, value in row.items()
        if name != "provenance" and value is not None
    }


def _purposes(run: RunFolder, person: Person) -> Rows:
    """For which purpose the person's rows are read: the tables with their rows, and the stages that read for it."""
    found: Rows = []
    for folder in sorted((run.path / "permitted").glob("*")) if (run.path / "permitted").is_dir() else []:
        tables = {path.stem: len(_own(path, person)) for path in sorted(folder.glob("*.parquet"))}
        read = {name: rows for name, rows in tables.items() if rows}
        if read:
            stages = [stage.name for stage in STAGES if stage.allowance.purpose == folder.name]
            found.append({"purpose": folder.name, "stages": stages, "tables": read})
    return found


def _made_of(run: RunFolder, person: Person) -> dict[str, Rows]:
    """Rows that the stages made of the person: links, golden record, decisions, scores with reasons, segments, plan."""
    frames = {path.stem: _own(path, person) for path in sorted((run.path / "tables").glob("*.parquet"))}
    return {name: rows_for(frame, person) for name, frame in frames.items() if len(frame)}


def _own(path: Path, person: Person) -> pd.DataFrame:
    frame = pd.read_parquet(path)
    for column, ids in (("customer_id", person.customers), ("record_id", person.records)):
        if column in frame:
            return frame[frame[column].isin(ids)]
    return frame.iloc[:0]


def _others(run: RunFolder, persons: pd.DataFrame | None, person: Person) -> dict[str, int]:
    """How many others share home or firm; not who."""
    if persons is None:
        return {}
    mine = persons["record_id"].isin(person.records)
    found = {}
    for name, key in (("household", "household_id"), ("company", "company_id")):
        same = persons[key].isin(set(persons.loc[mine, key].dropna())) & ~mine if key in persons else mine & ~mine
        found[name] = int(persons.loc[same, "customer_id"].nunique())
    return found


def rows_for(frame: pd.DataFrame, person: Person) -> Rows:
    """Rows as JSON: empty cells left out, ties to others left out, others called another person."""
    kept = frame[[c for c in frame.columns if c not in GROUPS]]
    return [
        {name: _cell(name, value, person) for name, value in row.items() if not _is_empty(value)}
        for row in kept.to_dict("records")
    ]


def _is_empty(value: object) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _cell(name: str, value: object, person: Person) -> object:
    if name in OTHERS and value not in person.records | person.customers:
        return ANOTHER
    if isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else str(value)
