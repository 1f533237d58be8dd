"""Files of a step: which it wrote, how they get into another run, and whether they can be trusted again.

Every notebook runs in a folder of its own that shows it only the files of the steps it needs (hard links, so nothing
is copied). What is new there afterwards is what the step wrote. All writers of the workspace write a new file and
rename it, so a linked file of an earlier run is never changed; a notebook that changes one all the same is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rcommerce_helpers.access.allowance import Stamp, stamp_of
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.files import link
from rcommerce_helpers.workspace.folder import files_of
from rcommerce_helpers.workspace.runs.manifest import Manifest, Step


def link_all(files: Iterable[str], source: Path, target: Path) -> None:
    """Make files of one run folder appear in another."""
    for name in files:
        link(source / name, target / name)


def sizes(folder: Path) -> dict[str, int]:
    """Path below ``folder`` -> bytes, of all files without hidden ones."""
    return {name: (folder / name).stat().st_size for name in files_of(folder)}


def written(work: Path, laid: Mapping[str, Stamp]) -> dict[str, int]:
    """The files a step added to its own folder; ``laid`` are those it found there.

    Raises
    ------
    SchemaError
        The step changed or removed a file of an earlier step.
    """
    for name, stamp in laid.items():
        if not (work / name).exists() or stamp_of(work / name) != stamp:
            raise SchemaError(
                name,
                got="a file changed by a later stage",
                expected="every stage to write files of its own",
                do="Give the table another name",
            )
    return {name: size for name, size in sizes(work).items() if name not in laid}


def move_all(files: Iterable[str], source: Path, target: Path) -> None:
    """Move a step's files into the run folder.

    Raises
    ------
    SchemaError
        Another step wrote a file of that name.
    """
    for name in files:
        place = target / name
        if place.exists():
            raise SchemaError(
                name, got="two stages writing it", expected="one", do="Give one of the tables another name"
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        (source / name).replace(place)


def find_step(
    name: str, fingerprint: str, earlier: Iterable[tuple[Path, Manifest]]
) -> tuple[Path, Manifest, Step] | None:
    """The newest earlier run in which this very step was finished and still has all its files."""
    for folder, manifest in earlier:
        step = manifest.steps.get(name)
        if step is not None and step.status == "done" and step.fingerprint == fingerprint and _complete(step, folder):
            return folder, manifest, step
    return None


def _complete(step: Step, folder: Path) -> bool:
    return all(
        (folder / name).is_file() and (folder / name).stat().st_size == size for name, size in step.files.items()
    )
