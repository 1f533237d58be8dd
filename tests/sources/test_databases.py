"""Tables of databases land as exactly as they are held; a database is read and never written, and tells no secret."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from landing_kit import HEAD, ORDERS

from rcommerce_helpers.errors import ParamError, SchemaError
from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.json_files import read_json_array
from rcommerce_helpers.sources.landed import read_landed

ROWS = "insert into orders values ('007', 'a', '2024-06-01 10:00:00'), ('8', 'b', '2024-06-02 11:00:00')"
MAKE = 'create table orders(no text, who text, "when" text)'


@pytest.fixture
def own_process():
    """As it is: each source is read by another process. The other tests read in this one, which is faster."""


@pytest.fixture(autouse=True)
def in_this_process(request, monkeypatch):
    if "own_process" not in request.fixturenames:
        direct = lambda limits, scratch, stopped, work, *args: work(*args)  # noqa: E731
        monkeypatch.setattr("rcommerce_helpers.sources.fetching.apart", direct)


def described(folder, *declared, tables=ORDERS):
    lines = "\n".join(declared)
    (folder / "sources.toml").write_text(f'{HEAD}\n[files.orders]\nsource = "shop"\n{lines}\n{tables}', "utf-8")
    return str(folder)


def sqlite_file(folder, *statements):
    with sqlite3.connect(folder / "shop.db") as connection:
        for statement in statements or (MAKE, ROWS):
            connection.execute(statement)
    connection.close()
    return 'database = "sqlite:shop.db"'


def duckdb_file(folder, *statements):
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        for statement in statements or (MAKE, ROWS):
            connection.execute(statement)
    return 'database = "duckdb:shop.duckdb"'


def landed(folder, *declared, tables=ORDERS, **allowed):
    report = land(load_data_set(described(folder, *declared, tables=tables), **allowed), folder / "landed")
    return report, read_landed(folder / "landed", "orders")


def fetched(folder, *declared, **allowed):
    data_set = load_data_set(described(folder, *declared), **allowed)
    return pq.read_table(data_set.file_path("orders"))


def refused(folder, words, *declared, **allowed):
    with pytest.raises((SchemaError, ParamError)) as caught:
        fetched(folder, *declared, **allowed)
    said = str(caught.value)
    assert [word for word in words if word not in said] == [], said
    return said


@pytest.mark.parametrize("make", [sqlite_file, duckdb_file])
@pytest.mark.parametrize(
    "asked",
    ['table = "orders"', "query = '''select no, who, \"when\" from orders order by no'''", 'table = "ORDERS"'],
)
def test_a_table_lands_as_a_file_would(tmp_path, make, asked, own_process):
    report, table = landed(tmp_path, make(tmp_path), asked)
    assert table["order_id"].to_list() == ["007", "8"]
    assert table["local_at"].to_list() == [pd.Timestamp("2024-06-01 10:00"), pd.Timestamp("2024-06-02 11:00")]
    assert report.facts.counts["orders"].rows_in == 2
    assert (tmp_path / "landed" / "fetched_orders.parquet").exists(), "a run can be made again from it"


@pytest.mark.parametrize("make", [sqlite_file, duckdb_file])
def test_the_fingerprint_is_of_what_was_read(tmp_path, make):
    """Not of the file, which changes when somebody else writes into it; and the file itself is not touched."""
    path = described(tmp_path, declared := make(tmp_path), 'table = "orders"')
    file = tmp_path / declared.partition(":")[2].strip('"')
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    first = load_data_set(path).fingerprint
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    make(tmp_path, "create table other(x text)", "insert into other values ('y')")
    assert load_data_set(path).fingerprint == first
    make(tmp_path, "insert into orders values ('9', 'c', '2024-06-03')")
    assert load_data_set(path).fingerprint != first


def test_values_of_sqlite_arrive_as_they_are_held(tmp_path):
    sqlite_file(
        tmp_path,
        "create table orders(v)",
        "insert into orders values (9007199254740993), ('0042'), (1.5), (2.0), (null), (''), (x'00ff'), ('ü\u2028')",
    )
    found = fetched(tmp_path, 'database = "sqlite:shop.db"', 'table = "orders"')["v"].to_pylist()
    assert found == ["9007199254740993", "0042", "1.5", "2", None, None, "\\x00ff", "ü\u2028"]


def test_types_of_duckdb_stay(tmp_path):
    duckdb_file(
        tmp_path,
        """create table orders as select 0.1::decimal(38, 20) as d, 0.1::float as f, (2::hugeint ** 100)::hugeint as h,
        timestamp '2024-06-01 10:00' as t, timestamptz '2024-06-01 10:00+02' as z, true as b, [1, 2] as l,
        7::uint64 as u, date '2024-06-01' as day, null::varchar as n, '\\x01'::blob as raw""",
    )
    row = fetched(tmp_path, 'database = "duckdb:shop.duckdb"', 'table = "orders"').to_pylist()[0]
    assert row["d"] == Decimal("0.1").quantize(Decimal(10) ** -20)
    assert (row["f"], row["h"], row["b"], row["l"], row["u"]) == (0.1, str(2**100), True, "[1, 2]", 7)
    assert row["t"].isoformat() == "2024-06-01T10:00:00"
    assert row["z"].isoformat() == "2024-06-01T08:00:00+00:00"


@pytest.mark.parametrize(
    ("statements", "asked", "words"),
    [
        ((MAKE,), 'table = "order"', ["no table 'order'", "Did you mean orders"]),
        ((MAKE, ROWS), "query = 'delete from orders'", ["one select"]),
        ((MAKE, ROWS), "query = 'select * from orders; drop table orders'", ["one select"]),
        ((MAKE, ROWS), "query = 'select * from sqlite_master'", ["files.orders.query", "sqlite_master"]),
        ((MAKE, ROWS), "query = '''select readfile(''/etc/passwd'') as no from orders'''", ["files.orders.query"]),
        ((MAKE, ROWS), "query = '''select load_extension('x') as no from orders'''", ["load_extension"]),
        ((MAKE, ROWS), "query = '''select no, no from orders'''", ["a second time"]),
        (("create table orders(v)", "insert into orders values (cast(x'fffe' as text))"), 'table = "orders"',
         ["column 'v'", "no UTF-8"]),
        (("create view orders as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n",),
         'table = "orders"\nseconds = 1', ["seconds ="]),
        (("create view orders as select zeroblob(3) as v",), 'table = "orders"', ["does more than read"]),
        (("create view orders as select load_extension('x') as v",), 'table = "orders"', ["does more than read"]),
    ],
)  # fmt: skip
def test_what_a_sqlite_file_may_not_do(tmp_path, statements, asked, words):
    refused(tmp_path, words, sqlite_file(tmp_path, *statements), asked)


@pytest.mark.parametrize(
    ("statements", "asked", "words"),
    [
        ((MAKE,), 'table = "order"', ["no table 'order'", "Did you mean orders"]),
        ((MAKE, "create view v as select * from read_text('/etc/hostname')"), 'table = "v"', ["no table 'v'"]),
        ((MAKE, "create view v as select 1 as x"), "query = 'select * from v'", ["v"]),
        ((MAKE, ROWS), "query = '''select * from read_text('/etc/hostname')'''", ["files.orders.query"]),
        ((MAKE, ROWS), "query = '''attach '/tmp/x.db' as x'''", ["one select"]),
        ((MAKE, ROWS, "create macro lower(x) as (select content from read_text('/etc/hostname'))"),
         "query = 'select secret(no) as no from orders'", ["secret"]),
    ],
)  # fmt: skip
def test_what_a_duckdb_file_may_not_do(tmp_path, statements, asked, words):
    refused(tmp_path, words, duckdb_file(tmp_path, *statements), asked)


def test_a_macro_of_a_duckdb_file_is_not_ours(tmp_path):
    declared = duckdb_file(tmp_path, MAKE, ROWS, "create macro lower(x) as 'replaced'")
    found = fetched(tmp_path, declared, "query = '''select lower(who) as who from orders order by no'''")
    assert found["who"].to_pylist() == ["a", "b"]


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
@pytest.mark.parametrize(
    "content", [b"", b"certainly no database", b"SQLite format 3\0" + b"\xff" * 4000, b"\0" * 9000]
)
def test_a_file_that_is_no_database(tmp_path, kind, content):
    (tmp_path / "x.db").write_bytes(content)
    refused(tmp_path, ["files.orders"], f'database = "{kind}:x.db"', 'table = "orders"')


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ('database = "sqlite:shop.db"', ["needs either table, or query"]),
        ('database = "sqlite:shop.db"\ntable = "a"\nquery = "select 1"', ["needs either table, or query"]),
        ('database = "postgresql://u:hunter2@h/db"\ntable = "a"', ["url_env"]),
        ('database = "sqlite:/etc/passwd"\ntable = "a"', ["sqlite:shop.db"]),
        ('database = "sqlite:../shop.db"\ntable = "a"', ["--allow-outside"]),
        ('database = "sqlite:nothing.db"\ntable = "a"', ["no file 'nothing.db'"]),
        ('path = "x.csv"\nurl_env = "X"\ntable = "a"', ["exactly one of path, database, url_env, url"]),
        ('path = "x.csv"\ntable = "a"', ["table and query go with database"]),
        ('url_env = "X Y"\ntable = "a"', ["url_env"]),
        ("", ["exactly one of path"]),
        ('database = "sqlite:shop.db"\ntable = "a"\nformat = "csv"', ["format goes with path"]),
        ('url = "http://shop.example/x"', ["https"]),
        ('url = "https://me:hunter2@shop.example/x"', ["a secret in the address"]),
        ('url = "file:///etc/passwd"', ["https"]),
        ('url = "https://shop.example/x"\npages = { next = "a", number = "b" }', ["one of next"]),
        ('url = "https://shop.example/x"\npages = { cursor = "a" }', ["cursor_from"]),
        ('url = "https://shop.example/x"\nsecret_env = "K"\nsecret_form = "{0.x}"', ["secret_form"]),
    ],
)
def test_a_wrong_declaration_is_named(tmp_path, declared, words):
    refused(tmp_path, words, declared)


def test_the_network_is_asked_by_no_description_of_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_DB_URL", "postgresql://reader:hunter2@127.0.0.1:1/shop")
    said = refused(tmp_path, ["--allow-network", "SHOP_DB_URL"], 'url_env = "SHOP_DB_URL"', 'table = "orders"')
    assert "hunter2" not in said


# A server of Postgres


@pytest.fixture
def shop(postgres, monkeypatch):
    """``shop(*statements)``: a schema of its own for one test; the declaration that reads it."""
    monkeypatch.setenv("SHOP_DB_URL", postgres.url())

    def made(*statements):
        postgres.execute("drop schema public cascade", "create schema public", "grant usage on schema public to reader")
        postgres.execute(*statements)
        return 'url_env = "SHOP_DB_URL"'

    return made


def test_a_table_of_postgres_lands(tmp_path, shop):
    declared = shop(
        'create table orders(no text, who text, "when" timestamptz)', ROWS.replace("10:00:00", "10:00:00+00")
    )
    _, table = landed(tmp_path, declared, 'table = "orders"', allow_network=True)
    assert table["order_id"].to_list() == ["007", "8"]
    assert table["local_at"].to_list()[0] == pd.Timestamp("2024-06-01 12:00"), "an instant, on the shop's clock"


def test_types_of_postgres_stay(tmp_path, shop):
    declared = shop(
        """create table orders(i smallint, big bigint, d numeric(20, 4), free numeric, f4 real, f8 double precision,
        b boolean, day date, t timestamp, z timestamptz, u uuid, j jsonb, a text[], raw bytea, n numeric(5, 2),
        c char(3), s interval, tod time)""",
        """insert into orders values (7, 9223372036854775807, 1234567890123456.7891, 0.123456789012345678901234567890,
        0.1, 0.1, true, '0044-03-15', '2024-06-01 10:00:00.123456', '2024-06-01 10:00+02',
        'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
        '{"a": 1}', '{x,"y z"}', '\\x00ff', 'NaN', 'ab', '1 day', '10:00')""",
        "insert into orders default values",
    )
    first, empty = fetched(tmp_path, declared, 'table = "orders"', allow_network=True).to_pylist()
    assert (first["i"], first["big"], first["b"]) == (7, 2**63 - 1, True)
    assert first["d"] == Decimal("1234567890123456.7891")
    assert first["free"] == "0.123456789012345678901234567890"
    assert (first["f4"], first["f8"]) == (0.1, 0.1)
    assert first["day"].isoformat() == "0044-03-15"
    assert first["t"].isoformat() == "2024-06-01T10:00:00.123456"
    assert first["z"].isoformat() == "2024-06-01T08:00:00+00:00"
    assert first["u"] == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
    assert (first["j"], first["a"], first["raw"]) == ('{"a": 1}', '{x,"y z"}', "\\x00ff")
    assert (first["n"], first["s"], first["tod"]) == (None, "P1D", "10:00:00")
    assert set(empty.values()) == {None}


def test_a_query_of_postgres_and_more_rows_than_one_piece(tmp_path, shop):
    declared = shop("create table orders as select g as no, 'k' || g % 7 as who from generate_series(1, 120001) g")
    query = "query = '''select who, count(*) as n, sum(no) as total from orders group by who order by who'''"
    found = fetched(tmp_path, declared, query, allow_network=True)
    assert sum(found["n"].to_pylist()) == 120001
    assert fetched(tmp_path, declared, 'table = "orders"', allow_network=True).num_rows == 120001


@pytest.mark.parametrize(
    ("statements", "asked", "words"),
    [
        ([], 'table = "order"', ["no table 'order'", "Did you mean orders"]),
        ([], 'table = "pg_catalog.pg_authid"', ["may not read"]),
        ([], "query = 'select * from pg_authid'", ["pg_authid"]),
        ([], "query = '''select pg_read_file('/etc/passwd') as no'''", ["pg_read_file"]),
        ([], "query = '''select pg_sleep(100) from orders'''", ["pg_sleep"]),
        ([], "query = 'delete from orders'", ["one select"]),
        ([], "query = '''select 1 as no; copy orders to program 'touch /tmp/x' '''", ["one select"]),
        (["revoke select on orders from reader"], 'table = "orders"', ["may not read"]),
        (["create view slow as select pg_sleep(60)::text as v"], 'table = "slow"\nseconds = 2', ["seconds ="]),
        (["create function w() returns int language sql as 'insert into orders values (1) returning 1'",
          "create view writes as select w() as v", "grant insert on orders to reader"], 'table = "writes"',
         ["writes"]),
        (["create table far as select timestamp 'infinity' as t"], 'table = "far"', ["infinity"]),
        (["create table twice as select 1 as a, 2 as \"A\""], 'table = "twice"', ["a second time"]),
    ],
)  # fmt: skip
def test_what_is_refused_of_postgres(tmp_path, shop, statements, asked, words):
    declared = shop("create table orders(no text)", *statements)
    refused(tmp_path, words, declared, asked, allow_network=True)


def test_bytes_that_are_no_text(tmp_path, shop, postgres, monkeypatch):
    shop("drop database if exists raw")
    postgres.execute("create database raw encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'")
    postgres.execute(
        "create table orders(no text)",
        "insert into orders values (E'\\xfc')",
        "grant select on orders to reader",
        database="raw",
    )
    monkeypatch.setenv("SHOP_DB_URL", postgres.url("raw"))
    refused(tmp_path, ["no UTF-8"], 'url_env = "SHOP_DB_URL"', 'table = "orders"', allow_network=True)


SECRETS = ("hunter2", "root_user", "hidden.host", "secret_shop")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://root_user:hunter2@127.0.0.1:{port}/secret_shop",
        "postgresql://reader:hunter2@127.0.0.1:{port}/postgres",
        "postgresql://root_user:hunter2@127.0.0.1:1/secret_shop",
        "postgresql://root_user:hunter2@hidden.host.invalid/secret_shop",
        "postgresql://root_user:hunter2@127.0.0.1:{port}/secret_shop?sslmode=hunter2",
        "postgresql://root_user:hunter2@127.0.0.1:hunter2/secret_shop",
        "postgresql://root_user:hunter2%zz@127.0.0.1/secret_shop",
        "mysql://root_user:hunter2@hidden.host.invalid/secret_shop",
        "nosuch://root_user:hunter2@hidden.host.invalid/secret_shop",
        "hunter2 root_user",
        "duckdb:///secret_shop/hunter2",
    ],
)
def test_no_message_tells_anything_of_the_address(tmp_path, postgres, monkeypatch, url, capfd):
    monkeypatch.setenv("SHOP_DB_URL", url.format(port=postgres.port))
    said = refused(
        tmp_path, ["SHOP_DB_URL"], 'url_env = "SHOP_DB_URL"', 'table = "orders"\nseconds = 60', allow_network=True
    )
    said += "".join(capfd.readouterr())
    assert [secret for secret in SECRETS if secret in said] == []


@pytest.mark.parametrize("value", [None, "", "  ", "postgresql://a\nb", "postgresql://ü"])
def test_a_variable_that_is_not_set(tmp_path, monkeypatch, value):
    monkeypatch.delenv("SHOP_DB_URL", raising=False)
    if value is not None:
        monkeypatch.setenv("SHOP_DB_URL", value)
    refused(
        tmp_path, ["environment variable SHOP_DB_URL"], 'url_env = "SHOP_DB_URL"', 'table = "o"', allow_network=True
    )


def test_the_secret_is_in_nothing_that_is_written(tmp_path, shop, postgres, own_process):
    declared = shop('create table orders(no text, who text, "when" text)', ROWS)
    landed(tmp_path, declared, 'table = "orders"', allow_network=True)
    password = postgres.url().split(":")[2].split("@")[0].encode()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert [path.name for path in files if password in path.read_bytes()] == []


def test_any_other_database_by_an_address_of_ibis(tmp_path, monkeypatch):
    duckdb_file(tmp_path, MAKE + "", ROWS, "alter table orders add column l int[]")
    monkeypatch.setenv("SHOP_DB_URL", f"duckdb://{tmp_path}/shop.duckdb")
    _, table = landed(tmp_path, 'url_env = "SHOP_DB_URL"', 'table = "orders"', allow_network=True)
    assert table["order_id"].to_list() == ["007", "8"]
    refused(tmp_path, ["Make a view"], 'url_env = "SHOP_DB_URL"', 'query = "select 1 as no"', allow_network=True)


HOSTILE = (
    '"; drop table orders; --', "x' or '1'='1", "{{7*7}}", "<script>alert(1)</script>", "=cmd|' /C calc'!A0",
    "../../etc/passwd", "__import__('os').system('id')", "a\nb", "$(touch /tmp/pwned)", "\u202egnp.exe",
    "column with \"quotes\"", "%s %(x)s {0}",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "postgres", "json"])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_names_and_nothing_of_them_runs(tmp_path, request, kind, name):
    """A table and a column with a hostile name, and the name as a value: read as they are, or refused."""
    table, ident, value = f"t {name}", '"' + name.replace('"', '""') + '"', name.replace("'", "''")
    made = f"create table \"{table.replace(chr(34), chr(34) * 2)}\" as select '{value}' as {ident}"
    if kind == "json":
        (tmp_path / "x.json").write_text(json.dumps([{name: name}]), "utf-8")
        (tmp_path / "sources.toml").write_text(f'{HEAD}\n[files.orders]\npath = "x.json"\n{ORDERS}', "utf-8")
        spec = load_data_set(str(tmp_path)).config.files["orders"]
        found = next(read_json_array(tmp_path / "x.json", spec, "x")).records.drop_columns(["_line"])
    else:
        if kind == "postgres":
            declared = request.getfixturevalue("shop")(made)
        else:
            declared = {"sqlite": sqlite_file, "duckdb": duckdb_file}[kind](tmp_path, made)
        found = fetched(tmp_path, declared, f"table = {json.dumps(table)}", allow_network=True)
    assert found.to_pylist() == [{name.strip() if kind == "json" else name: name}]
    assert not Path("/tmp/pwned").exists()
