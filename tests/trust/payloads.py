"""A landed data set with something hostile in every text: markup, scripts, direction marks, formulas."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.workspace.runs.request import Data

PAYLOADS = (
    "<script>window.owned=1;alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\"'><svg onload=alert(3)>",
    "[x](javascript:alert(4))",
    "\u202egnp.exe\u2066\u200b",
    "</script><script>alert(5)</script>",
    '=HYPERLINK("http://evil.example.org","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '<iframe src="http://evil.example.org"></iframe>',
    "{{7*7}}${7*7}<style>@import url(http://evil.example.org/x.css)</style>",
    '<a href="http://evil.example.org" onclick="alert(6)">x</a>',
    "\u2028+1-1;=1+1\x07",
)
ADDRESS_PREFIX = "=1+"
"""Before an address: still one, and the beginning of a formula."""


@dataclass(frozen=True)
class HostileData:
    """A data set whose landed texts carry payloads before anybody reads them."""

    inner: Data

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def fingerprint(self) -> str:
        return f"{self.inner.fingerprint}-hostile"

    def land(self, folder: Path, previous: Path | None) -> None:
        """Land as usual, then poison every text."""
        self.inner.land(folder, previous)
        for path in sorted(folder.glob("*.parquet")):
            if path.stem in LANDED_TABLES:
                poison(path)
        _offer_what_is_sold(folder)


def _offer_what_is_sold(folder: Path) -> None:
    """Let the offers name the categories as they are called now, and call themselves something hostile too."""
    products = pd.read_parquet(folder / "products.parquet", columns=["category"])["category"].dropna().unique()
    offers = folder / "offers.toml"
    text = offers.read_text(encoding="utf-8")
    for old in re.findall(r'^category = "(.*)"$', text, flags=re.MULTILINE):
        new = next((name for name in products if old in name), old)
        text = text.replace(f'category = "{old}"', f"category = {json.dumps(new)}")
    text = re.sub(
        r'^name = "(.*)"$', lambda m: f"name = {json.dumps(hostile(m[1], len(m[1])))}", text, flags=re.MULTILINE
    )
    offers.write_text(text, encoding="utf-8")


def poison(path: Path) -> None:
    """Put a payload into every text column of a landed table: equal values stay equal, addresses stay addresses."""
    table = pd.read_parquet(path)
    columns = [c.name for c in LANDED_TABLES[path.stem].columns if c.type == "text" and c.name in table]
    for number, name in enumerate(columns):
        known = {value: hostile(value, number + at) for at, value in enumerate(sorted(table[name].dropna().unique()))}
        table[name] = table[name].map(known).astype("str").where(table[name].notna(), None)
    table.to_parquet(path, index=False)


def hostile(value: str, number: int) -> str:
    """The value with a payload before and behind it; an address with the beginning of a formula."""
    if "@" in value:
        return ADDRESS_PREFIX + value
    if value.strip("+0123456789 ()/-") == "" or not value:
        return value
    return f"{PAYLOADS[number % len(PAYLOADS)]}{value}{PAYLOADS[(number + 3) % len(PAYLOADS)]}"
