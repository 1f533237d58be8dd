"""How hard it is to find out who is who: exact keys, a stock Splink script, and what numbers give away."""

from __future__ import annotations

import logging
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score


def _pairs(cluster: pd.Series) -> int:
    sizes = cluster.value_counts().to_numpy()
    return int((sizes * (sizes - 1) // 2).sum())


def _pair_f1(found: pd.Series, truth: pd.Series) -> float:
    both = _pairs(found.astype(str) + "|" + truth.astype(str))
    return 2 * both / (_pairs(found) + _pairs(truth))


def test_pair_f1_by_hand() -> None:
    truth, found = pd.Series([1, 1, 1, 2]), pd.Series(["a", "a", "b", "b"])
    assert _pair_f1(found, truth) == pytest.approx(2 * 1 / (2 + 3))


def _digits(phone: object) -> str | None:
    if not isinstance(phone, str):
        return None
    number = re.sub(r"\D", "", phone.replace("+49", "0"))
    return "0" + number[4:] if number.startswith("0049") else number


def _records(world) -> pd.DataFrame:
    records = world.table("source_records").merge(world.truth("persons"), on="record_id", validate="one_to_one")
    records["mail"] = records.email.str.lower()
    records["digits"] = records.phone.map(_digits)
    return records


def _exact_keys(records: pd.DataFrame) -> pd.Series:
    """Records that share a mail address, a number or a customer number, and whoever hangs on them."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rows, columns = [], []
    for key in ("mail", "digits", "customer_number"):
        known = np.flatnonzero(records[key].notna())
        codes = pd.factorize(records[key].iloc[known])[0]
        first = pd.Series(known).groupby(codes).transform("first").to_numpy()
        rows.append(known)
        columns.append(first)
    edges = np.concatenate(rows), np.concatenate(columns)
    graph = coo_matrix((np.ones(len(edges[0])), edges), shape=(len(records),) * 2)
    return pd.Series(connected_components(graph, directed=False)[1])


def test_exact_keys_are_not_enough(worlds) -> None:
    for world in worlds:
        records = _records(world)
        f1 = _pair_f1(_exact_keys(records), records.person)
        print("exact keys", world.report.seed, round(f1, 3))
        assert 0.4 < f1 <= 0.85


def _stock_splink(records: pd.DataFrame) -> pd.Series:
    """The shape of the library's own examples: five comparisons, four blocking rules, clusters at .95."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    table = records[["record_id", "given_name", "family_name", "birth_date", "mail", "digits", "postcode"]].copy()
    table["birth_date"] = table.birth_date.astype(str).where(table.birth_date.notna())
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "family_name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("mail"),
            cl.ExactMatch("digits"),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("mail"),
            block_on("digits"),
            block_on("postcode", "family_name"),
            block_on("birth_date", "family_name"),
        ],
    )
    linker = Linker(api.register(table), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match([block_on("mail")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=3e5, seed=1)
    for rule in (block_on("mail"), block_on("postcode", "family_name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    pairs = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
    found = pd.DataFrame(clusters.as_dict()).set_index("record_id").cluster_id
    return found.loc[records.record_id].reset_index(drop=True)


def test_a_stock_splink_script_leaves_room(worlds) -> None:
    for world in worlds:
        records = _records(world)
        f1 = _pair_f1(_stock_splink(records), records.person)
        print("stock splink", world.report.seed, round(f1, 3))
        assert 0.6 < f1 <= 0.96


def _same_and_other_pairs(records: pd.DataFrame, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of one person, and as many in which the second is anybody's record of the same file."""
    by_person = records.reset_index(drop=True).groupby("person").indices.values()
    same = np.array([(a, b) for rows in by_person for i, a in enumerate(rows) for b in rows[i + 1 :]])
    source = records.record_id.str.split(":").str[0].to_numpy()
    pool = {name: np.flatnonzero(source == name) for name in np.unique(source)}
    partner = np.array([rng.choice(pool[source[b]]) for b in same[:, 1]])
    other = np.c_[same[:, 0], partner]
    person = records.person.to_numpy()
    other = other[person[other[:, 0]] != person[other[:, 1]]]
    return np.vstack([same, other]), np.r_[np.ones(len(same)), np.zeros(len(other))]


def test_numbers_places_and_times_of_creation_give_nothing_away(worlds) -> None:
    rng = np.random.default_rng(5)
    for world in worlds:
        records = _records(world)
        files = records.groupby(records.record_id.str.split(":").str[0])
        clues = {
            "place": files.cumcount().to_numpy(float) / files.record_id.transform("size").to_numpy(),
            "number": records.record_id.str.extract(r"(\d+)$")[0].to_numpy(float),
            "created": records.created_at.astype("int64").where(records.created_at.notna()).to_numpy(float),
        }
        pairs, label = _same_and_other_pairs(records, rng)
        for name, clue in clues.items():
            gap = np.abs(clue[pairs[:, 0]] - clue[pairs[:, 1]])
            known = np.isfinite(gap)
            auc = roc_auc_score(label[known], -gap[known])
            print(name, world.report.seed, known.sum(), round(auc, 3))
            assert 0.47 <= auc <= 0.53, name
