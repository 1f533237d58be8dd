"""The list of forgotten people of a project: ``decisions/forgotten.parquet``, keyed marks and no name.

Its key lies beside the project's key, for the owner alone, and is another one: whoever changes the project's key to
name everybody anew must not bring anybody back. Without its key the list knows nobody, so then nothing is landed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.files import owner_only, write_whole
from rcommerce_helpers.merging.forgotten import NO_MARKS, Marks
from rcommerce_helpers.workspace.project_key import key_path, project_key

DECISIONS = "decisions"
"""Folder of a project for what people decided: the list, corrections, and what is the same person."""
LIST = "forgotten.parquet"
BESIDE = "-forgotten"
"""Ending of the name of the key, behind that of the project's key."""
_KEY = "key"
"""Kind of the mark by which the list knows its own key."""


def list_path(project: Path) -> Path:
    """Where the list of a project lies."""
    return project / DECISIONS / LIST


def list_key_path(project: Path) -> Path:
    """Where its key lies."""
    key = key_path(project)
    return key.with_name(f"{key.name}{BESIDE}")


def forgotten_people(project: Path) -> Marks | None:
    """The list of a project; None where nobody was forgotten.

    Raises
    ------
    ParamError
        There is a list, but its key is gone, is another, or may be read by others.
    """
    path = list_path(project)
    if not path.exists():
        return None
    key = list_key_path(project)
    if not os.path.lexists(key):
        raise _no_key(key, "no key to the list of forgotten people")
    marks = Marks(pd.read_parquet(path), project_key(key).secret)
    if marks.mark(_KEY, "") not in set(marks.table.loc[marks.table["kind"] == _KEY, "mark"]):
        raise _no_key(key, "another key than that of the list of forgotten people")
    return marks


def _no_key(key: Path, got: str) -> ParamError:
    return ParamError(
        str(key),
        got=got,
        expected="the key under which it was written: without it every forgotten person would come back",
        do="Put it back from a copy",
    )


def open_list(project: Path) -> Marks:
    """The list of a project, or an empty one, for who is about to add a person; makes its key.

    Raises
    ------
    ParamError
        As ``forgotten_people``.
    """
    known = forgotten_people(project)
    if known is not None:
        return known
    empty = Marks(NO_MARKS, project_key(list_key_path(project)).secret)
    own = pd.DataFrame([("", _KEY, empty.mark(_KEY, ""), False)], columns=list(NO_MARKS.columns))
    return Marks(own, empty.secret)


def keep_list(marks: Marks, project: Path) -> Path:
    """Write the list, whole or not at all, for its owner alone."""
    with owner_only():
        return write_whole(list_path(project), lambda path: marks.table.to_parquet(path, index=False))
