"""Who is the same by decision: files that are as they should be, and files that are not."""

import pandas as pd
import pytest

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.merging.by_hand import check_decided_known, read_decided

DAY = 'reason = "seen"\nday = 2024-06-01\n'


def written(tmp_path, *entries: tuple[str, str]):
    path = tmp_path / "identity.toml"
    path.write_text("\n".join(f"[[{verdict}]]\nrecords = {records}\n{DAY}" for verdict, records in entries))
    return path


def test_three_records_of_one_person_are_three_pairs(tmp_path):
    path = written(tmp_path, ("same", '["shop:1", "crm:1", "news:1"]'), ("different", '["crm:1", "crm:2"]'))
    pairs = read_decided(path)
    assert pairs[["record_a", "record_b", "verdict"]].to_numpy().tolist() == [
        ["crm:1", "crm:2", "different"], ["crm:1", "news:1", "same"], ["crm:1", "shop:1", "same"],
        ["news:1", "shop:1", "same"],
    ]  # fmt: skip
    assert set(pairs["day"]) == {"2024-06-01"}
    assert read_decided(tmp_path / "none.toml").empty


def test_decisions_that_contradict_each_other_through_a_third_record_are_refused(tmp_path):
    entries = ("same", '["a:1", "b:1"]'), ("same", '["b:1", "c:1"]'), ("different", '["c:1", "a:1"]')
    with pytest.raises(SchemaError, match="a:1 and c:1 as different, and by other entries as the same"):
        read_decided(written(tmp_path, *entries))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[same]]\nrecords = [", "no toml"),
        (f'[[alike]]\nrecords = ["a:1", "b:1"]\n{DAY}', "other sections"),
        (f'[[same]]\nrecords = ["a:1", "a:1"]\n{DAY}', "no two records"),
        (f'[[same]]\nrecords = ["1", "2"]\n{DAY}', "no two records"),
        ('[[same]]\nrecords = ["a:1", "b:1"]\nreason = "x"\nday = "2024-06-01"\n', "no day"),
        ('[[same]]\nrecords = ["a:1", "b:1"]\nreason = " "\nday = 2024-06-01\n', "no reason"),
        ('[[same]]\nrecords = ["a:1", "b:1"]\nday = 2024-06-01\n', "other keys"),
    ],
)
def test_an_entry_that_is_not_as_it_should_be_is_named(tmp_path, text, words):
    path = tmp_path / "identity.toml"
    path.write_text(text)
    with pytest.raises(SchemaError, match=words):
        read_decided(path)


def test_a_record_that_did_not_land_is_refused(tmp_path):
    pairs = read_decided(written(tmp_path, ("same", '["crm:1", "crm:9"]')))
    pd.DataFrame({"record_id": ["crm:1"]}).to_parquet(tmp_path / "source_records.parquet", index=False)
    with pytest.raises(SchemaError, match="a record that is not there"):
        check_decided_known(pairs, tmp_path)
