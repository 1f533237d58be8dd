"""What landed and cannot be true: small rules over the landed tables, each for one fault of mapping that reads well.

A rule looks at values and never at the names of source columns (but for currencies, which only a name can tell). It
gives doubts: the canonical column, what was seen in numbers, and the line of sources.toml that mends it. Rules need a
number of rows before they speak, and evidence against the other reading, so that a clean column is left in peace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rcommerce_helpers.sources.plausibility.lines import lines_against_themselves
from rcommerce_helpers.sources.plausibility.look import Doubt, Look
from rcommerce_helpers.sources.plausibility.meanings import (
    broken_signs,
    keys_that_do_not_join,
    one_value_for_nearly_all,
    sessions_of_several_visitors,
    values_of_another_meaning,
)
from rcommerce_helpers.sources.plausibility.money import (
    amounts_in_cents,
    mixed_currencies,
    refunds_positive,
    sum_of_the_rows_above,
    tax_the_other_way,
    total_on_each_line,
    unit_price_as_amount,
    units_and_money_swapped,
)
from rcommerce_helpers.sources.plausibility.times import (
    absurdly_old,
    beyond_the_last_day,
    day_and_month_swapped,
    wrong_zone,
)

Rule = Callable[[Look], Iterator[Doubt]]

RULES: tuple[Rule, ...] = (
    amounts_in_cents,
    tax_the_other_way,
    unit_price_as_amount,
    total_on_each_line,
    refunds_positive,
    lines_against_themselves,
    units_and_money_swapped,
    mixed_currencies,
    beyond_the_last_day,
    absurdly_old,
    wrong_zone,
    day_and_month_swapped,
    keys_that_do_not_join,
    sessions_of_several_visitors,
    values_of_another_meaning,
    one_value_for_nearly_all,
    sum_of_the_rows_above,
    broken_signs,
)


def doubts(look: Look) -> list[Doubt]:
    """All that looks wrong, warnings before notes, in the order of the rules."""
    found = [doubt for rule in RULES for doubt in rule(look)]
    return sorted(found, key=lambda doubt: doubt.level != "warning")


__all__ = ["RULES", "Doubt", "Look", "Rule", "doubts"]
