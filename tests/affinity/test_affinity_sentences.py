import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from affinity_shop import PARAMS

from rcommerce_helpers.affinity.checks import check_drift, check_fairness, check_leaks
from rcommerce_helpers.affinity.due import due_soon
from rcommerce_helpers.affinity.figures import REGISTRY
from rcommerce_helpers.affinity.reasons import WORDS, explain
from rcommerce_helpers.affinity.relevance import lift, open_cases, score
from rcommerce_helpers.affinity.timing import forecast_gaps
from rcommerce_helpers.affinity.value import forecast_value
from rcommerce_helpers.plots import affinity as plots
from rcommerce_helpers.results import Absent
from rcommerce_helpers.sentences import affinity as say


@pytest.fixture(scope="module")
def results(simulated, learnt, contest):
    people = learnt.history.customers
    halves = np.where(np.arange(len(people)) % 2, "odd <b>", "even")
    attributes = pd.DataFrame({"customer_id": people, "name": "band", "value": halves})
    return {
        "history": simulated,
        "learnt": learnt,
        "contest": contest,
        "calibration": contest,
        "lift": lift(learnt, contest, PARAMS),
        "headline": lift(learnt, contest, PARAMS),
        "reasons": explain(learnt, contest, PARAMS),
        "example": explain(learnt, contest, PARAMS),
        "leaks": check_leaks(learnt, PARAMS),
        "drift": check_drift(learnt, PARAMS),
        "fairness": check_fairness(learnt, contest, attributes, PARAMS),
        "gaps": forecast_gaps(simulated),
        "due": due_soon(simulated, PARAMS),
        "value": forecast_value(simulated, PARAMS),
        "scores": score(learnt, contest, open_cases(Absent("service_cases", "no table")), PARAMS),
    }


def test_every_result_is_worded_in_both_languages(results):
    for name, result in results.items():
        english, german = (getattr(say, f"sentence_{name}")(result, language) for language in ("en", "de"))
        assert english != german
        for sentence in (english, german):
            assert re.search(r"\d", sentence)
            assert not re.search(r"\bnan\b", sentence)
            assert "{" not in sentence


def test_every_figure_is_registered_and_finite(results):
    for result in results.values():
        for figure in result.figures:
            REGISTRY.check(figure)


@pytest.mark.parametrize(
    ("low", "high", "word"), [(0.01, 0.03, "ahead"), (-0.01, 0.03, "tie"), (-0.03, -0.01, "behind")]
)
def test_the_sentence_says_who_won(contest, low, high, word):
    figures = tuple(dataclasses.replace(f, low=low, high=high) if f.name == "auc_gain" else f for f in contest.figures)
    assert word in say.sentence_contest(dataclasses.replace(contest, figures=figures), "en")


def test_every_reason_is_worded_in_both_languages():
    for code in WORDS:
        assert say.reason_words(code, 3, "en") != say.reason_words(code, 3, "de")


def test_pictures_draw_columns_of_the_result_and_escape_text_from_data(results):
    drawn = {
        "baselines": "contest",
        "calibration": "contest",
        "lift": "lift",
        "reasons": "reasons",
        "example": "reasons",
        "fairness": "fairness",
        "gaps": "gaps",
        "overdue": "due",
        "value": "value",
    }
    for picture, name in drawn.items():
        english, german = (getattr(plots, f"plot_{picture}")(results[name], language) for language in ("en", "de"))
        assert len(english.data) > 0
        assert english.layout.title.text != german.layout.title.text
        assert "<b>" not in english.to_json().replace("\\u003c", "<")
    calibration = plots.plot_calibration(results["contest"], "en")
    observed = results["contest"].calibration["observed"]
    assert np.square(calibration.data[1].y) == pytest.approx(observed.to_numpy())  # drawn on a square-root scale
