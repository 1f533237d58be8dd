"""Sentences and charts of notebook 04: every message translated, every number a figure, text from data harmless."""

import ast
import re
from pathlib import Path

import pytest
from campaign_worlds import orders_of, scores_of, small_offers
from test_campaign_past import PARAMS as PAST_PARAMS
from test_campaign_past import shop
from test_campaign_plan import PARAMS, figures, many, plan_of, reach_of

import rcommerce_helpers
from rcommerce_helpers.campaigns.evidence import identified
from rcommerce_helpers.campaigns.figures import REGISTRY
from rcommerce_helpers.campaigns.observational import measure_past
from rcommerce_helpers.campaigns.power import plan_test
from rcommerce_helpers.campaigns.simulate import simulate_contact_frequency
from rcommerce_helpers.plots import campaigns as plots
from rcommerce_helpers.sentences import campaigns as sentences
from rcommerce_helpers.sentences.catalogue import catalogue

PACKAGE = Path(rcommerce_helpers.__file__).parent


def messages(path):
    """First arguments of say(...) and all text arguments of labels(...)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"say", "labels"}:
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            yield from texts


@pytest.mark.parametrize("folder", ["sentences", "plots"])
def test_every_message_has_a_german_one_with_the_same_places(folder):
    found = list(messages(PACKAGE / folder / "campaigns.py"))
    assert len(found) > 10
    german = catalogue("de")
    for message in found:
        assert message in german, message
        assert set(re.findall(r"\{\w+\}", message)) == set(re.findall(r"\{\w+\}", german[message][0])), message


def plan():
    lines, scores = many(60)
    offers = small_offers(budget={"amount": 0.3})
    return plan_of(offers, scores, reach=reach_of(offers, lines=lines))


def everything():
    lines, _ = many(60)
    offers = small_offers()
    campaigns, contacts, orders = shop(1, households=400)
    past = measure_past(campaigns, contacts, orders, "EUR", PAST_PARAMS)
    reach = reach_of(offers, lines=lines)
    quick = PARAMS.with_(replications=5, simulate_days=20)
    return {
        sentences.sentence_reach: reach,
        sentences.sentence_plan: plan(),
        sentences.sentence_plan_value: plan(),
        sentences.sentence_prices: plan(),
        sentences.sentence_headline: plan(),
        sentences.sentence_past: past,
        sentences.sentence_redemption: past,
        sentences.sentence_identified: identified(contacts.assign(propensity=float("nan"))),
        sentences.sentence_contact_frequency: simulate_contact_frequency(reach, offers, "EUR", quick),
        sentences.sentence_test: plan_test(past, reach, offers, quick),
    }


def test_every_number_said_is_a_registered_figure():
    for say_it, result in everything().items():
        known = [abs(v) for f in result.figures for v in (f.value, f.low, f.high, f.n, f.level) if v is not None]
        for figure in result.figures:
            REGISTRY.check(figure)
        text = say_it(result, "en")
        assert say_it(result, "de") != text
        for token in re.findall(r"\d[\d,]*(?:\.\d+)?%?", text):
            number = float(token.rstrip("%").replace(",", ""))
            digits = len(token.rstrip("%").split(".")[1]) if "." in token else 0
            scale = 100 if token.endswith("%") else 1
            assert any(abs(v * scale - number) <= 0.5 * 10.0**-digits + 1e-9 for v in known), (token, text)


def test_charts_draw_the_numbers_of_the_result():
    result = plan()
    figure = plots.plot_plan(result, "de")
    assert sum(sum(trace.x) for trace in figure.data) == figures(result)["sent_contacts"].value
    past = everything()[sentences.sentence_past]
    chart = plots.plot_past(past, "en")
    assert [trace.name for trace in chart.data] == ["naive", "difference of changes", "adjusted", "placebo"]
    assert chart.layout.yaxis.title.text.startswith("EUR")
    naive = past.effects[past.effects["measure"] == "naive"].set_index("type")["effect"]
    assert list(chart.data[0].y) == [naive["all"]]  # one type only: its column would say the same twice


def test_an_empty_plan_still_draws_and_speaks():
    offers = small_offers(budget={"amount": 0.0})
    empty = plan_of(
        offers, scores_of([("ann", "TEA", 0.5)]), reach=reach_of(offers, lines=orders_of({"ann": ["2024-03-01"]}))
    )
    assert figures(empty)["planned_contacts"].value == 0
    assert plots.plot_plan(empty, "en").layout.title.text.startswith("0 contacts")
    assert sentences.sentence_headline(empty, "en").startswith("Send nothing")


def test_names_from_the_offers_file_are_escaped_in_charts():
    tea = {"id": "tea", "name": "<b>Tea</b>", "category": "TEA", "margin": 10.0}
    offers = small_offers(offers=[tea | {"uplift_prior": {"mean": 0.1, "sd": 0.0}}], holdout={"share": 0.0})
    lines, scores = many(12)
    chart = plots.plot_plan(plan_of(offers, scores, reach=reach_of(offers, lines=lines)), "en")
    assert [name for trace in chart.data for name in (trace.y or ())] == ["&lt;b&gt;Tea&lt;/b&gt;"]
