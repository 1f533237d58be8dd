"""How a number is written: one form per unit and language, the same in sentence, table, axis and hover.

``written`` is the only way from a value to its text. Decimal and thousands signs and the place of the currency are
those of the language (Babel), the minus sign is the real one, and the percent sign stands after a no-break space in
German. Known limit: intervals write each end in its own precision.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.leaving import Bound, fit_to_leave
from rcommerce_helpers.results import Unit

NO_BREAK = "\xa0"
MINUS = "\N{MINUS SIGN}"
CURRENCY_PATTERN: Mapping[str, str] = {"en": "¤#", "de": f"#{NO_BREAK}¤"}
YES_NO: Mapping[str, tuple[str, str]] = {"en": ("no", "yes"), "de": ("nein", "ja")}
TO: Mapping[str, str] = {"en": "to", "de": "bis"}
HYPHEN = "\N{NON-BREAKING HYPHEN}"
INTERVAL: Mapping[str, str] = {
    "en": "{level}% interval {ends}",
    "de": f"{{level}}{HYPHEN}%{HYPHEN}Intervall {{ends}}",
}
"""An interval with its level; the ends may be left out, for headings and axes."""
BOUNDS: Mapping[str, Mapping[Bound, str]] = {
    "en": {"": "", "under": "under ", "over": "over "},
    "de": {"": "", "under": "unter ", "over": "über "},
}
"""Before a number that is only a limit, because it would tell of fewer than ten people."""
SMALLEST_PERCENT = 1e-6
"""Below this many percent a share reads as nothing."""
WHOLE_MONEY_FROM = 100.0
"""Amounts from here on are written without cents: nobody reads them, and they suggest a sureness that is not there."""


@dataclass(frozen=True)
class Form:
    """How one unit is written.

    ``digits``: after the decimal sign; ``fixed``: whether zeros at the end stay; ``scale``: factor before writing;
    ``signed``: whether a plus is written; ``whole_from``: where digits say nothing any more, and are left out.
    """

    kind: Literal["number", "percent", "money", "factor", "yes_no"]
    digits: int = 0
    fixed: bool = False
    scale: float = 1.0
    signed: bool = False
    whole_from: float = math.inf


FORMS: Mapping[Unit, Form] = {
    "count": Form("number"),
    "mean": Form("number", 2),
    "share": Form("percent", 1, fixed=True, scale=100.0),
    "change": Form("percent", 1, fixed=True, scale=100.0, signed=True),
    "points": Form("number", 1, fixed=True, scale=100.0),
    "money": Form("money", 2, fixed=True),
    "money_per_week": Form("money", 2, fixed=True),
    "days": Form("number", 1),
    "weeks": Form("number", 1),
    "times": Form("number", 2, fixed=True, whole_from=10.0),
    "per_week": Form("number", 2),
    "rating": Form("number", 1, fixed=True),
    "score": Form("number", 3, fixed=True),
    "index": Form("number", 2, fixed=True),
    "log_error": Form("factor", 2, fixed=True),
    "log_odds": Form("number", 2, fixed=True),
    "yes_no": Form("yes_no"),
}


def written(value: float, unit: Unit, language: str, currency: str = "") -> str:
    """The value as the language writes it.

    Parameters
    ----------
    value
        In its unit; a share is 0 to 1.
    unit
        Of the closed list; money is written with its ``currency`` (ISO code), all else ignores it.

    Raises
    ------
    ParamError
        An amount of money without its currency.

    Examples
    --------
    >>> written(0.2331, "share", "en"), written(1234.5, "count", "de"), written(-3.5, "money", "en", "EUR")
    ('23.3%', '1.234', '−€3.50')
    """
    form = FORMS[unit]
    if form.kind == "yes_no":
        return YES_NO[language][round(value)]
    if form.kind == "money":
        _need(currency)
        whole = _whole(value) or abs(value) >= WHOLE_MONEY_FROM
        return _amount(value, currency, language, 0 if whole else 2)
    number = math.exp(value) if form.kind == "factor" else value * form.scale
    digits = _digits(number, form)
    text = _decimal(number, digits, language, fixed=form.fixed and not (form.kind == "percent" and _whole(number)))
    if form.kind == "percent":
        text += f"{NO_BREAK}%" if language == "de" else "%"
    return f"+{text}" if form.signed and round(number, digits) > 0 else text


def within(bound: Bound, language: str) -> str:
    """What stands before a number that is only a limit: 'under ', 'over ' or nothing."""
    return BOUNDS[language][bound]


def ticks_written(values: Sequence[float], unit: Unit, language: str, currency: str = "") -> list[str]:
    """Values of an axis, evenly spaced: written like the figures, with no more digits than tell them apart."""
    form = FORMS[unit]
    if form.kind == "money":
        _need(currency)
        cents = 0 if all(map(_whole, values)) else 2
        return [_amount(value, currency, language, cents) for value in values]
    if form.kind in {"factor", "yes_no"} or len(values) < 2:  # noqa: PLR2004 - a step needs two
        return [written(value, unit, language, currency) for value in values]
    step = abs(values[1] - values[0]) * form.scale
    digits = next((d for d in range(7) if math.isclose(step, round(step, d), rel_tol=1e-6)), 6)
    end = {"number": "", "percent": f"{NO_BREAK}%" if language == "de" else "%"}[form.kind]
    texts = [_decimal(value * form.scale, digits, language, fixed=True) + end for value in values]
    return [f"+{text}" if form.signed and value > step / 1e6 else text for value, text in zip(values, texts)]


def ratio(value: float, language: str) -> str:
    """How many times as much, as people say it.

    Examples
    --------
    >>> ratio(40, "en"), ratio(1 / 40, "en"), ratio(1.25, "de"), ratio(1, "en")
    ('40 ×', '1/40 ×', '1,25 ×', '1 ×')
    """
    whole = value if value >= 1 else 1 / value if value > 0 else 0.0
    text = f"{written(whole, 'count' if whole >= 10 else 'mean', language)} ×"  # noqa: PLR2004 - digits say nothing
    return text if value >= 1 or not value else f"1/{text}"


def odds_written(power: int, language: str) -> str:
    """Odds of ten to a power.

    Examples
    --------
    >>> odds_written(3, "en"), odds_written(0, "en"), odds_written(-1, "en")
    ('1,000 : 1', '1 : 1', '1 : 10')
    """
    much = written(10.0 ** abs(power), "count", language)
    return f"{much} : 1" if power > 0 else f"1 : {much}"


def count(value: float, language: str) -> str:
    """12480 -> '12,480' (en), '12.480' (de)."""
    return written(value, "count", language)


def decimal(value: float, language: str, *, digits: int = 2) -> str:
    """A number that is no figure, such as seconds: 0.8123 -> '0.81' (en), '0,81' (de)."""
    return _decimal(value, digits, language, fixed=True)


def share(value: float, language: str) -> str:
    """0.2331 -> '23.3%' (en), '23,3 %' (de)."""
    return written(value, "share", language)


def money(value: float, currency: str, language: str) -> str:
    """1234.5, EUR -> '€1,234' (en), '1.234 €' (de); cents below a hundred."""
    return written(value, "money", language, currency)


def interval(low: str, high: str, language: str) -> str:
    """Two written numbers -> 'low to high' (en), 'low bis high' (de)."""
    return f"{low} {TO[language]} {high}"


def interval_words(level: float, language: str, ends: str = "") -> str:
    """An interval and how sure it is, with its written ends or without them.

    Examples
    --------
    >>> interval_words(0.95, "en", "20% to 30%"), interval_words(0.9, "en")
    ('95% interval 20% to 30%', '90% interval')
    """
    return INTERVAL[language].format(level=_decimal(100 * level, 1, language, fixed=False), ends=ends).strip()


def day(moment: date, language: str) -> str:
    """A day as people write it: '30 Jun 2024' (en), '30.06.2024' (de)."""
    return format_date(moment, "dd.MM.yyyy" if language == "de" else "d MMM yyyy", locale=language)


def month(moment: date, language: str) -> str:
    """A month: 'Jun 2024' (en), 'Juni 2024' (de)."""
    return format_date(moment, "MMM yyyy", locale=language)


def safe(text: object) -> str:
    """Text from data, harmless in markdown, HTML and plotly labels: no tags, links, formulas or code."""
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return ""
    flat = " ".join(fit_to_leave(str(text)).split())
    escaped = html.escape(flat, quote=True)
    for sign in "\\`*_[]|$~":
        escaped = escaped.replace(sign, f"&#{ord(sign)};")
    return escaped


def _need(currency: str) -> None:
    if not currency:
        raise ParamError("currency", got="nothing", expected="an ISO code such as EUR", do="Say which money it is")


def _digits(number: float, form: Form) -> int:
    """Digits of the form; more where a share or a difference of shares would else vanish in zeros."""
    if abs(number) >= form.whole_from:
        return 0
    smallest = 0.5 * 10.0**-form.digits
    if form.scale == 1.0 or abs(number) >= smallest or abs(number) < SMALLEST_PERCENT:
        return form.digits
    return math.ceil(-math.log10(abs(number)))


def _whole(number: float) -> bool:
    """A typed share such as a fifth reads '20%', a typed budget '8 USD'; what is measured keeps its digits."""
    return math.isclose(number, round(number), abs_tol=1e-9)


def _decimal(number: float, digits: int, language: str, *, fixed: bool) -> str:
    places = ("0" if fixed else "#") * digits
    text = format_decimal(round(number, digits) + 0.0, format=f"#,##0.{places}" if places else "#,##0", locale=language)
    return text.replace("-", MINUS)


def _amount(value: float, currency: str, language: str, digits: int) -> str:
    number = f"#,##0.{'0' * digits}" if digits else "#,##0"
    text = format_currency(
        round(value, digits) + 0.0,
        currency,
        format=CURRENCY_PATTERN[language].replace("#", number),
        locale=language,
        currency_digits=False,
    )
    return text.replace("-", MINUS)
