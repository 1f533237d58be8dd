"""Which removals are tried: all, those of some rooms, those whose room changed, a sample that rotates."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from .removals import ROOT, Removal


def of_rooms(removals: Sequence[Removal], rooms: Iterable[str]) -> list[Removal]:
    """The removals of the named rooms.

    Raises
    ------
    ValueError
        There is no such room.
    """
    wanted, known = set(rooms), {removal.room for removal in removals}
    if wanted - known:
        raise ValueError(f"rooms: got {', '.join(sorted(wanted - known))}; expected some of {', '.join(sorted(known))}")
    return [removal for removal in removals if removal.room in wanted]


def touched_by(removals: Sequence[Removal], changed: Iterable[str]) -> list[Removal]:
    """The removals whose file, whose test or whose own list lies in a room in which something changed.

    A file of no room, such as the Makefile, calls up its own removals only.
    """
    files = set(changed)
    rooms = {room_of(path) for path in files} - {""}
    return [
        r for r in removals
        if {room_of(r.file), room_of(r.test.split("::")[0]), r.room} & rooms or r.file in files
    ]  # fmt: skip


def room_of(path: str) -> str:
    """Room of a file: rcommerce_helpers/plots/merging.py -> plots, rcommerce_helpers/statistics.py -> statistics.

    Tests belong to the room they mirror; the lists of removals to the room they are named after; other files to none.
    """
    parts = PurePosixPath(path).parts
    if len(parts) < 2 or parts[0] not in ("rcommerce_helpers", "tests"):
        return ""
    if parts[:2] == ("tests", "safeguards"):
        return PurePosixPath(path).stem if path.endswith(".toml") else ""
    return PurePosixPath(parts[1]).stem.removeprefix("test_")


def changed_since(base: str, root: Path = ROOT) -> list[str]:
    """Files that differ from a commit, new ones included; none where git does not know the commit (a shallow clone)."""
    lines: list[str] = []
    for words in (["diff", "--name-only", base], ["ls-files", "-o", "--exclude-standard"]):
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
        lines += done.stdout.split("\n") if done.returncode == 0 else []
    return [line for line in lines if line]


def sampled(removals: Sequence[Removal], count: int, seed: str) -> list[Removal]:
    """``count`` of them, drawn by the seed; another commit, another sample."""
    drawn = set(random.Random(seed).sample(range(len(removals)), min(count, len(removals))))  # noqa: S311 - no secret
    return [removal for place, removal in enumerate(removals) if place in drawn]


def this_commit(root: Path = ROOT) -> str:
    """Hash of the checked-out commit."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()
