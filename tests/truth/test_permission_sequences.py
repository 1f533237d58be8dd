"""Permission over random sequences and over a demo world: nobody reached or blocked against the rules."""

import pytest

from .permission_demo import demo_blocked
from .permission_sequences import OPERATIONS, run_sequences

SEED, WORLDS = 2, 100


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return run_sequences(tmp_path_factory.mktemp("sequences"), SEED, WORLDS)


def test_no_sequence_leads_to_a_place_that_the_rules_close(found):
    assert min(found.done[operation] for operation in OPERATIONS) > WORLDS / 5, "an operation that hardly ever happens"
    assert found.permitted > WORLDS, "where nobody permits anything nothing can leak"
    assert found.leaks == []


def test_no_sequence_blocks_whom_the_rules_permit(found):
    assert found.blocked == []


def test_on_a_demo_world_the_decisions_are_those_of_the_rules(tmp_path):
    compared = demo_blocked(tmp_path, 11, 120)
    assert compared.permitted > 1000
    assert (compared.blocked, compared.leaks) == ([], [])
