"""Pictures of notebook 02: they draw columns that are already in the results."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from rcommerce_helpers.patterns.cohorts import Cohorts
from rcommerce_helpers.patterns.findings import Findings, Gathered
from rcommerce_helpers.patterns.lifecycle import Lifecycle
from rcommerce_helpers.patterns.segments import RevenueShares, Segments
from rcommerce_helpers.plots.axes import Scale, number_axis
from rcommerce_helpers.plots.chrome import (
    ALL,
    BLUE,
    GREY,
    INK,
    ORANGE,
    SCALE,
    VERDICT_COLOURS,
    bars_note,
    base_figure,
    drawn,
    interval_bars,
    told_by,
)
from rcommerce_helpers.results import LEVEL
from rcommerce_helpers.sentences import Quotes, count, interval, label, labels, say, share
from rcommerce_helpers.sentences.columns import withheld
from rcommerce_helpers.sentences.numbers import day, interval_words, month
from rcommerce_helpers.sentences.patterns import FIGURE_NAMES, context_words, finding_words


def plot_value(result: RevenueShares, language: str) -> go.Figure:
    """Revenue share against customer share; the dot is the share asked for, with its interval."""
    title, x, y, curve, equal = labels(
        language,
        "A few customers carry much of the revenue",
        "share of customers, largest first",
        "share of revenue",
        "this shop",
        "if all were equal",
    )
    scale, f = Scale("share", language), {figure.name: figure for figure in result.figures}
    at, top = f["top_share"].value, f["top_revenue_share"]
    figure = base_figure(title, language, x=x, y=y, height=400, note=bars_note(top.level, language))
    people, money = ([0.0, *result.curve[column]] for column in ("customer_share", "revenue_share"))
    told = [f"{a} → {b}" for a, b in zip(scale.texts(people), scale.texts(money))]
    figure.add_scatter(x=people, y=money, name=curve, line={"color": BLUE}, hovertext=told, hoverinfo="text")
    figure.add_scatter(
        x=[0, 1], y=[0, 1], name=equal, line={"color": GREY, "dash": "dot"}, mode="lines", hoverinfo="skip"
    )
    figure.add_scatter(
        x=[at],
        y=[top.value],
        error_y=interval_bars([top.value], low=[top.low or top.value], high=[top.high or top.value], colour=ORANGE),
        mode="markers+text",
        text=[f"{share(at, language)} → {share(top.value, language)}"],
        textposition="bottom right",
        hoverinfo="text",
        marker={"color": ORANGE, "size": 11},
        showlegend=False,
        meta=[*drawn(on="x", top_share=0), *drawn(on="y", top_revenue_share=0)],
    )
    number_axis(figure, "x", scale, values=[0.0, 1.0], from_zero=True, top=1.0)
    number_axis(figure, "y", scale, values=[0.0, 1.0], from_zero=True, top=1.02)
    return figure


def plot_segments(result: Segments, language: str) -> go.Figure:
    """Share of customers beside share of revenue, by segment."""
    title, y, people, money = labels(
        language, "Segments weigh less or more than their heads", "share", "of customers", "of revenue"
    )
    figure, scale, table = base_figure(title, language, y=y, height=380), Scale("share", language), result.summary
    names = [
        f"{label(name, language)}<br>{_people(n, hidden, language)}"
        for name, n, hidden in zip(table["segment"], table["customers"], table["hidden"])
    ]
    best = [position for position, name in enumerate(table["segment"]) if name == "best"]
    for column, name, colour, quoted in (
        ("customer_share", people, GREY, "best_segment_share"),
        ("revenue_share", money, BLUE, "best_segment_revenue_share"),
    ):
        figure.add_bar(
            x=names,
            y=table[column],
            name=name,
            marker_color=colour,
            text=scale.texts(table[column]),
            textposition="outside",
            cliponaxis=False,
            hoverinfo="x+text+name",
            meta=drawn(on="y", **{quoted: best}),
        )
    both = [*table["customer_share"], *table["revenue_share"]]
    number_axis(figure, "y", scale, values=both, from_zero=True, top=1.1)
    return figure


def plot_movement(result: Lifecycle, language: str) -> go.Figure:
    """Where customers stood then and where they stand now; each cell with its share and count."""
    title = say(
        "Who moved from {then} to {now}",
        language,
        then=day(pd.Timestamp(result.then), language),
        now=day(pd.Timestamp(result.now), language),
    )
    q, table = Quotes(result, language), result.movement
    x, y = labels(language, "state now", "state then")
    figure = base_figure(title, language, x=x, y=y, height=540, note=_in_brackets(q, language))
    texts = [_moved(s, n, hidden, language) for s, n, hidden in zip(table["share"], table["n"], table["hidden"])]
    rows = {state: _state(state, q, language) for state in dict.fromkeys(table["state_then"])}
    now = [label(s, language) for s in table["state_now"]]
    _heat(figure, now, [rows[s] for s in table["state_then"]], table["share"], texts)
    figure.update_traces(meta=told_by(*rows.values()))
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(showgrid=False, autorange="reversed")
    return figure


def _people(n: float, hidden: str, language: str) -> str:
    """The size of a group, or that it is too small to be told."""
    return withheld(hidden, language) or f"n = {count(n, language)}"


def _moved(part: float, n: float, hidden: str, language: str) -> str:
    """A cell of the movement: nothing where nobody moved so."""
    if hidden:
        return withheld(hidden, language)
    return f"{share(part, language)}<br>n = {count(n, language)}" if n else ""


def _state(state: str, q: Quotes, language: str) -> str:
    """A state of the past, with the share that has bought since where that is asked."""
    back = _CAME_BACK.get(state, "")
    if back not in q:
        return label(state, language)
    return say(
        "{state}<br>bought since: {share}<br>({range})",
        language,
        state=label(state, language),
        share=q(back),
        range=q.range(back),
    )


def _in_brackets(q: Quotes, language: str) -> str:
    """The level of the intervals in the names of the rows."""
    told = next((q.figures[name] for name in _CAME_BACK.values() if name in q), None)
    if told is None:
        return ""
    return say("in brackets: {interval}", language, interval=interval_words(told.level, language))


def plot_cohorts(result: Cohorts, language: str) -> go.Figure:
    """Share of each month's newcomers who bought in a later month; what has not happened yet stays empty."""
    q = Quotes(result, language)
    title: str = label("Who came back, month by month; the future is empty", language)
    if "next_month_share" in q:
        title = say(
            "{share} came back in the next month ({range}); the future is empty",
            language,
            share=q("next_month_share"),
            range=q.interval("next_month_share"),
        )
    x, y = labels(language, "months since the first purchase", "month of the first purchase")
    later = result.cells[result.cells["months_since"] > 0]
    cohorts = later["cohort"].nunique()
    figure = base_figure(title, language, x=x, y=y, height=190 + 24 * cohorts)
    mark = {True: "", False: " *"}
    rows = [
        f"{month(pd.Timestamp(cohort), language)}{mark[bool(known)]} (n = {count(n, language)})"
        for cohort, known, n in zip(later["cohort"], later["start_known"], later["n"])
    ]
    running = {True: "", False: " …"}
    texts = [
        ("–" if hidden else "") if pd.isna(rate) else f"{100 * rate:.0f}{running[bool(over)]}"
        for rate, over, hidden in zip(later["rate"], later["complete"], later["hidden"])
    ]
    _heat(figure, later["months_since"].astype(str).to_list(), rows, later["rate"], texts)
    told = [
        f"{share} (n = {count(n, language)})"
        for share, n in zip(Scale("share", language).texts(later["rate"]), later["n"])
    ]
    figure.update_traces(hovertext=told, hoverinfo="x+y+text")
    figure.update_yaxes(autorange="reversed", type="category", tickmode="linear", dtick=1)
    figure.update_xaxes(type="category", tickmode="linear", dtick=1)
    note = label(
        "in percent · * first seen in the opening weeks of the data: the true start is unknown · … the month is still "
        "running · – fewer than ten came back, or all but so few",
        language,
    )
    figure.update_layout(margin={"b": 104})
    figure.add_annotation(
        text=note.replace(" · –", "<br>–"),  # one line is wider than a page
        align="left",
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
    """The clearest findings: pooled effect with its interval, and the effect in customers kept aside.

    The pooled effect is the one the sentence reads; raw effects of thin cells promise too much.
    """
    title, x, aside = labels(language, _TITLES[result.kind], "effect, relative to expectation", "kept aside")
    leading, scale = result.leading()[::-1].reset_index(drop=True), Scale("change", language)
    q, plural, kind = Quotes(result, language), FIGURE_NAMES[result.kind].plural, result.kind
    holding = say("{n} of {tested} hold", language, n=q(f"{plural}_hold"), tested=q(f"{plural}_tested"))
    note = f"{holding} · {bars_note(LEVEL, language)}"
    figure = base_figure(title, language, x=x, height=160 + 36 * len(leading), note=note)
    figure.add_vline(x=0, line={"color": INK, "width": 1})
    names = [
        f"{finding_words(name, language, kind)}<br>{context_words(context, kind, language)} (n = {count(n, language)})"
        for name, context, n in zip(leading["name"], leading["context"], leading["n"])
    ]
    for verdict, colour in VERDICT_COLOURS.items():
        part = leading[leading["verdict"] == verdict]
        if len(part):
            _effects(figure, result, part.assign(shown=[names[i] for i in part.index]), colour, language)
    again = leading.assign(shown=names).dropna(subset="held_out_effect").reset_index(drop=True)
    held_out = scale.texts(again["held_out_effect"])
    figure.add_scatter(
        x=again["held_out_effect"],
        y=again["shown"],
        mode="markers",
        marker={"color": INK, "size": 8, "symbol": "diamond-open"},
        name=aside,
        hovertext=held_out,
        hoverinfo="y+text+name",
        visible=True if len(again) else "legendonly",
        meta=[*drawn(on="x", **_strongest(result, again, "held_out")), *told_by(holding)],
    )
    ends = [*leading["pooled_low"], *leading["pooled_high"], *again["held_out_effect"]]
    number_axis(figure, "x", scale, values=ends, from_zero=True)
    figure.update_yaxes(categoryorder="array", categoryarray=names)
    return figure


def _effects(figure: go.Figure, result: Findings, part: pd.DataFrame, colour: str, language: str) -> None:
    """The findings of one verdict, as points with their interval."""
    scale = Scale("change", language)
    columns = ("pooled_effect", "pooled_low", "pooled_high")
    told = zip(*(scale.texts(part[column]) for column in columns))
    figure.add_scatter(
        x=part["pooled_effect"],
        y=part["shown"],
        error_x=interval_bars(part["pooled_effect"], low=part["pooled_low"], high=part["pooled_high"], colour=colour),
        mode="markers",
        marker={"color": colour, "size": 9},
        name=label(part["verdict"].iloc[0], language),
        hovertext=[f"{effect} ({interval(low, high, language)})" for effect, low, high in told],
        hoverinfo="y+text+name",
        meta=drawn(on="x", **_strongest(result, part, "effect"), **_evening(part)),
    )


def _strongest(result: Findings, shown: pd.DataFrame, which: str) -> dict[str, int]:
    """Where the strongest finding stands among those shown, under the name of its figure."""
    best = result.strongest()
    if best is None:
        return {}
    same = (shown["name"] == best["name"]) & (shown["context"] == best["context"])
    places = [position for position, hit in enumerate(same) if hit]
    return {f"strongest_{FIGURE_NAMES[result.kind].single}_{which}": places[0]} if places else {}


def _evening(shown: pd.DataFrame) -> dict[str, int]:
    same = (shown["name"] == "basket value") & (shown["context"] == "hour: evening")
    places = [position for position, hit in enumerate(same) if hit]
    return {"evening_basket_effect": places[0]} if places else {}


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
    counts, scale = result.counts, Scale("count", language)
    figure = base_figure(title, language, y=y, height=380)
    kinds = [
        f"{label(_SHORT[kind], language)}<br>{tested}: {count(n, language)}"
        for kind, n in zip(counts["kind"], counts["tested"])
    ]
    for column, name, colour in (("naive", naive, GREY), ("hold", hold, BLUE)):
        figure.add_bar(
            x=kinds,
            y=counts[f"{column}_share"],
            name=name,
            marker_color=colour,
            customdata=counts[column],
            text=scale.texts(counts[column]),
            textposition="outside",
            cliponaxis=False,
            hovertext=Scale("share", language).texts(counts[f"{column}_share"]),
            hoverinfo="x+text+name",
            meta=drawn(on="customdata", **{f"findings_{column}": ALL}),
        )
    number_axis(figure, "y", Scale("share", language), values=[0.0, 1.0], from_zero=True, top=1.08)
    return figure


def _heat(figure: go.Figure, x: list[str], y: list[str], z: pd.Series, texts: list[str]) -> None:
    figure.add_heatmap(
        x=x,
        y=y,
        z=z,
        text=texts,
        texttemplate="%{text}",
        textfont={"size": 11},
        hovertext=texts,
        hoverinfo="x+y+text",
        colorscale=SCALE,
        zmin=0,
        zmax=1,
        showscale=False,
        hoverongaps=False,
        xgap=1,
        ygap=1,
    )


_CAME_BACK = dict((("at risk", "at_risk_return_share"), ("lost", "lost_return_share")))
"""State of the past -> the share that has bought since."""
_TITLES = {
    "context": "What the moment changes in the same customers' baskets",
    "step": "What follows what, beyond the customers' own taste",
    "basket": "What shares a basket, beyond taste and basket size",
    "web step": "What visitors do next, beyond their own habit",
    "experiment": "What a contact does, against none",
    "message": "What the wording adds, against the other wordings",
    "alternative": "What stays out of one basket",
}
_SHORT = {
    "context": "moments",
    "step": "steps",
    "basket": "pairs",
    "web step": "web steps",
    "experiment": "contact effects",
    "message": "wording effects",
    "alternative": "pairs apart",
}
