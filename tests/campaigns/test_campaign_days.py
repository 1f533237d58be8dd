"""When: no two departments on one person on one day, caps that count what others plan, and lots drawn per plan."""

import pandas as pd
from campaign_worlds import scores_of, small_offers
from test_campaign_plan import AS_OF, PARAMS, PEOPLE, many, plan_of, reach_of

from rcommerce_helpers.campaigns.holdout import identify_plan
from rcommerce_helpers.campaigns.timing import free_day

OFFERS = small_offers(holdout={"share": 0.0})
TEA = scores_of([(p, "TEA", 0.5) for p in PEOPLE])


def others_plan(*contacts):
    rows = [(who, pd.Timestamp(day) + pd.Timedelta(hours=9)) for who, day in contacts]
    return pd.DataFrame(rows, columns=["customer_id", "local_at"])


def day_of(who, reach, scores=TEA):
    return str(plan_of(OFFERS, scores, reach=reach).table.set_index("customer_id").loc[who, "day"])


def test_no_contact_on_a_day_on_which_another_department_contacts_the_customer():
    alone = day_of("ann", reach_of(OFFERS))
    moved = day_of("ann", reach_of(OFFERS, planned=others_plan(("ann", alone))))
    assert moved != alone
    assert abs((pd.Timestamp(moved) - pd.Timestamp(alone)).days) == 1
    assert day_of("bob", reach_of(OFFERS, planned=others_plan(("ann", alone)))) == day_of("bob", reach_of(OFFERS))


def test_a_reminder_moves_to_the_day_before():
    """Due in ten days: three days before is April 8th, which the service has taken."""
    due = TEA.assign(due_days=10.0)
    assert day_of("ann", reach_of(OFFERS), due) == "2024-04-08"
    assert day_of("ann", reach_of(OFFERS, planned=others_plan(("ann", "2024-04-08"))), due) == "2024-04-07"


def test_a_period_of_one_day_that_is_taken_leaves_no_day():
    short = small_offers(period={"days": 1}, caps={"contacts_per_customer": 5, "days": 28})
    reach = reach_of(short, planned=others_plan(("ann", "2024-04-01")))
    assert reach.customers["why"].tolist() == ["no_free_day", "", ""]
    days = plan_of(short, TEA, reach=reach).table["day"].dropna()
    assert {str(d) for d in days} == {"2024-04-01"}, "and the spread over a week ends with the period"


def test_only_contacts_of_the_period_count_towards_the_cap():
    """The cap is two: one of last week and one planned are too many with ours; one of long ago or of June is none."""
    past = pd.DataFrame(
        {"customer_id": ["ann", "bob"], "arm": "a", "local_at": pd.to_datetime(["2024-03-25", "2024-01-05"])}
    )
    planned = others_plan(("ann", "2024-04-10"), ("bob", "2024-04-10"), ("cem", "2024-06-10"), ("cem", "2024-06-11"))
    why = reach_of(OFFERS, contacts=past, planned=planned).customers.set_index("customer_id")["why"]
    assert why.to_dict() == {"ann": "cap", "bob": "", "cem": ""}


def test_the_nearest_free_day_is_taken_the_earlier_of_two():
    assert free_day(5, {5}, 28) == 4
    assert free_day(0, {0}, 28) == 1
    assert free_day(27, {27, 26}, 28) == 25


def test_two_plans_hold_out_different_people_and_one_plan_always_the_same():
    lines, scores = many(600)
    offers = small_offers(holdout={"share": 0.3})
    held = [
        plan_of(offers, scores, reach=reach_of(offers, lines=lines, data_set=name), params=params).table
        for name, params in (("a", PARAMS), ("a", PARAMS), ("b", PARAMS), ("a", PARAMS.with_(seed=8)))
    ]
    first, again, other, reseeded = (set(t.loc[t["held_out"], "customer_id"]) for t in held)
    assert first == again
    for another in (other, reseeded):
        assert len(first & another) < 0.6 * len(first), "two independent draws of three in ten share three in ten"
    assert [t["plan_id"].nunique() for t in held] == [1, 1, 1, 1]
    assert len({t["plan_id"].iloc[0] for t in held}) == 3


def test_the_plan_is_named_by_what_decides_it():
    given = {"as_of": AS_OF, "data_set": "a", "offers": OFFERS, "params": PARAMS}
    same = identify_plan(**given | {"params": PARAMS.with_(language="de", replications=50)})
    assert same == identify_plan(**given)
    changes = [{"as_of": "2024-04-01"}, {"offers": small_offers()}, {"params": PARAMS.with_(caution=2.0)}]
    assert len({identify_plan(**given | change) for change in changes} | {same}) == 4
