"""Sentences and pictures of notebook 01, in both languages."""

import ast
import inspect
from dataclasses import replace

import pytest
from known_key import KEY

from rcommerce_helpers.merging.contact_points import contact_points
from rcommerce_helpers.merging.golden import golden_records
from rcommerce_helpers.merging.golden_values import compare_values
from rcommerce_helpers.merging.identification import time_to_identify
from rcommerce_helpers.merging.identity import identify
from rcommerce_helpers.merging.params import MergingParams
from rcommerce_helpers.merging.permissions import decide_permissions
from rcommerce_helpers.merging.quality import report_sources
from rcommerce_helpers.merging.story import describe_certainty, summarise, tell_story
from rcommerce_helpers.merging.switched_off import switch_off
from rcommerce_helpers.merging.timeline import build_timeline
from rcommerce_helpers.merging.worth import weigh_linking
from rcommerce_helpers.plots import merging as plots
from rcommerce_helpers.plots import story as lanes
from rcommerce_helpers.results import Figure
from rcommerce_helpers.sentences import merging as sentences
from rcommerce_helpers.sentences import merging_sources as together
from rcommerce_helpers.sentences.catalogue import catalogue
from rcommerce_helpers.sources.landed import read_landed


@pytest.fixture
def results(landed):
    params = MergingParams(matching="exact")
    records = read_landed(landed, "source_records")
    linked = identify(records, params, key=KEY)
    decided = decide_permissions(landed, linked.persons, "2024-12-31")
    timeline = build_timeline(landed, linked.persons, "2024-12-31")
    golden = golden_records(records, linked.persons, timeline.events, params)
    points = contact_points(decided.table, records, linked.persons, as_of="2024-12-31", key=KEY).table
    known = {"as_of": "2024-12-31"}
    return {
        "values": compare_values(golden, params),
        "missed": switch_off(golden, records, linked.persons, points, rules=params.rules()),
        "met": time_to_identify(landed, golden.owned, decided.table, **known),
        "worth": weigh_linking(landed, records, linked.persons, points, params=params, key=KEY, **known),
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
    for module in (sentences, together, plots, lanes):
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
    story = plots.plot_story(results["story"], "en")
    assert sum(len(t.x) for t in story.data) == 5
    certainty = plots.plot_certainty(results["certainty"], "en")
    assert sum(sum(t.x) for t in certainty.data) == 5


def test_sentences_on_the_sources_say_the_figures(results):
    assert together.sentence_values(results["values"], "en") == (
        "The golden record holds 44.4% of the personal values of 4 customers; crm, the fullest source, alone holds "
        "33.3%."
    )
    figures = (*results["values"].figures, Figure("conflict_share", 0.25, 40, "share"))
    told = together.sentence_values(replace(results["values"], figures=figures), "en")
    assert told.endswith("For 25% of the 40 customers whom several sources know, these differ on a value.")
    assert together.sentence_switched_off(results["missed"], "en") == (
        "Without crm nobody would know 2 of 4 customers, 56.2% of the golden values would be empty, and 0 customers "
        "could not be written to any more."
    )
    assert together.sentence_identification(results["met"], "en").startswith("83.3% of 6 visits, orders, calls")
    assert together.sentence_worth(results["worth"], "en").startswith("1 of 5 records are somebody counted again.")
    assert "longest silence lasted 29 days; the firm made 0 contacts" in sentences.sentence_story(
        results["story"], "en"
    )


@pytest.mark.usefixtures("tell_of_few")
def test_pictures_of_the_sources_draw_the_columns_of_their_result(results):
    values = plots.plot_values(results["values"], "de")
    assert sorted(values.data[-1].x) == sorted(results["values"].columns["filled_share"])
    missed = plots.plot_switched_off(results["missed"], "en")
    assert [sum(t.x) for t in missed.data] == results["missed"].sources[[c for c, _ in plots.LOSSES]].sum().tolist()
    entries = plots.plot_entries(results["met"], "en")
    assert [a + b for a, b in zip(entries.data[0].x, entries.data[1].x)] == [1.0] * len(entries.data[0].x)
    worth = plots.plot_worth(results["worth"], "de")
    assert max(worth.data[1].x) == 5


def test_a_hidden_count_is_drawn_as_a_word(results):
    told = [text for trace in plots.plot_switched_off(results["missed"], "en").data for text in trace.text]
    assert "under 10" in told
    assert not {"1", "2", "9"} & set(told)


def test_the_story_shades_the_silence_and_writes_amounts_apart(results):
    story = plots.plot_story(results["story"], "en")
    start, end = results["story"].silence
    assert (story.layout.shapes[0].x0, story.layout.shapes[0].x1) == (start.isoformat(), end.isoformat())
    orders = next(t for t in story.data if t.name.startswith("order"))
    assert any(orders.text)


def test_text_from_data_is_made_harmless(results):
    results["sources"].sources.loc[0, "source"] = "<b>crm</b>"
    assert "<b>" not in "".join(plots.plot_coverage(results["sources"], "en").data[0].x)
    assert sentences.word("<i>", "en") == "&lt;i&gt;"
