"""The sentences of the tour and of the relationship report."""

from __future__ import annotations

from rcommerce_helpers.relationship.tour import DataMap, Span
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.numbers import count


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


def by_name(figures: tuple[Figure, ...]) -> dict[str, Figure]:
    """Figures by their name."""
    return {f.name: f for f in figures}
