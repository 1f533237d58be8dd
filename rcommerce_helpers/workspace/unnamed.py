"""Pages name nobody: where a notebook shows a pseudonym, its page shows a running number.

The notebook stays in the sealed run, its page is passed on. A pseudonym cannot be turned back without the key, but it
ties what one page says of a person to what another page says, and to the tables of the run.
"""

from __future__ import annotations

from typing import Any

from rcommerce_helpers.merging.pseudonyms import KINDS, PSEUDONYM
from rcommerce_helpers.sentences import label

WORDS = {"c": "customer", "h": "household", "f": "firm", "b": "letter box"}


def number_people(content: Any, language: str) -> Any:
    """The same notebook or figure with "customer 1", "customer 2" for pseudonyms, in the order in which they appear.

    Looks into every text: code, tables, charts with their hover and custom data, errors; names of JSON objects too.
    """
    return _Counted(language).number(content)


class _Counted:
    """One page: the same pseudonym keeps its number."""

    def __init__(self, language: str) -> None:
        self.words = {kind: label(WORDS[kind], language) for kind in KINDS}
        self.given: dict[str, str] = {}
        self.last = dict.fromkeys(KINDS, 0)

    def number(self, content: Any) -> Any:
        if isinstance(content, str):
            return PSEUDONYM.sub(lambda found: self._name(found.group()), content)
        if isinstance(content, dict):  # in place: a notebook is more than a dict
            for name in list(content):
                content[self.number(name)] = self.number(content.pop(name))
            return content
        if isinstance(content, list | tuple):
            return [self.number(part) for part in content]
        return content

    def _name(self, pseudonym: str) -> str:
        if pseudonym not in self.given:
            kind = pseudonym[0]
            self.last[kind] += 1
            self.given[pseudonym] = f"{self.words[kind]} {self.last[kind]}"
        return self.given[pseudonym]
