"""Households and firms: people under one roof or one name, kept apart as people.

A household is two or more customers with one last name, street and postal code. A firm is what the records call it.
"""

from __future__ import annotations

import pandas as pd

from rcommerce_helpers.merging.pseudonyms import ProjectKey, pseudonyms

_HOME = ["family", "street", "postcode"]


def household_ids(people: pd.DataFrame, key: ProjectKey) -> pd.Series:
    """Household of each record, None where its customer shares no home with another.

    Parameters
    ----------
    people
        One row = one record: record_id, customer_id, and the keys family, street, postcode.
    key
        Under which the households are named.

    Returns
    -------
    Series
        Aligned with ``people``; all records of one customer carry the same household.
    """
    people = people.assign(first=people.groupby("customer_id")["record_id"].transform("min"))  # the same for every key
    homes = people.dropna(subset=_HOME)[["first", "customer_id", *_HOME]].drop_duplicates()
    homes = homes.assign(size=homes.groupby(_HOME)["customer_id"].transform("nunique"))
    shared = homes[homes["size"] >= 2].sort_values(["first", *_HOME])
    first = shared.groupby(_HOME)["first"].transform("min")
    names = pseudonyms("h", first, key)
    named = dict(zip(shared["customer_id"][::-1], [names[record] for record in first][::-1]))
    return people["customer_id"].map(named).astype(object).where(people["customer_id"].isin(named), None)


def company_ids(people: pd.DataFrame, key: ProjectKey) -> pd.Series:
    """Firm of each record by its folded name, None where none is named; aligned with ``people``."""
    folded = people["company"].astype(object)
    names = pseudonyms("f", (name for name in folded if isinstance(name, str)), key)
    return pd.Series([names.get(name) for name in folded], index=people.index, dtype=object)


def households(persons: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """One row = one household: household_id, customer_count, postcode.

    Parameters
    ----------
    persons
        One row = one record with customer_id and household_id.
    records
        Source records, for the postal code.
    """
    joined = persons.dropna(subset=["household_id"]).merge(
        records.reindex(columns=["record_id", "postcode"]), on="record_id"
    )
    by = joined.groupby("household_id", sort=True)
    return by.agg(customer_count=("customer_id", "nunique"), postcode=("postcode", "first")).reset_index()


def companies(persons: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """One row = one firm: company_id, name (as most records write it), customer_count."""
    joined = persons.dropna(subset=["company_id"]).merge(
        records.reindex(columns=["record_id", "company_name"]), on="record_id"
    )
    counted = joined.groupby(["company_id", "company_name"]).size().rename("n").reset_index()
    best = counted.sort_values(["company_id", "n", "company_name"], ascending=[True, False, True])
    named = best.drop_duplicates("company_id").set_index("company_id")["company_name"].rename("name")
    size = joined.groupby("company_id", sort=True)["customer_id"].nunique().rename("customer_count")
    return pd.concat([named, size], axis=1, join="inner").reset_index()
