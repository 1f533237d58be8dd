"""Customers keep their names when systems, days or links are added: internal ids that a project remembers.

``ids.parquet`` among the decisions on a data set has one row per record that was ever linked: ``record_id`` and
``internal_id``, the record after which its customer was named first. A customer's pseudonym is made from the internal
id, so whoever was known keeps theirs; where two known customers turn out to be one, the one with more records gives the
name, and the change is told.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.files import write_whole

FILE = "ids.parquet"
COLUMNS = ("record_id", "internal_id")
NO_IDS = pd.DataFrame(columns=list(COLUMNS), dtype=object)
CHANGE_COLUMNS = ("record_id", "was", "internal_id", "change")


def read_ids(path: Path) -> pd.DataFrame:
    """Read whom earlier runs named; one row = one record, none where there is no file.

    Raises
    ------
    SchemaError
        The file cannot be read, or a record has two ids.
    """
    if not path.exists():
        return NO_IDS
    try:
        ids = pd.read_parquet(path, columns=list(COLUMNS)).astype(object)
    except (OSError, ValueError, KeyError, pa.ArrowInvalid):
        raise _wrong("a file that cannot be read") from None
    if ids.duplicated("record_id").any() or ids.isna().any(axis=None):
        raise _wrong("a record with two ids, or none")
    return ids


def remember_ids(path: Path, persons: pd.DataFrame) -> None:
    """Write what a finished run named; what it says of a record counts, other records stay.

    Parameters
    ----------
    persons
        One row = one record: record_id, internal_id.
    """
    before = pd.read_parquet(path) if path.exists() else NO_IDS
    both = pd.concat([persons[list(COLUMNS)], before[list(COLUMNS)]], ignore_index=True)
    now = both.drop_duplicates("record_id").astype("str").sort_values("record_id", ignore_index=True)
    if not now.equals(before):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda new: now.to_parquet(new, index=False))


def _wrong(got: str) -> SchemaError:
    do = "Put back a copy of it; without it (moved away) customers are named anew"
    return SchemaError(FILE, got=got, expected="one row per record: record_id, internal_id", do=do)


def internal_ids(records: pd.DataFrame, groups: dict[str, str], known: pd.DataFrame = NO_IDS) -> pd.Series:
    """Internal id of each record's customer.

    A group takes the id that most of its records had, of two with as many the one of the earlier record, if no other
    group has a better claim to it: more records, or the record of that name. A group without one is named after its
    earliest record (created_at, then record_id).

    Parameters
    ----------
    records
        One row = one record: record_id, created_at.
    groups
        record_id -> group; a record that is absent stands alone.
    known
        One row = one record that was named before: record_id, internal_id.

    Returns
    -------
    Series
        Aligned with ``records``.

    Examples
    --------
    >>> records = pd.DataFrame({"record_id": ["b:1", "c:1"], "created_at": pd.to_datetime(["2020", "2021"])})
    >>> groups = {"b:1": "one", "c:1": "one"}
    >>> internal_ids(records, groups).tolist()
    ['b:1', 'b:1']
    >>> internal_ids(records, groups, pd.DataFrame({"record_id": ["c:1"], "internal_id": ["c:1"]})).tolist()
    ['c:1', 'c:1']
    """
    group = pd.Series([groups.get(r, r) for r in records["record_id"]], index=records.index, dtype=object)
    named = _claimed(records, group, known)
    ordered = records.assign(group=group).sort_values(["created_at", "record_id"], na_position="last", kind="stable")
    first = ordered[~ordered["group"].isin(named.keys())].drop_duplicates("group").set_index("group")["record_id"]
    taken = set(known["internal_id"])
    fresh = {of: f"{record}+" if record in taken else record for of, record in first.items()}
    return group.map(named | fresh)


def _claimed(records: pd.DataFrame, group: pd.Series, known: pd.DataFrame) -> dict[str, str]:
    """Group -> internal id, one to one, those with most records first, then the earlier ones."""
    held = records[["record_id"]].assign(group=group).merge(known, on="record_id")
    claims = held.groupby(["group", "internal_id"]).size().rename("records").reset_index()
    first = records.assign(group=group).drop_duplicates("record_id").set_index("record_id")
    claims["own"] = claims["internal_id"].map(first["group"]) == claims["group"]
    claims["since"] = claims["internal_id"].map(first["created_at"])
    rising = {"records": False, "own": False, "since": True, "internal_id": True, "group": True}
    claims = claims.sort_values(list(rising), ascending=list(rising.values()), na_position="last", kind="stable")
    named: dict[str, str] = {}
    given: set[str] = set()
    for of, internal in zip(claims["group"], claims["internal_id"]):
        if of not in named and internal not in given:
            named[of] = internal
            given.add(internal)
    return named


def id_changes(record: pd.Series, internal: pd.Series, known: pd.DataFrame) -> pd.DataFrame:
    """Records whose customer has another id than before.

    Returns
    -------
    DataFrame
        One row = one record: record_id, was, internal_id, change ("merged" = its old id is gone, "split" = others keep
        it); sorted by record_id.
    """
    both = pd.DataFrame({"record_id": record, "internal_id": internal})
    both = both.merge(known.rename(columns={"internal_id": "was"}), on="record_id")
    moved = both[both["was"] != both["internal_id"]].sort_values("record_id", ignore_index=True)
    stays = moved["was"].isin(set(internal))
    return moved.assign(change=stays.map({True: "split", False: "merged"}).astype(object))[list(CHANGE_COLUMNS)]


def agree(ids: pd.DataFrame, persons: pd.DataFrame) -> bool:
    """Whether a run named everybody as the ids say."""
    both = persons[list(COLUMNS)].merge(ids, on="record_id", suffixes=("", "_known"))
    return bool((both["internal_id"] == both["internal_id_known"]).all())
