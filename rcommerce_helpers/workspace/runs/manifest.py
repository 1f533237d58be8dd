"""The manifest of a run: what was asked, what was used, what each step wrote, how it ended.

Written anew after every step, so that a run that was killed can be taken up where it stopped. Statuses come from the
exception that was raised, never from the metadata of a notebook: after a time-out those look successful. It carries a
seal over its own bytes, so that a changed one is not believed; a seal is no signature, it does not say who made it.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import FORMAT_VERSION, write_json, written_json
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.fingerprints import versions


@dataclass(frozen=True)
class Step:
    """One step of a run.

    ``files`` maps path below the run folder -> sha256, exactly those this step wrote. ``cpu_seconds`` and ``peak_mb``
    are the kernel's, None where the system does not tell.
    """

    name: str
    status: str
    fingerprint: str
    files: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    cpu_seconds: float | None = None
    peak_mb: float | None = None
    reused_from: str = ""
    error: str = ""
    exit_code: int = 0


@dataclass
class Manifest:
    """All that is known of one run; ``dataset`` as it was spelled, ``data_set`` as it is known by.

    ``closing`` maps path -> sha256 of what was put together at the end; ``resealed`` says when and why a finished run
    was rewritten.
    """

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
    closing: dict[str, str] = field(default_factory=dict)
    resealed: list[dict[str, str]] = field(default_factory=list)
    format: int = FORMAT_VERSION

    def save(self, folder: Path) -> None:
        """Write manifest.json with its seal, whole or not at all."""
        content = asdict(self)
        write_json(RunFolder(folder).manifest, {**content, "seal": seal_of(content)})

    @property
    def files(self) -> dict[str, str]:
        """Path below the run folder -> sha256, of every file but the manifest itself."""
        return {**{n: h for step in self.steps.values() for n, h in step.files.items()}, **self.closing}

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


def seal_of(content: Mapping[str, object]) -> str:
    """sha256 over the content of a manifest, as it is written."""
    return hashlib.sha256(written_json(content).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a run folder; None where there is none that can be believed."""
    return _believed(folder)[0]


def _believed(folder: Path) -> tuple[Manifest | None, str]:
    """The manifest of a run folder, or why it cannot be believed; no folder of a run at all gives no reason."""
    try:
        text = RunFolder(folder).manifest.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None, ""
    except (OSError, UnicodeDecodeError):
        return None, "its manifest cannot be read"
    try:
        content: dict[str, Any] = json.loads(text)
        if content["format"] != FORMAT_VERSION:
            return None, f"its manifest has format {content['format']}, this version writes {FORMAT_VERSION}"
        if written_json(content) != text or content.pop("seal") != seal_of(content):
            return None, "its manifest was changed after it was written"
        steps = {name: Step(**step) for name, step in content.pop("steps").items()}
        return Manifest(**content, steps=steps), ""
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError):
        return None, "its manifest cannot be read"


def runs_in(out: Path, *, unfinished: bool = False) -> list[tuple[Path, Manifest]]:
    """Run folders with their manifests, newest first; ``unfinished`` adds those of killed runs."""
    found = [(p, m) for p in _folders(out, unfinished=unfinished) if (m := read_manifest(p)) is not None]
    return sorted(found, key=lambda pair: (pair[1].started_at, pair[0].name), reverse=True)


def not_believed(out: Path) -> dict[str, str]:
    """Run folder -> why nothing of it is used: a manifest that is damaged, changed or of another version."""
    return {p.name: why for p in _folders(out, unfinished=True) if (why := _believed(p)[1])}


def _folders(out: Path, *, unfinished: bool) -> list[Path]:
    folders = sorted(p for p in out.glob("*") if p.is_dir()) if out.is_dir() else []
    return [p for p in folders if not p.name.startswith(".") or (unfinished and p.name.endswith(".part"))]


def last_landed(out: Path, data_set: str) -> Path | None:
    """Landed tables of the last finished run of a data set, given by its ``data_set_id``; None where there is none."""
    done = (pair for pair in runs_in(out) if pair[1].status == "done")
    return next((RunFolder(folder).landed for folder, m in done if m.data_set == data_set), None)


def log(folder: Path, event: str, *, at: datetime | None = None, **details: str | float | None) -> None:
    """Append one line to log.jsonl: when, what, and what is known of it."""
    moment = (at or datetime.now(UTC)).isoformat(timespec="milliseconds")
    told = {name: fit_to_leave(value) if isinstance(value, str) else value for name, value in details.items()}
    line = json.dumps({"at": moment, "event": event, **told}, ensure_ascii=False)
    with (folder / "log.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
