"""Every interval says at which level it holds, and says it from the number that computed it."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from rcommerce_helpers import sentences
from rcommerce_helpers.results import ASSUMED_LEVEL, LEVEL, Figure, NotAnswered
from rcommerce_helpers.sentences import Quotes
from rcommerce_helpers.sentences.catalogue import catalogue
from rcommerce_helpers.statistics.intervals import bootstrap_interval, normal_quantile, tails

PACKAGE = Path(sentences.__file__).parents[1]
SPOKEN = sorted(p for p in (PACKAGE / "sentences").glob("*.py") if p.stem not in {"quoting", "numbers"})
DRAWN = sorted((PACKAGE / "plots").glob("*.py"))
COMPUTED = sorted(p for room in ("patterns", "affinity", "campaigns") for p in (PACKAGE / room).glob("*.py"))
SAYS_LEVEL = {"interval_words", "bars_note", "_in_brackets"}
TYPED = re.compile(r"\b9[05][\s\u00a0\u2011-]?%")


def called(function: ast.FunctionDef) -> set[str]:
    """Names of the functions and methods that a function calls."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {f.id if isinstance(f, ast.Name) else f.attr for f in calls if isinstance(f, (ast.Name, ast.Attribute))}


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)]


def quoting_ranges(function: ast.FunctionDef) -> bool:
    """Whether it writes interval ends of a figure: ``q.range(...)``."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return any(c.func.attr == "range" and isinstance(c.func.value, ast.Name) and c.func.value.id == "q" for c in calls)


def test_an_interval_is_quoted_with_the_level_of_its_figure():
    figures = (Figure("a", 0.2, 50, "share", 0.1, 0.3), Figure("b", 2.0, 50, "count", 1, 3, level=ASSUMED_LEVEL))
    english, german = (Quotes(NotAnswered("x", "", figures=figures), language) for language in ("en", "de"))
    assert (english.interval("a"), english.interval("b")) == ("95% interval 10% to 30%", "90% interval 1 to 3")
    assert german.interval("b") == "90\u2011%\u2011Intervall 1 bis 3"
    assert {q.part for q in english.interval("a").quotes} == {"low", "high"}


def test_a_limit_has_no_interval_and_no_level():
    few = Figure("a", 10.0, 50, "count", bound="under")
    assert Quotes(NotAnswered("x", "", figures=(few,)), "en").interval("a") == "under 10"


@pytest.mark.parametrize("path", SPOKEN, ids=lambda p: p.stem)
def test_a_sentence_with_interval_ends_says_their_level(path):
    silent = [f.name for f in functions(path) if quoting_ranges(f) and not {"interval", *SAYS_LEVEL} & called(f)]
    assert silent == []


@pytest.mark.parametrize("path", DRAWN, ids=lambda p: p.stem)
def test_a_chart_with_bars_says_their_level(path):
    helpers = {"_effects", "_one_dose"}  # they draw into a chart whose function says it
    bars = {"interval_bars", *helpers}
    silent = [f.name for f in functions(path) if bars & called(f) and not SAYS_LEVEL & called(f)]
    assert sorted(set(silent) - helpers) == []


@pytest.mark.parametrize("path", [*SPOKEN, *DRAWN], ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_level_is_typed_into_a_text(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    assert [text for text in texts if TYPED.search(text)] == []


def test_no_level_is_typed_into_a_translation():
    assert [forms for forms in catalogue("de").values() if any(map(TYPED.search, forms))] == []


@pytest.mark.parametrize("path", COMPUTED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_level_is_typed_into_a_computation(path):
    """Tails of draws and standard errors come from the level by ``tails`` and ``normal_quantile``."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"quantile\([^)\n]*\[0?\.0\d+|1\.64\d|1\.95\d|quantile\(0?\.(?:05|95|025|975)\)", text) == []


def test_a_level_gives_its_tails_and_reach():
    assert (tails(LEVEL), tails(ASSUMED_LEVEL)) == ((0.025, 0.975), (0.05, 0.95))
    assert normal_quantile(LEVEL) == pytest.approx(1.959964)
    assert normal_quantile(ASSUMED_LEVEL) == pytest.approx(1.644854)
    wide, narrow = (
        bootstrap_interval(np.arange(99.0), lambda rows: float(rows.mean()), np.random.default_rng(1), level=level)
        for level in (LEVEL, ASSUMED_LEVEL)
    )
    assert wide.low < narrow.low < narrow.high < wide.high
