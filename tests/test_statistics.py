"""Intervals and corrections against published worked examples and simulated truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcommerce_helpers.statistics import (
    benjamini_hochberg,
    bootstrap_interval,
    customers_per_arm,
    held_out,
    mean_interval,
    partial_pool,
    ratio_interval,
    share_interval,
    two_proportions,
    two_sided_p,
    verdicts,
    wilson,
)

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


def test_partial_pooling_gives_the_published_bcg_result():
    """Thirteen BCG trials, log relative risks (Colditz 1994): DerSimonian-Laird -0.7141, se 0.1787, tau2 0.3088."""
    y = [
        -0.8893,
        -1.5854,
        -1.3481,
        -1.4416,
        -0.2175,
        -0.7861,
        -1.6209,
        0.0120,
        -0.4694,
        -1.3713,
        -0.3394,
        0.4459,
        -0.0173,
    ]
    v = [0.3256, 0.1946, 0.4154, 0.0200, 0.0512, 0.0069, 0.2230, 0.0040, 0.0564, 0.0730, 0.0124, 0.5325, 0.0714]
    pooled = partial_pool(y, np.sqrt(v))
    assert pooled.mean == pytest.approx(-0.7141, abs=1e-3)
    assert pooled.mean_se == pytest.approx(0.1787, abs=1e-3)
    assert pooled.tau**2 == pytest.approx(0.3088, abs=2e-3)


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


def test_without_true_differences_cells_collapse_to_the_mean():
    pooled = partial_pool([0.11, 0.09, 0.10], [0.2, 0.2, 0.2])
    assert pooled.tau == 0
    assert pooled.effects == pytest.approx([0.1, 0.1, 0.1])


def test_two_proportions_by_hand():
    found = two_proportions(30, 100, 20, 100)
    assert found.effect == pytest.approx(0.5)
    assert found.p_value == pytest.approx(two_sided_p(0.1 / np.sqrt(0.25 * 0.75 * 0.02)))
    assert found.low < 0 < found.effect < found.high
    assert np.isnan(two_proportions(0, 10, 3, 10).effect)


def test_held_out_depends_on_the_key_alone():
    keys = [f"c{i}" for i in range(4000)]
    aside = held_out(keys)
    assert aside.mean() == pytest.approx(0.5, abs=0.03)
    assert (held_out(keys[::-1])[::-1] == aside).all()
    assert held_out(keys, share=0.2).mean() == pytest.approx(0.2, abs=0.03)
    assert (held_out(keys, salt="another") != aside).mean() == pytest.approx(0.5, abs=0.05)


def test_verdicts_word_by_word():
    cases = [
        # q, effect, low, high, pooled low, pooled high, held out -> word
        (0.01, 0.2, 0.1, 0.3, 0.08, 0.25, 0.1, "holds"),
        (0.01, 0.2, 0.1, 0.3, 0.08, 0.25, -0.1, "undecided"),
        (0.01, 0.2, 0.1, 0.3, 0.08, 0.25, np.nan, "undecided"),
        (0.06, 0.2, 0.1, 0.3, 0.08, 0.25, 0.1, "undecided"),
        (0.01, 0.2, -0.1, 0.3, 0.08, 0.25, 0.1, "undecided"),
        (0.70, 0.005, -0.01, 0.02, -0.012, 0.018, 0.1, "chance"),
        (0.70, 0.005, -0.01, 0.02, -0.012, 0.022, 0.1, "undecided"),
        (0.01, -0.2, -0.3, -0.1, -0.25, -0.08, -0.3, "holds"),
    ]
    columns = [np.array(c) for c in zip(*[c[:7] for c in cases])]
    words = verdicts(columns[0], tuple(columns[1:4]), tuple(columns[4:6]), columns[6])
    assert list(words) == [c[7] for c in cases]


def test_size_of_a_test_is_the_textbook_number():
    """5 % against 6 %, power 80 %, two-sided 5 %: 8,155 an arm (Fleiss, without continuity correction)."""
    assert customers_per_arm(0.05, 0.20) == 8155


def test_cells_shrunken_to_the_mean_keep_its_doubt():
    """Two equal cells of se .2: nothing differs, each is the mean, and the mean of two has a variance of .02."""
    pooled = partial_pool([0.3, 0.3], [0.2, 0.2])
    assert pooled.tau == 0
    assert pooled.standard_errors == pytest.approx([0.02**0.5, 0.02**0.5])
    low, high = pooled.interval(level=0.95)
    assert (high - low) / 2 == pytest.approx([1.959964 * 0.02**0.5] * 2)


def test_a_wide_interval_around_nothing_is_undecided_not_chance():
    """-10 % to +10 %: nobody knows; -1 % to +1 %: next to nothing is there."""
    nothing = np.zeros(2)
    words = verdicts(
        [0.9, 0.9], (nothing, nothing - 0.1, nothing + 0.1), (np.array([-0.1, -0.01]), np.array([0.1, 0.01])), nothing
    )
    assert list(words) == ["undecided", "chance"]
