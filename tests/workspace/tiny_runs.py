"""A run of tiny notebooks over a tiny data set: seconds instead of minutes, the same machinery."""

import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd

from rcommerce_helpers.errors import BrokenExpectation
from rcommerce_helpers.params import Params
from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.sources.facts import DataSetFacts, TableCount, write_facts
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import Outcome, run_notebooks
from rcommerce_helpers.workspace.runs.stages import Stage, StageTable

STARTED = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
IMPORTS = """
import time
import pandas as pd
import plotly.graph_objects as go
from IPython.display import HTML, Markdown
from rcommerce_helpers.params import Params
from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.results import Entry, Figure, Registry, NotAnswered
from rcommerce_helpers.workspace import open_run
"""
OPEN = """
params = {cls}.from_notebook(globals())
run = open_run(params, Registry("{stage}", {{"orders": Entry("orders; n = orders", "count")}}))
run.results.figures["orders"] = Figure("orders", 3.0, 3, "count")
"""
FINISH = 'run.finish(lambda r, language: "{stage} found three orders.", Figure("orders", 3.0, 3, "count"))'
FIRST = Stage("first", "01_first", "rcommerce_helpers.params:Params")
SECOND = Stage(
    "second", "02_second", "rcommerce_helpers.relationship.params:ReportParams", ("land", "first"), reads=("kept",)
)


def write_notebook(path: Path, *cells: str, cls: type[Params] = Params, stage: str = "first") -> None:
    """A notebook of the house's form with the given cells in the middle."""
    tagged = nbformat.v4.new_code_cell(cls.cell(), metadata={"tags": ["parameters"]})
    opening = OPEN.format(cls=cls.__name__, stage=stage)
    sources = [textwrap.dedent(s).strip() for s in (opening, *cells, FINISH.format(stage=stage))]
    code = [nbformat.v4.new_code_cell(source) for source in sources]
    title = nbformat.v4.new_markdown_cell(f"# The {stage} notebook\n\nIt counts **orders**.")
    notebook = nbformat.v4.new_notebook(cells=[title, nbformat.v4.new_code_cell(IMPORTS.strip()), tagged, *code])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@dataclass
class TinyData:
    """Three orders, landed without any file; ``broken`` breaks an expectation half-way."""

    fingerprint: str = "tiny"
    name: str = "tiny"
    broken: bool = False
    landings: int = 0
    first_day: str = "2023-01-02"

    def land(self, folder: Path, previous: Path | None) -> None:
        self.landings += 1
        folder.mkdir(parents=True)
        pd.DataFrame({"order_id": ["a", "b", "c"], "amount": [1.0, 2.0, 3.0]}).to_parquet(folder / "orders.parquet")
        if self.broken:
            raise BrokenExpectation("orders", got="3 rows", expected="at least 10", do="Ask for the whole export")
        write_facts(
            folder,
            DataSetFacts(
                name=self.name,
                title="Tiny <b>shop</b>",
                as_of="2024-06-30",
                currency="EUR",
                time_zone="Europe/Berlin",
                tax="included",
                basis="contract",
                purposes=("statistics",),
                fingerprint=self.fingerprint,
                counts={"orders": TableCount(3, 3, 0)},
                first_day=self.first_day,
            ),
        )


@dataclass
class TinyWorld:
    """A folder with two notebooks, the second needing the first, and a folder of runs."""

    root: Path
    stages: tuple[Stage, ...] = (FIRST, SECOND)
    data: TinyData = field(default_factory=TinyData)

    def __post_init__(self) -> None:
        if not self.notebook(FIRST).exists():
            write_notebook(self.notebook(FIRST), 'run.keep("kept", pd.DataFrame({"x": [1, 2]}))')
            write_notebook(self.notebook(SECOND), "run.tables.kept", cls=ReportParams, stage="second")

    @property
    def out(self) -> Path:
        return self.root / "runs"

    @property
    def table(self) -> StageTable:
        return StageTable(self.root / "notebooks", self.stages)

    def notebook(self, stage: Stage) -> Path:
        return self.root / "notebooks" / f"{stage.notebook}.ipynb"

    def request(
        self, *settings: str, stages: tuple[str, ...] = (), timeout: int = 60, fresh: bool = False, as_of: str = ""
    ) -> RunRequest:
        return RunRequest(
            dataset="tiny",
            out=self.out,
            stages=stages,
            settings=settings,
            timeout=timeout,
            fresh=fresh,
            as_of=as_of,
            project=self.root,
        )

    def run(self, *settings: str, stages: tuple[str, ...] = (), timeout: int = 60, fresh: bool = False) -> Outcome:
        plan = plan_of(self.request(*settings, stages=stages, timeout=timeout, fresh=fresh), self.table)
        return run_notebooks(plan, self.data, Lines(), started=STARTED)

    def left(self) -> list[str]:
        """Names in the folder of runs."""
        return sorted(path.name for path in self.out.iterdir()) if self.out.exists() else []
