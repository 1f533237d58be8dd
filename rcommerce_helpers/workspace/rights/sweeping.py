"""Where a person's words stand in a text, and the word that takes their place."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rcommerce_helpers.merging.rights import Words
from rcommerce_helpers.workspace.rights.moments import Moments

MASK = "[erased]"
_GAP = r"[\s/().-]{0,3}"
_BLANKS = r"[\s\x{a0}\x{2007}\x{202f}]+"
"""Blanks, for an engine that takes only the common ones for such."""
_NEVER = r"(?!)"
LONG = 2_000
"""Signs from which on a rough look, which is much faster, comes before the exact one."""


@dataclass(frozen=True)
class Sweep:
    """Finds and masks what names one person.

    ``words`` are the person's own; ``ids`` are record ids and pseudonyms, which are looked for as well; ``moments``
    are their times, by which a story is known that is told without a name.
    """

    words: Words
    ids: frozenset[str] = frozenset()
    moments: Moments = field(default=Moments(), repr=False)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What stands for the person in any text: ids, addresses, telephone numbers, whole names."""
        return re.compile(self._alternatives(exact=True), flags=re.IGNORECASE)

    @cached_property
    def rough(self) -> str:
        """A pattern without borders, for engines that know none: finds at least what ``pattern`` does."""
        return f"(?i){self._alternatives(exact=False)}"

    @cached_property
    def free_pattern(self) -> re.Pattern[str]:
        """As ``pattern``, and single names: for words that people wrote."""
        names = _bounded(map(re.escape, self.words.names), r"(?<!\w)", r"(?!\w)")
        return re.compile(f"{self.pattern.pattern}|{names}", flags=re.IGNORECASE)

    def _alternatives(self, *, exact: bool) -> str:
        known = {*self.words.phrases, *self.ids}
        blank = r"\s+" if exact else _BLANKS
        names = [blank.join(map(re.escape, p.split())) for p in known if not re.search(r"[\d@:]", p)]
        ids = [re.escape(p) for p in known if re.search(r"[\d@:]", p)]
        gap = _GAP if exact else _GAP.replace(r"\s", _BLANKS[1:-2])
        numbers = [gap.join(number) for number in self.words.numbers]
        if not exact:
            return f"(?:{'|'.join([*names, *ids, *numbers]) or 'a^'})"
        return "|".join([
            _bounded(ids, r"(?<![\w.+-])", r"(?![\w-])"),
            _bounded(names, r"(?<!\w)", r"(?!\w)"),
            _bounded(numbers, rf"(?<![\d.])(?:(?:\+|00)\d{{1,3}}{_GAP})?(?:\(?0\)?[\s/()-]{{0,3}})?", r"(?!\d)"),
        ])  # fmt: skip

    def hits(self, text: str, *, free: bool = False) -> bool:
        """Whether a text names the person, markup undone."""
        pattern = self.free_pattern if free else self.pattern
        texts = [text, html.unescape(text)] if "&" in text else [text]
        return any((free or self._near(one)) and pattern.search(one) for one in texts)

    def _near(self, text: str) -> bool:
        """Whether a text is short, or a rough look does not clear it."""
        if len(text) < LONG:
            return True
        found = pc.match_substring_regex(pa.array([text], type=pa.large_string()), self.rough)
        return bool(found[0].as_py())

    def masked(self, text: str, *, free: bool = False) -> str:
        """The text without the person; one that still names them behind its markup gives way as a whole.

        Examples
        --------
        >>> Sweep(Words(frozenset({"anna@web.de"}))).masked("From: Anna@web.de, hanna@web.de")
        'From: [erased], hanna@web.de'
        """
        pattern = self.free_pattern if free else self.pattern
        done = pattern.sub(MASK, text) if free or self._near(text) else text
        return MASK if self.hits(done, free=free) else done

    def masked_content(self, content: Any, *, free: bool = False) -> Any:
        """What JSON holds without the person: texts and names of fields."""
        if isinstance(content, str):
            return self.masked(content, free=free)
        if isinstance(content, dict):
            return {self.masked(k, free=free): self.masked_content(v, free=free) for k, v in content.items()}
        if isinstance(content, list):
            return [self.masked_content(value, free=free) for value in content]
        return content

    def tells_story(self, text: str) -> bool:
        """Whether all times in a text are times of the person, one of them nobody else's."""
        found = {moment.replace(" ", "T") for moment in _MOMENT.findall(text)}
        found = {moment for moment in found if not moment.endswith("T00:00:00")}
        return found <= self.moments.all and bool(found & self.moments.own)


_MOMENT = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")


def _bounded(alternatives: Iterable[str], before: str, after: str) -> str:
    listed = sorted(alternatives, key=len, reverse=True)
    return f"{before}(?:{'|'.join(listed)}){after}" if listed else _NEVER
