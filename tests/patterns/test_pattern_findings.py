"""What holds must hold: no effect, no finding; a planted effect is found; the expected counts are exact."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from pattern_worlds import as_baskets, as_contents, as_lots, drawn_contacts, world

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import alternatives, pairs
from rcommerce_helpers.patterns.contexts import context_effects, hour_blocks, usual_stores
from rcommerce_helpers.patterns.effects import contact_effects, pattern_effects
from rcommerce_helpers.patterns.findings import COLUMNS, Sections, gather
from rcommerce_helpers.patterns.journeys import step_cells, trip_steps, web_steps
from rcommerce_helpers.patterns.lots import checked_lots
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import NotAnswered
from rcommerce_helpers.sentences.patterns import sentence_headline
from rcommerce_helpers.statistics.intervals import share_interval

PARAMS = PatternsParams()
RUNS = 60


def row(found, name, context):
    table = found.findings
    (hit,) = table[(table["name"] == name) & (table["context"] == context)].to_dict("records")
    return hit


@pytest.mark.parametrize("tested", [context_effects, trip_steps, pairs])
def test_a_world_without_effects_gives_no_findings(tested):
    """Share of runs with any 'holds': at most 5 % by its lower bound, while side by side most runs show some."""
    if tested is pairs:
        worlds = (independent_groups(seed) for seed in range(RUNS))
    else:
        worlds = (world(seed) for seed in range(RUNS))
    found = [tested(*w, PARAMS) for w in worlds]
    wrong = sum(f.hold > 0 for f in found)
    assert share_interval(wrong, RUNS).low <= 0.05, f"{wrong} of {RUNS} runs"
    assert np.mean([f.naive > 0 for f in found]) > 0.8


def independent_groups(seed):
    """Tastes differ between customers, but within one customer each group is drawn by itself."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(200), 30)
    taste = rng.beta(1, 2, (200, 6))
    amount = (rng.random((len(who), 6)) < taste[who]) * 2.0
    amount[:, 0] = 1.0
    return as_baskets(who, np.tile(np.arange(30), 200), np.full(len(who), 9), amount), as_contents(amount)


def test_planted_evening_effect_is_found_and_measured():
    found = context_effects(*world(3, customers=900, trips=40, evening_lift=0.5), PARAMS)
    beer = row(found, "beer", "hour: evening")
    assert beer["verdict"] == "holds"
    assert beer["low"] < 0.5 < beer["high"] + 0.1
    assert beer["held_out_effect"] > 0.2
    others = found.findings[~found.findings["name"].isin(["beer", "basket value"])]
    assert (others["verdict"] == "holds").mean() < 0.1
    assert tuple(found.findings.columns) == COLUMNS


def test_planted_step_is_found_and_taste_is_not():
    found = trip_steps(*world(4, customers=900, trips=40, follow_lift=0.3), PARAMS)
    step = row(found, "milk", "after bread")
    assert step["verdict"] == "holds"
    assert step["effect"] > 0.3


def test_taste_alone_is_no_journey():
    """Tea follows tea because tea lovers drink tea: overwhelming side by side, nothing within customers."""
    found = trip_steps(*world(4, customers=900, trips=40), PARAMS)
    tea = (found.findings["name"] == "tea") & (found.findings["context"] == "after tea")
    assert found.details.loc[tea, "naive_p"].item() < 1e-6
    assert found.findings.loc[tea, "verdict"].item() != "holds"


def test_expected_steps_are_the_mean_over_all_orders_of_the_trips():
    """Sequence a a b: over its three distinct orders a-a happens 2/3 times, a-b 2/3, b-a 2/3."""
    steps = pd.DataFrame({"unit": 0, "sequence": 0, "position": [0, 1, 2], "state": [0, 0, 1]})
    whole = (cells := step_cells(steps, {0: "a", 1: "b"}, np.zeros(1, dtype=np.int64))).whole
    table = cells.table.assign(observed=whole.observed, expected=whole.expected, n=whole.n)
    by = table.set_index(["context", "name"])
    assert by["expected"].to_dict() == pytest.approx(
        {("after a", "a"): 2 / 3, ("after a", "b"): 2 / 3, ("after b", "a"): 2 / 3, ("after b", "b"): 0}
    )
    assert by["observed"].to_dict() == {
        ("after a", "a"): 1, ("after a", "b"): 1, ("after b", "a"): 0, ("after b", "b"): 0,
    }  # fmt: skip
    assert by.loc[("after a", "b"), "n"] == 2
    assert by.loc[("after b", "a"), "n"] == 0


def test_context_effect_by_hand():
    """Every customer: two evening baskets of 30, three early ones of 20: evening is half as much again, for all."""
    who = np.repeat(np.arange(200), 5)
    hour = np.tile([18, 18, 9, 9, 9], 200)
    noise = np.tile([1, -1, 1, -1, 0], 200) * 0.01
    amount = (np.where(hour == 18, 30.0, 20.0) + noise)[:, None] * np.array([[0.5, 0.5]])
    found = context_effects(as_baskets(who, np.tile(np.arange(5), 200), hour, amount), as_contents(amount), PARAMS)
    evening = row(found, "basket value", "hour: evening")
    assert evening["effect"] == pytest.approx(0.5)
    assert evening["rate"] == pytest.approx(30)
    assert evening["verdict"] == "holds"
    (figure,) = [f for f in found.figures if f.name == "evening_basket_effect"]
    assert (figure.value, figure.n) == (pytest.approx(0.5), evening["n"])


def test_a_pair_that_belongs_together_is_found_beyond_basket_size():
    rng = np.random.default_rng(2)
    who = np.repeat(np.arange(300), 30)
    bought = rng.random((len(who), 6)) < 0.35
    bought[:, 1] = np.where(rng.random(len(who)) < 0.5, bought[:, 0], bought[:, 1])
    amount = bought * 1.0
    found = pairs(
        as_baskets(who, np.tile(np.arange(30), 300), np.full(len(who), 9), amount), as_contents(amount), PARAMS
    )
    assert row(found, "milk", "bread")["verdict"] == "holds"
    assert row(found, "milk", "bread")["effect"] > 0.4
    both = pd.concat([found.findings, found.rest.findings])
    assert both[["name", "context"]].apply(frozenset, axis=1).is_unique
    assert (found.findings["effect"] > 0).all()
    assert (alternatives(found).findings["effect"] <= 0).all()


def test_two_tastes_of_one_person_are_no_pair():
    """Half of the customers like bread and milk, half beer and soap; within each, every group is drawn by itself."""
    rng = np.random.default_rng(8)
    who = np.repeat(np.arange(200), 30)
    likes = np.where((who % 2 == 0)[:, None], [0.5, 0.5, 0.1, 0.1], [0.1, 0.1, 0.5, 0.5])
    amount = (rng.random(likes.shape) < likes) * 1.0
    kept = amount.any(axis=1)
    day = np.tile(np.arange(30), 200)[kept]
    found = pairs(as_baskets(who[kept], day, np.full(kept.sum(), 9), amount[kept]), as_contents(amount[kept]), PARAMS)
    assert found.hold == 0
    assert (found.details["naive_p"] < 0.001).any()


def test_hours_follow_the_wall_clock_and_the_night_runs_over_midnight():
    moments = pd.Series(pd.to_datetime([f"2024-01-01 {h:02d}:30" for h in (4, 5, 9, 10, 14, 17, 20, 21, 0)]))
    assert list(hour_blocks(moments)) == [4, 0, 0, 1, 2, 3, 3, 4, 4]


def test_usual_store_is_the_most_visited_and_ties_are_settled_by_key():
    orders = pd.DataFrame({"customer_id": ["a", "a", "a", "b", "b"], "store_id": ["2", "1", "2", "9", "3"]})
    assert usual_stores(orders).to_dict() == {"a": "2", "b": "3"}


def test_web_steps_stay_within_a_visit():
    rng = np.random.default_rng(6)
    rows = []
    for visit in range(600):
        for place in range(6):
            events = ["view", "search", "cart_add"]
            event = "cart_add" if rows and place and rows[-1]["event"] == "search" else events[rng.integers(0, 3)]
            rows.append(
                {"visitor_id": f"v{visit // 3}", "session_id": f"s{visit}", "event": event, "event_id": f"{place}"}
            )
    table = pd.DataFrame(rows)
    table["local_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(table)), unit="min")
    found = web_steps(table, PARAMS)
    assert row(found, "cart_add", "after search")["rate"] == pytest.approx(1.0)
    assert row(found, "cart_add", "after search")["verdict"] == "holds"
    assert {"web_steps_tested", "web_steps_hold", "strongest_web_step_effect"} <= {f.name for f in found.figures}


def test_experiments_tell_the_context_in_which_a_pattern_works():
    found = contact_effects(as_lots(drawn_contacts(1, 0.5)), PARAMS)
    phone, desktop = (row(found, "reminder", f"device: {d}") for d in ("phone", "desktop"))
    assert phone["verdict"] == "holds"
    assert phone["low"] < 0.5 < phone["high"]
    assert desktop["verdict"] != "holds"


def test_a_campaign_without_a_holdout_of_its_own_tells_nothing_and_says_so():
    """A Christmas campaign in which everybody buys and nobody was held out: no arm looks good because of it."""
    christmas = drawn_contacts(2, 0.0).query("arm != 'none'").assign(campaign_id="k2", converted=True)
    both = contact_effects(as_lots(pd.concat([drawn_contacts(1, 0.5), christmas])), PARAMS)
    alone = contact_effects(as_lots(drawn_contacts(1, 0.5)), PARAMS)
    pd.testing.assert_frame_equal(both.findings, alone.findings)
    figure = {f.name: f for f in both.figures}["campaigns_without_holdout"]
    assert (figure.value, figure.n) == (1, 2)


def test_what_the_play_does_is_no_effect_of_the_wording():
    """A contact doubles the purchases, whichever of the two wordings it bears: the contact works, no wording does."""
    rng = np.random.default_rng(9)
    n = 100_000
    arm = rng.choice(["reminder", "scarcity", "none"], n, p=[0.4, 0.4, 0.2])
    log = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)], "campaign_id": "k", "arm": arm, "device": "phone",
            "propensity": np.where(arm == "none", 0.2, 0.4),
            "converted": rng.random(n) < np.where(arm == "none", 0.05, 0.10),
        }
    )  # fmt: skip
    contact, wording = contact_effects(as_lots(log), PARAMS), pattern_effects(as_lots(log), PARAMS)
    assert (contact.findings["verdict"] == "holds").all()
    assert row(contact, "reminder", "everywhere")["effect"] == pytest.approx(1.0, abs=0.2)
    assert wording.hold == 0
    assert row(wording, "reminder", "everywhere")["effect"] == pytest.approx(0.0, abs=0.1)


def test_contacts_dealt_out_anew_hold_nothing_and_that_is_told():
    found = contact_effects(as_lots(drawn_contacts(1, 0.5)), PARAMS)
    control = {f.name: f for f in found.figures}["experiments_by_chance"]
    assert (control.value, control.n) == (0, found.tested)


def test_an_arm_drawn_at_a_chance_of_nothing_proves_the_record_wrong():
    log = drawn_contacts(1, 0.5).assign(local_at=pd.Timestamp("2024-05-01"))
    other = log.assign(campaign_id="k2", propensity=log["propensity"].mask(log.index == 7, 0.0))
    lots = checked_lots(pd.concat([log, other], ignore_index=True), world(1)[0], PARAMS)
    assert lots.campaigns.set_index("campaign_id")["refused"].to_dict() == {"k1": False, "k2": True}
    assert set(lots.contacts["campaign_id"]) == {"k1"}


def test_chunks_of_customers_change_nothing(monkeypatch):
    """One chunk, or one customer at a time: the same findings; of pairs, whose dealings differ, the same counts."""
    baskets, contents = world(5, customers=120)
    loose = PatternsParams(min_customers=10)
    whole = [tested(baskets, contents, loose) for tested in (context_effects, trip_steps, pairs)]
    monkeypatch.setattr("rcommerce_helpers.patterns.chunks.CHUNK", 1)
    parts = [tested(baskets, contents, loose) for tested in (context_effects, trip_steps, pairs)]
    for one, other in zip(whole[:2], parts[:2]):
        pd.testing.assert_frame_equal(one.findings, other.findings)
    same = [f.findings.set_index(["name", "context"])[["n", "rate"]].sort_index() for f in (whole[2], parts[2])]
    both = same[0].index.intersection(same[1].index)
    assert len(both) > 5
    pd.testing.assert_frame_equal(same[0].loc[both], same[1].loc[both])


def test_what_is_no_reason_to_act_never_leads():
    """Steps of a site hold because it is built so; what leads is told with the estimate that pictures draw."""
    moments = context_effects(*world(3, customers=900, trips=40, evening_lift=0.5), PARAMS)
    site = dataclasses.replace(moments, kind="web step")
    alone = gather(Sections(SKIPPED, SKIPPED, SKIPPED, SKIPPED, SKIPPED, SKIPPED, site))
    assert moments.hold
    assert alone.first.empty
    assert "no reason to act" in sentence_headline(alone, "en")
    both = gather(Sections(SKIPPED, SKIPPED, moments, SKIPPED, SKIPPED, SKIPPED, site))
    assert set(both.first["kind"]) == {"context"}
    assert (both.first["effect"] > 0).all()
    assert both.first["name"].is_unique
    assert list(both.page["kind"][: moments.hold]) == ["context"] * moments.hold
    joined = moments.findings.join(moments.details).set_index(["name", "context"])
    top = both.page.iloc[0]
    assert (top["pooled_effect"], top["low"]) == tuple(
        joined.loc[(top["name"], top["context"]), ["pooled_effect", "pooled_low"]]
    )


def test_contacts_that_were_not_drawn_by_chance_give_no_effect():
    chosen = drawn_contacts(1, 0.5).assign(propensity=np.nan)
    with pytest.raises(NotEnoughData, match="propensity"):
        checked_lots(chosen.assign(local_at=pd.Timestamp("2024-05-01")), world(1)[0], PARAMS)


def test_too_thin_cells_are_counted_not_tested():
    with pytest.raises(NotEnoughData, match="min_customers"):
        context_effects(*world(1, customers=40), PARAMS)


SKIPPED = NotAnswered("steps", "no products")


def test_gathering_counts_over_the_sections_that_were_not_skipped():
    moments = context_effects(*world(3, evening_lift=1.0), PARAMS)
    both = gather(Sections(SKIPPED, SKIPPED, moments, SKIPPED, SKIPPED, SKIPPED, SKIPPED))
    assert list(both.counts["kind"]) == ["context"]
    assert [f.value for f in both.figures][:3] == [moments.tested, moments.naive, moments.hold]
    with pytest.raises(NotEnoughData):
        gather(Sections(*[SKIPPED] * 7))


@pytest.mark.filterwarnings("error")
def test_customers_who_never_leave_their_store_tell_nothing_of_another_one():
    baskets, contents = world(1)
    stores = (baskets.orders["customer"] % 3).astype(str)
    found = context_effects(
        dataclasses.replace(baskets, orders=baskets.orders.assign(store_id=stores)), contents, PARAMS
    )
    assert not found.findings["context"].str.startswith("store").any()


@pytest.mark.usefixtures("tell_of_few")
@pytest.mark.filterwarnings("error")
def test_a_step_from_where_nothing_follows_is_no_finding():
    rows = [(f"v{i:03}", place, event) for i in range(200) for place, event in enumerate(("view", "cart"))]
    table = pd.DataFrame(rows, columns=["visitor_id", "place", "event"]).assign(session_id="1")
    table["local_at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(table["place"], unit="min")
    found = web_steps(table, PARAMS)
    assert ("view", "after cart") in set(zip(found.never["name"], found.never["context"]))
    assert row(found, "cart", "after view")["rate"] == 1
