"""One whole run, as a user starts it, looked at from outside: figures, headlines, printed numbers, pages, reuse.

The run takes minutes, so it is made once for all files that look at it; what starts a second run does so in a copy.
"""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from printed_numbers import unknown_numbers
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
        assert {"web journeys", "experiments"} <= {s["section"] for s in skipped["patterns"]}


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
