"""The five levels of Relationship Commerce, and which figures of the stages speak for each.

The levels are those of Stalph, Spreer and Haratsis (R-Commerce, Springer 2023): privacy first, customer centricity,
data-based action, moment-driven dialogue, sustainability.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """One figure that speaks for a level."""

    stage: str
    name: str
    says: str


@dataclass(frozen=True)
class Level:
    """One level: what it asks, and its evidence."""

    level: str
    asks: str
    evidence: tuple[Evidence, ...]


LEVELS: tuple[Level, ...] = ()
