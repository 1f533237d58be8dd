"""Tables for one purpose: opened lazily, reduced to the persons who permit it, known on the last known day.

Merging wrote ``permitted/<purpose>/``; tables of earlier stages lie in ``tables/``. Both come through ``open_tables``
under one rule, and nothing else opens them for a stage: without a purpose, or for a table that the stage has not
declared, there is none.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rcommerce_helpers.clock import day_after
from rcommerce_helpers.engine import frame, lazy
from rcommerce_helpers.errors import NotPermitted
from rcommerce_helpers.results import Absent
from rcommerce_helpers.rollback import rolled_back
from rcommerce_helpers.schema import PURPOSES, TABLES

if TYPE_CHECKING:
    import ibis
    from ibis.backends.duckdb import Backend

NEVER = (
    "source_records", "permissions", "persons", "later_records", "households", "companies", "quarantine",
    "golden_values", "golden_conflicts", "links", "customer_changes",
)  # fmt: skip
"""Raw records and the links between systems: for merging alone."""
BY_PURPOSE = (*TABLES, "contact_points", "permission_decisions")
"""What merging writes for each purpose: never taken from its own tables, which hold everybody and every address."""
PERSONAL_KEYS = ("customer_id", "record_id", "household_id")


class Tables:
    """The tables that one stage may read, each an attribute: a lazy table, or an ``Absent`` that says why not.

    Any name that the stage has not declared is a mistake and fails.

    Examples
    --------
    ``tables.orders.count()`` counts the orders of those who permit the purpose, up to the last known day.
    """

    def __init__(self, folder: Path, purpose: str, as_of: str, reads: frozenset[str]) -> None:
        self._folder = folder
        self._purpose = purpose
        self._end = day_after(as_of)
        self._reads = reads
        self._opened: dict[str, ibis.Table | Absent] = {}

    def __getattr__(self, name: str) -> ibis.Table | Absent:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._reads:
            near = difflib.get_close_matches(name, self._reads, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise AttributeError(f"{name}: not among the tables this stage may read ({', '.join(self)}).{hint}")
        if name not in self._opened:
            self._opened[name] = self._open(name)
        return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        """Names of the tables that may be asked for."""
        return iter(sorted(self._reads))

    def __dir__(self) -> list[str]:
        return sorted(self._reads)

    @cached_property
    def _backend(self) -> Backend:
        return lazy()

    @property
    def _permitted(self) -> Path:
        return self._folder / "permitted" / self._purpose

    def _open(self, name: str) -> ibis.Table | Absent:
        if name in NEVER:
            return Absent(name, f"{name} is for merging alone")
        path = self._permitted / f"{name}.parquet"
        if path.exists():
            return self._then_permitted(rolled_back(self._read(path), name, self._end))
        made = self._folder / "tables" / f"{name}.parquet"
        if name not in BY_PURPOSE and made.exists():
            return self._made(name, self._read(made))
        return Absent(name, self._why_not(name))

    def _made(self, name: str, table: ibis.Table) -> ibis.Table | Absent:
        """A table of an earlier stage, which had a purpose of its own."""
        if not is_personal(table):
            return table
        people = self._permitted / "customers.parquet"
        if not people.exists():
            return Absent(name, self._why_not(name))
        return self._then_permitted(of_permitted(table, self._read(people)))

    def _why_not(self, name: str) -> str:
        if not self._permitted.is_dir():
            return f"nobody permits {self._purpose}"
        if name in BY_PURPOSE:
            return f"this data set has no {name} that may be used for {self._purpose}"
        return f"no earlier stage of this run wrote {name}"

    def _read(self, path: Path) -> ibis.Table:
        return self._backend.read_parquet(str(path))

    def _then_permitted(self, table: ibis.Table) -> ibis.Table:
        """Only those whose permission is as old as the last known day: it may lie before that of the run."""
        if "customer_id" not in table.columns or not self._later:
            return table
        return table.filter(table["customer_id"].notin(self._later))

    @cached_property
    def _later(self) -> list[str]:
        """Customers of the run whose every grant of this purpose is younger than the last known day."""
        path = self._permitted / "permission_decisions.parquet"
        if not path.exists():
            return []
        decided = self._read(path)
        granted = decided.filter(decided["allowed"])
        old = granted.filter(granted["since"].isnull() | (granted["since"] < self._end))
        young = frame(granted.anti_join(old, "customer_id").select("customer_id").distinct())
        return [str(customer) for customer in young["customer_id"]]


def is_personal(table: ibis.Table) -> bool:
    """Whether the rows of a stage's table are about persons or households."""
    return any(key in table.columns for key in PERSONAL_KEYS)


def of_permitted(table: ibis.Table, people: ibis.Table) -> ibis.Table:
    """A personal table of an earlier stage: only the rows of ``people``, without other keys of persons.

    One that does not name the customer cannot be reduced, so nothing of it is given.
    """
    if "customer_id" not in table.columns:
        return table.limit(0)
    others = [key for key in PERSONAL_KEYS if key in table.columns and key != "customer_id"]
    return table.drop(*others).semi_join(people.select("customer_id"), "customer_id")


def open_tables(run: os.PathLike[str] | str, purpose: str, as_of: str, *, reads: Iterable[str] | None = None) -> Tables:
    """Open what a run holds for one purpose.

    Parameters
    ----------
    run
        Folder of the run.
    purpose
        One of the closed list of purposes; there is no table without.
    as_of
        Last day that may be known, 2024-06-30, by the wall clock.
    reads
        Names of the tables that may be asked for; None = all canonical tables and those of the run's stages.

    Returns
    -------
    Tables
        One row of each = as the schema says, with ``customer_id`` in place of the record.

    Raises
    ------
    NotPermitted
        No purpose is given, or one that is not on the list.
    """
    if purpose not in PURPOSES:
        raise NotPermitted(
            "purpose",
            got=repr(purpose) if purpose else "none",
            expected=f"one of {', '.join(PURPOSES)}",
            do="Name the purpose that the persons were asked for",
        )
    folder = Path(run)
    known = set(TABLES) | {path.stem for path in (folder / "tables").glob("*.parquet")}
    return Tables(folder, purpose, as_of, frozenset(known if reads is None else reads))
