"""Promises of the data, checked before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from rcommerce_helpers.errors import BrokenExpectation
from rcommerce_helpers.sources.complaints import such_as
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.facts import DataSetFacts
from rcommerce_helpers.sources.plausibility.look import Doubt


@dataclass(frozen=True)
class Arrived:
    """What arrived: facts, newest day the data tell of, most frequent reasons, and the landing before if any."""

    facts: DataSetFacts
    newest: str
    reasons: pd.DataFrame
    earlier: DataSetFacts | None = None


def check_expectations(data_set: DataSet, arrived: Arrived) -> None:
    """Compare what arrived with ``[expect]``.

    Raises
    ------
    BrokenExpectation
        One promise does not hold; the message says which, by how much, and what to look at.
    """
    _shares(data_set, arrived.facts, arrived.reasons)
    _rows(data_set, arrived.facts, arrived.earlier)
    _freshness(data_set, arrived.facts, arrived.newest)


def check_warnings(data_set: DataSet, found: Sequence[Doubt]) -> None:
    """Compare what looks wrong with ``expect.warnings_max``.

    Raises
    ------
    BrokenExpectation
        More warnings than expected; the message names the columns and what was seen on the first.
    """
    limit = data_set.config.expect.warnings_max
    warnings = [doubt for doubt in found if doubt.level == "warning"]
    if limit is not None and len(warnings) > limit:
        places = ", ".join(dict.fromkeys(f"{doubt.table}.{doubt.column}" for doubt in warnings))
        raise BrokenExpectation(
            "expect.warnings_max",
            got=f"{len(warnings)} on {places}; first: {warnings[0].says}",
            expected=f"at most {limit}",
            do="Run rcommerce check: it names each with the line that mends it",
        )


def most_frequent(reasons: pd.DataFrame, table: str) -> str:
    """', most often amount: not a number (such as '12,5O')' of one table, or nothing."""
    of_table = reasons[reasons["table"] == table]
    if of_table.empty:
        return ""
    top = of_table.iloc[0]
    return (
        f", most often {top['column'] or 'line'}: {top['reason']}{such_as(top['table'], top['column'], top['example'])}"
    )


def _shares(data_set: DataSet, facts: DataSetFacts, reasons: pd.DataFrame) -> None:
    limit = data_set.config.expect.quarantine_share_max
    for name, count in facts.counts.items():
        share = count.quarantined / count.rows_in if count.rows_in else 0.0
        if limit is not None and share > limit:
            raise BrokenExpectation(
                f"expect.quarantine_share_max, table {name}",
                got=f"{count.quarantined} of {count.rows_in} rows in quarantine ({share:.2%})"
                + most_frequent(reasons, name),
                expected=f"at most {limit:.2%}",
                do="Correct the reading options, the mapping or the export",
            )


def _rows(data_set: DataSet, facts: DataSetFacts, earlier: DataSetFacts | None) -> None:
    expect = data_set.config.expect
    for name, least in expect.rows_min.items():
        landed = facts.counts[name].landed if name in facts.counts else 0
        if landed < least:
            raise BrokenExpectation(
                f"expect.rows_min, table {name}",
                got=f"{landed} rows landed",
                expected=f"at least {least}",
                do="Check whether the export is complete",
            )
    if earlier is None or expect.drop_share_max is None:
        return
    for name, before in earlier.counts.items():
        landed = facts.counts[name].landed if name in facts.counts else 0
        if landed < before.landed * (1 - expect.drop_share_max):
            raise BrokenExpectation(
                f"expect.drop_share_max, table {name}",
                got=f"{landed} rows landed after {before.landed} the time before",
                expected=f"a drop of at most {expect.drop_share_max:.2%}",
                do="Check whether the export is complete",
            )


def _freshness(data_set: DataSet, facts: DataSetFacts, newest: str) -> None:
    limit = data_set.config.expect.freshness_days_max
    if limit is None or not newest:
        return
    age = (date.fromisoformat(facts.as_of) - date.fromisoformat(newest)).days
    if age < 0:
        raise BrokenExpectation(
            "expect.freshness_days_max",
            got=f"newest day {newest}, {-age} days after as_of {facts.as_of}",
            expected="no day after the last one",
            do="Correct as_of, the date form or the time zone: a date in the future hides how old the rest is",
        )
    if age > limit:
        raise BrokenExpectation(
            "expect.freshness_days_max",
            got=f"newest day {newest}, {age} days before as_of {facts.as_of}",
            expected=f"at most {limit} days",
            do="Export newer data, or correct as_of",
        )
