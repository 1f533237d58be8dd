"""Who is who, beside Splink on the same normalised records: F1 of pairs, homes welded, estimates without truth, time.

One rule for all sets (``grouping.CUT``), chosen without truth; the truth is looked at here alone.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.linkage_sets import PUBLIC, LinkageSet, demo
from rcommerce_helpers.merging.identity import identify, likely_pairs
from rcommerce_helpers.merging.normalise import normalise_records
from rcommerce_helpers.merging.params import LinkingParams
from rcommerce_helpers.merging.pseudonyms import ProjectKey

DEMO_SEEDS = (401, 402, 403, 404, 405)
"""Seeds that no trial of the linker has seen."""
ESTIMATE_SEEDS = ((406, 0.5), (407, 0.5), (408, 0.5), (409, 1.0), (410, 1.0), (411, 1.0), (412, 1.0), (413, 2.0),
                  (414, 2.0), (415, 2.0))  # fmt: skip
LARGE_SEED = 416
GOALS = {"febrl4": 0.998, "febrl3": 0.9975, "german_500": 0.97, "historical_50k": 0.87}
REPEATS = 3
KEY = ProjectKey(bytes.fromhex("5eed" * 16))
BY_NAMES = LinkingParams(matching="names")


@dataclass(frozen=True)
class Quality:
    """Precision, recall and F1 of the pairs that share a group; the largest group."""

    precision: float
    recall: float
    f1: float
    largest: int


def quality(found: pd.Series, truth: pd.Series) -> Quality:
    """How well groups of records meet the truth; both indexed by record.

    Examples
    --------
    >>> quality(pd.Series(["a", "a", "b", "b"]), pd.Series([1, 1, 1, 2])).f1
    0.4
    """
    both = pd.DataFrame({"found": found, "truth": truth})
    right, joined, wanted = (_pairs(both, by) for by in (["found", "truth"], ["found"], ["truth"]))
    largest = int(both.groupby("found").size().max())
    return Quality(right / max(joined, 1), right / wanted, 2 * right / (joined + wanted), largest)


def _pairs(both: pd.DataFrame, by: list[str]) -> int:
    sizes = both.groupby(by).size()
    return int((sizes * (sizes - 1) // 2).sum())


def welded(found: pd.Series, of: LinkageSet) -> tuple[float, float]:
    """Share of people who share a group with another of their home; and with a stranger."""
    both = pd.DataFrame({"group": found, "person": of.truth, "home": of.home}).drop_duplicates(["group", "person"])
    people = both["person"].nunique()
    in_home = both.groupby(["group", "home"])["person"].transform("size") > 1
    homes = both.groupby("group")["home"].transform("nunique") > 1
    return both.loc[in_home, "person"].nunique() / people, both.loc[homes, "person"].nunique() / people


def _ours(of: LinkageSet) -> tuple[pd.Series, dict[str, float]]:
    linked = identify(of.records, BY_NAMES, key=KEY, region=of.region)
    found = linked.persons.set_index("record_id")["customer_id"].loc[of.truth.index]
    return found, {figure.name: figure.value for figure in linked.figures}


def _theirs(of: LinkageSet) -> pd.Series:
    from benchmarks.linkage_peer import splink_clusters

    return splink_clusters(normalise_records(of.records, home=of.region)).loc[of.truth.index]


def _row(name: str, value: float, told: dict) -> dict:
    return {"name": name, "value": round(value, 4), "low": None, "high": None, "seed": None, **told}


def linkage_f1() -> list[dict]:
    """The public sets; n = true pairs, low and high = precision and recall."""
    rows = []
    for name, read in PUBLIC.items():
        of = read()
        ours, theirs = quality(_ours(of)[0], of.truth), quality(_theirs(of), of.truth)
        print(name, ours, theirs, flush=True)
        rows.append(_row(f"{name}_f1", ours.f1, {
            "low": round(ours.precision, 4), "high": round(ours.recall, 4), "unit": "F1 of pairs (low, high: P, R)",
            "n": _pairs(of.truth.to_frame("truth"), ["truth"]), "goal": GOALS[name],
            "peer": "Splink 5, stock script", "peer_value": round(theirs.f1, 4),
        }))  # fmt: skip
    return rows


def demo_linkage() -> list[dict]:
    """The demo's records, five seeds of 5,000 persons: F1, homes welded, strangers welded; means with extremes."""
    seen: dict[str, list[float]] = {name: [] for name in ("f1", "home", "strangers", "peer f1", "peer home", "peer s")}
    for seed in DEMO_SEEDS:
        of = demo(seed)
        for found, names in ((_ours(of)[0], ("f1", "home", "strangers")), (_theirs(of), tuple(seen)[3:])):
            for name, value in zip(names, (quality(found, of.truth).f1, *welded(found, of))):
                seen[name].append(value)
        print(seed, {name: round(values[-1], 4) for name, values in seen.items()}, flush=True)
    told = {"demo_f1": ("f1", "peer f1", 0.93), "demo_household_welded": ("home", "peer home", 0.03),
            "demo_strangers_welded": ("strangers", "peer s", None)}  # fmt: skip
    return [_row(name, statistics.mean(seen[mine]), {
        "low": round(min(seen[mine]), 4), "high": round(max(seen[mine]), 4), "n": len(DEMO_SEEDS),
        "unit": "mean over seeds", "goal": goal, "peer": "Splink 5, stock script",
        "peer_value": round(statistics.mean(seen[peer]), 4), "seed": list(DEMO_SEEDS),
    }) for name, (mine, peer, goal) in told.items()]  # fmt: skip


def quality_estimate_gap_points() -> list[dict]:
    """Largest difference between estimated and true precision or recall, in points; demo and public sets apart.

    Rival: the mean of the true values of the other worlds, a constant that needs a truth to be known.
    """
    demos = [_estimate(f"demo {seed} x{typos}", demo(seed, typos=typos)) for seed, typos in ESTIMATE_SEEDS]
    public = [_estimate(name, read()) for name, read in PUBLIC.items() if name != "german_500"]
    rows = []
    for name, of, goal in (("", demos, 2.0), ("_public", public, 5.0)):
        true = np.array([pair[1] for pair in of])
        gaps = 100 * np.abs(np.array([pair[0] for pair in of]) - true)
        others = (true.sum(axis=0) - true) / (len(true) - 1)
        rows.append(_row(f"quality_estimate_gap_points{name}", float(gaps.max()), {
            "n": gaps.size, "unit": "points", "goal": goal, "peer": "mean of the others' truth",
            "peer_value": round(float(100 * np.abs(others - true).max()), 4),
        }))  # fmt: skip
    return rows


def _estimate(name: str, of: LinkageSet) -> tuple[tuple[float, float], tuple[float, float]]:
    found, figures = _ours(of)
    true = quality(found, of.truth)
    told = figures["estimated_precision"], figures["estimated_recall"]
    print(name, told, true, flush=True)
    return told, (true.precision, true.recall)


def demo_60k_strangers() -> list[dict]:
    """60,000 persons: share who share a group with a stranger; and how pairs to compare grow from 5,000 persons on."""
    sizes, strangers = [], 0.0
    for persons in (5_000, 60_000):
        of = demo(LARGE_SEED, persons)
        people = normalise_records(of.records, home=of.region).sort_values("record_id", ignore_index=True)
        sizes.append((len(people), len(likely_pairs(people, seed=BY_NAMES.seed)[0])))
        found = _ours(of)[0]
        strangers = welded(found, of)[1]
        print(persons, sizes[-1], quality(found, of.truth), welded(found, of), flush=True)
    (few, few_pairs), (many, many_pairs) = sizes
    growth = float(np.log(many_pairs / few_pairs) / np.log(many / few))
    told = {"seed": LARGE_SEED, "peer": "none", "peer_value": None}
    return [
        _row("demo_60k_strangers", strangers, {"n": many, "unit": "share of people", "goal": 0.003, **told}),
        _row("linkage_pairs_growth", growth, {"n": many, "unit": "slope in log-log", "goal": 1.2, **told}),
    ]


def splink_time_ratio() -> list[dict]:
    """CPU seconds from records read to groups over those of the stock script, each in a process of its own."""
    rows = []
    for name in ("febrl4", "historical_50k"):
        ours, theirs = ([_cpu(side, name) for _ in range(REPEATS)] for side in ("ours", "splink"))
        ratios = [a / b for a, b in zip(ours, theirs)]
        rows.append(_row(f"splink_time_ratio_{name}", statistics.median(ratios), {
            "low": round(min(ratios), 2), "high": round(max(ratios), 2), "n": REPEATS, "goal": 1.3,
            "unit": f"times Splink (ours {statistics.median(ours):.1f} s CPU)", "peer": "Splink 5, stock script",
            "peer_value": round(statistics.median(theirs), 1),
        }))  # fmt: skip
    return rows


def _cpu(side: str, name: str) -> float:
    command = [sys.executable, "-m", "benchmarks.linkage", side, name]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    return float(json.loads(done.stdout.splitlines()[-1])["cpu"])


def main(side: str, name: str) -> None:
    """Link one set once and print the CPU seconds this took, the reading of the set left out."""
    of = PUBLIC[name]()
    before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    {"ours": _ours, "splink": _theirs}[side](of)
    print(json.dumps({"cpu": sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) - before}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
