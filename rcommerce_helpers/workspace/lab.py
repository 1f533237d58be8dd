"""JupyterLab as this workspace opens it."""

from __future__ import annotations

import os
import sys

from rcommerce_helpers.workspace.runs.sockets import socket_folder
from rcommerce_helpers.workspace.runs.stages import standard_table


def lab_command(port: int) -> list[str]:
    """The command that opens the tour in JupyterLab: loopback only, with the server's own token, no news, no telemetry.

    The folder above the notebooks is the root, so that runs and data lie beside them.
    """
    table = standard_table()
    root = table.folder.parent
    start = table.path(table.find("start_here")).relative_to(root).as_posix()
    transport = [] if sys.platform == "win32" else ["--KernelManager.transport=ipc"]
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{start}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        *transport,
    ]


def lab_environment() -> dict[str, str]:
    """What JupyterLab is started with: token, connection files and sockets lie in a short private folder."""
    return {**os.environ, "JUPYTER_RUNTIME_DIR": str(socket_folder(os.getpid()))}
