"""Precision and recall of the links, on sets whose truth is known. The truth is never given to the linker."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import MergingParams

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "linkage_german_500" / "RLdata500.csv"


def pairs(owner: pd.Series) -> set[tuple[str, str]]:
    """All pairs of records (the index) with one owner."""
    return {p for records in owner.groupby(owner).groups.values() for p in combinations(sorted(records), 2)}


def precision_recall(found: pd.Series, truth: pd.Series) -> tuple[float, float]:
    got, wanted = pairs(found), pairs(truth)
    return len(got & wanted) / len(got), len(got & wanted) / len(wanted)


@pytest.mark.shared_data
def test_german_persons_with_typing_errors():
    """RLdata500: 500 records, 50 pairs, no contact points; measured precision 1.00, recall .72.

    Missed: two errors in one pair, and birth years a generation apart under one name (father and son, to this linker).
    """
    if not SHARED.exists():
        pytest.skip("needs ../shared/data/linkage_german_500")
    raw = pd.read_csv(SHARED)
    ids = pd.Series([f"list:{i:03d}" for i in range(len(raw))])
    records = pd.DataFrame(
        {
            "record_id": ids,
            "given_name": raw["fname_c1"].str.cat(raw["fname_c2"].fillna(""), sep=" "),
            "family_name": raw["lname_c1"].str.cat(raw["lname_c2"].fillna(""), sep=" "),
            "birth_date": pd.to_datetime(raw[["by", "bm", "bd"]].set_axis(["year", "month", "day"], axis=1)),
        }
    )
    persons = identify(records, MergingParams(matching="names"), key=KEY).persons.set_index("record_id")
    truth = pd.Series(raw["identity"].to_numpy(), index=ids)
    precision, recall = precision_recall(persons["customer_id"], truth)
    assert precision >= 0.97
    assert recall >= 0.68
    assert set(persons["method"]) == {"single", "probabilistic"}


def invented(seed: int, people: int = 300) -> tuple[pd.DataFrame, pd.Series]:
    """Three systems' lists of one invented population, with the gaps and spellings such lists have; and the truth."""
    rng = np.random.default_rng(seed)
    given = ["Jürgen", "Anna", "Julia", "Lena", "Peter", "Petra", "Sabine", "Müzeyyen", "Jörg", "Max", "Emil", "Mia"]
    family = ["Müller", "Schmidt", "Weiß", "Bäcker", "Kaya", "Schröder", "Groß", "Vogel", "König", "Jäger", "Richter"]
    rows = []
    for i in range(people):
        first, last = rng.choice(given), rng.choice(family)
        born = f"{rng.integers(1950, 2003)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
        base = {
            "given_name": first, "family_name": last, "street": f"Ringstr. {rng.integers(1, 90)}",
            "postcode": f"{rng.integers(10000, 99999)}", "phone": f"0171 {rng.integers(1000000, 9999999)}",
        }  # fmt: skip
        if rng.random() < 0.8:
            rows.append((i, base | {"record_id": f"crm:{i}", "birth_date": born, "email": f"p{i}@web.de"}))
        if rng.random() < 0.8:
            plain = last.replace("ü", "ue").replace("ö", "oe").replace("ä", "ae").replace("ß", "ss").upper()
            mail = f"x{i}@gmx.de" if rng.random() < 0.4 else f"p{i}@web.de"
            rows.append((i, base | {"record_id": f"shop:{i}", "family_name": plain, "email": mail, "phone": None}))
        if rng.random() < 0.5:
            rows.append((i, base | {"record_id": f"hotline:{i}", "street": None, "postcode": None}))
    records = pd.DataFrame([r for _, r in rows])
    return records, pd.Series([i for i, _ in rows], index=records["record_id"])


@pytest.mark.parametrize("seed", [3, 5])  # 3: a torn model once joined a quarter of all customers wrongly
def test_names_find_what_contact_points_miss_and_the_order_of_rows_changes_nothing(seed):
    records, truth = invented(seed=seed)
    exact = identify(records, MergingParams(matching="exact"), key=KEY).persons.set_index("record_id")["customer_id"]
    linked = identify(records, MergingParams(), key=KEY).persons
    exact_precision, exact_recall = precision_recall(exact, truth)
    precision, recall = precision_recall(linked.set_index("record_id")["customer_id"], truth)
    assert exact_precision == 1.0
    assert precision >= 0.99
    assert recall >= exact_recall + 0.1
    assert recall >= 0.9
    again = identify(records.sample(frac=1, random_state=1), MergingParams(), key=KEY).persons
    pd.testing.assert_series_equal(linked["customer_id"], again["customer_id"])


def test_one_source_is_not_searched_by_names_unless_asked():
    records, _ = invented(seed=6, people=150)
    crm = records[records["record_id"].str.startswith("crm:")]
    assert set(identify(crm, MergingParams(), key=KEY).persons["method"]) == {"single"}
