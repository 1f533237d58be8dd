"""Who is who: records of all systems into customers, with method, certainty and reason per record.

Exact keys first; then, where several sources hold names, a Fellegi-Sunter model (Splink 5 on DuckDB, without
labels) for records whose contact points differ. Only this module knows Splink. Known limit: a
person who changed name, address and contact points at once stays two customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import NotEnoughData, ParamError
from rcommerce_helpers.merging.clusters import customer_ids, exact_groups, jaro_winkler, join_pairs
from rcommerce_helpers.merging.households import companies, company_ids, household_ids, households
from rcommerce_helpers.merging.keys import EXACT_KEYS, exact_pairs
from rcommerce_helpers.merging.normalise import DEFAULT_REGION, normalise_records
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.pseudonyms import ProjectKey, pseudonyms
from rcommerce_helpers.results import Figure

if TYPE_CHECKING:
    from splink import Linker, SettingsCreator
    from splink.internals.blocking_rule_creator import BlockingRuleCreator

PERSON_COLUMNS = ("record_id", "customer_id", "household_id", "company_id", "method", "certainty", "reason", "exact_id")
_LABELS = {
    "customer_number": "customer number", "email": "e-mail", "phone": "telephone", "birth": "birth date",
    "given": "first name", "family": "last name", "postcode": "postal code", "street": "street",
}  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """``persons``: one row = one record and its customer; ``pairs``: one row = one pair of records that was looked at.

    ``pairs`` holds record_a, record_b, method, certainty, reason, joined (False = left open, the people contradict);
    ``methods``: one row = one way of linking, with its records and customers; ``households`` and ``companies``: one
    row = one of them.
    """

    persons: pd.DataFrame
    pairs: pd.DataFrame
    methods: pd.DataFrame
    households: pd.DataFrame
    companies: pd.DataFrame
    figures: tuple[Figure, ...]


def identify(
    records: pd.DataFrame, params: MergingParams, *, key: ProjectKey, region: str = DEFAULT_REGION
) -> Identity:
    """Link the records of all sources.

    Parameters
    ----------
    records
        One row = one person record in one system (``source_records``).
    params
        matching, match_threshold, shared_limit, seed.
    key
        Under which customers, households and firms are named.
    region
        ISO country of telephone numbers and postal codes without one.

    Returns
    -------
    Identity
        ``persons`` sorted by record_id. Figures: records, sources, customers, records_per_customer, merged_share, ...

    Raises
    ------
    NotEnoughData
        There is no record.
    """
    if records.empty:
        raise NotEnoughData("source_records", got="no record", expected="at least one", do="Map a table of customers")
    people = normalise_records(records, home=region).sort_values("record_id", ignore_index=True)
    pairs = _all_pairs(people, params)
    known = {r: (g, b) for r, g, b in zip(people["record_id"], people["given"], people["birth"])}
    groups, used = join_pairs(pairs, known)
    pairs = _explained(pairs.assign(joined=pd.Series(used, index=pairs.index, dtype=bool)), people)
    persons = _persons(people, groups, pairs, key)
    return Identity(
        persons, pairs, _methods(persons), households(persons, records), companies(persons, records),
        _figures(persons, pairs, people),
    )  # fmt: skip


def split(
    persons: pd.DataFrame, record_id: str, *, key: ProjectKey, records: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Undo a link: the record is its own customer again, its former companions keep theirs.

    Permissions are decided from records, so after a split each side has what its own records say.

    Parameters
    ----------
    persons
        One row = one record and its customer.
    record_id
        The record to take out.
    key
        Under which the persons are named.
    records
        Source records with ``created_at``; they name the earliest of the rest where the record taken out had given the
        customer its identifier. Without them the smallest record_id of the rest does.

    Raises
    ------
    ParamError
        There is no such record.
    """
    if record_id not in set(persons["record_id"]):
        raise ParamError("record_id", got=repr(record_id), expected="a record of persons", do="Look it up in persons")
    old = persons.loc[persons["record_id"] == record_id, "customer_id"].iloc[0]
    rest = persons[(persons["customer_id"] == old) & (persons["record_id"] != record_id)]
    changed = persons.copy()
    alone = changed["record_id"] == record_id
    changed.loc[alone, "customer_id"] = pseudonyms("c", [record_id], key)[record_id]
    changed.loc[alone, ["household_id", "company_id"]] = None
    if "exact_id" in changed:
        followers = ~alone & (changed["exact_id"] == record_id)
        changed.loc[followers, "exact_id"] = changed.loc[followers, "record_id"].min()
        changed.loc[alone, "exact_id"] = record_id
    changed.loc[alone, ["method", "certainty", "reason"]] = ["single", 1.0, "taken out by hand"]
    stays = changed["record_id"].isin(rest["record_id"])
    changed.loc[stays, "customer_id"] = _customer_of(rest, records, key)
    if len(rest) == 1:
        changed.loc[stays, ["method", "certainty", "reason"]] = ["single", 1.0, "companion taken out by hand"]
    return changed


def _customer_of(rest: pd.DataFrame, records: pd.DataFrame | None, key: ProjectKey) -> str:
    if rest.empty:
        return ""
    created = pd.Series(pd.NaT, index=rest["record_id"])
    if records is not None and "created_at" in records:
        created = pd.to_datetime(records.set_index("record_id")["created_at"]).reindex(rest["record_id"])
    frame = pd.DataFrame({"record_id": rest["record_id"].to_numpy(), "created_at": created.to_numpy()})
    return str(customer_ids(frame, dict.fromkeys(frame["record_id"], "one"), key).iloc[0])


def _all_pairs(people: pd.DataFrame, params: MergingParams) -> pd.DataFrame:
    """One row per pair that may be joined, by exact key or by names; surest first, ties by record."""
    exact = exact_pairs(people, shared_limit=params.shared_limit).assign(method="exact")
    refused = pd.MultiIndex.from_frame(exact.loc[exact["certainty"] == 0, list(_SIDES)])
    parts = [exact[exact["certainty"] > 0]]
    if wants_names(people, params.matching):
        likely = probable_pairs(people, threshold=params.match_threshold, seed=params.seed)
        allowed = ~pd.MultiIndex.from_frame(likely[list(_SIDES)]).isin(refused)
        likely = likely[allowed].reset_index(drop=True)
        parts.append(likely[_akin(likely, people)].assign(method="probabilistic"))
    pairs = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    pairs = pairs.groupby(list(_SIDES), as_index=False, sort=True).agg(
        certainty=("certainty", "max"), method=("method", "min")
    )
    return pairs.sort_values(["certainty", *_SIDES], ascending=[False, True, True], ignore_index=True)


_SIDES = ("record_a", "record_b")
AKIN = 0.8
"""Jaro-Winkler similarity from which two last names may be one."""


def _akin(pairs: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Whether a pair has more in common than first name and birth date: a like last name, a contact point, a home."""
    at = {r: i for i, r in enumerate(people["record_id"])}
    family = people["family"].tolist()
    shared = [people[c].tolist() for c in ("email", "phone", "street")]

    def fits(i: int, j: int) -> bool:
        one, other = family[i], family[j]
        if not one or not other or set(one.split()) & set(other.split()) or jaro_winkler(one, other) >= AKIN:
            return True
        return any(values[i] and values[i] == values[j] for values in shared)

    found = [fits(at[a], at[b]) for a, b in zip(pairs["record_a"], pairs["record_b"])]
    return pd.Series(found, index=pairs.index, dtype=bool)


def wants_names(people: pd.DataFrame, matching: str) -> bool:
    """Whether names are compared: where asked for, or where at least two sources hold them."""
    sources = people.loc[people["family"].notna(), "source"].nunique()
    return {"exact": False, "names": sources >= 1, "auto": sources >= 2}[matching] and len(people) >= SMALLEST_MODEL


SMALLEST_MODEL = 100
"""Records below which the model has nothing to learn its weights from."""
BLOCKS = (
    ("email",), ("phone",), ("birth", "family"), ("birth", "given"), ("given", "family"), ("postcode", "family"),
    ("postcode", "given"), ("street", "family"),
)  # fmt: skip
"""Columns two records must share to be compared at all."""


def probable_pairs(people: pd.DataFrame, *, threshold: float, seed: int) -> pd.DataFrame:
    """Pairs whose match probability reaches the threshold, by a model without labels.

    Parameters
    ----------
    people
        One row = one record, as ``normalise_records`` gives it. One source: duplicates within it; several: within and
        between.
    threshold
        Match probability from which a pair is returned.
    seed
        Makes the random pairs for the u probabilities repeatable.

    Returns
    -------
    DataFrame
        One row = one pair: record_a < record_b, certainty (match probability).
    """
    from splink.internals.exceptions import EMTrainingException  # noqa: PLC0415 - a second of import, rarely needed

    columns = [c for c in _COMPARED if people[c].notna().mean() >= 0.05]
    blocks = [b for b in BLOCKS if set(b) <= set(columns)]
    settings = _settings(columns, blocks, int(people["source"].nunique()))
    try:
        linker = _trained(people, columns, settings, seed=seed, learn=len(people) >= ENOUGH_TO_LEARN)
    except (ValueError, EMTrainingException):  # too few or too uniform pairs; a failed training leaves a torn model
        linker = _trained(people, columns, settings, seed=seed, learn=False)
    found = linker.inference.predict(threshold_match_probability=threshold).as_pyarrow_table()  # type: ignore[no-untyped-call]
    pairs: pd.DataFrame = found.select(["record_id_l", "record_id_r", "match_probability"]).to_pandas()
    left, right = pairs["record_id_l"], pairs["record_id_r"]
    return pd.DataFrame(
        {"record_a": left.where(left < right, right), "record_b": right.where(left < right, left)}
    ).assign(certainty=pairs["match_probability"])


AGREEMENT = {
    "given": (0.85, 0.08, 0.02, 0.02, 0.03),
    "family": (0.85, 0.08, 0.02, 0.02, 0.03),
    "birth": (0.9, 0.06, 0.01, 0.01, 0.01, 0.01),
    "email": (0.7, 0.3),
    "phone": (0.8, 0.2),
    "postcode": (0.85, 0.15),
    "street": (0.8, 0.1, 0.1),
}
"""How often two records of one person agree, from whole agreement to none: our assumption where too few records teach
better; people keep several addresses, change houses and mistype names."""
ENOUGH_TO_LEARN = 5_000
"""Records from which these shares are learnt from the data."""
_COMPARED = ("given", "family", "birth", "email", "phone", "postcode", "street")
_ONCE = ("email", "phone")


def _settings(columns: Sequence[str], blocks: Sequence[tuple[str, ...]], source_count: int) -> SettingsCreator:
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import SettingsCreator, block_on  # noqa: PLC0415

    made = {
        "given": cl.NameComparison("given").configure(term_frequency_adjustments=True),
        "family": cl.NameComparison("family").configure(term_frequency_adjustments=True),
        "birth": cl.DateOfBirthComparison("birth", input_is_string=True),
        "email": cl.ExactMatch("email"),
        "phone": cl.ExactMatch("phone"),
        "postcode": cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        "street": cl.JaroWinklerAtThresholds("street", [0.92]),
    }
    return SettingsCreator(
        link_type="dedupe_only" if source_count == 1 else "link_and_dedupe",
        unique_id_column_name="record_id",
        comparisons=[made[c].configure(m_probabilities=list(AGREEMENT[c])) for c in columns],
        blocking_rules_to_generate_predictions=[block_on(*b) for b in blocks],
    )


def _trained(
    people: pd.DataFrame, columns: Sequence[str], settings: SettingsCreator, *, seed: int, learn: bool
) -> Linker:
    """Prior from rules of high precision, u from random pairs, m by expectation maximisation over several blocks.

    Without ``learn`` the m probabilities stay as assumed in ``AGREEMENT``. The share of true pairs is held fixed while
    learning: on few records it would run away to 0 or 1.
    """
    import logging  # noqa: PLC0415

    from splink import DuckDBAPI, Linker, block_on  # noqa: PLC0415

    api = DuckDBAPI(connection=connect())
    by_source = [
        api.register(part[["record_id", *columns]], dataset_display_name=f"source_{i}")
        for i, (_, part) in enumerate(people.groupby("source", sort=True))
    ]
    linker = Linker(by_source, settings, log_level=logging.ERROR)
    training = linker.training
    rules: list[str | BlockingRuleCreator] = [block_on(*b) for b in _SURE if _repeats(people, columns, b)]
    if rules:
        training.estimate_probability_two_random_records_match(rules, recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=seed)
    for column in [c for c in _TRAINED_ON if learn and _repeats(people, columns, (c,))][:3]:
        training.estimate_parameters_using_expectation_maximisation(
            block_on(column), estimate_without_term_frequencies=True, max_pairs=1e6, record_sample_proportion=1.0,
            fix_probability_two_random_records_match=True,
        )  # fmt: skip
    return linker


def _repeats(people: pd.DataFrame, columns: Sequence[str], block: tuple[str, ...]) -> bool:
    """Whether at least two records share all values of a block."""
    return set(block) <= set(columns) and bool(people.dropna(subset=list(block)).duplicated(list(block)).any())


_SURE = (("email",), ("phone",), ("family", "birth"), ("given", "birth"), ("given", "family", "postcode"))
_TRAINED_ON = ("family", "birth", "email", "given", "postcode", "phone")
"""Blocks of which no two share a column, so that every comparison is free in at least one run."""


def _explained(pairs: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Add the reason of each pair: which values agree."""
    at = {r: i for i, r in enumerate(people["record_id"])}
    values = {c: people[c].tolist() for c in _LABELS}
    reasons = []
    for a, b in zip(pairs["record_a"], pairs["record_b"]):
        i, j = at[a], at[b]
        same = [w for c, w in _LABELS.items() if isinstance(values[c][i], str) and values[c][i] == values[c][j]]
        reasons.append(_spoken(same))
    return pairs.assign(reason=pd.Series(reasons, index=pairs.index, dtype=object))


def _spoken(same: Sequence[str]) -> str:
    if not same:
        return "similar values throughout"
    return "same " + (same[0] if len(same) == 1 else f"{', '.join(same[:-1])} and {same[-1]}")


def _persons(people: pd.DataFrame, groups: dict[str, str], pairs: pd.DataFrame, key: ProjectKey) -> pd.DataFrame:
    """One row = one record, linked by the surest pair that was used for it."""
    joined = pairs[pairs["joined"]]
    sides = [joined.rename(columns={s: "record_id"})[["record_id", "method", "certainty", "reason"]] for s in _SIDES]
    best = pd.concat(sides).sort_values(
        ["method", "certainty", "record_id"], ascending=[True, False, True], kind="stable"
    )
    best = best.drop_duplicates("record_id")
    people = people.assign(customer_id=customer_ids(people, groups, key))
    persons = people.merge(best, on="record_id", how="left")
    alone = persons["method"].isna()
    persons["method"] = persons["method"].astype(object).where(~alone, "single")
    persons["certainty"] = persons["certainty"].astype(float).where(~alone, 1.0)
    persons["reason"] = persons["reason"].astype(object).where(~alone, "")
    persons["exact_id"] = exact_groups(persons["record_id"], joined[joined["method"] == "exact"])
    persons["household_id"] = household_ids(persons, key)
    persons["company_id"] = company_ids(persons, key)
    return persons[list(PERSON_COLUMNS)].sort_values("record_id", ignore_index=True)


def _methods(persons: pd.DataFrame) -> pd.DataFrame:
    by = persons.groupby("method", sort=True)
    return by.agg(
        records=("record_id", "size"), customers=("customer_id", "nunique"), lowest_certainty=("certainty", "min")
    ).reset_index()


def _figures(persons: pd.DataFrame, pairs: pd.DataFrame, people: pd.DataFrame) -> tuple[Figure, ...]:
    records, customers = len(persons), int(persons["customer_id"].nunique())
    merged = int((persons["method"] != "single").sum())
    open_pairs = int((~pairs["joined"].astype(bool)).sum())
    keyed = int(people[list(EXACT_KEYS)].notna().any(axis=1).sum())
    return (
        Figure("records", records, records, "count"),
        Figure("sources", int(people["source"].nunique()), records, "count"),
        Figure("customers", customers, records, "count"),
        Figure("records_per_customer", records / customers, customers, "mean"),
        Figure("merged_share", merged / records, records, "share"),
        Figure("keyed_share", keyed / records, records, "share"),
        Figure("links_left_open", open_pairs, len(pairs), "count"),
        Figure("lowest_certainty", float(persons["certainty"].min()), records, "share"),
        Figure("households", int(persons["household_id"].nunique()), customers, "count"),
        Figure("companies", int(persons["company_id"].nunique()), customers, "count"),
    )
