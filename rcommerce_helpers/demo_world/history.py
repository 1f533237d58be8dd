"""Fast look-ups in sorted events of persons: how many within a time, which was the last before a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world.chance import Array

_SPAN = 1 << 34


@dataclass(frozen=True)
class History:
    """Events sorted by person and time; ``rows`` leads back to the rows they came from."""

    key: Array
    rows: Array

    def place(self, person: Array, at: Array) -> Array:
        """Number of events, in sorted order, up to and including a person's moment."""
        return np.searchsorted(self.key, person * _SPAN + at, side="right")

    def count(self, person: Array, since: Array, until: Array) -> Array:
        """Events of a person after ``since`` and up to ``until``."""
        return self.place(person, until) - self.place(person, since)

    def last(self, person: Array, at: Array) -> Array:
        """Row of the last event up to a moment; -1 = none."""
        place = self.place(person, at) - 1
        known = (place >= 0) & (self.key[np.maximum(place, 0)] // _SPAN == person) if len(self.key) else place >= 0
        return np.where(known, self.rows[np.maximum(place, 0)] if len(self.rows) else -1, -1)


def build_history(person: Array, at: Array) -> History:
    """Sort events once."""
    key = person * _SPAN + at
    rows = np.argsort(key, kind="stable")
    return History(key[rows], rows)


def sum_between(history: History, values: Array, person: Array, window: tuple[Array, Array]) -> Array:
    """Sum of ``values`` (by original row) of a person's events after the first and up to the second moment."""
    total = np.r_[0, np.cumsum(values[history.rows])]
    return np.asarray(total[history.place(person, window[1])] - total[history.place(person, window[0])])
