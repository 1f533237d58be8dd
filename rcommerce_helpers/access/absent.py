"""The one form in which a table can be absent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Absent:
    """A table that a stage asked for and that is not there, or not for this purpose; ``reason`` is one clause."""

    table: str
    reason: str
