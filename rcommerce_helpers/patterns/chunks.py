"""Customers a chunk at a time, so that nothing is held for customers x cells at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
CHUNK = 1_000_000
"""Numbers in one matrix of a chunk: 8 MB, and some ten such matrices live at a time."""


def customer_chunks(customer: Codes, people: int, *, width: int) -> Iterator[tuple[int, int, Codes]]:
    """Chunks of customers: the first, the one after the last, and the rows that are theirs in the order given.

    Parameters
    ----------
    customer
        One per row: number of the customer, 0 to ``people`` - 1.
    width
        Numbers that are held for one customer.

    Examples
    --------
    >>> [(low, high, rows.tolist()) for low, high, rows in customer_chunks(np.array([1, 0, 1]), 2, width=CHUNK)]
    [(0, 1, [1]), (1, 2, [0, 2])]
    """
    order = np.argsort(customer, kind="stable")
    step = max(1, CHUNK // max(width, 1))
    edges = [*range(0, people, step), people]
    places = np.searchsorted(customer[order], edges)
    for low, high, first, last in zip(edges, edges[1:], places, places[1:]):
        yield low, high, order[first:last]
