"""Pictures of chapter 01b: what is permitted where, whom an offer reaches and why not, who says yes."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.merging.reach import OPEN, ORDER, Reach, Ways
from rcommerce_helpers.merging.selection import Selection
from rcommerce_helpers.plots.axes import Scale, number_axis
from rcommerce_helpers.plots.chrome import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SCALE,
    SKY,
    YELLOW,
    base_figure,
    drawn,
    interval_bars,
)
from rcommerce_helpers.results import LEVEL
from rcommerce_helpers.sentences import Quotes, label, say
from rcommerce_helpers.sentences.columns import withheld
from rcommerce_helpers.sentences.merging import word
from rcommerce_helpers.sentences.numbers import interval_words, within
from rcommerce_helpers.sentences.permission import REASON_WORDS, group_words

COLOURS = dict(zip(ORDER, (BLUE, PURPLE, ORANGE, YELLOW, GREY, "#D5DAE1", SKY, GREEN, "#D5DAE1", "#D5DAE1")))
TRAIT_COLOURS = {"tenure": BLUE, "purchases": ORANGE, "systems": GREEN, "age": PURPLE, "postal_zone": GREY}


def plot_ways(result: Ways, language: str) -> go.Figure:
    """Share of customers who permit a purpose on a channel; where all channels say the same it stands once."""
    title = label("For what we may use whose data, and on which channel", language)
    cells, scale = result.table[~result.table["once"]].reset_index(drop=True), Scale("share", language)
    purposes = list(dict.fromkeys(cells["purpose"]))
    channels = [c for c in dict.fromkeys(result.table["channel"]) if c in set(cells["channel"])]
    figure = base_figure(title, language, height=160 + 32 * len(purposes))
    texts = [within(b, language) + text for b, text in zip(cells["bound"], scale.texts(cells["share"]))]
    customers, counts = label("customers", language), Scale("count", language).texts(cells["customers"])
    marketing = cells.index[cells["purpose"] == "marketing"]
    widest = marketing[cells.loc[marketing, "channel"] == result.widest]
    told = {"marketing_widest_share": int(widest[0])} if len(widest) else {}
    told |= {
        f.name: int(at[0])
        for f in result.figures
        if len(at := cells.index[(cells["channel"] == "any") & ("permitted_share_" + cells["purpose"] == f.name)])
    }
    figure.add_heatmap(
        x=[_on_lines(c, language) for c in cells["channel"]], y=[word(p, language) for p in cells["purpose"]],
        z=cells["share"], text=texts, texttemplate="%{text}", colorscale=SCALE, zmin=0, zmax=1, xgap=2, ygap=2,
        hovertext=[f"{t} ({customers}: {n})" if n else t for t, n in zip(texts, counts)], hoverinfo="x+y+text",
        showscale=False, meta=drawn(on="z", **told),
    )  # fmt: skip
    names = [_on_lines(c, language) for c in channels]
    figure.update_xaxes(side="top", showgrid=False, tickangle=0, categoryorder="array", categoryarray=names)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(margin={"t": 104})
    return figure


def _on_lines(channel: str, language: str) -> str:
    return word(channel, language).replace(" ", "<br>")


def plot_reach(result: Reach, language: str) -> go.Figure:
    """Customers by channel: whom an offer may reach, and why not the others; channels that reach nobody are named."""
    q = Quotes(result, language)
    table = result.channels
    reached = table[table["reason"] == OPEN].set_index("channel")["customers"].sort_values(ascending=False)
    rest = [word(c, language) for c in dict.fromkeys(table["channel"]) if c not in set(reached.index)]
    title = say("Whom an offer may reach: {lost} of {customers} customers on no channel", language,
                lost=q("reached_nowhere"), customers=q.n("reached_nowhere"))  # fmt: skip
    note = say("nobody is reached by: {channels}", language, channels=", ".join(rest)) if rest else ""
    figure = base_figure(title, language, x=label("customers", language), height=210 + 40 * len(reached), note=note)
    scale = Scale("count", language)
    for reason in ORDER:
        own = table[(table["reason"] == reason) & table["channel"].isin(reached.index)].set_index("channel")
        own = own.reindex([c for c in reached.index if c in own.index])
        if own.empty:
            continue
        texts = [text or withheld(why, language) for text, why in zip(scale.texts(own["customers"]), own["hidden"])]
        name = label(REASON_WORDS[reason], language)
        at = list(own.index).index(result.widest) if reason == OPEN and result.widest in own.index else -1
        shown = at >= 0 and not own["hidden"].iloc[at]
        figure.add_bar(
            orientation="h", name=name, marker_color=COLOURS[reason], x=own["customers"].fillna(0.0),
            y=[word(c, language) for c in own.index], hovertext=texts, hoverinfo="y+text+name", width=0.6,
            meta=drawn(on="x", reached_widest=at) if shown else [],
        )  # fmt: skip
    most = float(table.groupby("channel")["customers"].sum().max())
    number_axis(figure, "x", scale, values=[most], from_zero=True)
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(
        barmode="stack", showlegend=True, legend={"traceorder": "normal", "y": -0.25, "yanchor": "top"}
    )
    return figure


def plot_selection(result: Selection, language: str) -> go.Figure:
    """Share of each group that permits the purpose, with its interval; the line is the share of all customers."""
    q = Quotes(result, language)
    title = say("Who permits {purpose}: {share} of {customers} customers", language,
                purpose=word(result.purpose, language), share=q("permitting_share"),
                customers=q.n("permitting_share"))  # fmt: skip
    shown = result.groups[result.groups["hidden"] == ""]
    note = say("bars: {interval}; the line: all customers", language, interval=interval_words(LEVEL, language))
    x = label("share of customers who permit it", language)
    figure = base_figure(title, language, x=x, height=190 + 24 * len(shown), note=note)
    scale, counts = Scale("share", language), Scale("count", language)
    for trait, own in shown.groupby("trait", sort=False):
        rows = [f"{group_words(str(trait), language)}: {group_words(str(g), language)}" for g in own["group"]]
        texts = [f"n = {n}" for n in counts.texts(own["customers"])]
        groups = list(own["group"])
        ends = {"most_permitting_share": result.most, "least_permitting_share": result.least}
        told = {name: groups.index(g) for name, g in ends.items() if trait == result.trait and g in groups}
        colour = TRAIT_COLOURS[str(trait)]
        figure.add_scatter(
            mode="markers", x=own["permitting_share"], y=rows, marker={"color": colour, "size": 9}, showlegend=False,
            error_x=interval_bars(list(own["permitting_share"]), low=list(own["low"]), high=list(own["high"]),
                                  colour=colour),
            hovertext=[f"{share}, {n}" for share, n in zip(scale.texts(own["permitting_share"]), texts)],
            hoverinfo="y+text", meta=drawn(on="x", **told),
        )  # fmt: skip
        for row, high, text in zip(rows, own["high"], texts):
            figure.add_annotation(x=high, y=row, text=text, showarrow=False, xanchor="left", xshift=6,
                                  font={"size": 11, "color": GREY})  # fmt: skip
    whole = q.figures["permitting_share"]
    if not whole.bound:
        figure.add_vline(x=whole.value, line_color=GREY, line_width=1, line_dash="dot")
    number_axis(figure, "x", scale, values=[0.0, *shown["high"]], top=1.12)
    figure.update_yaxes(autorange="reversed")
    return figure
