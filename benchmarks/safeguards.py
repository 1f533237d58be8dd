"""Of the registered removals those whose named test fails: the same code as ``make safeguards``."""

from rcommerce_helpers.statistics.intervals import share_interval
from tests.safeguards.removals import read_removals
from tests.safeguards.trials import NOTICED, Limits, try_removals


def safeguards_noticed_share() -> list[dict]:
    """Every removal of every room, tried in a copy without ``../shared``."""
    trials = try_removals(read_removals(), Limits())
    noticed = sum(trial.outcome == NOTICED for trial in trials)
    missed = [f"{trial.removal.name}: {trial.outcome} ({trial.told})" for trial in trials if trial.outcome != NOTICED]
    print("not noticed: " + ("; ".join(missed) or "none"))
    share = share_interval(noticed, len(trials))
    return [
        {
            "name": "safeguards_noticed_share",
            "value": share.value,
            "low": round(share.low, 4),
            "high": round(share.high, 4),
            "n": len(trials),
            "unit": "share of removals",
            "goal": 1.0,
            "peer": "the tests of November 2026, 27 removals by hand",
            "peer_value": round(17 / 27, 3),
            "seed": "",
        }
    ]
