"""The examples in docstrings give the results they show."""

import doctest
import importlib
import pkgutil

import pytest

import rcommerce_helpers

MODULES = sorted(
    m.name for m in pkgutil.walk_packages(rcommerce_helpers.__path__, "rcommerce_helpers.") if "__main__" not in m.name
)


def with_examples() -> list[str]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    modules = [importlib.import_module(name) for name in MODULES]
    return [m.__name__ for m in modules if any(test.examples for test in finder.find(m, m.__name__))]


@pytest.mark.parametrize("name", with_examples())
def test_examples_give_what_they_show(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert found.attempted > 0
    assert found.failed == 0


def test_the_door_and_the_engine_show_how_they_are_used():
    assert {"rcommerce_helpers.engine", "rcommerce_helpers.clock", "rcommerce_helpers.results"} <= set(with_examples())
