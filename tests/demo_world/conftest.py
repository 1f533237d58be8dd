"""Three small worlds, generated and landed once however many workers there are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from whole_runs import once, shared_folder

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
    shared = shared_folder(tmp_path_factory)
    return [once(shared / f"demo-{seed}", partial(make_world, seed)) for seed in SEEDS]


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> LandedWorld:
    """The first of them, for tests to which one is enough."""
    return once(shared_folder(tmp_path_factory) / f"demo-{SEEDS[0]}", partial(make_world, SEEDS[0]))


def make_world(seed: int, folder: Path) -> LandedWorld:
    report = write_demo(CUSTOMERS, seed, folder / "world")
    return LandedWorld(report, land(load_data_set(str(report.folder)), folder / "landed"), folder / "landed")
