"""Landing: every row of every file ends in one of three buckets, and each bucket is counted.

rows in = landed + quarantined (table, file, line, column, value, reason) + set aside by a named rule. The folder is
written whole or not at all; the same files and the same sources.toml give the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.schema.columns import FILE_ORDER
from rcommerce_helpers.sources.changes import COLUMNS_FILE, Columns, changes_since, columns_of, told_with, write_columns
from rcommerce_helpers.sources.data_set import FETCHED, OFFERS_FILE, DataSet
from rcommerce_helpers.sources.derived import with_derived
from rcommerce_helpers.sources.engine import LoadedFile, engine, load_files
from rcommerce_helpers.sources.expectations import Arrived, check_expectations, check_warnings, most_frequent
from rcommerce_helpers.sources.facts import FACTS_FILE, DataSetFacts, TableCount, read_facts, region_of, write_facts
from rcommerce_helpers.sources.fence import fenced, limits_for
from rcommerce_helpers.sources.forgotten import Forgotten, files_without, set_apart
from rcommerce_helpers.sources.kept import KEPT, forget_kept, keep
from rcommerce_helpers.sources.landed import QUARANTINE
from rcommerce_helpers.sources.parsing import named, quoted
from rcommerce_helpers.sources.plausibility import Doubt, Look, doubts
from rcommerce_helpers.sources.reconcile import check_reconciled, reconcile
from rcommerce_helpers.sources.rejecting import bad_line_owners, reject, reject_lines
from rcommerce_helpers.sources.span import first_day
from rcommerce_helpers.sources.tables import Part, prepare, stage

OUT = "out"
NUMBERED = ("order_lines", "line_number")


@dataclass(frozen=True)
class LandingReport:
    """What landing did.

    ``facts`` are those written beside the tables; ``quarantine`` has one row per rejected row, and one for each row
    that landed without a value (``row_landed``): table, file, line (empty for a select), column, value, reason, and
    whose row it is (``record_id``), where that could be read.
    """

    facts: DataSetFacts
    quarantine: pd.DataFrame


@dataclass(frozen=True)
class Workshop:
    """An engine with all tables of a data set staged, and what is known of its files."""

    connection: duckdb.DuckDBPyConnection
    out: Path
    files: dict[str, LoadedFile]
    parts: dict[str, list[Part]]
    facts: DataSetFacts
    columns: Columns


def land(
    data_set: DataSet, folder: Path, *, previous: Path | None = None, forgotten: Forgotten | None = None
) -> LandingReport:
    """Land a data set into a folder: a parquet per canonical table, quarantine, facts, offers.toml if there is one.

    Parameters
    ----------
    data_set
        A checked sources.toml.
    folder
        Where the tables go; an earlier landing there is replaced.
    previous
        Folder of the landing that ``drop_share_max`` compares with; the same folder unless given.
    forgotten
        People whose rows are set aside by the rule ``forgotten``, in every table; a file that holds one is not kept.

    Raises
    ------
    SchemaError
        A file or column is not as declared, or a table has no usable row.
    BrokenExpectation
        A promise of ``[expect]`` does not hold. Nothing is written in either case.
    """
    before = previous or folder
    earlier = read_facts(before) if (before / FACTS_FILE).exists() else None
    with scratch_folder() as scratch:
        report = fenced(_build, data_set, scratch, earlier, before)
        fetched: Sequence[str] = data_set.fetched_names
        if forgotten is not None:
            report, fetched = _without_forgotten(data_set, scratch, report, forgotten)
        _move_into(scratch / OUT, folder, report.facts, fetched)
        keep(scratch / KEPT, data_set.kept)
    return report


def _without_forgotten(
    data_set: DataSet, scratch: Path, report: LandingReport, forgotten: Forgotten
) -> tuple[LandingReport, list[str]]:
    """What was built without the rows of forgotten people, and the fetched files that may be kept beside it.

    A file whose rows reached only tables without any of theirs is kept; every other copy of what arrived is not.
    """
    apart = set_apart(scratch / OUT, forgotten)
    clean = files_without(data_set.config, apart.tables)
    forget_kept(scratch / KEPT, data_set, clean)
    mine = report.quarantine["record_id"].isin(apart.records)
    changed = LandingReport(apart.facts, report.quarantine[~mine].reset_index(drop=True))
    return changed, [data_set.fetched_name(key) for key in clean if data_set.config.files[key].is_elsewhere]


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for all that landing writes before it is whole; gone afterwards, whatever happens."""
    with TemporaryDirectory(prefix="rcommerce-landing-") as scratch:
        yield Path(scratch)


def _build(data_set: DataSet, scratch: Path, earlier: DataSetFacts | None, before: Path) -> LandingReport:
    """Land into ``scratch/out``; runs in a process of its own where there is SQL."""
    with staged(data_set, scratch, previous=before) as workshop:
        arrived = Arrived(workshop.facts, newest_day(workshop), frequent_reasons(workshop.connection), earlier)
        check_expectations(data_set, arrived)
        if data_set.config.expect.reconcile_max is not None:
            show_good_rows(workshop)
            check_reconciled(data_set, reconcile(workshop.connection, data_set, workshop.files))
        if data_set.config.expect.warnings_max is not None:
            check_warnings(data_set, doubts_about(data_set, workshop))
        for name in workshop.facts.counts:
            _write_table(workshop, name)
        _write_quarantine(workshop)
        write_columns(workshop.out, workshop.columns)
        write_facts(workshop.out, workshop.facts)
        if data_set.offers.exists():
            shutil.copyfile(data_set.offers, workshop.out / OFFERS_FILE)
        for name in data_set.fetched_names:
            shutil.copyfile(Path(str(data_set.fetched)) / name, workshop.out / name)
        return LandingReport(workshop.facts, quarantine_frame(workshop))


@contextmanager
def staged(data_set: DataSet, scratch: Path, *, previous: Path | None = None) -> Iterator[Workshop]:
    """All tables parsed and counted, nothing written yet: what ``land`` and ``check`` share."""
    out = scratch / OUT
    out.mkdir()
    with engine(scratch, spill=f"{limits_for(data_set).spill}B") as connection:
        files = load_files(connection, data_set, out)
        connection.execute(
            f"create table {QUARANTINE} "
            '("table" varchar, file varchar, line bigint, "column" varchar, value varchar, reason varchar, '
            "row_landed boolean, _row bigint, record_id varchar)"
        )
        parts: dict[str, list[Part]] = {}
        columns = columns_of(connection, files)
        changes = changes_since(previous, columns)
        for name in sorted(data_set.config.tables, key=list(LANDED_TABLES).index):
            with told_with(changes):
                parts[name] = prepare(connection, data_set, files, name)
            for part in parts[name]:
                stage(connection, part, data_set.config.data_set.time_zone)
            _number_lines(connection, name)
            reject(connection, name, parts[name])
        parts = with_derived(connection, data_set.config.data_set.time_zone, parts)
        counts: dict[str, TableCount] = {}
        owners = bad_line_owners(files, parts)
        for name, its_parts in parts.items():
            bad_lines = reject_lines(connection, name, files, owners[name])
            counts[name] = _count(connection, name, its_parts, bad_lines)
            with told_with(changes):
                _check_usable(connection, name, counts[name])
        facts = replace(_facts(data_set, counts, first_day(connection, parts)), changes=changes)
        yield Workshop(connection, out, files, parts, facts, columns)


def show_good_rows(workshop: Workshop) -> None:
    """Make the views ``landed_<table>`` of the rows that stand."""
    for name in workshop.parts:
        workshop.connection.execute(
            f"create or replace view landed_{name} as select * from staged_{name} where _bad is null"
        )


def doubts_about(data_set: DataSet, workshop: Workshop) -> list[Doubt]:
    """What is staged and cannot be true, by the rows that stand."""
    show_good_rows(workshop)
    files = {key: file.columns for key, file in workshop.files.items()}
    return doubts(Look(workshop.connection, list(workshop.parts), data_set.config, files))


def _facts(data_set: DataSet, counts: dict[str, TableCount], begins: str) -> DataSetFacts:
    section, basis = data_set.config.data_set, data_set.config.basis
    return DataSetFacts(
        name=section.name,
        title=section.title,
        as_of=section.as_of.isoformat(),
        currency=section.currency,
        time_zone=section.time_zone,
        tax=section.tax,
        basis=basis.text if basis else "",
        purposes=tuple(basis.purposes) if basis else (),
        fingerprint=data_set.fingerprint,
        counts=counts,
        region=section.country or region_of(section.time_zone),
        first_day=begins,
    )


def _number_lines(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Number the lines of an order in the order of the file where the system gave no number."""
    table, column = NUMBERED
    if name != table:
        return
    found = connection.sql(f"select count(*) from staged_{table} where {column} is null and _bad is null").fetchall()
    if found[0][0] == 0:
        return
    connection.execute(
        f"create table numbered as select * exclude ({column}), coalesce({column}, "
        f"coalesce(max({column}) over (partition by order_id), 0) + row_number() over "
        f"(partition by order_id, {column} is null, _bad is null order by _part, _row)) as {column} from staged_{table}"
    )
    connection.execute(f"drop table staged_{table}")
    connection.execute(f"alter table numbered rename to staged_{table}")


def _count(
    connection: duckdb.DuckDBPyConnection, name: str, parts: list[Part], bad_lines: dict[str, int]
) -> TableCount:
    """Rows in, landed, quarantined, set aside of one table; the sum is checked, not assumed."""
    aside: dict[str, int] = {}
    rows_in = sum(bad_lines.values())
    for part in parts:
        for rule, n in connection.sql(
            f"select _part_rule, count(*) from {part.relation} group by 1 order by 1"
        ).fetchall():
            rows_in += n
            if rule is not None:
                aside[rule] = aside.get(rule, 0) + n
    landed = connection.sql(f"select count(*) from staged_{name} where _bad is null").fetchall()[0][0]
    held, without = connection.sql(
        f"select count(*) filter (not row_landed), count(*) filter (row_landed) from {QUARANTINE} "
        f'where "table" = {quoted(name)}'
    ).fetchall()[0]
    if rows_in != landed + held + sum(aside.values()):
        raise SchemaError(
            f"tables.{name}",
            got=f"{rows_in} rows in, but {landed} landed, {held} quarantined, {sum(aside.values())} set aside",
            expected="every row in one bucket",
            do="Report this as a fault of landing, with the sources.toml",
        )
    derived = {
        p.derived: connection.sql(f"select count(*) from {p.relation}").fetchall()[0][0] for p in parts if p.derived
    }
    return TableCount(rows_in, landed, held, set_aside=aside, values_left_out=without, derived=derived)


def _check_usable(connection: duckdb.DuckDBPyConnection, name: str, count: TableCount) -> None:
    if count.landed:
        return
    why = most_frequent(frequent_reasons(connection), name)
    raise SchemaError(
        f"tables.{name}",
        got=f"{count.rows_in} rows in, none usable{why}",
        expected="at least one row that can be read",
        do="Correct the mapping or the reading options of its file, or remove the table",
    )


def frequent_reasons(connection: duckdb.DuckDBPyConnection, top: int = 5) -> pd.DataFrame:
    """Most frequent reasons per table: table, column, reason, rows, example, and how many more the table has."""
    return connection.sql(
        f"""
        select "table", "column", reason, row_landed, count(*) as rows,
            coalesce(arg_min(value, coalesce(line, 0)), '') as example,
            greatest(count(*) over (partition by "table") - {int(top)}, 0) as more
        from {QUARANTINE} group by "table", "column", reason, row_landed
        qualify row_number() over (partition by "table" order by count(*) desc, "column", reason) <= {int(top)}
        order by "table", rows desc, "column", reason
        """
    ).df()


def newest_day(workshop: Workshop) -> str:
    """The newest day the data tell of, up to which they are fresh: of orders, or of any moment where there are none."""
    days = []
    for name in ["orders"] if "orders" in workshop.parts else list(workshop.parts):
        for column in LANDED_TABLES[name].columns:
            if column.type == "moment" and column.required:
                query = f"select max(local_{column.name}) from staged_{name} where _bad is null"
                days.append(workshop.connection.sql(query).fetchall()[0][0])
    known = [d for d in days if d is not None]
    return max(known).date().isoformat() if known else ""


def _write_table(workshop: Workshop, name: str) -> None:
    """Write the good rows in the order of the declared files and their lines; ``file_order`` is their place in it."""
    place = f"row_number() over (order by _part, _row) as {FILE_ORDER.name}"
    columns = ", ".join(place if n == FILE_ORDER.name else named(n) for n in LANDED_TABLES[name].landed_names)
    _copy(workshop, f"select {columns} from staged_{name} where _bad is null order by _part, _row", name)


def _write_quarantine(workshop: Workshop) -> None:
    _copy(workshop, f'select * exclude (_row) from {QUARANTINE} order by "table", file, _row, "column"', QUARANTINE)


def _copy(workshop: Workshop, select: str, name: str) -> None:
    target = quoted(str(workshop.out / f"{name}.parquet"))
    workshop.connection.execute(f"copy ({select}) to {target} (format parquet, compression zstd)")


def quarantine_frame(workshop: Workshop, rows: int = 100_000) -> pd.DataFrame:
    """The quarantine as a table, at most so many rows of it."""
    return workshop.connection.sql(
        f'select * exclude (_row) from {QUARANTINE} order by "table", file, _row, "column" limit {rows}'
    ).df()


def _move_into(out: Path, folder: Path, facts: DataSetFacts, fetched: Sequence[str] = ()) -> None:
    """Replace the landed files of a folder: old ones go first, the facts come last and say that it is whole.

    Only what landing writes is moved: a file that came to lie beside it stays behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FACTS_FILE).unlink(missing_ok=True)
    for old in {*folder.glob("*.parquet"), *folder.glob(f"{FETCHED}*")}:
        old.unlink()
    (folder / OFFERS_FILE).unlink(missing_ok=True)
    tables = [f"{name}.parquet" for name in (*facts.counts, QUARANTINE)]
    offers = [OFFERS_FILE] * (out / OFFERS_FILE).exists()
    for name in (*tables, COLUMNS_FILE, *fetched, *offers, FACTS_FILE):
        shutil.move(out / name, folder / name)  # one that is missing is an error: it was written and counted
