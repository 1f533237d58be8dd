"""What counts as a purchase: the one rule by which every room counts orders, baskets and purchase days (DESIGN 3).

A document is a purchase when it says so (kind empty or purchase) and something was bought on it: a line that is an
item, in a number above zero, not paid back. Returns, credit notes, cancellations and adjustments are none, whatever
lines they carry; nor is an order of nothing but shipping, fees or vouchers, or one that only takes goods back, as
exports without a kind write their credit notes; nor one that was cancelled or a test. An order without any line is
taken at its word. The money of all these documents is money: revenue adds up every line, whoever asks.

Lines that merging permitted carry the kind of their document in ``document``; where lines and orders come apart, both
are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rcommerce_helpers import engine

if TYPE_CHECKING:
    import ibis

    from rcommerce_helpers.engine import Rows

PURCHASE = "purchase"
"""Kind of an order that is a purchase; an empty kind is one as well."""
NEVER_CAME_ABOUT = ("cancelled", "test")
"""Status of an order that nobody paid for; an empty status is completed."""
ITEM = "item"
"""Kind of a line that is a good or a service; an empty kind is one as well."""
DOCUMENT = "document"
"""Column of permitted lines: the kind of the order they stand on."""
WRITTEN_LATER = ("credit_note", "cancellation", "booking")
"""Events of the timeline that are papers of the firm: no sign of the customer. A booking is any other document."""
EVENTS = ("order", "return", *WRITTEN_LATER)
"""Events of the timeline that are documents: together their money is revenue, but only an order is a purchase."""


def purchases(orders: Rows, lines: Rows | None = None) -> ibis.Table:
    """The orders that are purchases, lazily, with all their columns.

    Parameters
    ----------
    orders
        One row = one document: order_id, and kind and status as far as the source gives them.
    lines
        One row = one line: order_id, and kind, quantity, amount as far as the source gives them. None = there are no
        lines, and the kind alone decides.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame({"order_id": ["1", "C2"]})
    >>> lines = pd.DataFrame({"order_id": ["1", "C2"], "quantity": [2, -2], "amount": [10.0, -10.0]})
    >>> list(engine.frame(purchases(orders, lines))["order_id"])
    ['1']
    """
    said = _saying(came_about(orders), "kind", PURCHASE)
    if lines is None:
        return said
    written = engine.as_lazy(lines)
    nothing_bought = written.select("order_id").anti_join(bought_lines(written), "order_id")
    return said.anti_join(nothing_bought, "order_id")


def came_about(orders: Rows) -> ibis.Table:
    """The documents that count, lazily: neither cancelled nor a test. Merging hands out no others."""
    papers = engine.as_lazy(orders)
    if "status" not in papers.columns or papers.status.type().is_null():
        return papers
    return papers.filter(papers.status.isnull() | ~papers.status.isin(NEVER_CAME_ABOUT))


def bought_lines(lines: Rows) -> ibis.Table:
    """The lines on which something was bought, lazily, with all their columns; a free item was bought as well.

    Examples
    --------
    >>> import pandas as pd
    >>> lines = pd.DataFrame({"kind": ["item", "shipping", None], "amount": [9.0, 4.0, 5.0],
    ...                       "document": ["purchase", "purchase", "credit_note"]})
    >>> engine.frame(bought_lines(lines))["amount"].to_list()
    [9.0]
    """
    bought = _saying(_saying(engine.as_lazy(lines), "kind", ITEM), DOCUMENT, PURCHASE)
    if "quantity" in bought.columns:
        bought = bought.filter(bought.quantity > 0)
    if "amount" in bought.columns:
        bought = bought.filter(bought.amount.isnull() | (bought.amount >= 0))
    return bought


def _saying(table: ibis.Table, column: str, kind: str) -> ibis.Table:
    """Rows whose kind is this one, or empty: a column that nobody filled says nothing."""
    if column not in table.columns or table[column].type().is_null():
        return table
    return table.filter(table[column].isnull() | (table[column] == kind))
