"""Small shops for the affinity tests: hand-made histories, and a simulated one whose truth is known."""

import numpy as np
import pandas as pd

from rcommerce_helpers.affinity.params import AffinityParams
from rcommerce_helpers.affinity.purchases import History, read_history, read_shelf

START = pd.Timestamp("2023-01-01")
CATEGORIES = ("BREAD", "SOAP", "TEA", "RICE", "OIL", "NUTS")
DAYS = 308
AS_OF = str((START + pd.Timedelta(days=DAYS - 1)).date())
PARAMS = AffinityParams(max_incidence=1.0, min_incidence=0.0, bootstrap_draws=40, explained_customers=10)


def history_of(cells, trips, *, customers, categories, end, durable=()):
    """A History from (customer, category, day) and (customer, day) positions."""
    cells, trips = sorted(set(cells)), sorted(set(trips))
    columns = np.array(cells, dtype=np.int64).reshape(-1, 3)
    visits = np.array(trips, dtype=np.int64).reshape(-1, 2)
    names = np.array([f"cat{i}" for i in range(categories)], dtype=object)
    return History(
        customers=np.array([f"c{i}" for i in range(customers)], dtype=object),
        categories=names,
        labels=names,
        durable=np.isin(np.arange(categories), durable),
        pair_customer=columns[:, 0],
        pair_category=columns[:, 1],
        pair_day=columns[:, 2],
        trip_customer=visits[:, 0],
        trip_day=visits[:, 1],
        end=end,
        first_day=START,
        incidence=pd.DataFrame(),
    )


def order_lines(seed, *, customers=400, lapse=0.002):
    """Order lines of customers with personal trip rates, tastes, and a daily chance of leaving for good."""
    rng = np.random.default_rng(seed)
    trip_rate = rng.gamma(2.0, 0.08, customers)
    taste = rng.beta(0.6, 2.0, (customers, len(CATEGORIES)))
    leaves = rng.geometric(lapse, customers)
    day, customer = np.nonzero(rng.random((DAYS, customers)) < trip_rate)
    here = day < leaves[customer]
    day, customer = day[here], customer[here]
    trip, category = np.nonzero(rng.random((len(day), len(CATEGORIES))) < taste[customer])
    return pd.DataFrame(
        {
            "customer_id": np.array([f"c{i:04d}" for i in range(customers)], dtype=object)[customer[trip]],
            "local_at": START + pd.to_timedelta(day[trip] * 24 + 12, unit="h"),
            "product_id": np.array([f"p{i}" for i in range(len(CATEGORIES))], dtype=object)[category],
            "quantity": 1.0,
            "kind": None,
        }
    )


def products():
    ids = [f"p{i}" for i in range(len(CATEGORIES))]
    return pd.DataFrame({"product_id": ids, "category": CATEGORIES, "name": ids, "durable": None})


def shop(seed=1):
    return read_history(order_lines(seed), read_shelf(products()), PARAMS, as_of=AS_OF)
