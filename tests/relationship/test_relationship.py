"""The tour's map and the report's groups, on frames small enough to count by hand."""

import pandas as pd
import pytest

from rcommerce_helpers.engine import lazy_tables
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.relationship.levels import LEVELS
from rcommerce_helpers.relationship.params import ReportParams
from rcommerce_helpers.relationship.questions import QUESTIONS
from rcommerce_helpers.relationship.report import describe_levels, list_monday, measure_pulse, tell_story
from rcommerce_helpers.relationship.tour import map_answers, measure_span
from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.facts import TableCount


def figure(result, name):
    return {f.name: f for f in result.figures}[name]


def test_every_question_needs_tables_that_exist():
    assert {t for q in QUESTIONS for t in q.needs} <= set(LANDED_TABLES)


def test_a_question_is_answerable_only_when_all_its_tables_have_rows():
    counts = {
        "orders": TableCount(rows_in=5, landed=4, quarantined=1),
        "order_lines": TableCount(rows_in=9, landed=0, quarantined=6, set_aside={"overlap": 3}),
    }
    result = map_answers(counts)
    assert figure(result, "questions_answerable").value == 0
    assert figure(result, "rows_in").value == 14
    assert [figure(result, f"rows_{x}").value for x in ("landed", "quarantined", "set_aside")] == [4, 7, 3]
    rfm = result.questions.set_index("question").loc["Who buys often, recently, for much?"]
    assert rfm["missing"] == "order_lines"


def test_span_ends_with_the_day_the_analysis_may_know(tmp_path):
    orders = pd.DataFrame(
        {"local_at": pd.to_datetime(["2024-01-10 23:59", "2024-02-01", "2024-03-05 08:00"], format="mixed")}
    )
    orders.to_parquet(tmp_path / "orders.parquet")
    result = measure_span(tmp_path, "2024-02-29")
    assert figure(result, "orders").value == 2
    assert figure(result, "days_covered").value == 51  # 10 January to 29 February 2024, both counted
    assert result.by_month["orders"].to_list() == [1, 1]
    with pytest.raises(NotEnoughData, match="none before the last day"):
        measure_span(tmp_path, "2023-12-31")


def timeline():
    days = ["2024-01-01", "2024-06-20", "2024-06-30 22:00", "2024-03-01", "2023-01-01", "2024-01-02", "2024-01-03"]
    return pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b", "c", "c", "c"],
            "local_at": pd.to_datetime(days, format="mixed"),
            "kind": ["order", "return", "order", "order", "order", "visit", "visit"],
            "channel": "store",
            "amount": [10.0, -4.0, 2.5, 7.0, 1.0, None, None],
            "detail": "",
        }
    )


@pytest.mark.usefixtures("tell_of_few")
def test_pulse_counts_customers_by_days_of_silence():
    result = measure_pulse(timeline(), "2024-06-30")
    assert result.bands["customers"].to_list() == [1, 0, 2, 0, 0]  # a: today, b: 122 days, c: 180 days
    assert figure(result, "active_customers").value == 1
    assert figure(result, "quiet_customers").value == 2
    assert figure(result, "typical_events").value == 3


@pytest.mark.usefixtures("tell_of_few")
def test_what_the_firm_does_is_no_sign_of_life():
    """Written to yesterday, credited today: b has been silent since March all the same, and d was never heard of."""
    papers = timeline().head(3).assign(
        customer_id=["b", "b", "d"], kind=["contact", "credit_note", "contact"],
        local_at=pd.to_datetime(["2024-06-29", "2024-06-30", "2024-06-30"]),
    )  # fmt: skip
    result = measure_pulse(pd.concat([timeline(), papers], ignore_index=True), "2024-06-30")
    assert result.bands["customers"].to_list() == [1, 0, 2, 0, 1]
    assert figure(result, "active_customers").value == 1
    assert figure(result, "quiet_customers").value == 3


def test_story_is_that_of_the_customer_in_the_middle():
    result = tell_story(timeline(), "2024-06-30", "EUR", ReportParams(story_events=3))
    assert result.customer_id == "a"
    assert figure(result, "story_orders").value == 2
    assert figure(result, "story_revenue").value == 8.5  # what was brought back is taken off
    assert result.latest["kind"].to_list() == ["order", "return", "order"]


def test_story_keeps_the_order_of_the_file_within_a_moment():
    tied = timeline().assign(local_at=pd.Timestamp("2024-06-20"))
    result = tell_story(tied[tied["customer_id"] == "a"], "2024-06-30", "EUR", ReportParams())
    assert result.events["kind"].to_list() == ["order", "return", "order"]
    turned = tied.assign(file_order=range(len(tied), 0, -1))
    result = tell_story(turned[turned["customer_id"] == "a"], "2024-06-30", "EUR", ReportParams())
    assert result.events["amount"].to_list() == [2.5, -4.0, 10.0]


@pytest.mark.usefixtures("tell_of_few")
def test_lazy_tables_and_frames_give_the_same():
    lazy = lazy_tables({"timeline": timeline()})["timeline"]
    assert measure_pulse(lazy, "2024-06-30").figures == measure_pulse(timeline(), "2024-06-30").figures
    assert (
        tell_story(lazy, "2024-06-30", "EUR", ReportParams()).figures
        == tell_story(timeline(), "2024-06-30", "EUR", ReportParams()).figures
    )


def plan_groups():
    return pd.DataFrame(
        [("Tea", "email", 10, 3.004, 1.0, 4.0, 0.9), ("Call", "phone", 9, 81.0, 9.0, 180.0, 0.9),
         ("Coffee", "email", 12, 10.0, 5.0, 20.0, 0.9)],
        columns=["offer", "channel", "customers", "expected_value", "low", "high", "interval_level"],
    )  # fmt: skip


def reported():
    rows = [
        ("sent_contacts", 19, 21),
        ("held_out_customers", 2, 21),
        ("silent_customers", 4, 25),
        ("plan_value", 50, 19),
    ]
    rest = {"unit": "count", "low": None, "high": None, "bound": "", "level": 0.9}
    figures = [{"name": a, "value": v, "n": n, **rest} for a, v, n in rows]
    return [{"stage": "campaigns", "headline": "x.", "figures": figures, "skipped": []}]


def test_monday_shows_no_group_below_ten_and_tells_the_holdout_in_total_only():
    result = list_monday(plan_groups(), reported(), "EUR", ReportParams())
    # nine phone calls are too few to leave the house; who was held out of a group is not told, for they are few
    assert result.actions["offer"].to_list() == ["Coffee", "Tea"]
    assert result.actions["customers"].to_list() == [12, 10]
    assert "held_out" not in result.actions
    assert result.actions["expected_value"].to_list() == [10.0, 3.004]
    assert result.actions.loc[0, ["low", "high"]].to_list() == [5.0, 20.0]
    with pytest.raises(NotEnoughData, match="10 customers"):
        list_monday(plan_groups().query("channel == 'phone'"), reported(), "EUR", ReportParams())


def test_monday_quotes_the_plan_of_campaigns_and_computes_no_total_of_its_own():
    result = list_monday(plan_groups(), reported(), "EUR", ReportParams())
    assert [(f.name, f.value, f.n) for f in result.figures] == [
        ("monday_contacts", 19, 21),
        ("monday_held_out", 2, 21),
        ("monday_silent", 4, 25),
        ("monday_value", 50, 19),
    ]
    with pytest.raises(NotEnoughData, match="no reported plan"):
        list_monday(plan_groups(), [], "EUR", ReportParams())


def test_levels_quote_stage_figures_and_count_what_is_missing():
    row = {"stage": "merging", "name": "customers", "value": 7, "low": None, "high": None, "n": 9, "unit": "count"}
    stages = [{"stage": "merging", "headline": "x.", "figures": [row], "skipped": [{"section": "a", "reason": "b"}]}]
    result = describe_levels(stages)
    assert result.measured["level"].to_list() == ["2 Customer centricity"]
    assert figure(result, "levels_measured").n == len(LEVELS) == 5
    assert figure(result, "sections_skipped").value == 1
    with pytest.raises(NotEnoughData):
        describe_levels([])


def test_levels_name_registered_figures_only():
    from rcommerce_helpers.affinity.figures import REGISTRY as AFFINITY
    from rcommerce_helpers.campaigns.figures import REGISTRY as CAMPAIGNS
    from rcommerce_helpers.merging.figures import REGISTRY as MERGING
    from rcommerce_helpers.patterns.figures import REGISTRY as PATTERNS

    known = {r.stage: r.entries for r in (AFFINITY, CAMPAIGNS, MERGING, PATTERNS)}
    assert [e.name for level in LEVELS for e in level.evidence if e.name not in known[e.stage]] == []
