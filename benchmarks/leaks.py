"""What leaks: canaries outside the tables that may name people, and pseudonyms that somebody turns back."""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from rcommerce_helpers.merging.pseudonyms import KEY_BYTES, ProjectKey, pseudonyms
from tests.trust.canaries import SECRET, hits, run_with_canaries

SEED = 41
KNOWN, PAIRS = 10_000, 1_000
Name = Callable[[str], str]


def canary_hits() -> list[dict]:
    """A small world with planted values through all stages; n = files looked at."""
    os.environ["RCOMMERCE_TEST_SECRET"] = SECRET
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_with_canaries(Path(folder), seed=SEED)
        if outcome.exit_code:
            raise RuntimeError(f"the run ended with {outcome.exit_code}: {' '.join(outcome.errors)}")
        found = hits(outcome.folder)
        files = sum(path.is_file() for path in outcome.folder.rglob("*"))
    print(*found, sep="\n")
    row = {"name": "canary_hits", "value": len(found), "low": None, "high": None, "n": files, "unit": "files and kinds"}
    return [{**row, "goal": 0, "peer": "none", "peer_value": None, "seed": SEED}]


def pseudonyms_reversed() -> list[dict]:
    """Of 10,000 pseudonyms those that somebody gives back their record who knows everything but the key.

    Known are all records, the way a pseudonym is made, the former way, and the pairs of 1,000 other records. The same
    attack on the former way, a hash without a key, stands beside it.
    """
    records = [f"crm:{number}" for number in range(KNOWN + PAIRS)]
    key = ProjectKey(secrets.token_bytes(KEY_BYTES))
    keyed = pseudonyms("c", records, key)
    former = {record: _former(record) for record in records}
    rows = []
    for name, named, goal in (("pseudonyms_reversed", keyed, 0), ("pseudonyms_reversed_without_key", former, KNOWN)):
        value = _reversed(named, records)
        row = {"name": name, "value": value, "low": None, "high": None, "n": KNOWN, "unit": "pseudonyms"}
        rows.append({**row, "goal": goal, "peer": "hash without a key", "peer_value": KNOWN, "seed": None})
    return rows


def _reversed(named: dict[str, str], records: list[str]) -> int:
    """Pseudonyms of the first records that an attacker gets right; the pairs of the last ones are known to them."""
    pairs = {record: named[record] for record in records[KNOWN:]}
    wanted = {named[record]: record for record in records[:KNOWN]}
    right: set[str] = set()
    for attempt in _attempts(pairs):
        right |= {name for record in records[:KNOWN] if wanted.get(name := attempt(record)) == record}
    return len(right)


def _former(record: str) -> str:
    return "c" + hashlib.sha256(record.encode()).hexdigest()[:10]


def _attempts(pairs: dict[str, str]) -> Iterable[Name]:
    """Ways to name a record without the key: hashes plain and salted, keys that are none, keys made of known pairs."""
    digits = len(next(iter(pairs.values()))) - 1
    texts: list[Name] = [lambda r: r, lambda r: f"c:{r}", lambda r: r.partition(":")[2], lambda r: f"c{r}"]
    for text in texts:
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.blake2b):
            yield lambda r, t=text, d=digest: "c" + d(t(r).encode()).hexdigest()[:digits]
        for guess in _guesses(pairs):
            yield lambda r, t=text, g=guess: "c" + hmac.new(g, t(r).encode(), hashlib.sha256).hexdigest()[:digits]


def _guesses(pairs: dict[str, str]) -> list[bytes]:
    """Keys somebody may try: nothing, zeros, words, the digits of other people's pseudonyms."""
    words = [
        b"",
        bytes(KEY_BYTES),
        b"secret",
        b"key",
        b"salt",
        b"rcommerce",
        b"c",
        b"which key",
    ]
    return [*words, *(name[1:].encode() for name in list(pairs.values())[:20])]
