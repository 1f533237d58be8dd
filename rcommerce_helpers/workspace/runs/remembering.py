"""A data set that remembers what its exports do not say: earlier refusals, forgotten people, decisions by hand.

The fingerprint of the data names what is remembered, so that no step of a run that did not know a refusal is reused
once it is known; nor one that held a person who is forgotten by now, or a value that was corrected. Known limit: the
memory of refusals is the runs of one folder; where they are deleted, it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import NotPermitted
from rcommerce_helpers.files import write_whole
from rcommerce_helpers.merging import by_hand
from rcommerce_helpers.merging.corrections import FILE, TABLE, check_known, read_corrections
from rcommerce_helpers.sources.forgotten import set_apart
from rcommerce_helpers.sources.refusals import EARLIER, keep_refusals, known_refusals, lacking
from rcommerce_helpers.workspace.data_sets import REMEMBERS, bare
from rcommerce_helpers.workspace.decisions import check_name, decisions_of, is_within
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.data import DescribedData
from rcommerce_helpers.workspace.runs.fingerprints import digest
from rcommerce_helpers.workspace.runs.manifest import Manifest, runs_in
from rcommerce_helpers.workspace.runs.request import Data
from rcommerce_helpers.workspace.runs.stages import LAND
from rcommerce_helpers.workspace.tombstones import forgotten_people

DECIDED = "decided-"
"""In the fingerprint of a run's data, before that of the decisions of its project."""


def imports_of(out: Path, data_set: str) -> list[tuple[Path, Manifest]]:
    """Landed tables of a data set with the manifest of their run, newest first; runs that failed later count too."""
    runs = [(RunFolder(folder).landed, m) for folder, m in runs_in(out, unfinished=True) if m.data_set == data_set]
    return [(path, m) for path, m in runs if path.is_dir() and LAND in m.steps and m.steps[LAND].status == "done"]


def check_refusals_known(run: Path, manifest: Manifest) -> None:
    """Nobody is written to, or looked at, who said no after a run was made: a run is used while it knows every refusal.

    Raises
    ------
    NotPermitted
        A later import of the same data set holds a refusal that this run does not know.
    """
    for landed, later in imports_of(run.parent, manifest.data_set)[:1]:  # the newest remembers those before it
        if len(lacking(known_refusals(landed), RunFolder(run).landed)):
            raise NotPermitted(
                f"run {run.name}",
                got=f"refusals in {later.run} that it does not know",
                expected="a run that knows every refusal",
                do="Use the newest run, or make one with `rcommerce run`",
            )


@dataclass
class Remembering:
    """``data`` as it is, with the refusals that earlier runs of the folder ``out`` knew of ``data_set``.

    ``project`` holds the decisions: without people who were forgotten, with corrections, and with who is the same.

    Raises
    ------
    ParamError
        There is a list of forgotten people, and its key is missing: nobody is landed then.
    ParamError
        The name of the data set is another's, or decisions lie where they name no data set (``decisions_of``).
    SchemaError
        The corrections, or the decisions on who is the same, are not as they should be.
    """

    data: Data
    out: Path
    data_set: str
    project: Path = Path()
    _known: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        newest = next(iter(self._earlier), None)
        self._known = known_refusals(newest[0]) if newest else pd.DataFrame()
        self._forgotten = forgotten_people(self.project)
        within = not isinstance(self.data, DescribedData) or is_within(self.data.described.path, self.project)
        check_name(self.out, self.project, self.data_set, self.name, within=within)
        decided = decisions_of(self.project, self.name)
        self._corrections = read_corrections(decided / FILE)
        self._pairs = by_hand.read_decided(decided / by_hand.FILE)

    @property
    def name(self) -> str:
        return self.data.name

    @cached_property
    def _earlier(self) -> list[tuple[Path, Manifest]]:
        return imports_of(self.out, self.data_set)

    @cached_property
    def fingerprint(self) -> str:
        """Of the data, and of what is remembered beside them; that of an earlier run which knew all that is known."""
        decided = self._decided
        fits = [(path, m, bare(m.data_fingerprint), m.data_fingerprint) for path, m in self._earlier]
        same = [(p, m) for p, m, data, whole in fits if data == self.data.fingerprint and _decided_in(whole) == decided]
        for path, manifest in same:
            if lacking(self._known, path).empty:
                return manifest.data_fingerprint
        then = f"{REMEMBERS}{DECIDED}{decided}" * bool(decided)
        if self._known.empty:
            return f"{self.data.fingerprint}{then}"
        return f"{self.data.fingerprint}{REMEMBERS}{digest(self._known.astype(str).to_numpy().tolist())}{then}"

    @property
    def _decided(self) -> str:
        """Fingerprint of the decisions; empty where there are none."""
        forgotten = self._forgotten.digest if self._forgotten else ""
        by_hand_lists = [self._corrections.to_numpy().tolist(), self._pairs.to_numpy().tolist()]
        return digest([forgotten, *by_hand_lists]) if forgotten or any(by_hand_lists) else ""

    def land(self, folder: Path, previous: Path | None) -> None:
        """Land the data without forgotten people, and lay beside them refusals they lack, and decisions."""
        if isinstance(self.data, DescribedData):
            replace(self.data, forgotten=self._forgotten).land(folder, previous)
        else:
            self.data.land(folder, previous)
        keep_refusals(self._known, folder)
        if self._forgotten is not None and (folder / f"{EARLIER}.parquet").exists():
            set_apart(folder, self._forgotten)  # what was remembered may be of a run that still held them
        if len(self._corrections):
            check_known(self._corrections, folder)
            write_whole(folder / f"{TABLE}.parquet", lambda path: self._corrections.to_parquet(path, index=False))
        if len(self._pairs):
            by_hand.check_decided_known(self._pairs, folder)
            target = folder / f"{by_hand.TABLE}.parquet"
            write_whole(target, lambda path: self._pairs.to_parquet(path, index=False))


def _decided_in(fingerprint: str) -> str:
    """The part of a fingerprint that stands for decisions."""
    last = fingerprint.rpartition(REMEMBERS)[2]
    return last.removeprefix(DECIDED) if last.startswith(DECIDED) else ""
