"""The sentences of notebook 01: sources, links, permission, one story."""

from __future__ import annotations

from rcommerce_helpers.merging.contact_points import ContactPoints
from rcommerce_helpers.merging.golden import GoldenRecords
from rcommerce_helpers.merging.identity import Identity
from rcommerce_helpers.merging.permissions import Decisions
from rcommerce_helpers.merging.permitted import PermittedReport
from rcommerce_helpers.merging.quality import SourceComparison, SourceReport
from rcommerce_helpers.merging.story import Certainty, Story, Summary
from rcommerce_helpers.merging.timeline import Timeline
from rcommerce_helpers.results import Figure, HasFigures
from rcommerce_helpers.sentences.catalogue import labels, say
from rcommerce_helpers.sentences.numbers import count, decimal, money, safe, share

WORDS = {
    "customer_number": "customer number",
    "given": "first name",
    "family": "last name",
    "email": "e-mail",
    "phone": "telephone",
    "birth": "birth date",
    "postcode": "postal code",
    "street": "street",
    "company": "company",
    "orders": "orders",
    "attributes": "attributes",
    "permissions": "permissions",
    "contracts": "contracts",
    "service_cases": "service cases",
    "web_events": "web events",
    "feedback": "reviews and posts",
    "contacts": "campaign contacts",
    "contract": "contract",
    "service": "service",
    "statistics": "statistics",
    "personalisation": "personalisation",
    "marketing": "marketing",
    "location": "location",
    "web_linking": "web linking",
    "single": "stands alone",
    "exact": "exact key",
    "probabilistic": "similar names",
    "order": "order",
    "return": "return",
    "contact": "contact by the firm",
    "service_case": "service case",
    "case_closed": "case closed",
    "review": "review",
    "social_post": "social post",
    "testimonial": "testimonial",
    "survey_answer": "survey answer",
    "web_visit": "web visit",
    "contract_start": "contract starts",
    "contract_end": "contract ends",
    "referral": "referral made",
    "was_referred": "was referred",
    "store_visit": "near a store",
}
"""Technical name in the tables -> the word shown; names not listed come from the data and are made harmless."""


def word(name: str, language: str) -> str:
    """What a technical name of the merging tables is called in that language."""
    return labels(language, WORDS[name])[0] if name in WORDS else safe(name.replace("_", " "))


def _figures(result: HasFigures) -> dict[str, Figure]:
    return {f.name: f for f in result.figures}


def sentence_headline(result: Summary, language: str) -> str:
    """The stage in one sentence."""
    f = _figures(result)
    return say(
        "{records} records stand for {customers} customers; {statistics} of them permit statistics, {personalisation} "
        "personalisation and {marketing} marketing.",
        language,
        records=count(f["records"].value, language),
        customers=count(f["customers"].value, language),
        statistics=share(f["permitted_share_statistics"].value, language),
        personalisation=share(f["permitted_share_personalisation"].value, language),
        marketing=share(f["permitted_share_marketing"].value, language),
    )


def sentence_sources(result: SourceReport, language: str) -> str:
    """What the sources hold."""
    f = _figures(result)
    parts = [
        say(
            "Person records: {records}, from {sources} source(s); of their personal values {filled} are filled.",
            language,
            records=count(f["records"].value, language),
            sources=count(f["sources"].value, language),
            filled=share(f["personal_value_coverage"].value, language),
        )
    ]
    if "attribute_coverage" in f:
        parts.append(
            say(
                "Something beyond purchases is known of {share} of the {records} records.",
                language,
                share=share(f["attribute_coverage"].value, language),
                records=count(f["attribute_coverage"].n, language),
            )
        )
    if "orders" in f:
        parts.append(_orders(f, language))
    return " ".join(parts)


def _orders(f: dict[str, Figure], language: str) -> str:
    return say(
        "Orders: {orders} over {days} days; of {known} it is known who ordered.",
        language,
        orders=count(f["orders"].value, language),
        days=count(f["days_covered"].value, language),
        known=share(f["orders_known_share"].value, language),
    )


def sentence_identity(result: Identity, language: str) -> str:
    """How many customers the records are."""
    f = _figures(result)
    records, customers = count(f["records"].value, language), count(f["customers"].value, language)
    if f["keyed_share"].value == 0 and f["merged_share"].value == 0:
        return say(
            "No record holds a customer number, an e-mail address or a telephone number, so nothing is linked: "
            "{records} records stand for {customers} customers.",
            language,
            records=records,
            customers=customers,
        )
    return say(
        "{records} records are {customers} customers, {per} records each; {merged} of the records were linked to "
        "another. Pairs looked at: {pairs}; left open because the two people contradict each other: {open}.",
        language,
        records=records,
        customers=customers,
        per=decimal(f["records_per_customer"].value, language),
        merged=share(f["merged_share"].value, language),
        pairs=count(f["links_left_open"].n, language),
        open=count(f["links_left_open"].value, language),
    )


def sentence_certainty(result: Certainty, language: str) -> str:
    """How many records rest on a doubtful link."""
    f = _figures(result)
    records = count(f["linked_records"].n, language)
    if f["linked_records"].value == 0:
        return say(
            "No link was made, so there is none to doubt: all {records} records stand alone.", language, records=records
        )
    return say(
        "{linked} of {records} records rest on a link, {unsure} of them on one that is not quite sure.",
        language,
        linked=count(f["linked_records"].value, language),
        records=records,
        unsure=count(f["unsure_records"].value, language),
    )


def sentence_comparison(result: SourceComparison, language: str) -> str:
    """How many customers several sources know, and how often these disagree."""
    f = _figures(result)
    return say(
        "{several} of {customers} customers are known to more than one source; for {torn} of these the sources "
        "disagree on a value.",
        language,
        several=count(f["customers_in_several_sources"].value, language),
        customers=count(f["customers_in_several_sources"].n, language),
        torn=share(f["conflict_share"].value, language),
    )


def sentence_golden(result: GoldenRecords, language: str) -> str:
    """How complete the golden records are."""
    filled = _figures(result)["golden_filled_share"]
    return say(
        "{customers} golden records; {filled} of their personal values are filled, each with the record it comes from.",
        language,
        customers=count(filled.n, language),
        filled=share(filled.value, language),
    )


def sentence_points(result: ContactPoints, language: str) -> str:
    """How many customers may be written to about an offer, on some channel and at some address."""
    f = _figures(result)
    return say(
        "{open} of {customers} customers may be sent an offer on at least one channel; {lost} more would allow one, "
        "but no address of theirs is known.",
        language,
        open=count(f["contactable_customers"].value, language),
        customers=count(f["contactable_customers"].n, language),
        lost=count(f["without_address"].value, language),
    )


def sentence_decisions(result: Decisions, language: str) -> str:
    """For what we may use whose data."""
    f = _figures(result)
    return say(
        "Of {customers} customers, statistics are permitted for {statistics}, personalisation for {personalisation}, "
        "marketing for {marketing}.",
        language,
        customers=count(f["permitted_share_statistics"].n, language),
        statistics=share(f["permitted_share_statistics"].value, language),
        personalisation=share(f["permitted_share_personalisation"].value, language),
        marketing=share(f["permitted_share_marketing"].value, language),
    )


def sentence_permitted(result: PermittedReport, language: str) -> str:
    """What the stages may read."""
    f = _figures(result)
    unknown = f["rows_of_unknown_people"]
    return say(
        "Tables were written for {purposes} of {asked} purposes; {unknown} of {rows} personal rows are left out "
        "because nobody knows whose they are.",
        language,
        purposes=count(f["permitted_purposes"].value, language),
        asked=count(f["permitted_purposes"].n, language),
        unknown=count(unknown.value, language),
        rows=count(unknown.n, language),
    )


def sentence_timeline(result: Timeline, language: str) -> str:
    """How much happened."""
    f = _figures(result)
    return say(
        "{events} events of {customers} customers; the middle customer has {median}.",
        language,
        events=count(f["timeline_events"].value, language),
        customers=count(f["timeline_events"].n, language),
        median=count(f["events_per_customer"].value, language),
    )


def sentence_story(result: Story, language: str) -> str:
    """One customer's story in one line."""
    f = _figures(result)
    return say(
        "Customer {name}: {events} events in {days} days, orders for {amount}. Chosen as a typical one of {others} who "
        "may be shown.",
        language,
        name=safe(result.customer_id),
        events=count(f["story_events"].value, language),
        days=count(f["story_days"].value, language),
        amount=money(f["story_amount"].value, result.currency, language),
        others=count(f["story_events"].n, language),
    )
