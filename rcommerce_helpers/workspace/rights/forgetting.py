"""``rcommerce forget``: one person out of all runs of a folder, out of what lies beside them, and never in again.

What may go goes (GDPR Art. 17(1)); orders, their lines and invoices stay, because the law keeps them (Art. 17(3)(b);
HGB section 257, AO section 147), under a name drawn by chance that nothing ties to the person, and no stage reads them.
Exports belong to the user: they are named, not changed. The order is: the list first, so that a stop on the way brings
nobody back; then the runs, each through the one function that may rewrite a finished run; then everything once more,
which must find nothing. A checklist by engineers, not legal advice.
"""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import BrokenExpectation, ParamError
from rcommerce_helpers.files import owner_only
from rcommerce_helpers.lock import one_writer
from rcommerce_helpers.merging.forgotten import NO_MARKS, Marks
from rcommerce_helpers.merging.rights import People, Person, Words, find_person, fits, own_words, people_of
from rcommerce_helpers.sources.facts import FACTS_FILE, read_facts
from rcommerce_helpers.workspace.folder import BY_HAND, RunFolder
from rcommerce_helpers.workspace.rights.erasing import Change, Eraser
from rcommerce_helpers.workspace.rights.one_run import Erased, Theirs, erase_run
from rcommerce_helpers.workspace.rights.own_exports import Held, exports_that_hold
from rcommerce_helpers.workspace.rights.sweeping import Sweep
from rcommerce_helpers.workspace.runs.manifest import Manifest, not_believed, runs_in
from rcommerce_helpers.workspace.runs.seal import check_seal, rewrite
from rcommerce_helpers.workspace.tombstones import DECISIONS, keep_list, list_key_path, list_path, open_list

WHY = "a person was forgotten"
STAND_IN = "forgotten:"
"""Beginning of the name under which the books keep what the law asks for; the rest is drawn by chance."""
MODELS = "models"
COPIES = (BY_HAND, ".read")
"""Folders beside the runs that hold copies, which are made again when needed."""
Runs = list[tuple[Path, Manifest]]


@dataclass(frozen=True)
class Forgetting:
    """What is erased, what is kept and what others must do; ``done`` = it was carried out.

    ``runs``: one for each run that holds the person; ``beside``: files of decisions and models; ``copies``: folders
    that are removed; ``exports``: files of the user that hold the person.
    """

    runs: tuple[Erased, ...]
    beside: tuple[Change, ...]
    copies: tuple[str, ...]
    exports: tuple[Held, ...]
    done: bool = False

    def lines(self) -> list[str]:
        """Both lists with their grounds, and what stays to be done; nobody is named."""
        return [
            f"{'Erased' if self.done else 'To be erased'} (GDPR Art. 17(1)):",
            *(line for run in self.runs for line in _erased_lines(run)),
            *(f"    {_told(change)}" for change in self.beside),
            *(f"    {name}: removed, a copy that is made again when needed" for name in self.copies),
            "Kept without the person, read by no stage (GDPR Art. 17(3)(b); HGB 257, AO 147):",
            *(line for run in self.runs for line in _kept_lines(run)),
            "Your own files that hold the person; they are not changed, and a new import sets these rows aside:",
            *([f"    {held.line()}" for held in self.exports] or ["    none that could be read"]),
            *([] if self.done else ["Nothing was changed. Say --yes to do it."]),
        ]


def _erased_lines(run: Erased) -> list[str]:
    rows = sum(run.landed.erased.values()) if run.landed else 0
    tables = ", ".join(f"{n:,} {name}" for name, n in run.landed.erased.items()) if run.landed else ""
    others = Counter({"rows": 0, "texts": 0, "stories": 0, "files": 0})
    for change in run.changes:
        others.update(rows=change.rows, texts=change.texts, stories=change.stories, files=int(change.removed))
    told = ", ".join(f"{n:,} {what}" for what, n in others.items() if n)
    return [f"    {run.run}: {rows:,} landed rows ({tables or 'none'}); made of them: {told or 'nothing'}"]


def _kept_lines(run: Erased) -> list[str]:
    kept = run.landed.kept if run.landed else {}
    return [f"    {run.run}: {', '.join(f'{n:,} {name}' for name, n in kept.items()) or 'nothing'}"]


def _told(change: Change) -> str:
    if change.removed:
        return f"{change.file}: removed"
    return f"{change.file}: {change.rows:,} rows or entries, {change.texts:,} texts"


def forget(out: Path, text: str, project: Path = Path(), *, yes: bool = False) -> Forgetting:
    """Forget one person in all runs of a folder, or say what that would be.

    Parameters
    ----------
    out
        Folder of the runs.
    text
        E-mail address, customer number, record_id, or keyed customer id.
    project
        Folder of the project: decisions and key lie there, paths of data sets begin there.
    yes
        Do it; otherwise nothing is changed.

    Raises
    ------
    ParamError
        The text fits nobody or several; or there is a list of forgotten people without its key.
    BrokenExpectation
        A run is not what it was sealed as, so that nobody can say whom it holds; nothing is changed.
    """
    if not yes:
        return _forget(out, text, project, write=False)
    with owner_only(), one_writer(out):
        done = _forget(out, text, project, write=True)
    return replace(done, done=True)


def _forget(out: Path, text: str, project: Path, *, write: bool) -> Forgetting:
    groups = fitting_runs(_believed_runs(out), text)
    marks = open_list(project) if write else _list_for_counting(project)
    whose: list[tuple[str, Runs, Theirs]] = []
    for name, (runs, people) in groups.items():
        theirs = _theirs(people, find_person(people, text), marks.within(name))
        marks = theirs.marks
        whose.append((name, runs, theirs))
    exports = tuple(
        held for _, runs, theirs in whose for held in exports_that_hold([m.dataset for _, m in runs], project, theirs)
    )
    if write:
        keep_list(marks, project)
    erased = [_one(folder, m, theirs, write=write) for _, runs, theirs in whose for folder, m in runs]
    booked = frozenset(record for one in erased if one.landed for record in one.landed.records)
    beside = [
        change
        for name, _, theirs in whose
        for change in _beside(out, project / DECISIONS / name, theirs, booked, write=write)
    ]
    copies = _remove_copies(out, write=write)
    for _, runs, theirs in whose if write else ():
        _check_gone(runs, theirs)
    return Forgetting(tuple(one for one in erased if one.holds), tuple(beside), tuple(copies), exports)


def fitting_runs(runs: Runs, text: str) -> dict[str, tuple[Runs, list[People]]]:
    """Name of a data set -> its runs and their people, newest first, where the text names somebody.

    Raises
    ------
    ParamError
        A number of the firm's own fits in several data sets, where it may be several people's; or it fits nobody.
    """
    found: dict[str, tuple[Runs, list[People]]] = {}
    for folder, manifest in runs:
        landed = RunFolder(folder).landed
        name = read_facts(landed).name if (landed / FACTS_FILE).exists() else ""
        its_runs, people = found.setdefault(name, ([], []))
        its_runs.append((folder, manifest))
        people.append(_people(folder))
    fitting = {name: group for name, group in found.items() if any(fits(people, text) for people in group[1])}
    if not fitting:
        find_person([], text)
    if len(fitting) > 1 and "@" not in text:
        raise ParamError(
            "person",
            got=f"a number that fits in {len(fitting)} data sets",
            expected="somebody of one of them",
            do="Name an e-mail address or a customer id, or keep data sets in folders of their own",
        )
    return fitting


def _believed_runs(out: Path) -> Runs:
    """All finished and failed runs, newest first, every one as it was sealed."""
    if strange := next(iter(not_believed(out)), None):
        raise BrokenExpectation(
            f"run {strange}",
            got="a manifest that cannot be believed, so that nobody knows whom the run holds",
            expected="runs as they were sealed",
            do="Remove that folder, or take it from a copy; then forget the person",
        )
    runs = runs_in(out)
    for folder, manifest in runs:
        check_seal(folder, manifest)
    return runs


def _people(folder: Path) -> People:
    landed, persons = RunFolder(folder).landed, RunFolder(folder).table_path("persons")
    region = read_facts(landed).region if (landed / FACTS_FILE).exists() else "DE"
    return people_of(landed, pd.read_parquet(persons) if persons.exists() else None, region)


def _theirs(known: list[People], person: Person, start: Marks) -> Theirs:
    """Words and marks of a person, out of the records of all runs of a data set."""
    region = next((one.region for one in known if len(one.records)), "DE")
    records = pd.concat([one.records for one in known], ignore_index=True)
    mine = records[records["record_id"].isin(person.records)]
    others = records[~records["record_id"].isin(person.records)]
    late = start.with_person(mine, others, region).theirs(others, region).to_numpy()  # records that no run linked
    mine, others = pd.concat([mine, others[late]]), others[~late]
    whole = Person(frozenset(map(str, mine["record_id"])) | person.records, person.customers)
    stand_in = f"{STAND_IN}{secrets.token_hex(8)}"
    return Theirs(whole, own_words(mine, others, region), start.with_person(mine, others, region), stand_in)


def _list_for_counting(project: Path) -> Marks:
    """The list, or an empty one under a key that is thrown away: counting makes no file."""
    there = list_path(project).exists() or list_key_path(project).exists()
    return open_list(project) if there else Marks(NO_MARKS, secrets.token_bytes(32))


def _one(folder: Path, manifest: Manifest, theirs: Theirs, *, write: bool) -> Erased:
    found = erase_run(folder, manifest, theirs, write=False)
    if not write or not found.holds:
        return found

    def change(path: Path) -> list[str]:
        return erase_run(path, manifest, theirs, write=True).files

    rewrite(folder, manifest, change, why=WHY)
    return found


def _beside(out: Path, decided: Path, theirs: Theirs, booked: frozenset[str], *, write: bool) -> list[Change]:
    """Decisions, models, and files that lie loose among the runs; ``booked``: also what the books call the person.

    ``decided`` holds the decisions on the person's data set. In those on others the same record number is somebody
    else, so there only the person's own addresses and telephone numbers are looked for.
    """
    project = decided.parent.parent
    ids = theirs.person.records | theirs.person.customers | booked
    eraser = Eraser(Sweep(theirs.words, ids), ids, theirs.stand_in, write=write, names_alone=True)
    mails = frozenset(phrase for phrase in theirs.words.phrases if "@" in phrase)
    elsewhere = Eraser(Sweep(Words(mails, theirs.words.numbers)), frozenset(), theirs.stand_in, write=write)
    others = [p for p in _folders(decided.parent) if p.name != decided.name]
    paths = [p for place in (decided, project / MODELS) for p in _files(place)]
    paths += [p for place in (decided.parent, out) for p in _loose(place)]
    own = list_path(project).resolve()
    found = [eraser.erase(p, _called(p, project)) for p in paths if p.resolve() != own]
    found += [elsewhere.erase(p, _called(p, project)) for place in others for p in _files(place)]
    return [change for change in found if change]


def _folders(place: Path) -> list[Path]:
    return sorted(p for p in place.iterdir() if p.is_dir()) if place.is_dir() else []


def _files(place: Path) -> list[Path]:
    return sorted(p for p in place.rglob("*") if p.is_file())


def _loose(place: Path) -> list[Path]:
    return sorted(p for p in place.iterdir() if p.is_file() and p.name != ".lock") if place.is_dir() else []


def _called(path: Path, project: Path) -> str:
    """A file as the report calls it: below the project, where it lies there."""
    return path.relative_to(project).as_posix() if path.is_relative_to(project) else path.name


def _remove_copies(out: Path, *, write: bool) -> list[str]:
    """What lies beside the runs and is made again: copies opened by hand, rows kept, steps of a killed run."""
    found = [out / name for name in COPIES if (out / name).is_dir()]
    found += sorted(p for p in out.glob(".*.part") if p.is_dir())
    for folder in found if write else ():
        shutil.rmtree(folder)
    return [folder.name for folder in found]


def _check_gone(runs: Runs, theirs: Theirs) -> None:
    """Look through all runs once more.

    Raises
    ------
    ParamError
        Something still names the person: a fault of ours, that nobody should learn of later.
    """
    for folder, manifest in runs:
        if erase_run(folder, manifest, theirs, write=False).holds:
            raise ParamError(
                f"run {folder.name}",
                got="something that still names the person",
                expected="nothing, after all was erased",
                do="Remove that run, and report this as a fault",
            )
