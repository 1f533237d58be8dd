"""Reading by Arrow changes nothing: the same records, lines, bad lines and reasons as record by record."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import delimited, strict_text, text_pieces
from rcommerce_helpers.sources.config import FileSection
from tests.sources.landing_kit import Shop

PIECES = (
    '"',
    '""',
    ";",
    ",",
    "\n",
    "\r\n",
    "\n\n",
    "a",
    "1",
    "ä€",
    " ",
    '";"',
    '"\n',
    'x"',
    "\ufeff",
    "\u2028",
    "\x0b",
)
WHOLE = (
    "a;b\n",
    "1;2\r\n",
    '"a\nb";2\n',
    '"x""y";""\n',
    '1;"offen\n',
    "1;2;3\n",
    "1\n",
    "\n",
    ';"a;b"\n',
    '"K1;\nK2;"\n',
)
RARE = ("\0", "\r", '"a"b;', "sep=;\n", "x" * 300, "\ufeff")
TEXTS = st.lists(st.sampled_from(PIECES + WHOLE + RARE), max_size=40).map("".join)
ROWS = st.lists(st.lists(st.text('a1"; ,\n\rä', max_size=5), min_size=1, max_size=3), max_size=25)


def read(path: Path, spec: FileSection) -> object:
    """All records and bad lines of a file as rows, or the complaint."""
    try:
        blocks = list(delimited.read_delimited(path, spec, "f"))
    except SchemaError as error:
        return str(error)
    rows = [tuple(row.items()) for block in blocks for row in block.records.to_pylist()]
    return rows, [bad for block in blocks for bad in block.bad]


def both(path: Path, spec: FileSection, piece: int = 1 << 20) -> tuple[object, object]:
    """What is read with Arrow and without; pieces of a file are so many bytes with Arrow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_pieces, "PIECE_BYTES", piece)
        ours = read(path, spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "can_be_strict", lambda *_: False)
        return ours, read(path, spec)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS, st.sampled_from((";", ",", "\t")), st.sampled_from(('"', "'", "")), st.sampled_from((7, 64, 1 << 20)))
@example('1;"a\n2;"b\n\n3;4\n', ";", '"', 1 << 20)
@example('1;2\r\n"a\r\nb";"c"', ";", '"', 1 << 20)
@example("1;2;3\n\ufeff4;5\n6;7", ";", '"', 1 << 20)
@example('1;"x"y\n\ufeff4;5\n6;7', ";", '"', 1 << 20)
@example('"a""\n"";b";2\n1;2', ";", '"', 7)
@example('h;i\nK1;"a\nK2;b"\nK3;c\n', ";", '"', 1 << 20)  # two rows between two stray quotes, not one record
@example('K1;"a\nK2;b"\nK3;c\n', ";", '"', 1 << 20)
@example('1;a"b\nc";2\n3;4\n', ";", '"', 1 << 20)
def test_any_text_reads_alike(tmp_path: Path, text: str, delimiter: str, quote: str, piece: int) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(f"a{delimiter}b\n{text}".encode())
    ours, own = both(path, FileSection(path="f.csv", delimiter=delimiter, quote=quote), piece)
    assert ours == own


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    ROWS,
    st.sampled_from(("\n", "\r\n", "\r")),
    st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    st.sampled_from(("utf-8", "cp1252", "utf-16", "utf-8-sig")),
)
def test_written_rows_read_alike(tmp_path: Path, rows: list[list[str]], end: str, quoting: int, encoding: str) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=";", quoting=quoting, lineterminator=end).writerows([["ä", "b"], *rows])  # type: ignore[arg-type]
    path = tmp_path / "f.csv"
    path.write_bytes(target.getvalue().encode(encoding))
    ours, own = both(path, FileSection(path="f.csv", delimiter=";", encoding=encoding), 64)
    assert ours == own


@pytest.mark.parametrize("width", [1, 3])
def test_a_long_file_with_a_stray_quote_now_and_then_reads_alike(tmp_path: Path, width: int) -> None:
    rng = random.Random(width)
    kinds = ("{i};2;3", '{i};"a;b";3', '"t{i}\nzwei\n";2;3', '{i};"offen;3', '{i};12" Rohr;3', "{i};2", "", "{i};2;3;4")
    weights = (60, 20, 8, 1, 1, 1, 1, 1)
    lines = [rng.choices(kinds, weights)[0].format(i=i) for i in range(20_000)]
    path = tmp_path / "f.csv"
    path.write_text(";".join("abc"[:width]) + "\n" + "\r\n".join(lines), encoding="utf-8", newline="")
    ours, own = both(path, FileSection(path="f.csv", delimiter=";" if width > 1 else "|"), 50_000)
    assert ours == own
    assert isinstance(own, tuple) and len(own[0]) > 10_000


def test_a_line_end_within_a_field_counts_as_a_line_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text('a;b\n1;"x\n\ny"\n\n2;z\n3\n4;w\n', encoding="utf-8", newline="")
    rows, bad = read(path, FileSection(path="f.csv", delimiter=";"))  # type: ignore[misc]
    assert [dict(row)["_line"] for row in rows] == [2, 6, 8]
    assert [(b.line, b.value, b.reason) for b in bad] == [(7, "3", "1 fields, not 2")]


def test_most_of_an_ordinary_file_is_read_by_arrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a;b\n" + '1;"x"\n' * 5_000 + '1;"offen\n' + '1;"y"\n' * 5_000, encoding="utf-8", newline="")
    taken: list[int] = []
    own = delimited._block
    monkeypatch.setattr(delimited, "_block", lambda *given: taken.append(len(given[2]) + len(given[3])) or own(*given))
    rows, bad = read(path, FileSection(path="f.csv", delimiter=";"))  # type: ignore[misc]
    assert (len(rows), len(bad), sum(taken)) == (10_000, 1, 1)


def test_a_value_that_sql_cannot_convert_is_told_with_the_way_out(tmp_path: Path) -> None:
    lines = '''
[[tables.order_lines]]
sql = """
select no as order_id, 'a' as product_id, 1 as quantity, sum(cast(price as double)) as amount from orders group by no
"""
'''
    shop = Shop(tmp_path, tables=lines).write("no,price\n1,2.50\n2,12x\n")
    with pytest.raises(SchemaError, match=r"12x.*try_cast.*divide_by"):
        shop.land()


def test_arrow_is_not_believed_where_it_counts_other_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if a stray quote had not been seen: the number of records tells."""
    monkeypatch.setattr(strict_text, "_first_stray", lambda text, *_: len(text))
    path = tmp_path / "f.csv"
    path.write_bytes(b'a;b\n1;a"b\nc";2\n3;4\n')
    ours, own = both(path, FileSection(path="f.csv", delimiter=";"))
    assert ours == own
