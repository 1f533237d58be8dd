"""A data set that remembers the refusals of its earlier imports, whichever export is imported now.

The fingerprint of the data names what is remembered, so that no step of a run that did not know a refusal is reused
once it is known. Known limit: the memory is the runs of one folder; where they are deleted, it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import NotPermitted
from rcommerce_helpers.sources.refusals import keep_refusals, known_refusals, lacking
from rcommerce_helpers.workspace.data_sets import REMEMBERS, bare
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.fingerprints import digest
from rcommerce_helpers.workspace.runs.manifest import Manifest, runs_in
from rcommerce_helpers.workspace.runs.request import Data
from rcommerce_helpers.workspace.runs.stages import LAND


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
    """``data`` as it is, with the refusals that earlier runs of the folder ``out`` knew of ``data_set``."""

    data: Data
    out: Path
    data_set: str
    _known: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        newest = next(iter(self._earlier), None)
        self._known = known_refusals(newest[0]) if newest else pd.DataFrame()

    @cached_property
    def _earlier(self) -> list[tuple[Path, Manifest]]:
        return imports_of(self.out, self.data_set)

    @cached_property
    def fingerprint(self) -> str:
        """Of the data, and of what is remembered beside them; that of an earlier run which knew all that is known."""
        same = [(path, m) for path, m in self._earlier if bare(m.data_fingerprint) == self.data.fingerprint]
        for path, manifest in same:
            if lacking(self._known, path).empty:
                return manifest.data_fingerprint
        if self._known.empty:
            return self.data.fingerprint
        return f"{self.data.fingerprint}{REMEMBERS}{digest(self._known.astype(str).to_numpy().tolist())}"

    def land(self, folder: Path, previous: Path | None) -> None:
        """Land the data, and lay beside them what they lack of the refusals known before."""
        self.data.land(folder, previous)
        keep_refusals(self._known, folder)
