"""Columns that came, went, were renamed or are written in another way since the last run are told before all else."""

import json

import pytest
from landing_kit import Shop

from rcommerce_helpers.engine import connect
from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import check, load_data_set
from rcommerce_helpers.sources.changes import HASHES
from rcommerce_helpers.sources.facts import read_facts

HEADER = "no,who,when,paid,note\n"
ROWS = [f"{n},customer{n % 40},2024-06-{n % 28 + 1:02},{n}.50,x{n}\n" for n in range(1, 200)]


def changed(tmp_path, text):
    shop = Shop(tmp_path).write(HEADER + "".join(ROWS))
    first = shop.land().facts
    assert first.changes == ()
    shop.write(text)
    return shop


def test_nothing_is_told_of_more_rows(tmp_path):
    shop = changed(tmp_path, HEADER + "".join(ROWS) + "900,new,2024-06-03,7,x\n")
    assert shop.land().facts.changes == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEADER.replace("note", "remark") + "".join(ROWS), ["'note' is gone; 'remark' is new and holds the same"]),
        (HEADER.replace("note", "remark") + "".join(r.replace(",x", ",other") for r in ROWS),
         ["'note' is gone", "'remark' is new"]),
        (HEADER.replace(",note", "") + "".join(r.rpartition(",")[0] + "\n" for r in ROWS), ["'note' is gone"]),
        (HEADER.replace("note", "note,more") + "".join(r.strip() + ",1\n" for r in ROWS), ["'more' is new"]),
        (HEADER + "".join(r.replace(".50", ".x") for r in ROWS), ["'paid' was numbers with a point, and is text"]),
        (HEADER + "".join(f"{n},customer{n % 40},2024-06-01,{n},x{n}\n" for n in range(1, 200)), []),
    ],
)  # fmt: skip
def test_each_change_is_told(tmp_path, text, told):
    shop = changed(tmp_path, text)
    found = check(load_data_set(str(shop.describe())), previous=shop.landed)
    assert len(found.facts.changes) == len(told)
    for words, line in zip(told, found.facts.changes):
        assert line.startswith("orders: column ")
        assert words in line
    assert ("Columns since the last run" in found.lines()) == bool(told)


def test_a_renamed_column_that_is_mapped_is_told_with_the_refusal(tmp_path):
    shop = changed(tmp_path, HEADER.replace("who", "kunde") + "".join(ROWS))
    with pytest.raises(
        SchemaError, match=r"no column 'who'.*Since the last run: orders: column 'who' is gone; 'kunde'"
    ):
        shop.land()
    assert (shop.landed / "columns.json").exists(), "the earlier landing stays"


def test_what_is_kept_of_values_says_none_of_them(tmp_path):
    shop = changed(tmp_path, HEADER.replace("note", "remark") + "".join(ROWS))
    shop.land()
    assert len(read_facts(shop.landed).changes) == 1
    kept = (shop.landed / "columns.json").read_text()
    assert "customer1" not in kept
    assert all(len(c["sketch"]) <= 32 for c in json.loads(kept)["orders"].values())


def test_another_date_form_is_told_with_the_refusal(tmp_path):
    shop = changed(tmp_path, HEADER + "".join(f'{n},customer,05.06.2024,"{n},50",x{n}\n' for n in range(1, 200)))
    words = "none usable.*'when' was days as 2024-03-05, and is days as 05.03.2024; .* is numbers with a comma"
    with pytest.raises(SchemaError, match=words):
        shop.land()


def test_no_telephone_number_is_known_by_the_sketch_of_its_column(tmp_path):
    """Of all numbers of one area several have the hash of each number that is kept."""
    rows = "".join(f"{n},c{n},2024-06-01,1,+491705{n:06}\n" for n in range(200))
    shop = Shop(tmp_path).write(HEADER + rows)
    shop.land()
    kept = json.loads((shop.landed / "columns.json").read_text(encoding="utf-8"))["orders"]["note"]["sketch"]
    with connect() as connection:
        shared = connection.execute(
            "select count(*) from (select md5_number_lower(concat('+49170', cast(n as varchar))) as v "
            "from range(4000000, 7000000) r(n)) where list_contains($1, v % $2) or list_contains($1, v)",
            [[int(one) for one in kept], HASHES],
        ).fetchall()[0][0]
    assert shared > 2 * len(kept)
