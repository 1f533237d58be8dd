"""Bad input: one message that names what, where, what was expected and what to do; nothing half-written."""

import gzip

import openpyxl
import pytest
from landing_kit import HEAD, Shop

from rcommerce_helpers.errors import BrokenExpectation, ParamError, SchemaError
from rcommerce_helpers.sources import check, load_data_set

GOOD = "no,who,when\n1,a,2024-06-01\n2,b,2024-06-02\n"
COLUMNS = 'columns = { order_id = "no", record_id = "who", at = "when" }'


def refused(shop: Shop, *words: str) -> None:
    with pytest.raises(SchemaError) as caught:
        shop.land()
    message = str(caught.value)
    for word in words:
        assert word in message, message
    assert "expected" in message
    assert not shop.landed.exists()


def tables(old: str, new: str) -> str:
    return f'[[tables.orders]]\nfrom = "orders"\n{COLUMNS}'.replace(old, new)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tables": tables("tables.orders", "tables.order")}, ["tables.order", "unknown table", "Did you mean orders"]),
        ({"tables": tables("record_id =", "recrd_id =")}, ["recrd_id", "Did you mean record_id"]),
        ({"tables": tables('at = "when"', 'status = "when"')}, ["tables.orders.at", "no mapping"]),
        ({"tables": tables('"who"', '"Who"')}, ["no column 'Who'", "Did you mean who"]),
        ({"tables": tables('from = "orders"', 'from = "order"')}, ["from = 'order'", "Did you mean orders"]),
        ({"tables": tables('at = "when"', 'at = "when", at = "no"')}, ["one name given twice", "Remove one"]),
        ({"tables": tables('"who"', '{ column = "who", constant = "x" }')}, ["exactly one of column, constant, sql"]),
        ({"options": 'delimeter = ";"'}, ["files.orders.delimeter", "unknown key", "Did you mean delimiter"]),
        ({"options": "skip_rows = 'two'"}, ["files.orders.skip_rows", "'two'", "integer"]),
        ({"options": 'decimal = ","\nthousands = ","'}, ["decimal mark and thousands mark"]),
        ({"tables": tables("orders", "quarantine")}, ["unknown table"]),
        ({"extra": '[files.numbered]\npath = "orders.csv"'}, ["cannot name a file"]),
        ({"extra": '[files.Orders]\npath = "orders.csv"'}, ["differ by capitals only"]),
        ({"options": "skip_rows = 1000000000000000000"}, ["line 4", "the file is empty"]),
        ({"options": f"skip_rows = {'9' * 5000}"}, ["sources.toml", "no valid toml"]),
        ({"extra": "x = " + "[" * 20_000 + "]" * 20_000}, ["sources.toml", "no valid toml"]),
        ({"tables": tables('"who"', "{ constant = inf }")}, ["tables.orders[1].columns.record_id.constant", "got inf"]),
        ({"options": 'encoding = "cp12525"'}, ["unknown encoding", "cp1252"]),
        ({"options": 'time_zone = "Berlin"'}, ["unknown time zone", "Europe/Berlin"]),
        ({"options": 'delimiter = ";"'}, ["no column 'no'", "Set the right delimiter"]),
        ({"options": 'date_form = "tt.mm.jjjj"'}, ["date_form", "dd.mm.yyyy"]),
        ({"options": 'set_aside = [{ rule = "old", where = "whn < 1" }]'}, ["files.orders.set_aside", "whn"]),
        ({"head": HEAD.replace("as_of = 2024-06-30", "")}, ["data_set.as_of", "nothing", "Add this key"]),
        ({"head": HEAD.replace("2024-06-30", '"30.06.2024"')}, ["data_set.as_of", "30.06.2024"]),
        ({"head": HEAD.replace("EUR", "Euro")}, ["data_set.currency", "Euro"]),
        (
            {"extra": '[basis]\ntext = "x"\npurposes = ["advertising"]'},
            ["basis.purposes[1]", "advertising", "marketing"],
        ),
        ({"extra": "[expect]\nrows_min = { order = 1 }"}, ["rows_min", "Did you mean orders"]),
        (
            {"tables": "[[tables.orders]]\nsql = 'select no as order_id from orders'"},
            ["orders.at", "no mapping"],
        ),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "-".join(v)[:30],
)
def test_a_wrong_description_is_named_with_its_place(tmp_path, change, words):
    refused(Shop(tmp_path, **change).write(GOOD), *words)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("select 1; drop table orders", "one select"),
        ("drop view orders", "one select"),
        ("select x from nowhere", "nowhere"),
        ("select no as order_id, no as order_id, who as record_id, who as at from orders", "order_id"),
        ("select no as order_id, who as record_id, who as at, 1 as surprise from orders", "surprise"),
        ("select * from read_text('/etc/hostname')", "tables.orders.sql"),
    ],
)
def test_sql_reads_the_declared_files_and_nothing_else(tmp_path, sql, word):
    sql = sql.replace(" at", ' "at"')
    refused(Shop(tmp_path, tables=f"[[tables.orders]]\nsql = '''{sql}'''").write(GOOD), word)


def test_a_person_reference_needs_its_system(tmp_path):
    shop = Shop(tmp_path).write(GOOD)
    path = shop.describe()
    path.write_text(path.read_text().replace('source = "shop"\n', ""))
    with pytest.raises(SchemaError, match="without a source system"):
        check(load_data_set(str(path)))


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"", "", ["empty", "header"]),
        (b"no,who,when\n", "", ["a header and no row"]),
        (b"no,no,when\n1,2,3\n", "", ["line 1, column 2", "a second time"]),
        ("no,who,when\n1,Jürgen,2024-01-01\n".encode("cp1252"), "", ["line 2", "0xfc", 'encoding = "cp1252"']),
        ("no,who,when\n1,Jürgen,2024-01-01\n".encode(), 'encoding = "cp1252"', ['encoding = "utf-8"']),
        (
            "no,who,when\n1,5 €,2024-01-01\n".encode("cp1252"),
            'encoding = "iso-8859-1"',
            ["line 2", 'encoding = "cp1252"'],
        ),
        (b"no,who,when\n1,a,yesterday\n2,b,today\n", "", ["none usable", "not a moment", "'yesterday'"]),
        (b'no,who,when\n"1,a,2024-01-01\n', "", ["none usable", "quote"]),
    ],
    ids=["empty", "header only", "doubled name", "not utf-8", "utf-8 after all", "euro", "no usable row", "open quote"],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, options, words):
    refused(Shop(tmp_path, options=options).write(content), *words)


def test_a_missing_file_names_the_nearest(tmp_path):
    shop = Shop(tmp_path).write(GOOD)
    (tmp_path / "orders.csv").rename(tmp_path / "order.csv")
    refused(shop, "files.orders", "orders.csv", "Did you mean order.csv")


def test_a_truncated_gzip(tmp_path):
    whole = gzip.compress(("no,who,when\n" + "1,abc,2024-01-01\n" * 5000).encode())
    refused(Shop(tmp_path, file="orders.csv.gz").write(whole[: len(whole) // 2]), "cut off or damaged", "after line")
    refused(Shop(tmp_path, file="orders.csv.gz").write(b"no gzip at all"), "cut off or damaged")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("orders.xlsx", "no readable workbook"),
        ("orders.parquet", "no readable parquet"),
        ("orders.jsonl", "no JSON object"),
        ("orders.dat", "without a known suffix"),
    ],
)
def test_files_that_are_not_what_they_are_called(tmp_path, name, word):
    refused(Shop(tmp_path, file=name).write("certainly not\n"), word)


def test_a_workbook_without_the_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Bestellungen"
    book.save(tmp_path / "orders.xlsx")
    refused(Shop(tmp_path, file="orders.xlsx", options='sheet = "Bestellung"'), "Did you mean Bestellungen")
    refused(Shop(tmp_path, file="orders.xlsx"), "the sheet is empty")


def test_an_unknown_data_set():
    with pytest.raises(ParamError, match="Did you mean complete-journey"):
        load_data_set("complete-jurney")


@pytest.mark.parametrize(
    ("promise", "word"),
    [
        ("quarantine_share_max = 0.1", "1 of 3 rows.*most often at: not a moment"),
        ("rows_min = { orders = 3 }", "2 rows landed"),
        ("rows_min = { contracts = 1 }", "0 rows landed"),
        ("freshness_days_max = 27", "28 days before"),
    ],
)
def test_a_broken_promise_stops_before_anything_is_written(tmp_path, promise, word):
    shop = Shop(tmp_path, extra=f"[expect]\n{promise}").write(GOOD + "3,c,never\n")
    with pytest.raises(BrokenExpectation, match=word):
        shop.land()
    with pytest.raises(BrokenExpectation, match=word):
        check(load_data_set(str(shop.describe())))
    assert not shop.landed.exists()


def test_a_drop_against_the_last_landing(tmp_path):
    shop = Shop(tmp_path, extra="[expect]\ndrop_share_max = 0.4").write(GOOD)
    shop.land()
    shop.write("no,who,when\n1,a,2024-06-01\n")
    with pytest.raises(BrokenExpectation, match="1 rows landed after 2"):
        shop.land()
    assert len(shop.table()) == 2, "the earlier landing stays"
