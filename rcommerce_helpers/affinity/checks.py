"""Before anyone is impressed by a score: leaks, drift, and whether it serves every group alike.

A leak is a feature that is a consequence of the outcome. Three general signs, none of which knows a column's name: the
feature alone ranks almost perfectly; whether it is filled in at all tells the outcome; or it alone knows more than all
other features together. Known limit: a weak consequence hides among honest features of the same strength.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.affinity.compare import Contest
from rcommerce_helpers.affinity.features import snapshot
from rcommerce_helpers.affinity.model import Learnt
from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import Floats, Ints
from rcommerce_helpers.affinity.queries import attribute_values
from rcommerce_helpers.affinity.ranking import Judged, auc, bootstrap_aucs, bootstrap_weights
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import LEVEL, Figure
from rcommerce_helpers.statistics.intervals import tails

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

ALONE, MISSING, AHEAD = 0.95, 0.80, 0.02
BANDS = 20
LEAST_GROUP = 10
"""Groups with fewer customers are not shown."""
LEAK_ROWS = 20_000


@dataclass(frozen=True)
class Leaks:
    """One row of ``table`` = one feature.

    feature, auc_alone, auc_missing (is it filled in), auc_others (all unnamed features together; only for those that
    were the strongest), sign ("" = clean).
    """

    table: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Drift:
    """One row of ``table`` = one feature: feature, psi, word; first training cutoff against test cutoff."""

    table: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Fairness:
    """One row of ``table`` = one group.

    attribute, group, customers, auc, low, high, mean_score, bought_share, bias (mean score minus bought share),
    bias_low, bias_high: 95 % over redrawn customers.
    """

    table: pd.DataFrame
    figures: tuple[Figure, ...]


def check_leaks(learnt: Learnt, params: AffinityParams) -> Leaks:
    """Look for consequences of the outcome among the features of the test cutoff."""
    bought = learnt.test.bought
    if bought is None:
        raise ValueError("the test cutoff has no outcome")
    rng = np.random.default_rng(params.seed)
    rows = rng.permutation(len(bought))[:LEAK_ROWS]
    return find_leaks(learnt.test.features.iloc[rows], bought[rows], seed=params.seed)


def find_leaks(features: pd.DataFrame, outcome: npt.ArrayLike, *, seed: int) -> Leaks:
    """Name the features that are likely consequences of a yes-or-no outcome.

    Parameters
    ----------
    features
        Any table, numbers or text, one row per case; gaps allowed.
    outcome
        0 or 1 per row.
    """
    hit = np.asarray(outcome).astype(np.int64)
    half = np.random.default_rng(seed).random(len(hit)) < 0.5
    ranks = {str(name): _held_rate(features[name], hit, half) for name in features}
    table = pd.DataFrame(
        [
            {
                "feature": name,
                "auc_alone": auc(rank, hit),
                "auc_missing": _folded(auc(features[name].isna().to_numpy(dtype=float), hit)),
            }
            for name, rank in ranks.items()
        ]
    )
    table["sign"] = np.select(
        [table["auc_missing"] >= MISSING, table["auc_alone"] >= ALONE],
        ["filled in only for one outcome", "almost perfect alone"],
        default="",
    )
    table["auc_others"] = np.nan
    while _name_leader(table, ranks, hit, half):
        pass
    table = table.sort_values("auc_alone", ascending=False, ignore_index=True)
    found = Figure("leaks_found", int((table["sign"] != "").sum()), len(table), "count")
    return Leaks(table, (found, Figure("leak_top_auc", float(table["auc_alone"].max()), len(hit), "score")))


def _folded(value: float) -> float:
    return max(value, 1 - value) if np.isfinite(value) else 0.5


def _held_rate(column: pd.Series, hit: Ints, half: npt.NDArray[np.bool_]) -> Floats:
    """Rate of the outcome in the feature's band, learnt on the other half of the rows: the column alone as a score."""
    band = _bands(column)
    score = np.zeros(len(hit))
    for part in (half, ~half):
        n = np.bincount(band[~part], minlength=band.max() + 1)
        hits = np.bincount(band[~part], weights=hit[~part], minlength=band.max() + 1)
        base = hit[~part].mean()
        score[part] = ((hits + 5 * base) / (n + 5))[band[part]]
    return score


def _bands(column: pd.Series) -> Ints:
    """Twenty equally full bands of a number, the values of a text; missing is a band of its own."""
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > BANDS:
        edges = np.unique(column.quantile(np.linspace(0, 1, BANDS + 1)[1:-1]))
        band = np.digitize(column.to_numpy(dtype=float, na_value=np.nan), edges)
        return np.asarray(np.where(column.isna(), len(edges) + 1, band))
    return np.asarray(pd.factorize(column, use_na_sentinel=False)[0], dtype=np.int64)


def _name_leader(table: pd.DataFrame, ranks: dict[str, Floats], hit: Ints, half: npt.NDArray[np.bool_]) -> bool:
    """Compare the strongest unnamed feature with all other unnamed ones together; name it where it knows more.

    Consequences named before are left out, so that one does not hide another. True = one more was named.
    """
    clean = table[table["sign"] == ""]
    if len(clean) < 2:
        return False
    leader = clean["auc_alone"].idxmax()
    table.loc[leader, "auc_others"] = _together([ranks[n] for n in clean["feature"].drop(leader)], hit, half)
    if table.loc[leader, "auc_alone"] < table.loc[leader, "auc_others"] + AHEAD:
        return False
    table.loc[leader, "sign"] = "knows more than all others together"
    return True


def _together(ranks: list[Floats], hit: Ints, half: npt.NDArray[np.bool_]) -> float:
    """AUC of several features together, learnt on one half and judged on the other."""
    from sklearn.linear_model import LogisticRegression

    shares = np.clip(np.column_stack(ranks), 1e-4, 1 - 1e-4)
    columns = np.log(shares / (1 - shares))
    model = LogisticRegression(max_iter=500).fit(columns[half], hit[half])
    return auc(model.decision_function(columns[~half]), hit[~half])


def check_drift(learnt: Learnt, params: AffinityParams) -> Drift:
    """Population stability index of every feature, between the first training cutoff and the test cutoff.

    Features with one value per category are left out: bands of a few dozen values move by chance.
    """
    cutoff = learnt.test.cutoff - 5 * params.horizon_days
    first = snapshot(learnt.history, max(cutoff, 2 * params.horizon_days), horizon_days=params.horizon_days)
    per_category = learnt.test.features.groupby(learnt.test.category).nunique().max() == 1
    rows = [
        {"feature": name, "psi": stability_index(first.features[name], learnt.test.features[name])}
        for name in learnt.test.features
        if not per_category[name]
    ]
    table = pd.DataFrame(rows).sort_values("psi", ascending=False, ignore_index=True)
    table["word"] = np.select([table["psi"] >= 0.25, table["psi"] >= 0.1], ["shifted", "moving"], default="stable")
    return Drift(table, (Figure("drift_top_psi", float(table["psi"].max()), len(table), "index"),))


def stability_index(before: pd.Series, after: pd.Series) -> float:
    """Sum over ten bands of (after - before) x log(after / before); below 0.1 is commonly read as stable.

    A value that fills a tenth or more of ``before`` is a band of its own, and so is no value at all: a constant that
    becomes another one has moved.
    """
    tenths = before.dropna().quantile(np.linspace(0, 1, 11)[1:-1]).to_numpy(dtype=float)
    values, times = np.unique(tenths[~np.isnan(tenths)], return_counts=True)
    edges = np.union1d(values, np.nextafter(values[times > 1], np.inf))
    shares = []
    for column in (before, after):
        known = column.dropna().to_numpy(dtype=float)
        counts = np.bincount(np.digitize(known, edges), minlength=len(edges) + 1)
        counts = np.append(counts, len(column) - len(known))
        shares.append((counts + 0.5) / (counts.sum() + 0.5 * len(counts)))
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def check_fairness(
    learnt: Learnt,
    contest: Contest,
    attributes: Rows,
    params: AffinityParams,
    names: Sequence[str] = (),
) -> Fairness:
    """AUC, mean score and observed rate per group of each attribute; attributes are looked at here, never a feature.

    Parameters
    ----------
    attributes
        One row = one customer x attribute: customer_id, name, value.
    names
        Attributes to look at; empty = all with at most twelve values.

    Raises
    ------
    NotEnoughData
        No two groups of at least ten customers.
    """
    position = pd.Series(np.arange(len(learnt.history.customers)), index=learnt.history.customers)
    known = attribute_values(attributes, learnt.history.customers)
    known = known.assign(customer=known["customer_id"].map(position))
    rows = contest.rows
    weights = bootstrap_weights(rows.customer, draws=max(20, params.bootstrap_draws // 4), seed=params.seed)
    parts = []
    for name, of_name in known.groupby("name"):
        if of_name["value"].nunique() <= 12 and (not names or name in names):
            parts += [
                _group(str(name), str(value), rows, contest.scores["model"], part["customer"].to_numpy(), weights)
                for value, part in of_name.groupby("value")
            ]
    table = pd.DataFrame([p for p in parts if p])
    if len(table) < 2:
        raise NotEnoughData(
            "attributes",
            got=f"{len(table)} groups of at least {LEAST_GROUP} customers",
            expected="at least 2",
            do="Bring attributes to compare groups by",
        )
    spread = table.groupby("attribute")["auc"].agg(lambda a: a.max() - a.min()).max()
    table = table.sort_values("bias", key=np.abs, ascending=False, ignore_index=True)
    return Fairness(
        table,
        (
            Figure("fair_auc_gap", float(spread), len(table), "score"),
            Figure("fair_least_group", LEAST_GROUP, len(table), "count"),
            Figure("fair_bias_gap", float(table["bias"].abs().max()), len(table), "points"),
            Figure(
                "fair_groups_off", int(((table["bias_low"] > 0) | (table["bias_high"] < 0)).sum()), len(table), "count"
            ),
        ),
    )


def _group(
    name: str, value: str, rows: Judged, score: Floats, members: npt.NDArray[np.float64], weights: Floats
) -> dict[str, object]:
    """How the model does in one group; empty where fewer than ten customers are in it."""
    part = np.isin(rows.customer, members.astype(np.int64))
    people = len(np.unique(rows.customer[part]))
    if people < LEAST_GROUP or not 0 < rows.bought[part].mean() < 1:
        return {}
    inside = Judged(rows.customer[part], rows.category[part], rows.bought[part], rows.is_repeat[part])
    low, high = np.nanquantile(bootstrap_aucs(score[part], inside, weights), tails(LEVEL))
    drawn = weights[:, inside.customer]
    bias = drawn @ (score[part] - inside.bought) / np.maximum(drawn.sum(axis=1), 1)
    bias_low, bias_high = np.quantile(bias, tails(LEVEL))
    return {
        "attribute": name,
        "group": value,
        "customers": people,
        "auc": auc(score[part], inside.bought),
        "low": low,
        "high": high,
        "mean_score": score[part].mean(),
        "bought_share": inside.bought.mean(),
        "bias": score[part].mean() - inside.bought.mean(),
        "bias_low": bias_low,
        "bias_high": bias_high,
    }
