"""One customer's story, told without saying who it is; and how sure the links are.

The customer shown is the one whose number of events is nearest the median of those who permit the purpose: neither a
record nor an exception.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rcommerce_helpers import documents
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.merging.identity import Identity
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import Decisions
from rcommerce_helpers.merging.timeline import NO_SIGN, permitted_events
from rcommerce_helpers.results import Figure

BANDS = ((1.0, "certain"), (0.99, "0.99 and more"), (0.95, "0.95 to 0.99"), (0.0, "below 0.95"))
"""Lower end of a band of certainty and its name, from the top."""


@dataclass(frozen=True)
class Story:
    """``events``: one row = one event of one pseudonymous customer; ``kinds``: one row = one kind of event.

    ``silence``: from when to when the customer gave no sign for longest, by the wall clock; None with fewer than two.
    """

    customer_id: str
    events: pd.DataFrame
    kinds: pd.DataFrame
    currency: str
    silence: tuple[pd.Timestamp, pd.Timestamp] | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Certainty:
    """How sure the links are.

    ``bands``: one row = one method x band of certainty, with its records and whether they are ``hidden``.
    """

    bands: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Summary:
    """The figures of the stage's headline."""

    figures: tuple[Figure, ...]


def summarise(identity: Identity, decisions: Decisions) -> Summary:
    """Who is who and what is permitted, in one result."""
    return Summary((*identity.figures, *decisions.figures))


def describe_certainty(identity: Identity) -> Certainty:
    """How many records rest on how sure a link; a record that stands alone is certain by definition.

    Returns
    -------
    Certainty
        Figures: linked_records, unsure_records (certainty below 0.99); n = records.
    """
    persons = identity.persons
    named = persons.assign(band=[_band(c) for c in persons["certainty"]])
    order = [name for _, name in BANDS]
    bands = named.groupby(["method", "band"]).size().rename("records").reset_index()
    bands = bands.sort_values(["method", "band"], key=lambda s: s.map(order.index) if s.name == "band" else s)
    linked = persons[persons["method"] != "single"]
    figures = (
        Figure("linked_records", len(linked), len(persons), "count"),
        Figure("unsure_records", int((linked["certainty"] < 0.99).sum()), len(persons), "count"),
    )
    shown = suppress_small(bands.reset_index(drop=True), "records", totals=[["method"], ["band"], []])
    return Certainty(shown, figures)


def _band(certainty: float) -> str:
    return next(name for low, name in BANDS if certainty >= low)


def tell_story(events: pd.DataFrame, decisions: pd.DataFrame, currency: str, params: MergingParams) -> Story:
    """The events of one typical customer, in order.

    Parameters
    ----------
    events
        The timeline.
    decisions
        Only customers who permit ``params.story_purpose`` may be shown.
    currency
        Reporting currency, for the axis.

    Raises
    ------
    NotEnoughData
        Nobody permits it, or nobody who does has an event.
    """
    permitted = permitted_events(events, decisions, params.story_purpose)
    if permitted.empty:
        raise NotEnoughData(
            "timeline",
            got=f"no event of a customer who permits {params.story_purpose}",
            expected="one",
            do="Ask for permission first, or declare the basis in sources.toml",
        )
    size = permitted.groupby("customer_id").agg(
        events=("kind", "size"), kinds=("kind", "nunique"), since=("local_at", "min"), reference=("reference", "min")
    )
    size["distance"] = (size["events"] - size["events"].median()).abs()
    ties = ["distance", "since", "reference", "customer_id"]  # the key of the project names people, it chooses none
    ranked = size.reset_index().sort_values(["kinds", *ties], ascending=[False, *[True] * len(ties)])
    chosen = str(ranked["customer_id"].iloc[0])
    own = permitted[permitted["customer_id"] == chosen].reset_index(drop=True)
    kinds = own.groupby("kind", sort=True).agg(events=("kind", "size"), amount=("amount", "sum")).reset_index()
    days = (own["local_at"].max().normalize() - own["local_at"].min().normalize()).days + 1
    silence = _longest_silence(own)
    figures = [
        Figure("story_events", len(own), len(size), "count"),
        Figure("story_days", days, len(own), "days"),
        Figure("story_amount", float(own.loc[own["kind"].isin(documents.EVENTS), "amount"].sum()), len(own), "money"),
    ]
    if silence is not None:
        within = own["local_at"].between(*silence) & (own["kind"] == "contact")
        figures += [
            Figure("story_silence", (silence[1].normalize() - silence[0].normalize()).days, len(own), "days"),
            Figure("story_contacts_in_silence", int(within.sum()), len(own), "count"),
        ]
    return Story(chosen, own, kinds, currency, silence, tuple(figures))


def _longest_silence(own: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The longest time between two signs of the customer, the first of several equal ones."""
    signs = own.loc[~own["kind"].isin(NO_SIGN), "local_at"].sort_values(ignore_index=True)
    if len(signs) < 2:
        return None
    end = int(signs.diff().argmax())
    return signs[end - 1], signs[end]
