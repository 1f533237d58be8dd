"""What a notebook costs beyond the same calls in one Python process, in CPU seconds of all processes together.

A small generated shop (300 customers, seeded), so that the calls themselves are short and the difference is not lost in
them. Three ways over the same notebooks and parameters: all code cells in one process; `rcommerce run`; the papermill
command, once per notebook. Landing is taken out of ours, since the other two start from landed tables.
"""

import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from rcommerce_helpers.workspace.runs.stages import STAGES, standard_table

SEED = 7
SOURCES = """
[data_set]
name = "overhead"
title = "Overhead"
as_of = 2024-06-30
currency = "EUR"
time_zone = "UTC"
tax = "included"

[basis]
text = "generated"
purposes = ["statistics", "personalisation", "marketing"]

[files.customers]
path = "customers.csv"

[files.lines]
path = "lines.csv"

[tables.source_records]
from = "customers"
source = "shop"
columns.record_id = "customer"
columns.email = "email"

[tables.orders]
source = "shop"
sql = '''select distinct order_no as order_id, customer as record_id, moment as "at", channel from lines'''

[tables.order_lines]
from = "lines"
columns.order_id = "order_no"
columns.product_id = "product"
columns.quantity = "quantity"
columns.amount = "amount"
"""
IN_ONE = """
import json, os, sys
tasks = json.load(open(sys.argv[1]))
os.environ["PLOTLY_RENDERER"] = "json"
for task in tasks:
    cells = json.load(open(task["notebook"]))["cells"]
    names = {"__name__": "__main__"}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            if "parameters" in cell["metadata"].get("tags", []):
                names.update(task["parameters"])
"""


def run_overhead_cpu_seconds(repeats: int = 3) -> list[dict]:
    """CPU seconds a notebook costs beyond the same calls in one Python process; peer: the papermill command."""
    _adopt_orphans()
    ours, peer = [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _write_shop(folder / "shop")
            used, run_dir = _by_run(folder)
            bare = _in_one_process(folder, run_dir)
            ours.append((used - bare) / len(STAGES))
            peer.append((_by_papermill(folder, run_dir) - bare) / len(STAGES))
    return [
        {
            "name": "run_overhead_cpu_seconds",
            "value": round(statistics.median(ours), 2),
            "low": round(min(ours), 2),
            "high": round(max(ours), 2),
            "n": repeats,
            "unit": "CPU seconds a notebook",
            "goal": 6,
            "peer": "papermill command, one call a notebook",
            "peer_value": round(statistics.median(peer), 2),
            "seed": SEED,
        }
    ]


def _write_shop(folder: Path) -> None:
    """300 customers, about 3,000 orders of one to four lines over a year and a half."""
    folder.mkdir()
    rng = np.random.default_rng(SEED)
    customers = np.arange(300)
    orders = pd.DataFrame({"customer": rng.choice(customers, 3000), "minute": rng.integers(0, 540 * 24 * 60, 3000)})
    orders["channel"] = rng.choice(["web", "store"], len(orders))
    orders["order_no"] = orders.index
    lines = orders.loc[orders.index.repeat(rng.integers(1, 5, len(orders)))].copy()
    lines["product"] = rng.integers(0, 40, len(lines))
    lines["quantity"] = rng.integers(1, 4, len(lines))
    lines["amount"] = rng.integers(100, 5000, len(lines)) / 100
    moments = pd.Timestamp("2023-01-07") + pd.to_timedelta(lines.pop("minute"), "min")
    lines["moment"] = moments.dt.strftime("%Y-%m-%d %H:%M")
    pd.DataFrame({"customer": customers, "email": [f"c{i}@example.org" for i in customers]}).to_csv(
        folder / "customers.csv", index=False
    )
    lines.to_csv(folder / "lines.csv", index=False)
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")


def _tasks(run_dir: Path) -> list[dict]:
    """Notebook and parameters of every stage, opened by hand over a finished run, of which each makes its own copy."""
    table = standard_table()
    given = {"dataset": "overhead", "run_dir": str(run_dir), "controls": False}
    return [{"notebook": str(table.path(stage)), "parameters": given} for stage in STAGES]


def _by_run(folder: Path) -> tuple[float, Path]:
    """CPU seconds of a run without its landing, and the folder of the run."""
    command = [str(Path(sys.executable).parent / "rcommerce"), "run", "--dataset", "shop/sources.toml", "--plain"]
    used = _cpu(command, folder)
    (manifest,) = (folder / "runs").glob("*/manifest.json")
    landing = json.loads(manifest.read_text(encoding="utf-8"))["steps"]["land"]["cpu_seconds"]
    return used - landing, manifest.parent


def _in_one_process(folder: Path, run_dir: Path) -> float:
    tasks = folder / "tasks.json"
    tasks.write_text(json.dumps(_tasks(run_dir)), encoding="utf-8")
    return _cpu([sys.executable, "-c", IN_ONE, str(tasks)], folder)


def _by_papermill(folder: Path, run_dir: Path) -> float:
    used = 0.0
    for task in _tasks(run_dir):
        given = [part for name, value in task["parameters"].items() for part in ("-p", name, str(value))]
        command = [str(Path(sys.executable).parent / "papermill"), task["notebook"], str(folder / "out.ipynb"), *given]
        used += _cpu([*command, "--no-progress-bar"], folder)
    return used


def _cpu(command: list[str], folder: Path) -> float:
    """User and system seconds of a command and of all processes it started, also those that outlive it."""
    before = _used()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return _used() - before


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends first (Linux), so that their CPU is counted."""
    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)
