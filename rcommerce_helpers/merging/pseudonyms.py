"""Pseudonyms: names for customers, households, firms and letter boxes that nobody can compute without the key.

A plain hash of a customer number is no secret: whoever has the numbers, or can count them up, hashes them all. So every
pseudonym is an HMAC under a key that stays with the project. The same key gives the same names in every run; another
key renumbers everything. Source: RFC 2104; ENISA, *Pseudonymisation techniques and best practices* (2019).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rcommerce_helpers.errors import SchemaError

KEY_BYTES = 32
DIGITS = 20
"""Hexadecimal digits kept: 80 bits; of three million customers two share one in 4 of 10**12 projects."""

KINDS = "chfb"
"""Customer, household, firm, letter box."""
PSEUDONYM = re.compile(rf"(?<![0-9A-Za-z])[{KINDS}][0-9a-f]{{{DIGITS}}}(?![0-9A-Za-z])")
"""What a pseudonym looks like in a text."""


@dataclass(frozen=True)
class ProjectKey:
    """The secret under which a project names its people; never shown, written or passed as a parameter."""

    secret: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """Tells two keys apart and gives neither away: for fingerprints."""
        return _keyed(self.secret, "which key")


def pseudonyms(prefix: str, things: Iterable[str], key: ProjectKey) -> dict[str, str]:
    """Thing -> a letter and 80 bits: the only place where names for people are made.

    Parameters
    ----------
    prefix
        One of ``KINDS``. Things of two kinds share nothing, even where the text is the same.
    things
        What is to be named: a record, a home, a firm's name, a postal address.

    Raises
    ------
    SchemaError
        Two things would bear one name: nothing is merged by accident.

    Examples
    --------
    >>> names = pseudonyms("c", ["crm:1", "crm:2"], ProjectKey(bytes(32)))
    >>> len(names["crm:1"]), names["crm:1"] == names["crm:2"]
    (21, False)
    """
    named = {thing: prefix + _keyed(key.secret, f"{prefix}:{thing}") for thing in dict.fromkeys(things)}
    twice = len(named) - len(set(named.values()))
    if twice:
        raise SchemaError(
            "pseudonyms",
            got=f"{twice} that two of {len(named)} would share",
            expected="one for each",
            do="Remove the key file, so that the next run makes another key and names everybody anew",
        )
    return named


def _keyed(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:DIGITS]
