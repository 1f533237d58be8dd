"""One whole run, as a user starts it, looked at from outside: figures, headlines, printed numbers, pages, reuse.

The run takes minutes, so it is made once for all files that look at it; what starts a second run does so in a copy.
"""

import html
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from printed_numbers import printed, unknown_numbers
from whole_runs import start_run

from rcommerce_helpers.workspace.agreement import mismatches, pairs_of

STAGES = ("start_here", "merging", "patterns", "affinity", "campaigns", "report", "own_data")
DATA_SETS = ("demo", "complete-journey")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module", params=DATA_SETS)
def dataset(request):
    return request.param


@pytest.fixture(scope="module")
def project(whole_run, dataset):
    made = whole_run(dataset)
    return made.project, made.printed


@pytest.fixture(scope="module")
def run(whole_run, dataset):
    return whole_run(dataset).folder


def results(run: Path, stage: str) -> dict:
    return json.loads((run / "results" / f"{stage}.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_reports_at_least_ten_figures_each_with_its_n(run, stage):
    figures = results(run, stage)["figures"]
    assert len(figures) >= 10
    assert all(f["value"] is not None and isinstance(f["n"], int) and f["n"] >= 0 for f in figures)
    assert all(f["low"] <= f["value"] <= f["high"] for f in figures if f["low"] is not None and f["high"] is not None)


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_headline_of_each_stage_is_printed_and_kept(project, run, stage):
    headline = results(run, stage)["headline"]
    assert headline.endswith((".", "?"))
    words = re.sub(r"\s+", " ", project[1])
    assert headline[:60] in words


@pytest.mark.slow
def test_the_run_ends_with_the_path_of_the_report(project, run):
    assert (run / "report" / "index.html").exists()
    assert "index.html" in project[1].strip().splitlines()[-1]


@pytest.mark.slow
def test_every_printed_number_stands_in_the_results(run):
    missing = {p.stem: unknown_numbers(run, p) for p in sorted((run / "notebooks").glob("*.ipynb"))}
    assert {name: found for name, found in missing.items() if found} == {}


@pytest.mark.slow
def test_each_chart_and_its_sentence_speak_of_the_same_figures(run):
    charts = sum(len(pairs_of(path)) for path in (run / "notebooks").glob("*.ipynb"))
    assert charts >= 25
    assert mismatches(run) == []


@pytest.mark.slow
def test_the_demo_answers_every_section(run, dataset):
    skipped = {stage: results(run, stage)["skipped"] for stage in STAGES}
    if dataset == "demo":
        assert {stage: s for stage, s in skipped.items() if s} == {}
    else:  # no web tracking, no contacts drawn by chance: said, not hidden
        assert {"web journeys", "lots", "contacts", "wordings"} <= {s["section"] for s in skipped["patterns"]}


@pytest.mark.slow
def test_merged_results_hold_all_stages(run):
    merged = json.loads((run / "results.json").read_text(encoding="utf-8"))
    text = json.dumps(merged)
    assert all(f'"{stage}"' in text for stage in STAGES)


@pytest.mark.slow
def test_manifest_says_done_and_how(run, dataset):
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "done"
    assert manifest["dataset"] == dataset


@pytest.mark.slow
def test_pages_show_every_chart_with_the_network_off(run):
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        context = browser.new_context(offline=True)
        for page_path in sorted((run / "report").glob("*.html")):
            page = context.new_page()
            asked, errors = [], []
            page.on("request", lambda r, to=asked: to.append(r.url))
            page.on("pageerror", lambda e, to=errors: to.append(str(e)))
            page.goto(page_path.as_uri())
            page.wait_for_timeout(500)
            drawn = page.locator(".js-plotly-plot .main-svg").count()
            wanted = page.locator(".js-plotly-plot").count()
            notebook = run / "notebooks" / f"{page_path.stem}.ipynb"
            assert wanted == charts_in(notebook), page_path.name
            assert drawn >= wanted
            assert [u for u in asked if not u.startswith(("file:", "data:", "blob:"))] == []
            assert errors == []
            page.close()
        browser.close()


def charts_in(notebook: Path) -> int:
    """Charts among the outputs of an executed notebook; none for the first page, which is no notebook."""
    if not notebook.exists():
        return 0
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = [o.get("data", {}) for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
    return sum("application/vnd.plotly.v1+json" in d for d in outputs)


CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\bemail\b")
"""A name of the tables: with underscores, or the channel whose word for readers is e-mail."""


def drawn_texts(chart: dict) -> list[str]:
    """All that a chart says: title, axes, notes, legends, hover."""
    layout = chart["layout"]
    parts = [layout.get("title"), *(layout.get(axis, {}).get("title") for axis in ("xaxis", "yaxis"))]
    said = [part["text"] for part in parts if part and part.get("text")]
    said += [str(note["text"]) for note in layout.get("annotations", [])]
    for trace in chart["data"]:
        columns = (trace.get(key) for key in ("x", "y", "text", "hovertext"))
        said += [text for column in columns if isinstance(column, list) for text in column if isinstance(text, str)]
        said.append(trace.get("name") or "")
    return said


@pytest.mark.slow
def test_no_code_of_the_tables_reaches_a_reader(run):
    """Charts of the stages after merging, and every table and sentence, in words."""
    found = []
    for path in sorted((run / "notebooks").glob("0*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [o.get("data", {}) for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
        charts = [d["application/vnd.plotly.v1+json"] for d in outputs if "application/vnd.plotly.v1+json" in d]
        texts = [text for chart in charts for text in drawn_texts(chart)] if path.stem >= "02" else []
        texts += [re.sub(r"`[^`]*`", "", text) for _, text in printed(path)]
        found += [(path.stem, code) for text in texts for code in CODE.findall(html.unescape(text))]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 390])
def test_no_page_is_wider_than_its_window_and_verdicts_are_in_sight(run, width):
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; .ci/run installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        tab = browser.new_context(offline=True, viewport={"width": width, "height": 900}).new_page()
        for path in sorted((run / "report").glob("0*.html")):
            tab.goto(path.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path.name
            tables = tab.evaluate("Array.from(document.querySelectorAll('.shown'), b => b.scrollWidth - b.clientWidth)")
            assert width < 1200 or max(tables, default=0) <= 0 or path.stem.startswith("01"), (path.name, tables)
        browser.close()


@pytest.mark.slow
def test_sizes_stay_small(run):
    assert max(p.stat().st_size for p in (run / "notebooks").glob("*.ipynb")) < 2e6
    assert max(p.stat().st_size for p in (run / "report").glob("*.html")) < 7e6


@pytest.mark.slow
def test_no_page_holds_the_identifier_of_a_person_record(run):
    records = set(pd.read_parquet(run / "tables" / "persons.parquet")["record_id"])
    text = "".join(p.read_text(encoding="utf-8") for p in (run / "notebooks").glob("*.ipynb"))
    assert records.isdisjoint(re.findall(r"[a-z_]+:\w+", text))
    assert len(records) > 2000


@pytest.mark.slow
def test_a_second_run_reuses_what_did_not_change(project, run, dataset, tmp_path):
    copy = shutil.copytree(project[0], tmp_path / "project")
    before = {p.name: p.read_text(encoding="utf-8") for p in (run / "results").glob("*.json")}
    again = start_run(copy, dataset)
    assert again.returncode == 0
    assert again.stdout.count("reused") >= len(STAGES)
    newest = max(p for p in (copy / "runs").iterdir() if p.is_dir() and not p.name.startswith("."))
    assert {p.name: p.read_text(encoding="utf-8") for p in (newest / "results").glob("*.json")} == before
