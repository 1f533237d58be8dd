"""The manifest of a run: what was asked, what was used, what each step wrote, how it ended.

Written anew after every step, so that a run that was killed can be taken up where it stopped. Statuses come from the
exception that was raised, never from the metadata of a notebook: after a time-out those look successful.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import FORMAT_VERSION, read_json, write_json
from rcommerce_helpers.workspace.data_sets import known_by
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.fingerprints import versions


@dataclass(frozen=True)
class Step:
    """One step of a run.

    ``files`` maps path below the run folder -> bytes, exactly those this step wrote. ``cpu_seconds`` and ``peak_mb``
    are the kernel's, None where the system does not tell.
    """

    name: str
    status: str
    fingerprint: str
    files: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_mb: float | None = None
    reused_from: str = ""
    error: str = ""
    exit_code: int = 0


@dataclass
class Manifest:
    """All that is known of one run; ``dataset`` as it was spelled, ``data_set`` as it is known by."""

    run: str
    dataset: str
    started_at: str
    status: str = "running"
    ended_at: str = ""
    seconds: float = 0.0
    stages: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    language: str = "en"
    as_of: str = ""
    data_set: str = ""
    data_fingerprint: str = ""
    parameters: dict[str, dict[str, object]] = field(default_factory=dict)
    seeds: dict[str, int] = field(default_factory=dict)
    fingerprints: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    tables: list[dict[str, object]] = field(default_factory=list)
    format: int = FORMAT_VERSION

    def save(self, folder: Path) -> None:
        """Write manifest.json, whole or not at all."""
        write_json(RunFolder(folder).manifest, asdict(self))

    def note_parameters(self, given: Mapping[str, Params]) -> None:
        """Take down every parameter of every stage, defaults included; the folder of the run is the file's own."""
        for stage, params in given.items():
            values = {name: getattr(params, name) for name in params.names() if name != "run_dir"}
            self.parameters[stage] = values
            self.seeds[stage] = params.seed

    def note_versions(self) -> None:
        """Take down interpreter, system and libraries."""
        self.versions = {"python": platform.python_version(), "system": platform.system(), **versions()}

    def end(self, status: str, *, at: datetime) -> None:
        """Take down how and when the run ended."""
        self.status = status
        self.ended_at = at.isoformat(timespec="seconds")
        self.seconds = round((at - datetime.fromisoformat(self.started_at)).total_seconds(), 1)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a run folder; None where there is none, or one of another format."""
    try:
        content: dict[str, Any] = read_json(RunFolder(folder).manifest)
        steps = {name: Step(**step) for name, step in content.pop("steps").items()}
        manifest = Manifest(**content, steps=steps)
    except (OSError, json.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None
    return manifest if manifest.format == FORMAT_VERSION else None


def runs_in(out: Path, *, unfinished: bool = False) -> list[tuple[Path, Manifest]]:
    """Run folders with their manifests, newest first; ``unfinished`` adds those of killed runs."""
    folders = [p for p in out.glob("*") if p.is_dir()] if out.is_dir() else []
    wanted = [p for p in folders if not p.name.startswith(".") or (unfinished and p.name.endswith(".part"))]
    found = [(p, m) for p in wanted if (m := read_manifest(p)) is not None]
    return sorted(found, key=lambda pair: (pair[1].started_at, pair[0].name), reverse=True)


def last_landed(out: Path, data_set: str) -> Path | None:
    """Landed tables of the last finished run of a data set, given by its ``data_set_id``; None where there is none."""
    done = (pair for pair in runs_in(out) if pair[1].status == "done")
    return next((RunFolder(folder).landed for folder, m in done if known_by(vars(m), out) == data_set), None)


def log(folder: Path, event: str, *, at: datetime | None = None, **details: str | float | None) -> None:
    """Append one line to log.jsonl: when, what, and what is known of it."""
    moment = (at or datetime.now(UTC)).isoformat(timespec="milliseconds")
    told = {name: fit_to_leave(value) if isinstance(value, str) else value for name, value in details.items()}
    line = json.dumps({"at": moment, "event": event, **told}, ensure_ascii=False)
    with (folder / "log.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
