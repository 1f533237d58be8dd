"""The sentences of the tour and of the relationship report."""

from __future__ import annotations

from rcommerce_helpers.relationship.report import Levels, Monday, Pulse, Story
from rcommerce_helpers.relationship.tour import DataMap, Span
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.numbers import count, decimal, interval


def sentence_map(result: DataMap, language: str) -> str:
    """How many questions can be answered, and from how many rows."""
    f = by_name(result.figures)
    return say(
        "{answerable} of {asked} questions can be answered from this data set; {open} have to wait for data it does "
        "not hold. {landed} of {rows} rows landed, {quarantined} wait in quarantine with their reason, {aside} were "
        "set aside by a named rule.",
        language,
        answerable=count(f["questions_answerable"].value, language),
        asked=count(f["questions_asked"].value, language),
        open=count(f["questions_open"].value, language),
        landed=count(f["rows_landed"].value, language),
        rows=count(f["rows_in"].value, language),
        quarantined=count(f["rows_quarantined"].value, language),
        aside=count(f["rows_set_aside"].value, language),
    )


def sentence_span(result: Span, language: str) -> str:
    """How long the data set looks back, and how busy the shop is."""
    f = by_name(result.figures)
    return say(
        "{orders} orders over {days} days; the middle month of {months} has {monthly}.",
        language,
        orders=count(f["orders"].value, language),
        days=count(f["days_covered"].value, language),
        months=count(f["orders_a_month"].n, language),
        monthly=count(f["orders_a_month"].value, language),
    )


def sentence_levels(result: Levels, language: str) -> str:
    """How much of the method this run could measure."""
    f = by_name(result.figures)
    return say(
        "{measured} of {levels} levels could be measured, on {figures} reported figures; {skipped} sections had "
        "no data and say so.",
        language,
        measured=count(f["levels_measured"].value, language),
        levels=count(f["levels_measured"].n, language),
        figures=count(f["figures_reported"].value, language),
        skipped=count(f["sections_skipped"].value, language),
    )


def sentence_pulse(result: Pulse, language: str) -> str:
    """How many relationships are alive."""
    f = by_name(result.figures)
    return say(
        "Of {customers} customers, {active} were with us in the last 28 days and {quiet} have been silent for more "
        "than 90; the customer in the middle has had {events} events with us.",
        language,
        customers=count(f["customers"].value, language),
        active=count(f["active_customers"].value, language),
        quiet=count(f["quiet_customers"].value, language),
        events=count(f["typical_events"].value, language),
    )


def sentence_story(result: Story, language: str) -> str:
    """One customer's relationship in one sentence."""
    f = by_name(result.figures)
    return say(
        "This customer has been with us for {days} days: {events} events, {orders} of them orders, {revenue} spent.",
        language,
        days=count(f["story_days"].value, language),
        events=count(f["story_events"].value, language),
        orders=count(f["story_orders"].value, language),
        revenue=decimal(f["story_revenue"].value, language),
    )


def sentence_monday(result: Monday, language: str) -> str:
    """What to do on Monday."""
    f = by_name(result.figures)
    value = f["monday_value"]
    return say(
        "On Monday: contact {contacts} customers, hold {held} back by chance so that the result can be measured, and "
        "leave {silent} in peace. Expected profit {value} (90% interval {interval}), an assumption until the holdout "
        "has spoken.",
        language,
        contacts=count(f["monday_contacts"].value, language),
        held=count(f["monday_held_out"].value, language),
        silent=count(f["monday_silent"].value, language),
        value=decimal(value.value, language, digits=0),
        interval=interval(
            decimal(value.low or 0.0, language, digits=0), decimal(value.high or 0.0, language, digits=0), language
        ),
    )


def by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    """Figures by their name."""
    return {f.name: f for f in figures}
