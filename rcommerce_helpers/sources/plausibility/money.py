"""Money that cannot be: a hundredfold, with the wrong tax, per unit, per order, of the wrong sign or currency."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.parsing import named, quoted
from rcommerce_helpers.sources.plausibility.look import FEW, MOST, ROWS_MIN, Doubt, Look, loosely, mapped_from

TAX_RATES = (
    0.19,
    0.07,
    0.2,
    0.1,
    0.13,
    0.21,
    0.22,
    0.23,
    0.24,
    0.25,
    0.055,
    0.05,
    0.16,
    0.09,
    0.06,
    0.12,
    0.077,
    0.081,
)
"""Value added tax in Europe, regular and reduced, German ones first (16 and 5 % in the second half of 2020)."""
CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "PLN", "CZK", "SEK", "DKK", "NOK", "HUF", "JPY", "CAD", "AUD", "TRY", "RON", "BGN",
)  # fmt: skip
SPEAKS_OF_MONEY = re.compile(r"currency|w(ä|ae)hrung|wkz|iso_?code", re.IGNORECASE)


def amounts_in_cents(look: Look) -> Iterator[Doubt]:
    """Amounts a hundred times the price list, or without a cent anywhere, or a part of them a hundredfold."""
    if not look.has("order_lines"):
        return
    lines = (
        "(select product_id, abs(amount / nullif(quantity, 0)) as each, amount "
        "from landed_order_lines where amount <> 0)"
    )
    mend = 'columns.amount = { column = "...", divide_by = 100 }'
    if look.has("prices"):
        n, high, low = look.one(
            "select count(*), avg((each / price between 50 and 150)::int), "
            f"avg((each / price between .005 and .02)::int) from {lines} "
            "join (select product_id, median(price) as price from landed_prices where price > 0 group by 1) "
            "using (product_id)"
        )
        if n >= ROWS_MIN and max(high, low) > MOST:
            times = "a hundred times" if high > low else "a hundredth of"
            yield Doubt(
                "warning",
                "cents",
                "order_lines",
                "amount",
                f"{max(high, low):.0%} of lines are {times} the price",
                mend,
            )
            return
    n, split = look.one(
        f"""with split as (
            select product_id, median(each) filter (amount <> floor(amount)) as small,
                median(each) filter (amount = floor(amount)) as large,
                count(*) filter (amount = floor(amount)) as whole, count(*) as all_of from {lines} group by 1)
        select count(*), avg((large / small between 60 and 140)::int) from split
        where small > 0 and large > 0 and whole > 1"""
    )
    if n >= 3 and split > MOST:  # noqa: PLR2004 - three products that agree
        yield Doubt(
            "warning", "cents", "order_lines", "amount",
            f"in {split:.0%} of {n:.0f} products the amounts without cents are a hundred times those with cents",
            mend,
        )  # fmt: skip
        return
    n, whole, uneven, middle = look.one(
        "select count(*), avg((amount = floor(amount))::int), avg((amount % 10 <> 0 and amount % 100 <> 0)::int), "
        "median(abs(amount)) from landed_order_lines where amount <> 0"
    )
    if n >= ROWS_MIN and whole == 1 and uneven > FEW and middle >= 100:  # noqa: PLR2004 - whole prices are small
        yield Doubt(
            "warning",
            "cents",
            "order_lines",
            "amount",
            f"no amount of {n:,.0f} has cents, the middle is {middle:,.0f}",
            mend,
        )


def tax_the_other_way(look: Look) -> Iterator[Doubt]:
    """Amounts that fit the tax rates only if they are net where gross was declared, or the reverse."""
    included = look.config.data_set.tax == "included"
    other = "excluded" if included else "included"
    for table in ("order_lines", "invoices"):
        if not look.has(table):
            continue
        as_included, as_excluded = (
            " or ".join(f"abs(abs(tax) / nullif({base}, 0) - {rate}) < .004" for rate in TAX_RATES)
            for base in ("abs(amount) - abs(tax)", "abs(amount)")
        )
        n, in_share, ex_share = look.one(
            f"select count(*), avg(({as_included})::int), avg(({as_excluded})::int) from landed_{table} "
            f"where abs(tax) > .5 and abs(amount) > abs(tax)"
        )
        said, fits = (in_share, ex_share) if included else (ex_share, in_share)
        if n >= ROWS_MIN and fits > MOST and said < 0.5:  # noqa: PLR2004 - the declared reading fits less than half
            word = "net" if included else "gross"
            yield Doubt(
                "warning", "tax", table, "amount",
                f"{fits:.0%} of {n:,.0f} amounts fit the tax rates as {word} amounts, {said:.0%} as declared",
                f'map the other amount, or [data_set] tax = "{other}"',
            )  # fmt: skip
    yield from _against_the_books(look)
    yield from _beside_the_other(look)


def _against_the_books(look: Look) -> Iterator[Doubt]:
    """Sums of orders beside what was billed: always the tax apart."""
    if not look.has("order_lines", "invoices"):
        return
    rates = " or ".join(f"abs(ratio - {1 + rate}) < .004 or abs(1 / ratio - {1 + rate}) < .004" for rate in TAX_RATES)
    n, apart, middle, more = look.one(
        f"""with sold as (select order_id, sum(amount) as sold from landed_order_lines where amount > 0 group by 1),
        billed as (select order_id, sum(amount) as billed from landed_invoices where amount > 0 group by 1),
        both_sides as (select billed / sold as ratio from sold join billed using (order_id) where sold > 0)
        select count(*), avg(({rates})::int), median(ratio), avg((abs(ratio - 1) < .002)::int) from both_sides"""
    )
    if n >= ROWS_MIN and apart > MOST and more < FEW:
        yield Doubt(
            "warning", "tax", "order_lines", "amount",
            f"invoices are {middle:.2f} times the orders they bill ({n:,.0f} of them): one of the two is net",
            "map the amount with the same tax on both sides",
        )  # fmt: skip


def _beside_the_other(look: Look) -> Iterator[Doubt]:
    """An amount column nobody reads, always one tax rate away from the one that is read."""
    for table, section in mapped_from(look, "order_lines", "invoices"):
        amount = section.columns["amount"].column if "amount" in section.columns else None
        file = look.files.get(str(section.from_), {})
        if amount is None or amount not in file:
            continue
        read = {c for m in section.columns.values() for c in m.columns_read}
        included = look.config.data_set.tax == "included"
        for other in (name for name in file if name not in read):
            mine, its = (loosely(name, file[name]) for name in (amount, other))
            rates = " or ".join(
                f"abs({'its / mine' if included else 'mine / its'} - {1 + rate}) < .003" for rate in TAX_RATES
            )
            n, apart = look.one(
                f"select count(*), avg(({rates})::int) from (select {mine} as mine, {its} as its "
                f"from {named(str(section.from_))}) where mine <> 0 and its <> 0"
            )
            if n >= ROWS_MIN and apart > MOST:
                word = "net" if included else "gross"
                yield Doubt(
                    "warning", "tax", table, "amount",
                    f"{amount!r} is one tax rate {'below' if included else 'above'} {other!r} in {apart:.0%} of rows: "
                    f"it looks {word}",
                    f'columns.amount = "{other}"',
                )  # fmt: skip
                break


def unit_price_as_amount(look: Look) -> Iterator[Doubt]:
    """Lines of several units cost as much as lines of one."""
    if not look.has("order_lines"):
        return
    n, single, multiple = look.one(
        """with one as (select product_id, median(amount) as price from landed_order_lines
            where quantity = 1 and amount > 0 group by 1),
        more as (select amount / price as ratio, quantity from landed_order_lines join one using (product_id)
            where quantity >= 2 and amount > 0)
        select count(*), avg((abs(ratio - 1) < .15)::int), avg((abs(ratio / quantity - 1) < .15)::int) from more"""
    )
    if n >= ROWS_MIN / 2 and single > MOST / 2 and multiple < single / 4:
        yield Doubt(
            "warning", "unit_price", "order_lines", "amount",
            f"{single:.0%} of {n:,.0f} lines with several units cost what one costs: the price of a unit",
            'columns.amount = { multiply = ["quantity", "price"] } with the names of the file',
        )  # fmt: skip


def total_on_each_line(look: Look) -> Iterator[Doubt]:
    """All lines of an order carry one amount, whatever is on them."""
    if not look.has("order_lines"):
        return
    n, same = look.one(
        """select count(*), avg((least = most)::int) from (
            select order_id, min(amount) as least, max(amount) as most from landed_order_lines where amount > 0
            and coalesce(kind, 'item') = 'item' group by 1 having count(*) > 1 and count(distinct product_id) > 1)"""
    )
    if n >= ROWS_MIN / 2 and same > MOST:
        yield Doubt(
            "warning", "order_total", "order_lines", "amount",
            f"in {same:.0%} of {n:,.0f} orders of several products all lines have one amount: the total",
            "map the amount of the line; the total of an order is no column here",
        )  # fmt: skip


def refunds_positive(look: Look) -> Iterator[Doubt]:
    """What was brought back adds to the revenue."""
    if not look.has("order_lines"):
        return
    n, positive = look.one(
        "select count(*), avg((amount > 0)::int) from landed_order_lines "
        "where (kind = 'return' or quantity < 0) and amount <> 0"
    )
    if n >= 5 and positive > 0.5:  # noqa: PLR2004 - returns are few
        yield Doubt(
            "warning", "refunds", "order_lines", "amount",
            f"{positive:.0%} of {n:,.0f} returns have a positive amount and would add to revenue",
            'columns.amount = { sql = "..." } that takes returns as negative, or map the column that does',
        )  # fmt: skip


def units_and_money_swapped(look: Look) -> Iterator[Doubt]:
    """Units with cents and money without."""
    if not look.has("order_lines"):
        return
    n, broken, whole, distinct = look.one(
        "select count(*), avg((quantity <> floor(quantity))::int), avg((amount = floor(amount))::int), "
        "count(distinct amount) from landed_order_lines where coalesce(kind, 'item') = 'item'"
    )
    if n >= ROWS_MIN and broken > 0.5 and whole > MOST and distinct < n / 2:  # noqa: PLR2004 - more than half
        said = f"{broken:.0%} of quantities have decimals and {whole:.0%} of amounts none: they look swapped"
        yield Doubt("warning", "swapped", "order_lines", "quantity", said, "swap columns.quantity and columns.amount")


def mixed_currencies(look: Look) -> Iterator[Doubt]:
    """A file with money in several currencies, or in another than declared."""
    declared = look.config.data_set.currency
    for table, section in mapped_from(look, "order_lines", "orders", "invoices", "contracts", "prices"):
        for name, kind in look.files.get(str(section.from_), {}).items():
            if kind.upper() != "VARCHAR" or not SPEAKS_OF_MONEY.search(name):
                continue
            codes = look.connection.sql(
                f"select upper(trim({named(name)})) as code, count(*) from {named(str(section.from_))} "
                f"where upper(trim({named(name)})) in ({', '.join(map(quoted, CURRENCIES))}) "
                "group by 1 order by 2 desc"
            ).fetchall()
            others = [f"{code} ({n:,})" for code, n in codes if code != declared]
            if others:
                column = "amount" if "amount" in LANDED_TABLES[table].column_names else "order_id"
                yield Doubt(
                    "warning", "currency", table, column,
                    f"{name!r} names {', '.join(others[:3])} beside the declared {declared}",
                    f'set_aside = [{{ rule = "other_currency", where = "{name} <> \'{declared}\'" }}], or convert',
                )  # fmt: skip


def sum_of_the_rows_above(look: Look) -> Iterator[Doubt]:
    """A last row that adds up the others."""
    for table, column in (("invoices", "amount"), ("order_lines", "amount"), ("contracts", "monthly_fee")):
        if not look.has(table):
            continue
        n, last, others = look.one(
            f"select count(*), arg_max({column}, (_part, _row)), sum({column}) - arg_max({column}, (_part, _row)) "
            f"from landed_{table} where {column} is not null"
        )
        if n > 3 and last and abs(last - others) < 0.005:  # noqa: PLR2004 - half a cent
            yield Doubt(
                "warning", "sum", table, column, f"the last row is the sum of the {n - 1:,.0f} above",
                'set_aside = [{ rule = "total", where = "..." }] for that line',
            )  # fmt: skip
