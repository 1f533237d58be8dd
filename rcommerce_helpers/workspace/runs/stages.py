"""The stages of a run, in one place: which notebook, which parameters, what must have run before.

A new notebook is one line here. The first step, ``land``, has no notebook: it brings the data set into the run folder.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rcommerce_helpers.access.allowance import Allowance, Landed
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.params import Params
from rcommerce_helpers.schema import LANDED_TABLES

LAND = "land"


@dataclass(frozen=True)
class Stage:
    """One notebook of a run.

    ``params`` is "module:Class" of its Params dataclass, imported only when needed; it names the purpose. ``needs`` are
    the steps before it. ``reads`` are the tables it may open, its own purpose's share of them: canonical ones and those
    of the steps it needs. ``landed`` says what it sees of the landed tables, ``reports`` whether it reads what the
    other stages reported. Nothing else lies in the folder it works in.
    """

    name: str
    notebook: str
    params: str
    needs: tuple[str, ...] = (LAND,)
    reads: tuple[str, ...] = ()
    landed: Landed = "nothing"
    reports: bool = False

    @property
    def names_people(self) -> bool:
        """Whether it gives people their pseudonyms, and so needs the project's key: who works on records does."""
        return self.landed == "records"

    def params_class(self) -> type[Params]:
        """The Params dataclass of this stage."""
        module, name = self.params.split(":")
        found: type[Params] = getattr(importlib.import_module(module), name)
        return found

    @property
    def allowance(self) -> Allowance:
        """What the stage may read, for the purpose that its Params class names."""
        purpose = str(getattr(self.params_class(), "PURPOSE", ""))
        return Allowance(self.name, purpose, self.reads, self.landed, self.reports)


STAGES = (
    Stage(
        "start_here",
        "00_start_here",
        "rcommerce_helpers.relationship.params:StartParams",
        reads=("orders", "order_lines"),
        landed="counts",
    ),
    Stage("merging", "01_data_merging", "rcommerce_helpers.merging.params:MergingParams", landed="records"),
    Stage(
        "who_is_who",
        "01a_who_is_who",
        "rcommerce_helpers.merging.params:LinkingParams",
        needs=(LAND, "merging"),
        landed="records",
    ),
    Stage(
        "permission_and_rights",
        "01b_permission_and_rights",
        "rcommerce_helpers.merging.params:PermissionParams",
        needs=(LAND, "merging"),
        landed="records",
    ),
    Stage(
        "patterns",
        "02_behaviour_patterns",
        "rcommerce_helpers.patterns.params:PatternsParams",
        needs=(LAND, "merging"),
        reads=("orders", "order_lines", "products", "web_events", "contacts", "service_cases", "feedback"),
    ),
    Stage(
        "affinity",
        "03_affinity_scoring",
        "rcommerce_helpers.affinity.params:AffinityParams",
        needs=(LAND, "merging"),
        reads=("order_lines", "products", "attributes", "service_cases"),
    ),
    Stage(
        "campaigns",
        "04_campaign_simulation",
        "rcommerce_helpers.campaigns.params:CampaignParams",
        needs=(LAND, "merging", "affinity"),
        reads=(
            "customers", "contact_points", "order_lines", "products", "prices", "stock", "contracts", "attributes",
            "service_cases", "campaigns", "contacts", "planned_contacts", "scores",
        ),
    ),
    Stage(
        "report",
        "05_relationship_report",
        "rcommerce_helpers.relationship.params:ReportParams",
        needs=(LAND, "merging", "patterns", "affinity", "campaigns"),
        reads=("timeline", "plan_groups"),
        reports=True,
    ),
    Stage(
        "own_data",
        "06_your_own_data",
        "rcommerce_helpers.sources.params:OwnDataParams",
        reads=(*LANDED_TABLES, "quarantine"),
        landed="counts",
    ),
)  # fmt: skip


def allowance_of(stage: str, purpose: str) -> Allowance:
    """What a stage may read when its notebook is opened by hand; one that nobody declared reads nothing."""
    found = next((s.allowance for s in STAGES if s.name == stage), None)
    return found if found is not None else Allowance(stage, purpose)


@dataclass(frozen=True)
class StageTable:
    """The stages whose notebooks lie in ``folder``; tests pass their own."""

    folder: Path
    stages: tuple[Stage, ...] = STAGES

    def path(self, stage: Stage) -> Path:
        """Where the stage's notebook lies."""
        return self.folder / f"{stage.notebook}.ipynb"

    def present(self) -> tuple[Stage, ...]:
        """Stages whose notebook exists."""
        return tuple(stage for stage in self.stages if self.path(stage).exists())

    def left_out(self) -> tuple[Stage, ...]:
        """Stages without a notebook, and those that need one of them: left out, with a message."""
        missing: set[str] = set()
        for stage in self.stages:
            if not self.path(stage).exists() or missing & set(stage.needs):
                missing.add(stage.name)
        return tuple(stage for stage in self.stages if stage.name in missing)

    def find(self, name: str) -> Stage:
        """The stage of that name, or of that notebook name.

        Raises
        ------
        ParamError
            There is none; the message names the nearest.
        """
        for stage in self.stages:
            if name in {stage.name, stage.notebook}:
                return stage
        known = [stage.name for stage in self.stages]
        near = difflib.get_close_matches(name, known, n=1)
        raise ParamError(
            "stage",
            got=repr(name),
            expected=f"one of {', '.join(known)}",
            do=f"Did you mean {near[0]}?" if near else "Choose one of these",
        )

    def chosen(self, names: Iterable[str]) -> tuple[Stage, ...]:
        """The named stages and all they need, in order; all stages that can run where no name is given.

        Raises
        ------
        ParamError
            A named stage does not exist, or its notebook or that of a stage it needs is missing.
        """
        missing = {stage.name for stage in self.left_out()}
        wanted = {self.find(name).name for name in names} or {s.name for s in self.stages if s.name not in missing}
        for stage in reversed(self.stages):
            if stage.name in wanted:
                wanted |= {need for need in stage.needs if need != LAND}
        for name in sorted(wanted & missing):
            raise ParamError(
                f"stage {name}",
                got="no notebook, or none of a stage it needs",
                expected=f"its notebook in {self.folder}",
                do="Check out the notebooks folder of the project",
            )
        return tuple(stage for stage in self.stages if stage.name in wanted)


def standard_table() -> StageTable:
    """The notebooks beside the package (editable installation).

    Raises
    ------
    ParamError
        There is no notebooks folder beside the package.
    """
    folder = Path(__file__).resolve().parents[3] / "notebooks"
    if not any(folder.glob("*.ipynb")):
        raise ParamError(
            "notebooks",
            got="none beside the package",
            expected="the notebooks folder of a checkout",
            do="Install from a clone with `pip install -e .`",
        )
    return StageTable(folder)
