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
from rcommerce_helpers.workspace.project import write_project
from tests.sources.firm_samples import SAMPLES as FIRM
from tests.sources.guide_truth import Found, compare, compare_stranger
from tests.sources.preset_samples import SAMPLES
from tests.sources.stranger_exports import later_strangers, strangers
from tests.sources.walk_exports import write_exports
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
        for sample in SAMPLES:
            write_project(Path(folder) / sample.preset, sample.write(Path(folder) / f"{sample.preset}-given"))
            reports[sample.preset] = _checked(Path(folder) / sample.preset)
        for name, make in FIRM.items():
            given = Path(folder) / f"{name}-given"
            given.mkdir()
            for file, content in make().files.items():
                (given / file).write_bytes(content)
            write_project(Path(folder) / name, given)
            reports[f"firm {name}"] = _checked(Path(folder) / name)
        reports["complete-journey"] = check(load_data_set("complete-journey"))
        if (SHARED / "online_retail").exists():
            reports["online_retail"] = check(load_data_set(str(RETAIL), allow_outside=True))
    columns = sum(len(report.as_read) for report in reports.values())
    alarms = {f"{name}: {place}" for name, report in reports.items() for place in _doubted(report)}
    print(f"doubted: {', '.join(sorted(alarms)) or 'none'}")
    return [_row("wrong_mappings_false_alarms", len(alarms) / columns, columns, 0.02)]


def guide_mapped_share() -> list[dict]:
    """Source columns that the guide maps as the preset does, presets switched off; peer: names alone, as they stand."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for seed in SEEDS:
            write_exports(Path(folder) / f"walk-{seed}", people=300, seed=seed)
            found.append(compare(Path(folder) / f"walk-{seed}", "walk"))
        found += [compare(sample.write(Path(folder) / sample.preset), sample.preset) for sample in SAMPLES]
        firms = [*strangers(), *later_strangers()]
        unknown = [compare_stranger(firm.write(Path(folder) / f"firm-{firm.name}"), firm) for firm in firms]
    harmless = sorted({pair for one in (*found, *unknown) for pair in one.harmless})
    if harmless:
        raise AssertionError(f"personal columns mapped as harmless: {harmless}")
    return [_share("guide_mapped_share", found), _share("guide_mapped_share_of_strangers", unknown)]


def _share(name: str, found: list[Found]) -> dict:
    known, right = (sum(len(getattr(one, part)) for one in found) for part in ("known", "right"))
    return _row(name, right / known, known, 0.8)


def reconcile_error() -> list[dict]:
    """Largest difference of an order between shop and books, and of the net from the truth, over three firms."""
    worst = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            given, project = Path(folder) / f"given-{seed}", Path(folder) / f"project-{seed}"
            truth = write_exports(given, seed=seed)
            write_project(project, given)
            report = _checked(project)
            net = float(report.bridge.set_index("step")["amount"]["net"])
            worst += [abs(net - truth.net / 100), *(one.largest for one in report.reconciled)]
    row = _row("reconcile_error", round(max(worst), 2), len(worst), 0.0)
    return [
        {**row, "unit": "EUR", "peer": "the template of November mapped onto a Shopify export", "peer_value": 83_828.21}
    ]


def _checked(path: Path) -> CheckReport:
    return check(load_data_set(str(path)))


def _doubted(report: CheckReport) -> set[str]:
    return {f"{doubt.table}.{doubt.column}" for doubt in report.doubts if doubt.level == "warning"}


def _row(name: str, value: float, n: int, goal: float) -> dict:
    return {
        "name": name, "value": round(value, 4), "low": None, "high": None, "n": n, "unit": "share", "goal": goal,
        "peer": "check before (November)", "peer_value": {"wrong_mappings_noticed": 1 / 14}.get(name), "seed": SEEDS[0],
    }  # fmt: skip
