"""Message catalogues: gettext .po files, read once per language.

Babel reads them at run time, so no compiled catalogue can be older than its source.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from rcommerce_helpers.errors import ParamError

LANGUAGES = ("en", "de")
CATALOGUES = Path(__file__).parent / "catalogues"


@cache
def catalogue(language: str) -> dict[str, str]:
    """English message -> translated message, from all stages' files; empty for English."""
    if language not in LANGUAGES:
        raise ParamError("language", got=repr(language), expected=f"one of {', '.join(LANGUAGES)}", do="Choose one")
    messages: dict[str, str] = {}
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as stream:
            po = read_po(stream, locale=language)
        messages |= {str(m.id): str(m.string) for m in po if m.id and m.string and not m.fuzzy}
    return messages


def say(message: str, language: str, **values: str) -> str:
    """The message in that language with its values filled in.

    ``message`` is the English sentence with ``{named}`` places; ``values`` are texts already written in the language
    (``count``, ``share``, ``money`` ...) or made ``safe``. A message without a translation appears in English; the
    tests list such messages and fail.
    """
    return catalogue(language).get(message, message).format(**values)


def labels(language: str, *names: str) -> tuple[str, ...]:
    """Axis labels and legend names in that language."""
    return tuple(catalogue(language).get(name, name) for name in names)
