"""Files that are slow to read are read once: the rows of workbooks and JSON files are kept until the file changes.

What is kept is the table of text that the reader made, under the hash of the file, of how it is declared, and of the
readers' code. Everything behind it, types and checks over all rows, is done anew, so that a landing with kept tables
is the same, byte for byte, as one without. Delimited text is not kept: reading it is as fast as reading the copy.
Only the tables of the last landing are kept; whoever clears a project's runs clears them too.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from rcommerce_helpers.results import read_json, write_json
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.delimited import BadLine
from rcommerce_helpers.sources.parsing import named, quoted

if TYPE_CHECKING:
    from rcommerce_helpers.sources.data_set import DataSet

SLOW = ("xlsx", "json", "json.gz", "jsonl", "jsonl.gz")
READERS = ("workbook.py", "json_files.py", "delimited.py", "config.py")
KEPT = "kept"
"""Folder of a landing's scratch for what it read or took over."""
Bad = tuple[BadLine, ...]


def read_once(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    source: tuple[Path, FileSection, str],
    folders: tuple[Path | None, Path],
    read: Callable[[], Bad],
) -> Bad:
    """Make the table ``_file_<key>``: out of what an earlier landing kept, else by reading the file.

    Parameters
    ----------
    source
        The file, how it is declared, and its format.
    folders
        What an earlier landing kept (None = nothing is kept), and where this one lays what it read or took.
    read
        Reads the file into the table, and gives its bad lines.
    """
    earlier, now = folders
    if earlier is None or source[2] not in SLOW:
        return read()
    name = _name(*source)
    now.mkdir(exist_ok=True)
    table, facts = now / f"{name}.parquet", now / f"{name}.json"
    if _taken(earlier, now, name):
        connection.execute(f"create table {named('_file_' + key)} as select * from read_parquet({quoted(str(table))})")
        kept: Any = read_json(facts)["bad"]
        return tuple(BadLine(**line) for line in kept)
    bad = read()
    connection.execute(f"copy {named('_file_' + key)} to {quoted(str(table))} (format parquet, compression zstd)")
    write_json(facts, {"bad": [asdict(line) for line in bad], "sha256": _hash(table)})
    return bad


def keep(now: Path, folder: Path | None) -> None:
    """After a landing that went well: its tables take the place of those kept before."""
    if folder is None or not now.is_dir():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(now, folder)


def forget_kept(now: Path, data_set: DataSet, clean: Collection[str]) -> None:
    """Of what a landing read, keep only files that hold nobody who was forgotten; ``clean`` are their keys."""
    if not now.is_dir():
        return
    config = data_set.config
    names = {_name(data_set.file_path(key), config.files[key], data_set.format_of(key)) for key in clean}
    for path in now.iterdir():
        if path.stem not in names:
            path.unlink()


def _taken(earlier: Path, now: Path, name: str) -> bool:
    """Take over a kept table, if it is there and as it was written."""
    table, facts = earlier / f"{name}.parquet", earlier / f"{name}.json"
    try:
        if read_json(facts)["sha256"] != _hash(table):
            return False
        for path in (table, facts):
            shutil.copyfile(path, now / path.name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def _name(path: Path, spec: FileSection, form: str) -> str:
    """Of the bytes, the declaration, and the code that reads: whatever differs gives another name."""
    here = Path(__file__).parent
    digest = hashlib.sha256(
        json.dumps([form, spec.model_dump(mode="json"), version("openpyxl"), version("duckdb")]).encode()
    )
    for reader in READERS:
        digest.update((here / reader).read_bytes())
    digest.update(_hash(path).encode())
    return digest.hexdigest()[:40]


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
