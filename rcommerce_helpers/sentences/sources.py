"""The sentences of 06_your_own_data."""

from __future__ import annotations

from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.numbers import count, money, share
from rcommerce_helpers.sources.arrival import Bridge, Buckets, Calendar, Filling, Joins, Reasons
from rcommerce_helpers.sources.priorities import Priorities


def _named(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    return {f.name: f for f in figures}


def sentence_buckets(result: Buckets, language: str) -> str:
    """Where every row went."""
    f = _named(result.figures)
    return say(
        "{rows} rows came in for {tables} tables: {landed} landed, {quarantined} are in quarantine ({share} of the "
        "rows), {aside} were set aside by a named rule.",
        language,
        rows=count(f["rows_in"].value, language),
        tables=count(f["rows_in"].n, language),
        landed=count(f["rows_landed"].value, language),
        quarantined=count(f["rows_quarantined"].value, language),
        share=share(f["quarantined_share"].value, language),
        aside=count(f["rows_set_aside"].value, language),
    )


def sentence_reasons(result: Reasons, language: str) -> str:
    """Whether one cause explains the quarantine."""
    f = _named(result.figures)
    if f["reasons"].n == 0:
        return say("No row had to be refused.", language)
    return say(
        "{rows} rows were refused for {reasons} different reasons; the most frequent one explains {top} of them.",
        language,
        rows=count(f["reasons"].n, language),
        reasons=count(f["reasons"].value, language),
        top=share(f["top_reason_share"].value, language),
    )


def sentence_bridge(result: Bridge, language: str) -> str:
    """From gross to net, in money."""
    f = _named(result.figures)
    return say(
        "Items for {gross} were rung up on {lines} lines; shipping, fees, vouchers and adjustments come to {other}, "
        "returns to {returned}, cancelled and test orders to {cancelled}. {net} remain, and that is the revenue every "
        "later notebook starts from.",
        language,
        lines=count(f["gross"].n, language),
        gross=money(f["gross"].value, result.currency, language),
        other=money(f["other_lines"].value, result.currency, language),
        returned=money(f["returned"].value, result.currency, language),
        cancelled=money(f["cancelled"].value, result.currency, language),
        net=money(f["net"].value, result.currency, language),
    )


def sentence_joins(result: Joins, language: str) -> str:
    """How many keys have no partner."""
    f = _named(result.figures)
    return say(
        "{keys} keys were looked up over {references} references between tables; {lost} found no partner, and {broken} "
        "references lose more than they should.",
        language,
        keys=count(f["keys_lost"].n, language),
        references=count(f["references"].value, language),
        lost=count(f["keys_lost"].value, language),
        broken=count(f["references_broken"].value, language),
    )


def sentence_calendar(result: Calendar, language: str) -> str:
    """Whether days are missing."""
    f = _named(result.figures)
    return say(
        "{orders} orders cover {days} days. Days without any order: {empty}; longer holes among them: {gaps}. From the "
        "newest order to the last day the data are said to cover it is {age} days.",
        language,
        orders=count(f["days_covered"].n, language),
        days=count(f["days_covered"].value, language),
        empty=count(f["days_without_order"].value, language),
        gaps=count(f["gaps"].value, language),
        age=count(f["newest_age_days"].value, language),
    )


def sentence_hours(result: Calendar, language: str) -> str:
    """Whether the clock looks right."""
    f = _named(result.figures)
    return say(
        "{night} of {orders} orders were placed between one and five o'clock at night.",
        language,
        night=share(f["night_share"].value, language),
        orders=count(f["night_share"].n, language),
    )


def sentence_filling(result: Filling, language: str) -> str:
    """How many columns say anything."""
    f = _named(result.figures)
    return say(
        "{mapped} of {columns} canonical columns hold at least one value; {thin} of them are filled for fewer than "
        "half of the rows.",
        language,
        mapped=count(f["columns_mapped"].value, language),
        columns=count(f["columns_mapped"].n, language),
        thin=count(f["columns_thin"].value, language),
    )


def sentence_priorities(result: Priorities, language: str) -> str:
    """What to fix first."""
    tasks = _named(result.figures)["tasks"]
    if tasks.value == 0:
        return say("Nothing stands in the way of the first report.", language)
    first = result.tasks.iloc[0]
    return say(
        "To fix or to ask about before the first report: {tasks}. First on the list: {task}",
        language,
        tasks=count(tasks.value, language),
        task=say(str(first["task"]), language),
    )
