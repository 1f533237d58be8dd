"""Files of a step: which it wrote, how they get into another run, and whether they can be trusted again.

Every notebook runs in a folder of its own that shows it only the files of the steps it needs. What is new there
afterwards is what the step wrote. What is laid there is a copy, or a table that nobody could write to; a notebook that
changes one all the same is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rcommerce_helpers.access.allowance import Stamp, stamp_of
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.files import lay
from rcommerce_helpers.workspace.folder import files_of
from rcommerce_helpers.workspace.runs.manifest import Manifest, Step
from rcommerce_helpers.workspace.runs.seal import hashes


def lay_all(files: Iterable[str], source: Path, target: Path) -> None:
    """Make files of a finished step appear in another run's folder, closed to writing there too."""
    for name in files:
        lay(source / name, target / name)
        (target / name).chmod(0o400)


def written(work: Path, laid: Mapping[str, Stamp]) -> dict[str, str]:
    """The files a step added to its own folder, path -> sha256; ``laid`` are those it found there.

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
    return hashes(work, [name for name in files_of(work) if name not in laid])


def move_all(files: Iterable[str], source: Path, target: Path) -> None:
    """Move a step's files into the run folder, where nobody writes to them any more.

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
        place.chmod(0o400)


def done_before(
    name: str, fingerprint: str, earlier: Iterable[tuple[Path, Manifest]]
) -> Iterator[tuple[Path, Manifest, Step]]:
    """Earlier runs in which this very step was finished, newest first; their files are still to be checked."""
    for folder, manifest in earlier:
        step = manifest.steps.get(name)
        if step is not None and step.status == "done" and step.fingerprint == fingerprint:
            yield folder, manifest, step
