"""Slips of people who type: one letter dropped, doubled, swapped or replaced; one digit wrong."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rcommerce_helpers.demo_world.chance import hit

_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "ko", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "rz",
    "u": "zi", "v": "cb", "w": "qe", "x": "yc", "y": "x", "z": "tu",
}  # fmt: skip


def mistype(rng: np.random.Generator, texts: pa.Array, chance: float) -> pa.Array:
    """Some of the texts with one slip each."""
    rows = np.flatnonzero(hit(rng, chance, len(texts)))
    return _changed(texts, rows, [_slip(rng, t) for t in texts.take(pa.array(rows)).to_pylist()])


def shift_digit(rng: np.random.Generator, texts: pa.Array, chance: float) -> pa.Array:
    """Some of the numbers with two neighbouring digits swapped or one replaced."""
    rows = np.flatnonzero(hit(rng, chance, len(texts)))
    return _changed(texts, rows, [_wrong_digit(rng, t) for t in texts.take(pa.array(rows)).to_pylist()])


def _changed(texts: pa.Array, rows: np.ndarray, new: list[str | None]) -> pa.Array:
    if not len(rows):
        return texts
    values = texts.to_numpy(zero_copy_only=False).astype(object)
    values[rows] = new
    return pa.array(values, pa.string(), from_pandas=True)


def _slip(rng: np.random.Generator, text: str | None) -> str | None:
    if not text or len(text) < 3:
        return text
    at = int(rng.integers(1, len(text) - 1))
    kind = int(rng.integers(4))
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    near = _NEIGHBOURS.get(text[at].lower(), "e")
    return text[:at] + near[int(rng.integers(len(near)))] + text[at + 1 :]


def _wrong_digit(rng: np.random.Generator, text: str | None) -> str | None:
    if not text or len(text) < 8:
        return text
    at = int(rng.integers(len(text) - 4, len(text)))
    return (
        text[:at] + str((int(text[at]) + 1 + int(rng.integers(8))) % 10) + text[at + 1 :]
        if text[at].isdigit()
        else text
    )
