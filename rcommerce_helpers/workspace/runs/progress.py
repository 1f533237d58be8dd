"""What a run shows while it runs: a bar per notebook and cell on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Shown(Protocol):
    """Where a run reports to."""

    def begin(self, name: str, title: str) -> None:
        """A step has begun."""

    def tick(self, name: str, cell: int, cells: int) -> None:
        """A cell has been executed."""

    def end(self, name: str, text: str) -> None:
        """A step has ended."""

    def close(self) -> None:
        """Nothing more will come."""


@dataclass
class Lines:
    """Plain lines, for logs and schedulers."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    titles: dict[str, str] = field(default_factory=dict)

    def begin(self, name: str, title: str) -> None:
        self.titles[name] = title
        self._line(f"{title}: started")

    def tick(self, name: str, cell: int, cells: int) -> None:
        """Cells are too many for a log."""

    def end(self, name: str, text: str) -> None:
        self._line(f"{self.titles.get(name, name)}: {text}")

    def close(self) -> None:
        self.stream.flush()

    def _line(self, text: str) -> None:
        self.stream.write(text + "\n")
        self.stream.flush()


@dataclass
class Bars:
    """One bar per notebook, moved by its cells."""

    console: Console
    progress: Progress = field(init=False)
    tasks: dict[str, TaskID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.progress = Progress(
            TextColumn("{task.description:<24}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[state]}", markup=False),
            console=self.console,
        )
        self.progress.start()

    def begin(self, name: str, title: str) -> None:
        self.tasks[name] = self.progress.add_task(title, total=None, state="running")

    def tick(self, name: str, cell: int, cells: int) -> None:
        self.progress.update(self.tasks[name], total=cells, completed=cell)

    def end(self, name: str, text: str) -> None:
        if name not in self.tasks:
            self.begin(name, name)
        task = self.progress.tasks[self.tasks[name]]
        total = task.total or 1
        done = total if not text.startswith(("failed", "timeout")) else task.completed
        self.progress.update(task.id, total=total, completed=done, state=text)
        self.progress.stop_task(task.id)

    def close(self) -> None:
        self.progress.stop()


def shown(*, plain: bool | None = None) -> Shown:
    """Bars on a terminal, lines elsewhere or when asked for."""
    console = Console(stderr=True)
    return Lines() if plain or (plain is None and not console.is_terminal) else Bars(console)
