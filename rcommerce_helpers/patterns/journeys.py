"""What follows what: steps from one trip to the next, or from one web event to the next, against chance.

Chance here is the customer's own taste in random order. Who buys beer every week goes "from beer to beer" without any
journey; so the expected count of a step is what shuffling the customer's own trips would give: k_a k_b / T for two
different states of a sequence of T, and k_a (k_a - 1) / T for the same one (exact, no drawing; it also removes the
small-sample fault of counting what follows in short sequences, Miller and Sanjurjo 2018, Econometrica 86).
Slow drifts of taste over the year still show as "the same again".
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.chunks import Codes, customer_chunks
from rcommerce_helpers.patterns.findings import Cells, Findings, judge_cells, named_figures
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.queries import visit_events
from rcommerce_helpers.statistics.intervals import Flags, Floats
from rcommerce_helpers.statistics.replication import add_up, folds_of
from rcommerce_helpers.statistics.testing import two_proportions

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
    fold = folds_of(baskets.customers, salt=f"patterns-{params.seed}")
    cells = step_cells(steps, dict(zip(frequent, (contents.groups[i] for i in frequent))), fold)
    found = judge_cells(cells, params, "step")
    return found.with_figures(named_figures(found, "transitions", "step", len(main)))


def web_steps(web_events: Rows, params: PatternsParams) -> Findings:
    """Steps between web events within one visit; the unit of evidence is the customer, or an unknown visitor."""
    ordered = visit_events(web_events)
    unit, units = pd.factorize(ordered["unit"], sort=True)
    state, names = pd.factorize(ordered["event"], sort=True)
    visit = ordered.groupby(["visitor_id", "visit"], dropna=False, sort=False).ngroup()
    steps = pd.DataFrame({"unit": unit, "sequence": visit, "position": np.arange(len(unit)), "state": state})
    cells = step_cells(steps, dict(enumerate(map(str, names))), folds_of(units, salt=f"patterns-{params.seed}"))
    found = judge_cells(cells, params, "web step")
    return found.with_figures(named_figures(found, "web_steps", "web_step", len(ordered)))


def step_cells(steps: pd.DataFrame, names: dict[int, str], fold: Codes) -> Cells:
    """Observed and expected counts of each step, added up over units (customers or visitors).

    ``steps``: one row = one trip or event: unit, sequence, position, state (whole numbers; -1 = any other state).
    ``names``: the states to be tested; others count in the sequences' lengths only. ``fold``: one per unit.
    """
    if len(names) < 2:
        raise NotEnoughData("steps", got=f"{len(names)} states", expected="at least 2", do="Use a finer group_by")
    code = {state: i for i, state in enumerate(names)}
    state = steps["state"].map(code).fillna(len(code)).to_numpy(dtype=np.int64)
    unit, sequence = (steps[column].to_numpy(dtype=np.int64) for column in ("unit", "sequence"))
    in_order = np.lexsort((steps["position"].to_numpy(), sequence))
    unit, sequence, state = unit[in_order], sequence[in_order], state[in_order]
    alone, taken = [], np.zeros((len(code) + 1) ** 2)
    for low, high, rows in customer_chunks(unit, len(fold), width=len(code) ** 2):
        trips = _Trips(unit[rows] - low, sequence[rows], state[rows], len(code))
        observed = trips.steps(high - low)
        expected, starts = trips.expected(high - low)
        alone.append(add_up(fold[low:high], np.repeat(starts, len(code), axis=1), observed, observed, expected))
        taken += trips.side_by_side()
    table = pd.DataFrame(
        [(b, f"after {a}", "step") for a in names.values() for b in names.values()],
        columns=["name", "context", "family"],
    )
    return Cells.added(table, functools.reduce(operator.add, alone), _naive_p(taken, len(code)))


@dataclass(frozen=True)
class _Trips:
    """Trips or events of a chunk of units, those of one sequence in order; state ``states`` = any other one."""

    unit: Codes
    sequence: Codes
    state: Codes
    states: int

    @property
    def last(self) -> Flags:
        """Whether nothing follows in the sequence."""
        return np.append(self.sequence[1:] != self.sequence[:-1], True)

    def steps(self, units: int) -> Floats:
        """(units, states x states): how often each step was taken."""
        here = np.flatnonzero(~self.last)
        known = here[(self.state[here] < self.states) & (self.state[here + 1] < self.states)]
        key = (self.unit[known] * self.states + self.state[known]) * self.states + self.state[known + 1]
        counted = np.bincount(key, minlength=units * self.states**2)
        return counted.reshape(units, -1).astype(np.float64)

    def side_by_side(self) -> Floats:
        """Steps of all units together, other states included."""
        here = np.flatnonzero(~self.last)
        key = self.state[here] * (self.states + 1) + self.state[here + 1]
        return np.bincount(key, minlength=(self.states + 1) ** 2).astype(np.float64)

    def expected(self, units: int) -> tuple[Floats, Floats]:
        """Expected steps in random order of each sequence, and how often each state was left, per unit."""
        ends, leaving = self.last, np.zeros((units, self.states + 1))
        np.add.at(leaving, (self.unit[~ends], self.state[~ends]), 1.0)
        row = np.concatenate([[0], np.cumsum(ends)[:-1]]).astype(np.int64)
        count = np.zeros((int(ends.sum()), self.states + 1))
        np.add.at(count, (row, self.state), 1.0)
        k, length = count[:, : self.states], count.sum(axis=1)[:, None, None]
        expected = np.zeros((units, self.states, self.states))
        np.add.at(expected, self.unit[ends], k[:, :, None] * (k[:, None, :] - np.eye(self.states)) / length)
        return expected.reshape(units, -1), leaving[:, : self.states]


def _naive_p(taken: Floats, states: int) -> Floats:
    """p-values of the usual lift: all steps pooled over customers and taken as independent."""
    table = taken.reshape(states + 1, states + 1)
    both = table[:states, :states]
    start, end, total = table.sum(axis=1)[:states, None], table.sum(axis=0)[None, :states], table.sum()
    return two_proportions(both, np.broadcast_to(start, both.shape), end - both, total - start).p_value.ravel()
