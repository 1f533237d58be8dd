"""The door to papermill: one notebook, a fresh kernel, executed in a worker process.

papermill 2.7 has no cell time-out of its own, executes parameter *names*, formats braces in paths, and leaves a
notebook that looks successful after a time-out (field notes of the project); each is dealt with here.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.files import imports_from_elsewhere
from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.params import Scalar
from rcommerce_helpers.surroundings import cause_in, cause_of, death_of
from rcommerce_helpers.workspace.project_key import ELSEWHERE
from rcommerce_helpers.workspace.runs.sockets import kernel_settings

KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PLOTLY_RENDERER": "plotly_mimetype",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
EXIT_CODES = {"BrokenExpectation": 4, "Surroundings": 5}
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Task:
    """One notebook to execute.

    ``work`` is the folder the notebook sees as its run folder; ``project`` the working directory of its kernel;
    ``timeout`` in seconds per cell; ``key_file`` is where the project's key lies, empty for a stage that needs none.
    """

    stage: str
    notebook: Path
    work: Path
    parameters: Mapping[str, Scalar]
    project: Path
    timeout: int
    language: str
    key_file: str = ""


@dataclass(frozen=True)
class Tick:
    """A cell has been executed: ``cell`` of ``cells``."""

    stage: str
    cell: int
    cells: int


@dataclass(frozen=True)
class Done:
    """How a notebook ended; seconds are wall and the kernel's CPU, memory is the kernel's peak."""

    stage: str
    status: str = "done"
    exit_code: int = 0
    error: str = ""
    seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_mb: float | None = None


Report = Callable[[Tick], None]


@dataclass(frozen=True)
class Places:
    """Where a worker keeps what is temporary: files in the run's own folder, sockets in a short private one."""

    scratch: Path
    sockets: Path


def serve(channel: Connection, places: Places) -> None:
    """A worker: take tasks, send ticks and outcomes, until there are no more. Ends when its parent ends."""
    for number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
        signal.signal(number, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _quieten()
    os.environ.update(KERNEL_ENVIRONMENT | imports_from_elsewhere())
    with _private(places) as private:
        os.environ["IPYTHONDIR"] = str(private / "ipython")  # no start-up files, no shared history
        while True:
            try:
                task = channel.recv()
            except EOFError:
                return
            if task is None:
                return
            os.environ.pop(ELSEWHERE, None)  # a kernel inherits what its worker knows: most learn of no key
            os.environ.update({ELSEWHERE: task.key_file} if task.key_file else {})
            channel.send(execute(task, channel.send, places))


@contextmanager
def _private(places: Places) -> Iterator[Path]:
    """Temporary files of this worker and of its kernels lie in the run's own folder, and go with it."""
    places.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="worker-", dir=places.scratch, ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = os.environ["TMPDIR"] = os.environ["TEMP"] = folder
        yield Path(folder)


def _quieten() -> None:
    """Keep remarks of kernels and papermill off the terminal; what matters comes back as an outcome."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    if os.environ.get("RCOMMERCE_DEBUG") != "1":
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # the kernel watches this process and ends with it


def execute(task: Task, report: Report, places: Places) -> Done:
    """Execute one notebook and write it and its page into the work folder; never raises for what a notebook does."""
    begun, cpu = time.monotonic(), _children_cpu()
    memory = _Memory()
    try:
        with tempfile.TemporaryDirectory(prefix="k-", dir=places.sockets, ignore_cleanup_errors=True) as sockets:
            _execute(task, _Watch(report, memory), Path(sockets))
        _write_page(task)
        outcome = Done(task.stage)
    except Exception as error:  # noqa: BLE001 - whatever a notebook does is an outcome of the run, not a crash of it
        outcome = _failure(task, error)
    return replace(
        outcome,
        seconds=round(time.monotonic() - begun, 2),
        cpu_seconds=None if cpu is None else round((_children_cpu() or 0.0) - cpu, 2),
        peak_mb=memory.peak_mb,
    )


@dataclass(frozen=True)
class _Watch:
    """Who looks on while cells are executed."""

    report: Report
    memory: _Memory


def _execute(task: Task, watch: _Watch, sockets: Path) -> None:
    import nbformat
    import papermill
    from traitlets.config import Config

    notebook = nbformat.read(task.notebook, as_version=4)
    check_parameters(notebook, task.parameters)
    target = executed_path(task)
    target.parent.mkdir(parents=True, exist_ok=True)
    cells = len(notebook.cells) + 1  # papermill injects one

    def after(cell: Any, cell_index: int, execute_reply: Any = None) -> None:
        watch.memory.look()
        watch.report(Tick(task.stage, cell_index + 1, cells))

    try:
        papermill.execute_notebook(
            _without_fields(task.notebook),
            _without_fields(target),
            parameters=dict(task.parameters),
            kernel_name="python3",
            progress_bar=False,
            cwd=str(task.project),
            execution_timeout=task.timeout,
            store_widget_state=False,
            request_save_on_cell_execute=True,
            shutdown_kernel="immediate",
            config=Config(kernel_settings(sockets)),
            on_cell_executed=after,
        )
    except Exception:
        settle(target, failed=True)
        raise
    settle(target, language=task.language)


def executed_path(task: Task) -> Path:
    """Where the executed notebook lies."""
    return task.work / "notebooks" / task.notebook.name


def page_path(task: Task) -> Path:
    """Where the notebook's page lies."""
    return task.work / "report" / f"{task.notebook.stem}.html"


def _without_fields(path: Path) -> str:
    """A path as papermill takes it: it would fill ``{name}`` in paths with parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def check_parameters(notebook: Any, parameters: Mapping[str, Scalar]) -> None:
    """Refuse parameters that the notebook's tagged cell does not declare: papermill would execute their names.

    Raises
    ------
    ParamError
        No cell or several are tagged ``parameters``, or a name is not declared there.
    """
    tagged = [c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise ParamError(
            "parameters cell", got=f"{len(tagged)} cells with that tag", expected="one", do="Tag one cell parameters"
        )
    declared = set(re.findall(r"^([A-Za-z_]\w*)\s*(?::[^=\n]*)?=", tagged[0], flags=re.MULTILINE))
    for name in parameters:
        if not name.isidentifier() or name not in declared:
            raise ParamError(
                name,
                got="a parameter the notebook does not declare",
                expected=f"one of {', '.join(sorted(declared))}",
                do="Let the parameters cell equal its Params class",
            )


def settle(path: Path, *, failed: bool = False, language: str = "en") -> None:
    """Take the folders of this machine out of an executed notebook; reopened, it finds its run one folder up.

    Each chart names the page that draws it, for readers that know no charts. What was printed or raised names nobody. A
    failed notebook says so in its metadata, where papermill forgets it after a time-out.
    """
    import nbformat

    from rcommerce_helpers.workspace.export import name_pages

    if not path.exists() or not path.stat().st_size:
        return
    notebook = nbformat.read(path, as_version=4)
    known = notebook.metadata.get("papermill", {})
    for name in ("input_path", "output_path", "environment_variables"):
        known.pop(name, None)
    known.get("parameters", {}).pop("run_dir", None)
    if failed:
        known["exception"] = True
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = re.sub(r"^run_dir = .*$", 'run_dir = ".."', cell.source, flags=re.MULTILINE)
        for output in cell.get("outputs", []):
            _name_nobody(output)
    name_pages(notebook.cells, page=f"../report/{path.stem}.html", language=language)
    temporary = path.with_name(f".{path.name}")
    nbformat.write(notebook, temporary)
    temporary.replace(path)


def _name_nobody(output: Any) -> None:
    """Make what a cell printed or raised fit to leave: an error may quote the value that it stumbled over."""
    if output["output_type"] == "stream":
        output["text"] = fit_to_leave("".join(output["text"]))
    elif output["output_type"] == "error":
        output["evalue"] = fit_to_leave(COLOURS.sub("", output["evalue"]))
        output["traceback"] = [fit_to_leave(COLOURS.sub("", line)) for line in output["traceback"]]


def _write_page(task: Task) -> None:
    from rcommerce_helpers.workspace.export import write_page

    write_page(executed_path(task), page_path(task), task.language)


def _failure(task: Task, error: Exception) -> Done:
    """One message for whatever went wrong, fit to leave, with the exit code it stands for."""
    outcome = _cause(task, error)
    return replace(outcome, error=fit_to_leave(outcome.error))


def _cause(task: Task, error: Exception) -> Done:
    """What went wrong, by its exception."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    where = task.notebook.stem
    if isinstance(error, CellTimeoutError):
        message = f"{where}: a cell took longer than {task.timeout} seconds. Give it more with --timeout."
        return Done(task.stage, "timeout", 3, message)
    if isinstance(error, DeadKernelError) or "Kernel died before replying" in str(error):  # the latter has no class
        message, code = death_of(f"{where}: the kernel")
        return Done(task.stage, "failed", code, message)
    if isinstance(error, PapermillExecutionError):
        return _cell_failure(task, error.cell_index + 1, str(error.ename), COLOURS.sub("", error.evalue or "").strip())
    refused = cause_of(error, (task.work,))
    told = str(refused) if refused else f"{type(error).__name__}: {error}"
    return Done(task.stage, "failed", refused.EXIT_CODE if refused else 1, f"{where}: {told}")


def _cell_failure(task: Task, cell: int, name: str, text: str) -> Done:
    """An error raised in a cell: what the machine refused, else the error itself."""
    where = f"{task.notebook.stem}, cell {cell}"
    if not text and name == "CellExecutionError":  # it had not even room to say what was wrong
        message, code = death_of(f"{where}: its calculation")
        return Done(task.stage, "failed", code, message)
    if refused := cause_in(name, text, (task.work,)):
        return Done(task.stage, "failed", refused.EXIT_CODE, f"{where}: {refused}")
    return Done(task.stage, "failed", EXIT_CODES.get(name, 1), f"{where}: {name}: {text}")


class _Memory:
    """Peak memory of the kernel, looked up after every cell, where the system tells (Linux)."""

    peak_mb: float | None = None

    def look(self) -> None:
        for status in (Path(f"/proc/{pid}/status") for pid in children_of("self")):
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
            if found:
                self.peak_mb = round(max(self.peak_mb or 0.0, int(found[1]) / 1024), 1)


def children_of(process: int | str) -> list[str]:
    """Numbers of the processes that a process has started, where the system tells (Linux)."""
    found: list[str] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # it has ended meanwhile
            found += path.read_text(encoding="ascii").split()
    return found


def _children_cpu() -> float | None:
    """CPU seconds of kernels that have ended."""
    try:
        import resource
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
