"""The gate computes what a message claims, or refuses it."""

import pandas as pd
import pytest

from rcommerce_helpers.campaigns.activation import PATTERNS
from rcommerce_helpers.campaigns.claims import CHECKS, check_claims, records
from rcommerce_helpers.campaigns.offers import CLAIM_KINDS, Offers
from rcommerce_helpers.results import Absent

AS_OF = "2024-03-31"
LINES = pd.DataFrame(
    {
        "order_id": ["1", "1", "2", "3", "4", "5"],
        "product_id": ["tea", "tea", "tea", "cup", "tea", "tea"],
        "quantity": [1.0, 1.0, 1.0, 1.0, -1.0, 1.0],
        "local_at": pd.to_datetime(
            ["2024-03-30", "2024-03-30", "2024-03-10", "2024-03-30", "2024-03-30", "2024-01-01"]
        ),
    }
)
PRODUCTS = pd.DataFrame({"product_id": ["tea", "cup"], "category": ["TEA", "CUPS"]})
STOCK = pd.DataFrame(
    {
        "product_id": ["tea"] * 3,
        "store_id": ["a", "a", "b"],
        "local_at": pd.to_datetime(["2024-03-20", "2024-03-31", "2024-03-31"]),
        "units": [50.0, 2.0, 1.0],
    }
)
PRICES = pd.DataFrame(
    {
        "product_id": ["tea"] * 4,
        "local_at": pd.to_datetime(["2023-01-01", "2024-02-01", "2024-03-15", "2024-03-16"]),
        "price": [3.0, 5.0, 4.0, 1.0],
        "kind": ["list", "list", "offer", "cost"],
    }
)


def gate_of(*, text="", patterns=(), claims=(), stock=STOCK, prices=PRICES):
    offer = {"id": "tea", "name": "Tea", "category": "TEA", "margin": 1.0, "text": text}
    content = {
        "budget": {"amount": 1.0},
        "offers": [{**offer, "patterns": list(patterns), "claims": list(claims)}],
        "channels": [{"id": "email", "cost": 0.1, "capacity": 1}],
        "period": {"days": 28},
    }
    return check_claims(
        Offers.model_validate(content), records(AS_OF, order_lines=LINES, products=PRODUCTS, stock=stock, prices=prices)
    )


def ruling(claim, **tables):
    row = gate_of(claims=[claim], **tables).rulings.iloc[0]
    return row["verdict"], row["computed"]


def test_stock_is_summed_over_the_latest_counts():
    assert ruling({"kind": "stock_left", "says": 3.0, "product_id": "tea"}) == ("allowed", 3.0)
    assert ruling({"kind": "stock_left", "says": 2.0, "product_id": "tea"}) == ("refused", 3.0)


def test_old_or_missing_stock_proves_nothing():
    claim = {"kind": "stock_left", "says": 99.0, "product_id": "tea"}
    assert ruling(claim, stock=STOCK[STOCK["local_at"] < "2024-03-21"])[0] == "refused"
    assert ruling(claim, stock=Absent("stock", "this world has none"))[0] == "refused"


def test_bought_counts_orders_of_the_window_without_returns():
    assert ruling({"kind": "bought_count", "says": 2.0, "days": 28}) == ("allowed", 2.0)
    assert ruling({"kind": "bought_count", "says": 3.0, "days": 28}) == ("refused", 2.0)
    assert ruling({"kind": "bought_count", "says": 3.0, "days": 120}) == ("allowed", 3.0)
    assert ruling({"kind": "bought_count", "says": 1.0, "product_id": "cup"}) == ("allowed", 1.0)


def test_struck_price_is_the_lowest_of_thirty_days():
    """Valid within 30 days: 5 (set before, still valid), then 4; the purchase cost of 1 is no price."""
    assert ruling({"kind": "strike_price", "says": 4.0, "product_id": "tea"}) == ("allowed", 4.0)
    assert ruling({"kind": "strike_price", "says": 5.0, "product_id": "tea"}) == ("refused", 4.0)


def test_a_deadline_is_the_last_day_of_the_plan():
    day = pd.Timestamp("2024-04-28").date()
    assert ruling({"kind": "ends_on", "until": day}) == ("allowed", 0.0)
    assert ruling({"kind": "ends_on", "until": day.replace(day=20)})[0] == "refused"


@pytest.mark.parametrize("name", [n for n, p in PATTERNS.items() if p.kind == "refused"])
def test_refused_patterns_are_refused_whatever_the_data_say(name):
    gate = gate_of(patterns=[name])
    assert gate.allowed == ()
    assert gate.rulings["verdict"].tolist() == ["refused"]


def test_a_pattern_that_needs_evidence_needs_its_own_claim():
    assert gate_of(patterns=["scarcity"]).allowed == ()
    declared = [{"kind": "stock_left", "says": 3.0, "product_id": "tea"}]
    assert gate_of(patterns=["scarcity"], claims=declared).allowed == ("tea",)
    assert gate_of(patterns=["social_proof"], claims=declared).allowed == ()


@pytest.mark.parametrize(
    "text",
    [
        "Only 3 left!",
        "Nur noch 2 auf Lager",
        "1,200 customers bought this",
        "120 mal gekauft",
        "Nur bis Sonntag",
        "Until Sunday only",
        "Statt 9,99 jetzt 5",
        "No thanks, I prefer paying more",
        "Nein danke, ich will nicht sparen",
    ],
)
def test_undeclared_wordings_trip_the_wire(text):
    assert gate_of(text=text).allowed == ()


@pytest.mark.parametrize("text", ["Time for tea?", "Ihr Tee geht zur Neige", "We have 3 new teas"])
def test_plain_wordings_pass(text):
    gate = gate_of(text=text, patterns=["reminder"])
    assert gate.allowed == ("tea",)
    assert {f.name: f.value for f in gate.figures} == {"claims_checked": 1, "refused_claims": 0, "offers_allowed": 1}


def test_every_kind_of_claim_has_its_check():
    assert set(CHECKS) == set(CLAIM_KINDS)
    assert {c for p in PATTERNS.values() for c in p.claims} == set(CLAIM_KINDS)
