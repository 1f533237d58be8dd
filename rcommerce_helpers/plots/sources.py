"""Pictures of 06_your_own_data."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.plots.axes import Scale, number_axis, time_axis
from rcommerce_helpers.plots.chrome import (
    ALL,
    BLUE,
    GREY,
    ORANGE,
    YELLOW,
    base_figure,
    drawn,
    nothing_to_draw,
)
from rcommerce_helpers.sentences import Quotes, label, labels, safe, say
from rcommerce_helpers.sentences.columns import column_words, table_word
from rcommerce_helpers.sentences.numbers import day
from rcommerce_helpers.sentences.sources import reason_words
from rcommerce_helpers.sources.arrival import Bridge, Buckets, Calendar, Filling, Joins, Reasons

SHOWN = 12
"""Rows of a ranking that stay readable."""
NIGHT = range(1, 5)


def plot_buckets(result: Buckets, language: str) -> go.Figure:
    """What did not land: quarantined and set aside, as shares of the rows that came in, table by table."""
    q = Quotes(result, language)
    title = say("{landed} of {rows} rows landed; what did not", language, landed=q("rows_landed"), rows=q("rows_in"))
    x, none = labels(language, "share of the rows that came in", "every row of every table landed")
    tables = result.tables[result.tables["landed"] < result.tables["rows_in"]]
    scale, counts = Scale("share", language), Scale("count", language)
    figure = base_figure(title, language, x=x, height=160 + 30 * len(tables))
    lost = [tables[column] / tables["rows_in"] for column in ("quarantined", "set_aside")]
    for shares, column, name, colour in zip(
        lost, ("quarantined", "set_aside"), ("quarantined", "set aside"), (ORANGE, YELLOW)
    ):
        told = zip(scale.texts(shares), counts.texts(tables[column]))
        figure.add_bar(
            y=[table_word(table, language) for table in tables["table"]],
            x=shares,
            customdata=tables[column],
            hovertext=[f"{share} ({rows})" for share, rows in told],
            hoverinfo="y+text+name",
            name=label(name, language),
            orientation="h",
            marker_color=colour,
            meta=drawn(on="customdata", **{f"rows_{column}": ALL}),
        )
    figure.update_layout(barmode="stack")
    number_axis(figure, "x", scale, values=sum(lost), from_zero=True)
    figure.update_yaxes(autorange="reversed")
    if tables.empty:
        nothing_to_draw(figure, none)
    return figure


def plot_reasons(result: Reasons, language: str) -> go.Figure:
    """The most frequent reasons of the quarantine."""
    title, x, none = labels(language, "Why rows were refused", "share of the rows in quarantine", "no row was refused")
    shown, total = result.reasons.head(SHOWN), max(int(result.reasons["rows"].sum()), 1)
    scale = Scale("share", language)
    figure = base_figure(title, language, x=x, height=160 + 34 * len(shown))
    figure.add_bar(
        y=[_reason(r.table, r.column, r.reason, language) for r in shown.itertuples()],
        x=shown["rows"] / total,
        orientation="h",
        marker_color=ORANGE,
        text=Scale("count", language).texts(shown["rows"]),
        textposition="outside",
        cliponaxis=False,
        hovertext=scale.texts(shown["rows"] / total),
        hoverinfo="text",
        meta=[
            *(drawn(on="x", top_reason_share=0) if len(shown) else []),
            *(drawn(on="points", reasons=ALL) if len(shown) == len(result.reasons) else []),
        ],
    )
    number_axis(figure, "x", scale, values=shown["rows"] / total, from_zero=True, top=1.12)
    figure.update_yaxes(autorange="reversed")
    if shown.empty:
        nothing_to_draw(figure, none)
    return figure


def _reason(table: str, column: str, reason: str, language: str) -> str:
    """Table, column and reason on two short lines, so that the bars keep their room."""
    told = reason_words(reason, language)
    wrapped = safe(told if len(told) <= 48 else f"{told[:47]}…")  # noqa: PLR2004 - characters of a line
    return f"{table_word(table, language)}, {column_words(column, language)}:<br>{wrapped}"


def plot_bridge(result: Bridge, language: str) -> go.Figure:
    """The bridge of revenue as a waterfall."""
    title = label("From what was rung up to what remains", language)
    steps, scale = result.steps, Scale("money", language, result.currency)
    amounts = dict(zip(steps["step"], steps["amount"]))
    at = {step: position for position, step in enumerate(steps["step"])}
    figure = base_figure(title, language, y=safe(result.currency), height=420)
    figure.add_waterfall(
        x=labels(language, *steps["step"]),
        y=steps["amount"],
        measure=["total" if step == "net" else "relative" for step in steps["step"]],
        text=scale.texts(steps["amount"]),
        textposition="outside",
        cliponaxis=False,
        hoverinfo="x+text",
        increasing={"marker": {"color": BLUE}},
        decreasing={"marker": {"color": ORANGE}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": GREY, "width": 1}},
        meta=drawn(
            on="y",
            gross=at["gross"],
            other_lines=at["other"],
            returned=at["returned"],
            cancelled=(at["cancelled"], at["test"]),
            net=at["net"],
        ),
    )
    top = amounts["gross"] + max(amounts["other"], 0.0)
    number_axis(figure, "y", scale, values=[0.0, top], from_zero=True, top=1.15)
    return figure


def plot_joins(result: Joins, language: str) -> go.Figure:
    """Share of lost keys per reference that loses any."""
    title, x, none = labels(
        language, "Keys that find no partner", "share of the keys looked up", "every key finds its partner"
    )
    shown = result.joins[result.joins["lost"] > 0]
    scale = Scale("share", language)
    figure = base_figure(title, language, x=x, height=150 + 34 * len(shown))
    words = [
        say(
            "{column} in {table} not in {target}",
            language,
            column=column_words(r.column, language),
            table=table_word(r.table, language),
            target=table_word(r.points_to, language),
        )
        for r in shown.itertuples()
    ]
    figure.add_bar(
        y=words,
        x=shown["lost_share"],
        orientation="h",
        marker_color=ORANGE,
        customdata=shown["lost"],
        text=Scale("count", language).texts(shown["lost"]),
        textposition="outside",
        cliponaxis=False,
        hovertext=scale.texts(shown["lost_share"]),
        hoverinfo="y+text",
        meta=drawn(on="customdata", keys_lost=ALL),
    )
    number_axis(figure, "x", scale, values=[0.01, *shown["lost_share"]], from_zero=True, top=1.15)
    figure.update_yaxes(autorange="reversed")
    if shown.empty:
        nothing_to_draw(figure, none)
    return figure


def plot_calendar(result: Calendar, language: str) -> go.Figure:
    """Orders per day, with the holes shaded."""
    title, x, y, hole = labels(language, "Orders on each day", "day", "orders", "hole")
    figure = base_figure(title, language, x=x, y=y, height=340)
    scale, days = Scale("count", language), result.days
    told = zip(days["day"], scale.texts(days["orders"]))
    figure.add_scatter(
        x=days["day"],
        y=days["orders"],
        mode="lines",
        line={"color": BLUE, "width": 1.2},
        hovertext=[f"{day(at, language)}: {orders}" for at, orders in told],
        hoverinfo="text",
        meta=drawn(on="points", days_covered=ALL),
    )
    for row in result.gaps.itertuples():
        end = row.start + (row.days - 1) * (days["day"].iloc[1] - days["day"].iloc[0])
        figure.add_vrect(x0=row.start, x1=end, fillcolor=ORANGE, opacity=0.25, line_width=0, annotation_text=hole)
    figure.update_layout(showlegend=False)
    number_axis(figure, "y", scale, values=days["orders"], from_zero=True)
    time_axis(figure, days["day"], language)
    return figure


def plot_hours(result: Calendar, language: str) -> go.Figure:
    """Share of the orders by hour; the small hours in another colour."""
    title, x, y = labels(language, "Orders by hour on the wall clock", "hour of the day", "share of orders")
    figure = base_figure(title, language, x=x, y=y, height=320)
    scale, hours = Scale("share", language), result.hours
    shares = hours["orders"] / max(int(hours["orders"].sum()), 1)
    night = [position for position, hour in enumerate(hours["hour"]) if hour in NIGHT]
    figure.add_bar(
        x=hours["hour"],
        y=shares,
        marker_color=[ORANGE if position in night else BLUE for position in range(len(hours))],
        hovertext=scale.texts(shares),
        hoverinfo="x+text",
        meta=drawn(on="y", night_share=night),
    )
    figure.update_xaxes(dtick=2)
    number_axis(figure, "y", scale, values=shares, from_zero=True)
    return figure


def plot_filling(result: Filling, language: str) -> go.Figure:
    """The emptiest columns among those that hold anything."""
    q = Quotes(result, language)
    title = say("The emptiest of {mapped} columns that hold a value", language, mapped=q("columns_mapped"))
    shown, scale = result.columns.head(SHOWN), Scale("share", language)
    figure = base_figure(
        title, language, x=label("share of the rows with a value", language), height=130 + 28 * len(shown)
    )
    figure.add_bar(
        y=[f"{table_word(r.table, language)}: {column_words(r.column, language)}" for r in shown.itertuples()],
        x=shown["filled_share"],
        orientation="h",
        marker_color=BLUE,
        hovertext=scale.texts(shown["filled_share"]),
        hoverinfo="y+text",
    )
    number_axis(figure, "x", scale, values=[0.0, 1.0], from_zero=True, top=1.0)
    figure.update_yaxes(autorange="reversed")
    return figure
