"""Shares over many worlds, with their n and their binomial interval, and when such a share keeps a promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rcommerce_helpers.statistics.intervals import share_interval


@dataclass(frozen=True)
class Share:
    """How often something happened: ``hits`` of ``n`` ``what`` (worlds, cells, plans); low and high bound 95 %."""

    hits: int
    n: int
    what: str

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else float("nan")

    @property
    def low(self) -> float:
        return share_interval(self.hits, self.n).low

    @property
    def high(self) -> float:
        return share_interval(self.hits, self.n).high

    def is_at_most(self, limit: float) -> bool:
        """FIGURES, General: a share at most 5 % passes when the lower 95 % bound is at or below .05."""
        return self.low <= limit

    def touches(self, level: float) -> bool:
        """FIGURES, General: a coverage passes when its 95 % interval touches the level it promises."""
        return self.low <= level <= self.high

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}), {self.hits} of {self.n} {self.what}"


def share_of(found: Iterable[bool], what: str) -> Share:
    """Count the cases in which something is true.

    Raises
    ------
    ValueError
        There is no case: a promise that was never tried is not kept.
    """
    cases = [bool(case) for case in found]
    if not cases:
        raise ValueError(f"{what}: got none; expected at least one. Make the worlds larger.")
    return Share(sum(cases), len(cases), what)
