"""Worlds in which a safeguard of the findings makes the difference: without it each of them gives a false finding."""

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.effects import experiment_effects
from rcommerce_helpers.patterns.findings import Cells, judge_cells
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.statistics import held_out

PARAMS = PatternsParams()
PEOPLE = np.array([f"c{i:04d}" for i in range(600)])
ASIDE = held_out(PEOPLE, share=PARAMS.held_out_share, salt=f"patterns-{PARAMS.seed}")


def cells(observed, expected):
    """One row = one customer, one column = one cell of one family."""
    n = np.maximum(expected, 1.0)
    table = pd.DataFrame({"name": [f"cell {i}" for i in range(observed.shape[1])], "context": "", "family": "f"})
    return Cells(table, n, observed, observed, expected, np.full(observed.shape[1], 0.5))


def by_name(found):
    return found.findings.set_index("name")


def test_what_the_other_half_denies_does_not_hold():
    """Those who find buy half as much again, those kept aside half as much: overwhelming in one half, and false."""
    rng = np.random.default_rng(1)
    expected = np.full((len(PEOPLE), 1), 5.0)
    observed = rng.poisson(np.where(ASIDE, 2.5, 7.5))[:, None].astype(float)
    (cell,) = judge_cells(cells(observed, expected), PEOPLE, PARAMS, "test").findings.to_dict("records")
    assert cell["effect"] == pytest.approx(0.5, abs=0.1)
    assert cell["q_value"] < 1e-6
    assert cell["held_out_effect"] == pytest.approx(-0.5, abs=0.1)
    assert cell["verdict"] != "holds"


def test_a_cell_nobody_can_confirm_is_too_thin():
    """The second cell happens to customers of the finding half only."""
    expected = np.full((len(PEOPLE), 2), 2.0)
    expected[ASIDE, 1] = 0.0
    found = judge_cells(cells(expected * 1.5, expected), PEOPLE, PARAMS, "test")
    assert found.too_thin == 1
    assert list(found.findings["name"]) == ["cell 0"]
    with pytest.raises(NotEnoughData):
        judge_cells(cells(expected[:, 1:], expected[:, 1:]), PEOPLE, PARAMS, "test")


def test_the_luckiest_of_many_cells_is_not_a_finding():
    """200 cells without any effect: about ten have p < .05 in the finding half, some with a like-minded rest."""
    rng = np.random.default_rng(3)
    expected = np.full((len(PEOPLE), 200), 3.0)
    found = judge_cells(cells(rng.poisson(expected).astype(float), expected), PEOPLE, PARAMS, "test")
    alone = ((found.findings["low"] > 0) | (found.findings["high"] < 0)).sum()
    assert alone >= 3
    assert found.hold == 0


def test_one_heavy_customer_is_no_finding():
    """One customer a half with 400 events where 100 were expected; all others as expected, exactly."""
    expected = np.ones((len(PEOPLE), 1))
    observed = expected.copy()
    for half in (ASIDE, ~ASIDE):
        heavy = np.flatnonzero(half)[0]
        expected[heavy], observed[heavy] = 100.0, 400.0
    found = judge_cells(cells(observed, expected), PEOPLE, PARAMS, "test")
    assert found.findings["q_value"].item() > 0.2
    assert found.hold == 0


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
    found = experiment_effects(contacts, PARAMS).findings
    everywhere = found[found["context"].isin(["everywhere", "device: phone", "device: desktop"])]
    assert len(everywhere) == 3
    assert (everywhere["verdict"] != "holds").all()
    assert everywhere["effect"].abs().max() < 0.2
