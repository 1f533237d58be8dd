"""A sources.toml from a stranger writes, reads and reaches nothing: parser, lock and fence, each alone and together."""

from __future__ import annotations

import re
import socket

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import engine, land, landing, load_data_set
from rcommerce_helpers.sources.foreign_sql import Place, judged_expression, judged_select
from tests.trust import hostile_sql as hostile
from tests.trust.hostile_sql import SQL_FIELDS, Try, World
from tests.trust.hostile_texts import CANARY, GOOD, VALUES

PLACE = Place("files.orders.set_aside[1].where", ("orders", "lines"), frozenset({"no", "who", "when"}))
FORBIDDEN = re.compile(
    r"read_|getenv|current_|duckdb_|pragma_|query|glob\(|scan|sniff|metadata|json_execute|now\(|random|uuid|today|sleep"
    r"|enable_|checkpoint|nextval|write_log|getvariable|setseed|version|txid|information_schema|sqlite_master|_file_"
)


@pytest.fixture(scope="module")
def connection():
    return connect()


def judged(connection, one: Try) -> str:
    text = World.filled(World(hostile.Path("/nowhere")), one.text)
    if one.field == "sql of a table":
        return judged_select(connection, text, PLACE).text
    return judged_expression(connection, text, PLACE)


def without_texts(sql: str) -> str:
    """SQL without what stands in quotes: a hostile word there is a text or a name."""
    return re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "''", sql).lower()


def test_there_are_two_hundred_tries_over_every_field():
    tries = [*hostile.sql_tries(), *hostile.text_tries(), *hostile.bomb_tries()]
    assert len(hostile.sql_tries()) >= 120
    assert len(set(tries)) >= 200
    assert {one.field for one in tries} >= {*hostile.FIELDS, *SQL_FIELDS, "sql of a table"}


@pytest.mark.parametrize("one", hostile.sql_tries(), ids=str)
def test_the_parser_refuses_every_hostile_text_and_names_its_place(connection, one):
    with pytest.raises(SchemaError, match=re.escape(PLACE.name)) as refused:
        judged(connection, one)
    assert "expected" in str(refused.value)
    assert CANARY not in str(refused.value)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(hostile.AROUND), max_size=4), st.sampled_from(VALUES), st.sampled_from((*SQL_FIELDS, ""))
)
def test_no_surroundings_carry_a_hostile_word_past_the_parser(frames, text, name):
    for frame in frames:
        text = frame.replace("{}", text)
    one = Try(name, text) if name else Try("sql of a table", f"select {text} as order_id from orders")
    with connect() as fresh:
        try:
            passed = judged(fresh, one)
        except SchemaError:
            return
    assert not FORBIDDEN.search(without_texts(passed)), passed


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_any_text_is_refused_by_name_or_becomes_one_expression(text):
    with connect() as fresh:
        try:
            passed = judged_expression(fresh, text, PLACE)
        except SchemaError:
            return
        assert len(fresh.extract_statements(f"select {passed}")) == 1


def test_the_lock_alone_holds_against_every_hostile_text():
    """As if the parser let everything through: each text is run as it stands in the engine after its lock."""
    with hostile.world() as place:
        found = [effect for one in hostile.sql_tries() for effect in hostile.locked_effects(one, place)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "copy (select 1) to '{outside}/written.csv'",
        "attach '{outside}/x.db' as x",
        "select content from read_text('{outside}/secret.txt')",
        "select a from '{outside}/secret.csv'",
        "copy (select 666 as no) to '{project}/lines.parquet' (format parquet, use_tmp_file false)",
        "set threads = 3",
        "from secret_frame",
    ],
)
def test_the_lock_alone_keeps_files_settings_and_variables_apart(text):
    secret_frame = pd.DataFrame({"a": [CANARY]})
    with hostile.world() as place:
        assert hostile.locked_effects(Try("sql of a table", text), place) == []
    assert len(secret_frame) == 1


def test_the_engine_is_locked_before_any_rule_of_a_file_runs(monkeypatch, tmp_path):
    seen = []

    def judged_by_then(connection, text, place):
        seen.extend(connection.sql("select current_setting('lock_configuration')").fetchall())
        return judged_expression(connection, text, place)

    monkeypatch.setattr(engine, "judged_expression", judged_by_then)
    with hostile.world() as place, engine.engine(tmp_path) as connection:
        (tmp_path / "out").mkdir()
        path = place.project / "sources.toml"
        path.write_text(hostile.description(place, Try("set_aside of a file", "no = '9'")), encoding="utf-8")
        engine.load_files(connection, load_data_set(str(path)), tmp_path / "out")
    assert seen == [(True,)]


def test_nothing_runs_behind_a_statement(connection):
    with pytest.raises(duckdb.Error, match="2 statements"):
        engine.execute_one(connection, "create table a as select 1; create table b as select 1")
    assert connection.sql("show tables").fetchall() == []


def test_a_fault_of_the_way_back_lets_nothing_in(connection):
    """Were DuckDB's text of the parsed form another query than the one that was judged, it is judged too."""

    class Wrong:
        def execute(self, sql, values):
            if "json_deserialize_sql" in sql:
                return connection.execute("select 'SELECT getenv(''HOME'')'")
            return connection.execute(sql, values)

    with pytest.raises(SchemaError, match="getenv"):
        judged_expression(Wrong(), "upper(no)", PLACE)


def test_only_what_landing_writes_leaves_its_scratch_folder(tmp_path, monkeypatch):
    """A file that hostile SQL could have written into the folder it may write to is not landed."""
    write = landing.write_facts
    monkeypatch.setattr(
        landing, "write_facts", lambda out, facts: ((out / "extra.parquet").write_bytes(b"x"), write(out, facts))
    )
    with hostile.world() as place:
        path = place.project / "sources.toml"
        path.write_text(hostile.description(place, Try("basis.text", "fine")), encoding="utf-8")
        land(load_data_set(str(path)), place.landed)
        names = sorted(found.name for found in place.landed.iterdir())
    assert names == ["columns.json", "data_set.json", "orders.parquet", "quarantine.parquet", "source_records.parquet"]


@pytest.mark.parametrize("name", [*SQL_FIELDS, "sql of a table"])
def test_a_harmless_text_lands_where_the_hostile_ones_stood(name):
    """Were the description of the tries itself wrong, they would all be refused for that."""
    with hostile.world() as place:
        path = place.project / "sources.toml"
        text = GOOD if name == "sql of a table" else "no = 'x'" if "set_aside" in name else "upper(no)"
        path.write_text(hostile.description(place, Try(name, text)), encoding="utf-8")
        assert land(load_data_set(str(path)), place.landed).facts.counts["orders"].landed == 2


@pytest.mark.slow
@pytest.mark.parametrize("one", [*hostile.sql_tries()[::14], *hostile.text_tries()[::5]], ids=str)
def test_a_hostile_description_has_no_effect(one):
    assert hostile.effects(one, looking=len(one.text) % 2 == 0) == []


@pytest.mark.slow
@pytest.mark.parametrize("one", hostile.bomb_tries()[1::4], ids=str)
def test_what_asks_for_too_much_is_ended(one):
    assert hostile.effects(one, seconds=3) == []


def test_the_judge_sees_each_effect():
    with hostile.world() as place:
        before = hostile.looked_at(place)
        (place.outside / "written.csv").write_text("x", encoding="utf-8")
        (place.project / "orders.csv").write_text("x", encoding="utf-8")
        (place.outside / "secret.txt").unlink()
        (place.folder / "tmp" / "left").mkdir()
        place.landed.mkdir()
        (place.landed / "offers.toml").write_text(CANARY, encoding="utf-8")
        with socket.create_connection(("127.0.0.1", place.port)):
            pass
        while not place.calls:
            pass
        told = "\n".join(hostile.seen_of(place, before, "root:x:0:0", hostile.SLACK_SECONDS + 1))
    words = ("written.csv", "changed project/orders.csv", "removed outside/secret.txt", "left left", "called the port")
    for word in (*words, "shows 'root:x:0'", f"shows '{CANARY}'", "longer than its limit"):
        assert word in told


def test_the_judge_sees_what_was_read():
    with hostile.world() as place:
        before = hostile.looked_at(place)
        (place.outside / "secret.csv").read_text(encoding="utf-8")
        told = hostile.seen_of(place, before, "", 0)
    if not told:
        pytest.skip("this file system notes no time of reading")
    assert told == ["read outside/secret.csv"]
