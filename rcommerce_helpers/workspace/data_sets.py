"""Which runs belong to one data set, however its path is spelled."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from rcommerce_helpers.errors import RCommerceError
from rcommerce_helpers.workspace.runs.fingerprints import digest

DEMO = "demo"
REMEMBERS = "+"
"""In the fingerprint of a run's data, before that of the refusals it remembers from earlier imports."""


def data_set_id(dataset: str, base: Path) -> str:
    """What a data set is known by: its public name, or a fingerprint of the place where its sources.toml lies.

    It stays the same when rows, files or the description change, so that tonight's run knows last night's; it does
    not depend on how the path is written, nor from where. Links to a folder are followed; a link to a sources.toml in
    another folder is a data set of its own, because its exports are looked for beside the link.

    Parameters
    ----------
    dataset
        A public name, demo, or the path of a sources.toml or of its folder.
    base
        Folder that a relative path refers to.
    """
    from rcommerce_helpers.sources.public import public_data_sets

    if dataset == DEMO or dataset in public_data_sets():
        return dataset
    place = _place(base / dataset)
    public = {_place(path): name for name, path in public_data_sets().items()}
    return public.get(place) or digest(place)


def _place(path: Path) -> str:
    """Where a sources.toml lies, given by its own path or by that of its folder, in the one spelling of this system."""
    file = path / "sources.toml" if path.is_dir() else path
    return os.path.normcase(file.parent.resolve() / file.name)


def content_of(dataset: str, bases: Iterable[Path]) -> str:
    """Fingerprint of all bytes of a data set, found from one of some folders; empty where there is none to read.

    A project folder that was moved as a whole is known by it.
    """
    from rcommerce_helpers.sources import load_data_set

    for base in bases:
        try:
            # a run was allowed to read these files once, and a fingerprint shows none of them
            return load_data_set(str(base / dataset), allow_outside=True).fingerprint
        except (RCommerceError, OSError):
            continue
    return ""


def bare(fingerprint: str) -> str:
    """The fingerprint of the data alone, without what a run remembered beside them.

    Examples
    --------
    >>> bare("f00d+1a2b"), bare("f00d")
    ('f00d', 'f00d')
    """
    return fingerprint.partition(REMEMBERS)[0]
