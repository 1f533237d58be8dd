"""What baskets would hold if only size and taste decided: the same customer's purchases, dealt out anew.

Of two baskets of one customer on days of one kind, two products that stand alone may change places. After many such
swaps every basket is as large as it was, every customer has bought each group as often, and nothing else is left: which
groups meet by then is chance. Because only baskets that exist are dealt out, those that nobody saw (a visit without a
purchase) change nothing. Source: Gionis, Mannila, Mielikainen and Tsaparas (2007), Assessing data mining results via
swap randomization. No kept library deals out within strata, so it is written here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
WARM_UP = 30
"""Rounds before the first dealing counts; a round offers every purchase one swap."""
ROUNDS_BETWEEN = 3


def dealt_out(
    order: Codes, group: Codes, stratum: Codes, *, groups: int, draws: int, seed: int
) -> Iterator[npt.NDArray[np.bool_]]:
    """Baskets after swaps, one matrix after the other.

    Parameters
    ----------
    order, group, stratum
        One entry per purchase of a group: its basket (numbers from 0), its group (from 0), and within what it may be
        swapped (customer and kind of day). A group stands once in a basket.
    groups
        Number of groups.
    draws
        How many dealings.

    Yields
    ------
    ndarray
        (baskets, groups): whether a basket holds a group. The array is the same one each time, changed: take from it
        what is needed.

    Examples
    --------
    >>> order, group = np.array([0, 1]), np.array([0, 1])
    >>> kept = {tuple(np.nonzero(m)[1]) for m in dealt_out(order, group, np.zeros(2, int), groups=2, draws=20, seed=1)}
    >>> sorted(tuple(int(g) for g in some) for some in kept)
    [(0, 1), (1, 0)]
    """
    rng = np.random.default_rng(seed)
    now = group.copy()
    held = np.zeros((int(order.max()) + 1, groups), dtype=bool)
    held[order, now] = True
    for draw in range(draws):
        for _ in range(ROUNDS_BETWEEN if draw else WARM_UP):
            _swap(order, now, stratum, held, rng)
        yield held


def _swap(order: Codes, now: Codes, stratum: Codes, held: npt.NDArray[np.bool_], rng: np.random.Generator) -> None:
    """Offer every purchase one swap with another of its stratum."""
    shuffled = np.argsort(stratum + rng.random(len(now)))
    first, second = shuffled[:-1], shuffled[1:]
    turn = np.zeros(len(first), dtype=bool)
    turn[int(rng.integers(0, 2)) :: 2] = True
    fits = turn & (stratum[first] == stratum[second])
    one, other = first[fits], second[fits]
    free = ~held[order[one], now[other]] & ~held[order[other], now[one]] & (rng.random(len(one)) < 0.5)
    one, other = one[free], other[free]
    groups = held.shape[1]
    wanted = np.concatenate([order[one] * groups + now[other], order[other] * groups + now[one]])
    alone = (np.bincount(wanted, minlength=1)[wanted] == 1).reshape(2, -1).all(axis=0)
    one, other = one[alone], other[alone]
    held[order[one], now[one]] = held[order[other], now[other]] = False
    now[one], now[other] = now[other], now[one].copy()
    held[order[one], now[one]] = held[order[other], now[other]] = True
