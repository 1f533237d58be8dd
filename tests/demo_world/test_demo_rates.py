"""Every number has a source; the data sheet says what the code does; calendars and shelves are as in Germany."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers.campaigns.offers import read_offers
from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.catalogue import CATEGORIES, build_catalogue
from rcommerce_helpers.demo_world.chance import ragged, scramble
from rcommerce_helpers.demo_world.data_sheet import data_sheet
from rcommerce_helpers.demo_world.names import TOWNS
from rcommerce_helpers.demo_world.rates import assumption_rows

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_data_sheet_is_the_one_the_code_writes() -> None:
    assert (DOCS / "demo_world.md").read_text(encoding="utf-8") == data_sheet()


def test_every_number_says_where_it_comes_from() -> None:
    known = re.compile(r"assumed|by design|\d{4}|TKG|UWG|Destatis|Baymard|SQM", re.IGNORECASE)
    rows = assumption_rows()
    assert len(rows) > 120
    assert [name for _, name, _, source in rows if not known.search(source)] == []


def test_scrambled_numbers_are_unique_and_far_from_order() -> None:
    numbers = scramble(np.arange(200_000), 9)
    assert len(np.unique(numbers)) == 200_000
    assert numbers.min() >= 0
    assert numbers.max() < 2**32
    assert abs(np.corrcoef(np.arange(200_000), numbers)[0, 1]) < 0.01


def test_ragged_by_hand() -> None:
    rows, nth = ragged(np.array([2, 0, 3]))
    assert rows.tolist() == [0, 0, 2, 2, 2]
    assert nth.tolist() == [0, 1, 0, 1, 2]


def test_summer_time_by_hand() -> None:
    local = pd.to_datetime(["2025-01-15 12:00", "2025-07-15 12:00", "2025-03-30 03:00", "2025-10-26 03:00"])
    utc = clock.to_utc(local.astype("datetime64[s]").astype("int64").to_numpy())
    expected = ["2025-01-15 11:00", "2025-07-15 10:00", "2025-03-30 01:00", "2025-10-26 02:00"]
    assert pd.to_datetime(utc, unit="s").strftime("%Y-%m-%d %H:%M").tolist() == expected


def test_last_sundays_of_march_and_october() -> None:
    for day in (*clock._SPRING, *clock._AUTUMN):
        assert day.weekday() == 6
        assert day.day >= 25


def test_prices_look_like_prices_and_coffee_is_food() -> None:
    catalogue = build_catalogue(3)
    sold = catalogue.price[catalogue.price > 0]
    cents = np.rint(sold * 100).astype(int) % 100
    assert set(cents) <= {99, 49, 90, 0}
    assert (catalogue.offer <= catalogue.price).all()
    assert len(set(catalogue.number)) == len(catalogue.number)
    tax = {c.name: c.tax for c in CATEGORIES}
    assert tax["Kaffeekapseln"] == 0.07
    assert tax["Smartphones"] == 0.19


def test_stores_are_shut_on_sundays_and_holidays(worlds) -> None:
    for world in worlds:
        orders = world.table("orders")
        in_store = orders[orders.channel == "store"].local_at
        assert len(in_store) > 500
        assert not (in_store.dt.day_of_week == 6).any()
        assert not in_store.dt.date.isin(clock.HOLIDAYS).any()
        assert in_store.dt.hour.between(9, 20).all()


def test_postcodes_lie_in_their_towns(worlds) -> None:
    span = {t.name: (t.first_postcode, t.last_postcode) for t in TOWNS}
    for world in worlds:
        records = world.table("source_records")
        known = records[records.city.isin(span)]
        assert len(known) > 1000
        low, high = (known.city.map({n: s[i] for n, s in span.items()}) for i in (0, 1))
        assert known.postcode.str.fullmatch(r"\d{5}").all()
        assert known.postcode.astype(int).between(low, high).all()


def test_first_terms_are_two_years_and_notice_is_a_month(worlds) -> None:
    for world in worlds:
        contracts = world.table("contracts").merge(world.table("products")[["product_id", "category"]], on="product_id")
        tariffs = contracts[contracts.category.str.contains("tarife")]
        months = (pd.to_datetime(tariffs.term_end_on) - pd.to_datetime(tariffs.start_on)).dt.days / 30.44
        assert months.round().mod(24).eq(0).all()
        left = tariffs[tariffs.ended_on.notna()]
        notice = (pd.to_datetime(left.ended_on) - pd.to_datetime(left.cancelled_on)).dt.days
        assert (notice >= 29).mean() > 0.99
        assert (pd.to_datetime(tariffs.start_on).dt.date <= date(2026, 9, 30)).all()


def test_offers_can_be_read(worlds) -> None:
    for world in worlds:
        offers = read_offers(world.report.folder / "offers.toml")
        assert {o.category for o in offers.offers} <= set(world.table("products").category)
        columns = world.truth("best_plan").columns
        for offer in offers.offers:
            for channel in offers.channels:
                assert f"gain_{offer.id}_{channel.id}" in columns


def test_no_basis_is_declared_and_consents_decide(worlds) -> None:
    for world in worlds:
        declared = tomllib.loads(world.report.sources.read_text(encoding="utf-8"))
        assert "basis" not in declared
        decisions = world.table("permissions").groupby("purpose").decision.value_counts(normalize=True)
        assert 0.5 < decisions["personalisation", "granted"] < 0.95
        assert decisions["marketing", "withdrawn"] > 0.01


@pytest.mark.parametrize("table", ["persons", "effects", "counterfactuals", "best_plan", "network", "planned"])
def test_truth_is_apart(worlds, table: str) -> None:
    for world in worlds:
        declared = world.report.sources.read_text(encoding="utf-8")
        assert "truth" not in declared
        assert not list((world.report.folder / "exports").rglob(f"*{table}*.parquet"))
