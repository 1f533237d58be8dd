"""Which groups of people may leave the house: none smaller than ten customers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from rcommerce_helpers.leaving import SMALLEST_GROUP, suppress_small

REST = "rest"


def large_enough(counts: pd.Series) -> pd.Series:
    """True for a group of at least ten, for a group of nobody, and where nothing was counted."""
    known = counts.astype(float)
    return known.isna() | (known == 0) | (known >= SMALLEST_GROUP)


def leaving(table: pd.DataFrame, size: str, *, names: Sequence[str], sums: Sequence[str]) -> pd.DataFrame:
    """The rows that may leave, and all others as one more row.

    The total of a table is told elsewhere: so a small row alone takes others with it, until what is added up is ten or
    more and tells of none of them. Where the whole table counts fewer than ten people nothing is left.

    Parameters
    ----------
    table
        One row = one group of customers.
    size
        Column with the number of its customers.
    names
        Columns that name the group: they say "rest" in the additional row.
    sums
        Columns that are added up in the additional row, ``size`` among them; all further columns stay empty there.

    Examples
    --------
    >>> groups = pd.DataFrame({"offer": ["tea", "cup", "pot"], "customers": [40, 9, 1]})
    >>> leaving(groups, "customers", names=["offer"], sums=["customers"]).to_dict("list")
    {'offer': ['tea', 'rest'], 'customers': [40, 10]}
    >>> leaving(groups.head(2), "customers", names=["offer"], sums=["customers"]).to_dict("list")
    {'offer': ['rest'], 'customers': [49]}
    """
    large = suppress_small(table, size)["hidden"] == ""
    kept, small = table[large].reset_index(drop=True), table[~large]
    if small[size].sum() < SMALLEST_GROUP:
        return kept
    rest = pd.DataFrame([dict.fromkeys(names, REST) | {name: small[name].sum() for name in sums}])
    return pd.concat([kept, rest], ignore_index=True)[list(table.columns)]
