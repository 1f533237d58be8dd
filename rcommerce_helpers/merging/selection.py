"""Consent selection: who says yes differs from who does not, so what holds for the first need not hold for the rest.

Known of everybody are a few plain things: how long, how many purchases, how many systems, where, how old. For each the
customers are counted by group, and the share that permits a purpose stands with its interval. Only counts leave this
module, none of fewer than ten people on either side. Known limits: whoever is in no system cannot be counted, and a
group that permits less may do so because nobody asked it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from rcommerce_helpers.clock import day_after
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.merging.normalise import birth_key, postcode_key
from rcommerce_helpers.merging.permissions import permitted_customers
from rcommerce_helpers.merging.tables import landed_tables, open_landed
from rcommerce_helpers.results import LEVEL, Figure
from rcommerce_helpers.statistics.intervals import Interval, mean_interval, share_interval, wilson
from rcommerce_helpers.statistics.testing import benjamini_hochberg

NOT_KNOWN = "not_known"
BANDS: dict[str, tuple[tuple[float, str], ...]] = {
    "tenure": ((0, "under_1_year"), (1, "years_1_to_2"), (2, "years_2_to_4"), (4, "years_from_4")),
    "purchases": ((0, "bought_0"), (1, "bought_1"), (2, "bought_2_to_4"), (5, "bought_5_to_9"), (10, "bought_from_10")),
    "systems": ((1, "systems_1"), (2, "systems_2"), (3, "systems_from_3")),
    "age": ((0, "age_under_30"), (30, "age_30_to_44"), (45, "age_45_to_59"), (60, "age_from_60")),
}
"""What is known of a customer -> lower ends of its groups and their codes."""
REGION = "postal_zone"
TRAITS = (*BANDS, REGION)
LEAST_NAMED = 30
"""Customers that a group needs to be named in the sentence: the extremes of small groups are chance."""
FALSE_DISCOVERIES = 0.05
YEAR = 365.25


@dataclass(frozen=True)
class Selection:
    """``groups``: one row = one group of one trait.

    Columns: trait, group, customers, permitting_share, low, high, interval_level, hidden. ``trait``, ``most`` and
    ``least``: the trait whose groups differ most, beyond chance, with its groups that permit most and least; empty
    where none differs. ``purpose``: what they were asked for.
    """

    groups: pd.DataFrame
    purpose: str
    trait: str
    most: str
    least: str
    figures: tuple[Figure, ...]


def consent_selection(
    landed: Path, records: pd.DataFrame, persons: pd.DataFrame, decisions: pd.DataFrame, *, purpose: str, as_of: str
) -> Selection:
    """Compare those who permit a purpose with all other customers.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    records, persons
        One row = one person record known on the last day; one row = one record and its customer.
    decisions
        One row = customer x purpose x channel x contact point.
    purpose
        The one whose yes is looked at, on any channel.
    as_of
        Last known day.

    Returns
    -------
    Selection
        Figures: permitting_share with its interval (n = customers), traits_differing (n = traits compared; chi-squared
        tests, Benjamini and Hochberg at .05), most_permitting_share and least_permitting_share (n = customers of the
        group), purchases_permitting and purchases_others (mean purchase days, n = customers), purchases_seen_share (of
        all purchase days of known customers those of customers who permit; n = purchase days).

    Raises
    ------
    NotEnoughData
        Everybody or nobody permits: then there is no selection.
    """
    known = _known_of(landed, records, persons, as_of)
    known["permits"] = known.index.isin(permitted_customers(decisions, purpose))
    yes, n = int(known["permits"].sum()), len(known)
    if yes in {0, n}:
        who = "all customers" if yes else "no customer"
        raise NotEnoughData(
            "selection", got=f"{who} permitting {purpose}", expected="some who do and some who do not",
            do="Nobody was selected here; look at how permission is asked for",
        )  # fmt: skip
    groups = _groups(known)
    share = share_interval(yes, n)
    figures = [Figure("permitting_share", share.value, n, "share", share.low, share.high), *_purchases(known)]
    trait, compared, differing = _most_different(known)
    if compared:
        figures.append(Figure("traits_differing", differing, compared, "count"))
    named = groups[(groups["trait"] == trait) & (groups["group"] != NOT_KNOWN) & (groups["customers"] >= LEAST_NAMED)]
    if len(named) < 2:
        return Selection(groups, purpose, "", "", "", tuple(figures))
    ends = {"most": named["permitting_share"].idxmax(), "least": named["permitting_share"].idxmin()}
    for name, at in ends.items():
        value, low, high = (float(named.loc[at, column]) for column in ("permitting_share", "low", "high"))
        figures.append(Figure(f"{name}_permitting_share", value, int(named.loc[at, "customers"]), "share", low, high))
    most, least = (str(named.loc[at, "group"]) for at in ends.values())
    return Selection(groups, purpose, trait, most, least, tuple(figures))


def _known_of(landed: Path, records: pd.DataFrame, persons: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """One row = one customer (index): ``purchases`` and, for each trait, the code of its group."""
    own = persons[["record_id", "customer_id"]].merge(records, on="record_id", how="left")
    end = day_after(as_of)
    made = own["local_created_at"] if "local_created_at" in own else pd.Series(pd.NaT, index=own.index)
    own = own.assign(
        made=pd.to_datetime(made),
        system=own["source"] if "source" in own else own["record_id"].str.partition(":")[0],
        born=pd.to_datetime(_values(own, "birth_date").map(birth_key), errors="coerce"),
        zone=[_zone(code, country) for code, country in zip(_values(own, "postcode"), _values(own, "country"))],
    ).sort_values("made", na_position="first", kind="stable")
    by = own.groupby("customer_id")
    bought = _purchases_of(landed, persons, as_of)
    known = pd.DataFrame({"since": by["made"].min(), "systems": by["system"].nunique()})
    agreed = by["born"].min() == by["born"].max()  # records that contradict each other tell no age
    known["born"] = by["born"].min().where(agreed)
    known[REGION] = by["zone"].last().fillna(NOT_KNOWN)
    numbers = {
        "tenure": (end - known["since"]).dt.days / YEAR,
        "systems": known["systems"],
        "age": (end - known["born"]).dt.days / YEAR,
    }
    if bought is not None:
        known["purchases"] = numbers["purchases"] = bought.reindex(known.index).fillna(0)
    for trait, values in numbers.items():
        known[f"in_{trait}"] = _banded(values, BANDS[trait])
    known[f"in_{REGION}"] = known[REGION]
    return known


def _values(own: pd.DataFrame, column: str) -> pd.Series:
    return own[column].astype(object).where(own[column].notna(), None) if column in own else _nothing(own)


def _nothing(own: pd.DataFrame) -> pd.Series:
    return pd.Series([None] * len(own), index=own.index, dtype=object)


def _zone(code: str | None, country: str | None) -> str | None:
    """First sign of a postal code, which in most countries stands for a part of it."""
    key = postcode_key(code, country)
    return f"{key[0]}\N{HORIZONTAL ELLIPSIS}" if key else None


def _purchases_of(landed: Path, persons: pd.DataFrame, as_of: str) -> pd.Series | None:
    """Purchase days per customer (``documents``); None where there are no orders."""
    if "orders" not in landed_tables(landed):
        return None
    con = open_landed(landed, persons, as_of)
    found = con.sql(
        "select customer_id, count(distinct local_at::date) as purchases from kept_purchases "
        "where customer_id is not null group by 1"
    ).df()
    con.close()
    return found.set_index("customer_id")["purchases"].astype(float)


def _banded(values: pd.Series, bands: tuple[tuple[float, str], ...]) -> pd.Series:
    starts = [low for low, _ in bands]
    place = np.clip(np.searchsorted(starts, values.fillna(0).to_numpy(), side="right") - 1, 0, None)
    names = np.array([name for _, name in bands], dtype=object)[place]
    return pd.Series(np.where(values.isna(), NOT_KNOWN, names), index=values.index, dtype=object)


def _groups(known: pd.DataFrame) -> pd.DataFrame:
    """One row = one group of one trait, as it may leave: neither its yes nor its no may be fewer than ten people."""
    parts = []
    for trait in (t for t in TRAITS if f"in_{t}" in known):
        by = known.groupby(f"in_{trait}")["permits"].agg(["size", "sum"]).reset_index()
        by.columns = pd.Index(["group", "customers", "permitting"])
        order = [*(code for _, code in BANDS.get(trait, ())), *sorted(by["group"]), NOT_KNOWN]
        by["place"] = [order.index(g) if g != NOT_KNOWN else len(order) for g in by["group"]]
        parts.append(by.sort_values("place").assign(trait=trait))
    groups = pd.concat(parts, ignore_index=True)
    low, high = wilson(groups["permitting"], groups["customers"])
    groups = groups.assign(
        permitting_share=groups["permitting"] / groups["customers"], low=low, high=high,
        interval_level=LEVEL, others=groups["customers"] - groups["permitting"],
    )  # fmt: skip
    few = [suppress_small(groups, size, totals=[["trait"]])["hidden"] for size in ("customers", "permitting", "others")]
    hidden = pd.concat(few, axis=1).max(axis=1)
    told = ["customers", "permitting_share", "low", "high"]
    emptied = {name: groups[name].astype(float).mask(hidden != "") for name in told}
    return groups.assign(**emptied, hidden=hidden)[["trait", "group", *told, "interval_level", "hidden"]]


def _most_different(known: pd.DataFrame) -> tuple[str, int, int]:
    """The trait whose groups differ most in their yes, beyond chance; how many traits were compared and differ."""
    from scipy.stats import chi2_contingency

    found = []
    for trait in (t for t in TRAITS if f"in_{t}" in known):
        told = known[known[f"in_{trait}"] != NOT_KNOWN]  # a value that no system holds tells of systems, not of people
        counts = pd.crosstab(told[f"in_{trait}"], told["permits"])
        counts = counts[counts.sum(axis=1) >= LEAST_NAMED]
        if len(counts) > 1 and len(counts.columns) > 1 and (counts.sum() > 0).all():
            test = chi2_contingency(counts.to_numpy())
            found.append((trait, float(test.pvalue), float(test.statistic) / counts.to_numpy().sum()))
    if not found:
        return "", 0, 0
    q = benjamini_hochberg([p for _, p, _ in found])
    beyond = [(spread, trait) for (trait, _, spread), value in zip(found, q) if value < FALSE_DISCOVERIES]
    return max(beyond)[1] if beyond else "", len(found), len(beyond)


def _purchases(known: pd.DataFrame) -> list[Figure]:
    """How much those who permit buy, and the others: what the later notebooks see, and what they do not."""
    if "purchases" not in known or not known["purchases"].sum():
        return []
    total, seen = known["purchases"].sum(), known.loc[known["permits"], "purchases"].sum()
    sides = {"purchases_permitting": known["permits"], "purchases_others": ~known["permits"]}
    means: dict[str, tuple[Interval, int]] = {
        name: (mean_interval(known.loc[side, "purchases"]), int(side.sum())) for name, side in sides.items()
    }
    return [
        *(Figure(name, ci.value, n, "mean", ci.low, ci.high) for name, (ci, n) in means.items() if n > 1),
        Figure("purchases_seen_share", float(seen / total), int(total), "share"),
    ]
