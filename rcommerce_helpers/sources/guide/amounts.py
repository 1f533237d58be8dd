"""What was paid for a line of an order: its amount, units times a price, or the total of the order; the values tell."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rcommerce_helpers.sources.guide.meanings import Meaning
from rcommerce_helpers.sources.guide.sniff import Sniffed

LEAST_ORDERS = 5


def amount_of(meaning: Mapping[str, Meaning], file: Sniffed) -> Meaning | None:
    """What was paid for a line: a column, or units times a price, as the values say; None where nothing tells."""
    total, price, units = (meaning.get(c) for c in ("amount", "unit_price", "quantity"))
    if price is None or units is None:
        return _total_alone(total or price, units, meaning, file)
    minus = {"minus": [str(meaning["discount"].origin)]} if "discount" in meaning else {}
    product: dict[str, Any] = {"multiply": [str(units.origin), str(price.origin)], **minus}
    if total is None:
        used = {str(m.origin) for m in meaning.values()}
        equal = [c for c in file.columns if c not in used and _share_equal(file, c, product["multiply"]) > 0.9]
        told = "units times the price of one"
        return Meaning(equal[0], "sure", f"is {told}") if equal else Meaning(product, "likely", told)
    if _share_equal(file, str(total.origin), product["multiply"]) > 0.8:
        return Meaning(total.origin, "sure", f"equals {' x '.join(product['multiply'])}")
    if _same_in_order(file, meaning, str(total.origin)):
        return Meaning(product, "likely", f"{total.origin} is the same on all lines of an order: its total")
    return Meaning(total.origin, "unsure", f"differs from {' x '.join(product['multiply'])} on many lines")


def _total_alone(
    total: Meaning | None, units: Meaning | None, meaning: Mapping[str, Meaning], file: Sniffed
) -> Meaning | None:
    """One column of money: the amount of the line, the price of one, or the total of the order."""
    if total is None:
        return None
    name = str(total.origin)
    if _same_in_order(file, meaning, name):
        return Meaning(name, "unsure", "the same on all lines of an order: it may be the total of the order")
    if units is None:
        return Meaning(name, "unsure", "no number of units beside it")
    if _is_unit_price(file, meaning, name):
        return Meaning({"multiply": [str(units.origin), name]}, "likely", f"{name} does not grow with the units")
    return Meaning(name, total.sure, "name, and it grows with the units")


def number(text: str | None) -> float | None:
    """A number as people write it, by its last mark; None where it is none.

    Examples
    --------
    >>> number("1.234,50"), number("12.5"), number("x")
    (1234.5, 12.5, None)
    """
    bare = re.sub(r"[\s'\u00a0€$£%]", "", text or "")
    mark = max(bare.rfind(","), bare.rfind("."))
    if mark >= 0:
        bare = re.sub(r"[.,]", "", bare[:mark]) + "." + bare[mark + 1 :]
    try:
        return float(bare)
    except ValueError:
        return None


def _column(file: Sniffed, name: str) -> list[str | None]:
    at = file.columns.index(name)
    return [row[at] for row in file.rows]


def _share_equal(file: Sniffed, total: str, factors: Sequence[str]) -> float:
    rows = zip(*([number(v) for v in _column(file, name)] for name in (total, *factors)))
    known = [(t, a * b) for t, a, b in rows if t is not None and a is not None and b is not None]
    return sum(abs(t - p) < 0.011 for t, p in known) / len(known) if known else 0.0


def _same_in_order(file: Sniffed, meaning: Mapping[str, Meaning], total: str) -> bool:
    """Whether nearly every order with several products has one amount, on all its lines or on the first alone."""
    held: dict[str | None, list[tuple[str | None, str | None]]] = defaultdict(list)
    orders, products = (_column(file, str(meaning[c].origin)) for c in ("order_id", "product_id"))
    for order, product, value in zip(orders, products, _column(file, total)):
        held[order].append((product, value))
    several = [rows for rows in held.values() if len({product for product, _ in rows}) > 1]
    same = sum(len({value for _, value in rows} - {None}) == 1 for rows in several)
    return len(several) >= LEAST_ORDERS and same > 0.9 * len(several)


def once_per_order(file: Sniffed, order: str, column: str) -> bool:
    """Whether a column is filled on the first line of an order alone, where the order has several."""
    held: dict[str | None, list[bool]] = defaultdict(list)
    for number_of, value in zip(_column(file, order), _column(file, column)):
        held[number_of].append(value is not None)
    several = [given for given in held.values() if len(given) > 1 and any(given)]
    first = sum(given[0] and not any(given[1:]) for given in several)
    return len(several) >= LEAST_ORDERS and first > 0.9 * len(several)


def _is_unit_price(file: Sniffed, meaning: Mapping[str, Meaning], total: str) -> bool:
    """Whether the amounts of one product stay the same where the units differ."""
    held: dict[str | None, list[tuple[float, float]]] = defaultdict(list)
    products, units = (_column(file, str(meaning[c].origin)) for c in ("product_id", "quantity"))
    for product, count, value in zip(products, units, _column(file, total)):
        n, money = number(count), number(value)
        if n and money:
            held[product].append((n, money))
    ratios = []
    for rows in held.values():
        ones, more = [m for n, m in rows if n == 1], [m / n for n, m in rows if n > 1]
        if ones and more:
            ratios.append(statistics.median(more) / statistics.median(ones))
    return len(ratios) >= 3 and statistics.median(ratios) < 0.75
