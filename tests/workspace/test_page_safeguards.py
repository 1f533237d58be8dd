"""A page says by its policy what it may do, and what was shown raw in a notebook is not on it."""

import base64
import hashlib
import re

import nbformat
import pytest

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.workspace import export
from rcommerce_helpers.workspace.export import clean, notebook_page
from rcommerce_helpers.workspace.page import page


def shown(folder, raw):
    """A notebook whose one cell showed this HTML."""
    output = nbformat.v4.new_output("display_data", data={"text/html": raw})
    cell = nbformat.v4.new_code_cell("show()", outputs=[output])
    path = folder / "one.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# One"), cell]), path)
    return path


def test_the_policy_allows_the_scripts_of_the_page_and_nothing_else():
    script = "document.title = 'one';"
    text = page(title="One", body="", language="en", scripts=[script])
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{own}'"
    assert "connect-src" not in rules


def test_a_page_whose_style_asks_for_a_font_is_not_written(tmp_path, monkeypatch):
    """What a notebook shows is cleaned before; what the house itself puts on a page is looked at last."""
    monkeypatch.setattr(export, "STYLE", "@import url('https://example.org/font.css');")
    with pytest.raises(SchemaError, match="complete in itself"):
        notebook_page(shown(tmp_path, "harmless"), "en")


def test_a_script_shown_raw_is_not_on_the_page(tmp_path):
    text = notebook_page(shown(tmp_path, "<p>kept</p><script>window.owned = 1</script><iframe srcdoc='x'>"), "en")
    assert "<p>kept</p>" in text
    assert "<script>window.owned" not in text
    assert "<iframe" not in text


def test_a_link_leads_to_a_page():
    assert 'href="https://doi.org/10.1"' in clean('<a href="https://doi.org/10.1">x</a>')
    for target in ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x"):
        assert "href" not in clean(f'<a href="{target}">x</a>')
