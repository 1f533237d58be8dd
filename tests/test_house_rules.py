"""The rules of the house that a machine can check: notebooks, files, git."""

import ast
import importlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from rcommerce_helpers.params import Params
from rcommerce_helpers.schema import TABLES, write_glossary

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PARAMS = {
    "00_start_here": ("relationship", "StartParams"),
    "01_data_merging": ("merging", "MergingParams"),
    "01a_who_is_who": ("merging", "LinkingParams"),
    "01b_permission_and_rights": ("merging", "PermissionParams"),
    "02_behaviour_patterns": ("patterns", "PatternsParams"),
    "03_affinity_scoring": ("affinity", "AffinityParams"),
    "04_campaign_simulation": ("campaigns", "CampaignParams"),
    "05_relationship_report": ("relationship", "ReportParams"),
    "06_your_own_data": ("sources", "OwnDataParams"),
}
per_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def cells(path: Path, kind: str = "code") -> list[dict]:
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def params_class(path: Path) -> type[Params]:
    room, name = PARAMS[path.stem]
    return getattr(importlib.import_module(f"rcommerce_helpers.{room}.params"), name)


def test_all_overview_notebooks_are_there():
    assert [p.stem for p in NOTEBOOKS] == list(PARAMS)


@per_notebook
def test_committed_without_outputs(path):
    assert all(not c["outputs"] and c["execution_count"] is None for c in cells(path))


@per_notebook
def test_reads_from_top_to_bottom_without_programming(path):
    banned = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try, ast.With)
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    found = [
        f"{type(node).__name__} in: {source(cell)[:60]}"
        for cell in cells(path)
        for node in ast.walk(ast.parse(source(cell)))
        if isinstance(node, banned + comprehensions)
    ]
    assert not found


@per_notebook
def test_cells_are_few_and_short(path):
    lengths = [len(source(c).strip().splitlines()) for c in cells(path)[2:]]
    assert 6 <= len(lengths) + 2 <= 24
    assert max(lengths) <= 15
    assert sorted(lengths)[len(lengths) // 2] <= 4


@per_notebook
def test_imports_come_first_and_only_there(path):
    kinds = [
        [isinstance(n, (ast.Import, ast.ImportFrom)) for n in ast.parse(source(cell)).body] for cell in cells(path)
    ]
    assert all(kinds[0])
    assert not any(any(k) for k in kinds[1:])


@per_notebook
def test_parameters_cell_equals_its_dataclass(path):
    tagged = [c for c in cells(path) if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert source(tagged[0]).strip() == params_class(path).cell()


@per_notebook
def test_prose_carries_the_code(path):
    words = sum(len(re.findall(r"\w+", source(c))) for c in cells(path, "markdown"))
    lines = sum(len([x for x in source(c).splitlines() if x.strip()]) for c in cells(path)[2:])
    assert words / lines >= 10, f"{words} words for {lines} lines of code"


@per_notebook
def test_no_figure_of_a_data_set_stands_in_markdown(path):
    """Amounts, percentages and counts belong to the run; years of sources and small numbers of the method may stand."""
    suspicious = re.compile(r"\d[\d.,]*\s?(?:%|percent|USD|EUR|GBP|\$|€|customers|households|orders|rows)")
    found = [m.group() for c in cells(path, "markdown") for m in suspicious.finditer(source(c))]
    allowed = {"95 %", "90 %", "10 customers"}
    assert [f for f in found if f not in allowed] == []


FILE_READERS = re.compile(
    r"\b(?:open|read_\w+|scan_\w+|from_file|load\w*|glob|rglob|iterdir|Path|exec|eval|__import__)\s*\("
)
READERS_OF_THE_HOUSE = {"read_offers", "read_stages", "read_arrived", "read_baskets", "read_contents", "read_shelf"}
READERS_OF_THE_HOUSE |= {"read_history", "read_aloud"}


@per_notebook
def test_notebooks_read_through_the_door_and_no_file(path):
    text = "\n".join(source(c) for c in cells(path))
    called = {m.group().rstrip("( ") for m in FILE_READERS.finditer(text)}
    assert called <= READERS_OF_THE_HOUSE
    modules = {
        n.name.split(".")[0] for c in cells(path) for n in ast.walk(ast.parse(source(c))) if isinstance(n, ast.alias)
    }
    assert not modules & {"duckdb", "ibis", "pyarrow", "os", "pathlib", "shutil", "sqlite3"}


@per_notebook
def test_ends_by_writing_its_results(path):
    assert source(cells(path)[-1]).strip().splitlines()[-1].startswith("run.finish(")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_is_large_and_none_is_data():
    large = [p.name for p in tracked_files() if p.stat().st_size > 1_000_000]
    data = [p.name for p in tracked_files() if p.suffix in {".parquet", ".csv", ".gz", ".xlsx", ".pkl", ".jsonl"}]
    assert large == []
    assert data == []


def test_package_files_are_at_most_400_lines():
    long = {
        p.name: n
        for p in (ROOT / "rcommerce_helpers").rglob("*.py")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_no_drawer_for_everything():
    drawers = {"utils", "util", "common", "helpers", "misc"}
    assert [p for p in (ROOT / "rcommerce_helpers").rglob("*") if p.stem in drawers] == []


def test_lock_has_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|file:|index-url", lock)


def test_glossary_is_the_schema(tmp_path):
    written = tmp_path / "glossary.md"
    write_glossary(TABLES.values(), written)
    assert (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8") == written.read_text(encoding="utf-8"), (
        "run make glossary"
    )


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_table_states_grain_key_and_purpose(table):
    assert table.grain.startswith(("a ", "an ", "one ", "units "))
    assert set(table.key) <= set(table.column_names)
    assert table.purpose
    assert all(c.meaning for c in table.columns)
    assert all(c.choices for c in table.columns if c.type == "choice")


def test_no_stage_reads_todays_clock():
    """as_of is explicit; only runs and locks may look at the clock."""
    clock = re.compile(r"(?:datetime|date|Timestamp)\.(?:now|today|utcnow)\(")
    rooms = (
        "sources",
        "merging",
        "patterns",
        "affinity",
        "campaigns",
        "relationship",
        "plots",
        "sentences",
        "demo_world",
    )
    found = [
        str(p.relative_to(ROOT))
        for room in rooms
        for p in (ROOT / "rcommerce_helpers" / room).rglob("*.py")
        if clock.search(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_duckdb_connection_is_made_by_the_engine():
    opened = re.compile(r"duckdb\.connect\(")
    found = [p.name for p in (ROOT / "rcommerce_helpers").rglob("*.py") if opened.search(p.read_text(encoding="utf-8"))]
    assert found == ["engine.py"]
    assert "autoload_known_extensions" in (ROOT / "rcommerce_helpers" / "engine.py").read_text(encoding="utf-8")
