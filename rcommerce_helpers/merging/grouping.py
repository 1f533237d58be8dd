"""Records into people: groups whose pairs, taken together, are more likely one person than not.

One strong pair is not enough to weld two groups: every pair between them has a say, and two records that nobody thought
worth comparing speak against it (average linkage; Sokal and Michener 1958). So no chain of half-likenesses makes a
giant, and a bridge of one wrong pair between two people of many records does not hold. A library's average linkage
wants all pairs in memory; here most pairs were never compared.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

UNSEEN = -3.0
"""Log odds of two records that no rule brought together, and the least that a pair may say against a group."""
MOST = 12.0
"""Most that one pair may say for it."""
DECIDED = 1e9
"""Log odds of a pair on which somebody decided by hand, one way or the other: no number of other pairs outweighs it."""
CUT = -1.0
"""Mean log odds from which two groups are one person. Below 0, because the pairs of one person err together: measured
on sets of other kinds (docs/decisions), one rule for all."""
LOWEST = -2.5
"""Mean log odds down to which joins are looked for, so that what another cut would do can be told."""


@dataclass(frozen=True)
class Joins:
    """All joins of groups, surest first: one entry per join.

    ``one``, ``other``: smallest record of each side; ``mean``: mean log odds of the pairs between them; ``pairs``: how
    many pairs that are.
    """

    one: npt.NDArray[np.int64]
    other: npt.NDArray[np.int64]
    mean: npt.NDArray[np.float64]
    pairs: npt.NDArray[np.int64]

    def groups(self, size: int, cut: float = CUT) -> npt.NDArray[np.int64]:
        """Group of each of ``size`` records at a cut, named by its smallest record."""
        parent = np.arange(size)
        used = self.mean >= cut
        parent[self.other[used]] = self.one[used]
        while not np.array_equal(parent, above := parent[parent]):
            parent = above
        return parent


def joins(
    a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], odds: npt.NDArray[np.float64], lowest: float = LOWEST
) -> Joins:
    """Join records to groups, and groups to groups, from the surest on.

    Parameters
    ----------
    a, b, odds
        One entry per pair: its records (a < b, numbers from 0) and the log odds that they are one person.
    lowest
        Mean log odds at which to stop.

    Examples
    --------
    >>> one, other = np.array([0, 1, 2]), np.array([1, 2, 3])
    >>> joins(one, other, np.array([9.0, -1.5, 9.0])).groups(5).tolist()
    [0, 0, 2, 2, 4]
    """
    sums, sizes, neighbours = _start(a, b, odds)
    queue = [(-odd, one, other) for (one, other), odd in sums.items()]
    heapq.heapify(queue)
    done: list[tuple[int, int, float, int]] = []
    while queue and -queue[0][0] >= lowest:
        told, one, other = heapq.heappop(queue)
        if (one, other) not in sums or told != -sums[one, other] / (sizes[one] * sizes[other]):
            continue  # one of the two has grown since; the pair of today stands in the queue as well
        done.append((one, other, -told, sizes[one] * sizes[other]))
        for pair in _joined(one, other, sums, sizes, neighbours):
            heapq.heappush(queue, (-sums[pair] / (sizes[pair[0]] * sizes[pair[1]]), *pair))
    one_side, other_side, means, counts = zip(*done) if done else ((), (), (), ())
    return Joins(
        np.array(one_side, np.int64), np.array(other_side, np.int64), np.array(means, np.float64),
        np.array(counts, np.int64),
    )  # fmt: skip


Sums = dict[tuple[int, int], float]


def _start(
    a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], odds: npt.NDArray[np.float64]
) -> tuple[Sums, dict[int, int], dict[int, set[int]]]:
    """Sum of log odds of each pair of groups, size of each group, and which groups have a pair."""
    telling = (odds > UNSEEN) | (odds <= -DECIDED)
    weight = np.where(odds >= DECIDED, odds, np.minimum(odds, MOST))
    sums = dict(zip(zip(a[telling].tolist(), b[telling].tolist()), weight[telling].tolist()))
    neighbours: dict[int, set[int]] = {}
    for one, other in sums:
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    return sums, dict.fromkeys(neighbours, 1), neighbours


def _joined(
    one: int, other: int, sums: Sums, sizes: dict[int, int], neighbours: dict[int, set[int]]
) -> list[tuple[int, int]]:
    """Put ``other`` into ``one``, the smaller name; returns the pairs of the new group."""
    del sums[one, other]
    neighbours[one].discard(other)
    theirs = neighbours.pop(other) - {one}
    for third in neighbours[one] | theirs:
        pair = (min(one, third), max(one, third))
        mine = sums.get(pair, UNSEEN * sizes[one] * sizes[third])
        gone = sums.pop((min(other, third), max(other, third)), UNSEEN * sizes[other] * sizes[third])
        sums[pair] = mine + gone
    for third in theirs:
        neighbours[third].discard(other)
        neighbours[third].add(one)
    neighbours[one] |= theirs
    sizes[one] += sizes.pop(other)
    return [(min(one, third), max(one, third)) for third in neighbours[one]]
