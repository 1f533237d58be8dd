"""Every control of every notebook, moved in JupyterLab: what is drawn is what the function gives, at each opening.

Each notebook is opened with the cells that its live charts hang on; at night whole, ten times over.
"""

import ast
import base64
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from jupyterlab import FLAGS, Window, lab

CODE = Path(__file__).parents[2]
WITH_CONTROLS = {
    "02_behaviour_patterns": 1,
    "03_affinity_scoring": 1,
    "04_campaign_simulation": 2,
    "06_your_own_data": 1,
}
"""Notebooks with live charts, and how many they have."""
LAST_CELL = "everything has run"
REMEMBER = """
from rcommerce_helpers.workspace import controls
_boxes = []
def _remember(run, compute, tables, *, vary, plot, _explore=controls.explore):
    _boxes.append((run, compute, tables, vary, plot))
    return _explore(run, compute, tables, vary=vary, plot=plot)
controls.explore = _remember
def _twin(place, chosen):
    import json
    run, compute, tables, vary, plot = _boxes[place]
    types = {name: type(getattr(run.params, name)) for name in chosen}
    given = {name: types[name](value) for name, value in chosen.items()}
    return json.loads(plot(compute(*tables, run.params.with_(**given)), run.params.language).to_json())
"""


@pytest.fixture(scope="module")
def notebooks(whole_run, tmp_path_factory):
    """Copies of the notebooks beside a finished run, whole and cut down to their live charts.

    A first cell remembers what the controls were given.
    """
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(whole_run("demo").project / "runs", root / "runs")
    for path in (CODE / "notebooks").glob("0*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        last = nbformat.v4.new_code_cell(f'print("everything " + "{LAST_CELL.removeprefix("everything ")}")')
        for folder, cells in (("notebooks", notebook.cells), ("charts", behind_charts(notebook.cells))):
            notebook.cells = [nbformat.v4.new_code_cell(REMEMBER), *cells, last]
            (root / folder).mkdir(exist_ok=True)
            nbformat.write(notebook, root / folder / path.name)
    return root


def behind_charts(cells: list) -> list:
    """The cells with live charts, the parameters, and the cells that make, directly or not, a name these use."""
    used, kept = set(), []
    for cell in reversed([cell for cell in cells if cell.cell_type == "code"]):
        names = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Name)]
        imports = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Import | ast.ImportFrom)]
        made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        made |= {(name.asname or name.name).split(".")[0] for node in imports for name in node.names}
        called = {node.id for node in names}
        if made & used or "explore" in called or "parameters" in cell.metadata.get("tags", []):
            used |= called
            kept.insert(0, cell)
    return kept


@pytest.fixture(scope="module")
def running(notebooks, tmp_path_factory):
    with lab(notebooks, tmp_path_factory.mktemp("jupyter"), CODE) as server:
        yield server


@pytest.fixture
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        yield play.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)


def values(given: object) -> list:
    """Numbers and words of one axis, as the browser holds them after reading."""
    if isinstance(given, dict):
        return np.frombuffer(base64.b64decode(given["bdata"]), dtype=given["dtype"]).tolist()
    return [] if given is None else list(given)


def same(drawn: object, wanted: object) -> bool:
    drawn, wanted = list(drawn or []), values(wanted)
    if len(drawn) != len(wanted):
        return False
    pairs = [(a, None if isinstance(b, float) and np.isnan(b) else b) for a, b in zip(drawn, wanted, strict=True)]
    numbers = all(isinstance(b, int | float) or b is None for _, b in pairs)
    return all(a == pytest.approx(b) if numbers and b is not None else a == b for a, b in pairs)


def check(seen: dict, twin: dict) -> None:
    assert seen["painted"] > 0, "axes without a mark"
    assert seen["width"] > 400
    assert len(seen["traces"]) == len(twin["data"])
    for (kind, x, y), trace in zip(seen["traces"], twin["data"], strict=True):
        assert kind == trace["type"]
        assert same(x, trace.get("x"))
        assert same(y, trace.get("y"))


def settings(box) -> dict[str, str]:
    """Name and read-out of every slider of a box."""
    sliders = box.locator(".widget-slider").all()
    return {
        s.locator(".widget-label").text_content(): s.locator(".widget-readout").text_content().replace(",", "")
        for s in sliders
    }


def open_and_move(running, browser, folder: str, name: str) -> None:
    """Open, Run All, move each control once; every picture on the way equals the function's."""
    window = Window(browser.new_context(viewport={"width": 1400, "height": 2600}).new_page())
    window.open(running, f"{folder}/{name}.ipynb")
    window.run_all(LAST_CELL)
    boxes = window.boxes()
    assert len(boxes) == WITH_CONTROLS[name]
    for place, box in enumerate(boxes):
        box.scroll_into_view_if_needed()
        before = settings(box)
        first = window.drawn(box, next(iter(before.values())))
        check(first, running.ask("", f"_twin({place}, {before!r})"))
        for slider in box.locator(".widget-slider").all():
            slider.locator(".noUi-handle").focus()
            window.tab.keyboard.press("ArrowRight")
            window.tab.wait_for_timeout(300)
            now = settings(box)
            assert now != before, "the slider did not move"
            moved = slider.locator(".widget-label").text_content()
            seen = window.drawn(box, f"{now[moved]}")
            check(seen, running.ask("", f"_twin({place}, {now!r})"))
            before = now
    assert (window.errors, window.elsewhere) == ([], [])
    window.tab.context.close()
    running.end_sessions()


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_CONTROLS)
def test_each_control_draws_what_its_function_gives(running, browser, name):
    open_and_move(running, browser, "charts", name)


@pytest.mark.nightly
@pytest.mark.parametrize("opening", range(10))
@pytest.mark.parametrize("name", WITH_CONTROLS)
def test_no_opening_leaves_a_chart_blank(running, browser, name, opening):
    open_and_move(running, browser, "notebooks", name)


def test_every_notebook_with_controls_is_opened():
    found = {path.stem for path in (CODE / "notebooks").glob("*.ipynb") if "explore(" in path.read_text("utf-8")}
    assert found == set(WITH_CONTROLS)
