"""How many purchase days a customer is good for: BG/NBD, fitted by maximum likelihood, beside the past rate carried on.

A customer buys at a personal Poisson rate (gamma over customers) and may drop out for good after any purchase with a
personal probability (beta over customers). Source: Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy
Way, Marketing Science 24; the expectation is written in Euler's form of the hypergeometric function, which stays finite
for customers with hundreds of purchases. Known limit: dropping out is for good, and rates do not change with seasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import Floats, History, Ints
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.results import ASSUMED_LEVEL, LEVEL, Figure
from rcommerce_helpers.statistics.intervals import tails

HOLD_WEEKS = 8
LEAST_CUSTOMERS = 100
PATHS = 400
SURELY_GONE = 600.0
"""Logarithm of the odds from which on they are not told apart: a heavy buyer, silent for years, overflows."""


@dataclass(frozen=True)
class BgNbd:
    """Parameters of the model; time in weeks. Purchase rates ~ gamma(r, alpha), drop-out ~ beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = float("nan")


@dataclass(frozen=True)
class LifetimeValue:
    """Forecast of the held-out weeks.

    ``table``: one row = customer (customer_id, repeats, recency_weeks, age_weeks, expected, low, high, naive, actual,
    alive), 90 % interval. ``bands``: one row = band of repeat purchase days (repeats, customers, forecast, naive,
    actual), means per customer.
    """

    table: pd.DataFrame
    bands: pd.DataFrame
    model: BgNbd
    figures: tuple[Figure, ...]


def log_likelihood(model: BgNbd, repeats: Floats, recency: Floats, age: Floats) -> float:
    """Log-likelihood of repeat purchases, time of the last one and age, all since the first purchase, in weeks."""
    from scipy.special import betaln, gammaln

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    common = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha)
    stays = betaln(a, b + repeats) - betaln(a, b) - (r + repeats) * np.log(alpha + age)
    with np.errstate(divide="ignore"):
        left = betaln(a + 1, b + np.maximum(repeats, 1) - 1) - betaln(a, b) - (r + repeats) * np.log(alpha + recency)
    left = np.where(repeats > 0, left, -np.inf)
    return float((common + np.logaddexp(stays, left)).sum())


def fit_bg_nbd(repeats: Floats, recency: Floats, age: Floats) -> BgNbd:
    """Maximum likelihood over the logs of the four parameters."""
    from scipy.optimize import minimize

    repeats, recency, age = (np.asarray(v, dtype=float) for v in (repeats, recency, age))

    def loss(logs: Floats) -> float:
        return -log_likelihood(BgNbd(*(float(v) for v in np.exp(logs))), repeats, recency, age) / len(repeats)

    rate = max(repeats.sum() / max(age.sum(), 1.0), 1e-3)
    bounds = [(-8.0, 8.0)] * 4
    start = minimize(loss, np.log([0.5, 0.5 / rate, 0.7, 2.5]), method="L-BFGS-B", bounds=bounds)
    best = minimize(loss, start.x, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-5, "fatol": 1e-10})
    r, alpha, a, b = (float(v) for v in np.exp(best.x))
    return BgNbd(r, alpha, a, b, log_likelihood=float(-best.fun * len(repeats)))


def alive_odds_against(model: BgNbd, repeats: Floats, recency: Floats, age: Floats) -> Floats:
    """Odds that the customer has dropped out: 0 for customers without a repeat purchase, beyond all doubt at 1e260."""
    log_odds = (model.r + repeats) * np.log((model.alpha + age) / (model.alpha + recency))
    odds = np.exp(np.minimum(log_odds, SURELY_GONE))
    return np.where(repeats > 0, model.a / (model.b + np.maximum(repeats, 1) - 1) * odds, 0.0)


def expected_purchases_ahead(model: BgNbd, repeats: Floats, recency: Floats, age: Floats, weeks: float) -> Floats:
    """Purchases expected in the coming weeks, given the past (equation 10 of the paper, in Euler's form)."""
    from scipy.special import hyp2f1

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    a = a + 1e-9 if abs(a - 1) < 1e-9 else a
    z = weeks / (alpha + age + weeks)
    series = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + repeats - 1, z)
    alone = (a + b + repeats - 1) / (a - 1) * (1 - series)
    return np.asarray(alone / (1 + alive_odds_against(model, repeats, recency, age)))


def simulate_ahead(
    model: BgNbd, repeats: Floats, recency: Floats, age: Floats, weeks: float, rng: np.random.Generator
) -> Ints:
    """Draws of the purchases ahead: customers x PATHS, from the posterior of rate, drop-out and being alive."""
    shape = (len(repeats), PATHS)
    rate = rng.gamma(model.r + repeats[:, None], 1 / (model.alpha + age[:, None]), size=shape)
    leaves = np.clip(rng.beta(model.a, model.b + repeats[:, None], size=shape), 1e-9, 1 - 1e-9)
    until = np.ceil(np.log1p(-rng.random(shape)) / np.log1p(-leaves))
    alive = rng.random(shape) * (1 + alive_odds_against(model, repeats, recency, age)[:, None]) < 1
    return np.where(alive, np.minimum(rng.poisson(rate * weeks), until), 0).astype(np.int64)


def forecast_value(history: History, params: AffinityParams) -> LifetimeValue:
    """Fit on all but the last eight weeks and forecast those, customer by customer and in total.

    Raises
    ------
    NotEnoughData
        Less than twice eight weeks of history, or too few customers with a repeat purchase.
    """
    cutoff = history.end - 7 * HOLD_WEEKS
    table = _summary(history, cutoff)
    if cutoff < 7 * HOLD_WEEKS or (table["repeats"] > 0).sum() < LEAST_CUSTOMERS:
        raise NotEnoughData(
            "value",
            got=f"{cutoff} days and {(table['repeats'] > 0).sum()} customers who came back",
            expected=f"at least {7 * HOLD_WEEKS} days and {LEAST_CUSTOMERS} customers",
            do="Bring more history",
        )
    repeats, recency, age = (table[c].to_numpy(dtype=float) for c in ("repeats", "recency_weeks", "age_weeks"))
    model = fit_bg_nbd(repeats, recency, age)
    table["expected"] = expected_purchases_ahead(model, repeats, recency, age, HOLD_WEEKS)
    rng = np.random.default_rng(params.seed)
    draws = simulate_ahead(model, repeats, recency, age, HOLD_WEEKS, rng)
    table["low"], table["high"] = np.quantile(draws, tails(ASSUMED_LEVEL), axis=1)
    table["naive"] = repeats / np.maximum(age, 1.0) * HOLD_WEEKS
    table["alive"] = 1 / (1 + alive_odds_against(model, repeats, recency, age))
    totals = draws.sum(axis=0)
    return LifetimeValue(table, _bands(table), model, _figures(table, np.quantile(totals, tails(LEVEL))))


def _summary(history: History, cutoff: int) -> pd.DataFrame:
    """One row = customer known at the cut: repeat purchase days, recency and age in weeks, days bought after it."""
    trips = pd.DataFrame({"customer": history.trip_customer, "day": history.trip_day})
    past = trips[trips["day"] < cutoff].groupby("customer")["day"].agg(["min", "max", "size"])
    ahead = trips[trips["day"] >= cutoff].groupby("customer").size().reindex(past.index, fill_value=0)
    return pd.DataFrame(
        {
            "customer_id": history.customers[past.index.to_numpy()],
            "repeats": past["size"].to_numpy() - 1,
            "recency_weeks": (past["max"] - past["min"]).to_numpy() / 7,
            "age_weeks": (cutoff - past["min"]).to_numpy() / 7,
            "actual": ahead.to_numpy(),
        }
    )


def _bands(table: pd.DataFrame) -> pd.DataFrame:
    """Mean forecast and mean truth per band of past purchase days; bands with at least ten customers."""
    band = pd.cut(table["repeats"], [-1, 0, 2, 5, 10, 20, 40, 80, 160, np.inf])
    names = ["0", "1-2", "3-5", "6-10", "11-20", "21-40", "41-80", "81-160", "161+"]
    by = table.groupby(band.cat.rename_categories(names), observed=True)
    out = by.agg(
        customers=("expected", "size"),
        forecast=("expected", "mean"),
        naive=("naive", "mean"),
        actual=("actual", "mean"),
    )
    shown = suppress_small(out.rename_axis("repeats").reset_index().astype({"repeats": str}), "customers")
    return shown[shown["customers"] > 0].drop(columns="hidden").astype({"customers": int}).reset_index(drop=True)


def _figures(table: pd.DataFrame, total: Floats) -> tuple[Figure, ...]:
    n, actual = len(table), float(table["actual"].sum())
    inside = ((table["actual"] >= table["low"]) & (table["actual"] <= table["high"])).mean()
    found = [
        Figure("value_forecast", float(table["expected"].sum()), n, "count", float(total[0]), float(total[1])),
        Figure("value_actual", actual, n, "count"),
        Figure("value_total_error", float(table["expected"].sum()) / actual - 1, n, "change"),
        Figure("value_naive_error", float(table["naive"].sum()) / actual - 1, n, "change"),
        Figure("value_mae", float((table["expected"] - table["actual"]).abs().mean()), n, "mean"),
        Figure("value_naive_mae", float((table["naive"] - table["actual"]).abs().mean()), n, "mean"),
        Figure("value_coverage", float(inside), n, "share"),
    ]
    return tuple(figure for figure in found if np.isfinite(figure.value))
