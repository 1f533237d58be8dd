"""Sentences of chapter 01a: what tells two people apart, one pair step by step, links that want a look."""

from __future__ import annotations

from rcommerce_helpers.merging.explaining import Doubtful, Estimated, PairStory, Weights
from rcommerce_helpers.merging.identity import Identity
from rcommerce_helpers.merging.reviewing import Measured
from rcommerce_helpers.sentences.catalogue import say
from rcommerce_helpers.sentences.merging import word
from rcommerce_helpers.sentences.quoting import Quotes, Said, together


def sentence_estimates(result: Estimated, language: str) -> Said:
    """How many links are right and how many are found."""
    q = Quotes(result, language)
    return say(
        "Of {n} pairs that were joined, an estimated {right} are one person, and {found} of the pairs that are one "
        "person were found.",
        language,
        n=q.n("estimated_precision"),
        right=q("estimated_precision"),
        found=q("estimated_recall"),
    )


def sentence_weights(result: Weights, language: str) -> Said:
    """Which column tells one person from another of the same home."""
    q = Quotes(result, language)
    return say(
        "Most is told by a same value of: {column}. It is {home} times as likely in two records of one person as in "
        "those of two people of one home, and {strangers} times as likely as in those of strangers "
        "(n = {n} pairs).",
        language,
        n=q.n("telling_than_home"),
        column=word(result.most_telling, language),
        home=q("telling_than_home"),
        strangers=q("telling_than_strangers"),
    )


def sentence_pair(result: PairStory, language: str) -> Said:
    """How likely one of the least sure links is."""
    q = Quotes(result, language)
    return say(
        "This is one of the least sure of {links} links that rest on names: one person with a probability of "
        "{certainty}.",
        language,
        links=q.n("pair_certainty"),
        certainty=q("pair_certainty"),
    )


def sentence_doubtful(result: Doubtful, language: str) -> Said:
    """How many pairs want a look."""
    q = Quotes(result, language)
    return say(
        "Look at {made} doubtful links and at {apart} likely pairs that stay apart; the table begins with the most "
        "frequent kind.",
        language,
        made=q("doubtful_links"),
        apart=q("likely_pairs_apart"),
    )


def sentence_measured(result: Measured, language: str) -> Said:
    """What the answers of a review say of all links."""
    q = Quotes(result, language)
    return say(
        "By {answers} answers, {right} of the links are right ({right_interval}), and {found} of the pairs of one "
        "person were found ({found_interval}).",
        language,
        answers=q.n("measured_recall"),
        right=q("measured_precision"),
        right_interval=q.interval("measured_precision"),
        found=q("measured_recall"),
        found_interval=q.interval("measured_recall"),
    )


def sentence_links_headline(result: Identity, language: str) -> Said:
    """What to trust and what to look at."""
    q = Quotes(result, language)
    counted = say("Count {customers} customers.", language, customers=q("customers"))
    if "estimated_precision" not in q:
        return counted
    told = say(
        "An estimated {right} of {n} links are right, and {found} of those that exist were found: look at the doubtful "
        "ones before anybody is shown their data.",
        language,
        n=q.n("estimated_precision"),
        right=q("estimated_precision"),
        found=q("estimated_recall"),
    )
    return together(counted, told)
