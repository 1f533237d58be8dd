"""What the name of a column says by the words in it: 'Parcel order no.' and 'Bestell-Nr.' both number an order.

A name is cut at signs and capitals, a German compound where both halves are known words, an abbreviation stands for the
one known word that it begins. How well a name fits a canonical column is the share of its words that speak of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILLER = "filler"
UNKNOWN = 0.5
"""How much a word that is not known takes away, against one that speaks of something else."""
LEAST = 0.51
LEAST_LETTERS = 3
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_JOINTS = ("", "s", "n", "en", "es")


def written_out(text: str) -> str:
    """Small letters, umlauts written out: 'Rösterei' -> 'roesterei'."""
    return text.lower().translate(_UMLAUTS)


@cache
def _known() -> dict[str, frozenset[str]]:
    """Word -> what it may stand for."""
    found: dict[str, set[str]] = {}
    for concept, words in _content()["words"].items():
        for word in words:
            found.setdefault(word, set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


@cache
def _content() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "concepts.toml").read_text(encoding="utf-8"))


@cache
def _patterns(table: str, column: str) -> tuple[frozenset[str], ...]:
    columns: Mapping[str, Mapping[str, list[str]]] = _content()["columns"]  # type: ignore[assignment]
    said = columns.get(table, {}).get(column) or columns["shared"].get(column, [])
    return tuple(frozenset(pattern.split()) for pattern in said)


@cache
def concepts_of(name: str) -> tuple[frozenset[str], ...]:
    """What each word of a name may stand for, an empty set for one that is not known; fillers are left out.

    Examples
    --------
    >>> [sorted(word) for word in concepts_of("Auftragseingang")]
    [['order'], ['created']]
    """
    spaced = re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", " ", name.replace("#", " no "))
    words = re.findall(r"[^\W\d_]+", spaced)
    parts = [part for word in words for part in _parts(written_out(word))]
    return tuple(part for part in parts if part != {FILLER})


def _parts(word: str) -> list[frozenset[str]]:
    known = _known()
    if word in known:
        return [known[word]]
    for cut in range(len(word) - 2, 1, -1):
        head, rest = word[:cut], word[cut:]
        if head in known:
            for joint in _JOINTS:
                if rest.startswith(joint) and (tail := rest.removeprefix(joint)) in known:
                    return [known[head], known[tail]]
    if len(word) >= LEAST_LETTERS:
        meant = {known[full] for full in known if full.startswith(word)}
        if len(meant) == 1:
            return [*meant]
    return [frozenset()]


def fit_of_words(table: str, column: str, name: str) -> float:
    """Share of the words of a name that speak of a canonical column, 0 to 1; 0 where too few do.

    Examples
    --------
    >>> fit_of_words("orders", "order_id", "Parcel order no."), fit_of_words("orders", "order_id", "Wohnort")
    (0.8, 0.0)
    """
    words = concepts_of(name)
    weight = sum(1.0 if word else UNKNOWN for word in words)
    best = 0.0
    for pattern in _patterns(table, column):
        speaking = [word for word in words if word & pattern]
        if pattern <= frozenset().union(*speaking):
            best = max(best, len(speaking) / weight)
    return best if best >= LEAST else 0.0


@cache
def synonyms() -> dict[str, dict[str, Any]]:
    """Canonical table -> column -> the words it is known by."""
    words = tomllib.loads((Path(__file__).parent / "synonyms.toml").read_text(encoding="utf-8"))
    for table in ("order_lines", "invoices", "feedback"):
        words[table]["order_id"] = words["orders"]["order_id"]
    for table in ("products", "feedback", "web_events"):
        words[table]["product_id"] = words["order_lines"]["product_id"]
    words["web_events"]["order_id"] = words["orders"]["order_id"]
    for table in (
        "orders",
        "order_lines",
        "feedback",
        "service_cases",
        "invoices",
        "contracts",
        "web_events",
        "sessions",
    ):
        words[table]["record_id"] = words["source_records"]["record_id"]
    return words


def plain(name: str) -> str:
    """A column name by its letters and digits, umlauts written out: 'Kunden-Nr.' -> 'kundennr'."""
    return re.sub(r"[\W_]", "", written_out(name))
