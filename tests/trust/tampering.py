"""Single changes to a finished run, of every kind and in every file, and whether they are found before reuse."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rcommerce_helpers.workspace.runs.manifest import read_manifest
from rcommerce_helpers.workspace.runs.seal import every_file, faults

Change = Callable[[Path, np.random.Generator], None]


def one_bit(path: Path, rng: np.random.Generator) -> None:
    """Another bit somewhere; size and time of change stay."""
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
    _write(path, bytes(content))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def same_size(path: Path, rng: np.random.Generator) -> None:
    """Two neighbouring bytes change places: same size, same sum of bytes."""
    content = bytearray(path.read_bytes())
    places = [i for i in range(len(content) - 1) if content[i] != content[i + 1]]
    at = places[int(rng.integers(len(places)))]
    content[at], content[at + 1] = content[at + 1], content[at]
    _write(path, bytes(content))


def cut_short(path: Path, rng: np.random.Generator) -> None:
    _write(path, path.read_bytes()[: -int(rng.integers(1, 10))])


def removed(path: Path, rng: np.random.Generator) -> None:
    path.unlink()


def added(path: Path, rng: np.random.Generator) -> None:
    """A copy beside it, hidden or not."""
    shutil.copy(path, path.with_name(f"{rng.choice(['.', 'more-'])}{path.name}"))


def linked(path: Path, rng: np.random.Generator) -> None:
    """The very same bytes, but behind a link to another place."""
    elsewhere = path.with_name(f"elsewhere-{path.name}")
    path.replace(elsewhere)
    path.symlink_to(elsewhere.name)


KINDS: tuple[Change, ...] = (one_bit, same_size, cut_short, removed, added, linked)


@dataclass(frozen=True)
class Trial:
    """One change and whether it was found: by checking the whole run, and by what the next run would reuse."""

    file: str
    kind: str
    found: bool


def try_changes(run: Path, workshop: Path, *, tries: int, seed: int) -> list[Trial]:
    """Change one thing in a fresh copy of a finished run, so many times; files and kinds take turns."""
    rng = np.random.default_rng(seed)
    files = every_file(run)
    order = rng.permutation(len(files))
    trials = []
    for number in range(tries):
        file, kind = files[order[number % len(files)]], KINDS[number % len(KINDS)]
        copy = workshop / f"{number}" / run.name
        shutil.copytree(run, copy)
        kind(copy / file, rng)
        trials.append(Trial(file, kind.__name__, _found(copy)))
        shutil.rmtree(copy.parent)
    return trials


def _found(run: Path) -> bool:
    manifest = read_manifest(run)
    return manifest is None or bool(faults(run, manifest))


def _write(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)
