"""Pages of a report: complete in themselves, silent, every chart drawn, text from data harmless."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from tiny_runs import FIRST, TinyWorld, write_notebook

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.workspace.export import PLOTLY, check_offline, clean, for_script, notebook_page, resources
from rcommerce_helpers.workspace.page import page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ATTACKS = [
    "<script>window.owned = true</script>",
    "<img src=x onerror='window.owned = true'>",
    "</script><script>window.owned = true</script>",
    "<a href='javascript:window.owned=true'>x</a>",
    "<svg onload='window.owned = true'>",
    "<iframe src='http://192.0.2.1/'></iframe>",
    "<style>@import url(http://192.0.2.1/x.css)</style>",
]


def notebook(tmp_path: Path, *outputs, markdown: str = "# A *title*") -> Path:
    cell = nbformat.v4.new_code_cell("x = '<script>window.owned = true</script>'", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("display_data", data=data) for data in outputs]
    path = tmp_path / "02_page.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(markdown), cell]), path)
    return path


def figure(name: str) -> dict:
    return {PLOTLY: {"data": [{"type": "bar", "x": [name], "y": [1]}], "layout": {"title": {"text": name}}}}


def opened(path: Path) -> dict:
    """What a browser without network makes of a page."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    asked, errors = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        tab = browser.new_context(offline=True).new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        tab.goto(path.as_uri())
        tab.wait_for_timeout(400)
        seen = {
            "charts": tab.locator(".js-plotly-plot .main-svg .bars").count(),
            "titles": tab.locator(".gtitle").all_text_contents(),
            "owned": tab.evaluate("Boolean(window.owned)"),
            "folded": tab.locator("details.code:not([open])").count(),
            "text": tab.inner_text("body"),
        }
        browser.close()
    return seen | {"asked": [u for u in asked if not u.startswith(("file:", "data:", "blob:"))], "errors": errors}


def test_browser_without_network_draws_every_chart(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(notebook_page(notebook(tmp_path, figure("one"), figure("two")), "en"), encoding="utf-8")
    seen = opened(path)
    assert seen["charts"] == 2
    assert seen["titles"] == ["one", "two"]
    assert seen["folded"] == 1
    assert (seen["asked"], seen["errors"]) == ([], [])


def test_text_from_data_cannot_run_or_call_out(tmp_path):
    raw = "".join(ATTACKS)
    outputs = [{"text/html": raw}, {"text/markdown": raw}, {"text/plain": raw}, figure(ATTACKS[2]), figure(ATTACKS[1])]
    path = tmp_path / "page.html"
    path.write_text(notebook_page(notebook(tmp_path, *outputs, markdown=f"# {raw}"), "en"), encoding="utf-8")
    seen = opened(path)
    assert not seen["owned"]
    assert seen["asked"] == []
    assert seen["charts"] == 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A finished run of one notebook with two charts."""
    world = TinyWorld(tmp_path_factory.mktemp("drawn"))
    bars = 'go.Figure(go.Bar(x=["a"], y=[1]), layout={"title": {"text": "drawn"}})'
    write_notebook(world.notebook(FIRST), bars, bars)
    return world.run(stages=("first",)).folder


def test_whole_run_opens_from_its_first_page(folder):
    first = opened(folder / "report" / "index.html")
    assert "Tiny <b>shop</b>" in first["text"]
    assert "first found three orders." in first["text"]
    assert "01 \u00b7 The first notebook" in first["text"]
    assert opened(folder / "report" / "01_first.html")["titles"] == ["drawn", "drawn"]


def test_nbconvert_leads_to_the_page_where_each_chart_is_drawn(folder, tmp_path):
    made = folder / "notebooks" / "01_first.ipynb"
    assert made.stat().st_size < 2e6
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", str(made), "--output-dir"]
    subprocess.run([*command, str(tmp_path / "by_hand")], check=True, capture_output=True)
    text = (tmp_path / "by_hand" / "01_first.html").read_text(encoding="utf-8")
    places = re.findall(r'<a href="\.\./report/01_first\.html#(chart-\d)">This chart is drawn', text)
    assert places == ["chart-1", "chart-2"]
    page_text = (folder / "report" / "01_first.html").read_text(encoding="utf-8")
    assert all(f'id="{place}"' in page_text for place in places)
    assert "This chart is drawn" not in page_text


def test_plotly_is_inlined_once_however_many_charts(tmp_path):
    one = notebook_page(notebook(tmp_path, figure("one")), "en")
    five = notebook_page(notebook(tmp_path, *[figure("one")] * 5), "en")
    assert len(five) - len(one) < 5_000
    assert len(one) < 7e6


def test_page_without_chart_carries_no_library(tmp_path):
    assert len(notebook_page(notebook(tmp_path, {"text/markdown": "**said**"}), "en")) < 30_000


def test_page_states_its_language_and_folds_the_code(tmp_path):
    text = notebook_page(notebook(tmp_path), "de")
    assert '<html lang="de">' in text
    assert "<summary>Programmtext</summary>" in text
    assert "<title>A title</title>" in text
    assert "Alle Stufen" in text


def test_widget_state_is_dropped_and_a_control_becomes_a_note(tmp_path):
    path = notebook(tmp_path, {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}})
    content = nbformat.read(path, as_version=4)
    content.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"m": {"_esm": "x" * 9999}}}}
    nbformat.write(content, path)
    text = notebook_page(path, "en")
    assert "works in the notebook only" in text
    assert "x" * 99 not in text


@pytest.mark.parametrize(
    "raw",
    [
        "<script src='https://example.org/x.js'></script>",
        "<img src='//example.org/x.png'>",
        "<link rel='stylesheet' href='x.css'>",
        "<style>@import 'x.css';</style>",
        "<p style='background: url(http://example.org/x.png)'>",
        "<video poster='x.png'>",
    ],
)
def test_whatever_a_page_would_load_is_found(raw):
    assert resources(raw) != []
    with pytest.raises(SchemaError, match="complete in itself"):
        check_offline(raw, "page")


@pytest.mark.parametrize("raw", ["<a href='https://doi.org/10.1'>x</a>", "<img src='data:image/png;base64,AA'>"])
def test_links_and_inlined_images_are_fine(raw):
    assert resources(raw) == []


def test_links_to_sources_stay_links():
    assert clean('<a href="https://doi.org/10.1">x</a>') == '<a href="https://doi.org/10.1">x</a>'
    assert "href" not in clean('<a href="javascript:alert(1)">x</a>')
    assert "src" not in clean('<img src="https://example.org/x.png">')


def test_json_in_a_script_cannot_end_it():
    assert "<" not in for_script({"x": "</script><!--"})


def test_title_is_escaped():
    assert "<title>&lt;b&gt;</title>" in page(title="<b>", body="", language="en")
