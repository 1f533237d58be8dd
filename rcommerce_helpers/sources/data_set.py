"""A data set as declared: its sources.toml, the files it names, and the fingerprint of both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from rcommerce_helpers.errors import ParamError, SchemaError
from rcommerce_helpers.sources.complaints import nearest
from rcommerce_helpers.sources.config import SourcesConfig, read_config
from rcommerce_helpers.sources.public import public_data_sets
from rcommerce_helpers.sources.workbook import old_workbook

SUFFIXES = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".csv.gz": "csv.gz",
    ".txt.gz": "csv.gz",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jsonl.gz": "jsonl.gz",
    ".ndjson.gz": "jsonl.gz",
    ".json": "json",
    ".json.gz": "json.gz",
}
OLD_WORKBOOKS = (".xls", ".xlt", ".xlsb")
OFFERS_FILE = "offers.toml"
PACKAGE = "package:"
FETCHED = "fetched_"
"""Beginning of the names of what was fetched, in its own folder and beside the landed tables."""


@dataclass(frozen=True)
class DataSet:
    """A checked sources.toml and where its files lie.

    Its files lie under its own folder, or that of the package they come with, links followed; with ``allow_outside``
    they may lie anywhere. ``fetched`` is the folder that holds what was read of databases and web services,
    ``kept`` the one with the rows of files that are slow to read.
    """

    path: Path
    config: SourcesConfig
    allow_outside: bool = False
    fetched: Path | None = None
    kept: Path | None = None

    @property
    def name(self) -> str:
        return self.config.data_set.name

    @property
    def offers(self) -> Path:
        """The offers.toml beside sources.toml; it need not exist."""
        return self._inside(OFFERS_FILE, self.path.parent / OFFERS_FILE, self.path.parent)

    def file_path(self, key: str) -> Path:
        """Where a declared file lies.

        Raises
        ------
        SchemaError
            It does not exist, lies outside the project, or its package is not installed.
        """
        spec = self.config.files[key]
        if spec.is_elsewhere:
            return self._fetched(key)
        path = self._inside(f"files.{key}", *self._resolved(key, spec.path))
        if not path.is_file():
            raise SchemaError(
                f"files.{key}",
                got=f"no file {spec.path!r} in {path.parent.name}/",
                expected="a file at that path, relative to folder and sources.toml",
                do=_missing_file_hint(path),
            )
        return path

    def _fetched(self, key: str) -> Path:
        if self.fetched is None:
            raise SchemaError(
                f"files.{key}",
                got="nothing fetched",
                expected="its rows on this machine",
                do="Read it with load_data_set",
            )
        return self.fetched / self.fetched_name(key)

    def fetched_name(self, key: str) -> str:
        """Name of the file that a source was fetched into."""
        return f"{FETCHED}{key}.{self.format_of(key)}"

    @property
    def fetched_names(self) -> list[str]:
        """Names of the files of the sources that were fetched."""
        return [self.fetched_name(key) for key, spec in self.config.files.items() if spec.is_elsewhere]

    def database_path(self, key: str) -> Path:
        """Where the file of a database lies, which is declared as sqlite:FILE or duckdb:FILE.

        Raises
        ------
        SchemaError
            It does not exist, or lies outside the project.
        """
        written = str(self.config.files[key].database).partition(":")[2]
        path = self._inside(f"files.{key}", *self._resolved(key, written))
        if not path.is_file():
            raise SchemaError(
                f"files.{key}",
                got=f"no file {written!r} in {path.parent.name}/",
                expected="a database at that path, relative to folder and sources.toml",
                do=_missing_file_hint(path),
            )
        return path

    def format_of(self, key: str) -> str:
        """How the file is read: as declared, else by its suffix; what was fetched, as it was kept."""
        spec = self.config.files[key]
        if spec.is_elsewhere:
            return "parquet" if spec.is_database else "jsonl"
        if spec.format is not None:
            return spec.format
        lower = spec.path.lower()
        for suffix in sorted(SUFFIXES, key=len, reverse=True):
            if lower.endswith(suffix):
                return SUFFIXES[suffix]
        if lower.endswith(OLD_WORKBOOKS):
            raise old_workbook(f"files.{key} ({spec.path})")
        raise SchemaError(
            f"files.{key}",
            got=f"path {spec.path!r} without a known suffix",
            expected=f"one of {', '.join(SUFFIXES)}",
            do="Set format = csv, csv.gz, xlsx, parquet, jsonl, jsonl.gz, json or json.gz",
        )

    @cached_property
    def fingerprint(self) -> str:
        """sha256 over sources.toml, the contents of its files, and offers.toml where there is one."""
        digest = hashlib.sha256(self.path.read_bytes())
        for key in sorted(self.config.files):
            digest.update(key.encode())
            with self.file_path(key).open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        if self.offers.exists():
            digest.update(self.offers.read_bytes())
        return digest.hexdigest()

    def _inside(self, place: str, path: Path, home: Path) -> Path:
        """The path itself, if it leads to a place under ``home`` or may lie anywhere."""
        try:
            inside = path.resolve().is_relative_to(home.resolve())
            path.exists()  # a name too long for the system is found out here, not by whoever opens it
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a character or a length no path has
            raise SchemaError(
                place, got=f"no path ({error})", expected="a path of this system", do="Correct path or folder"
            ) from None
        if inside or self.allow_outside:
            return path
        raise SchemaError(
            place,
            got=f"a path out of {home.resolve().name}/",
            expected=f"files under the folder of {self.path.name}, links followed",
            do="Put the file there; or, if you trust this description, say --allow-outside (allow_outside=True)",
        )

    def _resolved(self, key: str, written: str) -> tuple[Path, Path]:
        """Where a file should lie, and the folder it has to lie under."""
        if not written.startswith(PACKAGE):
            return self.path.parent / self.config.data_set.folder / written, self.path.parent
        package, _, inside = written.removeprefix(PACKAGE).partition("/")
        found = find_spec(package) if package.isidentifier() else None
        if found is None or not found.submodule_search_locations:
            raise SchemaError(
                f"files.{key}",
                got=f"no installed package {package!r}",
                expected="the package",
                do="Install it with pip",
            )
        home = Path(found.submodule_search_locations[0])
        return home / inside, home


def _missing_file_hint(path: Path) -> str:
    around = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    if not around:
        return f"Correct path or folder: there is no folder {path.parent.name!r} with files at that place"
    return f"Correct path or folder.{nearest(path.name, around)}".rstrip(".")


def load_data_set(name_or_path: str, *, allow_outside: bool = False, allow_network: bool = False) -> DataSet:
    """The data set of a public name, of a sources.toml, or of a folder that holds one; databases and services are read.

    Parameters
    ----------
    name_or_path
        complete-journey, a path.
    allow_outside
        Whether its files may lie outside its folder: only for a description that you trust.
    allow_network
        Whether it may ask the databases and web services it names, with the secrets it names: likewise.

    Raises
    ------
    ParamError
        There is no such public data set and no such file.
    SchemaError
        The sources.toml is not as it should be.
    """
    known = public_data_sets()
    path = known.get(name_or_path, Path(name_or_path))
    if path.is_dir():
        path = path / "sources.toml"
    if not path.is_file():
        hint = nearest(name_or_path, known).strip().rstrip(".")
        raise ParamError(
            "dataset",
            got=repr(name_or_path),
            expected=f"{', '.join(known)}, or the path of a sources.toml",
            do=hint or "Check the name, or make a project with `rcommerce new`",
        )
    from rcommerce_helpers.sources.fetching import fetch

    return fetch(DataSet(path=path, config=read_config(path), allow_outside=allow_outside), allow_network=allow_network)
