"""The sentences of notebook 01 on the sources together: golden values, what each adds, first traces, tasks, worth."""

from __future__ import annotations

from rcommerce_helpers.merging.golden_values import GoldenValues
from rcommerce_helpers.merging.identification import Identification
from rcommerce_helpers.merging.switched_off import SwitchedOff
from rcommerce_helpers.merging.worth import Worth
from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.merging import word
from rcommerce_helpers.sentences.numbers import safe
from rcommerce_helpers.sentences.quoting import Quotes, Said, together


def sentence_values(result: GoldenValues, language: str) -> Said:
    """What the golden record knows beyond the fullest source, and how often sources disagree."""
    q = Quotes(result, language)
    filled = say(
        "The golden record holds {golden} of the personal values of {customers} customers; {source}, the fullest "
        "source, alone holds {best}.",
        language,
        golden=q("golden_filled_share"),
        customers=q.n("golden_filled_share"),
        source=safe(result.best_source),
        best=q("best_source_filled_share"),
    )
    if "conflict_share" not in q:
        return filled
    torn = say(
        "For {torn} of the {several} customers whom several sources know, these differ on a value.",
        language,
        torn=q("conflict_share"),
        several=q.n("conflict_share"),
    )
    return together(filled, torn)


def sentence_switched_off(result: SwitchedOff, language: str) -> Said:
    """What would be gone without the source that adds most, and which adds nothing."""
    q = Quotes(result, language)
    gone = say(
        "Without {source} nobody would know {customers} of {all} customers, {values} of the golden values would be "
        "empty, and {reach} customers could not be written to any more.",
        language,
        source=safe(result.most_missed),
        customers=q("most_missed_customers"),
        all=q.n("most_missed_customers"),
        values=q("most_missed_values_share"),
        reach=q("most_missed_reach"),
    )
    if not q("sources_not_missed").value:
        return gone
    idle = say(
        "{n} source adds nothing that the others do not hold.",
        language,
        plural="{n} sources add nothing that the others do not hold.",
        n=q("sources_not_missed"),
    )
    return together(gone, idle)


def sentence_identification(result: Identification, language: str) -> Said:
    """How many traces have a name, where most are nameless, and how soon newcomers became known."""
    q = Quotes(result, language)
    known = say(
        "{known} of {traces} visits, orders, calls and messages belong to a known person.",
        language,
        known=q("known_traces_share"),
        traces=q.n("known_traces_share"),
    )
    if q("known_traces_share").value < 1:
        place = result.entries.set_index("entry").loc[result.most_nameless]
        others = say(
            "Most of the others come from one place ({place}); what names more of them there: {means}.",
            language,
            place=word(result.most_nameless, language),
            means=word(str(place["raised_by"]), language),
        )
        known = together(known, others)
    if "identified_at_once_share" not in q:
        return known
    soon = say(
        "Of {customers} customers who are new within the data, {once} were known on their first day and {soon} within "
        "a month.",
        language,
        customers=q.n("identified_at_once_share"),
        once=q("identified_at_once_share"),
        soon=q("identified_soon_share"),
    )
    return together(known, soon)


def sentence_worth(result: Worth, language: str) -> Said:
    """What linking changes, and whether that is worth its cost; a plain no where it is not."""
    q = Quotes(result, language, result.currency)
    if not any(q(name).value for name in ("double_counted_records", "against_their_word")):
        return say(
            "Linking changes nothing here: each of {records} records is a customer of its own. Count the records and "
            "save the effort.",
            language,
            records=q.n("double_counted_records"),
        )
    doubles = say(
        "{double} of {records} records are somebody counted again. One mailing to each list would send {letters} "
        "letters and {mails} e-mails twice, and write to {against} customers against their word.",
        language,
        double=q("double_counted_records"),
        records=q.n("double_counted_records"),
        letters=q("double_letters"),
        mails=q("double_mails"),
        against=q("against_their_word"),
    )
    return together(doubles, _buyer(q, language), _verdict(q, language))


def _buyer(q: Quotes, language: str) -> Said:
    if "revenue_per_buyer_before" not in q or "revenue_per_buyer_after" not in q:
        return Said("")
    return say(
        "A buyer seems to bring {before} and in truth brings {after}.",
        language,
        before=q("revenue_per_buyer_before"),
        after=q("revenue_per_buyer_after"),
    )


def _verdict(q: Quotes, language: str) -> Said:
    message = (
        "The letters saved are worth {saved} a year, linking costs {cost} (typed): it pays by that alone."
        if q("linking_pays").value
        else "The letters saved are worth {saved} a year, linking costs {cost} (typed): for the letters alone it is "
        "not worth it."
    )
    verdict = say(message, language, saved=q("letters_saved_per_year"), cost=q("linking_cost"))
    if q("linking_pays").value or not q("against_their_word").value:
        return verdict
    return together(verdict, say("What remains for it is to keep people's word, and to count right.", language))
