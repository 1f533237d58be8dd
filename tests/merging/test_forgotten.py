"""Marks of forgotten people: theirs is known again, nobody else's is taken, whatever comes in which order."""

import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.merging.forgotten import NO_MARKS, Marks
from rcommerce_helpers.merging.rights import People, find_person, own_words
from rcommerce_helpers.sources import land, load_data_set
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.sources.forgotten import set_apart

FAMILY = "familie@web.de"
EMPTY = Marks(NO_MARKS, bytes(range(32)))


def record(record_id, given=None, **more):
    return {"record_id": record_id, "given_name": given, "email": None, "phone": None, "birth_date": None} | more


ANNA = record("crm:1", "Anna Maria", email=FAMILY, phone="030 90182015", birth_date="1980-05-17")
BEN = record("crm:2", "Ben", email=FAMILY)


def theirs(new, *, mine=(ANNA,), others=(BEN,)):
    marks = EMPTY.with_person(pd.DataFrame(list(mine)), pd.DataFrame(list(others)))
    return bool(marks.theirs(pd.DataFrame([new])).iloc[0])


@pytest.mark.parametrize(
    "new",
    [
        record("crm:1", "Somebody"),
        record("shop:1", "Anna", email=" FAMILIE@web.de"),
        record("shop:1", "A.", email=FAMILY),
        record("shop:1", "Dr. Anna Maria", email=FAMILY, birth_date="1980-17-05"),
        record("shop:1", None, phone="+49 30 90182015"),
        record("shop:1", "Anna", phone="+49 30 90182015", birth_date="1980-05-18"),
    ],
)
def test_a_record_of_hers_is_known(new):
    assert theirs(new)


@pytest.mark.parametrize(
    "new",
    [
        BEN,
        record("shop:2", "Anna Lena", email=FAMILY),
        record("shop:2", None, email=FAMILY),
        record("shop:2", "Anna", email=FAMILY, birth_date="1955-05-17"),
        record("shop:2", "Anna"),
        record("shop:2", "Ben", phone="030 90182015"),
        record("crm:11", "Anna Maria", email="info@web.de"),
    ],
)
def test_a_record_of_somebody_else_is_not(new):
    assert not theirs(new)


def test_a_mailbox_that_proves_shared_at_a_later_import_is_nobodys_own():
    marks = EMPTY.with_person(pd.DataFrame([ANNA]), pd.DataFrame([record("crm:5", "Cem")]))
    alone = pd.DataFrame([record("news:1", email=FAMILY)])
    assert marks.theirs(alone).to_list() == [True]
    assert marks.theirs(pd.concat([alone, pd.DataFrame([BEN])])).to_list() == [False, False]


def test_marks_name_nobody():
    table = EMPTY.with_person(pd.DataFrame([ANNA]), pd.DataFrame([BEN])).table
    text = table.to_string().casefold()
    assert not any(word in text for word in ("anna", FAMILY, "crm:1", "90182015", "1980"))
    assert table["mark"].str.fullmatch("[0-9a-f]{64}").all()
    assert EMPTY.secret.hex() not in repr(EMPTY)
    other = Marks(NO_MARKS, bytes(32)).with_person(pd.DataFrame([ANNA]), pd.DataFrame([BEN])).table
    assert not set(table["mark"]) & set(other["mark"])


def test_the_same_number_in_another_data_set_is_somebody_else():
    marks = EMPTY.within("shop").with_person(pd.DataFrame([ANNA]), pd.DataFrame([BEN]))
    same = pd.DataFrame([record("crm:1", "Cem"), record("crm:9", "Anna", email=FAMILY)])
    assert marks.theirs(same).to_list() == [True, True]
    assert marks.within("another").theirs(same).to_list() == [False, True]


def people(records, groups):
    persons = pd.DataFrame({"record_id": list(groups), "customer_id": list(groups.values())}, dtype=object)
    return People(pd.DataFrame(records), persons)


def test_a_person_is_found_by_what_they_know_and_the_newest_run_decides():
    old = people([ANNA, BEN, record("shop:7")], {"crm:1": "c1", "crm:2": "c1", "shop:7": "c1"})
    new = people([ANNA, BEN | {"email": "ben@web.de"}], {"crm:1": "c2", "crm:2": "c3"})
    for text in (FAMILY, "crm:1", "c2"):
        found = find_person([new, old], text)
        assert found.records == {"crm:1", "shop:7"}
        assert {"c1", "c2"} == found.customers
    with pytest.raises(ParamError, match="fits 2 customers"):
        find_person([people([ANNA, BEN], {"crm:1": "c1", "crm:2": "c2"})], FAMILY)
    with pytest.raises(ParamError, match="fits nobody"):
        find_person([new, old], "")


def test_words_are_a_persons_own_only_where_nobody_else_has_them():
    mine = ANNA | {"family_name": "Koch", "street": "Weg 3", "customer_number": "4711"}
    other = BEN | {"family_name": "Koch", "street": "Weg 3"}
    words = own_words(pd.DataFrame([mine]), pd.DataFrame([other]))
    assert FAMILY not in words.phrases
    assert "weg 3" not in {p.casefold() for p in words.phrases}
    assert "koch" not in words.names
    assert {"crm:1", "anna maria koch", "koch, anna maria"} <= words.phrases
    assert "4711" in words.cells
    assert "4711" not in words.phrases
    assert words.numbers == {"3090182015"}


SOURCES = """
[data_set]
name = "tiny"
title = "Tiny"
as_of = 2024-06-30
currency = "EUR"
time_zone = "UTC"
tax = "included"
[files.crm]
path = "crm.csv"
source = "crm"
[files.orders]
path = "orders.csv"
source = "crm"
[[tables.source_records]]
from = "crm"
columns = { record_id = "id", given_name = "given", email = "mail" }
[[tables.orders]]
from = "orders"
columns = { order_id = "no", record_id = "who", at = "when" }
"""
NAMES = ("Anna", "Ben", "Cem", "Dora")


def export(folder: Path, people_in_it: list[int], version: int) -> str:
    """One export: everybody shares a mailbox with a neighbour; ``version`` 1 gives each person a new record."""
    rows = [f"{i},{NAMES[i]},box{i // 2}@web.de" for i in people_in_it]
    rows += [f"new{i},{NAMES[i]},box{i // 2}@web.de" for i in people_in_it if version]
    (folder / "crm.csv").write_text("\n".join(["id,given,mail", *rows, "x,Xaver,x@web.de"]), encoding="utf-8")
    orders = [f"o{i},{i},2024-01-0{i + 1}" for i in range(len(NAMES))]
    (folder / "orders.csv").write_text("\n".join(["no,who,when", *orders]), encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return str(folder)


imports = st.tuples(st.lists(st.integers(0, 3), unique=True), st.integers(0, 1))
steps = st.lists(st.one_of(imports, st.integers(0, 3)), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_whatever_comes_in_which_order_nobody_comes_back_and_nobody_else_goes(moves):
    """A step is an import of some people, or the number of one who is forgotten in all that landed so far."""
    with tempfile.TemporaryDirectory() as folder:
        root, marks, gone, landings = Path(folder), EMPTY, set(), []
        for n, move in enumerate(moves):
            if isinstance(move, tuple):
                landed = root / f"landed{n}"
                land(load_data_set(export(root, *move)), landed, forgotten=marks)
                landings.append((landed, move))
            else:
                everybody = pd.DataFrame([record(f"crm:{i}", NAMES[i], email=f"box{i // 2}@web.de") for i in range(4)])
                mine = everybody["record_id"] == f"crm:{move}"
                marks = marks.within("tiny").with_person(everybody[mine], everybody[~mine])
                gone.add(move)
                for landed, _ in landings:
                    set_apart(landed, marks, stand_in="forgotten:1")
            for landed, (there, version) in landings:
                check(landed, gone, there, version)


def check(landed: Path, gone: set[int], there: list[int], version: int) -> None:
    records = set(pd.read_parquet(landed / "source_records.parquet")["record_id"])
    stay = {i for i in there if i not in gone}
    assert records == {f"crm:{i}" for i in stay} | {f"crm:new{i}" for i in stay if version} | {"crm:x"}
    orders = pd.read_parquet(landed / "orders.parquet")
    assert len(orders) == len(NAMES)
    assert set(orders["record_id"].dropna()) - {"forgotten:1"} == {f"crm:{i}" for i in range(4) if i not in gone}
    for count in read_facts(landed).counts.values():
        assert count.rows_in == count.landed + count.quarantined + sum(count.set_aside.values())
