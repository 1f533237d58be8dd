"""What a run leaves behind as data: figures with their n and interval, named in one registry per stage.

A ``Figure`` is one row of ``results/<stage>.json``: stage, name, value, low, high, n, unit, as_of. Report, diff and the
test that re-reads every number printed in a notebook know no other source.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from rcommerce_helpers.errors import SchemaError

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
class Skipped:
    """A section that could not be answered, and why: a result like any other."""

    section: str
    reason: str
    figures: tuple[Figure, ...] = ()

    def __getattr__(self, name: str) -> Skipped:
        """A part of a skipped result (``result.table``) is skipped for the same reason."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _: object) -> Skipped:
        """So are columns of such a part (``result.table[["name", "n"]]``) ..."""
        return self

    def __call__(self, *_: object, **__: object) -> Skipped:
        """... and what a notebook does with it on the way to the reader (``result.table.round(4)``)."""
        return self

    def __iter__(self) -> Iterator[Skipped]:
        """Nothing is in it; without this, Python would ask ``__getitem__`` for ever."""
        return iter(())


@dataclass
class StageResults:
    """All that one stage reports; written once, at the end of its notebook."""

    stage: str
    as_of: str
    headline: str = ""
    figures: dict[str, Figure] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
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
            "skipped": [{"section": s.section, "reason": s.reason} for s in self.skipped],
            "tables": self.tables,
        }


def write_json(path: Path, content: Mapping[str, object] | Sequence[object]) -> None:
    """Write whole or not at all: temporary file beside the target, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1, ensure_ascii=False, allow_nan=False)
            stream.write("\n")
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, object]:
    """One JSON object from a file."""
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content
