"""The traps of real customer files are in the world: twins, juniors, married names, shared and relay addresses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers.demo_world.network import build_network
from rcommerce_helpers.demo_world.people import GIVEN, People, build_people
from rcommerce_helpers.demo_world.records import SYSTEM, Records, build_records


@pytest.fixture(scope="module")
def people() -> People:
    return build_people(21, 0, 20_000, 0)


@pytest.fixture(scope="module")
def records(people: People) -> Records:
    return build_records(21, 0, people)


def _frame(people: People) -> pd.DataFrame:
    names = ("household", "female", "birth", "given", "family", "family_before", "moved")
    return pd.DataFrame({name: getattr(people, name) for name in names})


def _pairs_in_households(people: People) -> pd.DataFrame:
    frame = _frame(people)
    both = frame.merge(frame, on="household", suffixes=("", "_other"))
    return both[(both.birth < both.birth_other) | ((both.birth == both.birth_other) & (both.given != both.given_other))]


def test_twins_share_birthday_name_and_address_but_not_the_first_name(people: People) -> None:
    twins = _pairs_in_households(people).query("birth == birth_other and family == family_other")
    assert len(twins) > 20
    assert (twins.given != twins.given_other).all()


def test_juniors_carry_the_first_and_last_name_of_a_parent(people: People) -> None:
    juniors = _pairs_in_households(people).query("given == given_other and family == family_other")
    assert len(juniors) > 20
    assert ((juniors.birth_other - juniors.birth) / 365.25).between(15, 60).all()


def test_children_are_younger_than_parents_and_nobody_is_under_eighteen(people: People) -> None:
    end = (pd.Timestamp("2026-09-30") - pd.Timestamp("1970-01-01")).days
    age = (end - people.birth) / 365.25
    assert age.min() >= 18
    assert age.max() < 95


def test_brothers_and_sisters_are_a_year_apart_and_not_called_alike(people: People) -> None:
    frame = _frame(people)
    late = frame[frame.groupby("household").cumcount() >= 2]
    both = late.reset_index().merge(late.reset_index(), on="household", suffixes=("", "_other"))
    both = both[both["index"] < both.index_other]
    assert len(both) > 50
    assert ((both.birth - both.birth_other).abs() >= 365).all()
    assert (both.given != both.given_other).all()


def test_married_names_and_moves_leave_two_spellings_of_one_person(people: People, records: Records) -> None:
    changed = np.flatnonzero(people.family != people.family_before)
    assert people.female[changed].all()
    text = records.text.to_pandas().assign(person=records.person)
    moved = text[text.person.isin(np.flatnonzero(people.moved)) & text.postcode.notna()]
    several = moved.groupby("person").postcode.nunique()
    assert 0.2 < (several > 1).mean() < 0.8


def test_shared_and_relay_addresses_occur(records: Records) -> None:
    text = records.text.to_pandas().assign(person=records.person, system=records.system)
    assert text.email.str.startswith("info@", na=False).sum() > 50
    relay = text[text.email.str.endswith("@kunde.marktplatz-beispiel.de", na=False)]
    assert set(relay.system) == {SYSTEM["guest"]}
    assert relay.email.is_unique
    owners = text[text.email.str.startswith("familie.", na=False)].groupby("email").person.nunique()
    assert (owners > 1).sum() > 100


def test_umlauts_are_written_in_three_ways(people: People, records: Records) -> None:
    text = records.text.to_pandas().assign(person=records.person)
    given = GIVEN.index("Jürgen")
    spelled = text[text.person.isin(np.flatnonzero(people.given == given))].given.value_counts(normalize=True)
    assert spelled["Jürgen"] > 0.5
    assert 0.1 < spelled["Juergen"] < 0.4
    assert 0.01 < spelled["Jurgen"] < 0.12


def test_friendships_by_likeness_join_alike_people_and_the_others_do_not(people: People) -> None:
    network = build_network(21, 0, people)
    gap = np.abs(people.trait[network.one] - people.trait[network.other])
    assert gap[network.alike].mean() < 0.5 * gap[~network.alike].mean()
    assert abs(gap[network.influence].mean() - gap[~network.influence].mean()) < 0.05
    assert (people.household[network.one] != people.household[network.other]).all()
