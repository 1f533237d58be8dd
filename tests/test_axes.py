"""Axes of charts: ticks inside the range, written like the sentences; months and days of the language."""

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcommerce_helpers.plots.axes import Scale, even_ticks, log_axis, number_axis, root_axis, time_axis


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6))
def test_even_ticks_lie_within_the_span_and_are_evenly_spaced(low, width):
    ticks = even_ticks(low, low + width)
    assert 2 <= len(ticks) <= 8
    slack = 1e-6 * max(abs(low), width, 1)
    assert low - slack <= ticks[0] and ticks[-1] <= low + width + slack
    steps = {round((b - a) / (ticks[1] - ticks[0]), 2) for a, b in zip(ticks, ticks[1:])}
    assert steps == {1.0}


def test_an_axis_of_shares_in_german():
    figure = go.Figure()
    number_axis(figure, "x", Scale("share", "de"), values=[0.1, 0.43, None], from_zero=True)
    assert list(figure.layout.xaxis.ticktext)[:3] == ["0\xa0%", "10\xa0%", "20\xa0%"]
    assert figure.layout.xaxis.range[0] == 0


def test_no_two_ticks_read_alike_however_narrow_the_axis():
    figure = go.Figure()
    number_axis(figure, "x", Scale("change", "en"), values=[-0.011, 0.004])
    texts = list(figure.layout.xaxis.ticktext)
    assert len(set(texts)) == len(texts) >= 3


def test_a_long_logarithmic_axis_has_few_ticks():
    figure = go.Figure()
    log_axis(figure, "y", Scale("count", "en"), values=[4_000, 180_000_000])
    assert len(figure.layout.yaxis.ticktext) <= 7
    assert "1,000,000" in figure.layout.yaxis.ticktext


def test_a_root_axis_places_square_roots_and_writes_values():
    figure = go.Figure()
    root_axis(figure, "x", Scale("share", "en"), top=0.16)
    ticks = dict(zip(figure.layout.xaxis.ticktext, figure.layout.xaxis.tickvals))
    assert ticks["1%"] == pytest.approx(0.1)
    assert ticks["0%"] == 0


@pytest.mark.parametrize(("days", "first"), [(10, "01.03.2024"), (400, "März 2024")])
def test_time_axis_speaks_the_language(days, first):
    figure = go.Figure()
    time_axis(figure, pd.date_range("2024-03-01", periods=days), "de")
    assert figure.layout.xaxis.ticktext[0] == first
    assert len(figure.layout.xaxis.ticktext) <= 8
