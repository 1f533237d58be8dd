"""One run from beginning to end: reuse what is known, execute the rest, keep or clear what it left.

The folder is written under a hidden name and renamed when all is done. Bad input leaves nothing; a failed notebook
leaves ``<run>-failed`` for diagnosis, which no notebook takes for a finished run; the next run takes up its finished
steps, and those of a run that was killed.
"""

from __future__ import annotations

import html
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rcommerce_helpers.access.allowance import Stamp, lay_out
from rcommerce_helpers.files import owner_only, temporary_files_in
from rcommerce_helpers.lock import one_writer
from rcommerce_helpers.results import read_json
from rcommerce_helpers.sources.derived import told_of
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.span import check_as_of
from rcommerce_helpers.surroundings import check_open_files
from rcommerce_helpers.workspace.folder import RunFolder, files_of
from rcommerce_helpers.workspace.project_key import key_path, project_key
from rcommerce_helpers.workspace.runs.closing import merge_results, tables_of
from rcommerce_helpers.workspace.runs.execute import Done, Places, Task, Tick, executed_path
from rcommerce_helpers.workspace.runs.fingerprints import digest
from rcommerce_helpers.workspace.runs.ids import ids_digest, keep_ids
from rcommerce_helpers.workspace.runs.manifest import Manifest, Step, last_landed, log, not_believed, runs_in
from rcommerce_helpers.workspace.runs.progress import Shown
from rcommerce_helpers.workspace.runs.remembering import Remembering
from rcommerce_helpers.workspace.runs.rendering import first_page
from rcommerce_helpers.workspace.runs.request import Data, RunPlan
from rcommerce_helpers.workspace.runs.reuse import done_before, lay_all, move_all, written
from rcommerce_helpers.workspace.runs.seal import close_modes, faults, hashes, seal
from rcommerce_helpers.workspace.runs.sockets import socket_folder
from rcommerce_helpers.workspace.runs.stages import LAND
from rcommerce_helpers.workspace.runs.steps import Graph
from rcommerce_helpers.workspace.runs.stopping import Stop, stoppable
from rcommerce_helpers.workspace.runs.workers import Workers

WORK = ".work"


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its folder, its manifest, the exit code it stands for, and why."""

    folder: Path
    manifest: Manifest
    exit_code: int
    errors: tuple[str, ...] = ()

    @property
    def first_page(self) -> Path:
        """Where a reader begins."""
        return self.folder / "report" / "index.html"

    def headlines(self) -> list[str]:
        """One line per stage: its headline as plain text, and whether it was reused."""
        said = read_json(self.folder / "results.json")["headlines"]
        found = said.items() if isinstance(said, dict) else []
        reused = {name for name, step in self.manifest.steps.items() if step.reused_from}
        return [f"{s}: {html.unescape(str(text))}{' (reused)' * (s in reused)}" for s, text in found]


def run_notebooks(plan: RunPlan, data: Data, shown: Shown, *, started: datetime) -> Outcome:
    """Carry out a plan.

    Parameters
    ----------
    plan
        A request that was checked.
    data
        The data set to land.
    shown
        Where progress goes.
    started
        Moment of the start, UTC; part of the run's name.

    Raises
    ------
    RCommerceError
        The data set cannot be landed, or does not hold the last day asked for, or another run holds the folder:
        nothing is left behind.
    """
    data = Remembering(data, plan.request.out, plan.request.data_set, plan.request.project)
    graph = Graph(plan, data.fingerprint, _names(plan, data.name))
    out = plan.request.out
    check_open_files()
    existed = out.exists()
    try:
        with owner_only():
            out.mkdir(parents=True, exist_ok=True)
        with owner_only(), one_writer(out), stoppable() as stop:
            return _Session(graph, data, shown, started).run(stop)
    finally:
        shown.close()
        if not existed:
            with suppress(OSError):
                out.rmdir()  # succeeds only while nothing is in it


def _names(plan: RunPlan, data_set: str) -> str:
    """Of the project's key, made by the first run that names people, and of its ids; empty where no stage names any."""
    if not any(stage.names_people for stage in plan.stages):
        return ""
    return project_key(key_path(plan.request.project)).digest + ids_digest(plan.request, data_set)


class _Session:
    """The state of one run while it runs."""

    def __init__(self, graph: Graph, data: Data, shown: Shown, started: datetime) -> None:
        self.graph = graph
        self.data = data
        self.shown = shown
        self.request = graph.plan.request
        self.name = _free_name(self.request.out, started, graph)
        self.folder = self.request.out / f".{self.name}.part"
        self.manifest = _new_manifest(graph, self.name, started)
        self.earlier = [] if self.request.fresh else runs_in(self.request.out, unfinished=True)
        self.killed = [path for path in self.request.out.glob(".*.part") if path.is_dir()]
        self.workers = Workers(Places((self.folder / WORK / "tmp").resolve(), socket_folder(os.getpid())))
        self.laid: dict[str, dict[str, Stamp]] = {}

    def run(self, stop: Stop) -> Outcome:
        self.folder.mkdir()
        try:
            self._steps()
        except BaseException:
            if stop.asked:  # also where an engine made an error of its own out of it
                self.workers.stop()
                return self._close("interrupted", 130)
            self._clear(self.folder)
            raise
        finally:
            self.workers.stop()
        failed = self._failed()
        return self._close(failed[0].status if failed else "done", failed[0].exit_code if failed else 0)

    def _steps(self) -> None:
        log(self.folder, "run started", run=self.name, dataset=self.request.dataset)
        for path in self.killed:  # their finished steps are taken up below, what was under way is not
            self._clear(path / WORK)
        with temporary_files_in(self.folder / WORK / "tmp"):
            self._reuse()
            self._land()
        check_as_of(self.request.as_of, read_facts(RunFolder(self.folder).landed))
        self._execute()

    def _reuse(self) -> None:
        """Take over every step that an earlier run has finished under the same fingerprint, if it is as it was then."""
        for run, why in not_believed(self.request.out).items():
            self.shown.end(run, f"{why}; nothing of it is reused")
        for name in self.graph.names:
            for source, manifest, step in done_before(name, self.graph.fingerprints[name], self.earlier):
                if changed := faults(source, manifest, step.files):
                    told = f"{changed[0].file} {changed[0].what} since {manifest.run} was sealed; not reused from there"
                    self.shown.end(self._title(name), told)
                    continue
                lay_all(step.files, source, self.folder)
                self._note(replace(step, reused_from=step.reused_from or manifest.run, seconds=0.0))
                self.shown.end(self._title(name), f"reused from {manifest.run}")
                break

    def _land(self) -> None:
        if LAND in self.manifest.steps:
            return
        self.shown.begin(LAND, LAND)
        begun, cpu = time.monotonic(), time.process_time()
        before = last_landed(self.request.out, self.request.data_set)  # a large drop against it breaks an expectation
        self.data.land(RunFolder(self.folder).landed, before)
        close_modes(RunFolder(self.folder).landed)
        files = hashes(self.folder, [f"tables/landed/{name}" for name in files_of(RunFolder(self.folder).landed)])
        step = Step(LAND, "done", self.graph.fingerprints[LAND], files)
        taken = round(time.monotonic() - begun, 2)
        self._note(replace(step, seconds=taken, cpu_seconds=round(time.process_time() - cpu, 2)))
        self.shown.end(LAND, f"done in {taken:.1f} s")
        for line in told_of(read_facts(RunFolder(self.folder).landed)):
            self.shown.end(LAND, line)

    def _execute(self) -> None:
        """Two notebooks at a time; when one fails, those that do not need it still run, and are there next time."""
        while True:
            while self.workers.free and (name := self._next()) is not None:
                self._start(name)
            if not self.workers.busy:
                return
            for event in self.workers.wait():
                if isinstance(event, Tick):
                    self.shown.tick(event.stage, event.cell, event.cells)
                else:
                    self._finish(event)

    def _next(self) -> str | None:
        done = [name for name, step in self.manifest.steps.items() if step.status == "done"]
        return self.graph.next_ready(done, [*self.manifest.steps, *self.workers.stages])

    def _start(self, name: str) -> None:
        stage = self.graph.stages[name]
        work = self._work(name)
        self.laid[name] = lay_out(stage.allowance, self._inputs(name), self.folder, work)
        params = self.graph.plan.params[name].with_(run_dir=str(work.resolve()))
        task = Task(
            stage=name,
            notebook=self.graph.plan.table.path(stage).resolve(),
            work=work.resolve(),
            parameters={field: getattr(params, field) for field in params.names()},
            project=self.request.project.resolve(),
            timeout=self.request.timeout,
            language=self.request.language,
            key_file=str(key_path(self.request.project)) if stage.names_people else "",
        )
        self.shown.begin(name, stage.notebook)
        log(self.folder, "step started", step=name)
        self.workers.submit(task)

    def _finish(self, done: Done) -> None:
        """Take a notebook's files into the run folder; of a failed one, the notebook only."""
        work = self._work(done.stage)
        step = Step(done.stage, done.status, self.graph.fingerprints[done.stage], error=done.error)
        step = replace(step, exit_code=done.exit_code, seconds=done.seconds)
        step = replace(step, cpu_seconds=done.cpu_seconds, peak_mb=done.peak_mb)
        try:
            self._note(replace(step, files=self._collect(done, work)))
        except ValueError as error:
            self._note(replace(step, status="failed", error=f"{done.stage}: {error}", exit_code=1))
        self._clear(work)
        ended = self.manifest.steps[done.stage]
        text = f"done in {done.seconds:.1f} s" if ended.status == "done" else f"{ended.status}: {ended.error}"
        self.shown.end(done.stage, text)

    def _collect(self, done: Done, work: Path) -> dict[str, str]:
        if done.status != "done":
            notebook = executed_path(self._task_paths(done.stage))
            files = hashes(work, [f"notebooks/{notebook.name}"]) if notebook.exists() else {}
        else:
            files = written(work, self.laid[done.stage])
        move_all(files, work, self.folder)
        return files

    def _task_paths(self, name: str) -> Task:
        stage = self.graph.stages[name]
        path = self.graph.plan.table.path(stage)
        return Task(name, path, self._work(name), {}, self.request.project, self.request.timeout, self.request.language)

    def _inputs(self, name: str) -> list[str]:
        """All files of the steps that this one needs; how much of them it sees is for its allowance to say."""
        steps = self.manifest.steps
        return [file for need in self.graph.needs(name) for file in steps[need].files]

    def _work(self, name: str) -> Path:
        return self.folder / WORK / name

    def _title(self, name: str) -> str:
        return self.graph.stages[name].notebook if name in self.graph.stages else name

    def _note(self, step: Step) -> None:
        self.manifest.steps[step.name] = step
        self.manifest.save(self.folder)
        log(
            self.folder,
            "step reused" if step.reused_from else f"step {step.status}",
            step=step.name,
            seconds=step.seconds,
            error=step.error or None,
        )

    def _failed(self) -> list[Step]:
        steps = self.manifest.steps
        return [steps[name] for name in self.graph.names if name in steps and steps[name].status != "done"]

    def _close(self, status: str, exit_code: int) -> Outcome:
        """Complete the folder and give it its name; an interrupted run without a finished step leaves nothing."""
        self._clear(self.folder / WORK)
        errors = tuple(step.error for step in self._failed())
        if status == "interrupted" and not any(s.status == "done" for s in self.manifest.steps.values()):
            self._clear(self.folder)
            return Outcome(self.folder, self.manifest, exit_code, ("Interrupted before a step was finished.",))
        keep_ids(self.request, RunFolder(self.folder))
        self.manifest.tables = tables_of(self.folder, self.manifest)
        self.manifest.end(status, at=datetime.now(UTC))
        merge_results(self.folder, self.manifest)
        first_page(self.folder, self.manifest, self.graph.plan.table.stages)
        log(self.folder, f"run {status}", seconds=self.manifest.seconds)
        seal(self.folder, self.manifest)
        final = self.request.out / (self.name if status == "done" else f"{self.name}-failed")
        self.folder.rename(final)
        for path in self.killed:
            self._clear(path)
        return Outcome(final, self.manifest, exit_code, errors)

    @staticmethod
    def _clear(folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)


def _free_name(out: Path, started: datetime, graph: Graph) -> str:
    """``20261122T214500-1a2b3c``: when, and a fingerprint of everything asked for."""
    name = f"{started:%Y%m%dT%H%M%S}-{digest(graph.fingerprints)[:6]}"
    taken = {path.name.strip(".").removesuffix(".part").removesuffix("-failed") for path in out.glob("*")}
    candidates = (name, *(f"{name}-{i}" for i in range(2, 1000)))
    return next(candidate for candidate in candidates if candidate not in taken)


def _new_manifest(graph: Graph, name: str, started: datetime) -> Manifest:
    request = graph.plan.request
    manifest = Manifest(
        run=name,
        dataset=request.dataset,
        data_set=request.data_set,
        started_at=started.isoformat(timespec="seconds"),
        stages=tuple(graph.stages),
        left_out=graph.plan.left_out,
        language=request.language,
        as_of=request.as_of,
        data_fingerprint=graph.data_fingerprint,
        fingerprints={"code": graph.code, "parameters": graph.parameters, "step": graph.fingerprints},
    )
    manifest.note_parameters(graph.plan.params)
    manifest.note_versions()
    return manifest
