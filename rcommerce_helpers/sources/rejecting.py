"""Rows that cannot stand, and where they go: the quarantine, with their place, value, reason, and whose they are."""

from __future__ import annotations

import duckdb
import pandas as pd

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.engine import LoadedFile
from rcommerce_helpers.sources.landed import QUARANTINE
from rcommerce_helpers.sources.parsing import named, quoted
from rcommerce_helpers.sources.tables import Part, fault_words


def reject(connection: duckdb.DuckDBPyConnection, name: str, parts: list[Part]) -> None:
    """Rows with a fault, and rows whose key was there before, go to quarantine; so do values that were left out."""
    for part in parts:
        _hold(connection, name, part, left_out=False)
    _reject_doubles(connection, name, parts)
    for part in parts:
        _hold(connection, name, part, left_out=True)


def _hold(connection: duckdb.DuckDBPyConnection, name: str, part: Part, *, left_out: bool) -> None:
    """Put the rows of a part that have a fault into quarantine, or the values that good rows stand without."""
    words = ", ".join(f"({c}, {quoted(column)}, {quoted(reason)})" for c, column, reason in fault_words(part))
    code, value, only = ("_left_out", "_left_out_value", " and s._bad is null") if left_out else ("_bad", "_value", "")
    connection.execute(
        f"insert into {QUARANTINE} select {quoted(name)}, {quoted(part.file or 'sql')}, _line, w.col, {value}, "
        f"w.reason, {str(left_out).lower()}, _row, {_whose(name)} from staged_{name} s "
        f"join (values {words}) as w(code, col, reason) on s.{code} = w.code "
        f"where s._part = {part.number}{only} order by _row"
    )


def _whose(name: str) -> str:
    """SQL of whose row of the staged table ``s`` it is: what is in quarantine is a person's too."""
    return "s.record_id" if "record_id" in LANDED_TABLES[name].column_names else "null"


def _reject_doubles(connection: duckdb.DuckDBPyConnection, name: str, parts: list[Part]) -> None:
    keys = [named(k) for k in LANDED_TABLES[name].key]
    listed = ", ".join(keys)
    good = f"(select {listed}, _part, _row from staged_{name} where _bad is null)"
    twice = f"(select {listed} from {good} group by all having count(*) > 1)"
    same = " and ".join(f"g.{k} is not distinct from t.{k}" for k in keys)
    connection.execute(
        f"create table doubled_{name} as select _part, _row from (select g._part, g._row, row_number() over "
        f"(partition by {', '.join(f'g.{k}' for k in keys)} order by g._part, g._row) as _n "
        f"from {good} g join {twice} t on {same}) where _n > 1"
    )
    value = " || ', ' || ".join(f"coalesce(cast({k} as varchar), '')" for k in keys)
    files = ", ".join(f"({p.number}, {quoted(p.file or 'sql')})" for p in parts)
    words = quoted(" and ".join(LANDED_TABLES[name].key))
    connection.execute(
        f"insert into {QUARANTINE} select {quoted(name)}, f.file, _line, {words}, left({value}, 200), "
        f"'the same key a second time', false, _row, {_whose(name)} from staged_{name} s "
        f"join doubled_{name} using (_part, _row) "
        f"join (values {files}) as f(_part, file) using (_part) order by _part, _row"
    )
    connection.execute(
        f"update staged_{name} set _bad = -1 from doubled_{name} d "
        f"where d._part = staged_{name}._part and d._row = staged_{name}._row"
    )


def bad_line_owners(files: dict[str, LoadedFile], parts: dict[str, list[Part]]) -> dict[str, list[str]]:
    """Which tables answer for the lines of a file that are no records: all that map it, else the first that selects."""
    owners: dict[str, list[str]] = {name: [] for name in parts}
    for key in files:
        mapped = [name for name, ps in parts.items() for p in ps if p.file == key]
        selecting = [name for name, ps in parts.items() for p in ps if key in p.files_used]
        for name in mapped or selecting[:1]:
            owners[name].append(key)
    return owners


def reject_lines(
    connection: duckdb.DuckDBPyConnection, name: str, files: dict[str, LoadedFile], keys: list[str]
) -> dict[str, int]:
    """Put the bad lines of these files into quarantine; returns file -> count."""
    for key in keys:
        if files[key].bad:
            bad = pd.DataFrame([(b.line, b.value[:200], b.reason) for b in files[key].bad], columns=["l", "v", "r"])
            connection.register("bad_lines", bad)
            connection.execute(
                f"insert into {QUARANTINE} "
                f"select {quoted(name)}, {quoted(key)}, l, '', v, r, false, l, null from bad_lines order by l"
            )
            connection.unregister("bad_lines")
    return {key: len(files[key].bad) for key in keys}
