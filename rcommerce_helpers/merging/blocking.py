"""Which pairs of records are worth comparing: those that share a value, as far as the data allow it.

Nothing is chosen in advance. Every rule of ``RULES`` may bring up to ``PAIRS_PER_RECORD`` pairs a record; of a rule
that would bring more, only its smaller blocks are used: a rare last name says something, a common one nothing, and a
longer rule that holds the same column has smaller blocks. So pairs grow with the records and not with their square, and
a value that half the world shares (info@, the first of January) costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

RULES = (
    ("customer_number",), ("email",), ("phone",), ("birth",), ("family",), ("given",), ("street",), ("postcode",),
    ("city",), ("given", "family"), ("family", "postcode"), ("given", "postcode"), ("family", "street"),
    ("given", "street"), ("street", "postcode"), ("family", "city"), ("given", "city"), ("given", "birth"),
    ("family", "birth"), ("given_start", "family_start"), ("given_start", "family_start", "year"),
    ("given_start", "family_start", "city"), ("given_start", "family_start", "area"), ("given_start", "day"),
    ("family_start", "day"), ("family_end", "day"), ("family_end", "given_start"), ("given_start", "year"),
    ("family_start", "year"), ("given_start", "area"), ("family_start", "area"),
    ("given_start", "year", "postcode"), ("postcode", "year"), ("postcode", "day"), ("city", "day"), ("city", "year"),
)  # fmt: skip
"""Columns and parts of columns that two records must share to be compared."""
PARTS = (
    "given[:3] as given_start, family[:3] as family_start, family[-4:] as family_end, birth[:4] as year, "
    "birth[6:] as day, postcode[:3] as area"
)
PAIRS_PER_RECORD = 5


@dataclass(frozen=True)
class Rule:
    """One rule as it was used: its columns, the largest block that was used, pairs used and pairs there would be."""

    columns: tuple[str, ...]
    largest: int
    pairs: int
    all_pairs: int


def block(con: duckdb.DuckDBPyConnection) -> tuple[Rule, ...]:
    """Make the table ``pairs``: one row = one pair of records worth comparing, a < b.

    Parameters
    ----------
    con
        Holds the table ``people``: one row = one record, numbered ``i`` from 0, with normalised columns.

    Returns
    -------
    tuple
        The rules that brought a pair, in the order of ``RULES``.
    """
    con.execute(f"create or replace temp view parts as select *, {PARTS} from people")
    con.execute("create or replace table found (a integer, b integer)")
    size = int(con.execute("select count(*) from people").fetchall()[0][0])
    used = [rule for columns in RULES if (rule := _used(con, columns, PAIRS_PER_RECORD * size)) is not None]
    con.execute("create or replace table pairs as select distinct a, b from found order by a, b")
    con.execute("drop table found")
    return tuple(used)


def _used(con: duckdb.DuckDBPyConnection, columns: tuple[str, ...], limit: int) -> Rule | None:
    shared, held = ", ".join(columns), " and ".join(f"{column} is not null" for column in columns)
    sizes = con.execute(
        f"select n, count(*) from (select count(*) as n from parts where {held} group by {shared}) "
        "where n > 1 group by n order by n"
    ).fetchall()
    largest = pairs = all_pairs = 0
    for n, blocks in sizes:
        all_pairs += n * (n - 1) // 2 * blocks
        if all_pairs <= limit:
            largest, pairs = n, all_pairs
    if not pairs:
        return None
    con.execute(
        f"insert into found with blocks as (select list(i order by i) as members from parts where {held} "
        f"group by {shared} having count(*) between 2 and {largest}), "
        "one as (select unnest(members) as a, members from blocks) "
        "select a, b from (select a, unnest(members) as b from one) where a < b"
    )
    return Rule(columns, largest, pairs, all_pairs)
