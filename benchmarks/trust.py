"""What strangers can do: hostile texts in a sources.toml, counted by their effects."""

import random

from tests.trust import hostile_sql

SEED = 7731
TRIES = 200
WRITTEN_SQL = 120


def hostile_sql_effects() -> list[dict]:
    """Two hundred texts through check or land: written ones, ones made of them, other fields, and bombs; 0 effects."""
    rng = random.Random(SEED)  # noqa: S311 - which texts are tried, no secret
    tries = [*rng.sample(hostile_sql.sql_tries(), WRITTEN_SQL), *hostile_sql.bomb_tries()]
    tries += hostile_sql.made_up((TRIES - len(tries)) // 2, SEED)
    tries += rng.sample(hostile_sql.text_tries(), TRIES - len(tries))
    found = [effect for i, one in enumerate(tries) for effect in hostile_sql.effects(one, looking=i % 3 == 0)]
    print(*found, sep="\n")
    row = {"name": "hostile_sql_effects", "value": len(found), "low": None, "high": None, "n": len(tries)}
    return [{**row, "unit": "effects", "goal": 0, "peer": "none", "peer_value": None, "seed": SEED}]
