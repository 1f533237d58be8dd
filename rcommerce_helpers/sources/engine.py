"""The engine under landing: DuckDB without downloads, every file a table of text, every parquet file a view.

Extensions are neither installed nor loaded by themselves: DuckDB would fetch one for cp1252 or xlsx, which Python reads
here instead. Once the files are in, and before any SQL of a sources.toml runs, the engine sees only the paths it needs:
what that SQL is, ``foreign_sql`` has judged, and what it could do all the same is read the declared files.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset

from rcommerce_helpers.engine import connect, lock
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.complaints import nearest
from rcommerce_helpers.sources.config import Forms
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.delimited import BadLine, read_delimited
from rcommerce_helpers.sources.foreign_sql import Place, foreign_texts, judged_expression
from rcommerce_helpers.sources.json_files import read_json_array, read_json_lines
from rcommerce_helpers.sources.kept import KEPT, read_once
from rcommerce_helpers.sources.parsing import named, quoted
from rcommerce_helpers.sources.workbook import read_workbook

READERS = {
    "csv": read_delimited,
    "csv.gz": read_delimited,
    "xlsx": read_workbook,
    "jsonl": read_json_lines,
    "jsonl.gz": read_json_lines,
    "json": read_json_array,
    "json.gz": read_json_array,
}


@dataclass(frozen=True)
class LoadedFile:
    """A file in the engine: view ``<key>`` of the rows that count, ``_all_<key>`` of all with their ``_rule``.

    ``columns`` maps column -> DuckDB type; ``rows`` counts records, set aside or not, without the bad lines.
    """

    key: str
    columns: dict[str, str]
    rows: int
    bad: tuple[BadLine, ...]
    set_aside: dict[str, int]


@contextmanager
def engine(scratch: Path, *, memory: str = "1500MB", spill: str = "100GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that spills into a folder of ``scratch`` when memory is short, up to ``spill``."""
    connection = connect(memory=memory, scratch=scratch / "spill")
    try:
        connection.execute(f"set max_temp_directory_size = {quoted(spill)}")
        yield connection
    finally:
        connection.close()


def load_files(connection: duckdb.DuckDBPyConnection, data_set: DataSet, out: Path) -> dict[str, LoadedFile]:
    """Bring every declared file in, close the engine's eyes to everything else but ``out``, then ask what counts.

    Raises
    ------
    SchemaError
        A file is missing, empty, damaged, or written in another way than declared, or a rule is no SQL that may run.
    """
    bad, parquet = {}, []
    for key, spec in data_set.config.files.items():
        path, form = data_set.file_path(key), data_set.format_of(key)
        if form == "parquet":
            parquet.append(_at_hand(path, key, data_set, out).resolve())
            bad[key] = _attach_parquet(connection, key, parquet[-1], path.name)
        else:
            read = partial(_read_in, connection, key, data_set, out.parent)
            bad[key] = read_once(connection, key, (path, spec, form), (data_set.kept, out.parent / KEPT), read)
    lock(connection, readable=(*parquet, out))
    return {key: _describe(connection, key, data_set, lines) for key, lines in bad.items()}


def _at_hand(path: Path, key: str, data_set: DataSet, out: Path) -> Path:
    """The file, or a copy of it where foreign SQL will run: what an engine may read, its COPY could write over."""
    return Path(shutil.copyfile(path, out.parent / f"{key}.parquet")) if foreign_texts(data_set.config) else path


def _attach_parquet(connection: duckdb.DuckDBPyConnection, key: str, path: Path, name: str) -> tuple[BadLine, ...]:
    source = f"read_parquet({quoted(str(path))}, file_row_number = true)"
    try:
        connection.execute(
            f"create view {named('_file_' + key)} as "
            f"select file_row_number + 1 as _line, * exclude (file_row_number) from {source}"
        )
    except duckdb.Error as error:
        raise SchemaError(
            f"files.{key} ({name})",
            got=f"no readable parquet file ({first_line(error).replace(str(path), name)})",
            expected="a whole .parquet file",
            do="Export or copy it again, or correct format",
        ) from None
    return ()


def _read_in(connection: duckdb.DuckDBPyConnection, key: str, data_set: DataSet, scratch: Path) -> tuple[BadLine, ...]:
    """Read a file block by block into one of Arrow, which takes no memory; returns the lines that are no records."""
    path, spec = data_set.file_path(key), data_set.config.files[key]
    place = f"files.{key} ({path.name})"
    blocks = READERS[data_set.format_of(key)](path, spec, place)
    first = next(blocks, None)
    if first is None:
        raise SchemaError(
            place,
            got="a header and no row",
            expected="at least one row",
            do="Export the file again, or remove it from sources.toml",
        )
    bad: list[BadLine] = []
    target = scratch / f"{key}.arrow"
    with pa.ipc.new_file(target, first.records.schema) as writer:
        for block in itertools.chain([first], blocks):
            bad += block.bad
            writer.write_table(block.records)
    connection.register(f"_file_{key}", pa.dataset.dataset(target, format="ipc"))
    return tuple(bad)


def _describe(
    connection: duckdb.DuckDBPyConnection, key: str, data_set: DataSet, bad: tuple[BadLine, ...]
) -> LoadedFile:
    """Make the two views of a file: all rows with the rule that sets them aside, and the rows that count."""
    spec = data_set.config.files[key]
    columns = describe(connection, f"select * from {named('_file_' + key)}")
    nothing = ", ".join(map(quoted, ("", *spec.missing)))
    values = [
        f"case when {named(c)} in ({nothing}) then null else {named(c)} end as {named(c)}"
        if t == "VARCHAR"
        else named(c)
        for c, t in columns.items()
    ]
    inner, whole = named("_clean_" + key), named("_all_" + key)
    connection.execute(f"create view {inner} as select {', '.join(values)} from {named('_file_' + key)}")
    place = Place(f"files.{key}", tuple(data_set.config.files), frozenset(c.lower() for c in columns))
    rule = rules_of(connection, spec, place)
    with sql_errors(f"files.{key}.set_aside"):
        execute_one(connection, f"create view {whole} as select *, {rule} as _rule from {inner} as {named(key)}")
        counts = connection.sql(f"select _rule, count(*) from {whole} group by 1 order by 1").fetchall()
    connection.execute(f"create view {named(key)} as select * exclude (_rule) from {whole} where _rule is null")
    aside = {s.rule: 0 for s in spec.set_aside} | {r: n for r, n in counts if r is not None}
    columns.pop("_line")
    return LoadedFile(key, columns, sum(n for _, n in counts), bad, aside)


def rules_of(connection: duckdb.DuckDBPyConnection, section: Forms, place: Place) -> str:
    """SQL of the first rule that sets a row aside, null where none does; every condition is judged."""
    if not section.set_aside:
        return "cast(null as varchar)"
    cases = []
    for i, rule in enumerate(section.set_aside, start=1):
        where = judged_expression(connection, rule.where, replace(place, name=f"{place.name}.set_aside[{i}].where"))
        cases.append(f"when coalesce({where}, false) then {quoted(rule.rule)}")
    return f"case {' '.join(cases)} end"


def execute_one(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run a statement that holds foreign SQL, if it is still one statement: nothing is run behind it.

    Raises
    ------
    duckdb.ParserException
        It is several.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise duckdb.ParserException(f"{len(statements)} statements where one was expected")
    connection.execute(statements[0])


def describe(connection: duckdb.DuckDBPyConnection, select: str) -> dict[str, str]:
    """Column -> type of a select.

    Raises
    ------
    SchemaError
        Two columns carry one name: two mappings onto one column.
    """
    rows = connection.sql(f"describe {select}").fetchall()
    names = [str(r[0]) for r in rows]
    for name in names:
        if names.count(name) > 1:
            raise SchemaError(
                name, got="two origins for one column", expected="each column once", do="Remove one of the two"
            )
    return {str(r[0]): str(r[1]) for r in rows}


@contextmanager
def sql_errors(place: str) -> Iterator[None]:
    """Trouble with SQL written in sources.toml, told in one line."""
    try:
        yield
    except duckdb.ConversionException as error:
        raise SchemaError(
            place,
            got=first_line(error),
            expected="SQL that can convert the value of every row",
            do="Write try_cast(... as ...), which is empty there, or map the column with multiply or divide_by, "
            "which quarantine the row",
        ) from None
    except duckdb.Error as error:
        raise SchemaError(
            place,
            got=first_line(error),
            expected="SQL that DuckDB can run over the declared files",
            do="Correct the SQL; names with capitals or blanks stand in double quotes",
        ) from None


def first_line(error: Exception) -> str:
    """The first line of an engine's message, without a full stop."""
    return str(error).strip().splitlines()[0].rstrip(".")


def known_column(file: LoadedFile, column: str, place: str) -> str:
    """A column of a file as an SQL name.

    Raises
    ------
    SchemaError
        The file has no such column; a header read as one column hints at another delimiter.
    """
    if column in file.columns:
        return named(column)
    only = list(file.columns)[0] if len(file.columns) == 1 else ""
    hint = f"Correct the name.{nearest(column, file.columns)}".rstrip(".")
    if any(mark in only for mark in ",;\t|"):
        hint = f"Set the right delimiter: the header was read as one column {only[:60]!r}"
    raise SchemaError(
        place,
        got=f"no column {column!r} in file {file.key!r}",
        expected=f"one of {', '.join(file.columns)}",
        do=hint,
    )
