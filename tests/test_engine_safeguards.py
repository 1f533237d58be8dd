"""The one door to DuckDB: nothing is fetched, and after the lock nothing else is seen or changed."""

import duckdb
import pandas as pd
import pytest

from rcommerce_helpers.engine import connect, lock


@pytest.fixture
def folders(tmp_path):
    for name in ("open", "shut"):
        (tmp_path / name).mkdir()
        pd.DataFrame({"x": [1]}).to_parquet(tmp_path / name / "t.parquet")
    return tmp_path / "open", tmp_path / "shut"


def test_no_connection_fetches_an_extension():
    names = "('autoinstall_known_extensions', 'autoload_known_extensions')"
    found = connect().sql(f"select value from duckdb_settings() where name in {names}").fetchall()
    assert [str(value).lower() for (value,) in found] == ["false", "false"]


def test_a_locked_engine_reads_its_folder_and_no_other(folders):
    con = connect()
    lock(con, readable=(folders[0],))
    assert con.sql(f"select x from read_parquet('{folders[0]}/t.parquet')").fetchall() == [(1,)]
    with pytest.raises(duckdb.Error):
        con.sql(f"select x from read_parquet('{folders[1]}/t.parquet')").fetchall()


def test_a_lock_cannot_be_opened_again():
    con = connect()
    lock(con)
    with pytest.raises(duckdb.Error):
        con.execute("set memory_limit = '100MB'")
