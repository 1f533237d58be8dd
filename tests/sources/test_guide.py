"""The guide: a stranger's folder becomes a sources.toml that lands it rightly, and says what it does not know."""

import gzip
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from guide_truth import compare, compare_stranger
from hypothesis import given, settings
from hypothesis import strategies as st
from preset_samples import SAMPLES
from stranger_exports import later_strangers, strangers
from walk_exports import Truth, write_exports

from rcommerce_helpers.errors import ParamError, SchemaError
from rcommerce_helpers.sources import check, land, load_data_set
from rcommerce_helpers.sources.config import read_config
from rcommerce_helpers.sources.guide import propose, roles, write_toml
from rcommerce_helpers.sources.guide.profile import decimal_marks, looks_personal, profile
from rcommerce_helpers.sources.guide.sniff import sniff
from rcommerce_helpers.sources.landed import read_landed
from rcommerce_helpers.workspace.project import write_project

pytestmark = pytest.mark.usefixtures("without_fence")


@pytest.fixture(scope="module")
def walk(tmp_path_factory) -> tuple[Path, Truth]:
    """A project made from the six exports of the walk."""
    folder = tmp_path_factory.mktemp("walk")
    truth = write_exports(folder / "given", people=300)
    write_project(folder / "roesterei", folder / "given")
    return folder / "roesterei", truth


@pytest.fixture(scope="module")
def report(walk, without_fence):
    return check(load_data_set(str(walk[0])))


def test_six_exports_land_to_the_cent_without_a_line_written_by_hand(walk, report):
    project, truth = walk
    landed = project / "landed"
    quarantine = land(load_data_set(str(project)), landed).quarantine
    assert quarantine.empty
    net = report.bridge.set_index("step")["amount"]["net"]
    assert round(net * 100) == truth.net
    orders = read_landed(landed, "orders")
    assert (len(orders), int((orders["status"] == "cancelled").sum())) == (truth.orders, truth.cancelled)
    assert round(read_landed(landed, "invoices")["amount"].sum() * 100) == truth.booked
    assert len(read_landed(landed, "service_cases")) == truth.tickets
    assert len(read_landed(landed, "feedback")) == truth.reviews


def test_every_no_of_every_system_arrives(walk):
    project, truth = walk
    land(load_data_set(str(project)), project / "landed")
    said = read_landed(project / "landed", "permissions")
    assert set(said.loc[said["decision"] != "granted", "contact_point"]) == truth.no_mail


def test_the_books_and_the_orders_agree_key_by_key(report):
    assert [one.differ for one in report.reconciled] == [(0, 0.0), (0, 0.0)]
    books, own = report.reconciled
    assert own.only_here == own.only_there == (0, 0.0)
    assert books.agree > 100
    assert books.only_there == (0, 0.0)


def test_nothing_looks_wrong_in_what_is_right(report):
    assert [doubt for doubt in report.doubts if doubt.level == "warning"] == []


def test_the_text_shows_no_person(walk):
    text = (walk[0] / "sources.toml").read_text(encoding="utf-8")
    assert "@post.example" not in text
    assert not any(name in text for name in ("Müller", "Özdemir", "Gartenstraße", "5550"))


def test_exports_are_copied_for_their_owner_only(walk):
    copies = list((walk[0] / "exports").iterdir())
    assert len(copies) == 6
    assert {path.stat().st_mode & 0o777 for path in copies} == {0o600}


CUSTOMERS = (
    "Kunden-Nr.;Vorname;Nachname;E-Mail;PLZ\n007;Jörg;Müller;j@post.example;01067\n8;Ida;Kühn;i@post.example;04109\n"
)
LINES = (
    "Auftragsnr;Kunden-Nr.;Datum;Artikelnr;Bezeichnung;Menge;Einzelpreis;Gesamt\n"
    "1;007;29.06.2024 18:05;A1;Kanne;2;10,50;21,00\n1;007;29.06.2024 18:05;B1;Sieb;1;1.234,50;1.234,50\n"
    "2;8;30.06.2024 10:00;A1;Kanne;1;10,50;10,50\n"
)


def proposed(folder: Path, **files: str) -> tuple[Path, object]:
    """A project for files given by name and text."""
    (folder / "given").mkdir()
    for name, text in files.items():
        (folder / "given" / f"{name}.csv").write_text(text, encoding="cp1252", newline="")
    started = write_project(folder / "shop", folder / "given")
    return folder / "shop", started


def test_files_that_no_preset_knows_are_read_by_names_and_values(tmp_path):
    project, _ = proposed(tmp_path, kunden=CUSTOMERS, positionen=LINES)
    config = read_config(project / "sources.toml")
    lines = config.tables["order_lines"][0].columns
    assert {c: m.column for c, m in lines.items()} == {
        "order_id": "Auftragsnr", "product_id": "Artikelnr", "quantity": "Menge", "amount": "Gesamt",
    }  # fmt: skip
    landed = tmp_path / "landed"
    assert land(load_data_set(str(project)), landed).quarantine.empty
    assert read_landed(landed, "order_lines")["amount"].to_list() == [21.0, 1234.5, 10.5]
    orders, people = read_landed(landed, "orders"), read_landed(landed, "source_records")
    assert orders["record_id"].to_list() == ["kunden:007", "kunden:8"]  # the shop's numbers are those of the list
    assert people["record_id"].to_list() == ["kunden:007", "kunden:8"]
    assert people["postcode"].to_list() == ["01067", "04109"]


def test_a_price_of_one_is_multiplied_and_a_total_is_not(tmp_path):
    head = "order no,sku,qty,amount,date\n"
    rows = [
        (order, sku, qty) for order in range(1, 40) for sku, qty in ((order % 5, 1), (5 + order % 3, 1 + order % 4))
    ]
    prices = {sku: 3.5 + sku for sku in range(8)}
    unit = head + "".join(f"{o},P{s},{q},{prices[s]:.2f},2024-05-{o % 28 + 1:02}\n" for o, s, q in rows)
    whole = head + "".join(f"{o},P{s},{q},{prices[s] * q:.2f},2024-05-{o % 28 + 1:02}\n" for o, s, q in rows)
    for name, text in (("unit", unit), ("whole", whole)):
        (tmp_path / name).mkdir()
        project, _ = proposed(tmp_path / name, lines=text)
        land(load_data_set(str(project)), tmp_path / name / "landed")
        paid = read_landed(tmp_path / name / "landed", "order_lines")["amount"].sum()
        assert paid == pytest.approx(sum(prices[s] * q for _, s, q in rows)), name


def test_a_personal_column_is_mapped_as_what_it_is_or_not_at_all(tmp_path):
    """Streets under the name of a channel, mails under that of a shop, telephone numbers under that of a country."""
    rows = "".join(
        f"{i},2024-03-{i % 28 + 1:02},Gartenweg {i % 9},p{i % 9}@post.example,+49 170 555{i % 9:04},{i}.50\n"
        for i in range(1, 60)
    )
    project, _ = proposed(tmp_path, orders="order id,order date,channel,store,country,total\n" + rows)
    config = read_config(project / "sources.toml")
    mapped = {m.column for sections in config.tables.values() for s in sections for m in s.columns.values()}
    assert not mapped & {"channel", "store", "country"}
    text = (project / "sources.toml").read_text(encoding="utf-8")
    assert "@post.example" not in text
    assert "nothing reads: channel, store, country" in text


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        ("brief.pdf", b"%PDF", "Export the table"),
        ("all.zip", b"PK\x03\x04", "Unpack it"),
        ("empty.csv", b"", "an empty file"),
        ("header.csv", b"Kundennr;E-Mail\n", "a header and no row"),
        ("twice.csv", b"id,id\n1,2\n", "more than once"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "no readable workbook"),
        ("broken.parquet", b"PAR1", "no readable parquet"),
        ("cut.csv.gz", gzip.compress(b"id,name\n1,a\n" * 500, mtime=0)[:40], "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_stops_nothing(tmp_path, name, content, told):
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / name).write_bytes(content)
    with pytest.raises(SchemaError, match="no file that can be read"):
        write_project(tmp_path / "none", tmp_path / "given")
    (tmp_path / "given" / "kunden.csv").write_text(CUSTOMERS, encoding="utf-8")
    started = write_project(tmp_path / "some", tmp_path / "given")
    assert any(name in line and told in line for line in started.refused), started.refused
    assert [path.name for path in (tmp_path / "some" / "exports").iterdir()] == ["kunden.csv"]


def test_exports_that_are_not_there_are_told_before_anything_is_made(tmp_path):
    with pytest.raises(ParamError, match="--from"):
        write_project(tmp_path / "shop", tmp_path / "nowhere")
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("text", "encoding", "options"),
    [
        ("a;b;c\n1;2,5;x\n", "utf-8", {"delimiter": ";"}),
        ("sep=;\na;b;c\n1;2;x\n", "utf-8", {"delimiter": ";"}),
        ("a\tb\n1\tä\n", "utf-16", {"delimiter": "\t", "encoding": "utf-16"}),
        ("Umsätze 2024\nStand: heute\n\nNr,Name,Ort\n1,x,y\n2,z,w\n", "utf-8", {"skip_rows": 3}),
        ("Nr,Straße\n1,Allee €\n", "cp1252", {"encoding": "cp1252"}),
        ("id|text\n1|'a, b, c'\n2|'d; e; f'\n", "utf-8", {"delimiter": "|"}),
        ('id,text\n1,"a;b;c;d;e"\n2,"f;g;h;i;j"\n', "utf-8", {}),
    ],
)
def test_how_a_file_is_written_is_found_out(tmp_path, text, encoding, options):
    (tmp_path / "x.csv").write_bytes(text.encode(encoding))
    assert sniff(tmp_path / "x.csv").options == options


def test_day_and_month_that_could_be_swapped_are_unsure(tmp_path):
    rows = "".join(f"{i},0{i % 9 + 1}/0{i % 7 + 1}/2024,5.00\n" for i in range(1, 30))
    project, _ = proposed(tmp_path, orders="order id,order date,total\n" + rows)
    assert "unsure, day and month could be swapped" in (project / "sources.toml").read_text(encoding="utf-8")
    assert profile("d", ["13/02/2024", "01/02/2024"]).forms == ("%d/%m/%Y",)


def test_a_yes_without_a_time_lifts_no_dated_no(tmp_path):
    """A list says yes without saying since when: it counts from long ago, and a no from the start."""
    rows = "".join(f"k{i}@post.example,{('ja', 'nein')[i % 2]}\n" for i in range(30))
    project, _ = proposed(tmp_path, liste="E-Mail,Newsletter\n" + rows)
    land(load_data_set(str(project)), tmp_path / "landed")
    said = read_landed(tmp_path / "landed", "permissions")
    assert set(said.loc[said["decision"] == "granted", "at"].dt.year) <= {1999, 2000}
    assert said.loc[said["decision"] != "granted", "at"].isna().all()


def test_a_status_nobody_knows_is_asked_about_in_orders_and_in_lines(tmp_path):
    status = ("bezahlt", "versendet", "abgeschlossen", "zurueckgelegt")
    orders = "".join(f"{i},2024-03-0{i % 9 + 1},{status[i % 4]},{i}.50\n" for i in range(1, 40))
    lines = "".join(
        f"{i // 2},2024-03-0{i // 2 % 9 + 1},{status[i // 2 % 4]},P{i % 5},1,{i}.50\n" for i in range(2, 80)
    )
    for name, text in (
        ("orders", "order id,order date,status,total\n" + orders),
        ("lines", "order id,order date,status,sku,qty,amount\n" + lines),
    ):
        (tmp_path / name).mkdir()
        _, started = proposed(tmp_path / name, export=text)
        assert any("zurueckgelegt" in line and "never a purchase" in line for line in started.decide), name


def test_a_yes_to_text_messages_is_none_to_mail(tmp_path):
    rows = "".join(f"k{i}@post.example,{('yes', 'no')[i % 2]},2024-01-0{i % 9 + 1}\n" for i in range(30))
    project, _ = proposed(tmp_path, list="E-Mail,SMS consent,Kunde seit\n" + rows)
    assert "permissions" not in read_config(project / "sources.toml").tables


def test_numbers_and_words_that_are_neither_yes_nor_no_are_asked_about(tmp_path):
    """A 3 may mean that somebody left: nothing is taken for a yes, and a word nobody knows is put to a person."""
    numbers = "".join(f"k{i}@post.example,{i % 3 + 1}\n" for i in range(30))
    words = "".join(f"w{i}@post.example,{('ja', 'nein', 'gesperrt')[i % 3]}\n" for i in range(30))
    project, started = proposed(tmp_path, numbers="E-Mail,Newsletter\n" + numbers, words="E-Mail,Newsletter\n" + words)
    sections = read_config(project / "sources.toml").tables["permissions"]
    assert [section.source for section in sections] == ["words"]
    assert any("'gesperrt'" in line and "is one of them a no" in line for line in started.decide)


def test_a_personal_column_is_never_harmless_on_any_sample(tmp_path):
    """With presets switched off: every sample of every system, and the walk."""
    write_exports(tmp_path / "walk", people=100)
    found = [compare(sample.write(tmp_path / sample.preset), sample.preset) for sample in SAMPLES]
    found.append(compare(tmp_path / "walk", "walk"))
    assert [one.harmless for one in found] == [frozenset()] * len(found)
    assert sum(len(one.right) for one in found) / sum(len(one.known) for one in found) > 0.7


@pytest.mark.parametrize("stranger", [*strangers(), *later_strangers()], ids=lambda one: one.name)
def test_firms_that_no_preset_knows_land_at_once_and_no_person_is_harmless(tmp_path, stranger):
    exports = stranger.write(tmp_path / "given")
    found = compare_stranger(exports, stranger)
    assert found.harmless == frozenset()
    assert len(found.right) >= 0.7 * len(found.known)
    write_project(tmp_path / "firm", exports)
    assert land(load_data_set(str(tmp_path / "firm")), tmp_path / "landed").quarantine.empty


@pytest.mark.parametrize(
    ("values", "meaning"),
    [
        (["Ida Kühn", "Emre Özdemir", "Paul O'Neill"], "name"),
        (["Kühn, Ida", "Özdemir, Emre"], "name"),
        (["12.03.1961", "01.11.1974", "30.06.1988"], "birth_date"),
        (["DE44500105175407324931", "DE44 5001 0517 5407 3249 31"], "account"),
        (["10.0.3.7", "192.168.1.2"], "network"),
        (["Online Shop", "Google Ads", "Paid Social"], ""),
        (["Espresso 250 g", "Kanne 1 l", "Becher 0,3 l"], ""),
        (["00900001", "00900002"], ""),
    ],
)
def test_values_say_what_is_personal_whatever_their_column_is_called(values, meaning):
    assert looks_personal(profile("Kanal", values)) == meaning


def test_what_is_said_once_per_order_is_not_taken_off_a_line(tmp_path):
    """An order's discount stands on its first line: it is the order's, and the cancelled order is known by its day."""
    head = "Order no,Ordered on,Cancelled on,SKU,Qty,Price,Discount\n"
    rows = "".join(
        f"{i},2024-05-{i:02},{'2024-06-01' if i == 3 else ''},A,2,10.00,5.00\n{i},2024-05-{i:02},,B,1,3.50,\n"
        for i in range(1, 20)
    )
    project, _ = proposed(tmp_path, lines=head + rows)
    land(load_data_set(str(project)), tmp_path / "landed")
    lines = read_landed(tmp_path / "landed", "order_lines")
    assert lines["amount"].sum() == 19 * 23.5
    orders = read_landed(tmp_path / "landed", "orders")
    assert orders.loc[orders["status"] == "cancelled", "order_id"].to_list() == ["3"]


def test_a_name_with_a_comma_is_not_swapped_and_money_with_its_sign_is_read(tmp_path):
    people = "Customer no,Full name,Email\n" + "".join(
        f'{i},"Meier, Ida {i % 2 * "Eva"}",i{i}@a.example\n' for i in range(9)
    )
    prices = "SKU,Product name,List price\n" + "".join(f'P{i},Ware,"€ 1.2{i}0,50"\n' for i in range(9))
    project, _ = proposed(tmp_path, people=people, prices=prices)
    land(load_data_set(str(project)), tmp_path / "landed")
    assert set(read_landed(tmp_path / "landed", "source_records")["family_name"]) == {"Meier"}
    assert read_landed(tmp_path / "landed", "products")["list_price"].to_list() == [1200.5 + 10 * i for i in range(9)]


LIST = "Kundennr;E-Mail;Ort\n" + "".join(f"{i};k{i}@post.example;Köln\n" for i in range(20))
QUOTE = '"'
BREAKS_OUT = f"{QUOTE}Ort\n]\n[basis]\n'''{QUOTE}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a b.csv", LIST.encode()),
        ("A-B '[x].csv", LIST.encode()),
        ("日本.csv", LIST.encode()),
        ("quarantine.csv", LIST.encode()),
        ("utf16.csv", LIST.encode("utf-16")),
        ("no mark.csv", LIST.encode("utf-16-le")),
        ("sep.csv", f"sep=;\n{LIST}".encode("cp1252")),
        ("two headers.csv", f"Stamm;;Kontakt\n{LIST}".encode()),
        ("packed.csv.gz", gzip.compress(LIST.encode(), mtime=0)),
        ("one column.csv", "".join(f"{line.split(';')[1]}\n" for line in LIST.splitlines()).encode()),
        ("long.csv", f"{LIST}99;k99@post.example;{'x' * 3_000_000}\n".encode()),
        ("sql.csv", LIST.replace("Ort", f"{QUOTE}Ort{QUOTE * 2}); attach 'x' as y; --{QUOTE}").encode()),
        ("line end.csv", LIST.replace("Ort", BREAKS_OUT).encode()),
    ],
)
def test_hostile_names_and_odd_files_give_a_toml_that_lands(tmp_path, name, content):
    (tmp_path / "given" / "sub").mkdir(parents=True)
    (tmp_path / "given" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "given" / name).write_bytes(content)
    started = write_project(tmp_path / "shop", tmp_path / "given")
    assert started.refused == ("sub: a folder, not looked into",)
    assert land(load_data_set(str(tmp_path / "shop")), tmp_path / "landed").quarantine.empty
    mails = set(read_landed(tmp_path / "landed", "source_records")["email"].dropna())
    assert mails >= {f"k{i}@post.example" for i in range(20)}


def test_a_long_value_costs_no_time():
    """Of a million letters only the first are looked at: patterns that search would take minutes."""
    found = profile("x", ["x" * 1_000_000, "y"])
    assert [len(value) for value in found.values] == [500, 1]  # noqa: PD011 - no frame


def test_a_file_that_lacks_what_its_table_needs_is_named(tmp_path, monkeypatch):
    """A booking without the date that its table needs: nothing is mapped from it, and it is said what is missing."""
    others = [pair for pair in roles._JUDGES if pair[0] != "invoices"]
    half = ("invoices", lambda meaning, *_: {"invoice_id": meaning["invoice_id"]})
    monkeypatch.setattr(roles, "_JUDGES", (half, *others))
    rows = "".join(f"RG{i};{i},50\n" for i in range(20))
    project, started = proposed(tmp_path, books="Rechnungsnr;Betrag\n" + rows)
    assert read_config(project / "sources.toml").tables == {}
    assert any("it lacks invoices.invoiced_on and invoices.amount" in line for line in started.decide)


def test_names_that_collide_after_cleaning_stay_apart(tmp_path):
    project, _ = proposed(tmp_path, **{"a b": LIST, "a-b": LIST, "A_B": LIST})
    files = read_config(project / "sources.toml").files
    assert {file.path for file in files.values()} == {"a b.csv", "a-b.csv", "A_B.csv"}


def test_files_that_say_nothing_known_give_a_toml_that_says_so(tmp_path):
    project, started = proposed(tmp_path, odd="2023;2024;2025\n" + "1;2;3\n" * 20)
    assert read_config(project / "sources.toml").tables == {}
    assert any("map it by hand" in line for line in started.decide)


def test_a_thousand_and_one_and_a_bit_are_told_apart_by_the_other_values():
    assert decimal_marks([profile("x", ["1.234", "12,50"])])[0] == ","
    assert decimal_marks([profile("x", ["1.234", "12.50"])])[0] == "."


WORDS = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "\0" not in text)


@settings(max_examples=60, deadline=None)
@given(names=st.lists(WORDS, min_size=2, max_size=5, unique_by=lambda t: t.strip().lower()), value=WORDS)
def test_whatever_a_file_calls_its_columns_stays_a_name(tmp_path_factory, names, value):
    """A header cannot break out of a string or a comment of the text that the guide writes."""
    folder = tmp_path_factory.mktemp("names")
    frame = pd.DataFrame({name: [value, "x", "y"] for name in names})
    frame["Kundennr"], frame["E-Mail"] = ["1", "2", "3"], ["a@b.example", "c@d.example", "e@f.example"]
    frame.to_parquet(folder / "people.parquet")
    proposal = propose(folder, value)
    written = tomllib.loads(write_toml(proposal))
    assert set(written) <= {"data_set", "expect", "files", "tables"}
    (file,) = written["files"].values()
    assert file["path"] == "people.parquet"
    (table,) = written["tables"]["source_records"]
    assert set(table["columns"].values()) <= set(frame.columns)
