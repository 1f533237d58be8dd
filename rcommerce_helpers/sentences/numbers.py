"""Numbers as a language writes them, and text from data made harmless."""

from __future__ import annotations

import html
import math

from babel.numbers import format_currency, format_decimal, format_percent


def count(value: float, language: str) -> str:
    """12480 -> '12,480' (en), '12.480' (de)."""
    return format_decimal(round(value), locale=language)


def decimal(value: float, language: str, *, digits: int = 2) -> str:
    """0.8123 -> '0.81' (en), '0,81' (de); a rounded zero carries no minus sign."""
    rounded = round(value, digits) + 0.0
    return format_decimal(rounded, format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=language)


def share(value: float, language: str, *, digits: int = 1) -> str:
    """0.2331 -> '23.3%' (en), '23,3 %' (de)."""
    rounded = round(value, digits + 2) + 0.0
    return format_percent(rounded, format=None if digits == 0 else _percent_pattern(language, digits), locale=language)


def money(value: float, currency: str, language: str, *, digits: int = 0) -> str:
    """1234.5, EUR -> '€1,234' or '1.234 €'; whole units unless digits are asked for."""
    pattern = {"en": "¤#,##0", "de": "#,##0\xa0¤"}[language]
    places = f".{'0' * digits}" if digits else ""
    return format_currency(
        round(value, digits) + 0.0,
        currency,
        format=pattern.replace("#,##0", f"#,##0{places}"),
        locale=language,
        currency_digits=False,
    )


def interval(low: str, high: str, language: str) -> str:
    """Two written numbers -> 'low to high' (en), 'low bis high' (de)."""
    return f"{low} {'bis' if language == 'de' else 'to'} {high}"


def safe(text: object) -> str:
    """Text from data, harmless in markdown, HTML and plotly labels: no tags, links, formulas or code."""
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return ""
    flat = " ".join(str(text).split())
    escaped = html.escape(flat, quote=True)
    for sign in "\\`*_[]|$~":
        escaped = escaped.replace(sign, f"&#{ord(sign)};")
    return escaped


def _percent_pattern(language: str, digits: int) -> str:
    return f"#,##0.{'0' * digits}{chr(0xA0) if language == 'de' else ''}%"
