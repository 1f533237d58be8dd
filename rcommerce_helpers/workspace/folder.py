"""The run folder: where everything of one run lies.

``<runs>/<run-id>/`` holds ``notebooks/`` ``report/`` ``tables/*.parquet`` ``tables/landed/*.parquet``
``permitted/<purpose>/*.parquet`` ``results/<stage>.json`` ``results.json`` ``manifest.json`` ``log.jsonl``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.results import read_json


@dataclass(frozen=True)
class RunFolder:
    """Paths and whole-or-nothing reads and writes inside one run folder."""

    path: Path

    @property
    def landed(self) -> Path:
        return self.path / "tables" / "landed"

    @property
    def manifest(self) -> Path:
        return self.path / "manifest.json"

    def table_path(self, name: str) -> Path:
        """Where the stage table of that name lies."""
        return self.path / "tables" / f"{name}.parquet"

    def results_path(self, stage: str) -> Path:
        return self.path / "results" / f"{stage}.json"

    def permitted(self, purpose: str) -> Path:
        """Folder of the tables that may be read for one purpose."""
        return self.path / "permitted" / purpose

    def write(self, name: str, table: pd.DataFrame) -> Path:
        """Write one stage table, whole or not at all."""
        target = self.table_path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{name}.")
        os.close(handle)
        try:
            table.to_parquet(temporary, index=False)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return target

    def read(self, name: str) -> pd.DataFrame:
        """Read one stage table that this or an earlier stage of the run wrote."""
        path = self.table_path(name)
        if not path.exists():
            raise ParamError(
                f"table {name}",
                got="no such table in this run",
                expected="the stage before to have written it",
                do="Run the earlier stages first: `rcommerce run`",
            )
        return pd.read_parquet(path)


def runs_folder(start: Path) -> Path:
    """The nearest ``runs`` folder at or above a place: notebooks lie beside it, scheduled runs start above it."""
    for place in (start, *start.parents):
        if (place / "runs").is_dir():
            return place / "runs"
    return start / "runs"


def working_copy(run: RunFolder) -> RunFolder:
    """A copy of a finished run to work in by hand, under ``runs/.by_hand/``: the finished run itself never changes.

    Files are hard links where the disk allows; every write replaces its file, so the original keeps its own. A copy
    that is there already is used again, with what was changed in it.
    """
    copy = run.path.parent / ".by_hand" / run.path.name
    for part in ("tables", "permitted", "results"):
        if (run.path / part).is_dir() and not (copy / part).exists():
            shutil.copytree(run.path / part, copy / part, copy_function=_link)
    return RunFolder(copy)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def newest_run(runs: Path, dataset: str) -> RunFolder:
    """The newest finished run of a data set: what a notebook opened alone reads.

    Raises
    ------
    ParamError
        There is none; the message holds the one command that makes it.
    """
    finished = [p.parent for p in runs.glob("*/manifest.json") if _is_done(p, dataset)]
    if not finished:
        raise ParamError(
            "dataset",
            got=f"no finished run of {dataset!r} in {runs.name}/",
            expected="one finished run",
            do=f"Run `rcommerce run --dataset {dataset}` once",
        )
    return RunFolder(max(finished, key=lambda p: p.name))


def _is_done(manifest: Path, dataset: str) -> bool:
    content = read_json(manifest)
    return content.get("status") == "done" and content.get("dataset") == dataset
