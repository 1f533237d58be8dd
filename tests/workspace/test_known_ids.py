"""The ids of a project: written by a run that named people, obeyed by the next, and no reason to do work twice."""

import pandas as pd
from trust.one_person import NAME, run_firm, write_firm

from rcommerce_helpers.merging.ids import FILE
from rcommerce_helpers.workspace.tombstones import DECISIONS


def names(folder) -> pd.Series:
    return pd.read_parquet(folder / "tables" / "persons.parquet").set_index("record_id")["customer_id"]


def test_whoever_was_known_keeps_the_name_and_an_unchanged_export_is_not_linked_twice(tmp_path, without_kernels):
    write_firm(tmp_path / "firm")
    first = run_firm(tmp_path)
    ids = tmp_path / DECISIONS / NAME / FILE
    assert first.exit_code == 0
    assert set(pd.read_parquet(ids)["record_id"]) == set(names(first.folder).index)
    assert run_firm(tmp_path).manifest.steps["merging"].reused_from == first.manifest.run

    moved = pd.read_parquet(ids)  # as if another, older record had named everybody
    moved["internal_id"] = "old:" + moved["internal_id"]
    moved.to_parquet(ids, index=False)
    renamed = run_firm(tmp_path)
    assert not renamed.manifest.steps["merging"].reused_from
    assert not set(names(renamed.folder)) & set(names(first.folder))

    write_firm(tmp_path / "firm", newer=True)
    newer = run_firm(tmp_path)
    both = pd.concat({"was": names(renamed.folder), "now": names(newer.folder)}, axis=1).dropna()
    assert len(both) == len(names(renamed.folder))
    assert (both["was"] == both["now"]).all()
