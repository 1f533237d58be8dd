"""No stage obtains a person who did not permit its purpose: a small world, several histories (the figure has more)."""

import pytest
from truth.door import Shop, leaks


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return Shop(tmp_path_factory.mktemp("shop"), seed=31, persons=100)


@pytest.mark.parametrize("history", range(3))
def test_no_stage_can_obtain_what_was_not_permitted(shop, history):
    assert leaks(shop, history) == 0
