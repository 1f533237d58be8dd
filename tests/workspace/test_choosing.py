"""The guide on a page: what a person picks is written, what is not offered is refused, no person is shown."""

from pathlib import Path

import pytest
from IPython.display import Markdown
from test_controls import a_run

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.sources.config import read_config
from rcommerce_helpers.sources.guide import propose, write_toml
from rcommerce_helpers.sources.guide.choices import NOTHING, choices, with_choices
from rcommerce_helpers.workspace.controls import choose

PEOPLE = "Kundennr;Vorname;Nachname;E-Mail;Ort;Land;angelegt am\n" + "".join(
    f"{i};Ida;{('Kühn', 'Baum')[i % 2]};k{i}@post.example;Köln;DE;{i % 9 + 1:02}.03.2024\n" for i in range(30)
)
ORDERS = "Bestellnr;Kundennr;Bestelldatum;Lieferdatum;Kanal;Gesamt;Netto gesamt;Kontaktperson\n" + "".join(
    f"B{i};{i % 30};{i % 28 + 1:02}.04.2024;{i % 28 + 1:02}.05.2024;{('web', 'app')[i % 2]};"
    f"1.0{i:02},50;{900 + i},50;Ida Kühn\n"
    for i in range(60)
)


@pytest.fixture
def exports(tmp_path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "kunden.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "bestellungen.csv").write_text(ORDERS, encoding="utf-8")
    return folder


def place(proposal, table: str, column: str):
    return next(one for one in choices(proposal) if (one.table, one.column) == (table, column))


def test_each_line_offers_what_its_values_allow_and_shows_how_it_is_read(exports):
    proposal = propose(exports, "shop")
    day, paid = place(proposal, "orders", "at"), place(proposal, "order_lines", "amount")
    assert (day.proposed, day.instead) == ("Bestelldatum", ("Lieferdatum",))
    assert day.examples[0] == ("01.04.2024", "2024-04-01")
    assert paid.examples[0] == ("1.000,50", "1000.5")
    assert "Netto gesamt" in paid.instead
    assert [one.sure for one in choices(proposal)] == sorted(
        (one.sure for one in choices(proposal)), key=("unsure", "likely", "sure").index
    )


def test_no_hand_makes_a_personal_column_a_harmless_one(exports):
    proposal = propose(exports, "shop")
    for one in choices(proposal):
        if one.column in {"channel", "country"}:
            assert not {"Kontaktperson", "Nachname", "Vorname", "E-Mail"} & set(one.instead)
    channel = place(proposal, "orders", "channel")
    with pytest.raises(ParamError, match="one of the columns offered"):
        with_choices(proposal, {(channel.at, "channel"): "Kontaktperson"})


def test_what_is_picked_is_written_and_the_proposal_stays(exports, tmp_path):
    proposal = propose(exports, "shop")
    before = write_toml(proposal)
    day, channel = place(proposal, "orders", "at"), place(proposal, "orders", "channel")
    picked = {(day.at, "at"): "Lieferdatum", (channel.at, "channel"): NOTHING}
    (tmp_path / "sources.toml").write_text(write_toml(with_choices(proposal, picked)), encoding="utf-8")
    columns = read_config(tmp_path / "sources.toml").tables["orders"][0].columns
    assert columns["at"].column == "Lieferdatum"
    assert "channel" not in columns
    assert write_toml(proposal) == before


def test_the_button_writes_the_project_and_shows_what_check_says(exports, tmp_path):
    run = a_run(tmp_path)
    *rows, folder, button, note = choose(run, str(exports)).children
    pick = next(row.children[0] for row in rows if row.children[0].description == "orders.at")
    pick.value = "Lieferdatum"
    folder.value = str(tmp_path / "shop")
    button.click()
    assert read_config(tmp_path / "shop" / "sources.toml").tables["orders"][0].columns["at"].column == "Lieferdatum"
    assert "orders" in note.value
    assert "post.example" not in note.value
    button.click()
    assert "there already" in note.value
    assert not any("k1@" in row.children[1].value for row in rows)


def test_without_controls_a_table_stands_there_and_without_exports_a_line(exports, tmp_path):
    table = choose(a_run(tmp_path, controls=False), str(exports))
    assert "| orders.at | bestellungen.csv: Bestelldatum |" in table.data
    assert "post.example" not in table.data
    assert "Ordner" in choose(a_run(tmp_path, language="de"), "").data
    assert isinstance(choose(a_run(tmp_path), str(tmp_path / "nowhere")), Markdown)
