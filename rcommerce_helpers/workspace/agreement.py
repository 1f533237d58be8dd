"""Whether each chart of an executed notebook and the sentence at it speak of the same figures, with the same values.

A chart keeps in its traces which figures it draws (``plots.chrome.drawn``) and in its title and legends which it
quotes; a sentence keeps what it quotes beside its text. Both are read back from the notebook and held against
``results/<stage>.json``: a chart and its sentence must share a figure, every value drawn or quoted must be the
reported one, and an interval the sentence gives must be the one the chart draws. What is compared is what was drawn,
error bars included, not what the code meant to draw.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rcommerce_helpers.results import read_json

PLOTLY = "application/vnd.plotly.v1+json"
ENDS = ("low", "high")
Found = dict[tuple[str, str], float]
"""(figure, part: value, low, high or n) -> number."""


@dataclass(frozen=True)
class Pair:
    """A chart and the sentence at it: what each says of which figure."""

    title: str
    chart: Found
    sentence: Found | None


def mismatches(run: Path) -> list[str]:
    """All disagreements of a finished run, one line each, notebook by notebook.

    Parameters
    ----------
    run
        Folder of a finished run: notebooks and results of the same names.
    """
    found = []
    for results in sorted((run / "results").glob("*.json")):
        stage = read_json(results)
        (notebook,) = (p for p in (run / "notebooks").glob("*.ipynb") if _stage_of(p) == results.stem)
        figures = {str(row["name"]): row for row in stage["figures"]}  # type: ignore[attr-defined]
        found += [f"{results.stem}: {line}" for line in notebook_mismatches(notebook, figures)]
    return found


def _stage_of(notebook: Path) -> str:
    from rcommerce_helpers.workspace.runs.stages import STAGES

    return next((stage.name for stage in STAGES if stage.notebook == notebook.stem), "")


def notebook_mismatches(notebook: Path, figures: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Disagreements of one executed notebook with the figures its stage reported."""
    return [line for pair in pairs_of(notebook) for line in _disagreements(pair, figures)]


def pairs_of(notebook: Path) -> list[Pair]:
    """Every chart of a notebook with its sentence: the next one of its cell, else the nearest around it."""
    cells = read_json(notebook)["cells"]
    spoken = [_outputs(cell) for cell in cells]  # type: ignore[attr-defined]
    pairs = []
    for number, outputs in enumerate(spoken):
        for place, output in enumerate(outputs):
            if PLOTLY in output.get("data", {}):
                chart = output["data"][PLOTLY]
                near = [*outputs[place + 1 :], *_around(spoken, number)]
                title = str(chart.get("layout", {}).get("title", {}).get("text", ""))
                pairs.append(Pair(title, _drawn(chart), next(filter(None, map(_quoted, near)), None)))
    return pairs


def _outputs(cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(cell.get("outputs", []))


def _around(spoken: list[list[dict[str, Any]]], number: int) -> Iterator[dict[str, Any]]:
    """Outputs of the cells around one, the nearest first; a markdown cell counts, for it has no outputs."""
    for distance in range(1, 4):
        for at in (number - distance, number + distance):
            if 0 <= at < len(spoken):
                yield from spoken[at]


def _quoted(output: Mapping[str, Any]) -> Found | None:
    """What a sentence quotes; None where an output is no sentence."""
    kept = output.get("metadata", {})
    rows = kept.get("quotes", kept.get("text/markdown", {}).get("quotes"))
    return _as_found(rows) if rows else None


def _as_found(rows: Iterable[Mapping[str, Any]]) -> Found:
    return {(row["figure"], row["part"]): float(row["value"]) for row in rows}


def _drawn(chart: Mapping[str, Any]) -> Found:
    """What a chart draws and quotes: values add up over points and traces, interval ends are those of one point."""
    found = _as_found((chart.get("layout", {}).get("meta") or {}).get("quotes", []))
    sums: Found = {}
    for trace in chart.get("data", []):
        for row in trace.get("meta") or []:
            if "part" in row:
                found |= _as_found([row])
                continue
            for part, value in _at(trace, row).items():
                sums[row["figure"], part] = sums.get((row["figure"], part), 0.0) + value
    return found | sums


def _at(trace: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, float]:
    """The value, and the interval ends where one point has them, of a figure in a trace."""
    values = _numbers(trace.get("x" if row["on"] == "points" else row["on"]))
    at = range(len(values)) if row["points"] == [-1] else row["points"]
    if row["on"] == "points":
        return {"value": float(len(at))}
    total = float(sum(values[i] for i in at))
    bars = trace.get(f"error_{row['on']}")
    if bars is None or len(at) != 1:
        return {"value": total}
    up, down = (_numbers(bars[name])[at[0]] for name in ("array", "arrayminus"))
    return {"value": total, "low": total - down, "high": total + up}


def _numbers(column: Any) -> list[float]:
    """A column of a trace; plotly packs numpy arrays. Text counts as nothing, for only its place is asked for."""
    if isinstance(column, Mapping):
        return [float(v) for v in np.frombuffer(base64.b64decode(column["bdata"]), dtype=column["dtype"])]
    return [float(v) if isinstance(v, (int, float)) else math.nan for v in column or []]


def _disagreements(pair: Pair, figures: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    if pair.sentence is None:
        yield f"{pair.title!r} has no sentence"
        return
    shared = {name for name, _ in pair.chart} & {name for name, _ in pair.sentence}
    if not shared:
        yield f"{pair.title!r} and its sentence share no figure"
    for what, found in (("chart", pair.chart), ("sentence", pair.sentence)):
        for (name, part), value in found.items():
            if not _equal(value, figures.get(name, {}).get(part)):
                yield f"{pair.title!r}: {what} has {name}.{part} = {value}, reported {figures.get(name, {}).get(part)}"
    drawn_points = {name for name, part in pair.chart if part == "value" and (name, "low") in pair.chart}
    for name in shared & {name for name, part in pair.sentence if part in ENDS} - drawn_points:
        if figures.get(name, {}).get("low") is not None:
            yield f"{pair.title!r}: the sentence gives an interval of {name} that the chart does not draw"


def _equal(value: float, reported: object) -> bool:
    """Equal but for the rounding of adding distances; a figure without an interval is quoted as itself."""
    return isinstance(reported, (int, float)) and math.isclose(value, reported, rel_tol=1e-9, abs_tol=1e-9)
