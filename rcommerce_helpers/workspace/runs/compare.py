"""Runs side by side: which there are, and which figures changed between two of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.results import read_json
from rcommerce_helpers.workspace.data_sets import bare, content_of, data_set_id
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.manifest import Manifest, not_believed, runs_in
from rcommerce_helpers.workspace.runs.seal import check_seal

Key = tuple[str, str]


def listing(out: Path) -> list[str]:
    """One line per run, newest first: name, status, data set, seconds, steps reused."""
    found = runs_in(out)
    passed_over = [f"{name}: {why}" for name, why in not_believed(out).items()]
    if not found:
        return [f"No run in {out}/ yet. `rcommerce run` makes one.", *passed_over]
    return [*(_line(folder, manifest) for folder, manifest in found), *passed_over]


def _line(folder: Path, manifest: Manifest) -> str:
    reused = sum(bool(step.reused_from) for step in manifest.steps.values())
    steps = f"{len(manifest.steps)} steps, {reused} reused"
    return f"{folder.name:<32} {manifest.status:<12} {manifest.dataset:<20} {manifest.seconds:>7.1f} s  {steps}"


def find_run(out: Path, name: str) -> tuple[Path, Manifest]:
    """The run of that name or unique beginning; the newest finished one where no name is given.

    Raises
    ------
    ParamError
        There is none, or several begin so.
    BrokenExpectation
        Its manifest was changed after it was written.
    """
    found = runs_in(out)
    if not name:
        fitting = [pair for pair in found if pair[1].status == "done"][:1]
    else:
        fitting = [p for p in found if p[0].name == name] or [p for p in found if p[0].name.startswith(name)]
    if name in not_believed(out):
        check_seal(out / name, None)
    if len(fitting) != 1:
        raise ParamError(
            "run",
            got=f"{name or 'no name'}, which fits {len(fitting)} runs in {out}/",
            expected="the name of one run, or its beginning",
            do="See `rcommerce list`",
        )
    return fitting[0]


def newest_run(runs: Path, dataset: str) -> RunFolder:
    """The newest finished run of a data set: what a notebook opened alone reads.

    Raises
    ------
    ParamError
        There is none; the message holds the one command that makes it.
    """
    done = [(folder, manifest) for folder, manifest in runs_in(runs) if manifest.status == "done"]
    places = (Path.cwd(), runs.resolve().parent)
    known = {data_set_id(dataset, place) for place in places}
    finished = [folder for folder, manifest in done if manifest.data_set in known]
    if not finished and (bytes_now := content_of(dataset, places)):
        finished = [folder for folder, manifest in done if bare(manifest.data_fingerprint) == bytes_now]
    if not finished:
        raise ParamError(
            "dataset",
            got=f"no finished run of {dataset!r} in {runs.name}/",
            expected="one finished run",
            do=f"Run `rcommerce run --dataset {dataset}` once",
        )
    return RunFolder(max(finished, key=lambda p: p.name))


@dataclass(frozen=True)
class Comparison:
    """Figures of two runs by stage and name: changed (before, after), added, gone; ``same`` counts the others."""

    changed: dict[Key, tuple[dict[str, Any], dict[str, Any]]]
    added: dict[Key, dict[str, Any]]
    gone: dict[Key, dict[str, Any]]
    same: int

    def lines(self) -> list[str]:
        """One line per figure that differs, and how many do not."""
        changed = [
            f"changed  {_name(k)}: {_value(a)} -> {_value(b)}{_apart(a, b)}" for k, (a, b) in self.changed.items()
        ]
        added = [f"added    {_name(k)}: {_value(row)}" for k, row in self.added.items()]
        gone = [f"gone     {_name(k)}: {_value(row)}" for k, row in self.gone.items()]
        return [*changed, *added, *gone, f"{self.same} figures are the same."]


def compare_runs(out: Path, before: str, after: str) -> Comparison:
    """Compare the figures of two runs of one folder.

    Raises
    ------
    ParamError
        One of them is not there.
    BrokenExpectation
        The results of one were changed after it was sealed.
    """
    old, new = (_figures(*find_run(out, name)) for name in (before, after))
    both = [key for key in old if key in new]
    changed = {key: (old[key], new[key]) for key in both if _content(old[key]) != _content(new[key])}
    return Comparison(
        changed=changed,
        added={key: row for key, row in new.items() if key not in old},
        gone={key: row for key, row in old.items() if key not in new},
        same=len(both) - len(changed),
    )


def _figures(folder: Path, manifest: Manifest) -> dict[Key, dict[str, Any]]:
    check_seal(folder, manifest, ["results.json"])
    content: dict[str, Any] = read_json(folder / "results.json")
    return {(str(row["stage"]), str(row["name"])): row for row in content["figures"]}


def _content(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row.get(name) for name in ("value", "low", "high", "n", "unit", "bound"))


def _name(key: Key) -> str:
    return ".".join(key)


def _value(row: dict[str, Any]) -> str:
    interval = "" if row["low"] is None else f" [{row['low']:.6g}, {row['high']:.6g}]"
    unit = f" {row['unit']}" if row["unit"] else ""
    bound = f"{row['bound']} " if row.get("bound") else ""
    return f"{bound}{row['value']:.6g}{unit}{interval} (n {row['n']})"


def _apart(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Whether two intervals leave a gap between them: a change larger than the doubt of both."""
    if before["low"] is None or after["low"] is None:
        return ""
    return ", intervals apart" if before["high"] < after["low"] or after["high"] < before["low"] else ""
