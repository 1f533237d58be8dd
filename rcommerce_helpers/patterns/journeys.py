"""What follows what: steps from one trip to the next, or from one web event to the next, against chance.

Chance here is the customer's own taste in random order. Who buys beer every week goes "from beer to beer" without any
journey; so the expected count of a step is what shuffling the customer's own trips would give: k_a k_b / T for two
different states of a sequence of T, and k_a (k_a - 1) / T for the same one (exact, no drawing; it also removes the
small-sample fault of counting what follows in short sequences, Miller and Sanjurjo 2018, Econometrica 86).
Slow drifts of taste over the year still show as "the same again".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import step_counts, visit_events
from rcommerce_helpers.statistics import Floats, two_proportions

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows


def trip_steps(baskets: Baskets, contents: Contents, params: PatternsParams) -> Findings:
    """Steps between the main product groups (most money) of one trip and the next of the same customer.

    One finding = one step: context = after which group, name = what comes next; rate = share of next trips.
    """
    rows = contents.rows.sort_values(["order", "amount", "group"], ascending=[True, False, True])
    main = rows.drop_duplicates("order")
    frequent = main["group"].value_counts().sort_index().nlargest(params.group_count).index
    orders = baskets.orders.loc[main["order"], ["customer"]].reset_index(drop=True)
    steps = pd.DataFrame(
        {
            "unit": orders["customer"],
            "sequence": orders["customer"],
            "position": np.arange(len(main)),
            "state": main["group"].where(main["group"].isin(frequent), -1).to_numpy(),
        }
    )
    cells = step_cells(steps, dict(zip(frequent, (contents.groups[i] for i in frequent))), len(baskets.customers))
    found = judge_cells(cells, baskets.customers, params, "step")
    return found.with_figures(named_figures(found, "transitions", "step", len(main)))


def web_steps(web_events: Rows, params: PatternsParams) -> Findings:
    """Steps between web events within one visit; the unit of evidence is the customer, or an unknown visitor."""
    ordered = visit_events(web_events)
    unit, units = pd.factorize(ordered["unit"], sort=True)
    state, names = pd.factorize(ordered["event"], sort=True)
    visit = ordered.groupby(["visitor_id", "visit"], dropna=False, sort=False).ngroup()
    steps = pd.DataFrame({"unit": unit, "sequence": visit, "position": np.arange(len(unit)), "state": state})
    cells = step_cells(steps, dict(enumerate(map(str, names))), len(units))
    found = judge_cells(cells, np.asarray(units, dtype=str), params, "web step")
    return found.with_figures(named_figures(found, "web_steps", "web_step", len(ordered)))


def step_cells(steps: pd.DataFrame, names: dict[int, str], units: int) -> Cells:
    """Observed and expected counts of each step per unit (customer or visitor).

    ``steps``: one row = one trip or event: unit, sequence, position, state (whole numbers; -1 = any other state).
    ``names``: the states to be tested; others count in the sequences' lengths only.
    """
    if len(names) < 2:
        raise NotEnoughData("steps", got=f"{len(names)} states", expected="at least 2", do="Use a finer group_by")
    code = {state: i for i, state in enumerate(names)}
    state = steps["state"].map(code).fillna(len(code)).astype(np.int64)
    coded = steps.assign(state=state)
    owner = coded.drop_duplicates("sequence").set_index("sequence")["unit"]
    counted = step_counts(coded)
    observed = _matrix(counted.assign(unit=counted["sequence"].map(owner)), units, len(code))
    expected, starts = _expected(coded, owner, units, len(code))
    table = pd.DataFrame(
        [(b, f"after {a}", "step") for a in names.values() for b in names.values()],
        columns=["name", "context", "family"],
    )
    return Cells(table, starts, observed, observed, expected, _naive_p(counted, len(code)))


def _matrix(counted: pd.DataFrame, units: int, states: int) -> Floats:
    known = counted[(counted["state"] < states) & (counted["next_state"] < states)]
    key = (known["unit"] * states + known["state"]) * states + known["next_state"]
    flat = np.bincount(key.astype(np.int64), weights=known["n"], minlength=units * states * states)
    return np.asarray(flat, dtype=float).reshape(units, states * states)


def _expected(coded: pd.DataFrame, owner: pd.Series, units: int, states: int) -> tuple[Floats, Floats]:
    """Expected steps in random order of each sequence, and how often each step could have been taken, per unit."""
    sequence, keys = pd.factorize(coded["sequence"], sort=True)
    count = np.zeros((len(keys), states + 1))
    np.add.at(count, (sequence, coded["state"].to_numpy()), 1.0)
    length = count.sum(axis=1)[:, None, None]
    k = count[:, :states]
    pairs = k[:, :, None] * (k[:, None, :] - np.eye(states)) / length
    last = coded.assign(row=sequence).sort_values("position").drop_duplicates("row", keep="last")
    leaving = count.copy()
    leaving[last["row"], last["state"]] -= 1
    unit = owner.loc[keys].to_numpy()
    expected, starts = np.zeros((units, states, states)), np.zeros((units, states))
    np.add.at(expected, unit, pairs)
    np.add.at(starts, unit, leaving[:, :states])
    return expected.reshape(units, -1), np.repeat(starts, states, axis=1)


def _naive_p(counted: pd.DataFrame, states: int) -> Floats:
    """p-values of the usual lift: all steps pooled over customers and taken as independent."""
    table = np.zeros((states + 1, states + 1))
    np.add.at(
        table, (counted["state"].to_numpy(), counted["next_state"].to_numpy()), counted["n"].to_numpy(dtype=float)
    )
    both = table[:states, :states]
    start, end, total = table.sum(axis=1)[:states, None], table.sum(axis=0)[None, :states], table.sum()
    return two_proportions(both, np.broadcast_to(start, both.shape), end - both, total - start).p_value.ravel()
