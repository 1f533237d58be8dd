"""One finished run without one person: what landed, what the stages wrote, notebooks, pages, results, log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from rcommerce_helpers.files import write_whole
from rcommerce_helpers.merging.forgotten import Marks
from rcommerce_helpers.merging.rights import Person, Words
from rcommerce_helpers.results import read_json, write_json
from rcommerce_helpers.sentences import say
from rcommerce_helpers.sources.facts import FACTS_FILE
from rcommerce_helpers.sources.forgotten import SetApart, set_apart
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.rights.erasing import Change, Eraser
from rcommerce_helpers.workspace.rights.moments import moments_of
from rcommerce_helpers.workspace.rights.sweeping import Sweep
from rcommerce_helpers.workspace.runs.closing import tables_of
from rcommerce_helpers.workspace.runs.manifest import Manifest
from rcommerce_helpers.workspace.runs.seal import MANIFEST, every_file

LANDED = "tables/landed/"
PAGES = "report/"
OF_A_RUN = ("tables/", "permitted/", "results/", "notebooks/", PAGES, "results.json", "log.jsonl", MANIFEST)
"""What every run holds; anything else in its folder is taken for a model."""
COUNTED = {"households": "household_id", "companies": "company_id"}
"""Tables that count people, and their key."""
STORY = "story_"
"""Beginning of the names of figures that tell of one customer."""


@dataclass(frozen=True)
class Theirs:
    """One person, as a project knows them: who, their words, their marks, and what stands for them in the books."""

    person: Person
    words: Words
    marks: Marks
    stand_in: str


@dataclass(frozen=True)
class Erased:
    """What became of one run: ``landed`` says what went and what the law keeps, ``changes`` are the other files."""

    run: str
    landed: SetApart | None
    changes: tuple[Change, ...]

    @property
    def holds(self) -> bool:
        """Whether the run held the person at all."""
        return bool(self.changes or (self.landed and self.landed.tables))

    @property
    def files(self) -> list[str]:
        """Paths of all files that were replaced or removed."""
        landed = [f"{LANDED}{name}.parquet" for name in self.landed.tables] if self.landed else []
        return [*landed, *([f"{LANDED}{FACTS_FILE}"] if landed else []), *(change.file for change in self.changes)]


def erase_run(folder: Path, manifest: Manifest, theirs: Theirs, *, write: bool) -> Erased:
    """Take a person out of one run, or count what that would be.

    Parameters
    ----------
    folder, manifest
        The run; with ``write`` its files are replaced, so that it must be called by ``seal.rewrite``.
    theirs
        Whose data.
    """
    landed = RunFolder(folder).landed
    there = (landed / FACTS_FILE).exists()
    apart = set_apart(landed, theirs.marks, stand_in=theirs.stand_in, write=False) if there else None
    records = theirs.person.records | (apart.records if apart else frozenset())
    ids = records | theirs.person.customers | _customers(RunFolder(folder), records)
    sweep = Sweep(theirs.words, ids, moments_of(landed, records))
    note = say("This story is told no more: the person was forgotten.", manifest.language)
    eraser = Eraser(sweep, ids, theirs.stand_in, write=write, note=str(note))
    changes = _counted_groups(RunFolder(folder), records, write=write)
    if apart and write:
        set_apart(landed, theirs.marks, stand_in=theirs.stand_in)
    for name in every_file(folder):
        if name != MANIFEST and not (name.startswith(PAGES) and name.endswith(".html")):
            changes += _erased(eraser, folder, name)
    changes += _stories(folder, changes, write=write)
    changes += _pages(eraser, folder, manifest, {change.file for change in changes})
    if write:
        _tidy(folder, manifest, sweep)
    return Erased(folder.name, apart, tuple(changes))


def _erased(eraser: Eraser, folder: Path, name: str) -> list[Change]:
    path = folder / name
    if name.startswith(f"{LANDED}fetched_"):
        copy = eraser if not eraser.write else replace(eraser, write=False)
        held = copy.erase(path, name) or _raw_ids(copy, path, name)
        if held and eraser.write:
            path.unlink()
        return [Change(name, removed=True)] if held else []
    known = name.startswith(OF_A_RUN)
    change = replace(eraser, names_alone=not known).erase(path, name, whose=not name.startswith(LANDED))
    return [change] if change else []


def _raw_ids(eraser: Eraser, path: Path, name: str) -> Change | None:
    """Whether a fetched copy holds an identifier of theirs as a cell."""
    if path.suffix != ".parquet":
        return (
            Change(name) if any(f'"{cell}"' in path.read_text("utf-8") for cell in eraser.sweep.words.cells) else None
        )
    table = pd.read_parquet(path).astype(str)
    return Change(name) if table.isin(eraser.sweep.words.cells).to_numpy().any() else None


def _customers(run: RunFolder, records: frozenset[str]) -> frozenset[str]:
    """Pseudonyms of these records in one run."""
    path = run.table_path("persons")
    if not path.exists():
        return frozenset()
    persons = pd.read_parquet(path, columns=["record_id", "customer_id"])
    return frozenset(map(str, persons.loc[persons["record_id"].isin(records), "customer_id"]))


def _counted_groups(run: RunFolder, records: frozenset[str], *, write: bool) -> list[Change]:
    """Households and firms without the person; one that nobody is left in goes."""
    if not run.table_path("persons").exists():
        return []
    persons, changes = pd.read_parquet(run.table_path("persons")), []
    mine = persons["record_id"].isin(records)
    for name, key in COUNTED.items():
        path = run.table_path(name)
        touched = set(persons.loc[mine, key].dropna()) if key in persons else set()
        if not touched or not path.exists():
            continue
        table = pd.read_parquet(path)
        left = persons[~mine].groupby(key)["customer_id"].nunique()
        rows = table[key].isin(touched)
        table.loc[rows, "customer_count"] = table.loc[rows, key].map(left).fillna(0).astype(int)
        table = table[~rows | (table["customer_count"] > 0)]
        if write:
            write_whole(path, lambda new, table=table: table.to_parquet(new, index=False))  # type: ignore[misc]
        changes.append(Change(f"tables/{name}.parquet", rows=int(rows.sum())))
    return changes


def _stories(folder: Path, changes: Iterable[Change], *, write: bool) -> list[Change]:
    """Figures of a story that is told no more."""
    told = {change.file for change in changes if change.file.endswith(".ipynb") and change.stories}
    found = []
    stages = [stage for stage in _stage_of(folder) if _stage_of(folder)[stage] in told]
    for name in [f"results/{stage}.json" for stage in stages] + ["results.json"] * bool(stages):
        path = folder / name
        content: dict[str, Any] = read_json(path) if path.exists() else {}
        figures = content.get("figures", [])
        kept = [row for row in figures if not (row["stage"] in stages and str(row["name"]).startswith(STORY))]
        if len(kept) < len(figures):
            if write:
                write_json(path, {**content, "figures": kept})
            found.append(Change(name, texts=len(figures) - len(kept)))
    return found


def _stage_of(folder: Path) -> dict[str, str]:
    """Stage -> path of its executed notebook."""
    from rcommerce_helpers.workspace.runs.stages import STAGES

    return {s.name: f"notebooks/{s.notebook}.ipynb" for s in STAGES if (folder / "results" / f"{s.name}.json").exists()}


def _pages(eraser: Eraser, folder: Path, manifest: Manifest, changed: set[str]) -> list[Change]:
    """Pages whose notebook changed, or that name the person themselves, are written anew."""
    from rcommerce_helpers.workspace.export import write_page
    from rcommerce_helpers.workspace.runs.rendering import first_page

    found = []
    for path in sorted((folder / "report").glob("*.html")):
        name, notebook = f"{PAGES}{path.name}", folder / "notebooks" / f"{path.stem}.ipynb"
        named = eraser.sweep.hits(path.read_text(encoding="utf-8"))
        if not named and f"notebooks/{notebook.name}" not in changed:
            continue
        found.append(Change(name, texts=1))
        if eraser.write and notebook.exists():
            write_page(notebook, path, manifest.language)
        elif eraser.write:
            eraser.erase(path, name)
    if eraser.write and (found or any(name.startswith("results") for name in changed)):
        first_page(folder, manifest)
    index = f"{PAGES}index.html"
    return [*found, *([Change(index)] if found and index not in {c.file for c in found} else [])]


def _tidy(folder: Path, manifest: Manifest, sweep: Sweep) -> None:
    """The manifest counts the tables as they are now, and no error in it names the person."""
    for name, step in manifest.steps.items():
        manifest.steps[name] = replace(
            step,
            error=sweep.masked(step.error),
            files={file: known for file, known in step.files.items() if (folder / file).exists()},
        )
    manifest.tables = tables_of(folder, manifest)
