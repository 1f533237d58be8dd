"""Corrections by hand: what a person says of their own data counts before what any system holds.

``corrections.toml`` among the decisions on a data set has one entry per value::

    [[correction]]
    record_id = "crm:4711"
    column = "email"
    value = "anna@example.org"
    reason = "told us on the telephone"
    day = 2024-06-30

An empty value takes the wrong one away. The records as they landed stay as they are; merging reads them corrected, and
the provenance of the golden record says so.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.schema import LANDED_TABLES, Column
from rcommerce_helpers.sources.landed import has_landed, read_landed

FILE = "corrections.toml"
TABLE = "corrections"
"""Name of the corrections beside the landed tables."""
COLUMNS = ("record_id", "column", "value", "reason", "day")
CORRECTED = "corrected"
"""Column of corrected records: names of their corrected columns, separated by |."""
CORRECTABLE = {c.name: c for c in LANDED_TABLES["source_records"].columns if c.type not in ("record", "moment")}


def read_corrections(path: Path) -> pd.DataFrame:
    """Read a corrections.toml; one row = one corrected value, none where there is no file.

    Returns
    -------
    DataFrame
        ``COLUMNS``, all as text; value is empty where the wrong one is only taken away.

    Raises
    ------
    SchemaError
        An entry is not as it should be, names no column that can be corrected, or contradicts another.
    """
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong("the file", f"no toml ({error})", "a toml file", "Correct that line") from None
    entries = content.get("correction", [])
    if set(content) - {"correction"} or not isinstance(entries, list):
        raise _wrong("the file", "other sections", "[[correction]] entries only", "Remove the others")
    rows = [_row(f"correction {i}", entry) for i, entry in enumerate(entries, start=1)]
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).drop_duplicates(list(COLUMNS[:3]))
    twice = table[table.duplicated(["record_id", "column"])]
    if len(twice):
        raise _wrong(
            f"correction {twice.index[0] + 1}",
            f"a second value for the same {twice['column'].iloc[0]} of the same record",
            "one value for each",
            "Remove the one that does not hold",
        )
    return table.reset_index(drop=True)


def _row(place: str, entry: object) -> tuple[str, ...]:
    if not isinstance(entry, dict) or set(entry) != set(COLUMNS):
        raise _wrong(place, "other keys", ", ".join(COLUMNS), "Write these five")
    column = CORRECTABLE.get(str(entry["column"]))
    if column is None:
        raise _wrong(place, f"column {entry['column']!r}", f"one of {', '.join(CORRECTABLE)}", "Correct the name")
    if not isinstance(entry["day"], date) or isinstance(entry["day"], datetime):
        raise _wrong(place, "no day", "day = 2024-06-30, without quotes", "Write the day")
    if not str(entry["reason"]).strip() or ":" not in str(entry["record_id"]):
        raise _wrong(place, "no reason, or no record", 'a reason, and record_id = "system:number"', "Fill it in")
    value = _value(place, column, entry["value"])
    return str(entry["record_id"]), column.name, value, str(entry["reason"]), entry["day"].isoformat()


def _value(place: str, column: Column, given: object) -> str:
    value = given.isoformat() if isinstance(given, date) else str(given).strip()
    if column.type == "day" and value and not _is_day(value):
        raise _wrong(place, "a value that is no day", "value = 1980-05-17", "Write the day so")
    if column.choices and value and value not in column.choices:
        raise _wrong(place, "a value out of no list", f"one of {', '.join(column.choices)}", "Choose one")
    return value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def check_known(corrections: pd.DataFrame, landed: Path) -> None:
    """Refuse corrections of records that did not land.

    Raises
    ------
    SchemaError
        An entry names an unknown record; the message says which entry, not whose.
    """
    known = read_landed(landed, "source_records", columns=["record_id"])["record_id"] if len(corrections) else []
    for i, record in enumerate(corrections["record_id"], start=1):
        if record not in set(known):
            raise _wrong(f"correction {i}", "a record that is not there", "one that landed", "Correct or remove it")


def corrected(records: pd.DataFrame, landed: Path) -> pd.DataFrame:
    """Person records with the corrections that lie beside the landed tables.

    Returns
    -------
    DataFrame
        ``records`` with corrected values and, where there are corrections, the column ``corrected``.
    """
    if not has_landed(landed, TABLE):
        return records
    said = read_landed(landed, TABLE)
    changed = records.copy()
    for column, rows in said.groupby("column"):
        values = rows.set_index("record_id")["value"]
        mine = changed["record_id"].isin(values.index)
        if str(column) not in changed:
            changed[str(column)] = None
        text = changed.loc[mine, "record_id"].map(values).replace("", None)
        if CORRECTABLE[str(column)].type == "day":
            days = changed[str(column)].astype(object)
            days[mine] = [pd.Timestamp(v) if v else None for v in text]
            changed[str(column)] = pd.to_datetime(days)
        else:
            changed[str(column)] = changed[str(column)].astype(object).mask(mine, text)
    names = said.sort_values("column").groupby("record_id")["column"].agg("|".join)
    return changed.assign(**{CORRECTED: changed["record_id"].map(names).fillna("")})


def _wrong(place: str, got: str, expected: str, do: str) -> SchemaError:
    return SchemaError(f"{FILE}, {place}", got=got, expected=expected, do=do)
