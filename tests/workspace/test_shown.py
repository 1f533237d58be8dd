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


EFFECTS = pd.DataFrame({"effect": [0.5], "low": [-0.25], "high": [1.0], "interval_level": [0.95]})


def test_an_interval_stands_in_one_column_that_says_its_level():
    english, german = (show_table(EFFECTS, language, currency="EUR") for language in ("en", "de"))
    assert heads(english.page) == ["effect", "95% interval"]
    assert cells(english.page) == ["+50%", "−25% to +100%"]
    assert heads(german.page)[1] == "95\u2011%\u2011Intervall"
    assert list(english.rows.columns) == ["effect", "low", "high", "interval_level"]


def test_rows_of_different_levels_each_say_their_own():
    mixed = LEVELS.assign(low=[0.9, -7.25], high=[0.99, 2000.0], interval_level=[0.95, 0.9])
    page = show_table(mixed, "en", currency="EUR").page
    assert heads(page)[2] == "interval"
    assert cells(page)[2::3] == ["90% to 99% (95%)", "−€7.25 to €2,000 (90%)"]


def test_a_row_without_an_interval_leaves_its_cell_empty():
    none = LEVELS.assign(low=[None, -7.25], high=[None, 2000.0], interval_level=[0.95, 0.9])
    assert cells(show_table(none, "en", currency="EUR").page)[2::3] == ["", "−€7.25 to €2,000"]


def test_a_budget_stands_with_its_currency_and_contacts_without():
    limits = pd.DataFrame(
        {"limit": ["budget", "email"], "available": [600.0, 50.0], "used": [7.93, 41.0], "unit": ["money", "count"]}
    ).assign(hidden="")
    assert cells(show_table(limits, "en", currency="USD").page) == ["budget", "$600", "$7.93", "e-mail", "50", "41"]


def test_a_column_may_have_a_unit_of_its_own_beside_that_of_the_row():
    rates = pd.DataFrame({"rate": [41.37, 0.25], "rate_unit": ["money", "share"], "effect": [0.1, -0.1]})
    assert cells(show_table(rates, "de", currency="EUR").page) == ["41,37\xa0€", "+10\xa0%", "25\xa0%", "−10\xa0%"]


@pytest.fixture
def wide_page(tmp_path):
    names = ("name", "context", "verdict", "n", "rate", "effect", "low", "high", "q_value", "pooled_effect")
    row = ("something discounted", "weekday: Wednesday", "undecided", 12345, 0.5, 0.1, 0.05, 0.2, 0.5, 0.3)
    table = pd.DataFrame([row] * 3, columns=names).assign(held_out_effect=0.2, interval_level=0.95)
    cell = nbformat.v4.new_code_cell("x")
    shown = show_table(table, "en", currency="EUR").page + IN_NOTEBOOK
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/html": shown})]
    notebook = tmp_path / "02_wide.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
    target = tmp_path / "wide.html"
    target.write_text(notebook_page(notebook, "en"), encoding="utf-8")
    return target


@pytest.mark.parametrize(("width", "fits"), [(1200, True), (390, False)])
def test_a_wide_table_fits_a_desktop_and_scrolls_within_itself_on_a_phone(wide_page, width, fits):
    """The page never grows sideways; the first column stays in sight when the others scroll away."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        tab = browser.new_context(offline=True, viewport={"width": width, "height": 800}).new_page()
        tab.goto(wide_page.as_uri())
        page_fits = tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        table_fits = tab.evaluate("(b => b.scrollWidth <= b.clientWidth)(document.querySelector('.shown'))")
        tab.evaluate("document.querySelector('.shown').scrollLeft = 9999")
        box = tab.locator(".shown").bounding_box()
        first = tab.locator(".shown tbody tr:first-child td:first-child").bounding_box()
        last = tab.locator(".shown tbody tr:first-child td:last-child").bounding_box()
        browser.close()
    assert page_fits
    assert table_fits == fits
    assert first["x"] == pytest.approx(box["x"], abs=1)
    assert last["x"] + last["width"] <= width
