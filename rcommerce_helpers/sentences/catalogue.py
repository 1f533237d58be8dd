"""Message catalogues: gettext .po files, read once per language.

Babel reads them at run time, so no compiled catalogue can be older than its source. A message with a plural has
``msgid_plural`` and one ``msgstr[..]`` per form, as gettext's ngettext wants it; English needs no catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.sentences.quoting import Number, Said, quotes_of

LANGUAGES = ("en", "de")
CATALOGUES = Path(__file__).parent / "catalogues"


@cache
def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """English message (its singular) -> translated forms, from all stages' files; empty for English.

    A message without a plural has one form, one with a plural two: for one, for any other number. The two languages
    of the workspace share that rule.
    """
    if language not in LANGUAGES:
        raise ParamError("language", got=repr(language), expected=f"one of {', '.join(LANGUAGES)}", do="Choose one")
    messages: dict[str, tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as stream:
            po = read_po(stream, locale=language)
        for m in po:
            ids = m.id if isinstance(m.id, tuple) else (m.id,)
            forms = m.string if isinstance(m.string, tuple) else (m.string,)
            if ids[0] and all(forms) and not m.fuzzy:
                messages[str(ids[0])] = tuple(map(str, forms))
    return messages


def say(message: str, language: str, *, plural: str = "", n: Number | None = None, **values: str) -> Said:
    """The message in that language with its values filled in; the text remembers the figures it quotes.

    Parameters
    ----------
    message
        The English sentence with ``{named}`` places. A message without a translation appears in English; the tests
        list such messages and fail.
    plural, n
        The English sentence for any number but one, and the number that decides; it fills the place ``{n}``.
    values
        Texts already written in the language (``Quotes``, ``written``) or made ``safe``.

    Examples
    --------
    >>> say("{n} source", "en", plural="{n} sources", n=Number("1", value=1))
    '1 source'
    """
    forms = catalogue(language).get(message) or ((message, plural) if plural else (message,))
    form = forms[-1] if plural and n is not None and n.value != 1 else forms[0]
    filled = values if n is None else {**values, "n": n}
    return Said(_opened(form, form.format(**filled), filled), quotes_of(*filled.values()))


def _opened(form: str, text: str, filled: Mapping[str, str]) -> str:
    """A sentence that begins with a number begins with a capital also where that number is a limit: 'Under 10 ...'."""
    first = form[1:].partition("}")[0] if form.startswith("{") else ""
    return text[:1].upper() + text[1:] if isinstance(filled.get(first), Number) else text


def labels(language: str, *names: str) -> tuple[str, ...]:
    """Axis labels and legend names in that language."""
    known = catalogue(language)
    return tuple(known[name][0] if name in known else name for name in names)


def label(name: str, language: str) -> str:
    """One label in that language."""
    return labels(language, name)[0]
