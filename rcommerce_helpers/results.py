"""What a run leaves behind as data: figures with their n and interval, named in one registry per stage.

A ``Figure`` is one row of ``results/<stage>.json``: stage, name, value, low, high, n, unit, as_of. Report, diff and the
test that re-reads every number printed in a notebook know no other source.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol, get_type_hints, runtime_checkable

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.files import write_whole

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Figure:
    """One number that may be said aloud.

    ``n`` is the count the figure rests on (customers, rows, ...: its unit is named in the registry);
    ``low``/``high`` bound a 95 % interval unless the registry says otherwise, None where counting leaves no doubt.
    """

    name: str
    value: float
    n: int
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Registry:
    """The closed list of figure names of one stage: name -> what it means, n of what."""

    stage: str
    meanings: Mapping[str, str]

    def check(self, figure: Figure) -> Figure:
        """Refuse a name nobody declared, and a figure that is null or has no n."""
        if figure.name not in self.meanings:
            raise SchemaError(
                f"{self.stage}.{figure.name}",
                got="a figure without an entry",
                expected=f"one of {', '.join(self.meanings)}",
                do=f"Add it to the registry of {self.stage}",
            )
        if not math.isfinite(figure.value) or figure.n < 0:
            raise SchemaError(
                f"{self.stage}.{figure.name}",
                got=f"value {figure.value}, n {figure.n}",
                expected="a finite value and a count",
                do="Skip the section instead, with a reason",
            )
        return figure


@runtime_checkable
class HasFigures(Protocol):
    """Every stage result carries the figures that its sentences may quote."""

    @property
    def figures(self) -> tuple[Figure, ...]: ...


@dataclass(frozen=True)
class Absent:
    """A table that is not there, or not for this purpose: the one form of absence; ``reason`` is one clause."""

    table: str
    reason: str


@dataclass(frozen=True)
class NotAnswered:
    """A question that could not be answered, and why: a result like any other, without figures.

    ``needed`` says what would answer it. ``parts`` are the names of the result it stands for: asked for one of them it
    gives itself, so that a notebook can show ``result.table`` without an ``if``; any other name is a mistake and fails.

    Examples
    --------
    >>> NotAnswered("lift", "too few rows", "at least 10", frozenset({"table"})).table.reason
    'too few rows'
    """

    section: str
    reason: str
    needed: str = ""
    parts: frozenset[str] = frozenset()
    figures: tuple[Figure, ...] = ()

    def __getattr__(self, name: str) -> NotAnswered:
        """A part of an unanswered question is unanswered for the same reason."""
        if name.startswith("_") or name not in self.parts:
            raise AttributeError(f"{name}: no part of the unanswered {self.section!r}; it has {sorted(self.parts)}")
        return replace(self, parts=frozenset())


def parts_of(compute: Callable[..., object]) -> frozenset[str]:
    """Names that the result of a stage function has, by its declared return type: fields and properties.

    Only that type is looked up: the types of lazy arguments are known to the type checker alone.
    """
    declared = SimpleNamespace(__annotations__={"return": compute.__annotations__.get("return", object)})
    kind = get_type_hints(declared, globalns=getattr(compute, "__globals__", None)).get("return")
    if not isinstance(kind, type):
        return frozenset()
    fields = kind.__dataclass_fields__ if is_dataclass(kind) else {}
    properties = {name for name, value in vars(kind).items() if isinstance(value, (property, cached_property))}
    return frozenset({*fields, *properties} - {"figures"})


@dataclass
class StageResults:
    """All that one stage reports; written once, at the end of its notebook."""

    stage: str
    as_of: str
    headline: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)
    skipped: list[NotAnswered] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def rows(self) -> list[dict[str, object]]:
        """One row per figure: stage, name, value, low, high, n, unit, as_of."""
        return [{"stage": self.stage, **asdict(f), "as_of": self.as_of} for f in self.figures.values()]

    def as_json(self) -> dict[str, object]:
        return {
            "format": FORMAT_VERSION,
            "stage": self.stage,
            "as_of": self.as_of,
            "headline": self.headline,
            "figures": self.rows(),
            "skipped": [{"section": s.section, "reason": s.reason, "needed": s.needed} for s in self.skipped],
            "tables": self.tables,
        }


def write_json(path: Path, content: Mapping[str, object] | Sequence[object]) -> None:
    """Write whole or not at all: temporary file beside the target, then rename."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, lambda temporary: temporary.write_text(f"{text}\n", encoding="utf-8"))


def read_json(path: Path) -> dict[str, object]:
    """One JSON object from a file."""
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content
