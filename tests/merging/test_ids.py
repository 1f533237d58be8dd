"""Customers keep their names: when records come, when customers turn out to be one, when they are taken apart."""

import numpy as np
import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.ids import id_changes, internal_ids, read_ids, remember_ids
from rcommerce_helpers.merging.params import MergingParams

BY_KEYS = MergingParams(matching="exact")


def records(*ids: str, year: int = 2020) -> pd.DataFrame:
    """One row = one record, the first named the oldest."""
    days = pd.to_datetime([f"{year}-01-{i + 1:02d}" for i in range(len(ids))])
    return pd.DataFrame({"record_id": list(ids), "created_at": days})


def known(**ids: str) -> pd.DataFrame:
    return pd.DataFrame({"record_id": [r.replace("_", ":") for r in ids], "internal_id": list(ids.values())})


def test_an_older_record_that_comes_later_renames_nobody():
    found = internal_ids(records("old:1", "crm:1"), {"old:1": "g", "crm:1": "g"}, known(crm_1="crm:1"))
    assert found.tolist() == ["crm:1", "crm:1"]


def test_of_two_customers_that_are_one_the_larger_gives_the_name_and_it_is_told():
    people = records("a:1", "b:1", "b:2")
    before = known(a_1="a:1", b_1="b:1", b_2="b:1")
    found = internal_ids(people, dict.fromkeys(people["record_id"], "g"), before)
    assert set(found) == {"b:1"}
    changes = id_changes(people["record_id"], found, before)
    assert changes.to_numpy().tolist() == [["a:1", "a:1", "b:1", "merged"]]


def test_a_trial_that_splits_a_customer_leaves_no_trace_once_it_is_one_again():
    people = records("shop:1", "crm:1")  # the shop's is older
    together, alone = {"crm:1": "g", "shop:1": "g"}, {}
    first = people.assign(internal_id=internal_ids(people, together))
    trial = people.assign(internal_id=internal_ids(people, alone, first[["record_id", "internal_id"]]))
    assert trial["internal_id"].tolist() == ["shop:1", "crm:1"]  # who gave the name keeps it
    again = internal_ids(people, together, trial[["record_id", "internal_id"]])
    assert again.tolist() == first["internal_id"].tolist()


def test_of_a_customer_taken_apart_the_larger_part_keeps_the_name_and_no_name_is_given_twice():
    people = records("a:1", "b:1", "c:1")
    before = known(a_1="a:1", b_1="a:1", c_1="a:1")
    found = internal_ids(people, {"a:1": "x", "b:1": "y", "c:1": "y"}, before)
    assert found.tolist() == ["a:1+", "a:1", "a:1"]
    assert id_changes(people["record_id"], found, before)["change"].tolist() == ["split"]
    again = internal_ids(people, {"a:1": "x", "b:1": "y", "c:1": "y"}, known(a_1="a:1+", b_1="a:1", c_1="a:1"))
    assert again.tolist() == found.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_a_system_and_days_that_are_added_renumber_nobody_who_was_neither_merged_nor_split(seed):
    """A newsletter tool comes, older than all: today's shop and crm keep their customers' names."""
    rng = np.random.default_rng(seed)
    crm = pd.DataFrame({"record_id": [f"crm:{i}" for i in range(300)], "email": [f"p{i}@web.de" for i in range(300)]})
    shop = pd.DataFrame({"record_id": [f"shop:{i}" for i in range(300)]})
    shop["email"] = [f"p{i}@web.de" for i in rng.permutation(600)[:300]]
    both = pd.concat([crm, shop], ignore_index=True)
    both["created_at"] = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, len(both)), "D")
    news = pd.DataFrame({"record_id": [f"news:{i}" for i in range(400)], "email": [f"p{i}@web.de" for i in range(400)]})
    first = identify(both, BY_KEYS, key=KEY).persons
    more = pd.concat([both, news.assign(created_at=pd.Timestamp("2010-01-01"))], ignore_index=True)
    ids = first[["record_id", "internal_id"]]
    then = identify(more, BY_KEYS, key=KEY, known=ids)
    names = first.merge(then.persons, on="record_id", suffixes=("", "_then"))
    assert (names["customer_id"] == names["customer_id_then"]).all()
    assert then.changes.empty
    anew = identify(more, BY_KEYS, key=KEY).persons.merge(first, on="record_id", suffixes=("", "_first"))
    assert (anew["customer_id"] != anew["customer_id_first"]).mean() > 0.3  # without memory most would be renumbered


def test_what_a_run_named_is_remembered_and_the_newest_counts(tmp_path):
    path = tmp_path / "decisions" / "demo" / "ids.parquet"
    assert read_ids(path).empty
    remember_ids(path, known(a_1="a:1", b_1="a:1"))
    remember_ids(path, known(b_1="b:1", c_1="c:1"))
    assert read_ids(path).to_numpy().tolist() == [["a:1", "a:1"], ["b:1", "b:1"], ["c:1", "c:1"]]


def test_a_damaged_file_is_named_and_nobody_is_named_anew_in_silence(tmp_path):
    path = tmp_path / "ids.parquet"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(SchemaError, match=r"ids\.parquet: got a file that cannot be read"):
        read_ids(path)
    twice = pd.DataFrame({"record_id": ["a:1", "a:1"], "internal_id": ["a:1", "b:1"]})
    twice.to_parquet(path, index=False)
    with pytest.raises(SchemaError, match="a record with two ids"):
        read_ids(path)
