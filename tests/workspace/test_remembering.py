"""A no that was known once stays known: an older export imported again changes nothing about it."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from workspace.tiny_runs import FIRST, STARTED, TinyData, TinyWorld, write_notebook

from rcommerce_helpers.errors import NotPermitted
from rcommerce_helpers.params import Params
from rcommerce_helpers.results import Registry
from rcommerce_helpers.sources.refusals import EARLIER, said_of_permission
from rcommerce_helpers.workspace import open_run
from rcommerce_helpers.workspace.runs.compare import newest_run
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.remembering import Remembering
from rcommerce_helpers.workspace.runs.request import plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks

YES = {"record_id": "crm:1", "purpose": "marketing", "channel": "email", "contact_point": "a@gmx.de"}
YES |= {"decision": "granted", "at": pd.Timestamp("2024-01-01")}
NO = YES | {"decision": "withdrawn", "at": pd.Timestamp("2024-03-01")}
TIMELESS = NO | {"at": pd.NaT, "contact_point": None, "decision": "objected"}


@dataclass
class Asked(TinyData):
    """The tiny data set with a register of permissions."""

    said: list[dict] = field(default_factory=list)

    def land(self, folder: Path, previous: Path | None) -> None:
        super().land(folder, previous)
        if self.said:
            pd.DataFrame(self.said).to_parquet(folder / "permissions.parquet", index=False)


OLD, NEW = Asked("old", said=[YES]), Asked("new", said=[YES, NO, TIMELESS])


@pytest.fixture
def world(tmp_path, without_kernels):
    return TinyWorld(tmp_path)


def run(world: TinyWorld, data: Asked):
    """One run, an hour after the one before."""
    started = STARTED + timedelta(hours=len(list(world.out.glob("*"))))
    outcome = run_notebooks(plan_of(world.request(), world.table), data, Lines(), started=started)
    assert outcome.exit_code == 0, outcome.errors
    return outcome


def decisions(outcome) -> list[str]:
    said = said_of_permission(outcome.folder / "tables" / "landed")
    return [] if said is None else sorted(said["decision"])


def reused(outcome) -> set[str]:
    return {name for name, step in outcome.manifest.steps.items() if step.reused_from}


def test_an_older_export_imported_again_takes_no_refusal_back_and_nothing_made_without_it_is_reused(world):
    assert decisions(run(world, OLD)) == ["granted"]
    assert decisions(run(world, NEW)) == ["granted", "objected", "withdrawn"]
    again = run(world, OLD)
    assert decisions(again) == ["granted", "objected", "withdrawn"]
    assert reused(again) == set()
    once_more = run(world, OLD)
    assert decisions(once_more) == ["granted", "objected", "withdrawn"]
    assert reused(once_more) == {"land", "first", "second"}


def test_a_register_that_is_gone_leaves_its_refusals(world):
    run(world, NEW)
    without = run(world, Asked("without"))
    assert decisions(without) == ["objected", "withdrawn"]
    assert decisions(run(world, Asked("without, other rows"))) == ["objected", "withdrawn"]


def test_where_nothing_new_was_refused_everything_is_reused(world):
    first = run(world, NEW)
    run(world, Asked("more rows", said=NEW.said))
    back = run(world, NEW)
    assert reused(back) == {"land", "first", "second"}
    assert back.manifest.data_fingerprint == first.manifest.data_fingerprint == "new"
    assert not (back.folder / "tables" / "landed" / f"{EARLIER}.parquet").exists()


def test_a_run_that_failed_after_landing_is_remembered(world):
    run(world, OLD)
    write_notebook(world.notebook(FIRST), "raise ValueError")
    with pytest.raises(AssertionError):
        run(world, NEW)
    write_notebook(world.notebook(FIRST), 'run.keep("kept", pd.DataFrame({"x": [1, 2]}))')
    assert decisions(run(world, OLD)) == ["granted", "objected", "withdrawn"]


def test_another_data_set_of_the_folder_is_another_memory(world):
    run(world, NEW)
    assert Remembering(OLD, world.out, "somebody else's").fingerprint == "old"


def test_a_notebook_still_finds_the_run_of_a_project_that_was_moved(world, monkeypatch):
    from rcommerce_helpers.workspace.runs import compare

    run(world, OLD)
    run(world, NEW)
    last = run(world, OLD)
    monkeypatch.setattr(compare, "content_of", lambda *_: "old")
    assert newest_run(world.out, "moved/sources.toml").path.name == last.folder.name


def test_an_older_run_is_not_opened_by_hand_once_a_later_import_knows_a_refusal(world):
    older = run(world, OLD)
    opened = open_run(Params(run_dir=str(older.folder)), Registry("first", {}))
    assert opened.by_hand
    newer = run(world, NEW)
    assert open_run(Params(run_dir=str(newer.folder)), Registry("first", {})).by_hand
    with pytest.raises(NotPermitted, match=f"refusals in {newer.manifest.run} that it does not know"):
        open_run(Params(run_dir=str(older.folder)), Registry("first", {}))
