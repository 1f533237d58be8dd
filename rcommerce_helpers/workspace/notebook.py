"""The notebook's handle on its run: read what is permitted, show, tell, skip, and report.

A notebook has no ``if`` and no loop. ``run.section(compute, ...)`` calls a public function; where a table is absent or
the data are too few it gives a ``Skipped`` instead, and ``run.plot`` and ``run.tell`` then say so in one line. Every
figure of a section's result is recorded, so the sentences can only quote what ``results/<stage>.json`` holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd
import plotly.graph_objects as go
from IPython.display import HTML, Markdown, display

from rcommerce_helpers.errors import NotEnoughData, NotPermitted
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import HasFigures, Registry, Skipped, StageResults, write_json
from rcommerce_helpers.sentences import safe, say
from rcommerce_helpers.sources.landed import DataSetFacts, has_landed, read_facts, read_landed
from rcommerce_helpers.workspace.folder import RunFolder, newest_run, runs_folder, working_copy

P = ParamSpec("P")
R = TypeVar("R", bound=HasFigures)


@dataclass(frozen=True)
class Missing:
    """A table this data set does not have, or has no permission for."""

    table: str
    reason: str


@dataclass
class Run:
    """One notebook's view of its run folder."""

    params: Params
    registry: Registry
    folder: RunFolder
    facts: DataSetFacts
    purpose: str = ""
    results: StageResults = field(init=False)

    def __post_init__(self) -> None:
        self.results = StageResults(stage=self.registry.stage, as_of=self.as_of)

    @property
    def as_of(self) -> str:
        """Last day the analysis may know."""
        return self.params.as_of or self.facts.as_of

    def read(self, table: str) -> pd.DataFrame | Missing:
        """A table reduced to the persons who permit this stage's purpose, or a Missing that says why not."""
        path = self.folder.permitted(self.purpose) / f"{table}.parquet"
        if not path.exists():
            return Missing(table, f"this data set has no {table} that may be used for {self.purpose}")
        return _known_by(pd.read_parquet(path), self.as_of)

    def landed(self, table: str) -> pd.DataFrame | Missing:
        """A landed table with all persons, permitted or not: only for notebooks without a purpose (merging, the tour).

        Raises
        ------
        NotPermitted
            The notebook reads for a purpose, so it must use ``read``.
        """
        if self.purpose:
            raise NotPermitted(
                table, got=f"purpose {self.purpose!r}", expected="a permitted table", do="Read it with run.read"
            )
        if not has_landed(self.folder.landed, table):
            return Missing(table, f"this data set has no {table}")
        return read_landed(self.folder.landed, table)

    def stage_table(self, name: str) -> pd.DataFrame | Missing:
        """A table that an earlier stage of this run wrote."""
        path = self.folder.table_path(name)
        return pd.read_parquet(path) if path.exists() else Missing(name, f"no earlier stage of this run wrote {name}")

    def section(self, name: str, compute: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | Skipped:
        """Answer one question with a public function; record its figures, or why it stays open."""
        absent = [a for a in (*args, *kwargs.values()) if isinstance(a, (Missing, Skipped))]
        if absent:
            return self._skip(name, absent[0].reason)
        try:
            result = compute(*args, **kwargs)
        except NotEnoughData as error:
            return self._skip(name, str(error))
        self.record(result)
        return result

    def record(self, result: HasFigures) -> None:
        """Take the figures of a result into this stage's results."""
        for figure in result.figures:
            self.results.figures[figure.name] = self.registry.check(figure)

    def plot(self, draw: Callable[Concatenate[R, str, ...], go.Figure], result: R | Skipped) -> go.Figure | Markdown:
        """Draw a result in the run's language, or say in one line that the section was skipped."""
        return self._skipped_line(result) if isinstance(result, Skipped) else draw(result, self.params.language)

    def tell(self, sentence: Callable[Concatenate[R, str, ...], str], result: R | Skipped) -> Markdown:
        """Read a result aloud in the run's language."""
        if isinstance(result, Skipped):
            return self._skipped_line(result)
        return Markdown(f"**{sentence(result, self.params.language)}**")

    def read_aloud(
        self,
        draw: Callable[Concatenate[R, str, ...], go.Figure],
        sentence: Callable[Concatenate[R, str, ...], str],
        result: R | Skipped,
    ) -> Markdown:
        """Draw a result and, under the picture, read it aloud; one line if the section was skipped."""
        if isinstance(result, Skipped):
            return self._skipped_line(result)
        display(self.plot(draw, result))
        return self.tell(sentence, result)

    def show(self, name: str, table: pd.DataFrame | Skipped, *, rows: int = 10) -> HTML | Markdown:
        """Show the first rows of a table and keep those rows as ``tables/shown_<stage>_<name>.parquet``."""
        if isinstance(table, Skipped):
            return self._skipped_line(table)
        shown = table.head(rows)
        self.folder.write(f"shown_{self.results.stage}_{name}", shown)
        if name not in self.results.tables:
            self.results.tables.append(name)
        text = shown.copy()
        for column in text.select_dtypes(exclude="number"):
            text[column] = text[column].map(safe)
        whole = {c: "{:,}".format for c in text.select_dtypes(include="integer")}
        return HTML(
            text.to_html(index=False, escape=False, na_rep="", formatters=whole, float_format=lambda x: f"{x:,.4g}")
        )

    def keep(self, name: str, table: pd.DataFrame | Skipped) -> None:
        """Write a table for later stages and the analyst: ``tables/<name>.parquet``; a skipped one is not written."""
        if not isinstance(table, Skipped):
            self.folder.write(name, table)

    def finish(self, sentence: Callable[Concatenate[R, str, ...], str], result: R | Skipped) -> Markdown:
        """Set the stage's headline and write ``results/<stage>.json``: the last cell of every notebook."""
        self.results.headline = result.reason if isinstance(result, Skipped) else sentence(result, self.params.language)
        write_json(self.folder.results_path(self.results.stage), self.results.as_json())
        return Markdown(f"**{self.results.headline}**")

    def _skip(self, section: str, reason: str) -> Skipped:
        skipped = Skipped(section, reason)
        self.results.skipped.append(skipped)
        return skipped

    def _skipped_line(self, skipped: Skipped) -> Markdown:
        line = say(
            "Skipped: {section}. {reason}",
            self.params.language,
            section=safe(skipped.section),
            reason=safe(skipped.reason),
        )
        return Markdown(f"*{line}*")

    def _repr_markdown_(self) -> str:
        f = self.facts
        basis = f"basis: {safe(f.basis)}" if f.basis else "no declared basis: permissions per person decide"
        return f"Data set **{safe(f.title)}**, as of {self.as_of}, money in {safe(f.currency)}, {basis}."


def _known_by(table: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Drop what happened after the last day the analysis may know."""
    if "local_at" not in table or not as_of:
        return table
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    known = table["local_at"].isna() | (table["local_at"] < end)
    return table if known.all() else table[known]


def open_run(params: Params, registry: Registry) -> Run:
    """Open the run a notebook belongs to: its own when scheduled, else a working copy of the newest finished one.

    The purpose the notebook may read for is the ``PURPOSE`` of its Params class (empty = reads no personal table).
    """
    if params.run_dir:
        folder = RunFolder(Path(params.run_dir))
    else:
        folder = working_copy(newest_run(runs_folder(Path.cwd()), params.dataset))
    purpose = str(getattr(type(params), "PURPOSE", ""))
    return Run(params=params, registry=registry, folder=folder, facts=read_facts(folder.landed), purpose=purpose)
