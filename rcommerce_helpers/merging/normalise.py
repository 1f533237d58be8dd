"""Values of person records in one comparable spelling: e-mail, telephone, names, birth date, postal code, street.

Comes in: source records as landed. Goes out: one row = one record, with match keys beside the cleaned values. What many
people share (info@, 01.01.1900, a marketplace's relay address) is emptied here, because it would join strangers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

import pandas as pd

NO_VALUE = frozenset({"", "-", "--", ".", "?", "n/a", "n.a.", "k.a.", "keine angabe", "unbekannt", "unknown", "xxx"})
NO_NAME = NO_VALUE | {"test", "gast", "guest", "anonym", "anonymous", "kunde", "customer"}
SHARED_MAILBOXES = frozenset({
    "info", "kontakt", "contact", "office", "noreply", "no-reply", "test", "mail", "email", "service", "support",
    "shop", "verkauf", "sales", "kasse", "admin", "webmaster", "none", "null", "unknown", "unbekannt", "na", "n-a",
    "kunde", "keine", "keinemail",
})  # fmt: skip
RELAY_DOMAINS = ("marketplace.amazon.", "members.ebay.", "example.", "test.", "invalid.")
PLACEHOLDER_DAYS = frozenset({"0001-01-01", "1111-11-11", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01"})
PLACEHOLDER_POSTCODES = frozenset({"00000", "11111", "12345", "99999", "0000", "9999"})
TITLES = frozenset(["dr", "prof", "herr", "frau", "mr", "mrs", "ms", "dipl", "ing", "mag", "med"])
REGIONS = {
    "deutschland": "DE", "germany": "DE", "d": "DE", "oesterreich": "AT", "austria": "AT", "a": "AT", "schweiz": "CH",
    "switzerland": "CH", "france": "FR", "frankreich": "FR", "united kingdom": "GB", "uk": "GB", "usa": "US",
    "united states": "US", "niederlande": "NL", "netherlands": "NL", "italien": "IT", "italy": "IT", "polen": "PL",
    "poland": "PL", "spanien": "ES", "spain": "ES",
}  # fmt: skip
DEFAULT_REGION = "DE"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"})
MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[a-z]{2,}")


def fold(text: str) -> str:
    """Lower case, umlauts written out, other accents dropped, signs to blanks: 'Müller-Lüth' -> 'mueller lueth'."""
    return _letters(text.casefold().translate(_UMLAUTS))


def fold_plain(text: str) -> str:
    """As ``fold``, with umlauts bared instead: 'Müller' -> 'muller', as systems without umlauts write it."""
    return _letters(text.casefold())


def _letters(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w]+|_", " ", bare).split())


def region(country: str | None, home: str = DEFAULT_REGION) -> str:
    """ISO region of a country as written; ``home``, the data set's, where nothing usable is given."""
    if not country:
        return home
    written = country.strip()
    if len(written) == 2 and written.isalpha():
        return {"UK": "GB"}.get(written.upper(), written.upper())
    return REGIONS.get(fold(written), home)


def email_key(text: str | None) -> str | None:
    """Lower-case address, or None for what is no address or belongs to many (info@, marketplace relays)."""
    if not text:
        return None
    address = text.strip().casefold().removeprefix("mailto:").strip("<> ")
    if not MAIL.fullmatch(address):
        return None
    mailbox, domain = address.rsplit("@", 1)
    if mailbox in SHARED_MAILBOXES or domain.startswith(RELAY_DOMAINS):
        return None
    return f"{mailbox}@{'gmail.com' if domain == 'googlemail.com' else domain}"


@cache
def _parsed_phone(text: str, code: str) -> str | None:
    import phonenumbers  # noqa: PLC0415 - 0.2 s of metadata, needed only where there are numbers

    try:
        number = phonenumbers.parse(text, code)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def phone_key(text: str | None, country: str | None = None, home: str = DEFAULT_REGION) -> str | None:
    """Number in the form +49301234567, or None for what is no number or a filler (000000, 123456)."""
    digits = re.sub(r"\D", "", text or "")
    if not text or len(set(digits.lstrip("0"))) < 3 or digits.lstrip("0").startswith("123456"):
        return None
    return _parsed_phone(text.strip(), region(country, home))


def point_key(text: str | None, home: str = DEFAULT_REGION) -> str:
    """Key of a contact point, empty where there is none: addresses without case, numbers in the form +49301234567.

    A key for comparing, never the value to use. Unlike ``email_key`` it keeps what many share: a no to info@ is a no.

    Examples
    --------
    >>> point_key(" Mailto:Anna@GoogleMail.com "), point_key("030 / 901 820 15"), point_key(None)
    ('anna@gmail.com', '+493090182015', '')
    """
    if not isinstance(text, str) or not text.strip():
        return ""
    if "@" in text:
        mailbox, _, domain = text.strip().casefold().removeprefix("mailto:").strip("<> ").rpartition("@")
        return f"{mailbox}@{'gmail.com' if domain == 'googlemail.com' else domain}"
    number = (
        phone_key(text, home=home) if len(re.sub(r"\D", "", text)) >= 5 and not re.search(r"[^\W\d]", text) else None
    )
    return number or fold(text)


def name_key(text: str | None) -> str | None:
    """Folded name without titles; a double name keeps both parts: 'Dr. Anna-Lena' -> 'anna lena'."""
    return _name(text, fold)


def plain_name_key(text: str | None) -> str | None:
    """The same with bared umlauts, the second of the two spellings a name is known by."""
    return _name(text, fold_plain)


def _name(text: str | None, spelling: Callable[[str], str]) -> str | None:
    if not text or text.strip().casefold() in NO_NAME:
        return None
    parts = [p for p in spelling(text).split() if p not in TITLES]
    return " ".join(parts) or None


def birth_key(value: object) -> str | None:
    """Day of birth as 1980-05-17, or None for a placeholder day."""
    if value is None or pd.isna(value):
        return None
    text = value[:10] if isinstance(value, str) else str(value)[:10]
    return None if text in PLACEHOLDER_DAYS else text


def postcode_key(text: str | None, country: str | None = None, home: str = DEFAULT_REGION) -> str | None:
    """Postal code without blanks and country prefix; a German code that lost its leading zero gets it back."""
    if not text:
        return None
    code = re.sub(r"^[A-Z]{1,2}-", "", text.strip().strip("'").upper()).replace(" ", "")
    if region(country, home) == "DE" and re.fullmatch(r"\d{4}", code):
        code = f"0{code}"
    return None if not code or code in PLACEHOLDER_POSTCODES or code.casefold() in NO_VALUE else code


def street_key(text: str | None) -> str | None:
    """Street and house number without blanks: 'Lange Straße 12 a' -> 'langestr12a'; parcel lockers are no home."""
    if not text or text.strip().casefold() in NO_VALUE:
        return None
    folded = fold(re.sub(r"\bc/o\b.*?,", "", text, flags=re.IGNORECASE))
    if folded.startswith(("packstation", "postfach", "po box", "paketbox")):
        return None
    return re.sub(r"str(asse)?(?=\d|$)", "str", folded.replace(" ", "")) or None


def company_key(text: str | None) -> str | None:
    """Folded firm name without its legal form: 'Muster GmbH & Co. KG' -> 'muster'."""
    name = _name(text, fold)
    if name is None:
        return None
    forms = {"gmbh", "co", "kg", "ag", "ug", "ohg", "gbr", "se", "ev", "ltd", "inc", "llc", "mbh"}
    return " ".join(p for p in name.split() if p not in forms) or name


def _clean(column: pd.Series) -> list[str | None]:
    """Text or None, trimmed."""
    return [v.strip() if isinstance(v, str) and v.strip() else None for v in column.astype(object)]


def normalise_records(records: pd.DataFrame, *, home: str = DEFAULT_REGION) -> pd.DataFrame:
    """Source records with comparable keys.

    Parameters
    ----------
    records
        One row = one person record in one system (``source_records`` as landed; absent columns count as empty).
    home
        ISO country of telephone numbers and postal codes without one.

    Returns
    -------
    DataFrame
        One row = one record, in the order given: record_id, source, created_at, and the keys ``customer_number``
        ``given`` ``given_plain`` ``family`` ``family_plain`` ``email`` ``phone`` ``birth`` ``postcode`` ``street``
        ``city`` ``company``; None where nothing usable is held.
    """
    empty = pd.Series([None] * len(records), index=records.index, dtype=object)
    raw = {name: _clean(records.get(name, empty)) for name in _READ}
    countries = raw["country"]
    keys: dict[str, list[str | None]] = {
        "customer_number": [v if v and v.casefold() not in NO_NAME and v.strip("0") else None for v in raw[_NUMBER]],
        "given": [name_key(v) for v in raw["given_name"]],
        "given_plain": [plain_name_key(v) for v in raw["given_name"]],
        "family": [name_key(v) for v in raw["family_name"]],
        "family_plain": [plain_name_key(v) for v in raw["family_name"]],
        "email": [email_key(v) for v in raw["email"]],
        "phone": [phone_key(v, c, home) for v, c in zip(raw["phone"], countries)],
        "birth": [birth_key(v) for v in records.get("birth_date", empty)],
        "postcode": [postcode_key(v, c, home) for v, c in zip(raw["postcode"], countries)],
        "street": [street_key(v) for v in raw["street"]],
        "city": [fold(v) or None if v else None for v in raw["city"]],
        "company": [company_key(v) for v in raw["company_name"]],
    }
    record_ids = [str(v) for v in records["record_id"]]
    head = {"record_id": record_ids, "source": [r.split(":", 1)[0] for r in record_ids]}
    frame = pd.DataFrame({**head, **{k: pd.Series(v, dtype=object) for k, v in keys.items()}})
    created = records.get("created_at", empty)
    return frame.assign(created_at=pd.to_datetime(created).to_numpy())


_NUMBER = "customer_number"
_READ = (
    "given_name",
    "family_name",
    "email",
    "phone",
    "postcode",
    "street",
    "city",
    "company_name",
    "country",
    _NUMBER,
)
