"""The frame every chart of the workspace shares: colours, fonts, axes, and bars that show how sure an estimate is.

Colours are those of Okabe and Ito (2008, Color Universal Design), told apart with every common form of colour
blindness; a chart uses few of them, grey for what is only context. Nothing here computes or shows anything.

Each chart says which figures of its result it draws: ``drawn`` names them in a trace, ``base_figure`` keeps what the
title quotes. The sentence below quotes the same figures, and a test compares both (``workspace.agreement``).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Literal

import plotly.graph_objects as go

from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.numbers import interval_words
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
TITLE_SIZE, NOTE_SIZE, LINE = 17, 12, 22
"""Letters of a title, letters of the note under it, and the height of one line of a title: pixels."""
ONE, SEVERAL = 8, 20
"""Pixels above a title: plotly takes the top of one line for its place, of several lines the foot of the first."""
TITLE_ROOM = 680
"""Pixels a title may take: a page of 952 less plotly's toolbar. The page itself wraps narrower where it is narrower."""
NARROW, BROAD = frozenset(" .,:;!|'()[]-ijlftrI1"), frozenset("mwMW%@—…")
ALL = -1
"""Instead of a position: all points of the trace together."""

On = Literal["x", "y", "z", "customdata", "points"]


def base_figure(title: str, language: str, *, x: str = "", y: str = "", height: int = 420, note: str = "") -> go.Figure:
    """An empty chart in the house form.

    Parameters
    ----------
    title
        What one sees, as a short sentence; text from data must be ``safe`` already. What it quotes is kept.
    x, y
        Axis titles with their unit.
    height
        In pixels, for a title of one line; the width is left to the page.
    note
        A small line under the title, such as the level of the intervals drawn.
    """
    figure = go.Figure()
    lines = wrapped(str(title))
    more = LINE * (len(lines) - 1)
    text = [*lines, small(note)] if note else lines
    figure.update_layout(
        template="plotly_white",
        title={
            "text": "<br>".join(text),
            "x": 0.01,
            "xref": "container",
            "xanchor": "left",
            "y": 1 - (SEVERAL if len(text) > 1 else ONE) / (height + more),
            "yanchor": "top",
            "font": {"size": TITLE_SIZE, "color": INK},
        },
        font={"family": FONT, "size": 13, "color": INK},
        separators=SEPARATORS[language],
        colorway=list(PALETTE),
        height=height + more,
        autosize=True,
        margin={"l": 64, "r": 24, "t": 84 + more, "b": 56},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "right", "x": 1.0},
        hoverlabel={"font": {"family": FONT, "size": 13}},
        meta={"quotes": as_rows(quotes_of(title)), "title": str(title), "lines": len(lines), "room": TITLE_ROOM},
    )
    figure.update_xaxes(title_text=x, automargin=True, zeroline=False, gridcolor="#E6E9ED")
    figure.update_yaxes(title_text=y, automargin=True, zeroline=False, gridcolor="#E6E9ED")
    return figure


def small(text: str) -> str:
    """A note in the letters of notes."""
    return f'<span style="font-size:{NOTE_SIZE}px">{text}</span>'


def bars_note(level: float, language: str) -> str:
    """What the bars of a chart are, for the note under its title."""
    return say("bars: {interval}", language, interval=interval_words(level, language))


def wrapped(text: str, room: float = TITLE_ROOM) -> list[str]:
    """A title on as many lines as it needs to leave the toolbar alone.

    Examples
    --------
    >>> wrapped("What leads where", room=90)
    ['What', 'leads', 'where']
    """
    lines = [""]
    for part in text.split(" "):
        longer = f"{lines[-1]} {part}".strip()
        if lines[-1] and width(longer) > room:
            lines.append(part)
        else:
            lines[-1] = longer
    return lines


def width(text: str) -> float:
    """About how many pixels a title is wide, in the widest of the fonts that may be there; entities count as one."""
    letters = html.unescape(text)
    ems = sum(0.38 if c in NARROW else 0.98 if c in BROAD else 0.75 if c.isupper() else 0.63 for c in letters)
    return TITLE_SIZE * ems


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
