"""Pictures draw the fields they name: each interval its own, and its ends where the result has them."""

import pandas as pd
import pytest

from rcommerce_helpers.campaigns.evidence import PolicyReport
from rcommerce_helpers.plots.campaigns import plot_policies
from rcommerce_helpers.plots.chrome import interval_bars


def ends(trace):
    """(low, high) of every point of a trace with error bars along x."""
    bars = trace.error_x
    return [(x - down, x + up) for x, down, up in zip(trace.x, bars.arrayminus, bars.array)]


def test_value_and_next_test_have_each_their_own_interval():
    """The value is known within .1, the next test will read it within .3."""
    table = pd.DataFrame({"policy": ["mail", "learnt"], "value": [1.0, 2.0]})
    table = table.assign(low=table["value"] - 0.1, high=table["value"] + 0.1)
    table = table.assign(next_low=table["value"] - 0.3, next_high=table["value"] + 0.3)
    traces = {trace.name: trace for trace in plot_policies(PolicyReport(table, "mail", ()), "en").data}
    value = next(t for name, t in traces.items() if name.startswith("value"))
    following = next(t for name, t in traces.items() if "next test" in name)
    assert ends(value) == [pytest.approx((0.9, 1.1)), pytest.approx((1.9, 2.1))]
    assert ends(following) == [pytest.approx((0.7, 1.3)), pytest.approx((1.7, 2.3))]


def test_bars_end_where_a_skewed_interval_ends():
    """A rate of 2 with an interval from 1 to 5 reaches one down and three up."""
    bars = interval_bars([2.0], low=[1.0], high=[5.0])
    assert (bars["arrayminus"], bars["array"]) == ([1.0], [3.0])
    assert bars["symmetric"] is False
