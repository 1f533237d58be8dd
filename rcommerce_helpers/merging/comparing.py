"""How alike two records are: one level per column, 0 = the same value, higher = less alike, -1 = one is missing.

A level is all the model knows of a value, so it says what a clerk would: the same, a slip, swapped, unlike.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

Levels = dict[str, npt.NDArray[np.int16]]


@dataclass(frozen=True)
class Comparison:
    """One column: SQL of its level over records ``x`` and ``z``, and what we expect before seeing the data.

    ``match``: share of each level among two records of one person; ``home``: among two people of one home, where that
    differs from strangers. Our assumptions, worth a few dozen pairs of evidence for ``match``.
    """

    level: str
    match: tuple[float, ...]
    home: tuple[float, ...] = ()


def _name(column: str, other: str, swapped: int) -> str:
    mine, theirs = f"x.{column}", f"z.{column}"
    alike = f"jaro_winkler_similarity({mine}, {theirs})"
    crossed = (
        f"jaro_winkler_similarity({mine}, z.{other}) >= .88 and jaro_winkler_similarity(x.{other}, {theirs}) >= .88"
    )
    parts, others = f"string_split({mine}, ' ')", f"string_split({theirs}, ' ')"
    part = (
        f"list_has_all({parts}, {others}) or list_has_all({others}, {parts}) or ((length({mine}) = 1 or "
        f"length({theirs}) = 1) and {mine}[1] = {theirs}[1])"
        if column == "given"
        else f"list_has_any({parts}, {others})"
    )
    return (
        f"case when {mine} is null or {theirs} is null then -1 "
        f"when {mine} = {theirs} or x.{column}_plain = z.{column}_plain then 0 when {part} then 1 "
        f"when {crossed} then {swapped} when {alike} >= .92 then 3 when {alike} >= .85 then 4 else 5 end"
    )


def _missing_or(column: str, cases: str) -> str:
    return f"case when x.{column} is null or z.{column} is null then -1 when x.{column} = z.{column} then 0 {cases} end"


_SLIPS = "damerau_levenshtein(x.{0}, z.{0}) <= {1}"


def _slip(column: str) -> str:
    """One slip of the pen; a glance at the beginning and the end spares most pairs the count, and changes none."""
    mine, theirs = f"x.{column}", f"z.{column}"
    rest = f"least(length({mine}), length({theirs})) - 6"
    return (
        f"abs(length({mine}) - length({theirs})) <= 1 and ({mine}[:4] = {theirs}[:4] or {rest} <= 0 "
        f"or right({mine}, {rest}) = right({theirs}, {rest})) and {_SLIPS.format(column, 1)}"
    )


_ALIKE = "(x.birth[:4] = z.birth[:4])::int + (x.birth[6:7] = z.birth[6:7])::int + (x.birth[9:10] = z.birth[9:10])::int"
_BIRTH = (
    "when x.birth[:4] = z.birth[:4] and x.birth[6:7] = z.birth[9:10] and x.birth[9:10] = z.birth[6:7] then 1 "
    f"when {_ALIKE} = 0 then 5 when {_SLIPS.format('birth', 1)} then 2 "
    f"when {_ALIKE} >= 2 then 3 when {_SLIPS.format('birth', 2)} then 4 else 5"
)
COMPARISONS = {
    "given": Comparison(_name("given", "family", 2), (0.80, 0.05, 0.02, 0.07, 0.02, 0.04)),
    "family": Comparison(
        _name("family", "given", -1), (0.80, 0.05, 0.02, 0.07, 0.02, 0.04), (0.75, 0.05, 0.01, 0.03, 0.01, 0.15)
    ),
    "birth": Comparison(_missing_or("birth", _BIRTH), (0.90, 0.02, 0.04, 0.02, 0.01, 0.01)),
    "email": Comparison(
        _missing_or("email", f"when {_slip('email')} then 1 else 2"), (0.60, 0.05, 0.35), (0.15, 0.15, 0.70)
    ),
    "phone": Comparison(
        _missing_or("phone", f"when {_slip('phone')} then 1 else 2"), (0.75, 0.05, 0.20), (0.30, 0.02, 0.68)
    ),
    "street": Comparison(
        _missing_or(
            "street",
            "when jaro_winkler_similarity(x.street, z.street) >= .92 then 1 "
            "when jaro_winkler_similarity(x.street, z.street) >= .8 then 2 else 3",
        ),
        (0.75, 0.08, 0.02, 0.15),
        (0.93, 0.05, 0.01, 0.01),
    ),
    "postcode": Comparison(
        _missing_or(
            "postcode",
            f"when {_SLIPS.format('postcode', 1)} then 1 when x.postcode[:2] = z.postcode[:2] then 2 else 3",
        ),
        (0.82, 0.05, 0.03, 0.10),
        (0.95, 0.03, 0.01, 0.01),
    ),
    "city": Comparison(
        _missing_or("city", "when jaro_winkler_similarity(x.city, z.city) >= .9 then 1 else 2"),
        (0.85, 0.05, 0.10),
        (0.96, 0.02, 0.02),
    ),
}
"""Column -> how it is compared. First and last name that stand in each other's place are one piece of evidence: the
last name then says nothing of its own (-1)."""

NAME_LEVELS = ("same", "one name of several", "in each other's place", "a slip", "alike", "different")
LEVELS = {
    "given": NAME_LEVELS,
    "family": NAME_LEVELS,
    "birth": ("same", "day and month swapped", "a slip", "one part differs", "two slips", "different"),
    "email": ("same", "a slip", "different"),
    "phone": ("same", "a slip", "different"),
    "street": ("same", "a slip", "alike", "different"),
    "postcode": ("same", "a slip", "same region", "different"),
    "city": ("same", "a slip", "different"),
}
"""Column -> its levels in words, in the order of their numbers."""


def compare(con: duckdb.DuckDBPyConnection, pairs: str, columns: list[str]) -> Levels:
    """Levels of all pairs of a table.

    Parameters
    ----------
    con
        Holds ``people`` (one row = one record, numbered ``i``) and the table of pairs.
    pairs
        Name of a table with columns a and b.
    columns
        Which of ``COMPARISONS``.

    Returns
    -------
    dict
        ``a``, ``b`` and each column: one array, one entry per pair.
    """
    levels = ", ".join(f"({COMPARISONS[c].level})::smallint as {c}" for c in columns)
    return con.execute(
        f"select p.a, p.b, {levels} from {pairs} p join people x on x.i = p.a join people z on z.i = p.b "
        "order by p.a, p.b"
    ).fetchnumpy()
