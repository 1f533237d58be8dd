"""What a step depends on is followed through imports; what it does not depend on leaves it alone."""

import json

import pytest

from rcommerce_helpers.workspace.runs import fingerprints
from rcommerce_helpers.workspace.runs.fingerprints import code_behind, code_of_notebook, digest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package in the place of the real one."""
    root = tmp_path / "rcommerce_helpers"
    files = {
        "__init__.py": "",
        "errors.py": "",
        "affinity/__init__.py": "",
        "affinity/model.py": "from rcommerce_helpers.errors import X\ndef f():\n    from .features import g\n",
        "affinity/features.py": "",
        "affinity/words.toml": "a = 1",
        "patterns/__init__.py": "",
        "patterns/cohorts.py": "",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(fingerprints, "ROOT", root)

    def forget() -> None:
        for cached in ("_imports_of", "_module_path", "_texts", "_file_digest"):
            getattr(fingerprints, cached).cache_clear()

    def of(*modules: str) -> str:
        forget()
        return code_behind(modules)

    forget()  # what an earlier test of this process saw of the real package
    yield root, of
    forget()


@pytest.mark.parametrize("name", ["affinity/model.py", "affinity/features.py", "errors.py", "affinity/words.toml"])
def test_change_behind_a_module_changes_its_fingerprint(package, name):
    root, of = package
    before = of("rcommerce_helpers.affinity.model")
    (root / name).write_text("changed = 1", encoding="utf-8")
    assert of("rcommerce_helpers.affinity.model") != before


def test_change_elsewhere_leaves_it(package):
    root, of = package
    before = of("rcommerce_helpers.affinity.model")
    (root / "patterns" / "cohorts.py").write_text("changed = 1", encoding="utf-8")
    assert of("rcommerce_helpers.affinity.model") == before


def test_notebook_counts_with_its_prose_and_the_modules_it_imports(package, tmp_path):
    root, _ = package
    path = tmp_path / "n.ipynb"

    def of(prose: str) -> str:
        for cached in ("_imports_of", "_file_digest"):
            getattr(fingerprints, cached).cache_clear()
        cells = [
            {"cell_type": "code", "source": ["from rcommerce_helpers.affinity import model"]},
            {"cell_type": "markdown", "source": [prose]},
        ]
        path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return code_of_notebook(path)

    first = of("Why")
    assert of("Why") == first
    assert of("Why not") != first
    (root / "affinity" / "features.py").write_text("changed = 1", encoding="utf-8")
    assert of("Why") != first


def test_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
