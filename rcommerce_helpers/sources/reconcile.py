"""Reconciling: what landed, added up key by key, against what a file or another table states of the same keys.

A total that agrees by chance hides two faults; so each key is compared, to the cent, and what only one side knows is
named apart. Keys are compared by their letters and digits: #1001 of the shop is 1001 of the books.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from rcommerce_helpers.errors import BrokenExpectation
from rcommerce_helpers.sources.config import Against, ReconcileSection
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.engine import LoadedFile, known_column, sql_errors
from rcommerce_helpers.sources.parsing import exact, kind_of, named, quoted
from rcommerce_helpers.sources.tables import written_of

CENT = 0.005
MONEY = "decimal(38, 10)"
NOT_COUNTED = "('cancelled', 'test')"


@dataclass(frozen=True)
class Reconciled:
    """One reconciliation.

    ``here`` and ``there``: the sums of both sides in the reporting currency; ``agree``: keys that agree to the cent;
    ``differ``, ``only_here``, ``only_there``: (keys, sum) of those that do not, as here minus there, as here, as there;
    ``largest``: largest difference of a key known to both; ``example``: that key.
    """

    what: str
    here: float
    there: float
    agree: int
    differ: tuple[int, float]
    only_here: tuple[int, float]
    only_there: tuple[int, float]
    largest: float
    example: str

    def lines(self) -> list[str]:
        """The reconciliation as plain text: both sums, then each difference by its name."""
        lines = [f"{self.what}: {self.here:,.2f} landed, {self.there:,.2f} stated; {self.agree:,} agree to the cent"]
        if self.differ[0]:
            most = f"most: {self.example!r} by {self.largest:,.2f}"
            told = f"{self.differ[0]:,} differ, by {self.differ[1]:,.2f} in all; {most}"
            lines.append(
                f"    {told}. Look at these in both files: a line, a discount or a refund is missing on one side"
            )
        if self.only_here[0]:
            lines.append(f"    {self.only_here[0]:,} landed and not stated: {self.only_here[1]:,.2f}")
        if self.only_there[0]:
            lines.append(f"    {self.only_there[0]:,} stated and not landed: {self.only_there[1]:,.2f}")
        return lines


def reconcile(
    connection: duckdb.DuckDBPyConnection, data_set: DataSet, files: dict[str, LoadedFile]
) -> list[Reconciled]:
    """Every ``[[reconcile]]`` of a data set whose good rows stand in the views ``landed_<table>``.

    Raises
    ------
    SchemaError
        A file has no such column.
    """
    return [
        _reconciled(connection, section, _there(data_set, section, files, f"reconcile[{i}].against"))
        for i, section in enumerate(data_set.config.reconcile, start=1)
    ]


def check_reconciled(data_set: DataSet, found: list[Reconciled]) -> None:
    """Compare the largest difference of a key that both sides know with ``expect.reconcile_max``.

    Raises
    ------
    BrokenExpectation
        It is larger.
    """
    limit = data_set.config.expect.reconcile_max
    for one in found:
        if limit is not None and one.largest > limit + CENT:
            raise BrokenExpectation(
                "expect.reconcile_max",
                got=f"{one.what}: {one.differ[0]:,} keys differ, most by {one.largest:,.2f}",
                expected=f"at most {limit:,.2f}",
                do="Run rcommerce check: it names the sums of both sides and the key that differs most",
            )


def _reconciled(connection: duckdb.DuckDBPyConnection, section: ReconcileSection, there: str) -> Reconciled:
    with sql_errors(f"reconcile, {section.what}"):
        row = connection.sql(
            f"""with both_sides as (
                select coalesce(h.k, t.k) as k, h.amount as here, t.amount as there, coalesce(h.shown, t.shown) as shown
                from ({_here(section)}) h full join ({there}) t on h.k = t.k),
            judged as (select *, case when here is null then 'there' when there is null then 'here'
                when abs(here - there) < {CENT} then 'agree' else 'differ' end as verdict from both_sides)
            select coalesce(sum(here), 0), coalesce(sum(there), 0), count(*) filter (verdict = 'agree'),
                count(*) filter (verdict = 'differ'), coalesce(sum(here - there) filter (verdict = 'differ'), 0),
                count(*) filter (verdict = 'here'), coalesce(sum(here) filter (verdict = 'here'), 0),
                count(*) filter (verdict = 'there'), coalesce(sum(there) filter (verdict = 'there'), 0),
                coalesce(max(abs(here - there)) filter (verdict = 'differ'), 0),
                coalesce(arg_max(shown, abs(here - there)) filter (verdict = 'differ'), '')
            from judged"""
        ).fetchall()[0]
    sums = [float(value) for value in row[:-1]]
    return Reconciled(
        section.what, sums[0], sums[1], int(sums[2]), (int(sums[3]), sums[4]), (int(sums[5]), sums[6]),
        (int(sums[7]), sums[8]), sums[9], str(row[-1]),
    )  # fmt: skip


def _here(section: ReconcileSection) -> str:
    """One row = one key of the landed table: k, shown, amount; a file states cancelled orders too, a table does not."""
    kinds = f"where kind in ({', '.join(map(quoted, section.kinds))})" if section.kinds else ""
    rows = f"(select * from landed_{section.table} {kinds})"
    if section.against.table is not None and section.table == "order_lines":
        rows += f" anti join (select order_id from landed_orders where status in {NOT_COUNTED}) using (order_id)"
    return _by_key(rows, named(section.key), f"cast({named(section.amount)} as {MONEY})")


def _there(data_set: DataSet, section: ReconcileSection, files: dict[str, LoadedFile], place: str) -> str:
    against = section.against
    if against.table is not None:
        return _by_key(f"landed_{against.table}", named(against.key), _amount(against, named))
    parts = [_stated(data_set, against, files[key], place) for key in against.file or ()]
    return _by_key(f"({' union all '.join(parts)})", "stated_key", "stated_amount", once=against.once)


def _stated(data_set: DataSet, against: Against, file: LoadedFile, place: str) -> str:
    """One row = one row of a file: what it states, and of which key."""
    written = written_of(data_set, file.key, place)

    def number(column: str) -> str:
        text = known_column(file, column, place)
        return exact(f"({text})", kind_of(next(t for c, t in file.columns.items() if named(c) == text)), written)

    key = f"cast({known_column(file, against.key, place)} as varchar)"
    return f"select {key} as stated_key, {_amount(against, number)} as stated_amount from {named(file.key)}"


def _amount(against: Against, number: Callable[[str], str]) -> str:
    """SQL of what one row states: null where it states nothing."""
    first = [f"cast({number(column)} as {MONEY})" for column in against.amount]
    off = [f"cast({number(column)} as {MONEY})" for column in against.minus]
    whole = " + ".join(f"coalesce({part}, 0)" for part in first) + "".join(f" - coalesce({part}, 0)" for part in off)
    return f"(case when coalesce({', '.join([*first, *off])}) is not null then {whole} end)"


def _by_key(rows: str, key: str, amount: str, *, once: bool = False) -> str:
    plain = f"lower(regexp_replace(cast({key} as varchar), '[^\\pL\\pN]', '', 'g'))"
    total = f"max({amount})" if once else f"sum({amount})"
    return (
        f"select coalesce(nullif({plain}, ''), cast({key} as varchar)) as k, min(cast({key} as varchar)) as shown, "
        f"{total} as amount from {rows} where {key} is not null group by 1 having {total} is not null"
    )
