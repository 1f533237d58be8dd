"""A frame by hand goes through the same door as a lazy table: one connection, no download, no warning."""

import subprocess
import sys

import pandas as pd
import pytest

from rcommerce_helpers import engine

ALONE = """
import warnings
warnings.simplefilter("error")
import pandas as pd
from rcommerce_helpers import engine
table = engine.as_lazy(pd.DataFrame({"amount": [1.0, 2.0]}))
assert engine.frame(table.aggregate(total=table.amount.sum()))["total"].tolist() == [3.0]
said = "select current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
assert table.get_backend().con.execute(said).fetchall() == [(False, False)]
engine.lazy_tables({"t": pd.DataFrame({"name": ["a"]})})["t"].columns
"""


def test_a_frame_alone_downloads_nothing_and_warns_of_nothing():
    done = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_frame_joins_a_lazy_table():
    orders = engine.lazy_tables({"orders": pd.DataFrame({"order_id": ["a", "b"], "n": [1, 2]})})["orders"]
    wanted = engine.as_lazy(pd.DataFrame({"order_id": ["b"]}))
    assert engine.frame(orders.semi_join(wanted, "order_id"))["n"].to_list() == [2]


def test_rows_by_hand_stand_in_the_order_in_which_they_are_written():
    given = pd.DataFrame({"event": ["view", "buy"]})
    assert engine.frame(engine.in_file_order(given))["file_order"].to_list() == [0, 1]
    known = engine.in_file_order(given.assign(file_order=[7, 3]))
    assert engine.frame(known)["file_order"].to_list() == [7, 3]
    lazy = engine.in_file_order(engine.lazy_tables({"events": given})["events"])
    assert engine.frame(lazy)["file_order"].isna().all()


@pytest.mark.parametrize("amounts", [[0.1] * 10, [1e9, 0.0000001, -1e9], [None, 0.00004]])
def test_exact_sums(amounts):
    table = engine.as_lazy(pd.DataFrame({"amount": pd.Series(amounts, dtype=float)}))
    found = engine.frame(table.aggregate(total=engine.exact_sum(table.amount)))["total"].iloc[0]
    assert found == {10: 1.0, 3: 0.0000001, 2: 0.00004}[len(amounts)]
