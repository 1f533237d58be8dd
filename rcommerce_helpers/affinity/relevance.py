"""From scores to what may be offered: the lift of the best-scored rows, and the scored table of the coming horizon.

Below a relevance threshold nothing is offered. Held back although likely: durables bought lately, whatever is not due
within the horizon, and everything for customers with an open service case. The threshold stands here for "probability
times margin above the cost of a contact"; stage 04 puts money in its place.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rcommerce_helpers.affinity.compare import Contest
from rcommerce_helpers.affinity.model import Learnt, Scorer
from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import Bools, Floats, Ints
from rcommerce_helpers.affinity.queries import customers_waiting
from rcommerce_helpers.affinity.ranking import bootstrap_weights
from rcommerce_helpers.affinity.reasons import WORDS, first_reason, grouped, reason_values
from rcommerce_helpers.affinity.timing import Rhythm, fit_rhythm, rests
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.results import LEVEL, Absent, Figure
from rcommerce_helpers.statistics.intervals import tails

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

CURVE_POINTS = 50


@dataclass(frozen=True)
class Lift:
    """What the best-scored share of rows catches.

    ``curve``: one row = scorer x share (scorer, share, captured); ``top``: one row = scorer at ``top_share``
    (scorer, rows, hit_rate, lift, captured, threshold).
    """

    curve: pd.DataFrame
    top: pd.DataFrame
    top_share: float
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class OpenCases:
    """Customers whose service case is open on the last known day; ``known`` is False without a table of cases."""

    customers: frozenset[str]
    known: bool


@dataclass(frozen=True)
class Scores:
    """The scored list: one row = customer x category.

    ``table``: customer_id, category, label, probability, rank (1 = this customer's best), reason_code, reason_value,
    reason (English), due_days (days from now until the middle due day, empty where lapsed or never bought), due_low
    and due_high (80 %), is_repeat, lapsed, suppressed, why ("" | "below threshold" | "bought lately" | "not due yet" |
    "open case"), relevant. ``best``: the surest rows, again and first time, of ``category`` where one is asked
    for. ``held``: one row = why (why, rows, customers).
    """

    table: pd.DataFrame
    best: pd.DataFrame
    held: pd.DataFrame
    figures: tuple[Figure, ...]


def lift(learnt: Learnt, contest: Contest, params: AffinityParams) -> Lift:
    """Share of later purchases among the best-scored rows of the test, model beside own frequency.

    Raises
    ------
    ParamError
        ``category`` is not one of the scored ones.
    """
    part = _focus(learnt, params)[contest.rows.category]
    bought, customer = contest.rows.bought[part], contest.rows.customer[part]
    names = ("model", "own_frequency", "popularity")
    rng = np.random.default_rng(params.seed)
    noise = rng.random(len(bought))
    orders = {name: np.lexsort((noise, -contest.scores[name][part])) for name in names}
    shares = np.linspace(0, 1, CURVE_POINTS + 1)
    taken = np.round(shares * len(bought)).astype(int)
    curve = pd.concat(
        pd.DataFrame({"scorer": n, "share": shares, "captured": np.r_[0, np.cumsum(bought[o])][taken] / bought.sum()})
        for n, o in orders.items()
    )
    top = max(1, round(params.top_share * len(bought)))
    table = pd.DataFrame(
        [
            {
                "scorer": name,
                "rows": top,
                "hit_rate": bought[order[:top]].mean(),
                "lift": bought[order[:top]].mean() / bought.mean(),
                "captured": bought[order[:top]].sum() / bought.sum(),
                "threshold": contest.scores[name][part][order[top - 1]],
            }
            for name, order in orders.items()
        ]
    )
    best = np.isin(np.arange(len(bought)), orders["model"][:top])
    drawn = _bootstrap_lift(best, bought, customer, params)
    return Lift(curve, table, params.top_share, _lift_figures(table, drawn, len(bought), int(bought.sum())))


def _focus(learnt: Learnt, params: AffinityParams) -> Bools:
    """Categories to look at: all, or the one asked for."""
    labels = learnt.history.labels.astype(str)
    if not params.category:
        return np.ones(len(labels), dtype=bool)
    found = np.asarray(labels == params.category)
    if not found.any():
        near = difflib.get_close_matches(params.category.upper(), labels, n=1, cutoff=0.3)
        raise ParamError(
            "category",
            got=repr(params.category),
            expected=f"empty or one of the {len(labels)} scored categories",
            do=f"Did you mean {near[0]}?" if near else "See the table of scored categories",
        )
    return found


def _bootstrap_lift(best: Bools, bought: Ints, customer: Ints, params: AffinityParams) -> Floats:
    """Lift of the same best rows when customers are redrawn."""
    weights = bootstrap_weights(customer, draws=params.bootstrap_draws, seed=params.seed)
    size = weights.shape[1]
    per_customer = np.column_stack(
        [
            np.bincount(customer, weights=w, minlength=size)
            for w in (best & (bought == 1), best, bought, np.ones(len(best)))
        ]
    )
    hits, rows, all_hits, all_rows = (weights @ per_customer).T
    return np.asarray((hits / np.maximum(rows, 1)) / (all_hits / all_rows))


def _lift_figures(table: pd.DataFrame, drawn: Floats, rows: int, purchases: int) -> tuple[Figure, ...]:
    model = table.set_index("scorer").loc["model"]
    own = table.set_index("scorer").loc["own_frequency"]
    low, high = np.quantile(drawn, tails(LEVEL))
    taken = int(model["rows"])
    return (
        Figure("lift_top", model["lift"], taken, "times", low, high),
        Figure("lift_top_own_frequency", own["lift"], taken, "times"),
        Figure("hit_rate_top", model["hit_rate"], taken, "share"),
        Figure("capture_top", model["captured"], purchases, "share"),
        Figure("top_share", taken / rows, rows, "share"),
    )


def open_cases(service_cases: Rows | Absent) -> OpenCases:
    """Customers with a case that is not closed; unknown where there is no such table.

    Parameters
    ----------
    service_cases
        As the door gives them, rolled back to the last known day: customer_id, closed_at (empty = open on that day).
    """
    if isinstance(service_cases, Absent):
        return OpenCases(frozenset(), known=False)
    return OpenCases(frozenset(customers_waiting(service_cases)["customer_id"].astype(str)), known=True)


def score(learnt: Learnt, contest: Contest, cases: OpenCases, params: AffinityParams) -> Scores:
    """Score every eligible customer and category for the horizon after the last known day."""
    history, snap = learnt.history, learnt.now
    scorer = learnt.now_scorers[contest.used]
    table = pd.DataFrame(
        {
            "customer_id": history.customers[snap.customer],
            "category": history.categories[snap.category],
            "label": history.labels[snap.category],
            "probability": scorer.probability(snap.features),
        }
    )
    ranked = table.groupby("customer_id", sort=False)["probability"]
    table["rank"] = ranked.rank(method="first", ascending=False).astype(int)
    table = pd.concat([table, _reason_columns(scorer, learnt)], axis=1)
    pair = snap.customer * len(history.categories) + snap.category
    rhythm = fit_rhythm(history, snap.cutoff)
    table = table.assign(**_due_columns(rhythm, pair), is_repeat=snap.is_repeat)
    table["why"] = _why(table, rests(history, rhythm)[pair], cases, params)
    table["suppressed"] = table["why"].isin(["bought lately", "not due yet", "open case"])
    table["relevant"] = table["why"] == ""
    shown = _best(table[_focus(learnt, params)[snap.category]])
    table = table.sort_values(["customer_id", "rank"], ignore_index=True)
    return Scores(table, shown, _held(table), _score_figures(table, cases, len(history.customers), params))


def _reason_columns(scorer: Scorer, learnt: Learnt) -> pd.DataFrame:
    """First reason of every row; boosted trees are explained for the best rows only, elsewhere it stays empty."""
    features = learnt.now.features
    if scorer.trees is not None:
        empty = [""] * len(features)
        return pd.DataFrame({"reason_code": empty, "reason_value": 0, "reason": empty})
    _, values = reason_values(scorer, features)
    found = first_reason(grouped(values), features)
    words = [WORDS[code].format(value=value) for code, value in zip(found["reason"], found["value"])]
    return pd.DataFrame({"reason_code": found["reason"], "reason_value": found["value"], "reason": words})


def _due_columns(rhythm: Rhythm, pair: Ints) -> dict[str, Floats | Bools]:
    """Days from now until the pair is due, with the ends of an 80 % interval; empty where lapsed or never bought."""
    known = np.isfinite(rhythm.elapsed[pair]) & ~rhythm.lapsed[pair]
    columns: dict[str, Floats | Bools] = {}
    for name, share in (("due_days", 0.5), ("due_low", 0.1), ("due_high", 0.9)):
        days = np.maximum(rhythm.due_after(share)[pair] - rhythm.elapsed[pair], 0.0)
        columns[name] = np.where(known, np.round(days, 1), np.nan)
    return {**columns, "lapsed": rhythm.lapsed[pair]}


def _why(table: pd.DataFrame, rest: Bools, cases: OpenCases, params: AffinityParams) -> NDArray[np.str_]:
    """Why a row is not offered; empty = it may be."""
    return np.select(
        [
            table["customer_id"].isin(cases.customers).to_numpy(),
            rest,
            (table["due_low"] > params.horizon_days).to_numpy(),
            (table["probability"] < params.min_probability).to_numpy(),
        ],
        ["open case", "bought lately", "not due yet", "below threshold"],
        default="",
    )


def _best(table: pd.DataFrame) -> pd.DataFrame:
    """The most likely rows that nothing holds back, one per customer: five bought before, five for the first time.

    ``offered`` says whether they reach the threshold.
    """
    ranked = table[~table["suppressed"]].sort_values(["probability", "customer_id"], ascending=[False, True])
    parts = [ranked[ranked["is_repeat"] == again].drop_duplicates("customer_id").head(5) for again in (True, False)]
    best = pd.concat(parts)
    best = best.assign(
        purchase=np.where(best["is_repeat"], "again", "first time"), offered=np.where(best["relevant"], "yes", "no")
    )
    said = ["reason_code", "reason_value"]
    columns = ["purchase", "customer_id", "label", "probability", "offered", *said, "due_days"]
    return best[columns].reset_index(drop=True)


def _held(table: pd.DataFrame) -> pd.DataFrame:
    """One row = why, with how many rows and customers."""
    grouped_rows = table.assign(why=table["why"].replace("", "offered")).groupby("why")
    counts = grouped_rows.agg(rows=("customer_id", "size"), customers=("customer_id", "nunique"))
    return counts.reset_index().sort_values("rows", ascending=False, ignore_index=True)


def _score_figures(table: pd.DataFrame, cases: OpenCases, known: int, params: AffinityParams) -> tuple[Figure, ...]:
    people, rows = table["customer_id"].nunique(), len(table)
    offered = table.loc[table["relevant"], "customer_id"].nunique()
    likely_held = table["suppressed"] & (table["probability"] >= params.min_probability)
    waiting = table.loc[table["customer_id"].isin(cases.customers), "customer_id"].nunique()
    return (
        Figure("scored_rows", rows, people, "count"),
        Figure("scored_customers", people, known, "count"),
        Figure("relevant_rows", int(table["relevant"].sum()), rows, "count"),
        Figure("relevant_first_rows", int((table["relevant"] & ~table["is_repeat"]).sum()), rows, "count"),
        Figure("nothing_offered", 1 - offered / people, people, "share"),
        Figure("suppressed_rows", int(likely_held.sum()), rows, "count"),
        Figure("open_cases", waiting, people, "count"),
        Figure("min_probability", params.min_probability, rows, "share"),
    )
