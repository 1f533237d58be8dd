"""Worlds in which a safeguard of the findings makes the difference: without it each of them gives a false finding."""

import numpy as np
import pandas as pd
import pytest
from pattern_worlds import as_lots

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.effects import contact_effects
from rcommerce_helpers.patterns.findings import Cells, judge_cells, pool_families
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.statistics.pooling import partial_pool
from rcommerce_helpers.statistics.replication import add_up, folds_of

PARAMS = PatternsParams()
PEOPLE = np.array([f"c{i:04d}" for i in range(600)])
FOLD = folds_of(PEOPLE)


def judged(observed, expected):
    """One row = one customer, one column = one cell of one family."""
    n = np.maximum(expected, 1.0)
    table = pd.DataFrame({"name": [f"cell {i}" for i in range(observed.shape[1])], "context": "", "family": "f"})
    sums = add_up(FOLD, n, observed, observed, expected)
    return judge_cells(Cells.added(table, sums, np.full(observed.shape[1], 0.5)), PARAMS, "test")


def test_what_comes_from_one_fold_alone_does_not_hold():
    """One fifth of the customers buy three times as much, all others as expected: overwhelming in all, and false.

    The four folds that hold the fifth choose the cell, and those kept aside then deny it.
    """
    rng = np.random.default_rng(1)
    expected = np.full((len(PEOPLE), 1), 5.0)
    observed = rng.poisson(np.where(FOLD == 0, 15.0, 5.0))[:, None].astype(float)
    (cell,) = judged(observed, expected).findings.to_dict("records")
    assert cell["effect"] == pytest.approx(0.4, abs=0.1)
    assert cell["q_value"] < 1e-6
    assert cell["chosen_folds"] >= 4
    assert cell["held_out_effect"] < 0.1
    assert cell["verdict"] != "holds"


def test_a_cell_nobody_can_choose_is_too_thin():
    """The second cell happens to one fifth of the customers only: the four others expect nothing."""
    expected = np.full((len(PEOPLE), 2), 2.0)
    expected[FOLD != 0, 1] = 0.0
    found = judged(expected * 1.5, expected)
    assert found.too_thin == 1
    assert list(found.findings["name"]) == ["cell 0"]
    with pytest.raises(NotEnoughData):
        judged(expected[:, 1:], expected[:, 1:])


def test_the_luckiest_of_many_cells_is_not_a_finding():
    """200 cells without any effect: about ten have p < .05, some with a like-minded fold."""
    rng = np.random.default_rng(3)
    expected = np.full((len(PEOPLE), 200), 3.0)
    found = judged(rng.poisson(expected).astype(float), expected)
    alone = ((found.findings["low"] > 0) | (found.findings["high"] < 0)).sum()
    assert alone >= 3
    assert (found.findings["q_value"] < 0.05).sum() == 0
    assert found.hold == 0


def test_one_heavy_customer_is_no_finding():
    """Two customers, each in a fold of his own, with 400 events where 100 were expected; all others as expected."""
    expected = np.ones((len(PEOPLE), 1))
    observed = expected.copy()
    for fold in range(2):
        heavy = np.flatnonzero(fold == FOLD)[0]
        expected[heavy], observed[heavy] = 100.0, 400.0
    found = judged(observed, expected)
    assert found.findings["q_value"].item() > 0.1
    assert found.hold == 0


def test_what_never_happens_is_named_and_is_no_finding():
    """Login after view: two that cannot follow each other are no pattern, however many were expected."""
    expected = np.full((len(PEOPLE), 2), 1.0)
    observed = np.column_stack([np.zeros(len(PEOPLE)), np.random.default_rng(2).poisson(1.0, len(PEOPLE))])
    found = judged(observed.astype(float), expected)
    assert list(found.findings["name"]) == ["cell 1"]
    assert found.never["name"].to_list() == ["cell 0"]
    assert found.never["expected"].to_list() == [600.0]


def test_a_lucky_arm_is_drawn_towards_the_other_arms():
    """Eight arms near nothing, one of them .4 in all three of its contexts: not all of that is its own."""
    names = [f"arm {i}" for i in range(8)]
    rows = [(name, "everywhere", "everywhere", "", "") for name in names]
    rows += [(name, f"device: {d}", "device", name, "everywhere") for name in names for d in "abc"]
    table = pd.DataFrame(rows, columns=["name", "context", "family", "centre", "above"])
    seen = np.where(table["name"] == "arm 3", 0.4, 0.02)
    se = np.where(table["context"] == "everywhere", 0.15, 0.25)
    effect, low, high = pool_families(table, seen, se, level=0.9)
    lucky = table["centre"] == "arm 3"
    assert (effect[lucky] < 0.6 * partial_pool(seen[lucky], se[lucky]).effects).all()
    assert ((low < effect) & (effect < high)).all()


def test_an_effect_too_small_to_matter_does_not_hold():
    """Six in a hundred more, sure and repeated: shown to be next to nothing for whoever asks for a tenth."""
    rng = np.random.default_rng(4)
    expected = np.full((len(PEOPLE), 1), 100.0)
    (cell,) = judged(rng.poisson(106.0, (len(PEOPLE), 1)).astype(float), expected).findings.to_dict("records")
    assert cell["q_value"] < 1e-6
    assert cell["chosen_folds"] == 5
    assert cell["verdict"] == "chance"


def test_a_larger_holdout_of_novices_is_no_effect():
    """Novices buy 3 %, half are held out; the experienced 15 %, one in ten: mailing changes nothing for either."""
    rng = np.random.default_rng(5)
    n = 60_000
    novice = rng.random(n) < 0.5
    held_chance = np.where(novice, 0.5, 0.1)
    held = rng.random(n) < held_chance
    contacts = pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "campaign_id": "k",
            "arm": np.where(held, "none", "reminder"),
            "propensity": np.where(held, held_chance, 1 - held_chance),
            "converted": rng.random(n) < np.where(novice, 0.03, 0.15),
            "device": rng.choice(["phone", "desktop"], n),
            "experience": np.where(novice, "novice", "experienced"),
        }
    )
    found = contact_effects(as_lots(contacts), PARAMS).findings
    everywhere = found[found["context"].isin(["everywhere", "device: phone", "device: desktop"])]
    assert len(everywhere) == 3
    assert (everywhere["verdict"] != "holds").all()
    assert everywhere["effect"].abs().max() < 0.2
