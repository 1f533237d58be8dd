"""What real exports do, and how it lands."""

import gzip
import json
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landing_kit import Shop

from rcommerce_helpers.sources.facts import TableCount
from rcommerce_helpers.sources.landed import read_landed

RECORDS = """
[[tables.source_records]]
from = "orders"
columns = { record_id = "no", family_name = "name", postcode = "plz", city = "ort", birth_date = "born" }
"""
LINES = """
[[tables.order_lines]]
from = "orders"
columns = { order_id = "no", product_id = "article", quantity = "units", amount = "paid", tax = "tax" }
"""


def test_umlauts_leading_zeros_and_na_survive_a_cp1252_export(tmp_path):
    shop = Shop(
        tmp_path, options='delimiter = ";"\nencoding = "cp1252"\ndate_form = "dd.mm.yyyy"', tables=RECORDS
    ).write("no;name;plz;ort;born\n0007;Müßig-Österle;01067;Dresden;05.03.1980\n8;NA;00000;€;\n", "cp1252")
    shop.land()
    table = shop.table("source_records")
    assert table["record_id"].to_list() == ["shop:0007", "shop:8"]
    assert table["family_name"].to_list() == ["Müßig-Österle", "NA"]
    assert table["postcode"].to_list() == ["01067", "00000"]
    assert table["city"].to_list() == ["Dresden", "€"]
    assert table["birth_date"].iloc[0] == date(1980, 3, 5)
    assert pd.isna(table["birth_date"].iloc[1])


def test_decimal_comma_with_thousands_and_what_does_not_fit(tmp_path):
    shop = Shop(tmp_path, options='delimiter = ";"\ndecimal = ","\nthousands = "."', tables=LINES).write(
        "no;article;units;paid;tax\n"
        "1;a;1;1.234,50;0,1\n"
        "1;b;-2;-1234,5;\n"
        "1;c;1;1.23;0\n"
        "1;d;1;12,5O;0\n"
        "1;e;1;1,234.50;0\n"
    )
    report = shop.land()
    table = shop.table("order_lines")
    assert table["amount"].to_list() == [1234.5, -1234.5]
    assert table["quantity"].to_list() == [1.0, -2.0]
    assert table["line_number"].to_list() == [1, 2]
    assert report.quarantine["line"].to_list() == [4, 5, 6]
    assert set(report.quarantine["column"]) == {"amount"}
    assert report.quarantine["value"].to_list() == ["1.23", "12,5O", "1,234.50"]


def test_without_thousands_a_dot_is_no_decimal_comma(tmp_path):
    shop = Shop(tmp_path, options='delimiter = ";"\ndecimal = ","', tables=LINES)
    shop.write("no;article;units;paid;tax\n1;a;1;1.234;0\n1;a;1;1,5;0\n").land()
    assert shop.table("order_lines")["amount"].to_list() == [1.5]


def test_identifiers_that_a_spreadsheet_shortened_are_refused(tmp_path):
    shop = Shop(tmp_path, tables=LINES)
    shop.write("no,article,units,paid,tax\n1,4.00123E+12,1,1,0\n1,4001234567890,1,1,0\n")
    report = shop.land()
    assert shop.table("order_lines")["product_id"].to_list() == ["4001234567890"]
    assert "digits are lost" in report.quarantine["reason"].iloc[0]


def test_clock_changes(tmp_path):
    """2024 in Berlin: 31 March has no 02:30, 27 October has it twice and the first one counts."""
    shop = Shop(tmp_path).write(
        "no,who,when\n1,a,2024-03-31 01:59:59\n2,a,2024-03-31 02:30:00\n"
        "3,a,2024-10-27 02:30:00\n4,a,2024-10-27 03:00:00\n"
    )
    report = shop.land()
    table = shop.table()
    assert table["at"].to_list() == [
        datetime(2024, 3, 31, 0, 59, 59),
        datetime(2024, 10, 27, 0, 30),
        datetime(2024, 10, 27, 2, 0),
    ]
    assert table["local_at"].dt.hour.to_list() == [1, 2, 3]
    assert report.quarantine[["line", "column"]].to_numpy().tolist() == [[3, "at"]]
    assert "no such time on the clocks of Europe/Berlin" in report.quarantine["reason"].iloc[0]


def test_zone_of_the_file_and_stated_offsets(tmp_path):
    shop = Shop(tmp_path, options='time_zone = "UTC"').write(
        "no,who,when\n1,a,2024-07-01 23:30\n2,a,2024-07-01T23:30:00+02:00\n3,a,2024-07-01T23:30:00Z\n"
    )
    shop.land()
    table = shop.table()
    assert table["at"].dt.hour.to_list() == [23, 21, 23]
    assert table["local_at"].to_list() == [
        datetime(2024, 7, 2, 1, 30),
        datetime(2024, 7, 1, 23, 30),
        datetime(2024, 7, 2, 1, 30),
    ]


def test_dates_in_the_declared_form_only(tmp_path):
    shop = Shop(tmp_path, options='date_form = ["dd.mm.yyyy HH:MM", "dd.mm.yy"]').write(
        "no,who,when\n1,a,05.03.2024 10:15\n2,a,05.03.24\n3,a,2024-03-05\n4,a,31.02.2024 10:00\n5,a,03/05/2024\n"
    )
    report = shop.land()
    assert shop.table()["local_at"].to_list() == [datetime(2024, 3, 5, 10, 15), datetime(2024, 3, 5)]
    assert report.quarantine["line"].to_list() == [4, 5, 6]


def test_flags_choices_shares_and_value_maps(tmp_path):
    tables = """
    [[tables.products]]
    from = "orders"
    columns = { product_id = "no", durable = "lasting", margin_share = "margin" }
    [[tables.contacts]]
    from = "orders"
    [tables.contacts.columns]
    contact_id = "no"
    record_id = { column = "no", source = "crm" }
    campaign_id = { constant = "spring" }
    arm = { column = "lasting", values = { ja = "mail", Nein = "none" } }
    at = { constant = "2024-01-01" }
    opened = "lasting"
    """
    shop = Shop(tmp_path, tables=tables).write("no,lasting,margin\n1,ja,0.4\n2,Nein,40 %\n3,maybe,0.1\n4,1,7\n")
    report = shop.land()
    products = shop.table("products")
    assert products["durable"].to_list() == [True, False]
    assert products["margin_share"].to_list() == pytest.approx([0.4, 0.4])
    contacts = shop.table("contacts")
    assert contacts["record_id"].to_list() == ["crm:1", "crm:2", "crm:4"]
    assert contacts["arm"].to_list() == ["mail", "none", "1"]
    assert report.facts.counts["products"] == TableCount(4, 2, 2, {})


def test_constants_are_what_they_are_whatever_the_file_writes(tmp_path):
    tables = """
    [[tables.order_lines]]
    from = "orders"
    [tables.order_lines.columns]
    order_id = "no"
    product_id = { constant = "x" }
    quantity = { constant = 2 }
    amount = { constant = 1.5 }
    [[tables.campaigns]]
    from = "orders"
    columns = { campaign_id = "no", start_on = { constant = 2024-03-05 }, randomised = { constant = true } }
    """
    shop = Shop(tmp_path, options='decimal = ","\ndate_form = "dd.mm.yyyy"', tables=tables).write("no\n1\n")
    shop.land()
    assert shop.table("order_lines")[["quantity", "amount"]].to_numpy().tolist() == [[2.0, 1.5]]
    assert shop.table("campaigns")[["start_on", "randomised"]].to_numpy().tolist() == [[date(2024, 3, 5), True]]


def test_a_ragged_line_costs_one_line(tmp_path):
    shop = Shop(tmp_path).write(
        'no,who,when\n1,a,2024-01-01\n2,a\n3,a,2024-01-03,x\n4,"a,2024-01-04\n5,"b ""c""",2024-01-05\n'
    )
    report = shop.land()
    assert shop.table()["order_id"].to_list() == ["1", "5"]
    assert shop.table()["record_id"].to_list() == ["shop:a", 'shop:b "c"']
    assert report.quarantine["line"].to_list() == [3, 4, 5]
    assert report.facts.counts["orders"] == TableCount(5, 2, 3, {})


def test_line_ends_inside_quotes_belong_to_the_value(tmp_path):
    shop = Shop(tmp_path).write('no,who,when\r\n1,"a\r\nb",2024-01-01\r\n2,c,\r\n')
    report = shop.land()
    assert shop.table()["record_id"].to_list() == ["shop:a\r\nb"]
    assert report.quarantine["line"].to_list() == [4]


def test_the_same_key_twice_keeps_the_first(tmp_path):
    shop = Shop(tmp_path).write("no,who,when\n1,a,2024-01-01\n1,b,2024-01-02\n2,c,2024-01-03\n")
    report = shop.land()
    assert shop.table()["record_id"].to_list() == ["shop:a", "shop:c"]
    assert report.quarantine["reason"].to_list() == ["the same key a second time"]


def test_gzip_and_workbook_and_json_lines_land_alike(tmp_path):
    text = "no,who,when\n0012,Jürgen,2024-02-29 12:00:00\n13,b,2024-03-01 00:00:00\n"
    found = []
    for name in ("orders.csv.gz", "orders.xlsx", "orders.jsonl"):
        folder = tmp_path / name
        folder.mkdir()
        shop = Shop(folder, file=name)
        rows = [line.split(",") for line in text.splitlines()]
        if name.endswith("gz"):
            shop.write(gzip.compress(text.encode()))
        elif name.endswith("xlsx"):
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            book.active["A3"] = 13
            book.active["C3"] = datetime(2024, 3, 1)
            book.save(folder / name)
        else:
            objects = [dict(zip(rows[0], row)) for row in rows[1:]]
            shop.write("\n".join(json.dumps(o) for o in objects) + "\n")
        shop.land()
        found.append(shop.table())
    pd.testing.assert_frame_equal(found[0], found[1])
    pd.testing.assert_frame_equal(found[0], found[2])
    assert found[0]["order_id"].to_list() == ["0012", "13"]


def test_numbers_of_a_workbook_keep_their_value_under_a_decimal_comma(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["no", "article", "units", "paid", "tax"])
    book.active.append([7, 1067, 2, 1234.5, "1.000,25"])
    book.active["B2"].number_format = "00000"
    book.save(tmp_path / "orders.xlsx")
    shop = Shop(tmp_path, file="orders.xlsx", options='decimal = ","\nthousands = "."', tables=LINES)
    shop.land()
    row = shop.table("order_lines").iloc[0]
    assert (row["product_id"], row["amount"], row["tax"]) == ("01067", 1234.5, 1000.25)


def test_a_json_line_that_is_no_object_is_one_row_of_the_quarantine(tmp_path):
    shop = Shop(tmp_path, file="orders.jsonl").write(
        '{"no": 1, "who": "a", "when": "2024-01-01"}\nnonsense\n{"no": 2, "no": 3, "who": "b", "when": "2024-01-01"}\n'
    )
    report = shop.land()
    assert report.quarantine["line"].to_list() == [2, 3]
    assert report.facts.counts["orders"].landed == 1


def test_typed_parquet_needs_no_text(tmp_path):
    frame = pd.DataFrame(
        {"no": [12.0, 13.0], "who": [1, None], "when": pd.to_datetime(["2024-01-01 10:00", "2024-07-01 10:00"])}
    )
    frame.to_parquet(tmp_path / "orders.parquet")
    shop = Shop(tmp_path, file="orders.parquet")
    shop.land()
    assert shop.table()["order_id"].to_list() == ["12", "13"]
    assert shop.table()["record_id"].iloc[0] == "shop:1"
    assert shop.table()["at"].dt.hour.to_list() == [9, 8]


def test_rows_set_aside_by_name_are_counted(tmp_path):
    tests = """{ rule = "test_orders", where = "who = 'tester'" }"""
    options = f"""set_aside = [{tests}, {{ rule = "old", where = "\\"when\\" < '2024'" }}]"""
    shop = Shop(tmp_path, options=options).write(
        "no,who,when\n1,tester,2023-01-01\n2,a,2023-01-01\n3,a,2024-01-01\n4,,2024-01-02\n5,a,never\n"
    )
    report = shop.land()
    assert report.facts.counts["orders"] == TableCount(5, 2, 1, {"test_orders": 1, "old": 1})


def test_sql_for_what_a_mapping_cannot_say(tmp_path):
    tables = """
    [[tables.orders]]
    sql = 'select no as order_id, min(who) as record_id, min("when") as "at" from orders group by no'
    [[tables.attributes]]
    sql = "unpivot (select who as record_id, no, units from orders) on no, units into name \\"name\\" value \\"value\\""
    """
    shop = Shop(tmp_path, tables=tables).write(
        "no,who,when,units\n1,a,2024-01-02,5\n1,a,2024-01-01,\n2,b,2024-01-05,1\n9,x\n"
    )
    report = shop.land()
    assert shop.table()["order_id"].to_list() == ["1", "2"]
    assert shop.table()["local_at"].dt.day.to_list() == [1, 5]
    attributes = shop.table("attributes")
    assert set(zip(attributes["record_id"], attributes["name"], attributes["value"])) == {
        ("shop:a", "no", "1"),
        ("shop:a", "units", "5"),
        ("shop:b", "no", "2"),
        ("shop:b", "units", "1"),
    }
    bad_lines = report.quarantine[report.quarantine["reason"].str.contains("fields")]
    assert len(bad_lines) == 1, "a line that is no record is answered for by one table only"


def test_landing_twice_gives_the_same_bytes(tmp_path):
    shop = Shop(tmp_path).write(
        "no,who,when\n" + "".join(f"{i},p{i % 7},2024-01-{i % 28 + 1:02d}\n" for i in range(500))
    )
    shop.land()
    first = {p.name: p.read_bytes() for p in shop.landed.iterdir()}
    shop.land()
    assert {p.name: p.read_bytes() for p in shop.landed.iterdir()} == first


ROWS = st.lists(
    st.tuples(*[st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)] * 3),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, delimiter=st.sampled_from([",", ";", "\t", "|"]), end=st.sampled_from(["\n", "\r\n"]))
def test_well_formed_quoted_text_lands_unchanged(tmp_path, rows, delimiter, end):
    tables = """
    [[tables.products]]
    from = "orders"
    columns = { product_id = "no", name = "a", brand = "b", variant = "c" }
    """
    mark = "\\t" if delimiter == "\t" else delimiter
    quoted = [[str(i), *row] for i, row in enumerate(rows)]
    lines = [["no", "a", "b", "c"], *quoted]
    text = "".join(delimiter.join('"' + v.replace('"', '""') + '"' for v in line) + end for line in lines)
    shop = Shop(tmp_path, options=f'delimiter = "{mark}"', tables=tables).write(text)
    report = shop.land()
    table = shop.table("products").astype(object).fillna("")
    assert table[["product_id", "name", "brand", "variant"]].to_numpy().tolist() == quoted
    assert report.facts.counts["products"] == TableCount(len(rows), len(rows), 0, {})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.text('ab12,."\n', max_size=14), min_size=1, max_size=10))
def test_no_row_is_lost_whatever_the_lines_look_like(tmp_path, lines):
    shop = Shop(tmp_path).write("no,who,when\nsure,a,2024-01-01\n" + "\n".join(lines) + "\n")
    report = shop.land()
    count = report.facts.counts["orders"]
    assert count.rows_in == count.landed + count.quarantined
    assert len(report.quarantine) == count.quarantined == len(read_landed(shop.landed, "quarantine"))
    assert len(shop.table()) == count.landed
