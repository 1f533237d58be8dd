"""Why a score is what it is: exact additive reasons (SHAP values), grouped into what a person can check.

For the logistic model the values have a closed form, weight x (value - training mean), equal to those of
shap.LinearExplainer with the whole training table as background (a test compares them). For boosted trees shap's tree
explainer is used; this file is the only one that imports shap, and only then. Base + reasons = log-odds of the score,
checked on every row. Reasons describe the model, not causes.

Source: Lundberg and Lee (2017), A Unified Approach to Interpreting Model Predictions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.compare import Contest
from rcommerce_helpers.affinity.features import FEATURES, design
from rcommerce_helpers.affinity.model import Learnt, Scorer
from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import Floats, Ints
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.results import Figure

GROUPS: dict[str, tuple[str, ...]] = {
    "habit": ("days_all", "per_trip", "per_trip_84", "expected", "blocks_6"),
    "lately": ("days_14", "days_28", "days_56", "days_84", "days_168"),
    "rhythm": ("recency_days", "gap_mean_days", "gap_median_days", "due_ratio"),
    "visits": ("trips_28", "trips_84", "trip_recency_days", "categories_84"),
    "popular": ("popularity", "popularity_84"),
    "also_bought": ("copurchase",),
}
"""Reason -> the features behind it; every feature belongs to exactly one."""
WORDS: dict[str, str] = {
    "habit": "bought it in {value} of the last six four-week periods",
    "lately": "bought it on {value} days of the last twelve weeks",
    "rhythm": "last bought {value} days ago, in its usual rhythm",
    "visits": "was here on {value} days of the last twelve weeks",
    "popular": "{value} of a hundred active customers bought it lately",
    "also_bought": "of a hundred customers with similar purchases {value} buy it too",
    "none": "nothing speaks for it in particular",
}
"""Reason -> plain words; ``value`` is the number of the same row, whole."""
SHOWN_BY: dict[str, tuple[str, float]] = {
    "habit": ("blocks_6", 1.0),
    "lately": ("days_84", 1.0),
    "rhythm": ("recency_days", 1.0),
    "visits": ("trips_84", 1.0),
    "popular": ("popularity", 100.0),
    "also_bought": ("copurchase", 100.0),
}
"""Reason -> the feature whose value the words quote, and its factor."""
TOLERANCE = 1e-6
MOST_OVERDUE = 2.0
"""Beyond two of its usual gaps a recency is no rhythm any more."""
OVERALL_ROWS = 2000
ROWS_PER_CUSTOMER = 5


@dataclass(frozen=True)
class Reasons:
    """Reasons overall and per row of the coming horizon.

    ``overall``: one row = one group (reason, strength = mean absolute log-odds, share, n). ``rows``: one row = one
    explained customer x category (customer_id, category, probability, base, one column per group, reason, value).
    ``example``: the same for one customer, pseudonymous, best categories first.
    """

    overall: pd.DataFrame
    rows: pd.DataFrame
    example: pd.DataFrame
    figures: tuple[Figure, ...]


def reason_values(scorer: Scorer, features: pd.DataFrame) -> tuple[float, Floats]:
    """Base and one SHAP value per row and feature, in log-odds of the calibrated score.

    Raises
    ------
    SchemaError
        Base and values do not add up to the score: the explanation would be of another model.
    """
    columns = design(features)
    if scorer.trees is None:
        base = scorer.shift + scorer.slope * float(scorer.intercept + scorer.weights @ scorer.mean)
        values = scorer.slope * scorer.weights * (columns - scorer.mean)
    else:
        base, values = _tree_values(scorer, columns)
    error = additivity_error(scorer, features, base, values)
    if error > TOLERANCE:
        raise SchemaError(
            "reasons", got=f"a gap of {error:.2g}", expected="reasons that add up to the score", do="Report this error"
        )
    return base, np.asarray(values)


def additivity_error(scorer: Scorer, features: pd.DataFrame, base: float, values: Floats) -> float:
    """Largest gap between base plus reasons and the score, in log-odds."""
    return float(np.abs(base + values.sum(axis=1) - scorer.margin(design(features))).max())


def _tree_values(scorer: Scorer, columns: Floats) -> tuple[float, Floats]:
    import shap

    explainer = shap.TreeExplainer(scorer.trees)
    values = np.asarray(explainer.shap_values(columns))
    base = float(np.ravel(explainer.expected_value)[0])
    return scorer.shift + scorer.slope * base, scorer.slope * values


def grouped(values: Floats) -> pd.DataFrame:
    """SHAP values summed per reason group: one row as given, one column per group."""
    position = {name: i for i, name in enumerate(FEATURES)}
    sums = {group: values[:, [position[f] for f in names]].sum(axis=1) for group, names in GROUPS.items()}
    return pd.DataFrame(sums)


def first_reason(groups: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """The group that speaks most for each row, and the number its words quote: columns reason, value.

    The strongest group whose number is not 0 and, for the rhythm, whose pair is neither new nor long overdue; "none"
    where no such group speaks for the row.
    """
    quoted = np.column_stack([features[name].to_numpy() * factor for name, factor in SHOWN_BY.values()]).round()
    ratio = features["due_ratio"].to_numpy()
    quoted[:, list(SHOWN_BY).index("rhythm")] *= (ratio > 0) & (ratio <= MOST_OVERDUE)
    strength = np.where(quoted > 0, groups[list(SHOWN_BY)].to_numpy(), -np.inf)
    best = strength.argmax(axis=1)
    rows = np.arange(len(groups))
    speaks = strength[rows, best] > 0
    codes = np.array(list(SHOWN_BY), dtype=object)
    return pd.DataFrame(
        {"reason": np.where(speaks, codes[best], "none"), "value": np.where(speaks, quoted[rows, best], 0).astype(int)}
    )


def explain(learnt: Learnt, contest: Contest, params: AffinityParams) -> Reasons:
    """Explain the best rows of the best-scored customers for the coming horizon, and the model overall."""
    scorer, snap = learnt.now_scorers[contest.used], learnt.now
    probability = scorer.probability(snap.features)
    best = _best_rows(probability, snap.customer, params.explained_customers)
    features = snap.features.iloc[best].reset_index(drop=True)
    base, values = reason_values(scorer, features)
    groups = grouped(values)
    rows = pd.DataFrame(
        {
            "customer_id": learnt.history.customers[snap.customer[best]],
            "category": learnt.history.labels[snap.category[best]],
            "probability": probability[best],
            "base": base,
        }
    )
    rows = pd.concat([rows, groups, first_reason(groups, features)], axis=1)
    overall = _overall(scorer, learnt, params)
    people = rows["customer_id"].nunique()
    example = rows[rows["customer_id"] == rows["customer_id"].iloc[0]].reset_index(drop=True)
    figures = (
        Figure("reasons_rows", len(rows), people, "count"),
        Figure("reasons_error", additivity_error(scorer, features, base, values), len(rows), "log_odds"),
        Figure("reason_first_share", float(overall["share"].iloc[0]), int(overall["n"].iloc[0]), "share"),
        Figure("example_reason", int(example["value"].iloc[0]), len(example), "count"),
        Figure("example_probability", float(example["probability"].iloc[0]), len(example), "share"),
    )
    return Reasons(overall, rows, example, figures)


def _best_rows(probability: Floats, customer: Ints, customers: int) -> Ints:
    """Rows of the customers with the highest best score: their first few categories, best customer first."""
    order = np.lexsort((-probability, customer))
    start = np.flatnonzero(np.r_[True, customer[order][1:] != customer[order][:-1]])
    leaders = np.argsort(-probability[order][start], kind="stable")[:customers]
    rank = np.arange(ROWS_PER_CUSTOMER)
    size = np.diff(np.r_[start, len(order)])
    return np.concatenate([order[start[i] + rank[: size[i]]] for i in leaders])


def _overall(scorer: Scorer, learnt: Learnt, params: AffinityParams) -> pd.DataFrame:
    """Mean absolute reason per group over a sample of the rows to be scored."""
    rng = np.random.default_rng(params.seed)
    n = min(OVERALL_ROWS, len(learnt.now.customer))
    sample = rng.choice(len(learnt.now.customer), size=n, replace=False)
    _, values = reason_values(scorer, learnt.now.features.iloc[sample])
    strength = grouped(values).abs().mean()
    table = pd.DataFrame({"reason": strength.index, "strength": strength.to_numpy(), "n": n})
    table["share"] = table["strength"] / table["strength"].sum()
    return table.sort_values("strength", ascending=False, ignore_index=True)
