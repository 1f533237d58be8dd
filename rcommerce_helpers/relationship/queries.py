"""The table work of this room, written once in Ibis: last event per customer, one customer's story, the plan's groups.

Each function takes lazy tables (a frame will do), selects the columns that it uses, and gives a narrow frame sorted by
customer and time, or by its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rcommerce_helpers import engine
from rcommerce_helpers.merging.timeline import NO_SIGN

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

STORY = ("local_at", "kind", "channel", "amount", "detail")
"""What a story tells of an event."""


def last_events(timeline: Rows) -> pd.DataFrame:
    """One row = one customer: customer_id, events, last_sign (wall clock of the customer's own latest).

    What the firm did, a contact or a credit note, is an event and no sign; empty where there is none of the customer.
    """
    happened = engine.as_lazy(timeline)
    counted = happened.group_by("customer_id").aggregate(
        events=happened.count(), last_sign=happened.local_at.max(where=happened.kind.notin(NO_SIGN))
    )
    return engine.frame(counted.order_by("customer_id"))


def events_of(timeline: Rows, customer_id: str) -> pd.DataFrame:
    """One row = one event of one customer, oldest first: the columns of ``STORY``."""
    happened = engine.in_file_order(timeline)
    own = happened.filter(happened.customer_id == customer_id).order_by("local_at", "file_order")
    return engine.frame(own.select(STORY))


def groups_at_least(plan_groups: Rows, smallest: int) -> pd.DataFrame:
    """Groups of the plan with that many customers, most valuable first.

    Returns
    -------
    DataFrame
        One row = offer x channel: offer, channel, customers, expected_value, low, high, interval_level.
    """
    import ibis

    groups = engine.as_lazy(plan_groups)
    columns = ["offer", "channel", "customers", "expected_value", "low", "high", "interval_level"]
    large = groups.filter(groups.customers >= smallest).select(columns)
    return engine.frame(large.order_by(ibis.desc("expected_value"), "offer", "channel"))
