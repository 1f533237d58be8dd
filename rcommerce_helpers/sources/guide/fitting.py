"""Whether the values of a column could be those of a canonical column: a name proposes, the values dispose.

A column whose values look personal goes to the column of that very meaning or to none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.guide.profile import MOST, Profile, looks_personal
from rcommerce_helpers.sources.guide.words import plain, synonyms

PERSONAL_KINDS: dict[str, tuple[str, ...]] = {
    "email": ("email",), "phone": ("phone",), "street": ("street",), "text": ("text",),
    "name": ("given_name", "family_name"), "birth_date": ("birth_date",), "account": (), "network": (),
}  # fmt: skip
"""What values show of a person -> where they may go; a bank account or the address of a device nowhere."""
FIRM = re.compile(
    r"\b(GmbH|mbH|AG|KG|OHG|GbR|UG|SE|eG|e\.\s?K|e\.\s?V|Ltd|Inc|LLC|LLP|PLC|S\.?A|B\.?V|Co)\b\.?", re.IGNORECASE
)
FEW = ("channel", "topic", "status", "store_id", "category", "department", "brand", "country", "event", "device")
"""Columns of groups: one with a value of its own for nearly every row is none of them."""
FEW_VALUES = 20
NUMBERED = ("order_id", "case_id", "invoice_id", "contract_id")
"""Keys that hold a figure in nearly every value: what a shop calls Name may be one (#1001)."""
NAMES_A_NAME = re.compile("name|last|first")
OTHER_CHANNEL = re.compile(r"sms|phone|telefon|anruf|call|whatsapp|post(?!code)|brief|push|text", re.IGNORECASE)
"""A yes to text messages or calls is none to e-mail."""


def fits_values(table: str, column: str, one: Profile) -> bool:
    """Whether values could be those of a canonical column; helpers of the guide itself are judged by their kind."""
    kinds = {"unit_price": "money", "decision": "flag", "refusal": "flag", "record_id": "record"}
    kinds |= {"granted_at": "moment", "refused_at": "moment"}
    types = {c.name: c for c in LANDED_TABLES[table].columns}
    kind = kinds.get(column) or types[column].type
    if table == "permissions" and OTHER_CHANNEL.search(one.name):
        return False
    personal = looks_personal(one)
    if personal and column not in PERSONAL_KINDS[personal] and not (kind == "record" and personal == "email"):
        return False
    if _is_something_else(column, one, personal):
        return False
    allowed: dict[str, Callable[[], bool]] = {
        "moment": lambda: one.kind == "date",
        "day": lambda: one.kind == "date",
        "money": lambda: one.kind in {"number", "integer", "money"},
        "number": lambda: one.kind in {"number", "integer"},
        "integer": lambda: one.kind == "integer",
        "flag": lambda: one.kind not in {"date", "email", "phone"} and _says_yes_or_no(one),
        "key": lambda: one.kind not in {"date", "email", "phone", "flag", "currency"},
        "record": lambda: one.kind not in {"date", "phone", "flag", "currency"},
    }
    if column == "email":
        return one.kind == "email"
    if column == "phone":
        return one.kind in {"phone", "integer", "number", "text"}
    return allowed.get(kind, lambda: one.kind not in {"date", "email", "phone"})()


def _is_something_else(column: str, one: Profile, personal: str) -> bool:
    """Whether values speak against a column: figures in a name, none in a number, a value of its own in every row."""
    if column in FEW:
        return one.distinct > 0.5 and len(one.values) > FEW_VALUES
    if column == "text":
        return one.words < 2
    if column in NUMBERED:
        return _share_with_figures(one) < MOST
    if column in {"company_name", "family_name"} and plain(one.name).startswith("name"):
        return _names_firms(one) != (column == "company_name") or _share_with_figures(one) > 1 - MOST
    if column in {"given_name", "family_name"}:
        said = column == "given_name" or NAMES_A_NAME.search(plain(one.name)) is not None
        return _share_with_figures(one) > 1 - MOST or not (said or personal == "name")
    return False


def _share_with_figures(one: Profile) -> float:
    return sum(any(sign.isdigit() for sign in value) for value in one.values) / max(len(one.values), 1)


def _names_firms(one: Profile) -> bool:
    """Whether many of the values hold the legal form of a firm."""
    return sum(FIRM.search(value) is not None for value in one.values) > 0.3 * len(one.values)


def _says_yes_or_no(one: Profile) -> bool:
    """Whether values are few and some of them a word for yes or no; of numbers only 0 and 1 are."""
    given = {plain(value) for value in one.values}
    words = {*synonyms()["words"]["yes"], *synonyms()["words"]["no"]}
    return given <= {"0", "1"} if one.kind in {"integer", "number"} else len(given) <= 8 and bool(given & words)
