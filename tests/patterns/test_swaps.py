"""Purchases dealt out anew: what stays, and that everything else becomes chance."""

import numpy as np

from rcommerce_helpers.patterns.swaps import dealt_out


def purchases(seed: int, *, baskets: int = 400, groups: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Basket, group and customer of each purchase: customers of ten baskets, each with a taste of their own."""
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(baskets // 10), 10)
    taste = rng.dirichlet(np.ones(groups), baskets // 10)
    held = rng.random((baskets, groups)) < np.minimum(2.5 * taste[customer], 0.9)
    order, group = np.nonzero(held)
    return order, group, customer[order]


def test_sizes_and_tastes_stay_as_they_were():
    order, group, customer = purchases(1)
    first = np.zeros((order.max() + 1, 8), dtype=bool)
    first[order, group] = True
    owner = np.zeros(len(first), dtype=int)
    owner[order] = customer
    changed = 0
    for held in dealt_out(order, group, customer, groups=8, draws=5, seed=2):
        assert (held.sum(axis=1) == first.sum(axis=1)).all()
        for one in range(customer.max() + 1):
            assert (held[owner == one].sum(axis=0) == first[owner == one].sum(axis=0)).all()
        changed = int((held != first).sum())
    assert changed > 200


def test_all_ways_to_deal_are_equally_likely():
    """Two baskets of two and one: of three groups one stands alone, each with the same chance."""
    order, group = np.array([0, 0, 1]), np.array([0, 1, 2])
    alone = [int(np.flatnonzero(held[1])[0]) for held in dealt_out(order, group, np.zeros(3, int), groups=3,
                                                                   draws=3_000, seed=3)]  # fmt: skip
    share = np.bincount(alone, minlength=3) / len(alone)
    assert np.abs(share - 1 / 3).max() < 0.05
