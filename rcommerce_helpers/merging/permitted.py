"""The only tables a stage may read: per purpose, the rows of those who permit it.

Comes in: landed tables, persons, golden records, timeline, decisions. Goes out: ``permitted/<purpose>/<table>.parquet``
with the customer's pseudonym in place of the record, sorted by customer and time; no direct identifiers where a purpose
can do without. Rows of unknown people are left out and counted.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from rcommerce_helpers.documents import DOCUMENT
from rcommerce_helpers.files import link
from rcommerce_helpers.merging.permissions import STAGE_PURPOSES, permitted_customers
from rcommerce_helpers.merging.tables import landed_tables, open_landed
from rcommerce_helpers.merging.timeline import permitted_events
from rcommerce_helpers.results import Figure
from rcommerce_helpers.schema import LANDED_TABLES, Table
from rcommerce_helpers.schema.columns import FILE_ORDER
from rcommerce_helpers.schema.merged import CUSTOMERS
from rcommerce_helpers.sources.landed import landed_path

LEFT_OUT = (*(c.name for c in CUSTOMERS.columns if c.personal and c.name != "customer_id"), "provenance")
"""Columns of the golden record that no stage needs: whom to write to says ``contact_points``."""
NEEDED_TEXT = {"attributes": ("value",)}
"""Table -> personal texts that a stage's purpose names: a declared hobby is what personalisation is about."""
FREE_TEXT = {
    table.name: tuple(
        c.name for c in table.columns
        if c.personal and c.type == "text" and c.name not in NEEDED_TEXT.get(table.name, ())
    )
    for table in LANDED_TABLES.values()
}  # fmt: skip
"""Table -> columns in which people wrote what they liked, names and telephone numbers among it: no purpose needs it."""
NEEDS = {"web_events": "web_linking", "sessions": "web_linking", "store_visits": "location"}
"""Table -> purpose a customer must permit besides the one the table is read for."""
KEPT_FROM = {"invoices": ("personalisation", "marketing")}
"""Table -> purposes that never see it: unpaid bills are no feature of a score."""
NEVER_WRITTEN = ("source_records", "permissions")
"""Their content reaches the stages as ``customers`` and ``permission_decisions``."""
_PARQUET = "(format parquet, compression zstd)"


@dataclass(frozen=True)
class PermittedReport:
    """``tables``: one row = one personal table, with its rows, rows of unknown people and rows per purpose."""

    tables: pd.DataFrame
    figures: tuple[Figure, ...]


def write_permitted(  # noqa: PLR0913 - one argument per result of merging
    landed: Path, persons: pd.DataFrame, *, customers: pd.DataFrame, events: pd.DataFrame, decisions: pd.DataFrame,
    out: Path, points: pd.DataFrame | None = None, as_of: str = "",
) -> PermittedReport:  # fmt: skip
    """Write ``out/<purpose>/*.parquet`` for every purpose a stage reads for and at least one customer permits.

    Parameters
    ----------
    landed
        Folder of the landed tables.
    persons
        One row = one record and its customer.
    customers
        Golden records: one row = one customer.
    events
        The timeline.
    decisions
        One row = customer x purpose x channel x contact point.
    out
        The run's ``permitted`` folder; folders of purposes written before are replaced whole, stale ones removed.
    points
        One row = customer x channel x contact point for marketing; None = nobody is to be contacted.
    as_of
        Last known day; rows that begin later are not written. Empty = everything is known.
    """
    con = open_landed(landed, persons, as_of)
    con.register("customers_frame", customers)
    con.register("decisions_frame", decisions)
    if points is not None:
        con.register("points_frame", points)
    con.execute("create table needed as select distinct customer_id, purpose from decisions_frame where allowed")
    written: dict[frozenset[str], str] = {}
    rows: dict[str, dict[str, int]] = {}
    for purpose in STAGE_PURPOSES:
        final, fresh = out / purpose, out / f".{purpose}.new"
        for stale in (fresh, *([final] if not permitted_customers(decisions, purpose) else [])):
            shutil.rmtree(stale, ignore_errors=True)
        allowed = frozenset(permitted_customers(decisions, purpose))
        if not allowed:
            continue
        fresh.mkdir(parents=True)
        twin = written.get(allowed)
        rows[purpose] = _write_purpose(con, landed, purpose, fresh, out / twin if twin else None)
        con.register("events_frame", permitted_events(events, decisions, purpose))
        _write_own(con, purpose, fresh, out / twin if twin else None)
        if points is not None and purpose == CONTACTING:
            _copy(con, _POINTS, fresh / "contact_points.parquet")
        written.setdefault(allowed, purpose)
        shutil.rmtree(final, ignore_errors=True)
        fresh.replace(final)
    report = _report(con, landed, rows)
    con.close()
    return report


def _write_purpose(
    con: duckdb.DuckDBPyConnection, landed: Path, purpose: str, folder: Path, twin: Path | None
) -> dict[str, int]:
    """Write or link the tables of one purpose; table -> rows, for personal tables."""
    con.execute(f"create or replace table allowed as select customer_id from needed where purpose = '{purpose}'")
    rows = {}
    for name in landed_tables(landed):
        target = folder / f"{name}.parquet"
        if name in NEVER_WRITTEN or purpose in KEPT_FROM.get(name, ()):
            continue
        if not is_personal(LANDED_TABLES[name]):
            link(landed_path(landed, name), target)
        elif twin is not None and (twin / target.name).exists():
            link(twin / target.name, target)
            rows[name] = _rows(con, target)
        else:
            _copy(con, _select(LANDED_TABLES[name]), target)
            rows[name] = _rows(con, target)
            if not rows[name]:  # a stage then reads "no such table" and skips, instead of failing on nothing
                target.unlink()
    return rows


def is_personal(table: Table) -> bool:
    """Whether a row is about a person; order lines are, through their order."""
    return table.personal or table.name == "order_lines"


def _select(table: Table) -> str:
    """Query of one personal table: the customer first, then its own columns without the record."""
    if table.name == "order_lines":
        return (
            f'select o.customer_id, o."at", o.local_at, t.*, o.kind as {DOCUMENT}, o.file_order '
            "from order_lines t join kept_orders o "
            "using (order_id) join allowed a on a.customer_id = o.customer_id "
            "order by 1, 2, o.file_order, t.line_number"
        )
    owned = (
        "kept_orders t" if table.name == "orders"
        else f"(select w.customer_id, x.* from {table.name} x join owner w using (record_id)) t"
    )  # fmt: skip
    needs = NEEDS.get(table.name)
    also = (
        f"semi join (select customer_id from needed where purpose = '{needs}') n using (customer_id) " if needs else ""
    )
    time = next((c.name for c in table.columns if c.type in ("moment", "day")), table.key[0])
    places = (FILE_ORDER.name,) if table.keeps_order else ()
    order = ", ".join(f't."{c}"' for c in dict.fromkeys((time, *places, *table.key)) if c != "record_id")
    if table.name == "referrals":
        return (
            "select t.customer_id, t.* exclude (customer_id, record_id, invited_record_id), i.customer_id as "
            f"invited_customer_id from {owned} semi join allowed using (customer_id) left join (select * from owner "
            f"semi join allowed using (customer_id)) i on i.record_id = t.invited_record_id order by 1, {order}"
        )
    hidden = ", ".join(("customer_id", "record_id", *FREE_TEXT[table.name]))
    return (
        f"select t.customer_id, t.* exclude ({hidden}) from {owned} semi join allowed "
        f"using (customer_id) {also}order by 1, {order}"
    )


def _write_own(con: duckdb.DuckDBPyConnection, purpose: str, folder: Path, twin: Path | None) -> None:
    """Write what merging itself made: customers, the timeline, the decisions on this purpose."""
    have = {row[0] for row in con.execute("describe customers_frame").fetchall()}
    hidden = [c for c in LEFT_OUT if c in have]
    without = f"exclude ({', '.join(hidden)})" if hidden else ""
    made = {
        "customers": f"select * {without} from customers_frame semi join allowed using (customer_id) order by 1",
        "timeline": "select * from events_frame",
        "permission_decisions": "select * exclude (contact_point) from decisions_frame semi join allowed "
        f"using (customer_id) where purpose = '{purpose}' order by 1, 3, contact_point",
    }
    for name, query in made.items():
        if name == "timeline" and twin is not None:
            link(twin / f"{name}.parquet", folder / f"{name}.parquet")
        else:
            _copy(con, query, folder / f"{name}.parquet")


CONTACTING = "marketing"
_POINTS = "select p.* from points_frame p semi join allowed using (customer_id) order by 1, 2, preference"


def _copy(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    con.execute(f"copy ({query}) to '{_quoted(target)}' {_PARQUET}")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _rows(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    return int(con.execute(f"select count(*) from read_parquet('{_quoted(path)}')").fetchall()[0][0])


def _report(con: duckdb.DuckDBPyConnection, landed: Path, rows: dict[str, dict[str, int]]) -> PermittedReport:
    found = []
    for name in landed_tables(landed):
        if name in NEVER_WRITTEN or not is_personal(LANDED_TABLES[name]):
            continue
        total, unknown = _known(con, name)
        found.append((name, total, unknown, *(rows.get(p, {}).get(name, 0) for p in STAGE_PURPOSES)))
    columns = ["table", "rows", "rows_of_unknown_people", *(f"rows_{p}" for p in STAGE_PURPOSES)]
    tables = pd.DataFrame(found, columns=columns)
    total = int(tables["rows"].sum())
    figures = [
        Figure("rows_of_unknown_people", int(tables["rows_of_unknown_people"].sum()), total, "count"),
        Figure("permitted_purposes", len(rows), len(STAGE_PURPOSES), "count"),
    ]
    figures += [Figure(f"permitted_rows_{p}", int(tables[f"rows_{p}"].sum()), total, "count") for p in rows]
    return PermittedReport(tables, tuple(figures))


def _known(con: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int]:
    """Rows of a personal table, and those whose person is unknown."""
    source = (
        "order_lines join orders using (order_id) left join owner using (record_id)" if table == "order_lines"
        else f"{table} left join owner using (record_id)"
    )  # fmt: skip
    total, unknown = con.execute(
        f"select count(*), count(*) filter (where customer_id is null) from {source}"
    ).fetchall()[0]
    return int(total), int(unknown)
