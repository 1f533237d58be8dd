"""The source report, counted by hand on the tiny data set."""

import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.quality import report_sources
from rcommerce_helpers.sources.landed import read_landed


@pytest.mark.usefixtures("tell_of_few")
def test_sources_are_counted_dated_and_their_gaps_named(landed):
    sources = report_sources(landed, "2024-12-31").sources.set_index("source")
    assert sources["records"].to_dict() == {"crm": 3, "shop": 2}
    assert sources["newest_trace"].to_dict() == {
        "crm": pd.Timestamp("2024-02-01 11:00"), "shop": pd.Timestamp("2024-04-02 00:30"),
    }  # fmt: skip
    assert sources["days_old"].to_dict() == {"crm": 334.0, "shop": 273.0}
    assert sources["granted_share"].round(4).to_dict() == {"crm": 0.3333, "shop": 0.5}
    assert sources.loc["crm", "holds_no"] == "customer_number, phone, birth"


@pytest.mark.usefixtures("tell_of_few")
def test_coverage_of_values_and_facts(landed):
    coverage = report_sources(landed, "2024-12-31").coverage.set_index(["source", "what"])["filled_share"]
    assert coverage["crm", "email"] == pytest.approx(2 / 3)
    assert coverage["shop", "phone"] == 0.5
    assert coverage["shop", "orders"] == 1.0
    assert coverage["crm", "orders"] == pytest.approx(1 / 3)


def test_figures_leave_out_cancelled_and_test_orders(landed):
    figures = {f.name: (f.value, f.n) for f in report_sources(landed, "2024-12-31").figures}
    assert figures["orders"] == (4, 4)
    assert figures["orders_known_share"] == (0.75, 4)
    assert figures["revenue"] == (10 - 4 + 20 + 7 + 5, 5)
    assert figures["days_covered"] == (62, 4)
    assert figures["quarantined_rows"] == (1, 6)
    assert "attribute_coverage" not in figures


@pytest.mark.usefixtures("tell_of_few")
def test_duplicates_within_a_source_share_a_key(landed):
    records = read_landed(landed, "source_records")
    twin = records[records["record_id"] == "crm:2"].assign(record_id="crm:22")
    pd.concat([records, twin]).to_parquet(landed / "source_records.parquet", index=False)
    sources = report_sources(landed, "2024-12-31").sources.set_index("source")
    assert sources["duplicate_share"].to_dict() == {"crm": 0.5, "shop": 0.0}


def test_a_data_set_without_persons_says_so(landed):
    (landed / "source_records.parquet").unlink()
    with pytest.raises(NotEnoughData, match="source_records"):
        report_sources(landed, "2024-12-31")


@pytest.mark.usefixtures("tell_of_few")
def test_a_value_that_is_the_same_in_all_records_tells_nobody_apart(landed):
    assert "same_for_all" not in report_sources(landed, "2024-12-31").sources
    records = read_landed(landed, "source_records")
    records["city"] = "Berlin"
    records.loc[records["record_id"].str.startswith("crm:"), "birth_date"] = pd.Timestamp("1980-05-17").date()
    records.to_parquet(landed / "source_records.parquet", index=False)
    sources = report_sources(landed, "2024-12-31").sources.set_index("source")
    assert sources.loc["crm", "same_for_all"] == "birth"
    assert pd.isna(sources.loc["shop", "same_for_all"])


def test_dates_after_the_last_day_are_said(landed):
    records = read_landed(landed, "source_records")
    records.loc[records["record_id"] == "crm:1", ["updated_at", "local_updated_at"]] = pd.Timestamp("2099-01-01")
    records.loc[records["record_id"] == "crm:2", ["created_at", "local_created_at"]] = pd.Timestamp("2099-01-01")
    records.to_parquet(landed / "source_records.parquet", index=False)
    figures = {f.name: (f.value, f.n) for f in report_sources(landed, "2024-12-31").figures}
    assert figures["records_dated_later"] == (2, 5)
    assert figures["records"] == (4, 4)
