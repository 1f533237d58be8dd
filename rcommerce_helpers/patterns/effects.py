"""Which activation pattern works in which context: only from contacts whose arm was drawn by chance.

Rates are weighted by 1 / propensity, the person is the unit, and the holdout ("none") of the same context is the
rival. Without recorded propensities nothing is estimated: those who were picked differ from those who were not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import randomised_contacts
from rcommerce_helpers.statistics import two_proportions

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

CONTEXTS = ("channel", "referrer", "device", "experience")
HOLDOUT = "none"


def experiment_effects(contacts: Rows, params: PatternsParams) -> Findings:
    """Effect of each arm on conversion against the holdout, in each level of each context.

    One finding = arm (name) in one context; rate = weighted share that converted under the arm.

    Parameters
    ----------
    contacts
        Permitted contacts: customer_id, arm, propensity, converted, and the columns of ``CONTEXTS``.

    Raises
    ------
    NotEnoughData
        No propensities, or no holdout.
    """
    drawn = randomised_contacts(contacts, CONTEXTS)
    if drawn.empty:
        raise NotEnoughData(
            "contacts.propensity",
            got="no contact whose arm was drawn by chance",
            expected="the chance with which each arm was drawn",
            do="Keep a random holdout in the next campaign and record its propensity",
        )
    if not (drawn["arm"] == HOLDOUT).any():
        raise NotEnoughData(
            "contacts.arm", got="no holdout", expected=f"an arm {HOLDOUT!r}", do="Keep a random holdout"
        )
    units, names = pd.factorize(drawn["customer_id"], sort=True)
    parts = [
        _cell(drawn, units, len(names), arm, context, level)
        for context in ("", *CONTEXTS)
        for level in _levels(drawn, context)
        for arm in sorted(set(drawn["arm"]) - {HOLDOUT})
    ]
    table = pd.DataFrame([p[0] for p in parts], columns=["name", "context", "family"])
    matrices = [np.column_stack([p[i] for p in parts]) for i in range(1, 5)]
    naive = np.array([p[5] for p in parts], dtype=float)
    cells = Cells(table, matrices[0], matrices[1], matrices[2], matrices[3], naive)
    found = judge_cells(cells, np.asarray(names, dtype=str), params, "experiment")
    return found.with_figures(named_figures(found, "experiments", "experiment", len(drawn)))


def _levels(drawn: pd.DataFrame, context: str) -> list[str]:
    if not context:
        return [""]
    seen = sorted(drawn[context].dropna().unique()) if context in drawn else []
    return seen if len(seen) > 1 else []


def _cell(
    drawn: pd.DataFrame, units: np.ndarray, people: int, arm: str, context: str, level: str
) -> tuple[tuple[str, str, str], np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    """Per person: contacts under the arm, conversions, and both arms' conversions scaled to a common weight."""
    inside = np.ones(len(drawn), dtype=bool) if not context else (drawn[context] == level).to_numpy()
    weight = 1 / drawn["propensity"].to_numpy(dtype=float)
    hit = drawn["converted"].to_numpy(dtype=float)
    treated, held = (inside & (drawn["arm"] == a).to_numpy() for a in (arm, HOLDOUT))
    per = {
        side: [np.bincount(units, w * rows, minlength=people) for w in (rows * 1.0, hit, weight, weight * hit)]
        for side, rows in (("treated", treated), ("held", held))
    }
    scale = float(per["treated"][2].sum()) / max(float(per["held"][2].sum()), 1e-9)
    numbers = [float(per[s][i].sum()) for s in ("treated", "held") for i in (1, 0)]
    naive = float(two_proportions(*numbers).p_value)
    label = f"{context}: {level}" if context else "everywhere"
    family = context or "everywhere"
    observed, expected = per["treated"][3], per["held"][3] * scale
    return (arm, label, family), per["treated"][0], per["treated"][1], observed, expected, naive
