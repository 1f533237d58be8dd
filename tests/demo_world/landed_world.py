"""A small demo world on disk with its landed tables, in a module of its own: one worker may hand it to another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.demo_world import DemoReport, write_demo
from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.landing import LandingReport

CUSTOMERS = 2000


@dataclass(frozen=True)
class LandedWorld:
    """A world on disk, its landed tables and its truth."""

    report: DemoReport
    landing: LandingReport
    landed: Path

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.landed / f"{name}.parquet")

    def taken_back(self) -> pd.Series:
        """Number of a credit note or cancellation -> the order that it takes back, as the shop exports it."""
        papers = pd.read_csv(self.report.folder / "exports" / "shop" / "belege.csv", sep=";", dtype=str)
        return papers.set_index("Belegnummer")["Bezug"]

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.report.folder / "truth" / f"{name}.parquet")


def make_world(seed: int, folder: Path) -> LandedWorld:
    """A world of this seed in that folder, landed."""
    report = write_demo(CUSTOMERS, seed, folder / "world")
    return LandedWorld(report, land(load_data_set(str(report.folder)), folder / "landed"), folder / "landed")
