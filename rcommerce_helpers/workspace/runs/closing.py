"""What a run puts together at its end: merged results and the list of tables."""

from __future__ import annotations

from pathlib import Path

from rcommerce_helpers.results import FORMAT_VERSION, read_json, write_json
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.manifest import Manifest


def merge_results(folder: Path, manifest: Manifest) -> None:
    """Write results.json: the figures, headlines and skipped sections of all stages."""
    found = {stage: _results_of(folder, stage) for stage in manifest.stages}
    merged: dict[str, object] = {
        "format": FORMAT_VERSION,
        "run": manifest.run,
        "dataset": manifest.dataset,
        "headlines": {stage: content["headline"] for stage, content in found.items() if content},
        "figures": [row for content in found.values() for row in _rows(content, "figures")],
        "skipped": [{"stage": stage, **row} for stage, content in found.items() for row in _rows(content, "skipped")],
    }
    write_json(folder / "results.json", merged)


def _results_of(folder: Path, stage: str) -> dict[str, object]:
    path = RunFolder(folder).results_path(stage)
    return read_json(path) if path.exists() else {}


def _rows(content: dict[str, object], name: str) -> list[dict[str, object]]:
    rows = content.get(name, [])
    return rows if isinstance(rows, list) else []


def tables_of(folder: Path, manifest: Manifest) -> list[dict[str, object]]:
    """One row per parquet file of the run: file, step that wrote it, rows, columns, bytes."""
    import pyarrow.parquet as pq

    found: list[dict[str, object]] = []
    for step in manifest.steps.values():
        for name in step.files:
            if name.endswith(".parquet"):
                meta, size = pq.read_metadata(folder / name), (folder / name).stat().st_size
                found.append(
                    {"file": name, "step": step.name, "rows": meta.num_rows, "columns": meta.num_columns, "bytes": size}
                )
    return found
