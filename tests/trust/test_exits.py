"""Each exit passes the gate: pages, charts, the log, errors of notebooks and of the command line, check."""

import json
from types import SimpleNamespace

import nbformat
import pytest

from rcommerce_helpers import cli
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.sources.complaints import such_as
from rcommerce_helpers.workspace.export import notebook_page
from rcommerce_helpers.workspace.page import page
from rcommerce_helpers.workspace.runs.execute import _failure
from rcommerce_helpers.workspace.runs.manifest import log

NAMING = "Ask anna.krause@mail.de, 0162-26111090, DE89 3704 0044 0532 0130 00 or c0123456789abcdef0123 \u202e"
NAMED = ("anna.krause", "26111090", "0532 0130", "c0123456789abcdef0123", "\u202e")


def names_nobody(text):
    return not any(part in text for part in NAMED)


def test_a_page_names_nobody_and_hides_nothing(tmp_path):
    figure = {
        "data": [{"x": [1], "y": [2], "text": [NAMING], "customdata": [[NAMING]]}],
        "layout": {"title": {"text": NAMING}},
    }
    outputs = [
        nbformat.v4.new_output("display_data", data={"text/html": f"<p>{NAMING}</p>"}),
        nbformat.v4.new_output("display_data", data={"text/markdown": f"**{NAMING}**"}),
        nbformat.v4.new_output("display_data", data={"application/vnd.plotly.v1+json": figure}),
        nbformat.v4.new_output("stream", name="stdout", text=NAMING),
    ]
    cells = [nbformat.v4.new_markdown_cell(f"# {NAMING}"), nbformat.v4.new_code_cell("show()", outputs=outputs)]
    path = tmp_path / "one.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert names_nobody(notebook_page(path, "en"))
    assert names_nobody(page(title=NAMING, body=NAMING, language="en"))


def test_numbers_of_a_chart_stay(tmp_path):
    figure = {"data": [{"x": {"dtype": "f8", "bdata": "c0123456789a"}, "y": [301234567.0]}], "layout": {}}
    output = nbformat.v4.new_output("display_data", data={"application/vnd.plotly.v1+json": figure})
    path = tmp_path / "one.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show()", outputs=[output])]), path)
    text = notebook_page(path, "en")
    assert '"bdata": "c0123456789a"' in text
    assert "301234567.0" in text


def test_a_line_of_the_log_names_nobody(tmp_path):
    log(tmp_path, "failed", error=NAMING, seconds=3.5)
    (line,) = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert names_nobody(line)
    assert json.loads(line)["seconds"] == 3.5


def test_what_a_notebook_failed_with_names_nobody(tmp_path):
    task = SimpleNamespace(notebook=tmp_path / "01_first.ipynb", timeout=60, stage="first", work=tmp_path)
    assert names_nobody(_failure(task, ValueError(NAMING)).error)


@pytest.mark.parametrize(
    "error", [ParamError("file", got=NAMING, expected="x", do="Do y"), RuntimeError(NAMING), OSError(2, NAMING, NAMING)]
)
def test_an_error_of_the_command_line_names_nobody(error, capsys):
    def fail():
        raise error

    assert cli._guarded(fail) != 0
    assert names_nobody(capsys.readouterr().err)


def test_check_prints_no_value_of_a_personal_column():
    assert such_as("source_records", "family_name", "Krause") == ""
    assert such_as("orders", "record_id", "shop:4711") == ""
    assert such_as("orders", "", "1;Krause;Anna") == "", "a whole line may hold anything"
    assert such_as("orders", "at", "31.02.2024") == " (such as '31.02.2024')"
    assert names_nobody(such_as("products", "category", NAMING))
