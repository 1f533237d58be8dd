"""Secrets by the name of an environment variable: read where they are needed, and nowhere else."""

from __future__ import annotations

import os

from rcommerce_helpers.errors import SchemaError


def secret_of(variable: str, place: str) -> str:
    """The value of a variable; messages name the variable, never what is in it.

    Raises
    ------
    SchemaError
        It is not set, or holds a sign that no address and no header can (a line end, a letter beyond ASCII).
    """
    value = os.environ.get(variable, "").strip()
    if not value or not (value.isascii() and value.isprintable()):
        raise SchemaError(
            place,
            got=f"{'nothing' if not value else 'signs that no secret has'} in the environment variable {variable}",
            expected="the secret in it",
            do=f"Set {variable} before the command, in one line of plain letters",
        )
    return value
