"""The data set of a run: known by name or by its sources.toml, landed once per run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rcommerce_helpers.sources import DataSet
    from rcommerce_helpers.sources.forgotten import Forgotten


@dataclass(frozen=True)
class DescribedData:
    """A data set that ``sources`` can read.

    ``kept``: where it keeps rows of files that are slow to read; ``forgotten``: people whose rows never land.
    """

    described: DataSet
    kept: Path | None = None
    forgotten: Forgotten | None = None

    @property
    def name(self) -> str:
        return self.described.config.data_set.name

    @property
    def fingerprint(self) -> str:
        return self.described.fingerprint

    def land(self, folder: Path, previous: Path | None) -> None:
        from rcommerce_helpers.sources import land

        land(replace(self.described, kept=self.kept), folder, previous=previous, forgotten=self.forgotten)


def described_data(
    name_or_path: str, *, allow_outside: bool = False, allow_network: bool = False, kept: Path | None = None
) -> DescribedData:
    """Look up a public data set by name, or read a sources.toml; errors name the file and the key.

    ``kept`` is a folder for the rows of files that are slow to read, so that the next run need not read them.
    """
    from rcommerce_helpers.sources import load_data_set

    described = load_data_set(name_or_path, allow_outside=allow_outside, allow_network=allow_network)
    return DescribedData(described, kept)
