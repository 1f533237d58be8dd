"""What a person corrects counts before what systems hold; entries that cannot be meant are named."""

import json

import pandas as pd
import pytest

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.merging.corrections import check_known, corrected, read_corrections
from rcommerce_helpers.merging.golden import golden_records
from rcommerce_helpers.merging.known import known_records
from rcommerce_helpers.merging.params import MergingParams

PERSONS = pd.DataFrame({"record_id": ["crm:1", "shop:9", "crm:2"], "customer_id": ["c1", "c1", "c2"]})
EVENTS = pd.DataFrame({"customer_id": [], "at": [], "local_at": [], "kind": []})


def entry(record="crm:1", column="email", value='"neu@web.de"', reason="letter", day="2024-06-01"):
    return (
        f'[[correction]]\nrecord_id = "{record}"\ncolumn = "{column}"\nvalue = {value}\n'
        f'reason = "{reason}"\nday = {day}\n'
    )


def written(tmp_path, *entries):
    path = tmp_path / "corrections.toml"
    path.write_text("\n".join(entries), encoding="utf-8")
    return path


def test_the_golden_record_holds_the_corrected_value_and_says_so(landed, tmp_path):
    path = written(
        tmp_path,
        entry(),
        entry(column="birth_date", value="1980-05-17"),
        entry(record="crm:2", column="street", value='""'),
    )
    corrections = read_corrections(path)
    check_known(corrections, landed)
    corrections.to_parquet(landed / "corrections.parquet", index=False)
    records = known_records(landed, "2024-12-31")
    golden = golden_records(records, PERSONS, EVENTS, MergingParams()).customers.set_index("customer_id")
    assert golden.loc["c1", "email"] == "neu@web.de"
    assert str(golden.loc["c1", "birth_date"]) == "1980-05-17"
    assert pd.isna(golden.loc["c2", "street"])
    origins = json.loads(golden.loc["c1", "provenance"])
    assert origins["email"] == "crm:1 corrected"
    assert origins["phone"] == "shop:9"


def test_what_landed_stays_as_it_is(landed, tmp_path):
    before = pd.read_parquet(landed / "source_records.parquet")
    assert "corrected" not in corrected(before, landed)
    assert len(read_corrections(tmp_path / "none.toml")) == 0


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([entry(column="mail")], "correction 1.*column 'mail'"),
        ([entry(column="created_at")], "correction 1.*column"),
        ([entry(), entry(value='"anders@web.de"')], "correction 2.*second value"),
        ([entry(column="birth_date", value='"17.05.1980"')], "correction 1.*no day"),
        ([entry(column="kind", value='"cat"')], "correction 1.*out of no list"),
        ([entry(reason="")], "correction 1.*no reason"),
        ([entry(record="1")], "no record"),
        ([entry(day='"yesterday"')], "no day"),
        (["[[correction]]\nrecord_id = 'crm:1'"], "other keys"),
        (["[other]\nx = 1"], "other sections"),
        (["nonsense"], "no toml"),
    ],
)
def test_an_entry_that_cannot_be_meant_is_named(tmp_path, entries, told):
    with pytest.raises(SchemaError, match=told) as caught:
        read_corrections(written(tmp_path, *entries))
    assert "web.de" not in str(caught.value)


def test_a_record_that_is_not_there_is_named_by_its_entry(landed, tmp_path):
    with pytest.raises(SchemaError, match="correction 2.*not there"):
        check_known(read_corrections(written(tmp_path, entry(), entry(record="crm:99"))), landed)


def test_saying_the_same_twice_is_no_contradiction(tmp_path):
    assert len(read_corrections(written(tmp_path, entry(), entry()))) == 1
