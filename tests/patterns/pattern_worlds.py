"""Small shops whose truth is known: customers with tastes, hours and basket sizes of their own."""

import numpy as np
import pandas as pd
from truth.worlds import as_contents, shop_world
from truth.worlds import as_shop as as_baskets

from rcommerce_helpers.patterns.lots import Lots

__all__ = ["as_baskets", "as_contents", "as_lots", "drawn_contacts", "shop", "world"]
world = shop_world


def shop(rows):
    """orders, lines, products from (customer, day, hour, product, amount, discount) rows; one moment, one order."""
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "hour", "product_id", "amount", "discount"])
    frame["local_at"] = pd.to_datetime(frame["day"]) + pd.to_timedelta(frame["hour"], unit="h")
    frame["order_id"] = frame["customer_id"] + "/" + frame["local_at"].astype(str)
    frame["kind"] = np.where(frame["amount"] < 0, "return", "item")
    orders = frame[["customer_id", "order_id", "local_at"]].drop_duplicates().assign(store_id="s1")
    lines = frame[["customer_id", "local_at", "order_id", "product_id", "kind", "amount", "discount"]]
    products = pd.DataFrame({"product_id": sorted(frame["product_id"].unique())})
    return orders, lines, products.assign(category=products["product_id"].str[0], department=None)


def drawn_contacts(seed, lift):
    """Contacts of one campaign with lots; the reminder works on the phone only."""
    rng = np.random.default_rng(seed)
    n = 60_000
    arm = rng.choice(["reminder", "none"], n, p=[0.8, 0.2])
    device = rng.choice(["phone", "desktop"], n)
    base = np.where(device == "phone", 0.05, 0.10)
    rate = np.where((arm == "reminder") & (device == "phone"), base * (1 + lift), base)
    return pd.DataFrame(
        {
            "campaign_id": "k1",
            "customer_id": [f"c{i}" for i in range(n)],
            "arm": arm,
            "propensity": np.where(arm == "none", 0.2, 0.8),
            "converted": rng.random(n) < rate,
            "device": device,
        }
    )


def as_lots(contacts):
    """Contacts whose lots were found good."""
    return Lots(contacts.reset_index(drop=True), pd.DataFrame({"campaign_id": [], "refused": []}), ())
