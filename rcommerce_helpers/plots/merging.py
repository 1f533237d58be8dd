"""Pictures of notebook 01: coverage of the sources, sureness of the links, permission, one customer's story."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.merging.permissions import Decisions
from rcommerce_helpers.merging.quality import SourceReport
from rcommerce_helpers.merging.story import BANDS, Certainty, Story
from rcommerce_helpers.plots.chrome import BLUE, GREY, ORANGE, PALETTE, SCALE, base_figure
from rcommerce_helpers.sentences import labels, safe
from rcommerce_helpers.sentences.merging import word

BAND_COLOURS = dict(zip((name for _, name in BANDS), (BLUE, "#56B4E9", "#E69F00", ORANGE)))


def plot_coverage(result: SourceReport, language: str) -> go.Figure:
    """Share of each source's records that hold a value or have a fact: one column per source, one row per value."""
    title, share, records = labels(language, "What each source knows of its people", "share of records", "records")
    rows = result.coverage.set_index(["source", "what"])
    sources = result.sources["source"].to_list()
    values = list(dict.fromkeys(result.coverage["what"]))
    figure = base_figure(title, height=150 + 26 * len(values))
    figure.add_heatmap(
        x=[safe(s) for s in sources],
        y=[word(v, language) for v in values],
        z=[[rows["filled_share"].get((s, v)) for s in sources] for v in values],
        customdata=[[rows["records"].get((s, v)) for s in sources] for v in values],
        texttemplate="%{z:.0%}",
        hovertemplate="%{x}, %{y}: %{z:.1%}<br>" + records + ": %{customdata:,}<extra></extra>",
        colorscale=SCALE,
        zmin=0,
        zmax=1,
        xgap=2,
        ygap=2,
        colorbar={"title": {"text": share, "side": "right"}, "tickformat": ".0%"},
    )
    figure.update_xaxes(side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(margin={"t": 96})
    return figure


def plot_certainty(result: Certainty, language: str) -> go.Figure:
    """Records by the way they were linked and how sure the link is."""
    title, x = labels(language, "How the records found their customer, and how sure that is", "records")
    figure = base_figure(title, x=x, height=280)
    for band, colour in BAND_COLOURS.items():
        own = result.bands[result.bands["band"] == band]
        if len(own):
            figure.add_bar(
                name=labels(language, band)[0], orientation="h", marker_color=colour, x=own["records"],
                y=[word(m, language) for m in own["method"]],
                hovertemplate="%{y}: %{x:,}<extra>%{fullData.name}</extra>", width=0.5,
            )  # fmt: skip
    figure.update_layout(barmode="stack", showlegend=True)
    return figure


def plot_permissions(result: Decisions, language: str) -> go.Figure:
    """Share of customers who permit each purpose."""
    title, x, people = labels(language, "For what we may use whose data", "share of customers", "customers")
    figure = base_figure(title, x=x, height=360)
    shares = result.shares
    figure.add_bar(
        orientation="h", marker_color=[BLUE if s > 0 else GREY for s in shares["permitted_share"]],
        x=shares["permitted_share"], y=[word(p, language) for p in shares["purpose"]],
        customdata=shares["customers_permitting"], text=shares["permitted_share"], texttemplate="%{text:.0%}",
        textposition="outside", cliponaxis=False,
        hovertemplate="%{y}: %{x:.1%}<br>" + people + ": %{customdata:,}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(tickformat=".0%", range=[0, 1.1], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(autorange="reversed")
    return figure


def plot_story(result: Story, language: str) -> go.Figure:
    """One customer's events in order of time; height is the money involved, 0 where there was none."""
    title, x, y = labels(language, "One customer's story", "day", "money, {currency}")
    figure = base_figure(title, x=x, y=y.format(currency=safe(result.currency)))
    for colour, kind in zip(PALETTE * 3, result.kinds["kind"]):
        own = result.events[result.events["kind"] == kind]
        figure.add_scatter(
            name=word(kind, language), mode="markers", x=own["local_at"], y=own["amount"].fillna(0),
            customdata=[safe(d) for d in own["detail"]], marker={"size": 9, "color": colour},
            error_y={"type": "data", "symmetric": False, "array": (-own["amount"].fillna(0)).clip(lower=0),
                     "arrayminus": own["amount"].fillna(0).clip(lower=0), "width": 0, "thickness": 1, "color": colour},
            hovertemplate="%{x|%d.%m.%Y %H:%M}<br>%{y:,.2f}<br>%{customdata}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.update_layout(showlegend=True)
    figure.update_xaxes(tickformat="%m/%Y")
    return figure
