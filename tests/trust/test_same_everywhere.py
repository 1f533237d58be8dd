"""The same files give the same bytes, whatever the zone, the language and the threads of the machine."""

import hashlib
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from sources.landing_kit import HEAD

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.sources.landed import read_landed

ZONES, LOCALES, THREADS = ("UTC", "America/St_Johns"), ("C.UTF-8", "tr_TR.UTF-8"), ("1", "2")
LAND = """
import locale, sys
from pathlib import Path
from contextlib import suppress
with suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")
from rcommerce_helpers.sources import land, load_data_set
land(load_data_set(sys.argv[1]), Path(sys.argv[2]))
"""
RUN = "import sys; from rcommerce_helpers import cli; sys.argv = ['rcommerce', *sys.argv[1:]]; cli.main()"


def call(code: str, *arguments: str, zone: str, language: str, threads: str) -> None:
    surroundings = {"TZ": zone, "LC_ALL": language, "LANG": language, "OMP_NUM_THREADS": threads}
    subprocess.run([sys.executable, "-c", code, *arguments], env={**os.environ, **surroundings}, check=True)


def contents(folder: Path, *patterns: str) -> dict[str, str]:
    files = sorted(path for pattern in patterns for path in folder.glob(pattern))
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    return write_demo(300, 5, tmp_path_factory.mktemp("world") / "demo").folder / "sources.toml"


def test_landing_gives_the_same_bytes_in_two_zones_languages_and_numbers_of_threads(demo, tmp_path):
    found = []
    for number, (zone, language, threads) in enumerate(zip(ZONES, LOCALES, THREADS)):
        call(LAND, str(demo), str(tmp_path / str(number)), zone=zone, language=language, threads=threads)
        found.append(contents(tmp_path / str(number), "*.parquet", "data_set.json"))
    assert len(found[0]) > 20
    assert found[0] == found[1]


def test_a_moment_that_sql_makes_is_read_alike_in_every_zone(tmp_path):
    """The zone of the machine must not enter where a text without one becomes a moment."""
    (tmp_path / "file.csv").write_text("no,when\n1,2024-06-01 12:00:00\n", encoding="utf-8")
    sql = 'select no as order_id, cast("when" as timestamptz) as at from file'
    text = f"{HEAD}\n[files.file]\npath = 'file.csv'\nsource = 'shop'\n[[tables.orders]]\nsql = '{sql}'\n"
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    found = []
    for zone in ZONES:
        out = tmp_path / zone.replace("/", "-")
        call(LAND, str(tmp_path / "sources.toml"), str(out), zone=zone, language="C.UTF-8", threads="1")
        found.append(read_landed(out, "orders")["at"].to_list())
    assert found == [[pd.Timestamp("2024-06-01 12:00:00")]] * 2


@pytest.mark.nightly
def test_merging_and_patterns_give_the_same_tables_and_figures_in_all_eight(demo, tmp_path):
    found = []
    for number, (zone, language, threads) in enumerate(itertools.product(ZONES, LOCALES, THREADS)):
        out = tmp_path / str(number)
        arguments = ("run", "patterns", "--dataset", str(demo), "--out", str(out), "--plain")
        call(RUN, *arguments, zone=zone, language=language, threads=threads)
        (run,) = out.glob("2*")
        found.append(contents(run, "tables/*.parquet", "tables/landed/*.parquet", "results/*.json"))
    assert len(found[0]) > 20
    assert all(one == found[0] for one in found)
