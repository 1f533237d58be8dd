import dataclasses

import numpy as np
import pandas as pd
import pytest
from affinity_shop import AS_OF, PARAMS

from rcommerce_helpers.affinity.model import learn
from rcommerce_helpers.affinity.reasons import WORDS, explain
from rcommerce_helpers.affinity.relevance import lift, open_cases, score
from rcommerce_helpers.clock import day_after
from rcommerce_helpers.engine import as_lazy
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.results import Absent
from rcommerce_helpers.rollback import rolled_back

NO_CASES = open_cases(Absent("service_cases", "no table"))


def test_scores_have_one_row_per_customer_and_category(learnt, contest):
    table = score(learnt, contest, NO_CASES, PARAMS).table
    assert not table.duplicated(["customer_id", "category"]).any()
    assert len(table) == table["customer_id"].nunique() * len(learnt.history.categories)
    assert table["probability"].between(0, 1).all()
    best = table[table["rank"] == 1].set_index("customer_id")["probability"]
    assert (best >= table.groupby("customer_id")["probability"].max() - 1e-12).all()


def test_below_the_threshold_nothing_is_offered(learnt, contest):
    strict = score(learnt, contest, NO_CASES, PARAMS.with_(min_probability=0.99))
    mild = score(learnt, contest, NO_CASES, PARAMS.with_(min_probability=0.0))
    assert (strict.table.loc[strict.table["relevant"], "probability"] >= 0.99).all()
    nothing = {f.name: f.value for f in strict.figures}["nothing_offered"]
    assert nothing > {f.name: f.value for f in mild.figures}["nothing_offered"]


def test_nothing_is_offered_into_an_open_case(learnt, contest):
    free = score(learnt, contest, NO_CASES, PARAMS).table
    waiting = free.loc[free["relevant"], "customer_id"].iloc[0]
    cases = pd.DataFrame({"customer_id": [waiting], "at": [pd.Timestamp("2023-10-01")], "closed_at": [pd.NaT]})
    held = score(learnt, contest, open_cases(cases), PARAMS)
    of_waiting = held.table["customer_id"] == waiting
    assert not held.table.loc[of_waiting, "relevant"].any()
    assert set(held.table.loc[of_waiting, "why"]) == {"open case"}
    assert held.table.loc[of_waiting, "suppressed"].all()
    assert waiting not in set(held.best["customer_id"])
    assert {f.name: f.value for f in held.figures}["open_cases"] == 1
    pd.testing.assert_frame_equal(held.table[~of_waiting], free[~of_waiting.to_numpy()])


def test_cases_closed_by_or_opened_after_the_day_hold_nobody():
    cases = pd.DataFrame(
        {
            "customer_id": ["closed", "future", "closed_later", "open"],
            "local_at": pd.to_datetime(["2023-01-02", "2023-12-01", "2023-10-01", "2023-10-01"]),
            "local_closed_at": pd.to_datetime(["2023-01-05", None, "2023-12-01", None]),
        }
    )
    cases["closed_at"] = cases["local_closed_at"]
    found = open_cases(rolled_back(as_lazy(cases), "service_cases", day_after(AS_OF)))
    assert found.customers == {"closed_later", "open"}
    assert found.known
    assert not NO_CASES.known


def test_lift_by_hand(learnt, contest):
    result = lift(learnt, contest, PARAMS.with_(top_share=0.2))
    bought, order = contest.rows.bought, np.argsort(-contest.scores["model"], kind="stable")
    top = order[: round(0.2 * len(order))]
    model = result.top.set_index("scorer").loc["model"]
    assert model["hit_rate"] == pytest.approx(bought[top].mean(), abs=0.01)
    assert model["lift"] == pytest.approx(model["hit_rate"] / bought.mean())
    assert model["captured"] == pytest.approx(bought[top].sum() / bought.sum(), abs=0.01)
    curve = result.curve[result.curve["scorer"] == "model"]
    assert curve["captured"].iloc[[0, -1]].tolist() == [0, 1]
    assert curve["captured"].is_monotonic_increasing
    figure = next(f for f in result.figures if f.name == "lift_top")
    assert figure.low < figure.value < figure.high


def test_one_category_can_be_looked_at_and_a_wrong_name_is_corrected(learnt, contest):
    only = lift(learnt, contest, PARAMS.with_(category="TEA"))
    everything = lift(learnt, contest, PARAMS)
    assert only.top["rows"].iloc[0] < everything.top["rows"].iloc[0]
    with pytest.raises(ParamError, match="Did you mean TEA"):
        lift(learnt, contest, PARAMS.with_(category="tee"))
    kept = score(learnt, contest, NO_CASES, PARAMS.with_(category="TEA"))
    assert set(kept.best["label"]) == {"TEA"}
    assert kept.table["category"].nunique() == len(learnt.history.categories)


def test_boosted_scores_are_explained_for_the_best_customers_only(simulated, contest):
    params = PARAMS.with_(model="boosting", explained_customers=5)
    boosted = learn(simulated, params)
    chosen = dataclasses.replace(contest, used="model")
    assert (score(boosted, chosen, NO_CASES, params).table["reason"] == "").all()
    reasons = explain(boosted, chosen, params)
    assert reasons.rows["customer_id"].nunique() == 5
    assert set(reasons.rows["reason"]) <= set(WORDS)
