"""Random histories of yes and no: the decisions of merging against the same rules told plainly a second time."""

import random
from datetime import datetime

import pandas as pd
import pytest
from truth.permission_rules import CHANNELS, People, is_open, random_history

from rcommerce_helpers.merging.permissions import decide

RECORDS = ["crm:1", "shop:1", "app:1", "crm:2", "shop:2"]
PEOPLE = People(
    dict(zip(RECORDS, ["c1", "c1", "c1", "c2", "c2"])), dict(zip(RECORDS, ["e1", "e1", "app:1", "crm:2", "shop:2"]))
)
STRANGER = "fair:9"
"""A record that is nobody we know; what it says of an address still counts where it closes it."""
PERSONS = pd.DataFrame(
    {"record_id": RECORDS, "customer_id": PEOPLE.customer.values(), "exact_id": PEOPLE.exact.values()}
)
HISTORIES = 300


def decided(history, as_of, make_facts) -> pd.DataFrame:
    columns = {
        "record_id": [s.record for s in history], "purpose": "marketing", "decision": [s.decision for s in history],
        "channel": [s.channel for s in history], "contact_point": [s.point for s in history],
        "at": pd.to_datetime([s.at for s in history]),
    }  # fmt: skip
    permissions = pd.DataFrame(columns).assign(local_at=lambda t: t["at"], basis=None, local_expires_at=pd.NaT)
    table = decide(permissions, PERSONS, make_facts(time_zone="UTC"), as_of)
    return table[table["purpose"] == "marketing"]


def spoken(table: pd.DataFrame, customer: str, channel: str, point: str) -> bool:
    """What the table says of one place: its own row, else the channel's, else the row for any channel."""
    own = table[table["customer_id"] == customer].set_index(["channel", "contact_point"])["allowed"]
    for key in ((channel, point), (channel, ""), ("any", "")):
        if key in own.index:
            return bool(own[key])
    return False


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_a_history_is_decided_as_the_plain_rules_say(seed, make_facts):
    rng = random.Random(seed)
    history = random_history(rng, [*RECORDS, STRANGER], length=rng.randrange(2, 12))
    as_of, end = ("2024-01-10", datetime(2024, 1, 11)) if seed % 2 else ("2024-12-31", datetime(2025, 1, 1))
    table = decided(history, as_of, make_facts)
    named = {
        (PEOPLE.customer[s.record], s.channel, s.point)
        for s in history if s.point and s.channel != "any" and s.record != STRANGER
    }  # fmt: skip
    broad = {(c, channel, "") for c in ("c1", "c2") for channel in CHANNELS}
    wrong = {
        place: (spoken(table, *place), right)
        for place in sorted(named | broad)
        if spoken(table, *place) != (right := is_open(history, PEOPLE, place, end))
    }
    assert wrong == {}, history
