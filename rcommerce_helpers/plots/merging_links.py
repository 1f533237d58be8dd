"""Pictures of chapter 01a: what each column tells, and one pair step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from rcommerce_helpers.merging.explaining import BEFORE, OTHER_OF_HOME, TOGETHER, Estimated, PairStory, Weights
from rcommerce_helpers.plots.axes import Scale, number_axis
from rcommerce_helpers.plots.chrome import BLUE, GREEN, GREY, ORANGE, base_figure, drawn
from rcommerce_helpers.sentences import Quotes, label, labels, say
from rcommerce_helpers.sentences.merging import word
from rcommerce_helpers.sentences.numbers import odds_written, ratio

SERIES = (
    ("same_than_strangers", "same value, against strangers", BLUE, "circle"),
    ("same_than_home", "same value, against the same home", BLUE, "diamond-open"),
    ("different_than_strangers", "different value, against strangers", ORANGE, "circle"),
    ("different_than_home", "different value, against the same home", ORANGE, "diamond-open"),
)
SMALLEST, LARGEST = 1e-6, 1e6
LONG = 12
"""Letters from which the name of a column is written in two lines."""


def plot_weights(result: Weights, language: str) -> go.Figure:
    """How many times as likely a same and a different value is in one person: one row per column, four points."""
    title, x = labels(language, "What a same and a different value say", "times as likely in records of one person")
    table = result.table[::-1]
    figure = base_figure(title, language, x=x, height=160 + 44 * len(table))
    rows = [word(str(c), language) for c in table["compared"]]
    for column, name, colour, symbol in SERIES:
        values = [min(max(float(v), SMALLEST), LARGEST) for v in table[column]]
        told = f"telling_than_{column.rpartition('_')[2]}"
        figure.add_scatter(
            name=label(name, language), mode="markers", x=values, y=rows,
            marker={"size": 11, "color": colour, "symbol": symbol, "line": {"width": 2, "color": colour}},
            hovertext=[ratio(v, language) for v in table[column]], hoverinfo="y+text+name",
            meta=drawn(on="x", **{told: len(rows) - 1}) if column.startswith("same") else [],
        )  # fmt: skip
    _times_axis(figure, "x", [v for column, *_ in SERIES for v in table[column]], language)
    figure.add_vline(x=1, line_color=GREY, line_width=1)
    figure.update_layout(showlegend=True)
    return figure


def plot_pair(result: PairStory, language: str) -> go.Figure:
    """One pair step by step: what each column does to the odds that the two records are one person."""
    q = Quotes(result, language)
    title = say("One pair, step by step: {certainty} likely to be one person", language, certainty=q("pair_certainty"))
    y = label("odds of one person against two", language)
    steps = result.steps
    figure = base_figure(title, language, y=y, height=460)
    names = [_step(str(s), str(level), language) for s, level in zip(steps["step"], steps["level"])]
    tens = [value / math.log(10) for value in steps["log_odds"]]
    figure.add_waterfall(
        x=[*names, label(TOGETHER, language)], y=[*tens, sum(tens)],
        measure=["absolute", *["relative"] * (len(tens) - 1), "total"],
        increasing={"marker": {"color": GREEN}}, decreasing={"marker": {"color": ORANGE}},
        totals={"marker": {"color": BLUE}}, connector={"line": {"color": GREY, "width": 1}},
        hovertext=[*[ratio(float(v), language) for v in steps["times"]], str(q("pair_certainty"))], hoverinfo="x+text",
        customdata=[*[float("nan")] * len(tens), q.figures["pair_certainty"].value],
        meta=drawn(on="customdata", pair_certainty=len(tens)),
    )  # fmt: skip
    reached = [math.log10(v) for v in steps["odds"]]
    at = list(range(math.floor(min(reached)), math.ceil(max(*reached, 0)) + 1))
    shown = at[:: max(1, len(at) // 8)]
    figure.update_yaxes(tickvals=shown, ticktext=[odds_written(power, language) for power in shown], zeroline=True)
    figure.update_xaxes(tickangle=0)
    figure.update_layout(showlegend=False)
    return figure


def plot_precision_recall(result: Estimated, language: str) -> go.Figure:
    """Estimated precision against estimated recall, one point per cut; hover: customers at that cut."""
    title, x, y, people, used, others = labels(
        language,
        "What other cuts would find and get right",
        "pairs of one person that are found",
        "joined pairs that are right",
        "customers",
        "cut in use",
        "other cuts",
    )
    figure, shares = base_figure(title, language, x=x, y=y, height=360), Scale("share", language)
    curve = result.curve
    counts = Scale("count", language).texts(curve["groups"])
    told = [
        f"{x}: {found}<br>{y}: {right}<br>{people}: {n}"
        for found, right, n in zip(shares.texts(curve["recall"]), shares.texts(curve["precision"]), counts)
    ]
    figure.add_scatter(
        name=others, mode="lines+markers", line_color=GREY, x=curve["recall"], y=curve["precision"], hovertext=told,
        hoverinfo="text",
    )  # fmt: skip
    own = curve["used"].to_numpy()
    figure.add_scatter(
        name=used, mode="markers", marker={"size": 14, "color": BLUE}, x=curve["recall"][own],
        y=curve["precision"][own], hovertext=[text for text, chosen in zip(told, own) if chosen], hoverinfo="text",
        meta=[*drawn(on="x", estimated_recall=0), *drawn(on="y", estimated_precision=0)],
    )  # fmt: skip
    number_axis(figure, "x", shares, values=curve["recall"])
    number_axis(figure, "y", shares, values=curve["precision"])
    figure.update_layout(showlegend=True)
    return figure


def _step(step: str, level: str, language: str) -> str:
    if step in (BEFORE, OTHER_OF_HOME):
        return label(step, language).replace(" ", "<br>", 1)
    told = ",<br>".join(label(part, language) for part in level.split("; "))
    name = word(step, language)
    return f"{name.replace(' ', '<br>', 1) if len(name) > LONG else name}:<br>{told}"


def _times_axis(figure: go.Figure, axis: str, values: Sequence[float], language: str) -> None:
    powers = [math.log10(min(max(float(v), SMALLEST), LARGEST)) for v in values]
    at = [10.0**p for p in range(math.floor(min(powers)), math.ceil(max(powers)) + 1)]
    update = figure.update_xaxes if axis == "x" else figure.update_yaxes
    update(type="log", tickvals=at, ticktext=[ratio(v, language) for v in at])
