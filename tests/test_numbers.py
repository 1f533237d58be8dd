"""One form per unit and language: signs, digits, currency, ticks."""

import math
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.results import Figure, NotAnswered, Unit
from rcommerce_helpers.sentences import Quotes, quotes_of, say, together, written
from rcommerce_helpers.sentences.numbers import FORMS, day, month, ticks_written

UNITS = get_args(Unit)
values = st.floats(-1e7, 1e7, allow_nan=False)


def test_every_unit_has_one_form():
    assert set(FORMS) == set(UNITS)


@pytest.mark.parametrize(
    ("value", "unit", "english", "german"),
    [
        (794516, "count", "794,516", "794.516"),
        (0.2331, "share", "23.3%", "23,3\xa0%"),
        (0.2, "share", "20%", "20\xa0%"),
        (0.00003, "share", "0.003%", "0,003\xa0%"),
        (-0.284, "change", "\u221228.4%", "\u221228,4\xa0%"),
        (0.019, "change", "+1.9%", "+1,9\xa0%"),
        (0.0074, "points", "0.7", "0,7"),
        (7.01, "money", "€7.01", "7,01\xa0€"),
        (600.0, "money", "€600", "600\xa0€"),
        (-79352.7, "money", "\u2212€79,353", "\u221279.353\xa0€"),
        (5.774, "money_per_week", "€5.77", "5,77\xa0€"),
        (math.log(1.5), "log_error", "1.50", "1,50"),
        (6.0, "days", "6", "6"),
        (3.12, "times", "3.12", "3,12"),
        (0.8126, "score", "0.813", "0,813"),
        (1, "yes_no", "yes", "ja"),
    ],
)
def test_a_number_reads_as_people_write_it(value, unit, english, german):
    assert written(value, unit, "en", "EUR") == english
    assert written(value, unit, "de", "EUR") == german


@given(values, st.sampled_from([u for u in UNITS if u not in {"yes_no", "log_error"}]))
def test_both_languages_write_the_same_digits(value, unit):
    digits = [re.sub(r"\D", "", written(value, unit, language, "EUR")) for language in ("en", "de")]
    assert digits[0] == digits[1]
    assert "-" not in written(value, unit, "de", "EUR")
    assert (written(value, unit, "en", "EUR")[0] == "\u2212") <= (value < 0)


@pytest.mark.parametrize("unit", ["money", "money_per_week"])
def test_money_is_never_written_without_its_currency(unit):
    with pytest.raises(ParamError, match="currency"):
        written(7.93, unit, "en")
    with pytest.raises(ParamError, match="currency"):
        ticks_written([0.0, 5.0], unit, "en")


def test_ticks_differ_and_show_no_more_digits_than_needed():
    assert ticks_written([-0.01, -0.005, 0.0, 0.005], "change", "de") == [
        "\u22121,0\xa0%",
        "\u22120,5\xa0%",
        "0,0\xa0%",
        "+0,5\xa0%",
    ]
    assert ticks_written([0.0, 0.2, 0.4], "share", "en") == ["0%", "20%", "40%"]
    assert ticks_written([0.0, 2.5, 5.0], "money", "en", "EUR") == ["€0.00", "€2.50", "€5.00"]


def test_days_and_months_are_in_the_language():
    from datetime import date

    assert (day(date(2024, 3, 1), "en"), day(date(2024, 3, 1), "de")) == ("1 Mar 2024", "01.03.2024")
    assert (month(date(2024, 3, 1), "en"), month(date(2024, 3, 1), "de")) == ("Mar 2024", "März 2024")


def test_a_sentence_remembers_what_it_quotes():
    found = NotAnswered("x", "", figures=(Figure("rate", 0.25, 1200, "share", 0.2, 0.3),))
    q = Quotes(found, "de")
    said = say("{rate} of {n} ({range})", "de", rate=q("rate"), n=q.n("rate"), range=q.range("rate"))
    assert said == "25\xa0% of 1.200 (20\xa0% bis 30\xa0%)"
    kept = {(quote.part, quote.value) for quote in quotes_of(together("Before.", said))}
    assert kept == {("value", 0.25), ("n", 1200), ("low", 0.2), ("high", 0.3)}
