"""From counts per customer to findings: effect, interval, q-value, pooled and held-out effect, verdict.

One engine for contexts, steps, pairs and messages. For each cell the caller gives, per customer, what was observed in
the context and what one expects there; of these only sums per fold of customers are kept, so that nothing here grows
with customers x cells. All customers find (effect, interval, q, pooled effect); whether a finding comes again is asked
of folds that had no say in choosing it (``statistics.replication``). Because observed and expected come from the same
customer, a difference between WHO comes in which context does not count as an effect.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from rcommerce_helpers import leaving
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.results import LEVEL, Figure, NotAnswered
from rcommerce_helpers.statistics.intervals import Flags, Floats, normal_quantile
from rcommerce_helpers.statistics.pooling import Pooled, partial_pool
from rcommerce_helpers.statistics.replication import (
    CHANCE,
    FOLDS,
    HOLDS,
    Estimate,
    Sums,
    estimate,
    replicate,
    verdicts,
)
from rcommerce_helpers.statistics.testing import benjamini_hochberg, two_sided_p

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
    "chosen_folds",
    "held_out_effect",
    "rate_unit",
    "interval_level",
)
PAGE = ("kind", "name", "context", "verdict", "n", "rate", "pooled_effect", "low", "high", "q_value", "held_out_effect")
"""What of all findings stands on a page, where ``low`` and ``high`` are the ends of the pooled effect."""
FEWEST_EXPECTED = 10.0
"""Fewest expected events of a cell in any four folds: below, the normal interval of a log ratio is no good."""
RANDOMISED = ("experiment", "message")
"""Kinds of finding that rest on lots; of all others, what never happens is named apart as impossible."""
EQUIVALENCE_LEVEL = 0.9
"""Two one-sided tests at 5 % each are one interval of 90 % (Schuirmann 1987): whether an effect is next to nothing."""


@dataclass(frozen=True)
class Cells:
    """What is to be tested.

    ``table``: one row = one cell: name, context, family (cells of one family are pooled), and centre and above as in
    ``pool_families``. ``whole``: its sums over all customers, (cells,); ``alone`` and ``others``: over each fold and
    over the four others, (folds, cells). ``naive_p``: p of the usual comparison.
    """

    table: pd.DataFrame
    whole: Sums
    alone: Sums
    others: Sums
    naive_p: Floats

    @property
    def observed(self) -> Floats:
        """What was observed, (folds, cells)."""
        return self.alone.observed

    @classmethod
    def added(cls, table: pd.DataFrame, alone: Sums, naive_p: Floats) -> Cells:
        """Cells whose sums over several folds are those of the folds, added."""
        everything = np.ones(FOLDS, dtype=bool)
        others = [alone.over(np.arange(FOLDS) != fold) for fold in range(FOLDS)]
        return cls(table, alone.over(everything), alone, stack(others), naive_p)


def stack(parts: list[Sums]) -> Sums:
    """Sums of several folds or groups of folds, one below the other."""
    return Sums(*(np.vstack([getattr(part, f.name) for part in parts]) for f in fields(Sums)))


def side_by_side(parts: list[Sums]) -> Sums:
    """Sums of several sets of cells, one beside the other."""
    return Sums(*(np.concatenate([getattr(part, f.name) for part in parts], axis=-1) for f in fields(Sums)))


@dataclass(frozen=True)
class Findings:
    """Tested cells and their verdicts.

    ``findings``: one row = one tested cell, columns ``COLUMNS``, effects relative (0.1 = a tenth more); the held-out
    effect is empty where no four folds chose the cell; ``details``: same rows, family, pooled and held-out intervals,
    naive p; ``too_thin``: cells left out; ``never``: cells that are thick enough and in which nothing ever happened
    (name, context, expected), left out as well: two that cannot meet are no finding. ``rest``: findings of another kind
    that came with these.
    """

    findings: pd.DataFrame
    details: pd.DataFrame
    too_thin: int
    kind: str
    never: pd.DataFrame
    figures: tuple[Figure, ...] = ()
    rest: Findings | None = None

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
        """Of the findings that hold the one with the largest pooled effect; None if none holds."""
        holding = self.findings.join(self.details)[self.findings["verdict"] == HOLDS]
        if holding.empty:
            return None
        return holding.loc[np.log1p(holding["pooled_effect"]).abs().idxmax()]

    def leading(self, rows: int = 12) -> pd.DataFrame:
        """The first findings with their details: those that hold by falling pooled effect, the others by q-value."""
        both = self.findings.join(self.details)
        size = np.log1p(both["pooled_effect"]).abs().where(both["verdict"] == HOLDS, 0.0)
        return both.loc[size.sort_values(ascending=False, kind="stable").index].head(rows).reset_index(drop=True)

    def part(self, rows: pd.Series, kind: str) -> Findings:
        """Some of the findings, as findings of a kind of their own."""
        tables = (table[rows].reset_index(drop=True) for table in (self.findings, self.details))
        return replace(self, **dict(zip(("findings", "details"), tables)), kind=kind, figures=())

    def with_figures(self, figures: tuple[Figure, ...]) -> Findings:
        return replace(self, figures=figures)


def judge_cells(cells: Cells, params: PatternsParams, kind: str) -> Findings:
    """Test every cell that is thick enough; q-values correct for all of them together.

    Raises
    ------
    NotEnoughData
        No cell has enough customers and events.
    """
    enough = _thick(cells, params.min_customers)
    never = enough & (cells.whole.observed == 0) & (kind not in RANDOMISED)
    thick = enough & ~never
    if not thick.any():
        raise NotEnoughData(
            kind,
            got=f"{len(cells.table)} cells, none with {params.min_customers} customers",
            expected="at least one such cell",
            do="Land more orders, or lower min_customers",
        )
    whole = cells.whole.at(thick)
    table = cells.table[thick].reset_index(drop=True)
    findings, details = _assemble(
        table, whole, (cells.alone.at(thick), cells.others.at(thick)), smallest=params.smallest_effect
    )
    details["naive_p"] = cells.naive_p[thick]
    order = (
        findings.assign(size=findings["effect"].abs()).sort_values(["q_value", "size"], ascending=[True, False]).index
    )
    return Findings(
        findings.loc[order, list(COLUMNS)].reset_index(drop=True),
        details.loc[order].reset_index(drop=True),
        too_thin=int((~enough).sum()),
        kind=kind,
        never=cells.table.loc[never, ["name", "context"]].assign(expected=cells.whole.expected[never]),
    )


def _thick(cells: Cells, fewest: int) -> Flags:
    """Enough customers, and enough expected events in whichever four folds choose."""
    people = cells.whole.people
    told = (people == 0) | (people >= leaving.SMALLEST_GROUP)
    enough: Flags = told & (cells.whole.compared >= fewest) & (cells.others.expected >= FEWEST_EXPECTED).all(axis=0)
    return enough


def _assemble(
    table: pd.DataFrame, whole: Sums, folds: tuple[Sums, Sums], *, smallest: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    found, again = estimate(whole), replicate(*folds)
    pooled, low, high = pool_families(table, found.log_ratio, found.se, level=LEVEL)
    q = benjamini_hochberg(two_sided_p(found.z))
    own, kept_aside = _ends(found, LEVEL), _ends(again.again, LEVEL)
    findings = table[["name", "context"]].assign(
        n=np.rint(whole.n).astype(np.int64),
        rate=np.divide(whole.hits, whole.n, out=np.full(len(table), np.nan), where=whole.n > 0),
        effect=np.expm1(found.log_ratio),
        low=np.expm1(own[0]),
        high=np.expm1(own[1]),
        q_value=q,
        pooled_effect=np.expm1(pooled),
        chosen_folds=again.choices,
        held_out_effect=np.expm1(again.again.log_ratio),
        verdict=verdicts(
            q, own, _ends(found, EQUIVALENCE_LEVEL), (again.choices.astype(np.float64), again.again.log_ratio),
            effect=found.log_ratio, smallest=smallest,
        ),
        rate_unit=np.where(table["name"] == BASKET_VALUE, "money", "share"),
        interval_level=LEVEL,
    )  # fmt: skip
    details = table[[c for c in ("family", "centre", "above") if c in table]].assign(
        pooled_low=np.expm1(low),
        pooled_high=np.expm1(high),
        held_out_low=np.expm1(kept_aside[0]),
        held_out_high=np.expm1(kept_aside[1]),
    )
    return findings, details


def pool_families(table: pd.DataFrame, log_ratio: Floats, se: Floats, *, level: float) -> tuple[Floats, Floats, Floats]:
    """Shrunken log ratios and the ends of their intervals.

    ``table``: family; where its cells lie around several means, ``centre``; and where these belong to another family,
    ``above``, its name ("" = none).
    """
    laid = table.assign(
        row=np.arange(len(table)),
        above=table.get("above", ""),
        centre=table.get("centre", ""),
    )
    pooled: dict[str, Pooled] = {}
    effect, low, high = (np.empty(len(table)) for _ in range(3))
    for (over, family), cells in laid.groupby(["above", "family"]):  # sorted: those that stand below none come first
        rows = cells["row"].to_numpy()
        found = partial_pool(log_ratio[rows], se[rows], centre=cells["centre"], above=pooled.get(str(over)))
        pooled[str(family)] = found
        effect[rows], (low[rows], high[rows]) = found.effects, found.interval(level=level)
    return effect, low, high


def _ends(found: Estimate, level: float) -> tuple[Floats, Floats]:
    reach = normal_quantile(level) * found.se
    return found.log_ratio - reach, found.log_ratio + reach


def named_figures(found: Findings, plural: str, single: str, rows: int) -> tuple[Figure, ...]:
    """The figures every kind of finding reports, under its own names."""
    figures = [
        Figure(f"{plural}_tested", found.tested, rows, "count"),
        Figure(f"{plural}_naive", found.naive, found.tested, "count"),
        Figure(f"{plural}_hold", found.hold, found.tested, "count"),
    ]
    if len(found.never):
        figures.append(Figure(f"{plural}_never", len(found.never), found.tested + len(found.never), "count"))
    best = found.strongest()
    if best is not None:
        effect = (float(best["pooled_effect"]), float(best["pooled_low"]), float(best["pooled_high"]))
        held = (float(best["held_out_effect"]), float(best["held_out_low"]), float(best["held_out_high"]))
        figures += [
            Figure(f"strongest_{single}_effect", effect[0], int(best["n"]), "change", effect[1], effect[2]),
            Figure(f"strongest_{single}_held_out", held[0], int(best["n"]), "change", held[1], held[2]),
        ]
    return tuple(figures)


@dataclass(frozen=True)
class Gathered:
    """All findings of the stage in one table, with their kind in the first column.

    ``findings``: those that rest on lots and hold first, then the others that hold, by how many events (or how much
    money) they stand for. ``counts``: one row = one kind of finding: kind, tested, naive, hold, chance, too_thin,
    naive_share, hold_share. ``first``: the findings that the headline names, at most three, none of them twice in
    another context. ``page``: the findings with the estimate that pictures and sentences read, columns ``PAGE``.
    """

    findings: pd.DataFrame
    page: pd.DataFrame
    counts: pd.DataFrame
    first: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Sections:
    """The sections whose findings are counted together; one that was skipped does not count."""

    experiments: Findings | NotAnswered
    messages: Findings | NotAnswered
    contexts: Findings | NotAnswered
    steps: Findings | NotAnswered
    pairs: Findings | NotAnswered
    alternatives: Findings | NotAnswered
    web: Findings | NotAnswered


NO_REASON = ("alternative", "web step")
"""Kinds that hold without being a reason to act: what stays apart, and what follows on a site as it is built."""
FIRST = ("first", "second", "third")
"""The findings that the headline names."""


def gather(sections: Sections) -> Gathered:
    """Count over sections what was tested, what a side-by-side view would have called found, and what holds.

    Raises
    ------
    NotEnoughData
        All of them were skipped.
    """
    kept = [s for s in (getattr(sections, f.name) for f in fields(Sections)) if isinstance(s, Findings) and s.tested]
    if not kept:
        raise NotEnoughData(
            "findings", got="no section with findings", expected="at least one", do="See the sections above"
        )
    table = _ranked(pd.concat([s.findings.join(s.details).assign(kind=s.kind) for s in kept], ignore_index=True))
    counts = pd.DataFrame(
        [(s.kind, s.tested, s.naive, s.hold, s.chance, s.too_thin) for s in kept],
        columns=["kind", "tested", "naive", "hold", "chance", "too_thin"],
    )
    counts["naive_share"], counts["hold_share"] = (counts[c] / counts["tested"] for c in ("naive", "hold"))
    tested = int(counts["tested"].sum())
    figures = [
        Figure("findings_tested", tested, tested, "count"),
        Figure("findings_naive", int(counts["naive"].sum()), tested, "count"),
        Figure("findings_hold", int(counts["hold"].sum()), tested, "count"),
        Figure("findings_chance", int(counts["chance"].sum()), tested, "count"),
    ]
    leading = table[(table["verdict"] == HOLDS) & ~table["kind"].isin(NO_REASON) & (table["effect"] > 0)]
    leading = leading.drop_duplicates(["kind", "name"])
    for name, row in zip(FIRST, leading.to_dict("records")):
        ends = (row["pooled_low"], row["pooled_high"])
        figures.append(Figure(f"{name}_finding", row["pooled_effect"], row["n"], "change", *ends))
    page = table.assign(low=table["pooled_low"], high=table["pooled_high"])[[*PAGE, "rate_unit", "interval_level"]]
    first = leading.head(len(FIRST)).reset_index(drop=True)
    return Gathered(table[["kind", *COLUMNS]], page, counts, first, tuple(figures))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """What holds before the rest; of that lots before looking, reasons to act before others, large before small.

    Large = the events that the effect adds or takes away where it was seen; where money is the outcome, a basket is an
    event, so that both can stand in one order.
    """
    money = table["rate_unit"] == "money"
    events = table["n"] * table["rate"].where(~money, 1.0).fillna(0.0)
    moved = (events * (table["effect"] / (1 + table["effect"])).abs()).where(table["verdict"] == HOLDS, 0.0)
    holds, kind = table["verdict"] == HOLDS, table["kind"]
    rank = holds * (1 + ~kind.isin(NO_REASON) + kind.isin(RANDOMISED))
    order = table.assign(_rank=rank, _moved=moved).sort_values(
        ["_rank", "_moved", "q_value"], ascending=[False, False, True], kind="stable"
    )
    return table.loc[order.index].reset_index(drop=True)
