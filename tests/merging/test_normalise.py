"""Comparable spellings, and values that must not link anybody."""

import pandas as pd
import pytest

from rcommerce_helpers.merging.normalise import (
    birth_key,
    company_key,
    email_key,
    fold,
    fold_plain,
    name_key,
    normalise_records,
    phone_key,
    postcode_key,
    region,
    street_key,
)


def test_umlauts_are_known_by_both_spellings():
    assert fold("Müller") == fold("MUELLER") == "mueller"
    assert fold_plain("Müller") == fold("Muller") == "muller"
    assert fold("Groß") == fold("GROSS") == "gross"
    assert fold("Renée Çelik") == "renee celik"


@pytest.mark.parametrize(("written", "key"), [
    ("Dr. Anna-Lena", "anna lena"), ("  O'Neil ", "o neil"), ("n/a", None), ("Test", None), ("", None), (None, None),
])  # fmt: skip
def test_names(written, key):
    assert name_key(written) == key


def test_na_and_null_are_surnames():
    assert name_key("NA") == "na"
    assert name_key("Null") == "null"


@pytest.mark.parametrize(("written", "key"), [
    (" Anna@GMX.de ", "anna@gmx.de"), ("mailto:a.b@c.de", "a.b@c.de"), ("kim@googlemail.com", "kim@gmail.com"),
    ("info@firma.de", None), ("x7y8@marketplace.amazon.de", None), ("noreply@shop.de", None), ("n/a", None),
    ("no mail", None), ("a@b", None), ("anna@example.org", None), (None, None),
])  # fmt: skip
def test_emails(written, key):
    assert email_key(written) == key


@pytest.mark.parametrize(("written", "country", "key"), [
    ("030 / 901 820", None, "+4930901820"), ("+49 (0)30 901820", None, "+4930901820"),
    ("0049 30 901820", "DE", "+4930901820"),
    ("01 58858", "AT", "+43158858"), ("01 58858", "Österreich", "+43158858"), ("000000", None, None),
    ("0123456789", None, None), ("unknown", None, None), ("12", None, None), (None, None, None),
])  # fmt: skip
def test_telephones(written, country, key):
    assert phone_key(written, country) == key


def test_regions():
    assert [region(c) for c in ("de", "UK", "Schweiz", "Atlantis", None)] == ["DE", "GB", "CH", "DE", "DE"]


def test_placeholder_days_are_no_birthdays():
    assert birth_key("1900-01-01") is None
    assert birth_key(pd.Timestamp("1970-01-01")) is None
    assert birth_key(pd.NaT) is None
    assert birth_key("1980-05-17") == "1980-05-17"


@pytest.mark.parametrize(("written", "country", "key"), [
    ("1067", "DE", "01067"), ("D-01067", None, "01067"), ("'01067", None, "01067"), ("1010", "AT", "1010"),
    ("sw1a 1aa", "GB", "SW1A1AA"), ("00000", None, None), (None, None, None),
])  # fmt: skip
def test_postcodes(written, country, key):
    assert postcode_key(written, country) == key


def test_streets_agree_however_they_are_written():
    keys = {
        street_key(s) for s in ("Lange Straße 12 a", "LANGE STRASSE 12A", "Lange Str. 12a", "c/o Meier, Lange Str. 12a")
    }
    assert keys == {"langestr12a"}
    assert street_key("Packstation 123") is None


def test_companies_without_their_legal_form():
    assert company_key("Nord GmbH & Co. KG") == company_key("nord") == "nord"


def test_one_row_per_record_in_the_order_given_with_absent_columns_empty():
    frame = normalise_records(pd.DataFrame({"record_id": ["b:2", "a:1"], "email": ["x@y.de", None]}))
    assert frame["record_id"].tolist() == ["b:2", "a:1"]
    assert frame["source"].tolist() == ["b", "a"]
    assert frame["email"].tolist() == ["x@y.de", None]
    assert frame["given"].isna().all()
