"""Web tracking: every visit as a chain of events under a first-party device number, known only after a login."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.catalogue import CATEGORIES, Catalogue
from rcommerce_helpers.demo_world.chance import Array, hit, ragged, scramble
from rcommerce_helpers.demo_world.lines import Lines
from rcommerce_helpers.demo_world.rates import WEB
from rcommerce_helpers.demo_world.visits import CART, ORDER, STRANGER, Visits

EVENTS = ("login", "search", "view", "cart_add", "cart_remove", "checkout", "purchase")
PAGES = ("konto", "suche", "produkt", "warenkorb", "warenkorb", "kasse", "danke")
EVENTS_PER_CHUNK, VISITORS_PER_CHUNK, VISITS_PER_CHUNK = 1 << 22, 1 << 21, 1 << 20
COOKIE_DAYS = 290  # a device number lives that long: assumed


@dataclass(frozen=True)
class Tracks:
    """Events (one row = one event; ``visit`` leads to the session) and sessions (one row = one visit)."""

    visit: Array
    event: Array
    at: Array
    product: Array
    session: dict[str, Array]


def build_tracks(
    rng: np.random.Generator, chunk: int, visits: Visits, shop_record: Array, sales: tuple[Lines, Catalogue]
) -> Tracks:
    """Events of one chunk of visits; ``shop_record`` = each person's account, -1 = none."""
    count = len(visits.at)
    known = visits.person != STRANGER
    record = np.where(known, shop_record[np.maximum(visits.person, 0)], -1)
    buys = visits.kind == ORDER
    login = (record >= 0) & (buys | hit(rng, WEB.logged_in, count))
    carts = visits.kind >= CART
    slots = np.stack(
        [
            login,
            hit(rng, np.where(carts, 0.45, 0.25), count),
            np.where(carts, rng.geometric(0.55, count), rng.geometric(0.75, count)).clip(1, 14),
            carts,
            carts & ~buys & hit(rng, 0.2, count),
            buys | (carts & hit(rng, 0.35, count)),
            buys,
        ]
    ).astype(np.int64)
    total = slots.sum(axis=0)
    row, nth = ragged(total)
    edges = np.cumsum(slots, axis=0)
    event = np.zeros(len(row), dtype=np.int8)
    for limit in edges[:-1]:
        event += nth >= limit[row]
    step = rng.exponential(55, len(row)).astype(np.int64) + 2
    step[nth == 0] = 0
    clocked = np.cumsum(step)
    at = visits.at[row] + np.minimum(clocked - clocked[np.cumsum(total) - total][row], 7000)
    at = np.minimum(at, clock.END - 1)
    product = _products(rng, sales, visits, row, event)
    last = at[np.cumsum(total) - 1]
    session = {
        "number": chunk * VISITS_PER_CHUNK + np.arange(count), "visitor": _visitor(rng, chunk, visits),
        "record": np.where(login, record, -1), "at": visits.at, "ended": last, "referrer": visits.referrer,
        "device": visits.device, "events": total, "order": visits.order, "campaign": visits.campaign,
    }  # fmt: skip
    return Tracks(row, event, at, product, session)


def _visitor(rng: np.random.Generator, chunk: int, visits: Visits) -> Array:
    """A number per person, device and life of the cookie; strangers get one for every visit or two."""
    person = np.maximum(visits.person, 0)
    life = (visits.at - clock.START + (scramble(person, 99) % COOKIE_DAYS) * clock.DAY) // (COOKIE_DAYS * clock.DAY)
    known = person * 16 + visits.device * 5 + life.clip(0, 4)
    crowd = 16 * 60_000 + rng.integers(0, max(int(0.75 * len(person)), 1), len(person))
    return chunk * VISITORS_PER_CHUNK + np.where(visits.person == STRANGER, crowd, known)


def _products(
    rng: np.random.Generator, sales: tuple[Lines, Catalogue], visits: Visits, row: Array, event: Array
) -> Array:
    """What is looked at: popular goods, and the bought one from the last view on; -1 where no product is in view."""
    lines, catalogue = sales
    goods = np.array([i for i, c in enumerate(catalogue.category) if CATEGORIES[c].kind not in ("service", "warranty")])
    kinds = np.array([CATEGORIES[c].adopted for c in catalogue.category[goods]])
    edges = np.cumsum(kinds * catalogue.weight[goods])
    interest = goods[np.searchsorted(edges / edges[-1], rng.random(len(visits.at))).clip(0, len(goods) - 1)]
    if len(lines.order):
        first = np.searchsorted(lines.order, np.maximum(visits.order, 0)).clip(0, len(lines.order) - 1)
        interest = np.where(visits.order >= 0, lines.product[first], interest)
    other = goods[np.searchsorted(edges / edges[-1], rng.random(len(row))).clip(0, len(goods) - 1)]
    is_view = event == EVENTS.index("view")
    ends_here = np.r_[event[1:] != event[:-1], True]
    result = np.where(is_view & ~ends_here & hit(rng, 0.6, len(row)), other, interest[row])
    return np.where(event < EVENTS.index("view"), -1, result)
