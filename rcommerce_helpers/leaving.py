"""The exit gate: what passes before anything goes to a page, a figure, an export, an error text or a log.

``fit_to_leave`` is the net for texts: e-mail addresses, telephone numbers, IBANs, pseudonyms and record ids give way to
a word, direction marks and control characters to something visible. ``typed_cell`` keeps a text from becoming a formula
in a spreadsheet. ``suppress_small`` empties what counts fewer than ten people, and what would give it away; zero may be
said, for it tells of nobody. Counts of orders, rows, days, products, patterns and tests are no counts of people.

Known limits: a name, a street or an order number is no pattern, so that a column which the schema calls personal must
not come here at all; a number without its area code is not told from a count; a key of a source system without the name
of that system (``4711`` instead of ``crm:4711``) is not told from an order number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

SMALLEST_GROUP = 10
"""No number that counts fewer people than this leaves."""
Bound = Literal["", "under", "over"]
"""How a number is said that would tell of fewer than ten people: by a limit it lies under or over."""
SMALL, GIVEN_AWAY = "small", "given_away"
"""Why a row of a table is empty: it counts fewer than ten people, or it would give such a row away."""
IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "HU": 28,
    "IE": 22, "IT": 27, "LI": 21, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip
"""Country -> signs of its account numbers, after the registry of SWIFT."""
_AT = r"(?:@|&\#64;|&commat;|%40|\s?[\[(](?:at|ät)[\])]\s?)"
_MAILBOX = r"\w.!\#$%&*+/?^`~;-"
_GAP = r"[ \u00a0()/.-]{0,3}"
_KEPT = (
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?",  # a day or moment of ISO
    r"\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:\d{4}|\d\d)(?!\d)",  # a day, as people write it
    r"[+-]?\d{1,3}(?:\.\d{3})+(?![\d.])",  # thousands, as German writes them
    r"0\.\d+",  # a share
    r"(?:\+49|0)[ ()/.-]{0,3}30[ )/.-]{0,3}23125[ .-]?\d{3}(?!\d)",  # a number kept for films and books
)
_ACCOUNTS = "|".join(rf"{land}\d\d(?:[ \u00a0-]?[0-9A-Z]){{{size - 4}}}" for land, size in IBAN_LENGTHS.items())
IDENTIFIERS = {
    "e-mail": rf"(?<![{_MAILBOX}])[{_MAILBOX}]+{_AT}(?:[\w-]+\.)+(?!(?:example|invalid|test)\b)[^\W\d_]{{2,}}",
    "IBAN": rf"(?<!\w)(?i:{_ACCOUNTS})(?!\w)",
    "id": (
        r"(?<![0-9A-Za-z.-])(?:[a-z][0-9a-f]{10,64}|(?i:[a-z][0-9a-f]{20,64}))(?![0-9A-Za-z])"  # a pseudonym
        r"|(?<![\w/.-])(?!localhost:)[a-z][a-z0-9_]{1,30}:[A-Z]{0,3}-?\d{4,}(?!\w)"  # a record of a source system
    ),
    "tel.": (
        rf"(?<![\w+])(?<!\d[.,:])(?:\+|00)[1-9](?:{_GAP}\d){{7,14}}(?!\d)"
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
    bare = unicodedata.normalize("NFKC", text.translate({ord(sign): _bare(sign) for sign in set(text)}))
    if bare != text and (without := _FOUND.sub(_word, bare)) != bare:
        return without
    return _FOUND.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    return f"[{_WORDS[found.lastgroup]}]" if found.lastgroup in _WORDS else found.group()


def _bare(sign: str) -> str:
    """A character as it is compared: nothing for what is not seen, digits of all scripts as 0 to 9."""
    if _unseen(sign):
        return ""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign.replace("\N{IDEOGRAPHIC FULL STOP}", ".")


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
    return text.translate({ord(sign): _seen(sign) for sign in set(text) if sign in _NO_WIDTH or _unseen(sign)})


def _seen(sign: str) -> str:
    if sign in _NO_WIDTH:
        return ""
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


def bound_of(part: int, of: int | None) -> tuple[Bound, int]:
    """How a count of people may be said, and the limit where it may not.

    Parameters
    ----------
    part
        People counted.
    of
        People they are a part of, where that number is said too: then neither part nor rest may be small.

    Examples
    --------
    >>> bound_of(4, 4512), bound_of(95, 100), bound_of(95, None), bound_of(0, 100)
    (('under', 10), ('over', 90), ('', 95), ('', 0))
    """
    if 0 < part < SMALLEST_GROUP:
        return "under", SMALLEST_GROUP
    if of is not None and 0 < of - part < SMALLEST_GROUP:
        return "over", of - SMALLEST_GROUP
    return "", part


def suppress_small(
    table: pd.DataFrame, size: str, *, totals: Sequence[Sequence[str]] = ((),), also: Sequence[str] = ()
) -> pd.DataFrame:
    """Empty the rows that count fewer than ten people, and as many others as it takes not to give them away.

    Parameters
    ----------
    table
        One row = one group of people.
    size
        Column with the number of its people; empty where nothing was counted.
    totals
        Groupings whose totals a reader knows: ``[["then"], ["now"]]`` where rows and columns of a matrix add up to
        known totals, ``[[]]`` where the whole table does, ``[]`` where nothing does.
    also
        Columns computed from these people, emptied together with ``size``: shares, means, money.

    Returns
    -------
    DataFrame
        The same rows, with one more column ``hidden``: "" (shown), "small" or "given_away".

    Examples
    --------
    >>> import pandas as pd
    >>> states = pd.DataFrame({"state": ["new", "active", "lost"], "people": [30, 900, 4]})
    >>> suppress_small(states, "people")[["people", "hidden"]].to_dict("list")
    {'people': [nan, 900.0, nan], 'hidden': ['given_away', '', 'small']}
    """
    import pandas as pd

    counts = table[size].astype(float)
    hidden = pd.Series("", index=table.index, dtype=object).mask((counts > 0) & (counts < SMALLEST_GROUP), SMALL)
    groupings = [_groups(table, names) for names in totals]
    while more := [row for groups in groupings for rows in groups if (row := _to_hide(counts[rows], hidden[rows]))]:
        hidden.loc[[index for (index,) in more]] = GIVEN_AWAY
    emptied = {name: table[name].astype(float).mask(hidden != "") for name in dict.fromkeys((size, *also))}
    return table.assign(**emptied, hidden=hidden)


def limit_parts(table: pd.DataFrame, size: str, *, of: int, share: str) -> pd.DataFrame:
    """Each row a part of the same people, parts not adding up: few, and all but a few, are told by a limit only.

    Parameters
    ----------
    table
        One row = one part of the ``of`` people; ``share`` is ``size`` over ``of``.

    Returns
    -------
    DataFrame
        The same rows; where one says too much ``share`` is the limit, ``size`` empty and a new column ``bound`` says
        on which side of the limit the truth lies.
    """
    import pandas as pd

    told = [bound_of(int(part), of) for part in table[size]]
    bound = pd.Series([side for side, _ in told], index=table.index, dtype=object)
    limits = pd.Series([limit / max(of, 1) for _, limit in told], index=table.index, dtype=float)
    exact = bound == ""
    return table.assign(
        **{size: table[size].astype(float).where(exact), share: table[share].where(exact, limits)}, bound=bound
    )


def suppress_shares(table: pd.DataFrame, share: str, of: pd.Series | int) -> pd.Series:
    """Shares as they may leave: empty where those counted or those left over are few, or would give few away.

    Parameters
    ----------
    table
        One row = one group of people, whose mean share a reader knows.
    share
        Column with the share.
    of
        How many people each share is of.

    Examples
    --------
    >>> import pandas as pd
    >>> known = pd.DataFrame({"place": ["web", "till", "call"], "share": [0.96, 0.5, 0.7]})
    >>> suppress_shares(known, "share", 100).tolist()
    [nan, 0.5, nan]
    """
    shares = table[share].astype(float)
    counted = (shares * of).round()
    few = shares.isna()
    for part in (counted, (1 - shares) * of):
        few |= suppress_small(table.assign(part=part.round()), "part")["hidden"] != ""
    return shares.mask(few)


def sum_of(suppressed: pd.DataFrame, size: str, rows: pd.Series, total: int) -> tuple[Bound, int]:
    """How many people some rows of a suppressed table count together, as far as the table and its total tell.

    Parameters
    ----------
    suppressed
        As ``suppress_small`` gives it for one known total.
    rows
        True for the rows that are added up.
    total
        Of the whole table.

    Examples
    --------
    >>> import pandas as pd
    >>> states = suppress_small(pd.DataFrame({"state": ["new", "old", "lost"], "people": [30, 900, 4]}), "people")
    >>> sum_of(states, "people", states["state"] == "new", 934)
    ('over', 24)
    >>> sum_of(states, "people", states["state"] != "lost", 934)
    ('over', 924)
    """
    hidden, counts = suppressed["hidden"], suppressed[size].fillna(0).astype(int)
    seen, concealed = int(counts[rows].sum()), total - int(counts.sum())
    inside = hidden[rows][hidden[rows] != ""]
    if inside.empty or len(inside) == int((hidden != "").sum()):
        return "", seen + concealed * (len(inside) > 0)
    if GIVEN_AWAY not in set(inside):
        return "under", seen + SMALLEST_GROUP * len(inside)
    small, outside = int((hidden == SMALL).sum()), int((hidden[~rows] == GIVEN_AWAY).sum())
    least = SMALLEST_GROUP * len(inside) if outside else concealed - (SMALLEST_GROUP - 1) * small
    return "over", seen + least - 1


def _groups(table: pd.DataFrame, names: Sequence[str]) -> list[pd.Index]:
    """The rows of each total."""
    return [part.index for _, part in table.groupby(list(names), sort=False)] if names else [table.index]


def _to_hide(counts: pd.Series, hidden: pd.Series) -> tuple[object, ...]:
    """The smallest row still shown, where the total of these rows would give a hidden one away; empty where not."""
    shown = counts[(hidden == "") & (counts > 0)]
    if shown.empty or not _given_away(counts, hidden):
        return ()
    return (shown.idxmin(),)


def _given_away(counts: pd.Series, hidden: pd.Series) -> bool:
    """Whether someone who knows the total, and so the sum of what is hidden, can tell a small row or a small sum.

    With m small rows (1 to 9 each) and s others (10 and more each) hidden, the sum tells nothing only where it is ten
    or more and lies strictly between the least and the most they can add up to.
    """
    small, others = int((hidden == SMALL).sum()), int((hidden == GIVEN_AWAY).sum())
    together = counts[hidden != ""].sum()
    if not small:
        return False
    if not others:
        return bool(together < SMALLEST_GROUP or together in {small, (SMALLEST_GROUP - 1) * small})
    return bool(together <= small + SMALLEST_GROUP * others)
