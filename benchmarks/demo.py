"""Generating the demo world: seconds for 100,000 persons, peak memory for 1,000,000, all files on disk.

Each generation runs in a process of its own, so that the peak is the whole process's and nothing of it remains.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SEED = 3
SMALLEST = {"lines": 1_200_000, "web events": 5_000_000, "person records": 250_000}

SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from rcommerce_helpers.demo_world import write_demo
start = time.perf_counter()
report = write_demo(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1) / 1e6
size = sum(p.stat().st_size for p in report.folder.rglob("*") if p.is_file()) / 1e9
print(json.dumps({"seconds": seconds, "peak_gb": peak, "disk_gb": size, "rows": report.rows}))
"""


def generate(customers: int, seed: int, scratch: str | None = None) -> dict:
    """Generate one world in a process of its own and measure it; the world is deleted."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        command = [sys.executable, "-c", SCRIPT, str(customers), str(seed), str(Path(folder) / "world")]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
    return json.loads(done.stdout.splitlines()[-1])


def _check_size(rows: dict[str, int]) -> None:
    """The world must be as large as its definition says, or the seconds mean nothing."""
    found = {
        "lines": rows["positionen"] + rows["bonpositionen"],
        "web events": rows["web_ereignisse"],
        "person records": sum(count for key, count in rows.items() if key.endswith("_personen")),
    }
    for name, least in SMALLEST.items():
        if found[name] < least:
            raise AssertionError(f"{name}: {found[name]}, expected at least {least}")


def demo_100k_seconds(repeats: int = 3) -> list[dict]:
    """Wall seconds for 100,000 persons with all files on disk."""
    runs = [generate(100_000, SEED + i) for i in range(repeats)]
    for run in runs:
        _check_size(run["rows"])
    seconds = [run["seconds"] for run in runs]
    return [_row("demo_100k_seconds", seconds, ("seconds wall", 120), f"peak {max(r['peak_gb'] for r in runs):.1f} GB")]


def demo_1m_gen_peak_gb() -> list[dict]:
    """Peak memory of the whole process for 1,000,000 persons; one run."""
    run = generate(1_000_000, SEED)
    note = f"{run['seconds']:.0f} seconds wall, {run['disk_gb']:.1f} GB on disk"
    return [_row("demo_1m_gen_peak_gb", [run["peak_gb"]], ("GB", 8), note)]


def _row(name: str, values: list[float], what: tuple[str, float], note: str) -> dict:
    unit, goal = what
    return {
        "name": name,
        "value": round(statistics.median(values), 2),
        "low": round(min(values), 2),
        "high": round(max(values), 2),
        "n": len(values),
        "unit": unit,
        "goal": goal,
        "peer": "",
        "peer_value": None,
        "note": note,
        "seed": SEED,
    }
