"""An invented first name for the customer of a story: a person to read about, and nobody to recognise."""

from __future__ import annotations

import hashlib

NAMES = {
    "en": (
        "Ada", "Alma", "Asa", "Cleo", "Della", "Edith", "Ezra", "Flora", "Hugo", "Ira", "Iris", "Jude", "Lorna",
        "Mabel", "Marlow", "Nell", "Otis", "Perry", "Quinn", "Rhea", "Silas", "Tessa", "Una", "Wilbur",
    ),
    "de": (
        "Adele", "Alma", "Arno", "Bruno", "Cosima", "Edda", "Egon", "Fiete", "Frieda", "Gesine", "Hedda", "Ilka", "Ivo",
        "Jette", "Kuno", "Lothar", "Minna", "Odo", "Quirin", "Runa", "Selma", "Tilo", "Undine", "Wanda",
    ),
}  # fmt: skip
"""Language -> names to choose from; whether a real customer bears one of them says nothing."""


def invented_name(customer_id: str, language: str) -> str:
    """The name a pseudonymous customer bears in every story of that language.

    Chosen by the pseudonym alone, so that it tells of the person no more than the pseudonym does.

    Examples
    --------
    >>> invented_name("c1", "en") in NAMES["en"]
    True
    """
    names = NAMES[language]
    digest = hashlib.sha256(f"invented:{customer_id}".encode()).digest()
    return names[int.from_bytes(digest[:8], "big") % len(names)]
