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
from typing import Literal, Protocol, get_args, get_type_hints, runtime_checkable

from rcommerce_helpers import leaving
from rcommerce_helpers.errors import NotEnoughData, SchemaError
from rcommerce_helpers.files import write_whole
from rcommerce_helpers.leaving import Bound, bound_of, fit_to_leave

FORMAT_VERSION = 3

LEVEL = 0.95
"""Level of an interval that data give."""
ASSUMED_LEVEL = 0.90
"""Level of an interval in which an assumption speaks: a stated uplift, played reactions, the next test."""

Unit = Literal[
    "count",
    "mean",
    "share",
    "change",
    "points",
    "money",
    "money_per_week",
    "days",
    "weeks",
    "times",
    "per_week",
    "rating",
    "score",
    "index",
    "log_error",
    "log_odds",
    "yes_no",
]
"""What a figure is measured in; ``sentences.numbers`` writes each in exactly one way. *count*: how many, what of says
the registry; *mean*: a mean or median of counts; *share*: part of a whole, 0 to 1; *change*: relative difference, 0.1 =
a tenth more; *points*: difference of two shares; *times*: factor; *per_week*: how many a week; *score*: quality between
0 and 1, such as AUC, and differences of it; *log_error*: distance of logarithms, written as a factor; *yes_no*: 1 or 0.
"""


@dataclass(frozen=True)
class Figure:
    """One number that may be said aloud.

    ``n`` is the count the figure rests on (customers, rows, ...: the registry says of what);
    ``low``/``high`` bound an interval of that ``level``, None where counting leaves no doubt.
    ``bound``: where the number would tell of fewer than ten people, ``value`` is only the limit it lies under or over.
    """

    name: str
    value: float
    n: int
    unit: Unit
    low: float | None = None
    high: float | None = None
    bound: Bound = ""
    level: float = LEVEL


People = Literal["", "n", "value", "part"]
"""What of a figure counts people: nothing; its n; its value; its value as a part of its n (a share: value times n).
Orders, rows, days, products, patterns and tests are no people; a pair of customer and category is one."""


@dataclass(frozen=True)
class Entry:
    """What a figure means, n of what, its unit, and which numbers count people; ``or_unit``: the data decide."""

    meaning: str
    unit: Unit
    or_unit: Unit | None = None
    people: People = ""

    def __post_init__(self) -> None:
        for unit in (self.unit, self.or_unit or self.unit):
            if unit not in get_args(Unit):
                raise SchemaError(
                    "unit", got=repr(unit), expected=f"one of {', '.join(get_args(Unit))}", do="Choose one"
                )


@dataclass(frozen=True)
class Registry:
    """The closed list of figure names of one stage: name -> what it means, n of what, in which unit."""

    stage: str
    entries: Mapping[str, Entry]

    def check(self, figure: Figure) -> Figure:
        """Refuse a name nobody declared, another unit than the declared one, and a figure that is null or has no n."""
        if figure.name not in self.entries:
            raise SchemaError(
                f"{self.stage}.{figure.name}",
                got="a figure without an entry",
                expected=f"one of {', '.join(self.entries)}",
                do=f"Add it to the registry of {self.stage}",
            )
        entry = self.entries[figure.name]
        if figure.unit not in {entry.unit, entry.or_unit}:
            raise SchemaError(
                f"{self.stage}.{figure.name}",
                got=f"the unit {figure.unit!r}",
                expected=repr(entry.unit),
                do=f"Correct the figure, or the registry of {self.stage}",
            )
        if not math.isfinite(figure.value) or figure.n < 0:
            raise SchemaError(
                f"{self.stage}.{figure.name}",
                got=f"value {figure.value}, n {figure.n}",
                expected="a finite value and a count",
                do="Skip the section instead, with a reason",
            )
        return figure

    def leaving(self, figure: Figure) -> Figure:
        """The figure as it may leave the stage: where it tells of fewer than ten people only the limit is said.

        Raises
        ------
        NotEnoughData
            The figure rests on fewer than ten people: then nothing can be said of them.
        """
        people = self.entries[figure.name].people if figure.name in self.entries else ""
        if people in {"n", "part"} and 0 < figure.n < leaving.SMALLEST_GROUP:
            counted = self.entries[figure.name].meaning.partition("n = ")[2] or "people"
            raise NotEnoughData(
                f"{self.stage}.{figure.name}",
                got=f"fewer than {leaving.SMALLEST_GROUP} {counted}",
                expected=f"at least {leaving.SMALLEST_GROUP}",
                do="Nothing is said of so few: more data, or other parameters and offers, may bring more",
            )
        if people not in {"value", "part"} or figure.bound:
            return figure
        part = figure.value * figure.n if figure.unit == "share" else figure.value
        bound, limit = bound_of(round(part), figure.n if people == "part" else None)
        if not bound:
            return figure
        value = limit / figure.n if figure.unit == "share" else float(limit)
        return replace(figure, value=value, low=None, high=None, bound=bound)


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
        """One row per figure: stage, name, value, low, high, level, n, unit, bound, as_of."""
        return [{"stage": self.stage, **asdict(f), "as_of": self.as_of} for f in self.figures.values()]

    def as_json(self) -> dict[str, object]:
        return {
            "format": FORMAT_VERSION,
            "stage": self.stage,
            "as_of": self.as_of,
            "headline": fit_to_leave(self.headline),
            "figures": self.rows(),
            "skipped": [
                {"section": s.section, "reason": fit_to_leave(s.reason), "needed": fit_to_leave(s.needed)}
                for s in self.skipped
            ],
            "tables": self.tables,
        }


def write_json(path: Path, content: Mapping[str, object] | Sequence[object]) -> None:
    """Write whole or not at all: temporary file beside the target, then rename."""
    write_whole(path, lambda temporary: temporary.write_text(written_json(content), encoding="utf-8", newline="\n"))


def written_json(content: Mapping[str, object] | Sequence[object]) -> str:
    """JSON as this workspace writes it: the same content gives the same text."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> dict[str, object]:
    """One JSON object from a file."""
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content
