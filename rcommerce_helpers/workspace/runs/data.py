"""The data set of a run: known by name or by its sources.toml, landed once per run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rcommerce_helpers.sources import DataSet


@dataclass(frozen=True)
class DescribedData:
    """A data set that ``sources`` can read."""

    described: DataSet

    @property
    def fingerprint(self) -> str:
        return self.described.fingerprint

    def land(self, folder: Path, previous: Path | None) -> None:
        from rcommerce_helpers.sources import land

        land(self.described, folder, previous=previous)


def described_data(name_or_path: str, *, allow_outside: bool = False, allow_network: bool = False) -> DescribedData:
    """Look up a public data set by name, or read a sources.toml; errors name the file and the key."""
    from rcommerce_helpers.sources import load_data_set

    return DescribedData(load_data_set(name_or_path, allow_outside=allow_outside, allow_network=allow_network))
