"""papermill called by hand: a name that the notebook does not know is an error, not a remark."""

import subprocess
import sys

import nbformat
import pytest
from tiny_runs import write_notebook

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.params import Params

GLOBALS = Params(seed=11)
VALUES = {name: getattr(GLOBALS, name) for name in Params.names()}
OPENING = "params = Params.from_notebook(globals())"


def opened(*executed: str) -> Params:
    """What the first cell after the parameters gets to see after these cells."""
    return Params.from_notebook({**VALUES, "bogus": 1, "In": ["", "import os", *executed, OPENING]})


def papermill(folder, *parameters: str) -> tuple[int, nbformat.NotebookNode]:
    write_notebook(folder / "01_first.ipynb")
    call = [sys.executable, "-m", "papermill", "01_first.ipynb", "out.ipynb", "--no-progress-bar", *parameters]
    ended = subprocess.run(call, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return ended.returncode, nbformat.read(folder / "out.ipynb", as_version=4)


def test_an_unknown_name_ends_in_the_first_cell_after_the_parameters(tmp_path):
    code, notebook = papermill(tmp_path, "-p", "seed", "11", "-p", "sed", "8")
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tags = [cell.metadata.get("tags", []) for cell in code_cells]
    (place,) = [n for n, its in enumerate(tags) if "injected-parameters" in its]
    (error,) = [output for output in code_cells[place + 1].outputs if output.output_type == "error"]
    assert code != 0
    assert error.ename == "ParamError"
    assert error.evalue.startswith("sed: got an unknown parameter")
    assert error.evalue.endswith("Did you mean seed?")


def test_a_known_name_gets_through(tmp_path):
    _, notebook = papermill(tmp_path, "-p", "seed", "11", "-p", "dataset", "none such")
    errors = [output for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "error"]
    assert [error.evalue for error in errors] == [
        "dataset: got no finished run of 'none such' in runs/; expected one finished run. "
        "Run `rcommerce run --dataset none such` once."
    ]


# papermill -f hands in a whole file: all that the notebook knows, and one name more.
ALL_AND_ONE_MORE = "# Parameters\n" + "".join(f"{name} = {value!r}\n" for name, value in VALUES.items()) + "bogus = 1\n"


@pytest.mark.parametrize(
    "handed_in", ["# Parameters\nbogus = 1\n", "# Parameters\nseed = 11\nbogus: int = 1\n", ALL_AND_ONE_MORE]
)
def test_an_unknown_name_is_found_in_what_was_executed(handed_in):
    with pytest.raises(ParamError, match="bogus: got an unknown parameter"):
        opened(Params.cell(), handed_in)


def test_known_names_and_what_a_reader_tries_out_between_are_no_fault():
    tried = ("bogus = 1", "# Parameters of mine, no code", "%%bash\nls", "# Parameters\nseed = 11\n")
    assert opened(Params.cell(), *tried).seed == 11


def test_after_another_run_of_the_parameters_cell_the_old_fault_is_forgotten():
    assert opened(Params.cell(), "# Parameters\nbogus = 1\n", OPENING, Params.cell()).seed == 11


def test_outside_a_notebook_there_is_no_history():
    assert Params.from_notebook({**VALUES, "bogus": 1}).seed == 11
    assert Params.from_notebook({**VALUES, "In": "a name of one's own"}).seed == 11
