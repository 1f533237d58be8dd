"""Stopping: Ctrl-C, a scheduler's SIGTERM and a closed terminal (SIGHUP) all end a run in the same way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

SIGNALS = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
PATIENCE = 3
"""The third signal breaks off the tidying up as well."""


@dataclass
class Stop:
    """How often a stop was asked for. An engine turns the interrupt into an error of its own; this remembers it."""

    asked: int = 0


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Let the first signal raise KeyboardInterrupt; the second finds the tidying up in progress and waits.

    A signal that was ignored before, as Ctrl-C is for a background job, stays ignored.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: FrameType | None) -> None:
        stop.asked += 1
        if stop.asked in (1, PATIENCE):
            raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, handle)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
