"""The seal of a run: what a finished folder holds, by sha256, and whether that is still so.

Modes keep a user from changing a finished run by mistake (files 0400, folders 0700), but an administrator ignores them:
the hashes are the seal. They find every change, by accident or by a hand that does not know of them; whoever rewrites
file and manifest together makes a new run. Where that must be excluded, keep the manifest's ``seal`` somewhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rcommerce_helpers.errors import BrokenExpectation
from rcommerce_helpers.workspace.runs.manifest import Manifest, log, read_manifest

LOG = "log.jsonl"
MANIFEST = "manifest.json"
SHOWN_FAULTS = 5


@dataclass(frozen=True)
class Fault:
    """One difference between a run folder and its seal; ``what``: changed, missing, added, link, or manifest."""

    file: str
    what: str


def sha256(path: Path) -> str:
    """Hash of a file's bytes, 64 hex digits.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as empty:
    ...     sha256(Path(empty.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Path below ``folder`` -> sha256."""
    return {name: sha256(folder / name) for name in names}


def seal(folder: Path, manifest: Manifest) -> None:
    """Take down the hashes of what no step wrote, write the manifest last, and let nobody write any more."""
    written_by_steps = {name for step in manifest.steps.values() for name in step.files}
    others = [name for name in every_file(folder) if name not in written_by_steps and name != MANIFEST]
    manifest.closing = hashes(folder, others)
    manifest.save(folder)
    close_modes(folder)


def close_modes(folder: Path) -> None:
    """Files 0400, folders 0700."""
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o400)


def every_file(folder: Path) -> list[str]:
    """Paths below ``folder`` of all files and links, hidden ones too."""
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_symlink() or not p.is_dir())
    return sorted(found)


def faults(folder: Path, manifest: Manifest, names: Iterable[str] | None = None) -> list[Fault]:
    """Compare files with the hashes of the manifest.

    Parameters
    ----------
    names
        The files in question; None = all, and then every file that the manifest does not know is a fault as well.
    """
    known = manifest.files
    found = [fault for name in (known if names is None else names) if (fault := _fault(folder, name, known))]
    if names is None:
        found += [Fault(name, "added") for name in every_file(folder) if name not in known and name != MANIFEST]
    return found


def _fault(folder: Path, name: str, known: dict[str, str]) -> Fault | None:
    path = folder / name
    if path.is_symlink() or any(parent.is_symlink() for parent in _within(path, folder)):
        return Fault(name, "link")
    if not path.is_file():
        return Fault(name, "missing")
    return None if sha256(path) == known.get(name) else Fault(name, "changed")


def _within(path: Path, folder: Path) -> list[Path]:
    return [parent for parent in path.parents if parent.is_relative_to(folder) and parent != folder]


def check_seal(folder: Path, manifest: Manifest | None, names: Iterable[str] | None = None) -> Manifest:
    """Refuse a run, or some files of one, that are not what they were when it was sealed; gives its manifest.

    Raises
    ------
    BrokenExpectation
        The manifest cannot be believed, or a file was changed, removed, added or replaced by a link; they are named.
    """
    found = faults(folder, manifest, names) if manifest else [Fault(MANIFEST, "changed")]
    if found or manifest is None:
        told = ", ".join(f"{fault.file} ({fault.what})" for fault in found[:SHOWN_FAULTS])
        more = f" and {len(found) - SHOWN_FAULTS} more" if len(found) > SHOWN_FAULTS else ""
        raise BrokenExpectation(
            f"run {folder.name}",
            got=f"{told}{more}",
            expected="every file as it was when the run was sealed",
            do="Do not use it: make the run again with `rcommerce run`, or take the folder from a copy",
        )
    return manifest


def rewrite(folder: Path, manifest: Manifest, change: Callable[[Path], Iterable[str]], *, why: str) -> None:
    """The one way to change a finished run: break the links, change, log, seal again.

    Parameters
    ----------
    change
        Gets the folder and gives the names of the files that it is about to replace or has replaced; it replaces whole
        files (a new file under the old name), so that a table linked from another run stays as it is there.
    why
        Goes into the log and into the manifest.

    Raises
    ------
    BrokenExpectation
        The run is not what it was when it was sealed; nothing is changed.
    """
    check_seal(folder, manifest)
    changed = sorted(change(folder))
    for name, step in manifest.steps.items():
        kept = {file: known for file, known in step.files.items() if (folder / file).exists()}
        anew = hashes(folder, [file for file in changed if file in kept])
        manifest.steps[name] = replace(step, files={**kept, **anew})
    now = datetime.now(UTC)
    manifest.resealed.append({"at": now.isoformat(timespec="seconds"), "why": why})
    (folder / LOG).chmod(0o600)
    log(folder, "run rewritten", at=now, why=why, files=len(changed))
    seal(folder, manifest)


def check_read(folder: Path) -> Manifest:
    """Refuse a finished run of which a table or a result, that a stage may read, is not as it was sealed.

    Its notebooks and pages are not asked about: someone may have opened one there and saved it.

    Raises
    ------
    BrokenExpectation
        As ``check_seal``.
    """
    manifest = read_manifest(folder)
    read = [name for name in manifest.files if name.endswith((".parquet", ".json", ".toml"))] if manifest else None
    return check_seal(folder, manifest, read)
