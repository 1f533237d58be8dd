"""What columns of a file that no preset knows could mean for one canonical table: by their names and their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rcommerce_helpers.sources.guide.fitting import fits_values
from rcommerce_helpers.sources.guide.profile import MOST, Profile
from rcommerce_helpers.sources.guide.words import fit_of_words, plain, synonyms
from rcommerce_helpers.sources.parsing import named as as_name
from rcommerce_helpers.sources.parsing import quoted

Sure = Literal["sure", "likely", "unsure"]
MANY_WORDS = 12


@dataclass(frozen=True)
class Meaning:
    """Where one canonical column comes from: a source column, or a mapping; how sure, and why."""

    origin: str | dict[str, Any]
    sure: Sure
    why: str


def named(table: str, profiles: Sequence[Profile]) -> dict[str, Meaning]:
    """Meaning of columns for one canonical table, each source column used once; the best name first."""
    offers: list[tuple[float, str, Profile]] = []
    for column, words in synonyms()[table].items():
        for one in profiles:
            score = max(_score(plain(one.name), words), 0.98 * fit_of_words(table, column, one.name))
            if one.filled and score and fits_values(table, column, one):
                offers.append((score, column, one))
    found: dict[str, Meaning] = {}
    used: set[str] = set()
    for score, column, one in sorted(offers, key=lambda offer: -offer[0]):
        if column not in found and one.name not in used:
            found[column] = Meaning(one.name, "sure" if score >= 1 else "likely", "name and values")
            used.add(one.name)
    return found


def _score(name: str, words: Sequence[str]) -> float:
    """How well a name fits: 1 and more for a word itself, less for one in another dress or within a longer name."""
    if name in words:
        return 2 - words.index(name) / 1000
    if any(bare in words for bare in _undressed(name)):
        return 0.99
    parts = [word for word in words if len(word) >= 5 and (name.startswith(word) or name.endswith(word))]
    return max((len(word) / len(name) for word in parts), default=0.0)


def _undressed(name: str) -> Iterator[str]:
    """A name without the beginnings and ends that say whose it is: customercity -> city."""
    dress = synonyms()["words"]
    for word in dress["before"]:
        if name.startswith(word) and len(name) > len(word) + 1:
            yield name.removeprefix(word)
            yield from (name.removeprefix(word).removesuffix(end) for end in dress["after"] if name.endswith(end))
    yield from (name.removesuffix(end) for end in dress["after"] if name.endswith(end) and len(name) > len(end) + 1)


def in_known_words(
    table: str, meaning: Mapping[str, Meaning], profiles: Mapping[str, Profile]
) -> Iterator[tuple[str, Meaning]]:
    """Columns of a closed list with the words of the file put into ours; left out where words are not known.

    Of the status of an order only cancelled, open and test change a count: other words are said to be unsure.
    """
    for column, found in meaning.items():
        known = synonyms()["values"].get(f"{table}.{column}")
        if known is None:
            yield column, found
            continue
        values = sorted(set(profiles[str(found.origin)].values))
        said = {value: ours for value in values if (ours := _our_word(value, known))}
        if len(said) == len(values):
            yield column, Meaning({"column": str(found.origin), "values": said}, "likely", "the words as usual")
        elif (table, column) == ("orders", "status") and 2 * len(said) >= len(values) and len(values) <= MANY_WORDS:
            other = [value for value in values if value not in said]
            told = f"taken for completed: {', '.join(map(repr, other))}"
            words = said | dict.fromkeys(other, "completed")
            yield column, Meaning({"column": str(found.origin), "values": words}, "unsure", told)


def _our_word(value: str, known: Mapping[str, Sequence[str]]) -> str:
    word = plain(re.sub(r"^[A-Za-z]{1,3}[-_ ]", "", value))
    return next((ours for ours, words in known.items() if word in (plain(ours), *words)), "")


def status_of(profiles: Sequence[Profile]) -> Meaning | None:
    """Where the status of orders comes from: a column of it, else the day an order was cancelled."""
    by_name = {one.name: one for one in profiles}
    said = dict(in_known_words("orders", named("orders", profiles), by_name)).get("status")
    days = [one for one in profiles if one.kind == "date" and fit_of_words("contracts", "cancelled_on", one.name)]
    if not days:
        return said
    column = as_name(days[0].name)
    other = f" else {as_case(said)}" if said is not None else ""
    told = f"{days[0].name} says when it was cancelled" + (f"; {said.why}" if said is not None else "")
    return Meaning({"sql": f"case when {column} is not null then 'cancelled'{other} end"}, "likely", told)


def as_case(meaning: Meaning) -> str:
    """A column whose words are put into ours, as SQL."""
    if not isinstance(meaning.origin, dict):
        return as_name(meaning.origin)
    pairs = [f"when {quoted(k)} then {quoted(v)}" for k, v in meaning.origin["values"].items()]
    column = as_name(meaning.origin["column"])
    return f"case {column} {' '.join(pairs)} end"


def split_name(meaning: Mapping[str, Meaning], profiles: Mapping[str, Profile]) -> dict[str, Meaning]:
    """Where one column holds the whole name, first names are what stands before the last word."""
    whole = meaning.get("family_name")
    if (
        whole is None
        or "given_name" in meaning
        or not isinstance(whole.origin, str)
        or profiles[whole.origin].words < 1.5
    ):
        return dict(meaning)
    column = as_name(whole.origin)
    if sum("," in value for value in profiles[whole.origin].values) > MOST * len(profiles[whole.origin].values):
        first, last = (
            f"nullif(trim(split_part({column}, ',', 2)), '')",
            f"nullif(trim(split_part({column}, ',', 1)), '')",
        )
        return {
            **meaning,
            "given_name": Meaning({"sql": first}, "likely", "what stands behind the comma"),
            "family_name": Meaning({"sql": last}, "likely", "what stands before the comma"),
        }
    given = f"nullif(regexp_replace(trim({column}), '\\s*\\S+$', ''), '')"
    return {
        **meaning,
        "given_name": Meaning({"sql": given}, "likely", "all but the last word of the name"),
        "family_name": Meaning({"sql": f"regexp_extract(trim({column}), '\\S+$')"}, "likely", "last word of the name"),
    }
