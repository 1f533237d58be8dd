"""Pictures of the tour and of the relationship report."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.plots.chrome import BLUE, GREY, ORANGE, PALETTE, base_figure, interval_bars
from rcommerce_helpers.relationship.report import Monday, Pulse, Story
from rcommerce_helpers.relationship.tour import DataMap, Span
from rcommerce_helpers.sentences import labels, safe


def plot_map(result: DataMap, language: str) -> go.Figure:
    """Questions against the tables they need: filled = there, hollow = missing."""
    title, there, missing = labels(language, "What this data set can answer", "table is there", "table is missing")
    needs = result.needs
    questions = [labels(language, q)[0] for q in needs["question"]]
    figure = base_figure(title, height=640)
    for present, name, colour, symbol in ((True, there, BLUE, "square"), (False, missing, ORANGE, "square-open")):
        rows = (needs["present"] == present).to_list()
        figure.add_scatter(
            x=[t for t, r in zip(needs["table"], rows) if r],
            y=[q for q, r in zip(questions, rows) if r],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 13, "color": colour, "line": {"width": 2}},
        )
    figure.update_xaxes(tickangle=-45, categoryorder="array", categoryarray=list(dict.fromkeys(needs["table"])))
    figure.update_yaxes(categoryorder="array", categoryarray=list(dict.fromkeys(questions))[::-1])
    return figure


def plot_span(result: Span, language: str) -> go.Figure:
    """Orders a month."""
    title, x, y = labels(language, "Orders a month", "month", "orders")
    figure = base_figure(title, x=x, y=y, height=320)
    figure.add_bar(x=result.by_month["month"], y=result.by_month["orders"], marker_color=BLUE, name=y)
    return figure


def plot_pulse(result: Pulse, language: str) -> go.Figure:
    """Customers by the days since their last event."""
    title, x, y = labels(language, "When we last heard of each customer", "days since the last event", "customers")
    figure = base_figure(title, x=x, y=y, height=340)
    figure.add_bar(
        x=[labels(language, band)[0] for band in result.bands["days"]],
        y=result.bands["customers"],
        marker_color=[BLUE, BLUE, GREY, GREY, ORANGE],
        name=y,
    )
    return figure


def plot_story(result: Story, language: str) -> go.Figure:
    """One customer's events over time, one line per kind; a dot grows with the money involved."""
    title, x = labels(language, "One customer's story with us", "day")
    figure = base_figure(title, x=x, height=360)
    largest = max(float(result.events["amount"].abs().max()), 1e-9)
    for kind, colour in zip(sorted(result.events["kind"].unique()), PALETTE * 4):
        rows = result.events[result.events["kind"] == kind]
        name = safe(labels(language, str(kind))[0])
        figure.add_scatter(
            x=rows["local_at"],
            y=[name] * len(rows),
            mode="markers",
            name=name,
            marker={
                "color": colour,
                "opacity": 0.65,
                "size": 7 + 16 * (rows["amount"].abs().fillna(0) / largest) ** 0.5,
            },
            hovertext=[safe(d) for d in rows["detail"]],
            showlegend=False,
        )
    return figure


def plot_monday(result: Monday, language: str) -> go.Figure:
    """Expected value of each group of planned contacts, with its interval."""
    title, x = labels(
        language, "What each group of contacts is expected to bring", "expected value, money of this data set"
    )
    rows = result.actions
    figure = base_figure(title, x=x, height=140 + 44 * len(rows))
    figure.add_scatter(
        x=rows["expected_value"],
        y=[f"{safe(o)} · {safe(c)}" for o, c in zip(rows["offer"], rows["channel"])],
        mode="markers",
        marker={"size": 11, "color": BLUE},
        error_x=interval_bars(rows["expected_value"].to_list(), low=rows["low"].to_list(), high=rows["high"].to_list()),
    )
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return figure
