"""What would be missing if a source were switched off: customers, golden values, ways to reach somebody.

Counted, not guessed: each source is taken away in turn and the golden values are chosen again from the rest. Who is
who stays as it was found, so a source that joins two others by its keys is worth more than it shows here; and its
refusals stay in force, for a no does not end with the system that took it down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import GIVEN_AWAY, SMALL, suppress_small
from rcommerce_helpers.merging.contact_points import held_points, keys_of
from rcommerce_helpers.merging.golden import SURVIVING, GoldenRecords
from rcommerce_helpers.merging.normalise import DEFAULT_REGION
from rcommerce_helpers.merging.survivorship import survivors
from rcommerce_helpers.results import Figure

VALUES = tuple(column for column in SURVIVING if column != "kind")
LOST = ("customers_lost", "values_lost", "reach_lost")


@dataclass(frozen=True)
class SwitchedOff:
    """``sources``: one row = one source and what would be missing without it, the most missed first.

    Columns: source, customers (it knows), customers_lost (nobody else knows), values_lost (golden values that would be
    empty), reach_lost (customers who may be written to now and could not be reached any more), lacks_share (of the
    golden values of its customers, those only others know), hidden.
    ``most_missed``: the source whose loss takes most golden values; ``not_missed``: those that add none of the three.
    """

    sources: pd.DataFrame
    most_missed: str
    not_missed: tuple[str, ...]
    figures: tuple[Figure, ...]


def switch_off(
    golden: GoldenRecords,
    records: pd.DataFrame,
    persons: pd.DataFrame,
    points: pd.DataFrame,
    *,
    rules: Mapping[str, str],
    region: str = DEFAULT_REGION,
) -> SwitchedOff:
    """Take each source away in turn and count what goes with it.

    Parameters
    ----------
    golden
        The golden records, with the values of each record.
    records
        One row = one person record in one system.
    persons
        One row = one record and its customer.
    points
        One row = customer x channel x contact point, as ``contact_points`` gives it.
    rules
        Group of columns -> rule, as ``MergingParams.rules`` gives it.
    region
        ISO country of telephone numbers and postal codes without one.

    Raises
    ------
    NotEnoughData
        There is only one source, so that switching it off leaves nothing.
    """
    owned = golden.owned
    names = sorted(owned["source"].unique())
    if len(names) < 2:
        raise NotEnoughData("sources", got=f"one ({names[0] if names else 'none'})", expected="two or more",
                            do="Add another system's customers")  # fmt: skip
    values = _values(owned, rules)
    reach = _reach(records, persons, points, region)
    rows = [
        (name, *_without(owned, name, values, rules), len(_only(reach, name)), *_lacks(owned, name, values))
        for name in names
    ]
    table = pd.DataFrame(rows, columns=["source", "customers", *LOST, "lacking", "lacks_share"])
    table = table.sort_values(["values_lost", "source"], ascending=[False, True], ignore_index=True)
    figures = _figures(table, int(owned["customer_id"].nunique()), int(values.sum()))
    idle = table.loc[(table[list(LOST)] == 0).all(axis=1), "source"]
    return SwitchedOff(_leaving(table), str(table["source"].iloc[0]), tuple(idle), figures)


def _values(owned: pd.DataFrame, rules: Mapping[str, str]) -> pd.Series:
    """Customer -> how many of its golden values are filled."""
    chosen, _ = survivors(owned, rules)
    filled: pd.Series = chosen.set_index("customer_id")[list(VALUES)].notna().sum(axis=1)
    return filled


def _without(owned: pd.DataFrame, source: str, values: pd.Series, rules: Mapping[str, str]) -> tuple[int, int, int]:
    """Customers a source knows, those nobody else knows, and golden values that would be empty without it.

    Only its own customers are chosen again: nobody else changes.
    """
    concerned = set(owned.loc[owned["source"] == source, "customer_id"])
    rest = owned[owned["customer_id"].isin(concerned) & (owned["source"] != source)]
    left = int(_values(rest, rules).sum()) if len(rest) else 0
    lost = len(concerned) - int(rest["customer_id"].nunique())
    return len(concerned), lost, int(values[list(concerned)].sum()) - left


def _lacks(owned: pd.DataFrame, source: str, values: pd.Series) -> tuple[int, float]:
    """Golden values of a source's customers that it does not hold itself, and their share."""
    own = owned[owned["source"] == source].groupby("customer_id")[list(VALUES)].count().gt(0)
    held, golden = int(own.to_numpy().sum()), int(values[own.index].sum())
    lacking = max(0, golden - held)
    return lacking, lacking / max(golden, 1)


def _reach(records: pd.DataFrame, persons: pd.DataFrame, points: pd.DataFrame, region: str) -> pd.DataFrame:
    """One row = customer x source that holds an address at which the customer may be written to."""
    allowed = points.loc[
        points["allowed"] & (points["contact_point"] != ""), ["customer_id", "channel", "contact_point"]
    ]
    allowed = allowed.assign(key=keys_of(allowed, region))
    held = held_points(records, persons, region)
    both = allowed.merge(held, on=["customer_id", "channel", "key"], how="left")
    source = both["record_id"].astype(object).where(both["record_id"].notna(), "").str.split(":").str[0]
    return both.assign(source=source)[["customer_id", "source"]].drop_duplicates()


def _only(reach: pd.DataFrame, source: str) -> set[str]:
    """Customers who can be reached through this source alone; an address of no record is nobody's to lose."""
    others = set(reach.loc[reach["source"] != source, "customer_id"])
    return set(reach.loc[reach["source"] == source, "customer_id"]) - others


def _figures(table: pd.DataFrame, customers: int, values: int) -> tuple[Figure, ...]:
    """Those of the source that would be missed most."""
    first = table.iloc[0]
    return (
        Figure("most_missed_customers", int(first["customers_lost"]), customers, "count"),
        Figure("most_missed_values_share", int(first["values_lost"]) / max(values, 1), values, "share"),
        Figure("most_missed_reach", int(first["reach_lost"]), customers, "count"),
        Figure("sources_not_missed", int((table[list(LOST)] == 0).all(axis=1).sum()), len(table), "count"),
    )


def _leaving(table: pd.DataFrame) -> pd.DataFrame:
    """The counts as they may leave; what is known to few, or to all but a few of a source's customers, is empty.

    The customers known to one source only add up to a figure that is said elsewhere, so a single hidden one is not
    enough; a value of fewer than ten is one of fewer than ten people.
    """
    rest = table["customers"] - table["customers_lost"]
    alone = suppress_small(table, "customers_lost", totals=[[]])["hidden"]
    alone = alone.mask((alone == "") & rest.between(1, leaving.SMALLEST_GROUP - 1), GIVEN_AWAY)
    why = {"customers_lost": alone}
    for name in ("customers", "values_lost", "reach_lost"):
        why[name] = suppress_small(table, name, totals=[])["hidden"]
    few = why["customers"] != ""
    emptied = {n: table[n].astype(float).mask((w != "") | (few & (table[n] > 0))) for n, w in why.items()}
    emptied["lacks_share"] = table["lacks_share"].mask(few | table["lacking"].between(1, leaving.SMALLEST_GROUP - 1))
    marks = pd.DataFrame(why)
    hidden = marks.apply(lambda row: SMALL if SMALL in set(row) else max(row), axis=1)
    return table.assign(**emptied, hidden=hidden).drop(columns="lacking")
