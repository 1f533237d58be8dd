"""What the stages promise, counted over many worlds. One function = one figure; seeds in, a ``Share`` out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from rcommerce_helpers.campaigns.evidence import compare_policies, cross_fit, judge_policies, value_of
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.patterns.baskets import pairs
from rcommerce_helpers.patterns.contexts import context_effects
from rcommerce_helpers.patterns.effects import contact_effects, pattern_effects
from rcommerce_helpers.patterns.findings import Findings, judge_cells
from rcommerce_helpers.patterns.journeys import trip_steps
from rcommerce_helpers.patterns.lots import Lots, checked_lots
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.statistics.pooling import partial_pool
from rcommerce_helpers.statistics.replication import HOLDS

from .counting import Share, share_of
from .demo_contacts import effects_against_truth
from .whole_runs import figure, run_demo, true_plan_value
from .worlds import (
    ExperimentWorld,
    cell_world,
    experiment_world,
    independent_baskets,
    mailing_log,
    many_cells,
    shop_world,
    waves,
)

Seeds = Iterable[int]
PATTERNS, CAMPAIGNS = PatternsParams(), CampaignParams(contact_cost=0.0)
WISHES = (1.0, 2.0, 4.0)


def experiments_null_false_share(seeds: Seeds) -> Share:
    """Worlds without any effect in which a contact pattern "holds"; half of them keep a customer's arm over waves."""
    found = (contact_effects(lots_of(experiment_world(s, keeps_arm=s % 2 == 1)), PATTERNS) for s in seeds)
    return share_of((f.hold > 0 for f in found), "null worlds")


def pairs_null_false_share(seeds: Seeds) -> Share:
    """Worlds of independent groups, whose empty baskets nobody sees, in which a pair "holds"."""
    found = (pairs(*independent_baskets(s, wish=WISHES[s % len(WISHES)]), PATTERNS) for s in seeds)
    return share_of((f.hold > 0 for f in found), "null worlds")


def pairs_planted_found(seeds: Seeds) -> Share:
    """Worlds in which tea draws bread a third more often than chance, and no other pair is meant: the pair holds."""
    return share_of((_planted_pair_holds(s) for s in seeds), "planted worlds")


def _planted_pair_holds(seed: int) -> bool:
    found = pairs(*independent_baskets(seed, wish=2.0, people=600, drawn=0.25), PATTERNS).findings
    holding = found[found["verdict"] == HOLDS]
    return any({name, context} == {"bread", "tea"} for name, context in zip(holding["name"], holding["context"]))


def steps_null_false_share(seeds: Seeds) -> Share:
    """Worlds of trips in no order in which a step "holds"."""
    found = (trip_steps(*independent_baskets(s, wish=2.0), PATTERNS) for s in seeds)
    return share_of((f.hold > 0 for f in found), "null worlds")


def context_null_false_share(seeds: Seeds) -> Share:
    """Worlds in which who comes when differs and no moment changes anything, in which a moment "holds"."""
    found = (context_effects(*shop_world(s), PATTERNS) for s in seeds)
    return share_of((f.hold > 0 for f in found), "null worlds")


def context_planted_found(seeds: Seeds) -> Share:
    """Worlds of 900 customers in which the evening sells a fifth more beer, that hold it."""
    found = (context_effects(*shop_world(s, customers=900, trips=40, evening_lift=0.2), PATTERNS) for s in seeds)
    return share_of((_holds(f, "beer", "hour: evening") for f in found), "planted worlds")


def steps_planted_found(seeds: Seeds) -> Share:
    """Worlds of 900 customers in which bread makes milk the next main purchase one time in twenty, that hold it."""
    found = (trip_steps(*shop_world(s, customers=900, trips=40, follow_lift=0.05), PATTERNS) for s in seeds)
    return share_of((_holds(f, "milk", "after bread") for f in found), "planted worlds")


def _holds(found: Findings, name: str, context: str) -> bool:
    table = found.findings
    return bool((table["verdict"][(table["name"] == name) & (table["context"] == context)] == HOLDS).any())


def experiments_coverage_95(seeds: Seeds) -> Share:
    """True effects of an arm on a device that lie in its 95 % interval."""
    return share_of((inside for s in seeds for inside, _ in _effects_against_truth(s)), "cells")


def experiments_wrong_sign_share(seeds: Seeds) -> Share:
    """Effects called "holds" whose true effect has the other sign."""
    return share_of((wrong for s in seeds for _, wrong in _effects_against_truth(s) if wrong is not None), "holds")


@cache
def _effects_against_truth(seed: int) -> list[tuple[bool, bool | None]]:
    """Per cell: the truth lies in the interval; the sign is wrong (None where it does not hold)."""
    world = experiment_world(seed, people=8_000, spread=0.25)
    found: Findings = contact_effects(lots_of(world), PATTERNS)
    cells = found.findings[found.findings["context"].str.startswith("device: ")]
    cells = cells.assign(arm=cells["name"], device=cells["context"].str.removeprefix("device: "))
    both = cells.merge(world.effects, on=["arm", "device"], suffixes=("", "_true"))
    inside = (both["low"] <= both["effect_true"]) & (both["effect_true"] <= both["high"])
    wrong = np.sign(both["effect"]) != np.sign(both["effect_true"])
    return [(i, w if v == "holds" else None) for i, w, v in zip(inside, wrong, both["verdict"])]


def lots_of(world: ExperimentWorld) -> Lots:
    """The campaigns of a world that stand the test of their lots."""
    return checked_lots(world.contacts, world.baskets, PATTERNS)


def good_lots_refused_share(seeds: Seeds) -> Share:
    """Logs of six campaigns drawn by lot in which a campaign is refused; half of them keep a customer's arm."""
    found = (lots_of(experiment_world(s, keeps_arm=s % 2 == 1)) for s in seeds)
    return share_of((bool(f.campaigns["refused"].any()) for f in found), "good logs")


def picked_campaign_refused_share(seeds: Seeds) -> Share:
    """Logs in which one campaign held out those who buy least, and that one alone is refused."""
    found = (lots_of(experiment_world(s, picked="k3")) for s in seeds)
    return share_of((f.campaigns.loc[f.campaigns["refused"], "campaign_id"].to_list() == ["k3"] for f in found), "logs")


def messages_null_false_share(seeds: Seeds) -> Share:
    """Worlds without any effect in which a wording "holds" against the others."""
    found = (pattern_effects(lots_of(experiment_world(s, keeps_arm=s % 2 == 1)), PATTERNS) for s in seeds)
    return share_of((f.hold > 0 for f in found), "null worlds")


def power_at_stated_n(seeds: Seeds, *, planted: int = 21) -> Share:
    """Planted effects of a fifth on 5 % among 105 cells with 20,000 people an arm and cell that are found."""
    return share_of((hit for s in seeds for hit in _planted_found(s, planted)), "planted effects")


def _planted_found(seed: int, planted: int) -> list[bool]:
    found = judge_cells(many_cells(seed, planted=planted), PATTERNS, "experiment").findings
    names = set(found.loc[found["verdict"] == HOLDS, "name"])
    return [f"cell {i}" in names for i in range(planted)]


def demo_coverage_90(seeds: Seeds, *, pooled: bool, people: int = 5_000) -> Share:
    """True effects of contacts in demo worlds that lie in their 90 % interval, raw or pooled."""
    found: list[bool] = []
    for seed in seeds:
        cells = effects_against_truth(seed, people=people)
        low, high = (cells[f"{'pooled' if pooled else 'raw'}_{end}_90"] for end in ("low", "high"))
        found += list((low <= cells["truth"]) & (cells["truth"] <= high))
    return share_of(found, "cells")


def pooled_coverage_90(seeds: Seeds) -> Share:
    """True effects of a small family that lie in the 90 % interval of the shrunken estimate."""
    found = []
    for seed in seeds:
        world = cell_world(seed)
        low, high = partial_pool(world.seen, world.standard_errors).interval(level=0.9)
        found += list((low <= world.truth) & (world.truth <= high))
    return share_of(found, "cells")


def policy_coverage_90(seeds: Seeds) -> Share:
    """Worlds in which the true value of "mail those with x > 0" lies in its 90 % interval."""
    found = []
    for seed in seeds:
        log = mailing_log(seed, effect=1.0)
        value = value_of(log, (log.features[:, 0] > 0).astype(int), cross_fit(log, seed)[0])
        found.append(abs(value.dr - 0.5) <= 1.644854 * value.se)
    return share_of(found, "worlds")


def learnt_null_false_share(seeds: Seeds) -> Share:
    """Worlds without any effect in which the learnt policy is taken for better than the best constant arm."""
    found = (compare_policies(mailing_log(s), seed=s).safe == "learnt" for s in seeds)
    return share_of(found, "null worlds")


def silence_null_false_share(seeds: Seeds) -> Share:
    """Worlds without any effect in which a mailing is called safe to use instead of silence."""
    found = (compare_policies(mailing_log(s), seed=s).safe != "none" for s in seeds)
    return share_of(found, "null worlds")


def waves_coverage_90(seeds: Seeds) -> Share:
    """Worlds of four waves to the same people, without effect, in which the 90 % interval of the mailing holds 0."""
    found = []
    for seed in seeds:
        contacts, lines = waves(seed)
        mail = judge_policies(contacts, lines, "EUR", CAMPAIGNS).policies.set_index("policy").loc["mail"]
        found.append(mail["low"] <= 0 <= mail["high"])
    return share_of(found, "null worlds")


def plan_demo_coverage_90(seeds: Seeds) -> Share:
    """Plans of whole demo runs whose true value lies in the 90 % interval they promise."""
    found = []
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="truth-") as folder:
            run, world = run_demo(Path(folder), seed, stages=("campaigns",))
            promise = figure(run, "campaigns", "plan_value")
            found.append(promise["low"] <= true_plan_value(run, world) <= promise["high"])  # type: ignore[operator]
    return share_of(found, "plans")
