"""The sentences of notebook 01: sources, links, permission, one story."""

from __future__ import annotations

from rcommerce_helpers.merging.identity import Identity
from rcommerce_helpers.merging.permissions import Decisions
from rcommerce_helpers.merging.permitted import PermittedReport
from rcommerce_helpers.merging.quality import SourceReport
from rcommerce_helpers.merging.story import Certainty, Story, Summary
from rcommerce_helpers.merging.timeline import Timeline
from rcommerce_helpers.sentences.catalogue import label, say
from rcommerce_helpers.sentences.invented import invented_name
from rcommerce_helpers.sentences.numbers import safe
from rcommerce_helpers.sentences.quoting import Quotes, Said, together

WORDS = {
    "customer_number": "customer number",
    "given": "first name",
    "family": "last name",
    "email": "e-mail",
    "phone": "telephone",
    "sms": "SMS",
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
    "by hand": "decided by hand",
    "order": "order",
    "return": "return",
    "credit_note": "credit note",
    "cancellation": "cancellation",
    "booking": "other booking",
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
    "given_name": "first name",
    "family_name": "last name",
    "birth_date": "birth date",
    "city": "town",
    "country": "country",
    "web": "website",
    "store": "store",
    "hotline": "hotline",
    "message": "message",
    "sign_up": "sign-up",
    "other": "elsewhere",
    "account": "an account or a login",
    "loyalty_card": "a loyalty card at the till",
    "ask_number": "asking for the customer number",
    "order_link": "the order number in the invitation to review",
    "most_recent": "most recent",
    "most_trusted": "most trusted",
    "most_frequent": "most frequent",
    "longest": "longest",
    "counted_customers": "customers counted",
    "letters_per_mailing": "letters per mailing",
    "mails_per_mailing": "e-mails per mailing",
    "written_against_their_word": "customers written to against their word",
    "revenue_per_buyer": "revenue per buyer",
    "repeat_share": "buyers who came back",
    "place": "postal code and town",
    "nothing": "nothing in full",
    "joined": "joined",
    "apart": "left apart",
    "any": "any channel",
    "post": "post",
    "push": "push message",
    "messenger": "messenger",
    "social": "social media",
}
"""Technical name in the tables -> the word shown; names not listed come from the data and are made harmless."""


def word(name: str, language: str) -> str:
    """What a technical name of the merging tables is called in that language."""
    return label(WORDS[name], language) if name in WORDS else safe(name.replace("_", " "))


def sentence_headline(result: Summary, language: str) -> Said:
    """The stage in one sentence: what to count, and whom one may write to."""
    q = Quotes(result, language)
    message = (
        "Count {customers} customers, not {records} records. Scores may use {personalisation} of them, marketing may "
        "write to {marketing}."
    )
    if q("records").value == q("customers").value:
        message = (
            "Count each of {customers} records as a customer. Scores may use {personalisation} of them, marketing may "
            "write to {marketing}."
        )
    return say(
        message,
        language,
        records=q("records"),
        customers=q("customers"),
        personalisation=q("permitted_share_personalisation"),
        marketing=q("permitted_share_marketing"),
    )


def sentence_sources(result: SourceReport, language: str) -> Said:
    """What the sources hold."""
    q = Quotes(result, language)
    held = say(
        "{n} source holds {records} person records; {filled} of their personal values are filled.",
        language,
        plural="{n} sources hold {records} person records; {filled} of their personal values are filled.",
        n=q("sources"),
        records=q("records"),
        filled=q("personal_value_coverage"),
    )
    return together(held, _beyond(q, language), _orders(q, language), _later(q, language))


def _later(q: Quotes, language: str) -> Said:
    """Dates in the future are said, not believed."""
    if not q("records_dated_later").value:
        return Said("")
    return say(
        "{n} record bears a date after the last day: made then it is left out, changed then its date does not count.",
        language,
        plural="{n} records bear a date after the last day: made then they are left out, changed then their date does "
        "not count.",
        n=q("records_dated_later"),
    )


def _beyond(q: Quotes, language: str) -> Said:
    if "attribute_coverage" not in q:
        return Said("")
    return say(
        "Something beyond purchases is known of {share} of the {records} records.",
        language,
        share=q("attribute_coverage"),
        records=q.n("attribute_coverage"),
    )


def _orders(q: Quotes, language: str) -> Said:
    if "orders" not in q:
        return Said("")
    return say(
        "Of {orders} orders in {days} days, cancelled and test ones left out, {known} have a known customer.",
        language,
        orders=q("orders"),
        days=q("days_covered"),
        known=q("orders_known_share"),
    )


def sentence_identity(result: Identity, language: str) -> Said:
    """How many customers the records are."""
    q = Quotes(result, language)
    if q("keyed_share").value == 0 and q("merged_share").value == 0:
        return say(
            "No record holds a customer number, an e-mail address or a telephone number, so nothing is linked: "
            "{records} records stand for {customers} customers.",
            language,
            records=q("records"),
            customers=q("customers"),
        )
    linked = say(
        "{records} records are {customers} customers; {merged} of the records were linked to another.",
        language,
        records=q("records"),
        customers=q("customers"),
        merged=q("merged_share"),
    )
    return together(linked, _left_open(q, language), _changes(q, language))


def _changes(q: Quotes, language: str) -> Said:
    """What became of customers of earlier runs; nothing in a first run or where all are as they were."""
    if "customers_merged" not in q or not (q("customers_merged").value or q("customers_split").value):
        return Said("")
    return say(
        "Since the last run {merged} customers turned out to be another one, and {split} were taken apart; all others "
        "keep their names.",
        language,
        merged=q("customers_merged"),
        split=q("customers_split"),
    )


def _left_open(q: Quotes, language: str) -> Said:
    if not q("links_left_open").value:
        return Said("")
    return say(
        "{n} pair looks like one person and stays apart, because what else is known of them speaks against it.",
        language,
        plural="{n} pairs look like one person and stay apart, because what else is known of them speaks against it.",
        n=q("links_left_open"),
    )


def sentence_certainty(result: Certainty, language: str) -> Said:
    """How many records rest on a doubtful link."""
    q = Quotes(result, language)
    if q("linked_records").value == 0:
        return say(
            "No link was made, so there is none to doubt: all {records} records stand alone.",
            language,
            records=q.n("linked_records"),
        )
    return say(
        "{linked} of {records} records rest on a link, {unsure} of them on one that is not quite sure.",
        language,
        linked=q("linked_records"),
        records=q.n("linked_records"),
        unsure=q("unsure_records"),
    )


def sentence_decisions(result: Decisions, language: str) -> Said:
    """For what we may use whose data."""
    q = Quotes(result, language)
    return say(
        "Of {customers} customers, statistics are permitted for {statistics}, personalisation for {personalisation}, "
        "marketing for {marketing}.",
        language,
        customers=q.n("permitted_share_statistics"),
        statistics=q("permitted_share_statistics"),
        personalisation=q("permitted_share_personalisation"),
        marketing=q("permitted_share_marketing"),
    )


def sentence_permitted(result: PermittedReport, language: str) -> Said:
    """What the stages may read."""
    q = Quotes(result, language)
    written = say(
        "Tables were written for {purposes} of {asked} purposes.",
        language,
        purposes=q("permitted_purposes"),
        asked=q.n("permitted_purposes"),
    )
    if not q("rows_of_unknown_people").value:
        return written
    unknown = say(
        "{unknown} of {rows} personal rows are left out because nobody knows whose they are.",
        language,
        unknown=q("rows_of_unknown_people"),
        rows=q.n("rows_of_unknown_people"),
    )
    return together(written, unknown)


def sentence_timeline(result: Timeline, language: str) -> Said:
    """How much happened."""
    q = Quotes(result, language)
    return say(
        "{events} events of {customers} customers; the middle customer has {median}.",
        language,
        events=q("timeline_events"),
        customers=q.n("timeline_events"),
        median=q("events_per_customer"),
    )


def sentence_story(result: Story, language: str) -> Said:
    """One customer's story in two lines, under an invented name."""
    q = Quotes(result, language, result.currency)
    story = say(
        "{name} (an invented name): {n} event in {days} days, orders for {amount}. A typical customer of {others} "
        "who may be shown.",
        language,
        plural="{name} (an invented name): {n} events in {days} days, orders for {amount}. A typical customer of "
        "{others} who may be shown.",
        name=invented_name(result.customer_id, language),
        n=q("story_events"),
        days=q("story_days"),
        amount=q("story_amount"),
        others=q.n("story_events"),
    )
    return together(story, _silence(q, language))


def _silence(q: Quotes, language: str) -> Said:
    """How long the customer gave no sign, and how often the firm spoke into that silence."""
    if "story_silence" not in q:
        return Said("")
    return say(
        "The longest silence lasted {days} days; the firm made {n} contact in it.",
        language,
        plural="The longest silence lasted {days} days; the firm made {n} contacts in it.",
        days=q("story_silence"),
        n=q("story_contacts_in_silence"),
    )
