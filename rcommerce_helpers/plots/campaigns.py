"""Pictures of notebook 04: they draw columns that are already in the results."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from rcommerce_helpers.campaigns.evidence import PolicyReport
from rcommerce_helpers.campaigns.groups import REST
from rcommerce_helpers.campaigns.observational import PastEffects
from rcommerce_helpers.campaigns.plan import Plan
from rcommerce_helpers.campaigns.power import TestPlan
from rcommerce_helpers.campaigns.simulate import DoseCurve
from rcommerce_helpers.plots.axes import Scale, log_axis, number_axis
from rcommerce_helpers.plots.chrome import (
    ALL,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    SKY,
    YELLOW,
    bars_note,
    base_figure,
    drawn,
    interval_bars,
    told_by,
)
from rcommerce_helpers.results import ASSUMED_LEVEL, LEVEL
from rcommerce_helpers.sentences import Quotes, count, interval, label, labels, safe, say
from rcommerce_helpers.sentences.campaigns import arm_word
from rcommerce_helpers.sentences.columns import cell_word
from rcommerce_helpers.sentences.numbers import interval_words

MEASURE_COLOURS = {"naive": ORANGE, "did": GREY, "adjusted": BLUE, "placebo": YELLOW}


def plot_plan(result: Plan, language: str) -> go.Figure:
    """Contacts sent, one bar per offer, coloured by channel; the title carries the cost."""
    q = Quotes(result, language, result.currency)
    title = say(
        "{n} contact for {cost}: what goes out, and where",
        language,
        plural="{n} contacts for {cost}: what goes out, and where",
        n=q("sent_contacts"),
        cost=q("plan_cost"),
    )
    scale = Scale("count", language)
    figure = base_figure(title, language, x=label("contacts sent", language), height=380)
    for colour, limit in zip(PALETTE, (*result.prices["limit"].iloc[1:], REST)):
        part = result.mix[result.mix["channel"] == limit]
        figure.add_bar(
            y=[label(REST, language) if limit == REST else safe(o) for o in part["offer"]],
            x=part["contacts"],
            orientation="h",
            name=cell_word(str(limit), language),
            marker_color=colour,
            text=scale.texts(part["contacts"]),
            hoverinfo="y+text+name",
            meta=drawn(on="x", contacts_shown=ALL),
        )
    totals = result.mix.groupby("offer")["contacts"].sum()
    number_axis(figure, "x", scale, values=totals, from_zero=True)
    figure.update_layout(barmode="stack", yaxis={"autorange": "reversed"})
    return figure


def plot_past(result: PastEffects, language: str) -> go.Figure:
    """Naive, difference of changes, adjusted, placebo: one dot with its interval per type of campaign."""
    title, y = labels(
        language,
        "The naive difference beside what is left after adjusting, and beside the placebo",
        "per targeted customer and week",
    )
    figure = base_figure(title, language, y=f"{safe(result.currency)} {y}", height=460, note=bars_note(LEVEL, language))
    scale = Scale("money_per_week", language, result.currency)
    names = dict(zip(MEASURE_COLOURS, labels(language, "naive", "difference of changes", "adjusted", "placebo")))
    effects = _apart(result.effects)
    for measure, colour in MEASURE_COLOURS.items():
        part = effects[effects["measure"] == measure].reset_index(drop=True)
        told = zip(*(scale.texts(part[column]) for column in ("effect", "low", "high")))
        figure.add_scatter(
            x=[_type_name(kind, n, language) for kind, n in zip(part["type"], part["targeted"])],
            y=part["effect"],
            mode="markers",
            name=names[measure],
            marker={"size": 11, "color": colour},
            error_y=interval_bars(list(part["effect"]), low=list(part["low"]), high=list(part["high"]), colour=colour),
            hovertext=[f"{value} ({interval(low, high, language)})" for value, low, high in told],
            hoverinfo="x+text+name",
            meta=drawn(on="y", **{f"{measure}_effect": len(part) - 1}),
        )
    figure.add_hline(y=0, line={"color": GREY, "width": 1})
    number_axis(figure, "y", scale, values=[*effects["low"], *effects["high"]], from_zero=True)
    figure.update_layout(scattermode="group", scattergap=0.6)
    return figure


def _apart(effects: pd.DataFrame) -> pd.DataFrame:
    """All types and their sum; where there is one type, its sum alone, which says the same."""
    only_one = effects["type"].nunique() <= 2  # noqa: PLR2004 - one type and the sum
    return effects[effects["type"] == "all"] if only_one else effects


def _type_name(kind: str, targeted: int, language: str) -> str:
    name = label("all campaigns", language) if kind == "all" else safe(kind)
    return f"{name}<br>n = {count(targeted, language)}"


def plot_contact_frequency(result: DoseCurve, language: str) -> go.Figure:
    """Profit per customer against silence over contacts a week, with its interval; the dot is the chosen dose."""
    title, x, y, line, best, dot = labels(
        language,
        "Profit against silence at each dose, under the stated reactions",
        "contacts per customer and week",
        "per customer against silence",
        "mean",
        "best dose",
        "chosen dose",
    )
    figure = base_figure(title, language, x=x, y=f"{safe(result.currency)} {y}", height=420)
    curve, money = result.curve, Scale("money", language, result.currency)
    dose = curve["contacts_per_week"]
    outline = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=dose, y=curve["high"], showlegend=False, **outline)
    figure.add_scatter(
        x=dose,
        y=curve["low"],
        fill="tonexty",
        fillcolor="rgba(0,114,178,.15)",
        name=interval_words(ASSUMED_LEVEL, language),
        **outline,
    )
    told = zip(Scale("per_week", language).texts(dose), money.texts(curve["profit"]))
    figure.add_scatter(
        x=dose,
        y=curve["profit"],
        mode="lines+markers",
        line={"color": BLUE},
        name=line,
        hovertext=[f"{contacts}: {profit}" for contacts, profit in told],
        hoverinfo="text",
    )
    top = curve.loc[[curve["profit"].idxmax()]]
    _one_dose(figure, top, best, SKY, {"best_dose": "x", "best_dose_value": "y"}, money)
    _one_dose(figure, curve[dose == result.chosen], dot, ORANGE, {"chosen_dose": "x", "dose_value": "y"}, money)
    figure.add_hline(y=0, line={"color": GREY, "width": 1})
    number_axis(figure, "x", Scale("per_week", language), values=dose, from_zero=True)
    number_axis(figure, "y", money, values=[*curve["low"], *curve["high"]], from_zero=True)
    return figure


def _one_dose(
    figure: go.Figure, row: pd.DataFrame, name: str, colour: str, shows: dict[str, str], money: Scale
) -> None:
    """One dose with its interval; ``shows``: name of a figure -> the axis that carries it."""
    texts = [money.texts(row[column])[0] for column in ("profit", "low", "high")]
    figure.add_scatter(
        x=row["contacts_per_week"],
        y=row["profit"],
        mode="markers",
        name=name,
        marker={"size": 13, "color": colour},
        error_y=interval_bars(row["profit"], low=row["low"], high=row["high"], colour=colour),
        hovertext=[f"{texts[0]} ({interval(texts[1], texts[2], money.language)})"],
        hoverinfo="text+name",
        meta=[
            *drawn(on="x", **{key: 0 for key, axis in shows.items() if axis == "x"}),
            *drawn(on="y", **{key: 0 for key, axis in shows.items() if axis == "y"}),
        ],
    )


def plot_test(result: TestPlan, language: str) -> go.Figure:
    """Customers a holdout test needs, by the effect one hopes to find; the line is who may be contacted today."""
    q = Quotes(result, language, result.currency)
    title, x, y, sought = labels(
        language,
        "The smaller the effect, the more customers the test needs",
        "effect to be found, per customer and week",
        "customers needed",
        "the effect assumed",
    )
    today = say("customers today: {n}", language, n=q.n("test_customers_needed"))
    money, people = Scale("money_per_week", language, result.currency), Scale("count", language)
    figure = base_figure(title, language, x=f"{x}, {safe(result.currency)}", y=y, height=420)
    curve = result.curve
    told = zip(money.texts(curve["effect"]), people.texts(curve["customers_needed"]))
    figure.add_scatter(
        x=curve["effect"],
        y=curve["customers_needed"],
        mode="lines+markers",
        line={"color": BLUE},
        name=y,
        hovertext=[f"{effect}: {needed}" for effect, needed in told],
        hoverinfo="text",
    )
    f = {figure.name: figure for figure in result.figures}
    effect, needed = f["test_effect"].value, f["test_customers_needed"].value
    figure.add_scatter(
        x=[effect],
        y=[needed],
        mode="markers+text",
        name=sought,
        marker={"size": 13, "color": ORANGE},
        text=people.texts([needed]),
        textposition="top right",
        hoverinfo="text+name",
        meta=[*drawn(on="x", test_effect=0), *drawn(on="y", test_customers_needed=0)],
    )
    figure.add_scatter(
        x=[curve["effect"].iloc[0], curve["effect"].iloc[-1]],
        y=[result.customers, result.customers],
        mode="lines",
        line={"color": GREEN, "dash": "dash"},
        name=str(today),
        hoverinfo="name",
        meta=told_by(today),
    )
    number_axis(figure, "x", money, values=curve["effect"], from_zero=True)
    log_axis(figure, "y", people, values=[*curve["customers_needed"], max(result.customers, 1)])
    return figure


def plot_policies(result: PolicyReport, language: str) -> go.Figure:
    """Value of each policy with its interval, and the wider one of the next test."""
    q = Quotes(result, language, result.currency)
    title = say(
        "What each way of choosing is worth; learnt against the best single arm: {gain} ({range})",
        language,
        gain=q("log_policy_gain"),
        range=q.range("log_policy_gain"),
    )
    x = label("value per customer against the holdout", language)
    level = interval_words(q.figures["log_policy_gain"].level, language)
    value = say("value, {interval}", language, interval=level)
    following = say("reading of the next test, {interval}", language, interval=level)
    unit = q.figures["log_policy_gain"].unit
    table, scale = result.policies, Scale(unit, language, result.currency)
    figure = base_figure(title, language, x=f"{x}, {safe(result.currency)}".rstrip(", "), height=360)
    for name, ends, colour in ((following, ("next_low", "next_high"), GREY), (value, ("low", "high"), BLUE)):
        low, high = (list(table[end]) for end in ends)
        told = zip(scale.texts(table["value"]), scale.texts(low), scale.texts(high))
        figure.add_scatter(
            x=table["value"],
            y=[arm_word(str(p), language) for p in table["policy"]],
            mode="markers",
            name=str(name),
            marker={"size": 10, "color": colour},
            error_x=interval_bars(list(table["value"]), low=low, high=high, colour=colour),
            hovertext=[f"{worth} ({interval(bottom, top, language)})" for worth, bottom, top in told],
            hoverinfo="y+text+name",
        )
    number_axis(figure, "x", scale, values=[*table["next_low"], *table["next_high"]], from_zero=True)
    return figure
