"""A person withdraws; the export from before is imported again; the analysis looks back: the person stays withdrawn."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.workspace.runs.data import described_data
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks
from rcommerce_helpers.workspace.runs.stages import standard_table

PURPOSE = "marketing"


def merged(request: RunRequest):
    """Folder of a run of merging."""
    plan = plan_of(request, standard_table())
    outcome = run_notebooks(plan, described_data(request.dataset), Lines(), started=datetime.now(UTC))
    assert outcome.exit_code == 0, outcome.errors
    return outcome


def permitted(run) -> set[str]:
    return set(pd.read_parquet(run.folder / "permitted" / PURPOSE / "customers.parquet")["customer_id"])


def allowed_points(run) -> set[str]:
    points = pd.read_parquet(run.folder / "permitted" / PURPOSE / "contact_points.parquet")
    return set(points.loc[points["allowed"], "customer_id"])


def row_of_refusal(register: pd.DataFrame, record: str, at: datetime) -> dict[str, str]:
    source, number = record.split(":")
    row = dict.fromkeys(register.columns, "")
    said = {"System": source, "Kunde": number, "Zweck": PURPOSE, "Kanal": "any", "Entscheidung": "objected"}
    return row | said | {"Zeitpunkt": f"{at:%d.%m.%Y %H:%M:%S}"}


@pytest.mark.slow
def test_a_withdrawal_outlives_an_older_export_and_an_earlier_last_day(tmp_path):
    world = write_demo(120, 43, tmp_path / "world")
    register = world.folder / "exports" / "crm" / "einwilligungen.csv"
    shutil.copyfile(register, tmp_path / "before.csv")
    request = RunRequest(dataset=str(world.sources), out=tmp_path / "runs", stages=("merging",), project=tmp_path)
    first = merged(request)
    persons = pd.read_parquet(first.folder / "tables" / "persons.parquet")
    someone = sorted(permitted(first) & allowed_points(first))[0]
    last_day = datetime.fromisoformat(read_facts(first.folder / "tables" / "landed").as_of)

    said = pd.read_csv(register, sep=";", dtype=str, keep_default_na=False)
    record = persons.loc[persons["customer_id"] == someone, "record_id"].iloc[0]
    no = pd.DataFrame([row_of_refusal(said, record, last_day - timedelta(days=1))])
    pd.concat([said, no]).to_csv(register, sep=";", index=False, quoting=1)
    withdrawn = merged(request)
    assert someone not in permitted(withdrawn)
    assert withdrawn.manifest.steps["merging"].reused_from == ""
    assert permitted(first) - permitted(withdrawn) == {someone}

    shutil.copyfile(tmp_path / "before.csv", register)
    earlier = f"{last_day - timedelta(days=30):%Y-%m-%d}"  # before the withdrawal: the clock of facts, not of refusals
    for again in (merged(request), merged(replace(request, as_of=earlier))):
        assert someone not in permitted(again) | allowed_points(again)
        assert len(permitted(again)) > 10
