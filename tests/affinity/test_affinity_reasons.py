import dataclasses

import numpy as np
import pandas as pd
import pytest
import shap
from affinity_shop import PARAMS
from sklearn.linear_model import LogisticRegression

from rcommerce_helpers.affinity.features import FEATURES, design
from rcommerce_helpers.affinity.model import Scorer, fit
from rcommerce_helpers.affinity.reasons import (
    GROUPS,
    WORDS,
    additivity_error,
    explain,
    first_reason,
    grouped,
    reason_values,
)


def test_closed_form_equals_shap_with_the_whole_background(learnt):
    columns = design(learnt.test.features)
    model = LogisticRegression().fit(columns, learnt.test.bought)
    scorer = Scorer("logistic", columns.mean(axis=0), model.coef_[0], float(model.intercept_[0]))
    masker = shap.maskers.Independent(columns, max_samples=len(columns))
    explainer = shap.LinearExplainer(model, masker)
    base, values = reason_values(scorer, learnt.test.features.head(200))
    np.testing.assert_allclose(values, explainer.shap_values(columns[:200]), atol=1e-9)
    assert base == pytest.approx(float(explainer.expected_value), abs=1e-9)


@pytest.mark.parametrize("kind", ["logistic", "boosting"])
def test_base_and_reasons_add_up_to_the_score(learnt, kind):
    scorer = dataclasses.replace(fit([learnt.choice], kind), slope=0.9, shift=-0.1)
    features = learnt.test.features.head(60)
    base, values = reason_values(scorer, features)
    assert additivity_error(scorer, features, base, values) < 1e-9
    assert additivity_error(scorer, features, base + 0.1, values) == pytest.approx(0.1)
    np.testing.assert_allclose(base + grouped(values).sum(axis=1), scorer.margin(design(features)))


def test_every_feature_belongs_to_one_reason():
    listed = [name for names in GROUPS.values() for name in names]
    assert sorted(listed) == sorted(FEATURES)
    assert set(WORDS) == {*GROUPS, "none"}


def test_first_reason_quotes_its_own_number_and_never_an_empty_one():
    features = pd.DataFrame({name: [0.0, 0.0, 0.0] for name in FEATURES})
    features.loc[:, "blocks_6"] = [4, 0, 0]
    features.loc[:, "trips_84"] = [9, 7, 0]
    groups = pd.DataFrame({name: [0.1] * 3 for name in GROUPS})
    groups["habit"] = [2.0, 3.0, 3.0]
    groups["visits"] = [1.0, 1.0, 1.0]
    found = first_reason(groups, features)
    assert found["reason"].tolist() == ["habit", "visits", "none"]
    assert found["value"].tolist() == [4, 7, 0]


def test_a_long_overdue_pair_has_no_usual_rhythm():
    features = pd.DataFrame({name: [0.0, 0.0] for name in FEATURES})
    features["recency_days"] = [9.0, 90.0]
    features["due_ratio"] = [0.9, 9.0]
    groups = pd.DataFrame({name: [0.0, 0.0] for name in GROUPS}).assign(rhythm=1.0)
    assert first_reason(groups, features)["reason"].tolist() == ["rhythm", "none"]


def test_best_customers_are_explained_in_order(learnt, contest):
    result = explain(learnt, contest, PARAMS)
    assert result.rows["customer_id"].nunique() == PARAMS.explained_customers
    leaders = result.rows.groupby("customer_id", sort=False)["probability"].first()
    assert leaders.is_monotonic_decreasing
    assert result.rows.groupby("customer_id").size().max() <= 5
    assert result.overall["share"].sum() == pytest.approx(1)
    odds = np.log(result.rows["probability"] / (1 - result.rows["probability"]))
    np.testing.assert_allclose(result.rows["base"] + result.rows[list(GROUPS)].sum(axis=1), odds)
