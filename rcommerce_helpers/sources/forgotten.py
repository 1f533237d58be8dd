"""Rows of people who were forgotten: set aside wherever they arrive again, and taken out of what landed before.

Who they are says a ``Forgotten``: it knows keyed marks and no person. A row is theirs by its record; by its case, order
or device where it names no record; a permission also by an address that is nobody else's. Orders, order lines and
invoices stay, because the law keeps them (HGB 257, AO 147), but name nobody: no stage reads a row of nobody. A no to an
address that others have as well, in a record or in a yes of theirs, stays for their sake, under the name of nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import duckdb
import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.files import write_whole
from rcommerce_helpers.schema import LANDED_TABLES, STOPS
from rcommerce_helpers.sources.config import SourcesConfig
from rcommerce_helpers.sources.facts import DataSetFacts, read_facts, write_facts
from rcommerce_helpers.sources.landed import QUARANTINE, has_landed, landed_path, read_landed
from rcommerce_helpers.sources.parsing import named, quoted
from rcommerce_helpers.sources.refusals import EARLIER

RULE = "forgotten"
"""The named rule under which landing sets their rows aside."""
PEOPLE = "source_records"
KEPT_BY_LAW = ("orders", "invoices")
"""Documents that stay without their person; the lines of an order name nobody anyway."""
NOT_NEEDED = ("referrer", "device", "proof")
"""Emptied in a row that stays: the books need no word on how somebody came."""
NOBODY = "forgotten:address"
"""Stands for whoever refused an address that others have too."""
SAYING = ("permissions", EARLIER)
THINGS = {"orders": "order_id", "service_cases": "case_id", "web_events": "visitor_id", "sessions": "visitor_id"}
"""Table -> the things of a person that it tells of."""
THROUGH = {"conversations": "case_id", "feedback": "order_id", "web_events": "visitor_id", "sessions": "visitor_id"}
"""Table -> the thing by which a row without a record is somebody's."""
_INVITED = "invited_record_id in (from theirs)"
_ORDERED = "order_id in (select id from things where kind = 'order_id')"


class Forgotten(Protocol):
    """Who was forgotten, by keyed marks."""

    def within(self, data_set: str) -> Forgotten:
        """The same people, for the records of the data set of that name."""

    def theirs(self, records: pd.DataFrame, region: str) -> pd.Series:
        """Which person records (``source_records``) are of a forgotten person."""

    def named(self, record_ids: pd.Series) -> pd.Series:
        """Which record ids are of a forgotten person, whatever the record holds."""

    def addressed(self, points: pd.Series, region: str) -> pd.Series:
        """Which addresses and numbers were a forgotten person's alone."""

    def spoken_for(self, points: pd.Series, others: pd.DataFrame, region: str) -> pd.Series:
        """Which addresses and numbers some records hold."""


@dataclass(frozen=True)
class SetApart:
    """What became of the rows of forgotten people in one landing.

    ``records``: their record ids; ``erased`` and ``kept``: table -> rows that are gone, and rows that stay without
    their person; ``tables``: those in which they had a row, landed or in quarantine, or were named in another's.
    """

    facts: DataSetFacts
    records: frozenset[str]
    erased: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    tables: frozenset[str] = frozenset()


def set_apart(landed: Path, forgotten: Forgotten, *, stand_in: str = "", write: bool = True) -> SetApart:
    """Take the rows of forgotten people out of a folder of landed tables.

    Parameters
    ----------
    landed
        Parquet per canonical table, quarantine, and the facts; files are replaced whole.
    forgotten
        Who was forgotten.
    stand_in
        What stands in documents that the law keeps for the record; empty = nothing.
    write
        False = only count.

    Returns
    -------
    SetApart
        Its facts count every erased row as set aside by the rule ``forgotten``.
    """
    con = connect()
    try:
        facts = read_facts(landed)
        return _Work(con, landed, forgotten.within(facts.name), stand_in or None, facts).done(write=write)
    finally:
        con.close()


def rows_of(landed: Path, whose: Forgotten) -> dict[str, pd.DataFrame]:
    """Table -> all rows of somebody in a folder of landed tables, the quarantine and lines of orders among them.

    One row of each = as the schema says, in the order of the file; tables without a row of theirs are left out.
    """
    con = connect()
    try:
        facts = read_facts(landed)
        return _Work(con, landed, whose.within(facts.name), None, facts).all_rows()
    finally:
        con.close()


def files_without(config: SourcesConfig, tables: Collection[str]) -> list[str]:
    """Keys of the files that some table reads, and none of these tables; a select may read any file."""
    read: dict[str, set[str]] = {key: set() for key in config.files}
    for name, sections in config.tables.items():
        for section in sections:
            for key in read if section.from_ is None else [section.from_]:
                read[key].add(name)
    return [key for key, names in read.items() if names and not names & set(tables)]


@dataclass
class _Work:
    con: duckdb.DuckDBPyConnection
    landed: Path
    forgotten: Forgotten
    stand_in: str | None
    facts: DataSetFacts

    def all_rows(self) -> dict[str, pd.DataFrame]:
        tables, records = self._begun()
        found = {}
        for name in (*tables, QUARANTINE):
            rows = [number for some in self._rows(name, records) for number in some]
            rows += self._numbers(name, _INVITED) if name == "referrals" else []
            rows += self._numbers(name, _ORDERED) if name == "order_lines" and "orders" in tables else []
            if rows:
                found[name] = read_landed(self.landed, name).iloc[sorted(set(rows))].reset_index(drop=True)
        return found

    def _begun(self) -> tuple[list[str], set[str]]:
        """The tables that are there, and the record ids that are theirs; the engine knows both, and their things."""
        tables = [name for name in (*LANDED_TABLES, EARLIER, "corrections") if has_landed(self.landed, name)]
        records = self._records(tables)
        self.con.register("ids_frame", pd.DataFrame({"id": sorted(records)}, dtype="str"))
        self.con.execute("create table theirs as select id from ids_frame")
        self._note_things(tables)
        records |= self._debtors(tables)
        return tables, records

    def _debtors(self, tables: list[str]) -> set[str]:
        """What the books call them: debtors of whose invoices all are for their orders."""
        if "invoices" not in tables or not {"record_id", "order_id"} <= set(self._columns("invoices")):
            return set()
        mine = f"select record_id from {self._file('invoices')} where {_ORDERED}"
        others = f"select record_id from {self._file('invoices')} where {_ORDERED} is not true"
        found = {str(row[0]) for row in self.con.sql(f"{mine} except {others}").fetchall() if row[0] is not None}
        self.con.execute("insert into theirs select unnest($1)", [sorted(found)])
        return found

    def done(self, *, write: bool) -> SetApart:
        tables, records = self._begun()
        erased: dict[str, int] = {}
        kept: dict[str, int] = {}
        held: dict[tuple[str, bool], int] = {}
        touched: set[str] = set()
        for name in (*tables, QUARANTINE):
            gone, stays = self._rows(name, records)
            held = self._held(gone) if name == QUARANTINE else held
            others = self._invited(name)
            touched |= {name} if others else set()
            if write and (len(gone) or len(stays) or others):
                self._write(name, gone, stays)
            erased |= {name: len(gone)} if len(gone) else {}
            kept |= {name: len(stays)} if len(stays) else {}
        kept |= self._lines(kept)
        facts = self._counted(erased, held)
        if write and facts != self.facts:
            write_facts(self.landed, facts)
        tables_of_theirs = frozenset({*erased, *kept, *touched, *(name for name, _ in held)})
        return SetApart(facts, frozenset(records), erased, kept, tables_of_theirs)

    def _records(self, tables: list[str]) -> set[str]:
        """Record ids of forgotten people: those of the records that are theirs, and any that a table names."""
        found: set[str] = set()
        if PEOPLE in tables:
            found |= set(self._people.loc[self.forgotten.theirs(self._people, self.facts.region), "record_id"])
        for name in (*tables, QUARANTINE):
            for column in self._record_columns(name):
                query = (
                    f"select distinct {named(column)} as id from {self._file(name)} where {named(column)} is not null"
                )
                ids = self.con.sql(query).df()["id"].astype(object)
                found |= set(ids[self.forgotten.named(ids)])
        return {str(one) for one in found}

    def _record_columns(self, name: str) -> list[str]:
        if not has_landed(self.landed, name):
            return []
        known = self._columns(name)
        return [column for column in ("record_id", "invited_record_id") if column in known]

    def _columns(self, name: str) -> list[str]:
        return [str(row[0]) for row in self.con.sql(f"describe select * from {self._file(name)}").fetchall()]

    def _file(self, name: str) -> str:
        return f"read_parquet({quoted(str(landed_path(self.landed, name)))}, file_row_number = true)"

    def _note_things(self, tables: list[str]) -> None:
        """Orders, cases and devices that are theirs and of nobody else."""
        self.con.execute("create table things (kind varchar, id varchar)")
        for kind in sorted(set(THINGS.values())):
            told = [table for table, one in THINGS.items() if one == kind and table in tables]
            told = [table for table in told if {kind, "record_id"} <= set(self._columns(table))]
            if told:
                rows = " union all ".join(f"select {kind}, record_id from {self._file(table)}" for table in told)
                mine, others = (f"select {kind} from rows where record_id {x} (from theirs)" for x in ("in", "not in"))
                self.con.execute(f"create or replace temp view rows as {rows}")
                self.con.execute(f"insert into things select distinct '{kind}', * from ({mine} except {others})")

    def _rows(self, name: str, records: set[str]) -> tuple[list[int], list[int]]:
        """Numbers of the rows of one table that go, and of those that stay without their person."""
        if not has_landed(self.landed, name) or "record_id" not in self._columns(name):
            return ([], []) if name != QUARANTINE else (self._quarantined(set()), [])
        if name in SAYING:
            return self._said(name, records)
        mine = "record_id in (from theirs)"
        if name == "invoices" and "order_id" in self._columns(name):
            mine += f" or {_ORDERED}"
        if (kind := THROUGH.get(name)) and kind in self._columns(name):
            mine += f" or (record_id is null and {kind} in (select id from things where kind = '{kind}'))"
        rows = self._numbers(name, mine)
        if name == QUARANTINE:
            return self._quarantined(set(rows)), []
        return ([], rows) if name in KEPT_BY_LAW else (rows, [])

    def _numbers(self, name: str, where: str) -> list[int]:
        query = f"select file_row_number from {self._file(name)} where {where} order by 1"
        return [int(row[0]) for row in self.con.sql(query).fetchall()]

    def _said(self, name: str, records: set[str]) -> tuple[list[int], list[int]]:
        """What they said of permission; their no to an address that others have stays, said by nobody."""
        said, region = read_landed(self.landed, name), self.facts.region
        people = (
            read_landed(self.landed, PEOPLE) if has_landed(self.landed, PEOPLE) else pd.DataFrame({"record_id": []})
        )
        mine = said["record_id"].isin(records)
        unknown = ~said["record_id"].isin(set(people["record_id"])) & (said["record_id"] != NOBODY)
        points = said["contact_point"].astype(object).where(said["contact_point"].notna(), "")
        no = said["decision"].isin(STOPS)
        mine |= unknown & self.forgotten.addressed(points, region)
        others = pd.concat(
            [people[~people["record_id"].isin(records)], _named_in(said[~mine & ~no])], ignore_index=True
        )
        stays = mine & no & self.forgotten.spoken_for(points, others, region)
        numbers = pd.Series(range(len(said)), index=said.index)
        return numbers[mine & ~stays].tolist(), numbers[stays].tolist()

    def _quarantined(self, known: set[int]) -> list[int]:
        """Rows of the quarantine that are theirs: by their record, or by an address that stands in them."""
        if not has_landed(self.landed, QUARANTINE):
            return []
        rows = read_landed(self.landed, QUARANTINE, columns=["value", "column"])
        cells = [
            (i, cell)
            for i, (text, column) in enumerate(zip(rows["value"], rows["column"]))
            if isinstance(text, str)
            for cell in _cells(text, self._systems if not column else [])
        ]
        texts = pd.Series([cell for _, cell in cells], dtype=object)
        hit = self.forgotten.addressed(texts, self.facts.region) | self.forgotten.named(texts)
        return sorted(known | {i for (i, _), yes in zip(cells, hit) if yes})

    @cached_property
    def _people(self) -> pd.DataFrame:
        """One row = one person record, before any is gone."""
        nobody = pd.DataFrame({"record_id": pd.Series(dtype=object)})
        return read_landed(self.landed, PEOPLE) if has_landed(self.landed, PEOPLE) else nobody

    @cached_property
    def _systems(self) -> list[str]:
        return sorted({str(record).split(":")[0] for record in self._people["record_id"]})

    def _invited(self, name: str) -> int:
        """Rows of others that name them as the one who was invited."""
        if name != "referrals":
            return 0
        return len(self._numbers(name, _INVITED))

    def _lines(self, kept: dict[str, int]) -> dict[str, int]:
        """Lines of the orders that stay."""
        if not kept.get("orders") or not has_landed(self.landed, "order_lines"):
            return {}
        return {"order_lines": len(self._numbers("order_lines", _ORDERED))}

    def _write(self, name: str, gone: list[int], stays: list[int]) -> None:
        columns = self._columns(name)
        self.con.register("gone", pd.DataFrame({"n": gone}, dtype="int64"))
        self.con.register("stays", pd.DataFrame({"n": stays}, dtype="int64"))
        who = NOBODY if name in SAYING else self.stand_in
        changed = {"record_id": quoted(who) if who else "null"} | dict.fromkeys(NOT_NEEDED, "null")
        made = [
            f"case when s.n is not null then {text} else {named(c)} end as {named(c)}"
            for c, text in changed.items() if c in columns and stays
        ]  # fmt: skip
        if name == "referrals":
            made.append("case when invited_record_id in (from theirs) then null else invited_record_id end "
                        "as invited_record_id")  # fmt: skip
        changes = f" replace ({', '.join(made)})" if made else ""
        query = (
            f"select t.* exclude (file_row_number){changes} from {self._file(name)} t left join stays s on "
            "s.n = t.file_row_number where t.file_row_number not in (select n from gone) order by t.file_row_number"
        )
        write_whole(
            landed_path(self.landed, name),
            lambda path: self.con.execute(f"copy ({query}) to {quoted(str(path))} (format parquet, compression zstd)"),
        )

    def _held(self, gone: list[int]) -> dict[tuple[str, bool], int]:
        """(table, whether the row landed) -> how many of these rows of the quarantine."""
        if not gone:
            return {}
        rows = read_landed(self.landed, QUARANTINE, columns=["table", "row_landed"]).iloc[gone]
        counted = rows.groupby(["table", "row_landed"]).size()
        return {(str(table), bool(landed)): int(n) for (table, landed), n in counted.items()}

    def _counted(self, erased: dict[str, int], held: dict[tuple[str, bool], int]) -> DataSetFacts:
        """The facts with every erased row set aside; rows in quarantine leave that bucket."""
        counts = dict(self.facts.counts)
        for name, count in counts.items():
            rejected, without = held.get((name, False), 0), held.get((name, True), 0)
            aside = erased.get(name, 0) + rejected
            counts[name] = replace(
                count,
                landed=count.landed - erased.get(name, 0),
                quarantined=count.quarantined - rejected,
                values_left_out=count.values_left_out - without,
                set_aside=count.set_aside | ({RULE: count.set_aside.get(RULE, 0) + aside} if aside else {}),
            )
        return replace(self.facts, counts=counts)


def _named_in(said: pd.DataFrame) -> pd.DataFrame:
    """Addresses that some decisions name, as records that hold them: whoever names one in a yes has it too."""
    points = said["contact_point"].astype(object)
    mail = points.fillna("").str.contains("@")
    return pd.DataFrame({
        "record_id": said["record_id"], "email": points.where(mail, None), "phone": points.where(~mail, None)
    })  # fmt: skip


def _cells(text: str, sources: list[str]) -> list[str]:
    """The cells of a line, each also as a record of the systems; a whole value is its own cell."""
    cells = [cell.strip() for cell in re.split(r"[;,\t|\"]", text) if cell.strip()]
    return [*cells, *(f"{source}:{cell}" for source in sources for cell in cells)]
