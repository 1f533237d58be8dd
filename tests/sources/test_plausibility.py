"""Wrong mappings that read well are named on their column; a clean shop is left in peace."""

import sys

import pytest
from wrong_mappings import FAULTS, clean_shop

from rcommerce_helpers import cli
from rcommerce_helpers.errors import BrokenExpectation
from rcommerce_helpers.sources import check, land, load_data_set
from rcommerce_helpers.sources.landing import doubts_about, staged

SEED = 5


def doubted(shop, folder) -> set[str]:
    data_set = load_data_set(str(shop.write(folder)))
    (folder / "scratch").mkdir()
    with staged(data_set, folder / "scratch") as workshop:
        found = doubts_about(data_set, workshop)
    return {f"{doubt.table}.{doubt.column}" for doubt in found if doubt.level == "warning"}


@pytest.mark.parametrize("seed", [SEED, 6])
def test_a_clean_shop_raises_no_doubt(tmp_path, seed):
    assert doubted(clean_shop(seed), tmp_path) == set()


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_mapping_is_named_on_its_column(tmp_path, name):
    shop = clean_shop(SEED)
    fault, column = FAULTS[name]
    fault(shop)
    assert column in doubted(shop, tmp_path)


def test_what_looks_wrong_stands_first_with_its_remedy(tmp_path):
    shop = clean_shop(SEED)
    shop.words["amount"] = "price"
    lines = check(load_data_set(str(shop.write(tmp_path)))).lines()
    at = next(n for n, line in enumerate(lines) if "order_lines.amount" in line)
    assert "multiply" in lines[at + 1]
    assert at < next(n for n, line in enumerate(lines) if "rows in" in line)


def test_no_personal_value_is_shown_unless_asked_for(tmp_path):
    shop = clean_shop(SEED)
    data_set = load_data_set(str(shop.write(tmp_path)))
    text = "\n".join(check(data_set).lines())
    one = shop.people.iloc[0]
    private = [one["mail"], one["tel"], one["no"], one["born"], one["zip"]]
    assert [value for value in private if value in text] == []
    assert "aa9@aa.example" in text
    assert [value for value in private if value not in "\n".join(check(data_set, values=True).lines())] == []


def test_values_are_shown_on_a_terminal_only(tmp_path, capsys, monkeypatch):
    path = clean_shop(SEED).write(tmp_path)
    monkeypatch.setattr(sys, "argv", ["rcommerce", "check", str(path), "--show-values"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "terminal" in capsys.readouterr().err


@pytest.mark.parametrize("work", [check, lambda data_set: land(data_set, data_set.path.parent / "landed")])
def test_warnings_beyond_what_is_expected_break_it(tmp_path, work):
    shop = clean_shop(SEED)
    path = shop.write(tmp_path / "good")
    path.write_text(path.read_text(encoding="utf-8") + "[expect]\nwarnings_max = 0\n", encoding="utf-8")
    work(load_data_set(str(path)))
    shop.words["amount"] = "price"
    path = shop.write(tmp_path / "bad")
    path.write_text(path.read_text(encoding="utf-8") + "[expect]\nwarnings_max = 0\n", encoding="utf-8")
    with pytest.raises(BrokenExpectation, match="order_lines.amount"):
        work(load_data_set(str(path)))
    assert not (path.parent / "landed").exists()


def test_each_column_is_shown_as_written_and_as_read(tmp_path):
    shop = clean_shop(SEED)
    shop.words["amount"] = "cents"
    seen = {
        f"{column.table}.{column.column}": column for column in check(load_data_set(str(shop.write(tmp_path)))).as_read
    }
    placed = seen["orders.at"]
    assert placed.origin == "placed"
    written, read = placed.examples[0]
    assert written == shop.orders["placed"].iloc[0]
    assert read == f"{written[6:10]}-{written[3:5]}-{written[:2]}{written[10:]}"
    assert placed.spread.endswith("to 2024-06-30")
    assert seen["order_lines.amount"].examples[0] == (
        str(shop.lines["cents"].iloc[0]),
        f"{shop.lines['cents'].iloc[0]}.0",
    )
    assert seen["order_lines.quantity"].empty_share == 0
