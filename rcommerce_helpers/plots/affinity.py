"""Pictures of notebook 03: rivals, promises kept, lift, reasons, groups, gaps, overdue, value."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from rcommerce_helpers.affinity.checks import Fairness
from rcommerce_helpers.affinity.compare import Contest
from rcommerce_helpers.affinity.due import Due
from rcommerce_helpers.affinity.reasons import GROUPS, Reasons
from rcommerce_helpers.affinity.relevance import Lift
from rcommerce_helpers.affinity.timing import GapForecast
from rcommerce_helpers.affinity.value import LifetimeValue
from rcommerce_helpers.plots.axes import Scale, number_axis, root_axis
from rcommerce_helpers.plots.chrome import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    YELLOW,
    bars_note,
    base_figure,
    drawn,
    interval_bars,
    told_by,
)
from rcommerce_helpers.results import LEVEL
from rcommerce_helpers.sentences import Quotes, Said, count, interval, label, labels, quotes_of, safe, say
from rcommerce_helpers.sentences.affinity import reason_label
from rcommerce_helpers.sentences.codes import code_words

SHOWN_GROUPS = 14
"""Groups of customers that stay readable, those with the widest gap first."""
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


def plot_baselines(result: Contest, language: str) -> go.Figure:
    """AUC of the model and of every rival, with intervals; first purchases as hollow marks."""
    title, x, all_pairs, new = labels(
        language, "The model beside its simplest rivals", "AUC (0.5 = chance)", "all pairs", "never bought before"
    )
    table, scale = result.table.sort_values("auc"), Scale("score", language)
    names = [label(SCORERS[s], language) for s in table["scorer"]]
    at = {scorer: position for position, scorer in enumerate(table["scorer"])}
    figure = base_figure(title, language, x=x, height=380, note=bars_note(LEVEL, language))
    told = zip(*(scale.texts(table[column]) for column in ("auc", "low", "high")))
    figure.add_scatter(
        x=table["auc"],
        y=names,
        mode="markers",
        name=all_pairs,
        error_x=interval_bars(table["auc"], low=table["low"], high=table["high"]),
        marker={"size": 12, "color": [BLUE if s == "model" else GREY for s in table["scorer"]]},
        hovertext=[f"{value} ({interval(low, high, language)})" for value, low, high in told],
        hoverinfo="y+text+name",
        meta=drawn(on="x", auc=at["model"], **{f"auc_{s}": place for s, place in at.items() if s != "model"}),
    )
    quoted = {f.name for f in result.figures}
    first = {"explore_auc": at["model"], "explore_auc_popularity": at["popularity"]}
    figure.add_scatter(
        x=table["explore_auc"],
        y=names,
        mode="markers",
        name=new,
        marker={"size": 10, "symbol": "circle-open", "color": ORANGE, "line": {"width": 2}},
        hovertext=scale.texts(table["explore_auc"]),
        hoverinfo="y+text+name",
        meta=drawn(on="x", **{name: place for name, place in first.items() if name in quoted}),
    )
    figure.add_vline(x=0.5, line={"color": GREY, "dash": "dot"})
    number_axis(figure, "x", scale, values=[0.5, *table["low"], *table["high"], *table["explore_auc"]])
    return figure


def plot_calibration(result: Contest, language: str) -> go.Figure:
    """Promised against observed rate; on the diagonal a promise is kept.

    Most promises are small and would lie in one corner: both axes grow with the square root, which leaves the diagonal
    straight and, unlike a logarithm, has a place for a rate of 0.
    """
    q = Quotes(result, language)
    title = say("Promised and observed: {gap} percentage points apart on average", language, gap=q("ece"))
    x, y, kept, seen = labels(language, "promised probability", "observed share", "promise kept", "observed")
    bins, scale = result.calibration, Scale("share", language)
    top = float(max(bins["promised"].max(), bins["high"].max()))
    at = {column: np.sqrt(bins[column]) for column in ("promised", "observed", "low", "high")}
    figure = base_figure(title, language, x=x, y=y, height=440, note=bars_note(LEVEL, language))
    figure.add_scatter(
        x=[0, top**0.5], y=[0, top**0.5], mode="lines", name=kept, line={"color": GREY, "dash": "dot"}, hoverinfo="skip"
    )
    told = zip(*(scale.texts(bins[column]) for column in ("promised", "observed")), bins["n"])
    figure.add_scatter(
        x=at["promised"],
        y=at["observed"],
        mode="markers+lines",
        name=seen,
        error_y=interval_bars(at["observed"], low=at["low"], high=at["high"]),
        marker={"color": BLUE, "size": 8},
        line={"color": BLUE, "width": 1},
        hovertext=[f"{a} → {b} (n = {count(n, language)})" for a, b, n in told],
        hoverinfo="text",
    )
    root_axis(figure, "x", scale, top=top)
    root_axis(figure, "y", scale, top=top)
    return figure


def plot_lift(result: Lift, language: str) -> go.Figure:
    """Share of later purchases caught by the best-scored share of pairs; the dot is the share asked for."""
    title, x, y, chance = labels(
        language,
        "How many later purchases the best-scored pairs hold",
        "share of customer-category pairs, best first",
        "share of later purchases",
        "chance",
    )
    figure, scale = base_figure(title, language, x=x, y=y, height=440), Scale("share", language)
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name=chance, line={"color": GREY, "dash": "dot"}, hoverinfo="skip"
    )
    for scorer, colour in reversed(COLOURS.items()):
        rows = result.curve[result.curve["scorer"] == scorer]
        told = zip(scale.texts(rows["share"]), scale.texts(rows["captured"]))
        figure.add_scatter(
            x=rows["share"],
            y=rows["captured"],
            mode="lines",
            name=label(SCORERS[scorer], language),
            line={"color": colour, "width": 3 if scorer == "model" else 1.6},
            hovertext=[f"{a} → {b}" for a, b in told],
            hoverinfo="text+name",
        )
    f = {x.name: x for x in result.figures}
    at, caught = f["top_share"].value, f["capture_top"].value
    figure.add_scatter(
        x=[at],
        y=[caught],
        mode="markers+text",
        marker={"size": 11, "color": GREEN},
        text=[" → ".join(scale.texts([at, caught]))],
        textposition="bottom right",
        hoverinfo="text",
        showlegend=False,
        meta=[*drawn(on="x", top_share=0), *drawn(on="y", capture_top=0)],
    )
    number_axis(figure, "x", scale, values=[0.0, 1.0], from_zero=True, top=1.0)
    number_axis(figure, "y", scale, values=[0.0, 1.0], from_zero=True, top=1.02)
    return figure


def plot_reasons(result: Reasons, language: str) -> go.Figure:
    """Each group's share of the mean absolute reason over the sampled scores."""
    title, x = labels(language, "What moves the scores", "share of the movement of the score")
    table, scale = result.overall[::-1], Scale("share", language)
    figure = base_figure(title, language, x=x, height=340)
    strength = Scale("log_odds", language).texts(table["strength"])
    log_odds = label("log-odds", language)
    figure.add_bar(
        x=table["share"],
        y=[label(reason_label(r), language) for r in table["reason"]],
        orientation="h",
        marker_color=BLUE,
        text=scale.texts(table["share"]),
        textposition="outside",
        cliponaxis=False,
        hovertext=[f"{text} ({log_odds})" for text in strength],
        hoverinfo="y+text",
        showlegend=False,
        meta=drawn(on="x", reason_first_share=len(table) - 1),
    )
    number_axis(figure, "x", scale, values=table["share"], from_zero=True, top=1.12)
    return figure


def plot_example(result: Reasons, language: str) -> go.Figure:
    """One customer's best categories: what speaks for each, and what against."""
    title, x = labels(language, "One customer's reasons", "against (left) and for (right), log-odds")
    q, table, scale = Quotes(result, language), result.example[::-1], Scale("log_odds", language)
    figure = base_figure(title, language, x=x, height=400)
    chance = Scale("share", language).texts(table["probability"])
    names = [f"{safe(c)} ({p})" for c, p in zip(table["category"], chance)]
    speaking = [pair for pair in zip(GROUPS, PALETTE) if table[pair[0]].abs().max() > 0]
    for group, colour in speaking:
        name = label(reason_label(group), language)
        figure.add_bar(
            x=table[group],
            y=names,
            orientation="h",
            name=name,
            marker_color=colour,
            showlegend=True,
            hovertext=scale.texts(table[group]),
            hoverinfo="y+text+name",
            meta=told_by(q("example_probability")),
        )
    figure.update_layout(barmode="relative", legend={"y": -0.25, "yanchor": "top", "xanchor": "left", "x": 0})
    moved = table[list(GROUPS)]
    ends = [*moved.clip(lower=0).sum(axis=1), *moved.clip(upper=0).sum(axis=1)]
    number_axis(figure, "x", scale, values=ends, from_zero=True)
    return figure


def plot_fairness(result: Fairness, language: str) -> go.Figure:
    """Mean promise minus observed rate, in percentage points, of the groups furthest from 0."""
    q = Quotes(result, language)
    title = say(
        "Promise and outcome by group: {n} gap is beyond chance",
        language,
        plural="Promise and outcome by group: {n} gaps are beyond chance",
        n=q("fair_groups_off"),
    )
    x = label("promised minus observed share, percentage points", language)
    table, scale = result.table.head(SHOWN_GROUPS)[::-1], Scale("points", language)
    figure = base_figure(title, language, x=x, height=150 + 28 * len(table), note=bars_note(LEVEL, language))
    off = (table["bias_low"] > 0) | (table["bias_high"] < 0)
    aucs = Scale("score", language).texts(table["auc"])
    told = zip(*(scale.texts(table[column]) for column in ("bias", "bias_low", "bias_high")), aucs)
    figure.add_scatter(
        x=table["bias"],
        y=[
            f"{code_words(a, language)}: {code_words(g, language)} (n = {count(n, language)})"
            for a, g, n in zip(table["attribute"], table["group"], table["customers"])
        ],
        mode="markers",
        error_x=interval_bars(table["bias"], low=table["bias_low"], high=table["bias_high"]),
        marker={"size": 10, "color": [ORANGE if beyond else BLUE for beyond in off]},
        hovertext=[f"{gap} ({interval(low, high, language)})<br>AUC {auc}" for gap, low, high, auc in told],
        hoverinfo="y+text",
        showlegend=False,
    )
    figure.add_vline(x=0, line={"color": GREY, "dash": "dot"})
    number_axis(figure, "x", scale, values=[*table["bias_low"], *table["bias_high"]], from_zero=True)
    return figure


def plot_gaps(result: GapForecast, language: str) -> go.Figure:
    """Error of each forecaster of the next gap, all pairs and thin ones."""
    title, x, everything, thin = labels(
        language,
        "How far off the next purchase is forecast",
        "typically off by a factor of",
        "all gaps",
        "at most two gaps known",
    )
    figure, scale = base_figure(title, language, x=x, height=400), Scale("log_error", language)
    quoted = {f.name for f in result.figures}
    for which, infix, name, colour in (("all", "", everything, BLUE), ("thin", "thin_", thin, YELLOW)):
        rows = result.table[result.table["gaps"] == which][::-1]
        at = {f"gap_error_{infix}{f}": place for place, f in enumerate(rows["forecaster"])}
        told = zip(scale.texts(rows["error"]), rows["n"])
        figure.add_bar(
            x=rows["error"],
            y=[label(FORECASTERS[f], language) for f in rows["forecaster"]],
            orientation="h",
            name=name,
            marker_color=colour,
            text=scale.texts(rows["error"]),
            hovertext=[f"{factor} (n = {count(n, language)})" for factor, n in told],
            hoverinfo="y+text+name",
            meta=drawn(on="x", **{key: place for key, place in at.items() if key in quoted}),
        )
    number_axis(figure, "x", scale, values=result.table["error"], from_zero=True)
    figure.update_layout(barmode="group", legend={"traceorder": "normal"})
    return figure


def plot_overdue(result: Due, language: str) -> go.Figure:
    """Share that buys within two weeks, by how many usual gaps have passed."""
    q = Quotes(result, language)
    title = say("Who buys within two weeks, by how overdue they are (AUC {auc})", language, auc=q("due14_auc_overdue"))
    x, y = labels(language, "usual gaps passed since the last purchase", "share buying within two weeks")
    curve, scale = result.curve, Scale("share", language)
    figure = base_figure(title, language, x=x, y=y, height=400, note=bars_note(LEVEL, language))
    told = zip(*(scale.texts(curve[column]) for column in ("bought_share", "low", "high")), curve["n"])
    figure.add_scatter(
        x=[_band(text, language) for text in curve["overdue"]],
        y=curve["bought_share"],
        mode="markers+lines",
        error_y=interval_bars(curve["bought_share"], low=curve["low"], high=curve["high"]),
        marker={"size": 9, "color": BLUE},
        line={"color": BLUE, "width": 1},
        hovertext=[f"{v} ({interval(a, b, language)}, n = {count(n, language)})" for v, a, b, n in told],
        hoverinfo="x+text",
        showlegend=False,
    )
    figure.update_xaxes(type="category")
    number_axis(figure, "y", scale, values=curve["high"], from_zero=True)
    return figure


def plot_value(result: LifetimeValue, language: str) -> go.Figure:
    """Purchase days forecast and seen, by how often the customer came before; the legend carries the totals."""
    q = Quotes(result, language)
    title, x, y, model, naive, seen = labels(
        language,
        "Purchase days of the held-out weeks",
        "purchase days before, after the first",
        "mean purchase days per customer",
        "BG/NBD forecast",
        "past rate carried on",
        "seen",
    )
    bands, scale = result.bands, Scale("mean", language)
    figure = base_figure(title, language, x=x, y=y, height=420)
    total, ends = q("value_forecast"), q.interval("value_forecast")
    forecast = _total(model, f"{total} ({ends})", total, ends)
    for column, name, colour, symbol in (
        ("actual", _total(seen, q("value_actual"), q("value_actual")), GREY, "circle"),
        ("forecast", forecast, BLUE, "diamond"),
        ("naive", Said(naive), ORANGE, "x"),
    ):
        told = zip(scale.texts(bands[column]), bands["customers"])
        figure.add_scatter(
            x=[_band(text, language) for text in bands["repeats"]],
            y=bands[column],
            mode="markers+lines",
            name=str(name),
            marker={"color": colour, "size": 9, "symbol": symbol},
            line={"color": colour, "width": 1},
            hovertext=[f"{value} (n = {count(n, language)})" for value, n in told],
            hoverinfo="x+text",
            meta=told_by(name),
        )
    figure.update_xaxes(type="category")
    every = [*bands["actual"], *bands["forecast"], *bands["naive"]]
    number_axis(figure, "y", scale, values=every, from_zero=True)
    return figure


def _total(name: str, text: str, *quoted: Said) -> Said:
    """A legend name with the total it stands for."""
    return Said(f"{name}: {text}", quotes_of(*quoted))


def _band(text: str, language: str) -> str:
    """A band of numbers: '0.25-0.5' -> '0,25–0,5' in German; with a plain dash plotly would read it as a date."""
    return (text.replace(".", ",") if language == "de" else text).replace("-", "–")
