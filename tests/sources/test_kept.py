"""A landing with kept tables is the same, byte for byte; what changed is read anew."""

import json
from dataclasses import replace

import openpyxl
import pytest
from landing_kit import HEAD

from rcommerce_helpers.sources import engine as engine_module
from rcommerce_helpers.sources import land, load_data_set

COLUMNS = 'columns = { order_id = "no", record_id = "who", at = "when" }'


def book(path, rows):
    made = openpyxl.Workbook()
    for row in (["no", "who", "when"], *rows):
        made.active.append(row)
    made.save(path)


def described(folder, *, more=""):
    book(
        folder / "may.xlsx",
        [[n, f"k{n % 7}", f"2024-05-{n % 28 + 1:02}"] for n in range(300)] + [["x", "y", "never", 1]],
    )
    lines = [{"no": n, "who": f"k{n % 7}", "when": "2024-06-01"} for n in range(290, 500)]
    (folder / "june.jsonl").write_text("\n".join([*map(json.dumps, lines), "nonsense"]))
    files = "".join(
        f'[files.{key}]\npath = "{name}"\nsource = "shop"\n{more}\n[[tables.orders]]\nfrom = "{key}"\n{COLUMNS}\n'
        for key, name in (("may", "may.xlsx"), ("june", "june.jsonl"))
    )
    (folder / "sources.toml").write_text(f"{HEAD}\n{files}")
    return str(folder)


@pytest.fixture
def readings(monkeypatch):
    """Names of the files that a reader read."""
    seen = []
    for form in ("xlsx", "jsonl"):
        reader = engine_module.READERS[form]

        def told(path, spec, name, reader=reader):
            seen.append(path.name)
            return reader(path, spec, name)

        monkeypatch.setitem(engine_module.READERS, form, told)
    return seen


def landed(folder, target):
    land(replace(load_data_set(str(folder)), kept=folder / "kept"), target)
    return {path.name: path.read_bytes() for path in sorted(target.iterdir())}


def test_the_same_bytes_whatever_is_kept(tmp_path, readings):
    path = described(tmp_path)
    land(load_data_set(path), tmp_path / "plain")
    plain = {file.name: file.read_bytes() for file in sorted((tmp_path / "plain").iterdir())}
    assert not (tmp_path / "kept").exists(), "nothing is kept unless somebody says where"
    assert landed(tmp_path, tmp_path / "first") == plain
    del readings[:]
    assert landed(tmp_path, tmp_path / "second") == plain
    assert readings == []


def test_only_what_is_new_is_read(tmp_path, readings):
    described(tmp_path)
    landed(tmp_path, tmp_path / "first")
    with (tmp_path / "june.jsonl").open("a") as file:
        file.write('\n{"no": 900, "who": "k1", "when": "2024-06-02"}\n')
    del readings[:]
    with_kept = landed(tmp_path, tmp_path / "second")
    assert readings == ["june.jsonl"]
    land(load_data_set(str(tmp_path)), tmp_path / "anew")
    assert with_kept == {file.name: file.read_bytes() for file in sorted((tmp_path / "anew").iterdir())}
    assert len(list((tmp_path / "kept").glob("*.parquet"))) == 2, "of the last landing, and no other"


def test_another_declaration_reads_anew(tmp_path, readings):
    described(tmp_path)
    landed(tmp_path, tmp_path / "first")
    described(tmp_path, more='decimal = ","')
    del readings[:]
    landed(tmp_path, tmp_path / "second")
    assert sorted(readings) == ["june.jsonl", "may.xlsx"]


@pytest.mark.parametrize("damage", [b"", b"PAR1 something else PAR1"])
def test_a_kept_table_that_was_touched_is_not_believed(tmp_path, readings, damage):
    described(tmp_path)
    plain = landed(tmp_path, tmp_path / "first")
    for path in (tmp_path / "kept").glob("*.parquet"):
        path.write_bytes(damage)
    del readings[:]
    assert landed(tmp_path, tmp_path / "second") == plain
    assert len(readings) == 2


def test_a_landing_that_fails_keeps_nothing(tmp_path):
    described(tmp_path)
    text = (tmp_path / "sources.toml").read_text()
    (tmp_path / "sources.toml").write_text(text + "[expect]\nrows_min = { orders = 9999 }\n")
    with pytest.raises(ValueError, match="rows landed"):
        landed(tmp_path, tmp_path / "first")
    assert not (tmp_path / "kept").exists()
