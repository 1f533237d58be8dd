"""Ties in time keep the order of the file: landing carries the place of every row of a table with a moment."""

import pytest
from landing_kit import HEAD, Shop

from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.landed import read_landed

EVENTS = """
[[tables.web_events]]
from = "orders"
columns = { event_id = "no", visitor_id = "who", session_id = "visit", at = "when", event = "what" }
"""
SECOND = "no,who,visit,when,what\n9,u,s,2024-03-01 10:00:00,view\n10,u,s,2024-03-01 10:00:00,cart\n"
ONE_SELECT = """
[[tables.web_events]]
sql = '''select no as event_id, who as visitor_id, "when" as "at", what as event {line} from orders'''
"""


def test_three_events_in_one_second_stand_in_the_order_of_the_file(tmp_path):
    shop = Shop(tmp_path, tables=EVENTS).write(f"{SECOND}11,u,s,2024-03-01 10:00:00,buy\n")
    shop.land()
    events = shop.table("web_events").sort_values(["local_at", "file_order"])
    assert events["event"].to_list() == ["view", "cart", "buy"]
    assert events["file_order"].is_monotonic_increasing and events["file_order"].is_unique


def test_a_row_in_quarantine_changes_no_order(tmp_path):
    shop = Shop(tmp_path, tables=EVENTS).write(f"{SECOND}x,u,s,never,view\n11,u,s,2024-03-01 10:00:00,buy\n")
    shop.land()
    assert shop.table("web_events").set_index("file_order")["event"].to_dict() == {1: "view", 2: "cart", 3: "buy"}


def test_the_second_file_comes_after_the_first(tmp_path):
    files = {
        "late": "no,when\n3,2024-03-01 10:00\n1,2024-03-01 10:00\n",
        "early": "no,when\n8,2024-03-01 10:00\n7,2024-03-01 10:00\n",
    }
    toml = HEAD
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content)
        toml += f'\n[files.{name}]\npath = "{name}.csv"\nsource = "shop"\n'
    for name in files:
        toml += f'\n[[tables.orders]]\nfrom = "{name}"\ncolumns = {{ order_id = "no", at = "when" }}\n'
    (tmp_path / "sources.toml").write_text(toml)
    land(load_data_set(str(tmp_path / "sources.toml")), tmp_path / "landed")
    orders = read_landed(tmp_path / "landed", "orders").sort_values("file_order")
    assert orders["order_id"].to_list() == ["3", "1", "8", "7"]
    assert orders["file_order"].is_unique


@pytest.mark.parametrize(("line", "right"), [(', _line as "_line"', ["9", "10"]), ("", ["10", "9"])])
def test_a_select_keeps_the_order_of_the_file_where_it_hands_on_the_line(tmp_path, line, right):
    shop = Shop(tmp_path, tables=ONE_SELECT.format(line=line)).write(SECOND)
    shop.land()
    assert shop.table("web_events").sort_values("file_order")["event_id"].to_list() == right


def test_a_table_without_a_moment_has_no_place(tmp_path):
    products = '[[tables.products]]\nfrom = "orders"\ncolumns = { product_id = "no" }\n'
    shop = Shop(tmp_path, tables=products).write("no\n1\n")
    shop.land()
    assert "file_order" not in shop.table("products")


def test_amounts_below_a_hundredth_of_a_cent_land_as_written(tmp_path):
    lines = '[[tables.order_lines]]\nfrom = "orders"\ncolumns = { order_id = "no", product_id = "p", quantity = "q", '
    shop = Shop(tmp_path, tables=lines + 'amount = "a" }\n').write("no,p,q,a\no,p,1,0.00004\n")
    shop.land()
    assert shop.table("order_lines")["amount"].to_list() == [0.00004]
