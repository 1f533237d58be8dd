"""Typed parameters of a notebook: one frozen dataclass gives its parameters cell, checks, command line and widgets.

Each field is a ``setting(...)``: default, one line of help, and the allowed values. ``kind="look"`` marks a setting
that may follow a slider live; ``kind="run"`` one that needs a run. papermill executes parameter *names* as code and
only mentions unknown ones, so names are checked here before papermill sees them.
"""

from __future__ import annotations

import ast
import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self, get_type_hints

from rcommerce_helpers.errors import ParamError

Scalar = str | int | float | bool
INJECTED = "# Parameters"
"""First line of the cell in which papermill hands in parameters."""


@dataclass(frozen=True)
class Setting:
    """What is known of one parameter beyond its type and default."""

    help: str
    kind: Literal["look", "run"] = "run"
    low: float | None = None
    high: float | None = None
    choices: tuple[Scalar, ...] = ()
    is_date: bool = False


def setting(  # noqa: PLR0913 - one keyword per thing known of a parameter
    default: Scalar,
    help: str,
    *,
    kind: Literal["look", "run"] = "run",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Scalar, ...] = (),
    is_date: bool = False,
) -> Any:  # Any: dataclasses.field is typed the same way, so that `x: int = setting(3, ...)` reads as an int.
    """Declare one parameter of a notebook.

    Parameters
    ----------
    default
        Value of an untouched run.
    help
        One line, shown in the notebook, on the command line and beside the widget; units included.
    low, high
        Smallest and largest allowed number.
    choices
        Closed list of values.
    is_date
        Text in the form 2024-06-30, or empty for "as the data set says".
    """
    spec = Setting(help=help, kind=kind, low=low, high=high, choices=choices, is_date=is_date)
    return dataclasses.field(default=default, metadata={"setting": spec})


@dataclass(frozen=True, kw_only=True)
class Params:
    """Base of all notebook parameters: the fields every notebook has."""

    dataset: str = setting("demo", "data set: a public name, demo, or the path of a sources.toml")
    run_dir: str = setting("", "folder of the run to read and write; empty: newest finished run of the data set")
    as_of: str = setting("", "last day the analysis may know, 2017-12-31; empty: as the data set says", is_date=True)
    language: str = setting("en", "language of sentences and axes", choices=("en", "de"), kind="look")
    controls: bool = setting(True, "show live controls; scheduled runs set False")
    seed: int = setting(7, "makes the run repeatable", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for field in dataclasses.fields(self):
            spec: Setting = field.metadata["setting"]
            given = getattr(self, field.name)
            if spec.is_date:
                check_day(field.name, given)
            value = _typed(field.name, given, hints[field.name])
            object.__setattr__(self, field.name, value)
            _check(field.name, value, spec)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """All parameter names, in the order of the parameters cell."""
        return tuple(field.name for field in dataclasses.fields(cls))

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """Name -> what is known of the parameter."""
        return {field.name: field.metadata["setting"] for field in dataclasses.fields(cls)}

    @classmethod
    def from_notebook(cls, namespace: Mapping[str, object]) -> Self:
        """Take exactly this class's fields out of a notebook's globals; check types and values.

        Raises
        ------
        ParamError
            A field is missing, of the wrong type, or outside its range; or papermill was called by hand with a name
            that no field has.
        """
        cls.check_names(_handed_in(namespace, cls.names()))
        missing = [name for name in cls.names() if name not in namespace]
        if missing:
            raise ParamError(
                missing[0], got="nothing", expected="a value in the parameters cell", do="Run the parameters cell first"
            )
        return cls(**{name: namespace[name] for name in cls.names()})  # type: ignore[arg-type]

    @classmethod
    def from_given(cls, given: Mapping[str, object]) -> Self:
        """Parameters from a command line: unknown names are refused with the nearest known one."""
        cls.check_names(given)
        return cls(**given)  # type: ignore[arg-type]

    @classmethod
    def check_names(cls, names: Iterable[str]) -> None:
        """Refuse unknown parameter names: papermill would only mention them, and execute them as code."""
        for name in names:
            if name not in cls.names():
                near = difflib.get_close_matches(name, cls.names(), n=1)
                hint = f"Did you mean {near[0]}?" if near else "See `rcommerce run --help`"
                raise ParamError(
                    name, got="an unknown parameter", expected=f"one of {', '.join(cls.names())}", do=hint.rstrip(".")
                )

    @classmethod
    def cell(cls) -> str:
        """Source text of the notebook's parameters cell; a test keeps both equal."""
        hints = get_type_hints(cls)
        lines = []
        for field in dataclasses.fields(cls):
            spec: Setting = field.metadata["setting"]
            lines.append(f"{field.name}: {hints[field.name].__name__} = {_literal(field.default)}  # {spec.help}")
        return "\n".join(lines)

    def with_(self, **changes: Scalar) -> Self:
        """A copy with some values changed, checked again: what a slider does."""
        self.check_names(changes)
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def _repr_markdown_(self) -> str:
        rows = [f"| {n} | `{getattr(self, n)!r}` | {s.help} |" for n, s in self.settings().items()]
        return "\n".join(["| parameter | value | meaning |", "|---|---|---|", *rows])


def _handed_in(namespace: Mapping[str, object], names: tuple[str, ...]) -> list[str]:
    """Names that papermill's ``-p`` assigned in the cell which it puts after the parameters cell.

    To papermill an unknown name is a remark, and among the globals it looks like any other. What was executed, though,
    is known: IPython keeps it as ``In``. Cells before the last run of the parameters cell no longer count.
    """
    history = namespace.get("In")
    executed = [str(source) for source in history] if isinstance(history, list) else []
    handed = [source.startswith(INJECTED) for source in executed]
    own = [n for n, source in enumerate(executed) if not handed[n] and set(names) <= set(_assigned(source))]
    later = range(own[-1] + 1, len(executed)) if own else ()
    return [name for n in later if handed[n] for name in _assigned(executed[n])]


def _assigned(source: str) -> list[str]:
    """Names that a cell assigns at its outermost level; none where it is no Python."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return []
    plain = [target for s in statements if isinstance(s, ast.Assign) for target in s.targets]
    typed = [s.target for s in statements if isinstance(s, ast.AnnAssign)]
    return [target.id for target in (*plain, *typed) if isinstance(target, ast.Name)]


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _typed(name: str, value: object, kind: type) -> Scalar:
    """The value as its declared type; text from a command line is read, anything lossy is refused."""
    wrong = ParamError(name, got=f"{value!r} ({type(value).__name__})", expected=kind.__name__, do="Correct the value")
    if isinstance(value, str) and kind is not str:
        return _read_text(value, kind, wrong)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise wrong
    return value  # type: ignore[return-value]


def _read_text(text: str, kind: type, wrong: ParamError) -> Scalar:
    if kind is bool:
        if text.lower() not in {"true", "false"}:
            raise wrong
        return text.lower() == "true"
    try:
        return int(text) if kind is int else float(text)
    except ValueError:
        raise wrong from None


def _check(name: str, value: Scalar, spec: Setting) -> None:
    if spec.choices and value not in spec.choices:
        near = difflib.get_close_matches(str(value), [str(c) for c in spec.choices], n=1)
        raise ParamError(
            name,
            got=repr(value),
            expected=f"one of {', '.join(str(c) for c in spec.choices)}",
            do=f"Did you mean {near[0]}?" if near else "Choose one of these",
        )
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _check_range(name, value, spec)


def _check_range(name: str, value: float, spec: Setting) -> None:
    below = spec.low is not None and not value >= spec.low
    above = spec.high is not None and not value <= spec.high
    if below or above:
        raise ParamError(
            name, got=str(value), expected=f"a number from {spec.low} to {spec.high}", do="Choose a value in that range"
        )


def check_day(name: str, value: object) -> None:
    """Refuse all but the text of a day in the one form that every reader of it knows, or empty text.

    Raises
    ------
    ParamError
        Another form (an ISO week, a number), or a day that no calendar has.
    """
    if value == "":
        return
    try:
        if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
            raise ValueError
        date.fromisoformat(value)
    except ValueError:
        raise ParamError(
            name, got=repr(value), expected="a day such as 2017-12-31", do="Write year-month-day"
        ) from None
