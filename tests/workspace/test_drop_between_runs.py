"""A data set that shrank since the last finished run breaks its expectation: exit code 4, nothing new in runs/."""

import sys

import pytest

from rcommerce_helpers import cli

COMMAND = ["rcommerce", "run", "start_here", "--plain", "--dataset"]
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


@pytest.fixture
def run_with(tmp_path, monkeypatch, capfd, without_kernels):
    """The command on an export of so many rows: exit code, and what it said."""
    monkeypatch.chdir(tmp_path)

    def run(rows: int, dataset: str = "sources.toml") -> tuple[object, str]:
        lines = [f"{i};{1 + i % 28:02d}.05.2024;{i % 7}" for i in range(rows)]
        (tmp_path / "orders.csv").write_text("\n".join(["no;day;customer", *lines]) + "\n", encoding="utf-8")
        monkeypatch.setattr(sys, "argv", [*COMMAND, dataset])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, "".join(capfd.readouterr())

    return run


def test_a_large_drop_is_told_and_nothing_is_written(tmp_path, run_with):
    (tmp_path / "sources.toml").write_text(TOML, encoding="utf-8")
    code, said = run_with(100)
    assert code == 0, said
    before = sorted(p.name for p in (tmp_path / "runs").iterdir())
    code, said = run_with(50, str(tmp_path))  # another spelling is no other data set
    assert code == 4
    assert "drop_share_max" in said
    assert "Traceback" not in said
    assert sorted(p.name for p in (tmp_path / "runs").iterdir()) == before
    assert run_with(80)[0] == 0  # a drop of a fifth is within the promise
