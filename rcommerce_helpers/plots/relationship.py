"""Pictures of the tour and of the relationship report."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.plots.axes import Scale, number_axis, time_axis
from rcommerce_helpers.plots.chrome import ALL, BLUE, GREY, ORANGE, bars_note, base_figure, drawn, interval_bars
from rcommerce_helpers.plots.story import story_lanes
from rcommerce_helpers.relationship.report import Monday, Pulse, Story
from rcommerce_helpers.relationship.tour import DataMap, Span
from rcommerce_helpers.sentences import Quotes, interval, label, labels, safe, say
from rcommerce_helpers.sentences.columns import cell_word, table_word, withheld
from rcommerce_helpers.sentences.merging import word
from rcommerce_helpers.sentences.numbers import month


def plot_map(result: DataMap, language: str) -> go.Figure:
    """Questions against the tables they need: filled = there, hollow = missing."""
    q = Quotes(result, language)
    title = say(
        "What this data set can answer: {answerable} of {asked} questions",
        language,
        answerable=q("questions_answerable"),
        asked=q("questions_asked"),
    )
    there, missing = labels(language, "table is there", "table is missing")
    needs = result.needs
    questions = [label(question, language) for question in needs["question"]]
    tables = [table_word(table, language) for table in needs["table"]]
    figure = base_figure(title, language, height=660)
    for present, name, colour, symbol in ((True, there, BLUE, "square"), (False, missing, ORANGE, "square-open")):
        rows = (needs["present"] == present).to_list()
        figure.add_scatter(
            x=[t for t, r in zip(tables, rows) if r],
            y=[q for q, r in zip(questions, rows) if r],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 13, "color": colour, "line": {"width": 2}},
            hoverinfo="x+y+name",
        )
    figure.update_xaxes(tickangle=-45, categoryorder="array", categoryarray=list(dict.fromkeys(tables)))
    figure.update_yaxes(categoryorder="array", categoryarray=list(dict.fromkeys(questions))[::-1])
    return figure


def plot_span(result: Span, language: str) -> go.Figure:
    """Orders a month."""
    title, x, y = labels(language, "Orders a month", "month", "orders")
    figure = base_figure(title, language, x=x, y=y, height=320)
    scale, months = Scale("count", language), result.by_month
    told = zip(months["month"], scale.texts(months["orders"]))
    figure.add_bar(
        x=months["month"],
        y=months["orders"],
        marker_color=BLUE,
        name=y,
        hovertext=[f"{month(at, language)}: {n}" for at, n in told],
        hoverinfo="text",
        meta=drawn(on="y", orders=ALL),
    )
    number_axis(figure, "y", scale, values=months["orders"], from_zero=True)
    time_axis(figure, months["month"], language)
    return figure


def plot_pulse(result: Pulse, language: str) -> go.Figure:
    """Customers by the days since their last event."""
    q = Quotes(result, language)
    title = say("When we last heard of each of {customers} customers", language, customers=q("customers"))
    x, y = labels(language, "days since the last event", "customers")
    figure = base_figure(title, language, x=x, y=y, height=340)
    scale, bands = Scale("count", language), result.bands
    figure.add_bar(
        x=list(labels(language, *bands["days"])),
        y=bands["customers"],
        marker_color=[BLUE, GREY, ORANGE, ORANGE, ORANGE],
        name=y,
        text=[withheld(why, language) or n for why, n in zip(bands["hidden"], scale.texts(bands["customers"]))],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="x+text",
        meta=[]
        if (bands["hidden"] != "").any()  # then the bars do not add up to the figures
        else drawn(on="y", active_customers=0, quiet_customers=(2, 3, 4), customers=ALL),
    )
    number_axis(figure, "y", scale, values=bands["customers"], from_zero=True, top=1.12)
    return figure


def plot_story(result: Story, language: str) -> go.Figure:
    """One customer's events over time, one line per kind; a dot grows with the money involved."""
    title = label("One customer's story with us", language)
    return story_lanes(result.events, title, lambda kind: word(kind, language), language, result.currency)


def plot_monday(result: Monday, language: str) -> go.Figure:
    """Expected value of each group of planned contacts and of the whole plan, with their intervals."""
    title, x, whole = labels(
        language, "What each group of contacts is expected to bring", "expected value", "the whole plan"
    )
    rows, plan = result.actions, next(f for f in result.figures if f.name == "monday_value")
    scale = Scale("money", language, result.currency)
    names = [_group(str(o), str(c), language) for o, c in zip(rows["offer"], rows["channel"])]
    values = [*rows["expected_value"], plan.value]
    low, high = [*rows["low"], plan.low], [*rows["high"], plan.high]
    figure = base_figure(
        title,
        language,
        x=f"{x}, {safe(result.currency)}",
        height=170 + 44 * len(values),
        note=bars_note(plan.level, language),
    )
    told = zip(scale.texts(values), scale.texts(low), scale.texts(high))
    figure.add_scatter(
        x=values,
        y=[*names, whole],
        mode="markers",
        marker={"size": 11, "color": [BLUE] * len(names) + [ORANGE]},
        error_x=interval_bars(values, low=low, high=high),
        hovertext=[f"{value} ({interval(bottom, top, language)})" for value, bottom, top in told],
        hoverinfo="y+text",
        meta=drawn(on="x", monday_value=len(names)),
    )
    figure.add_vline(x=0, line={"color": GREY, "width": 1})
    number_axis(figure, "x", scale, values=[*low, *high], from_zero=True)
    figure.update_yaxes(autorange="reversed")
    return figure


def _group(offer: str, channel: str, language: str) -> str:
    """Offer and channel, or that these are the groups too small to be named."""
    if offer == channel:
        return label("all smaller groups", language)
    return f"{safe(offer)} · {cell_word(channel, language)}"
