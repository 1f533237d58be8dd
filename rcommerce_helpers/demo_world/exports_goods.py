"""Exports of the ERP: article master, price history, stock, stores."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.catalogue import CATEGORIES, Catalogue, Store
from rcommerce_helpers.demo_world.exports import Bad, Coded, Export, table_of
from rcommerce_helpers.demo_world.exports_people import GERMAN
from rcommerce_helpers.demo_world.writers import money, padded, words


def goods_exports(catalogue: Catalogue, stores: list[Store]) -> list[Export]:
    """Article master, price history, stock and stores of the ERP: coded rows are row numbers of the catalogue."""
    return [
        Export(
            key="artikel",
            path="erp/artikelstamm.xlsx",
            table="products",
            rows=partial(_articles, catalogue),
            columns={
                "product_id": "Artikelnummer",
                "name": "Bezeichnung",
                "category": "Warengruppe",
                "department": "Abteilung",
                "brand": "Marke",
                "variant": "Modell",
                "size": "Größe",
                "durable": "Langlebig",
                "successor_id": "Nachfolger",
                "list_price": "Listenpreis",
                "margin_share": "Spanne",
            },
            reading={"sheet": "Artikel"},
        ),
        Export(
            key="preise",
            path="erp/preishistorie.csv",
            table="prices",
            rows=partial(_prices, catalogue),
            columns={
                "product_id": "Artikelnummer",
                "at": "Gültig ab",
                "price": "Preis",
                "kind": {
                    "column": "Art",
                    "values": {"Listenpreis": "list", "Aktionspreis": "offer", "Einkaufspreis": "cost"},
                },
            },
            reading=GERMAN,
            bad=(Bad("Preis", "k. A.", "price", "not a number"),),
            identity=("Artikelnummer", ""),
        ),
        *_places(catalogue, stores),
    ]


def _places(catalogue: Catalogue, stores: list[Store]) -> list[Export]:
    """Stock and stores."""
    return [
        Export(
            key="bestand",
            path="erp/bestand.parquet",
            table="stock",
            rows=partial(_stock, catalogue),
            columns={"product_id": "article", "store_id": "place", "at": "counted_at", "units": "units"},
            reading={"time_zone": "UTC"},
        ),
        Export(
            key="filialen",
            path="erp/filialen.xlsx",
            table="stores",
            rows=partial(_stores, stores),
            columns={"store_id": "Filiale", "name": "Name", "postcode": "PLZ", "city": "Ort", "region": "Region"},
            reading={"sheet": "Filialen"},
        ),
    ]


def _articles(catalogue: Catalogue, coded: Coded) -> pa.Table:
    del coded
    kinds = [CATEGORIES[c] for c in catalogue.category]
    after = np.where(catalogue.successor >= 0, catalogue.number[np.maximum(catalogue.successor, 0)], -1)
    return table_of(
        {
            "Artikelnummer": padded(catalogue.number, 6),
            "Bezeichnung": pa.array(catalogue.name),
            "Warengruppe": pa.array([k.name for k in kinds]),
            "Abteilung": pa.array([k.department for k in kinds]),
            "Marke": pa.array(catalogue.brand),
            "Modell": padded(catalogue.model, 5, "M"),
            "Größe": pa.array([s or None for s in catalogue.size], pa.string()),
            "Langlebig": pa.array(["ja" if k.kind == "durable" else "nein" for k in kinds]),
            "Nachfolger": padded(after, 6),
            "Listenpreis": pa.array(catalogue.price[-1]),
            "Spanne": pa.array(catalogue.margin),
        }
    )


def _prices(catalogue: Catalogue, coded: Coded) -> pa.Table:
    """List prices when they change or a reduction ends, reduced prices when they begin, one cost price."""
    del coded
    price, offer, starts = catalogue.price, catalogue.offer, clock.month_starts()
    changed = np.vstack([np.ones(price.shape[1], bool), price[1:] != price[:-1]])
    ended = np.vstack([np.zeros(price.shape[1], bool), (offer[:-1] < price[:-1]) & (offer[1:] >= price[1:])])
    sold = price > 0
    parts = []
    for art, mask, value in ((0, (changed | ended) & sold, price), (1, (offer < price) & sold, offer)):
        month, product = np.nonzero(mask)
        parts.append((product, starts[month], value[month, product], np.full(len(month), art)))
    goods = np.flatnonzero(sold[0])
    cost = price[0, goods] / (1 + catalogue.tax[goods]) * (1 - catalogue.margin[goods])
    parts.append((goods, np.full(len(goods), starts[0]), cost, np.full(len(goods), 2)))
    goods, moment, amount, kind = (np.concatenate([p[i] for p in parts]) for i in range(4))
    order = np.lexsort((catalogue.number[goods], moment))
    return table_of(
        {
            "Artikelnummer": padded(catalogue.number[goods[order]], 6),
            "Gültig ab": clock.german_day(moment[order]),
            "Preis": money(np.rint(100 * amount[order]).astype(np.int64)),
            "Art": words(kind[order], ("Listenpreis", "Aktionspreis", "Einkaufspreis")),
        }
    )


def _stock(catalogue: Catalogue, coded: Coded) -> pa.Table:
    place = coded["place"]
    return table_of(
        {
            "article": padded(catalogue.number[coded["product"]], 6),
            "place": padded(np.where(place >= 0, place + 1, -1), 2, "F"),
            "counted_at": clock.moments(clock.to_utc(coded["at"])),
            "units": pa.array(coded["units"]),
        }
    )


def _stores(stores: list[Store], coded: Coded) -> pa.Table:
    del coded
    columns = {"Filiale": "number", "Name": "name", "PLZ": "postcode", "Ort": "town", "Region": "region"}
    return table_of({header: pa.array([getattr(s, name) for s in stores]) for header, name in columns.items()})
