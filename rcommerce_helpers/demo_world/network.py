"""Friendships among customers: formed by likeness (homophily), some of them carrying influence; both known apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world.chance import Array, hit, stream
from rcommerce_helpers.demo_world.people import People
from rcommerce_helpers.demo_world.rates import BUYING


@dataclass(frozen=True)
class Network:
    """One row = one friendship, persons as rows of the chunk.

    ``alike`` true = formed by likeness, false = by chance; ``influence`` true = what one starts, the other may start.
    """

    one: Array
    other: Array
    alike: Array
    influence: Array

    def both_ways(self) -> tuple[Array, Array, Array]:
        """From, to, influence: every friendship twice."""
        return (
            np.concatenate([self.one, self.other]),
            np.concatenate([self.other, self.one]),
            np.concatenate([self.influence, self.influence]),
        )


def build_network(seed: int, chunk: int, people: People) -> Network:
    """Friendships within one chunk."""
    rng = stream(seed, "network", chunk)
    count = people.count
    edges = int(count * BUYING.friends / 2)
    order = np.argsort(people.trait + rng.normal(0, 0.05, count))
    place = rng.integers(0, count, edges)
    step = rng.geometric(0.05, edges)
    alike = hit(rng, BUYING.homophily, edges)
    one = order[place]
    other = np.where(alike, order[np.minimum(place + step, count - 1)], rng.integers(0, count, edges))
    keep = (one != other) & (people.household[one] != people.household[other])
    influence = hit(rng, BUYING.influence_edges, edges)
    return Network(one[keep], other[keep], alike[keep], influence[keep])
