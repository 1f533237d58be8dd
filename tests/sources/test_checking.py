"""What check and the notebook say of landed tables, on frames small enough to add up by hand."""

import json
from pathlib import Path

import pandas as pd
import pytest
from landing_kit import Shop

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import NotAnswered
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sentences.catalogue import catalogue
from rcommerce_helpers.sentences.sources import (
    sentence_bridge,
    sentence_buckets,
    sentence_calendar,
    sentence_filling,
    sentence_hours,
    sentence_joins,
    sentence_priorities,
    sentence_reasons,
)
from rcommerce_helpers.sources import check, load_data_set
from rcommerce_helpers.sources.arrival import (
    build_bridge,
    check_calendar,
    check_filling,
    check_joins,
    count_reasons,
    count_rows,
)
from rcommerce_helpers.sources.checking import SECTIONS
from rcommerce_helpers.sources.facts import TableCount
from rcommerce_helpers.sources.figures import OWN_DATA_REGISTRY
from rcommerce_helpers.sources.params import OwnDataParams
from rcommerce_helpers.sources.priorities import (
    CHECKS,
    GAP,
    LOST,
    NIGHT,
    NO_RETURNS,
    OLD,
    QUARANTINE,
    THIN,
    UNNAMED,
    Inspection,
    what_first,
)

PARAMS = OwnDataParams(gap_days=2)


def orders() -> pd.DataFrame:
    at = pd.to_datetime(["2024-01-01 02:00", "2024-01-01 12:00", "2024-01-05 12:00", "2024-01-06 03:00"])
    return pd.DataFrame(
        {
            "order_id": ["1", "2", "3", "4"],
            "record_id": ["shop:a", None, "shop:zz", "shop:a"],
            "local_at": at,
            "status": ["completed", "cancelled", "test", "open"],
        }
    )


def lines() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "order_id": ["1", "1", "1", "2", "3", "4", "9"],
            "kind": ["item", "return", "shipping", "item", "item", "item", "item"],
            "amount": [100.0, -30.0, 5.0, 40.0, 7.0, -2.0, 1.0],
        }
    )


def test_the_bridge_adds_up_step_by_step():
    bridge = build_bridge(lines(), orders(), "EUR")
    steps = bridge.steps.set_index("step")["amount"].to_dict()
    assert steps == {"gross": 148.0, "other": 5.0, "returned": -32.0, "cancelled": -40.0, "test": -7.0, "net": 74.0}
    assert sum(v for k, v in steps.items() if k != "net") == steps["net"]
    assert "€74 remain" in sentence_bridge(bridge, "en")


def test_the_bridge_keeps_fractions_of_a_cent():
    tiny = pd.DataFrame({"order_id": ["1"] * 3, "kind": "item", "amount": 0.00004})
    steps = build_bridge(tiny, orders(), "EUR").steps.set_index("step")["amount"]
    assert steps["gross"] == steps["net"] == 0.00012


def test_lost_keys_are_counted_once_per_row():
    records = pd.DataFrame({"record_id": ["shop:a", "shop:b"]})
    joins = check_joins({"orders": orders(), "order_lines": lines(), "source_records": records, "stores": None}, PARAMS)
    found = joins.joins.set_index(["table", "points_to"])[["rows", "empty", "lost"]].to_dict("index")
    assert found == {
        ("orders", "source_records"): {"rows": 4, "empty": 1, "lost": 1},
        ("order_lines", "orders"): {"rows": 7, "empty": 0, "lost": 1},
        ("orders", "order_lines"): {"rows": 4, "empty": 0, "lost": 0},
        ("source_records", "orders"): {"rows": 2, "empty": 0, "lost": 1},
    }
    figures = {f.name: (f.value, f.n) for f in joins.figures}
    assert figures["keys_lost"] == (3, 16)
    assert figures["orders_without_person"] == (1, 4)
    assert "3 of 16 keys found no partner" in sentence_joins(joins, "en")


def test_a_system_without_orders_has_no_records_that_lack_one():
    records = pd.DataFrame({"record_id": ["shop:a", "shop:b", "hotline:1", "hotline:2"]})
    joins = check_joins({"orders": orders(), "order_lines": lines(), "source_records": records}, PARAMS).joins
    row = joins[(joins["table"] == "source_records") & (joins["points_to"] == "orders")].iloc[0]
    assert (row["rows"], row["lost"]) == (2, 1)


def test_one_table_alone_has_nothing_to_join():
    with pytest.raises(NotEnoughData, match="refer to each other"):
        check_joins({"orders": orders()}, PARAMS)


def test_holes_in_the_calendar_and_orders_at_night():
    calendar = check_calendar(orders(), "2024-01-08", PARAMS)
    assert calendar.days["orders"].to_list() == [2, 0, 0, 0, 1, 1]
    assert calendar.gaps[["start", "days"]].to_numpy().tolist() == [[pd.Timestamp("2024-01-02"), 3]]
    figures = {f.name: f.value for f in calendar.figures}
    assert figures == {"days_covered": 6, "days_without_order": 3, "gaps": 1, "newest_age_days": 2, "night_share": 0.5}
    assert "50% of 4 orders" in sentence_hours(calendar, "en")
    assert check_calendar(orders(), "2024-01-08", PARAMS.with_(gap_days=4)).gaps.empty


def test_filling_counts_values():
    filling = check_filling({"orders": orders().reindex(columns=list(LANDED_TABLES["orders"].column_names))})
    share = filling.columns.set_index("column")["filled_share"].to_dict()
    assert share == {"record_id": 0.75, "order_id": 1.0, "status": 1.0}


def test_what_to_fix_first_is_ordered_by_what_it_spoils():
    records = pd.DataFrame({"record_id": ["shop:a", "shop:b"]})
    tables = {"orders": orders(), "order_lines": lines()[lines()["kind"] == "shipping"], "source_records": records}
    filling = check_filling(
        {
            "stores": pd.DataFrame(
                {"store_id": list("abc"), "name": ["x", None, None], "postcode": None, "city": None, "region": None}
            )
        }
    )
    first = what_first(
        Inspection(
            count_rows({"orders": TableCount(100, 90, 10)}),
            build_bridge(tables["order_lines"], tables["orders"], "EUR"),
            check_joins(tables, PARAMS),
            check_calendar(orders(), "2024-01-09", PARAMS),
            filling,
        ),
        PARAMS,
    )
    kinds = first.tasks["task"].drop_duplicates().to_list()
    assert kinds == [QUARANTINE, LOST, NIGHT, GAP, OLD, UNNAMED, NO_RETURNS, THIN]
    assert tuple(kinds) == CHECKS
    assert first.tasks.iloc[0][["place", "concerned", "of"]].to_list() == ["orders", 10.0, 100.0]


def test_skipped_sections_add_no_task():
    none = NotAnswered("x", "y")
    first = what_first(Inspection(none, none, none, none, none), PARAMS)
    assert first.tasks.empty
    assert sentence_priorities(first, "en") == "Nothing stands in the way of the first report."


def test_all_figures_are_registered_and_all_sentences_are_german_too():
    records = pd.DataFrame({"record_id": ["shop:a", "shop:b"]})
    tables = {"orders": orders(), "order_lines": lines(), "source_records": records}
    quarantine = pd.DataFrame({"table": ["orders"], "column": ["at"], "reason": ["missing"], "row_landed": [False]})
    full = {"stores": pd.DataFrame({c: ["1"] for c in ("store_id", "name", "postcode", "city", "region")})}
    buckets, bridge = count_rows({"orders": TableCount(3, 1, 1, {"old": 1})}), build_bridge(lines(), orders(), "EUR")
    joins, days, columns = (
        check_joins(tables, PARAMS),
        check_calendar(orders(), "2024-01-08", PARAMS),
        check_filling(full),
    )
    reasons, first = count_reasons(quarantine), what_first(Inspection(buckets, bridge, joins, days, columns), PARAMS)
    told = [
        (sentence_buckets, buckets),
        (sentence_reasons, reasons),
        (sentence_bridge, bridge),
        (sentence_joins, joins),
        (sentence_calendar, days),
        (sentence_hours, days),
        (sentence_filling, columns),
        (sentence_priorities, first),
    ]
    assert {f.name for _, result in told for f in result.figures} == set(OWN_DATA_REGISTRY.entries)
    for sentence, result in told:
        for figure in result.figures:
            OWN_DATA_REGISTRY.check(figure)
        assert sentence(result, "de") != sentence(result, "en")
    assert all(task in catalogue("de") for task in CHECKS)


def test_check_prints_buckets_reasons_joins_and_what_is_skipped(tmp_path):
    tables = """
    [[tables.orders]]
    from = "orders"
    columns = { order_id = "no", record_id = "who", at = "when" }
    [[tables.order_lines]]
    from = "orders"
    columns = { order_id = "no", product_id = "who", quantity = { constant = 1 }, amount = { sql = "units" } }
    """
    content = "no,who,when,units,colour\n1,a,2024-06-01,5,red\n2,b,never,7.50,blue\n3,c,2024-06-02,,green\n"
    shop = Shop(tmp_path, tables=tables).write(content)
    report = check(load_data_set(str(shop.describe())))
    text = "\n".join(report.lines())
    assert "1 x at: not a moment of the form yyyy-mm-dd (such as 'never')" in text
    assert "1 x amount: missing" in text
    assert "order_lines.order_id: 1 of 2 not in orders (such as '2')" in text
    assert "orders: colour" in text
    assert "02 journeys on the site: no web_events" in text
    assert report.bridge.set_index("step")["amount"]["net"] == 12.5
    assert not shop.landed.exists()


def test_check_says_how_many_reasons_it_does_not_print(tmp_path):
    """Seven columns that can be wrong, each wrong once: five reasons are printed, and that there are two more."""
    names = ("quantity", "amount", "discount", "tax", "margin", "line_number", "kind")
    columns = ", ".join(f'{name} = "{name}"' for name in names)
    tables = f"""
    [[tables.order_lines]]
    from = "orders"
    columns = {{ order_id = "no", product_id = "no", {columns} }}
    """
    good = ["1", "1", "0", "0", "1", "1", "item"]
    bad = [f"{i}," + ",".join([*good[:i], "wrong", *good[i + 1 :]]) for i in range(len(names))]
    shop = Shop(tmp_path, tables=tables).write(
        "\n".join(["no," + ",".join(names), "99," + ",".join(good), *bad]) + "\n"
    )
    report = check(load_data_set(str(shop.describe())))
    lines = report.lines()
    assert report.facts.counts["order_lines"].quarantined == 7
    assert len([line for line in lines if " x " in line]) == 5
    assert "    and 2 more reasons" in lines


def test_sections_name_tables_of_the_schema():
    from rcommerce_helpers.schema import LANDED_TABLES

    assert {t for _, needs in SECTIONS for t in needs} <= set(LANDED_TABLES)


def test_the_notebook_is_of_this_stage():
    path = Path(__file__).resolve().parents[2] / "notebooks" / "06_your_own_data.ipynb"
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")))
    assert "OWN_DATA_REGISTRY" in text
