"""A Postgres server of our own (made anew in a folder under /tmp, on loopback, gone after the tests); no fence."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PASSWORD = "s3cret-Of-The-Test"


class Server:
    """A running server: ``url`` with user and password, ``execute`` for the tables of a test."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str = "postgres", *, user: str = "reader", password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(self.url(database, user="owner"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found is None and not folders:
        told = "the Postgres server is not installed; .ci/run installs it"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    return Path(found).resolve().parent if found else folders[-1].parent


@pytest.fixture(scope="module")
def without_fence() -> Iterator[None]:
    """SQL of presets, which is ours, runs where it is asked for: a process for each landing costs more than landing.

    What the fence holds and ends is tested in ``trust/test_fence.py``, that SQL gets one in ``trust/test_hostile_sql``.
    """
    with pytest.MonkeyPatch.context() as patch:
        for room in ("landing", "checking"):
            patch.setattr(
                f"rcommerce_helpers.sources.{room}.fenced", lambda work, *given, **named: work(*given, **named)
            )
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server with a database in UTF-8, an owner, and a reader who may read what the owner makes."""
    programs = _programs()
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to be root
    folder = Path(tempfile.mkdtemp(prefix="rc-postgres-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    data = folder / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    init = [programs / "initdb", "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", secret]
    subprocess.run([*init, "-E", "UTF8", "--locale=C", "--no-sync"], user=user, check=True, capture_output=True)
    options = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *options], user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_it_answers(port)
        made = Server(port)
        made.execute(
            f"create role reader login password '{PASSWORD}'",
            "alter default privileges grant select on tables to reader",
        )
        yield made
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _until_it_answers(port: int) -> None:
    import psycopg

    for _ in range(150):
        try:
            psycopg.connect(f"postgresql://owner:{PASSWORD}@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the Postgres server does not answer")
