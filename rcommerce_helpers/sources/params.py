"""Parameters of 06_your_own_data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class OwnDataParams(Params):
    """Parameters of the notebook that looks at what landing did; it reads for no purpose and names no person."""

    PURPOSE: ClassVar[str] = ""

    gap_days: int = setting(
        3, "days in a row without an order that count as a hole in the export", low=1, high=60, kind="look"
    )
    night_share: float = setting(
        0.2, "share of orders from 1 to 5 o'clock above which the time zone looks wrong", low=0.0, high=1.0, kind="look"
    )
    lost_share: float = setting(
        0.01, "share of keys without partner above which a join belongs on the list", low=0.0, high=1.0, kind="look"
    )
    quarantine_share: float = setting(
        0.01, "share of rows in quarantine above which a table belongs on the list", low=0.0, high=1.0, kind="look"
    )
