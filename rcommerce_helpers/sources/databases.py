"""Tables of databases as parquet: read only, within a time limit, every value as exact as the database holds it.

SQLite has types of values, not of columns, so its values arrive as text, as those of a csv do. DuckDB and Postgres keep
their types: whole numbers, decimals, moments with and without a zone; what has no counterpart arrives as its text. The
rows stand as the database gives them; those of a SQLite table by their row number.

A query is text of whoever wrote the sources.toml: it is judged as all SQL is (``foreign_sql``), and what runs is the
text that comes out of that.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from rcommerce_helpers.engine import connect, lock
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.allowed_sql import FUNCTIONS
from rcommerce_helpers.sources.complaints import nearest
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.delimited import check_names
from rcommerce_helpers.sources.foreign_sql import Place, judged_select
from rcommerce_helpers.sources.parsing import named, quoted
from rcommerce_helpers.sources.secrets import secret_of
from rcommerce_helpers.sources.text_pieces import FIELD_CHARACTERS_MAX
from rcommerce_helpers.sources.workbook import as_text

BATCH = 50_000
COUNT = "count_star"
"""How DuckDB writes ``count(*)`` back, which no other database reads."""
KEPT_TYPES = re.compile(
    r"BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|DOUBLE|DECIMAL.*|VARCHAR|DATE|TIMESTAMP( WITH TIME ZONE)?"
)
SQLITE_MAY = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
SQLITE_FUNCTIONS = FUNCTIONS | {
    "ifnull",
    "iif",
    "date",
    "datetime",
    "time",
    "strftime",
    "substr",
    "like",
    "glob",
    "typeof",
}
Batches = tuple[pa.Schema, Iterator[pa.RecordBatch]]


def read_database(spec: FileSection, file: Path | None, place: str, target: Path) -> None:
    """Read a table or a query into a parquet file; runs in a process of its own.

    Parameters
    ----------
    spec
        What is asked for.
    file
        The file of a SQLite or DuckDB database; None where the address is that of a server.
    place
        Name of the source in messages.
    target
        The parquet file to write.

    Raises
    ------
    SchemaError
        There is no such database, table or column, it cannot be opened or read, or the query may not run.
    """
    if file is not None:
        read = _read_sqlite if str(spec.database).startswith("sqlite:") else _read_duckdb
        read(file, spec, place, target)
        return
    url = secret_of(str(spec.url_env), place)
    if re.match(r"postgres(ql)?://", url):
        from rcommerce_helpers.sources.postgres import read_postgres  # the driver is needed by few

        read_postgres(url, spec, place, target)
        return
    from rcommerce_helpers.sources.queries import read_by_ibis

    read_by_ibis(url, spec, place, target)


def write_batches(target: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch], place: str) -> None:
    """Write batches of rows as they come; refused where two columns bear one name."""
    check_names(schema.names, place, 0)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def chosen_table(wanted: str, known: list[str], place: str) -> str:
    """The table asked for, in the spelling of the database."""
    found = [name for name in known if name == wanted] or [name for name in known if name.lower() == wanted.lower()]
    if len(found) == 1:
        return found[0]
    raise SchemaError(
        place,
        got=f"no table {wanted!r}",
        expected=f"one of {', '.join(known[:20]) or 'none: the database is empty'}",
        do=f"Correct table.{nearest(wanted, known)}".rstrip("."),
    )


def judged_query(spec: FileSection, tables: list[str], columns: list[str], place: str) -> str:
    """A query over the tables of a database as it may run."""
    known = Place(f"{place}.query", tuple(tables), frozenset(map(str.lower, columns)))
    if COUNT in str(spec.query).lower():
        raise SchemaError(known.name, got=COUNT, expected="count(*), which all databases know", do="Write count(*)")
    with closing(connect()) as connection:
        return judged_select(connection, str(spec.query), known).text.replace(f"{COUNT}()", "count(*)")


def _read_sqlite(file: Path, spec: FileSection, place: str, target: Path) -> None:
    try:
        with closing(_open_sqlite(file, spec)) as connection:
            found = connection.execute(
                "select name, type from sqlite_master where type in ('table', 'view')"
            ).fetchall()
            known = [str(name) for name, _ in found]
            select = _sqlite_select(connection, spec, known, place)
            connection.set_authorizer(_sqlite_may)
            _write_sqlite(connection.execute(select), spec, place, target)
    except sqlite3.Error as error:
        raise _sqlite_trouble(str(error), place, file.name) from None


def _open_sqlite(file: Path, spec: FileSection) -> sqlite3.Connection:
    """Read only; SQL within the file (views) may call nothing that reaches out of it, nor make endless values."""
    connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True, isolation_level=None)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, FIELD_CHARACTERS_MAX)
    connection.execute("pragma trusted_schema = off")
    connection.execute("pragma query_only = on")
    end = time.monotonic() + spec.seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > end), 100_000)
    return connection


def _sqlite_may(action: int, _: str | None, function: str | None, *__: str | None) -> int:
    """Reading is allowed, and functions of the list; everything else is not."""
    allowed = action in SQLITE_MAY or (action == sqlite3.SQLITE_FUNCTION and str(function).lower() in SQLITE_FUNCTIONS)
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _sqlite_select(connection: sqlite3.Connection, spec: FileSection, known: list[str], place: str) -> str:
    if spec.query is not None:
        columns = [row[1] for name in known for row in connection.execute(f"pragma table_info({named(name)})")]
        return judged_query(spec, known, columns, place)
    table = chosen_table(str(spec.table), known, place)
    try:
        connection.execute(f"select rowid from {named(table)} limit 0")
    except sqlite3.OperationalError:  # a view, or a table without
        return f"select * from {named(table)}"
    return f"select * from {named(table)} order by rowid"


def _write_sqlite(cursor: sqlite3.Cursor, spec: FileSection, place: str, target: Path) -> None:
    names = [str(column[0]) for column in cursor.description]
    schema = pa.schema([(name, pa.string()) for name in names])

    def batches() -> Iterator[pa.RecordBatch]:
        while rows := cursor.fetchmany(BATCH):
            columns = [[_sqlite_text(value, spec) for value in column] for column in zip(*rows)]
            yield pa.record_batch([pa.array(column, pa.string()) for column in columns], schema=schema)

    write_batches(target, schema, batches(), place)


def _sqlite_text(value: object, spec: FileSection) -> str | None:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else as_text(value, spec)


def _sqlite_trouble(message: str, place: str, file: str) -> SchemaError:
    """What went wrong, without values of the data, which some messages of SQLite hold."""
    if undecoded := re.match(r"Could not decode to UTF-8 column '(.*?)'", message):
        got, do = f"bytes in column {undecoded[1]!r} that are no UTF-8", "Mend them in the database, or leave it out"
    elif "not authorized" in message or "prohibited" in message or "unsafe use" in message:
        got, do = "a view or query that does more than read", "Read a plain table"
    elif "interrupted" in message:
        got, do = "a table that is not read in time", "Read a plain table, or set seconds = ... for this source"
    else:
        got, do = f"no readable table in {file} ({message})", "Copy the database again, or correct the names"
    return SchemaError(place, got=got, expected="a SQLite database whose table can be read", do=do)


def _read_duckdb(file: Path, spec: FileSection, place: str, target: Path) -> None:
    try:
        with closing(connect(memory="1500MB", scratch=target.parent / "spill")) as connection:
            connection.execute(f"attach {quoted(str(file.resolve()))} as given (read_only, type duckdb)")
            lock(connection)
            select = _duckdb_select(connection, spec, place)
            reader = connection.sql(select).to_arrow_reader(BATCH)
            write_batches(target, reader.schema, reader, place)
    except duckdb.Error as error:
        raise _duckdb_trouble(error, place, file) from None


def _duckdb_select(connection: duckdb.DuckDBPyConnection, spec: FileSection, place: str) -> str:
    """Only tables are read: a view of the file, and a macro of it, would be SQL that nobody judged."""
    listed = "from duckdb_tables() where database_name = 'given' and schema_name = 'main' order by table_name"
    known = [row[0] for row in connection.sql(f"select table_name {listed}").fetchall()]
    if spec.query is None:
        return _typed(connection, f"given.main.{named(chosen_table(str(spec.table), known, place))}")
    columns: list[str] = []
    for name in known:
        source = f"given.main.{named(name)}"
        connection.execute(f"create temp view {named(name)} as select * from {source}")
        columns += connection.sql(f"select * from {source} limit 0").columns
    return _typed(connection, f"({judged_query(spec, known, columns, place)})")


def _typed(connection: duckdb.DuckDBPyConnection, source: str) -> str:
    """All columns of a source, those as text that no other type holds exactly; a float is what it shows."""
    listed = []
    for name, type_, *_ in connection.sql(f"describe select * from {source}").fetchall():
        if type_ == "FLOAT":
            listed.append(f"cast(cast({named(name)} as varchar) as double) as {named(name)}")
        elif KEPT_TYPES.fullmatch(type_):
            listed.append(named(name))
        else:
            listed.append(f"cast({named(name)} as varchar) as {named(name)}")
    return f"select {', '.join(listed)} from {source}"


def _duckdb_trouble(error: duckdb.Error, place: str, file: Path) -> SchemaError:
    message = (str(error).strip().splitlines() or ["no reason given"])[0].replace(str(file.resolve()), file.name)
    held = "lock" in message.lower()
    return SchemaError(
        place,
        got=f"no readable table in {file.name} ({message[:200].rstrip('.')})",
        expected="a DuckDB database whose table can be read",
        do="Close the program that has it open, or copy the file" if held else "Copy it again, or correct the names",
    )
