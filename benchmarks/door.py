"""What the door lets through: persons not permitted that a stage can obtain, over worlds and histories."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

SEEDS = (301, 302, 303)
HISTORIES = 20


def door_leaks() -> list[dict]:
    """Every stage x table x purpose, three demo worlds, twenty histories of permission each."""
    from truth.door import Shop, leaks

    found, tries = 0, 0
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            shop = Shop(Path(folder), seed)
            for history in range(HISTORIES):
                found += leaks(shop, history)
                tries += 1
    row = {"name": "door_leaks", "value": found, "low": None, "high": None, "n": tries, "unit": "rows and columns"}
    return [{**row, "goal": 0, "peer": "none", "peer_value": None, "seed": SEEDS[0]}]
