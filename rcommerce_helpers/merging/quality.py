"""The source report: which systems the data come from, how good each is, what each adds, what is missing (A6).

Comes in: the landed tables. Goes out: one row = one source, one row = one source x value, one row = one table. A
source that holds no names is judged by what it does hold: orders and attributes per record.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.clock import day_after, first_day
from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.merging.keys import EXACT_KEYS
from rcommerce_helpers.merging.known import known_records
from rcommerce_helpers.merging.normalise import normalise_records
from rcommerce_helpers.merging.permitted import is_personal
from rcommerce_helpers.merging.tables import days_of, landed_tables, one_row, open_landed
from rcommerce_helpers.results import Absent, Figure
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.facts import DataSetFacts, read_facts
from rcommerce_helpers.sources.landed import has_landed, landed_path

VALUES = ("customer_number", "given", "family", "email", "phone", "birth", "postcode", "street", "company")
FACTS = ("orders", "attributes", "permissions", "contracts", "service_cases", "web_events", "feedback", "contacts")
"""Tables whose presence per record counts as knowledge of the person."""


@dataclass(frozen=True)
class SourceReport:
    """How good the sources are.

    ``sources``: one row = one source; ``coverage``: one row = one source x value or fact, the share of records that
    have it; ``tables``: one row = one landed table.
    """

    sources: pd.DataFrame
    coverage: pd.DataFrame
    tables: pd.DataFrame
    figures: tuple[Figure, ...]


def report_sources(landed: Path, as_of: str) -> SourceReport:
    """Judge every source by records, coverage, freshness and duplicates.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    as_of
        Last day of the analysis; freshness is counted back from it, in days.

    Raises
    ------
    NotEnoughData
        The data set holds no person records.
    """
    records = known_records(landed, as_of)
    if isinstance(records, Absent):
        raise NotEnoughData("source_records", got="no person records", expected="one source", do="Map a customer table")
    people = normalise_records(records, home=read_facts(landed).region)
    owners = people[["record_id"]].assign(customer_id=people["record_id"])
    con = open_landed(landed, owners, as_of)
    facts = read_facts(landed)
    coverage = _coverage(con, landed, people)
    sources = _sources(con, landed, people, as_of).merge(_missing(coverage), on="source", how="left")
    if (constant := _constant(people))["same_for_all"].notna().any():
        sources = sources.merge(constant, on="source", how="left")
    tables = _tables(con, landed, facts)
    figures = (
        *_record_figures(people, coverage),
        *_order_figures(con, landed),
        *_quarantine(facts),
        _dated_later(landed, as_of),
    )
    con.close()
    return SourceReport(_sources_leaving(sources), _coverage_leaving(coverage), tables, figures)


def _coverage(con: duckdb.DuckDBPyConnection, landed: Path, people: pd.DataFrame) -> pd.DataFrame:
    """One row = one source x value or fact: filled_share, records."""
    known = people.set_index("record_id")
    filled = {v: known[v].notna() for v in VALUES}
    for table in [t for t in FACTS if has_landed(landed, t)]:
        ids = {row[0] for row in con.execute(f"select distinct record_id from {table}").fetchall()}
        filled[table] = pd.Series(known.index.isin(ids), index=known.index)
    by_source = pd.DataFrame(filled).groupby(known["source"])
    means, sizes = by_source.mean(), by_source.size()
    rows = [
        (source, what, "value" if what in VALUES else "fact", float(means.loc[source, what]), int(sizes[source]))
        for source in means.index
        for what in filled
    ]
    return pd.DataFrame(rows, columns=["source", "what", "sort", "filled_share", "records"])


def _coverage_leaving(coverage: pd.DataFrame) -> pd.DataFrame:
    """The coverage as it may leave: where those who hold a value, or those who do not, are few the share is empty."""
    holding = (coverage["filled_share"] * coverage["records"]).round()
    counted = coverage.assign(holding=holding, lacking=coverage["records"] - holding)
    few = pd.Series(False, index=coverage.index)
    for size in ("holding", "lacking"):
        few |= suppress_small(counted, size, totals=[["what"]])["hidden"] != ""
    sizes = suppress_small(coverage.drop_duplicates("source"), "records")
    small = coverage["source"].isin(sizes.loc[sizes["hidden"] != "", "source"])
    return coverage.assign(filled_share=coverage["filled_share"].mask(few | small))[~small].reset_index(drop=True)


def _sources_leaving(sources: pd.DataFrame) -> pd.DataFrame:
    """The sources as they may leave: a share of all but a few, or of a few, is empty."""
    shares = {}
    for share in ("duplicate_share", "granted_share"):
        part = (sources[share].astype(float) * sources["records"]).round()
        few = part.between(1, leaving.SMALLEST_GROUP - 1) | (sources["records"] - part).between(
            1, leaving.SMALLEST_GROUP - 1
        )
        shares[share] = sources[share].astype(float).mask(few)
    return suppress_small(sources.assign(**shares), "records", also=list(shares))


def _sources(con: duckdb.DuckDBPyConnection, landed: Path, people: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """One row = one source: records, newest trace, age in days, duplicates within, consent share."""
    twins = pd.concat([_twins(people, key) for key in EXACT_KEYS], axis=1).any(axis=1)
    newest = _newest(con, landed)
    asked = _granted(con, landed)
    rows = []
    for source, part in people.groupby("source", sort=True):
        last = newest.get(source)
        age = float((pd.Timestamp(as_of) - last.normalize()).days) if last is not None else None
        consent = float(part["record_id"].isin(asked).mean()) if asked is not None else None
        rows.append((source, len(part), last, age, float(twins[part.index].mean()), consent))
    columns = ["source", "records", "newest_trace", "days_old", "duplicate_share", "granted_share"]
    return pd.DataFrame(rows, columns=columns)


def _twins(people: pd.DataFrame, key: str) -> pd.Series:
    """Whether another record of the same source holds the same key."""
    return people[key].notna() & people.duplicated(["source", key], keep=False)


def _newest(con: duckdb.DuckDBPyConnection, landed: Path) -> dict[str, pd.Timestamp]:
    """Source -> newest trace on the wall clock: a record's change or something it did."""
    parts = ["select record_id, greatest(local_created_at, local_updated_at) as moment from source_records"]
    for table in ("orders", "permissions", "web_events", "service_cases", "feedback", "contacts"):
        if has_landed(landed, table):
            parts.append(f"select record_id, max(local_at) from {table} group by 1")
    query = (
        "select split_part(record_id, ':', 1) as source, max(moment) as newest "
        f"from ({' union all '.join(parts)}) where moment is not null and record_id is not null group by 1"
    )
    return {source: pd.Timestamp(newest) for source, newest in con.execute(query).fetchall()}


def _granted(con: duckdb.DuckDBPyConnection, landed: Path) -> set[str] | None:
    """Records with at least one grant; None where the data set has no permissions table."""
    if not has_landed(landed, "permissions"):
        return None
    return {
        r[0] for r in con.execute("select distinct record_id from permissions where decision = 'granted'").fetchall()
    }


def _missing(coverage: pd.DataFrame) -> pd.DataFrame:
    """One row = one source: the values it does not hold at all."""
    empty = coverage[(coverage["filled_share"] == 0) & (coverage["sort"] == "value")]
    return empty.groupby("source")["what"].agg(", ".join).rename("holds_no").reset_index()


def _constant(people: pd.DataFrame) -> pd.DataFrame:
    """One row = one source: the values that are the same in all its records, and so tell nobody apart."""
    rows = []
    for source, part in people.groupby("source"):
        if len(part) >= leaving.SMALLEST_GROUP:
            same = [v for v in VALUES if part[v].notna().all() and (part[v] == part[v].iloc[0]).all()]
            rows.append((source, ", ".join(same) or None))
    return pd.DataFrame(rows, columns=["source", "same_for_all"])


def _dated_later(landed: Path, as_of: str) -> Figure:
    """Records whose making or last change lies after the last day: a wrong clock, or an export of a later day."""
    con = connect()
    later = " or ".join(
        f"cast(cast({moment} as varchar) as timestamp) >= timestamp '{day_after(as_of)}'"
        for moment in ("local_created_at", "local_updated_at")
    )
    query = f"select count(*) filter ({later}), count(*) from read_parquet(?)"
    dated, records = con.execute(query, [str(landed_path(landed, "source_records"))]).fetchall()[0]
    con.close()
    return Figure("records_dated_later", dated, int(records), "count")


def _tables(con: duckdb.DuckDBPyConnection, landed: Path, facts: DataSetFacts) -> pd.DataFrame:
    """One row = one landed table: rows, quarantined rows, whether it is about persons."""
    rows = []
    for name in landed_tables(landed):
        landed_rows = int(one_row(con, f"select count(*) from {name}")[0])
        count = facts.counts.get(name)
        personal = "yes" if is_personal(LANDED_TABLES[name]) else "no"
        rows.append((name, LANDED_TABLES[name].grain, landed_rows, count.quarantined if count else 0, personal))
    return pd.DataFrame(rows, columns=["table", "one_row_is", "rows", "quarantined", "personal"])


def _record_figures(people: pd.DataFrame, coverage: pd.DataFrame) -> tuple[Figure, ...]:
    values = coverage[coverage["sort"] == "value"]
    figures = [
        Figure("records", len(people), len(people), "count"),
        Figure("sources", int(people["source"].nunique()), len(people), "count"),
        Figure("personal_value_coverage", _weighted(values), len(people), "share"),
    ]
    for table in ("attributes", "orders"):
        of_table = coverage[coverage["what"] == table]
        if len(of_table):
            name = {"attributes": "attribute_coverage", "orders": "records_with_orders_share"}[table]
            figures.append(Figure(name, _weighted(of_table), len(people), "share"))
    return tuple(figures)


def _weighted(coverage: pd.DataFrame) -> float:
    return float((coverage["filled_share"] * coverage["records"]).sum() / max(int(coverage["records"].sum()), 1))


def _order_figures(con: duckdb.DuckDBPyConnection, landed: Path) -> tuple[Figure, ...]:
    if not has_landed(landed, "orders"):
        return ()
    orders, known = one_row(con, "select count(*), count(customer_id) from kept_purchases")
    seen = days_of(con, "kept_purchases")
    days = int(seen.max()) + 1 - first_day(seen) if len(seen) else 0
    figures = [
        Figure("orders", orders, int(orders), "count"),
        Figure("orders_known_share", known / max(orders, 1), int(orders), "share"),
        Figure("days_covered", days, int(orders), "days"),
    ]
    if has_landed(landed, "order_lines"):
        lines, revenue = one_row(
            con, "select count(*), sum(amount::decimal(18, 4)) from order_lines semi join kept_orders using (order_id)"
        )
        figures += [Figure("lines", lines, int(lines), "count"), Figure("revenue", revenue, int(lines), "money")]
    return tuple(figures)


def _quarantine(facts: DataSetFacts) -> tuple[Figure, ...]:
    rows_in = sum(c.rows_in for c in facts.counts.values())
    quarantined = sum(c.quarantined for c in facts.counts.values())
    aside = sum(sum(c.set_aside.values()) for c in facts.counts.values())
    return (
        Figure("quarantined_rows", quarantined, rows_in, "count"),
        Figure("rows_set_aside", aside, rows_in, "count"),
    )
