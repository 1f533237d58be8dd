"""Files that are there whole or not at all, for the owner alone, and files under a second name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

GIGABYTE = 1 << 30


def write_whole(target: Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` fill a temporary file beside the target, then put it in its place: a reader never sees a half.

    Raises
    ------
    OSError
        As ``write`` raises it; the former file, if any, is untouched and nothing is left behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


@contextmanager
def owner_only() -> Iterator[None]:
    """Whatever is made meanwhile, here and in child processes, is for its owner alone: 0600, folders 0700."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Temporary files and folders made meanwhile lie in a folder of ours, so that they go with it."""
    folder.mkdir(parents=True, exist_ok=True)
    before = tempfile.tempdir
    tempfile.tempdir = str(folder.resolve())
    try:
        yield
    finally:
        tempfile.tempdir = before


def copy(source: Path, target: Path) -> None:
    """Copy a file, for the owner alone; file systems that can (Btrfs, XFS) share the blocks until one changes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as giver, target.open("wb") as taker:
        target.chmod(0o600)
        try:
            while os.copy_file_range(giver.fileno(), taker.fileno(), GIGABYTE):
                pass
        except (AttributeError, OSError):  # another system, or two file systems
            giver.seek(0)
            taker.seek(0)
            shutil.copyfileobj(giver, taker, GIGABYTE >> 4)
            taker.truncate()


def link(source: Path, target: Path) -> None:
    """Make a file appear under a second name: a hard link, a copy where the file system has none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        copy(source, target)


def lay(source: Path, target: Path) -> None:
    """Make a file of one folder appear in another, so that nothing done there reaches the first.

    A table (parquet) that we could not write even if we tried is linked; all else is copied. An administrator could
    write anything, so for one every file is copied.
    """
    if source.suffix == ".parquet" and not os.access(source, os.W_OK):
        link(source, target)
    else:
        copy(source, target)


def imports_from_elsewhere() -> dict[str, str]:
    """Environment of a Python that imports nothing from its working folder, which may be a stranger's.

    An empty or relative place of ``PYTHONPATH`` means that folder too, and goes.
    """
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = os.pathsep.join(place for place in places if Path(place).is_absolute())
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": kept}


def clear_abandoned(home: Path, pattern: str) -> None:
    """Remove folders named ``what-<process>-<chance>`` of ours whose process is gone."""
    for folder in home.glob(pattern):
        owner = folder.name.rsplit("-", 2)[1]
        if owner.isdigit() and not _alive(int(owner)) and _ours(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _ours(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and (os.name != "posix" or folder.stat().st_uid == os.getuid())


def _alive(process: int) -> bool:
    """Whether a process is there; asking is not possible on Windows, where signal 0 would stop it."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return True
