"""Why records were joined: what is told adds up to what was decided, and names nobody."""

import numpy as np
import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.merging.comparing import COMPARISONS, LEVELS
from rcommerce_helpers.merging.explaining import doubtful_links, explain_pair, weigh_columns
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import LinkingParams
from rcommerce_helpers.plots.merging_links import plot_pair, plot_weights

GIVEN = ["Anna", "Berta", "Clara", "Doris", "Emma", "Frida", "Greta", "Hanna", "Ida", "Jana", "Klara", "Lena"]


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    """200 homes of two, everybody in two lists; in the second a tenth of the values are another person's."""
    rng = np.random.default_rng(3)
    homes = np.repeat(np.arange(200), 2)
    people = pd.DataFrame({
        "given_name": rng.choice(GIVEN, 400), "family_name": [f"Fam{h:03d}" for h in homes],
        "birth_date": [f"{y}-{m:02d}-{d:02d}" for y, m, d in zip(
            rng.integers(1950, 2003, 400), rng.integers(1, 13, 400), rng.integers(1, 29, 400))],
        "street": [f"Weg {h}" for h in homes], "postcode": [f"{10_000 + 7 * h}" for h in homes],
    })  # fmt: skip
    second = people.copy()
    for column in people:
        wrong = rng.random(400) < 0.1
        second.loc[wrong, column] = rng.permutation(people[column].to_numpy())[: wrong.sum()]
    both = pd.concat([people, second], ignore_index=True)
    return both.assign(record_id=[f"{source}:{i}" for source in ("crm", "shop") for i in range(400)])


@pytest.fixture(scope="module")
def linked(records):
    return identify(records, LinkingParams(matching="names"), key=KEY)


def test_a_first_name_tells_people_of_one_home_apart_and_a_last_name_does_not(linked):
    table = weigh_columns(linked).table.set_index("compared")
    assert table.loc["given", "same_than_home"] > 5
    assert table.loc["family", "same_than_home"] < 1.5
    assert table.loc["family", "same_than_strangers"] > 50
    assert (table[["different_than_strangers", "different_than_home"]] <= 20).all(axis=None)
    assert (table["different_than_strangers"] < 1).all()


def test_the_steps_of_a_pair_add_up_to_its_certainty(records, linked):
    story = explain_pair(linked, records)
    certainty = 1 / (1 + np.exp(-story.steps["log_odds"].sum()))
    told = {figure.name: figure.value for figure in story.figures}["pair_certainty"]
    assert told == pytest.approx(certainty)
    by_names = linked.pairs[linked.pairs["joined"].astype(bool) & (linked.pairs["odds"] > 0)]
    assert np.isclose(np.sort(by_names["certainty"])[:100], told).any()


def test_no_value_of_anybody_is_told(records, linked):
    story, kinds = explain_pair(linked, records), doubtful_links(linked).kinds
    values = set(records.drop(columns="record_id").to_numpy().ravel())
    told = set(story.steps[["step", "level"]].to_numpy().ravel()) | set(kinds["agree"])
    assert not told & values
    words = plot_pair(story, "en").to_json() + plot_weights(weigh_columns(linked), "de").to_json()
    assert not any(value in words for value in values)


def test_kinds_of_doubt_with_few_pairs_are_not_counted_out(linked):
    kinds = doubtful_links(linked).kinds
    assert kinds.loc[kinds["hidden"] == "", "pairs"].ge(10).all()
    assert kinds.loc[kinds["hidden"] != "", ["pairs", "mean_certainty"]].isna().all(axis=None)


def test_without_names_there_is_nothing_to_explain(records):
    exact = identify(records, LinkingParams(matching="exact"), key=KEY)
    for ask in (weigh_columns, lambda linked: explain_pair(linked, records)):
        with pytest.raises(NotEnoughData, match="no names that were compared"):
            ask(exact)


def test_every_level_has_its_word():
    assert {c: len(words) for c, words in LEVELS.items()} == {c: len(x.match) for c, x in COMPARISONS.items()}
