"""The internal ids of a data set: an input of every run that names people, and written when one has named them."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq

from rcommerce_helpers.merging.ids import COLUMNS, FILE, agree, read_ids, remember_ids
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.workspace.decisions import decisions_of
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.fingerprints import digest
from rcommerce_helpers.workspace.runs.manifest import runs_in
from rcommerce_helpers.workspace.runs.request import RunRequest


def ids_digest(request: RunRequest, name: str) -> str:
    """Fingerprint of a data set's ids; empty where there are none, or where the newest run named everybody as they say.

    Such a run would come out the same, so it is reused although the ids were written after it.

    Raises
    ------
    SchemaError
        The ids are damaged.
    """
    ids = read_ids(decisions_of(request.project, name) / FILE)
    if ids.empty:
        return ""
    for folder, manifest in runs_in(request.out, unfinished=True):
        if manifest.data_set == request.data_set and (persons := _named_in(RunFolder(folder))) is not None:
            return "" if agree(ids, persons) else digest(ids.to_numpy().tolist())
    return digest(ids.to_numpy().tolist())


def keep_ids(request: RunRequest, folder: RunFolder) -> None:
    """Remember whom a run named, for those after it."""
    if (persons := _named_in(folder)) is not None:
        remember_ids(decisions_of(request.project, read_facts(folder.landed).name) / FILE, persons)


def _named_in(folder: RunFolder) -> pd.DataFrame | None:
    path = folder.table_path("persons")
    if not path.exists() or not set(COLUMNS) <= set(pq.read_schema(path).names):
        return None
    return pd.read_parquet(path, columns=list(COLUMNS))
