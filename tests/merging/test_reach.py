"""Who may be reached how: one answer per purpose and channel, one reason per customer, few people not told."""

import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.held_rows import asked_so_far, rows_held
from rcommerce_helpers.merging.permissions import Decisions, decide_permissions
from rcommerce_helpers.merging.reach import answers_by_purpose, offer_reach, permitted_ways, served_by_context
from rcommerce_helpers.plots.permission import plot_reach, plot_ways
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences.permission import sentence_context, sentence_held, sentence_reach, sentence_ways

STAGES = ("statistics", "personalisation", "marketing")


def decisions(*groups) -> pd.DataFrame:
    """Rows from (customers from, to, purpose, channel, point, allowed, why)."""
    rows = [
        (f"c{n:03d}", purpose, channel, point, allowed, "consent", pd.NaT, why)
        for first, last, purpose, channel, point, allowed, why in groups
        for n in range(first, last)
    ]
    columns = ["customer_id", "purpose", "channel", "contact_point", "allowed", "basis", "since", "why"]
    return pd.DataFrame(rows, columns=columns)


TABLE = decisions(
    (0, 100, "statistics", "any", "", True, "granted"),
    (0, 40, "personalisation", "any", "", True, "granted"),
    (40, 60, "personalisation", "any", "", False, "objected"),
    (60, 100, "personalisation", "any", "", False, "never_asked"),
    (0, 30, "marketing", "email", "a@x.de", True, "granted"),
    (0, 30, "marketing", "email", "b@x.de", False, "refused"),
    (10, 25, "marketing", "phone", "", True, "granted"),
    (30, 90, "marketing", "any", "", False, "never_asked"),
    (90, 97, "marketing", "email", "c@x.de", False, "refused_by_another"),
    (97, 100, "marketing", "email", "d@x.de", False, "expired"),
)
SHARES = tuple(Figure(f"permitted_share_{p}", s, 100, "share") for p, s in zip(STAGES, (1.0, 0.4, 0.3)))
DECIDED = Decisions(TABLE, pd.DataFrame(), pd.DataFrame(), SHARES)


def cell(ways, purpose, channel):
    own = ways.table.set_index(["purpose", "channel"]).loc[(purpose, channel)]
    return own["share"], bool(own["once"])


def test_any_channel_counts_customers_once_and_a_row_for_any_channel_speaks_for_all():
    ways = permitted_ways(DECIDED)
    assert cell(ways, "marketing", "any") == (0.3, False)
    assert cell(ways, "marketing", "email") == (0.3, False)
    assert cell(ways, "marketing", "phone") == (0.15, False)
    assert cell(ways, "personalisation", "any") == (0.4, False)
    assert cell(ways, "personalisation", "post") == (0.4, True)
    assert ways.widest == "email"
    assert sentence_ways(ways, "en").endswith("No single channel is permitted by more than 30% for marketing (e-mail).")


def test_a_channel_with_an_answer_of_its_own_does_not_listen_to_the_broad_one():
    table = decisions(
        (0, 50, "marketing", "any", "", True, "granted"), (0, 20, "marketing", "email", "", False, "refused")
    )
    figures = tuple(Figure(f"permitted_share_{p}", s, 50, "share") for p, s in zip(STAGES, (0.0, 0.0, 1.0)))
    ways = permitted_ways(Decisions(table, pd.DataFrame(), pd.DataFrame(), figures))
    assert cell(ways, "marketing", "email") == (0.6, False)
    assert cell(ways, "marketing", "post") == (1.0, False)


def test_what_all_channels_say_stands_once_in_the_picture():
    drawn = plot_ways(permitted_ways(DECIDED), "de").data[0]
    assert list(drawn.y).count("Personalisierung") == 1
    assert list(drawn.y).count("Marketing") == 10
    assert sum(row["figure"] == "marketing_widest_share" for row in drawn.meta) == 1


def test_nobody_is_no_customer():
    with pytest.raises(NotEnoughData, match="customers: got none"):
        permitted_ways(Decisions(TABLE.head(0), pd.DataFrame(), pd.DataFrame(), ()))


def test_everybody_has_one_reason_and_their_own_word_counts_most():
    points = decisions(
        (0, 30, "marketing", "email", "a", True, ""),
        (30, 50, "marketing", "email", "a", False, "never_asked"),
        (30, 50, "marketing", "email", "b", False, "refused"),
        (50, 90, "marketing", "email", "", False, "no_address"),
        (0, 20, "marketing", "phone", "", True, ""),
        (20, 90, "marketing", "phone", "", False, "never_asked"),
    )
    reach = offer_reach(points)
    counts = reach.channels.set_index(["channel", "reason"])["customers"]
    assert counts.to_dict() == {
        ("email", "open"): 30, ("email", "said_no"): 20, ("email", "without_address"): 40,
        ("phone", "open"): 20, ("phone", "no_yes"): 70,
    }  # fmt: skip
    assert (reach.widest, reach.top_reason) == ("email", "no_yes")
    assert sentence_reach(reach, "en").startswith(
        "An offer may reach 30 of 90 customers on the widest channel (e-mail)."
    )
    assert [f.value for f in reach.figures] == [30, 60, 40]


def test_a_reason_of_few_people_is_told_nowhere_and_cannot_be_worked_out():
    reach = offer_reach(
        decisions((0, 40, "marketing", "email", "", True, ""), (40, 44, "marketing", "email", "", False, "minor"))
    )
    shown = reach.channels.set_index("reason")
    assert shown["hidden"].to_dict() == {"open": "given_away", "another_reason": "small"}
    drawn = {trace.name: list(trace.x) for trace in plot_reach(reach, "en").data}
    assert drawn["may be reached"] == drawn["another reason"] == [0.0]


@pytest.mark.parametrize(("sizes", "reasons"), [
    ((4, 30, 7, 500), {"said_no": 30, "no_yes": 500, "yes_in_vain": 11}),
    ((4, 30, 3, 500), {"said_no": 30, "no_usable_yes": 507}),
    ((40, 30, 3, 500), {"said_no": 30, "no_usable_yes": 503, "under_age": 40}),
    ((4, 3, 30, 500), {"another_reason": 507, "run_out": 30}),
])  # fmt: skip
def test_reasons_of_few_people_are_told_with_those_nearest_to_them(sizes, reasons):
    points, start = [(0, 40, "marketing", "email", "", True, "")], 40
    for why, size in zip(("minor", "refused", "expired", "never_asked"), sizes):
        points.append((start, start + size, "marketing", "email", "", False, why))
        start += size
    told = offer_reach(decisions(*points)).channels.set_index("reason")
    assert told["customers"].to_dict() == {"open": 40} | reasons
    assert set(told["hidden"]) == {""}


def test_answers_of_few_people_are_told_as_one():
    answers = answers_by_purpose(TABLE)
    few = answers.table.set_index(["purpose", "reason"])["hidden"]
    assert few["marketing", "yes_in_vain"] == ""  # seven whose address another closed, three whose yes has run out
    assert answers.table.set_index(["purpose", "reason"])["customers"]["marketing", "yes_in_vain"] == 10


def test_where_everybody_is_reached_no_reason_is_given():
    reach = offer_reach(decisions((0, 40, "marketing", "email", "", True, "")))
    assert reach.top_reason == ""
    assert sentence_reach(reach, "de").endswith("40 von 40 Kunden erreichen.")


@pytest.fixture
def decided(landed):
    persons = pd.DataFrame({"record_id": ["crm:1", "shop:9", "crm:2", "shop:7", "crm:3"],
                            "customer_id": ["j", "j", "a", "k", "o"]})  # fmt: skip
    return persons, decide_permissions(landed, persons, "2024-12-31").table


def test_context_serves_whoever_permits_no_profile_and_every_visit_of_nobody_known(landed, decided):
    persons, table = decided
    context = served_by_context(landed, persons, table, "2024-12-31")
    assert [(f.name, f.value, f.n) for f in context.figures] == [
        ("context_only_share", 1.0, 4), ("context_visits_share", 1.0, 2),
    ]  # fmt: skip
    profiled = pd.concat([table, decisions((0, 1, "personalisation", "any", "", True, "granted"),
                                           (0, 1, "web_linking", "any", "", True, "granted"))])  # fmt: skip
    profiled["customer_id"] = profiled["customer_id"].replace("c000", "j")
    context = served_by_context(landed, persons, profiled, "2024-12-31")
    assert [f.value for f in context.figures] == [0.75, 0.5]
    assert sentence_context(context, "en").startswith("75% of 4 customers are served by context alone.")


def test_rows_are_counted_through_their_records_and_orders_and_the_law_keeps_some(landed, decided):
    held = rows_held(landed, decided[0], "2024-12-31")
    assert set(held.tables.loc[held.tables["on_forgetting"] != "erased", "table"]) == {"orders", "order_lines"}
    told = {f.name: f.value for f in held.figures}
    # Jürgen: 2 records, 2 orders, 3 lines, 1 session, 1 referral, 2 permissions; Kim: 1, 3, 2, 1, 0, 2; Anna and Ole: 1
    assert told["rows_of_typical_customer"] == 5.0
    assert told["kept_rows_share"] == pytest.approx(10 / 22)
    assert "5 rows in 3" in sentence_held(held, "en")


def test_what_people_asked_for_is_counted_where_it_lies(landed):
    assert [f.value for f in asked_so_far(landed).figures] == [0, 0, 0]
    pd.DataFrame(
        {"record_id": ["crm:1"], "column": ["city"], "value": ["Kiel"], "reason": ["x"], "day": ["x"]}
    ).to_parquet(landed / "corrections.parquet", index=False)
    assert [f.value for f in asked_so_far(landed).figures] == [1, 0, 0]
