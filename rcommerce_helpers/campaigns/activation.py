"""Catalogue of activation patterns in three classes: refused, allowed with evidence, free.

One entry = one pattern; a new one is a line here and nothing else. Sources: Directive 2005/29/EC (UCPD) with Annex I,
Regulation 2022/2065 art. 25, EDPB Guidelines 03/2022, the taxonomy of Mathur et al. (2019, doi:10.1145/3359183).
A checklist by engineers, not legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Class = Literal["refused", "evidence", "free"]


@dataclass(frozen=True)
class Pattern:
    """One activation pattern: ``claims`` are the kinds of claim of which one must be declared and true."""

    kind: Class
    why: str
    claims: tuple[str, ...] = ()


PATTERNS: dict[str, Pattern] = {
    "confirmshaming": Pattern("refused", "shames the person for saying no"),
    "sneak_into_basket": Pattern("refused", "adds what nobody asked for"),
    "hidden_cost": Pattern("refused", "shows the true price only at the end"),
    "hidden_subscription": Pattern("refused", "sells a subscription as a single purchase"),
    "trick_wording": Pattern("refused", "is worded to be misread"),
    "preticked_consent": Pattern("refused", "takes consent that was not given"),
    "forced_enrolment": Pattern("refused", "demands an account or data that the purchase does not need"),
    "fake_testimonial": Pattern("refused", "quotes a customer who does not exist"),
    "invented_activity": Pattern("refused", "shows other people's activity that did not happen"),
    "resetting_timer": Pattern("refused", "counts down to a moment at which nothing happens"),
    "hard_to_cancel": Pattern("refused", "makes leaving harder than joining"),
    "repeated_prompt": Pattern("refused", "asks again after a no"),
    "emotional_consent": Pattern("refused", "steers consent by emotion"),
    "vulnerability": Pattern("refused", "aims at debt, illness, grief or age under eighteen"),
    "scarcity": Pattern("evidence", "true only while stock is that low", ("stock_left",)),
    "urgency": Pattern("evidence", "true only if the offer then ends", ("ends_on",)),
    "social_proof": Pattern("evidence", "true only if that many bought", ("bought_count",)),
    "reference_price": Pattern("evidence", "true only against the lowest price of 30 days", ("strike_price",)),
    "reciprocity": Pattern("free", "gives without a condition"),
    "reminder": Pattern("free", "reminds of what the person does anyway"),
    "simplification": Pattern("free", "makes a step shorter"),
    "service_offer": Pattern("free", "follows from a solved case"),
    "commitment": Pattern("free", "recalls an aim the person set"),
    "information": Pattern("free", "states a fact about the product"),
}

WORDINGS: dict[str, tuple[str, str]] = {
    "stock_left": (r"\bonly \d+ left\b|\bnur noch \d+\b|\blast \d+ (?:items|pieces)\b|\bletzte[nr]? \d+\b", "scarcity"),
    "bought_count": (r"\b\d[\d.,]* (?:people |customers )?(?:bought|sold)\b|\b\d[\d.,]* mal gekauft\b", "social proof"),
    "ends_on": (
        r"\buntil (?:\w+day|\d)|\bonly today\b|\bnur (?:noch )?(?:heute|bis)\b|\bends (?:\w+day|\d)",
        "urgency",
    ),
    "strike_price": (r"\binstead of \W?\d|\bwas \W?\d[\d.,]*\b|\bstatt \W?\d|\bbisher \W?\d", "a struck price"),
    "": (
        r"\bno,? thanks?,? i (?:don't|do not|hate|prefer (?:to pay|paying))"
        r"|\bnein,? danke,? ich (?:will|möchte) (?:nicht|mehr)",
        "confirmshaming",
    ),
}
"""Claim kind -> (wording in English or German that makes this claim, its plain name); "" = always refused.

A tripwire, not a classifier: measured on public texts such expressions are precise but miss a third, so the declared
patterns stay the first source.
"""
