"""Parameters of the first and the last notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class StartParams(Params):
    """Parameters of 00_start_here, which reads counts only, no person."""

    PURPOSE: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True)
class ReportParams(Params):
    """Parameters of 05_relationship_report."""

    PURPOSE: ClassVar[str] = "statistics"

    story_events: int = setting(
        8, "events of the one customer's story to show, latest first", low=3, high=30, kind="look"
    )
    smallest_group: int = setting(10, "smallest group of customers that leaves as an aggregate", low=10, high=1000)
