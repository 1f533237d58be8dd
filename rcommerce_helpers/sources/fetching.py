"""Databases and web services are read once, into files of this machine; everything behind reads those.

Each source is read by a process of its own, bounded in time and memory. What came is the content that a fingerprint is
made of, and it is kept beside the landed tables, so that a run can be made again without the source. Secrets are values
of environment variables; they are in no file, no message and no fingerprint.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from rcommerce_helpers.errors import ParamError, SchemaError
from rcommerce_helpers.files import clear_abandoned
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.data_set import FETCHED, DataSet
from rcommerce_helpers.sources.databases import read_database
from rcommerce_helpers.sources.fence import MEMORY, SPILL, Limits, apart
from rcommerce_helpers.sources.web_service import read_service

GRACE = 10.0
"""Seconds beyond its limit in which a source may end by itself, and tell its server to stop."""


def fetch(data_set: DataSet, *, allow_network: bool) -> DataSet:
    """The data set with its databases and web services read; itself where it has none.

    Raises
    ------
    ParamError
        It asks the network, and nobody said that it may.
    SchemaError
        A source cannot be reached or read, takes too long, or a variable with its secret is not set.
    """
    specs = {key: spec for key, spec in data_set.config.files.items() if spec.is_elsewhere}
    if not specs:
        return data_set
    _check_network(data_set, specs, allow_network=allow_network)
    clear_abandoned(Path(tempfile.gettempdir()), f"{FETCHED}*-*")
    folder = Path(tempfile.mkdtemp(prefix=f"{FETCHED}{os.getpid()}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    there = replace(data_set, fetched=folder)
    for key, spec in specs.items():
        _fetch_one(there, key, spec)
    return there


def _fetch_one(data_set: DataSet, key: str, spec: FileSection) -> None:
    target, place = data_set.file_path(key), f"files.{key}"
    limits = Limits(spec.seconds + GRACE, MEMORY, SPILL)
    # a folder of its own: one that is left without a parent is removed whole
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        whole = Path(scratch) / target.name
        late = _stopped(place, spec)
        if spec.is_database:
            file = data_set.database_path(key) if spec.database else None
            apart(limits, Path(scratch), late, read_database, spec, file, place, whole)
        else:
            apart(limits, Path(scratch), late, read_service, spec, place, whole)
        whole.replace(target)


def _check_network(data_set: DataSet, specs: dict[str, FileSection], *, allow_network: bool) -> None:
    """A description is data of whoever wrote it: it asks nobody, and sends no secret, unless the caller says so."""
    asked = {key: spec for key, spec in specs.items() if spec.on_network}
    if not asked or allow_network:
        return
    told = []
    for spec in asked.values():
        whom = f"the database of {spec.url_env}" if spec.url_env else str(urlsplit(str(spec.url)).hostname)
        told.append(whom + (f" with the secret of {spec.secret_env}" if spec.secret_env else ""))
    raise ParamError(
        f"{data_set.path.name}, {', '.join(f'files.{key}' for key in asked)}",
        got=f"a description that asks {', '.join(told)}",
        expected="files in the folder of the project",
        do="If you trust this description, say --allow-network (allow_network=True)",
    )


def _stopped(place: str, spec: FileSection) -> Callable[[str], SchemaError]:
    def complaint(kind: str) -> SchemaError:
        got = {"late": f"no end after {spec.seconds:,} seconds", "memory": "more than the memory of one source"}
        return SchemaError(
            place,
            got=got.get(kind, "a source at which the reading broke down"),
            expected="its rows",
            do="Ask for less (fewer columns, a shorter period), or set seconds = ... for this source",
        )

    return complaint
