"""Persons of a system that gave no person records; never beside those of one that did."""

import pytest
from landing_kit import HEAD, ORDERS, Shop

from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.sentences.sources import sentence_buckets
from rcommerce_helpers.sources import check, land, load_data_set
from rcommerce_helpers.sources.arrival import count_rows
from rcommerce_helpers.sources.derived import told_of
from rcommerce_helpers.sources.landed import read_landed

ROWS = "no,who,when\n1,007,2024-06-01\n2,b,2024-06-02\n3,007,2024-06-03\n4,,2024-06-04\n5,x,never\n"
PEOPLE = '[files.people]\npath = "people.csv"\nsource = "shop"\n[[tables.source_records]]\nfrom = "people"\n'
PEOPLE += 'columns = { record_id = "id" }\n'
TICKETS = '[files.tickets]\npath = "tickets.csv"\nsource = "desk"\n[[tables.service_cases]]\nfrom = "tickets"\n'
TICKETS += 'columns = { case_id = "id", record_id = "who", at = "when" }\n'


def test_only_orders_are_mapped(tmp_path):
    shop = Shop(tmp_path).write(ROWS)
    report = shop.land()
    people = shop.table("source_records")
    assert people["record_id"].to_list() == ["shop:007", "shop:b"], "good rows only, guests are nobody"
    assert people["email"].isna().all()
    count = report.facts.counts["source_records"]
    assert (count.rows_in, count.landed, count.quarantined, count.derived) == (2, 2, 0, {"shop": 2})
    said = [line for line in check(load_data_set(str(shop.describe()))).lines() if "Persons made" in line]
    assert len(said) == 1
    assert "2 of shop" in said[0]
    assert fit_to_leave(said[0]) == said[0]
    told = {language: str(sentence_buckets(count_rows(report.facts.counts), language)) for language in ("en", "de")}
    assert "2 of them are persons made from the customer numbers" in told["en"]
    assert "2 davon sind Personen, die aus den Kundennummern" in told["de"]
    assert told_of(report.facts) == said


def test_a_number_unknown_to_its_own_system_stays_a_broken_join(tmp_path):
    (tmp_path / "people.csv").write_text("id\n007\n")
    (tmp_path / "tickets.csv").write_text("id,who,when\n1,k1,2024-06-01\n2,k2,2024-06-01\n")
    path = tmp_path / "sources.toml"
    Shop(tmp_path).write(ROWS)
    path.write_text(f'{HEAD}\n[files.orders]\npath = "orders.csv"\nsource = "shop"\n{PEOPLE}\n{TICKETS}\n{ORDERS}')
    report = land(load_data_set(str(path)), tmp_path / "landed")
    people = read_landed(tmp_path / "landed", "source_records")["record_id"].to_list()
    assert people == ["shop:007", "desk:k1", "desk:k2"]
    assert report.facts.counts["source_records"].derived == {"desk": 2}
    joins = check(load_data_set(str(path))).joins.set_index(["table", "points_to"])
    assert joins.loc[("orders", "source_records"), "lost"] == 1
    assert joins.loc[("service_cases", "source_records"), "lost"] == 0


def test_person_records_that_cannot_be_read_are_not_replaced(tmp_path):
    """The system has person records: what its file lacks is lost, not invented."""
    (tmp_path / "people.csv").write_text("id,x\n4E+12,1\nq,1\n")
    shop = Shop(tmp_path, extra=PEOPLE).write(ROWS)
    shop.land()
    assert shop.table("source_records")["record_id"].to_list() == ["shop:q"]


@pytest.mark.parametrize("rows", ["no,who,when\n1,,2024-06-01\n", "no,who,when\n1,NULL,2024-06-01\n"])
def test_where_nobody_is_named_nobody_is_made(tmp_path, rows):
    report = Shop(tmp_path).write(rows).land()
    assert "source_records" not in report.facts.counts
    assert not (tmp_path / "landed" / "source_records.parquet").exists()
