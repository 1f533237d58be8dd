"""How good the golden record is: filled against the best single source, and where sources contradict each other.

What two sources say of one customer stands in ``conflicts``, value by value, for the analyst who clears it up; only
counts per column leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import SMALLEST_GROUP, suppress_shares, suppress_small
from rcommerce_helpers.merging.golden import SURVIVING, GoldenRecords
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.surviving_rules import GROUPS
from rcommerce_helpers.merging.survivorship import differing
from rcommerce_helpers.results import Figure

COMPARED = tuple(column for column in SURVIVING if column != "kind")


@dataclass(frozen=True)
class GoldenValues:
    """How the golden values came about.

    ``columns``: one row = one column: filled_share of the golden record, best_source and its best_share, the rule, and
    ``differing``, the customers whose sources contradict each other. ``conflicts``: one row = one customer x column
    with the values as written: personal, never shown. ``best_source``: the one that alone fills most values.
    """

    columns: pd.DataFrame
    conflicts: pd.DataFrame
    best_source: str
    figures: tuple[Figure, ...]


def compare_values(golden: GoldenRecords, params: MergingParams) -> GoldenValues:
    """Set the golden record beside the sources it was chosen from.

    Returns
    -------
    GoldenValues
        Figures: golden_filled_share, best_source_filled_share, customers_in_several_sources, and conflict_share of
        these where they are no few.

    Raises
    ------
    NotEnoughData
        No source holds any value: a panel of numbers.
    """
    owned = golden.owned
    if not owned[list(COMPARED)].notna().any(axis=None):
        raise NotEnoughData("source_records", got="no name and no address in any source", expected="some", do="Nothing "
                            "has to be chosen: the customer is a number")  # fmt: skip
    several = owned.groupby("customer_id")["source"].transform("nunique") > 1
    conflicts = _conflicts(owned[several])
    customers = len(golden.customers)
    alone = _alone(owned, customers)
    best = str(alone.mean(axis=1).idxmax())
    columns = _columns(golden, alone, conflicts, params)
    both, torn = int(owned.loc[several, "customer_id"].nunique()), int(conflicts["customer_id"].nunique())
    figures = [
        Figure("customers_in_several_sources", both, customers, "count"),
        Figure("golden_filled_share", float(golden.filled["filled_share"].mean()), customers, "share"),
        Figure("best_source_filled_share", float(alone.loc[best].mean()), customers, "share"),
    ]
    if both >= SMALLEST_GROUP:
        figures.append(Figure("conflict_share", torn / both, both, "share"))
    return GoldenValues(_leaving(columns, customers), conflicts, best, tuple(figures))


def _conflicts(keyed: pd.DataFrame) -> pd.DataFrame:
    """One row = one customer x column: sources, values as written."""
    con = connect()
    text = {name: "string" for name in keyed if name in COMPARED or name.startswith("key_")}
    parts = [differing(keyed.astype(text), column, con) for column in COMPARED]
    con.close()
    return pd.concat(parts, ignore_index=True).sort_values(["customer_id", "column"], ignore_index=True)


def _alone(owned: pd.DataFrame, customers: int) -> pd.DataFrame:
    """One row = one source, one column = one golden column: the share of all customers it fills by itself."""
    counts = {c: owned[owned[c].notna()].groupby("source")["customer_id"].nunique() for c in COMPARED}
    return pd.DataFrame(counts, index=sorted(owned["source"].unique())).fillna(0) / max(customers, 1)


def _columns(
    golden: GoldenRecords, alone: pd.DataFrame, conflicts: pd.DataFrame, params: MergingParams
) -> pd.DataFrame:
    rules = {
        column: f"most_{params.rules()[group]}".replace("most_longest", "longest")
        for group, columns in GROUPS.items()
        for column in columns
    }
    torn = conflicts.groupby("column")["customer_id"].nunique()
    return golden.filled.assign(
        best_source=[str(alone[c].idxmax()) if alone[c].max() > 0 else "" for c in golden.filled["column"]],
        best_share=[float(alone[c].max()) for c in golden.filled["column"]],
        rule=[rules[c] for c in golden.filled["column"]],
        differing=[int(torn.get(c, 0)) for c in golden.filled["column"]],
    )


def _leaving(columns: pd.DataFrame, customers: int) -> pd.DataFrame:
    """The table as it may leave: a share that tells of few customers, or gives them away with the mean, is empty."""
    shares = {name: suppress_shares(columns, name, customers) for name in ("filled_share", "best_share")}
    return suppress_small(columns.assign(**shares), "differing", totals=[])
