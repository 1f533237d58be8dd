"""The report of a run: its first page, and all pages anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rcommerce_helpers.workspace.first_page import write_first_page
from rcommerce_helpers.workspace.runs.manifest import Manifest
from rcommerce_helpers.workspace.runs.stages import STAGES, Stage


def render_report(folder: Path, manifest: Manifest, stages: Iterable[Stage] = STAGES) -> Path:
    """Write every page of a run from its executed notebooks, and the first page; gives the path of the first.

    The manifest learns the new sizes, so that the next run still finds the steps complete.
    """
    from rcommerce_helpers.workspace.export import write_page

    for stage in stages:
        executed = folder / "notebooks" / f"{stage.notebook}.ipynb"
        if executed.exists():
            write_page(executed, folder / "report" / f"{stage.notebook}.html", manifest.language)
    for name, step in manifest.steps.items():
        sizes = {file: (folder / file).stat().st_size for file in step.files if (folder / file).exists()}
        manifest.steps[name] = replace(step, files={**step.files, **sizes})
    manifest.save(folder)
    return first_page(folder, manifest, stages)


def first_page(folder: Path, manifest: Manifest, stages: Iterable[Stage] = STAGES) -> Path:
    """Write report/index.html over the stages of a run."""
    chosen = [(stage.name, stage.notebook) for stage in stages if stage.name in manifest.stages]
    return write_first_page(folder, chosen, manifest.language)
