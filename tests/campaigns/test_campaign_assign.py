"""The assignment: by hand, against the linear optimum, and never beyond a limit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from rcommerce_helpers.campaigns.assign import Problem, assign


def problem(worth, use, limits, *, groups=None, floors=(0,)):
    worth = np.array(worth, dtype=float)
    groups = np.zeros(len(worth), dtype=int) if groups is None else np.array(groups)
    return Problem(worth, np.array(use, dtype=float), np.array(limits, dtype=float), groups, np.array(floors))


def drawn(seed, *, customers=200, share=0.15):
    """Five offers x four channels, a fifth of the channels closed, one budget and four capacities."""
    rng = np.random.default_rng(seed)
    cost = np.array([0.05, 0.3, 0.8, 2.5])
    worth = rng.gamma(2, 0.5, (customers, 5, 1)) * rng.uniform(0.2, 1.5, (customers, 1, 4)) - cost
    worth = np.where(rng.random((customers, 1, 4)) < 0.2, -np.inf, worth).reshape(customers, 20)
    use = np.vstack([np.tile(cost, 5), np.tile(np.eye(4), (1, 5))])
    limits = np.round(np.array([0.5, 1.5, 0.8, 0.4, 0.1]) * share * customers, 2)
    return problem(worth, use, limits, groups=rng.integers(0, 3, customers), floors=(0, 0, 0))


def rules(p):
    row, option = np.nonzero(p.worth > 0)
    once = np.ones(len(row))
    parts = [
        csr_matrix((once, (row, np.arange(len(row)))), shape=(len(p.worth), len(row))),
        csr_matrix(p.use[:, option]),
    ]
    parts.append(csr_matrix((-once, (p.groups[row], np.arange(len(row)))), shape=(len(p.floors), len(row))))
    return -p.worth[row, option], vstack(parts), np.concatenate([np.ones(len(p.worth)), p.limits, -p.floors])


def linear_optimum(p):
    cost, matrix, bounds = rules(p)
    found = linprog(cost, A_ub=matrix, b_ub=bounds, bounds=(0, 1), method="highs")
    assert found.status == 0
    return -found.fun


def whole_optimum(p):
    cost, matrix, bounds = rules(p)
    limits = LinearConstraint(matrix, -np.inf, bounds)
    found = milp(
        cost, constraints=limits, integrality=np.ones(len(cost)), bounds=Bounds(0, 1), options={"time_limit": 20}
    )
    assert found.status == 0
    return -found.fun


def test_three_customers_by_hand():
    """Budget for two contacts: the two worth most; the price of a contact is what the third would have brought."""
    found = assign(problem([[5.0], [3.0], [4.0]], [[1.0]], [2.0]))
    assert found.choice.tolist() == [0, -1, 0]
    assert found.value == 9.0
    assert 3.0 <= found.prices[0] <= 4.0
    assert found.gap < 1e-6


def test_a_dear_option_gives_way_where_the_budget_is_short():
    """Two cheap contacts (4 + 4) beat one dear one (6)."""
    found = assign(problem([[6.0, 4.0], [5.0, 4.0]], [[2.0, 1.0]], [2.0]))
    assert found.choice.tolist() == [1, 1]


def test_nothing_worthwhile_means_nothing_sent():
    found = assign(problem([[-1.0, 0.0], [-np.inf, -2.0]], [[1.0, 1.0]], [9.0]))
    assert found.choice.tolist() == [-1, -1]
    assert (found.value, found.gap) == (0.0, 0.0)


def test_a_floor_serves_the_group_that_would_be_left_out():
    worth, groups = [[5.0], [4.0], [1.0], [0.5]], [0, 0, 1, 1]
    free = assign(problem(worth, [[1.0]], [2.0], groups=groups, floors=(0, 0)))
    fair = assign(problem(worth, [[1.0]], [2.0], groups=groups, floors=(0, 1)))
    assert free.choice.tolist() == [0, 0, -1, -1]
    assert fair.choice.tolist() == [0, -1, 0, -1]
    assert free.value - fair.value == 3.0


@pytest.mark.parametrize("seed", range(3))
def test_within_a_ten_thousandth_of_the_linear_optimum(seed):
    p = drawn(seed, customers=3000)
    found, best = assign(p), linear_optimum(p)
    assert found.value <= best + 1e-6 <= found.bound + 2e-6
    assert 1 - found.value / best < 1e-4
    assert found.gap < 2e-4


@pytest.mark.parametrize("seed", range(6))
def test_few_customers_are_assigned_as_well_as_whole_numbers_allow(seed):
    """With few customers the linear optimum cuts people in pieces: the whole-number optimum is the fair rival."""
    p = drawn(seed, customers=250)
    found, best = assign(p), whole_optimum(p)
    assert found.value <= best + 1e-6 <= found.bound + 2e-6
    assert 1 - found.value / best < 0.003


def test_floors_stay_close_to_the_linear_optimum():
    p = drawn(3, customers=600)
    free = np.bincount(p.groups[assign(p).choice >= 0], minlength=3)
    p = Problem(p.worth, p.use, p.limits, p.groups, free + np.array([10, -free[1], 10]))
    found, best = assign(p), linear_optimum(p)
    served = np.bincount(p.groups[found.choice >= 0], minlength=3)
    assert (served >= p.floors).all()
    assert 1 - found.value / best < 0.01
    assert found.bound >= best - 1e-6


def test_the_shadow_price_is_what_more_budget_brings():
    p = drawn(1, customers=2000, share=0.1)
    more = Problem(p.worth, p.use, p.limits + np.array([2.0, 0, 0, 0, 0]), p.groups, p.floors)
    gained = (assign(more).bound - assign(p).bound) / 2
    assert gained == pytest.approx(assign(p).prices[0], rel=0.05)
    assert gained > 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 1))
def test_no_limit_is_exceeded_and_no_closed_door_opened(seed, share):
    p = drawn(seed, customers=60, share=share)
    found = assign(p)
    taken = found.choice >= 0
    used = p.use @ np.bincount(found.choice[taken], minlength=20)
    assert (used <= p.limits + 1e-9).all()
    assert (p.worth[taken, found.choice[taken]] > 0).all()
    assert found.value == pytest.approx(p.worth[taken, found.choice[taken]].sum())
    assert found.value <= found.bound + 1e-9
