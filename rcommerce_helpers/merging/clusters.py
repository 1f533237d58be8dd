"""Pairs of records into customers, without ever joining two people whose first names or birth dates contradict.

Pairs are joined from the surest to the least sure; a pair whose two groups hold contradicting people is left open. This
is connected components cut at the weakest edges, in one pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pandas as pd

from rcommerce_helpers.merging.by_hand import BY_HAND

GENERATION_YEARS = 15
NAME_ENDINGS = frozenset(["a", "e", "i", "o", "n", "s", "an", "as", "ia", "ie", "in", "us", "ina", "ine", "ian"])
SIMILAR = 0.925
"""Jaro-Winkler similarity from which two first names may be one name with a slip."""


@lru_cache(maxsize=500_000)
def name_relation(one: str | None, other: str | None) -> str:
    """How two folded first names stand to each other: 'same', 'similar' (a slip of the pen) or 'different'.

    A missing name and an initial contradict nothing. 'jan' and 'jana', 'martin' and 'martina' are two people's names.
    """
    if not one or not other or one == other:
        return "same"
    parts, others = one.split(), other.split()
    if set(parts) <= set(others) or set(others) <= set(parts) or _bared(one) == _bared(other):
        return "same"
    if len(parts[0]) == 1 or len(others[0]) == 1:
        return "same" if parts[0][0] == others[0][0] else "different"
    if _derived(*sorted((one, other), key=len)):
        return "different"
    return "similar" if jaro_winkler(one, other) >= SIMILAR and min(len(one), len(other)) >= 4 else "different"


def _bared(name: str) -> str:
    """Without blanks and written-out umlauts: 'juergen' and 'jurgen' are two ways to lose the same dots."""
    return name.replace(" ", "").replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _derived(short: str, long: str) -> bool:
    """Whether one name is made from the other by an ending, or by another last vowel (Maria, Mario)."""
    if len(short) == len(long):
        return short[:-1] == long[:-1] and {short[-1], long[-1]} <= set("aeiou")
    return long.startswith(short) and long[len(short) :] in NAME_ENDINGS


def jaro_winkler(one: str, other: str) -> float:
    """Similarity from 0 to 1 that forgives swapped and missing letters (Winkler 1990)."""
    reach = max(max(len(one), len(other)) // 2 - 1, 0)
    free = [True] * len(other)
    matched = []
    for i, letter in enumerate(one):
        for j in range(max(0, i - reach), min(len(other), i + reach + 1)):
            if free[j] and other[j] == letter:
                free[j] = False
                matched.append(letter)
                break
    if not matched:
        return 0.0
    others = [letter for letter, unused in zip(other, free) if not unused]
    swaps = sum(a != b for a, b in zip(matched, others)) / 2
    m = len(matched)
    jaro = (m / len(one) + m / len(other) + (m - swaps) / m) / 3
    prefix = next((i for i, (a, b) in enumerate(zip(one[:4], other[:4])) if a != b), min(4, len(one), len(other)))
    return jaro + prefix * 0.1 * (1 - jaro)


@lru_cache(maxsize=500_000)
def birth_relation(one: str | None, other: str | None) -> str:
    """'same' (or unknown, or day and month swapped), 'similar' (one part differs) or 'different' (more)."""
    if not one or not other or one == other:
        return "same"
    a, b = one.split("-"), other.split("-")
    if a[0] == b[0] and a[1:] == b[:0:-1]:
        return "same"
    differing = sum(x != y for x, y in zip(a, b))
    far = abs(int(a[0]) - int(b[0])) >= GENERATION_YEARS
    return "different" if far or differing > 1 else "similar"


def contradict(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    """Whether two (first name, birth date) cannot be one person."""
    return name_relation(one[0], other[0]) == "different" or birth_relation(one[1], other[1]) == "different"


def join_pairs(
    pairs: pd.DataFrame,
    people: dict[str, tuple[str | None, str | None]],
    apart: Iterable[tuple[str, str]] = (),
) -> tuple[dict[str, str], list[bool]]:
    """Union of pairs, surest first, that never joins contradicting people, unless somebody decided so by hand.

    Parameters
    ----------
    pairs
        One row = one pair: record_a, record_b, method; sorted from surest to least sure, those by hand first.
    people
        record_id -> (first name, birth date), folded, None where unknown.
    apart
        Pairs of records that are two people, by hand.

    Returns
    -------
    tuple
        record_id -> root record of its group (records without a pair are absent), and per pair whether it was used.
    """
    parent: dict[str, str] = {}
    members: dict[str, set[tuple[str | None, str | None]]] = {}

    def root(record: str) -> str:
        while parent.setdefault(record, record) != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    used = []
    for a, b, method in zip(pairs["record_a"], pairs["record_b"], pairs["method"]):
        one, other = root(a), root(b)
        mine = members.setdefault(one, {people[one]})
        theirs = members.setdefault(other, {people[other]})
        fits = one == other or method == BY_HAND or not any(contradict(x, y) for x in mine for y in theirs)
        fits = fits and not any({root(x), root(y)} == {one, other} for x, y in apart)
        used.append(fits)
        if fits and one != other:
            parent[other] = one
            members[one] = mine | members.pop(other)
    return {record: root(record) for record in list(parent)}, used


def exact_groups(records: pd.Series, pairs: pd.DataFrame) -> pd.Series:
    """Smallest record of the group that exact keys alone join each record to; aligned with ``records``.

    Parameters
    ----------
    records
        Identifiers of all records.
    pairs
        One row = one pair joined by an exact key: record_a, record_b.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    place = {record: i for i, record in enumerate(records)}
    one, other = ([place[r] for r in pairs[side]] for side in ("record_a", "record_b"))
    links = coo_matrix(([True] * len(one), (one, other)), shape=(len(place), len(place)))
    group = pd.Series(connected_components(links, directed=False)[1], index=records.index)
    return records.groupby(group).transform("min")
