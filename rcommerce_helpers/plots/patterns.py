"""Pictures of notebook 02: they draw columns that are already in the results."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from rcommerce_helpers.patterns.cohorts import Cohorts
from rcommerce_helpers.patterns.findings import Findings, Gathered
from rcommerce_helpers.patterns.lifecycle import Lifecycle
from rcommerce_helpers.patterns.segments import RevenueShares, Segments
from rcommerce_helpers.plots.chrome import BLUE, GREY, INK, ORANGE, SCALE, VERDICT_COLOURS, base_figure, interval_bars
from rcommerce_helpers.sentences import count, labels, say, share
from rcommerce_helpers.sentences.patterns import context_words, finding_words


def plot_value(result: RevenueShares, language: str) -> go.Figure:
    """Revenue share against customer share; the dot is the share asked for."""
    title, x, y, curve, equal = labels(
        language,
        "A few customers carry much of the revenue",
        "share of customers, largest first",
        "share of revenue",
        "this shop",
        "if all were equal",
    )
    figure = base_figure(title, x=x, y=y, height=400)
    figure.add_scatter(
        x=[0, *result.curve["customer_share"]], y=[0, *result.curve["revenue_share"]], name=curve, line={"color": BLUE}
    )
    figure.add_scatter(x=[0, 1], y=[0, 1], name=equal, line={"color": GREY, "dash": "dot"}, mode="lines")
    figure.add_scatter(
        x=[result.top[0]],
        y=[result.top[1]],
        mode="markers+text",
        text=[f"{share(result.top[0], language, digits=0)} → {share(result.top[1], language)}"],
        textposition="bottom right",
        marker={"color": ORANGE, "size": 11},
        showlegend=False,
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure


def plot_segments(result: Segments, language: str) -> go.Figure:
    """Share of customers beside share of revenue, by segment."""
    title, y, people, money = labels(
        language, "Segments weigh less or more than their heads", "share", "of customers", "of revenue"
    )
    figure = base_figure(title, y=y, height=380)
    names = [
        f"{labels(language, name)[0]}<br>n = {count(n, language)}"
        for name, n in zip(result.summary["segment"], result.summary["customers"])
    ]
    figure.add_bar(x=names, y=result.summary["customer_share"], name=people, marker_color=GREY)
    figure.add_bar(x=names, y=result.summary["revenue_share"], name=money, marker_color=BLUE)
    figure.update_yaxes(tickformat=".0%")
    return figure


def plot_movement(result: Lifecycle, language: str) -> go.Figure:
    """Where customers stood then and where they stand now; each cell with its share and count."""
    title = say("Who moved from {then} to {now}", language, then=result.then, now=result.now)
    x, y = labels(language, "state now", "state then")
    table = result.movement
    figure = base_figure(title, x=x, y=y, height=420)
    texts = [
        f"{share(s, language, digits=0)}<br>n = {count(n, language)}" if n else ""
        for s, n in zip(table["share"], table["n"])
    ]
    then = [labels(language, s)[0] for s in table["state_then"]]
    now = [labels(language, s)[0] for s in table["state_now"]]
    _heat(figure, now, then, table["share"], texts)
    figure.update_yaxes(autorange="reversed")
    return figure


def plot_cohorts(result: Cohorts, language: str) -> go.Figure:
    """Share of each month's newcomers who bought in a later month; what has not happened yet stays empty."""
    title, x, y = labels(
        language,
        "Who came back, month by month; the future is empty",
        "months since the first purchase",
        "month of the first purchase",
    )
    later = result.cells[result.cells["months_since"] > 0]
    figure = base_figure(title, x=x, y=y, height=460)
    mark = {True: "", False: " *"}
    rows = [
        f"{cohort}{mark[bool(known)]} (n = {count(n, language)})"
        for cohort, known, n in zip(later["cohort"], later["start_known"], later["n"])
    ]
    running = {True: "", False: " …"}
    texts = [
        "" if pd.isna(rate) else share(rate, language, digits=0) + running[bool(over)]
        for rate, over in zip(later["rate"], later["complete"])
    ]
    _heat(figure, later["months_since"].astype(str).to_list(), rows, later["rate"], texts)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(type="category")
    (note,) = labels(
        language,
        "* first seen in the opening weeks of the data: the true start is unknown · … the month is still running",
    )
    figure.update_layout(margin={"b": 88})
    figure.add_annotation(
        text=note,
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        yanchor="top",
        yshift=-56,
        showarrow=False,
        font={"size": 11, "color": INK},
    )
    return figure


def plot_findings(result: Findings, language: str) -> go.Figure:
    """The clearest findings: estimate with interval, and the same effect in customers kept aside."""
    title, x, aside = labels(language, _TITLES[result.kind], "effect, relative to expectation", "kept aside")
    leading = result.leading()[::-1]
    figure = base_figure(title, x=x, height=160 + 36 * len(leading))
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    names = [
        f"{finding_words(name, language)}<br>{context_words(context, result.kind, language)} (n = {count(n, language)})"
        for name, context, n in zip(leading["name"], leading["context"], leading["n"])
    ]
    for verdict, colour in VERDICT_COLOURS.items():
        rows = (leading["verdict"] == verdict).to_list()
        if any(rows):
            part = leading[rows]
            figure.add_scatter(
                x=part["effect"],
                y=[n for n, shown in zip(names, rows) if shown],
                error_x=interval_bars(part["effect"], low=part["low"], high=part["high"], colour=colour),
                mode="markers",
                marker={"color": colour, "size": 9},
                name=labels(language, verdict)[0],
            )
    figure.add_scatter(
        x=leading["held_out_effect"],
        y=names,
        mode="markers",
        marker={"color": INK, "size": 8, "symbol": "diamond-open"},
        name=aside,
    )
    figure.update_xaxes(tickformat="+.0%")
    figure.update_yaxes(categoryorder="array", categoryarray=names)
    return figure


def plot_gathered(result: Gathered, language: str) -> go.Figure:
    """Per kind of pattern: tested, looking real side by side, holding."""
    title, y, tested, naive, hold = labels(
        language,
        "What looks real, and what holds",
        "share of the patterns tested",
        "tested",
        "look real side by side",
        "hold",
    )
    counts = result.counts
    figure = base_figure(title, y=y, height=380)
    kinds = [
        f"{labels(language, _SHORT[kind])[0]}<br>{tested}: {count(n, language)}"
        for kind, n in zip(counts["kind"], counts["tested"])
    ]
    for column, name, colour in (("naive", naive, GREY), ("hold", hold, BLUE)):
        figure.add_bar(
            x=kinds,
            y=counts[f"{column}_share"],
            name=name,
            marker_color=colour,
            text=[count(n, language) for n in counts[column]],
        )
    figure.update_yaxes(tickformat=".0%")
    return figure


def _heat(figure: go.Figure, x: list[str], y: list[str], z: pd.Series, texts: list[str]) -> None:
    figure.add_heatmap(
        x=x,
        y=y,
        z=z,
        text=texts,
        texttemplate="%{text}",
        textfont={"size": 11},
        colorscale=SCALE,
        zmin=0,
        zmax=1,
        showscale=False,
        hoverongaps=False,
        xgap=1,
        ygap=1,
    )


_TITLES = {
    "context": "What the moment changes in the same customers' baskets",
    "step": "What follows what, beyond the customers' own taste",
    "basket": "What shares a basket, beyond taste and basket size",
    "web step": "What visitors do next, beyond their own habit",
    "experiment": "What worked where, by experiment",
}
_SHORT = {
    "context": "moments",
    "step": "steps",
    "basket": "pairs",
    "web step": "web steps",
    "experiment": "experiments",
}
