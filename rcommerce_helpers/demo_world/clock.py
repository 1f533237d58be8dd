"""The calendar of the demo world: two years of wall-clock seconds, seasons, opening hours, German holidays.

All moments inside this room are whole seconds of local time (Europe/Berlin) since 1970; exports write them as their
system would: wall clock, or UTC.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rcommerce_helpers.demo_world.chance import listed

Array = NDArray[Any]

FIRST_DAY = date(2024, 10, 1)
AS_OF = date(2026, 9, 30)
DAY = 86_400
START = (FIRST_DAY - date(1970, 1, 1)).days * DAY
DAYS = (AS_OF - FIRST_DAY).days + 1
END = START + DAYS * DAY
OLD_START = (date(2016, 10, 1) - date(1970, 1, 1)).days * DAY
WEEKS = DAYS // 7 + 1

# Nationwide public holidays: shops stay shut (Feiertagsgesetze der Laender; Ladenschlussgesetz for Sundays).
HOLIDAYS = tuple(
    date.fromisoformat(d)
    for d in listed(
        "2024-10-03 2024-12-25 2024-12-26 2025-01-01 2025-04-18 2025-04-21 2025-05-01 2025-05-29 "
        "2025-06-09 2025-10-03 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-01 "
        "2026-05-14 2026-05-25"
    )
)
BLACK_FRIDAYS = (date(2024, 11, 29), date(2025, 11, 28))

# Last Sundays of March and October, 2016 to 2026, 01:00 UTC: the European summer-time rule (directive 2000/84/EC).
_SPRING = [date(y, 3, d) for y, d in zip(range(2016, 2028), (27, 26, 25, 31, 29, 28, 27, 26, 31, 30, 29, 28))]
_AUTUMN = [date(y, 10, d) for y, d in zip(range(2016, 2028), (30, 29, 28, 27, 25, 31, 30, 29, 27, 26, 25, 31))]

WEB_HOURS: tuple[float, ...] = (
    1.0, 0.5, 0.3, 0.2, 0.2, 0.4, 1.1, 2.0, 2.8, 3.6, 4.3, 4.7, 5.0, 5.0, 4.9, 4.9, 5.1, 5.6, 6.3, 7.4, 8.6,
    8.0, 5.2, 2.6,
)  # fmt: skip
STORE_HOURS = (0.0,) * 9 + (1.5, 4.0, 6.0, 6.0, 5.0, 5.0, 6.0, 8.0, 9.0, 7.0, 4.0) + (0.0,) * 4
OFFICE_HOURS = (0.0,) * 8 + (6.0, 9.0, 10.0, 9.0, 6.0, 7.0, 8.0, 8.0, 7.0, 5.0, 3.0, 2.0) + (0.0,) * 4


def seconds_of(day: date) -> int:
    """Midnight of a day in seconds."""
    return (day - date(1970, 1, 1)).days * DAY


def day_number(at: Array) -> Array:
    """Days since the first day of the window; negative before it."""
    return (at - START) // DAY


def month_starts() -> Array:
    """Seconds at which the 24 months of the window begin."""
    months = np.arange(np.datetime64("2024-10"), np.datetime64("2026-10"))
    return months.astype("datetime64[s]").astype(np.int64)


def season() -> Array:
    """Relative demand of each day of the window: Black Friday, Christmas, a quiet January and August."""
    days = np.datetime64(FIRST_DAY) + np.arange(DAYS)
    month = days.astype("datetime64[M]").astype(int) % 12 + 1
    factor = np.array([0.86, 0.88, 0.95, 0.98, 0.97, 0.95, 0.92, 0.88, 0.98, 1.02, 1.22, 1.55])[month - 1]
    for friday in BLACK_FRIDAYS:
        first = (friday - FIRST_DAY).days
        factor[first - 4 : first + 4] *= 1.45
        factor[first] *= 1.35
    late = (month == 12) & ((days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int) >= 22)
    factor[late] *= 0.42
    return np.asarray(factor)


def is_shut(day: Array) -> Array:
    """Whether stores are closed on these day numbers: Sundays and public holidays."""
    weekday = (day + FIRST_DAY.weekday()) % 7
    shut = np.array([(h - FIRST_DAY).days for h in HOLIDAYS])
    return np.asarray((weekday == 6) | np.isin(day, shut))


def next_open_day(day: Array) -> Array:
    """The same day, or the nearest earlier day on which stores are open."""
    result = day.copy()
    for _ in range(4):
        result = np.where(is_shut(result), result - 1, result)
    return result


def time_of_day(rng: np.random.Generator, count: int, hours: tuple[float, ...]) -> Array:
    """Seconds after midnight drawn from an hour profile."""
    weights = np.array(hours) / sum(hours)
    hour = rng.choice(24, size=count, p=weights)
    return hour * 3600 + rng.integers(0, 3600, count)


def settle(at: Array) -> Array:
    """Move the few moments that fall into a changing hour of summer time: no wall clock ever showed them once."""
    changing = np.array([seconds_of(d) for d in (*_SPRING, *_AUTUMN)])
    in_day = at % DAY
    hit = np.isin(at - in_day, changing) & (in_day >= 2 * 3600) & (in_day < 3 * 3600)
    return np.where(hit, at + 2 * 3600, at)


def to_utc(at: Array) -> Array:
    """Local seconds to UTC seconds."""
    springs = np.array([seconds_of(d) + 2 * 3600 for d in _SPRING])
    autumns = np.array([seconds_of(d) + 3 * 3600 for d in _AUTUMN])
    summer = np.searchsorted(springs, at, side="right") > np.searchsorted(autumns, at, side="right")
    return at - np.where(summer, 7200, 3600)


def moments(at: Array) -> pa.Array:
    """Seconds as an arrow timestamp; negative = empty."""
    return pa.array(at, pa.int64(), mask=at < 0).cast(pa.timestamp("s"))


def german_moment(at: Array) -> pa.Array:
    """``24.12.2025 18:05:09``, a wall clock; negative = empty."""
    return pc.strftime(moments(settle(at)), format="%d.%m.%Y %H:%M:%S").cast(pa.string())


def german_day(at: Array) -> pa.Array:
    """``24.12.2025``; negative = empty."""
    return pc.strftime(moments(at), format="%d.%m.%Y").cast(pa.string())


def iso_moment(at: Array) -> pa.Array:
    """``2025-12-24T18:05:09``; negative = empty."""
    return pc.strftime(moments(at), format="%Y-%m-%dT%H:%M:%S").cast(pa.string())


def iso_day(at: Array) -> pa.Array:
    """``2025-12-24``; negative = empty."""
    return pc.strftime(moments(at), format="%Y-%m-%d").cast(pa.string())
