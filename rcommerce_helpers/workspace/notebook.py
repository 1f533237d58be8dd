"""The notebook's handle on its run: read what is permitted, show, tell, skip, and report.

A notebook has no ``if`` and no loop. ``run.section(compute, ...)`` calls a public function; where a table is absent or
the data are too few it gives a ``NotAnswered`` instead, and ``run.plot`` and ``run.tell`` then say so in one line.
Every figure of a section's result is recorded, so the sentences can only quote what ``results/<stage>.json`` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd
import plotly.graph_objects as go
from IPython.display import HTML, Markdown, display

from rcommerce_helpers.access import Absent, Tables, open_tables
from rcommerce_helpers.access.allowance import Allowance, read_allowance
from rcommerce_helpers.errors import NotEnoughData, NotPermitted
from rcommerce_helpers.merging.ids import FILE as IDS
from rcommerce_helpers.merging.ids import read_ids
from rcommerce_helpers.merging.pseudonyms import ProjectKey
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import HasFigures, NotAnswered, Registry, StageResults, parts_of, write_json
from rcommerce_helpers.sentences import label, quotes_of, safe, say
from rcommerce_helpers.sentences.columns import without_codes
from rcommerce_helpers.sentences.numbers import day
from rcommerce_helpers.sources.facts import DataSetFacts, read_facts
from rcommerce_helpers.sources.span import check_as_of
from rcommerce_helpers.workspace.decisions import decisions_of
from rcommerce_helpers.workspace.folder import RunFolder, runs_folder, working_copy
from rcommerce_helpers.workspace.project_key import key_path, project_key
from rcommerce_helpers.workspace.runs.compare import newest_run
from rcommerce_helpers.workspace.runs.remembering import check_refusals_known
from rcommerce_helpers.workspace.runs.seal import check_read
from rcommerce_helpers.workspace.runs.stages import allowance_of
from rcommerce_helpers.workspace.shown import IN_NOTEBOOK, show_table

P = ParamSpec("P")
R = TypeVar("R", bound=HasFigures)


@dataclass
class Run:
    """One notebook's view of its run folder; ``tables`` is its only door to data."""

    params: Params
    registry: Registry
    folder: RunFolder
    facts: DataSetFacts
    allowance: Allowance
    by_hand: bool = False
    results: StageResults = field(init=False)

    def __post_init__(self) -> None:
        self.results = StageResults(stage=self.registry.stage, as_of=self.as_of)

    @property
    def as_of(self) -> str:
        """Last day the analysis may know."""
        return self.params.as_of or self.facts.as_of

    @cached_property
    def tables(self) -> Tables:
        """The tables this stage may read, reduced to the persons who permit its purpose, up to the last known day.

        Raises
        ------
        NotPermitted
            The notebook's Params class names no purpose.
        """
        return open_tables(self.folder, self.allowance.purpose, self.as_of, reads=self.allowance.reads)

    @property
    def key(self) -> ProjectKey:
        """The project's key, under which merging names people; for the stage that works on the records themselves.

        Raises
        ------
        NotPermitted
            This stage sees no records, so it has nobody to name.
        """
        self._check_names_people("key")
        return project_key(key_path(runs_folder(Path.cwd()).parent))

    @property
    def known_ids(self) -> pd.DataFrame:
        """Internal ids of records that earlier runs named, so that customers keep their names; as ``key``, for merging.

        Raises
        ------
        NotPermitted
            This stage sees no records.
        """
        self._check_names_people("known_ids")
        project = runs_folder(Path.cwd()).parent
        return read_ids(decisions_of(project, self.facts.name) / IDS)

    def _check_names_people(self, what: str) -> None:
        if self.allowance.landed != "records":
            raise NotPermitted(
                what,
                got=f"the stage {self.allowance.stage!r}",
                expected="the stage that works on records",
                do="Take the customers as merging named them",
            )

    def section(self, name: str, compute: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | NotAnswered:
        """Answer one question with a public function; record its figures, or why it stays open."""
        missing = not_there((*args, *kwargs.values()))
        if missing is not None:
            return self._skip(name, missing, parts_of(compute))
        try:
            result = leaving(compute(*args, **kwargs), self.registry)
        except NotEnoughData as error:
            return self._skip(name, NotAnswered(name, str(error), error.expected), parts_of(compute))
        self.record(result)
        return result

    def record(self, result: HasFigures) -> None:
        """Take the figures of a result into this stage's results."""
        for figure in result.figures:
            self.results.figures[figure.name] = self.registry.check(figure)

    def plot(
        self, draw: Callable[Concatenate[R, str, ...], go.Figure], result: R | NotAnswered
    ) -> go.Figure | Markdown:
        """Draw a result in the run's language, or say in one line that the section was skipped."""
        return self._skipped_line(result) if isinstance(result, NotAnswered) else draw(result, self.params.language)

    def tell(self, sentence: Callable[Concatenate[R, str, ...], str], result: R | NotAnswered) -> Markdown:
        """Read a result aloud in the run's language."""
        if isinstance(result, NotAnswered):
            return self._skipped_line(result)
        return _spoken(sentence(result, self.params.language))

    def read_aloud(
        self,
        draw: Callable[Concatenate[R, str, ...], go.Figure],
        sentence: Callable[Concatenate[R, str, ...], str],
        result: R | NotAnswered,
    ) -> Markdown:
        """Draw a result and, under the picture, read it aloud; one line if the section was skipped."""
        if isinstance(result, NotAnswered):
            return self._skipped_line(result)
        display(self.plot(draw, result))
        return self.tell(sentence, result)

    @staticmethod
    def in_turn(*outputs: HTML | Markdown | go.Figure) -> HTML | Markdown | go.Figure:
        """Several outputs of one cell, one below the other: a picture's sentence, and the table to it."""
        for output in outputs[:-1]:
            display(output)
        return outputs[-1]

    def show(
        self,
        name: str,
        table: pd.DataFrame | NotAnswered,
        *,
        columns: Sequence[str] = (),
        rows: int = 10,
        caption: str = "",
    ) -> HTML | Markdown:
        """Show the first rows of a table and keep those rows as ``tables/shown_<stage>_<name>.parquet``.

        Parameters
        ----------
        columns
            The columns to show, in that order; all where none is named.
        caption
            An English line under the table, translated where the catalogue knows it.
        """
        if isinstance(table, NotAnswered):
            return self._skipped_line(table)
        language = self.params.language
        line = label(caption, language) if caption else ""
        shown = show_table(table, language, currency=self.facts.currency, columns=columns, rows=rows, caption=line)
        self.folder.write(f"shown_{self.results.stage}_{name}", shown.rows)
        if name not in self.results.tables:
            self.results.tables.append(name)
        if table.empty:
            return Markdown(f"*{say('There is nothing to list here.', language)}*")
        return HTML(shown.page + IN_NOTEBOOK)

    def keep(self, name: str, table: pd.DataFrame | NotAnswered) -> None:
        """Write a table for later stages and the analyst: ``tables/<name>.parquet``; a skipped one is not written."""
        if not isinstance(table, NotAnswered):
            self.folder.write(name, table)

    def finish(self, sentence: Callable[Concatenate[R, str, ...], str], result: R | NotAnswered) -> Markdown:
        """Set the stage's headline and write ``results/<stage>.json``: the last cell of every notebook."""
        self.results.headline = (
            result.reason if isinstance(result, NotAnswered) else sentence(result, self.params.language)
        )
        write_json(self.folder.results_path(self.results.stage), self.results.as_json())
        return _spoken(self.results.headline)

    def _skip(self, section: str, why: NotAnswered, parts: frozenset[str]) -> NotAnswered:
        skipped = NotAnswered(section, why.reason, why.needed, parts)
        self.results.skipped.append(skipped)
        return skipped

    def _skipped_line(self, skipped: NotAnswered) -> Markdown:
        line = say(
            "Skipped: {section}. {reason}",
            self.params.language,
            section=safe(skipped.section),
            reason=without_codes(skipped.reason, self.params.language),
        )
        return Markdown(f"*{line}*")

    def _repr_markdown_(self) -> str:
        f, language = self.facts, self.params.language
        own = say("no declared basis: permissions per person decide", language)
        basis = say("basis: {basis}", language, basis=safe(f.basis)) if f.basis else own
        said = say(
            "Data set **{title}**, as of {day}, money in {currency}, {basis}.",
            language,
            title=safe(f.title),
            day=day(pd.Timestamp(self.as_of), language),
            currency=safe(f.currency),
            basis=basis,
        )
        if not self.by_hand:
            return said
        line = say(
            "You work in {copy}, a copy of the finished run {run}. The run itself stays as it is; another window gets "
            "its own copy.",
            self.params.language,
            run=safe(self.folder.finished),
            copy=safe(self.folder.path.name),
        )
        return f"{said}\n\n*{line}*"


def _spoken(sentence: str) -> Markdown:
    """A sentence in bold; what it quotes stays beside it in the notebook, for the comparison with the chart above."""
    quotes = [{"figure": q.figure, "part": q.part, "value": float(q.value)} for q in quotes_of(sentence)]
    return Markdown(f"**{sentence}**", metadata={"quotes": quotes})


def leaving(result: R, registry: Registry) -> R:
    """The result with its figures as they may leave, so that sentence, picture and results say the same.

    Raises
    ------
    NotEnoughData
        A figure rests on fewer than ten people.
    """
    if isinstance(result, NotAnswered) or not is_dataclass(result):
        return result
    figures = tuple(map(registry.leaving, result.figures))
    return result if figures == result.figures else replace(result, figures=figures)  # type: ignore[type-var, return-value]


def not_there(given: Iterable[object]) -> NotAnswered | None:
    """The first of some arguments that is absent or unanswered, as the reason why a question stays open."""
    for argument in given:
        if isinstance(argument, Absent):
            return NotAnswered(argument.table, argument.reason, argument.table)
        if isinstance(argument, NotAnswered):
            return argument
    return None


def open_run(params: Params, registry: Registry) -> Run:
    """Open the run a notebook belongs to.

    A scheduled notebook finds its working folder laid out; one opened by hand gets a copy of its own of the newest
    finished run (or of the run it lies in), so that the finished run never changes and two windows never meet.

    Raises
    ------
    NotPermitted
        The folder was laid out for another purpose than the notebook's Params class names, or a later import holds a
        refusal that the finished run does not know.
    ParamError
        ``as_of`` lies outside the data.
    BrokenExpectation
        A table or result of the finished run was changed after it was sealed.
    """
    purpose = str(getattr(type(params), "PURPOSE", ""))
    folder, by_hand = RunFolder(Path(params.run_dir)), False
    allowance = read_allowance(folder.path) if params.run_dir else None
    if allowance is None:
        finished = folder if params.run_dir else newest_run(runs_folder(Path.cwd()), params.dataset)
        check_refusals_known(finished.path.resolve(), check_read(finished.path))
        allowance = allowance_of(registry.stage, purpose)
        folder, by_hand = working_copy(finished, allowance), True
    if allowance.purpose != purpose:
        raise NotPermitted(
            "purpose",
            got=repr(purpose),
            expected=repr(allowance.purpose),
            do="Run the notebook that this folder is for",
        )
    facts = read_facts(folder.landed)
    check_as_of(params.as_of, facts)
    return Run(params, registry, folder, facts, allowance, by_hand)
