"""A JupyterLab of its own for a test, and a window into one notebook of it."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client import BlockingKernelClient

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IDLE = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
DECODE = """
(values) => {
  if (values === undefined || values === null) return null;
  return Array.from(values, v => typeof v === 'number' && !isFinite(v) ? null : v);
}
"""
DRAWN = f"""
(box) => {{
  const decode = {DECODE};
  const plot = box.querySelector('.js-plotly-plot');
  if (!plot || !plot._fullLayout || !plot.querySelector('.gtitle')) return null;
  return {{
    title: plot._fullLayout.title.text,
    traces: (plot._fullData || []).map(t => [t.type, decode(t.x), decode(t.y)]),
    painted: plot.querySelectorAll('path.js-line, path.js-fill, .point path, path.point, .heatmaplayer image').length,
    width: plot.getBoundingClientRect().width,
  }};
}}
"""


@dataclass
class Lab:
    """A running server: its address, its token, its folders."""

    address: str
    token: str
    runtime: Path

    def kernels(self) -> list[dict]:
        with urllib.request.urlopen(f"{self.address}/api/kernels?token={self.token}") as answer:
            return json.load(answer)

    def end_sessions(self) -> None:
        """Shut every kernel down, so that one opening does not see the kernel of another."""
        with urllib.request.urlopen(f"{self.address}/api/sessions?token={self.token}") as answer:
            sessions = json.load(answer)
        for session in sessions:
            where = f"{self.address}/api/sessions/{session['id']}?token={self.token}"
            urllib.request.urlopen(urllib.request.Request(where, method="DELETE")).close()

    def ask(self, code: str, expression: str) -> object:
        """Run code in the only kernel, beside the notebook, and give back an expression's value through JSON."""
        (kernel,) = self.kernels()
        client = BlockingKernelClient(connection_file=str(self.runtime / f"kernel-{kernel['id']}.json"))
        client.load_connection_file()
        client.start_channels()
        try:
            answer = client.execute_interactive(
                code,
                silent=True,
                user_expressions={"answer": f"__import__('json').dumps({expression})"},
                output_hook=lambda _: None,
                timeout=120,
            )["content"]
        finally:
            client.stop_channels()
        assert answer["status"] == "ok", answer
        assert answer["user_expressions"]["answer"]["status"] == "ok", answer
        return json.loads(_literal(answer["user_expressions"]["answer"]["data"]["text/plain"]))


def _literal(text: str) -> str:
    import ast

    return ast.literal_eval(text)


@contextmanager
def lab(root: Path, private: Path, code: Path) -> Iterator[Lab]:
    """A server on loopback with a token, a configuration of its own and nothing of the user's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = {name: str(private / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    env = os.environ | folders | {"IPYTHONDIR": str(private / "ipython"), "HOME": str(private)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    options = [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}", "--LabApp.news_url=None"]
    private.mkdir(parents=True, exist_ok=True)
    with (private / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*command, *options],
            env=env | {"PYTHONPATH": str(code)},
            cwd=root,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        running = Lab(f"http://127.0.0.1:{port}", token, private / "JUPYTER_RUNTIME_DIR")
        _wait_for(running)
        yield running
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(running: Lab) -> None:
    for _ in range(240):
        try:
            running.kernels()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError("JupyterLab did not answer within two minutes")


@dataclass
class Window:
    """One notebook open in the browser, and everything the browser complained of or asked for elsewhere."""

    tab: object
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def open(self, running: Lab, notebook: str) -> None:
        self.tab.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("request", lambda request: self._asked(request.url, running.address))
        self.tab.goto(f"{running.address}/lab/tree/{notebook}?token={running.token}&reset")
        self.tab.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=120_000)
        self._wait(lambda: self._at_rest(running), "a kernel at rest")
        self.tab.wait_for_timeout(1000)  # the window learns of its kernel a moment after the server does

    def _asked(self, url: str, address: str) -> None:
        if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:")):
            self.elsewhere.append(url)

    def _at_rest(self, running: Lab) -> bool:
        """The server has the kernel and the window shows it: cells run before that are dropped without a word."""
        states = [kernel["execution_state"] for kernel in running.kernels()]
        named = self.tab.locator('.jp-Toolbar-kernelName:has-text("Python 3")').count() > 0
        return states == ["idle"] and named and self.tab.locator(IDLE).count() > 0

    def _wait(self, reached: Callable[[], bool], what: str, seconds: int = 300) -> None:
        """Look again until something is so; JupyterLab asks for a kernel where its list of kernels comes late."""
        until = time.monotonic() + seconds
        accept = self.tab.locator("dialog.jp-Dialog button.jp-mod-accept")
        while time.monotonic() < until:
            if accept.count():
                accept.first.click()
            elif reached():
                return
            self.tab.wait_for_timeout(250)
        raise AssertionError(f"{what} did not come in {seconds} s; the browser said {self.errors}")

    def run_all(self, last_cell: str) -> None:
        """Run All Cells, then wait until the kernel has nothing left to do."""
        self.tab.get_by_role("menuitem", name="Run", exact=True).click()
        self.tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        said = self.tab.get_by_text(last_cell)
        self._wait(lambda: said.count() > 0 and self.tab.locator(IDLE).count() > 0, f"The output {last_cell!r}")

    def boxes(self) -> list:
        """Every block of controls with its chart, from the top of the notebook down."""
        self._walk_through()
        return self.tab.locator(".jp-OutputArea-output .widget-vbox:has(.widget-slider)").all()

    def _walk_through(self) -> None:
        """Bring each cell before the eyes once: JupyterLab builds cells when they come into view."""
        for cell in self.tab.locator(".jp-Notebook .jp-Cell").all():
            cell.scroll_into_view_if_needed()

    def drawn(self, box: object, title_has: str) -> dict:
        """What stands in the chart, as soon as its title has the chosen values."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            seen = box.evaluate(DRAWN)
            if seen is not None and title_has in seen["title"]:
                return seen
            self.tab.wait_for_timeout(50)
        raise AssertionError(f"No chart with {title_has!r} after a minute; the last one: {str(seen)[:300]}")
