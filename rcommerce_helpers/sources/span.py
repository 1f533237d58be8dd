"""The span of a data set: from the first day that it tells of to its last known day."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pandas as pd

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.schema.columns import local_name
from rcommerce_helpers.sources.facts import DataSetFacts
from rcommerce_helpers.sources.parsing import named

LONGEST_GAP_DAYS = 366
STRAY_SHARE = 0.01


def first_day(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> str:
    """First day of the staged data, wall clock: of the orders, or of all that happens where there are none.

    A few rows long before all others set no beginning: see ``settled_start``.

    Parameters
    ----------
    connection
        An engine with the tables staged.
    tables
        Names of the canonical tables of this data set.

    Returns
    -------
    str
        A day such as 2022-07-01; empty where nothing has a time.
    """
    present = list(tables)
    starts = [
        settled_start(_rows_per_day(connection, name, column))
        for name in (["orders"] if "orders" in present else present)
        for column in _beginnings(name)
    ]
    known = [start for start in starts if start is not None]
    return min(known).date().isoformat() if known else ""


def settled_start(rows: pd.Series) -> pd.Timestamp | None:
    """The day on which a history really begins.

    One order of 1900 must not make the span meaningless: what lies before a gap of more than a year counts as stray
    as long as it is at most one row in a hundred. Known limit: in fewer than a hundred rows nothing is stray.

    Parameters
    ----------
    rows
        Day -> number of rows, in the order of days.

    Examples
    --------
    >>> days = pd.to_datetime(["1900-01-01", "2022-07-01", "2022-07-02"])
    >>> settled_start(pd.Series([1, 80, 60], index=days))
    Timestamp('2022-07-01 00:00:00')
    """
    if rows.empty:
        return None
    before = rows.cumsum().shift(fill_value=0)
    gap = rows.index.to_series().diff() > pd.Timedelta(days=LONGEST_GAP_DAYS)
    restarts = rows.index[gap.to_numpy() & (before <= STRAY_SHARE * rows.sum()).to_numpy()]
    return pd.Timestamp(restarts[-1] if len(restarts) else rows.index[0])


def check_as_of(as_of: str, facts: DataSetFacts) -> None:
    """Refuse a last day on which the data know nothing yet, or that they do not reach.

    Parameters
    ----------
    as_of
        A day such as 2024-06-30; empty = as the data set says, which is always right.

    Raises
    ------
    ParamError
        The day lies outside the span, which the message names.
    """
    begins = facts.first_day or as_of
    if as_of and not begins <= as_of <= facts.as_of:
        raise ParamError("as_of", got=as_of, expected=f"a day within the {span_of(facts)}", do="Choose a day in it")


def span_of(facts: DataSetFacts) -> str:
    """``data from 2022-07-01 to 2024-06-30``."""
    return f"data from {facts.first_day} to {facts.as_of}" if facts.first_day else f"data up to {facts.as_of}"


def _beginnings(table: str) -> list[str]:
    """Columns that say on which day a row of this table happened."""
    columns = [column for column in LANDED_TABLES[table].columns if column.required and column.time == "begin"]
    return [local_name(c.name) if c.type == "moment" else c.name for c in columns]


def _rows_per_day(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> pd.Series:
    query = (
        f"select cast({named(column)} as date) as day, count(*) as n from staged_{table} "
        f"where _bad is null and {named(column)} is not null group by 1 order by 1"
    )
    found = connection.sql(query).df()
    return pd.Series(found["n"].to_numpy(), index=pd.DatetimeIndex(found["day"]))
