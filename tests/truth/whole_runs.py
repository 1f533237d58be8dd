"""Whole runs on the demo and on noise, from inside Python: shared by the measure of plans and the test on noise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from rcommerce_helpers.demo_world import DemoReport, write_demo
from rcommerce_helpers.results import read_json
from rcommerce_helpers.workspace.runs.data import described_data
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import Data, RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks
from rcommerce_helpers.workspace.runs.stages import standard_table


def run_demo(
    root: Path,
    seed: int,
    *,
    customers: int = 2500,
    stages: tuple[str, ...] = (),
    changed: Callable[[Data], Data] = lambda d: d,
) -> tuple[Path, DemoReport]:
    """Make a demo world and run its notebooks; ``changed`` stands between the data set and its landing.

    Returns
    -------
    tuple
        Folder of the finished run, and the world with its truth.

    Raises
    ------
    RuntimeError
        The run did not end well.
    """
    world = write_demo(customers, seed, root / "world")
    request = RunRequest(dataset=str(world.sources), out=root / "runs", stages=stages, seed=seed, project=root)
    data = changed(described_data(str(world.sources)))
    outcome = run_notebooks(plan_of(request, standard_table()), data, Lines(), started=datetime.now(UTC))
    if outcome.exit_code:
        raise RuntimeError(f"the run ended with {outcome.exit_code}: {' '.join(outcome.errors)}")
    return outcome.folder, world


def figure(run: Path, stage: str, name: str) -> dict[str, object]:
    """One reported figure of a run.

    Raises
    ------
    KeyError
        The stage reported none of that name.
    """
    rows = read_json(run / "results" / f"{stage}.json")["figures"]
    found = {row["name"]: row for row in rows}  # type: ignore[attr-defined]
    return found[name]


def true_plan_value(run: Path, world: DemoReport) -> float:
    """What the contacts of a plan truly bring, in money: true gains of the people behind its customers, added up."""
    plan = pd.read_parquet(run / "tables" / "plan.parquet")
    sent = plan[plan["offer_id"].notna() & ~plan["held_out"]]
    records = pd.read_parquet(run / "tables" / "persons.parquet")[["record_id", "customer_id"]]
    people = records.merge(pd.read_parquet(world.folder / "truth" / "persons.parquet"), on="record_id")
    person = people.groupby("customer_id")["person"].agg(lambda p: p.mode().iloc[0])
    gains = pd.read_parquet(world.folder / "truth" / "best_plan.parquet").set_index("person")
    each = [
        gains.loc[person[customer], f"gain_{offer}_{channel}"]
        for customer, offer, channel in zip(sent["customer_id"], sent["offer_id"], sent["channel"])
    ]
    return float(pd.Series(each, dtype=float).sum())
