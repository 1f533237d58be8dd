"""The truth apart: who is who, what contacts truly do, what would have happened, the best plan, the planted rows.

No stage reads this folder; tests and exercises do.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rcommerce_helpers.demo_world.catalogue import CATEGORIES
from rcommerce_helpers.demo_world.effects import CAMPAIGNS, EXPERIENCE, PATTERNS, REFERRERS, Effects
from rcommerce_helpers.demo_world.exports import Coded, Planted
from rcommerce_helpers.demo_world.exports_people import SOURCES, record_text
from rcommerce_helpers.demo_world.exports_talk import campaign_number
from rcommerce_helpers.demo_world.exports_trade import order_text
from rcommerce_helpers.demo_world.spill import Spill
from rcommerce_helpers.demo_world.writers import ParquetWriter, padded, words


class TruthWriters:
    """Truth files that grow with the exports: who owns which record, who placed which order."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.records = ParquetWriter(folder / "persons.parquet")
        self.orders = ParquetWriter(folder / "orders.parquet")

    def note_records(self, coded: Coded) -> None:
        """One row = one person record: ``record_id`` as landed, ``person``."""
        text = [
            f"{SOURCES[s]}:{r}"
            for s, r in zip(coded["system"], record_text(coded["record"], coded["system"]).to_pylist())
        ]
        self.records.append(pa.table({"record_id": text, "person": coded["person"]}))

    def note_orders(self, coded: Coded) -> None:
        """One row = one order: who placed it, and what called it forth (0 own wish, 1 contact, 2 a friend's word)."""
        self.orders.append(
            pa.table({"order_id": order_text(coded["number"]), "person": coded["person"], "cause": coded["cause"]})
        )

    def close(self) -> None:
        """End both files."""
        self.records.close()
        self.orders.close()


def write_truth(folder: Path, spill: Spill, effects: Effects, planted: Planted) -> None:
    """All truth that is written at the end."""
    _copy(spill, "truth_persons", "person", folder / "people.parquet")
    _copy(spill, "truth_network", "person", folder / "network.parquet")
    _copy(spill, "truth_plan", "person", folder / "best_plan.parquet")
    _habits(spill, folder / "habits.parquet")
    _counterfactuals(spill, folder / "counterfactuals.parquet")
    pq.write_table(_effect_table(effects), folder / "effects.parquet")
    pq.write_table(_campaign_table(), folder / "campaigns.parquet")
    columns = ("table", "file", "identity", "column", "value", "reason")
    pq.write_table(
        pa.table({c: pa.array([r[c] for r in planted.rows], pa.string()) for c in columns}),
        folder / "planted_bad_rows.parquet",
    )


def _copy(spill: Spill, table: str, sort: str, path: Path) -> None:
    writer = ParquetWriter(path)
    for coded in spill.buckets(table, sort):
        writer.append(pa.table(coded))
    writer.close()


def _habits(spill: Spill, path: Path) -> None:
    """One row = one person's use of one consumable; ``cause`` own or influence."""
    writer = ParquetWriter(path)
    for coded in spill.buckets("truth_habits", "person"):
        names = words(coded["category"], [c.name for c in CATEGORIES])
        cause = words(coded["cause"], ("own", "influence"))
        writer.append(pa.table({**coded, "category": names, "cause": cause}))
    writer.close()


def _counterfactuals(spill: Spill, path: Path) -> None:
    """One row = one contact: per arm (0 = held out) the chance of an order and whether there would have been one."""
    writer = ParquetWriter(path)
    for coded in spill.buckets("truth_contacts", "number"):
        campaign = pa.array([campaign_number(i) for i in range(len(CAMPAIGNS))]).take(pa.array(coded["campaign"]))
        rows = {k: v for k, v in coded.items() if k not in ("number", "campaign")}
        arms = np.array([len(c.arms) for c in CAMPAIGNS])[coded["campaign"]]
        for arm in range(1, 4):
            gone = arms < arm
            rows[f"bought_{arm}"] = pa.array(rows[f"bought_{arm}"], mask=gone)
            rows[f"chance_{arm}"] = pa.array(rows[f"chance_{arm}"], mask=gone)
        writer.append(pa.table({"contact_id": padded(coded["number"], 10, "c"), "campaign_id": campaign, **rows}))
    writer.close()


def _effect_table(effects: Effects) -> pa.Table:
    """One row = one pattern in one context: relative effect on the chance to order."""
    pattern, referrer, experience = np.indices(effects.pattern.shape).reshape(3, -1)
    return pa.table(
        {
            "pattern": words(pattern, PATTERNS),
            "referrer": words(referrer, (*REFERRERS, "unknown")),
            "experience": words(experience, EXPERIENCE),
            "effect": effects.pattern.reshape(-1),
        }
    )


def _campaign_table() -> pa.Table:
    """One row = one arm of one campaign: the play's lift and whom it suits."""
    rows = [(i, c, n, arm) for i, c in enumerate(CAMPAIGNS) for n, arm in enumerate(c.arms, start=1)]
    return pa.table(
        {
            "campaign_id": [campaign_number(i) for i, _, _, _ in rows],
            "arm_number": [n for _, _, n, _ in rows],
            "arm": [arm for _, _, _, arm in rows],
            "randomised": [c.randomised for _, c, _, _ in rows],
            "lift": [c.lift for _, c, _, _ in rows],
            "suits": [c.suits for _, c, _, _ in rows],
        }
    )
