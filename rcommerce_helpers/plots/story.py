"""One customer's events over time, one line per kind of event and channel: drawn in notebooks 01 and 05."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from rcommerce_helpers import documents
from rcommerce_helpers.plots.axes import Scale, time_axis
from rcommerce_helpers.plots.chrome import ALL, BLUE, GREY, ORANGE, SKY, base_figure, drawn
from rcommerce_helpers.sentences import label, safe
from rcommerce_helpers.sentences.columns import detail_words
from rcommerce_helpers.sentences.numbers import day

COLOURS = {"order": BLUE, "return": ORANGE, "service_case": ORANGE, "case_closed": ORANGE, "contact": SKY}
"""What the story turns on, and the firm's own voice; all else is context and grey."""
ORDER = ("order", "return", "service_case", "case_closed")
FIRM = ("contact", *documents.WRITTEN_LATER)
"""What the firm did stands below what the customer did, as open diamonds."""
CONTRACT = {"contract_start", "contract_end"}
APART = 0.07
"""Part of the axis that a written amount takes: one that would cover the one before it is left to the hover."""
Silence = tuple[pd.Timestamp, pd.Timestamp]


def story_lanes(  # noqa: PLR0913 - one keyword per thing a story may have
    events: pd.DataFrame,
    title: str,
    words: Callable[[str], str],
    language: str,
    currency: str,
    *,
    silence: Silence | None = None,
) -> go.Figure:
    """A lane per kind of event, and per channel where it has several; a dot grows with the money involved.

    Parameters
    ----------
    events
        One row = event: local_at, kind, amount, detail; channel where it is known.
    words
        Kind of event -> the word shown.
    silence
        A span of time to shade, in which the customer gave no sign.
    """
    money = Scale("money", language, currency)
    largest = max(float(events["amount"].abs().fillna(0).max()), 1e-9)  # a story may be without any money
    lanes = _lanes(events, words, language)
    figure = base_figure(title, language, x=label("day", language), height=170 + 30 * len(set(lanes)))
    for name in dict.fromkeys(lanes.iloc[_order(events).argsort(kind="stable")]):
        rows = events[lanes == name]
        kind = str(rows["kind"].iloc[0])
        told = zip(rows["local_at"], money.texts(rows["amount"]), rows["detail"])
        is_firm = kind in FIRM
        amounts = _written_apart(rows, money, events) if kind == "order" else None
        figure.add_scatter(
            x=rows["local_at"],
            y=[name] * len(rows),
            mode="markers+text" if amounts else "markers",
            text=amounts,
            textposition="top center",
            textfont={"size": 11},
            cliponaxis=False,
            name=name,
            marker={
                "color": COLOURS.get(kind, GREY),
                "opacity": 0.75,
                "symbol": "diamond-open" if is_firm else "circle",
                "size": 8 + 16 * (rows["amount"].abs().fillna(0) / largest) ** 0.5,
            },
            hovertext=[
                f"{day(at, language)} {at:%H:%M}<br>{amount}<br>{detail_words(str(detail), language)}"
                for at, amount, detail in told
            ],
            hoverinfo="text",
            showlegend=False,
            meta=drawn(on="points", story_events=ALL),
        )
    _contracts(figure, events, language)
    figure.update_yaxes(autorange="reversed")
    _frame(figure, events, language)
    if silence is not None:
        _shade(figure, silence, language)
    return figure


def _lanes(events: pd.DataFrame, words: Callable[[str], str], language: str) -> pd.Series:
    """The lane of each event: its kind, with the channel where the kind came through several."""
    names = events["kind"].map(lambda kind: label("contract", language) if kind in CONTRACT else words(str(kind)))
    if "channel" not in events:
        return names
    known = events["channel"].notna()
    several = events[known].groupby("kind")["channel"].nunique()
    split = known & events["kind"].isin(several.index[several > 1]) & ~events["kind"].isin(FIRM)
    return names.where(~split, names + " · " + events["channel"].map(lambda c: safe(label(str(c), language))))


def _written_apart(rows: pd.DataFrame, money: Scale, events: pd.DataFrame) -> list[str]:
    """The amount of each order, empty where it would cover the one before."""
    shown = _shown(events)
    room = APART * (shown.max() - shown.min())
    texts, last = [], None
    for at, text in zip(rows["local_at"], money.texts(rows["amount"])):
        free = last is None or at - last >= room
        texts.append(text if free else "")
        last = at if free else last
    return texts


def _contracts(figure: go.Figure, events: pd.DataFrame, language: str) -> None:
    """A line from the beginning of each contract to its end, or as far as the story goes."""
    if "reference" not in events:
        return
    name = label("contract", language)
    for _, own in events[events["kind"].isin(CONTRACT)].groupby("reference"):
        ended = own.loc[own["kind"] == "contract_end", "local_at"]
        end = ended.max() if len(ended) else events["local_at"].max()
        figure.add_scatter(
            x=[own["local_at"].min(), end], y=[name, name], mode="lines", line={"color": GREY, "width": 2},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip


def _order(events: pd.DataFrame) -> pd.Series:
    """Rank of each event's lane: purchases and service first, the firm's contacts last."""
    rest = sorted(set(events["kind"]) - set(ORDER) - set(FIRM) - CONTRACT)
    rank = {kind: place for place, kind in enumerate((*ORDER, *rest, *FIRM))} | dict.fromkeys(
        CONTRACT, len(ORDER) - 0.5
    )
    channel = events["channel"].fillna("").rank(method="dense") / 1000 if "channel" in events else 0.0
    ranked: pd.Series = events["kind"].map(rank) + channel
    return ranked


def _shown(events: pd.DataFrame) -> pd.Series:
    """The moments that the axis spans."""
    happened = events.loc[~events["kind"].isin(CONTRACT), "local_at"]
    return happened if len(happened) > 1 else events["local_at"]


def _frame(figure: go.Figure, events: pd.DataFrame, language: str) -> None:
    """The axis spans what happened; a contract from years before does not squeeze it."""
    shown = _shown(events)
    time_axis(figure, shown, language)
    room = max((shown.max() - shown.min()) * 0.04, pd.Timedelta(days=1))
    figure.update_xaxes(range=[(shown.min() - room).isoformat(), (shown.max() + room).isoformat()])


def _shade(figure: go.Figure, silence: Silence, language: str) -> None:
    start, end = (moment.isoformat() for moment in silence)
    figure.add_shape(
        type="rect", x0=start, x1=end, xref="x", y0=0, y1=1, yref="paper", fillcolor="#EEF1F5", line_width=0,
        layer="below",
    )  # fmt: skip
    figure.add_annotation(
        x=(silence[0] + (silence[1] - silence[0]) / 2).isoformat(), y=1.0, yref="paper", yanchor="bottom",
        showarrow=False, text=label("longest silence", language), font={"size": 12, "color": GREY},
    )  # fmt: skip
