"""Contacts of a demo world beside what they truly do: the chance of an order under every arm is known of each."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.patterns.arms import HOLDOUT
from rcommerce_helpers.patterns.effects import contact_effects, pattern_effects
from rcommerce_helpers.patterns.findings import Findings, pool_families
from rcommerce_helpers.patterns.lots import CONTEXTS, Lots
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.statistics.intervals import normal_quantile

LOGS = ("newsletter/versand.csv", "shop/versand.csv", "crm/kontakthistorie.csv")
NAMES = {"campaign": "campaign_id", "last_referrer": "referrer", "last_device": "device", "sent_at": "at"}


@dataclass(frozen=True)
class DemoContacts:
    """Contacts as stage 02 reads them (customer = person), and beside each the true chance under every arm."""

    contacts: pd.DataFrame
    chances: pd.DataFrame


def demo_contacts(seed: int, *, people: int) -> DemoContacts:
    """The randomised contacts of one world; ``chances``: one column = one arm or the holdout, NaN = not drawn."""
    with tempfile.TemporaryDirectory(prefix="contacts-") as folder:
        world = write_demo(people, seed, Path(folder) / "world").folder
        log = pd.concat([pd.read_csv(world / "exports" / name, dtype=str) for name in LOGS], ignore_index=True)
        truth = pd.read_parquet(world / "truth" / "counterfactuals.parquet")
        arms = pd.read_parquet(world / "truth" / "campaigns.parquet")
    log = log.drop_duplicates("contact_id").rename(columns=NAMES).assign(
        propensity=lambda t: pd.to_numeric(t["propensity"], errors="coerce"), converted=lambda t: t["converted"] == "1"
    )  # fmt: skip
    log = log[log["propensity"].between(0.0, 1.0) & log["arm"].notna()]  # the picked ones have no propensity
    both = log.merge(truth.drop(columns=["campaign_id", "arm"]), on="contact_id")
    both = both.sort_values(["person", "at", "contact_id"]).reset_index(drop=True)
    both["customer_id"] = "p" + both["person"].astype(str)
    both["local_at"] = pd.to_datetime(both["at"], errors="coerce")
    chances = pd.DataFrame(np.nan, index=both.index, columns=sorted(set(arms["arm"]))).assign(none=both["chance_0"])
    for row in arms.to_dict("records"):
        here = both["campaign_id"] == row["campaign_id"]
        chances.loc[here, row["arm"]] = both.loc[here, f"chance_{row['arm_number']}"]
    columns = ["contact_id", "customer_id", "campaign_id", "arm", "propensity", "converted", "local_at", *CONTEXTS]
    return DemoContacts(both[columns], chances)


def true_effect(world: DemoContacts, arm: str, context: str, *, against_holdout: bool) -> float:
    """What an arm truly does in a context, relative, over the contacts drawn there; campaigns weigh as in the estimate.

    The weight of a campaign is that of Mantel and Haenszel: contacts of the arm times those of its rival over both.
    """
    log = world.contacts
    dimension, _, level = context.partition(": ")
    inside = (log[dimension] == level).to_numpy() if level else np.ones(len(log), dtype=bool)
    others = [c for c in world.chances if c not in (arm, HOLDOUT)]
    over = under = 0.0
    for _, rows in log[inside].groupby("campaign_id").groups.items():
        chance, drawn = world.chances.loc[rows], log.loc[rows, "arm"]
        mine = int((drawn == arm).sum())
        rival = int((drawn == HOLDOUT).sum()) if against_holdout else int((~drawn.isin([arm, HOLDOUT])).sum())
        if not mine or not rival:
            continue
        weight = mine * rival / (mine + rival)
        over += weight * chance[arm].mean()
        under += weight * (chance[HOLDOUT] if against_holdout else chance[others].mean(axis=1)).mean()
    return over / under - 1 if under else np.nan


@cache
def effects_against_truth(seed: int, *, people: int = 5_000, against_holdout: bool = True) -> pd.DataFrame:
    """One row = one tested cell of a demo world: findings and details, 90 % ends and the true effect (logs)."""
    world = demo_contacts(seed, people=people)
    find = contact_effects if against_holdout else pattern_effects
    nothing = pd.DataFrame([], columns=["campaign_id", "refused"])
    found: Findings = find(Lots(world.contacts, nothing, ()), PatternsParams())
    both = found.findings.join(found.details)
    truth = [true_effect(world, n, c, against_holdout=against_holdout) for n, c in zip(both["name"], both["context"])]
    reach = {level: normal_quantile(level) for level in (0.9, 0.95)}
    middle = np.log1p(both["effect"])
    se = (np.log1p(both["high"]) - np.log1p(both["low"])) / 2 / reach[0.95]
    ends = pool_families(both, middle.to_numpy(), se.to_numpy(), level=0.9)[1:]
    return both.assign(
        seed=seed, truth=np.log1p(truth), log_effect=middle, raw_low_90=middle - reach[0.9] * se,
        raw_high_90=middle + reach[0.9] * se, pooled_low_90=ends[0], pooled_high_90=ends[1],
    )  # fmt: skip
