"""Turning pydantic's findings on a toml file into one message of the house: what, where, what was right, what to do."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.schema import LANDED_TABLES


def nearest(name: str, known: Iterable[str]) -> str:
    """' Did you mean orders?' or nothing, to be appended to an instruction."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.55)
    return f" Did you mean {near[0]}?" if near else ""


def not_unicode(encoding: str) -> str:
    """What is wrong with an encoding's name; empty if Python knows it."""
    try:
        "".encode(encoding)  # a codec that makes no text of bytes (rot13, zip) refuses here
    except (LookupError, ValueError):
        return f"unknown encoding {encoding!r}; write it as utf-8, cp1252, utf-16 or iso-8859-15"
    return ""


def complain(file: str, error: ValidationError, model: type[BaseModel], content: object) -> SchemaError:
    """The first finding as a SchemaError; further findings are counted."""
    # A misspelt key is reported before the missing one it was meant to be.
    first, *more = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
    loc = tuple(part for part in first["loc"] if part != "[key]")
    further = f"; and {len(more)} more" if more else ""
    place = f"{file}, {_written(loc)}" if loc else file
    if first["type"] == "extra_forbidden":
        known = _fields_at(model, loc[:-1])
        hint = nearest(str(loc[-1]), known).strip()
        return SchemaError(
            place,
            got=f"an unknown key{further}",
            expected=f"one of {', '.join(known)}" if known else "a declared key",
            do=hint or "Remove it or correct its name",
        )
    if first["type"] == "missing":
        return SchemaError(place, got=f"nothing{further}", expected="a value", do="Add this key")
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    got = repr(_value_at(content, loc))
    return SchemaError(place, got=f"{got[:120]}{further}", expected=_expected(message), do="Correct the value")


def _expected(message: str) -> str:
    return message[0].lower() + message[1:] if message.startswith(("Input", "String")) else message


def _written(loc: tuple[int | str, ...]) -> str:
    """('tables', 'orders', 0, 'columns') -> tables.orders[1].columns."""
    text = ""
    for part in loc:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _value_at(content: object, loc: tuple[int | str, ...]) -> object:
    for part in loc:
        inside = part in content if isinstance(content, dict) else False
        if isinstance(content, list) and isinstance(part, int):
            inside = part < len(content)
        if not inside:
            break
        content = content[part]  # type: ignore[index]
    return content


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Names allowed at a place of the file, followed down through the models."""
    kind: Any = model
    for part in loc:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = next((f for n, f in kind.model_fields.items() if part in (n, f.alias)), None)
            kind = _bare(field.annotation) if field else None
        else:
            kind = _bare(typing.get_args(kind)[-1]) if typing.get_args(kind) else None
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    return [f.alias or n for n, f in kind.model_fields.items()]


def _bare(kind: Any) -> Any:
    """X | None -> X."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return next(a for a in typing.get_args(kind) if a is not type(None))
    return kind


def such_as(table: str, column: str, example: str) -> str:
    """The words that show a bad value; none for a whole line, and for what the schema calls personal: no name leaves.

    Examples
    --------
    >>> such_as("orders", "at", "31.02.2024"), such_as("source_records", "family_name", "Krause")
    (" (such as '31.02.2024')", '')
    """
    known = {c.name: c for c in LANDED_TABLES[table].columns} if table in LANDED_TABLES else {}
    spec = known.get(column)
    if spec is None or spec.personal or spec.type == "record":
        return ""
    return f" (such as {fit_to_leave(example)[:60]!r})"
