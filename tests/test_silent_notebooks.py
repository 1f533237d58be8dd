"""No warning, no path of this machine and no stray control reaches a notebook or a page."""

import re
import warnings
from pathlib import Path

import nbformat
import pytest
from whole_runs import CODE, STRICT_CELL

LEAKS = re.compile(
    r"/(?:home|root|tmp|Users|work|usr|opt)/[\w.]"
    r"|[A-Z]:\\\\"
    r"|site-packages|<string>|&lt;string&gt;|\w+Warning:|Traceback \(most|FigureWidget|widget-view|ipywidgets"
)


def outputs(run: Path) -> list[tuple[str, dict]]:
    found = []
    for path in sorted((run / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        found += [(path.stem, output) for cell in cells for output in cell.get("outputs", [])]
    return found


def seen_on(page: Path) -> str:
    """A page without its scripts and without the code that is folded away."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    return re.sub(r'<details class="code">.*?</details>', "", text, flags=re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["demo", "complete-journey"])
def test_cells_write_nothing_beside_their_results(whole_run, dataset):
    said = [(name, o["text"][:300]) for name, o in outputs(whole_run(dataset).folder) if o["output_type"] == "stream"]
    assert said == []


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["demo", "complete-journey"])
def test_pages_hold_no_path_warning_or_control(whole_run, dataset):
    pages = sorted((whole_run(dataset).folder / "report").glob("*.html"))
    assert len(pages) >= 8
    assert {page.name: LEAKS.findall(seen_on(page)) for page in pages if LEAKS.search(seen_on(page))} == {}


@pytest.mark.parametrize(
    "leak",
    [
        "<p>/home/anna/shop/orders.csv</p>",
        "<pre>x.py:147: RuntimeWarning: Mean of empty slice</pre>",
        "<pre>File &lt;string&gt;, line 1</pre>",
        "<p>C:\\\\Users\\\\anna</p>",
    ],
)
def test_a_leak_is_known_when_it_is_there(tmp_path, leak):
    page = tmp_path / "page.html"
    page.write_text(f'<details class="code">/home/x</details>{leak}', encoding="utf-8")
    assert LEAKS.search(seen_on(page))


@pytest.mark.slow
def test_every_notebook_of_the_demo_ran_with_warnings_as_errors(whole_run):
    """The run itself would have failed; here it is seen that it was strict."""
    paths = sorted((whole_run("demo").folder / "notebooks").glob("*.ipynb"))
    assert len(paths) == len(list((CODE / "notebooks").glob("0*.ipynb")))
    for path in paths:
        first, *_ = nbformat.read(path, as_version=4).cells
        assert first.source == STRICT_CELL
        assert first.execution_count == 1


def test_a_warning_in_the_strict_cell_is_an_error():
    with warnings.catch_warnings():
        exec(STRICT_CELL, {})
        with pytest.raises(RuntimeWarning):
            warnings.warn("mean of an empty slice", RuntimeWarning, stacklevel=1)
