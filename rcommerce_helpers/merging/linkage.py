"""How likely two records are one person: Fellegi and Sunter's model (1969) with a third class, learnt without labels.

Two records may be one person, two people of one home, or strangers. The third class is why this is written here and
not taken from a library of two classes (Splink): for them a wife and her husband agree on last name, street, postal
code, telephone and mailbox, and are one person beyond doubt; what speaks against it, first name and birth date, must
then be a rule made by hand. Here it is learnt: whoever agrees on the home and no better than chance on the person is
of the home.

Strangers are seen in random pairs. The other two classes are learnt by expectation maximisation over the blocked pairs
as a share of all pairs, with a prior (``COMPARISONS``) that few records do not outweigh. Postal code and city are one
comparison, because a town says nothing that its postal code has not said already.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from rcommerce_helpers.merging.comparing import COMPARISONS, Levels, compare

Shares = dict[str, npt.NDArray[np.float64]]
MATCH_PRIOR_PAIRS = 20.0
"""Pairs of one person that the prior is worth; beyond some hundreds of true pairs the data decide."""
RANDOM_PAIRS = 600_000
"""Most random pairs from which chance agreement is counted; 60 a record suffice."""
LEAST_FILLED = 0.02
"""Share of records that must hold a value for its column to be compared."""
ROUNDS, SETTLED = 100, 1e-4
"""Most rounds of learning; and the relative change of the share of matches from which it has settled."""
KIN_GIVEN, KIN_BIRTH = 0.03, 0.02
"""Share of pairs within a home that share a first name (father and son), or a birth date (twins): our assumption."""
RARE = ("given", "family", "street")
"""Columns whose agreement says more the rarer the value is."""
OWN = ("email", "phone", "customer_number")
"""Columns of which random pairs see too few agreements: strangers' agreement is learnt from the blocked pairs."""
_LEAST = 1e-12


@dataclass(frozen=True)
class Model:
    """Shares of each level in the three classes, and how many of all pairs are of the first two.

    ``match``, ``home``, ``chance``: comparison -> one share per level; ``match_share`` and ``home_share``: of all pairs
    of records; ``rounds``: of learning; ``settled``: whether it came to rest.
    """

    match: Shares
    home: Shares
    chance: Shares
    match_share: float
    home_share: float
    rounds: int
    settled: bool

    @property
    def comparisons(self) -> list[str]:
        """What is compared, in order."""
        return list(self.match)


def compared_columns(people: pd.DataFrame) -> list[str]:
    """The columns that enough records hold."""
    return [c for c in COMPARISONS if people[c].notna().mean() >= LEAST_FILLED]


def learn(con: duckdb.DuckDBPyConnection, people: pd.DataFrame, levels: Levels, *, seed: int) -> Model:
    """Learn the model from blocked pairs and random ones.

    Parameters
    ----------
    con
        Holds ``people`` as ``compare`` reads it.
    people
        One row = one record, in the order of its number.
    levels
        Of the blocked pairs, with ``place`` (``with_place``).
    seed
        Draws the random pairs.
    """
    columns, size = compared_columns(people), len(people)
    chance = _chance(con, columns, size, seed)
    prior, home = _priors(list(chance), chance)
    patterns, counts = np.unique(np.column_stack([levels[c] for c in chance]), axis=0, return_counts=True)
    all_pairs = size * (size - 1) / 2
    held = {c: float(people[c].notna().mean()) ** 2 * all_pairs for c in OWN if c in chance}
    return _maximised(_Start(patterns, counts, prior, home, chance, all_pairs, held))


def with_place(levels: Levels) -> Levels:
    """Postal code and city as one comparison ``place``; one that stands alone stays what it is."""
    if not {"postcode", "city"} <= set(levels):
        return levels
    fused = ((levels["postcode"] + 1) * 4 + levels["city"] + 1).astype(np.int16)
    rest = {c: values for c, values in levels.items() if c not in ("postcode", "city")}
    return rest | {"place": np.where(fused == 0, -1, fused).astype(np.int16)}


_PLACE_GROUPS = ([1, 2, 3], [4, 8, 12, 16], [5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19])
"""Levels of ``place`` by what both records hold: cities, postal codes, both. Shares add up to 1 within each, so that
a missing value is no evidence."""


def _as_shares(comparison: str, counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if comparison != "place":
        return np.asarray(counts / counts.sum())
    shares = np.ones(20)
    for group in _PLACE_GROUPS:
        shares[group] = counts[group] / max(float(counts[group].sum()), _LEAST)
    return shares


def _place(postcode: npt.ArrayLike, city: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Shares of ``place`` where postal code and city were independent."""
    return _as_shares(
        "place", np.outer(np.r_[0.5, 0.5 * np.asarray(postcode)], np.r_[0.5, 0.5 * np.asarray(city)]).ravel()
    )


def _chance(con: duckdb.DuckDBPyConnection, columns: list[str], size: int, seed: int) -> Shares:
    """How often strangers agree, from random pairs of records."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, size, (2, min(RANDOM_PAIRS, 60 * size)))
    drawn = drawn[:, drawn[0] != drawn[1]]
    con.register("random_pairs", pd.DataFrame({"a": drawn[0], "b": drawn[1]}))
    levels = compare(con, "random_pairs", columns)
    con.unregister("random_pairs")
    chance = {c: _as_shares(c, _counted(levels[c], len(COMPARISONS[c].match)) + 1 / len(COMPARISONS[c].match))
              for c in columns}  # fmt: skip
    if not {"postcode", "city"} <= set(columns):
        return chance
    apart = _place(chance.pop("postcode"), chance.pop("city"))
    return chance | {"place": _as_shares("place", _counted(with_place(levels)["place"], 20) + 20 * apart)}


def _counted(
    levels: npt.NDArray[np.int16], size: int, weight: npt.NDArray[np.float64] | None = None
) -> npt.NDArray[np.float64]:
    held = levels >= 0
    weights = None if weight is None else weight[held]
    return np.bincount(levels[held], weights, minlength=size).astype(float)


def _priors(comparisons: list[str], chance: Shares) -> tuple[Shares, Shares]:
    match, home = {}, {}
    for c in comparisons:
        if c == "place":
            both = COMPARISONS["postcode"], COMPARISONS["city"]
            match[c], home[c] = _place(both[0].match, both[1].match), _place(both[0].home, both[1].home)
        else:
            match[c] = np.array(COMPARISONS[c].match)
            home[c] = np.array(COMPARISONS[c].home) if COMPARISONS[c].home else chance[c].copy()
    if "given" in home:
        home["given"] = home["given"] * (1 - KIN_GIVEN) + KIN_GIVEN * np.array([1, 1, 0, 1, 0, 0]) / 3
    if "birth" in home:
        home["birth"] = home["birth"] * (1 - KIN_BIRTH) + KIN_BIRTH * np.array([1, 0, 0, 0, 0, 0])
    return match, home


@dataclass(frozen=True)
class _Start:
    """Patterns of levels with their counts, what is believed beforehand, and how many pairs there are."""

    patterns: npt.NDArray[np.int16]
    counts: npt.NDArray[np.int64]
    prior: Shares
    home: Shares
    chance: Shares
    all_pairs: float
    held: dict[str, float]


def _log(patterns: npt.NDArray[np.int16], shares: Shares) -> npt.NDArray[np.float64]:
    total = np.zeros(len(patterns))
    for i, values in enumerate(shares.values()):
        levels = patterns[:, i]
        total += np.where(levels >= 0, np.log(np.maximum(values, _LEAST))[levels], 0.0)
    return total


def _maximised(start: _Start) -> Model:
    match, chance = dict(start.prior), {c: values.copy() for c, values in start.chance.items()}
    records = np.sqrt(2 * start.all_pairs)
    match_share, home_share = 0.3 * records / start.all_pairs, 0.1 * records / start.all_pairs
    homes = _log(start.patterns, start.home)
    settled, rounds = False, 0
    while not settled and rounds < ROUNDS:
        rounds += 1
        logs = np.vstack([
            np.log(match_share) + _log(start.patterns, match), np.log(home_share) + homes,
            np.log1p(-match_share - home_share) + _log(start.patterns, chance),
        ])  # fmt: skip
        weights = np.exp(logs - logs.max(axis=0))
        weights *= start.counts / weights.sum(axis=0)
        share = float(weights[0].sum() + 1) / start.all_pairs
        settled = abs(share - match_share) < SETTLED * match_share
        match_share, home_share = share, float(weights[1].sum() + 1) / start.all_pairs
        for i, c in enumerate(match):
            seen = _counted(start.patterns[:, i], len(start.prior[c]), weights[0])
            match[c] = _as_shares(c, seen + MATCH_PRIOR_PAIRS * start.prior[c])
        for c, pairs in start.held.items():
            met = (_counted(start.patterns[:, list(match).index(c)], len(chance[c]), weights[2]) + 1) / pairs
            chance[c] = np.r_[met[:-1], 1 - met[:-1].sum()]
    return Model(match, dict(start.home), chance, match_share, home_share, rounds, settled)


def log_odds(model: Model, people: pd.DataFrame, levels: Levels) -> npt.NDArray[np.float64]:
    """Natural logarithm of the odds that each pair is one person; 0 = even.

    Agreement on a rare value says more: chance agreement on a name is the share of records that hold that name.
    """
    patterns = np.column_stack([levels[c] for c in model.comparisons])
    match = np.log(model.match_share) + _log(patterns, model.match)
    home = np.log(model.home_share) + _log(patterns, model.home)
    chance = np.log1p(-model.match_share - model.home_share) + _log(patterns, model.chance)
    for c in [c for c in RARE if c in model.match]:
        rarity = _rarity(model, people, levels, c)
        chance += rarity
        home += rarity if c == "given" else 0.0
    return np.asarray(match - np.logaddexp(home, chance))


def _rarity(model: Model, people: pd.DataFrame, levels: Levels, column: str) -> npt.NDArray[np.float64]:
    """What chance agreement on this very value is beyond that on any (logarithm); 0 where the values differ."""
    held = people[column].map(people[column].value_counts(normalize=True)).fillna(1.0).to_numpy(float)
    share = np.log(np.maximum(held[levels["a"]], held[levels["b"]]))
    return np.asarray(np.where(levels[column] == 0, share - np.log(model.chance[column][0]), 0.0))


def evidence(model: Model, people: pd.DataFrame, levels: Levels) -> dict[str, npt.NDArray[np.float64]]:
    """What each comparison says for one person against strangers: column -> log odds per pair; 0 where one is missing.

    Together with the odds before looking they are ``log_odds`` but for what speaks for two people of one home.
    """
    said = {}
    for c in model.comparisons:
        held = levels[c] >= 0
        weight = np.log(np.maximum(model.match[c], _LEAST)) - np.log(np.maximum(model.chance[c], _LEAST))
        rare = _rarity(model, people, levels, c) if c in RARE else 0.0
        said[c] = np.where(held, weight[levels[c]] - rare, 0.0)
    return said


PLACE_SAME, PLACE_DIFFERENT = 5, 19
"""Levels of ``place`` where postal code and city are both the same, and both different."""
