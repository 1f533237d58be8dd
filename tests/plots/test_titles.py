"""Titles of charts: what they say is in sight, and plotly's toolbar never lies over it."""

import json
import re
import shutil

import nbformat
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sentences import DRAWING, texts_of

from rcommerce_helpers.plots.chrome import TITLE_ROOM, base_figure, width, wrapped
from rcommerce_helpers.sentences import say
from rcommerce_helpers.sentences.catalogue import catalogue
from rcommerce_helpers.workspace.export import notebook_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
LONG = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, und niemand weiß, warum sie das tun"
words = st.lists(st.text("abcdeWMij ÄÖ&;%", min_size=1, max_size=30).map(str.strip).filter(bool), min_size=1)


@given(words)
def test_no_line_of_a_title_is_wider_than_its_room_and_no_word_is_lost(parts):
    title = " ".join(parts)
    lines = wrapped(title)
    assert " ".join(lines).split() == title.split()
    assert all(width(line) <= TITLE_ROOM or " " not in line for line in lines)


def test_a_title_of_two_lines_gets_the_height_it_needs():
    one, two = base_figure("Short", "en"), base_figure(LONG, "de", note="Balken")
    assert two.layout.title.text.count("<br>") == 2
    assert two.layout.height - one.layout.height == two.layout.margin.t - one.layout.margin.t > 15


def titles(language: str) -> list[str]:
    """Every text that a module of pictures may set as a title, its places filled."""
    found = sorted({text for path in DRAWING for text in texts_of(path) if "<br>" not in text})
    known = catalogue(language)
    forms = [form for text in found for form in known.get(text, (text,))]
    return [re.sub(r"\{\w+\}", "95% interval 1,234 to 5,678" if "range" in f else "1,234,567", f) for f in forms]


def longest(language: str, number: int = 25) -> list[str]:
    return sorted(set(titles(language)), key=len)[-number:]


def page_of(titles_shown: list[str], language: str, tmp_path):
    cell = nbformat.v4.new_code_cell("x")
    for title in titles_shown:
        figure = base_figure(title, language, x="x", height=380, note=say("bars: {interval}", language, interval="95%"))
        for name in ("one", "another one", "a third line"):
            figure.add_trace(go.Scatter(x=[1, 2], y=[1, 2], name=name))
        data = pio.renderers["plotly_mimetype"].to_mimebundle(figure.to_dict())
        cell.outputs.append(nbformat.v4.new_output("display_data", data=json.loads(json.dumps(data))))
    notebook = tmp_path / "02_titles.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebook)
    target = tmp_path / "titles.html"
    target.write_text(notebook_page(notebook, language), encoding="utf-8")
    return target


BOXES = """() => Array.from(document.querySelectorAll('.js-plotly-plot')).map(plot => {
  const box = node => node ? (b => [b.left, b.right, b.top, b.bottom])(node.getBoundingClientRect()) : null;
  return [box(plot.querySelector('.gtitle')), box(plot.querySelector('.modebar')), box(plot),
    box(plot.querySelector('.legend')), plot.querySelector('.gtitle').textContent]; })"""


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("wide", [1200, 800, 390])
def test_titles_stay_on_the_page_and_clear_of_toolbar_and_legend(language, wide, tmp_path):
    """Measured in a browser: the longest texts of all charts, in both languages, on three widths."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        tab = browser.new_context(offline=True, viewport={"width": wide, "height": 900}).new_page()
        tab.goto(page_of(longest(language), language, tmp_path).as_uri())
        tab.wait_for_selector(".js-plotly-plot .gtitle")
        boxes = tab.evaluate(BOXES)
        browser.close()
    assert len(boxes) == 25
    for title, bar, plot, legend, text in boxes:
        assert title[1] <= plot[1], text
        assert title[2] >= plot[2], text
        assert legend is None or legend[2] >= title[3] - 1 or legend[0] >= title[1], text
        if bar is not None:
            assert title[1] <= bar[0] or title[2] >= bar[3], text
