"""Pictures of notebook 03: rivals, promises kept, lift, reasons, groups, gaps, overdue, value."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.affinity.checks import Fairness
from rcommerce_helpers.affinity.compare import Contest
from rcommerce_helpers.affinity.due import Due
from rcommerce_helpers.affinity.reasons import GROUPS, Reasons
from rcommerce_helpers.affinity.relevance import Lift
from rcommerce_helpers.affinity.timing import GapForecast
from rcommerce_helpers.affinity.value import LifetimeValue
from rcommerce_helpers.plots.chrome import BLUE, GREEN, GREY, ORANGE, PALETTE, YELLOW, base_figure, interval_bars
from rcommerce_helpers.sentences import labels, safe
from rcommerce_helpers.sentences.affinity import reason_label

SCORERS = {
    "model": "model",
    "gamma_poisson": "pooled rate",
    "own_frequency": "own frequency",
    "recent": "bought lately",
    "copurchase": "bought together",
    "popularity": "popular with all",
}
COLOURS = {"model": BLUE, "own_frequency": ORANGE, "popularity": GREY}
FORECASTERS = {
    "pooled": "pooled, days passed known",
    "own_waited": "own mean, days passed known",
    "pooled_at_start": "pooled",
    "own": "own mean",
    "category": "category mean",
}


def plot_rivals(result: Contest, language: str) -> go.Figure:
    """AUC of the model and of every rival, with intervals; first purchases as hollow marks."""
    title, x, all_pairs, new = labels(
        language, "The model beside its simplest rivals", "AUC (0.5 = chance)", "all pairs", "never bought before"
    )
    table = result.table.sort_values("auc")
    names = [labels(language, SCORERS[s])[0] for s in table["scorer"]]
    figure = base_figure(title, x=x, height=380)
    figure.add_scatter(
        x=table["auc"],
        y=names,
        mode="markers",
        name=all_pairs,
        error_x=interval_bars(table["auc"], low=table["low"], high=table["high"]),
        marker={"size": 12, "color": [BLUE if s == "model" else GREY for s in table["scorer"]]},
    )
    figure.add_scatter(
        x=table["explore_auc"],
        y=names,
        mode="markers",
        name=new,
        marker={"size": 10, "symbol": "circle-open", "color": ORANGE, "line": {"width": 2}},
    )
    figure.add_vline(x=0.5, line={"color": GREY, "dash": "dot"})
    return figure


def plot_calibration(result: Contest, language: str) -> go.Figure:
    """Promised against observed rate; on the diagonal a promise is kept."""
    title, x, y, kept, seen = labels(
        language, "Promised and observed", "promised probability", "observed share", "promise kept", "observed"
    )
    bins = result.calibration
    figure = base_figure(title, x=x, y=y, height=440)
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", name=kept, line={"color": GREY, "dash": "dot"})
    figure.add_scatter(
        x=bins["promised"],
        y=bins["observed"],
        mode="markers+lines",
        name=seen,
        error_y=interval_bars(bins["observed"], low=bins["low"], high=bins["high"]),
        marker={"color": BLUE, "size": 8},
        line={"color": BLUE, "width": 1},
        customdata=bins["n"],
        hovertemplate="%{x:.1%} → %{y:.1%} (n = %{customdata:,})<extra></extra>",
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    figure.update_yaxes(tickformat=".0%", range=[0, 1])
    return figure


def plot_lift(result: Lift, language: str) -> go.Figure:
    """Share of later purchases caught by the best-scored share of pairs."""
    title, x, y, chance = labels(
        language,
        "How many later purchases the best-scored pairs hold",
        "share of customer-category pairs, best first",
        "share of later purchases",
        "chance",
    )
    figure = base_figure(title, x=x, y=y, height=440)
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", name=chance, line={"color": GREY, "dash": "dot"})
    for scorer, colour in reversed(COLOURS.items()):
        rows = result.curve[result.curve["scorer"] == scorer]
        name = labels(language, SCORERS[scorer])[0]
        width = 3 if scorer == "model" else 1.6
        figure.add_scatter(
            x=rows["share"], y=rows["captured"], mode="lines", name=name, line={"color": colour, "width": width}
        )
    figure.add_vline(x=result.top_share, line={"color": GREEN, "dash": "dash"})
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    figure.update_yaxes(tickformat=".0%", range=[0, 1])
    return figure


def plot_reasons(result: Reasons, language: str) -> go.Figure:
    """Mean absolute reason per group over the sampled scores."""
    title, x = labels(language, "What moves the scores", "mean movement of the score (log-odds)")
    table = result.overall[::-1]
    figure = base_figure(title, x=x, height=340)
    figure.add_bar(
        x=table["strength"],
        y=[labels(language, reason_label(r))[0] for r in table["reason"]],
        orientation="h",
        marker_color=BLUE,
        customdata=table["share"],
        hovertemplate="%{y}: %{x:.2f} (%{customdata:.0%})<extra></extra>",
        showlegend=False,
    )
    return figure


def plot_example(result: Reasons, language: str) -> go.Figure:
    """One customer's best categories: what speaks for each, and what against."""
    title, x = labels(language, "One customer's reasons", "against (left) and for (right), log-odds")
    table = result.example[::-1]
    figure = base_figure(title, x=x, height=380)
    for group, colour in zip(GROUPS, PALETTE):
        name = labels(language, reason_label(group))[0]
        figure.add_bar(
            x=table[group],
            y=[safe(c) for c in table["category"]],
            orientation="h",
            name=name,
            marker_color=colour,
            hovertemplate="%{y}: %{x:+.2f}<extra>" + name + "</extra>",
        )
    figure.update_layout(barmode="relative", legend={"y": -0.25, "yanchor": "top", "xanchor": "left", "x": 0})
    return figure


def plot_fairness(result: Fairness, language: str) -> go.Figure:
    """Mean promise minus observed rate of the groups furthest from 0."""
    title, x, y = labels(
        language, "Groups the model knows nothing of", "promised minus observed share", "AUC within the group"
    )
    table = result.table
    figure = base_figure(title, x=x, y=y, height=420)
    figure.add_scatter(
        x=table["bias"],
        y=table["auc"],
        mode="markers",
        error_y=interval_bars(table["auc"], low=table["low"], high=table["high"], colour="#C9CDD2"),
        marker={"size": 10, "color": BLUE, "opacity": 0.8},
        text=[
            f"{safe(a)}: {safe(g)} (n = {n:,})"
            for a, g, n in zip(table["attribute"], table["group"], table["customers"])
        ],
        hovertemplate="%{text}<br>%{x:+.1%}, %{y:.3f}<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(x=0, line={"color": GREY, "dash": "dot"})
    figure.update_xaxes(tickformat="+.0%")
    return figure


def plot_gaps(result: GapForecast, language: str) -> go.Figure:
    """Error of each forecaster of the next gap, all pairs and thin ones."""
    title, x, everything, thin = labels(
        language,
        "How far off the next purchase is forecast",
        "mean absolute error, log days",
        "all gaps",
        "at most two gaps known",
    )
    figure = base_figure(title, x=x, height=380)
    for which, name, colour in (("all", everything, BLUE), ("thin", thin, YELLOW)):
        rows = result.table[result.table["gaps"] == which][::-1]
        figure.add_bar(
            x=rows["error"],
            y=[labels(language, FORECASTERS[f])[0] for f in rows["forecaster"]],
            orientation="h",
            name=name,
            marker_color=colour,
            customdata=rows["n"],
            hovertemplate="%{y}: %{x:.2f} (n = %{customdata:,})<extra>" + name + "</extra>",
        )
    figure.update_layout(barmode="group", legend={"traceorder": "normal"})
    return figure


def plot_overdue(result: Due, language: str) -> go.Figure:
    """Share that buys within two weeks, by how many usual gaps have passed."""
    title, x, y = labels(
        language,
        "Who buys within two weeks, by how overdue they are",
        "usual gaps passed since the last purchase",
        "share buying within two weeks",
    )
    curve = result.curve
    figure = base_figure(title, x=x, y=y, height=400)
    figure.add_scatter(
        x=curve["overdue"],
        y=curve["bought_share"],
        mode="markers+lines",
        error_y=interval_bars(curve["bought_share"], low=curve["low"], high=curve["high"]),
        marker={"size": 9, "color": BLUE},
        line={"color": BLUE, "width": 1},
        customdata=curve["n"],
        hovertemplate="%{x}: %{y:.1%} (n = %{customdata:,})<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(type="category")
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    return figure


def plot_value(result: LifetimeValue, language: str) -> go.Figure:
    """Purchase days forecast and seen, by how often the customer came before."""
    title, x, y, model, naive, seen = labels(
        language,
        "Purchase days of the held-out weeks",
        "purchase days before, after the first",
        "mean purchase days per customer",
        "BG/NBD forecast",
        "past rate carried on",
        "seen",
    )
    bands = result.bands
    figure = base_figure(title, x=x, y=y, height=420)
    for column, name, colour, symbol in (
        ("actual", seen, GREY, "circle"),
        ("forecast", model, BLUE, "diamond"),
        ("naive", naive, ORANGE, "x"),
    ):
        figure.add_scatter(
            x=bands["repeats"],
            y=bands[column],
            mode="markers+lines",
            name=name,
            marker={"color": colour, "size": 9, "symbol": symbol},
            line={"color": colour, "width": 1},
            customdata=bands["customers"],
            hovertemplate="%{x}: %{y:.1f} (n = %{customdata:,})<extra>" + name + "</extra>",
        )
    figure.update_xaxes(type="category")
    return figure
