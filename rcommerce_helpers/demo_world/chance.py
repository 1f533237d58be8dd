"""Seeded chance of the demo world: one generator per purpose and chunk, and identifiers that carry nothing."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def stream(seed: int, purpose: str, chunk: int = 0) -> np.random.Generator:
    """A generator of its own for one purpose and one chunk, so that adding a purpose moves no other figure."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), chunk])))


def scramble(index: Array, key: int) -> Array:
    """A keyed one-to-one shuffling of 32-bit numbers (four Feistel rounds): identifiers without order.

    Two records of one person get numbers as far apart as any two records; no collision can occur.
    """
    value = np.asarray(index, dtype=np.uint64)
    left, right = value >> np.uint64(16), value & np.uint64(0xFFFF)
    for turn in range(4):
        salt = np.uint64(zlib.crc32(f"{key}:{turn}".encode()))
        mixed = ((right + np.uint64(1)) * np.uint64(0x9E3779B1) ^ salt) * np.uint64(0x85EBCA6B)
        mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(0xC2B2AE35)
        left, right = right, left ^ ((mixed >> np.uint64(13)) & np.uint64(0xFFFF))
    return ((left << np.uint64(16)) | right).astype(np.int64)


def zipf_weights(count: int, power: float = 1.0) -> Array:
    """Chances that fall with the rank, as names and products do."""
    weights = 1.0 / np.arange(1, count + 1) ** power
    return np.asarray(weights / weights.sum())


def pick(rng: np.random.Generator, weights: Array, size: int) -> Array:
    """Index drawn by weight; one pass of searchsorted, fast for millions."""
    edges = np.cumsum(weights)
    return np.searchsorted(edges / edges[-1], rng.random(size), side="right").clip(0, len(weights) - 1)


def hit(rng: np.random.Generator, chance: float | Array, size: int) -> NDArray[np.bool_]:
    """True with the given chance."""
    return np.asarray(rng.random(size) < chance)


def ragged(counts: Array) -> tuple[Array, Array]:
    """Row of origin and running number for ``counts[i]`` repetitions of row i."""
    rows = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return rows, np.arange(len(rows)) - np.repeat(starts, counts)


def listed(text: str) -> list[str]:
    """Words between blanks."""
    return text.split()
