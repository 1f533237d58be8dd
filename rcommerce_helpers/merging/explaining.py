"""Why records were joined: what each column tells in this data set, one pair step by step, and which links to look at.

No value of anybody is shown: a pair is told by how its columns compare, links that want a look by what agrees in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.leaving import suppress_small
from rcommerce_helpers.merging.comparing import LEVELS, compare
from rcommerce_helpers.merging.identity import Identity, comparing
from rcommerce_helpers.merging.linkage import (
    PLACE_DIFFERENT,
    PLACE_SAME,
    Model,
    compared_columns,
    evidence,
    log_odds,
    with_place,
)
from rcommerce_helpers.merging.normalise import DEFAULT_REGION, normalise_records
from rcommerce_helpers.results import Figure

MISSING = "missing"
BEFORE, OTHER_OF_HOME, TOGETHER = "before looking", "another of that home", "together"
UNSURE = 0.95
"""Probability below which a link wants a look."""
EVEN_CHANCE = 0.5
LEAST_SURE = 100
"""Least sure links among which the one to be shown is chosen."""
MOST_KINDS = 12


@dataclass(frozen=True)
class Weights:
    """What each column says.

    ``table``: one row = one column: how many times as likely its values are the same, and different, in two records of
    one person as in those of strangers, and as in those of two people of one home; ``most_telling``: the column of
    which a same value says most against the home.
    """

    table: pd.DataFrame
    most_telling: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class PairStory:
    """``steps``: one row = one step: step, level (in words), log_odds (natural), times (change of odds), odds then."""

    steps: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Doubtful:
    """``kinds``: one row = what agrees in a pair x what became of it: pairs, mean certainty, ``hidden``."""

    kinds: pd.DataFrame
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Estimated:
    """``curve``: one row = one cut with the precision and recall it would have (``Identity.curve``)."""

    curve: pd.DataFrame
    figures: tuple[Figure, ...]


def estimate_links(identity: Identity) -> Estimated:
    """How many links are right and how many are found, at the cut in use and at others.

    Raises
    ------
    NotEnoughData
        Names were not compared, or nothing was linked.
    """
    figures = tuple(f for f in identity.figures if f.name in ("estimated_precision", "estimated_recall"))
    if not figures:
        raise _nothing("no names that were compared")
    return Estimated(identity.curve.dropna(), figures)


def weigh_columns(identity: Identity) -> Weights:
    """What a same, and a different, value of each column says.

    Raises
    ------
    NotEnoughData
        Names were not compared, so no weight was learnt.
    """
    model = _learnt(identity)
    rows = []
    for c in model.comparisons:
        same, different = (PLACE_SAME, PLACE_DIFFERENT) if c == "place" else (0, len(model.match[c]) - 1)
        row: dict[str, object] = {"compared": c}
        for word, level in (("same", same), ("different", different)):
            row[f"{word}_than_strangers"] = model.match[c][level] / model.chance[c][level]
            row[f"{word}_than_home"] = model.match[c][level] / model.home[c][level]
        rows.append(row)
    table = pd.DataFrame(rows).sort_values("same_than_home", ascending=False, ignore_index=True)
    pairs = len(identity.pairs)
    first = table.iloc[0]
    return Weights(table, str(first["compared"]), (
        Figure("telling_than_strangers", float(first["same_than_strangers"]), pairs, "times"),
        Figure("telling_than_home", float(first["same_than_home"]), pairs, "times"),
    ))  # fmt: skip


def explain_pair(identity: Identity, records: pd.DataFrame, region: str = DEFAULT_REGION) -> PairStory:
    """One of the least sure links by names that were made, column by column: the one that knows most of both records.

    Parameters
    ----------
    records
        One row = one person record (``source_records``), those of ``identity``.

    Raises
    ------
    NotEnoughData
        Names were not compared, or no link rests on them.
    """
    model = _learnt(identity)
    pairs = identity.pairs
    mine = pairs[pairs["joined"].astype(bool) & (pairs["method"] == "probabilistic") & (pairs["odds"] > 0)]
    if mine.empty:
        raise _nothing("no link that rests on names")
    least = mine.sort_values(["odds", "record_a", "record_b"]).head(LEAST_SURE)
    people = normalise_records(records, home=region).sort_values("record_id", ignore_index=True)
    con = comparing(people)
    try:
        con.register("least_sure", least[["a", "b"]].astype(int))
        several = compare(con, "least_sure", compared_columns(people))
    finally:
        con.close()
    held = np.sum([level >= 0 for c, level in several.items() if c not in ("a", "b")], axis=0)
    apart = {c: level[[held.argmax()]] for c, level in several.items()}
    levels = with_place(apart)
    said = {c: float(value[0]) for c, value in evidence(model, people, levels).items()}
    words = {c: _word(c, {name: int(level[0]) for name, level in apart.items()}) for c in said}
    before = float(np.log(model.match_share / (1 - model.match_share - model.home_share)))
    whole = float(log_odds(model, people, levels)[0])
    steps = [(BEFORE, "", before), *((c, words[c], weight) for c, weight in said.items() if words[c] != MISSING)]
    steps.append((OTHER_OF_HOME, "", whole - before - sum(said.values())))
    told = pd.DataFrame(steps, columns=["step", "level", "log_odds"])
    told["times"], told["odds"] = np.exp(told["log_odds"]), np.exp(told["log_odds"].cumsum())
    certainty = 1 / (1 + np.exp(-whole))
    return PairStory(told, (Figure("pair_certainty", float(certainty), len(mine), "share"),))


def _word(column: str, levels: dict[str, int]) -> str:
    if column == "place":
        both = [_word(name, levels) for name in ("postcode", "city")]
        return both[0] if both[0] == both[1] else "; ".join(both)
    return MISSING if levels[column] < 0 else LEVELS[column][levels[column]]


def doubtful_links(identity: Identity) -> Doubtful:
    """Links to look at first: those made with little certainty, and likely pairs that stay apart, by what agrees.

    Raises
    ------
    NotEnoughData
        There is no such pair.
    """
    pairs = identity.pairs
    doubtful = pairs[(pairs["certainty"] < UNSURE) & (pairs["certainty"] > EVEN_CHANCE)]
    if doubtful.empty:
        raise _nothing("no link in doubt")
    joined = doubtful["joined"].astype(bool)
    outcome = joined.map({True: "joined", False: "apart"}).astype(object)
    agree = doubtful["agree"].where(doubtful["agree"] != "", "nothing")
    kinds = doubtful.assign(agree=agree, outcome=outcome).groupby(["agree", "outcome"], sort=True)
    counted = kinds.agg(pairs=("certainty", "size"), mean_certainty=("certainty", "mean")).reset_index()
    most = counted.sort_values(["pairs", "agree"], ascending=[False, True]).head(MOST_KINDS)
    shown = suppress_small(most.reset_index(drop=True), "pairs", totals=[], also=["mean_certainty"])
    return Doubtful(shown, (
        Figure("doubtful_links", int(joined.sum()), len(pairs), "count"),
        Figure("likely_pairs_apart", int((~joined).sum()), len(pairs), "count"),
    ))  # fmt: skip


def _learnt(identity: Identity) -> Model:
    if identity.model is None:
        raise _nothing("no names that were compared")
    return identity.model


def _nothing(got: str) -> NotEnoughData:
    return NotEnoughData(
        "links", got=got, expected="names in two sources", do="Set matching to names, or map more names"
    )
