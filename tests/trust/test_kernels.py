"""Kernels talk over sockets in a private folder: no port on the machine carries what a notebook shows."""

import os
import stat
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tiny_runs import FIRST, TinyWorld, write_notebook

from rcommerce_helpers.workspace.lab import lab_command
from rcommerce_helpers.workspace.runs.sockets import LONGEST, kernel_settings, socket_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps tcp, with its key")
TELL = """
import json, os, pathlib
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
mine = {os.readlink(entry.path) for entry in os.scandir("/proc/self/fd") if os.path.lexists(entry.path)}
rows = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:]]
ours = [row[1] for row in rows if f"socket:[{row[9]}]" in mine]
told = {"transport": app.transport, "ip": app.ip, "file": app.abs_connection_file, "tcp": ours}
pathlib.Path("told.json").write_text(json.dumps(told))
"""


def test_a_kernel_has_no_port_and_its_folder_is_private_and_goes_with_it(tmp_path):
    import json

    world = TinyWorld(tmp_path)
    write_notebook(world.notebook(FIRST), TELL)
    assert world.run(stages=("first",)).exit_code == 0
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["transport"] == "ipc"
    # ipykernel opens one port of its own, on which it only takes what its child processes print, behind a secret
    assert len(told["tcp"]) <= 1
    folder = Path(told["ip"]).parent
    assert Path(told["file"]).parent == folder
    assert not folder.exists()
    assert not folder.is_relative_to(tmp_path)
    assert stat.S_IMODE(socket_folder(os.getpid()).stat().st_mode) == 0o700
    assert len(os.fsencode(told["ip"])) + len("-5") < 100
    assert list(socket_folder(os.getpid()).glob("k-*")) == []


@pytest.mark.parametrize("place", ["", "."])
def test_a_strangers_folder_is_no_place_to_import_from(tmp_path, monkeypatch, place):
    """Who runs a stranger's project from within its folder does not run the pandas.py that lies in it."""
    world = TinyWorld(tmp_path)
    for name in ("pandas.py", "plotly.py", "rcommerce_helpers.py"):
        (tmp_path / name).write_text("open('taken_over', 'w'); raise SystemExit('taken over')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", place)
    outcome = world.run(stages=("first",))
    assert (outcome.exit_code, outcome.errors) == (0, ())
    assert not (tmp_path / "taken_over").exists()


def test_four_kernels_at_once_start_and_answer():
    from jupyter_client.manager import KernelManager
    from traitlets.config import Config

    def answer(number: int) -> str:
        with tempfile.TemporaryDirectory(prefix="k-", dir=socket_folder(os.getpid())) as folder:
            manager = KernelManager(config=Config(kernel_settings(Path(folder))))
            manager.start_kernel()
            client = manager.client()
            client.start_channels()
            try:
                client.wait_for_ready(timeout=120)
                reply = client.execute_interactive(
                    "None", user_expressions={"x": str(number)}, timeout=60, allow_stdin=False
                )
                return str(reply["content"]["user_expressions"]["x"]["data"]["text/plain"])
            finally:
                client.stop_channels()
                manager.shutdown_kernel(now=True)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(answer, range(4))) == ["0", "1", "2", "3"]


def test_the_folder_stays_short_where_the_temporary_one_is_long(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    socket_folder.cache_clear()
    try:
        assert len(str(socket_folder(os.getpid()))) < LONGEST
    finally:
        socket_folder.cache_clear()


def test_sockets_of_a_process_that_is_gone_are_cleared_by_the_next_start(monkeypatch):
    import shutil
    import subprocess

    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    home = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))  # a short name, as it has to be
    left, mine = home / f"rc-{gone.pid}-abc", home / f"rc-{os.getpid()}-abc"
    for folder in (left, mine):
        folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    socket_folder.cache_clear()
    try:
        socket_folder(os.getpid())
        assert mine.exists() and not left.exists()
    finally:
        socket_folder.cache_clear()
        shutil.rmtree(home)


def test_the_lab_listens_on_this_machine_only_behind_its_token():
    command = lab_command(0)
    assert "--ip=127.0.0.1" in command
    assert not [part for part in command if "token" in part.lower() or "allow_remote" in part or "password" in part]
    assert "--KernelManager.transport=ipc" in command
