from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from affinity_shop import PARAMS

from rcommerce_helpers.affinity.checks import check_drift, check_fairness, check_leaks, find_leaks, stability_index
from rcommerce_helpers.errors import NotEnoughData


def table_with_outcome(seed, n=3000):
    rng = np.random.default_rng(seed)
    clean = pd.DataFrame({f"x{i}": rng.normal(size=n) for i in range(5)})
    clean["group"] = rng.choice(["a", "b", "c"], n)
    chance = 1 / (1 + np.exp(-(clean["x0"] + clean["x1"] + 0.8 * clean["x2"] + (clean["group"] == "a"))))
    return clean, (rng.random(n) < chance).astype(int), rng


@pytest.mark.parametrize("seed", range(5))
def test_clean_columns_are_not_accused(seed):
    clean, outcome, _ = table_with_outcome(seed)
    assert (find_leaks(clean, outcome, seed=seed).table["sign"] == "").all()


def test_consequences_are_named_by_three_signs():
    clean, outcome, rng = table_with_outcome(20)
    n = len(outcome)
    planted = clean.assign(
        refund=np.where(outcome == 1, rng.gamma(9.0, 1.0, n), rng.gamma(1.0, 0.5, n)),
        reason=np.where((outcome == 1) & (rng.random(n) < 0.9), "moved", None),
        bill=outcome * 2.2 + rng.normal(size=n),
    )
    signs = find_leaks(planted[[*clean, "refund"]], outcome, seed=1).table.set_index("feature")["sign"]
    assert signs["refund"] == "almost perfect alone"
    signs = find_leaks(planted[[*clean, "reason"]], outcome, seed=1).table.set_index("feature")["sign"]
    assert signs["reason"] == "filled in only for one outcome"
    signs = find_leaks(planted[[*clean, "bill"]], outcome, seed=1).table.set_index("feature")["sign"]
    assert signs["bill"] == "knows more than all others together"
    assert (signs.drop("bill") == "").all()


def test_a_count_that_looks_into_the_future_is_named_in_the_affinity_table(learnt):
    features = learnt.test.features.assign(days_next=learnt.test.bought * 2.0)
    named = find_leaks(features, learnt.test.bought, seed=2).table
    assert named.loc[named["sign"] != "", "feature"].tolist() == ["days_next"]
    assert check_leaks(learnt, PARAMS).figures[0].value == 0


def test_stability_index_is_zero_for_the_same_and_grows_with_a_shift():
    before = pd.Series(np.random.default_rng(3).normal(size=5000))
    assert stability_index(before, before) == pytest.approx(0)
    assert stability_index(before, before + 0.2) < stability_index(before, before + 1) > 0.25


def test_drift_leaves_out_what_has_one_value_per_category(learnt):
    table = check_drift(learnt, PARAMS).table
    assert not {"popularity", "popularity_84"} & set(table["feature"])
    assert "days_28" in set(table["feature"])


def test_groups_below_ten_customers_stay_out_of_sight(learnt, contest):
    people = learnt.history.customers[np.unique(contest.rows.customer)]
    groups = np.where(np.arange(len(people)) < 9, "few", np.where(np.arange(len(people)) % 2, "odd", "even"))
    attributes = pd.DataFrame({"customer_id": people, "name": "band", "value": groups})
    result = check_fairness(learnt, contest, attributes, PARAMS)
    assert set(result.table["group"]) == {"odd", "even"}
    part = result.table.set_index("group").loc["odd"]
    rows = np.isin(learnt.history.customers[contest.rows.customer], people[groups == "odd"])
    assert part["bought_share"] == pytest.approx(contest.rows.bought[rows].mean())
    assert part["bias_low"] <= part["bias"] <= part["bias_high"]
    with pytest.raises(NotEnoughData, match="attributes"):
        check_fairness(learnt, contest, attributes[attributes["value"] == "few"], PARAMS)


TELCO = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "telco_multi"


@pytest.mark.shared_data
@pytest.mark.skipif(not TELCO.exists(), reason="../shared/data/telco_multi is not there")
def test_consequences_of_churn_are_named_on_telco_and_nothing_else():
    parts = [
        pd.read_csv(TELCO / f"{name}.csv", keep_default_na=False, na_values=[""]) for name in ("services", "status")
    ]
    table = parts[0].merge(parts[1], on=["Customer ID", "Quarter"])
    churned = (table["Churn Label"] == "Yes").astype(int)
    features = table.drop(columns=["Customer ID", "Quarter", "Churn Label", "Churn Value"])
    named = find_leaks(features, churned, seed=1).table
    assert set(named.loc[named["sign"] != "", "feature"]) == {
        "Satisfaction Score",
        "Customer Status",
        "Churn Score",
        "Churn Category",
        "Churn Reason",
    }


def test_a_constant_that_becomes_another_has_moved_and_so_has_what_went_missing():
    """Bands drawn from the first sample alone saw neither."""
    assert stability_index(pd.Series([0.0] * 100), pd.Series([5.0] * 100)) > 0.25
    assert stability_index(pd.Series([0.0] * 100), pd.Series([0.0] * 100)) == pytest.approx(0)
    before = pd.Series(np.linspace(0, 1, 200))
    assert stability_index(before, before.where(before < 0.5)) > 0.25
    assert stability_index(before.where(before < 0.5), before.where(before < 0.5)) == pytest.approx(0)
