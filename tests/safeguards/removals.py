"""The list of removals: plain data, one toml file per room.

A removal names the file, the exact text taken out (``cut``, there exactly once) and what stands there instead
(``put``), the promise the text keeps with its place in DESIGN or METHOD, and the one test that must fail without it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


class RemovalError(ValueError):
    """A removal that cannot be tried: its entry is incomplete, or its text is not there exactly once."""


@dataclass(frozen=True)
class Removal:
    """One safeguard and how it is taken out; ``name`` is unique, ``test`` is a pytest node id."""

    room: str
    name: str
    file: str
    cut: str
    put: str
    promise: str
    test: str

    def applied(self, text: str) -> str:
        """The text of the file without the safeguard.

        Raises
        ------
        RemovalError
            The text to take out is not there, or not once only.
        """
        found = text.count(self.cut)
        if found != 1:
            raise RemovalError(f"{self.name}: got {found} places with {self.cut!r} in {self.file}; expected 1")
        return text.replace(self.cut, self.put)


def read_removals(folder: Path = FOLDER) -> tuple[Removal, ...]:
    """All removals, rooms in the order of their names.

    Raises
    ------
    RemovalError
        An entry has too few or unknown fields, or two have one name.
    """
    found = [removal for path in sorted(folder.glob("*.toml")) for removal in _of_room(path)]
    names = [removal.name for removal in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RemovalError(f"got two removals named {', '.join(twice)}; expected different names")
    return tuple(found)


def _of_room(path: Path) -> list[Removal]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["removal"]
    wanted = {field.name for field in fields(Removal)} - {"room"}
    for entry in entries:
        if set(entry) != wanted:
            raise RemovalError(f"{path.name}: got the fields {sorted(entry)}; expected {sorted(wanted)}")
    return [Removal(room=path.stem, **entry) for entry in entries]
