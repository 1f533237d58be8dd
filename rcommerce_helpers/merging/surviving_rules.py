"""Which of several values survives: one declared rule per group of columns.

Columns that belong together survive together: a street of one record and a town of another make an address where
nobody lives. A new rule is one entry of ``RULES``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from rcommerce_helpers.errors import ParamError

GROUPS: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind",),
    "name": ("given_name", "family_name"),
    "email": ("email",),
    "phone": ("phone",),
    "birth_date": ("birth_date",),
    "address": ("street", "postcode", "city", "country"),
}
"""Name of a group -> the columns that come from one record, or from others of the very same address."""

RULES: Mapping[str, str] = {
    "recent": "changed desc nulls last",
    "trusted": "trust",
    "frequent": "told_by desc, told desc",
    "longest": "length desc",
}
"""Rule -> the order it puts the records of a customer in, best first. Ties: trusted, recent, longest, record_id."""

SENSIBLE: Mapping[str, str] = {
    "kind": "frequent",
    "name": "frequent",
    "email": "recent",
    "phone": "recent",
    "birth_date": "frequent",
    "address": "recent",
}
"""What never changes is told most often as it is: a typing error rarely comes twice. What changes is newest."""


def read_rules(declared: str, *, trust_order: str = "") -> dict[str, str]:
    """Group -> rule; where none is declared, the most trusted source if there is an order of trust, else ``SENSIBLE``.

    Parameters
    ----------
    declared
        ``name=longest, email=trusted``; empty: none declared.
    trust_order
        As the parameter of that name.

    Raises
    ------
    ParamError
        An unknown group or rule, one group twice, or "trusted" without an order of trust.

    Examples
    --------
    >>> rules = read_rules("name=longest")
    >>> rules["name"], rules["address"], read_rules("", trust_order="crm,shop")["address"]
    ('longest', 'recent', 'trusted')
    """
    rules = dict.fromkeys(GROUPS, "trusted") if trust_order.strip() else dict(SENSIBLE)
    seen: set[str] = set()
    for part in (p.strip() for p in declared.split(",") if p.strip()):
        group, _, rule = (piece.strip() for piece in part.partition("="))
        for word, known in ((group, GROUPS), (rule, RULES)):
            if word not in known:
                raise _unknown(part, word, tuple(known))
        if group in seen:
            raise ParamError("surviving_rules", got=f"{group} twice", expected="one rule each", do="Remove one of them")
        if rule == "trusted" and not trust_order.strip():
            raise ParamError(
                "surviving_rules", got=f"{part} without trust_order", expected="an order of trust",
                do="Set trust_order, say crm,shop",
            )  # fmt: skip
        seen.add(group)
        rules[group] = rule
    return rules


def _unknown(part: str, word: str, known: tuple[str, ...]) -> ParamError:
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "Write it as name=longest, email=recent"
    return ParamError("surviving_rules", got=repr(part), expected=f"one of {', '.join(known)}", do=hint.rstrip("."))
