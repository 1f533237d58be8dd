"""The claim gate: a claim in a message is computed from the data, or it is refused.

Three looks at each offer: its declared patterns (``activation.PATTERNS``), its declared claims (computed by the
function of the same name in ``CHECKS``), and its wording (a tripwire for claims nobody declared). One refusal and the
offer is not planned. Result: one row = one thing looked at, with verdict, reason, what was claimed and what is true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from rcommerce_helpers.campaigns import queries
from rcommerce_helpers.campaigns.activation import PATTERNS, WORDINGS
from rcommerce_helpers.campaigns.offers import Claim, Offer, Offers
from rcommerce_helpers.clock import day_after
from rcommerce_helpers.leaving import SMALLEST_GROUP
from rcommerce_helpers.results import Absent, Figure

if TYPE_CHECKING:
    from rcommerce_helpers.engine import Rows

Verdict = Literal["allowed", "refused"]
STOCK_DAYS = 2
LOWEST_PRICE_DAYS = 30
"""Directive 98/6/EC art. 6a: a price reduction states the lowest price of the 30 days before."""


@dataclass(frozen=True)
class Records:
    """What claims are checked against; each table may be absent. ``as_of`` is the last known day."""

    as_of: str
    order_lines: Rows | Absent
    products: Rows | Absent
    stock: Rows | Absent
    prices: Rows | Absent

    @property
    def end(self) -> pd.Timestamp:
        """First moment that is not known any more."""
        return day_after(self.as_of)


@dataclass(frozen=True)
class Ruling:
    """One verdict; ``computed`` is what the data say (nan where nothing could be computed)."""

    verdict: Verdict
    reason: str
    computed: float = float("nan")


@dataclass(frozen=True)
class Gate:
    """Rulings: offer_id, look (pattern, claim, wording), name, verdict, reason, claimed, computed."""

    rulings: pd.DataFrame
    allowed: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def computed(self) -> pd.DataFrame:
        """The rulings that rest on a computation or end in a refusal: offer_id, name, verdict, reason."""
        told = (self.rulings["look"] != "pattern") | (self.rulings["verdict"] == "refused")
        return self.rulings.loc[told, ["offer_id", "name", "verdict", "reason"]].reset_index(drop=True)


def records(
    as_of: str,
    *,
    order_lines: Rows | Absent,
    products: Rows | Absent,
    stock: Rows | Absent,
    prices: Rows | Absent,
) -> Records:
    """What claims can be checked against."""
    return Records(as_of, order_lines, products, stock, prices)


def check_claims(offers: Offers, known: Records) -> Gate:
    """Send every offer through the gate.

    Returns
    -------
    Gate
        One row per pattern, claim and tripped wording of every offer; ``allowed`` are the offers without refusal.
    """
    rows = [
        {"offer_id": offer.id, "look": look, "name": name, "verdict": r.verdict, "reason": r.reason}
        | {"claimed": claimed, "computed": r.computed}
        for offer in offers.offers
        for look, name, claimed, r in _looks(offer, offers, known)
    ]
    names = ["offer_id", "look", "name", "verdict", "reason", "claimed", "computed"]
    rulings = pd.DataFrame(rows, columns=names)
    stopped = set(rulings.loc[rulings["verdict"] == "refused", "offer_id"])
    allowed = tuple(o.id for o in offers.offers if o.id not in stopped)
    refused = int((rulings["verdict"] == "refused").sum())
    figures = (
        Figure("claims_checked", len(rulings), len(rulings), "count"),
        Figure("refused_claims", refused, len(rulings), "count"),
        Figure("offers_allowed", len(allowed), len(offers.offers), "count"),
    )
    return Gate(rulings, allowed, figures)


def _looks(offer: Offer, offers: Offers, known: Records) -> Iterator[tuple[str, str, float, Ruling]]:
    """All looks at one offer: (look, name, claimed number, ruling)."""
    declared = {claim.kind for claim in offer.claims}
    for name in offer.patterns:
        yield "pattern", name, float("nan"), _pattern(name, declared)
    for claim in offer.claims:
        claimed = float("nan") if claim.says is None else claim.says
        yield "claim", claim.kind, claimed, CHECKS[claim.kind](claim, offer, offers, known)
    for kind, (wording, plain) in WORDINGS.items():
        found = re.search(wording, offer.text, flags=re.IGNORECASE)
        if found and kind not in declared:
            yield "wording", plain, float("nan"), _undeclared(kind, found.group())


def _pattern(name: str, declared: Collection[str]) -> Ruling:
    pattern = PATTERNS[name]
    if pattern.kind == "refused":
        return Ruling("refused", f"never used here: it {pattern.why}")
    if pattern.kind == "evidence" and not set(declared).intersection(pattern.claims):
        return Ruling("refused", f"{pattern.why}; declare the claim {' or '.join(pattern.claims)}")
    return Ruling("allowed", pattern.why)


def _undeclared(kind: str, words: str) -> Ruling:
    if not kind:
        return Ruling("refused", f"never used here: '{words}' shames the person for saying no")
    return Ruling("refused", f"'{words}' states a fact; declare the claim {kind}")


def _stock_left(claim: Claim, _offer: Offer, _offers: Offers, known: Records) -> Ruling:
    """Units on hand at the latest count of every place; a count older than two days proves nothing."""
    if isinstance(known.stock, Absent) or claim.product_id is None or claim.says is None:
        return Ruling("refused", "cannot be computed: needs a stock table, product_id and says")
    latest = queries.latest_stock(known.stock, claim.product_id, known.end)
    if latest.empty or latest["counted_at"].max() < known.end - pd.Timedelta(days=STOCK_DAYS):
        return Ruling("refused", "no stock count of this product within two days")
    left = float(latest["units"].sum())
    return _compare(left <= claim.says, "units are left", left)


def _bought_count(claim: Claim, offer: Offer, _offers: Offers, known: Records) -> Ruling:
    """Orders with the product (or the offer's category) in the last ``days`` days; returns do not count."""
    if isinstance(known.order_lines, Absent) or claim.says is None:
        return Ruling("refused", "cannot be computed: needs orders and says")
    bought = queries.bought_between(known.order_lines, since=known.end - pd.Timedelta(days=claim.days), end=known.end)
    if claim.product_id is not None:
        orders = queries.orders_with_product(bought, claim.product_id)
    elif isinstance(known.products, Absent):
        return Ruling("refused", "cannot be computed: needs products, or a product_id")
    else:
        orders = queries.orders_with_category(bought, known.products, offer.category)
    return _compare(orders >= claim.says, f"orders in {claim.days} days", orders, least=SMALLEST_GROUP)


def _strike_price(claim: Claim, _offer: Offer, _offers: Offers, known: Records) -> Ruling:
    """The struck price may not exceed the lowest price that was valid in the 30 days up to the last known one."""
    if isinstance(known.prices, Absent) or claim.product_id is None or claim.says is None:
        return Ruling("refused", "cannot be computed: needs a price history, product_id and says")
    rows = queries.selling_prices(known.prices, claim.product_id, known.end)
    since = known.end - pd.Timedelta(days=LOWEST_PRICE_DAYS)
    valid = pd.concat([rows[rows["local_at"] <= since].tail(1), rows[rows["local_at"] > since]])
    if valid.empty:
        return Ruling("refused", "no price of this product is known for the last 30 days")
    lowest = float(valid["price"].min())
    return _compare(claim.says <= lowest, "was the lowest price of 30 days", lowest)


def _ends_on(claim: Claim, _offer: Offer, offers: Offers, known: Records) -> Ruling:
    """The stated last day must be the last day of the plan: no false hurry, no quiet extension."""
    if claim.until is None:
        return Ruling("refused", "cannot be computed: needs until")
    last = (known.end + pd.Timedelta(days=offers.period.days - 1)).date()
    away = float((claim.until - last).days)
    return Ruling("allowed" if away == 0 else "refused", f"the plan ends on {last}", away)


def _compare(true: bool, what: str, computed: float, *, least: int = 0) -> Ruling:
    """The verdict; a count of customers below ``least`` is not told, for the table that shows it leaves the house."""
    told = f"fewer than {least}" if 0 < computed < least else f"{computed:,.6g}"
    return Ruling("allowed" if true else "refused", f"computed: {told} {what}", computed)


CHECKS: dict[str, Callable[[Claim, Offer, Offers, Records], Ruling]] = {
    "stock_left": _stock_left,
    "bought_count": _bought_count,
    "strike_price": _strike_price,
    "ends_on": _ends_on,
}
