"""Intervals and corrections against published worked examples and simulated truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcommerce_helpers.statistics.intervals import (
    bootstrap_interval,
    mean_interval,
    ratio_interval,
    share_interval,
    wilson,
)
from rcommerce_helpers.statistics.pooling import partial_pool
from rcommerce_helpers.statistics.power import customers_per_arm
from rcommerce_helpers.statistics.replication import FOLDS, add_up, estimate, folds_of, verdicts
from rcommerce_helpers.statistics.testing import benjamini_hochberg, two_proportions, two_sided_p

NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
"""Newcombe (1998), Statistics in Medicine 17, table I, method 3."""


@pytest.mark.parametrize(("hits", "n", "low", "high"), NEWCOMBE)
def test_wilson_gives_the_published_intervals(hits, n, low, high):
    assert share_interval(hits, n)[1:] == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_is_empty_not_zero():
    low, high = wilson([0, 3], [0, 10])
    assert np.isnan([low[0], high[0]]).all()
    assert low[1] < 0.3 < high[1]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_a_share(case):
    value, low, high = share_interval(*case)
    assert 0 <= low <= value + 1e-12
    assert value - 1e-12 <= high <= 1


def test_mean_interval_by_hand():
    assert mean_interval([1, 2, 3]) == pytest.approx((2, 2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5), abs=1e-5)
    assert mean_interval([5.0]).high == np.inf


def test_bootstrap_agrees_with_the_formula_and_repeats_with_its_seed():
    values = np.random.default_rng(1).gamma(2, 3, 400)
    one, two = (bootstrap_interval(values, np.mean, np.random.default_rng(7), draws=800) for _ in range(2))
    assert one == two
    assert one == pytest.approx(mean_interval(values), rel=0.03)


def test_ratio_interval_is_the_bootstrap_over_customers_without_drawing():
    rng = np.random.default_rng(5)
    under = rng.poisson(30, 500) + 1.0
    over = rng.binomial(under.astype(int), rng.beta(2, 5, 500))
    drawn = bootstrap_interval(
        np.column_stack([over, under]), lambda x: x[:, 0].sum() / x[:, 1].sum(), np.random.default_rng(3), draws=1000
    )
    assert ratio_interval(over, under) == pytest.approx(drawn, rel=0.02)


def test_customers_are_the_unit_not_their_rows():
    """Ten identical rows of a customer add nothing: naive counting would halve the interval's width several times."""
    over, under = np.array([10.0, 0.0] * 50), np.full(100, 10.0)
    clustered = ratio_interval(over, under)
    assert clustered.high - clustered.low > 2.5 * np.ptp(share_interval(500, 1000)[1:])


def test_benjamini_hochberg_worked_example_of_1995():
    """The 15 endpoints of the thrombolysis trial in the paper: four are rejected at .05, Bonferroni rejects three."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1,
    ]
    q = benjamini_hochberg(p)
    assert (q < 0.05).sum() == 4
    assert q[3] == pytest.approx(0.0095 * 15 / 4)
    assert q[5] == pytest.approx(0.0298 * 15 / 7)
    assert list(q) == sorted(q)


def test_benjamini_hochberg_leaves_untested_out():
    q = benjamini_hochberg([0.02, np.nan, 0.5])
    assert q[[0, 2]] == pytest.approx([0.04, 0.5])
    assert np.isnan(q[1])


def test_partial_pooling_gives_the_published_result_of_the_eight_schools():
    """Eight coaching experiments (Rubin 1981); posterior under a wide prior in Gelman et al., table 5.3.

    Medians 10, 8, 7, 8, 5, 6, 10, 8; the ends of the 95 % intervals of A and C are -2 to 31 and -11 to 19.
    """
    y, se = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    pooled = partial_pool(y, se, scale=25.0)
    low, high = pooled.interval(level=0.95)
    assert pooled.interval(level=1e-9)[0] == pytest.approx([10, 8, 7, 8, 5, 6, 10, 8], abs=1.2)
    assert (low[0], high[0]) == pytest.approx((-2, 31), abs=1.5)
    assert (low[2], high[2]) == pytest.approx((-11, 19), abs=1.5)


def test_partial_pooling_recovers_tau_beats_raw_cells_and_covers_the_truth():
    rng = np.random.default_rng(11)
    tau, inside, errors = [], [], []
    for _ in range(40):
        se = rng.uniform(0.05, 0.3, 60)
        truth = rng.normal(0.1, 0.15, 60)
        seen = rng.normal(truth, se)
        pooled = partial_pool(seen, se)
        low, high = pooled.interval()
        tau.append(pooled.tau)
        inside.append(((low < truth) & (truth < high)).mean())
        errors.append((np.square(seen - truth).mean(), np.square(pooled.effects - truth).mean()))
    raw, shrunken = np.mean(errors, axis=0)
    assert np.mean(tau) == pytest.approx(0.15, abs=0.015)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)
    assert shrunken < 0.6 * raw


def test_a_few_cells_that_agree_do_not_shrink_to_certainty():
    """Three cells of se .2 that happen to agree: whether they differ in truth nobody knows, and the interval says so.

    With the heterogeneity taken for 0 each would be the mean of three, se .115.
    """
    pooled = partial_pool([0.11, 0.09, 0.10], [0.2, 0.2, 0.2])
    assert pooled.effects == pytest.approx([0.1, 0.1, 0.1], abs=0.02)
    assert (pooled.standard_errors > 1.1 * 0.2 / 3**0.5).all()
    assert (pooled.standard_errors < 0.2).all()


def test_pooling_nothing_and_one_cell():
    assert len(partial_pool([], []).interval()[0]) == 0
    alone = partial_pool([0.3], [0.1])
    assert alone.effects == pytest.approx([0.3], abs=0.01)
    assert alone.standard_errors == pytest.approx([0.1], abs=0.01)


def test_two_proportions_by_hand():
    found = two_proportions(30, 100, 20, 100)
    assert found.effect == pytest.approx(0.5)
    assert found.p_value == pytest.approx(two_sided_p(0.1 / np.sqrt(0.25 * 0.75 * 0.02)))
    assert found.low < 0 < found.effect < found.high
    assert np.isnan(two_proportions(0, 10, 3, 10).effect)


def test_the_fold_of_a_customer_hangs_on_the_key_alone():
    keys = [f"c{i}" for i in range(5000)]
    fold = folds_of(keys)
    assert np.bincount(fold, minlength=FOLDS) == pytest.approx([1000] * FOLDS, abs=120)
    assert (folds_of(keys[::-1])[::-1] == fold).all()
    assert (folds_of(keys, salt="another") != fold).mean() == pytest.approx(0.8, abs=0.03)


def test_verdicts_word_by_word():
    """Effects as log ratios; the smallest that matters is a tenth."""
    cases = [
        # q, effect, low, high, inner low, inner high, choices, again -> word
        (0.01, 0.2, 0.1, 0.3, 0.12, 0.28, 5, 0.15, "holds"),
        (0.01, 0.2, 0.1, 0.3, 0.12, 0.28, 3, 0.10, "holds"),
        (0.01, 0.2, 0.1, 0.3, 0.12, 0.28, 2, 0.15, "undecided"),
        (0.01, 0.2, 0.1, 0.3, 0.12, 0.28, 5, 0.09, "undecided"),
        (0.01, 0.2, 0.1, 0.3, 0.12, 0.28, 5, -0.15, "undecided"),
        (0.01, 0.2, 0.1, 0.3, 0.12, 0.28, 0, np.nan, "undecided"),
        (0.06, 0.2, 0.1, 0.3, 0.12, 0.28, 5, 0.15, "undecided"),
        (0.01, 0.2, -0.1, 0.3, 0.12, 0.28, 5, 0.15, "undecided"),
        (0.01, 0.09, 0.05, 0.13, 0.06, 0.12, 5, 0.09, "undecided"),
        (0.01, 0.04, 0.02, 0.06, 0.023, 0.057, 5, 0.04, "chance"),
        (0.70, 0.0, -0.09, 0.09, -0.08, 0.08, 0, np.nan, "chance"),
        (0.70, 0.0, -0.12, 0.12, -0.11, 0.11, 0, np.nan, "undecided"),
        (0.01, -0.2, -0.3, -0.1, -0.28, -0.12, 5, -0.3, "holds"),
    ]
    q, effect, low, high, inner_low, inner_high, choices, again = (np.array(c) for c in zip(*[c[:8] for c in cases]))
    words = verdicts(
        q, (low, high), (inner_low, inner_high), (choices.astype(float), again), effect=effect, smallest=0.1
    )
    assert list(words) == [c[8] for c in cases]


def test_sums_of_chunks_are_those_of_all_customers():
    rng = np.random.default_rng(5)
    n, observed = rng.poisson(3, (40, 6)).astype(float), rng.poisson(2, (40, 6)).astype(float)
    fold, expected = folds_of([f"c{i}" for i in range(40)]), rng.random((40, 6))
    whole = add_up(fold, n, observed, observed, expected)
    parts = [add_up(fold[rows], n[rows], observed[rows], observed[rows], expected[rows]) for rows in
             (slice(0, 7), slice(7, 40))]  # fmt: skip
    for name in ("people", "compared", "n", "hits", "observed", "expected", "observed2", "product", "expected2"):
        assert getattr(parts[0] + parts[1], name) == pytest.approx(getattr(whole, name))
    se = np.sqrt(np.square(observed / observed.sum(axis=0) - expected / expected.sum(axis=0)).sum(axis=0))
    assert estimate(whole.over(np.ones(FOLDS, dtype=bool))).se == pytest.approx(se)


def test_size_of_a_test_is_the_textbook_number():
    """5 % against 6 %, power 80 %, two-sided 5 %: 8,155 an arm (Fleiss, without continuity correction)."""
    assert customers_per_arm(0.05, 0.20) == 8155
