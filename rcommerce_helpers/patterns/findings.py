"""From counts per customer to findings: effect, interval, q-value, pooled and held-out effect, verdict.

One engine for contexts, steps and pairs. For each cell the caller gives, per customer, what was observed in the
context and what the same customer's own behaviour makes one expect there. Customers are then split by a hash of their
key: one half finds (effect, interval, q, pooled effect), the other confirms (held-out effect). Because observed and
expected come from the same customer, a difference between WHO comes in which context does not count as an effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import LEVEL, Figure, NotAnswered
from rcommerce_helpers.statistics import (
    CHANCE,
    HOLDS,
    Flags,
    Floats,
    benjamini_hochberg,
    held_out,
    normal_quantile,
    partial_pool,
    two_sided_p,
    verdicts,
)

BASKET_VALUE = "basket value"
"""The one outcome that is money; of all others the rate is the share of the opportunities that saw it."""
COLUMNS = (
    "name",
    "context",
    "verdict",
    "n",
    "rate",
    "effect",
    "low",
    "high",
    "q_value",
    "pooled_effect",
    "held_out_effect",
    "rate_unit",
    "interval_level",
)
FEWEST_EXPECTED = 10.0
"""Fewest expected events of a cell in either half: below, the normal interval of a log ratio is no good."""


@dataclass(frozen=True)
class Cells:
    """What is to be tested.

    ``table``: one row = one cell: name, context, family (cells of one family are pooled). The matrices have one row per
    customer and one column per cell: ``n`` opportunities, ``hits`` events (or money) in them, and ``observed`` against
    ``expected``, whose means are equal when the context does not matter. ``naive_p``: p of the usual comparison.
    ``residuals``: what each customer adds to observed and to expected beyond what its stratum explains, from which the
    spread is taken; without them the spread of the sums themselves is.
    """

    table: pd.DataFrame
    n: Floats
    hits: Floats
    observed: Floats
    expected: Floats
    naive_p: Floats
    residuals: tuple[Floats, Floats] | None = None


@dataclass(frozen=True)
class Findings:
    """Tested cells and their verdicts.

    ``findings``: one row = one tested cell, columns ``COLUMNS``, effects relative (0.1 = a tenth more), n and rate of
    the finding half; ``details``: same rows, family, pooled and held-out intervals, naive p; ``too_thin``: cells left
    out.
    """

    findings: pd.DataFrame
    details: pd.DataFrame
    too_thin: int
    held_out_customers: int
    kind: str
    figures: tuple[Figure, ...] = ()

    @property
    def tested(self) -> int:
        return len(self.findings)

    @property
    def hold(self) -> int:
        return int((self.findings["verdict"] == HOLDS).sum())

    @property
    def chance(self) -> int:
        return int((self.findings["verdict"] == CHANCE).sum())

    @property
    def naive(self) -> int:
        return int((self.details["naive_p"] < 0.05).sum())

    def strongest(self) -> pd.Series | None:
        """Of the findings that hold the one with the largest pooled effect; its held-out half had no say in that.

        None if none holds.
        """
        holding = self.findings.join(self.details)[self.findings["verdict"] == HOLDS]
        if holding.empty:
            return None
        return holding.loc[np.log1p(holding["pooled_effect"]).abs().idxmax()]

    def leading(self, rows: int = 12) -> pd.DataFrame:
        """The first findings with their details: those that hold by falling pooled effect, then the others by q-value.

        Of two groups in one basket only one direction, the larger.
        """
        both = self.findings.join(self.details)
        size = np.log1p(both["pooled_effect"]).abs().where(both["verdict"] == HOLDS, 0.0)
        both = both.loc[size.sort_values(ascending=False, kind="stable").index]
        twin = both[["name", "context"]].apply(frozenset, axis=1)
        return both[~twin.duplicated()].head(rows).reset_index(drop=True)

    def with_figures(self, figures: tuple[Figure, ...]) -> Findings:
        return replace(self, figures=figures)


@dataclass(frozen=True)
class _Half:
    log_ratio: Floats
    se: Floats
    z: Floats


def judge_cells(cells: Cells, customers: npt.NDArray[np.str_], params: PatternsParams, kind: str) -> Findings:
    """Test every cell that is thick enough in both halves; q-values correct for all of them together.

    Raises
    ------
    NotEnoughData
        No cell has enough customers and events in both halves.
    """
    aside = held_out(customers, share=params.held_out_share, salt=f"patterns-{params.seed}")
    thick = _thick(cells, ~aside, params.min_customers) & _thick(cells, aside, params.min_customers)
    people = (cells.n[~aside] > 0).sum(axis=0)
    thick &= (people == 0) | (people >= leaving.SMALLEST_GROUP)
    if not thick.any():
        raise NotEnoughData(
            kind,
            got=f"{len(cells.table)} cells, none with {params.min_customers} customers in both halves",
            expected="at least one such cell",
            do="Land more orders, or lower min_customers",
        )
    found, again = _estimate(cells, ~aside, thick), _estimate(cells, aside, thick)
    table = cells.table[thick].reset_index(drop=True)
    findings, details = _assemble(table, found, again)
    n = cells.n[~aside][:, thick].sum(axis=0)
    findings["n"] = np.rint(n).astype(np.int64)
    hits = cells.hits[~aside][:, thick].sum(axis=0)
    findings["rate"] = np.divide(hits, n, out=np.full(len(n), np.nan), where=n > 0)
    findings["rate_unit"] = np.where(table["name"] == BASKET_VALUE, "money", "share")
    findings["interval_level"] = LEVEL
    details["naive_p"] = cells.naive_p[thick]
    order = (
        findings.assign(size=findings["effect"].abs()).sort_values(["q_value", "size"], ascending=[True, False]).index
    )
    return Findings(
        findings.loc[order, list(COLUMNS)].reset_index(drop=True),
        details.loc[order].reset_index(drop=True),
        too_thin=int((~thick).sum()),
        held_out_customers=int(aside.sum()),
        kind=kind,
    )


def _thick(cells: Cells, half: Flags, fewest: int) -> Flags:
    expected = cells.expected[half]
    enough: Flags = ((expected > 0).sum(axis=0) >= fewest) & (expected.sum(axis=0) >= FEWEST_EXPECTED)
    return enough


def _estimate(cells: Cells, half: Flags, thick: Flags) -> _Half:
    """Log of observed over expected with the spread between customers; the score test needs no log and no ratio."""
    observed, expected = cells.observed[half][:, thick], cells.expected[half][:, thick]
    over, under = np.maximum(observed.sum(axis=0), 0.5), expected.sum(axis=0)
    own, own_expected = (m[half][:, thick] for m in cells.residuals or (cells.observed, cells.expected))
    se = np.sqrt(np.square(own / over - own_expected / under).sum(axis=0))
    spread = np.sqrt(np.square(own - own_expected).sum(axis=0))
    z = np.divide(observed.sum(axis=0) - under, spread, out=np.zeros(len(over)), where=spread > 0)
    return _Half(np.log(over / under), np.maximum(se, 1e-9), z)


def _assemble(table: pd.DataFrame, found: _Half, again: _Half) -> tuple[pd.DataFrame, pd.DataFrame]:
    pooled, low, high = (np.empty(len(table)) for _ in range(3))
    for rows in table.groupby("family").indices.values():
        shrunken = partial_pool(found.log_ratio[rows], found.se[rows])
        pooled[rows] = shrunken.effects
        low[rows], high[rows] = shrunken.interval()
    q = benjamini_hochberg(two_sided_p(found.z))
    effect = _relative(found.log_ratio, found.se)
    held = _relative(again.log_ratio, again.se)
    findings = table[["name", "context"]].assign(
        effect=effect[0],
        low=effect[1],
        high=effect[2],
        q_value=q,
        pooled_effect=np.expm1(pooled),
        held_out_effect=held[0],
        verdict=verdicts(q, effect, (np.expm1(low), np.expm1(high)), held[0]),
    )
    details = table[["family"]].assign(
        pooled_low=np.expm1(low), pooled_high=np.expm1(high), held_out_low=held[1], held_out_high=held[2]
    )
    return findings, details


def _relative(log_ratio: Floats, se: Floats) -> tuple[Floats, Floats, Floats]:
    reach = normal_quantile(LEVEL) * se
    return np.expm1(log_ratio), np.expm1(log_ratio - reach), np.expm1(log_ratio + reach)


def named_figures(found: Findings, plural: str, single: str, rows: int) -> tuple[Figure, ...]:
    """The figures every kind of finding reports, under its own names."""
    figures = [
        Figure(f"{plural}_tested", found.tested, rows, "count"),
        Figure(f"{plural}_naive", found.naive, found.tested, "count"),
        Figure(f"{plural}_hold", found.hold, found.tested, "count"),
    ]
    best = found.strongest()
    if best is not None:
        effect = (float(best["pooled_effect"]), float(best["pooled_low"]), float(best["pooled_high"]))
        held = (float(best["held_out_effect"]), float(best["held_out_low"]), float(best["held_out_high"]))
        figures += [
            Figure(f"strongest_{single}_effect", effect[0], int(best["n"]), "change", effect[1], effect[2]),
            Figure(f"strongest_{single}_held_out", held[0], found.held_out_customers, "change", held[1], held[2]),
        ]
    return tuple(figures)


@dataclass(frozen=True)
class Gathered:
    """All findings of the stage in one table, with their kind in the first column.

    ``counts``: one row = one kind of finding: kind, tested, naive, hold, chance, too_thin, naive_share, hold_share.
    """

    findings: pd.DataFrame
    counts: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Sections:
    """The sections whose findings are counted together; one that was skipped does not count."""

    contexts: Findings | NotAnswered
    steps: Findings | NotAnswered
    pairs: Findings | NotAnswered


def gather(sections: Sections) -> Gathered:
    """Count over sections what was tested, what a side-by-side view would have called found, and what holds.

    Raises
    ------
    NotEnoughData
        All of them were skipped.
    """
    kept = [s for s in (sections.contexts, sections.steps, sections.pairs) if isinstance(s, Findings)]
    if not kept:
        raise NotEnoughData(
            "findings", got="no section with findings", expected="at least one", do="See the sections above"
        )
    table = pd.concat([s.findings.assign(kind=s.kind) for s in kept], ignore_index=True)
    counts = pd.DataFrame(
        [(s.kind, s.tested, s.naive, s.hold, s.chance, s.too_thin) for s in kept],
        columns=["kind", "tested", "naive", "hold", "chance", "too_thin"],
    )
    counts["naive_share"], counts["hold_share"] = (counts[c] / counts["tested"] for c in ("naive", "hold"))
    tested = int(counts["tested"].sum())
    figures = (
        Figure("findings_tested", tested, tested, "count"),
        Figure("findings_naive", int(counts["naive"].sum()), tested, "count"),
        Figure("findings_hold", int(counts["hold"].sum()), tested, "count"),
        Figure("findings_chance", int(counts["chance"].sum()), tested, "count"),
    )
    return Gathered(table[["kind", *COLUMNS]], counts, figures)
