"""The queries of the affinity room on tables small enough to count by hand."""

import numpy as np
import pandas as pd
from affinity_shop import AS_OF, PARAMS, order_lines, products

from rcommerce_helpers.affinity.purchases import read_history, read_shelf
from rcommerce_helpers.affinity.queries import attribute_values, purchase_days
from rcommerce_helpers.affinity.relevance import open_cases
from rcommerce_helpers.engine import lazy_tables

LINES = pd.DataFrame(
    [
        ("b", "2024-01-01 23:59", "p", 1.0, "item"),
        ("b", "2024-01-02 00:00", "p", 1.0, None),
        ("b", "2024-01-02 18:00", "r", 1.0, None),  # the same day and category as the line before
        ("a", "2024-01-01 10:00", "q", 2.0, "item"),  # no category
        ("a", "2024-01-01 10:00", "p", -1.0, "item"),
        ("a", "2024-01-01 10:00", "p", 1.0, "voucher"),
        ("a", "2024-01-03 00:00", "p", 1.0, "item"),  # after the last known day
        (None, "2024-01-01 10:00", "p", 1.0, "item"),
    ],
    columns=["customer_id", "local_at", "product_id", "quantity", "kind"],
)
LINES["local_at"] = pd.to_datetime(LINES["local_at"])
CATEGORIES = pd.DataFrame({"product_id": ["p", "r"], "category": ["x", "x"]})


def test_purchase_days_are_what_a_known_customer_bought_and_kept_on_a_day():
    found = purchase_days(LINES, CATEGORIES, "2024-01-02")
    first = (pd.Timestamp("2024-01-01") - pd.Timestamp(0)).days
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["a", first, None], ["b", first, "x"], ["b", first + 1, "x"],
    ]  # fmt: skip
    no_kind = purchase_days(LINES.drop(columns="kind"), CATEGORIES, "2024-01-02")
    assert len(no_kind) == len(found) + 1  # the voucher cannot be told from an item


def test_attributes_of_others_and_empty_ones_are_left_out():
    given = pd.DataFrame(
        {"customer_id": ["a", "b", "b"], "name": ["band", "band", "size"], "value": ["1", None, "2"], "more": "x"}
    )
    assert attribute_values(given, ["b"]).to_numpy().tolist() == [["b", "size", "2"]]


def test_a_case_without_an_end_is_open():
    cases = pd.DataFrame({"customer_id": ["a", "b", "b"], "closed_at": [pd.NaT, pd.Timestamp("2024-01-01"), pd.NaT]})
    assert open_cases(cases).customers == {"a", "b"}
    assert open_cases(cases.iloc[1:2]).customers == frozenset()


def test_lazy_tables_and_frames_give_the_same():
    lines = order_lines(11).dropna(axis=1, how="all")
    lazy = lazy_tables({"order_lines": lines, "products": products().dropna(axis=1, how="all")})
    one = read_history(lines, read_shelf(products()), PARAMS, as_of=AS_OF)
    two = read_history(lazy["order_lines"], read_shelf(lazy["products"]), PARAMS, as_of=AS_OF)
    for name in ("customers", "categories", "pair_customer", "pair_category", "pair_day", "trip_customer", "trip_day"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.figures == two.figures
    assert one.first_day == two.first_day == lines["local_at"].min().normalize()
