"""Worker processes that execute notebooks, two at a time, and how they are stopped.

Workers are forked from one server process that has imported papermill once (two to three seconds of CPU); where there
is no forking (Windows) each imports it. They start when there is work, so a run that reuses everything starts none.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from multiprocessing.util import get_temp_dir

from rcommerce_helpers.files import temporary_files_in
from rcommerce_helpers.surroundings import death_of
from rcommerce_helpers.workspace.runs.execute import Done, Places, Task, Tick, children_of, serve

PRELOAD = ["papermill", "nbconvert", "plotly.offline", "rcommerce_helpers.workspace.runs.execute"]


@dataclass
class _Worker:
    process: BaseProcess
    channel: Connection
    task: Task | None = None


@dataclass
class Workers:
    """At most ``size`` processes; ``places`` is where they keep what is temporary."""

    places: Places
    size: int = 2
    _workers: list[_Worker] = field(default_factory=list)
    _context: BaseContext | None = None

    @property
    def free(self) -> int:
        """How many more tasks can be taken at once."""
        return self.size - self.busy

    @property
    def busy(self) -> int:
        return sum(worker.task is not None for worker in self._workers)

    @property
    def stages(self) -> list[str]:
        """Stages being executed."""
        return [worker.task.stage for worker in self._workers if worker.task is not None]

    def submit(self, task: Task) -> None:
        """Give a task to an idle worker, or to a new one."""
        idle = [worker for worker in self._workers if worker.task is None]
        worker = idle[0] if idle else self._start()
        worker.task = task
        worker.channel.send(task)

    def wait(self) -> list[Tick | Done]:
        """What the workers report, as soon as one does; a worker that died is an outcome too."""
        busy = {worker.channel: worker for worker in self._workers if worker.task is not None}
        events: list[Tick | Done] = []
        for channel in wait(list(busy)):
            worker = busy[channel]  # type: ignore[index]
            try:
                event = worker.channel.recv()
            except (EOFError, ConnectionError):
                event = self._lost(worker)
            if isinstance(event, Done):
                worker.task = None
            events.append(event)
        return events

    def stop(self) -> None:
        """End all workers; a notebook that is being executed ends with its worker, and its kernel with it."""
        for worker in self._workers:
            if worker.task is None:
                with suppress(OSError):
                    worker.channel.send(None)
                worker.process.join(1)
            _end(worker.process)
            worker.channel.close()
        self._workers.clear()

    def _start(self) -> _Worker:
        if self._context is None:
            with temporary_files_in(self.places.sockets):
                get_temp_dir()  # where the processes' own sockets lie, from now on
            self._context = _context()
        here, there = self._context.Pipe()
        process = self._context.Process(target=serve, args=(there, self.places), daemon=True)  # type: ignore[attr-defined]
        process.start()
        there.close()
        worker = _Worker(process, here)
        self._workers.append(worker)
        return worker

    def _lost(self, worker: _Worker) -> Done:
        self._workers.remove(worker)
        stage = worker.task.stage if worker.task else ""
        message, code = death_of(f"{stage}: its worker process (code {worker.process.exitcode})")
        return Done(stage, "failed", code, message)


def _end(process: BaseProcess) -> None:
    """Kill a worker and its kernel: a kernel in the middle of a long calculation does not notice that it is alone."""
    if not process.is_alive():
        return
    kernels = children_of(process.pid or 0)
    process.kill()
    for kernel in kernels:
        with suppress(OSError):
            os.kill(int(kernel), signal.SIGKILL)
    process.join(5)


def _context() -> BaseContext:
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context
