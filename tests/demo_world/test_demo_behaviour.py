"""How hard it is to know what people will do: own frequency, hidden mood, small effects, confounded campaigns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score

HORIZON = pd.Timedelta(days=60)
CONSUMABLES = ["Kaffeekapseln", "Kaffeebohnen", "Parfüm", "Körperpflege", "Druckerpatronen", "Laufschuhe"]


def _purchases(world) -> pd.DataFrame:
    """One row = one category on one order of one true person."""
    lines = world.table("order_lines")
    lines = lines[lines.kind == "item"].merge(world.table("products")[["product_id", "category"]], on="product_id")
    orders = world.table("orders")
    orders = orders[~orders.status.isin(["cancelled", "test"])].merge(world.truth("orders"), on="order_id")
    rows = lines.merge(orders[["order_id", "person", "at"]], on="order_id")
    return rows[["person", "category", "at", "order_id"]].drop_duplicates()


def _features(history: pd.DataFrame, cut: pd.Timestamp, people: int) -> pd.DataFrame:
    """One row = one person x category as known before the cut."""
    past = history[history["at"] < cut]
    days = (cut - past["at"]).dt.days
    past = past.assign(days=days, recent=days < 60, half=days < 180)
    cells = (
        past[past.category.isin(CONSUMABLES)]
        .groupby(["person", "category"])
        .agg(
            count=("days", "size"),
            recency=("days", "min"),
            age=("days", "max"),
            recent=("recent", "sum"),
            half=("half", "sum"),
        )
    )
    everything = past.groupby("person").agg(
        orders=("order_id", "nunique"),
        last=("days", "min"),
        orders_half=("half", "sum"),
        breadth=("category", "nunique"),
    )
    grid = pd.MultiIndex.from_product([range(people), CONSUMABLES], names=["person", "category"])
    table = cells.reindex(grid).fillna({"count": 0, "recent": 0, "half": 0}).join(everything, on="person").reset_index()
    table["gap"] = (table.age - table.recency) / (table["count"] - 1).clip(lower=1)
    table["due"] = table.recency / table.gap.replace(0, np.nan)
    bought = history[(history["at"] >= cut) & (history["at"] < cut + HORIZON)]
    label = bought.groupby(["person", "category"]).size().reindex(grid).notna().to_numpy()
    return table.assign(label=label, category=table.category.map(CONSUMABLES.index))


def test_own_frequency_is_a_strong_rival(worlds) -> None:
    for world in worlds:
        history = _purchases(world)
        end = pd.Timestamp("2026-09-30")
        test = _features(history, end - HORIZON, world.report.customers)
        train = pd.concat([_features(history, end - k * HORIZON, world.report.customers) for k in (2, 3, 4)])
        columns = [c for c in train.columns if c not in ("person", "label")]
        model = HistGradientBoostingClassifier(max_iter=120, max_leaf_nodes=15, learning_rate=0.06, random_state=1)
        model.fit(train[columns], train.label)
        model_auc = roc_auc_score(test.label, model.predict_proba(test[columns])[:, 1])
        own_auc = roc_auc_score(test.label, test["count"] + test.category.map(train.groupby("category").label.mean()))
        print("own frequency", world.report.seed, round(own_auc, 3), "model", round(model_auc, 3))
        assert model_auc - own_auc <= 0.06
        assert 0.6 < own_auc < 0.95


def _contacts(world) -> pd.DataFrame:
    return world.table("contacts").merge(
        world.truth("counterfactuals"), on=["contact_id", "campaign_id"], suffixes=("", "_true")
    )


def test_a_fifth_of_the_variance_of_responses_cannot_be_observed(worlds) -> None:
    """Best case for a model: it is told the true chance and sees a customer's whole past; mood stays hidden."""
    for world in worlds:
        contacts = _contacts(world)
        orders = world.table("orders").merge(world.truth("orders"), on="order_id").sort_values("at")
        times = {p: g.to_numpy() for p, g in orders.groupby("person")["at"]}
        at = contacts["at"].to_numpy()
        for days in (30, 90, 365):
            since = at - np.timedelta64(days, "D")
            contacts[f"orders_{days}"] = [
                int(np.searchsorted(times.get(p, at[:0]), b) - np.searchsorted(times.get(p, at[:0]), a))
                for p, a, b in zip(contacts.person, since, at)
            ]
        contacts["season"] = contacts.campaign_id.str[1:].astype(int)
        for name in ("referrer", "device", "experience"):
            contacts[f"{name}_code"] = pd.factorize(contacts[name])[0]
        known = ["orders_30", "orders_90", "orders_365", "season", "referrer_code", "device_code", "experience_code"]
        test = contacts.person % 2 == 0
        model = HistGradientBoostingRegressor(max_iter=150, random_state=1)
        model.fit(contacts.loc[~test, known], contacts.loc[~test, "chance_0"])
        explained = r2_score(contacts.loc[test, "chance_0"], model.predict(contacts.loc[test, known]))
        outcome = contacts.loc[test, "bought_0"].astype(float)
        certain = np.var(contacts.loc[test, "chance_0"]) / np.var(outcome)
        print(
            "chance explained", world.report.seed, round(explained, 3), "outcome by its true chance", round(certain, 3)
        )
        assert explained <= 0.8
        assert certain <= 0.8


def test_half_of_the_pattern_by_context_effects_are_next_to_nothing(worlds) -> None:
    for world in worlds:
        effect = world.truth("effects").effect
        small = (effect.abs() <= 0.01).mean()
        print(
            "cells within 1 %",
            world.report.seed,
            round(small, 3),
            "range",
            effect.min().round(3),
            effect.max().round(3),
        )
        assert 0.5 <= small <= 0.75
        assert (effect > 0.05).any() and (effect < -0.05).any()


def test_the_naive_effect_of_targeted_campaigns_is_at_least_three_times_the_true_one(worlds) -> None:
    for world in worlds:
        contacts = _contacts(world)
        orders = world.table("orders").merge(world.truth("orders"), on="order_id")
        people = set(orders.person)
        for campaign, group in contacts[contacts.propensity.isna()].groupby("campaign_id"):
            start = group["at"].min()
            window = orders[(orders["at"] > start) & (orders["at"] <= start + pd.Timedelta(days=14))]
            others = people - set(group.person)
            naive = group.converted.mean() - len(set(window.person) & others) / len(others)
            true = (group.chance_1 - group.chance_0).mean()
            print("naive", world.report.seed, campaign, len(group), round(naive, 3), "true", round(true, 4))
            assert naive >= 3 * abs(true)


def test_randomised_contacts_carry_the_true_propensities(worlds) -> None:
    for world in worlds:
        contacts = world.table("contacts")
        drawn = contacts[contacts.propensity.notna()]
        held = drawn[drawn.arm == "none"]
        expected = drawn.drop_duplicates("record_id").shape[0]
        assert expected > 100
        by_level = drawn.groupby("experience").apply(lambda g: (g.arm == "none").mean())
        assert abs(by_level["novice"] - 0.30) < 0.03
        assert abs(by_level["experienced"] - 0.18) < 0.03
        assert set(held.propensity.round(2)) == {0.18, 0.30}
        assert held.message_id.isna().all()


def test_what_happened_is_what_the_arm_would_have_brought(worlds) -> None:
    """Counterfactuals and log agree, up to friends' words (spill-over), which reach the held-out too."""
    for world in worlds:
        contacts = _contacts(world)
        bought = contacts[[f"bought_{a}" for a in range(4)]].to_numpy(dtype=object)
        expected = bought[np.arange(len(contacts)), contacts.arm_true.to_numpy()].astype(bool)
        assert (expected == contacts.converted.astype(bool)).mean() > 0.995
        assert not (expected & ~contacts.converted.astype(bool)).any()


def test_gaps_are_of_no_single_family(worlds) -> None:
    """Gaps of one category mix clocks and chance: some people far steadier than Poisson, some far less."""
    for world in worlds:
        history = _purchases(world)
        rows = history[history.category == "Kaffeekapseln"].sort_values(["person", "at"])
        gap = rows.groupby("person")["at"].diff().dt.days.dropna()
        spread = gap.groupby(rows.loc[gap.index, "person"]).agg(["mean", "std", "size"])
        variation = (spread["std"] / spread["mean"])[spread["size"] >= 5]
        assert (variation < 0.6).mean() > 0.15
        assert (variation > 0.9).mean() > 0.10
