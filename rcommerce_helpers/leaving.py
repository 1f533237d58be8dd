"""The exit gate: what passes before anything goes to a page, a figure, an export, an error text or a log.

``fit_to_leave`` is the net for texts: e-mail addresses, telephone numbers, IBANs, pseudonyms and record ids give way to
a word, direction marks and control characters to something visible. ``typed_cell`` keeps a text from becoming a formula
in a spreadsheet.

Known limits: a name, a street or an order number is no pattern, so that a column which the schema calls personal must
not come here at all; a number without its area code is not told from a count; a key of a source system without the name
of that system (``4711`` instead of ``crm:4711``) is not told from an order number.
"""

from __future__ import annotations

import re
import unicodedata

IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "HU": 28,
    "IE": 22, "IT": 27, "LI": 21, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip
"""Country -> signs of its account numbers, after the registry of SWIFT."""
_AT = r"(?:@|&\#64;|&commat;|%40|\s?[\[(](?:at|ät)[\])]\s?)"
_MAILBOX = r"\w.!\#$%&'*+/=?^`{|}~;-"
_GAP = r"[ \u00a0()/.-]{0,3}"
_KEPT = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?",  # a day or moment of ISO
    r"\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:\d{4}|\d\d)(?!\d)",  # a day, as people write it
    r"[+-]?\d{1,3}(?:\.\d{3})+(?![\d.])",  # thousands, as German writes them
    r"0\.\d+",  # a share
)
_ACCOUNTS = "|".join(rf"{land}\d\d(?:[ \u00a0-]?[0-9A-Z]){{{size - 4}}}" for land, size in IBAN_LENGTHS.items())
IDENTIFIERS = {
    "e-mail": rf"(?<![{_MAILBOX}])[{_MAILBOX}]+{_AT}(?:[\w-]+\.)+[^\W\d_]{{2,}}",
    "IBAN": rf"(?<!\w)(?i:{_ACCOUNTS})(?!\w)",
    "id": (
        r"(?<![\w.-])[a-z][0-9a-f]{10,64}(?!\w)"  # a pseudonym: a letter and hexadecimal digits
        r"|(?<![\w/.-])(?!localhost:)[a-z][a-z0-9_]{1,30}:[A-Z]{0,3}-?\d{4,}(?!\w)"  # a record of a source system
    ),
    "tel.": (
        rf"(?<![\w+])(?:\+|00)[1-9](?:{_GAP}\d){{7,14}}(?!\d)"
        rf"|(?<![\w+/-])(?<!\d[.,:])(?:\(0[1-9]\d{{0,4}}\)(?:{_GAP}\d){{5,9}}|0[1-9](?:{_GAP}\d){{6,12}})(?!\d)"
        r"|(?<![\w.,+/-])(?:\(\d{3}\) ?|\d{3}[.-])\d{3}[.-]\d{4}(?!\w)"
    ),
}
"""What a text may not carry out, and the word in its place: the same in every language."""
_FOUND = re.compile(
    "|".join(
        (
            rf"(?P<mail>{IDENTIFIERS['e-mail']})",
            rf"(?P<iban>{IDENTIFIERS['IBAN']})",
            rf"(?P<id>{IDENTIFIERS['id']})",
            rf"(?P<kept>(?<![\w.,+-])(?:{'|'.join(_KEPT)}))",
            rf"(?P<tel>{IDENTIFIERS['tel.']})",
        )
    )
)
_WORDS = {"mail": "e-mail", "iban": "IBAN", "id": "id", "tel": "tel."}
_NO_WIDTH = "\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff"
_ENDS_LINES = "\u0085\u2028\u2029\r\v\f"
_HARMLESS = frozenset("\n\t")
_FORMULA = re.compile(r"(?P<before>^[\s\"']*|[;,|\t\r\n][\"']*)(?P<sign>[=+@-])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?|\+[1-9]\d{6,14}")


def masked(text: str) -> str:
    """The text with a word in place of every e-mail address, telephone number, IBAN, pseudonym and record id.

    Spellings that only look different (full-width signs, characters without width in between) are seen through.

    Examples
    --------
    >>> masked("Ask anna@mail.de or 030 / 901 820 15 about the 1.234.567 rows of 01.10.2024")
    'Ask [e-mail] or [tel.] about the 1.234.567 rows of 01.10.2024'
    """
    bare = unicodedata.normalize("NFKC", "".join(sign for sign in text if not _unseen(sign)))
    if bare != text and (without := _FOUND.sub(_word, bare)) != bare:
        return without
    return _FOUND.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    return f"[{_WORDS[found.lastgroup]}]" if found.lastgroup in _WORDS else found.group()


def _unseen(sign: str) -> bool:
    """Whether a character is not seen itself but changes what is: controls, direction marks, no width, tags."""
    return sign not in _HARMLESS and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def plain(text: str) -> str:
    r"""The text without hidden characters: no-width ones go, other line ends become blanks, the rest their number.

    Examples
    --------
    >>> plain("pay\u202elap\u200b")
    'pay[U+202E]lap'
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_seen, text))


def _seen(sign: str) -> str:
    if not _unseen(sign) or sign in _NO_WIDTH:
        return "" if sign in _NO_WIDTH else sign
    return " " if sign in _ENDS_LINES else f"[U+{ord(sign):04X}]"


def fit_to_leave(text: str) -> str:
    """The net at the exit: ``masked``, then ``plain``."""
    return plain(masked(text))


def typed_cell(value: object) -> object:
    """A value as it may stand in a cell of a csv or xlsx file: before what a spreadsheet would compute stands a sign.

    A text is computed when it starts with = + - or @, also as full-width signs, after blanks or quotes, and, where the
    file is opened with another separator, after that one. Values that are no text stay what they are, as do texts that
    are a number or a telephone number in the form +49301234567.

    Examples
    --------
    >>> typed_cell("=1+1"), typed_cell(-3.5), typed_cell("+49301234567"), typed_cell("a;=1+1")
    ("'=1+1", -3.5, '+49301234567', "a;'=1+1")
    """
    if not isinstance(value, str):
        return value
    text = plain(value)
    if _NUMBER.fullmatch(text):
        return text
    seen = unicodedata.normalize("NFKC", text)
    return _FORMULA.sub(r"\g<before>'\g<sign>", seen if _FORMULA.search(seen) else text)
