"""Who may be contacted, on which channel, at which address: permission, open complaints, contact caps.

Comes in: the customers who permit marketing at all (one row = customer) and what else is known of them. Goes out: one
row = customer with the permitted contact point of each open channel, and for a closed door the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.relevance import open_cases
from rcommerce_helpers.campaigns import queries
from rcommerce_helpers.campaigns.groups import leaving
from rcommerce_helpers.campaigns.offers import Offers
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.campaigns.points import Doors, open_doors
from rcommerce_helpers.clock import day_after, first_day
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Absent, Figure

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

USUAL_HOUR = 10
"""Hour of contact for customers without an order."""
YEAR_DAYS = 365


@dataclass(frozen=True)
class Circumstances:
    """What else is known of the customers; each table may be absent.

    ``contacts`` past contacts, ``planned`` contacts other departments planned, ``cases`` service cases,
    ``contact_points`` one row = customer x channel x contact point with ``allowed``, ``attributes`` one row = one
    attribute; ``data_set`` the fingerprint of the data set they come from.
    """

    contacts: Rows | Absent
    planned: Rows | Absent
    cases: Rows | Absent
    contact_points: Rows | Absent
    attributes: Rows | Absent
    data_set: str = ""


@dataclass(frozen=True)
class Reach:
    """Who may be contacted.

    ``customers``: one row = customer, sorted: customer_id, reachable, why (code; empty = reachable), weekly_revenue,
    yearly_margin, yearly_orders, usual_hour, group. ``points``: same rows, one column per channel of offers.toml: the
    contact point to use ("" where the channel needs none; missing = the channel is closed). ``busy``: one row =
    customer x day of the period on which another department contacts her: customer_id, wait (days from the first day).
    ``closed``: why no door is known to be open for anybody; empty otherwise. ``days_seen``: days of the last year that
    the orders cover. ``data_set``: fingerprint of the data.
    """

    customers: pd.DataFrame
    points: pd.DataFrame
    as_of: str
    figures: tuple[Figure, ...]
    busy: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"customer_id": [], "wait": []}))
    closed: str = ""
    days_seen: int = YEAR_DAYS
    data_set: str = ""

    @property
    def channels(self) -> pd.DataFrame:
        """Same rows as ``points``: whether the channel is open."""
        return self.points.notna()

    @property
    def reasons(self) -> pd.DataFrame:
        """One row = code ("reachable" = may be contacted): how many customers; no group below ten leaves."""
        why = self.customers["why"].where(~self.customers["reachable"], "reachable")
        counts = why.value_counts().rename_axis("reason").reset_index(name="customers")
        return leaving(counts, "customers", names=["reason"], sums=["customers"])


def circumstances(
    *,
    contacts: Rows | Absent,
    planned: Rows | Absent,
    cases: Rows | Absent,
    contact_points: Rows | Absent,
    attributes: Rows | Absent,
    data_set: str = "",
) -> Circumstances:
    """Collect the tables there are."""
    return Circumstances(contacts, planned, cases, contact_points, attributes, data_set)


def find_reachable(
    customers: Rows,
    order_lines: Rows,
    known: Circumstances,
    offers: Offers,
    as_of: str,
    params: CampaignParams,
) -> Reach:
    """Find the customers who may be contacted in the period after ``as_of``, and where.

    A customer is left alone without an open channel, with an open service case, with as many contacts as the cap
    allows (those planned elsewhere count), or where another department contacts her on every day of the period.

    Returns
    -------
    Reach
        ``why`` is one of minor, no_address, not_permitted, no_contact_points (nothing is known of anybody), open_case,
        cap, no_free_day, household (the letter box is used for another), shared_address.

    Raises
    ------
    NotEnoughData
        Nobody permits marketing, or nothing was ordered up to the last day.
    """
    table = queries.customer_ids(customers)
    if table.empty:
        raise NotEnoughData("customers", got="nobody", expected="customers who permit marketing", do="Ask for consent")
    first = day_after(as_of)
    days_seen = _days_seen(order_lines, first)
    table = _spending(table, order_lines, first, params).assign(group=_group(table, offers, known.attributes))
    table["weekly_revenue"] = table.pop("revenue") * 7 / days_seen
    busy = _busy(known.planned, offers, first)
    ids = table["customer_id"]
    waiting = ids.isin(open_cases(known.cases).customers).to_numpy()
    capped = _contacts_so_far(ids, known, offers, first, busy) >= offers.caps.contacts_per_customer
    taken = busy[busy["wait"] < offers.period.days].drop_duplicates()["customer_id"].value_counts()
    crowded = (ids.map(taken).fillna(0) >= offers.period.days).to_numpy()
    doors = _doors(table.assign(stopped=waiting | capped | crowded), known.contact_points, offers)
    shut = doors.why.isin(["minor", "no_address", "not_permitted", "no_contact_points"]).to_numpy()
    table["why"] = np.select(
        [shut, waiting, capped, crowded], [doors.why, "open_case", "cap", "no_free_day"], default=doors.why
    )
    table["reachable"] = table["why"] == ""
    figures = (
        Figure("reachable_customers", int(table["reachable"].sum()), len(ids), "count"),
        Figure("stopped_by_complaint", int(waiting.sum()), len(ids), "count"),
        Figure("stopped_by_cap", int(capped.sum()), len(ids), "count"),
    )
    closed = known.contact_points.reason if isinstance(known.contact_points, Absent) else ""
    return Reach(table, doors.points, as_of, figures, busy, closed, days_seen, known.data_set)


def _doors(customers: pd.DataFrame, points: Rows | Absent, offers: Offers) -> Doors:
    """The open doors; none where nobody knows the contact points: permission is never presumed."""
    channels = [c.id for c in offers.channels]
    people = customers[["customer_id", "yearly_margin", "stopped"]]
    if isinstance(points, Absent):
        ids = pd.Index(people["customer_id"])
        return Doors(
            pd.DataFrame(None, index=ids, columns=channels, dtype=object), pd.Series("no_contact_points", index=ids)
        )
    return open_doors(queries.points_of(points, channels), people, channels)


def _busy(planned: Rows | Absent, offers: Offers, first: pd.Timestamp) -> pd.DataFrame:
    """One row = contact planned elsewhere while ours would count with it: customer_id, wait (days from the first)."""
    if isinstance(planned, Absent):
        return pd.DataFrame({"customer_id": pd.Series(dtype=object), "wait": pd.Series(dtype="int64")})
    last = first + pd.Timedelta(days=max(offers.period.days, offers.caps.days))
    days = queries.planned_days(planned, first, last)
    return pd.DataFrame(
        {"customer_id": days["customer_id"], "wait": days["day_number"] - (first - pd.Timestamp(0)).days}
    )


def _contacts_so_far(
    ids: pd.Series, known: Circumstances, offers: Offers, first: pd.Timestamp, busy: pd.DataFrame
) -> np.ndarray:
    """Contacts per customer that count towards the cap: those of the last days, and those planned elsewhere."""
    counted = ids.map(busy["customer_id"].value_counts()).fillna(0)
    if not isinstance(known.contacts, Absent):
        recent = queries.contacts_since(known.contacts, first - pd.Timedelta(days=offers.caps.days))
        counted = counted + ids.map(recent.set_index("customer_id")["contacts"]).fillna(0)
    return np.asarray(counted, dtype=np.int64)


def _days_seen(order_lines: Rows, first: pd.Timestamp) -> int:
    """Days of the last year that the orders cover; at least one."""
    days = queries.order_days(order_lines)
    if days.empty:
        raise NotEnoughData(
            "order_lines", got="no order up to the last day", expected="at least one", do="Set a later as_of"
        )
    earliest = pd.Timestamp(0) + pd.Timedelta(days=first_day(np.repeat(days["day_number"], days["orders"])))
    since = max(earliest, first - pd.Timedelta(days=YEAR_DAYS))
    return max(int((first - since).days), 1)


def _spending(customers: pd.DataFrame, order_lines: Rows, first: pd.Timestamp, params: CampaignParams) -> pd.DataFrame:
    """Add what the last year brought (revenue, yearly_margin not below 0, yearly_orders) and the usual hour."""
    since = first - pd.Timedelta(days=YEAR_DAYS)
    spent = queries.spending(order_lines, since, margin_share=params.margin_share)
    table = customers.merge(spent, on="customer_id", how="left").fillna({"revenue": 0.0, "margin": 0.0, "orders": 0})
    table = table.merge(queries.usual_hours(order_lines), on="customer_id", how="left")
    return pd.DataFrame(
        {
            "customer_id": table["customer_id"],
            "revenue": table["revenue"],
            "yearly_margin": table["margin"].clip(lower=0),
            "yearly_orders": table["orders"].astype(int),
            "usual_hour": table["hour"].fillna(USUAL_HOUR).round().astype(int),
        }
    )


def _group(customers: pd.DataFrame, offers: Offers, attributes: Rows | Absent) -> pd.Series:
    """Value of the fairness attribute per customer; 'unknown' where it is not stated."""
    if isinstance(attributes, Absent) or offers.fairness is None:
        return pd.Series("unknown", index=customers.index, dtype=object)
    stated = queries.attribute_values(attributes, offers.fairness.attribute).set_index("customer_id")["value"]
    return customers["customer_id"].map(stated).astype(object).fillna("unknown")
