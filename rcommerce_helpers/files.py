"""Files that are there whole or not at all, and files under a second name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


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


def link(source: Path, target: Path) -> None:
    """Make a file appear under a second name: a hard link, a copy where the file system has none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
