"""A person withdraws; the export from before is imported again; the analysis looks back: the person stays withdrawn."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd

from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.workspace.runs.data import described_data
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks
from rcommerce_helpers.workspace.runs.stages import standard_table

from .one_person import OTHERS, write_firm

PURPOSE, WITHDREW = "marketing", "k10"
SAID, EARLIER = "2024-06-20 12:00:00", "2024-05-31"
"""The withdrawal, and a last day before it: that is the clock of facts, not of refusals."""


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


def test_a_withdrawal_outlives_an_older_export_and_an_earlier_last_day(tmp_path, without_kernels):
    sources = write_firm(tmp_path / "firm")
    register = tmp_path / "firm" / "consent.csv"
    yes = [f"k{n + 10},{PURPOSE},email,n{n}@web.de,granted,2023-01-01 10:00:00" for n in range(OTHERS)]
    before = register.read_text(encoding="utf-8") + "\n".join(yes) + "\n"
    register.write_text(before, encoding="utf-8")
    request = RunRequest(dataset=str(sources), out=tmp_path / "runs", stages=("merging",), project=tmp_path)
    first = merged(request)
    persons = pd.read_parquet(first.folder / "tables" / "persons.parquet").set_index("record_id")
    someone = persons.loc[f"crm:{WITHDREW}", "customer_id"]
    assert someone in permitted(first) & allowed_points(first)
    assert EARLIER < SAID < read_facts(first.folder / "tables" / "landed").as_of

    register.write_text(f"{before}{WITHDREW},{PURPOSE},any,,objected,{SAID}\n", encoding="utf-8")
    withdrawn = merged(request)
    assert someone not in permitted(withdrawn)
    assert withdrawn.manifest.steps["merging"].reused_from == ""
    assert permitted(first) - permitted(withdrawn) == {someone}

    register.write_text(before, encoding="utf-8")
    for again in (merged(request), merged(replace(request, as_of=EARLIER))):
        assert someone not in permitted(again) | allowed_points(again)
        assert len(permitted(again)) > 10
