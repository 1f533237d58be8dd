"""A whole run as a user starts it, for the tests that only look at one.

That of the demo is strict too: a first cell in each notebook makes every warning an error.
"""

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import nbformat
import pytest

T = TypeVar("T")

CODE = Path(__file__).parents[1]
COMMAND = [str(Path(sys.executable).parent / "rcommerce"), "run", "--dataset"]
STRICT_RUN = """
import sys
from pathlib import Path
from rcommerce_helpers.workspace.runs import stages
notebooks = Path(sys.argv[1])
stages.standard_table = lambda: stages.StageTable(notebooks)
from rcommerce_helpers.cli import main
sys.argv = ["rcommerce", "run", "--dataset", "demo"]
main()
"""
NOT_OURS = {
    "fetch_arrow_table() is deprecated, use to_arrow_table() instead.": "Ibis 12 calls DuckDB 2 by an older name",
    "fetch_record_batch() is deprecated, use to_arrow_reader() instead.": "Ibis 12 calls DuckDB 2 by an older name",
}
"""Warnings of other people's code that ours cannot mend, by their exact words, each with its reason."""
STRICT_CELL = f"""
import re
import warnings
warnings.simplefilter("error")
_ = [warnings.filterwarnings("ignore", message=re.escape(words) + "$") for words in {list(NOT_OURS)}]
"""
PATIENCE_SECONDS = 1200


@dataclass(frozen=True)
class WholeRun:
    """A project folder with one finished run in it, and what the command printed."""

    project: Path
    printed: str

    @property
    def folder(self) -> Path:
        (folder,) = [p for p in (self.project / "runs").iterdir() if not p.name.startswith(".") and p.is_dir()]
        return folder


def start_run(folder: Path, dataset: str) -> subprocess.CompletedProcess:
    """The command as a user types it, in a folder that has nothing but what the user put there."""
    return subprocess.run(
        strict_command(folder.parent / "strict") if dataset == "demo" else [*COMMAND, dataset],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )


def strict_command(place: Path) -> list[str]:
    """The same command on copies of the notebooks, made there, that stop at a warning."""
    place.mkdir(exist_ok=True)
    for path in (CODE / "notebooks").glob("0*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT_CELL, id="strict"))
        nbformat.write(notebook, place / path.name)
    return [sys.executable, "-c", STRICT_RUN, str(place)]


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this test run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def once(place: Path, make: Callable[[Path], T]) -> T:
    """What ``make`` gives for that folder: the first who asks makes it there, the others wait for it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    answer = place.with_name(f"{place.name}.made")
    try:
        place.mkdir()
    except FileExistsError:
        until = time.monotonic() + PATIENCE_SECONDS
        while not answer.exists() and time.monotonic() < until:
            time.sleep(0.5)
    else:
        try:
            made = pickle.dumps(make(place))
        except BaseException as error:
            made = pickle.dumps(AssertionError(f"{place.name} could not be made: {error}"))
            raise
        finally:
            half = answer.with_name(f"{answer.name}.half")
            half.write_bytes(made)
            half.rename(answer)
    found = pickle.loads(answer.read_bytes())
    if isinstance(found, AssertionError):
        raise found
    return found


def made_once(place: Path, dataset: str) -> WholeRun:
    """The run of a data set in that folder: the first who asks makes it, the others wait for it."""
    return once(place, partial(_whole_run, dataset))


def _whole_run(dataset: str, place: Path) -> WholeRun:
    done = start_run(place, dataset)
    assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return WholeRun(place, done.stdout)
