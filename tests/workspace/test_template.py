"""The template that `rcommerce new` writes works as it stands on the exports it describes."""

from pathlib import Path

from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.landed import read_landed
from rcommerce_helpers.workspace.project import write_project

CUSTOMERS = "CustomerNo;FirstName;LastName;Email;Postcode;City\n7;Jörg;Müller;j@example.com;01067;Dresden\n"
ORDERS = """OrderNo;CustomerNo;OrderDate;ArticleNo;Quantity;Amount
1;7;29.06.2024 18:05;A;1;1.234,50
1;7;29.06.2024 18:05;B;2;10,00
2;7;30.06.2024 10:00;A;1;5,00
"""


def test_an_export_with_one_row_per_line_gives_one_order_per_number(tmp_path: Path):
    project = tmp_path / "shop"
    write_project(project)
    (project / "exports" / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (project / "exports" / "orders.csv").write_text(ORDERS, encoding="utf-8")
    landed = tmp_path / "landed"
    land(load_data_set(str(project / "sources.toml")), landed)
    orders = read_landed(landed, "orders")
    assert orders["order_id"].to_list() == ["1", "2"]
    assert orders["record_id"].to_list() == ["shop:7", "shop:7"]
    assert str(orders["at"].iloc[0]) == "2024-06-29 16:05:00"  # Berlin summer time
    assert read_landed(landed, "order_lines")["amount"].to_list() == [1234.5, 10.0, 5.0]
    assert read_landed(landed, "source_records")["postcode"].to_list() == ["01067"]
