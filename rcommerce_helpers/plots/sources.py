"""Pictures of 06_your_own_data."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.plots.chrome import BLUE, GREY, ORANGE, YELLOW, base_figure
from rcommerce_helpers.sentences import count, labels, safe, say
from rcommerce_helpers.sources.arrival import Bridge, Buckets, Calendar, Filling, Joins, Reasons

SHOWN = 12
"""Rows of a ranking that stay readable."""


def plot_buckets(result: Buckets, language: str) -> go.Figure:
    """Landed, quarantined and set aside, as shares of the rows that came in."""
    title, x = labels(language, "Where the rows of each table went", "share of the rows that came in")
    tables = result.tables
    figure = base_figure(title, x=x, height=120 + 34 * len(tables))
    for column, name, colour in (
        ("landed", "landed", BLUE),
        ("quarantined", "quarantined", ORANGE),
        ("set_aside", "set aside", YELLOW),
    ):
        figure.add_bar(
            y=tables["table"],
            x=tables[column] / tables["rows_in"],
            customdata=tables[column],
            hovertemplate="%{y}: %{customdata:,}",
            name=labels(language, name)[0],
            orientation="h",
            marker_color=colour,
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    return figure


def plot_reasons(result: Reasons, language: str) -> go.Figure:
    """The most frequent reasons of the quarantine."""
    title, x, none = labels(language, "Why rows were refused", "rows in quarantine", "no row was refused")
    shown = result.reasons.head(SHOWN)
    figure = base_figure(title, x=x, height=160 + 30 * len(shown))
    figure.add_bar(
        y=[safe(f"{r.table}.{r.column}: {r.reason}") for r in shown.itertuples()],
        x=shown["rows"],
        orientation="h",
        marker_color=ORANGE,
    )
    figure.update_yaxes(autorange="reversed")
    if shown.empty:
        figure.add_annotation(text=none, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False)
        figure.update_xaxes(visible=False)
        figure.update_yaxes(visible=False)
    return figure


def plot_bridge(result: Bridge, language: str) -> go.Figure:
    """The bridge of revenue as a waterfall."""
    (title,) = labels(language, "From what was rung up to what remains")
    steps = result.steps
    figure = base_figure(title, y=safe(result.currency), height=400)
    figure.add_waterfall(
        x=labels(language, *steps["step"]),
        y=steps["amount"],
        measure=["total" if step == "net" else "relative" for step in steps["step"]],
        text=[count(amount, language) for amount in steps["amount"]],
        increasing={"marker": {"color": BLUE}},
        decreasing={"marker": {"color": ORANGE}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": GREY, "width": 1}},
    )
    return figure


def plot_joins(result: Joins, language: str) -> go.Figure:
    """Share of lost keys per reference."""
    title, x = labels(language, "Keys that find no partner", "share of the keys looked up")
    shown = result.joins.head(SHOWN)
    figure = base_figure(title, x=x, height=130 + 30 * len(shown))
    words = [
        say("{column} in {table} not in {target}", language, column=r.column, table=r.table, target=r.points_to)
        for r in shown.itertuples()
    ]
    figure.add_bar(y=words, x=shown["lost_share"], orientation="h", marker_color=ORANGE, customdata=shown["lost"])
    figure.update_traces(
        hovertemplate="%{customdata:,} (%{x:.2%})", texttemplate="%{customdata:,}", textposition="auto"
    )
    figure.update_xaxes(tickformat=".2%", range=[0, max([0.01, *(1.15 * s for s in shown["lost_share"])])])
    figure.update_yaxes(autorange="reversed")
    return figure


def plot_calendar(result: Calendar, language: str) -> go.Figure:
    """Orders per day, with the holes shaded."""
    title, x, y, hole = labels(language, "Orders on each day", "day", "orders", "hole")
    figure = base_figure(title, x=x, y=y, height=340)
    figure.add_scatter(x=result.days["day"], y=result.days["orders"], mode="lines", line={"color": BLUE, "width": 1.2})
    for row in result.gaps.itertuples():
        end = row.start + (row.days - 1) * (result.days["day"].iloc[1] - result.days["day"].iloc[0])
        figure.add_vrect(x0=row.start, x1=end, fillcolor=ORANGE, opacity=0.25, line_width=0, annotation_text=hole)
    figure.update_layout(showlegend=False)
    figure.update_yaxes(rangemode="tozero")
    return figure


def plot_hours(result: Calendar, language: str) -> go.Figure:
    """Orders by hour; the small hours in another colour."""
    title, x, y = labels(language, "Orders by hour on the wall clock", "hour of the day", "orders")
    figure = base_figure(title, x=x, y=y, height=320)
    colours = [ORANGE if 1 <= hour < 5 else BLUE for hour in result.hours["hour"]]
    figure.add_bar(x=result.hours["hour"], y=result.hours["orders"], marker_color=colours)
    figure.update_xaxes(dtick=2)
    return figure


def plot_filling(result: Filling, language: str) -> go.Figure:
    """The emptiest columns among those that hold anything."""
    title, x = labels(language, "The emptiest columns", "share of the rows with a value")
    shown = result.columns.head(SHOWN)
    figure = base_figure(title, x=x, height=130 + 26 * len(shown))
    figure.add_bar(
        y=[f"{r.table}.{r.column}" for r in shown.itertuples()],
        x=shown["filled_share"],
        orientation="h",
        marker_color=BLUE,
    )
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    return figure
