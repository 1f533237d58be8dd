"""From which day to which the data tell: one stray row sets no frame."""

import pandas as pd
import pytest
from landing_kit import Shop

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.span import check_as_of, settled_start

MONTH = [f"{n},c{n},2024-05-{n % 28 + 1:02d} 10:00" for n in range(150)]


def facts_of(folder, rows, **shop):
    shop = Shop(folder, **shop).write("no,who,when\n" + "\n".join(rows) + "\n")
    shop.land()
    return read_facts(shop.landed)


def test_first_day_is_that_of_the_first_order_by_the_wall_clock(tmp_path):
    assert facts_of(tmp_path, ["1,a,2024-03-01 00:30", "2,a,2024-02-29 23:59"]).first_day == "2024-02-29"


def test_an_order_just_after_midnight_is_of_its_own_day_though_utc_still_has_the_day_before(tmp_path):
    assert facts_of(tmp_path, ["1,a,2024-03-01 00:30"]).first_day == "2024-03-01"


@pytest.mark.parametrize("day", ["1900-01-01", "1970-01-01", "2019-12-31"])
def test_one_stray_row_long_before_all_others_sets_no_beginning(tmp_path, day):
    assert facts_of(tmp_path, [*MONTH, f"999,c,{day} 00:00"]).first_day == "2024-05-01"


def test_a_row_that_lies_in_quarantine_sets_no_beginning(tmp_path):
    rows = [*MONTH, MONTH[0].replace("2024-05", "2024-02")]  # the same key a second time
    assert facts_of(tmp_path, rows).first_day == "2024-05-01"


@pytest.mark.parametrize(
    ("days", "rows", "start"),
    [
        (["2020-01-01", "2024-01-01"], [10, 90], "2020-01-01"),  # a real beginning, and years of pause
        (["2023-02-01", "2024-02-01"], [1, 999], "2023-02-01"),  # 365 days apart: no gap
        (["1900-01-01", "1970-01-01", "2024-01-01"], [1, 1, 400], "2024-01-01"),
        (["1900-01-01", "2024-01-01"], [1, 2], "1900-01-01"),  # too few to call one stray
    ],
)
def test_stray_is_little_and_far_away(days, rows, start):
    assert settled_start(pd.Series(rows, index=pd.to_datetime(days))) == pd.Timestamp(start)


def test_without_orders_all_that_happens_counts(tmp_path):
    visits = """
[[tables.web_events]]
from = "orders"
columns = { event_id = "no", visitor_id = "who", at = "when", event = "what" }
"""
    shop = Shop(tmp_path, tables=visits)
    shop.write("no,who,when,what\n1,a,2024-03-02 10:00,view\n2,a,2024-03-01 09:00,view\n")
    shop.land()
    assert read_facts(shop.landed).first_day == "2024-03-01"


def test_the_span_holds_its_first_and_last_day_and_no_other(tmp_path):
    facts = facts_of(tmp_path, MONTH)
    for day in ("", "2024-05-01", "2024-06-30"):
        check_as_of(day, facts)
    for day in ("2024-04-30", "2024-07-01"):
        with pytest.raises(ParamError, match=r"data from 2024-05-01 to 2024-06-30"):
            check_as_of(day, facts)
