"""Pictures draw the fields they name: each interval its own, and its ends where the result has them."""

from dataclasses import replace

import numpy as np
import pytest

from rcommerce_helpers.campaigns.evidence import RandomisedLog, compare_policies
from rcommerce_helpers.plots.campaigns import plot_policies
from rcommerce_helpers.plots.chrome import interval_bars


def ends(trace):
    """(low, high) of every point of a trace with error bars along x."""
    bars = trace.error_x
    return [(x - down, x + up) for x, down, up in zip(trace.x, bars.arrayminus, bars.array)]


def test_value_and_next_test_have_each_their_own_interval():
    """What the next test will read is less sure than the value: its interval is wider by the root of two."""
    rng = np.random.default_rng(1)
    arm = rng.integers(0, 2, 400)
    outcome = arm + rng.standard_normal(400)
    log = RandomisedLog(
        outcome, arm, np.full(400, 0.5), rng.standard_normal((400, 2)), ("none", "mail"), np.zeros(2), unit="money"
    )
    report = replace(compare_policies(log, seed=1), currency="EUR")
    table = report.policies
    traces = {trace.name: trace for trace in plot_policies(report, "en").data}
    value = next(t for name, t in traces.items() if name.startswith("value"))
    following = next(t for name, t in traces.items() if "next test" in name)
    assert ends(value) == [pytest.approx(pair) for pair in zip(table["low"], table["high"])]
    assert ends(following) == [pytest.approx(pair) for pair in zip(table["next_low"], table["next_high"])]
    assert (table["next_high"] - table["next_low"] > table["high"] - table["low"])[1:].all()


def test_bars_end_where_a_skewed_interval_ends():
    """A rate of 2 with an interval from 1 to 5 reaches one down and three up."""
    bars = interval_bars([2.0], low=[1.0], high=[5.0])
    assert (bars["arrayminus"], bars["array"]) == ([1.0], [3.0])
    assert bars["symmetric"] is False
