"""A key that everybody knows, so that tests name the same people in the same way every time."""

from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey, pseudonyms

KEY = ProjectKey(bytes(range(KEY_BYTES)))
KEY_TEXT = KEY.secret.hex() + "\n"


def customer(record_id: str) -> str:
    """The customer whose earliest record this is."""
    return pseudonyms("c", [record_id], KEY)[record_id]
