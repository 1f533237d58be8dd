"""The linker on worlds whose truth is known: nobody twice, homes full of people, values that half the world shares."""

import numpy as np
import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.engine import connect
from rcommerce_helpers.merging.blocking import PAIRS_PER_RECORD, RULES, block
from rcommerce_helpers.merging.grouping import joins
from rcommerce_helpers.merging.identity import _with_exact, identify, likely_pairs
from rcommerce_helpers.merging.normalise import normalise_records
from rcommerce_helpers.merging.params import MergingParams

GIVEN = ["Jürgen", "Anna", "Julia", "Lena", "Peter", "Petra", "Sabine", "Jörg", "Max", "Emil", "Mia", "Uwe", "Karin"]
PARTS = ["Berg", "Feld", "Stein", "Brun", "Linden", "Wald", "Ross", "Haus", "Acker", "Silber", "Grün", "Mühl", "Kirch"]


def strangers(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """One row = one person with a home of their own."""
    years, months, days = rng.integers(1950, 2003, count), rng.integers(1, 13, count), rng.integers(1, 29, count)
    return pd.DataFrame({
        "given_name": rng.choice(GIVEN, count),
        "family_name": [f"{a}{b.lower()}" for a, b in zip(rng.choice(PARTS, count), rng.choice(PARTS, count))],
        "birth_date": [f"{y}-{m:02d}-{d:02d}" for y, m, d in zip(years, months, days)],
        "street": [f"{s}straße {n}" for s, n in zip(rng.choice(PARTS, count), rng.integers(1, 90, count))],
        "postcode": rng.integers(10_000, 99_999, count).astype(str),
    })  # fmt: skip


def linked(records: pd.DataFrame) -> pd.Series:
    persons = identify(records, MergingParams(matching="names"), key=KEY).persons
    return persons.set_index("record_id")["customer_id"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_nobody_is_twice_nobody_is_joined(seed):
    people = strangers(np.random.default_rng(seed), 800)
    people["record_id"] = [f"{'crm' if i % 2 else 'shop'}:{i}" for i in range(800)]
    assert linked(people).nunique() >= 798  # namesakes born in one month may be taken for one


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_homes_are_not_welded_though_all_but_the_person_agrees(seed):
    rng = np.random.default_rng(seed)
    homes = strangers(rng, 300).assign(phone=[f"030 {n}" for n in rng.integers(1_000_000, 9_999_999, 300)])
    partner = homes.assign(given_name=[GIVEN[(GIVEN.index(g) + 5) % len(GIVEN)] for g in homes["given_name"]])
    partner["birth_date"] = rng.permutation(partner["birth_date"].to_numpy())
    rows = [frame.assign(record_id=[f"{source}:{who}{i}" for i in range(300)], truth=[f"{who}{i}" for i in range(300)])
            for source in ("crm", "shop") for who, frame in (("a", homes), ("b", partner))]  # fmt: skip
    records = pd.concat(rows, ignore_index=True)
    groups = linked(records.drop(columns="truth"))
    both = pd.DataFrame({"truth": records.set_index("record_id")["truth"], "group": groups})
    assert int(both.groupby("group")["truth"].nunique().gt(1).sum()) <= 2
    assert int(both.groupby("truth")["group"].nunique().gt(1).sum()) <= 6


def test_a_value_of_half_the_world_makes_no_block():
    people = strangers(np.random.default_rng(4), 2_000)
    people["email"], people["birth_date"] = "a.mustermann@web.de", "2000-01-02"
    people["record_id"] = [f"crm:{i}" for i in range(2_000)]
    con = connect()
    frame = normalise_records(people).assign(i=range(2_000))
    con.register("frame", frame.drop(columns="created_at").astype("string").assign(i=range(2_000)))
    con.execute("create table people as select * from frame")
    rules = block(con)
    found = con.execute("select count(*) from pairs").fetchall()[0][0]
    con.close()
    assert ("email",) not in {rule.columns for rule in rules}
    assert all(rule.pairs <= PAIRS_PER_RECORD * 2_000 for rule in rules)
    assert 0 < found <= len(RULES) * PAIRS_PER_RECORD * 2_000


def test_a_bridge_between_two_people_of_many_records_does_not_hold():
    one = [(i, j) for i in range(4) for j in range(i + 1, 4)]
    other = [(i + 4, j + 4) for i, j in one]
    pairs = np.array([*one, *other, (3, 4)])
    groups = joins(pairs[:, 0], pairs[:, 1], np.array([9.0] * 12 + [4.0])).groups(8)
    assert groups.tolist() == [0, 0, 0, 0, 4, 4, 4, 4]


def test_the_order_of_rows_changes_no_odds():
    people = strangers(np.random.default_rng(5), 400)
    people["record_id"] = [f"crm:{i:03d}" for i in range(400)]
    frames = [
        normalise_records(p).sort_values("record_id", ignore_index=True)
        for p in (people, people.sample(frac=1, random_state=1))
    ]
    one, again = (likely_pairs(frame, seed=7)[0] for frame in frames)
    pd.testing.assert_frame_equal(one, again)


def test_a_rare_name_says_more_than_a_common_one():
    rng = np.random.default_rng(6)
    people = strangers(rng, 900).drop(columns=["birth_date", "street", "postcode"])
    people.loc[:399, "family_name"] = "Müller"
    people["city"] = rng.choice(["Kiel", "Ulm", "Bonn", "Jena"], 900)
    people["record_id"] = [f"crm:{i:03d}" for i in range(900)]
    twice = people.iloc[[0, 500]].assign(record_id=["shop:0", "shop:1"], family_name=["Müller", "Zschoch"])
    people.loc[500, "family_name"] = "Zschoch"
    frame = normalise_records(pd.concat([people, twice])).sort_values("record_id", ignore_index=True)
    odds = likely_pairs(frame, seed=7)[0].set_index(["record_a", "record_b"])["odds"]
    assert odds["crm:500", "shop:1"] > odds.get(("crm:000", "shop:0"), -9.0) + 3


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_said_of_precision_and_recall_is_near_the_truth(seed):
    """Errors in a fifth of all values of the second list, and as many strangers as people who are in both."""
    rng = np.random.default_rng(seed)
    everybody = strangers(rng, 1_500).assign(truth=range(1_500))
    first, second = everybody[:1_000].copy(), everybody[500:].copy()
    for column in ("given_name", "family_name", "street", "birth_date", "postcode"):
        wrong = rng.random(len(second)) < 0.3
        second.loc[wrong, column] = rng.permutation(everybody[column].to_numpy())[: wrong.sum()]
    both = pd.concat([first.assign(source="crm"), second.assign(source="shop")], ignore_index=True)
    both["record_id"] = both["source"] + ":" + both.index.astype(str)
    found = identify(both.drop(columns=["truth", "source"]), MergingParams(matching="names"), key=KEY)
    told = {figure.name: figure.value for figure in found.figures}
    groups = found.persons.set_index("record_id")["customer_id"].loc[both["record_id"]].to_numpy()
    of = pd.DataFrame({"group": groups, "truth": both["truth"]})
    right, joined, wanted = (
        int((n * (n - 1) // 2).sum()) for n in (of.groupby(by).size() for by in (["group", "truth"], "group", "truth"))
    )
    assert 0.5 < right / wanted < 0.99  # hard enough that the two could be wrong
    assert told["estimated_precision"] == pytest.approx(right / joined, abs=0.03)
    assert told["estimated_recall"] == pytest.approx(right / wanted, abs=0.06)


@pytest.mark.parametrize("number", [8, 9, 30])
def test_a_number_on_which_a_whole_firm_answers_joins_nobody_whom_names_compare(number):
    """Records without a name that share one telephone: up to the limit one person, beyond it nobody."""
    rng = np.random.default_rng(9)
    known = strangers(rng, 300)
    known["phone"] = [f"030 {n}" for n in rng.integers(1_000_000, 9_999_999, 300)]
    both = [known.assign(record_id=[f"{source}:{i}" for i in range(300)]) for source in ("crm", "shop")]
    desk = pd.DataFrame({"record_id": [f"desk:{i}" for i in range(number)], "phone": "040 777888"})
    called = linked(pd.concat([*both, desk], ignore_index=True))[desk["record_id"]]
    assert called.nunique() == (1 if number <= MergingParams().shared_limit else number)


def test_a_key_that_fits_counts_though_no_block_brought_the_pair():
    """A limit of 60 lets blocks grow beyond the budget of pairs; a key is no matter of budget."""
    likely = pd.DataFrame({"record_a": ["a:1"], "record_b": ["a:2"], "a": [0], "b": [1], "odds": [-4.0]})
    exact = pd.DataFrame({"record_a": ["a:1", "a:2"], "record_b": ["a:3", "a:3"], "certainty": [0.99, 0.0]})
    people = pd.DataFrame({"record_id": ["a:1", "a:2", "a:3"]})
    pairs = _with_exact(likely, exact.assign(method="exact"), people).set_index(["record_a", "record_b"])
    assert pairs.loc[("a:1", "a:3"), ["a", "b", "method"]].tolist() == [0, 2, "exact"]
    assert pairs.loc[("a:1", "a:3"), "certainty"] == pytest.approx(0.99)
    assert set(pairs.index) == {("a:1", "a:2"), ("a:1", "a:3")}


def decided(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [(*row, "seen", "2024-06-01") for row in rows], columns=["record_a", "record_b", "verdict", "reason", "day"]
    )


@pytest.mark.parametrize("matching", ["exact", "names"])
def test_what_was_decided_by_hand_stands_above_every_key_and_every_model(matching):
    people = strangers(np.random.default_rng(8), 300)
    people["record_id"] = [f"crm:{i:03d}" for i in range(300)]
    people["email"] = [f"p{i}@web.de" for i in range(300)]
    copies = people.iloc[:50].assign(record_id=[f"shop:{i:03d}" for i in range(50)])
    third = people.iloc[:1].assign(record_id="news:000")  # like both of those that are to stay apart
    told = decided(("crm:000", "shop:000", "different"), ("crm:100", "crm:101", "same"))
    records, params = pd.concat([people, copies, third]), MergingParams(matching=matching)
    found = identify(records, params, key=KEY, decided=told).persons.set_index("record_id")
    assert found.loc["crm:000", "customer_id"] != found.loc["shop:000", "customer_id"]
    assert found.loc["crm:100", "customer_id"] == found.loc["crm:101", "customer_id"]
    assert found.loc["crm:101", ["method", "certainty", "reason"]].tolist() == ["by hand", 1.0, "decided by hand"]
    assert found.loc["crm:001", "customer_id"] == found.loc["shop:001", "customer_id"]
