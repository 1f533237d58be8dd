"""Who is the same person and who is not, as somebody decided who looked: later runs obey.

``identity.toml`` among the decisions on a data set has one entry per decision::

    [[same]]
    records = ["crm:4711", "shop:88"]
    reason = "told us of her new name"
    day = 2024-06-30

    [[different]]
    records = ["crm:4711", "crm:4712"]
    reason = "father and son"
    day = 2024-06-30

A decision stands above every key and every model. Two records that are the same each as a third are the same. An entry
``[[unsure]]`` says that somebody looked and could not tell; it changes nothing. ``rcommerce review`` writes all three,
and adds ``drawn`` ("joined" or "apart") where the pair was drawn at random among such pairs: from these precision and
recall are measured (``reviewing``).
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from itertools import combinations
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.landed import has_landed, read_landed

FILE = "identity.toml"
TABLE = "decided_pairs"
"""Name of the decisions beside the landed tables."""
SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
VERDICTS = (SAME, DIFFERENT, UNSURE)
BY_HAND = "by hand"
"""Method of a link that somebody decided."""
COLUMNS = ("record_a", "record_b", "verdict", "reason", "day", "drawn")
KEYS = {"records", "reason", "day"}
DRAWN = ("", "joined", "apart")
NOTHING = pd.DataFrame(columns=list(COLUMNS), dtype=object)


def read_decided(path: Path) -> pd.DataFrame:
    """Read a identity.toml; one row = one pair of records, none where there is no file.

    Returns
    -------
    DataFrame
        ``COLUMNS``, all as text, record_a < record_b; an entry of three records gives three pairs.

    Raises
    ------
    SchemaError
        An entry is not as it should be, or contradicts others.
    """
    if not path.exists():
        return NOTHING
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong("the file", f"no toml ({error})", "a toml file", "Correct that line") from None
    if set(content) - set(VERDICTS) or not all(isinstance(entries, list) for entries in content.values()):
        expected = "[[same]], [[different]] and [[unsure]] entries only"
        raise _wrong("the file", "other sections", expected, "Remove the others")
    rows = [
        row for verdict in VERDICTS for i, entry in enumerate(content.get(verdict, []), start=1)
        for row in _rows(verdict, i, entry)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).drop_duplicates(list(COLUMNS[:3]))
    _check_agree(table)
    return table.sort_values(list(COLUMNS), ignore_index=True)


def _rows(verdict: str, number: int, entry: object) -> list[tuple[str, ...]]:
    place = f"[[{verdict}]] {number}"
    if not isinstance(entry, dict) or set(entry) - {"drawn"} != KEYS or entry.get("drawn", "") not in DRAWN:
        raise _wrong(place, "other keys", ", ".join(sorted(KEYS)), "Write these three")
    records = entry["records"]
    if not isinstance(records, list) or len(set(map(str, records))) < 2 or not all(":" in str(r) for r in records):
        raise _wrong(place, "no two records", 'records = ["system:number", "system:number"]', "Name them")
    if not isinstance(entry["day"], date) or isinstance(entry["day"], datetime):
        raise _wrong(place, "no day", "day = 2024-06-30, without quotes", "Write the day")
    if not str(entry["reason"]).strip():
        raise _wrong(place, "no reason", "a few words", "Say why, for whoever reads it next year")
    pairs = combinations(sorted({str(record) for record in records}), 2)
    said = verdict, str(entry["reason"]), entry["day"].isoformat(), str(entry.get("drawn", ""))
    return [(a, b, *said) for a, b in pairs]


def _check_agree(table: pd.DataFrame) -> None:
    """Refuse a pair that is to be different and, through others, the same."""
    group: dict[str, str] = {}

    def first(record: str) -> str:
        while group.setdefault(record, record) != record:
            record = group[record]
        return record

    same = table[table["verdict"] == SAME]
    for a, b in zip(same["record_a"], same["record_b"]):
        group[first(b)] = first(a)
    for a, b in table.loc[table["verdict"] == DIFFERENT, ["record_a", "record_b"]].itertuples(index=False):
        if first(a) == first(b):
            got = f"{a} and {b} as different, and by other entries as the same"
            raise _wrong("its entries", got, "one of the two", "Remove the one that does not hold")


def check_decided_known(people: pd.DataFrame, landed: Path) -> None:
    """Refuse decisions about records that did not land.

    Raises
    ------
    SchemaError
        An entry names an unknown record.
    """
    known = set(read_landed(landed, "source_records", columns=["record_id"])["record_id"]) if len(people) else set()
    for row in people.itertuples(index=False):
        if not {row.record_a, row.record_b} <= known:
            place = f"the entry [[{row.verdict}]] of {row.day}"
            raise _wrong(place, "a record that is not there", "records that landed", "Correct or remove it")


def decided_pairs(landed: Path) -> pd.DataFrame:
    """The decisions that lie beside the landed tables; one row = one pair, ``COLUMNS``."""
    return read_landed(landed, TABLE) if has_landed(landed, TABLE) else NOTHING


def _wrong(place: str, got: str, expected: str, do: str) -> SchemaError:
    return SchemaError(f"{FILE}, {place}", got=got, expected=expected, do=do)
