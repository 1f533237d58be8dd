"""JSON arrays land as JSON lines do, read piece by piece; what is cut off or no JSON is refused by its row."""

import gzip
import json
import random
import tracemalloc

import pytest
from landing_kit import ORDERS, Shop

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import json_files
from rcommerce_helpers.sources.config import FileSection
from rcommerce_helpers.sources.json_files import read_json_array, read_json_lines

ONE = {"no": 1, "who": "a", "when": "2024-06-01"}
TWO = {"no": 2, "who": "b", "when": "2024-06-02"}


def landed(folder, content, *, file="orders.json", options=""):
    folder.mkdir(exist_ok=True)
    shop = Shop(folder, file=file, options=options).write(
        content if isinstance(content, bytes) else json.dumps(content)
    )
    return shop, shop.land()


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ([ONE, TWO], ""),
        ({"orders": [ONE, TWO]}, ""),
        ({"count": 2, "orders": [ONE, TWO], "next": None}, ""),
        ({"a": [1], "data": {"x": [], "orders": [ONE, TWO], "y": {}}}, 'rows = "data.orders"'),
    ],
)
def test_the_rows_of_an_array_wherever_it_lies(tmp_path, content, options):
    shop, report = landed(tmp_path, content, options=options)
    assert shop.table()["order_id"].to_list() == ["1", "2"]
    assert report.facts.counts["orders"].rows_in == 2


def test_a_packed_array(tmp_path):
    shop, _ = landed(tmp_path, gzip.compress(json.dumps([ONE]).encode()), file="orders.json.gz")
    assert shop.table()["order_id"].to_list() == ["1"]


def test_lines_and_an_array_of_the_same_objects_are_the_same(tmp_path):
    """Numbers, nested values, nothing and signs of all kinds; whatever the size of the pieces read."""
    chance = random.Random(5)
    values = [1, -2.50, 1e30, 2**70, True, None, "", 'ä\u2028"\\/', "x" * 300, [1, {"a": 2}], {"b": [None]}, "NaN"]
    rows = [{f"c{k}": chance.choice(values) for k in range(chance.randint(1, 6))} for _ in range(400)]
    (tmp_path / "a.jsonl").write_text(
        "\n".join(json.dumps(r, ensure_ascii=chance.random() < 0.5) for r in rows), "utf-8"
    )
    spec = FileSection(path="a")
    lines = [b.records for b in read_json_lines(tmp_path / "a.jsonl", spec, "a")][0]
    for indent in (None, 3):
        (tmp_path / "a.json").write_text(json.dumps({"n": 1, "rows": rows, "z": [{}]}, indent=indent), "utf-8")
        for chunk in (1, 7, 1 << 16):
            json_files.CHUNK = chunk
            try:
                found = [
                    b.records for b in read_json_array(tmp_path / "a.json", FileSection(path="a", rows="rows"), "a")
                ]
            finally:
                json_files.CHUNK = 1 << 16
            assert found[0].equals(lines)


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"", "", ["no valid JSON", "end of the file"]),
        (b"[]", "", ["no JSON object in the array"]),
        (b"[1, 2]", "", ["no JSON object in the array"]),
        (json.dumps([ONE, TWO]).encode()[:-12], "", ["no valid JSON"]),
        (json.dumps([ONE, TWO]).encode()[:-1], "", ["after row 2", "end of the file"]),
        (json.dumps({"orders": [ONE], "count": 1}).encode()[:-1], "", ["no valid JSON"]),
        (json.dumps([ONE]).encode() + b"]", "", ["behind the end"]),
        (json.dumps(ONE).encode() + b"\n" + json.dumps(TWO).encode(), "", ["behind the end", 'format = "jsonl"']),
        (json.dumps(ONE).encode(), "", ["an object with no arrays", "rows = "]),
        (b'{"a": [1], "b": [2]}', "", ["2 arrays: a, b", "rows = "]),
        (b'{"orders": [{}], "orders": [{"no": 1}]}', 'rows = "orders"', ["'orders' twice"]),
        (b'{"a": [1]}', 'rows = "orders"', ["no key 'orders'"]),
        (b'{"orders": 5}', 'rows = "orders"', ["no valid JSON ('5')", "["]),
        (b"[{'no': 1}]", "", ["no valid JSON"]),
        (b'[{"no": 1},]', "", ["after row 1", "no valid JSON"]),
        (b"[" * 100_000, "", ["no valid JSON"]),
        (b'[{"no": ' + b"9" * 5000 + b"}]", "", ["no valid JSON"]),
        ('[{"who": "ü"}]'.encode("cp1252"), "", ["UTF-8"]),
        ('[{"who": "ü"}]'.encode("utf-16"), "", ["UTF-8"]),
        (b'[{"no": 1, "NO": 2}]', "", ["'NO' a second time"]),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "", ["UTF-8"]),
    ],
)
def test_what_is_no_array_of_objects_is_refused_whole(tmp_path, content, options, words):
    with pytest.raises(SchemaError) as refused:
        landed(tmp_path, content, options=options)
    assert [word for word in words if word not in str(refused.value)] == [], str(refused.value)
    assert not (tmp_path / "landed").exists()


def test_elements_that_are_no_rows_are_quarantined_with_their_place(tmp_path):
    text = f'[{json.dumps(ONE)}, 7, {{"no": 2, "no": 3, "who": "b"}}, {{"no": 4, "who": "\\ud800"}}, []]'
    shop, report = landed(tmp_path, text.encode())
    assert report.quarantine["line"].to_list() == [2, 3, 4, 5]
    assert set(report.quarantine["reason"]) == {"not one JSON object"}
    assert report.facts.counts["orders"].rows_in == 5


@pytest.mark.parametrize("line", ['{"no": 1, "who": "\\ud800", "when": "2024-06-01"}', '{"no": ' + "[" * 100_000])
def test_a_line_no_text_can_hold_is_a_bad_line(tmp_path, line):
    shop, report = landed(tmp_path, f"{json.dumps(ONE)}\n{line}\n".encode(), file="orders.jsonl")
    assert report.quarantine["line"].to_list() == [2]


def test_an_array_is_never_in_memory_as_a_whole(tmp_path):
    row = json.dumps({**ONE, "note": "x" * 2000})
    (tmp_path / "big.json").write_text("[" + ",".join([row] * 40_000) + "]")
    tracemalloc.start()
    try:
        items = json_files._elements(tmp_path / "big.json", FileSection(path="x"), "big", ())
        assert sum(1 for _ in items) == 40_000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_an_old_workbook_is_refused_with_the_way_out(tmp_path):
    for file in ("orders.xls", "orders.xlsx"):
        with pytest.raises(SchemaError, match=r"save it as \.xlsx"):
            landed(tmp_path, bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, file=file)


def test_a_field_of_three_million_characters_lands_whole(tmp_path):
    long = "ü" * 3_000_000
    for file, content in (
        ("orders.json", json.dumps([{**ONE, "note": long}])),
        ("orders.jsonl", json.dumps({**ONE, "note": long})),
        ("orders.csv", f"no,who,when,note\n1,a,2024-06-01,{long}\n"),
    ):
        folder = tmp_path / file
        folder.mkdir()
        shop = Shop(folder, file=file, tables=ORDERS.replace('at = "when"', 'at = "when", referrer = "note"'))
        shop.write(content).land()
        assert shop.table()["referrer"].to_list() == [long]
