"""The demo takes the same door as own data: exactly the planted rows are refused, every table arrives."""

from __future__ import annotations

import pandas as pd
import pytest

from rcommerce_helpers.demo_world import write_demo
from rcommerce_helpers.documents import purchases
from rcommerce_helpers.engine import frame
from rcommerce_helpers.patterns.baskets import read_baskets
from rcommerce_helpers.schema import LANDED_TABLES, STOPS
from rcommerce_helpers.sources import land, load_data_set


def test_every_canonical_table_has_rows(worlds) -> None:
    for world in worlds:
        assert set(world.landing.facts.counts) == set(LANDED_TABLES)
        assert all(c.landed > 0 for c in world.landing.facts.counts.values())


def _counted(rows: pd.DataFrame) -> pd.Series:
    """Rows per table, column and value; a booking's value is put together from several fields, so only its column."""
    rows = rows[["table", "column", "value"]].fillna("")
    return rows.assign(value=rows.value.where(rows.table != "invoices", "")).value_counts()


def undated_refusals(world) -> pd.DataFrame:
    """Refusals planted with an unreadable time: nobody's no is lost for that, so they land without one."""
    said = world.table("permissions")
    return said[said["at"].isna()]


def spared_people(world) -> pd.DataFrame:
    """People planted with a birth or a change that cannot be: they land without it, for they may have said no."""
    refused = world.landing.quarantine
    return refused[refused["row_landed"]]


def test_exactly_the_planted_rows_end_in_quarantine_but_for_refusals_without_a_time(worlds) -> None:
    for world in worlds:
        planted, refused = world.truth("planted_bad_rows"), world.landing.quarantine
        undated = undated_refusals(world)
        assert set(undated["decision"]) <= set(STOPS)
        assert len(refused) + len(undated) == len(planted) == world.report.planted_bad_rows > 300
        times = (planted.table == "permissions") & (planted.column == "at")
        refused_times = (refused.table == "permissions") & (refused.column == "at")
        assert refused_times.sum() + len(undated) == times.sum()
        cut_off = planted.reason == "fewer fields than columns"
        surplus = _counted(refused[~refused_times]).sub(_counted(planted[~cut_off & ~times]), fill_value=0)
        assert surplus.min() == 0
        assert surplus.sum() == cut_off.sum()
        assert set(surplus[surplus > 0].index.get_level_values("column")) == {""}


def test_every_good_row_lands(worlds) -> None:
    for world in worlds:
        landed = {name: count.landed for name, count in world.landing.facts.counts.items()}
        assert sum(landed.values()) >= 0.999 * sum(world.report.rows.values())
        spared = len(undated_refusals(world)) + len(spared_people(world))
        assert sum(landed.values()) - spared <= sum(world.report.rows.values())


def test_records_and_orders_are_all_known_to_the_truth(worlds) -> None:
    for world in worlds:
        people, known = set(world.table("source_records").record_id), set(world.truth("persons").record_id)
        assert known <= people
        assert len(people - known) == len(spared_people(world)) > 0
        orders = world.table("orders")
        assert set(orders.order_id[orders.kind == "purchase"]) == set(world.truth("orders").order_id)
        assert world.truth("persons").person.max() < world.report.customers
        assert world.truth("people").person.tolist() == list(range(world.report.customers))


def test_references_join(worlds) -> None:
    for world in worlds:
        records = set(world.table("source_records").record_id)
        for table in (
            "orders",
            "permissions",
            "contacts",
            "service_cases",
            "contracts",
            "invoices",
            "web_events",
            "referrals",
        ):
            used = world.table(table).record_id.dropna()
            assert set(used) <= records, table
        lines = world.table("order_lines")
        assert set(lines.order_id) == set(world.table("orders").order_id)
        assert set(lines.product_id) <= set(world.table("products").product_id)
        assert set(world.table("contacts").message_id.dropna()) <= set(world.table("messages").message_id)


def test_money_reconciles_between_shop_and_books(worlds) -> None:
    """Every delivered order is invoiced to the cent; what was returned late or ordered last is not booked yet."""
    for world in worlds:
        orders = world.table("orders")
        delivered = orders[~orders.status.isin(["cancelled", "test"]) & (orders.kind == "purchase")]
        settled = delivered[delivered["at"] < pd.Timestamp("2026-08-25")].order_id
        lines = world.table("order_lines")
        lines = lines.assign(order_id=lines.order_id.map(world.taken_back()).fillna(lines.order_id))
        sold = lines[lines.order_id.isin(settled)].groupby("order_id").amount.sum()
        invoices = world.table("invoices")
        booked = invoices[invoices.order_id.isin(settled)].groupby("order_id").amount.sum()
        assert len(sold) == len(booked) > 1000
        assert (sold - booked).abs().max() < 0.005


def test_credit_notes_and_cancellations_are_documents_later_than_their_order(worlds) -> None:
    for world in worlds:
        orders, lines = world.table("orders").set_index("order_id"), world.table("order_lines")
        papers = orders[orders.kind != "purchase"]
        order = orders.loc[world.taken_back().loc[papers.index]]
        assert (papers["at"].to_numpy() > order["at"].to_numpy()).all()
        assert (papers["record_id"].fillna("").to_numpy() == order["record_id"].fillna("").to_numpy()).all()
        amount = lines.groupby("order_id").amount.sum()
        credited, stopped = (papers.index[papers.kind == kind] for kind in ("credit_note", "cancellation"))
        assert len(credited) > 300 and (amount[credited] < 0).all()
        assert len(stopped) > 100 and (amount[stopped] == 0).all()
        assert (order.status[(papers.kind == "cancellation").to_numpy()] == "cancelled").all()
        assert (order.status[(papers.kind == "credit_note").to_numpy()] == "completed").all()


def test_documents_are_no_purchases_and_their_money_is_counted(worlds) -> None:
    for world in worlds:
        orders, lines = world.table("orders"), world.table("order_lines")
        bought = frame(purchases(orders, lines))
        assert (bought.kind == "purchase").all()
        known = orders[orders.record_id.notna() & ~orders.status.isin(["cancelled", "test"])]
        baskets = read_baskets(known.rename(columns={"record_id": "customer_id"}), lines, "2026-08-31")
        assert len(baskets.orders) == known.order_id.isin(bought.order_id).sum()
        net = lines[lines.order_id.isin(known.order_id)].amount.sum()
        assert baskets.orders["value"].sum() + baskets.beside.amount.sum() == pytest.approx(net)
        assert baskets.beside.amount.sum() < -1000


def test_a_small_world_keeps_its_own_promise(tmp_path):
    """Every kind of broken row stands in it, so a larger share is broken: the sources.toml says so."""
    write_demo(200, 5, tmp_path / "small")
    report = land(load_data_set(str(tmp_path / "small")), tmp_path / "landed")
    assert sum(count.landed for count in report.facts.counts.values()) > 1000
