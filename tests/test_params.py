"""One dataclass is the only truth about a notebook's parameters."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.params import Params, setting


@dataclass(frozen=True, kw_only=True)
class ShopParams(Params):
    horizon_days: int = setting(56, "days ahead", low=7, high=365, kind="look")
    top_share: float = setting(0.1, "share of customers", low=0.01, high=1.0)
    product: str = setting("tv", "what", choices=("tv", "phone"))


def test_defaults_are_the_base_and_the_own_fields():
    params = ShopParams()
    assert params.names()[:6] == ("dataset", "run_dir", "as_of", "language", "controls", "seed")
    assert (params.horizon_days, params.top_share, params.product, params.seed) == (56, 0.1, "tv", 7)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("horizon_days", 6, "from 7 to 365"),
        ("horizon_days", "soon", "expected int"),
        ("horizon_days", 7.5, "expected int"),
        ("horizon_days", True, "expected int"),
        ("top_share", float("nan"), "from 0.01 to 1.0"),
        ("top_share", float("inf"), "from 0.01 to 1.0"),
        ("product", "tvs", "Did you mean tv?"),
        ("language", "fr", "one of en, de"),
        ("as_of", "31.12.2017", "a day such as 2017-12-31"),
        ("as_of", "2017-02-30", "a day such as 2017-12-31"),
        ("as_of", "2024-W20-1", "a day such as 2017-12-31"),
        ("as_of", "20240620", "a day such as 2017-12-31"),
        ("as_of", "2024-06-20T00:00", "a day such as 2017-12-31"),
        ("as_of", "\u0662024-06-20", "a day such as 2017-12-31"),
        ("as_of", 20240620, "a day such as 2017-12-31"),
        ("as_of", None, "a day such as 2017-12-31"),
        ("controls", "perhaps", "expected bool"),
        ("seed", -1, "from 0 to"),
    ],
)
def test_wrong_value_is_named_with_what_was_expected(name, value, said):
    with pytest.raises(ParamError, match=name) as caught:
        ShopParams.from_given({name: value})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("horizon_days", "30", 30), ("top_share", "0.5", 0.5), ("top_share", 1, 1.0), ("controls", "False", False)],
)
def test_text_of_a_command_line_is_read_as_its_type(name, text, value):
    got = getattr(ShopParams.from_given({name: text}), name)
    assert got == value
    assert type(got) is type(value)


def test_unknown_name_gets_the_nearest():
    with pytest.raises(ParamError, match=r"Did you mean horizon_days\?$"):
        ShopParams.from_given({"horizon_day": 3})


@given(st.text(min_size=1).filter(lambda s: s not in ShopParams.names()))
def test_no_other_name_is_ever_taken(name):
    with pytest.raises(ParamError):
        ShopParams.from_given({name: 1})


def test_parameters_cell_declares_exactly_the_fields_and_their_defaults():
    cell = ShopParams.cell()
    namespace = {}
    exec(cell, namespace)
    assert ShopParams.from_notebook(namespace) == ShopParams()
    assert "horizon_days: int = 56  # days ahead" in cell


def test_notebook_without_its_parameters_cell_is_told_so():
    with pytest.raises(ParamError, match="Run the parameters cell first"):
        ShopParams.from_notebook({})


def test_slider_changes_a_copy_and_checks_it():
    params = ShopParams()
    assert params.with_(horizon_days=30).horizon_days == 30
    assert params.horizon_days == 56
    with pytest.raises(ParamError):
        params.with_(horizon_days=1000)


def test_shown_parameters_name_value_and_meaning():
    assert "| horizon_days | `56` | days ahead |" in ShopParams()._repr_markdown_()
