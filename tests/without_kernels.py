"""Notebooks executed in the test's own process, for tests of what a run keeps, reuses, refuses and names.

Neither hangs on a kernel, and a kernel with its imports takes seconds. All else is as in a run: papermill puts the
parameters in, saves, and raises what a cell raised. What needs a process of its own (signals, time-outs, a kernel that
dies, the environment it inherits, what it displays) is tested with real ones.
"""

from __future__ import annotations

import os
import traceback
from collections import deque
from contextlib import contextmanager, redirect_stdout
from io import StringIO

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from papermill.engines import NBClientEngine

from rcommerce_helpers.workspace.project_key import ELSEWHERE
from rcommerce_helpers.workspace.runs import session
from rcommerce_helpers.workspace.runs.execute import Done, Places, Task, Tick, execute


class Here:
    """In the place of worker processes: one task after the other, when the run waits for it."""

    size = 2

    def __init__(self, places: Places) -> None:
        self.places = places
        self.tasks: deque[Task] = deque()

    @property
    def free(self) -> int:
        return self.size - self.busy

    @property
    def busy(self) -> int:
        return len(self.tasks)

    @property
    def stages(self) -> list[str]:
        return [task.stage for task in self.tasks]

    def submit(self, task: Task) -> None:
        self.tasks.append(task)

    def wait(self) -> list[Tick | Done]:
        events: list[Tick | Done] = []
        with _key_of(self.tasks[0]):
            events.append(execute(self.tasks[0], events.append, self.places))
        self.tasks.popleft()
        return events

    def stop(self) -> None:
        self.tasks.clear()


@contextmanager
def _key_of(task: Task):
    """The environment as a worker sets it: a stage that names nobody learns of no key."""
    before = os.environ.pop(ELSEWHERE, None)
    os.environ.update({ELSEWHERE: task.key_file} if task.key_file else {})
    try:
        yield
    finally:
        os.environ.pop(ELSEWHERE, None)
        os.environ.update({} if before is None else {ELSEWHERE: before})


def run_cells(_, nb_man, kernel_name, *, on_cell_executed=None, **__) -> None:
    """What papermill asks of a kernel: the code cells in turn, until one raises."""
    names: dict[str, object] = {"__name__": "__main__"}
    for place, cell in enumerate(nb_man.nb.cells):
        try:
            nb_man.cell_start(cell, place)
            if cell.cell_type == "code":
                _run_cell(cell, names)
        except CellExecutionError as error:
            nb_man.cell_exception(cell, cell_index=place, exception=error)
            break
        finally:
            nb_man.cell_complete(cell, cell_index=place)
        if on_cell_executed is not None:
            on_cell_executed(cell=cell, cell_index=place)


def _run_cell(cell: nbformat.NotebookNode, names: dict[str, object]) -> None:
    said = StringIO()
    try:
        with redirect_stdout(said):
            exec(compile(cell.source, "<cell>", "exec"), names)
    except Exception as error:
        name, lines = type(error).__name__, traceback.format_exception(error)
        cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=str(error), traceback=lines))
        raise CellExecutionError("".join(lines), name, str(error)) from error
    finally:
        if said.getvalue():
            cell.outputs.insert(0, nbformat.v4.new_output("stream", text=said.getvalue()))


@contextmanager
def no_kernels():
    """Meanwhile runs that this process starts have no worker and no kernel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "Workers", Here)
        patch.setattr(NBClientEngine, "execute_managed_notebook", classmethod(run_cells))
        yield
