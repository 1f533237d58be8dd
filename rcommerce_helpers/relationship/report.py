"""The relationship as a whole: the five levels, one customer's story, and Monday's list.

Reads what the stages of the same run reported; adds no analysis of its own, so that the report can never say
anything the stages did not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers import documents, leaving
from rcommerce_helpers.clock import day_after
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import sum_of, suppress_small
from rcommerce_helpers.relationship.levels import LEVELS
from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.relationship.queries import events_of, groups_at_least, last_events
from rcommerce_helpers.results import Figure, read_json

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows


@dataclass(frozen=True)
class Levels:
    """The five levels of the method and the figures that speak for them.

    ``measured``: one row = level x figure (level, asks, says, stage, name, value, low, high, n,
    interval_level, unit, bound), each in its unit.
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

    ``actions``: one row = offer x channel (offer, channel, customers, expected_value, low, high, interval_level).
    """

    actions: pd.DataFrame
    currency: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Pulse:
    """How alive the relationships are: customers by days since they last gave a sign (days, customers)."""

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
    told = rows.reindex(columns=[*_QUOTED_PARTS]).astype({"bound": object}).fillna({"bound": ""})
    told = told.rename(columns={"level": "interval_level"})
    measured = wanted.merge(told, on=["stage", "name"])
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


def measure_pulse(timeline: Rows, as_of: str) -> Pulse:
    """Count customers by the days since they last gave a sign; who never gave one counts with the longest silent.

    Parameters
    ----------
    timeline
        One row = event, with ``customer_id``, ``kind`` and ``local_at``.
    as_of
        The day the days are counted back from.
    """
    last = last_events(timeline)
    edges = [-1, 28, 90, 180, 365, 10**6]
    days = (day_after(as_of) - last["last_sign"]).dt.days.fillna(edges[-1])
    n = len(days)
    if n < leaving.SMALLEST_GROUP:
        raise NotEnoughData("timeline", got="fewer than ten customers", expected="at least ten", do="Land more of them")
    names = ["up to 28", "29 to 90", "91 to 180", "181 to 365", "over 365"]
    counted = pd.cut(days, edges, labels=names).value_counts(sort=False).to_numpy()
    bands = suppress_small(pd.DataFrame({"days": names, "customers": counted}), "customers")
    figures = (
        Figure("customers", n, n, "count"),
        _state("active_customers", bands["days"] == names[0], bands, n),
        _state("quiet_customers", bands["days"].isin(names[2:]), bands, n),
        Figure("typical_events", float(last["events"].median()), n, "mean"),
    )
    return Pulse(bands=bands, figures=figures)


def _state(name: str, rows: pd.Series, bands: pd.DataFrame, n: int) -> Figure:
    """Customers in some bands, as far as the bands that are shown may tell."""
    bound, value = sum_of(bands, "customers", rows, n)
    return Figure(name, value, n, "count", bound=bound)


def tell_story(timeline: Rows, as_of: str, currency: str, params: ReportParams) -> Story:
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
    counts = last_events(timeline).sort_values(
        ["events", "last_sign", "customer_id"], ascending=[True, False, True], ignore_index=True
    )
    if counts.empty:
        raise NotEnoughData("timeline", got="no event", expected="at least one", do="Check that orders landed")
    chosen = str(counts["customer_id"].iloc[len(counts) // 2])
    events = events_of(timeline, chosen)
    n = len(events)
    orders = events[events["kind"] == "order"]
    spent = events.loc[events["kind"].isin(documents.EVENTS), "amount"].sum()
    figures = [
        Figure("story_events", n, n, "count"),
        Figure("story_orders", len(orders), n, "count"),
        Figure("story_days", (day_after(as_of) - events["local_at"].min().normalize()).days, n, "days"),
        Figure("story_revenue", float(spent), len(orders), "money"),
    ]
    latest = events.tail(params.story_events).iloc[::-1].reset_index(drop=True)
    return Story(chosen, events, latest, currency, tuple(figures))


def list_monday(plan_groups: Rows, stages: list[dict[str, object]], currency: str, params: ReportParams) -> Monday:
    """The groups of the plan; those smaller than ``smallest_group`` stay in the house.

    Parameters
    ----------
    plan_groups
        One row = offer x channel, as campaigns kept them: offer, channel, customers who get the contact, and its
        expected_value, low, high. No row of a person comes here.
    stages
        What the stages reported: totals and their interval are quoted from campaigns, never computed anew.

    Raises
    ------
    NotEnoughData
        No group is large enough to be shown, or campaigns reported no plan.
    """
    actions = groups_at_least(plan_groups, params.smallest_group)
    if actions.empty:
        raise NotEnoughData(
            "plan",
            got=f"no offer and channel with {params.smallest_group} customers",
            expected="at least one such group",
            do="Send nothing, or plan a larger audience",
        )
    money = ["expected_value", "low", "high"]
    actions[money] = actions[money].fillna(0.0)
    return Monday(actions.astype({"customers": int}), currency, _quoted(stages))


_QUOTED_PARTS = ("stage", "name", "value", "low", "high", "n", "unit", "bound", "level")
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
    keys = ("value", "n", "unit", "low", "high", "bound", "level")
    return tuple(Figure(ours, *(rows[theirs][k] for k in keys)) for theirs, ours in QUOTED.items())
