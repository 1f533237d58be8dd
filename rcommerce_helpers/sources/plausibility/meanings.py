"""Columns that hold something else than they should: keys without partner, shared numbers, another kind of value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rcommerce_helpers.schema import LANDED_TABLES, Column
from rcommerce_helpers.sources.parsing import named, quoted
from rcommerce_helpers.sources.plausibility.look import FEW, MOST, ROWS_MIN, Doubt, Look
from rcommerce_helpers.sources.soundness import broken_joins

SHAPES = {
    "e-mail address": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "day": r"\d{4}-\d{2}-\d{2}([ T].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}( .*)?",
    "telephone number": r"(\+|00?)[1-9][\d ()/.-]{6,18}",
    "postal code": r"\d{5}",
}
WELCOME = {
    "e-mail address": {"email", "contact_point", "record_id", "customer_number", "visitor_id", "value", "text"},
    "day": {"value", "text"},
    "telephone number": {"phone", "contact_point", "record_id", "customer_number", "value", "visitor_id"},
    "postal code": {"postcode", "value"},
}
"""Shape of a value -> columns in which it is at home."""
NO_LETTERS = r"[\d +()/.-]+"
BROKEN_SIGNS = "\ufffd|Ã[\u0080-\u009f\u00a1-\u00bfŸ„–œ]|Å[\u0080-\u009f\u00a1-\u00ba‚„]|â‚¬|Â[§°]"


def keys_that_do_not_join(look: Look) -> Iterator[Doubt]:
    """References of which a large part finds nothing."""
    joins = broken_joins(look.connection, look.tables)
    for r in joins.itertuples():
        turned_round = (r.table, r.points_to) in {("orders", "order_lines"), ("source_records", "orders")}
        known = r.rows - r.empty
        if known >= ROWS_MIN and r.lost > 0.3 * known and not turned_round:
            yield Doubt(
                "warning", "joins", str(r.table), str(r.column),
                f"{r.lost:,} of {known:,} are not in {r.points_to}",
                "map the column that holds the same number on both sides, or export the same period",
            )  # fmt: skip


def sessions_of_several_visitors(look: Look) -> Iterator[Doubt]:
    """A number that is unique only within a visitor."""
    if not look.has("web_events"):
        return
    n, shared = look.one(
        "select sum(events), sum(events) filter (visitors > 1) / sum(events) from (select session_id, "
        "count(distinct visitor_id) as visitors, count(*) as events from landed_web_events "
        "where session_id is not null group by 1)"
    )
    if n >= ROWS_MIN and shared > 0.01:  # noqa: PLR2004 - one visitor in a hundred may log in under two names
        yield Doubt(
            "warning", "sessions", "web_events", "session_id",
            f"{shared:.0%} of {n:,.0f} events share a visit with another visitor",
            "columns.session_id = { sql = \"visitor || '-' || session\" } with the names of the file",
        )  # fmt: skip


def values_of_another_meaning(look: Look) -> Iterator[Doubt]:
    """An address, a number or a day where something else belongs."""
    for table in look.tables:
        columns = [c for c in LANDED_TABLES[table].columns if c.type in {"text", "key", "record"}]
        for column, seen in zip(columns, _shapes(look, table, columns)):
            if seen.rows >= ROWS_MIN:
                yield from _strangers(seen, table, column)
                yield from _not_what_it_should_be(seen, table, column.name)


@dataclass(frozen=True)
class _Shapes:
    """How many values a column has, and the shares of them that have letters, digits, or a known shape."""

    rows: float
    letters: float
    digits: float
    like: dict[str, float]


def _shapes(look: Look, table: str, columns: Sequence[Column]) -> list[_Shapes]:
    """One of each column, all in one query."""
    if not columns:
        return []
    asked = [_asked_of(column) for column in columns]
    row = look.one(f"select {', '.join(what for one in asked for what in one)} from landed_{table}")
    ends = accumulate(map(len, asked))
    return [_told(row[end - len(one) : end]) for one, end in zip(asked, ends)]


def _asked_of(column: Column) -> list[str]:
    text = named(column.name)
    if column.type == "record":
        text = f"regexp_replace({text}, '^[a-z0-9_-]+:', '')"
    tests = [f"avg(regexp_full_match(trim({text}), {quoted(shape)})::int)" for shape in SHAPES.values()]
    letters = f"avg((not regexp_full_match(trim({text}), {quoted(NO_LETTERS)}))::int)"
    return [f"count({text})", letters, f"avg(regexp_matches({text}, '\\d')::int)", *tests]


def _told(answers: Sequence[float]) -> _Shapes:
    n, letters, digits, *shares = answers
    return _Shapes(n, letters, digits, dict(zip(SHAPES, shares)))


def _strangers(seen: _Shapes, table: str, column: Column) -> Iterator[Doubt]:
    for shape, share in seen.like.items():
        numbers = column.type in {"key", "record"} and shape in {
            "postal code",
            "telephone number",
        }  # any number may look like one
        if share > MOST and column.name not in WELCOME[shape] and not numbers:
            yield _another(table, column.name, f"{share:.0%} of {seen.rows:,.0f} values look like a {shape}")


def _not_what_it_should_be(seen: _Shapes, table: str, column: str) -> Iterator[Doubt]:
    of = f"of {seen.rows:,.0f} values"
    half = 0.5
    if column == "email" and seen.like["e-mail address"] < half:
        yield _another(table, column, f"only {seen.like['e-mail address']:.0%} {of} are an e-mail address")
    if column == "phone" and seen.letters > half:
        yield _another(table, column, f"{seen.letters:.0%} {of} hold letters")
    if column == "postcode" and seen.digits < FEW:
        yield _another(table, column, f"only {seen.digits:.0%} {of} hold a digit")
    if column in {"given_name", "family_name", "city"} and seen.letters < half:
        yield _another(table, column, f"{1 - seen.letters:.0%} {of} hold no letter")


def _another(table: str, column: str, says: str) -> Doubt:
    return Doubt("warning", "meaning", table, column, says, f'columns.{column} = "..." of another column of the file')


def one_value_for_nearly_all(look: Look) -> Iterator[Doubt]:
    """What should tell people apart does not."""
    if not look.has("source_records"):
        return
    for column in ("customer_number", "given_name", "family_name", "email", "phone", "birth_date", "street"):
        n, top = look.one(
            "select sum(n), max(n) from (select count(*) as n from landed_source_records "
            f"where {column} is not null group by {column})"
        )
        if n >= ROWS_MIN and top > n / 2:
            yield Doubt(
                "warning", "one_value", "source_records", column, f"{top / n:.0%} of {n:,.0f} people share one value",
                'missing = ["..."] for what the system writes where it knows nothing',
            )  # fmt: skip


def broken_signs(look: Look) -> Iterator[Doubt]:
    """Letters that went through two encodings."""
    for table in look.tables:
        for column in LANDED_TABLES[table].columns:
            if column.type != "text":
                continue
            n, broken = look.one(
                f"select count({named(column.name)}), "
                f"count(*) filter (regexp_matches({named(column.name)}, {quoted(BROKEN_SIGNS)})) "
                f"from landed_{table}"
            )
            if broken:
                yield Doubt(
                    "warning", "signs", table, column.name,
                    f"{broken:,.0f} of {n:,.0f} values hold letters such as Ã¼ or \ufffd",
                    'encoding = "utf-8" for the file, or export it again: the sign \ufffd is lost for good',
                )  # fmt: skip
