"""Notebooks as programs: the run folder, the notebook's handle on it, runs, controls, export."""

from rcommerce_helpers.workspace.notebook import Run, open_run

__all__ = ["Run", "open_run"]
