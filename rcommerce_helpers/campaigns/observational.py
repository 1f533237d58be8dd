"""What did past campaigns change, where nobody drew lots?

Four numbers per type of campaign, in money per targeted customer and week: the naive difference (targeted minus
others), the difference of changes (DiD), the cross-fitted doubly robust difference of changes (effect on the targeted;
Sant'Anna and Zhao 2020, doi:10.1016/j.jeconom.2020.06.003), and the same estimate in the weeks *before* each campaign,
where the true answer is 0. An adjusted effect no larger than that placebo is no evidence of an effect.
Known limits: campaigns overlap, so windows and placebo windows are touched by other campaigns; the standard errors of a
type treat its campaigns as independent, though the same customers stand in several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns import queries
from rcommerce_helpers.campaigns.groups import large_enough
from rcommerce_helpers.campaigns.history import Panel, daily_panel, features_before
from rcommerce_helpers.campaigns.nuisance import folds, predict_chance, predict_ridge
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import LEVEL, Figure
from rcommerce_helpers.statistics.intervals import normal_quantile, wilson

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

HISTORY_DAYS = 112
"""Days of orders needed before a campaign: window before, placebo window, and ten weeks of features for the latter."""
SHORTEST_DAYS = 21
"""A campaign of a few days is looked at for three weeks: orders come late, and weekly money needs weeks."""
FOLDS = 5
REPEATS = 3
"""Times the folds are drawn anew; effects are averaged, so that the draw of folds matters less."""
CLIP = 0.98
ALL_TYPES = "all"


@dataclass(frozen=True)
class PastEffects:
    """Effects of past campaigns.

    ``effects``: one row = campaign type (last row "all") x measure (naive, did, adjusted, placebo): type, campaigns,
    targeted, measure, effect, se, low, high (95 %), money per targeted customer and week.
    ``redemption``: one row = campaign type: targeted, redeemed, rate, low, high (95 %, Wilson).
    ``weekly_sd``: spread of the adjusted change per customer and week, for the size of a test.
    """

    effects: pd.DataFrame
    redemption: pd.DataFrame
    weekly_sd: float
    currency: str
    figures: tuple[Figure, ...]


def measure_past(
    campaigns: Rows, contacts: Rows, order_lines: Rows, currency: str, params: CampaignParams
) -> PastEffects:
    """Measure past campaigns without randomisation, per type and over all.

    Parameters
    ----------
    campaigns, contacts, order_lines
        As permitted; contacts with arm "none" are not targeted. Contacts whose arm was drawn by chance are left out:
        their effect can be read directly (``evidence``).
    params
        ``min_targeted``, ``effect_weeks``, ``seed``.

    Raises
    ------
    NotEnoughData
        No campaign is large, late and long enough.
    """
    panel = daily_panel(order_lines)
    held = queries.campaign_days(campaigns)
    chosen = queries.targeted(contacts)
    targets = queries.targets(chosen)
    rows: list[dict[str, object]] = []
    spreads: list[float] = []
    for campaign in held.itertuples():
        window = _window(campaign, panel, params)
        hit = np.isin(panel.ids, targets.loc[targets["campaign_id"] == campaign.campaign_id, "customer_id"])
        if window is None or hit.sum() < params.min_targeted or (~hit).sum() < params.min_targeted:
            continue
        rng = np.random.default_rng([params.seed, len(rows)])
        found, spread = _measure_one(panel, hit, window, rng)
        rows += [{"type": str(campaign.type), "targeted": int(hit.sum()), **row} for row in found]
        spreads.append(spread)
    if not rows:
        raise NotEnoughData(
            "campaigns",
            got=f"none with {params.min_targeted} targeted customers and {HISTORY_DAYS} days of orders before it",
            expected="at least one",
            do="Lower min_targeted, or run a test with a holdout",
        )
    effects = _by_type(pd.DataFrame(rows))
    redemption = _redemption(held, queries.redeemed(chosen))
    weekly_sd = float(np.mean(spreads))
    return PastEffects(effects, redemption, weekly_sd, currency, _figures(effects, redemption, len(held)))


@dataclass(frozen=True)
class Window:
    """First day (number in the panel) and length in days of the time in which a campaign is looked at."""

    start: int
    days: int


def _window(campaign: object, panel: Panel, params: CampaignParams) -> Window | None:
    """The campaign's window, cut at the last known day; None if that is too short."""
    start = (pd.Timestamp(campaign.start_on) - panel.first).days  # type: ignore[attr-defined]
    end_on = campaign.end_on  # type: ignore[attr-defined]
    end = panel.days if pd.isna(end_on) else (pd.Timestamp(end_on) - panel.first).days + 1
    last = max(end, start + SHORTEST_DAYS)
    length = min(last, panel.days, start + 7 * params.effect_weeks) - start
    return None if start < HISTORY_DAYS or length < SHORTEST_DAYS else Window(start, length)


def _measure_one(
    panel: Panel, hit: np.ndarray, window: Window, rng: np.random.Generator
) -> tuple[list[dict[str, object]], float]:
    """The four measures of one campaign, and the spread of the adjusted change among the untargeted."""
    start, length = window.start, window.days
    after, before = panel.total("money", start, start + length), panel.total("money", start - length, start)
    weekly, change = after * 7 / length, (after - before) * 7 / length
    adjusted, spread = _doubly_robust(change, hit, _history(panel, start), rng)
    earlier = panel.total("money", start - 2 * length, start - length)
    change_before = (before - earlier) * 7 / length
    placebo, _ = _doubly_robust(change_before, hit, _history(panel, start - length), rng)
    measures = {"naive": _difference(weekly, hit), "did": _difference(change, hit)}
    measures |= {"adjusted": adjusted, "placebo": placebo}
    return [{"measure": name, "effect": e, "se": se} for name, (e, se) in measures.items()], spread


def _history(panel: Panel, day: int) -> np.ndarray:
    """(customers, 8): what was known of every customer before that day."""
    everyone = np.arange(len(panel.ids))
    return features_before(panel, everyone, np.full(len(everyone), day))


def _difference(outcome: np.ndarray, hit: np.ndarray) -> tuple[float, float]:
    a, b = outcome[hit], outcome[~hit]
    return float(a.mean() - b.mean()), float(np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))


def _doubly_robust(
    change: np.ndarray, hit: np.ndarray, history: np.ndarray, rng: np.random.Generator
) -> tuple[tuple[float, float], float]:
    """Effect on the targeted: change minus what like customers changed; (effect, se) and the residual spread."""
    found = [_one_draw(change, hit, history, rng) for _ in range(REPEATS)]
    effect, se, spread = (float(v) for v in np.mean(found, axis=0))
    return (effect, se), spread


def _one_draw(
    change: np.ndarray, hit: np.ndarray, history: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Effect, standard error and residual spread under one draw of folds."""
    fold = folds(len(hit), FOLDS, rng)
    chance, expected = np.empty(len(hit)), np.empty(len(hit))
    for f in range(FOLDS):
        train, test = fold != f, fold == f
        chance[test] = predict_chance(history[train], hit[train], history[test])
        expected[test] = predict_ridge(history[train & ~hit], change[train & ~hit], history[test], penalty=10.0)
    chance = np.clip(chance, None, CLIP)
    residual = change - expected
    weight = np.where(hit, 0.0, chance / (1 - chance))
    share = hit.mean()
    control = float((weight * residual).sum() / weight.sum())
    effect = float(residual[hit].mean() - control)
    influence = (hit * (residual - control - effect)) / share - weight * (residual - control) / weight.mean()
    return effect, float(influence.std(ddof=1) / np.sqrt(len(hit))), float(residual[~hit].std(ddof=1))


def _by_type(rows: pd.DataFrame) -> pd.DataFrame:
    """Campaigns pooled by type and over all, weighted by targeted customers."""
    everything = rows.assign(type=ALL_TYPES)
    grouped = pd.concat([rows, everything]).groupby(["type", "measure"], sort=False)
    pooled = [_pool(part) | {"type": kind, "measure": measure} for (kind, measure), part in grouped]
    table = pd.DataFrame(pooled)
    reach = normal_quantile(LEVEL) * table["se"]
    table["low"], table["high"] = table["effect"] - reach, table["effect"] + reach
    last = (table["type"] == ALL_TYPES).rename("last")
    order = pd.Series(pd.Categorical(table["measure"], ["naive", "did", "adjusted", "placebo"], ordered=True))
    table = table.assign(last=last, order=order.cat.codes).sort_values(["last", "type", "order"], ignore_index=True)
    return table[["type", "campaigns", "targeted", "measure", "effect", "se", "low", "high"]]


def _pool(part: pd.DataFrame) -> dict[str, object]:
    weight = part["targeted"] / part["targeted"].sum()
    return {
        "campaigns": len(part),
        "targeted": int(part["targeted"].sum()),
        "effect": float((weight * part["effect"]).sum()),
        "se": float(np.sqrt((weight**2 * part["se"] ** 2).sum())),
    }


def _redemption(campaigns: pd.DataFrame, redeemed: pd.DataFrame) -> pd.DataFrame:
    """One row = campaign type, last row all: share of targeted customers who redeemed, all campaigns.

    A type of which fewer than ten redeemed has no row of its own.
    """
    joined = redeemed.merge(campaigns[["campaign_id", "type"]], on="campaign_id")
    parts = pd.concat([joined, joined.assign(type=ALL_TYPES)])
    table = parts.groupby("type", sort=False)[["targeted", "redeemed"]].sum().reset_index()
    table = table[large_enough(table["redeemed"]) | (table["type"] == ALL_TYPES)]
    n, k = table["targeted"], table["redeemed"]
    low, high = wilson(k, n)
    table = table.assign(rate=k / n, low=low, high=high)
    last = table["type"] == ALL_TYPES
    return pd.concat([table[~last].sort_values("type"), table[last]], ignore_index=True)


def _figures(effects: pd.DataFrame, redemption: pd.DataFrame, campaigns: int) -> tuple[Figure, ...]:
    overall = effects[effects["type"] == ALL_TYPES].set_index("measure")
    n = int(overall["targeted"].iloc[0])
    measured = [
        Figure(f"{name}_effect", float(row["effect"]), n, "money_per_week", float(row["low"]), float(row["high"]))
        for name, row in overall.iterrows()
    ]
    redeemed = redemption.iloc[-1]
    rate, bottom, top = (float(redeemed[c]) for c in ("rate", "low", "high"))
    naive, adjusted = float(overall.loc["naive", "effect"]), float(overall.loc["adjusted", "effect"])
    low, high = (1 - float(overall.loc["adjusted", side]) / naive if naive else 0.0 for side in ("high", "low"))
    selection = [Figure("selection_share", 1 - adjusted / naive, n, "share", low, high)] if naive > 0 else []
    return (
        Figure("campaigns_compared", int(overall["campaigns"].iloc[0]), campaigns, "count"),
        Figure("targeted", n, n, "count"),
        *measured,
        *selection,
        Figure("redemption_rate", rate, int(redeemed["targeted"]), "share", bottom, top),
    )
