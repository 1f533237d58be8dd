"""Where kernels talk: sockets in a private folder, never ports that another user of the machine could read.

The default of the ipc transport lies in the working directory, and of four kernels at once three failed there; an
address may have 107 bytes, so the folder is short and outside the run. It is made once per process, belongs to its
owner alone, and goes with the process; what a killed one left is cleared by the next start.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from rcommerce_helpers.files import clear_abandoned

PREFIX = "rc"
LONGEST = 90
"""Bytes of a socket's folder, so that the name of the socket still fits."""
AFTER_OTHERS = -200
"""Order at the end of a process: after multiprocessing has removed its own sockets, which lie in our folder."""


@cache
def socket_folder(owner: int) -> Path:
    """The folder of this process (its number is part of the name), 0700; removed when the process ends."""
    home = Path(tempfile.gettempdir())
    if len(os.fsencode(home)) > LONGEST - 30 and os.name == "posix":
        home = Path("/tmp")  # noqa: S108 - a private folder is made in it, by mkdtemp
    clear_abandoned(home, f"{PREFIX}-*-*")
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{owner}-", dir=home))
    Finalize(None, _remove, args=(folder, owner), exitpriority=AFTER_OTHERS)
    return folder


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a forked child
        shutil.rmtree(folder, ignore_errors=True)


def kernel_settings(folder: Path) -> dict[str, dict[str, str]]:
    """Settings of jupyter_client for one kernel in a folder of its own; Windows has no such sockets and keeps tcp."""
    settings = {"connection_file": str(folder / "kernel.json")}
    if sys.platform != "win32":
        settings |= {"transport": "ipc", "ip": str(folder / "k")}
    return {"KernelManager": settings}
