"""Exports about dialogue: campaigns and their texts, the contact log, service cases and what was written in them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rcommerce_helpers.demo_world import clock, service
from rcommerce_helpers.demo_world.campaigns import WINDOW
from rcommerce_helpers.demo_world.catalogue import Catalogue
from rcommerce_helpers.demo_world.chance import Array
from rcommerce_helpers.demo_world.effects import CAMPAIGNS, DEVICES, EXPERIENCE, NOWHERE, REFERRERS
from rcommerce_helpers.demo_world.exports import Bad, Coded, Export, table_of
from rcommerce_helpers.demo_world.exports_people import GERMAN, PLAIN, in_systems, record_text
from rcommerce_helpers.demo_world.texts import SUBJECTS, TALK
from rcommerce_helpers.demo_world.writers import money, padded, whole, words

_CLAIMS = {"social_proof": "bought_count", "scarcity": "stock_left", "urgency": "ends_on"}


def campaign_number(code: int) -> str:
    """Number of a campaign as all tools show it."""
    return f"K{code + 1:02d}"


def _campaign_rows(coded: Coded) -> pa.Table:
    del coded
    days = [clock.FIRST_DAY + timedelta(days=c.day) for c in CAMPAIGNS]
    return table_of(
        {
            "Kampagne": pa.array([campaign_number(i) for i in range(len(CAMPAIGNS))]),
            "Name": pa.array([c.name for c in CAMPAIGNS]),
            "Art": pa.array([c.kind for c in CAMPAIGNS]),
            "Von": pa.array([d.isoformat() for d in days]),
            "Bis": pa.array([(d + timedelta(days=13)).isoformat() for d in days]),
            "Kanal": pa.array([c.channel for c in CAMPAIGNS]),
            "Zufall": pa.array(["ja" if c.randomised else "nein" for c in CAMPAIGNS]),
        }
    )


def _message_rows(coded: Coded) -> pa.Table:
    del coded
    rows = [(i, c, arm) for i, c in enumerate(CAMPAIGNS) for arm in c.arms]
    return table_of(
        {
            "Text-Nr": pa.array([f"{campaign_number(i)}-{arm}" for i, _, arm in rows]),
            "Kampagne": pa.array([campaign_number(i) for i, _, _ in rows]),
            "Variante": pa.array([arm for _, _, arm in rows]),
            "Betreff": pa.array([SUBJECTS[arm].format(about=c.category or "unser Sortiment") for _, c, arm in rows]),
            "Muster": pa.array([arm for _, _, arm in rows]),
            "Behauptung": pa.array([_CLAIMS.get(arm) for _, _, arm in rows], pa.string()),
        }
    )


def campaign_exports() -> list[Export]:
    """The marketing department's list of campaigns and of message texts."""
    return [
        Export(
            key="kampagnen",
            path="marketing/kampagnenplan.xlsx",
            table="campaigns",
            rows=_campaign_rows,
            columns={
                "campaign_id": "Kampagne",
                "name": "Name",
                "type": "Art",
                "start_on": "Von",
                "end_on": "Bis",
                "channel": "Kanal",
                "randomised": "Zufall",
            },
            reading={"sheet": "Plan"},
        ),
        Export(
            key="texte",
            path="marketing/texte.xlsx",
            table="messages",
            rows=_message_rows,
            columns={
                "message_id": "Text-Nr",
                "campaign_id": "Kampagne",
                "arm": "Variante",
                "text": "Betreff",
                "patterns": "Muster",
                "claims": "Behauptung",
            },
            reading={"sheet": "Texte"},
        ),
    ]


_ARMS = [("none", *c.arms, "", "")[:4] for c in CAMPAIGNS]
_ARM_WORDS = [arm for row in _ARMS for arm in row]
_TEXT_NUMBERS = [f"K{i + 1:02d}-{arm}" if arm not in ("", "none") else "" for i, row in enumerate(_ARMS) for arm in row]
_CONTACT_COLUMNS = {
    "contact_id": "contact_id",
    "record_id": "recipient",
    "campaign_id": "campaign",
    "arm": "arm",
    "propensity": "propensity",
    "message_id": "message",
    "at": "sent_at",
    "channel": "channel",
    "referrer": "last_referrer",
    "device": "last_device",
    "experience": "experience",
    "outcome_until": "counted_until",
    "opened": "opened",
    "visited": "visited",
    "converted": "converted",
    "revenue": "revenue",
    "unsubscribed": "unsubscribed",
}


def _contact_rows(coded: Coded) -> pa.Table:
    place = coded["campaign"] * 4 + coded["arm"]
    share = pc.round(pa.array(coded["propensity"], pa.float64(), from_pandas=True), 6)
    channels = [c.channel for c in CAMPAIGNS]
    return table_of(
        {
            "contact_id": padded(coded["number"], 10, "c"),
            "recipient": record_text(coded["record"], coded["system"]),
            "campaign": pa.array([campaign_number(i) for i in range(len(CAMPAIGNS))]).take(pa.array(coded["campaign"])),
            "arm": words(place, _ARM_WORDS),
            "propensity": share.cast(pa.string()),
            "message": words(place, _TEXT_NUMBERS),
            "sent_at": clock.iso_moment(coded["at"]),
            "channel": words(coded["campaign"], channels),
            "last_referrer": words(np.where(coded["referrer"] == NOWHERE, -1, coded["referrer"]), REFERRERS),
            "last_device": words(np.where(coded["device"] == len(DEVICES), -1, coded["device"]), DEVICES),
            "experience": words(coded["experience"], EXPERIENCE),
            "counted_until": clock.iso_moment(coded["at"] + WINDOW),
            "opened": flag_text(coded["opened"]),
            "visited": flag_text(coded["visited"]),
            "converted": flag_text(coded["converted"]),
            "revenue": money(coded["revenue"], "."),
            "unsubscribed": flag_text(coded["unsubscribed"]),
        }
    )


def contact_exports() -> list[Export]:
    """The log of contacts, in the tool that sent them: newsletter tool, shop, CRM."""
    bad = (
        Bad("propensity", "1.7", "propensity", "not a share from 0 to 1"),
        Bad("arm", None, "arm", "missing"),
        Bad("sent_at", "2025-06-31T10:00:00", "at", "no such day"),
    )
    return [
        Export(
            key=f"kontakte_{source}",
            path=path,
            table="contacts",
            rows=_contact_rows,
            shows=in_systems(source),  # type: ignore[arg-type]
            columns=_CONTACT_COLUMNS,
            reading={**PLAIN, "source": source},
            bad=bad,
            identity=("contact_id", "c"),
        )
        for source, path in (
            ("newsletter", "newsletter/versand.csv"),
            ("shop", "shop/versand.csv"),
            ("crm", "crm/kontakthistorie.csv"),
        )
    ]


def flag_text(values: Array) -> pa.Array:
    """1 or 0."""
    return words(np.asarray(values).astype(np.int64), ("0", "1"))


_CASE_COLUMNS = {
    "case_id": "id",
    "record_id": "who",
    "at": "opened",
    "closed_at": "closed",
    "channel": "channel",
    "answer_channel": "answer",
    "topic": "topic",
    "product_id": "product",
    "handovers": "handovers",
    "contact_count": "contacts",
    "solved": "solved",
    "satisfaction": "rating",
}


def _talk_rows(coded: Coded) -> pa.Table:
    lines = [line for topic in service.TOPICS for line in TALK[topic]]
    place = coded["topic"] * 6 + (coded["direction"] % 2) * 3 + coded["wording"]
    return table_of(
        {
            "message": padded(coded["number"], 10, "m"),
            "ticket": padded(coded["case"], 10, "Z"),
            "requester": record_text(coded["record"], coded["system"]),
            "at": clock.iso_moment(clock.to_utc(coded["at"])),
            "channel": words(coded["channel"], service.CHANNELS),
            "direction": words(coded["direction"], ("in", "out")),
            "body": words(place, lines),
        }
    )


def case_exports(catalogue: Catalogue) -> list[Export]:
    """Calls of the hotline, tickets, and what was written in the tickets."""
    goods = padded(catalogue.number, 6)
    return [
        Export(
            key="anrufe",
            path="hotline/anrufe.csv",
            table="service_cases",
            rows=partial(_cases, goods, german=True),
            shows=in_systems("hotline"),  # type: ignore[arg-type]
            columns={k: _GERMAN_CASE[v] for k, v in _CASE_COLUMNS.items()},
            reading={**GERMAN, "source": "hotline"},
            bad=(
                Bad("Beginn", "32.01.2026 10:00:00", "at", "no such day"),
                Bad("Kontakte", "mehrere", "contact_count", "not a whole number"),
            ),
            identity=("Vorgang", "Z"),
        ),
        Export(
            key="ticket_liste",
            path="tickets/tickets.jsonl",
            table="service_cases",
            rows=partial(_cases, goods, german=False),
            shows=in_systems("tickets"),  # type: ignore[arg-type]
            columns=_CASE_COLUMNS,
            reading={"time_zone": "UTC", "source": "tickets"},
            bad=(Bad("solved", "teils", "solved", "neither true nor false"),),
            identity=("id", "Z"),
        ),
        Export(
            key="nachrichten",
            path="tickets/nachrichten.jsonl",
            table="conversations",
            rows=_talk_rows,
            columns={
                "message_id": "message",
                "case_id": "ticket",
                "record_id": "requester",
                "at": "at",
                "channel": "channel",
                "direction": "direction",
                "text": "body",
            },
            reading={"time_zone": "UTC", "source": "tickets"},
            bad=(Bad("direction", "beide", "direction", "not one of the allowed values"),),
            identity=("message", "m"),
        ),
    ]


_GERMAN_CASE = {
    "id": "Vorgang",
    "who": "Anrufer",
    "opened": "Beginn",
    "closed": "Abschluss",
    "channel": "Kanal",
    "answer": "Antwort über",
    "topic": "Thema",
    "product": "Artikel",
    "handovers": "Weiterleitungen",
    "contacts": "Kontakte",
    "solved": "Gelöst",
    "rating": "Note",
}


def _cases(goods: pa.Array, coded: Coded, *, german: bool) -> pa.Table:
    def moment(at: Array) -> pa.Array:
        return clock.german_moment(at) if german else clock.iso_moment(np.where(at >= 0, clock.to_utc(at), -1))

    product = coded["product"]
    table = {
        "id": padded(coded["number"], 10, "Z"),
        "who": record_text(coded["record"], coded["system"]),
        "opened": moment(coded["at"]),
        "closed": moment(coded["closed"]),
        "channel": words(coded["channel"], service.CHANNELS),
        "answer": words(coded["answer_channel"], service.CHANNELS),
        "topic": words(coded["topic"], service.TOPICS),
        "product": goods.take(pa.array(product, pa.int64(), mask=product < 0)),
        "handovers": whole(coded["handovers"]),
        "contacts": whole(coded["contacts"]),
        "solved": words(coded["solved"], ("nein", "ja")),
        "rating": words(np.where(coded["satisfaction"] > 0, coded["satisfaction"] - 1, -1), ("1", "2", "3", "4", "5")),
    }
    return table_of({_GERMAN_CASE[name] if german else name: values for name, values in table.items()})
