"""Public data sets that need no download of their own: each is a folder with a sources.toml."""

from __future__ import annotations

from pathlib import Path


def public_data_sets() -> dict[str, Path]:
    """Name -> its sources.toml; the name is the folder's with hyphens."""
    here = Path(__file__).parent
    return {p.parent.name.replace("_", "-"): p for p in sorted(here.glob("*/sources.toml"))}
