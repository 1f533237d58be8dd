"""Work for the tests of the fence: a process of its own imports it by name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources.data_set import DataSet


def where(data_set: DataSet, scratch: Path) -> tuple[int, list[str]]:
    """Work for a test: in which process it is done, and what that one can import."""
    import random

    return os.getpid(), [str(random.__file__), *sys.path]


def fails(data_set: DataSet, scratch: Path, how: str) -> None:
    if how == "ours":
        raise SchemaError("files.orders", got="a", expected="b", do="Do c")
    if how == "fault":
        raise KeyError("a fault of ours")
    if how == "memory":
        bytes(6 * 1024**3)
        return
    if how == "disk":
        raise OSError(28, "No space left on device", "x")
    os.abort()
