"""What exports do to values on their way, kind by kind: each lands rightly, or is kept apart with its reason."""

import gzip
from datetime import date, datetime

import pandas as pd
import pytest
from landing_kit import Shop

from rcommerce_helpers.errors import BrokenExpectation, SchemaError
from rcommerce_helpers.sources.date_forms import read_form, read_forms

PEOPLE = """
[[tables.source_records]]
from = "orders"
columns.record_id = "no"
columns.given_name = "first"
columns.family_name = "last"
columns.email = "mail"
columns.phone = "tel"
columns.birth_date = "born"
"""
PERMISSIONS = """
[[tables.permissions]]
from = "orders"
columns.record_id = "who"
columns.purpose = { constant = "marketing" }
columns.channel = { constant = "phone" }
columns.contact_point = "point"
columns.decision = "said"
columns.at = "when"
"""
INVOICES = """
[[tables.invoices]]
from = "orders"
columns = { invoice_id = "no", invoiced_on = "day", amount = "eur" }
"""
LINES = """
[[tables.order_lines]]
from = "orders"
columns.order_id = "no"
columns.product_id = "article"
columns.quantity = "units"
columns.amount = { multiply = ["units", "price"], minus = ["off"] }
"""


@pytest.mark.parametrize(
    ("form", "engine"),
    [
        ("dd.MM.yyyy", "%d.%m.%Y"),
        ("dd.mm.yyyy", "%d.%m.%Y"),
        ("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
        ("yyyy-mm-dd HH:MM:SS", "%Y-%m-%d %H:%M:%S"),
        ("yyyyMMddHHmmss", "%Y%m%d%H%M%S"),
        ("HH:mm dd.MM.yy", "%H:%M %d.%m.%y"),
        ("M/d/yyyy h:mm a", "%m/%d/%Y %I:%M %p"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "%Y-%m-%dT%H:%M:%S.%g%z"),
        ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M"),
        ("epoch", ""),
    ],
)
def test_letters_of_excel_java_and_strftime_mean_what_they_mean_there(form, engine):
    assert read_form(form, "files.f").strptime == engine


@pytest.mark.parametrize(
    ("form", "words"),
    [("dd.mm", "year not at all"), ("mm:ss yyyy dd", "month not at all"), ("qq.mm.yyyy", "'qq' stands for nothing"),
     ("dd.dd.yyyy", "month not at all"), ("%Y-%j", "%j"), ("dd.MM.yyyy dd", "day twice")],
)  # fmt: skip
def test_a_form_without_a_whole_date_is_refused(form, words):
    with pytest.raises(SchemaError, match=words):
        read_form(form, "files.f")


@pytest.mark.parametrize(
    "forms",
    [["dd.mm.yyyy", "mm.dd.yyyy"], ["yyyy-mm-dd", "yyyy-dd-mm"], ["ddmmyy", "yymmdd"], ["d/m/yyyy", "M/d/yyyy"]],
)
def test_forms_that_read_one_text_as_two_days_are_refused_with_that_text(forms):
    with pytest.raises(SchemaError, match="which read '[^']+' as .* and "):
        read_forms(forms, "files.f")
    assert len(read_forms(["dd.mm.yyyy", "dd.mm.yyyy HH:MM", "dd.mm.yy"], "files.f")) == 3


@pytest.mark.parametrize(
    ("text", "options", "utc"),
    [
        ("2024-07-04 00:52:00 +0200", "", "2024-07-03 22:52:00"),
        ("2024-07-04T00:52:00+02", "", "2024-07-03 22:52:00"),
        ("2024-07-04 00:52:00 UTC", "", "2024-07-04 00:52:00"),
        ("04.07.2024 00:52 +0200", 'date_form = "dd.MM.yyyy HH:mm Z"', "2024-07-03 22:52:00"),
        ("2024-07-04T00:52:00.250Z", "date_form = \"yyyy-MM-dd'T'HH:mm:ss.SSSX\"", "2024-07-04 00:52:00.250"),
        ("1720054320", 'date_form = "epoch"', "2024-07-04 00:52:00"),
        ("1720054320000", 'date_form = "epoch"', "2024-07-04 00:52:00"),
        ("1720054320000000", 'date_form = "epoch"', "2024-07-04 00:52:00"),
        ("04.07.2024 02:52", 'date_form = "dd.MM.yyyy HH:mm"', "2024-07-04 00:52:00"),
    ],
)
def test_a_moment_with_an_offset_or_since_1970_is_that_instant(tmp_path, text, options, utc):
    shop = Shop(tmp_path, options=options).write(f"no,who,when\n1,a,{text}\n")
    shop.land()
    assert shop.table()["at"].iloc[0] == pd.Timestamp(utc)


def test_a_day_cut_from_an_instant_is_the_day_of_the_data_set(tmp_path):
    shop = Shop(tmp_path, tables=INVOICES).write("no,day,eur\n1,2024-06-04T22:30:00Z,5\n2,2024-06-04,5\n")
    shop.land()
    assert shop.table("invoices")["invoiced_on"].to_list() == [date(2024, 6, 5), date(2024, 6, 4)]


def test_identifiers_lose_blanks_invisible_signs_and_the_tail_of_a_float_and_stay_text(tmp_path):
    keys = [" 7 ", "1001.0", "\u00a0K\u200b8", "a\u0308", "007", "1.0.2", "12E5", "NA"]
    shop = Shop(tmp_path).write("no,who,when\n" + "".join(f"{n},{k},2024-01-01\n" for n, k in enumerate(keys)))
    shop.land()
    found = ["7", "1001", "K8", "ä", "007", "1.0.2", "12E5", "NA"]
    assert shop.table()["record_id"].to_list() == [f"shop:{k}" for k in found]


@pytest.mark.parametrize("number", ["4,00123E+12", "4E+12", "4.00123e+12", "40012345678.900002"])
@pytest.mark.parametrize("column", ["no", "who"])
def test_a_reference_that_a_spreadsheet_shortened_is_never_one(tmp_path, number, column):
    row = {"no": "1", "who": "a"} | {column: number}
    shop = Shop(tmp_path, options='delimiter = ";"').write(
        f"no;who;when\n{row['no']};{row['who']};2024-01-01\n9;z;2024-01-01\n"
    )
    report = shop.land()
    assert shop.table()["record_id"].to_list() == ["shop:z"]
    assert report.quarantine["reason"].to_list() == ["shortened by a spreadsheet, digits are lost"]


@pytest.mark.parametrize("word", ["NULL", "nan", "\\N", "n/a", "#N/A", "None", ""])
def test_a_word_for_nothing_is_no_customer(tmp_path, word):
    shop = Shop(tmp_path).write(f"no,who,when\n1,{word},2024-01-01\n2,8,2024-01-01\n")
    shop.land()
    assert shop.table()["record_id"].fillna("").to_list() == ["", "shop:8"]


def test_words_for_nothing_are_no_names_and_people_called_so_keep_theirs(tmp_path):
    people = "1,nan,Adler,nomail@nomail.com,,\n2,Anna,Null,anna@post.example,,\n3,Nan,Krause,no-reply@shop.example,,\n"
    shop = Shop(tmp_path, tables=PEOPLE).write("no,first,last,mail,tel,born\n" + people)
    shop.land()
    table = shop.table("source_records").fillna("")
    assert table["given_name"].to_list() == ["", "Anna", "Nan"]
    assert table["family_name"].to_list() == ["Adler", "Null", "Krause"]
    assert table["email"].to_list() == ["", "anna@post.example", "no-reply@shop.example"]


def test_initials_and_first_names_are_addresses(tmp_path):
    mails = ["na@firma.example", "nan@post.example", "no@post.example", "noemail@x.example", "keine-mail@x.example"]
    rows = "".join(f"{n},Eva,Adler,{mail},,\n" for n, mail in enumerate(mails))
    shop = Shop(tmp_path, tables=PEOPLE).write("no,first,last,mail,tel,born\n" + rows)
    shop.land()
    assert shop.table("source_records")["email"].fillna("").to_list() == [*mails[:3], "", ""]


def test_a_visitor_of_google_analytics_is_no_shortened_number(tmp_path):
    visitors = ["1234567890.1617181920", "987654.1700000001", "123456789.1699990000"]
    shop = Shop(tmp_path).write("no,who,when\n" + "".join(f"{n},{v},2024-01-01\n" for n, v in enumerate(visitors)))
    shop.land()
    assert shop.table()["record_id"].to_list() == [f"shop:{v}" for v in visitors]


def test_a_refusal_of_a_shortened_number_holds_for_all_and_a_grant_for_none(tmp_path):
    said = "a,4.91761E+11,granted\nb,4.91761E+11,withdrawn\nc,0170 5550001,granted\n"
    shop = Shop(tmp_path, tables=PERMISSIONS).write("who,point,said,when\n" + said.replace("\n", ",2024-01-01\n"))
    report = shop.land()
    table = shop.table("permissions").fillna("")
    assert table["decision"].to_list() == ["withdrawn", "granted"]
    assert table["contact_point"].to_list() == ["", "0170 5550001"]
    assert report.quarantine["column"].to_list() == ["contact_point"]


def test_a_value_that_cannot_be_does_not_cost_the_person(tmp_path):
    people = "1,Eva,Adler,,0170 5550001,2031-01-01\n2,Jan,Bach,,4.91761E+11,30.30.1999\n3,Ida,Cohn,,,1990-02-03\n"
    shop = Shop(tmp_path, tables=PEOPLE).write("no,first,last,mail,tel,born\n" + people)
    report = shop.land()
    table = shop.table("source_records")
    assert table["birth_date"].notna().to_list() == [False, False, True]
    assert table["phone"].fillna("").to_list() == ["0170 5550001", "", ""]
    count = report.facts.counts["source_records"]
    assert (count.rows_in, count.landed, count.quarantined, count.values_left_out) == (3, 3, 0, 2)
    kept = report.quarantine[report.quarantine["row_landed"]]
    assert kept["column"].to_list() == ["birth_date", "phone"]


def test_a_birth_of_two_digits_lies_in_the_past(tmp_path):
    shop = Shop(tmp_path, options='date_form = "dd.mm.yy"', tables=PEOPLE).write(
        "no,first,last,mail,tel,born\n1,Eva,Adler,,,24.12.59\n2,Jan,Bach,,,24.12.99\n3,Ida,Cohn,,,01.02.05\n"
    )
    shop.land()
    years = [day.year for day in shop.table("source_records")["birth_date"]]
    assert years == [1959, 1999, 2005]


def test_the_header_again_and_the_sum_of_the_rows_are_no_rows(tmp_path):
    shop = Shop(tmp_path, tables=INVOICES).write(
        "no,day,eur\n1,2024-01-02,10\nno,day,eur\n2,2024-01-03,20\nSumme:,2024-06-30,30\n"
    )
    count = shop.land().facts.counts["invoices"]
    assert shop.table("invoices")["amount"].to_list() == [10.0, 20.0]
    assert count.set_aside == {"repeated_header": 1, "totals_line": 1}
    assert count.rows_in == 4


def test_a_stray_quote_costs_its_two_lines_and_no_row_between(tmp_path):
    lines = '1;"Adler;2024-01-01\n2;Bach;2024-01-01\n3;Cohn";2024-01-01\n4;Dorn;2024-01-01\n'
    shop = Shop(tmp_path, options='delimiter = ";"').write("no;who;when\n" + lines)
    report = shop.land()
    assert shop.table()["order_id"].to_list() == ["2", "4"]
    assert report.quarantine["line"].to_list() == [2, 4]


def test_a_text_of_several_lines_is_one_field(tmp_path):
    lines = '1;"Adler;\nBach; Cohn\nsays hello";2024-01-01\n2;"one\ntwo";2024-01-01\n'
    shop = Shop(tmp_path, options='delimiter = ";"').write("no;who;when\n" + lines)
    report = shop.land()
    assert shop.table()["order_id"].to_list() == ["1", "2"]
    assert report.quarantine.empty


def test_a_computed_amount_that_cannot_be_goes_to_quarantine_with_what_was_written(tmp_path):
    rows = "1,a,3,19.99,\n2,b,2,12.3.4,\n3,c,1,5,0.5\n4,d,1,5,x\n"
    shop = Shop(tmp_path, tables=LINES).write("no,article,units,price,off\n" + rows)
    report = shop.land()
    assert shop.table("order_lines")["amount"].to_list() == [59.97, 4.5]
    assert report.quarantine["value"].to_list() == ["2, 12.3.4", "1, 5, x"]
    assert report.quarantine["column"].to_list() == ["amount", "amount"]


def test_a_bad_number_in_sql_costs_its_row_only(tmp_path):
    tables = LINES.replace(
        '{ multiply = ["units", "price"], minus = ["off"] }', '{ sql = "cast(price as double) * 2" }'
    )
    shop = Shop(tmp_path, tables=tables).write("no,article,units,price,off\n1,a,1,4,\n2,b,1,12.3.4,\n")
    report = shop.land()
    assert shop.table("order_lines")["amount"].to_list() == [8.0]
    assert report.quarantine["value"].to_list() == ["12.3.4"]


def test_cents_are_divided_in_the_marks_of_the_file(tmp_path):
    tables = INVOICES.replace('amount = "eur"', 'amount = { column = "eur", divide_by = 100 }')
    shop = Shop(tmp_path, options='decimal = ","\ndelimiter = ";"', tables=tables)
    shop.write("no;day;eur\n1;2024-01-02;1999\n2;2024-01-02;12,5\n").land()
    assert shop.table("invoices")["amount"].to_list() == [19.99, 0.125]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_file_in_another_encoding_is_named_by_the_right_one(tmp_path, encoding, packed):
    content = "no,who,when\n1,a,2024-01-01\n".encode(encoding)
    file = "orders.csv.gz" if packed else "orders.csv"
    shop = Shop(tmp_path, file=file, options='encoding = "cp1252"')
    shop.write(gzip.compress(content) if packed else content)
    with pytest.raises(SchemaError, match=f'encoding = "{encoding.removesuffix("-sig")}"'):
        shop.land()


def test_a_newest_day_in_the_future_is_not_fresh(tmp_path):
    shop = Shop(tmp_path, extra="[expect]\nfreshness_days_max = 10").write("no,who,when\n1,a,2042-01-01\n")
    with pytest.raises(BrokenExpectation, match="days after as_of"):
        shop.land()


def test_local_and_utc_of_one_form_agree(tmp_path):
    shop = Shop(tmp_path, options='date_form = ["dd.mm.yyyy HH:MM", "dd.mm.yyyy HH:MM Z"]')
    shop.write("no,who,when\n1,a,04.07.2024 00:52\n2,a,04.07.2024 00:52 +0100\n").land()
    assert shop.table()["local_at"].to_list() == [datetime(2024, 7, 4, 0, 52), datetime(2024, 7, 4, 1, 52)]
