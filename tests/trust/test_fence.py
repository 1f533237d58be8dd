"""SQL of a stranger runs in a process of its own: bounded, ended on time, and gone with whoever started it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sources.landing_kit import HEAD

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import check, fence, land, landing, load_data_set
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.fence import fenced, limits_for
from tests.trust.fence_work import fails, where

ROOT = Path(__file__).resolve().parents[2]
SOURCES = f"""{HEAD}
[files.orders]
path = "orders.csv"
source = "shop"
[[tables.orders]]
from = "orders"
[tables.orders.columns]
order_id = "no"
record_id = "who"
at = "when"
referrer = {{ sql = "VALUE" }}
"""
ENDLESS = "(select count(*) from range(10000000000000))::varchar"


def shop(folder: Path, value: str = "upper(who)") -> DataSet:
    folder.mkdir(exist_ok=True)
    (folder / "orders.csv").write_text("no,who,when\n1,a,2024-06-01\n2,b,2024-06-02\n", encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES.replace("VALUE", value), encoding="utf-8")
    return load_data_set(str(folder))


@pytest.fixture(autouse=True)
def _work_can_be_named(monkeypatch):
    """The other process imports what it shall do by its name: this checkout has to be on its path."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))


def test_sql_runs_elsewhere_and_a_mapping_here(tmp_path):
    with_sql, without = shop(tmp_path / "a"), shop(tmp_path / "b")
    text = without.path.read_text(encoding="utf-8").replace('referrer = { sql = "upper(who)" }', "")
    without.path.write_text(text, encoding="utf-8")
    assert fenced(where, with_sql, tmp_path)[0] != os.getpid()
    assert fenced(where, load_data_set(str(without.path)), tmp_path)[0] == os.getpid()


def test_the_working_folder_is_no_place_to_import_from(tmp_path, monkeypatch):
    """A stranger's folder with a random.py in it would run as ours."""
    (tmp_path / "random.py").write_text("raise SystemExit('taken over')", encoding="utf-8")
    (tmp_path / "pandas.py").write_text("raise SystemExit('taken over')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", str(ROOT), "."]))  # an empty place means the working folder
    _, paths = fenced(where, shop(tmp_path / "shop"), tmp_path)
    assert not [path for path in paths if path in {"", str(tmp_path), str(tmp_path / "random.py")}]


def test_work_that_is_answered_is_the_parents_and_stays(tmp_path, monkeypatch):
    """The parent closes the pipe as soon as it has the answer: that is not its end."""
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    (tmp_path / "scratch").mkdir()
    answered = threading.Event()
    answered.set()
    fence._gone_with_parent(io.BytesIO(), str(tmp_path / "scratch"), answered)
    assert (tmp_path / "scratch").exists() and not ended
    fence._gone_with_parent(io.BytesIO(), str(tmp_path / "scratch"), threading.Event())
    assert not (tmp_path / "scratch").exists() and ended == [1]


def test_a_table_that_was_counted_but_is_not_there_is_an_error(tmp_path):
    data_set = shop(tmp_path)
    facts = land(data_set, tmp_path / "landed").facts
    (tmp_path / "out").mkdir()
    with pytest.raises(FileNotFoundError, match="source_records.parquet"):
        landing._move_into(tmp_path / "out", tmp_path / "again", facts)


def test_an_answer_and_an_error_come_back_as_they_are(tmp_path):
    data_set = shop(tmp_path)
    report = land(data_set, tmp_path / "landed")
    assert report.facts.counts["orders"].landed == 2
    assert "orders" in "\n".join(check(data_set).lines())
    with pytest.raises(SchemaError, match="files.orders: got a; expected b. Do c."):
        fenced(fails, data_set, tmp_path, "ours")
    with pytest.raises(RuntimeError, match="KeyError: 'a fault of ours'"):
        fenced(fails, data_set, tmp_path, "fault")
    with pytest.raises(OSError, match="No space left") as full:
        fenced(fails, data_set, tmp_path, "disk")
    assert full.value.errno == 28


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux bounds the address space")
@pytest.mark.parametrize(("how", "word"), [("memory", "GB of memory"), ("abort", "broke down")])
def test_a_process_that_ends_is_told_by_name_and_place(tmp_path, monkeypatch, how, word):
    monkeypatch.setattr(fence, "MEMORY", 2500 * fence.MB)
    with pytest.raises(SchemaError, match=word) as told:
        fenced(fails, shop(tmp_path), tmp_path, how)
    assert str(told.value).startswith("sql: got ")
    assert "tables.orders[1].columns.referrer.sql" in str(told.value)


def test_what_is_late_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(fence, "SECONDS", 4.0)
    begun = time.monotonic()
    with pytest.raises(SchemaError, match="takes longer than 4 seconds"):
        check(shop(tmp_path, ENDLESS))
    assert time.monotonic() - begun < 14
    assert children_of(os.getpid()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux bounds the address space")
def test_what_wants_too_much_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fence, "MEMORY", 2500 * fence.MB)
    with pytest.raises(SchemaError, match="(?i)memory") as told:
        check(shop(tmp_path, "length(repeat('x', 1500000000))::varchar"))
    assert str(told.value).startswith(("sql: got", "tables.orders: got"))


def test_limits_grow_with_the_files(tmp_path):
    data_set = shop(tmp_path)
    small = limits_for(data_set)
    with (tmp_path / "orders.csv").open("ab") as stream:
        stream.truncate(100 * fence.MB)
    large = limits_for(data_set)
    assert large.seconds == pytest.approx(small.seconds + 300, abs=0.01)
    assert large.memory - small.memory == pytest.approx(800 * fence.MB, abs=10_000)
    assert large.spill > small.spill


PROGRAM = """
import signal, sys
from pathlib import Path
from rcommerce_helpers.sources import land, load_data_set
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests are a background job
{handler}
print("started", flush=True)
land(load_data_set({folder!r}), Path({folder!r}) / "landed")
"""
AS_A_RUN_DOES = """
def stop(*_): raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stop)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    ("sent", "handler"),
    [("SIGINT", ""), ("SIGTERM", AS_A_RUN_DOES), ("SIGTERM", ""), ("SIGKILL", "")],
    ids=["Ctrl-C", "SIGTERM, caught", "SIGTERM", "SIGKILL"],
)
def test_nothing_stays_behind_when_the_parent_ends(tmp_path, sent, handler):
    """The program has no main guard: were it run again in the child, it would say so twice."""
    shop(tmp_path / "shop", ENDLESS)
    (tmp_path / "tmp").mkdir()
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(handler=handler, folder=str(tmp_path / "shop")), encoding="utf-8")
    env = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    parent = subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env
    )
    child: list[int] = []
    try:
        child = wait_for(lambda: children_of(parent.pid))
        wait_for(lambda: list((tmp_path / "tmp").rglob("out")))
        parent.send_signal(getattr(signal, sent))
        begun = time.monotonic()
        said = parent.communicate(timeout=20)[0]
        wait_for(lambda: not any(alive(pid) for pid in child))
    finally:
        parent.kill()
        for pid in filter(alive, child):
            os.kill(pid, signal.SIGKILL)
    assert said.count("started") == 1
    assert time.monotonic() - begun < 5
    wait_for(lambda: not list((tmp_path / "tmp").iterdir()))
    assert not (tmp_path / "shop" / "landed").exists()


def wait_for(what, seconds: float = 20):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)
    return found


def children_of(pid: int) -> list[int]:
    done = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in done.stdout.splitlines() if "sources.fence" in line]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or ") Z " not in state.read_text(encoding="utf-8")
