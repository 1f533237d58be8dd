"""Codes of the tables, such as a channel, an arm or an attribute, as a reader knows them."""

from __future__ import annotations

from rcommerce_helpers.sentences.catalogue import label
from rcommerce_helpers.sentences.merging import WORDS
from rcommerce_helpers.sentences.numbers import safe


def code_words(code: str, language: str) -> str:
    """A code in plain letters: our words translated, all else without its underscores and harmless.

    Examples
    --------
    >>> code_words("email", "en"), code_words("email", "de"), code_words("age_band", "en")
    ('e-mail', 'E-Mail', 'age band')
    """
    return safe(label(WORDS.get(code, code.replace("_", " ")), language))
