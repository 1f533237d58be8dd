"""Values that nobody else has, planted in the exports of a small demo world, and every place of a run they turn up in.

A canary has a kind (name, mail, phone, ...). ``hits`` opens all files of a folder, decodes parquet tables, notebooks,
pages and JSON, and gives each (file, kind) that ``named_tables.toml`` does not allow.
"""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.workspace.runs.data import described_data
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import Outcome, run_notebooks
from rcommerce_helpers.workspace.runs.stages import standard_table

PLACES = Path(__file__).with_name("named_tables.toml")
WORD = "zzq7"
KINDS = {
    "name": rf"{WORD}(?:given|family)",
    "mail": rf"{WORD}mail",
    "phone": r"(?:\+?49|0)\s*176\s*777\s*0\d{4}",
    "street": rf"{WORD}stra(?:ß|ss)e",
    "birth": r"1907-03-\d\d|\d\d\.03\.1907",
    "text": rf"{WORD}text|DE\d\d 7777 7777 7777",
    "attribute": rf"{WORD}hobby",
    "secret": rf"{WORD}secret",
}
"""Kind -> what it looks like wherever it turns up, in whatever spelling."""
SECRET = f"{WORD}secret-of-the-surroundings"
TEXT = f"{WORD}text Ruf an unter 0176 7770{{n:04}}, {WORD}given {WORD}family, IBAN DE44 7777 7777 7777 7777 77"
PEOPLE = 60


@dataclass(frozen=True)
class Hit:
    """A canary in a file that may not hold it."""

    file: str
    kind: str
    found: str


def plant(exports: Path) -> int:
    """Replace values of the exports; how many were planted.

    The first sixty records of the CRM get a name, a mail, a telephone, a street and a birth date, one of them one that
    cannot be read; the texts of as many reviews, messages and forms speak of a person; three attributes are hobbies.
    """
    planted = _replace(exports / "crm" / "kontakte.csv", {
        "Vorname": f"{WORD}given{{n}}", "Name": f"{WORD}family{{n}}", "Email": f"{WORD}mail{{n}}@zzq7post.de",
        "Telefon": "0176 7770{n:04}", "Geburtstag": "{day:02}.03.1907", "Strasse": f"{WORD}straße {{n}}",
    }, "cp1252", PEOPLE)  # fmt: skip
    planted += _replace(exports / "shop" / "formulare.csv", {"Eingabe": TEXT}, "cp1252", PEOPLE)
    planted += _replace(exports / "crm" / "merkmale.csv", {"Wert": f"{WORD}hobby"}, "cp1252", 3)
    planted += _retell(exports / "tickets" / "nachrichten.jsonl", "body")
    planted += _retell(exports / "bewertungen" / "bewertungen.jsonl", "text")
    planted += _replace(exports / "crm" / "einwilligungen.csv", {"Zeitpunkt": f"{WORD}text {{n}}"}, "utf-8", 5)
    return planted


def _replace(file: Path, values: dict[str, str], encoding: str, rows: int) -> int:
    table = pd.read_csv(file, sep=";", encoding=encoding, dtype=str, keep_default_na=False)
    rows = min(rows, len(table))
    for column, form in values.items():
        table.loc[: rows - 1, column] = [form.format(n=n, day=n % 28 + 1) for n in range(rows)]
    table.to_csv(file, sep=";", encoding=encoding, index=False, quoting=1)
    return rows * len(values)


def _retell(file: Path, field: str) -> int:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for n, line in enumerate(lines[:PEOPLE]):
        line[field] = TEXT.format(n=n)
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n", encoding="utf-8")
    return min(PEOPLE, len(lines))


def run_with_canaries(root: Path, *, persons: int = 300, seed: int = 41, stages: tuple[str, ...] = ()) -> Outcome:
    """All stages on a small world with canaries in its exports; ``root`` holds world, key and runs."""
    world = write_demo(persons, seed, root / "world")
    plant(world.folder / "exports")
    request = RunRequest(dataset=str(world.sources), out=root / "runs", stages=stages, project=root)
    data = described_data(str(world.sources), kept=request.out / ".read" / request.data_set)  # as the command does
    return run_notebooks(plan_of(request, standard_table()), data, Lines(), started=datetime.now(UTC))


def hits(folder: Path) -> list[Hit]:
    """Canaries in files that may not hold them, over every file of a folder, hidden ones too."""
    allowed = [(p["files"], set(p["kinds"])) for p in tomllib.loads(PLACES.read_text(encoding="utf-8"))["place"]]
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        open_to = set().union(*(kinds for files, kinds in allowed if fnmatch(name, files)))
        found += [Hit(name, kind, text) for kind, text in kinds_in(path) if kind not in open_to]
    return found


def kinds_in(path: Path) -> Iterator[tuple[str, str]]:
    """Kinds of canaries in one file, each with one example."""
    text = read_all(path)
    for kind, pattern in KINDS.items():
        example = re.search(pattern, text, flags=re.IGNORECASE)
        if example:
            yield kind, example.group()


def read_all(path: Path) -> str:
    """All text of a file: parquet decoded, names of columns and metadata included; escapes of JSON and HTML undone."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        columns = [table.column(name).to_pandas() for name in table.column_names]
        cells = (str(value) for column in columns for value in column.dropna().unique())
        return "\n".join([*table.column_names, str(table.schema.metadata), *cells])
    raw = path.read_bytes().decode("utf-8", errors="replace")
    unescaped = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), raw)
    return f"{raw}\n{html.unescape(unescaped)}"
