"""Records into people: groups whose pairs, taken together, are more likely one person than not.

One strong pair is not enough to weld two groups: every pair between them has a say, and two records that nobody thought
worth comparing speak against it (average linkage). So no chain of half-likenesses makes a giant, and a bridge of one
wrong pair between two people of many records does not hold.
"""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

UNSEEN = -3.0
"""Log odds of two records that no rule brought together, and the least that a pair may say against a group."""
MOST = 12.0
"""Most that one pair may say for it."""
CUT = -1.0
"""Mean log odds from which two groups are one person. Below 0, because the pairs of one person err together: measured
on sets of other kinds (docs/decisions), one rule for all."""


def grouped(
    size: int, a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], odds: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Group of each record, named by its smallest record.

    Parameters
    ----------
    size
        Number of records, 0 to size - 1.
    a, b, odds
        One entry per pair: its records and the log odds that they are one person.

    Examples
    --------
    >>> one, other = np.array([0, 1, 2]), np.array([1, 2, 3])
    >>> grouped(5, one, other, np.array([9.0, -1.5, 9.0])).tolist()
    [0, 0, 2, 2, 4]
    """
    sums, members, neighbours = _start(a, b, odds)
    queue = [(-odd, one, other) for (one, other), (odd, _) in sums.items()]
    heapq.heapify(queue)
    while queue:
        told, one, other = heapq.heappop(queue)
        if (one, other) not in sums:
            continue
        mean = _mean(sums[one, other], len(members[one]) * len(members[other]))
        if mean < CUT:
            continue
        if mean != -told:
            heapq.heappush(queue, (-mean, one, other))
            continue
        for third in _joined(one, other, sums, members, neighbours):
            pair = (min(one, third), max(one, third))
            heapq.heappush(queue, (-_mean(sums[pair], len(members[one]) * len(members[third])), *pair))
    groups = np.arange(size)
    for first, records in members.items():
        groups[records] = first
    return groups


Sums = dict[tuple[int, int], tuple[float, int]]


def _start(
    a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], odds: npt.NDArray[np.float64]
) -> tuple[Sums, dict[int, list[int]], dict[int, set[int]]]:
    likely = odds > UNSEEN
    sums: Sums = {}
    members: dict[int, list[int]] = {}
    neighbours: dict[int, set[int]] = {}
    for one, other, odd in zip(a[likely].tolist(), b[likely].tolist(), np.minimum(odds[likely], MOST).tolist()):
        sums[one, other] = (odd, 1)
        for mine, theirs in ((one, other), (other, one)):
            members.setdefault(mine, [mine])
            neighbours.setdefault(mine, set()).add(theirs)
    return sums, members, neighbours


def _mean(seen: tuple[float, int], pairs: int) -> float:
    return (seen[0] + UNSEEN * (pairs - seen[1])) / pairs


def _joined(
    one: int, other: int, sums: Sums, members: dict[int, list[int]], neighbours: dict[int, set[int]]
) -> set[int]:
    """Put ``other`` into ``one``, the smaller name; returns the neighbours of the new group."""
    del sums[one, other]
    neighbours[one].discard(other)
    for third in neighbours.pop(other) - {one}:
        odd, seen = sums.pop((min(other, third), max(other, third)))
        pair = (min(one, third), max(one, third))
        before = sums.get(pair, (0.0, 0))
        sums[pair] = (before[0] + odd, before[1] + seen)
        neighbours[third].discard(other)
        neighbours[third].add(one)
        neighbours[one].add(third)
    members[one] += members.pop(other)
    return neighbours[one]
