"""The clock of facts: what the last known day means."""

from __future__ import annotations

import pandas as pd


def day_after(as_of: str) -> pd.Timestamp:
    """The first moment that the analysis may not know: midnight after the last known day, wall clock.

    Examples
    --------
    >>> day_after("2024-02-28")
    Timestamp('2024-02-29 00:00:00')
    """
    return pd.Timestamp(as_of).normalize() + pd.Timedelta(days=1)
