"""Take the safeguards out one at a time: ``python -m tests.safeguards``; ends with 1 where one is not noticed.

python -m tests.safeguards                               all of them
python -m tests.safeguards --rooms patterns affinity     those of two rooms
python -m tests.safeguards --changed HEAD~1 --sample 12  those of the rooms that changed, and twelve others
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence

from .choosing import changed_since, of_rooms, sampled, this_commit, touched_by
from .removals import Removal, read_removals
from .trials import NOT_STARTED, NOTICED, Limits, Trial, try_removals


def main(words: Sequence[str]) -> int:
    """Try the chosen removals, print one line each and the share that was noticed; the exit code."""
    asked = _asked(words)
    chosen = choose(read_removals(), asked)
    if asked.list:
        for removal in chosen:
            print(f"{removal.room:<14}{removal.name}\n{'':<14}keeps: {removal.promise}\n{'':<14}test:  {removal.test}")
        return 0
    limits = Limits(seconds=asked.seconds, workers=asked.workers, minutes=asked.minutes)
    trials = try_removals(chosen, limits, _tell)
    return _sum_up(trials)


def choose(removals: Sequence[Removal], asked: argparse.Namespace) -> list[Removal]:
    """The removals asked for; those of changed rooms first, then the sample of the others."""
    if asked.rooms:
        return of_rooms(removals, asked.rooms)
    if not asked.changed and asked.sample is None:
        return list(removals)
    first = touched_by(removals, changed_since(asked.changed)) if asked.changed else []
    seed = asked.seed or this_commit()
    random.Random(seed).shuffle(first)  # noqa: S311 - where time runs out, other ones are left each time
    rest = [removal for removal in removals if removal not in first]
    return [*sampled(rest, asked.sample or 0, seed), *first]


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.safeguards", description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", nargs="+", metavar="ROOM", help="only these rooms")
    parser.add_argument("--changed", metavar="COMMIT", help="rooms in which files changed since this commit")
    parser.add_argument("--sample", type=int, metavar="N", help="N of the other removals, drawn by the seed")
    parser.add_argument("--seed", default="", help="of the sample; default: the hash of the commit")
    parser.add_argument("--minutes", type=float, help="start nothing new after this time")
    parser.add_argument("--seconds", type=int, default=Limits.seconds, help="longest time of one test")
    parser.add_argument("--workers", type=int, default=Limits.workers, help="processes at a time")
    parser.add_argument("--list", action="store_true", help="say what would be tried, and try nothing")
    return parser.parse_args(words)


def _tell(trial: Trial) -> None:
    print(f"{trial.outcome:<18}{trial.removal.room:<14}{trial.removal.name}  ({trial.seconds:.0f} s)", flush=True)
    if trial.outcome not in (NOTICED, NOT_STARTED):
        print(f"{'':<18}{trial.removal.test}\n{'':<18}{trial.told}", flush=True)


def _sum_up(trials: Sequence[Trial]) -> int:
    tried = [trial for trial in trials if trial.outcome != NOT_STARTED]
    noticed = sum(trial.outcome == NOTICED for trial in tried)
    rooms = len({trial.removal.room for trial in tried})
    if not tried:
        print("safeguards_noticed_share: nothing was tried")
        return 0 if not trials else 1
    print(f"safeguards_noticed_share: {noticed / len(tried):.3f} (n = {len(tried)} removals in {rooms} rooms)")
    if len(trials) > len(tried):
        print(f"not started for want of time: {len(trials) - len(tried)}")
    return 0 if noticed == len(tried) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
