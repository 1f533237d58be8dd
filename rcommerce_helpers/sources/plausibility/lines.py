"""Single lines of orders that contradict themselves, while all the others do not."""

from __future__ import annotations

from collections.abc import Iterator

from rcommerce_helpers.sources.plausibility.look import FEW, Doubt, Look


def lines_against_themselves(look: Look) -> Iterator[Doubt]:
    """A few lines with units sold for less than nothing, or with more tax than amount; many of them are a habit."""
    if not look.has("order_lines"):
        return
    n, few, line = look.one(
        "select count(*), count(*) filter (odd), min(_line) filter (odd) from (select _line, "
        "coalesce(coalesce(kind, 'item') = 'item' and quantity > 0 and amount < 0, false) "
        "or coalesce(abs(tax) > abs(amount) and amount <> 0, false) or abs(quantity) > 1e9 as odd "
        "from landed_order_lines)"
    )
    if 0 < few <= max(1, n * FEW):
        place = f", first on line {line:.0f} of its file" if line else ""
        said = "units sold for less than nothing, more tax than amount or a billion units"
        yield Doubt(
            "warning", "line", "order_lines", "amount",
            f"{few:,.0f} of {n:,.0f} lines have {said}{place}",
            'correct them, map kind = "return" or set_aside = [{ rule = "...", where = "..." }]',
        )  # fmt: skip
