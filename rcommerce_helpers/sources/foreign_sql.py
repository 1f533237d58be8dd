"""SQL written in a sources.toml is text of a stranger: it is parsed, every part of it is compared with a closed list.

DuckDB parses it (``json_serialize_sql``; no other parser reads ``~`` and ``//`` as DuckDB does), and what runs later is
what ``json_deserialize_sql`` makes of the parsed form, never the text as it was written. That second text is parsed and
compared once more, so that a fault of the way back cannot let anything in. What passes may still ask for much time or
memory: ``fence`` and the locked engine see to that.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.allowed_sql import (
    CLOCKS,
    COLLATIONS,
    ENVIRONMENT,
    EXPRESSIONS,
    FUNCTIONS,
    MANY_ROWS,
    PARTS,
    ROW_MAKERS,
    TYPES,
)
from rcommerce_helpers.sources.complaints import nearest
from rcommerce_helpers.sources.config import SourcesConfig

TEXT_MAX = 50_000
SELECT = "SELECT "
TOO_DEEP = "SQL nested too deep to be read"


@dataclass(frozen=True)
class Place:
    """Where a foreign text stands in sources.toml, and what it may name: the declared files, and their columns."""

    name: str
    files: tuple[str, ...]
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Select:
    """A select that passed: the text to run, and the declared files it reads."""

    text: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class _Scope:
    """What is known at one point inside a statement: names given by ``with``; whether several rows may be made."""

    given: frozenset[str] = frozenset()
    rows: bool = False


def foreign_texts(config: SourcesConfig) -> list[str]:
    """Places of a sources.toml at which SQL stands, such as ``tables.products[1].sql``, in the order of the file."""
    places = [f"files.{key}.set_aside[{i}].where" for key, f in config.files.items() for i, _ in _numbered(f.set_aside)]
    places += [f"files.{key}.query" for key, f in config.files.items() if f.query is not None]
    for table, sections in config.tables.items():
        for i, section in _numbered(sections):
            at = f"tables.{table}[{i}]"
            places += [f"{at}.sql"] if section.sql is not None else []
            places += [f"{at}.columns.{c}.sql" for c, m in section.columns.items() if m.sql is not None]
            places += [f"{at}.set_aside[{j}].where" for j, _ in _numbered(section.set_aside)]
    return places


def _numbered(parts: Iterable[Any]) -> Iterable[tuple[int, Any]]:
    return enumerate(parts, start=1)


@dataclass(frozen=True)
class Computed:
    """An expression as it may run; ``failed`` is the condition under which a text in it could not be converted.

    ``inputs`` are the texts that are converted, as SQL. A conversion that fails gives null instead of an error.
    """

    text: str
    failed: str = ""
    inputs: tuple[str, ...] = ()


def judged_value(connection: duckdb.DuckDBPyConnection, text: str, place: Place) -> Computed:
    """The value of one column of one row: as ``judged_expression``, with conversions that do not stop the reading.

    Examples
    --------
    >>> from rcommerce_helpers.engine import connect
    >>> judged_value(connect(), "cast(price as double) * 2", Place("files.lines", ("lines",))).text
    '((TRY_CAST(price AS double) * 2))'
    """
    strict = judged_expression(connection, text, place)
    parsed = _parsed(connection, f"{SELECT}{strict}", place)
    casts = list(_soft(parsed["statements"][0]["node"]["select_list"][0]))
    pairs = []
    for cast in casts:
        both = [_written_back(connection, parsed, part) for part in (cast, cast["child"])]
        pairs.append((both[0], f"nullif(trim(cast({both[1]} as varchar)), '')"))
    failed = " or ".join(f"({given} is not null and {value} is null)" for value, given in pairs)
    whole = _written_back(connection, parsed, parsed["statements"][0]["node"]["select_list"][0])
    return Computed(f"({whole})", failed, tuple(given for _, given in pairs))


def _soft(part: Any) -> Iterator[dict[str, Any]]:
    """Make the conversions of an expression soft, and give each; those within subqueries, windows and lambdas stay."""
    if isinstance(part, list):
        for one in part:
            yield from _soft(one)
    elif isinstance(part, dict) and part.get("class") not in {"SUBQUERY", "LAMBDA", "WINDOW"}:
        if part.get("class") == "CAST" and not part["try_cast"]:
            part["try_cast"] = True
            yield part
        for value in part.values():
            yield from _soft(value)


def _written_back(connection: duckdb.DuckDBPyConnection, parsed: dict[str, Any], part: dict[str, Any]) -> str:
    """One expression of a parsed select as text."""
    alone = copy.deepcopy(parsed)
    alone["statements"][0]["node"]["select_list"] = [part]
    text = connection.execute("select json_deserialize_sql($1)", [json.dumps(alone)]).fetchall()[0][0]
    return str(text).removeprefix(SELECT)


def judged_expression(connection: duckdb.DuckDBPyConnection, text: str, place: Place) -> str:
    """The value or condition of one row as it may run, in brackets.

    Raises
    ------
    SchemaError
        It is not one expression, or a part of it is not on the list; the message names the part.

    Examples
    --------
    >>> from rcommerce_helpers.engine import connect
    >>> judged_expression(connect(), "units // 2 -- half", Place("files.lines", ("lines",)))
    '((units // 2))'
    """
    return f"({_judged(connection, text, place, select=False).text})"


def judged_select(connection: duckdb.DuckDBPyConnection, text: str, place: Place) -> Select:
    """A select over the declared files as it may run.

    Raises
    ------
    SchemaError
        It is not one select, or a part of it is not on the list; the message names the part.
    """
    return _judged(connection, text, place, select=True)


def _judged(connection: duckdb.DuckDBPyConnection, text: str, place: Place, *, select: bool) -> Select:
    if len(text) > TEXT_MAX or "\0" in text:
        got = "a character that is no text" if "\0" in text else f"{len(text):,} characters"
        raise SchemaError(place.name, got=got, expected=f"SQL of at most {TEXT_MAX:,} characters", do="Shorten it")
    try:
        first = _parsed(connection, text if select else f"{SELECT}{text}\n", place)
        _Judge(place).judge(first, select=select)
        back = str(connection.execute("select json_deserialize_sql($1)", [json.dumps(first)]).fetchall()[0][0])
        again = _Judge(place)
        again.judge(_parsed(connection, back, place), select=select)
    except RecursionError:
        raise SchemaError(place.name, got=TOO_DEEP, expected="SQL that a person can read", do="Simplify it") from None
    except duckdb.Error as error:
        raise _not_readable(place, str(error)) from None
    files = tuple(key for key in place.files if key.lower() in again.tables)
    return Select(back if select else back.removeprefix(SELECT), files)


def _parsed(connection: duckdb.DuckDBPyConnection, text: str, place: Place) -> dict[str, Any]:
    """What DuckDB's parser makes of a text: ``{"statements": [...]}``."""
    found = json.loads(connection.execute("select json_serialize_sql($1)", [text]).fetchall()[0][0])
    if found["error"]:
        raise _not_readable(place, str(found.get("error_message", "")))
    return dict(found)


def _not_readable(place: Place, message: str) -> SchemaError:
    said = (message.strip().splitlines() or ["nothing that DuckDB can read"])[0].rstrip(".!")
    if "Only SELECT statements" in said:
        said = "something else than one select"
    return SchemaError(
        place.name,
        got=said,
        expected="one select, or one expression, that reads and nothing else",
        do="Correct the SQL; names with capitals or blanks stand in double quotes",
    )


class _Judge:
    """Walks through a parsed statement, and remembers which files it reads."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.known = frozenset(key.lower() for key in place.files)
        self.tables: set[str] = set()

    def judge(self, parsed: dict[str, Any], *, select: bool) -> None:
        statements = parsed["statements"]
        if len(statements) != 1:
            raise self._refused(f"{len(statements)} statements", "one select", "Correct the SQL")
        if not select and not _is_one_value(statements[0]["node"]):
            raise self._refused("more than one expression", "one value or one condition", "Correct the SQL")
        self._visit(statements[0], _Scope(rows=select))

    def _visit(self, part: Any, scope: _Scope) -> None:
        if isinstance(part, list):
            for one in part:
                self._visit(one, scope)
        elif isinstance(part, dict):
            inside = self._inside(part, scope)
            self._check(part, inside)
            for key, value in part.items():
                if key != "cte_map":
                    self._visit(value, inside)

    def _inside(self, part: dict[str, Any], scope: _Scope) -> _Scope:
        """The scope within a part: the names its ``with`` gives hold there, each for those after it."""
        if part.get("class") == "SUBQUERY":
            scope = replace(scope, rows=True)
        for entry in part.get("cte_map", {}).get("map", ()):
            self._visit(entry["value"], scope)
            scope = replace(scope, given=scope.given | {entry["key"].lower()})
        return scope

    def _check(self, part: dict[str, Any], scope: _Scope) -> None:
        kind = part.get("type")
        if "class" in part:
            if kind not in EXPRESSIONS.get(part["class"], "").split():
                raise self._unknown_part(str(kind))
            self._check_expression(part, scope)
        elif kind is not None and (not isinstance(kind, str) or kind not in PARTS):
            raise self._unknown_part(str(kind))
        if part.get("sample") or part.get("at_clause") or part.get("export_state") or part.get("pivot_enum"):
            raise self._unknown_part("sample or at")
        if kind == "BASE_TABLE":
            self._check_table(part, scope)
        if kind == "TABLE_FUNCTION":
            self._check_name("row-making function", _only(part["function"], "function_name"), ROW_MAKERS)

    def _check_expression(self, part: dict[str, Any], scope: _Scope) -> None:
        kind = part["class"]
        if kind in {"FUNCTION", "WINDOW"}:
            self._check_function(part, scope)
        elif kind == "TYPE":
            self._check_name("type", _only(part, "type_name"), TYPES)
        elif kind == "COLLATE":
            self._check_name("collation", str(part.get("collation")), COLLATIONS)
        elif kind == "COLUMN_REF":
            self._check_column(part["column_names"])
        elif kind == "STAR" and not scope.rows:
            raise self._refused("several columns (*)", "one value", "Name one column")

    def _check_function(self, part: dict[str, Any], scope: _Scope) -> None:
        *before, name = (str(one).lower() for one in part["qualified_name"]["path"])
        self._check_name("function", name, FUNCTIONS)
        if before:  # column.upper(), or a schema, which has these functions and no others
            self._check_column(before)
        if name in MANY_ROWS and not scope.rows:
            raise self._refused(f"{name}(), which makes several rows", "one value", "Use it in sql of a table")
        if name == "age" and len(part["arguments"]) < 2:
            raise self._refused("age() of one date: today's clock", "age(later, earlier)", "Name both dates")

    def _check_table(self, part: dict[str, Any], scope: _Scope) -> None:
        name = _only(part, "table_name")
        if name.lower() in scope.given:
            return
        if name.lower() not in self.known:
            raise self._refused(
                f"a table {name!r}",
                f"one of the declared files {', '.join(self.place.files)}",
                f"Declare [files.NAME] or correct the name.{nearest(name, self.place.files)}".rstrip("."),
            )
        self.tables.add(name.lower())

    def _check_column(self, names: list[str]) -> None:
        """A name that DuckDB would take for a function: refused, unless a file has such a column and it is no clock."""
        name = names[0].lower()
        if len(names) > 1 or name not in CLOCKS | ENVIRONMENT:
            return
        if name in CLOCKS or name not in self.place.columns:
            raise self._refused(
                f"{names[0]}: a clock or a setting of this machine",
                "values of the files only, so that landing can be repeated",
                f'Take it out; a column of that name is written file."{names[0]}"',
            )

    def _check_name(self, what: str, name: str, allowed: frozenset[str]) -> None:
        if name.lower() not in allowed:
            raise self._refused(
                f"the {what} {name}",
                f"one of the {len(allowed)} of data/README.md, whose value depends on its arguments alone",
                f"Use one of them.{nearest(name.lower(), sorted(allowed))}".rstrip("."),
            )

    def _unknown_part(self, kind: str) -> SchemaError:
        word = kind.lower().replace("_", " ")
        return self._refused(f"SQL with {word}", "select, join, union, with, pivot and values", "Write it without")

    def _refused(self, got: str, expected: str, do: str) -> SchemaError:
        return SchemaError(self.place.name, got=got[:200], expected=expected, do=do)


def _only(part: dict[str, Any], key: str) -> str:
    """A name without catalogue and schema; with one, the whole of it, which is on no list."""
    path = part.get("qualified_name", {}).get("path", [part[key]])
    above = [part.get(k) for k in ("catalog", "schema", "catalog_name", "schema_name")]
    return ".".join([*(a for a in above if a), part[key]]) if any(above) or path != [part[key]] else str(part[key])


def _is_one_value(node: dict[str, Any]) -> bool:
    """Whether a query is ``select VALUE`` and nothing besides: no name, no from, no where, no limit."""
    values = node.get("select_list", [])
    empty = {"type": "EMPTY", "alias": "", "sample": None}
    source = {key: value for key, value in node.get("from_table", {}).items() if not key.startswith("query_location")}
    rest = [v for k, v in node.items() if k not in {"type", "select_list", "from_table", "cte_map"}]
    return (
        node["type"] == "SELECT_NODE"
        and len(values) == 1
        and not values[0].get("alias")
        and source == empty
        and not node["cte_map"]["map"]
        and all(value in (None, [], "STANDARD_HANDLING") for value in rest)
    )
