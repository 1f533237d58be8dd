"""Refusals once known stay known: an older export that is imported again does not take a no back.

An export says what its system knew when it was written. So beside the permissions of this import lie the refusals that
earlier imports of the same data set held and this one lacks; whoever decides reads both. They are lifted as every other
refusal is, by a later grant.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from rcommerce_helpers.files import write_whole
from rcommerce_helpers.schema import STOPS
from rcommerce_helpers.sources.landed import has_landed, landed_path, read_landed

EARLIER = "earlier_refusals"
"""File beside the landed tables: one row = one refusal of an earlier import, as in ``permissions``."""
_ONE = ["record_id", "purpose", "channel", "contact_point", "decision", "at"]
"""What makes a refusal the same one."""


def said_of_permission(landed: Path) -> pd.DataFrame | None:
    """One row = one decision of one record, refusals of earlier imports included; None where nobody was ever asked."""
    parts = [read_landed(landed, name) for name in ("permissions", EARLIER) if has_landed(landed, name)]
    return pd.concat(parts, ignore_index=True) if parts else None


def known_refusals(landed: Path) -> pd.DataFrame:
    """One row = one refusal that this import or an earlier one held."""
    said = said_of_permission(landed)
    if said is None:
        return pd.DataFrame(columns=_ONE)
    return said[said["decision"].isin(STOPS)].reset_index(drop=True)


def lacking(known: pd.DataFrame, landed: Path) -> pd.DataFrame:
    """Those of some known refusals that an import does not hold."""
    there = known_refusals(landed)
    held = set(_texts(there).itertuples(index=False, name=None))
    missing = [one not in held for one in _texts(known).itertuples(index=False, name=None)]
    return known[missing].reset_index(drop=True)


def keep_refusals(known: pd.DataFrame, landed: Path) -> int:
    """Lay what an import lacks of the known refusals beside it; how many these are."""
    missing = lacking(known, landed)
    if len(missing):
        write_whole(landed_path(landed, EARLIER), lambda path: missing.to_parquet(path, index=False))
    return len(missing)


def _texts(refusals: pd.DataFrame) -> pd.DataFrame:
    """In a form that can be compared: an empty cell is one, however it is written."""
    frame = refusals.reindex(columns=_ONE)
    return frame.astype(object).where(frame.notna(), "").astype(str)
