"""Tables on the page: plain words, numbers in their unit, harmless text, sorted and filtered where scripts run."""

import re

import nbformat
import pandas as pd
import pytest
from test_export import CHROMIUM, FLAGS

from rcommerce_helpers.workspace.export import notebook_page
from rcommerce_helpers.workspace.shown import IN_NOTEBOOK, show_table

LEVELS = pd.DataFrame(
    {
        "says": ["customers who may be counted", "expected profit of the plan after cost and trust cost"],
        "value": [0.98669, 1234.5],
        "low": [None, -7.25],
        "unit": ["share", "money"],
    }
)


def cells(page: str) -> list[str]:
    return re.findall(r"<td[^>]*>(.*?)</td>", page)


def heads(page: str) -> list[str]:
    return re.findall(r"<th [^>]*>(.*?)</th>", page)


def test_headings_are_words_and_numbers_read_as_in_the_sentences():
    table = pd.DataFrame({"table": ["order_lines"], "rows_in": [794516], "granted_share": [0.2331]})
    english, german = (show_table(table, language, currency="EUR").page for language in ("en", "de"))
    assert heads(english) == ["table", "rows in", "with a consent"]
    assert cells(english) == ["order lines", "794,516", "23.3%"]
    assert heads(german) == ["Tabelle", "Zeilen an", "mit Einwilligung"]
    assert cells(german) == ["Positionen", "794.516", "23,3\xa0%"]
    assert german.count('class="number"') == 4


def test_a_row_may_name_the_unit_of_its_numbers():
    shown = show_table(LEVELS, "de", currency="EUR")
    assert cells(shown.page)[1:3] == ["98,7\xa0%", ""]
    assert cells(shown.page)[4:6] == ["1.234\xa0€", "\u22127,25\xa0€"]
    assert "unit" not in shown.page
    assert list(shown.rows.columns) == ["says", "value", "low", "unit"]


def test_interval_ends_take_the_unit_of_the_number_before_them():
    table = pd.DataFrame({"effect": [0.5], "low": [-0.25], "high": [1.0]})
    assert cells(show_table(table, "en", currency="EUR").page) == ["+50%", "\u221225%", "+100%"]


def test_columns_rows_and_caption_are_chosen():
    table = pd.DataFrame({"a_b": range(30), "n": range(30)})
    shown = show_table(table, "en", currency="EUR", columns=("n",), rows=3, caption="a < b")
    assert heads(shown.page) == ["n"]
    assert len(cells(shown.page)) == len(shown.rows) == 3
    assert "<caption>a &lt; b</caption>" in shown.page


def test_text_from_data_is_harmless_in_cell_and_heading():
    page = show_table(pd.DataFrame({"<b>": ["<script>x</script>"]}), "en", currency="EUR").page
    assert "<b>" not in page
    assert "<script>" not in page


def test_words_of_ours_are_translated_and_reasons_told():
    table = pd.DataFrame({"verdict": ["holds"], "reason_code": ["habit"], "reason_value": [6]})
    assert cells(show_table(table, "de", currency="EUR").page) == [
        "hält",
        "kaufte es in 6 der letzten sechs Vier-Wochen-Abschnitte",
    ]


@pytest.fixture
def page(tmp_path):
    table = pd.DataFrame({"name": [f"n{i}" for i in range(12)], "rate": [float(7 * i % 12) for i in range(12)]})
    shown = show_table(table, "de", currency="EUR", rows=12)
    cell = nbformat.v4.new_code_cell("x")
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/html": shown.page + IN_NOTEBOOK})]
    notebook = tmp_path / "02_page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
    target = tmp_path / "page.html"
    target.write_text(notebook_page(notebook, "de"), encoding="utf-8")
    return target


def test_the_page_carries_the_script_once_and_by_its_hash(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("const key = (row, at)") == 1
    assert "script-src 'sha256-" in text


def test_sorting_and_filtering_work_on_the_page_without_network(page):
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    errors = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        tab = browser.new_context(offline=True, viewport={"width": 360, "height": 640}).new_page()
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.goto(page.as_uri())
        tab.locator(".shown th button").nth(1).click()
        up = tab.locator(".shown td.number").all_inner_texts()
        tab.locator(".shown th button").nth(1).click()
        down = tab.locator(".shown td.number").all_inner_texts()
        tab.locator(".shown input").fill("n11")
        left = tab.locator(".shown tbody tr:visible").count()
        wide = tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        browser.close()
    assert up == [str(i) for i in range(12)]
    assert down == up[::-1]
    assert left == 1
    assert wide
    assert errors == []


def test_a_limit_of_which_few_people_use_says_so():
    """In the table of limits a number of people stands beside an amount of money; a hidden one is no empty cell."""
    table = pd.DataFrame(
        {"limit": ["email", "sms", "push"], "used": [355.0, None, None], "hidden": ["", "small", "given_away"]}
    )
    page = show_table(table, "en", currency="EUR").page
    assert ("under 10" in page, "not shown" in page) == (True, True)
