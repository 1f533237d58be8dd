"""A reduced form of two figures: clean exports land as they are meant, faults do not land in silence."""

from __future__ import annotations

import pytest

from tests.sources.planted import FAULTS, clean_export, outcome, planted

UNSEEN = {
    "two columns swapped in a row",
    "other date form",
    "mojibake letter",
    "decimal mark shifted",
    "day and month swapped",
    "digit dropped",
}
"""Faults whose value could as well be right, in some files or in all."""


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_clean_exports_land_as_they_are_meant(first: int) -> None:
    for seed in range(first, first + 10):
        found = outcome(clean_export(seed))
        assert found.wrong == [], (seed, found.wrong[:3])
        assert not [word for word in found.told if word.startswith(("quarantine", "refused", "set aside"))], seed


@pytest.mark.parametrize("kind", sorted(set(FAULTS) - UNSEEN))
def test_a_fault_that_can_be_seen_is_not_silent(kind: str) -> None:
    silent = [seed for seed in range(3) if planted(kind, seed)]
    assert silent == []


def test_units_sold_for_less_than_nothing_are_told() -> None:
    assert [seed for seed in range(6) if planted("wrong sign", seed)] == []
