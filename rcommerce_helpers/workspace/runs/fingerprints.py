"""Fingerprints: has anything changed that a step's result depends on?

A step depends on the data, its parameters, its notebook, the package modules it imports (followed through their own
imports), the texts beside those modules (catalogues, mappings), the versions of the libraries, and the steps before.
Known limit: a module imported by a computed name is not followed; the package has none outside ``workspace/runs``.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGE = "rcommerce_helpers"
ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = (
    "duckdb",
    "ibis-framework",
    "numpy",
    "pandas",
    "papermill",
    "plotly",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "shap",
    "statsmodels",
)


def digest(content: object) -> str:
    """Sixteen hex digits of anything that JSON can write."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def versions() -> Mapping[str, str]:
    """Library -> installed version."""
    return {name: metadata.version(name) for name in LIBRARIES if _installed(name)}


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def notebook_sources(path: Path) -> list[str]:
    """The code cells of a notebook; prose does not change a result, but is shown, so it counts too."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def code_of_notebook(path: Path) -> str:
    """Fingerprint of a notebook and of all package modules behind it."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return digest([notebook_sources(path), code_behind(_imported(code, PACKAGE))])


def code_behind(modules: Iterable[str]) -> str:
    """Fingerprint of package modules, of what they import, and of the texts that lie beside them."""
    seen: dict[str, Path] = {}
    todo = list(modules)
    while todo:
        name = todo.pop()
        path = _module_path(name)
        if name in seen or path is None:
            continue
        seen[name] = path
        todo += [name.rpartition(".")[0]] if "." in name else []
        todo += _imports_of(path, name if path.name == "__init__.py" else name.rpartition(".")[0])
    rooms = {path.relative_to(ROOT).parts[0] for path in seen.values() if path.parent != ROOT}
    files = sorted({*seen.values(), *(text for room in rooms for text in _texts(room))})
    return digest([[str(p.relative_to(ROOT)), _file_digest(p)] for p in files])


@cache
def _imports_of(path: Path, package: str) -> tuple[str, ...]:
    return tuple(_imported(path.read_text(encoding="utf-8"), package))


def _imported(code: str, package: str) -> list[str]:
    """Names that may be package modules: ``from a import b`` may mean the module ``a.b``."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return [name for name in found if name.split(".")[0] == PACKAGE]


@cache
def _module_path(name: str) -> Path | None:
    path = ROOT.parent / Path(*name.split("."))
    for candidate in (path / "__init__.py", path.with_suffix(".py")):
        if candidate.exists():
            return candidate
    return None


@cache
def _texts(room: str) -> tuple[Path, ...]:
    kinds = {".toml", ".po", ".json", ".sql", ".txt", ".js", ".css"}
    return tuple(sorted(p for p in (ROOT / room).rglob("*") if p.suffix in kinds))


@cache
def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
