"""What the machine refused, by its name: no space, too many files, no memory, somebody else's lock.

Such a fault is neither bad input nor a fault of ours, and the message says which file system or limit it was. Python
tells it by ``errno``; DuckDB, Arrow and a kernel tell it in words only, so the system's few phrases are looked for.
"""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from rcommerce_helpers.errors import Surroundings

SPACE = re.compile(
    r"No space left on device|Disk quota exceeded|errno.{0,3}28\b|max_temp_directory_size", re.IGNORECASE
)
FILES = re.compile(r"Too many open files", re.IGNORECASE)
MEMORY = re.compile(
    r"Out of Memory|Cannot allocate memory|Unable to allocate|bad_?.?alloc|malloc of size \d+ failed|"
    r"can.t start new thread|^MemoryError",
    re.IGNORECASE,
)
LOCKED = re.compile(r"Could not set lock on file|Conflicting lock", re.IGNORECASE)
READ_ONLY = re.compile(r"Read-only file system", re.IGNORECASE)
NUMBERS = {
    errno.ENOSPC: SPACE,
    getattr(errno, "EDQUOT", errno.ENOSPC): SPACE,
    errno.EMFILE: FILES,
    errno.ENFILE: FILES,
    errno.ENOMEM: MEMORY,
    errno.EROFS: READ_ONLY,
}
FEWEST_FILES = 256
"""Open files that a run needs: two kernels with their sockets, and the tables of a landing."""


def cause_of(error: BaseException, places: Iterable[Path] = ()) -> Surroundings | None:
    """The refusal of the machine behind an error, or None where there is none.

    Parameters
    ----------
    places
        Folders that were written to; where the system does not say which file system is full, the fullest is named.

    Examples
    --------
    >>> print(cause_of(OSError(errno.EMFILE, "Too many open files")))
    open files: got too many at once; expected room for more. Raise the limit (ulimit -n), or close other programs.
    >>> cause_of(ValueError("a wrong value")) is None
    True
    """
    for link in _chain(error):
        if isinstance(link, Surroundings):
            return link
        kind = NUMBERS.get(link.errno or 0) if isinstance(link, OSError) else None
        kind = MEMORY if isinstance(link, MemoryError) else kind or _kind(str(link), type(link).__name__)
        if kind is not None:
            named = getattr(link, "filename", None)
            return _told(kind, [Path(str(named))] if named else [*_paths_in(str(link)), *places], str(link))
    return None


def cause_in(name: str, text: str, places: Iterable[Path] = ()) -> Surroundings | None:
    """The same where only name and text of an error are known: what a kernel reports."""
    kind = MEMORY if name == "MemoryError" else _kind(text, name)
    return _told(kind, [*_paths_in(text), *places], text) if kind is not None else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__


def _kind(text: str, name: str) -> re.Pattern[str] | None:
    """Only errors of the system and of engines speak of the machine; a text of ours that quotes one does not."""
    system = ("OSError", "IOException", "OutOfMemoryException", "ArrowMemoryError", "RuntimeError", "InternalException")
    if name not in system and not name.endswith(("IOError", "MemoryError", "ZMQError", "HTTPException")):
        return None
    return next((kind for kind in (SPACE, FILES, LOCKED, READ_ONLY, MEMORY) if kind.search(text)), None)


def _paths_in(text: str) -> list[Path]:
    """Paths that a message quotes."""
    return [Path(found) for found in re.findall(r"[\"'](/[^\"']+?)\\?[\"']", text)]


def _told(kind: re.Pattern[str], places: list[Path], text: str) -> Surroundings:
    if kind is SPACE:
        return no_space(places)
    if kind is FILES:
        do = "Raise the limit (ulimit -n), or close other programs"
        return Surroundings("open files", got="too many at once", expected="room for more", do=do)
    if kind is LOCKED:
        holder = re.search(r"PID (\d+)", text)
        return Surroundings(
            str(next(iter(places), "file")),
            got=f"a lock of another program{f' (process {holder[1]})' if holder else ''}",
            expected="the file free",
            do="Close the other program, then start again",
        )
    if kind is READ_ONLY:
        name = str(next(iter(places), "file system"))
        return Surroundings(name, got="a file system that is read-only", expected="one to write on", do="Use another")
    return Surroundings("memory", got=f"not enough{limits()}", expected="more", do="Close other programs, or take less")


def no_space(places: Iterable[Path]) -> Surroundings:
    """No space left, on the fullest of the file systems of these places, or of the temporary folder."""
    known = [
        (_existing(place), shutil.disk_usage(_existing(place))) for place in (*places, Path(tempfile.gettempdir()))
    ]
    place, usage = min(known, key=lambda pair: pair[1].free)
    return Surroundings(
        f"space on the file system of {place}",
        got=f"{usage.free / 1e6:,.0f} MB free of {usage.total / 1e6:,.0f} MB",
        expected="enough for the tables, pages and temporary files of a run",
        do="Make room there, or choose another folder (--out for runs, TMPDIR for temporary files)",
    )


def _existing(path: Path) -> Path:
    return next((place for place in (path, *path.parents) if place.is_dir()), Path("/"))


def limits() -> str:
    """A limit of memory that holds for this process, in words; empty where there is none."""
    try:
        import resource
    except ImportError:
        return ""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return "" if soft == resource.RLIM_INFINITY else f", with a limit of {soft / 1e9:.1f} GB (ulimit -v)"


def check_open_files() -> None:
    """Take as many open files as the system gives; too few end the start, not the middle, of a run.

    Raises
    ------
    Surroundings
        The limit is below ``FEWEST_FILES``.
    """
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = hard == resource.RLIM_INFINITY or hard >= FEWEST_FILES
    if soft != resource.RLIM_INFINITY and soft < FEWEST_FILES and enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FEWEST_FILES, hard))
    elif not enough:
        raise Surroundings(
            "open files",
            got=f"a limit of {hard}",
            expected=f"at least {FEWEST_FILES}",
            do="Raise it: ulimit -n 1024",
        )


def death_of(what: str) -> tuple[str, int]:
    """What to say of a process that ended without a word, and the exit code: 5 where memory was limited or short."""
    if told := limits():
        return f"{what} died{told}. Raise the limit, or take less data.", Surroundings.EXIT_CODE
    free = _free_share()
    if free is not None and free < 0.05:
        return f"{what} died, and memory is short. Close other programs or take less data.", Surroundings.EXIT_CODE
    return f"{what} died without a word; memory is not short now. See its notebook, and start again.", 1


def _free_share() -> float | None:
    """Share of the machine's memory that is free; None where the system does not tell."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    found = dict(re.findall(r"^(\w+):\s+(\d+)", text, flags=re.MULTILINE))
    return int(found.get("MemAvailable", 0)) / int(found["MemTotal"])
