"""A key that everybody knows, so that tests name the same people in the same way every time."""

import hashlib

from rcommerce_helpers.merging.pseudonyms import ProjectKey, pseudonyms

KEY = ProjectKey(hashlib.sha256(b"a key for tests").digest())
KEY_TEXT = KEY.secret.hex() + "\n"


def customer(record_id: str) -> str:
    """The customer whose earliest record this is."""
    return pseudonyms("c", [record_id], KEY)[record_id]
