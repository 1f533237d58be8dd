"""The form of ``sources.toml``: what a data set is, which files it has, and which columns mean what.

Everything is declared and nothing is guessed: an unknown key, an unknown canonical column or a value of the wrong kind
is refused with its place in the file and the nearest known name. ``read_config`` is the only door.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.schema import LANDED_TABLES, PURPOSES
from rcommerce_helpers.sources.complaints import complain, nearest, not_unicode
from rcommerce_helpers.sources.elsewhere import Elsewhere
from rcommerce_helpers.sources.section import Section

Format = Literal["csv", "csv.gz", "xlsx", "parquet", "jsonl", "jsonl.gz", "json", "json.gz"]
FILE_KEY = re.compile(r"(?!staged_|landed_|doubled_)[A-Za-z][A-Za-z0-9_-]*")
TAKEN = ("quarantine", "numbered", "block", "bad_lines")
THOUSANDS = ("", ".", ",", " ", "'", "\u2019", "\u00a0", "\u202f")


def _known_zone(zone: str | None) -> str | None:
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            raise ValueError(f"unknown time zone {zone!r}; write it as Europe/Berlin or UTC") from None
    return zone


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class DataSetSection(Section):
    """Who and what the data are; ``folder`` is where relative paths begin, itself relative to sources.toml.

    ``country`` (ISO, two letters) is where telephone numbers and postal codes without a country belong; empty = the
    country of the time zone.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str = Field(min_length=1)
    as_of: date
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    time_zone: str
    tax: Literal["included", "excluded"]
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")
    folder: str = "."

    @field_validator("as_of", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if isinstance(value, datetime):
            raise ValueError("write a day such as 2017-12-31, without a time")
        return date.fromisoformat(value) if isinstance(value, str) else value

    _zone = field_validator("time_zone")(_known_zone)


class BasisSection(Section):
    """On which ground all persons of the data set may be analysed, and for which purposes."""

    text: str = Field(min_length=1)
    purposes: list[Literal[PURPOSES]] = []  # type: ignore[valid-type]


class ExpectSection(Section):
    """Promises of the data; one broken promise and nothing is planned (exit code 4)."""

    quarantine_share_max: float | None = Field(default=None, ge=0, le=1)
    freshness_days_max: int | None = Field(default=None, ge=0)
    drop_share_max: float | None = Field(default=None, ge=0, le=1)
    warnings_max: int | None = Field(default=None, ge=0)
    reconcile_max: float | None = Field(default=None, ge=0)
    rows_min: dict[str, int] = {}

    @field_validator("rows_min")
    @classmethod
    def _tables(cls, value: dict[str, int]) -> dict[str, int]:
        for table in value:
            if table not in LANDED_TABLES:
                raise ValueError(f"unknown table {table!r}.{nearest(table, LANDED_TABLES)}")
        return value


class SetAside(Section):
    """Rows left out on purpose, under a name: ``where`` is SQL over the columns of the file."""

    rule: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    where: str = Field(min_length=1)


class Forms(Section):
    """How numbers and dates are written; a table may state its own, else those of its file hold."""

    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    date_form: list[str] | None = None
    time_zone: str | None = None
    source: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    set_aside: list[SetAside] = []

    _zone = field_validator("time_zone")(_known_zone)
    _forms = field_validator("date_form", mode="before")(_as_list)

    @field_validator("thousands")
    @classmethod
    def _mark(cls, value: str | None) -> str | None:
        if value is not None and value not in THOUSANDS:
            raise ValueError(f"unknown thousands mark {value!r}; expected a dot, comma, blank or apostrophe")
        return value

    @model_validator(mode="after")
    def _marks_differ(self) -> Forms:
        if self.thousands and self.thousands == (self.decimal or "."):
            raise ValueError(f"decimal mark and thousands mark are both {self.thousands!r}")
        return self


class FileSection(Forms, Elsewhere):
    """One file and how it is read, or a source that is fetched into one.

    ``names`` gives the column names of a file without a header line; ``skip_rows`` counts lines above the header;
    ``missing`` lists texts that stand for nothing (an empty field always does). ``rows`` names the array of a JSON
    object that holds its rows (``orders``, ``data.orders``).
    """

    path: str = ""
    format: Format | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote: str = Field(default='"', min_length=0, max_length=1)
    encoding: str = "utf-8"
    sheet: str | None = None
    rows: str | None = Field(default=None, pattern=r"^[^.]+(\.[^.]+)*$")
    skip_rows: int = Field(default=0, ge=0)
    names: list[str] | None = None
    missing: list[str] = []

    @field_validator("encoding")
    @classmethod
    def _codec(cls, value: str) -> str:
        if problem := not_unicode(value):
            raise ValueError(problem)
        return value

    @model_validator(mode="after")
    def _one_place(self) -> FileSection:
        if sum([bool(self.path), self.database is not None, self.url_env is not None, self.url is not None]) != 1:
            raise ValueError("expected exactly one of path, database, url_env, url")
        if self.format is not None and self.is_elsewhere:
            raise ValueError("format goes with path")
        return self


class ColumnMap(Section):
    """Where one canonical column comes from: a column of the file, a constant, SQL, or a product of columns.

    ``multiply`` names columns whose numbers are multiplied (units and price of one), ``minus`` columns taken off
    afterwards (a discount of the line), ``divide_by`` a number that the result is divided by (100 for cents); it also
    goes with ``column``. ``values`` replaces texts before they are read (``ja`` -> ``true``); ``source`` names the
    system whose person records a reference points to, where it is not the file's own.
    """

    column: str | None = None
    constant: str | int | float | bool | date | None = None
    sql: str | None = None
    multiply: list[str] = Field(default=[], min_length=0, max_length=4)
    minus: list[str] = []
    divide_by: int | float | None = Field(default=None, gt=0)
    source: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    values: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMap:
        given = [v for v in (self.column, self.constant, self.sql, self.multiply or None) if v is not None]
        if len(given) != 1:
            raise ValueError("expected exactly one of column, constant, sql, multiply")
        if (self.minus or self.divide_by) and (self.sql is not None or self.constant is not None or self.values):
            raise ValueError("minus and divide_by go with column or multiply, and not with values")
        return self

    @property
    def computed(self) -> bool:
        """Whether the value is a number computed from columns."""
        return bool(self.multiply or self.minus or self.divide_by)

    @property
    def columns_read(self) -> list[str]:
        """Columns of the file that it names, apart from those in SQL."""
        return [*([self.column] if self.column is not None else []), *self.multiply, *self.minus]


class TableSection(Forms):
    """One canonical table out of one file (``from`` and ``columns``) or out of a select over the files (``sql``)."""

    from_: str | None = Field(default=None, alias="from")
    columns: dict[str, ColumnMap] = {}
    sql: str | None = None

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: {"column": v} if isinstance(v, str) else v for k, v in value.items()}

    @model_validator(mode="after")
    def _one_way(self) -> TableSection:
        if (self.from_ is None) == (self.sql is None):
            raise ValueError("expected either from with columns, or sql")
        if self.sql is None and not self.columns:
            raise ValueError("from needs columns = { canonical = 'Source column' }")
        if self.sql is not None and self.columns:
            raise ValueError("with sql the select names the columns; columns must not be given")
        return self


class Against(Section):
    """What the other side of a reconciliation states: columns of a file, or of another canonical table, by a key.

    Amounts are added up over the rows of a key, ``minus`` taken off; ``once``: each row of a key states the whole.
    """

    table: str | None = None
    file: list[str] | None = None
    key: str
    amount: list[str] = Field(min_length=1)
    minus: list[str] = []
    once: bool = False

    _lists = field_validator("amount", "file", mode="before")(_as_list)

    @model_validator(mode="after")
    def _one_side(self) -> Against:
        if (self.table is None) == (self.file is None):
            raise ValueError("expected either file or table")
        return self


class ReconcileSection(Section):
    """Sums of a landed table that must equal what another side states, key by key."""

    what: str = Field(min_length=1)
    table: str = "order_lines"
    key: str = "order_id"
    amount: str = "amount"
    kinds: list[str] = []
    against: Against


class SourcesConfig(Section):
    """The whole of sources.toml."""

    data_set: DataSetSection
    basis: BasisSection | None = None
    expect: ExpectSection = ExpectSection()
    files: dict[str, FileSection]
    tables: dict[str, list[TableSection]]
    reconcile: list[ReconcileSection] = []

    @field_validator("files")
    @classmethod
    def _file_names(cls, value: dict[str, FileSection]) -> dict[str, FileSection]:
        for key in value:
            if not FILE_KEY.fullmatch(key) or key.lower() in TAKEN:
                raise ValueError(f"{key!r} cannot name a file; use letters, digits, _ and -, and none of {TAKEN}")
        if len({key.lower() for key in value}) < len(value):
            raise ValueError("two names of files differ by capitals only; SQL takes them for one")
        return value

    @field_validator("tables", mode="before")
    @classmethod
    def _single(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: [v] if isinstance(v, dict) else v for k, v in value.items()}


def read_config(path: Path) -> SourcesConfig:
    """Read and check one sources.toml.

    Raises
    ------
    SchemaError
        It is no toml, has an unknown key, a value of the wrong kind, an unknown canonical table or column, a required
        column without origin, or a table from a file that is not declared.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise SchemaError(
            path.name,
            got=f"bytes that are not UTF-8 (byte {error.start})",
            expected="UTF-8 text",
            do="Save it as UTF-8",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(path, str(error)) from None
    except (ValueError, RecursionError) as error:  # a number without an end, lists a thousand deep
        raise _toml_error(path, str(error)) from None
    try:
        config = SourcesConfig.model_validate(content)
    except ValidationError as error:
        raise complain(path.name, error, SourcesConfig, content) from None
    _check_tables(path.name, config)
    return config


def _toml_error(path: Path, message: str) -> SchemaError:
    """Two mappings onto one column are a doubled key to toml, so the message says both."""
    doubled = "overwrite" in message or "Duplicate" in message
    if doubled:
        return SchemaError(
            path.name,
            got=f"one name given twice ({message})",
            expected="each key, and so each canonical column, once per table",
            do="Remove one of the two mappings",
        )
    return SchemaError(path.name, got=f"no valid toml ({message})", expected="toml", do="Correct that line")


def _check_tables(file: str, config: SourcesConfig) -> None:
    for name, parts in config.tables.items():
        if name not in LANDED_TABLES:
            raise SchemaError(
                f"{file}, tables.{name}",
                got="an unknown table",
                expected=f"one of {', '.join(LANDED_TABLES)}",
                do=f"{nearest(name, LANDED_TABLES).strip() or 'See docs/glossary.md'}".rstrip("."),
            )
        for part in parts:
            if part.from_ is not None:
                _check_mapping(f"{file}, tables.{name}", part, config, name)
    for i, section in enumerate(config.reconcile, start=1):
        _check_reconcile(f"{file}, reconcile[{i}]", section, config)


def _check_reconcile(place: str, section: ReconcileSection, config: SourcesConfig) -> None:
    """Refuse a reconciliation of what is not there; columns of files are looked up once the file is read."""
    against = section.against
    for table, columns in (
        (section.table, (section.key, section.amount)),
        (against.table, (against.key, *against.amount, *against.minus)),
    ):
        if table is None:
            continue
        if table not in config.tables:
            expected = f"one of {', '.join(config.tables)}"
            raise SchemaError(place, got=f"table {table!r}", expected=expected, do="Map it, or correct the name")
        for column in columns:
            if column not in LANDED_TABLES[table].column_names:
                expected = f"one of {', '.join(LANDED_TABLES[table].column_names)}"
                raise SchemaError(place, got=f"column {column!r} of {table}", expected=expected, do="Correct the name")
    for file in against.file or ():
        if file not in config.files:
            expected = f"one of the declared files {', '.join(config.files)}"
            raise SchemaError(place, got=f"file {file!r}", expected=expected, do="Correct the name")


def _check_mapping(place: str, part: TableSection, config: SourcesConfig, name: str) -> None:
    table = LANDED_TABLES[name]
    if part.from_ not in config.files:
        raise SchemaError(
            place,
            got=f"from = {part.from_!r}",
            expected=f"one of the declared files {', '.join(config.files)}",
            do=f"Declare [files.{part.from_}] or correct the name.{nearest(str(part.from_), config.files)}".rstrip("."),
        )
    for column in part.columns:
        if column not in table.column_names:
            raise SchemaError(
                f"{place}.{column}",
                got="an unknown canonical column",
                expected=f"one of {', '.join(table.column_names)}",
                do=f"{nearest(column, table.column_names).strip() or 'See docs/glossary.md'}".rstrip("."),
            )
    check_required(place, name, part.columns)


def check_required(place: str, name: str, given: Any) -> None:
    """Refuse a table whose required columns have no origin."""
    for column in LANDED_TABLES[name].columns:
        if column.required and column.name not in given:
            raise SchemaError(
                f"{place}.{column.name}",
                got="no mapping",
                expected=f"an origin for this required column: {column.meaning}",
                do="Map a source column, a constant or SQL onto it",
            )
