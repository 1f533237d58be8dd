"""Pictures of notebook 01: the sources and what each adds, links, golden values, one story, the worth."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.merging.golden_values import GoldenValues
from rcommerce_helpers.merging.identification import Identification
from rcommerce_helpers.merging.quality import SourceReport
from rcommerce_helpers.merging.story import BANDS, Certainty, Story
from rcommerce_helpers.merging.switched_off import SwitchedOff
from rcommerce_helpers.merging.worth import Worth
from rcommerce_helpers.plots.axes import Scale, number_axis
from rcommerce_helpers.plots.chrome import BLUE, GREY, ORANGE, SCALE, SKY, base_figure, drawn
from rcommerce_helpers.plots.story import story_lanes
from rcommerce_helpers.sentences import Quotes, label, labels, safe, say
from rcommerce_helpers.sentences.columns import withheld
from rcommerce_helpers.sentences.merging import word

SURENESS = tuple(name for _, name in BANDS)
BAND_COLOURS = dict(zip(SURENESS, (BLUE, "#56B4E9", "#E69F00", ORANGE)))
UNSURE = SURENESS[2:]


def plot_coverage(result: SourceReport, language: str) -> go.Figure:
    """Share of each source's records that hold a value or have a fact: one column per source, one row per value."""
    q = Quotes(result, language)
    title = say(
        "What each source knows of its people: {filled} of the personal values",
        language,
        filled=q("personal_value_coverage"),
    )
    cells, scale, counts = result.coverage, Scale("share", language), Scale("count", language)
    values = list(dict.fromkeys(cells["what"]))
    figure = base_figure(title, language, height=150 + 26 * len(values))
    texts = scale.texts(cells["filled_share"])
    records = label("records", language)
    figure.add_heatmap(
        x=[safe(s) for s in cells["source"]],
        y=[word(v, language) for v in cells["what"]],
        z=cells["filled_share"],
        text=texts,
        texttemplate="%{text}",
        hovertext=[f"{share} ({records}: {n})" for share, n in zip(texts, counts.texts(cells["records"]))],
        hoverinfo="x+y+text",
        colorscale=SCALE,
        zmin=0,
        zmax=1,
        xgap=2,
        ygap=2,
        showscale=False,
    )
    figure.update_xaxes(side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(margin={"t": 96})
    return figure


def plot_certainty(result: Certainty, language: str) -> go.Figure:
    """Records by the way they were linked and how sure the link is."""
    q, x = Quotes(result, language), label("records", language)
    title = say("How {linked} records found their customer, and how sure that is", language, linked=q("linked_records"))
    figure, scale = base_figure(title, language, x=x, height=300), Scale("count", language)
    few = (result.bands["hidden"] != "").any()  # then the bars do not add up to the figures
    for band, colour in BAND_COLOURS.items():
        own = result.bands[result.bands["band"] == band]
        told = [withheld(why, language) or n for why, n in zip(own["hidden"], scale.texts(own["records"]))]
        linked = [position for position, method in enumerate(own["method"]) if method != "single"]
        if len(own):
            figure.add_bar(
                name=label(band, language),
                orientation="h",
                marker_color=colour,
                x=own["records"],
                y=[word(m, language) for m in own["method"]],
                hovertext=told,
                hoverinfo="y+text+name",
                width=0.5,
                meta=[]
                if few
                else [
                    *drawn(on="x", linked_records=linked),
                    *(drawn(on="x", unsure_records=linked) if band in UNSURE else []),
                ],
            )
    totals = result.bands.groupby("method")["records"].sum()
    number_axis(figure, "x", scale, values=totals, from_zero=True)
    figure.update_layout(barmode="stack", showlegend=True, legend={"traceorder": "normal"})
    return figure


def plot_story(result: Story, language: str) -> go.Figure:
    """One customer's events in order of time, one line per kind and channel, the longest silence shaded."""
    q = Quotes(result, language, result.currency)
    title = say(
        "One customer's story: {n} event, orders for {amount}",
        language,
        plural="One customer's story: {n} events, orders for {amount}",
        n=q("story_events"),
        amount=q("story_amount"),
    )
    return story_lanes(
        result.events, title, lambda kind: word(kind, language), language, result.currency, silence=result.silence
    )


def plot_values(result: GoldenValues, language: str) -> go.Figure:
    """Share of customers whose value is known: from the best single source, and in the golden record."""
    q = Quotes(result, language)
    title = say("Values known in the golden record ({filled}) and in the best single source", language,
                filled=q("golden_filled_share"))  # fmt: skip
    columns = result.columns.sort_values("filled_share", ascending=True)
    names = [word(c, language) for c in columns["column"]]
    x, one, all_ = labels(language, "share of customers", "best single source", "golden record")
    figure, scale = base_figure(title, language, x=x, height=150 + 30 * len(columns)), Scale("share", language)
    for low, high, name in zip(columns["best_share"], columns["filled_share"], names):
        figure.add_scatter(
            x=[low, high], y=[name, name], mode="lines", line={"color": "#C9CED6", "width": 4}, showlegend=False,
            hoverinfo="skip",
        )  # fmt: skip
    for legend, column, colour in ((one, "best_share", GREY), (all_, "filled_share", BLUE)):
        beside = [f" ({safe(s)})" if column == "best_share" and s else "" for s in columns["best_source"]]
        told = [f"{share}{source}" for share, source in zip(scale.texts(columns[column]), beside)]
        figure.add_scatter(
            x=columns[column], y=names, mode="markers", name=legend, marker={"color": colour, "size": 11},
            hovertext=told, hoverinfo="y+text+name",
        )  # fmt: skip
    figure.update_layout(showlegend=True)
    number_axis(figure, "x", scale, values=[0.0, 1.0], from_zero=True)
    return figure


LOSSES = (
    ("customers_lost", "customers nobody else knows"),
    ("values_lost", "golden values"),
    ("reach_lost", "customers who can be written to"),
)
"""Column of the table of sources -> the heading of its panel."""


def plot_switched_off(result: SwitchedOff, language: str) -> go.Figure:
    """What each source alone holds: customers, golden values, ways to reach somebody; one panel each."""
    q = Quotes(result, language)
    title = say("What would be gone without each source: at most {values} of the values", language,
                values=q("most_missed_values_share"))  # fmt: skip
    sources, scale = result.sources.iloc[::-1], Scale("count", language)
    figure = base_figure(title, language, height=170 + 34 * len(sources))
    names = [safe(s) for s in sources["source"]]
    for place, (column, heading) in enumerate(LOSSES):
        axis = "" if place == 0 else str(place + 1)
        told = [text or withheld(why, language) for text, why in zip(scale.texts(sources[column]), sources["hidden"])]
        figure.add_bar(
            orientation="h", x=sources[column].fillna(0.0), y=names, text=told, textposition="outside",
            cliponaxis=False, marker_color=BLUE if place == 1 else SKY, xaxis=f"x{axis}", hoverinfo="y+text",
            showlegend=False,
        )  # fmt: skip
        most = max(float(sources[column].max()), 1.0) if sources[column].notna().any() else 1.0
        figure.update_layout({
            f"xaxis{axis}": {
                "domain": [place * 0.35, place * 0.35 + 0.27], "range": [0, most * 1.25], "showticklabels": False,
                "title": {"text": label(heading, language), "font": {"size": 12}}, "showgrid": False, "anchor": "y",
            }
        })  # fmt: skip
    return figure


def plot_entries(result: Identification, language: str) -> go.Figure:
    """Visits, orders, calls and messages at each place, by whether anybody knows whose they are."""
    q = Quotes(result, language)
    title = say("Whose visit, order or call it was is known for {known}", language, known=q("known_traces_share"))
    entries, scale = result.entries[result.entries["traces"] > 0].iloc[::-1], Scale("share", language)
    counts = Scale("count", language).texts(entries["traces"])
    names = [word(e, language) for e in entries["entry"]]
    x, known, nameless = labels(language, "share of traces", "a known person", "nobody we know")
    figure = base_figure(title, language, x=x, height=160 + 36 * len(entries))
    for name, shares, colour in (
        (known, entries["known_share"], BLUE),
        (nameless, 1 - entries["known_share"], "#D5DAE1"),
    ):
        told = [f"{share} ({n})" for share, n in zip(scale.texts(shares), counts)]
        figure.add_bar(
            orientation="h", x=shares, y=names, name=name, marker_color=colour, hovertext=told, hoverinfo="y+text+name",
            width=0.6,
        )  # fmt: skip
    figure.update_layout(barmode="stack", showlegend=True, legend={"traceorder": "normal"})
    number_axis(figure, "x", scale, values=[0.0, 1.0], from_zero=True, top=1.0)
    return figure


def plot_worth(result: Worth, language: str) -> go.Figure:
    """What is counted and what is sent, record by record and customer by customer."""
    q = Quotes(result, language)
    title = say("{double} of {records} records are somebody counted again", language,
                double=q("double_counted_records"), records=q.n("double_counted_records"))  # fmt: skip
    rows, scale = result.changes[result.changes["unit"] == "count"].iloc[::-1], Scale("count", language)
    names = [word(c, language) for c in rows["changed"]]
    figure = base_figure(title, language, height=170 + 56 * len(rows))
    for column, legend, colour in (("after", "linked", BLUE), ("before", "each list for itself", GREY)):
        told = [text or withheld(why, language) for text, why in zip(scale.texts(rows[column]), rows["hidden"])]
        figure.add_bar(
            orientation="h", x=rows[column].fillna(0.0), y=names, name=label(legend, language),
            marker_color=colour, text=told, textposition="outside", cliponaxis=False, hoverinfo="y+text+name",
        )  # fmt: skip
    figure.update_layout(barmode="group", showlegend=True, legend={"traceorder": "reversed"})
    number_axis(figure, "x", scale, values=rows["before"], from_zero=True, top=1.12)
    return figure
