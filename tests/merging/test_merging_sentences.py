"""Sentences and pictures of notebook 01, in both languages."""

import ast
import inspect

import pytest
from known_key import KEY

from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import decide_permissions
from rcommerce_helpers.merging.quality import report_sources
from rcommerce_helpers.merging.story import describe_certainty, summarise, tell_story
from rcommerce_helpers.merging.timeline import build_timeline
from rcommerce_helpers.plots import merging as plots
from rcommerce_helpers.sentences import merging as sentences
from rcommerce_helpers.sentences.catalogue import catalogue
from rcommerce_helpers.sources.landed import read_landed


@pytest.fixture
def results(landed):
    params = MergingParams(matching="exact")
    linked = identify(read_landed(landed, "source_records"), params, key=KEY)
    decided = decide_permissions(landed, linked.persons, "2024-12-31")
    timeline = build_timeline(landed, linked.persons, "2024-12-31")
    return {
        "sources": report_sources(landed, "2024-12-31"),
        "linked": linked,
        "certainty": describe_certainty(linked),
        "decided": decided,
        "story": tell_story(timeline.events, decided.table, "EUR", params),
        "summary": summarise(linked, decided),
    }


def messages() -> set[str]:
    """Every text that the room passes to ``say`` or ``labels``, and every word of its table."""
    found = set(sentences.WORDS.values())
    for module in (sentences, plots):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "labels"):
                found |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found | {name for _, name in plots.BANDS}


def test_every_message_is_translated():
    assert len(messages()) > 50
    assert {m for m in messages() if m not in catalogue("de")} == set()


def test_german_messages_keep_the_named_places():
    import string

    def places(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    german = catalogue("de")
    assert [m for m in messages() if places(m) != places(german[m][0])] == []


def test_sentences_say_the_figures(results):
    assert sentences.sentence_identity(results["linked"], "en") == (
        "5 records are 4 customers; 40% of the records were linked to another."
    )
    assert sentences.sentence_headline(results["summary"], "de").replace("\xa0", " ") == (
        "4 Kunden zählen, nicht 5 Datensätze. 0 % von ihnen darf man bewerten, 25 % darf das Marketing anschreiben."
    )
    assert "26 €" in sentences.sentence_story(results["story"], "de").replace("\xa0", " ")


@pytest.mark.usefixtures("tell_of_few")
def test_pictures_draw_the_columns_of_their_result(results):
    coverage = plots.plot_coverage(results["sources"], "en")
    shares = results["sources"].coverage
    assert list(coverage.data[0].x) == shares["source"].to_list()
    assert list(coverage.data[0].z) == shares["filled_share"].to_list()
    permissions = plots.plot_permissions(results["decided"], "de")
    assert list(permissions.data[0].x) == results["decided"].shares["permitted_share"].tolist()
    story = plots.plot_story(results["story"], "en")
    assert sum(len(t.x) for t in story.data) == 5
    certainty = plots.plot_certainty(results["certainty"], "en")
    assert sum(sum(t.x) for t in certainty.data) == 5


def test_text_from_data_is_made_harmless(results):
    results["sources"].sources.loc[0, "source"] = "<b>crm</b>"
    assert "<b>" not in "".join(plots.plot_coverage(results["sources"], "en").data[0].x)
    assert sentences.word("<i>", "en") == "&lt;i&gt;"
