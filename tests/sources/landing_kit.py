"""Small data sets for the tests of landing, written into a temporary folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from rcommerce_helpers.sources import LandingReport, land, load_data_set
from rcommerce_helpers.sources.landed import read_landed

HEAD = """
[data_set]
name = "tiny"
title = "Tiny"
as_of = 2024-06-30
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "included"
"""
ORDERS = """
[[tables.orders]]
from = "orders"
columns = { order_id = "no", record_id = "who", at = "when" }
"""


@dataclass
class Shop:
    """A folder with a sources.toml: ``options`` of its one file, ``tables`` as toml, ``extra`` sections."""

    folder: Path
    file: str = "orders.csv"
    options: str = ""
    tables: str = ORDERS
    extra: str = ""
    head: str = HEAD
    landed: Path = field(init=False)

    def __post_init__(self) -> None:
        self.landed = self.folder / "landed"

    def write(self, content: str | bytes, encoding: str = "utf-8") -> Shop:
        data = content if isinstance(content, bytes) else content.encode(encoding)
        (self.folder / self.file).write_bytes(data)
        return self

    def describe(self) -> Path:
        path = self.folder / "sources.toml"
        file = f'[files.orders]\npath = "{self.file}"\nsource = "shop"\n{self.options}\n'
        path.write_text(f"{self.head}\n{self.extra}\n{file}\n{self.tables}", encoding="utf-8")
        return path

    def land(self) -> LandingReport:
        return land(load_data_set(str(self.describe())), self.landed)

    def table(self, name: str = "orders") -> pd.DataFrame:
        return read_landed(self.landed, name)
