"""Eighty files as they should not be: each lands as what it says, or is refused by name and line; none lands wrongly.

``right`` is what a careful reader by hand would make of the file: column -> values of the rows that can stand, and the
lines that cannot, each with the column at fault ("" = the whole line). ``says``: words of the refusal.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import resource
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from sources.landing_kit import HEAD

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.landed import read_landed

COLUMNS = {
    "orders": 'order_id = "no", record_id = "who", at = "when"',
    "order_lines": 'order_id = "no", product_id = "article", quantity = "units", amount = "paid"',
}
MOMENTS = "no,who,when\n"
LINES = "no,article,units,paid\n"
LARGE = 2**53 + 1


@dataclass(frozen=True)
class Case:
    """A file, how it is declared, and what is right."""

    name: str
    content: bytes | str
    says: tuple[str, ...] = ()
    right: dict[str, list[object]] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    file: str = "file.csv"
    options: str = ""
    table: str = "orders"


def amounts(name: str, written: str, value: float | None, **more: str) -> Case:
    """One amount as it is written, in line 2; a good one in line 3; None = it cannot stand."""
    text = f"no;article;units;paid\n1;a;1;{written}\n2;a;1;5\n"
    right = {"amount": [5.0] if value is None else [value, 5.0]}
    options = 'delimiter = ";"\n' + more.get("options", "")
    return Case(
        name, text, right=right, bad={2: "amount"} if value is None else {}, table="order_lines", options=options
    )


def moments(name: str, written: str, value: str | None, options: str = "") -> Case:
    """One moment as it is written, in line 2; value = the wall clock, None = it cannot stand."""
    right = {
        "local_at": [pd.Timestamp("2024-06-01")] if value is None else [pd.Timestamp(value), pd.Timestamp("2024-06-01")]
    }
    text = f"{MOMENTS}1,a,{written}\n2,b,{'01.06.2024' if 'dd.' in options else '2024-06-01'}\n"
    return Case(name, text, right=right, bad={2: "at"} if value is None else {}, options=options)


def workbook(rows: list[list[object]]) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def floats(*numbers: float) -> bytes:
    """A parquet file as pandas writes it where one identifier was missing: all of them are floats."""
    file = io.BytesIO()
    when = pd.Timestamp("2024-06-01")
    pd.DataFrame({"no": [*numbers], "who": "a", "when": when}).to_parquet(file)
    return file.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    pd.DataFrame({"no": ["1"], "who": ["a"], "when": ["2024-06-01"]}).to_parquet(stream)
    return stream.getvalue()


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("orders.csv", MOMENTS)
    return stream.getvalue()


ONE = MOMENTS + "1,a,2024-06-01\n"
ROW = {"no": 1, "who": "a", "when": "2024-06-01"}
SHEET = [["no", "who", "when"], [1, "a", "2024-06-01"]]
CASES = (
    # bytes
    Case("nothing", "", says=("file.csv", "line 1", "empty")),
    Case("blank lines only", "\n\n\n", says=("file.csv", "empty")),
    Case("a header alone", MOMENTS, says=("file.csv", "a header and no row")),
    Case("a byte order mark", "\ufeff" + ONE, right={"order_id": ["1"]}),
    Case("cp1252 declared as utf-8", (MOMENTS + "1,J\u00fcrgen,2024-06-01\n").encode("cp1252"),
         says=("line 2", "0xfc", "cp1252")),
    Case("utf-8 declared as cp1252", (MOMENTS + "1,J\u00fcrgen,2024-06-01\n"),
         says=("line 1", "utf-8"), options='encoding = "cp1252"'),
    Case("utf-16 declared as utf-8", ONE.encode("utf-16"), says=("file.csv", "line 1", "utf-8")),
    Case("utf-16 as declared", ONE.encode("utf-16"), right={"order_id": ["1"]}, options='encoding = "utf-16"'),
    Case("utf-16 without its mark", ONE.encode("utf-16-le"),
         says=("file.csv", "line 1"), options='encoding = "utf-16"'),
    Case("an overlong letter", MOMENTS.encode() + b"1,\xc0\xaf,2024-06-01\n", says=("file.csv", "line", "0xc0")),
    Case("half a surrogate", MOMENTS.encode() + b"1,\xed\xa0\x80,2024-06-01\n", says=("file.csv", "line", "0xed")),
    Case("a codec that is no encoding of text", ONE,
         says=("files.file.encoding", "rot13"), options='encoding = "rot13"'),
    Case("a zero byte", MOMENTS + "1,a\0b,2024-06-01\n2,c,2024-06-01\n",
         right={"record_id": ["shop:c"]}, bad={2: ""}),
    Case("gzip cut off", gzip.compress((ONE + "1,a,2024-06-01\n" * 9000).encode())[:-40],
         says=("cut off", "after line"), file="file.csv.gz"),
    Case("no gzip at all", ONE, says=("cut off or damaged",), file="file.csv.gz"),
    Case("gzip called csv", gzip.compress(ONE.encode()), says=("file.csv", "line 1", "0x8b")),
    Case("a zip called csv", zipped(), says=("file.csv", "line")),
    Case("one megabyte in a field", MOMENTS + f"1,{'x' * 2**20},2024-06-01\n",
         right={"record_id": ["shop:" + "x" * 2**20]}),
    # lines
    Case("carriage returns only", ONE.replace("\n", "\r"), right={"order_id": ["1"]}),
    Case("line ends of three kinds", "no,who,when\r\n1,a,2024-06-01\n2,b,2024-06-02\r3,c,2024-06-03",
         right={"order_id": ["1", "2", "3"]}),
    Case("too few and too many fields", ONE + "2,b\n3,c,2024-06-03,x\n", right={"order_id": ["1"]}, bad={3: "", 4: ""}),
    Case("an unclosed quote", MOMENTS + '1,"a,2024-06-01\n2,b,2024-06-02\n3,c,2024-06-03\n',
         right={"order_id": ["2", "3"]}, bad={2: ""}),
    Case("an unclosed quote at the end", ONE + '2,"b,2024-06-02', right={"order_id": ["1"]}, bad={3: ""}),
    Case("text after a closing quote", MOMENTS + '1,"a"x,2024-06-01\n2,b,2024-06-02\n',
         right={"order_id": ["2"]}, bad={2: ""}),
    Case("a quote inside a field", MOMENTS + '1,7" pipe,2024-06-01\n', right={"record_id": ['shop:7" pipe']}),
    Case("another delimiter", ONE.replace(",", ";"), says=("no column 'no'", "delimiter")),
    Case("a line that names the separator", "sep=,\n" + ONE, right={"order_id": ["1"]}),
    Case("a line that names another separator", "sep=;\n" + ONE, says=("line 1", 'delimiter = ";"')),
    Case("that line skipped", "sep=,\n" + ONE, right={"order_id": ["1"]}, options="skip_rows = 1"),
    Case("the header a second time", ONE + MOMENTS + "2,b,2024-06-02\n", right={"order_id": ["1", "2"]}),
    Case("a name twice", "no,who,NO\n1,a,2\n", says=("line 1, column 3", "a second time")),
    Case("a name of ours", "no,who,when,_line\n1,a,2024-06-01,9\n", says=("line 1, column 4", "_line")),
    Case("more names than fields", "no,who,when,more\n1,a,2024-06-01\n2,b,2024-06-02,x\n",
         right={"order_id": ["2"]}, bad={2: ""}),
    # values
    Case("leading zeros and NA", MOMENTS + "007,NA,2024-06-01\n",
         right={"order_id": ["007"], "record_id": ["shop:NA"]}),
    Case("a number beyond exact floats", MOMENTS + f"{LARGE},{LARGE},2024-06-01\n",
         right={"order_id": [str(LARGE)], "record_id": [f"shop:{LARGE}"]}),
    Case("an identifier a spreadsheet shortened", MOMENTS + "4.00123E+12,a,2024-06-01\n2,b,2024-06-02\n",
         right={"order_id": ["2"]}, bad={2: "order_id"}),
    amounts("decimal comma where a point is declared", "12,50", None),
    amounts("decimal point where a comma is declared", "12.50", None, options='decimal = ","'),
    amounts("thousands without being declared", "1,234.50", None),
    amounts("thousands in the wrong place", "12.34,50", None, options='decimal = ","\nthousands = "."'),
    amounts("a currency sign", "12.50 \u20ac", None),
    amounts("a minus that is none", "\u221212.50", None),
    amounts("digits of another script", "\u0661\u0662", None),
    amounts("not a number", "nan", None),
    amounts("without end", "inf", None),
    amounts("hexadecimal", "0x10", None),
    amounts("a formula", "=1+1", None),
    amounts("brackets for a minus", "(12.50)", None),
    moments("the 31st of February", "31.02.2024", None, 'date_form = "dd.mm.yyyy"'),
    moments("month first", "06/30/2024", None),
    moments("month first where the day is declared first", "06.30.2024", None, 'date_form = "dd.mm.yyyy"'),
    moments("a year of two digits", "05.03.24", None, 'date_form = "dd.mm.yyyy"'),
    moments("an hour the clock never showed", "2024-03-31 02:30", None),
    moments("an hour the clock showed twice", "2024-10-27 02:30", "2024-10-27 02:30"),
    moments("an offset", "2024-07-01T23:30:00Z", "2024-07-02 01:30"),
    moments("a day count of a spreadsheet", "45444", None),
    moments("the end of a day", "2024-06-01 24:00:00", "2024-06-02"),
    # other kinds of files
    Case("identifiers as floats, one that a float cannot hold", floats(7.0, 2.0**53 + 2),
         right={"order_id": ["7"]}, bad={2: "order_id"}, file="file.parquet"),
    Case("parquet cut off", parquet()[:-30], says=("file.parquet", "no readable parquet"), file="file.parquet"),
    Case("parquet that is text", ONE, says=("file.parquet", "no readable parquet"), file="file.parquet"),
    Case("a workbook cut off", workbook(SHEET)[:-200], says=("file.xlsx", "no readable workbook"), file="file.xlsx"),
    Case("a page called workbook", "<html><table><tr><td>no</td></tr></table></html>",
         says=("no readable workbook",), file="file.xlsx"),
    Case("an error in a cell", workbook([*SHEET, ["#N/A", "b", "#VALUE!"]]),
         right={"order_id": ["1"]}, bad={3: "order_id"}, file="file.xlsx"),
    Case("a formula never calculated", workbook([*SHEET, ["=1+1", "b", "2024-06-02"]]),
         right={"order_id": ["1"]}, bad={3: "order_id"}, file="file.xlsx"),
    Case("JSON cut off", json.dumps({"no": 1, "who": "a", "when": "2024-06-01"}) + '\n{"no": 2, "wh',
         right={"order_id": ["1"]}, bad={2: ""}, file="file.jsonl"),
    Case("a JSON list", json.dumps([{"no": 1}]), says=("file.jsonl", "line 1", "no JSON object"), file="file.jsonl"),
    Case("a JSON key twice", '{"no": 1, "who": "a", "when": "2024-06-01"}\n{"no": 2, "no": 3, "who": "b"}',
         right={"order_id": ["1"]}, bad={2: ""}, file="file.jsonl"),
    Case("JSON that is not UTF-8", '{"no": 1, "who": "\u00fc", "when": "2024-06-01"}'.encode("cp1252"),
         says=("file.jsonl", "line 1", "UTF-8"), file="file.jsonl"),
    Case("half a character in JSON", json.dumps(ROW) + '\n{"no": 2, "who": "\\ud800"}',
         right={"order_id": ["1"]}, bad={2: ""}, file="file.jsonl"),
    Case("brackets without end in JSON", json.dumps(ROW) + "\n" + "[" * 99_999,
         right={"order_id": ["1"]}, bad={2: ""}, file="file.jsonl"),
    Case("a JSON array", json.dumps([{"no": 1, "who": "a", "when": "2024-06-01"}, 5, {"no": 2}]),
         right={"order_id": ["1"]}, bad={2: "", 3: "at"}, file="file.json"),
    Case("a JSON array cut off", json.dumps([{"no": 1, "who": "a", "when": "2024-06-01"}])[:-1],
         says=("file.json", "after row 1", "end of the file"), file="file.json"),
    Case("a JSON array packed and cut off", gzip.compress(json.dumps([{"no": n} for n in range(9999)]).encode())[:-40],
         says=("file.json.gz", "cut off"), file="file.json.gz"),
    Case("JSON lines called an array", '{"no": 1}\n{"no": 2}',
         says=("file.json", 'format = "jsonl"'), file="file.json"),
    Case("two arrays and no word which", '{"a": [{"no": 1}], "b": []}',
         says=("2 arrays: a, b", "rows ="), file="file.json"),
    Case("no number JSON knows", '[{"no": 01}]', says=("file.json", "no valid JSON"), file="file.json"),
    Case("a workbook of before 2007", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512,
         says=("save it as .xlsx",), file="file.xls"),
    Case("the same called .xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512,
         says=("save it as .xlsx",), file="file.xlsx"),
    Case("three million characters in a field", MOMENTS + f"1,{'x' * 3_000_000},2024-06-01\n",
         right={"record_id": ["shop:" + "x" * 3_000_000]}),
)  # fmt: skip


def described(folder: Path, case: Case) -> str:
    content = case.content.encode() if isinstance(case.content, str) else case.content
    (folder / case.file).write_bytes(content)
    file = f'[files.file]\npath = "{case.file}"\nsource = "shop"\n{case.options}\n'
    table = f'[[tables.{case.table}]]\nfrom = "file"\ncolumns = {{ {COLUMNS[case.table]} }}\n'
    (folder / "sources.toml").write_text(HEAD + file + table, encoding="utf-8")
    return str(folder)


def test_there_are_at_least_forty():
    assert len({case.name for case in CASES}) == len(CASES) >= 40


@pytest.mark.parametrize("file", ["file.csv.gz", "file.jsonl.gz"])
def test_a_packed_line_without_an_end_is_told_before_memory_ends(tmp_path, file):
    """One megabyte that unpacks to a gigabyte without a line end."""
    packed = gzip.compress(b"0" * 2**20, 1)
    case = Case("bomb", b"".join([gzip.compress(MOMENTS.encode())] + [packed] * 1024), file=file)
    path = described(tmp_path, case)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SchemaError, match="line 2: got a line of 67,108,864 characters"):
        land(load_data_set(path), tmp_path / "landed")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 800_000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_malformed_file_lands_wrongly(tmp_path, case):
    path = described(tmp_path, case)
    if case.says:
        with pytest.raises(SchemaError) as refused:
            land(load_data_set(path), tmp_path / "landed")
        assert [word for word in case.says if word not in str(refused.value)] == [], str(refused.value)
        assert not (tmp_path / "landed").exists()
        return
    report = land(load_data_set(path), tmp_path / "landed")
    table = read_landed(tmp_path / "landed", case.table)
    for column, values in case.right.items():
        found = table[column].to_list()
        assert len(found) == len(values)
        assert all(a == b or math.isclose(a, b) for a, b in zip(found, values)), found
    assert dict(zip(report.quarantine["line"], report.quarantine["column"])) == case.bad
    assert (report.quarantine["reason"].str.len() > 5).all()
