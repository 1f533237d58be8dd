"""The public data sets land whole, with the counts their publishers state."""

from pathlib import Path

import pandas as pd
import pytest

from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.engine import engine
from rcommerce_helpers.sources.facts import TableCount, read_facts
from rcommerce_helpers.sources.landed import has_landed, read_landed
from rcommerce_helpers.sources.public import public_data_sets

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
ONLINE_RETAIL = ROOT / "data" / "online_retail" / "sources.toml"


@pytest.fixture(scope="module")
def journey(tmp_path_factory):
    folder = tmp_path_factory.mktemp("journey")
    land(load_data_set("complete-journey"), folder)
    return folder


def test_complete_journey_counts(journey):
    counts = read_facts(journey).counts
    assert {name: c.landed for name, c in counts.items()} == {
        "source_records": 2469,
        "attributes": 5237,
        "stores": 457,
        "orders": 155_848,
        "order_lines": 1_469_307,
        "products": 92_331,
        "campaigns": 27,
        "contacts": 6_589,
    }
    assert all(c.rows_in == c.landed for c in counts.values())
    assert len(read_landed(journey, "quarantine")) == 0
    assert not has_landed(journey, "web_events")


def test_complete_journey_tells_the_time_of_its_tills(journey):
    """Read in the zone of the shops the evening is busiest; the publisher's clock is UTC."""
    orders = read_landed(journey, "orders")
    assert orders["local_at"].min() == pd.Timestamp("2017-01-01 06:53:26")
    assert orders["local_at"].dt.hour.mode().iloc[0] in range(15, 20)
    lines = read_landed(journey, "order_lines")
    assert lines["amount"].sum() == pytest.approx(4_596_039.58, abs=0.01)
    assert lines.groupby("order_id", sort=False)["line_number"].max().sum() == len(lines)
    assert set(lines.loc[lines["quantity"] <= 0, "kind"]) == {"adjustment"}


@pytest.fixture(scope="module")
def retail(tmp_path_factory):
    if not (SHARED / "online_retail").exists():
        pytest.skip("needs ../shared/data/online_retail and online_retail_2 beside the checkout")
    folder = tmp_path_factory.mktemp("retail")
    land(load_data_set(str(ONLINE_RETAIL), allow_outside=True), folder)
    return folder


@pytest.mark.shared_data
def test_online_retail_sets_the_overlap_aside_and_loses_nothing(retail):
    counts = read_facts(retail).counts
    assert counts["order_lines"] == TableCount(1_067_370, 1_044_847, 0, {"overlap": 22_523})
    assert counts["source_records"].landed == 5942
    assert counts["orders"].landed == 53_628
    assert counts["products"] == TableCount(5305, 5304, 1)  # one number with a blank behind it, and without


@pytest.mark.shared_data
def test_online_retail_keeps_what_the_publisher_counts(retail):
    """Valid lines of the second year: customer known, quantity and price above 0; doubles kept."""
    lines, orders = read_landed(retail, "order_lines"), read_landed(retail, "orders")
    whole = lines.merge(orders[["order_id", "record_id", "local_at"]], on="order_id")
    valid = whole[whole["record_id"].notna() & (whole["quantity"] > 0) & (whole["amount"] > 0)]
    year = valid[valid["local_at"] >= "2010-12-01"]
    assert len(year) == 397_884
    assert year["amount"].sum() == pytest.approx(8_911_407.90, abs=0.05)
    assert (lines.loc[lines["kind"] == "return", "amount"] <= 0).all()
    credit = lines["order_id"].str.startswith("C")
    assert set(lines.loc[credit, "kind"]) <= {"return", "shipping", "fee", "voucher", "adjustment"}


def test_public_names_and_folders_are_found(tmp_path):
    assert "complete-journey" in public_data_sets()
    assert load_data_set(str(ONLINE_RETAIL.parent)).name == "online-retail"


def test_the_engine_never_fetches_extensions(tmp_path):
    with engine(tmp_path) as connection:
        options = "('autoinstall_known_extensions', 'autoload_known_extensions')"
        found = connection.sql(f"select name, value from duckdb_settings() where name in {options}").fetchall()
        assert {str(value).lower() for _, value in found} == {"false"}
        with pytest.raises(Exception, match="(?i)extension|excel"):
            connection.sql("select * from read_xlsx('any.xlsx')").fetchall()


def test_fingerprint_follows_every_file(tmp_path):
    from landing_kit import Shop

    shop = Shop(tmp_path).write("no,who,when\n1,a,2024-01-01\n")
    prints = {load_data_set(str(shop.describe())).fingerprint}
    shop.write("no,who,when\n1,a,2024-01-02\n")
    prints.add(load_data_set(str(shop.describe())).fingerprint)
    (tmp_path / "offers.toml").write_text("# none yet\n")
    prints.add(load_data_set(str(shop.describe())).fingerprint)
    assert len(prints) == 3
    land(load_data_set(str(tmp_path)), shop.landed)
    assert (shop.landed / "offers.toml").exists()


def test_the_benchmark_in_small(tmp_path):
    """A reduced form of landing_1m_rows_seconds: every spoilt line, and none else, is in quarantine."""
    from benchmarks.landing import write_export

    write_export(tmp_path, 2000, 1)
    report = land(load_data_set(str(tmp_path)), tmp_path / "landed")
    assert report.facts.counts["order_lines"] == TableCount(2000, 1980, 20, {})
    assert sorted(report.quarantine["line"]) == [i + 2 for i in range(2000) if i % 100 == 7]
    assert report.quarantine.groupby(["column", "reason"]).size().to_list() == [4] * 5
