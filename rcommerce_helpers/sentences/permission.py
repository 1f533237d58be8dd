"""Sentences of chapter 01b: what may be done with whose data, who says yes, what people may ask for."""

from __future__ import annotations

from rcommerce_helpers.merging.held_rows import Asked, Held
from rcommerce_helpers.merging.reach import ByContext, Reach, Ways
from rcommerce_helpers.merging.selection import Selection
from rcommerce_helpers.sentences.catalogue import label, say
from rcommerce_helpers.sentences.merging import word
from rcommerce_helpers.sentences.quoting import Quotes, Said, together

REASON_WORDS = {
    "open": "may be reached",
    "under_age": "under age",
    "said_no": "said no",
    "closed_by_another": "somebody else closed the address",
    "run_out": "the yes has run out",
    "no_yes": "never said yes",
    "without_address": "no address known",
    "permits": "permits it",
    "yes_in_vain": "said yes, yet may not be reached",
    "no_usable_yes": "no yes that can be used",
    "another_reason": "another reason",
}
"""Code of what became of a customer on a channel -> the word shown."""
GROUP_WORDS = {
    "tenure": "known for",
    "purchases": "purchases",
    "systems": "known to",
    "age": "age",
    "postal_zone": "postal code",
    "under_1_year": "under 1 year",
    "years_1_to_2": "1 to 2 years",
    "years_2_to_4": "2 to 4 years",
    "years_from_4": "4 years and more",
    "bought_0": "no purchase",
    "bought_1": "1 purchase",
    "bought_2_to_4": "2 to 4 purchases",
    "bought_5_to_9": "5 to 9 purchases",
    "bought_from_10": "10 purchases and more",
    "systems_1": "one system",
    "systems_2": "two systems",
    "systems_from_3": "three systems and more",
    "age_under_30": "under 30 years old",
    "age_30_to_44": "30 to 44 years old",
    "age_45_to_59": "45 to 59 years old",
    "age_from_60": "60 years and older",
    "not_known": "not known",
}
"""Trait or group of customers -> the word shown; parts of postal codes stand as they are."""
ANSWER_WORDS = {
    "erased": "erased",
    "kept_without_person": "kept by law, without the person",
    "granted": "granted",
    "withdrawn": "withdrawn",
    "objected": "objected",
    "refused": "refused",
    "not_granted": "nobody said yes",
    "channel_refused": "no to this channel",
    "refused_by_another": "somebody else refused this address",
}
"""What becomes of rows, and decisions, as tables of this chapter write them."""


def group_words(group: str, language: str) -> str:
    """What a group or trait is called."""
    return label(GROUP_WORDS[group], language) if group in GROUP_WORDS else group


def sentence_ways(result: Ways, language: str) -> Said:
    """For what we may use whose data, and on which channel most would hear of an offer."""
    q = Quotes(result, language)
    permitted = say(
        "Of {customers} customers, statistics are permitted for {statistics}, personalisation for {personalisation}, "
        "marketing for {marketing}.",
        language,
        customers=q.n("permitted_share_statistics"),
        statistics=q("permitted_share_statistics"),
        personalisation=q("permitted_share_personalisation"),
        marketing=q("permitted_share_marketing"),
    )
    if not q("marketing_widest_share").value:
        return permitted
    widest = say(
        "No single channel is permitted by more than {widest} for marketing ({channel}).",
        language,
        widest=q("marketing_widest_share"),
        channel=word(result.widest, language),
    )
    return together(permitted, widest)


def sentence_reach(result: Reach, language: str) -> Said:
    """How many an offer may reach on the widest channel, how many nowhere, and why most of these."""
    q = Quotes(result, language)
    if not q("reached_widest").value:
        return say("An offer may reach nobody of {n} customers.", language, n=q.n("reached_widest"))
    reached = say(
        "An offer may reach {reached} of {customers} customers on the widest channel ({channel}).",
        language,
        reached=q("reached_widest"),
        customers=q.n("reached_widest"),
        channel=word(result.widest, language),
    )
    if "top_reason_customers" not in q:
        return reached
    lost = say(
        "{lost} may be reached nowhere; the most frequent reason, with {top} of them: {reason}.",
        language,
        lost=q("reached_nowhere"),
        top=q("top_reason_customers"),
        reason=label(REASON_WORDS[result.top_reason], language),
    )
    return together(reached, lost)


def sentence_selection(result: Selection, language: str) -> Said:
    """Who permits more often than whom."""
    q = Quotes(result, language)
    whole = say(
        "{share} of {customers} customers permit {purpose}.",
        language,
        share=q("permitting_share"),
        customers=q.n("permitting_share"),
        purpose=word(result.purpose, language),
    )
    if not result.trait:
        same = say("No trait known of them tells who does, beyond what chance would make of it.", language)
        return together(whole, same)
    differing = say(
        "They differ most by: {trait}. {most}: {high} ({high_interval}, n = {high_n}), {least}: {low} ({low_interval}, "
        "n = {low_n}).",
        language,
        trait=group_words(result.trait, language),
        most=group_words(result.most, language),
        high=q("most_permitting_share"),
        high_interval=q.interval("most_permitting_share"),
        high_n=q.n("most_permitting_share"),
        least=group_words(result.least, language),
        low=q("least_permitting_share"),
        low_interval=q.interval("least_permitting_share"),
        low_n=q.n("least_permitting_share"),
    )
    return together(whole, differing)


def sentence_seen(result: Selection, language: str) -> Said:
    """What the later notebooks see of all purchases, and whose they do not."""
    q = Quotes(result, language)
    compared = Said("")
    if "traits_differing" in q:
        compared = say(
            "{differing} of {compared} traits differ between those who permit and the others, beyond chance.",
            language,
            differing=q("traits_differing"),
            compared=q.n("traits_differing"),
        )
    if not {"purchases_permitting", "purchases_others"} <= set(q.figures):
        return compared or say("Nothing is known of what they bought.", language)
    bought = say(
        "Who permits has bought on {mine} days on average ({mine_interval}, n = {mine_n}), who does not on {theirs} "
        "({theirs_interval}, n = {theirs_n}). A notebook that reads for this purpose sees {seen} of {purchases} days "
        "with a purchase.",
        language,
        mine=q("purchases_permitting"),
        mine_interval=q.interval("purchases_permitting"),
        mine_n=q.n("purchases_permitting"),
        theirs=q("purchases_others"),
        theirs_interval=q.interval("purchases_others"),
        theirs_n=q.n("purchases_others"),
        seen=q("purchases_seen_share"),
        purchases=q.n("purchases_seen_share"),
    )
    return together(compared, bought)


def sentence_context(result: ByContext, language: str) -> Said:
    """Whom the context of the moment alone may serve."""
    q = Quotes(result, language)
    customers = say(
        "{share} of {customers} customers are served by context alone.",
        language,
        share=q("context_only_share"),
        customers=q.n("context_only_share"),
    )
    if "context_visits_share" not in q:
        return customers
    visits = say(
        "So are {share} of {visits} visits to the website: they are of nobody known, or of somebody who did not permit "
        "that a visit is tied to them.",
        language,
        share=q("context_visits_share"),
        visits=q.n("context_visits_share"),
    )
    return together(customers, visits)


def sentence_held(result: Held, language: str) -> Said:
    """How much an answer to a typical customer holds, and what stays after forgetting."""
    q = Quotes(result, language)
    return say(
        "The middle customer has {rows} rows in {tables} tables. If everybody asked to be forgotten, {kept} of the "
        "{all} rows would stay, without their person.",
        language,
        rows=q("rows_of_typical_customer"),
        tables=q("tables_of_typical_customer"),
        kept=q("kept_rows_share"),
        all=q.n("kept_rows_share"),
    )


def sentence_asked(result: Asked, language: str) -> Said:
    """What people have asked for so far."""
    q = Quotes(result, language)
    return say(
        "In force in this run: {corrected} corrected values, {pairs} pairs of records decided by hand, {forgotten} "
        "rows set aside because their person was forgotten.",
        language,
        corrected=q("corrected_values"),
        pairs=q("pairs_by_hand"),
        forgotten=q("forgotten_rows"),
    )


def sentence_permission_headline(result: Ways, language: str) -> Said:
    """What to do with it: how much of the world the later notebooks see, and whom an offer may reach."""
    q = Quotes(result, language)
    return say(
        "Score {personalisation} of {customers} customers and serve the rest by context; at most {widest} hear of an "
        "offer on one channel ({channel}).",
        language,
        personalisation=q("permitted_share_personalisation"),
        customers=q.n("permitted_share_personalisation"),
        widest=q("marketing_widest_share"),
        channel=word(result.widest, language),
    )
