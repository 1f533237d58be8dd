"""Tiny worlds for the campaign tests: a shop whose truth is known, and the Hillstrom experiment as a log."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rcommerce_helpers.campaigns.evidence import RandomisedLog
from rcommerce_helpers.campaigns.offers import Offers

HILLSTROM = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "hillstrom" / "hillstrom.csv"
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")


def hillstrom() -> pd.DataFrame:
    """One row = one customer of the e-mail experiment of 2008."""
    if not HILLSTROM.exists():
        pytest.skip("needs ../shared/data/hillstrom/hillstrom.csv beside the checkout")
    return pd.read_csv(HILLSTROM)


def hillstrom_log(table: pd.DataFrame, outcome: str, *, cost: float = 0.0) -> RandomisedLog:
    """The nine features of the protocol, their interactions, and the shares of the arms as propensities."""
    past = [table["recency"], np.log1p(table["history"]), table["mens"], table["womens"], table["newbie"]]
    flags = [table["zip_code"] == z for z in ("Rural", "Urban")] + [table["channel"] == c for c in ("Phone", "Web")]
    x = np.column_stack([*past, *flags]).astype(float)
    x = np.column_stack([x, x[:, 0] ** 2, x[:, 1] ** 2, x[:, 2] * x[:, 3], x[:, 0] * x[:, 1]])
    arm = table["segment"].map({a: i for i, a in enumerate(ARMS)}).to_numpy()
    share = np.bincount(arm) / len(arm)
    return RandomisedLog(
        table[outcome].to_numpy(dtype=float), arm, share[arm], x, ARMS, np.array([0.0, cost, cost]), unit=outcome
    )


def small_offers(**changes) -> Offers:
    """Two offers, two channels, room for everybody; ``changes`` replace whole tables of the file."""
    content = {
        "budget": {"amount": 1000.0},
        "offers": [
            {"id": "tea", "name": "Tea", "category": "TEA", "margin": 10.0, "uplift_prior": {"mean": 0.1, "sd": 0.02}},
            {"id": "cup", "name": "Cup", "category": "CUP", "margin": 10.0, "uplift_prior": {"mean": 0.1, "sd": 0.02}},
        ],
        "channels": [
            {"id": "email", "cost": 0.01, "capacity": 1000, "unsubscribe_risk": 0.0},
            {"id": "post", "cost": 0.5, "capacity": 1000, "unsubscribe_risk": 0.0},
        ],
    }
    return Offers.model_validate(content | changes)


def orders_of(customers: dict[str, list[str]]) -> pd.DataFrame:
    """Order lines: customer -> days of orders, each one line of 20 in money."""
    rows = [(c, pd.Timestamp(day) + pd.Timedelta(hours=17)) for c, days in customers.items() for day in days]
    lines = pd.DataFrame(rows, columns=["customer_id", "local_at"])
    lines["order_id"] = [str(i) for i in range(len(lines))]
    return lines.assign(product_id="tea", quantity=1.0, amount=20.0, discount=0.0, margin=np.nan)


def scores_of(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Scores: (customer, category, probability)."""
    table = pd.DataFrame(rows, columns=["customer_id", "category", "probability"])
    return table.assign(reason="buys it often", suppressed=False, due_days=np.nan)


POINT_COLUMNS = ["customer_id", "channel", "contact_point", "allowed", "why", "letter_box", "preference"]


def points_of(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Contact points: (customer, channel, address, why not); an empty why = allowed. Post: the address is the box."""
    table = pd.DataFrame(rows, columns=["customer_id", "channel", "contact_point", "why"])
    table = table.assign(
        allowed=table["why"] == "", letter_box=table["contact_point"].where(table["channel"] == "post", "")
    )
    table["preference"] = table.groupby(["customer_id", "channel"]).cumcount() + 1
    return table[POINT_COLUMNS]


def open_everywhere(customers: list[str]) -> pd.DataFrame:
    """Everybody may be reached at an address of her own, by e-mail and by post."""
    return points_of([(c, channel, f"{c}@{channel}", "") for c in customers for channel in ("email", "post")])
