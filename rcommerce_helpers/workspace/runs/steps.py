"""The order of steps: which can start, which was done before, which must wait for nothing any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from rcommerce_helpers.params import Params
from rcommerce_helpers.workspace.runs.fingerprints import code_behind, code_of_notebook, digest
from rcommerce_helpers.workspace.runs.request import RunPlan
from rcommerce_helpers.workspace.runs.stages import LAND, Stage

LANDING_CODE = ("rcommerce_helpers.sources", "rcommerce_helpers.schema")


class Graph:
    """The stages of a plan with what each depends on.

    ``fingerprints`` maps step -> fingerprint, which covers everything its result depends on, earlier steps included;
    ``key_digest`` tells the project's key from another, for the step that names people under it.
    """

    def __init__(self, plan: RunPlan, data_fingerprint: str, key_digest: str = "") -> None:
        self.plan = plan
        self.key_digest = key_digest
        self.data_fingerprint = data_fingerprint
        self.stages: Mapping[str, Stage] = {stage.name: stage for stage in plan.stages}

    @property
    def names(self) -> tuple[str, ...]:
        """All steps in an order in which they could run one by one."""
        return (LAND, *self.stages)

    @cached_property
    def code(self) -> dict[str, str]:
        """Step -> fingerprint of its code."""
        table = self.plan.table
        found = {name: code_of_notebook(table.path(stage)) for name, stage in self.stages.items()}
        return {LAND: code_behind(LANDING_CODE), **found}

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Step -> fingerprint of its parameters; the data set counts as what it is known by, not as it was spelled."""
        known = {"dataset": self.plan.request.data_set}
        return {name: digest(_values(self.plan.params[name]) | known) for name in self.stages}

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """Step -> fingerprint of all it depends on."""
        from rcommerce_helpers.workspace.runs.fingerprints import versions

        found = {LAND: digest([self.data_fingerprint, self.code[LAND], dict(versions())])}
        for name in self.stages:
            before = [found[need] for need in self.needs(name)]
            key = self.key_digest if self.stages[name].names_people else ""
            found[name] = digest([self.code[name], self.parameters[name], before, key])
        return found

    def needs(self, name: str) -> tuple[str, ...]:
        """All steps whose files a step may read, directly or through another."""
        if name == LAND:
            return ()
        direct = self.stages[name].needs
        every = {*direct, *(far for need in direct for far in self.needs(need))}
        return tuple(step for step in self.names if step in every)

    def next_ready(self, done: Iterable[str], started: Iterable[str]) -> str | None:
        """Of the steps that can start, the one most others wait for."""
        finished, busy = set(done), set(started)
        ready = [n for n in self.stages if n not in busy and n not in finished and finished >= set(self.needs(n))]
        return max(ready, key=self.waiting, default=None)

    def waiting(self, name: str) -> int:
        """How many steps wait for this one."""
        return sum(name in self.needs(other) for other in self.stages)


def _values(params: Params) -> dict[str, object]:
    return {name: getattr(params, name) for name in params.names() if name not in {"run_dir", "controls"}}
