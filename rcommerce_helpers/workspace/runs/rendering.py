"""The report of a run: its first page, and all pages anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rcommerce_helpers.workspace.first_page import write_first_page
from rcommerce_helpers.workspace.runs.manifest import Manifest
from rcommerce_helpers.workspace.runs.seal import rewrite
from rcommerce_helpers.workspace.runs.stages import STAGES, Stage


def render_report(folder: Path, manifest: Manifest, stages: Iterable[Stage] = STAGES) -> Path:
    """Write every page of a finished run anew from its executed notebooks, seal it again; gives the first page."""
    rewrite(folder, manifest, lambda path: _pages(path, manifest, tuple(stages)), why="report written anew")
    return folder / "report" / "index.html"


def _pages(folder: Path, manifest: Manifest, stages: tuple[Stage, ...]) -> list[str]:
    from rcommerce_helpers.workspace.export import write_page

    written = []
    for stage in stages:
        executed = folder / "notebooks" / f"{stage.notebook}.ipynb"
        if executed.exists():
            write_page(executed, folder / "report" / f"{stage.notebook}.html", manifest.language)
            written.append(f"report/{stage.notebook}.html")
    first_page(folder, manifest, stages)
    return written


def first_page(folder: Path, manifest: Manifest, stages: Iterable[Stage] = STAGES) -> Path:
    """Write report/index.html over the stages of a run."""
    chosen = [(stage.name, stage.notebook) for stage in stages if stage.name in manifest.stages]
    return write_first_page(folder, chosen, manifest.language)
