"""Exports of what people say: reviews and posts, surveys, forms; and of contacts already planned."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rcommerce_helpers.demo_world import clock, voices
from rcommerce_helpers.demo_world.catalogue import Catalogue
from rcommerce_helpers.demo_world.exports import Bad, Coded, Export, table_of
from rcommerce_helpers.demo_world.exports_people import GERMAN, record_text
from rcommerce_helpers.demo_world.exports_talk import flag_text
from rcommerce_helpers.demo_world.exports_trade import order_text
from rcommerce_helpers.demo_world.texts import REVIEWS
from rcommerce_helpers.demo_world.writers import padded, whole, words


def voice_exports(catalogue: Catalogue) -> list[Export]:
    """Reviews and posts, surveys, forms, planned contacts."""
    return [_feedback(catalogue), _surveys(), _forms(), _planned()]


def _feedback(catalogue: Catalogue) -> Export:
    goods = padded(catalogue.number, 6)
    lines = [line for stars in (1, 2, 3, 4, 5) for line in REVIEWS[stars]]

    def rows(coded: Coded) -> pa.Table:
        post = coded["kind"] == 1
        return table_of(
            {
                "review": padded(coded["number"], 10, "r"),
                "author": record_text(coded["record"], np.where(post & (coded["number"] % 3 > 0), -1, coded["system"])),
                "published": clock.iso_moment(clock.to_utc(coded["at"])),
                "kind": words(coded["kind"], voices.FEEDBACK_KINDS),
                "product": goods.take(pa.array(coded["line_product"])),
                "reference": order_text(np.where(post, -1, coded["order"])),
                "stars": words(np.where(post, -1, coded["stars"] - 1), ("1", "2", "3", "4", "5")),
                "text": words((coded["stars"] - 1) * 4 + coded["wording"], lines),
                "rewarded": flag_text(coded["rewarded"]),
            }
        )

    return Export(
        key="bewertungen",
        path="bewertungen/bewertungen.jsonl",
        table="feedback",
        rows=rows,
        columns={
            "feedback_id": "review",
            "record_id": "author",
            "at": "published",
            "kind": "kind",
            "product_id": "product",
            "order_id": "reference",
            "stars": "stars",
            "text": "text",
            "rewarded": "rewarded",
        },
        reading={"time_zone": "UTC", "source": "reviews"},
        bad=(Bad("stars", "fünf", "stars", "not a number"),),
        identity=("review", "r"),
    )


def _surveys() -> Export:
    def rows(coded: Coded) -> pa.Table:
        return table_of(
            {
                "Antwort": padded(coded["number"], 10, "A"),
                "Kontakt-ID": record_text(coded["record"], coded["system"]),
                "Zeit": clock.german_moment(coded["at"]),
                "Umfrage": words(coded["survey"], voices.SURVEY_NAMES),
                "Frage": words(coded["question"], voices.QUESTIONS),
                "Wert": whole(coded["score"]),
            }
        )

    return Export(
        key="umfragen",
        path="crm/umfragen.csv",
        table="surveys",
        rows=rows,
        columns={
            "answer_id": "Antwort",
            "record_id": "Kontakt-ID",
            "at": "Zeit",
            "survey": "Umfrage",
            "question": "Frage",
            "score": "Wert",
        },
        reading={**GERMAN, "source": "crm"},
        bad=(Bad("Wert", "sehr gut", "score", "not a number"),),
        identity=("Antwort", "A"),
    )


def _forms() -> Export:
    def rows(coded: Coded) -> pa.Table:
        choices = list(voices.FORM_FIELDS.values())
        starts = np.cumsum([0, *(len(c) for c in choices)])[:-1]
        return table_of(
            {
                "Formular": padded(coded["number"], 10, "F"),
                "Kundenkonto": record_text(coded["record"], coded["system"]),
                "Zeit": clock.german_moment(coded["at"]),
                "Feld": words(coded["field"], tuple(voices.FORM_FIELDS)),
                "Eingabe": words(starts[coded["field"]] + coded["value"], [w for c in choices for w in c]),
            }
        )

    return Export(
        key="formulare",
        path="shop/formulare.csv",
        table="forms",
        rows=rows,
        columns={
            "form_id": "Formular",
            "record_id": "Kundenkonto",
            "at": "Zeit",
            "form": {"constant": "preferences"},
            "field": "Feld",
            "value": "Eingabe",
        },
        reading={**GERMAN, "source": "shop"},
        bad=(Bad("Feld", None, "field", "missing"),),
        identity=("Formular", "F"),
    )


def _planned() -> Export:
    def rows(coded: Coded) -> pa.Table:
        return table_of(
            {
                "Nr": padded(coded["number"], 10, "P"),
                "Kontakt-ID": record_text(coded["record"], coded["system"]),
                "Termin": clock.german_moment(coded["at"]),
                "Kanal": words(coded["channel"], ("phone", "email", "post")),
                "Abteilung": words(coded["who"], ("Service", "Buchhaltung", "Vertrieb")),
            }
        )

    return Export(
        key="geplant",
        path="crm/geplante_kontakte.csv",
        table="planned_contacts",
        rows=rows,
        columns={
            "planned_id": "Nr",
            "record_id": "Kontakt-ID",
            "at": "Termin",
            "channel": "Kanal",
            "department": "Abteilung",
        },
        reading={**GERMAN, "source": "crm"},
    )
