"""offers.toml is read strictly, and every refusal names the place and the nearest known name."""

from pathlib import Path

import pytest

import rcommerce_helpers
from rcommerce_helpers.campaigns.offers import or_assumed, read_offers
from rcommerce_helpers.errors import NotEnoughData, SchemaError

PACKAGE = Path(rcommerce_helpers.__file__).parent
SMALL = """
[budget]
amount = 10
[[offers]]
id = "tea"
name = "Tea"
category = "TEA"
margin = 2
[[channels]]
id = "email"
cost = 0.01
capacity = 5
"""


def written(tmp_path, text):
    path = tmp_path / "offers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_of_a_small_file(tmp_path):
    offers = read_offers(written(tmp_path, SMALL))
    assert offers.offers[0].uplift_prior.mean == 0.02
    assert offers.offers[0].uplift_prior.sd == 0.02
    assert offers.holdout.share == 0.1
    assert offers.offers[0].remark == ""
    assert [(f.name, f.value) for f in offers.figures] == [("offers_read", 1)]


def test_large_uplift_is_remarked_on_and_capped(tmp_path):
    offers = read_offers(written(tmp_path, SMALL.replace("margin = 2", "margin = 2\nuplift_prior = { mean = 0.3 }")))
    assert offers.offers[0].remark == "larger than 90 % of 6,700 shop tests"
    assert offers.offers[0].believed_uplift == 0.10


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("margn = 2", "margin = 2", "Did you mean margin"),
        ('id = "e-mail"', 'id = "email"', "Did you mean email"),
        ('margin = "2"', "margin = 2", "offers.0.margin"),
        ("amount = -1", "amount = 10", "budget.amount"),
        ('margin = 2\npatterns = ["remnder"]', "margin = 2", "Did you mean reminder"),
        ("capacity = 5\nquiet_hours = [20, 30]", "capacity = 5", "0 to 24"),
        ('[[channels]]\nid="email"\ncost=1\ncapacity=1\n[[channels]]', "[[channels]]", "'email' twice"),
        ("amount = = 1", "amount = 10", "valid toml"),
    ],
)
def test_refusals_name_place_and_remedy(tmp_path, wrong, right, says):
    assert right in SMALL
    with pytest.raises(SchemaError, match=says) as refusal:
        read_offers(written(tmp_path, SMALL.replace(right, wrong)))
    assert "offers.toml" in str(refusal.value)


def test_no_file_is_a_result_not_a_failure(tmp_path):
    with pytest.raises(NotEnoughData, match="offers.toml"):
        read_offers(tmp_path / "offers.toml")


def test_without_a_file_only_assumptions_that_plan_nothing():
    assumed = or_assumed(None)
    assert assumed.budget.amount == 0
    assert assumed.channels[0].capacity == 0
    assert assumed.offers[0].uplift_prior.mean == 0.02
    assert or_assumed(assumed) is assumed


def test_the_template_of_a_new_project_is_valid():
    assert read_offers(PACKAGE / "workspace" / "templates" / "offers.toml").budget.amount > 0


def test_the_shipped_file_is_valid_and_says_that_it_is_assumed():
    path = PACKAGE / "sources" / "public" / "complete_journey" / "offers.toml"
    offers = read_offers(path)
    assert len(offers.offers) >= 5
    assert "ASSUMED" in path.read_text(encoding="utf-8")
