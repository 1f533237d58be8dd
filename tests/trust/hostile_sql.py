"""What a stranger could write into a sources.toml to do harm, and a judge who looks whether it did.

A try is one text in one field. Its world is a folder with a project, a secret beside it, a home and a port that counts
who calls. An effect is: a file written or changed outside the landed tables, a secret or a system file read or shown, a
call to the port, more time or memory than allowed, a process or a temporary folder left behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from rcommerce_helpers.errors import RCommerceError
from rcommerce_helpers.sources import check, fence, land, load_data_set
from rcommerce_helpers.sources.engine import engine, load_files
from tests.trust.hostile_texts import BOMBS, CANARY, FIELDS, GOOD, PACKAGES, SELECTS, TEXTS, VALUES

SYSTEM = ("root:x:0", CANARY)
SECONDS = 15.0
MEMORY = 4 * 1024**3
SLACK_SECONDS = 10.0

AROUND = (
    "upper({})", "({}) || no", "case when no = '1' then {} else no end", "coalesce({}, {})", "nullif({}, 'x').upper()",
    "(select max({}) from orders)", "no in (select cast({} as varchar) from orders)", "/* {} */ ({})", "-- {}\n{}",
    "list_filter([no], lambda x: x = ({}))::varchar", "try_cast({} as integer)", "lag({}) over (order by {})",
)  # fmt: skip
SQL_FIELDS = ("set_aside of a file", "sql of a column", "set_aside of a table")


@dataclass(frozen=True)
class Try:
    """One text in one field; ``bomb``: it asks for time or memory."""

    field: str
    text: str
    bomb: bool = False

    def __str__(self) -> str:
        return f"{self.field}: {self.text[:80]!r}"


def sql_tries() -> list[Try]:
    """Every written text of SQL, each in one of the fields it could stand in."""
    tries = [Try(SQL_FIELDS[i % 3], text) for i, text in enumerate(VALUES)]
    return [*tries, *(Try("sql of a table", text) for text in SELECTS)]


def text_tries() -> list[Try]:
    """Every field that holds no SQL, with texts in turn."""
    tries = [Try(name, TEXTS[(2 * i + j) % len(TEXTS)]) for i, name in enumerate(FIELDS) for j in range(2)]
    return [*tries, *(Try("file.path", path) for path in PACKAGES)]


def bomb_tries() -> list[Try]:
    return [Try(("sql of a column", "set_aside of a file")[i % 2], text, bomb=True) for i, text in enumerate(BOMBS)]


def made_up(count: int, seed: int) -> list[Try]:
    """Hostile values put into harmless surroundings, and these into others."""
    rng = random.Random(seed)
    tries = []
    for i in range(count):
        text = rng.choice(VALUES)
        for _ in range(rng.randrange(1, 4)):
            text = rng.choice(AROUND).replace("{}", text)
        select = f'select {text} as order_id, who as record_id, "when" as "at" from orders'
        tries.append(Try("sql of a table", select) if i % 4 == 0 else Try(SQL_FIELDS[i % 3], text))
    return tries


@dataclass
class World:
    """A folder with a project and what lies around it; ``calls`` counts who connected to the port."""

    folder: Path
    port: int = 0
    calls: list[str] = field(default_factory=list)

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def landed(self) -> Path:
        return self.folder / "landed"

    def build(self) -> None:
        for name in ("project", "outside", "home", "tmp"):
            (self.folder / name).mkdir()
        (self.project / "orders.csv").write_text("no,who,when\n1,a,2024-06-01\n2,b,2024-06-02\n", encoding="utf-8")
        pd.DataFrame({"no": ["1"], "who": ["a"]}).to_parquet(self.project / "lines.parquet")
        (self.outside / "secret.txt").write_text(CANARY, encoding="utf-8")
        (self.outside / "secret.csv").write_text(f"a\n{CANARY}\n", encoding="utf-8")
        (self.outside / "secret.json").write_text(json.dumps({"a": CANARY}), encoding="utf-8")
        pd.DataFrame({"a": [CANARY]}).to_parquet(self.outside / "secret.parquet")

    def filled(self, text: str) -> str:
        for name, value in {"outside": self.outside, "project": self.project, "port": self.port, "good": GOOD}.items():
            text = text.replace("{" + name + "}", str(value))
        return text.replace("{{", "{").replace("}}", "}")


@contextlib.contextmanager
def world(seconds: float = SECONDS) -> Iterator[World]:
    """A world with an open ear, its own home and its own folder for temporary files; low limits for the fence."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as ear:
        made = World(Path(folder), ear.getsockname()[1])
        made.build()
        threading.Thread(target=_listen, args=(ear, made.calls), daemon=True).start()
        before = {name: os.environ.get(name) for name in ("HOME", "TMPDIR")}
        limits, tempdir = (fence.SECONDS, fence.MEMORY), tempfile.tempdir
        os.environ.update(HOME=str(made.folder / "home"), TMPDIR=str(made.folder / "tmp"))
        fence.SECONDS, fence.MEMORY, tempfile.tempdir = seconds, MEMORY, str(made.folder / "tmp")
        try:
            yield made
        finally:
            fence.SECONDS, fence.MEMORY = limits
            tempfile.tempdir = tempdir
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _listen(ear: socket.socket, calls: list[str]) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, address = ear.accept()
            calls.append(str(address))
            caller.close()


def description(place: World, one: Try) -> str:
    """The sources.toml of a try, with its text in its field; other files of the project are written along."""
    text = place.filled(one.text)
    parts = _fields(one.field, text)
    if one.field == "header":
        (place.project / "orders.csv").write_text(f"no,who,when,{_csv(text)}\n1,a,2024-06-01,x\n", encoding="utf-8")
        parts["column"] = text
    elif one.field == "cell":
        (place.project / "orders.csv").write_text(f"no,who,when\n1,{_csv(text)},2024-06-01\n", encoding="utf-8")
    elif one.field == "offers":
        with contextlib.suppress(OSError, ValueError):
            (place.project / "offers.toml").symlink_to(text)
    return _toml(parts)


def _fields(name: str, text: str) -> dict[str, object]:
    """Path inside the description -> value, for ``_toml``."""
    parts: dict[str, object] = {name: text}
    if name in {"basis.purposes", "file.names", "file.missing"}:
        parts[name] = [text]
    if name == "expect.rows_min":
        parts[name] = {text: 1}
    if name in {"rule", "set_aside of a file"}:
        rule = text if name == "rule" else "odd"
        parts["file.set_aside"] = [{"rule": rule, "where": "no = '9'" if name == "rule" else text}]
    return parts


def _toml(parts: dict[str, object]) -> str:
    data_set = {"name": "tiny", "title": "T", "as_of": "2024-06-30", "currency": "EUR", "time_zone": "Europe/Berlin"}
    data_set |= {"tax": "included"} | _under("data_set", parts)
    file = {"path": "orders.csv", "source": "shop"} | _under("file", parts)
    key = str(parts.get("file key", "orders"))
    table: dict[str, object] = {"from": parts.get("from", key), "columns": _columns(parts)}
    if "sql of a table" in parts:
        table = {"sql": parts["sql of a table"], "source": "shop"}
    if "set_aside of a table" in parts:
        table["set_aside"] = [{"rule": "odd", "where": parts["set_aside of a table"]}]
    config = {"data_set": data_set, "files": {key: file, "lines": {"path": "lines.parquet"}}}
    config |= {"tables": {str(parts.get("table name", "orders")): [table]}}
    if under := _under("basis", parts):
        config["basis"] = {"text": "t", "purposes": []} | under
    if under := _under("expect", parts):
        config["expect"] = under
    return "\n".join(f"{json.dumps(name)} = {_inline(value)}" for name, value in config.items()) + "\n"


def _columns(parts: dict[str, object]) -> dict[str, object]:
    columns: dict[str, object] = {"order_id": "no", "record_id": "who", "at": "when"}
    if "sql of a column" in parts:
        columns["referrer"] = {"sql": parts["sql of a column"]}
    if "constant" in parts:
        columns["referrer"] = {"constant": parts["constant"]}
    if "column" in parts:
        columns["referrer"] = parts["column"]
    if "values key" in parts or "values value" in parts:
        columns["referrer"] = {"column": "no", "values": {parts.get("values key", "1"): parts.get("values value", "x")}}
    if "column source" in parts:
        columns["record_id"] = {"column": "who", "source": parts["column source"]}
    if "canonical column" in parts:
        columns[str(parts["canonical column"])] = "no"
    return columns


def _under(section: str, parts: dict[str, object]) -> dict[str, object]:
    return {name.partition(".")[2]: value for name, value in parts.items() if name.startswith(f"{section}.")}


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(k))} = {_inline(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def effects(one: Try, *, looking: bool = False, seconds: float = SECONDS) -> list[str]:
    """What a try did that it must not do, in a fresh world; empty = nothing. ``looking``: by check, else by land."""
    with world(seconds) as place:
        path = place.project / "sources.toml"
        path.write_text(description(place, one), encoding="utf-8")
        before = looked_at(place)
        begun, said = time.monotonic(), ""
        try:
            data_set = load_data_set(str(path))
            said = (
                "\n".join(check(data_set).lines()) if looking else str(land(data_set, place.landed).quarantine.to_csv())
            )
        except RCommerceError as error:
            said = str(error)
        except Exception as error:  # noqa: BLE001 - an error without a name is one of the effects
            said = f"{type(error).__name__}: {error}"
            return [f"{one}: {said[:200]}"]
        late = time.monotonic() - begun - seconds
        return [f"{one}: {what}" for what in seen_of(place, before, said, late)]


def seen_of(place: World, before: dict[str, tuple[int, int, float]], said: str, late: float) -> list[str]:
    """The effects: what is shown, what differs on the disk, who called, what is left, how much too long it took."""
    found = [f"shows {word!r}" for word in SYSTEM if word in said or word in _landed_text(place.landed)]
    found += _differences(before, looked_at(place))
    found += [f"called the port: {call}" for call in place.calls]
    found += [f"left {path.name} in the temporary folder" for path in (place.folder / "tmp").iterdir()]
    if late > SLACK_SECONDS:
        found.append(f"took {late:.0f} s longer than its limit")
    if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 > MEMORY:
        found.append("took more memory than its limit")
    return found


def _differences(before: dict[str, tuple[int, int, float]], after: dict[str, tuple[int, int, float]]) -> list[str]:
    """Files written, changed or (outside the project) read between two looks."""
    found = [f"wrote {name}" for name in sorted(set(after) - set(before))]
    found += [f"removed {name}" for name in sorted(set(before) - set(after))]
    for name in sorted(set(before) & set(after)):
        if before[name][:2] != after[name][:2]:
            found.append(f"changed {name}")
        elif before[name][2] != after[name][2] and name.startswith("outside"):
            found.append(f"read {name}")
    return found


def looked_at(place: World) -> dict[str, tuple[int, int, float]]:
    """Size, time of the last change and of the last reading of every file but the landed ones.

    The time of reading is set back before, so that a file system that notes it at all notes it anew.
    """
    seen = {}
    for top in ("project", "outside", "home"):
        for path in sorted((place.folder / top).rglob("*")):
            if path.is_file() and not path.is_symlink():
                stat = path.stat()
                os.utime(path, ns=(min(stat.st_atime_ns, stat.st_mtime_ns - 1), stat.st_mtime_ns))
                seen[str(path.relative_to(place.folder))] = (stat.st_size, stat.st_mtime_ns, path.stat().st_atime)
    return seen


def _landed_text(landed: Path) -> str:
    texts = [path.read_text(encoding="utf-8") for path in landed.glob("*.toml")]
    texts += [str(pq.read_table(path).to_pylist()) for path in sorted(landed.glob("*.parquet"))]
    return "\n".join(texts)


def locked_effects(one: Try, place: World) -> list[str]:
    """What a text does when it is run as it stands, without the parser, in the engine after its lock."""
    path = place.project / "sources.toml"
    path.write_text(description(place, Try("sql of a table", GOOD)), encoding="utf-8")
    data_set = load_data_set(str(path))
    text = place.filled(one.text)
    statement = text if one.field == "sql of a table" else f"select {text} from orders"
    with tempfile.TemporaryDirectory(dir=place.folder) as scratch, engine(Path(scratch)) as connection:
        (out := Path(scratch) / "out").mkdir()
        load_files(connection, data_set, out)
        settings = "select name, value from duckdb_settings() order by name"
        known, before, said = connection.sql(settings).fetchall(), looked_at(place), ""
        try:
            said = str(connection.execute(statement).fetchall())
        except Exception as error:  # noqa: BLE001 - refused in whatever words
            said = str(error)
        with contextlib.suppress(Exception):
            connection.execute("rollback")
        # `use` chooses among schemas of this one engine, of which there is one; no lock of DuckDB's forbids it
        after = connection.sql(settings).fetchall()
        found = [f"set {new}" for old, new in zip(known, after) if old != new and old[0] != "search_path"]
        found += [f"shows {word!r}" for word in SYSTEM if word in said.replace(text, "")]
        found += [f"called the port: {call}" for call in place.calls]
        return [f"{one}: {what}" for what in [*found, *_differences(before, looked_at(place))]]
