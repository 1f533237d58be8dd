"""What to fix first: the checks of a landing, boiled down to a short list in order of weight."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rcommerce_helpers.results import Figure, NotAnswered
from rcommerce_helpers.sources.arrival import Bridge, Buckets, Calendar, Filling, Joins
from rcommerce_helpers.sources.params import OwnDataParams

QUARANTINE = "rows in quarantine: read the reasons, correct form or mapping"
LOST = "keys without partner: is one export older, filtered, or written differently?"
UNNAMED = "orders without a person: guests, or a column not mapped?"
GAP = "days without any order: is a part of the export missing?"
OLD = "days between the newest order and as_of: stale export, or as_of too late?"
NIGHT = "orders in the small hours: is the time zone of the file right?"
NO_RETURNS = "no return at all: are returns exported elsewhere?"
THIN = "column filled for less than half of the rows: use with care"
WEIGHTS = {QUARANTINE: 1, LOST: 2, NIGHT: 3, GAP: 4, OLD: 5, UNNAMED: 6, NO_RETURNS: 7, THIN: 8}
CHECKS = tuple(WEIGHTS)


@dataclass(frozen=True)
class Priorities:
    """``tasks``: one row = one thing to fix or to ask about: place, task, concerned, of; the weightiest first."""

    tasks: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Inspection:
    """What the sections of the look at the own data found; a skipped one has nothing to add."""

    buckets: Buckets | NotAnswered
    bridge: Bridge | NotAnswered
    joins: Joins | NotAnswered
    calendar: Calendar | NotAnswered
    filling: Filling | NotAnswered


def what_first(found: Inspection, params: OwnDataParams) -> Priorities:
    """Put what the sections found in the order in which it should be fixed."""
    buckets, bridge, joins, calendar, filling = found.buckets, found.bridge, found.joins, found.calendar, found.filling
    rows: list[tuple[str, str, float, float]] = []
    if isinstance(buckets, Buckets):
        rows += _quarantine(buckets, params)
    if isinstance(joins, Joins):
        rows += _joins(joins, params)
    if isinstance(calendar, Calendar):
        rows += _calendar(calendar, params)
    if isinstance(bridge, Bridge):
        returned = {f.name: f for f in bridge.figures}["returned"]
        rows += [("order_lines.kind", NO_RETURNS, 0.0, float(bridge.steps["line_count"].iloc[-1]))] * (returned.n == 0)
    if isinstance(filling, Filling):
        thin = filling.columns[filling.columns["filled_share"] < 0.5]
        rows += [
            (f"{r.table}.{r.column}", THIN, round(r.rows * r.filled_share), float(r.rows)) for r in thin.itertuples()
        ]
    tasks = pd.DataFrame(rows, columns=["place", "task", "concerned", "of"])
    order = tasks["task"].map(WEIGHTS).astype("float64")
    tasks = tasks.iloc[order.argsort(kind="stable")].reset_index(drop=True)
    return Priorities(tasks, (Figure("tasks", len(tasks), len(CHECKS), "count"),))


def _quarantine(buckets: Buckets, params: OwnDataParams) -> list[tuple[str, str, float, float]]:
    share = buckets.tables["quarantined"] / buckets.tables["rows_in"].clip(lower=1)
    bad = buckets.tables[share > params.quarantine_share]
    return [(str(r.table), QUARANTINE, float(r.quarantined), float(r.rows_in)) for r in bad.itertuples()]


def _joins(joins: Joins, params: OwnDataParams) -> list[tuple[str, str, float, float]]:
    lost = joins.joins[joins.joins["lost_share"] > params.lost_share]
    rows = [
        (f"{r.table}.{r.column} in {r.points_to}", LOST, float(r.lost), float(r.rows - r.empty))
        for r in lost.itertuples()
    ]
    for figure in joins.figures:
        if figure.name == "orders_without_person" and figure.value > params.lost_share * figure.n:
            rows.append(("orders.record_id", UNNAMED, figure.value, float(figure.n)))
    return rows


def _calendar(calendar: Calendar, params: OwnDataParams) -> list[tuple[str, str, float, float]]:
    f = {x.name: x for x in calendar.figures}
    rows = [
        (f"orders from {r.start:%Y-%m-%d}", GAP, float(r.days), float(f["gaps"].n)) for r in calendar.gaps.itertuples()
    ]
    if f["newest_age_days"].value > params.gap_days:
        rows.append(("data_set.as_of", OLD, f["newest_age_days"].value, f["days_covered"].value))
    if f["night_share"].value > params.night_share:
        night = round(f["night_share"].value * f["night_share"].n)
        rows.append(("files.time_zone", NIGHT, float(night), float(f["night_share"].n)))
    return rows
