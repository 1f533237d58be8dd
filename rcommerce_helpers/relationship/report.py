"""The relationship as a whole: the five levels, one customer's story, and Monday's list.

Reads what the stages of the same run reported; adds no analysis of its own, so that the report can never say
anything the stages did not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.relationship.levels import LEVELS
from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.results import Figure, read_json


@dataclass(frozen=True)
class Levels:
    """The five levels of the method and the figures that speak for them.

    ``measured``: one row = level x figure (level, asks, says, stage, name, value, low, high, n,
    unit), each in its unit.
    ``headlines``: one row = stage (stage, headline, skipped).
    """

    measured: pd.DataFrame
    headlines: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Story:
    """One pseudonymous customer's timeline.

    ``events``: one row = event (local_at, kind, channel, amount, detail), oldest first. ``latest``: the last few of
    them, newest first, for reading.
    """

    customer_id: str
    events: pd.DataFrame
    latest: pd.DataFrame
    currency: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Monday:
    """What to do next week, in groups that are large enough to leave the house.

    ``actions``: one row = offer x channel (offer, channel, customers, held_out, expected_value, low, high).
    """

    actions: pd.DataFrame
    currency: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Pulse:
    """How alive the relationships are: customers by days since their last event (band, customers)."""

    bands: pd.DataFrame
    figures: tuple[Figure, ...]


def read_stages(folder: Path, stages: Iterable[str]) -> list[dict[str, object]]:
    """What the named stages of a run reported, as written; stages that did not run are left out."""
    paths = [folder / f"{stage}.json" for stage in stages]
    return [read_json(path) for path in paths if path.exists()]


def describe_levels(stages: list[dict[str, object]]) -> Levels:
    """Put the figures of the stages under the five levels of the method.

    Raises
    ------
    NotEnoughData
        No stage of this run has reported yet.
    """
    rows = pd.DataFrame([row for s in stages for row in s["figures"]])  # type: ignore[attr-defined]
    if rows.empty:
        raise NotEnoughData("stages", got="no reported figure", expected="stages 01 to 04", do="Run them first")
    wanted = pd.DataFrame([(x.level, x.asks, f.says, f.stage, f.name) for x in LEVELS for f in x.evidence])
    wanted.columns = ["level", "asks", "says", "stage", "name"]
    measured = wanted.merge(rows[["stage", "name", "value", "low", "high", "n", "unit"]], on=["stage", "name"])
    numbers = ["value", "low", "high"]
    measured[numbers] = measured[numbers].astype(float)
    headlines = pd.DataFrame(
        [(s["stage"], s["headline"], len(s["skipped"])) for s in stages],  # type: ignore[arg-type]
        columns=["stage", "headline", "skipped"],
    )
    figures = (
        Figure("levels_measured", measured["level"].nunique(), len(LEVELS), "count"),
        Figure("figures_reported", len(rows), len(rows), "count"),
        Figure("sections_skipped", int(headlines["skipped"].sum()), len(rows), "count"),
    )
    return Levels(measured=measured, headlines=headlines, figures=figures)


def measure_pulse(timeline: pd.DataFrame, as_of: str) -> Pulse:
    """Count customers by the days since their last event.

    Parameters
    ----------
    timeline
        One row = event, with ``customer_id`` and ``local_at``.
    as_of
        The day the days are counted back from.
    """
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    last = timeline.groupby("customer_id")["local_at"].max()
    days = (end - last).dt.days
    n = len(days)
    edges = [-1, 28, 90, 180, 365, 10**6]
    names = ["up to 28", "29 to 90", "91 to 180", "181 to 365", "over 365"]
    bands = pd.cut(days, edges, labels=names).value_counts(sort=False)
    events = timeline.groupby("customer_id").size()
    figures = (
        Figure("customers", n, n, "count"),
        Figure("active_customers", int((days <= 28).sum()), n, "count"),
        Figure("quiet_customers", int((days > 90).sum()), n, "count"),
        Figure("typical_events", float(events.median()), n, "mean"),
    )
    return Pulse(bands=pd.DataFrame({"days": names, "customers": bands.to_numpy()}), figures=figures)


def tell_story(timeline: pd.DataFrame, as_of: str, currency: str, params: ReportParams) -> Story:
    """The story of the customer with the middling number of events: neither the best nor a forgotten one.

    Parameters
    ----------
    timeline
        One row = event of one customer.

    Raises
    ------
    NotEnoughData
        The timeline is empty.
    """
    if timeline.empty:
        raise NotEnoughData("timeline", got="no event", expected="at least one", do="Check that orders landed")
    counts = timeline.groupby("customer_id").size().sort_index().sort_values(kind="stable")
    chosen = str(counts.index[len(counts) // 2])
    events = timeline[timeline["customer_id"] == chosen].sort_values("local_at", kind="stable", ignore_index=True)
    n = len(events)
    orders = events[events["kind"] == "order"]
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    figures = [
        Figure("story_events", n, n, "count"),
        Figure("story_orders", len(orders), n, "count"),
        Figure("story_days", (end.normalize() - events["local_at"].min().normalize()).days, n, "days"),
        Figure("story_revenue", float(orders["amount"].sum()), len(orders), "money"),
    ]
    columns = ["local_at", "kind", "channel", "amount", "detail"]
    latest = events[columns].tail(params.story_events).iloc[::-1].reset_index(drop=True)
    return Story(chosen, events[columns], latest, currency, tuple(figures))


def list_monday(plan: pd.DataFrame, stages: list[dict[str, object]], currency: str, params: ReportParams) -> Monday:
    """Group the plan by offer and channel; groups smaller than ``smallest_group`` stay in the house.

    Parameters
    ----------
    plan
        One row = customer: offer, channel (empty = nothing is sent), held_out, expected_value, low, high.
    stages
        What the stages reported: totals and their interval are quoted from campaigns, never computed anew.

    Notes
    -----
    The uplift of one offer is one unknown for all its customers, so within a group their bounds are added, not
    averaged out.

    Raises
    ------
    NotEnoughData
        No group is large enough to be shown, or campaigns reported no plan.
    """
    planned = plan[plan["offer"].notna() & plan["channel"].notna()]
    groups = planned.assign(held_out=planned["held_out"].astype(bool)).groupby(["offer", "channel"], sort=True)
    sent = planned[~planned["held_out"].astype(bool)].groupby(["offer", "channel"])
    money = ["expected_value", "low", "high"]
    actions = groups.agg(customers=("customer_id", "size"), held_out=("held_out", "sum")).join(sent[money].sum())
    actions = actions.reset_index()[actions.reset_index()["customers"] >= params.smallest_group]
    if actions.empty:
        raise NotEnoughData(
            "plan",
            got=f"no offer and channel with {params.smallest_group} customers",
            expected="at least one such group",
            do="Send nothing, or plan a larger audience",
        )
    actions = actions.fillna(0.0).sort_values("expected_value", ascending=False, ignore_index=True)
    actions[money] = actions[money].round(2)
    actions["held_out"] = actions["held_out"].astype(int)
    return Monday(actions, currency, _quoted(stages))


QUOTED = {
    "sent_contacts": "monday_contacts",
    "held_out_customers": "monday_held_out",
    "silent_customers": "monday_silent",
    "plan_value": "monday_value",
}


def _quoted(stages: list[dict[str, object]]) -> tuple[Figure, ...]:
    """The plan's totals, as campaigns reported them."""
    rows = {row["name"]: row for s in stages if s["stage"] == "campaigns" for row in s["figures"]}  # type: ignore[attr-defined]
    if not set(QUOTED) <= set(rows):
        raise NotEnoughData("plan", got="no reported plan", expected="a plan of notebook 04", do="Write an offers.toml")
    keys = ("value", "n", "unit", "low", "high")
    return tuple(Figure(ours, *(rows[theirs][k] for k in keys)) for theirs, ours in QUOTED.items())
