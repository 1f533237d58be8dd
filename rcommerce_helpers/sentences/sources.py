"""The sentences of 06_your_own_data."""

from __future__ import annotations

import re

from rcommerce_helpers.sentences.catalogue import label, say
from rcommerce_helpers.sentences.quoting import Quotes, Said, together
from rcommerce_helpers.sentences.relationship import landed_words
from rcommerce_helpers.sources.arrival import Bridge, Buckets, Calendar, Filling, Joins, Reasons
from rcommerce_helpers.sources.priorities import Priorities

REASONS = (
    "missing",
    "neither true nor false",
    "not a whole number",
    "the same key a second time",
    "none of {words}",
    "not a day of the form {form}",
    "not a moment of the form {form}",
    "not a number with decimal mark {mark}",
    "not a share from 0 to 1 with decimal mark {mark}",
    "no such time on the clocks of {zone}",
    "{fields} fields, not {columns}",
    "cannot be computed: {why}",
)
"""Why landing refuses a row, the places of its words named."""


def sentence_buckets(result: Buckets, language: str) -> Said:
    """Where every row went, and whether persons were made from the numbers of other tables."""
    q = Quotes(result, language)
    made = Said("")
    if q("people_derived").value:
        made = say(
            "{n} of them is a person made from a customer number of another table, since no person records are mapped.",
            language,
            plural="{n} of them are persons made from the customer numbers of other tables, since no person records "
            "are mapped.",
            n=q("people_derived"),
        )
    return together(landed_words(q, language), made)


def sentence_reasons(result: Reasons, language: str) -> Said:
    """Whether one cause explains the quarantine."""
    q = Quotes(result, language)
    if q.n("reasons").value == 0:
        return say("No row had to be refused.", language, n=q("reasons"))
    return say(
        "{rows} rows were refused, all for the same reason.",
        language,
        plural="{rows} rows were refused for {n} different reasons; the most frequent one explains {top} of them.",
        n=q("reasons"),
        rows=q.n("reasons"),
        top=q("top_reason_share"),
    )


def sentence_bridge(result: Bridge, language: str) -> Said:
    """From gross to net, in money."""
    q = Quotes(result, language, result.currency)
    remain = say(
        "Of {gross} rung up, {net} remain: the revenue every later notebook starts from.",
        language,
        gross=q("gross"),
        net=q("net"),
    )
    between = say(
        "Shipping, fees, vouchers and adjustments come to {other}, returns to {returned}, cancelled and test orders to "
        "{cancelled}.",
        language,
        other=q("other_lines"),
        returned=q("returned"),
        cancelled=q("cancelled"),
    )
    return together(remain, between)


def sentence_joins(result: Joins, language: str) -> Said:
    """How many keys have no partner."""
    q = Quotes(result, language)
    lost = say("{lost} of {keys} keys found no partner.", language, lost=q("keys_lost"), keys=q.n("keys_lost"))
    if not q("references_broken").value:
        return together(lost, say("No reference between tables loses more than it should.", language))
    broken = say(
        "{n} of {references} references between tables loses more than it should.",
        language,
        plural="{n} of {references} references between tables lose more than they should.",
        n=q("references_broken"),
        references=q("references"),
    )
    return together(lost, broken)


def sentence_calendar(result: Calendar, language: str) -> Said:
    """Whether days are missing."""
    q = Quotes(result, language)
    covered = say("{orders} orders cover {days} days.", language, orders=q.n("days_covered"), days=q("days_covered"))
    return together(covered, _empty_days(q, language), _age(q, language))


def _empty_days(q: Quotes, language: str) -> Said:
    if not q("days_without_order").value:
        return say("No day is without an order.", language)
    empty = say(
        "{n} day is without any order.",
        language,
        plural="{n} days are without any order.",
        n=q("days_without_order"),
    )
    if not q("gaps").value:
        return empty
    gaps = say("They form {n} longer hole.", language, plural="They form {n} longer holes.", n=q("gaps"))
    return together(empty, gaps)


def _age(q: Quotes, language: str) -> Said:
    if not q("newest_age_days").value:
        return say("The newest order is from the last day.", language)
    return say(
        "The newest order is {n} day older than the last day the data are said to cover.",
        language,
        plural="The newest order is {n} days older than the last day the data are said to cover.",
        n=q("newest_age_days"),
    )


def sentence_hours(result: Calendar, language: str) -> Said:
    """Whether the clock looks right."""
    q = Quotes(result, language)
    return say(
        "{night} of {orders} orders were placed between one and five o'clock at night.",
        language,
        night=q("night_share"),
        orders=q.n("night_share"),
    )


def sentence_filling(result: Filling, language: str) -> Said:
    """How many columns say anything."""
    q = Quotes(result, language)
    mapped = say(
        "{mapped} of {columns} columns hold at least one value.",
        language,
        mapped=q("columns_mapped"),
        columns=q.n("columns_mapped"),
    )
    if not q("columns_thin").value:
        return mapped
    thin = say(
        "{n} of them is filled for fewer than half of the rows.",
        language,
        plural="{n} of them are filled for fewer than half of the rows.",
        n=q("columns_thin"),
    )
    return together(mapped, thin)


def sentence_priorities(result: Priorities, language: str) -> Said:
    """What to fix first."""
    q = Quotes(result, language)
    if q("tasks").value == 0:
        return say("Nothing stands in the way of the first report.", language)
    return say(
        "Before the first report there is {n} thing to fix or to ask about: {task}",
        language,
        plural="Before the first report there are {n} things to fix or to ask about. First: {task}",
        n=q("tasks"),
        task=say(str(result.tasks.iloc[0]["task"]), language),
    )


def reason_words(reason: str, language: str) -> str:
    """Why a row was refused, as landing noted it, in that language; a reason it does not know stays as it is.

    Examples
    --------
    >>> reason_words("not a day of the form dd.mm.yyyy", "de"), reason_words("4 fields, not 8", "de")
    ('kein Tag der Form dd.mm.yyyy', '4 Felder statt 8')
    """
    for message in REASONS:
        form = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(message))
        found = re.fullmatch(form, reason)
        if found:
            words: dict[str, str] = found.groupdict()
            return label(message, language).format(**words)
    return reason
