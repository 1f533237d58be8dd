"""The key of a project: a file beside its runs that only its owner may read, made by the first run that needs it.

It lies outside ``runs``, so that it is in no run that is copied or passed on. Whoever loses it loses nothing but the
names of the people in earlier runs: the next run names everybody anew. To change it, remove the file.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey

KEY_FILE = ".rcommerce-key"
ELSEWHERE = "RCOMMERCE_KEY_FILE"
"""Environment variable that names another place for the key."""
_NEW_KEY = "Remove it, and the next run makes another and names everybody anew; or put the right key there"
_FOLLOW_NOT = getattr(os, "O_NOFOLLOW", 0)


def key_path(project: Path) -> Path:
    """Where the key of a project folder lies."""
    return Path(os.environ.get(ELSEWHERE) or project.resolve() / KEY_FILE).absolute()


def project_key(path: Path) -> ProjectKey:
    """Read a key file; make it where there is none.

    Raises
    ------
    ParamError
        It is a link or a folder, others may read it, it holds no key, or its folder is not there. No message quotes
        what it holds.
    """
    if not os.path.lexists(path):
        _make(path)
    return ProjectKey(_read(path))


def _make(path: Path) -> None:
    """Put a new key in its place, whole or not at all; if another run was faster, its key stays."""
    if not path.parent.is_dir():
        raise _wrong(path, "a place in a folder that does not exist", "a folder", f"Make it, or change {ELSEWHERE}")
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # 0600, never an existing file
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(KEY_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            _name(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _name(temporary: str, path: Path) -> None:
    """Give a finished file its name, unless another has it."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(Path(temporary).read_bytes())


def _read(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        found = "a link" if path.is_symlink() else "a folder" if path.is_dir() else "no plain file"
        raise _wrong(path, found, "a plain file of your own", f"Move it away, or change {ELSEWHERE}")
    with os.fdopen(os.open(path, os.O_RDONLY | _FOLLOW_NOT), "rb") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise _wrong(
                path, f"a key others may read ({stat.S_IMODE(mode):04o})", "0600", f"Run `chmod 600 {path.name}`"
            )
        text = stream.read(10_000).strip()
    if not text:
        raise _wrong(path, "an empty key file", f"{2 * KEY_BYTES} hexadecimal digits", _NEW_KEY)
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError:  # its words would quote the key
        secret = b""
    if len(secret) < KEY_BYTES or not any(secret):
        raise _wrong(path, f"no key in {len(text)} characters", f"{2 * KEY_BYTES} hexadecimal digits", _NEW_KEY)
    return secret


def _wrong(path: Path, got: str, expected: str, do: str) -> ParamError:
    return ParamError(str(path), got=got, expected=expected, do=do)
