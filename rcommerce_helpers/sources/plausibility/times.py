"""Times that cannot be: in the future, before any system, in another zone, with day and month exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from rcommerce_helpers.sources.plausibility.look import MOST, ROWS_MIN, Doubt, Look, times_of

OLDEST_YEAR = 1990
ASKED_OF_AS_OF = 45


def beyond_the_last_day(look: Look) -> Iterator[Doubt]:
    """Moments after the last day, and a newest one far before it."""
    for table, column, moment in times_of(look):
        n, late, newest = look.one(
            f"select count({moment}), count(*) filter (cast({moment} as date) > {look.as_of}), "
            f"date_diff('day', cast(max({moment}) as date), {look.as_of}) from landed_{table}"
        )
        if late:
            yield Doubt(
                "warning", "future", table, column,
                f"{late:,.0f} of {n:,.0f} lie after the last day {look.config.data_set.as_of}",
                "[data_set] as_of = the day of the export; or a wrong date form or year",
            )  # fmt: skip
        elif table == "orders" and n >= ROWS_MIN and newest > ASKED_OF_AS_OF:
            yield Doubt(
                "warning", "as_of", table, column,
                f"the newest order is {newest:,.0f} days older than the last day {look.config.data_set.as_of}",
                "[data_set] as_of = the day of the export, or export the missing weeks",
            )  # fmt: skip


def absurdly_old(look: Look) -> Iterator[Doubt]:
    """A first day that no system holds: 1900, 1970."""
    for table, column, moment in times_of(look):
        n, old = look.one(
            f"select count({moment}), count(*) filter (year({moment}) < {OLDEST_YEAR}) from landed_{table}"
        )
        if old and old < n / 2:
            yield Doubt(
                "warning", "old", table, column,
                f"{old:,.0f} of {n:,.0f} lie before {OLDEST_YEAR}: an empty date written as one",
                'missing = ["1900-01-01", "1970-01-01"] for the file, in its own spelling',
            )  # fmt: skip
    if look.has("source_records"):
        n, top = look.one(
            "select sum(n), max(n) filter (strftime(birth_date, '%m-%d') = '01-01') "
            "from (select birth_date, count(*) as n from landed_source_records where birth_date is not null group by 1)"
        )
        if n >= ROWS_MIN and top > max(5, 0.05 * n):
            yield Doubt(
                "warning", "old", "source_records", "birth_date",
                f"{top:,.0f} of {n:,.0f} people are born on one 1 January",
                'missing = ["1900-01-01"] for the file, in its own spelling',
            )  # fmt: skip


def wrong_zone(look: Look) -> Iterator[Doubt]:
    """Days that break at 22:00 or 02:00, a shop that is busiest at night, or clocks of two systems apart."""
    mend = 'time_zone = "UTC" (or the zone of that system) for the file'
    for table, column, moment in times_of(look):
        n, broken = look.one(
            f"select count({moment}), avg((strftime({moment}, '%M:%S') = '00:00' "
            f"and hour({moment}) in (1, 2, 22, 23))::int) from landed_{table} where {moment} is not null"
        )
        if n >= ROWS_MIN and broken > MOST:
            said = f"{broken:.0%} of {n:,.0f} stand at 22:00, 23:00, 01:00 or 02:00 sharp: midnight in another zone"
            yield Doubt("warning", "zone", table, column, said, mend)
    if not look.has("orders"):
        return
    n, night, morning = look.one(
        "select count(*), avg((hour(local_at) between 1 and 4)::int), avg((hour(local_at) between 7 and 22)::int) "
        "from landed_orders where strftime(local_at, '%H:%M:%S') <> '00:00:00'"
    )
    if n >= 2 * ROWS_MIN and night > 1 / 8 and morning < 0.75:  # noqa: PLR2004 - four hours of 24 are a sixth
        said = f"{night:.0%} of {n:,.0f} orders fall between 1 and 5 in the morning"
        yield Doubt("warning", "zone", "orders", "at", said, mend)
    if look.has("web_events"):
        n, hours, agree = look.one(
            """select count(*), median(apart), avg((abs(apart - round(apart)) < .02)::int) from (
                select date_diff('second', min(e.at), min(o.at)) / 3600.0 as apart from landed_web_events e
                join landed_orders o using (order_id) where e.event = 'purchase' group by order_id)"""
        )
        if n >= ROWS_MIN and agree > 0.5 and 0.9 <= abs(hours) < 15:  # noqa: PLR2004 - whole hours apart
            said = f"orders lie {hours:+.0f} hours from their purchase on the site ({n:,.0f} of them)"
            yield Doubt("warning", "zone", "orders", "at", said, mend)


def day_and_month_swapped(look: Look) -> Iterator[Doubt]:
    """Days never above 12: the month was read as the day, and the rest could not be read."""
    for table, column, moment in times_of(look):
        n, days, above = look.one(
            f"select count({moment}), count(distinct day({moment})), count(*) filter (day({moment}) > 12) "
            f"from landed_{table}"
        )
        if n >= ROWS_MIN and days >= 8 and above == 0:  # noqa: PLR2004 - prices change on the first
            said = f"no day of {n:,.0f} is above the 12th: day and month look swapped"
            yield Doubt(
                "warning", "day_month", table, column, said, 'date_form = "mm/dd/yyyy" (or dd/mm/yyyy) for the file'
            )
