"""What is a way of choosing contacts worth, learnt from a log in which lots were drawn?

Three estimates of a policy's value against leaving everybody alone: inverse propensity (IPS), its self-normalised form
(SNIPS), and cross-fitted doubly robust (DR) with ridge outcome models (Dudik, Langford, Li 2011, arXiv:1103.4601). The
learnt policy is itself cross-fitted, so that it is never judged on the rows it learnt from. Two intervals: one for the
value, and a wider one for what the *next* test of the same size will read. The safe policy leaves the best constant arm
only where the lower bound of the difference is above nothing. Promise inflation = what the models promise in sample
minus the doubly robust value.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns import queries
from rcommerce_helpers.campaigns.history import daily_panel, features_before
from rcommerce_helpers.campaigns.holdout import HOLDOUT_ARM
from rcommerce_helpers.campaigns.nuisance import folds, predict_ridge
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import ASSUMED_LEVEL, Figure, Unit
from rcommerce_helpers.statistics.intervals import normal_quantile

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

FOLDS = 3
PENALTY = 300.0
SMALLEST_PROPENSITY = 0.01


@dataclass(frozen=True)
class RandomisedLog:
    """One row = one contact or holdout of an experiment; arm 0 is the holdout.

    ``outcome`` and ``costs`` (per arm) in the same unit; ``propensity`` = chance of the arm that was drawn. ``person``
    numbers who was contacted: four waves to one person are one person's word four times. Empty = a row each.
    """

    outcome: np.ndarray
    arm: np.ndarray
    propensity: np.ndarray
    features: np.ndarray
    arms: tuple[str, ...]
    costs: np.ndarray
    unit: Unit = "money"
    person: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def people(self) -> np.ndarray:
        """(rows,): number of the person, from 0 on in order of appearance."""
        return np.asarray(pd.factorize(self.person)[0]) if len(self.person) else np.arange(len(self.outcome))

    def rows(self, which: np.ndarray) -> RandomisedLog:
        """The part of the log in ``which`` (row numbers or true/false)."""
        return dataclasses.replace(
            self,
            outcome=self.outcome[which],
            arm=self.arm[which],
            propensity=self.propensity[which],
            features=self.features[which],
            person=self.people[which],
        )


@dataclass(frozen=True)
class Value:
    """Value of a policy per customer against the holdout arm, net of cost; ``se`` of the doubly robust one."""

    ips: float
    snips: float
    dr: float
    se: float


@dataclass(frozen=True)
class Forecast:
    """Cross-fitted forecast of the learnt policy: value, se, and the promise its models make in sample."""

    value: float
    se: float
    promise: float

    @property
    def inflation(self) -> float:
        return self.promise - self.value

    def next_test(self, rows: int, next_rows: int) -> tuple[float, float]:
        """Interval for what a test with ``next_rows`` will read, this forecast resting on ``rows``."""
        half = normal_quantile(ASSUMED_LEVEL) * self.se * float(np.sqrt(1 + rows / next_rows))
        return self.value - half, self.value + half


@dataclass(frozen=True)
class PolicyReport:
    """What each policy is worth, per customer against the holdout.

    ``policies``: one row = policy: policy, contacted (share), ips, snips, value (DR), se, low, high (90 %), next_low,
    next_high (90 % for the next test of this size), gain, gain_low, gain_high (over the best constant arm).
    ``safe`` is the policy to use.
    """

    policies: pd.DataFrame
    safe: str
    figures: tuple[Figure, ...]
    currency: str = ""


@dataclass(frozen=True)
class Identified:
    """``checks``: one row = condition: condition, holds (1/0), measured. ``verdict`` 1 = an effect can be read."""

    checks: pd.DataFrame
    verdict: int
    figures: tuple[Figure, ...]


def identified(contacts: Rows) -> Identified:
    """Whether an effect can be read from these contacts: lots were drawn, chances are recorded, and they overlap.

    Recorded chances are believed only if they add up: over an arm, 1 / propensity must sum to the number of contacts of
    its campaign, within five standard errors. Where some campaigns drew lots and others did not, those that did are the
    ones looked at, and the figure's n counts their contacts.
    """
    arms = queries.randomised_arms(contacts)
    if arms.empty:
        raise NotEnoughData("contacts", got="no row", expected="past contacts", do="Record whom you contact")
    drawn = arms[arms["campaign_id"].isin(_drawn(arms))]
    looked_at = arms if drawn.empty else drawn
    table = _conditions(looked_at)
    verdict = int(table["holds"].all())
    return Identified(
        table, verdict, (Figure("effect_identified", verdict, int(looked_at["contacts"].sum()), "yes_no"),)
    )


def randomised_campaigns(contacts: Rows) -> list[str]:
    """Campaigns for which all conditions hold."""
    return _drawn(queries.randomised_arms(contacts))


def _drawn(arms: pd.DataFrame) -> list[str]:
    return [str(name) for name, rows in arms.groupby("campaign_id") if _conditions(rows)["holds"].all()]


def _conditions(arms: pd.DataFrame) -> pd.DataFrame:
    """One row = condition: condition, holds, measured; from one row = campaign x arm."""
    known = float(arms["known"].sum() / arms["contacts"].sum())
    fewest = int(arms.groupby("campaign_id").size().min())
    lowest = float(arms["lowest"].min()) if known else 0.0
    overlap = lowest >= SMALLEST_PROPENSITY and float(arms["highest"].max()) < 1
    off = _adding_up(arms) if known == 1 and overlap else float("inf")
    checks = [
        ("the chance of every contact is recorded", known == 1, known, "share"),
        ("every campaign has at least two arms", fewest >= 2, float(fewest), "count"),
        ("nobody was certain to be, or not to be, contacted", overlap, lowest, "share"),
        ("recorded chances agree with what was drawn", off <= 5, off, "mean"),
    ]
    return pd.DataFrame(checks, columns=["condition", "holds", "measured", "unit"]).replace(float("inf"), float("nan"))


def _adding_up(arms: pd.DataFrame) -> float:
    """Largest distance, in standard errors, between the sum of 1 / propensity of an arm and its campaign's contacts."""
    size = arms.groupby("campaign_id")["contacts"].transform("sum")
    return float(((arms["inverse"] - size).abs() / np.sqrt(arms["spread"]).clip(lower=1e-9)).max())


def log_from_contacts(contacts: Rows, order_lines: Rows, params: CampaignParams) -> RandomisedLog:
    """The largest randomised campaign of the contact log, with what was known of each customer before it.

    Raises
    ------
    NotEnoughData
        No campaign drew lots, or the largest that did has no holdout.
    """
    randomised_arms = queries.randomised_arms(contacts)
    randomised_arms = randomised_arms[randomised_arms["campaign_id"].isin(_drawn(randomised_arms))]
    if randomised_arms.empty:
        raise NotEnoughData(
            "contacts.propensity",
            got="contacts without lots",
            expected="arms drawn by chance, with the chance recorded",
            do="Send the plan with its holdout and load the log",
        )
    largest = str(randomised_arms.groupby("campaign_id")["contacts"].sum().idxmax())
    rows = queries.contacts_of(contacts, largest)
    names = sorted(set(rows["arm"]) - {HOLDOUT_ARM})
    if len(names) == rows["arm"].nunique():
        raise NotEnoughData("contacts.arm", got="no holdout", expected=f"an arm {HOLDOUT_ARM!r}", do="Hold some out")
    arms = (HOLDOUT_ARM, *names)
    panel = daily_panel(order_lines)
    rows = rows[rows["customer_id"].isin(panel.ids)]
    who = np.searchsorted(panel.ids, rows["customer_id"].to_numpy(dtype=object))
    day = (rows["local_at"] - panel.first).dt.days.to_numpy()
    in_money = bool(rows["revenue"].notna().any())
    outcome = rows["revenue"] * params.margin_share if in_money else rows["converted"]
    costs = np.full(len(arms), params.contact_cost)
    costs[0] = 0.0
    return RandomisedLog(
        outcome=outcome.astype(float).fillna(0.0).to_numpy(),
        arm=rows["arm"].map({a: i for i, a in enumerate(arms)}).to_numpy(),
        propensity=rows["propensity"].astype(float).to_numpy(),
        features=features_before(panel, who, day),
        arms=arms,
        costs=costs,
        unit="money" if in_money else "points",
        person=who,
    )


def predict_arms(train: RandomisedLog, features: np.ndarray) -> np.ndarray:
    """(rows, arms): expected outcome under each arm, by ridge per arm."""
    fits = [
        predict_ridge(train.features[train.arm == a], train.outcome[train.arm == a], features, penalty=PENALTY)
        for a in range(len(train.arms))
    ]
    return np.column_stack(fits)


def best_arm(expected: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """(rows,): the arm with the highest expected outcome after cost."""
    return np.asarray((expected - costs).argmax(axis=1))


def cross_fit(log: RandomisedLog, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Out-of-fold expected outcomes (rows, arms) and out-of-fold learnt policy (rows,); a person is in one fold."""
    people = log.people
    fold = folds(int(people.max()) + 1, FOLDS, np.random.default_rng(seed))[people]
    expected = np.empty((len(log.outcome), len(log.arms)))
    for f in range(FOLDS):
        expected[fold == f] = predict_arms(log.rows(fold != f), log.features[fold == f])
    return expected, best_arm(expected, log.costs)


def robust_scores(log: RandomisedLog, expected: np.ndarray) -> np.ndarray:
    """(rows, arms): doubly robust score of each arm for each row, net of the arm's cost."""
    scores = expected.copy()
    rows = np.arange(len(log.outcome))
    scores[rows, log.arm] += (log.outcome - expected[rows, log.arm]) / log.propensity
    return np.asarray(scores - log.costs)


def value_of(log: RandomisedLog, policy: np.ndarray, expected: np.ndarray) -> Value:
    """Value of ``policy`` (arm per row, not learnt from these rows) against the holdout, per customer."""
    rows = np.arange(len(policy))
    scores = robust_scores(log, expected)
    difference = scores[rows, policy] - scores[:, 0]
    weights = [(log.arm == chosen) / log.propensity for chosen in (policy, np.zeros_like(policy))]
    net = [log.outcome - log.costs[policy], log.outcome]
    ips = [float((w * y).mean()) for w, y in zip(weights, net)]
    snips = [float((w * y).sum() / max(w.sum(), 1e-12)) for w, y in zip(weights, net)]
    se = standard_error(difference, log.people)
    return Value(ips[0] - ips[1], snips[0] - snips[1], float(difference.mean()), se)


def standard_error(scores: np.ndarray, people: np.ndarray) -> float:
    """Of the mean of ``scores`` when people, not rows, were drawn: what the rows of one person share counts once.

    Examples
    --------
    >>> once = standard_error(np.array([0.0, 1.0, 0.0, 1.0]), np.arange(4))
    >>> twice = standard_error(np.repeat([0.0, 1.0, 0.0, 1.0], 2), np.repeat(np.arange(4), 2))
    >>> round(once, 4), round(twice, 4)
    (0.2887, 0.2887)
    """
    off = np.bincount(people, weights=scores - scores.mean())
    return float(np.sqrt(len(off) / max(len(off) - 1, 1) * np.square(off).sum()) / len(scores))


def forecast(log: RandomisedLog, *, seed: int) -> Forecast:
    """Forecast the learnt policy: doubly robust with nuisance and policy cross-fitted, beside its in-sample promise."""
    expected, policy = cross_fit(log, seed)
    value = value_of(log, policy, expected)
    own = predict_arms(log, log.features)
    net = own - log.costs
    return Forecast(value.dr, value.se, float((net.max(axis=1) - net[:, 0]).mean()))


def realise(train: RandomisedLog, test: RandomisedLog) -> Value:
    """Value on ``test`` of the policy learnt on ``train``: honest, for nothing of the test was seen."""
    expected = predict_arms(train, test.features)
    return value_of(test, best_arm(expected, train.costs), expected)


def judge_policies(contacts: Rows, order_lines: Rows, currency: str, params: CampaignParams) -> PolicyReport:
    """Value of every constant arm and of the learnt policy on the largest randomised campaign."""
    report = compare_policies(log_from_contacts(contacts, order_lines, params), seed=params.seed)
    return dataclasses.replace(report, currency=currency)


def compare_policies(log: RandomisedLog, *, seed: int) -> PolicyReport:
    """Constant arms, the learnt policy, and which of them is safe to use.

    Raises
    ------
    NotEnoughData
        An arm has fewer than 30 people.
    """
    in_arm = np.unique(np.column_stack([log.arm, log.people]), axis=0)[:, 0]
    if np.bincount(in_arm, minlength=len(log.arms)).min() < 30:
        raise NotEnoughData(
            "contacts.arm", got="an arm with fewer than 30 people", expected="30", do="Run the test longer"
        )
    expected, learnt = cross_fit(log, seed)
    scores = robust_scores(log, expected)
    best = int(scores.mean(axis=0).argmax())
    policies = {name: np.full(len(learnt), a) for a, name in enumerate(log.arms)} | {"learnt": learnt}
    fitted = _Fitted(expected, scores, best)
    table = pd.DataFrame([_row(name, log, policy, fitted) for name, policy in policies.items()])
    gain = table.set_index("policy").loc["learnt"]
    safe = "learnt" if gain["gain_low"] > 0 else log.arms[best]
    promise = forecast(log, seed=seed)
    n = len(learnt)
    top = table.set_index("policy").loc[log.arms[best]]
    low, high = float(top["low"]), float(top["high"])
    least, most = float(gain["gain_low"]), float(gain["gain_high"])
    figures = (
        Figure("log_best_arm_value", float(top["value"]), n, log.unit, low, high, level=ASSUMED_LEVEL),
        Figure("log_policy_gain", float(gain["gain"]), n, log.unit, least, most, level=ASSUMED_LEVEL),
        Figure("log_promise_inflation", promise.inflation, n, log.unit),
    )
    return PolicyReport(table, safe, figures)


@dataclass(frozen=True)
class _Fitted:
    """What the policies are judged by: expected outcomes and robust scores (rows, arms), and the best constant arm."""

    expected: np.ndarray
    scores: np.ndarray
    best: int


def _row(name: str, log: RandomisedLog, policy: np.ndarray, fitted: _Fitted) -> dict[str, object]:
    """One policy: its value, its interval, the interval of the next test, its gain over the best constant arm."""
    value = value_of(log, policy, fitted.expected)
    gains = fitted.scores[np.arange(len(policy)), policy] - fitted.scores[:, fitted.best]
    gain, gain_se = float(gains.mean()), standard_error(gains, log.people)
    reach = normal_quantile(ASSUMED_LEVEL)
    half, wide = reach * value.se, reach * value.se * float(np.sqrt(2))
    return {
        "policy": name,
        "contacted": float((policy > 0).mean()),
        "ips": value.ips,
        "snips": value.snips,
        "value": value.dr,
        "se": value.se,
        "low": value.dr - half,
        "high": value.dr + half,
        "next_low": value.dr - wide,
        "next_high": value.dr + wide,
        "gain": gain,
        "gain_low": gain - reach * gain_se,
        "gain_high": gain + reach * gain_se,
    }
