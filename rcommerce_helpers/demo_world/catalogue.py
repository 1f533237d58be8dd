"""What the shop sells: categories, products and variants, price history, stock, stores.

Brands are invented. Prices contain tax and end in ,99 or ,90; coffee is food (7 % tax), everything else 19 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.chance import Array, listed, stream, zipf_weights
from rcommerce_helpers.demo_world.names import TOWNS


@dataclass(frozen=True)
class Category:
    """One category.

    ``adopted`` share of persons who use it, ``gap_days`` between two purchases (consumables) or its life in days
    (durables); ``trait`` -1..1 which kind of person likes it; ``low``/``high`` price span in EUR with tax.
    """

    name: str
    department: str
    kind: str
    adopted: float
    gap_days: float
    low: float
    high: float
    count: int
    margin: float
    returned: float
    brands: str
    trait: float = 0.0
    tax: float = 0.19


# Adoption, gaps, lives, margins and return shares are assumed; lives follow common planning figures (washing machine
# about 9 years, telephone under 3), return shares the known order shoes and clothes > electronics > food.
CATEGORIES: tuple[Category, ...] = (
    Category(
        "Kaffeekapseln", "Kaffee", "consumable", 0.115, 31, 3.49, 5.99, 22, 0.34, 0.004, "Barocco Velvano", 0.3, 0.07
    ),
    Category(
        "Kaffeebohnen", "Kaffee", "consumable", 0.045, 39, 11.99, 21.99, 10, 0.30, 0.005, "Barocco Morella", 0.3, 0.07
    ),
    Category("Entkalker", "Kaffee", "consumable", 0.04, 150, 5.99, 11.99, 4, 0.45, 0.005, "Klarin Barocco", 0.3),
    Category(
        "Parfüm", "Pflege", "consumable", 0.09, 78, 29.99, 94.99, 30, 0.42, 0.05, "Amaris Lunéa Vetra Solane", -0.4
    ),
    Category(
        "Körperpflege", "Pflege", "consumable", 0.08, 55, 3.99, 16.99, 22, 0.40, 0.02, "Solane Nordkind Amaris", -0.4
    ),
    Category("Druckerpatronen", "Büro", "consumable", 0.06, 96, 14.99, 59.99, 10, 0.35, 0.03, "Printa Tintex"),
    Category("Staubsaugerbeutel", "Haushalt", "consumable", 0.055, 140, 7.99, 16.99, 6, 0.48, 0.01, "Velja Norvik"),
    Category("Batterien", "Haushalt", "consumable", 0.05, 165, 4.99, 15.99, 6, 0.50, 0.005, "Voltan"),
    Category(
        "Laufschuhe", "Sport", "consumable", 0.075, 215, 79.99, 169.99, 9, 0.38, 0.26, "Tempora Fjellrun Ascend", 0.9
    ),
    Category("Laufbekleidung", "Sport", "impulse", 0.16, 0, 14.99, 89.99, 18, 0.45, 0.30, "Tempora Fjellrun", 0.9),
    Category("Handyzubehör", "Elektronik", "impulse", 0.5, 0, 7.99, 39.99, 24, 0.55, 0.07, "Cablo Hüllwerk", 0.1),
    Category("Kopfhörer", "Elektronik", "impulse", 0.25, 0, 24.99, 279.99, 14, 0.24, 0.10, "Sonara Auvio", 0.1),
    Category("Heimtextilien", "Wohnen", "impulse", 0.4, 0, 9.99, 89.99, 26, 0.46, 0.18, "Hygglin Weberei Nord", -0.5),
    Category("Leuchten", "Wohnen", "impulse", 0.3, 0, 14.99, 129.99, 18, 0.44, 0.11, "Lumea Hygglin", -0.4),
    Category("Küchenhelfer", "Wohnen", "impulse", 0.4, 0, 5.99, 49.99, 24, 0.45, 0.06, "Kochwerk Velja", -0.3),
    Category("Spiele", "Elektronik", "impulse", 0.2, 0, 19.99, 69.99, 20, 0.20, 0.05, "Pixelhain Orbit", 0.2),
    Category(
        "Smartphones", "Elektronik", "durable", 0.5, 1020, 179.99, 1099.99, 18, 0.11, 0.06, "Ardea Nuvon Kestrel", 0.2
    ),
    Category("Notebooks", "Elektronik", "durable", 0.3, 1800, 399.99, 1599.99, 12, 0.10, 0.07, "Nuvon Lexar-Tal", 0.1),
    Category("Fernseher", "Elektronik", "durable", 0.3, 2500, 279.99, 1499.99, 12, 0.13, 0.05, "Kestrel Auvio"),
    Category(
        "Kaffeemaschinen", "Haushalt", "durable", 0.35, 2000, 79.99, 749.99, 10, 0.22, 0.05, "Barocco Norvik", 0.3
    ),
    Category("Staubsauger", "Haushalt", "durable", 0.3, 2600, 89.99, 449.99, 9, 0.24, 0.06, "Velja Norvik"),
    Category("Waschmaschinen", "Haushalt", "durable", 0.3, 3300, 349.99, 999.99, 9, 0.18, 0.02, "Norvik Hansaline"),
    Category("Kühlschränke", "Haushalt", "durable", 0.25, 4200, 299.99, 1199.99, 8, 0.18, 0.02, "Norvik Hansaline"),
    Category("Geschirrspüler", "Haushalt", "durable", 0.22, 3600, 329.99, 899.99, 8, 0.18, 0.02, "Norvik Hansaline"),
    Category("Mobilfunktarife", "Telekommunikation", "tariff", 0.42, 730, 9.99, 49.99, 6, 0.30, 0.0, "Rivana"),
    Category("Internettarife", "Telekommunikation", "tariff", 0.17, 730, 29.99, 64.99, 5, 0.28, 0.0, "Rivana"),
    Category("TV-Optionen", "Telekommunikation", "tariff", 0.05, 730, 4.99, 14.99, 3, 0.35, 0.0, "Rivana"),
    Category("Garantieverlängerung", "Service", "warranty", 0.0, 1095, 29.99, 119.99, 2, 0.65, 0.0, "Hauswerk"),
    Category("Versand und Gutscheine", "Service", "service", 0.0, 0, 0.0, 0.0, 2, 0.0, 0.0, "Hauswerk"),
)
CODE = {category.name: i for i, category in enumerate(CATEGORIES)}
SIZES = tuple(str(size) for size in range(37, 48))
SIZE_WEIGHTS = (0.05, 0.09, 0.12, 0.12, 0.11, 0.12, 0.13, 0.11, 0.08, 0.05, 0.02)
MATCHING = {
    "Smartphones": "Handyzubehör", "Kaffeemaschinen": "Kaffeekapseln", "Laufschuhe": "Laufbekleidung",
    "Staubsauger": "Staubsaugerbeutel", "Notebooks": "Handyzubehör", "Kaffeebohnen": "Entkalker",
    "Parfüm": "Körperpflege", "Fernseher": "Kopfhörer",
}  # fmt: skip
SORTS = {
    "Kaffeekapseln": 2.6, "Kaffeebohnen": 1.4, "Körperpflege": 1.8, "Heimtextilien": 1.7, "Küchenhelfer": 1.5,
    "Laufbekleidung": 1.6, "Handyzubehör": 1.3, "Druckerpatronen": 1.6, "Leuchten": 1.3, "Spiele": 1.2,
}  # fmt: skip
_MODELS = listed("One Plus Pro Lite Aria Nova Max Eco Duo Sense Prime Classic Ultra Mini Flex Core Air Neo Vita Sol")
_NOUNS = {
    "Kaffeekapseln": "Kapseln 10 Stück", "Kaffeebohnen": "Bohnen 1 kg", "Parfüm": "Eau de Parfum 50 ml",
    "Staubsaugerbeutel": "Beutel 5 Stück", "Batterien": "Batterien AA 20 Stück", "Laufschuhe": "Laufschuh",
    "Smartphones": "Smartphone", "Notebooks": "Notebook", "Fernseher": "Fernseher", "Waschmaschinen": "Waschmaschine",
    "Kühlschränke": "Kühlschrank", "Kaffeemaschinen": "Kaffeemaschine", "Druckerpatronen": "Patrone",
    "Mobilfunktarife": "Mobil", "Internettarife": "Glasfaser", "TV-Optionen": "TV", "Leuchten": "Leuchte",
    "Heimtextilien": "Bettwäsche", "Küchenhelfer": "Küchenset", "Spiele": "Spiel", "Laufbekleidung": "Laufshirt",
    "Handyzubehör": "Hülle",
}  # fmt: skip
_TARIFFS = {
    "Mobilfunktarife": "Mobil 5 GB|Mobil 10 GB|Mobil 25 GB|Mobil 50 GB|Mobil 100 GB|Mobil Unbegrenzt",
    "Internettarife": "DSL 50|DSL 100|Glasfaser 150|Glasfaser 300|Glasfaser 1000",
    "TV-Optionen": "TV Start|TV Komfort|TV Kino",
    "Garantieverlängerung": "Garantieverlängerung 36 Monate|Garantieverlängerung 60 Monate",
    "Versand und Gutscheine": "Versandkosten|Gutschein",
}


@dataclass(frozen=True)
class Catalogue:
    """Products and their prices. Arrays hold one entry per product; ``price`` and ``offer`` one row per month.

    ``offer`` is the price asked in that month (equal to ``price`` where nothing is reduced).
    """

    number: Array
    name: list[str]
    category: Array
    brand: list[str]
    model: Array
    size: list[str]
    successor: Array
    weight: Array
    price: Array
    offer: Array
    tax: Array
    margin: Array
    returned: Array
    raised_month: int

    @property
    def shipping(self) -> int:
        """Index of the delivery charge."""
        return self.name.index("Versandkosten")

    @property
    def voucher(self) -> int:
        """Index of the voucher."""
        return self.name.index("Gutschein")

    def of(self, category: str) -> Array:
        """Product indices of one category."""
        return np.flatnonzero(self.category == CODE[category])


def build_catalogue(seed: int) -> Catalogue:
    """The range of goods of one world."""
    rng = stream(seed, "catalogue")
    rows = [row for code, category in enumerate(CATEGORIES) for row in _models(rng, code, category)]
    category = np.array([r[1] for r in rows])
    base = np.array([r[4] for r in rows])
    count = len(rows)
    raised = int(rng.integers(12, 16))
    price, offer = _prices(rng, base, category, raised, [r[2] for r in rows])
    per_category = [CATEGORIES[c] for c in category]
    return Catalogue(
        number=100_000 + stream(seed, "article numbers").permutation(900_000)[:count],
        name=[r[0] for r in rows],
        category=category,
        brand=[r[2] for r in rows],
        model=np.array([r[3] for r in rows]),
        size=[r[5] for r in rows],
        successor=_successors(rows),
        weight=np.array([r[6] for r in rows]),
        price=price,
        offer=offer,
        tax=np.array([c.tax for c in per_category]),
        margin=np.array([c.margin for c in per_category]),
        returned=np.array([c.returned for c in per_category]),
        raised_month=raised,
    )


Row = tuple[str, int, str, int, float, str, float]


def _models(rng: np.random.Generator, code: int, category: Category) -> list[Row]:
    """Rows name, category, brand, model number, price, size, popularity; a shoe has one row per size."""
    brands = category.brands.split()
    weights = zipf_weights(category.count, 0.7)
    fixed = _TARIFFS.get(category.name, "").split("|")
    rows: list[Row] = []
    for model in range(category.count):
        share = model / max(category.count - 1, 1)
        price = _ending(category.low * (category.high / category.low) ** share if category.low else 0.0)
        brand = brands[int(rng.integers(len(brands)))]
        noun = _NOUNS.get(category.name, category.name)
        name = f"{brand} {noun} {_MODELS[model % len(_MODELS)]}{' II' if model >= len(_MODELS) else ''}"
        name = (
            f"{brand} {fixed[model]}" if fixed[0] and category.kind == "tariff" else fixed[model] if fixed[0] else name
        )
        popularity = float(weights[(model * 7 + 3) % category.count])
        if category.name == "Laufschuhe":
            rows += [
                (f"{name} Gr. {size}", code, brand, 1000 * code + model, price, size, popularity * w)
                for size, w in zip(SIZES, SIZE_WEIGHTS)
            ]
        else:
            rows.append((name, code, brand, 1000 * code + model, price, "", popularity))
    return rows


def _ending(price: float) -> float:
    """Prices people see: 4.49, 23.99, 129.90, 499.00."""
    if price <= 0:
        return 0.0
    if price < 20:
        return float(max(np.round(2 * price) / 2, 0.5) - 0.01)
    if price < 100:
        return float(np.round(price) - 0.01)
    return float(np.round(price / 10) * 10 - 0.10 if price < 300 else np.round(price / 10) * 10 - 1)


def _successors(rows: list[Row]) -> Array:
    """Every third durable model is replaced by the next one of its category; -1 = none."""
    result = np.full(len(rows), -1)
    for i, row in enumerate(rows[:-1]):
        follows = rows[i + 1][1] == row[1] and CATEGORIES[row[1]].kind == "durable"
        if follows and row[3] % 3 == 0:
            result[i] = i + 1
    return result


def _prices(
    rng: np.random.Generator, base: Array, category: Array, raised: int, brands: list[str]
) -> tuple[Array, Array]:
    """List and asked price per month and product: slow rises, one capsule brand's jump, reductions in November."""
    months, count = 24, len(base)
    step = rng.choice([0.0, 0.0, 0.0, 0.03, 0.05], size=(months, count)) * (rng.random((months, count)) < 0.09)
    electronics = np.isin(category, [CODE[n] for n in ("Smartphones", "Notebooks", "Fernseher", "Kopfhörer")])
    step = np.where(electronics, -0.6 * step, step)
    jump = (category == CODE["Kaffeekapseln"]) & (np.array(brands) == "Velvano")
    step[raised, jump] = 0.14
    level = base * np.cumprod(1 + step, axis=0)
    ends = np.vectorize(_ending, otypes=[float])
    price: Array = np.asarray(ends(level))
    reduced = rng.random((months, count)) < 0.05
    reduced[[1, 13]] |= rng.random((2, count)) < 0.22
    no_offers = np.isin(category, [i for i, c in enumerate(CATEGORIES) if c.kind in ("tariff", "warranty", "service")])
    reduced[:, no_offers] = False
    cut = rng.choice([0.9, 0.85, 0.8, 0.7], size=(months, count), p=[0.4, 0.3, 0.2, 0.1])
    return price, np.where(reduced, np.asarray(ends(price * cut)), price)


@dataclass(frozen=True)
class Store:
    """One shop: identifier, postcode and town."""

    number: str
    name: str
    postcode: str
    town: str
    region: str
    town_code: int


def build_stores() -> list[Store]:
    """One store in every larger town."""
    return [
        Store(f"F{i + 1:02d}", f"Filiale {t.name}", f"{t.first_postcode + 2:05d}", t.name, t.region, code)
        for i, (code, t) in enumerate((c, t) for c, t in enumerate(TOWNS) if t.store)
    ]


def stock_rows(seed: int, catalogue: Catalogue, stores: int) -> dict[str, Array]:
    """Units on hand: warehouse at each month's end, stores at the last two counts. One row = product, place, day."""
    rng = stream(seed, "stock")
    goods = np.flatnonzero([CATEGORIES[c].kind in ("consumable", "impulse", "durable") for c in catalogue.category])
    ends = np.append(clock.month_starts()[1:], clock.END) - clock.DAY // 4
    places = [(-1, at) for at in ends] + [(s, at) for s in range(stores) for at in ends[-2:]]
    product = np.tile(goods, len(places))
    place = np.repeat([p for p, _ in places], len(goods))
    at = np.repeat([a for _, a in places], len(goods))
    mean = np.where(place < 0, 160, 7) * (0.3 + 40 * catalogue.weight[product])
    units = rng.negative_binomial(2, 2 / (2 + mean))
    return {"product": product, "place": place, "at": at, "units": units}
