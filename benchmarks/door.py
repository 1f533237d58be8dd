"""What the door lets through: persons not permitted, over worlds and histories; knowledge of later days."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

from tests.truth.door import Shop, leaks
from tests.truth.looking_back import compare

SEEDS = (301, 302, 303)
HISTORIES = 20
DAYS_BACK = (45, 120)


def door_leaks() -> list[dict]:
    """Every stage x table x purpose, three demo worlds, twenty histories of permission each."""
    found, tries = 0, 0
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            shop = Shop(Path(folder), seed)
            for history in range(HISTORIES):
                found += leaks(shop, history)
                tries += 1
    row = {"name": "door_leaks", "value": found, "low": None, "high": None, "n": tries, "unit": "rows and columns"}
    return [{**row, "goal": 0, "peer": "none", "peer_value": None, "seed": SEEDS[0]}]


def as_of_differences() -> list[dict]:
    """Figures and tables of 01 to 05 that differ between looking back and standing there, on two days."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder) / "shop", SEEDS[0], persons=1000)
        for days in DAYS_BACK:
            day = (date.fromisoformat(shop.facts.as_of) - timedelta(days=days)).isoformat()
            found += compare(shop.landed, Path(folder) / day, day)
    print(*found, sep="\n")
    row = {"name": "as_of_differences", "value": len(found), "low": None, "high": None, "n": len(DAYS_BACK)}
    return [{**row, "unit": "figures and tables", "goal": 0, "peer": "none", "peer_value": None, "seed": SEEDS[0]}]
