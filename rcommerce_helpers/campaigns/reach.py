"""Who may be contacted, on which channel: permission, open complaints, contact caps.

Comes in: the customers who permit marketing at all (one row = customer) and what else is known of them. Goes out: one
row = customer with the channels that are open, and for a closed door the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rcommerce_helpers.campaigns.offers import Offers
from rcommerce_helpers.campaigns.params import CampaignParams
from rcommerce_helpers.errors import NotEnoughData
from rcommerce_helpers.results import Figure

USUAL_HOUR = 10
"""Hour of contact for customers without an order."""


@dataclass(frozen=True)
class Circumstances:
    """Optional tables; None = the data set has none.

    ``contacts`` past contacts, ``planned`` contacts other departments planned, ``cases`` service cases, ``decisions``
    one row = customer x purpose x channel x contact point with ``allowed``, ``attributes`` one row = one attribute.
    """

    contacts: pd.DataFrame | None = None
    planned: pd.DataFrame | None = None
    cases: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    attributes: pd.DataFrame | None = None


@dataclass(frozen=True)
class Reach:
    """Who may be contacted.

    ``customers``: one row = customer, sorted: customer_id, reachable, why (empty = reachable), weekly_revenue,
    yearly_margin, usual_hour, group. ``channels``: same rows, one true/false column per channel of offers.toml.
    """

    customers: pd.DataFrame
    channels: pd.DataFrame
    as_of: str
    figures: tuple[Figure, ...]

    @property
    def reasons(self) -> pd.DataFrame:
        """One row = reason: how many customers it concerns."""
        why = self.customers["why"].where(~self.customers["reachable"], "may be contacted")
        return why.value_counts().rename_axis("reason").reset_index(name="customers")


def circumstances(
    *, contacts: object, planned: object, cases: object, decisions: object, attributes: object
) -> Circumstances:
    """Collect optional tables: anything that is not a table counts as absent."""
    given = [t if isinstance(t, pd.DataFrame) else None for t in (contacts, planned, cases, decisions, attributes)]
    return Circumstances(*given)


def find_reachable(  # noqa: PLR0913 - one argument per table, then what the run knows
    customers: pd.DataFrame,
    order_lines: pd.DataFrame,
    known: Circumstances,
    offers: Offers,
    as_of: str,
    params: CampaignParams,
) -> Reach:
    """Find the customers who may be contacted in the period after ``as_of``, and their channels.

    A customer is left alone with an open service case, with as many contacts in the last ``caps.days`` days as the cap
    allows (contacts planned elsewhere count), or without an open channel.

    Raises
    ------
    NotEnoughData
        Nobody permits marketing.
    """
    ids = np.sort(customers["customer_id"].unique())
    if not len(ids):
        raise NotEnoughData("customers", got="nobody", expected="customers who permit marketing", do="Ask for consent")
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    channels = _open_channels(ids, offers, known.decisions)
    case_open = _has_open_case(ids, known.cases)
    capped = _contacts_so_far(ids, known, offers, end) >= offers.caps.contacts_per_customer
    shut = ~channels.to_numpy().any(axis=1)
    why = np.select(
        [shut, case_open, capped],
        ["no channel permitted", "a complaint or case is open", "contact cap reached"],
        default="",
    )
    table = pd.DataFrame({"customer_id": ids, "reachable": why == "", "why": why})
    table["weekly_revenue"] = _weekly_revenue(ids, order_lines, end)
    table["yearly_margin"] = _yearly_margin(ids, order_lines, end, params)
    table["usual_hour"] = _usual_hour(ids, order_lines)
    table["group"] = _group(ids, offers, known.attributes)
    figures = (
        Figure("reachable_customers", int(table["reachable"].sum()), len(ids), "count"),
        Figure("stopped_by_complaint", int(case_open.sum()), len(ids), "count"),
        Figure("stopped_by_cap", int(capped.sum()), len(ids), "count"),
    )
    return Reach(table, channels, as_of, figures)


def _open_channels(ids: np.ndarray, offers: Offers, decisions: pd.DataFrame | None) -> pd.DataFrame:
    """One row = customer, one column = channel: whether marketing may use it; the nearest decision counts.

    A decision on the channel itself goes before one on any channel. No decision at all closes every channel; no table
    of decisions means that the customers were already reduced to those who permit marketing.
    """
    names = [c.id for c in offers.channels]
    if decisions is None:
        return pd.DataFrame(True, index=ids, columns=names)
    marketing = decisions[decisions["purpose"] == "marketing"]
    allowed = marketing.pivot_table(index="customer_id", columns="channel", values="allowed", aggfunc="any")
    allowed = allowed.reindex(index=ids, columns=["any", *names]).astype("boolean")
    general = allowed["any"].fillna(False).astype(bool)
    return pd.DataFrame({c: allowed[c].fillna(general).astype(bool) for c in names}, index=ids)


def _has_open_case(ids: np.ndarray, cases: pd.DataFrame | None) -> np.ndarray:
    if cases is None:
        return np.zeros(len(ids), dtype=bool)
    return np.isin(ids, cases.loc[cases["closed_at"].isna(), "customer_id"].dropna().unique())


def _contacts_so_far(ids: np.ndarray, known: Circumstances, offers: Offers, end: pd.Timestamp) -> np.ndarray:
    """Contacts per customer that count towards the cap; people held out ('none') were not contacted."""
    found = []
    if known.contacts is not None:
        recent = known.contacts["local_at"] >= end - pd.Timedelta(days=offers.caps.days)
        found.append(known.contacts.loc[recent & (known.contacts["arm"] != "none"), "customer_id"])
    if known.planned is not None:
        found.append(known.planned["customer_id"])
    if not found:
        return np.zeros(len(ids), dtype=np.int64)
    counts: np.ndarray = pd.concat(found).value_counts().reindex(ids, fill_value=0).to_numpy()
    return counts


def _yearly_margin(ids: np.ndarray, lines: pd.DataFrame, end: pd.Timestamp, params: CampaignParams) -> np.ndarray:
    """Contribution of the last 365 days per customer: recorded margin where there is one, else a share of revenue."""
    recent = lines[lines["local_at"] >= end - pd.Timedelta(days=365)]
    margin = recent["margin"].fillna(recent["amount"] * params.margin_share)
    totals: np.ndarray = margin.groupby(recent["customer_id"]).sum().reindex(ids, fill_value=0.0).to_numpy()
    return np.asarray(np.clip(totals, 0, None))


def _weekly_revenue(ids: np.ndarray, lines: pd.DataFrame, end: pd.Timestamp) -> np.ndarray:
    """Mean revenue a week per customer over the last 365 days, or over what there is."""
    since = max(lines["local_at"].min().normalize(), end - pd.Timedelta(days=365))
    recent = lines[lines["local_at"] >= since]
    totals = recent.groupby("customer_id")["amount"].sum().reindex(ids, fill_value=0.0).to_numpy()
    return np.asarray(totals * 7 / max((end - since).days, 1))


def _usual_hour(ids: np.ndarray, lines: pd.DataFrame) -> np.ndarray:
    """Median hour of the customer's orders, by the wall clock."""
    orders = lines[["customer_id", "order_id", "local_at"]].drop_duplicates("order_id")
    hours = orders["local_at"].dt.hour.groupby(orders["customer_id"]).median()
    usual: np.ndarray = hours.reindex(ids).fillna(USUAL_HOUR).round().astype(int).to_numpy()
    return usual


def _group(ids: np.ndarray, offers: Offers, attributes: pd.DataFrame | None) -> np.ndarray:
    """Value of the fairness attribute per customer; 'unknown' where it is not stated."""
    if attributes is None or offers.fairness is None:
        return np.full(len(ids), "unknown", dtype=object)
    wanted = attributes[attributes["name"] == offers.fairness.attribute]
    value = wanted.drop_duplicates("customer_id", keep="last").set_index("customer_id")["value"]
    groups: np.ndarray = value.reindex(ids).astype(object).fillna("unknown").to_numpy(dtype=object)
    return groups
