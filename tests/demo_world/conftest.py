"""Three small worlds, generated and landed once however many workers there are."""

from __future__ import annotations

from functools import partial

import pytest
from landed_world import LandedWorld, make_world
from whole_runs import once, shared_folder

SEEDS = (11, 12, 13)


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[LandedWorld]:
    shared = shared_folder(tmp_path_factory)
    return [once(shared / f"demo-{seed}", partial(make_world, seed)) for seed in SEEDS]


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> LandedWorld:
    """The first of them, for tests to which one is enough."""
    return once(shared_folder(tmp_path_factory) / f"demo-{SEEDS[0]}", partial(make_world, SEEDS[0]))
