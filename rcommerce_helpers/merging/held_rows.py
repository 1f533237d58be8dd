"""What people may ask for, in numbers of nobody in particular: rows held of a customer, and what forgetting leaves.

Counted over all customers and told as medians; the rows of one person are for that person (``rcommerce access``). What
the law keeps stands where ``sources.forgotten`` keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.merging.by_hand import decided_pairs
from rcommerce_helpers.merging.corrections import TABLE as CORRECTIONS
from rcommerce_helpers.merging.tables import landed_tables, open_landed
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.forgotten import KEPT_BY_LAW, RULE
from rcommerce_helpers.sources.landed import has_landed, read_landed

ERASED, KEPT = "erased", "kept_without_person"
LINES = "order_lines"


@dataclass(frozen=True)
class Held:
    """``tables``: one row = one table with rows of people.

    Columns: table, customers (with a row in it), rows_each (median of theirs), on_forgetting, hidden.
    """

    tables: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Asked:
    """What people have asked for so far, as far as this run knows; figures only."""

    figures: tuple[Figure, ...]


def rows_held(landed: Path, persons: pd.DataFrame, as_of: str) -> Held:
    """How many rows the landed tables hold of a customer, and which of them stay when somebody is forgotten.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    persons
        One row = one record and its customer.
    as_of
        Last known day.

    Returns
    -------
    Held
        Figures: rows_of_typical_customer (median; n = customers), tables_of_typical_customer, kept_rows_share (of all
        rows of known customers those the law keeps without their person; n = rows).

    Raises
    ------
    NotEnoughData
        No table holds a row of a known customer.
    """
    con = open_landed(landed, persons, as_of)
    counted = [con.sql(query).df().assign(table=name) for name, query in _queries(landed).items()]
    con.close()
    rows = pd.concat(counted, ignore_index=True) if counted else pd.DataFrame()
    if rows.empty:
        raise NotEnoughData("rows", got="no row of a known customer", expected="one", do="Look at what landed")
    by = rows.groupby("table")["rows"]
    tables = pd.DataFrame({"customers": by.size(), "rows_each": by.median()}).reset_index()
    tables["on_forgetting"] = [KEPT if t in {*KEPT_BY_LAW, LINES} else ERASED for t in tables["table"]]
    tables = tables.sort_values(["customers", "table"], ascending=[False, True], ignore_index=True)
    each, total = rows.groupby("customer_id")["rows"].agg(["sum", "size"]), int(rows["rows"].sum())
    kept = int(rows.loc[rows["table"].isin([*KEPT_BY_LAW, LINES]), "rows"].sum())
    figures = (
        Figure("rows_of_typical_customer", float(each["sum"].median()), len(each), "mean"),
        Figure("tables_of_typical_customer", float(each["size"].median()), len(each), "mean"),
        Figure("kept_rows_share", kept / total, total, "share"),
    )
    return Held(suppress_small(tables, "customers", totals=[], also=["rows_each"]), figures)


def _queries(landed: Path) -> dict[str, str]:
    """Table -> query: one row = one customer with their rows in it."""
    there = landed_tables(landed)
    own = [name for name in there if "record_id" in LANDED_TABLES[name].column_names]
    count = "select w.customer_id, count(*) as rows from"
    queries = {name: f"{count} {name} join owner w using (record_id) group by 1" for name in own}
    if LINES in there and "orders" in there:
        queries[LINES] = f"{count} {LINES} join orders using (order_id) join owner w using (record_id) group by 1"
    return queries


def asked_so_far(landed: Path) -> Asked:
    """Corrections in force, pairs decided by hand, and rows that were set aside because their person was forgotten.

    Returns
    -------
    Asked
        Figures: corrected_values, pairs_by_hand, forgotten_rows; n = person records (of the last: rows in).
    """
    counts = read_facts(landed).counts
    records = counts["source_records"].landed if "source_records" in counts else 0
    corrected = len(read_landed(landed, CORRECTIONS)) if has_landed(landed, CORRECTIONS) else 0
    forgotten = sum(count.set_aside.get(RULE, 0) for count in counts.values())
    figures = (
        Figure("corrected_values", corrected, records, "count"),
        Figure("pairs_by_hand", len(decided_pairs(landed)), records, "count"),
        Figure("forgotten_rows", forgotten, sum(count.rows_in for count in counts.values()), "count"),
    )
    return Asked(figures)
