"""What `check` notices of wrong mappings, and how often it doubts what is right.

Wrong mappings: ``tests/sources/wrong_mappings.py``, whose faults were written down before the rules were looked at
again; seeds here are others than those of the tests. Right ones: demo worlds, Complete Journey, the clean shops, and
Online Retail where ``../shared/data`` has it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.sources import check, load_data_set
from rcommerce_helpers.sources.checking import CheckReport
from tests.sources.wrong_mappings import FAULTS, clean_shop

SEEDS = (101, 102, 103)
SHARED = Path(__file__).parents[2] / "shared" / "data"
RETAIL = Path(__file__).parents[1] / "data" / "online_retail" / "sources.toml"


def wrong_mappings_noticed() -> list[dict]:
    """Of each wrong mapping on three shops, the share named on its column. No peer names any."""
    noticed, missed = [], set()
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            for number, (name, (fault, column)) in enumerate(FAULTS.items()):
                shop = clean_shop(seed)
                fault(shop)
                named = column in _doubted(_checked(shop.write(Path(folder) / f"{seed}-{number}")))
                noticed.append(named)
                missed |= set() if named else {f"{name} ({seed})"}
    print(f"not noticed: {', '.join(sorted(missed)) or 'none'}")
    return [_row("wrong_mappings_noticed", sum(noticed) / len(noticed), len(noticed), 0.9)]


def wrong_mappings_false_alarms() -> list[dict]:
    """Warnings for each mapped column of data sets that are mapped rightly."""
    with tempfile.TemporaryDirectory() as folder:
        reports = {f"shop {seed}": _checked(clean_shop(seed).write(Path(folder) / f"clean-{seed}")) for seed in SEEDS}
        for seed in SEEDS[:2]:
            world = write_demo(2000, seed, Path(folder) / f"demo-{seed}")
            reports[f"demo {seed}"] = _checked(world.sources)
        reports["complete-journey"] = check(load_data_set("complete-journey"))
        if (SHARED / "online_retail").exists():
            reports["online_retail"] = check(load_data_set(str(RETAIL), allow_outside=True))
    columns = sum(len(report.as_read) for report in reports.values())
    alarms = {f"{name}: {place}" for name, report in reports.items() for place in _doubted(report)}
    print(f"doubted: {', '.join(sorted(alarms)) or 'none'}")
    return [_row("wrong_mappings_false_alarms", len(alarms) / columns, columns, 0.02)]


def _checked(path: Path) -> CheckReport:
    return check(load_data_set(str(path)))


def _doubted(report: CheckReport) -> set[str]:
    return {f"{doubt.table}.{doubt.column}" for doubt in report.doubts if doubt.level == "warning"}


def _row(name: str, value: float, n: int, goal: float) -> dict:
    return {
        "name": name, "value": round(value, 4), "low": None, "high": None, "n": n, "unit": "share", "goal": goal,
        "peer": "check before (November)", "peer_value": {"wrong_mappings_noticed": 1 / 14}.get(name), "seed": SEEDS[0],
    }  # fmt: skip
