"""What to do about the sources, in plain words: each piece of advice follows from a figure, and names it (A6).

The three tasks of a data architecture: bring the CRM up to date, look at a platform, settle the sources. Advice is
given from what may leave, so a source of a few people gets none. A new piece of advice is one small function.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.merging.golden_values import GoldenValues
from rcommerce_helpers.merging.identification import Identification
from rcommerce_helpers.merging.quality import SourceReport
from rcommerce_helpers.merging.switched_off import SwitchedOff
from rcommerce_helpers.results import Figure, Unit

OLD_DAYS = 90
DOUBLES = 0.02
FEW_YES = 0.5
MUCH_LACKING = 0.05
TORN = 0.1
NAMELESS = 0.5
PLATFORM_SOURCES, PLATFORM_SHARE = 3, 0.3
"""A platform is worth a look from so many sources, and such a share of customers in several of them."""

Row = tuple[str, str, str, float, Unit]


@dataclass(frozen=True)
class Advice:
    """``table``: one row = one piece of advice: task, about (source, value or place), says, value, unit."""

    table: pd.DataFrame
    figures: tuple[Figure, ...]


def advise(report: SourceReport, missed: SwitchedOff, values: GoldenValues, met: Identification) -> Advice:
    """Turn the figures of the source report into tasks, each once, about the source where it is most needed.

    Returns
    -------
    Advice
        Figures: advice_given, platform_worth_a_look (yes_no); n = sources.
    """
    several = {f.name: f for f in values.figures}["customers_in_several_sources"]
    share = several.value / max(several.n, 1)
    told = math.nan if leaving.bound_of(int(several.value), several.n)[0] else share
    sources = len(missed.sources)
    platform = sources >= PLATFORM_SOURCES and share >= PLATFORM_SHARE
    rows: list[Row] = [
        ("platform_look" if platform else "platform_not_needed", "", "share_in_several_sources", told, "share"),
        *_centre(missed, values),
        *_worst_of_each(_up_to_date(report)),
        *_worst_of_each(_added(missed)),
        *_leading(values),
        *_named(met),
    ]
    table = pd.DataFrame(rows, columns=["task", "about", "says", "value", "unit"])
    figures = (
        Figure("advice_given", len(table), sources, "count"),
        Figure("platform_worth_a_look", float(platform), sources, "yes_no"),
    )
    return Advice(table, figures)


def _up_to_date(report: SourceReport) -> Iterator[Row]:
    """Stale sources, doubles within one source, sources where few were asked."""
    for row in report.sources.itertuples():
        name = str(row.source)
        if row.days_old > OLD_DAYS:
            yield "bring_up_to_date", name, "days_old", float(row.days_old), "days"
        if row.duplicate_share > DOUBLES:
            yield "stop_doubles", name, "duplicate_share", float(row.duplicate_share), "share"
        if row.granted_share < FEW_YES:
            yield "ask_permission", name, "granted_share", float(row.granted_share), "share"


def _added(missed: SwitchedOff) -> Iterator[Row]:
    """Sources without overlap, and sources that add nothing."""
    for row in missed.sources.itertuples():
        name = str(row.source)
        if row.customers > 0 and row.customers_lost == row.customers:
            yield "give_a_key", name, "customers_lost", float(row.customers_lost), "count"
        elif name in missed.not_missed:
            yield "could_be_switched_off", name, "values_lost", 0.0, "count"


def _centre(missed: SwitchedOff, values: GoldenValues) -> Iterator[Row]:
    """The source that should know everybody, the CRM or else the fullest one, and what only others know."""
    sources = missed.sources.set_index("source")
    centre = next((name for name in sources.index if "crm" in name), values.best_source)
    lacking = float(sources.loc[centre, "lacks_share"])
    if lacking > MUCH_LACKING:
        yield "give_values_back", centre, "lacks_share", lacking, "share"


def _worst_of_each(rows: Iterable[Row]) -> list[Row]:
    """Of each task the row with the largest figure; for a permission the smallest."""
    chosen: dict[str, Row] = {}
    for row in rows:
        task, worse = row[0], -1 if row[0] == "ask_permission" else 1
        if task not in chosen or worse * row[3] > worse * chosen[task][3]:
            chosen[task] = row
    return list(chosen.values())


def _leading(values: GoldenValues) -> Iterator[Row]:
    """The value on which the sources differ for most customers: who keeps it has to be settled."""
    both = {f.name: f.value for f in values.figures}["customers_in_several_sources"]
    worst = values.columns.sort_values(["differing", "column"], ascending=[False, True]).iloc[0]
    if worst["differing"] > TORN * both:
        yield "name_leading_source", str(worst["column"]), "differing", float(worst["differing"]), "count"


def _named(met: Identification) -> Iterator[Row]:
    """The place with most traces of nobody known, and what makes people known there."""
    place = met.entries.set_index("entry").loc[met.most_nameless]
    if place["known_share"] < NAMELESS:
        yield f"raise_by_{place['raised_by']}", met.most_nameless, "known_share", float(place["known_share"]), "share"
