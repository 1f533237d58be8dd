"""Sentences quote recorded figures only, in both languages; charts draw what the results hold."""

import ast
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pattern_worlds import as_lots, drawn_contacts, world

import rcommerce_helpers
from rcommerce_helpers.patterns.baskets import pairs
from rcommerce_helpers.patterns.cohorts import cohorts
from rcommerce_helpers.patterns.contexts import HOURS, OTHER, USUAL, WEEKDAYS, context_effects
from rcommerce_helpers.patterns.effects import contact_effects
from rcommerce_helpers.patterns.figures import REGISTRY
from rcommerce_helpers.patterns.findings import Sections, gather
from rcommerce_helpers.patterns.journeys import trip_steps
from rcommerce_helpers.patterns.lifecycle import NOT_YET, STATES, lifecycle
from rcommerce_helpers.patterns.params import PatternsParams
from rcommerce_helpers.patterns.preferences import preferences
from rcommerce_helpers.patterns.scorecard import Responses, scorecard
from rcommerce_helpers.patterns.segments import SEGMENTS, revenue_shares, rfm_segments
from rcommerce_helpers.patterns.worth_it import worth_it
from rcommerce_helpers.plots import patterns as plots
from rcommerce_helpers.results import Absent, NotAnswered
from rcommerce_helpers.sentences import patterns as sentences
from rcommerce_helpers.sentences.catalogue import catalogue

PACKAGE = Path(rcommerce_helpers.__file__).parent
PARAMS = PatternsParams()


GONE = Absent("feedback", "not there")
NONE = NotAnswered("web journeys", "no events", "a log of web events")


@pytest.fixture(scope="module")
def results():
    baskets, contents = world(12, customers=400, evening_lift=0.8, follow_lift=0.3)
    orders = baskets.orders
    lines = orders[["customer_id", "order_id"]].assign(
        product_id="p", kind="item", amount=orders["value"], discount=np.arange(len(orders)) % 3
    )
    parts = {
        "moments": context_effects(baskets, contents, PARAMS),
        "steps": trip_steps(baskets, contents, PARAMS),
        "pairs": pairs(baskets, contents, PARAMS),
        "contacts": contact_effects(as_lots(drawn_contacts(1, 0.5)), PARAMS),
    }
    contacts = pd.DataFrame({"customer_id": ["c00001", "c00002"], "arm": "coupon", "converted": [True, False]})
    return parts | {
        "worth": worth_it(baskets, lines),
        "value": revenue_shares(baskets, PARAMS),
        "segments": rfm_segments(baskets),
        "states": lifecycle(baskets, PARAMS),
        "cohorts": cohorts(baskets),
        "habits": preferences(baskets),
        "health": scorecard(baskets, contents, lines, Responses(contacts, GONE, GONE), PARAMS),
        "findings": gather(
            Sections(parts["contacts"], NONE, parts["moments"], parts["steps"], parts["pairs"], NONE, NONE)
        ),
    }


SPOKEN = [
    ("worth", sentences.sentence_worth),
    ("value", sentences.sentence_value),
    ("segments", sentences.sentence_segments),
    ("states", sentences.sentence_lifecycle),
    ("cohorts", sentences.sentence_cohorts),
    ("moments", sentences.sentence_moments),
    ("steps", sentences.sentence_findings),
    ("pairs", sentences.sentence_findings),
    ("contacts", sentences.sentence_findings),
    ("habits", sentences.sentence_preferences),
    ("health", sentences.sentence_scorecard),
    ("findings", sentences.sentence_headline),
]
DRAWN = [
    ("value", plots.plot_value),
    ("segments", plots.plot_segments),
    ("states", plots.plot_movement),
    ("cohorts", plots.plot_cohorts),
    ("moments", plots.plot_findings),
    ("steps", plots.plot_findings),
    ("pairs", plots.plot_findings),
    ("contacts", plots.plot_findings),
    ("findings", plots.plot_gathered),
]


@pytest.mark.parametrize(("name", "sentence"), SPOKEN, ids=[s[0] for s in SPOKEN])
def test_every_number_spoken_is_a_figure_of_the_result(results, name, sentence):
    figures = results[name].figures
    known = [v for f in figures for v in (f.value, f.low, f.high, f.n, f.level) if v is not None]
    spoken = re.findall(r"(?<![\w.,])[-+]?(\d[\d,]*(?:\.\d+)?)(%?)", sentence(results[name], "en"))
    assert spoken
    for text, percent in spoken:
        digits = len(text.split(".")[1]) if "." in text else 0
        scale = 100 if percent else 1
        value = float(text.replace(",", ""))
        assert any(abs(abs(k) * scale - value) <= 0.5001 * 10**-digits for k in known), (text, percent)


@pytest.mark.parametrize(("name", "sentence"), SPOKEN, ids=[s[0] for s in SPOKEN])
def test_german_says_the_same_numbers_in_other_words(results, name, sentence):
    english, german = (sentence(results[name], language) for language in ("en", "de"))
    assert german != english
    assert german.endswith((".", "?"))
    assert "{" not in german
    assert len(re.findall(r"\d+", german)) == len(re.findall(r"\d+", english))


@pytest.mark.parametrize(("name", "plot"), DRAWN)
@pytest.mark.parametrize("language", ["en", "de"])
def test_charts_draw_the_columns_of_the_result(results, name, plot, language):
    figure = plot(results[name], language)
    assert figure.layout.title.text
    assert figure.layout.width is None
    assert sum(len(np.ravel(trace.y)) for trace in figure.data) > 0


def test_the_forest_shows_estimates_with_their_interval_ends(results):
    leading = results["moments"].leading()
    figure = plots.plot_findings(results["moments"], "en")
    low = np.concatenate([np.array(t.x) - np.array(t.error_x.arrayminus) for t in figure.data if t.error_x.array])
    assert sorted(low) == pytest.approx(sorted(leading["pooled_low"]))


def test_text_from_data_cannot_become_markup(results):
    assert "<" not in sentences.finding_words("<b>beer</b>", "de")
    assert "<" not in sentences.context_words("after <i>x</i>", "step", "de")


def test_registry_knows_every_figure_and_none_is_null(results):
    names = [REGISTRY.check(f).name for result in results.values() for f in result.figures]
    assert len(set(names)) >= 25
    assert all(f.low <= f.value <= f.high for r in results.values() for f in r.figures if f.low is not None)


def messages(path):
    """Literal messages handed to say() or labels(), and the values of the word lists."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found, plurals = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"say", "labels"}:
            found |= {a.value for a in node.args if isinstance(a, ast.Constant) and a.value not in {"en", "de"}}
        if isinstance(node, ast.keyword) and node.arg == "plural":
            plurals |= {n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\{\w+\}", node.value):
            found.add(node.value)
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            found |= {v.value for v in list(node.value.values) if isinstance(v, ast.Constant)}
    return {m for m in found - plurals if isinstance(m, str) and "%{" not in m}


def test_every_message_label_and_word_is_translated():
    german = catalogue("de")
    spoken = messages(PACKAGE / "sentences" / "patterns.py") | messages(PACKAGE / "plots" / "patterns.py")
    words = {*STATES, *SEGMENTS, *HOURS, *WEEKDAYS, USUAL, OTHER, NOT_YET, "holds", "undecided", "chance"}
    missing = sorted(m for m in spoken | words if m not in german)
    assert len(spoken) > 40
    assert missing == []
