"""What a stage finds in its working folder: what it is allowed, and nothing else.

A door in code is none while the kernel sees the whole run beside it. So every notebook works in a folder of its own,
and this module fills it: the permitted tables that the stage has declared, the tables of earlier stages reduced to the
persons who permit its purpose, the reports if it reads those. Stages that work on what landed are of two kinds: merging
gets the records themselves; the tour and the look at the own data get them for counting only, with every personal value
hidden and every reference to a person replaced by a number that means nothing outside that folder.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from rcommerce_helpers import engine
from rcommerce_helpers.access.tables import BY_PURPOSE, NEVER, is_personal, of_permitted
from rcommerce_helpers.files import lay, write_whole
from rcommerce_helpers.results import read_json, write_json
from rcommerce_helpers.schema import LANDED_TABLES

if TYPE_CHECKING:
    import ibis
    from ibis.backends.duckdb import Backend

ALLOWANCE_FILE = "allowance.json"
SETTINGS = ("data_set.json", "offers.toml")
"""What every stage may see of the landed folder: facts of the data set and what may be offered."""
HIDDEN = "\N{MIDDLE DOT}"
"""Stands for a personal value that is there."""

Landed = Literal["nothing", "counts", "records"]
Stamp = tuple[int, int]
"""Size and time of change of a file: a later stage must not have touched it."""


@dataclass(frozen=True)
class Allowance:
    """What one stage may read.

    ``purpose`` is empty for a stage that reads for none; it then gets no personal table. ``reads`` are names of
    canonical tables and of tables of earlier stages; ``landed`` says what it gets of the landed tables; ``reports``
    whether it reads what the other stages reported.
    """

    stage: str
    purpose: str = ""
    reads: tuple[str, ...] = ()
    landed: Landed = "nothing"
    reports: bool = False


def lay_out(allowance: Allowance, files: Iterable[str], source: Path, work: Path) -> dict[str, Stamp]:
    """Fill the working folder of a stage.

    Parameters
    ----------
    allowance
        What the stage may read.
    files
        Paths within ``source`` of all files that the steps before it have written.
    source
        Folder of the run.
    work
        The working folder; what is there already is kept.

    Returns
    -------
    dict
        Path within ``work`` -> size and time of change of what was laid there.
    """
    work.mkdir(parents=True, exist_ok=True)
    layout = _Layout(allowance, source, work)
    for name in sorted(files):
        layout.lay(name)
    write_json(work / ALLOWANCE_FILE, asdict(allowance))
    return {name: stamp_of(work / name) for name in (*layout.laid, ALLOWANCE_FILE)}


def read_allowance(work: Path) -> Allowance | None:
    """What the stage of a working folder may read; None where nobody has laid one out."""
    path = work / ALLOWANCE_FILE
    if not path.exists():
        return None
    content = read_json(path)
    return Allowance(**{**content, "reads": tuple(content["reads"])})  # type: ignore[arg-type]


def stamp_of(path: Path) -> Stamp:
    """Size and time of change of a file."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


class _Layout:
    """One working folder while it is filled."""

    def __init__(self, allowance: Allowance, source: Path, work: Path) -> None:
        self.allowance = allowance
        self.source = source
        self.work = work
        self.laid: list[str] = []
        self.salt = secrets.token_hex(16)
        self._engine: Backend | None = None

    @property
    def backend(self) -> Backend:
        """Opened only where a table must be rewritten."""
        if self._engine is None:
            self._engine = engine.lazy()
        return self._engine

    def lay(self, name: str) -> None:
        """Lay a file as it is, write what may be seen of it, or leave it out."""
        path = PurePosixPath(name)
        match path.parts:
            case ("tables", "landed", file):
                self._lay_landed(name, file)
            case ("permitted", purpose, _) if purpose == self.allowance.purpose:
                if path.stem in (*self.allowance.reads, "customers", "permission_decisions"):
                    self._whole(name)
            case ("tables", _) if path.stem in self.allowance.reads and path.stem not in (*NEVER, *BY_PURPOSE):
                self._reduce(name)
            case ("results", _) if self.allowance.reports:
                self._whole(name)

    def _lay_landed(self, name: str, file: str) -> None:
        table = file.removesuffix(".parquet")
        if file in SETTINGS or self.allowance.landed == "records":
            self._whole(name)
        elif self.allowance.landed == "counts" and table in self.allowance.reads:
            self._write(name, hidden(self._read(name), table, self.salt))

    def _reduce(self, name: str) -> None:
        """Lay a table of an earlier stage: whole where it is about nobody, else the rows of those who permit."""
        people = self.source / "permitted" / self.allowance.purpose / "customers.parquet"
        if not is_personal(self._read(name)):
            self._whole(name)
        elif self.allowance.purpose and people.exists():
            self._write(name, of_permitted(self._read(name), self.backend.read_parquet(str(people))))

    def _read(self, name: str) -> ibis.Table:
        return self.backend.read_parquet(str(self.source / name))

    def _whole(self, name: str) -> None:
        lay(self.source / name, self.work / name)
        self.laid.append(name)

    def _write(self, name: str, table: ibis.Table) -> None:
        write_whole(self.work / name, lambda path: table.to_parquet(str(path)))
        self.laid.append(name)


def hidden(table: ibis.Table, name: str, salt: str) -> ibis.Table:
    """A landed table for counting: personal values hidden where they are filled, references made meaningless.

    Parameters
    ----------
    table
        As landed.
    name
        Its name in the schema; of a table outside it (the quarantine) every value is hidden.
    salt
        The same for all tables that are to be joined, known to nobody afterwards.
    """
    import ibis

    if name not in LANDED_TABLES:
        named = [name for name in ("value", "record_id") if name in table.columns]
        return table.mutate(**{name: ibis.null("string") for name in named}) if named else table
    changed = {}
    for column in LANDED_TABLES[name].columns:
        if column.name not in table.columns or not (column.personal or column.type == "record"):
            continue
        value = table[column.name]
        if column.type in ("record", "key"):
            changed[column.name] = (ibis.literal(salt) + value.cast("string")).hexdigest("md5")
        else:
            changed[column.name] = ibis.ifelse(value.isnull(), ibis.null("string"), ibis.literal(HIDDEN))
    return table.mutate(**changed)
