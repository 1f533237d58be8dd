"""Which records the analysis may know on its last known day, and what later ones add: refusals, nothing else."""

from __future__ import annotations

import secrets
from pathlib import Path

import pandas as pd

from rcommerce_helpers.clock import day_after
from rcommerce_helpers.engine import frame, lazy
from rcommerce_helpers.merging.by_hand import decided_pairs
from rcommerce_helpers.merging.corrections import corrected
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import LinkingParams
from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey
from rcommerce_helpers.results import Absent
from rcommerce_helpers.rollback import rolled_back
from rcommerce_helpers.schema import STOPS
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.landed import has_landed, landed_path, read_landed
from rcommerce_helpers.sources.refusals import said_of_permission

NOBODY = pd.DataFrame({"record_id": [], "customer_id": [], "exact_id": []}, dtype=object)


def known_records(landed: Path, as_of: str) -> pd.DataFrame | Absent:
    """Person records that existed on the last known day, corrected; one without a day of creation counts as old.

    A change after that day loses its date, but not its values: what a record said before, no system tells.

    Returns
    -------
    DataFrame | Absent
        One row = one record in one system (``source_records``); Absent where the data set has none.
    """
    if not has_landed(landed, "source_records"):
        return Absent("source_records", "this data set has no source_records")
    table = lazy().read_parquet(str(landed_path(landed, "source_records")))
    return corrected(frame(rolled_back(table, "source_records", day_after(as_of))), landed)


def later_records(landed: Path, persons: pd.DataFrame, as_of: str, params: LinkingParams) -> pd.DataFrame:
    """Records made after the last known day that refuse something, with the customers they turned out to belong to.

    The data know today what they did not know then: a person joined by such a record inherits its refusal. All records
    are linked a second time, for this purpose only; a record whose group holds several known customers closes them all.

    Returns
    -------
    DataFrame
        One row = later record x known customer: record_id, customer_id, exact_id.
    """
    records = corrected(read_landed(landed, "source_records"), landed)
    later = set(records.loc[_made_later(records, as_of), "record_id"])
    said = said_of_permission(landed)
    if not later or said is None:
        return NOBODY
    refusing = later & set(said.loc[said["decision"].isin(STOPS), "record_id"])
    if not refusing:
        return NOBODY
    passing = ProjectKey(secrets.token_bytes(KEY_BYTES))  # these names only group, and leave with this function
    told = {"region": read_facts(landed).region, "decided": decided_pairs(landed)}
    everybody = identify(records, params, key=passing, **told).persons.rename(columns={"customer_id": "group"})
    of_group = everybody.merge(persons[["record_id", "customer_id"]], on="record_id")[["group", "customer_id"]]
    found = everybody[everybody["record_id"].isin(refusing)].merge(of_group.drop_duplicates(), on="group")
    return found[["record_id", "customer_id", "exact_id"]]


def _made_later(records: pd.DataFrame, as_of: str) -> pd.Series:
    if "local_created_at" not in records:
        return pd.Series(False, index=records.index)
    made: pd.Series = pd.to_datetime(records["local_created_at"]) >= day_after(as_of)
    return made
