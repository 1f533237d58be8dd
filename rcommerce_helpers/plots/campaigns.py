"""Pictures of notebook 04: they draw columns that are already in the results."""

from __future__ import annotations

import plotly.graph_objects as go

from rcommerce_helpers.campaigns.evidence import PolicyReport
from rcommerce_helpers.campaigns.groups import REST
from rcommerce_helpers.campaigns.observational import PastEffects
from rcommerce_helpers.campaigns.plan import Plan
from rcommerce_helpers.campaigns.power import TestPlan
from rcommerce_helpers.campaigns.simulate import DoseCurve
from rcommerce_helpers.plots.chrome import BLUE, GREEN, GREY, ORANGE, PALETTE, YELLOW, base_figure, interval_bars
from rcommerce_helpers.sentences import count, labels, money, safe, say

MEASURE_COLOURS = {"naive": ORANGE, "did": GREY, "adjusted": BLUE, "placebo": YELLOW}


def plot_plan(result: Plan, language: str) -> go.Figure:
    """Contacts sent, one bar per offer, coloured by channel; the title carries cost and expected value."""
    f = {x.name: x for x in result.figures}
    title = say(
        "{sent} contacts for {cost}: what goes out, and where",
        language,
        sent=count(f["sent_contacts"].value, language),
        cost=money(f["plan_cost"].value, result.currency, language, digits=2),
    )
    (x,) = labels(language, "contacts sent")
    figure = base_figure(title, x=x, height=380)
    for colour, limit in zip(PALETTE, (*result.prices["limit"].iloc[1:], REST)):
        part = result.mix[result.mix["channel"] == limit]
        figure.add_bar(
            y=[labels(language, REST)[0] if limit == REST else safe(o) for o in part["offer"]],
            x=part["contacts"],
            orientation="h",
            name=labels(language, str(limit))[0],
            marker_color=colour,
        )
    figure.update_layout(barmode="stack", yaxis={"autorange": "reversed"})
    return figure


def plot_past(result: PastEffects, language: str) -> go.Figure:
    """Naive, difference of changes, adjusted, placebo: one dot with its 95 % interval per type of campaign."""
    title, y = labels(
        language,
        "The naive difference beside what is left after adjusting, and beside the placebo",
        "per targeted customer and week",
    )
    figure = base_figure(title, y=f"{result.currency} {y}", height=460)
    names = dict(zip(MEASURE_COLOURS, labels(language, "naive", "difference of changes", "adjusted", "placebo")))
    for measure, colour in MEASURE_COLOURS.items():
        part = result.effects[result.effects["measure"] == measure]
        figure.add_scatter(
            x=[_type_name(kind, n, language) for kind, n in zip(part["type"], part["targeted"])],
            y=part["effect"],
            mode="markers",
            name=names[measure],
            marker={"size": 11, "color": colour},
            error_y=interval_bars(list(part["effect"]), low=list(part["low"]), high=list(part["high"]), colour=colour),
        )
    figure.add_hline(y=0, line={"color": GREY, "width": 1})
    figure.update_layout(scattermode="group", scattergap=0.6)
    return figure


def _type_name(kind: str, targeted: int, language: str) -> str:
    (name,) = labels(language, "all campaigns") if kind == "all" else (safe(kind),)
    return f"{name}<br>n = {count(targeted, language)}"


def plot_dose(result: DoseCurve, language: str) -> go.Figure:
    """Profit per customer against silence over contacts a week, with its 90 % interval; the dot is the chosen dose."""
    title, x, y, band, line, dot = labels(
        language,
        "Profit against silence at each dose, under the stated reactions",
        "contacts per customer and week",
        "per customer against silence",
        "90 % interval",
        "mean",
        "chosen dose",
    )
    figure = base_figure(title, x=x, y=f"{result.currency} {y}", height=420)
    dose = result.curve["contacts_per_week"]
    figure.add_scatter(x=dose, y=result.curve["high"], mode="lines", line={"width": 0}, showlegend=False)
    figure.add_scatter(
        x=dose, y=result.curve["low"], mode="lines", line={"width": 0}, fill="tonexty", fillcolor="rgba(0,114,178,.15)",
        name=band,
    )  # fmt: skip
    figure.add_scatter(x=dose, y=result.curve["profit"], mode="lines+markers", line={"color": BLUE}, name=line)
    chosen = result.curve[dose == result.chosen]
    figure.add_scatter(
        x=chosen["contacts_per_week"],
        y=chosen["profit"],
        mode="markers",
        name=dot,
        marker={"size": 13, "color": ORANGE},
    )
    figure.add_hline(y=0, line={"color": GREY, "width": 1})
    return figure


def plot_test(result: TestPlan, language: str) -> go.Figure:
    """Customers a holdout test needs, by the uplift one hopes to find; the line is who may be contacted today."""
    title, x, y, today = labels(
        language,
        "The smaller the effect, the more customers the test needs",
        "relative uplift of spending to be found",
        "customers needed",
        "customers today",
    )
    figure = base_figure(title, x=x, y=y, height=400)
    figure.add_scatter(
        x=result.curve["uplift"], y=result.curve["customers_needed"], mode="lines+markers", line={"color": BLUE},
        name=y,
    )  # fmt: skip
    figure.add_scatter(
        x=[result.curve["uplift"].iloc[0], result.curve["uplift"].iloc[-1]],
        y=[result.customers, result.customers],
        mode="lines",
        line={"color": GREEN, "dash": "dash"},
        name=f"{today}: {count(result.customers, language)}",
    )
    figure.update_xaxes(tickformat=".1%")
    figure.update_yaxes(type="log")
    return figure


def plot_policies(result: PolicyReport, language: str) -> go.Figure:
    """Value of each policy with its 90 % interval, and the wider one of the next test."""
    title, x, value, following = labels(
        language,
        "What each way of choosing is worth, measured on drawn lots",
        "value per customer against the holdout",
        "value, 90 % interval",
        "reading of the next test, 90 %",
    )
    table = result.policies
    figure = base_figure(title, x=x, height=360)
    for name, ends, colour in ((following, ("next_low", "next_high"), GREY), (value, ("low", "high"), BLUE)):
        low, high = (list(table[end]) for end in ends)
        figure.add_scatter(
            x=table["value"],
            y=[safe(p) for p in table["policy"]],
            mode="markers",
            name=name,
            marker={"size": 10, "color": colour},
            error_x=interval_bars(list(table["value"]), low=low, high=high, colour=colour),
        )
    return figure
