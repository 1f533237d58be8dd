"""What a run is asked for, checked completely before anything is written."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.params import Params, check_day
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.span import span_of
from rcommerce_helpers.workspace.data_sets import data_set_id
from rcommerce_helpers.workspace.runs.manifest import last_landed
from rcommerce_helpers.workspace.runs.stages import Stage, StageTable

OPTIONS = {"dataset": "--dataset", "as_of": "--as-of", "language": "--language", "run_dir": "--out"}


class Data(Protocol):
    """A data set that can be brought into a run folder."""

    @property
    def name(self) -> str:
        """What its sources.toml calls it: decisions lie under that name."""

    @property
    def fingerprint(self) -> str:
        """Changes when a byte of the data or of its description changes."""

    def land(self, folder: Path, previous: Path | None) -> None:
        """Write the landed tables and data_set.json into a folder; ``previous``: those of the last finished run."""


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """One run as asked for.

    ``settings`` are texts ``stage.name=value``; ``stages`` empty = all; ``timeout`` in seconds per cell; ``project``
    is the folder that relative paths refer to; ``allow_outside``: the files of the data set may lie outside its folder;
    ``allow_network``: it may ask the databases and web services that it names.
    """

    dataset: str
    out: Path
    stages: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    as_of: str = ""
    language: str = "en"
    seed: int = 7
    timeout: int = 600
    fresh: bool = False
    project: Path = Path()
    allow_outside: bool = False
    allow_network: bool = False

    @property
    def data_set(self) -> str:
        """What the data set is known by, however it was spelled."""
        return data_set_id(self.dataset, self.project)


@dataclass(frozen=True)
class RunPlan:
    """A request that was found good: stages in order, with their parameters."""

    request: RunRequest
    table: StageTable
    stages: tuple[Stage, ...]
    params: Mapping[str, Params]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Stages that cannot run for want of a notebook."""
        return tuple(stage.name for stage in self.table.left_out())


def plan_of(request: RunRequest, table: StageTable) -> RunPlan:
    """Check stage names, settings, time-out and the out folder; writes nothing.

    Raises
    ------
    ParamError
        The first thing that is wrong.
    """
    stages = table.chosen(request.stages)
    if not stages:
        raise ParamError("stage", got="no notebook", expected=f"notebooks in {table.folder.name}/", do="Check them out")
    if request.timeout < 1:
        raise ParamError("timeout", got=str(request.timeout), expected="at least 1 second", do="Give more time")
    _check_as_of(request)
    given = settings_by_stage(request.settings, table)
    params = {stage.name: _params(stage, request, given.get(stage.name, {})) for stage in table.present()}
    check_writable(request.out)
    return RunPlan(request, table, stages, {stage.name: params[stage.name] for stage in stages})


def _check_as_of(request: RunRequest) -> None:
    """The form of the day, before anything is read; the span of the data is told where an earlier run knows it."""
    try:
        check_day("as_of", request.as_of)
    except ParamError as error:
        landed = last_landed(request.out, request.data_set)
        span = f" within the {span_of(read_facts(landed))}" if landed else ""
        raise ParamError(error.name, got=error.got, expected=f"{error.expected}{span}", do=error.do) from None


def settings_by_stage(settings: tuple[str, ...], table: StageTable) -> dict[str, dict[str, str]]:
    """``stage.name=value`` texts -> stage -> name -> value; every name is checked against the stage's Params class."""
    given: dict[str, dict[str, str]] = {}
    for text in settings:
        stage_name, name, value = _split(text, table)
        stage = table.find(stage_name)
        if name in OPTIONS or name == "controls":
            raise ParamError(
                text,
                got=f"a setting {name!r}",
                expected="a setting of one stage",
                do=f"Use {OPTIONS[name]}" if name in OPTIONS else "Leave it: scheduled runs have no controls",
            )
        stage.params_class().check_names([name])
        given.setdefault(stage.name, {})[name] = value
    return given


def _split(text: str, table: StageTable) -> tuple[str, str, str]:
    left, equals, value = text.partition("=")
    stage, dot, name = left.strip().partition(".")
    if not (equals and dot and name.isidentifier()):
        raise ParamError(
            "--set",
            got=repr(text),
            expected="stage.name=value, such as affinity.horizon_days=60",
            do=_nearest_setting(left, table),
        )
    return stage, name, value


def _nearest_setting(left: str, table: StageTable) -> str:
    known = [f"{s.name}.{name}" for s in table.present() for name in s.params_class().names()]
    bare = {name.partition(".")[2]: name for name in reversed(known)}
    near = difflib.get_close_matches(left, [*bare, *known], n=1)
    return f"Did you mean --set {bare.get(near[0], near[0])}=..." if near else "See `rcommerce run --help`"


def _params(stage: Stage, request: RunRequest, given: Mapping[str, str]) -> Params:
    basics: dict[str, object] = {
        "dataset": request.dataset,
        "as_of": request.as_of,
        "language": request.language,
        "seed": request.seed,
        "controls": False,
    }
    return stage.params_class().from_given({**basics, **given})


def check_writable(out: Path) -> None:
    """Refuse an out folder that cannot be written, without writing."""
    place = out
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        raise ParamError(
            "--out",
            got=str(out),
            expected="a folder that can be written",
            do="Choose another folder, or change its permissions",
        )
