"""Who is who: records of all systems into customers, with method, certainty and reason per record.

Exact keys first; then, where several sources hold names, a model of three classes that is learnt without labels
(``linkage``). Known limit: a person who changed name, address and contact points at once stays two customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import NotEnoughData, ParamError
from rcommerce_helpers.merging.blocking import block
from rcommerce_helpers.merging.by_hand import BY_HAND, DIFFERENT, NOTHING, SAME, UNSURE
from rcommerce_helpers.merging.clusters import exact_groups, join_pairs
from rcommerce_helpers.merging.comparing import compare
from rcommerce_helpers.merging.estimating import estimated_curve
from rcommerce_helpers.merging.grouping import DECIDED, joins
from rcommerce_helpers.merging.households import companies, company_ids, household_ids, households
from rcommerce_helpers.merging.ids import NO_IDS, id_changes, internal_ids
from rcommerce_helpers.merging.keys import EXACT_KEYS, exact_pairs, without_shared
from rcommerce_helpers.merging.linkage import Model, compared_columns, learn, log_odds, with_place
from rcommerce_helpers.merging.normalise import DEFAULT_REGION, normalise_records
from rcommerce_helpers.merging.params import LinkingParams
from rcommerce_helpers.merging.pseudonyms import ProjectKey, pseudonyms
from rcommerce_helpers.results import Figure

PERSON_COLUMNS = ("record_id", "customer_id", "household_id", "company_id", "method", "certainty", "reason", "exact_id",
                  "internal_id")  # fmt: skip
_LABELS = {
    "customer_number": "customer number", "email": "e-mail", "phone": "telephone", "birth": "birth date",
    "given": "first name", "family": "last name", "postcode": "postal code", "street": "street",
}  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """``persons``: one row = one record and its customer; ``pairs``: one row = one pair of records that was looked at.

    ``pairs`` holds record_a, record_b, method, certainty, agree, reason, joined (False = left open), and odds where
    names were compared;
    ``methods``: one row = one way of linking, with its records and customers; ``households`` and ``companies``: one
    row = one of them; ``curve``: one row = one cut, as ``estimated_curve`` gives it, empty where no name was compared;
    ``changes``: one row = one record whose customer had another id in an earlier run (``id_changes``); ``model``: what
    was learnt, None where names were not compared.
    """

    persons: pd.DataFrame
    pairs: pd.DataFrame
    methods: pd.DataFrame
    households: pd.DataFrame
    companies: pd.DataFrame
    curve: pd.DataFrame
    changes: pd.DataFrame
    model: Model | None
    figures: tuple[Figure, ...]


def identify(
    records: pd.DataFrame,
    params: LinkingParams,
    *,
    key: ProjectKey,
    region: str = DEFAULT_REGION,
    decided: pd.DataFrame = NOTHING,
    known: pd.DataFrame = NO_IDS,
) -> Identity:
    """Link the records of all sources.

    Parameters
    ----------
    records
        One row = one person record in one system (``source_records``).
    params
        matching, shared_limit, seed.
    key
        Under which customers, households and firms are named.
    region
        ISO country of telephone numbers and postal codes without one.
    decided
        Which records are the same person and which are not, by hand (``decided_pairs``).
    known
        Internal ids of records that were named before (``read_ids``).

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
    people = without_shared(people, shared_limit=params.shared_limit)
    groups, pairs, curve, model = _linked(people, params, decided)
    pairs = _explained(pairs, people)
    people = people.assign(internal_id=internal_ids(people, groups, known))
    persons = _persons(people, pairs, key)
    changes = id_changes(people["record_id"], people["internal_id"], known)
    return Identity(
        persons, pairs, _methods(persons), households(persons, records), companies(persons, records), curve, changes,
        model, (*_figures(persons, pairs, people), *_estimates(curve, pairs), *_changed(changes, len(known))),
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
    internal = internal_ids(frame, dict.fromkeys(frame["record_id"], "one")).iloc[0]
    return pseudonyms("c", [internal], key)[internal]


def _linked(
    people: pd.DataFrame, params: LinkingParams, decided: pd.DataFrame
) -> tuple[dict[str, str], pd.DataFrame, pd.DataFrame, Model | None]:
    """Root record of each record's group; one row per pair that was looked at, with ``joined``; curve; and model."""
    exact = exact_pairs(people).assign(method="exact")
    decided = decided[decided[list(_SIDES)].isin(set(people["record_id"])).all(axis=1) & (decided["verdict"] != UNSURE)]
    if not wants_names(people, params.matching):
        return *_by_keys(people, exact[exact["certainty"] > 0], decided), pd.DataFrame(), None
    likely, model = likely_pairs(people, seed=params.seed)
    pairs = _with_decided(_with_exact(likely, exact, people), people, decided)
    found = joins(*(pairs[c].to_numpy() for c in ("a", "b", "odds")))
    group = found.groups(len(people))
    records = people["record_id"].to_numpy()
    seen = pairs[(pairs["certainty"] >= LOOKED_AT) | (group[pairs["a"]] == group[pairs["b"]])]
    told = seen.assign(
        joined=group[seen["a"]] == group[seen["b"]], record_a=records[seen["a"]], record_b=records[seen["b"]]
    )
    return dict(zip(records, records[group])), _surest_first(told), estimated_curve(pairs, found, len(people)), model


def _by_keys(people: pd.DataFrame, exact: pd.DataFrame, decided: pd.DataFrame) -> tuple[dict[str, str], pd.DataFrame]:
    """Groups and pairs where names are not compared."""
    same, apart = (decided.loc[decided["verdict"] == verdict, list(_SIDES)] for verdict in (SAME, DIFFERENT))
    hand = same.assign(certainty=1.0, method=BY_HAND)
    pairs = pd.concat([hand, _surest_first(exact)], ignore_index=True).drop_duplicates(list(_SIDES), ignore_index=True)
    known = {r: (g, b) for r, g, b in zip(people["record_id"], people["given"], people["birth"])}
    groups, used = join_pairs(pairs, known, list(apart.itertuples(index=False, name=None)))
    return groups, pairs.assign(joined=pd.Series(used, index=pairs.index, dtype=bool))


def _with_decided(pairs: pd.DataFrame, people: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Pairs of the model, where what was decided by hand stands above it, whether it was compared or not."""
    same = decided["verdict"] == SAME
    hand = _numbered(decided[list(_SIDES)], people).assign(
        odds=np.where(same, DECIDED, -DECIDED), certainty=same.astype(float), method=BY_HAND
    )
    both = pd.concat([hand, pairs], ignore_index=True) if len(hand) else pairs
    return both.drop_duplicates(list(_SIDES), ignore_index=True)


_SIDES = ("record_a", "record_b")
LOOKED_AT = 0.05
"""Probability from which a pair is kept among those that were looked at, though it was not joined."""
LIKELY = 0.5
"""Probability from which a pair that was not joined counts as left open."""


def _surest_first(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs.sort_values(["certainty", *_SIDES], ascending=[False, True, True], ignore_index=True)


def _with_exact(likely: pd.DataFrame, exact: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Pairs of the model, and those of a key that fits, which are worth at least its certainty, blocked or not."""
    keyed = _numbered(exact.loc[exact["certainty"] > 0], people)
    both = likely.merge(keyed, on=[*_SIDES, "a", "b"], how="outer")
    odds = np.fmax(both["odds"], np.log(both["certainty"] / (1 - both["certainty"])))
    return both.assign(
        odds=odds, certainty=1 / (1 + np.exp(-odds.clip(-50, 50))), method=both["method"].fillna("probabilistic")
    )[[*_SIDES, "a", "b", "odds", "certainty", "method"]]


def _numbered(pairs: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Pairs with the row numbers of their records, a and b."""
    at = pd.Series(range(len(people)), index=people["record_id"])
    return pairs.assign(a=pairs["record_a"].map(at).astype(int), b=pairs["record_b"].map(at).astype(int))


def wants_names(people: pd.DataFrame, matching: str) -> bool:
    """Whether names are compared: where asked for, or where at least two sources hold them."""
    sources = people.loc[people["family"].notna(), "source"].nunique()
    return {"exact": False, "names": sources >= 1, "auto": sources >= 2}[matching] and len(people) >= SMALLEST_MODEL


SMALLEST_MODEL = 100
"""Records below which the model has nothing to learn its weights from."""


def likely_pairs(people: pd.DataFrame, *, seed: int) -> tuple[pd.DataFrame, Model]:
    """Pairs worth comparing with the odds that they are one person, by a model without labels.

    Parameters
    ----------
    people
        One row = one record, as ``normalise_records`` gives it, sorted by record_id.
    seed
        Draws the random pairs from which chance agreement is counted.

    Returns
    -------
    tuple
        One row = one pair: record_a < record_b, their row numbers a and b, odds (natural logarithm; 0 = even); and the
        model.
    """
    con = comparing(people)
    try:
        block(con)
        levels = with_place(compare(con, "pairs", compared_columns(people)))
        model = learn(con, people, levels, seed=seed)
    finally:
        con.close()
    records = people["record_id"].to_numpy()
    a, b = levels["a"], levels["b"]
    pairs = pd.DataFrame({"record_a": records[a], "record_b": records[b], "a": a, "b": b})
    return pairs.assign(odds=log_odds(model, people, levels)), model


def comparing(people: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    """An engine that holds normalised records as ``block`` and ``compare`` read them; to be closed."""
    con = connect()
    con.register("people_frame", people[_COMPARED].astype("string").assign(i=range(len(people))))
    con.execute("create table people as select * from people_frame")
    return con


_COMPARED = [
    "customer_number", "given", "given_plain", "family", "family_plain", "email", "phone", "birth", "postcode",
    "street", "city",
]  # fmt: skip


def _explained(pairs: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Add what agrees in each pair (``agree``: columns with commas), and its reason in words."""
    at = {r: i for i, r in enumerate(people["record_id"])}
    values = {c: people[c].tolist() for c in _LABELS}
    reasons, agreeing = [], []
    for a, b, method in zip(pairs["record_a"], pairs["record_b"], pairs["method"]):
        i, j = at[a], at[b]
        same = [c for c in _LABELS if isinstance(values[c][i], str) and values[c][i] == values[c][j]]
        agreeing.append(",".join(same))
        reasons.append("decided by hand" if method == BY_HAND else _spoken([_LABELS[c] for c in same]))
    said = {"agree": agreeing, "reason": reasons}
    return pairs.assign(**{name: pd.Series(words, index=pairs.index, dtype=object) for name, words in said.items()})


def _spoken(same: Sequence[str]) -> str:
    if not same:
        return "similar values throughout"
    return "same " + (same[0] if len(same) == 1 else f"{', '.join(same[:-1])} and {same[-1]}")


def _persons(people: pd.DataFrame, pairs: pd.DataFrame, key: ProjectKey) -> pd.DataFrame:
    """One row = one record, linked by the surest pair that was used for it."""
    joined = pairs[pairs["joined"]]
    sides = [joined.rename(columns={s: "record_id"})[["record_id", "method", "certainty", "reason"]] for s in _SIDES]
    best = pd.concat(sides).sort_values(
        ["method", "certainty", "record_id"], ascending=[True, False, True], kind="stable"
    )
    best = best.drop_duplicates("record_id")
    people = people.assign(customer_id=people["internal_id"].map(pseudonyms("c", people["internal_id"], key)))
    persons = people.merge(best, on="record_id", how="left")
    alone = persons["method"].isna()
    persons["method"] = persons["method"].astype(object).where(~alone, "single")
    persons["certainty"] = persons["certainty"].astype(float).where(~alone, 1.0)
    persons["reason"] = persons["reason"].astype(object).where(~alone, "")
    persons["exact_id"] = exact_groups(persons["record_id"], joined[joined["method"].isin(["exact", BY_HAND])])
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
    open_pairs = int((~pairs["joined"].astype(bool) & (pairs["certainty"] >= LIKELY)).sum())
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


def _estimates(curve: pd.DataFrame, pairs: pd.DataFrame) -> tuple[Figure, ...]:
    """Precision and recall at the cut in use, where names were compared and a link was made; n = joined pairs."""
    joined = int(pairs["joined"].astype(bool).sum())
    if curve.empty or (used := curve[curve["used"]].iloc[0])[["precision", "recall"]].isna().any():
        return ()
    return (
        Figure("estimated_precision", float(used["precision"]), joined, "share"),
        Figure("estimated_recall", float(used["recall"]), joined, "share"),
    )


def _changed(changes: pd.DataFrame, known: int) -> tuple[Figure, ...]:
    """Customers of earlier runs that are now part of another, and that were taken apart; none in a first run."""
    if not known:
        return ()
    merged, split = (changes.loc[changes["change"] == word, "was"].nunique() for word in ("merged", "split"))
    return Figure("customers_merged", merged, known, "count"), Figure("customers_split", split, known, "count")
