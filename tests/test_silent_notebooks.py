"""No warning, no path of this machine and no stray control reaches a notebook or a page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

CODE = Path(__file__).parents[1]
NOT_OURS = {
    "fetch_arrow_table() is deprecated, use to_arrow_table() instead.": "Ibis 12 calls DuckDB 2 by an older name",
    "fetch_record_batch() is deprecated, use to_arrow_reader() instead.": "Ibis 12 calls DuckDB 2 by an older name",
}
"""Warnings of other people's code that ours cannot mend, by their exact words, each with its reason."""
STRICT = f"""
import re
import warnings
warnings.simplefilter("error")
_ = [warnings.filterwarnings("ignore", message=re.escape(words) + "$") for words in {list(NOT_OURS)}]
"""
RUN_OTHER_NOTEBOOKS = """
import sys
from pathlib import Path
from rcommerce_helpers.workspace.runs import stages
stages.standard_table = lambda: stages.StageTable(Path("notebooks").resolve())
from rcommerce_helpers.cli import main
sys.argv = ["rcommerce", "run", "--dataset", "demo"]
main()
"""
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
def test_every_notebook_runs_with_warnings_as_errors(tmp_path):
    (tmp_path / "notebooks").mkdir()
    for path in (CODE / "notebooks").glob("0*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
        nbformat.write(notebook, tmp_path / "notebooks" / path.name)
    done = subprocess.run(
        [sys.executable, "-c", RUN_OTHER_NOTEBOOKS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
