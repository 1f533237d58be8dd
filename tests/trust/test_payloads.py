"""Hostile texts in a whole run: its pages in a real browser, its plan in a real spreadsheet."""

import csv
import json
import re
import shutil
import subprocess

import pandas as pd
import pytest
import xlsxwriter

from rcommerce_helpers.leaving import typed_cell
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.plan_export import WRITERS, export_plan, sendable
from rcommerce_helpers.workspace.runs.manifest import read_manifest
from tests.trust.payloads import HostileData
from tests.truth.whole_runs import run_demo

BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu"]
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u2028\u2029\x00-\x08\x0b-\x1f\x7f-\x9f]")
HANDLERS = """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]
  .filter(a => /^on/i.test(a.name) || /^\\s*javascript:/i.test(a.value)).map(a => e.tagName + ' ' + a.name))"""
FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
"""Comma, quotes, UTF-8, values as they are shown, every sheet."""
FORMULAS = FILTER.replace("false,true,false,false", "false,true,false,true")
"""The same with the formulas themselves in place of what they give."""
VISIBLE = """() => { const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll('script, style').forEach(e => e.remove()); return copy.textContent; }"""


@pytest.fixture(scope="module")
def soffice(tmp_path_factory) -> list[str]:
    """The spreadsheet's command, with one profile for all tests here: making one takes longer than reading a file."""
    path = shutil.which("soffice") or shutil.which("libreoffice")
    if path is None:
        pytest.skip("LibreOffice is not installed; .ci/run installs it")
    return [path, f"-env:UserInstallation=file://{tmp_path_factory.mktemp('profile')}"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of a demo world in which every text is hostile."""
    folder, _ = run_demo(tmp_path_factory.mktemp("hostile"), 5, customers=1500, changed=HostileData)
    return folder


def opened(soffice, path, out, how):
    """What the spreadsheet makes of a file: sheet -> rows."""
    command = [*soffice, "--headless", "--convert-to", how]
    subprocess.run([*command, "--outdir", str(out / "read"), str(path)], check=True, capture_output=True, timeout=240)
    found = {}
    for file in sorted((out / "read").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            found[file.stem.removeprefix(f"{path.stem}-")] = list(csv.reader(stream))
        file.unlink()
    return found


@pytest.mark.slow
def test_pages_of_hostile_data_ask_nothing_open_nothing_and_hide_nothing(run, chromium):
    from playwright.sync_api import sync_playwright

    pages = sorted((run / "report").glob("*.html"))
    assert len(pages) == 1 + len(list((run / "notebooks").glob("0*.ipynb")))  # and the first page
    seen = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, headless=True, args=BROWSER_FLAGS)
        for path in pages:
            page = browser.new_page()
            asked, opened_boxes = [], []
            page.on("request", lambda r, to=asked: to.append(r.url))
            page.on("dialog", lambda d, to=opened_boxes: (to.append(d.message), d.dismiss()))
            page.goto(path.as_uri())
            page.wait_for_timeout(400)
            assert opened_boxes == [], path.name
            assert [u for u in asked if not u.startswith(("file:", "data:", "blob:"))] == [], path.name
            assert page.evaluate("window.owned") is None
            assert page.evaluate(HANDLERS) == [], path.name
            text = page.evaluate(VISIBLE)
            assert HIDDEN.findall(text) == [], path.name
            seen.append(text)
            page.close()
        browser.close()
    assert any("alert(" in text for text in seen), "the payloads are on the pages, as text"
    assert any("[U+202E]" in text for text in seen), "so are the direction marks, to be seen"


@pytest.mark.slow
def test_the_plan_of_hostile_data_holds_no_formula_in_a_spreadsheet(run, soffice, tmp_path):
    manifest = read_manifest(run)
    target = tmp_path / "plan.xlsx"
    plan = export_plan(run, manifest, target)
    assert sum(map(len, plan.sheets.values())) > 20
    values, formulas = (opened(soffice, target, tmp_path, how) for how in (FILTER, FORMULAS))
    assert values == formulas, "a formula shows itself as one, and its value otherwise"
    for channel, rows in plan.sheets.items():
        shown = pd.DataFrame(values[channel][1:], columns=values[channel][0])
        wanted = rows.map(lambda v: str(typed_cell(v)))
        assert shown.to_dict("list") == wanted.to_dict("list")
        assert shown["to"].str.startswith("'=1+").any() == (channel == "email")


@pytest.mark.slow
def test_a_csv_of_hostile_texts_is_read_back_as_written(soffice, tmp_path):
    texts = ["=1+1", "+1-1", "-2+3", "@SUM(1)", "\t=1", '"=1+1', "＝1+1", "a;=1+1", "+49301234567", "x"]
    for suffix, write in sorted(WRITERS.items(), reverse=True):
        rows = pd.DataFrame({"row": texts, "number": range(len(texts))})
        path = tmp_path / f"own{suffix}"
        write(path, {"own": rows})
        values, formulas = (opened(soffice, path, tmp_path, how) for how in (FILTER, FORMULAS))
        assert values == formulas
        (found,) = values.values()
        if suffix == ".csv":  # a spreadsheet takes a number from a csv for a number: the digits stay, the plus goes
            texts[8] = "49301234567"
        wanted = [[re.sub(r"\s+", " ", str(typed_cell(t))).strip(), str(n)] for n, t in enumerate(texts)]
        assert [[re.sub(r"\s+", " ", a).strip(), b] for a, b in found[1:]] == wanted


@pytest.mark.slow
def test_the_spreadsheet_of_this_test_tells_formulas_from_texts(soffice, tmp_path):
    path = tmp_path / "bad.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("bad")
        sheet.write_formula(0, 0, "=1+1", value=2)
        sheet.write_string(0, 1, "=1+1")
    values, formulas = (opened(soffice, path, tmp_path, how) for how in (FILTER, FORMULAS))
    assert values["bad"] == [["2", "=1+1"]]
    assert formulas["bad"] == [["=1+1", "=1+1"]]


@pytest.mark.slow
def test_the_plan_names_no_customer_and_carries_no_score(run):
    plan = RunFolder(run).read("plan")
    sheets = sendable(RunFolder(run)).sheets
    said = json.dumps({name: rows.astype(str).to_dict("list") for name, rows in sheets.items()})
    assert not set(plan["customer_id"]) & set(re.findall(r"\w+", said))
    for rows in sheets.values():
        assert set(rows.columns) <= {"row", "send_on", "from_hour", "to_hour", "offer", "message", "to", "name"}
