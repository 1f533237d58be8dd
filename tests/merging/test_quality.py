"""The source report and the comparison of sources, counted by hand on the tiny data set."""

import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.quality import compare_sources, report_sources
from rcommerce_helpers.sources.landed import read_landed

EXACT = MergingParams(matching="exact")


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


def test_what_each_source_adds_and_where_they_disagree(landed):
    records = read_landed(landed, "source_records")
    records["birth_date"] = records["birth_date"].astype(object)
    records.loc[records["record_id"] == "crm:1", "postcode"] = "10115"
    records.loc[records["record_id"] == "shop:9", "postcode"] = "20095"
    compared = compare_sources(records, identify(records, EXACT, key=KEY).persons)
    assert compared.sources.set_index("source")[["customers", "only_here", "with_conflicts"]].to_numpy().tolist() == [
        [3, 2, 1],
        [2, 1, 1],
    ]
    assert compared.conflicts.set_index("what")["customers"].to_dict() == {
        "given": 0, "family": 0, "email": 0, "phone": 0, "birth": 0, "postcode": 1,
    }  # fmt: skip
    assert {f.name: (f.value, f.n) for f in compared.figures} == {
        "customers_in_several_sources": (1, 4), "conflict_share": (1.0, 1),
    }  # fmt: skip


def test_one_source_cannot_be_compared(landed):
    records = read_landed(landed, "source_records")
    only = records[records["record_id"].str.startswith("crm:")]
    with pytest.raises(NotEnoughData, match="one"):
        compare_sources(only, identify(only, EXACT, key=KEY).persons)
