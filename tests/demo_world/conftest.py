"""Three small worlds, generated and landed once per test process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from rcommerce_helpers.demo_world import DemoReport, write_demo
from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.landing import LandingReport

SEEDS = (11, 12, 13)
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


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[LandedWorld]:
    made = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp("demo")
        report = write_demo(CUSTOMERS, seed, folder / "world")
        made.append(LandedWorld(report, land(load_data_set(str(report.folder)), folder / "landed"), folder / "landed"))
    return made
