"""A data set that shrank since the last finished run breaks its expectation: exit code 4, nothing new in runs/."""

import subprocess
import sys
from pathlib import Path

COMMAND = [str(Path(sys.executable).parent / "rcommerce"), "run", "start_here", "--plain", "--dataset"]
TOML = """
[data_set]
name = "tiny"
title = "Tiny"
as_of = "2024-06-30"
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "included"

[basis]
text = "invented"
purposes = ["statistics"]

[expect]
drop_share_max = 0.3

[files.orders]
path = "orders.csv"
format = "csv"
delimiter = ";"
encoding = "utf-8"
date_form = "dd.mm.yyyy"
source = "shop"

[[tables.orders]]
from = "orders"
columns = { order_id = "no", at = "day", record_id = "customer" }
"""


def run_with(folder: Path, rows: int, dataset: str = "sources.toml") -> subprocess.CompletedProcess:
    lines = [f"{i};{1 + i % 28:02d}.05.2024;{i % 7}" for i in range(rows)]
    (folder / "orders.csv").write_text("\n".join(["no;day;customer", *lines]) + "\n", encoding="utf-8")
    return subprocess.run([*COMMAND, dataset], cwd=folder, capture_output=True, text=True, check=False)


def test_a_large_drop_is_told_and_nothing_is_written(tmp_path):
    (tmp_path / "sources.toml").write_text(TOML, encoding="utf-8")
    first = run_with(tmp_path, 100)
    assert first.returncode == 0, first.stdout + first.stderr
    before = sorted(p.name for p in (tmp_path / "runs").iterdir())
    second = run_with(tmp_path, 50, str(tmp_path))  # another spelling is no other data set
    assert second.returncode == 4
    assert "drop_share_max" in second.stdout + second.stderr
    assert "Traceback" not in second.stdout + second.stderr
    assert sorted(p.name for p in (tmp_path / "runs").iterdir()) == before
    assert run_with(tmp_path, 80).returncode == 0  # a drop of a fifth is within the promise
