"""Small shops whose truth is known: customers with tastes, hours and basket sizes of their own."""

import numpy as np
import pandas as pd

from rcommerce_helpers.patterns.baskets import Baskets, Contents
from rcommerce_helpers.patterns.lots import Lots

GROUPS = ("bread", "milk", "beer", "soap", "fish", "tea")


def world(seed, *, customers=260, trips=24, evening_lift=0.0, follow_lift=0.0):
    """Baskets and contents. Who shops in the evening buys more of everything, so hours look powerful and are not.

    ``evening_lift`` is the true relative effect of the evening on buying beer; ``follow_lift`` the chance that milk is
    the main purchase just because bread was it on the trip before.
    """
    rng = np.random.default_rng(seed)
    late = rng.beta(1, 1, customers)
    taste = rng.dirichlet(np.full(len(GROUPS), 0.8), customers) * (0.6 + late)[:, None]
    count = rng.poisson(trips, customers) + 2
    who = np.repeat(np.arange(customers), count)
    evening = rng.random(len(who)) < late[who]
    hour = np.where(evening, 18, 9)
    day = np.concatenate([np.sort(rng.choice(360, n, replace=False)) for n in count])
    chance = np.clip(taste[who] * 1.2, 0.02, 0.6)
    chance[:, 2] *= 1 + evening_lift * evening
    bought = rng.random(chance.shape) < np.clip(chance, 0, 0.95)
    bought[~bought.any(axis=1), 0] = True
    amount = bought * rng.gamma(2, 2, bought.shape) * (1 + 2 * late[who])[:, None]
    if follow_lift:
        main = amount.argmax(axis=1)
        after_bread = np.r_[False, (main[:-1] == 0) & (who[1:] == who[:-1])]
        moved = after_bread & (rng.random(len(who)) < follow_lift)
        bought[moved, 1] = True
        amount[moved, 1] = amount[moved].max(axis=1) + 1
    return as_baskets(who, day, hour, amount), as_contents(amount)


def as_baskets(who, day, hour, amount):
    at = pd.Timestamp("2023-01-02") + pd.to_timedelta(day, unit="D") + pd.to_timedelta(hour, unit="h")
    names = np.array([f"c{i:05d}" for i in range(who.max() + 1)])
    orders = pd.DataFrame(
        {
            "customer_id": names[who],
            "customer": who,
            "order_id": [f"o{i}" for i in range(len(who))],
            "local_at": at,
            "value": amount.sum(axis=1),
            "line_count": (amount > 0).sum(axis=1),
            "discounted": 0,
        }
    )
    return Baskets(orders, names, "2023-12-31", ())


def as_contents(amount):
    order, group = np.nonzero(amount)
    rows = pd.DataFrame({"order": order, "group": group, "amount": amount[order, group]})
    return Contents(rows, GROUPS[: amount.shape[1]])


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
