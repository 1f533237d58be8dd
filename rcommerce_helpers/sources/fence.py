"""Work with SQL of a stranger in a process of its own: bounded in memory, ended on time, gone with its parent.

DuckDB's own memory limit does not hold for every function, and its interrupt takes seconds; a limit of address space
and a kill do hold. The process is started anew, not forked: the parent has threads, and whatever program imports this
package, its main module is not run a second time. It takes its task from a pipe and gives its answer to another one.
Without SQL in the sources.toml the work is done where it is asked for.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Concatenate, ParamSpec, TypeVar

import duckdb

import rcommerce_helpers
from rcommerce_helpers.errors import RCommerceError, SchemaError
from rcommerce_helpers.files import imports_from_elsewhere
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.foreign_sql import foreign_texts

Given = ParamSpec("Given")
Result = TypeVar("Result")

SECONDS, SECONDS_PER_MB = 120.0, 3.0
MEMORY, MEMORY_PER_BYTE = 6 * 1024**3, 8
SPILL, SPILL_PER_BYTE = 4 * 1024**3, 40
MB = 1024 * 1024
BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); import rcommerce_helpers; del sys.path[0]; "
    "from rcommerce_helpers.sources.fence import serve; serve()"
)
"""The package is found where the parent found it, and nothing else is: the working folder is on no path (-P)."""


@dataclass(frozen=True)
class Limits:
    """What a landing may take: seconds of wall clock, bytes of address space, bytes of spilled rows on disk."""

    seconds: float
    memory: int
    spill: int


def limits_for(data_set: DataSet) -> Limits:
    """Limits that grow with the files; a file that is not there is told of elsewhere."""
    paths = [data_set.file_path(key) for key in data_set.config.files]
    size = sum(path.stat().st_size for path in paths)
    return Limits(SECONDS + SECONDS_PER_MB * size / MB, MEMORY + MEMORY_PER_BYTE * size, SPILL + SPILL_PER_BYTE * size)


def fenced(
    work: Callable[Concatenate[DataSet, Path, Given], Result],
    data_set: DataSet,
    scratch: Path,
    *args: Given.args,
    **named: Given.kwargs,
) -> Result:
    """Do ``work(data_set, scratch, ...)``, in a process of its own where the sources.toml holds SQL.

    Parameters
    ----------
    work
        A function of a module, so that it can be named to the other process.
    data_set, scratch
        What is landed, and a folder of the caller's, for everything that is written meanwhile.

    Raises
    ------
    SchemaError
        The work took more time or memory than the size of the files explains.
    RCommerceError
        As ``work`` raises it.
    """
    places = foreign_texts(data_set.config)
    if not places:
        return work(data_set, scratch, *args, **named)
    limits = limits_for(data_set)
    return apart(limits, scratch, lambda kind: _stopped(kind, limits, places), work, data_set, scratch, *args, **named)


def apart(
    limits: Limits,
    scratch: Path,
    stopped: Callable[[str], SchemaError],
    work: Callable[Given, Result],
    *args: Given.args,
    **named: Given.kwargs,
) -> Result:
    """Do ``work(...)`` in a process of its own, within limits.

    Parameters
    ----------
    limits, scratch
        What it may take, and the folder it writes into.
    stopped
        The complaint for how it ended without an answer: "late", "memory" or "ended".
    work
        A function of a module, so that it can be named to the other process.

    Raises
    ------
    SchemaError
        It took more than that.
    RCommerceError
        As ``work`` raises it.
    """
    answer = _asked(pickle.dumps((work, args, named)), scratch, limits)
    told: tuple[str, Any] = pickle.loads(answer) if answer else ("ended", None)  # noqa: S301 - our own process wrote it
    kind, content = told
    if kind == "done":
        result: Result = content
        return result
    if kind == "raised":
        raise content
    raise stopped(kind)


def _asked(task: bytes, scratch: Path, limits: Limits) -> bytes:
    """The answer of a new process; empty if it ended without one, a pickled ``("late", None)`` past its time."""
    root = str(Path(rcommerce_helpers.__file__).parents[1])
    command = [sys.executable, "-c", BOOT, root]
    pipe = subprocess.PIPE
    # a session of its own: Ctrl-C of the terminal goes to the parent, which ends the child
    environment = {**os.environ, **imports_from_elsewhere()}
    child = subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, start_new_session=True, env=environment
    )
    said: list[bytes] = []
    try:
        talk = threading.Thread(target=_talk, args=(child, (limits.memory, str(scratch), task), said), daemon=True)
        talk.start()
        talk.join(limits.seconds)
        return said[0] if said else pickle.dumps(("late", None))
    finally:
        child.kill()
        child.wait()


def _talk(child: subprocess.Popen[bytes], task: object, said: list[bytes]) -> None:
    """Hand the task over and wait for the answer; what is given to stdin stays open, its end means the parent's."""
    if child.stdin is None or child.stdout is None:
        return
    with child.stdin, child.stdout:
        try:
            pickle.dump(task, child.stdin)
            child.stdin.flush()
        except BrokenPipeError:  # it ended before it could listen
            pass
        said.append(child.stdout.read())


def _stopped(kind: str, limits: Limits, places: list[str]) -> SchemaError:
    time, memory = f"{limits.seconds:,.0f} seconds", f"{limits.memory / 1024**3:,.1f} GB of memory"
    got = {"late": f"SQL that takes longer than {time}", "memory": f"SQL that takes more than {memory}"}
    where = ", ".join(places[:5]) + (f" and {len(places) - 5} more" if len(places) > 5 else "")
    return SchemaError(
        "sql",
        got=got.get(kind, f"SQL at which the engine broke down within {time} and {memory}"),
        expected="what files of this size need",
        do=f"Look for a join without condition or a series without end, in {where}",
    )


def serve() -> None:
    """The other process: read the task, set the limits, do it, write the answer."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    memory, scratch, task = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    _limit(memory)
    answered = threading.Event()
    threading.Thread(target=_gone_with_parent, args=(sys.stdin.buffer, scratch, answered), daemon=True).start()
    answer = _answer(task)
    answered.set()  # from here on the folder is the parent's: it closes our stdin as soon as it has the answer
    answers.write(answer)
    answers.close()
    os._exit(0)


def _limit(memory: int) -> None:
    """Bound the address space where the system can (Linux), and leave no image of the memory behind."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


def _gone_with_parent(stdin: IO[bytes], scratch: str, answered: threading.Event) -> None:
    """A parent that was killed cleans nothing up: take its folder along, unless the work is done and waits for it."""
    stdin.read()
    if not answered.is_set():
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)


def _answer(task: bytes) -> bytes:
    try:
        work, args, named = pickle.loads(task)  # noqa: S301 - written by our own parent
        return pickle.dumps(("done", work(*args, **named)))
    except (MemoryError, duckdb.OutOfMemoryException):
        return pickle.dumps(("memory", None))
    except RCommerceError as error:
        return pickle.dumps(("raised", error))
    except duckdb.Error as error:
        return pickle.dumps(("raised", _engine_error(error)))
    except Exception as error:  # noqa: BLE001 - a fault of ours is told in the parent, with where it happened
        told = RuntimeError(f"{type(error).__name__}: {error}")
        told.add_note(traceback.format_exc())
        return pickle.dumps(("raised", error if isinstance(error, OSError) else told))


def _engine_error(error: duckdb.Error) -> SchemaError:
    return SchemaError(
        "sql",
        got=(str(error).strip().splitlines() or [type(error).__name__])[0].rstrip("."),
        expected="SQL that holds for every row of the files",
        do="Correct the SQL, or use try_cast where a value may be of another kind",
    )
