"""The clock of facts: what the last known day means, and the first one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

STRAY_DAYS = 365
"""What lies this long before everything else is a wrong date rather than a beginning, ..."""
STRAY_SHARE = 0.01
"""... where it is no more than this share of the rows."""
JUDGED_ROWS = 20
"""Of fewer rows than these nobody can say which one is stray."""


def day_after(as_of: str) -> pd.Timestamp:
    """The first moment that the analysis may not know: midnight after the last known day, wall clock.

    Examples
    --------
    >>> day_after("2024-02-28")
    Timestamp('2024-02-29 00:00:00')
    """
    return pd.Timestamp(as_of).normalize() + pd.Timedelta(days=1)


def first_day(days: npt.ArrayLike) -> int:
    """The day on which the data begin: no single row, dated 1900 or 1970 by a machine, sets the frame of a table.

    Parameters
    ----------
    days
        One number = the day of one row (whole days since 1970-01-01), in any order; at least one.

    Returns
    -------
    int
        The earliest day, those rows left out that lie a year or more before the rest and are at most a hundredth of
        all; one row may always be such a one, unless there are too few rows to judge.

    Examples
    --------
    >>> first_day([-25567, *range(19000, 19040)])
    19000
    """
    ordered = np.sort(np.asarray(days, dtype=np.int64))
    most = max(1, int(STRAY_SHARE * len(ordered))) if len(ordered) >= JUDGED_ROWS else 0
    strays = np.flatnonzero(np.diff(ordered[: most + 1]) >= STRAY_DAYS)
    return int(ordered[strays[-1] + 1]) if len(strays) else int(ordered[0])
