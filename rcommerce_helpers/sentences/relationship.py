"""The sentences of the tour and of the relationship report."""

from __future__ import annotations

from rcommerce_helpers.relationship.report import Levels, Monday, Pulse, Story
from rcommerce_helpers.relationship.tour import DataMap, Span
from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.invented import invented_name
from rcommerce_helpers.sentences.quoting import Quotes, Said, together


def sentence_map(result: DataMap, language: str) -> Said:
    """How many questions can be answered, and from how many rows."""
    q = Quotes(result, language)
    message = "All {asked} questions can be answered from this data set."
    if q("questions_open").value:
        message = (
            "{answerable} of {asked} questions can be answered from this data set; the others wait for data it does "
            "not hold."
        )
    answerable = say(message, language, answerable=q("questions_answerable"), asked=q("questions_asked"))
    return together(answerable, landed_words(q, language))


def landed_words(q: Quotes, language: str) -> Said:
    """How many of the rows landed, and what became of the others."""
    message = "All {rows} rows landed."
    if q("rows_landed").value != q("rows_in").value:
        message = "{landed} of {rows} rows landed."
    landed = say(message, language, landed=q("rows_landed"), rows=q("rows_in"))
    quarantined, aside = Said(""), Said("")
    if q("rows_quarantined").value:
        quarantined = say(
            "{n} waits in quarantine with its reason.",
            language,
            plural="{n} wait in quarantine, each with its reason.",
            n=q("rows_quarantined"),
        )
    if q("rows_set_aside").value:
        aside = say(
            "{n} was set aside by a named rule.",
            language,
            plural="{n} were set aside by a named rule.",
            n=q("rows_set_aside"),
        )
    return together(landed, quarantined, aside)


def sentence_span(result: Span, language: str) -> Said:
    """How long the data set looks back, and how busy the shop is."""
    q = Quotes(result, language)
    return say(
        "{orders} orders in {days} days; the middle month of {months} has {monthly}.",
        language,
        orders=q("orders"),
        days=q("days_covered"),
        months=q.n("orders_a_month"),
        monthly=q("orders_a_month"),
    )


def sentence_levels(result: Levels, language: str) -> Said:
    """Where to work next, and how much of the method this run could not measure."""
    q = Quotes(result, language)
    message = "Work next on the level whose figures you would least like to explain to a customer."
    if q("levels_measured").value < q.n("levels_measured").value:
        message = "Find data for the missing levels first: {measured} of {levels} have figures."
    measured = say(message, language, measured=q("levels_measured"), levels=q.n("levels_measured"))
    if not q("sections_skipped").value:
        return measured
    skipped = say(
        "{n} section had no data and says so.",
        language,
        plural="{n} sections had no data and say so.",
        n=q("sections_skipped"),
    )
    return together(measured, skipped)


def sentence_pulse(result: Pulse, language: str) -> Said:
    """How many relationships are alive."""
    q = Quotes(result, language)
    return say(
        "Of {customers} customers, {active} were with us in the last 28 days and {quiet} have been silent for more "
        "than 90.",
        language,
        customers=q("customers"),
        active=q("active_customers"),
        quiet=q("quiet_customers"),
    )


def sentence_story(result: Story, language: str) -> Said:
    """One customer's relationship in one sentence, under an invented name."""
    q = Quotes(result, language, result.currency)
    return say(
        "{name} (an invented name) has been with us for {days} days: {events} events, one of them an order, {revenue} "
        "spent.",
        language,
        plural="{name} (an invented name) has been with us for {days} days: {events} events, {n} of them orders, "
        "{revenue} spent.",
        name=invented_name(result.customer_id, language),
        n=q("story_orders"),
        days=q("story_days"),
        events=q("story_events"),
        revenue=q("story_revenue"),
    )


def sentence_monday(result: Monday, language: str) -> Said:
    """What to do on Monday."""
    q = Quotes(result, language, result.currency)
    return say(
        "On Monday: contact {n} customer, hold {held} out by chance so that the result can be measured, and leave "
        "{silent} in peace. Expected profit {value} ({range}), an assumption until the holdout has "
        "spoken.",
        language,
        plural="On Monday: contact {n} customers, hold {held} out by chance so that the result can be measured, and "
        "leave {silent} in peace. Expected profit {value} ({range}), an assumption until the holdout has "
        "spoken.",
        n=q("monday_contacts"),
        held=q("monday_held_out"),
        silent=q("monday_silent"),
        value=q("monday_value"),
        range=q.interval("monday_value"),
    )
