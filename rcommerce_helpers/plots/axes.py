"""Axes whose ticks are written like the numbers of the sentences below.

plotly knows decimal and thousands signs, but neither the no-break space before a German percent sign, nor where a
currency stands, nor the months of a language. So the ticks are placed here and written by ``sentences.numbers``.
Known limit: they do not become finer when somebody zooms in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd
import plotly.graph_objects as go

from rcommerce_helpers.results import Unit
from rcommerce_helpers.sentences.numbers import day, month, ticks_written, written

TICKS = 6
"""Ticks aimed at: few enough to read on a phone."""
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
FACTORS = (1.0, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)
LONGEST_IN_DAYS = 62
"""Time spans up to here have ticks on days, longer ones on the first of a month."""


class Scale:
    """How the numbers of one axis are written: unit, language, currency."""

    def __init__(self, unit: Unit, language: str, currency: str = "") -> None:
        self.unit = unit
        self.language = language
        self.currency = currency

    def texts(self, values: Iterable[float]) -> list[str]:
        """Values as the sentences write them; empty for what is missing."""
        return [
            "" if pd.isna(value) else written(float(value), self.unit, self.language, self.currency) for value in values
        ]


def number_axis(
    figure: go.Figure, axis: str, scale: Scale, *, values: Iterable[float], from_zero: bool = False, top: float = 1.05
) -> None:
    """Ticks and range of the "x" or "y" axis for the values drawn on it, interval ends included.

    Parameters
    ----------
    from_zero
        Whether 0 belongs to the picture, as it does for bars.
    top
        How far the axis reaches beyond the last value, as a factor of the span.
    """
    known = [float(value) for value in values if not pd.isna(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low, high = (min(low, 0.0), max(high, 0.0)) if from_zero else (low, high)
    high = high if high > low else low + 1.0
    room = (high - low) * (top - 1.0)
    span = (low if from_zero and low == 0 else low - room, high + room)
    at = _factors(*span) if scale.unit == "log_error" else even_ticks(*span)
    update = figure.update_xaxes if axis == "x" else figure.update_yaxes
    update(range=list(span), tickvals=at, ticktext=ticks_written(at, scale.unit, scale.language, scale.currency))


def even_ticks(low: float, high: float) -> list[float]:
    """Round numbers within a span, evenly spaced.

    Examples
    --------
    >>> even_ticks(-0.013, 0.011)
    [-0.01, -0.005, 0.0, 0.005, 0.01]
    """
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in STEPS if s * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def _factors(low: float, high: float) -> list[float]:
    return [math.log(factor) for factor in FACTORS if low - 1e-9 <= math.log(factor) <= high]


def log_axis(figure: go.Figure, axis: str, scale: Scale, *, values: Iterable[float]) -> None:
    """A logarithmic axis with ticks at 1, 2 and 5 times a power of ten."""
    known = [float(value) for value in values if value > 0]
    low, high = math.log10(min(known)), math.log10(max(known))
    powers = range(math.floor(low), math.ceil(high) + 1)
    marks = (1, 2, 5) if high - low < TICKS / 3 else (1,)
    at = [m * 10.0**p for p in powers for m in marks if low - 0.35 <= math.log10(m * 10.0**p) <= high + 0.35]
    update = figure.update_xaxes if axis == "x" else figure.update_yaxes
    update(type="log", tickvals=at, ticktext=scale.texts(at), range=[low - 0.1, high + 0.1])


def root_axis(figure: go.Figure, axis: str, scale: Scale, *, top: float) -> None:
    """An axis from 0 that grows with the square root: what is drawn on it are square roots, what is written are not."""
    at = [0.0, *(m * 10.0**p for p in range(-4, 3) for m in (1, 2, 5) if 0.004 * top < m * 10.0**p <= top)]
    apart = [
        value for place, value in enumerate(at) if place == 0 or value**0.5 - at[place - 1] ** 0.5 > 0.07 * top**0.5
    ]
    update = figure.update_xaxes if axis == "x" else figure.update_yaxes
    update(
        range=[-0.01 * top**0.5, 1.05 * top**0.5],
        tickvals=[value**0.5 for value in apart],
        ticktext=scale.texts(apart),
        tickangle=0,
    )


def time_axis(figure: go.Figure, moments: Sequence[pd.Timestamp] | pd.Series, language: str) -> None:
    """Days or months on the x axis, in the words of the language."""
    times = pd.to_datetime(pd.Series(list(moments))).dropna()
    if times.empty:
        return
    first, last = times.min().normalize(), times.max().normalize()
    if (last - first).days <= LONGEST_IN_DAYS:
        at = list(pd.date_range(first, last, freq=f"{max(1, math.ceil(((last - first).days + 1) / TICKS))}D"))
        texts = [day(moment, language) for moment in at]
    else:
        months = pd.date_range(first, last, freq="MS")
        every = next(n for n in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) / n <= TICKS + 2)
        at = [moment for moment in months if (12 * moment.year + moment.month - 1) % every == 0]
        texts = [month(moment, language) for moment in at]
    figure.update_xaxes(tickvals=[moment.isoformat() for moment in at], ticktext=texts)
