"""The frame every chart of the workspace shares: colours, fonts, axes, and bars that show how sure an estimate is.

Colours are those of Okabe and Ito (2008, Color Universal Design), told apart with every common form of colour
blindness; a chart uses few of them, grey for what is only context. Nothing here computes or shows anything.

Each chart says which figures of its result it draws: ``drawn`` names them in a trace, ``base_figure`` keeps what the
title quotes. The sentence below quotes the same figures, and a test compares both (``workspace.agreement``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from rcommerce_helpers.sentences.quoting import Quote, quotes_of

BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
YELLOW = "#E69F00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
GREY = "#8A8F98"
INK = "#2B2F36"
PALETTE = (BLUE, ORANGE, GREEN, YELLOW, SKY, PURPLE, GREY)
VERDICT_COLOURS = {"holds": BLUE, "undecided": YELLOW, "chance": GREY}
SCALE = ((0.0, "#F4F7FA"), (0.5, "#7FB3D5"), (1.0, "#0B3C5D"))
"""One hue from pale to dark: reads in black and white too."""
FONT = "Segoe UI, Helvetica Neue, Arial, sans-serif"
SEPARATORS = {"en": ".,", "de": ",."}
"""Decimal and thousands sign, as plotly wants them, for whatever it writes itself."""
ALL = -1
"""Instead of a position: all points of the trace together."""

On = Literal["x", "y", "z", "customdata", "points"]


def base_figure(title: str, language: str, *, x: str = "", y: str = "", height: int = 420) -> go.Figure:
    """An empty chart in the house form.

    Parameters
    ----------
    title
        What one sees, as a short sentence; text from data must be ``safe`` already. What it quotes is kept.
    x, y
        Axis titles with their unit.
    height
        In pixels; the width is left to the page.
    """
    figure = go.Figure()
    figure.update_layout(
        template="plotly_white",
        title={
            "text": str(title),
            "x": 0.01,
            "xref": "container",
            "xanchor": "left",
            "y": 0.98,
            "yanchor": "top",
            "font": {"size": 17, "color": INK},
        },
        font={"family": FONT, "size": 13, "color": INK},
        separators=SEPARATORS[language],
        colorway=list(PALETTE),
        height=height,
        autosize=True,
        margin={"l": 64, "r": 24, "t": 84, "b": 56},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "right", "x": 1.0},
        hoverlabel={"font": {"family": FONT, "size": 13}},
        meta={"quotes": as_rows(quotes_of(title))},
    )
    figure.update_xaxes(title_text=x, automargin=True, zeroline=False, gridcolor="#E6E9ED")
    figure.update_yaxes(title_text=y, automargin=True, zeroline=False, gridcolor="#E6E9ED")
    return figure


def drawn(*, on: On, **points: int | Sequence[int]) -> list[dict[str, object]]:
    """Which figures of the result a trace draws, for ``meta=drawn(on="x", auc=3)``.

    Parameters
    ----------
    on
        The axis that carries the value, "customdata" where the axis shows a share of it, "points" where the number
        of points is meant.
    points
        Name of a figure -> position of its point; several positions, or ``ALL``, add up.
    """
    return [
        {"figure": name, "on": on, "points": [at] if isinstance(at, int) else list(at)} for name, at in points.items()
    ]


def told_by(*texts: object) -> list[dict[str, object]]:
    """The figures that a legend name or another text of a trace quotes, for its ``meta``."""
    return as_rows(quotes_of(*texts))


def as_rows(quotes: Sequence[Quote]) -> list[dict[str, object]]:
    """Quotes as plain data."""
    return [{"figure": quote.figure, "part": quote.part, "value": float(quote.value)} for quote in quotes]


def interval_bars(
    values: Sequence[float], *, low: Sequence[float], high: Sequence[float], colour: str = GREY
) -> dict[str, object]:
    """Error bars from interval ends, for ``error_x`` or ``error_y`` of a trace.

    Parameters
    ----------
    values
        The estimates, in the order of the trace.
    low, high
        Ends of their intervals, same unit and order; plotly wants distances, people have ends.
    """
    return {
        "type": "data",
        "symmetric": False,
        "array": [top - value for value, top in zip(values, high)],
        "arrayminus": [value - bottom for value, bottom in zip(values, low)],
        "color": colour,
        "thickness": 1.4,
        "width": 4,
    }


def nothing_to_draw(figure: go.Figure, text: str) -> None:
    """A line in the middle of a chart that has nothing to show."""
    figure.add_annotation(text=text, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
