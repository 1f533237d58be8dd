"""Asking somebody at a terminal whether two records are one person, and keeping the answers.

Values are shown on the terminal alone and written nowhere; what is kept is the answer, in ``identity.toml`` among
the decisions on the data set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import tomlkit

from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.files import owner_only, write_whole
from rcommerce_helpers.merging.by_hand import DIFFERENT, FILE, SAME, UNSURE, read_decided
from rcommerce_helpers.merging.reviewing import records_of, to_review
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.workspace.decisions import decisions_of
from rcommerce_helpers.workspace.folder import RunFolder

ANSWERS = {"s": SAME, "d": DIFFERENT, "u": UNSURE}
QUIT = "q"
SHOWN = ("given_name", "family_name", "birth_date", "street", "postcode", "city", "email", "phone", "customer_number")
REASON = "looked at both records"
WIDTH = 34


@dataclass(frozen=True)
class Answered:
    """How many pairs were answered, and where the answers are."""

    number: int
    path: Path


def review(
    run: RunFolder, project: Path, ask: Callable[[str], str], *, number: int, measure: bool, today: date
) -> Answered:
    """Ask about pairs of a run, one by one; every answer is kept at once.

    Parameters
    ----------
    run
        A finished run, whose links are looked at.
    project
        Its decisions lie there.
    ask
        Shows a text and returns what was typed.
    measure
        Pairs at random, from which precision and recall are measured; else those in most doubt.

    Raises
    ------
    ParamError
        The run holds no links.
    """
    path = run.table_path("links")
    if not path.exists():
        raise ParamError("run", got="no links in it", expected="a run of notebook 01", do="Run `rcommerce run merging`")
    target = decisions_of(project, read_facts(run.landed).name) / FILE
    pairs = to_review(pd.read_parquet(path), read_decided(target), number=number, seed=0, least_sure=not measure)
    records = records_of(run.landed)
    answered = 0
    for i, pair in enumerate(pairs.itertuples(index=False), start=1):
        both = [str(pair.record_a), str(pair.record_b)]
        head = f"\nPair {i} of {len(pairs)}\n"
        said = ask(head + "\n".join(_side_by_side(records, both)) + "\n[s]ame  [d]ifferent  [u]nsure  [q]uit: ")
        while (key := said.strip().lower()[:1]) not in {*ANSWERS, QUIT}:
            said = ask("s, d, u or q: ")
        if key == QUIT:
            break
        _keep(target, ANSWERS[key], both, str(pair.drawn), today)
        answered += 1
    return Answered(answered, target)


def at_terminal(text: str) -> str:
    """Ask whoever sits there; the end of the input stops as q does."""
    try:
        return input(text)
    except EOFError:
        return QUIT


def _side_by_side(records: pd.DataFrame, both: list[str]) -> Iterator[str]:
    yield f"{'':16}{both[0][:WIDTH]:{WIDTH}}  {both[1][:WIDTH]}"
    for column in [c for c in SHOWN if c in records]:
        mine, theirs = ("" if pd.isna(v) else str(v) for v in records.loc[both, column])
        if mine or theirs:
            yield f"{column.replace('_', ' '):16}{mine[:WIDTH]:{WIDTH}}  {theirs[:WIDTH]}"


def _keep(target: Path, verdict: str, records: list[str], drawn: str, today: date) -> None:
    content = tomlkit.parse(target.read_text(encoding="utf-8")) if target.exists() else tomlkit.document()
    entry = tomlkit.table()
    for name, value in {"records": records, "reason": REASON, "day": today}.items():
        entry.add(name, value)
    if drawn:
        entry.add("drawn", drawn)
    if verdict not in content:
        content.add(verdict, tomlkit.aot())
    content[verdict].append(entry)  # type: ignore[union-attr]
    with owner_only():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, lambda new: new.write_text(tomlkit.dumps(content), encoding="utf-8"))
