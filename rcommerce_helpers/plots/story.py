"""One customer's events over time, one line per kind of event: drawn in notebooks 01 and 05."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from rcommerce_helpers.plots.axes import Scale, time_axis
from rcommerce_helpers.plots.chrome import ALL, BLUE, GREY, ORANGE, base_figure, drawn
from rcommerce_helpers.sentences import label, safe
from rcommerce_helpers.sentences.numbers import day

COLOURS = {"order": BLUE, "return": ORANGE, "service_case": ORANGE}
"""What the story turns on; all else is context and grey."""


def story_lanes(
    events: pd.DataFrame, title: str, words: Callable[[str], str], language: str, currency: str
) -> go.Figure:
    """A lane per kind of event; a dot grows with the money involved.

    Parameters
    ----------
    events
        One row = event: local_at, kind, amount, detail.
    words
        Kind of event -> the word shown.
    """
    money = Scale("money", language, currency)
    largest = max(float(events["amount"].abs().fillna(0).max()), 1e-9)  # a story may be without any money
    kinds = sorted(events["kind"].unique(), key=lambda kind: (kind not in COLOURS, kind))
    figure = base_figure(title, language, x=label("day", language), height=150 + 30 * len(kinds))
    for kind in kinds:
        rows = events[events["kind"] == kind]
        name = words(str(kind))
        told = zip(rows["local_at"], money.texts(rows["amount"]), rows["detail"])
        figure.add_scatter(
            x=rows["local_at"],
            y=[name] * len(rows),
            mode="markers",
            name=name,
            marker={
                "color": COLOURS.get(str(kind), GREY),
                "opacity": 0.7,
                "size": 8 + 16 * (rows["amount"].abs().fillna(0) / largest) ** 0.5,
            },
            hovertext=[f"{day(at, language)} {at:%H:%M}<br>{amount}<br>{safe(detail)}" for at, amount, detail in told],
            hoverinfo="text",
            showlegend=False,
            meta=drawn(on="points", story_events=ALL),
        )
    figure.update_yaxes(autorange="reversed")
    time_axis(figure, events["local_at"], language)
    return figure
