"""Faults of the surroundings: killed, stopped, two at once, no space; and what the machine refuses gets its name.

A few tries of each; ``benchmarks/trust.py`` makes as many as FIGURES asks for.
"""

import errno
import os
import signal
import sys
from pathlib import Path

import duckdb
import pytest
from tiny_runs import FIRST, TinyWorld, write_notebook

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.errors import ParamError, Surroundings
from rcommerce_helpers.lock import one_writer
from rcommerce_helpers.surroundings import cause_in, cause_of, check_open_files

from .faults import can_mount, filled, full_disks, kills, pairs, small_disk, stops, whole_run

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
administrator = pytest.mark.skipif(not can_mount(), reason="a small file system can be made by an administrator only")


@posix
def test_a_killed_run_leaves_nothing_after_the_next_start_and_the_same_figures(tmp_path):
    assert [trial for trial in kills(tmp_path, tries=1, seed=11) if not trial.survived] == []


@posix
def test_of_two_runs_on_one_folder_one_waits_or_is_told(tmp_path):
    assert [trial for trial in pairs(tmp_path, tries=1) if not trial.survived] == []


@posix
def test_a_stop_ends_with_130_within_five_seconds(tmp_path):
    found = stops(tmp_path, [signal.SIGHUP])  # SIGINT and SIGTERM: workspace/test_run_interrupted.py
    assert [trial for trial, _ in found if not trial.survived] == []
    assert max(seconds for _, seconds in found) < 15  # the figure is 5 on a machine with nothing else to do


@posix
def test_a_stop_in_landing_is_a_stop_also_where_the_engine_makes_an_error_of_it(tmp_path):
    """DuckDB turns a stop into a RuntimeError; the run still ends as stopped, and leaves nothing."""
    from rcommerce_helpers.workspace.runs.progress import Lines
    from rcommerce_helpers.workspace.runs.request import plan_of
    from rcommerce_helpers.workspace.runs.session import run_notebooks

    class Stopped:
        fingerprint = name = "stopped"

        def land(self, folder, previous):
            try:
                os.kill(os.getpid(), signal.SIGTERM)  # a background job ignores Ctrl-C
            except KeyboardInterrupt:
                raise RuntimeError("Query interrupted") from None

    world = TinyWorld(tmp_path)
    from tiny_runs import STARTED

    outcome = run_notebooks(plan_of(world.request(), world.table), Stopped(), Lines(), started=STARTED)
    assert outcome.exit_code == 130
    assert world.left() == []


@administrator
@pytest.mark.slow
def test_a_full_disk_is_named_and_spares_the_earlier_run(tmp_path):
    assert [trial for trial in full_disks(tmp_path, [0.2]) if not trial.survived] == []


@administrator
def test_a_full_folder_of_temporary_files_is_named(tmp_path):
    temporary = tmp_path / "tmp"
    with small_disk(temporary, 1), filled(temporary, leave_mb=0.0):
        code, said = whole_run(tmp_path / "world", TMPDIR=str(temporary))
    assert code in (0, 5), said
    assert code == 0 or "space on the file system of" in said


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), "space on the file system of /tmp"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "space on the file system of"),
        (OSError(errno.EMFILE, "Too many open files"), "open files"),
        (OSError(errno.ENFILE, "File table overflow"), "open files"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory"),
        (OSError(errno.EROFS, "Read-only file system", "/proc/x"), "/proc/x"),
        (MemoryError(), "memory"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data of size 8.0 MiB"), "memory"),
        (duckdb.IOException('Could not write file "/tmp/q/x.parquet": No space left on device'), "space on the file"),
        (duckdb.IOException('IO Error: Could not set lock on file "/a/b": Conflicting lock is held (PID 77)'), "/a/b"),
        (RuntimeError("can't start new thread"), "memory"),
    ],
)
def test_what_the_machine_refuses_has_its_own_name(error, name):
    try:
        raise ValueError("landing failed") from error
    except ValueError as outer:
        found = cause_of(outer)
    assert isinstance(found, Surroundings)
    assert found.name.startswith(name)
    assert found.EXIT_CODE == 5


@pytest.mark.parametrize("text", ["No space left on device", "Out of Memory", "Too many open files"])
def test_a_text_that_only_speaks_of_it_is_no_refusal(text):
    assert cause_of(ValueError(f"orders.note: got {text!r}; expected a date")) is None
    assert cause_in("SchemaError", f"orders.note: got {text!r}") is None


def test_the_fullest_of_several_file_systems_is_named(tmp_path, monkeypatch):
    import shutil
    from types import SimpleNamespace

    free = {str(tmp_path): 5_000_000, "/": 90_000_000}
    monkeypatch.setattr(shutil, "disk_usage", lambda p: SimpleNamespace(free=free.get(str(p), 10**9), total=10**9))
    assert str(tmp_path) in str(cause_of(OSError(errno.ENOSPC, "No space left on device"), (Path("/"), tmp_path)))


@posix
def test_too_few_open_files_end_the_start_of_a_run_and_a_low_limit_is_raised(monkeypatch):
    import resource

    set_to = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: set_to.append(limits))
    check_open_files()
    assert set_to == [(256, 4096)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 128))
    with pytest.raises(Surroundings, match="open files: got a limit of 128; expected at least 256"):
        check_open_files()


def test_a_refusal_in_a_cell_ends_with_5(tmp_path):
    world = TinyWorld(tmp_path)
    write_notebook(world.notebook(FIRST), 'raise OSError(28, "No space left on device", "/tmp/x")')
    outcome = world.run(stages=("first",))
    assert outcome.exit_code == 5
    assert "01_first, cell 6: space on the file system of /tmp" in outcome.errors[0]


@posix
def test_a_cell_short_of_memory_ends_with_5(tmp_path):
    world = TinyWorld(tmp_path)
    cell = """
    import resource
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 3 * 10**8,) * 2)
    bytearray(10**9)
    """
    write_notebook(world.notebook(FIRST), cell)
    outcome = world.run(stages=("first",))
    assert outcome.exit_code == 5
    assert "memory: got not enough" in outcome.errors[0]


@posix
def test_a_process_that_died_under_a_limit_is_told_with_the_limit(monkeypatch):
    import resource

    from rcommerce_helpers import surroundings

    monkeypatch.setattr(resource, "getrlimit", lambda _: (2 * 10**9, 2 * 10**9))
    assert surroundings.death_of("the kernel")[1] == 5
    assert "with a limit of 2.0 GB (ulimit -v)" in surroundings.death_of("the kernel")[0]
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)
    monkeypatch.setattr(surroundings, "_free_share", lambda: 0.5)
    assert surroundings.death_of("the kernel") == (
        "the kernel died without a word; memory is not short now. See its notebook, and start again.",
        1,
    )
    monkeypatch.setattr(surroundings, "_free_share", lambda: 0.01)
    assert surroundings.death_of("the kernel")[1] == 5


def test_two_demo_worlds_never_meet_in_one_folder(tmp_path):
    with one_writer(tmp_path), pytest.raises(Surroundings, match="another writer in progress"):
        write_demo(100, 1, tmp_path / "world")
    (tmp_path / ".world.growing-killed").mkdir()
    write_demo(100, 1, tmp_path / "world")
    before = (tmp_path / "world" / "sources.toml").read_bytes()
    with pytest.raises(ParamError, match="which exists"):
        write_demo(100, 2, tmp_path / "world")
    assert (tmp_path / "world" / "sources.toml").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["world"]
