"""Which files of the user hold a person: they are theirs, so they are named with a count and never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rcommerce_helpers.errors import RCommerceError
from rcommerce_helpers.sources.config import read_config
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.holding import rows_that_hold
from rcommerce_helpers.workspace.data_sets import DEMO
from rcommerce_helpers.workspace.rights.one_run import Theirs
from rcommerce_helpers.workspace.rights.sweeping import Sweep


@dataclass(frozen=True)
class Held:
    """One file of a data set: how many of its rows hold the person, or why it was not read."""

    data_set: str
    file: str
    rows: int = 0
    why_not: str = ""

    def line(self) -> str:
        """One line: the file, and its rows."""
        return f"{self.data_set}: {self.file}: {self.why_not or f'{self.rows:,} rows'}"


def exports_that_hold(data_sets: Iterable[str], project: Path, theirs: Theirs) -> tuple[Held, ...]:
    """Files of some data sets in which a person stands.

    Parameters
    ----------
    data_sets
        As runs were asked for them; public data sets and the demo hold nobody of ours.
    project
        Folder that relative paths begin in.
    """
    ids: dict[str, set[str]] = {}
    for record in theirs.person.records:
        source, _, number = record.partition(":")
        ids.setdefault(source, set()).add(number)
    sweep = Sweep(theirs.words, theirs.person.records)
    return tuple(one for name in dict.fromkeys(data_sets) for one in _of_data_set(name, project, sweep, ids))


def _of_data_set(name: str, project: Path, sweep: Sweep, ids: dict[str, set[str]]) -> list[Held]:
    path = project / name
    path = path / "sources.toml" if path.is_dir() else path
    if name == DEMO or not path.is_file():
        return []
    try:
        data_set = DataSet(path, read_config(path), allow_outside=True)
    except RCommerceError as error:
        return [Held(name, path.name, why_not=f"could not be read: {error.got}")]
    found = []
    for key, spec in data_set.config.files.items():
        if spec.is_elsewhere:
            found.append(Held(name, key, why_not="a database or service, not looked at"))
            continue
        try:
            rows = rows_that_hold(data_set, key, sweep.rough, ids, sweep.hits)
        except (RCommerceError, OSError):
            found.append(Held(name, spec.path, why_not="could not be read"))
            continue
        found += [Held(name, spec.path, rows)] if rows else []
    return found
