"""One writer per folder at a time: a run in its folder of runs, a demo world in its folder of worlds.

The operating system holds the lock and lets go of it when the process ends, however it ends, so a lock left behind by
a killed run never stands in the way. The file says who holds it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rcommerce_helpers.errors import Surroundings

FILE = ".lock"


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Hold a folder; the lock file is gone afterwards.

    Raises
    ------
    Surroundings
        Another writer holds it; the message names its process.
    """
    path = folder / FILE
    stream = _acquire(path)
    try:
        stream.seek(0)
        stream.truncate()
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        yield
    finally:
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
        stream.close()
        if sys.platform == "win32":
            path.unlink(missing_ok=True)


def _acquire(path: Path) -> IO[str]:
    while True:
        stream = path.open("a+", encoding="utf-8")
        if not _take(stream):
            holder = _holder(path)
            stream.close()
            raise Surroundings(
                str(path.parent),
                got=f"a run or another writer in progress (process {holder})",
                expected="one at a time in this folder",
                do="Wait for it, or choose another folder with --out",
            )
        if path.exists() and path.stat().st_ino == os.fstat(stream.fileno()).st_ino:
            return stream
        stream.close()  # the holder removed the file between our opening and our locking: take the new one


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip() or "unknown"
    except OSError:
        return "unknown"


def _take(stream: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
