"""Numbers in sentences: quoted from the figures of a result, and remembered with the text.

A sentence asks ``Quotes`` for a figure by name and gets it written in its unit; ``say`` collects what was quoted, so
that a finished sentence knows its figures. ``run.tell`` keeps them in the notebook beside the text, charts keep theirs
in the trace (``plots.chrome.drawn``), and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from rcommerce_helpers.results import Figure, HasFigures
from rcommerce_helpers.sentences.numbers import interval, interval_words, within, written

Part = Literal["value", "low", "high", "n"]


@dataclass(frozen=True)
class Quote:
    """One number of one figure, as quoted."""

    figure: str
    part: Part
    value: float


class Said(str):
    """A text that knows which figures it quotes."""

    quotes: tuple[Quote, ...]

    def __new__(cls, text: str, quotes: Iterable[Quote] = ()) -> Self:
        said = super().__new__(cls, text)
        said.quotes = tuple(quotes)
        return said


class Number(Said):
    """A written number that also knows its value, so that a catalogue can choose singular or plural."""

    value: float

    def __new__(cls, text: str, quotes: Iterable[Quote] = (), value: float = 0.0) -> Self:
        number = super().__new__(cls, text, quotes)
        number.value = value
        return number


class Quotes:
    """The figures of one result, to be written in one language.

    Examples
    --------
    >>> from rcommerce_helpers.results import NotAnswered
    >>> found = NotAnswered("x", "", figures=(Figure("rate", 0.25, 1200, "share", 0.2, 0.3),))
    >>> q = Quotes(found, "en")
    >>> q("rate"), q.n("rate"), q.range("rate"), q.interval("rate")
    ('25%', '1,200', '20% to 30%', '95% interval 20% to 30%')
    """

    def __init__(self, result: HasFigures, language: str, currency: str = "") -> None:
        self.figures: dict[str, Figure] = {figure.name: figure for figure in result.figures}
        self.language = language
        self.currency = currency

    def __contains__(self, name: str) -> bool:
        return name in self.figures

    def __call__(self, name: str) -> Number:
        """The value of a figure."""
        return self._quote(name, "value")

    def n(self, name: str) -> Number:
        """What a figure rests on."""
        figure = self.figures[name]
        return Number(written(figure.n, "count", self.language), (Quote(name, "n", figure.n),), figure.n)

    def range(self, name: str) -> Said:
        """The interval of a figure; the value alone where it has none."""
        if self.figures[name].bound:
            return self(name)
        low, high = self._quote(name, "low"), self._quote(name, "high")
        return Said(interval(low, high, self.language), (*low.quotes, *high.quotes))

    def interval(self, name: str) -> Said:
        """The interval of a figure with its level; the value alone where it has none."""
        ends = self.range(name)
        if self.figures[name].bound:
            return ends
        return Said(interval_words(self.figures[name].level, self.language, ends), ends.quotes)

    def _quote(self, name: str, part: Literal["value", "low", "high"]) -> Number:
        figure = self.figures[name]
        end = {"value": figure.value, "low": figure.low, "high": figure.high}[part]
        value = float(figure.value if end is None else end)
        text = within(figure.bound, self.language) + written(value, figure.unit, self.language, self.currency)
        return Number(text, (Quote(name, part, value),), value)


def together(*parts: str) -> Said:
    """Sentences one after the other, with all they quote."""
    spoken = [part for part in parts if part]
    return Said(" ".join(spoken), quotes_of(*spoken))


def quotes_of(*texts: object) -> tuple[Quote, ...]:
    """What some texts quote, each number once."""
    return tuple(dict.fromkeys(quote for text in texts if isinstance(text, Said) for quote in text.quotes))
