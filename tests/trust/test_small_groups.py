"""No number below ten people leaves: the one function, the places that use it, and a whole run that is judged apart."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import bound_of, limit_parts, sum_of, suppress_small
from rcommerce_helpers.patterns.lifecycle import Lifecycle
from rcommerce_helpers.results import Entry, Figure, Registry
from rcommerce_helpers.sentences import Quotes
from rcommerce_helpers.workspace.notebook import leaving
from rcommerce_helpers.workspace.shown import show_table
from tests.trust.small_groups import few, of_chart, of_sentence, small_groups, tables

counts = st.lists(st.integers(0, 40), min_size=2, max_size=6)


def solutions(shown: pd.DataFrame, total: int) -> list[set[int]]:
    """For each small row the values it can have, for someone who knows the rule, the total and what is shown."""
    rest = total - int(shown["people"].fillna(0).sum())
    kinds = shown.loc[shown["hidden"] != "", "hidden"].tolist()
    ranges = [range(1, 10) if kind == "small" else range(10, rest + 1) for kind in kinds]
    fitting = (
        [values for values in itertools.product(*ranges[:-1]) if rest - sum(values) in ranges[-1]] if kinds else []
    )
    full = [(*values, rest - sum(values)) for values in fitting]
    return [{values[at] for values in full} for at, kind in enumerate(kinds) if kind == "small"]


@given(counts)
@settings(max_examples=300, deadline=None)
def test_nobody_can_compute_a_small_row_from_the_total(sizes):
    shown = suppress_small(pd.DataFrame({"people": sizes}), "people")
    assert not any(few(n) for n in shown["people"].dropna())
    assert (shown.loc[np.array(sizes) == 0, "people"] == 0).all(), "zero tells of nobody"
    if shown["people"].fillna(0).sum() > 0 or (shown["hidden"] == "given_away").any():
        assert all(len(possible) > 1 for possible in solutions(shown, sum(sizes)))
        assert sum(sizes) - shown["people"].fillna(0).sum() not in range(1, 10)


@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4))
@settings(max_examples=200, deadline=None)
def test_neither_rows_nor_columns_of_a_matrix_give_a_cell_away(matrix):
    cells = pd.DataFrame(
        [(r, c, n) for r, row in enumerate(matrix) for c, n in enumerate(row)], columns=["then", "now", "people"]
    )
    shown = suppress_small(cells, "people", totals=[["then"], ["now"]])
    for names in ("then", "now"):
        for key, part in shown.groupby(names):
            total = int(cells.loc[cells[names] == key, "people"].sum())
            hidden = total - part["people"].fillna(0).sum()
            assert hidden == 0 or hidden >= 10 or total < 10 or part["people"].fillna(0).sum() == 0


@given(counts, st.sets(st.integers(0, 5)))
@settings(max_examples=300, deadline=None)
def test_a_sum_says_no_more_than_its_table(sizes, chosen):
    """The figure of several rows is either what the table tells anyway or a limit that the truth keeps."""
    table = pd.DataFrame({"people": sizes})
    rows = pd.Series([at in chosen for at in range(len(sizes))])
    shown = suppress_small(table, "people")
    bound, value = sum_of(shown, "people", rows, sum(sizes))
    truth = int(table.loc[rows, "people"].sum())
    assert {"": truth == value, "under": truth < value, "over": truth > value}[bound]
    inside, outside = (shown.loc[side, "hidden"].ne("").any() for side in (rows, ~rows))
    assert (bound != "") == (inside and outside), "some hidden here and some there: the exact sum would split them"


@pytest.mark.parametrize(
    ("part", "of", "said"),
    [
        (4, 100, ("under", 10)),
        (95, 100, ("over", 90)),
        (0, 100, ("", 0)),
        (100, 100, ("", 100)),
        (10, 20, ("", 10)),
        (95, None, ("", 95)),
    ],
)
def test_few_and_all_but_a_few_are_told_by_a_limit(part, of, said):
    assert bound_of(part, of) == said


def test_parts_of_the_same_people_are_told_by_limits():
    shares = pd.DataFrame({"purpose": ["a", "b"], "size": [3, 60], "share": [0.03, 0.6]})
    told = limit_parts(shares, "size", of=100, share="share")
    assert told["share"].tolist() == [0.1, 0.6]
    assert told["bound"].tolist() == ["under", ""]
    assert np.isnan(told["size"][0])


REGISTRY = Registry(
    "shop",
    {
        "minors": Entry("customers under 18; n = customers", "count", people="part"),
        "back": Entry("customers who came back; n = customers", "share", people="part"),
        "orders": Entry("orders; n = orders", "count"),
    },
)


def result(*figures):
    return Lifecycle(*[pd.DataFrame()] * 3, "", "", figures)


def test_a_section_says_a_limit_where_a_figure_tells_of_few():
    told = leaving(result(Figure("minors", 3.0, 500, "count"), Figure("back", 0.99, 500, "share", 0.97, 1)), REGISTRY)
    q = Quotes(told, "en")
    assert (q("minors"), q("back"), q.range("back")) == ("under 10", "over 98%", "over 98%")
    assert Quotes(told, "de")("minors") == "unter 10"
    assert [f.low for f in told.figures] == [None, None]


def test_orders_are_no_people():
    figures = (Figure("orders", 3.0, 3, "count"),)
    assert leaving(result(*figures), REGISTRY).figures == figures


def test_a_section_about_fewer_than_ten_is_not_answered():
    with pytest.raises(NotEnoughData, match="fewer than 10"):
        leaving(result(Figure("back", 0.5, 8, "share")), REGISTRY)


def test_a_shown_table_says_that_a_number_is_not_told():
    table = suppress_small(pd.DataFrame({"reason": ["a", "b", "c"], "customers": [40, 12, 5]}), "customers")
    page = show_table(table, "de", currency="EUR").page
    assert "unter 10" in page and "nicht gezeigt" in page and ">40<" in page
    assert 'data-v="5' not in page and 'data-v="12' not in page


def test_a_table_that_no_room_has_looked_at_shows_no_small_number_either():
    table = pd.DataFrame({"reason": ["a", "b"], "customers": [40, 7], "rows": [3, 4]})
    shown = show_table(table, "en", currency="EUR")
    assert ">under 10<" in shown.page and ">3<" in shown.page and 'data-v="7' not in shown.page
    assert shown.rows["customers"].isna().tolist() == [False, True]


def chart(**trace):
    return {"data": [trace], "layout": {"title": {"text": "t"}, "yaxis": {"title": {"text": "customers"}}}}


def test_the_judge_sees_what_it_is_there_for():
    assert list(of_chart(chart(y=[40, 7])))
    assert list(of_chart({"data": [{"hovertext": ["66.7% (n = 6)"], "z": [0.667]}]}))
    assert list(of_chart({"data": [{"hovertext": ["12% (n = 76)"], "z": [9 / 76]}]})), "nine of 76"
    assert of_sentence("3 customers wait") and of_sentence("4 Kunden warten") and not of_sentence("1,203 customers")
    assert not list(of_chart(chart(y=[40, 0])))
    page = '<div class="shown"><table><tr><th>customers</th></tr><tr><td data-v="4.0">4</td></tr></table></div>'
    assert list(tables(page)) == [{"customers": ["4.0"]}]


@pytest.mark.slow
def test_no_small_group_in_a_whole_run(whole_run):
    run = whole_run("demo").folder
    assert small_groups(run) == []
    rows = [row for p in (run / "results").glob("*.json") for row in json.loads(p.read_text("utf-8"))["figures"]]
    assert {row["bound"] for row in rows} == {"", "under", "over"}, "the world of the demo has small groups to hide"
