"""Names for people that nobody can compute without the key, and that no two people share."""

import hashlib
import hmac
import re

import pandas as pd
import pytest
from known_key import KEY

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.merging import pseudonyms as room
from rcommerce_helpers.merging.contact_points import contact_points
from rcommerce_helpers.merging.households import household_ids
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey, pseudonyms

OTHER = ProjectKey(bytes(KEY_BYTES))
EXACT = MergingParams(matching="exact")
RECORDS = pd.DataFrame(
    {
        "record_id": [f"crm:{number}" for number in range(6)],
        "given_name": ["Eva", "Tim", "Kim", "Eva", "Ole", "Ida"],
        "family_name": ["Ott", "Ott", "Voss", "Ott", "Ott", "Voss"],
        "email": ["e@gmx.de", "t@gmx.de", "k@gmx.de", "e@gmx.de", "o@gmx.de", "i@gmx.de"],
        "street": ["Am Ring 1", "Am Ring 1", "Gasse 2", "Feld 3", "Feld 3", "Gasse 2"],
        "postcode": "10115",
        "company_name": ["Nord GmbH", None, "Nord", None, None, None],
        "created_at": pd.to_datetime("2021-01-01"),
    }
)
NAMED = ("customer_id", "household_id", "company_id")


def test_a_name_is_eighty_bits_of_hmac_sha256_of_its_kind_and_thing():
    expected = hmac.new(KEY.secret, b"c:crm:1", hashlib.sha256).hexdigest()[:20]
    assert pseudonyms("c", ["crm:1"], KEY) == {"crm:1": f"c{expected}"}


def test_two_kinds_of_things_share_nothing_under_one_text():
    assert pseudonyms("c", ["x"], KEY)["x"][1:] != pseudonyms("h", ["x"], KEY)["x"][1:]


def test_two_things_under_one_name_are_refused(monkeypatch):
    monkeypatch.setattr(room, "DIGITS", 1)
    with pytest.raises(SchemaError, match="would share"):
        pseudonyms("c", [f"crm:{number}" for number in range(17)], KEY)
    with pytest.raises(SchemaError, match="would share"):
        identify(
            pd.concat([RECORDS.assign(record_id=f"crm:{i}", email=f"{i}@x.de") for i in range(17)]), EXACT, key=KEY
        )


def test_another_key_names_everybody_anew_and_changes_nothing_else():
    one, other = (identify(RECORDS, EXACT, key=key).persons for key in (KEY, OTHER))
    assert one.drop(columns=list(NAMED)).equals(other.drop(columns=list(NAMED)))
    for column in NAMED:
        both = pd.DataFrame({"one": one[column], "other": other[column]}).dropna()
        assert len(both)
        assert not set(one[column].dropna()) & set(other[column].dropna())
        assert both.groupby("one")["other"].nunique().eq(1).all()
        assert both.groupby("other")["one"].nunique().eq(1).all()


def test_every_name_of_merging_needs_the_key():
    """Household, firm and letter box too: none is a hash of what anybody may know."""
    persons = identify(RECORDS, EXACT, key=KEY).persons
    said = pd.DataFrame({"customer_id": persons["customer_id"].unique()})
    said = said.assign(purpose="marketing", channel="any", contact_point="", allowed=True, since=pd.NaT, why="granted")
    boxes = [
        contact_points(said, RECORDS, persons, as_of="2024-12-31", key=key).table["letter_box"] for key in (KEY, OTHER)
    ]
    assert all(re.fullmatch(r"(b[0-9a-f]{20})?", box) for box in boxes[0])
    assert not (set(boxes[0]) & set(boxes[1])) - {""}
    assert boxes[0].nunique() == boxes[1].nunique() == 4  # three addresses and none


def test_the_key_is_not_shown():
    assert KEY.secret.hex() not in f"{KEY!r} {KEY} {KEY.digest} {[KEY]} {vars(pytest)}"
    assert "secret" not in repr(KEY)
    assert KEY.digest != OTHER.digest


def test_homes_of_one_person_are_the_same_households_under_every_key():
    """A person with two homes, each shared with another: who is counted where must not hang on the names."""
    homes = pd.DataFrame(
        {
            "record_id": ["a:1", "a:2", "a:3", "a:4"],
            "customer_id": ["one", "one", "two", "three"],
            "family": "ott",
            "street": ["ring", "gasse", "ring", "gasse"],
            "postcode": "10115",
        }
    )
    told = set()
    for names in (("x", "y", "z"), ("z", "y", "x"), ("y", "x", "z"), ("y", "z", "x")):
        renamed = homes.assign(customer_id=homes["customer_id"].map(dict(zip(("one", "two", "three"), names))))
        told.add(tuple(household_ids(renamed, KEY)))
    assert len(told) == 1
