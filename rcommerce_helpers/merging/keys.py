"""Exact links: two records that share a customer number, an e-mail address or a telephone number.

A shared value alone proves nothing: families share mailboxes, firms share telephones. So a value held by too many
records is nobody's own, first names and birth dates must not contradict, and a record without a first name that would
fit two different people of one mailbox stays alone.
"""

from __future__ import annotations

import pandas as pd

from rcommerce_helpers.merging.clusters import birth_relation, contradict, name_relation

EXACT_KEYS = {"customer_number": 0.999, "email": 0.99, "phone": 0.97}
"""Match key -> certainty of a link by it: our own assumption; ``how sure are we`` shows which links rest on it."""
SLIP_FACTOR = 0.97
"""Certainty is multiplied by this where the first names differ by a slip of the pen."""


def without_shared(people: pd.DataFrame, *, shared_limit: int) -> pd.DataFrame:
    """Records without the keys that are nobody's own: a number on which a whole firm answers joins none of its people.

    Parameters
    ----------
    people
        One row = one record, as ``normalise_records`` gives it.
    shared_limit
        Most records that may share a value; of more, none keeps it, whether keys alone or names are compared.

    Examples
    --------
    >>> desk = pd.DataFrame({"customer_number": [None] * 3, "email": ["a@b.de"] * 3, "phone": ["1", "1", "2"]})
    >>> without_shared(desk, shared_limit=2).notna().sum().to_dict()
    {'customer_number': 0, 'email': 0, 'phone': 3}
    """
    held = {key: people.groupby(key)[key].transform("size") for key in EXACT_KEYS}
    return people.assign(**{key: people[key].where(~(size > shared_limit), None) for key, size in held.items()})


def exact_pairs(people: pd.DataFrame) -> pd.DataFrame:
    """Pairs of records that share an exact key.

    Parameters
    ----------
    people
        One row = one record, as ``normalise_records`` and ``without_shared`` give it.

    Returns
    -------
    DataFrame
        One row = one pair: record_a < record_b, certainty (0 where the two may not be joined: they contradict, or one
        of them fits two people of this value), sorted by record_a, record_b. A pair with several keys has the surest.
    """
    pairs = pd.concat([_pairs_of(people, key) for key in EXACT_KEYS], ignore_index=True)
    pairs = pairs.sort_values(["record_a", "record_b", "certainty"], ascending=[True, True, False])
    return pairs.drop_duplicates(["record_a", "record_b"], ignore_index=True)


def _pairs_of(people: pd.DataFrame, key: str) -> pd.DataFrame:
    held = people.loc[people[key].notna(), ["record_id", key, "given", "given_plain", "family", "birth"]]
    held = held[held[key].duplicated(keep=False)]
    both = held.merge(held, on=key, suffixes=("_a", "_b"))
    both = both[both["record_id_a"] < both["record_id_b"]]
    if both.empty:
        return pd.DataFrame({"record_a": [], "record_b": [], "certainty": []}).astype({"certainty": float})
    both["certainty"] = [_certainty(row, key) for row in both.itertuples(index=False)]
    both["certainty"] = both["certainty"].where(~_torn(both, key), 0.0)
    named = both.rename(columns={"record_id_a": "record_a", "record_id_b": "record_b"})
    return named[["record_a", "record_b", "certainty"]]


def best_name_relation(row: object, side_a: str = "_a", side_b: str = "_b") -> str:
    """Relation of two first names over both spellings of umlauts."""
    pairs = [(getattr(row, f"{x}{side_a}"), getattr(row, f"{y}{side_b}")) for x in _SPELLINGS for y in _SPELLINGS]
    relations = {name_relation(_text(a), _text(b)) for a, b in pairs}
    return next(r for r in ("same", "similar", "different") if r in relations)


_SPELLINGS = ("given", "given_plain")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _certainty(row: object, key: str) -> float:
    """Certainty of a pair, 0 where it may not be joined by this key."""
    birth_a, birth_b = _text(row.birth_a), _text(row.birth_b)  # type: ignore[attr-defined]
    names = best_name_relation(row)
    if names == "different" or birth_relation(birth_a, birth_b) != "same":
        return 0.0
    if names == "same":
        return EXACT_KEYS[key]
    same_family = bool(_text(row.family_a)) and row.family_a == row.family_b  # type: ignore[attr-defined]
    return EXACT_KEYS[key] * SLIP_FACTOR if same_family or (birth_a and birth_a == birth_b) else 0.0


def _torn(both: pd.DataFrame, key: str) -> pd.Series:
    """Pairs of which one record fits two people of the same value who contradict each other."""
    fits: dict[tuple[str, str], list[tuple[str, tuple[str | None, str | None]]]] = {}
    for row in both[both["certainty"] > 0].itertuples(index=False):
        value = getattr(row, key)
        a, b = (_text(row.given_a), _text(row.birth_a)), (_text(row.given_b), _text(row.birth_b))
        fits.setdefault((value, row.record_id_a), []).append((row.record_id_b, b))
        fits.setdefault((value, row.record_id_b), []).append((row.record_id_a, a))
    torn = {at for at, found in fits.items() if _any_contradiction([person for _, person in found])}
    return pd.Series(
        [(v, a) in torn or (v, b) in torn for v, a, b in zip(both[key], both["record_id_a"], both["record_id_b"])],
        index=both.index,
        dtype=bool,
    )


def _any_contradiction(found: list[tuple[str | None, str | None]]) -> bool:
    people = list(set(found))
    return any(contradict(x, y) for i, x in enumerate(people) for y in people[i + 1 :])
