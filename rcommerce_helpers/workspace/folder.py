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

from rcommerce_helpers.access.allowance import Allowance, lay_out
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.files import write_whole
from rcommerce_helpers.results import read_json
from rcommerce_helpers.workspace.data_sets import content_of, data_set_id, known_by, same_data

BY_HAND = ".by_hand"


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

    def __fspath__(self) -> str:
        return str(self.path)

    @property
    def finished(self) -> str:
        """Name of the finished run that this folder is, or is a copy of."""
        by_hand = BY_HAND in self.path.parts
        return self.path.parent.name if by_hand else self.path.resolve().name

    def write(self, name: str, table: pd.DataFrame) -> Path:
        """Write one stage table, whole or not at all."""
        return write_whole(self.table_path(name), lambda path: table.to_parquet(path, index=False))

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


def working_copy(run: RunFolder, allowance: Allowance) -> RunFolder:
    """A folder to work in by hand, under ``runs/.by_hand/<run>/``: the finished run itself never changes.

    Every window gets one of its own, with what its stage may read; copies of windows that are gone are cleared away.
    """
    home = run.path.resolve().parent / BY_HAND / run.path.resolve().name
    _clear_abandoned(home)
    home.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f"{allowance.stage}-{os.getpid()}-", dir=home))
    lay_out(allowance, files_of(run.path), run.path, work)
    return RunFolder(work)


def _clear_abandoned(home: Path) -> None:
    """Remove copies whose window, known by the number of its process, is gone."""
    for copy in home.glob("*-*-*"):
        owner = copy.name.rsplit("-", 2)[1]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(copy, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return True


def files_of(folder: Path) -> list[str]:
    """Paths within a folder of all its files, without hidden ones."""
    found = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)]


def newest_run(runs: Path, dataset: str) -> RunFolder:
    """The newest finished run of a data set: what a notebook opened alone reads.

    Raises
    ------
    ParamError
        There is none; the message holds the one command that makes it.
    """
    done = {
        p.parent: content for p in runs.glob("*/manifest.json") if (content := read_json(p)).get("status") == "done"
    }
    places = (Path.cwd(), runs.resolve().parent)
    known = {data_set_id(dataset, place) for place in places}
    finished = [folder for folder, content in done.items() if known_by(content, runs) in known]
    if not finished and (bytes_now := content_of(dataset, places)):
        finished = [folder for folder, content in done.items() if same_data(content, bytes_now)]
    if not finished:
        raise ParamError(
            "dataset",
            got=f"no finished run of {dataset!r} in {runs.name}/",
            expected="one finished run",
            do=f"Run `rcommerce run --dataset {dataset}` once",
        )
    return RunFolder(max(finished, key=lambda p: p.name))
