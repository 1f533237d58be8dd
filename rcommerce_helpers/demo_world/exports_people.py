"""Exports about people: records of eight systems, consent register, attributes, referrals, store surroundings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rcommerce_helpers.demo_world import clock, voices
from rcommerce_helpers.demo_world.chance import Array, listed
from rcommerce_helpers.demo_world.consent import MAIL_POINT, PHONE_POINT
from rcommerce_helpers.demo_world.exports import Bad, Coded, Export, table_of
from rcommerce_helpers.demo_world.records import SYSTEM
from rcommerce_helpers.demo_world.writers import padded, words
from rcommerce_helpers.schema import BASES, CHANNELS, DECISIONS, PURPOSES

PREFIXES = ("K", "G", "C", "N", "T", "H", "M", "D", "B")
SOURCES = ("shop", "shop", "crm", "newsletter", "till", "hotline", "tickets", "accounting", "reviews")
GERMAN = {"delimiter": ";", "encoding": "cp1252", "decimal": ",", "time_zone": "Europe/Berlin"}
GERMAN |= {"date_form": ["dd.mm.yyyy", "dd.mm.yyyy HH:MM:SS"]}  # type: ignore[dict-item]
PLAIN = {"delimiter": ",", "encoding": "utf-8", "time_zone": "Europe/Berlin"}


def record_text(number: Array, system: Array) -> pa.Array:
    """Identifier of a record as its system shows it: a letter and ten digits; -1 = empty."""
    letter = words(system, PREFIXES)
    return pc.binary_join_element_wise(letter, padded(number, 10), "")


def in_systems(*names: str) -> Callable[[Coded], Array]:
    """Picks the coded rows that belong to some systems."""
    codes = [SYSTEM[n] for n in names]
    return lambda coded: np.isin(coded["system"], codes)


_HEADERS = {
    "shop": (
        "Kundenkonto Kundennummer Vorname Nachname Firma E-Mail Telefon Geburtsdatum Straße PLZ Ort "
        "Land Angelegt Geändert"
    ),
    "crm": (
        "Kontakt-ID Kundennummer Vorname Name Firma Email Telefon Geburtstag Strasse Plz Stadt Land Erstellt Bearbeitet"
    ),
    "newsletter": (
        "subscriber_id customer_no first_name last_name company email phone birthday street zip "
        "city country opt_in changed"
    ),
    "till": (
        "Kartennummer Kundennr Vorname Nachname Firma Mail Telefon Geburtsdatum Anschrift PLZ Ort "
        "Land Ausgestellt Stand"
    ),
    "hotline": (
        "Anrufer Kundennummer Vorname Nachname Firma Email Rufnummer Geburtsdatum Strasse PLZ Ort Land Angelegt Stand"
    ),
    "tickets": (
        "requester_id customer_no first_name last_name organization email phone birthday street zip "
        "city country created updated"
    ),
    "accounting": (
        "Konto Kundennummer Vorname Nachname Unternehmen E-Mail Telefon Geburtsdatum Straße "
        "Postleitzahl Ort Land Anlage Stand"
    ),
    "reviews": (
        "author_id customer_no first_name last_name company email phone birthday street zip city country joined updated"
    ),
}
_CANONICAL = listed(
    "record_id customer_number given_name family_name company_name email phone birth_date street postcode "
    "city country created_at updated_at"
)
_TEXTS = ["customer_number", "given", "family", "company", "email", "phone", "birth", "street", "postcode", "city"]
_PATHS = {
    "shop": "shop/kundenkonten.csv", "crm": "crm/kontakte.csv", "newsletter": "newsletter/abonnenten.csv",
    "till": "kasse/kundenkarten.csv", "hotline": "hotline/anrufer.csv", "tickets": "tickets/absender.jsonl",
    "accounting": "buchhaltung/debitoren.csv", "reviews": "bewertungen/autoren.jsonl",
}  # fmt: skip
_UNUSED = {  # what a system has no field for
    "newsletter": ("company", "phone", "street", "postcode", "city", "customer_number"),
    "till": ("company", "customer_number"),
    "tickets": ("birth", "street", "postcode", "city", "company"),
    "accounting": ("birth",),
    "reviews": ("phone", "birth", "street", "postcode", "city", "company", "customer_number"),
    "hotline": ("company",),
}


def record_exports() -> list[Export]:
    """One file of person records per system."""
    return [_records(system) for system in _PATHS]


def _records(system: str) -> Export:
    headers = dict(zip(_CANONICAL, _HEADERS[system].split()))
    gone = {_CANONICAL[1 + _TEXTS.index(t)] for t in _UNUSED.get(system, ())}
    if system in ("hotline", "tickets", "accounting", "reviews"):
        gone.add("created_at")
    headers = {k: v for k, v in headers.items() if k not in gone}
    german = _PATHS[system].endswith(".csv") and system != "newsletter"
    systems = ("shop", "guest") if system == "shop" else (system,)
    own = GERMAN if german else PLAIN if system == "newsletter" else {"time_zone": "UTC"}
    moment = clock.german_moment if german else clock.iso_moment

    def rows(coded: Coded) -> pa.Table:
        def utc(at: Array) -> Array:
            return at if german or system == "newsletter" else np.where(at >= 0, clock.to_utc(at), -1)

        columns = {"record_id": record_text(coded["record"], coded["system"])}
        columns |= {name: coded[text] for name, text in zip(_CANONICAL[1:], _TEXTS)}
        columns["birth_date"] = _birth(coded["birth"], german=german)
        columns["country"] = pa.array(
            ["Deutschland" if system in ("shop", "accounting") else "DE"] * len(coded["record"])
        )
        columns["created_at"], columns["updated_at"] = moment(utc(coded["created"])), moment(utc(coded["updated"]))
        return table_of({header: columns[name] for name, header in headers.items()})

    bad = [Bad(headers["updated_at"], "31.02.2025" if german else "2025-02-31", "updated_at", "no such day")]
    if "birth_date" in headers:
        bad.append(Bad(headers["birth_date"], "00.00.1975" if german else "1975-00-00", "birth_date", "no such day"))
    return Export(
        key=f"{system}_personen", path=_PATHS[system], table="source_records", rows=rows,
        columns={"kind": {"constant": "person"}, **headers}, reading={**own, "source": system},
        shows=in_systems(*systems), bad=tuple(bad), identity=(headers["record_id"], PREFIXES[SYSTEM[system]]),
        broken_lines=system in ("shop", "crm"),
    )  # fmt: skip  # type: ignore[arg-type]


def _birth(texts: pa.Array, *, german: bool) -> pa.Array:
    """dd.mm.yyyy, or turned round for the systems that write ISO."""
    if german:
        return texts
    parts = [pc.utf8_slice_codeunits(texts, a, b) for a, b in ((6, 10), (3, 5), (0, 2))]
    return pc.binary_join_element_wise(*parts, "-")


def consent_export() -> Export:
    """The consent register: every decision of every system."""
    proofs = ("Double-Opt-in", "Bestellformular", "Kundenkarte", "Telefonnotiz", "")

    def rows(coded: Coded) -> pa.Table:
        point = coded["point"]
        contact = pc.if_else(
            pa.array(point == MAIL_POINT), coded["email"],
            pc.if_else(pa.array(point == PHONE_POINT), coded["phone"], pa.scalar(None, pa.string())),
        )  # fmt: skip
        return table_of(
            {
                "System": words(coded["system"], SOURCES),
                "Kunde": record_text(coded["record"], coded["system"]),
                "Zweck": words(coded["purpose"], PURPOSES),
                "Kanal": words(coded["channel"], CHANNELS),
                "Kontaktpunkt": contact,
                "Entscheidung": words(coded["decision"], DECISIONS),
                "Grundlage": words(coded["basis"], BASES),
                "Zeitpunkt": clock.german_moment(coded["at"]),
                "Nachweis": words(np.where(coded["basis"] == BASES.index("consent"), coded["at"] % 4, 4), proofs),
            }
        )

    return Export(
        key="einwilligungen", path="crm/einwilligungen.csv", table="permissions", rows=rows,
        columns={
            "record_id": "Kunde", "purpose": "Zweck", "channel": "Kanal", "contact_point": "Kontaktpunkt",
            "decision": "Entscheidung", "basis": "Grundlage", "at": "Zeitpunkt", "proof": "Nachweis",
        },
        reading={**GERMAN, "encoding": "utf-8"}, sources=tuple(dict.fromkeys(SOURCES)),
        bad=(
            Bad("Entscheidung", "vielleicht", "decision", "not one of the allowed values"),
            Bad("Zeitpunkt", "30.02.2025 10:00:00", "at", "no such day"),
        ),
        identity=("Nachweis", "Formular "),
    )  # fmt: skip


def attribute_export() -> Export:
    """What the CRM notes of people, one row per attribute."""

    def rows(coded: Coded) -> pa.Table:
        values = [w for choices in voices.ATTRIBUTES.values() for w in choices]
        starts = np.cumsum([0, *(len(c) for c in voices.ATTRIBUTES.values())])[:-1]
        return table_of(
            {
                "Kontakt-ID": record_text(coded["record"], coded["system"]),
                "Merkmal": words(coded["name"], tuple(voices.ATTRIBUTES)),
                "Wert": words(starts[coded["name"]] + coded["value"], values),
                "Angabe": words((coded["name"] > 0).astype(np.int64), ("berechnet", "selbst")),
            }
        )

    return Export(
        key="merkmale", path="crm/merkmale.csv", table="attributes", rows=rows,
        columns={
            "record_id": "Kontakt-ID", "name": "Merkmal", "value": "Wert",
            "declared": {"column": "Angabe", "values": {"selbst": "true", "berechnet": "false"}},
        },
        reading={**GERMAN, "source": "crm"},
    )  # fmt: skip


def referral_export() -> Export:
    """Invitations among customers."""

    def rows(coded: Coded) -> pa.Table:
        account = np.zeros(len(coded["number"]), dtype=np.int64)
        came = coded["converted"] >= 0
        return table_of(
            {
                "Empfehlung": padded(coded["number"], 10, "E"),
                "Werber": record_text(coded["record"], coded["system"]),
                "Geworben": record_text(coded["invited"], np.where(coded["invited"] >= 0, account, -1)),
                "Datum": clock.german_moment(coded["at"]),
                "Weg": words(coded["channel"], ("link", "card", "word")),
                "Prämie": words(came.astype(np.int64), ("0,00", "20,00")),
                "Erstbestellung": clock.german_moment(coded["converted"]),
            }
        )

    return Export(
        key="empfehlungen", path="shop/empfehlungen.csv", table="referrals", rows=rows,
        columns={
            "referral_id": "Empfehlung", "record_id": "Werber", "invited_record_id": "Geworben", "at": "Datum",
            "channel": "Weg", "reward": "Prämie", "converted_at": "Erstbestellung",
        },
        reading={**GERMAN, "source": "shop"}, bad=(Bad("Prämie", "zwanzig", "reward", "not a number"),),
        identity=("Empfehlung", "E"),
    )  # fmt: skip


def surroundings_export() -> Export:
    """Card holders near a store, coarse, as the card's app reports them where allowed."""

    def rows(coded: Coded) -> pa.Table:
        return table_of(
            {
                "Nr": padded(coded["number"], 10, "U"),
                "Karte": record_text(coded["record"], coded["system"]),
                "Filiale": padded(coded["store"] + 1, 2, "F"),
                "Zeit": clock.german_moment(coded["at"]),
            }
        )

    return Export(
        key="umfeld", path="kasse/umfeld.csv", table="store_visits", rows=rows,
        columns={"visit_id": "Nr", "record_id": "Karte", "store_id": "Filiale", "at": "Zeit"},
        reading={**GERMAN, "source": "till"}, bad=(Bad("Zeit", "gestern", "at", "not a moment"),), identity=("Nr", "U"),
    )  # fmt: skip
