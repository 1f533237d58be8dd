"""A run at an earlier last day on the whole export, against a run on an export that was cut on that day.

The cut is made here, table by table, from what the glossary says of each column; it shares no code with the roll-back.
What the data learnt later and a cut export cannot know, the refusals after that day, is handed to both.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from rcommerce_helpers.sources.facts import FACTS_FILE, read_facts, write_facts
from rcommerce_helpers.workspace.runs.progress import Lines
from rcommerce_helpers.workspace.runs.request import RunRequest, plan_of
from rcommerce_helpers.workspace.runs.session import run_notebooks
from rcommerce_helpers.workspace.runs.stages import standard_table

BEGINS = {
    "source_records": "local_created_at", "attributes": "local_at", "referrals": "local_at", "store_visits": "local_at",
    "orders": "local_at", "prices": "local_at", "stock": "local_at", "contracts": "start_on", "invoices": "invoiced_on",
    "web_events": "local_at", "sessions": "local_at", "service_cases": "local_at", "feedback": "local_at",
    "conversations": "local_at", "surveys": "local_at", "forms": "local_at", "campaigns": "start_on",
    "contacts": "local_at",
}  # fmt: skip
"""Table -> the time before which a row of it is unknown; planned contacts are plans."""
ENDS = {
    "source_records": {"updated_at": ()},
    "referrals": {"converted_at": ("reward",)},
    "contracts": {"cancelled_on": (), "ended_on": ()},
    "invoices": {"paid_on": ()},
    "sessions": {"ended_at": ("event_count", "ordered")},
    "service_cases": {"closed_at": ("answer_channel", "handovers", "contact_count", "solved", "satisfaction")},
    "contacts": {"outcome_until": ("opened", "visited", "converted", "revenue", "unsubscribed")},
}
"""Table -> end -> what hangs on it."""
LANDING_FIGURES = {
    "quarantined_rows", "rows_set_aside", "rows_of_unknown_people", "personal_value_coverage", "attribute_coverage",
}  # fmt: skip
STAGES = ("merging", "patterns", "affinity", "campaigns", "report")


def cut(landed: Path, out: Path, day: str, refusals: pd.DataFrame, retold: set[str]) -> None:
    """Write the landed tables as an export of that day would have given them, with ``refusals`` in their register.

    What the records ``retold`` said is among the refusals, in the words of others. The data set keeps its fingerprint,
    by which a plan and its lots are named.
    """
    end = pd.Timestamp(day) + pd.Timedelta(days=1)
    out.mkdir(parents=True)
    tables = {path.stem: pd.read_parquet(path) for path in landed.glob("*.parquet")}
    for name, table in tables.items():
        if name in BEGINS and BEGINS[name] in table:
            begin = pd.to_datetime(table[BEGINS[name]])
            tables[name] = table[begin.isna() | (begin < end)]
    if "order_lines" in tables:
        lines = tables["order_lines"]
        tables["order_lines"] = lines[lines["order_id"].isin(tables["orders"]["order_id"])]
    if "permissions" in tables:
        said = tables["permissions"]
        known = said["local_at"].isna() | (said["local_at"] < end)
        known &= ~said["record_id"].isin(retold)
        tables["permissions"] = pd.concat([said[known], refusals[said.columns]], ignore_index=True)
    for name, ends in ENDS.items():
        if name in tables:
            tables[name] = _emptied(tables[name], ends, end)
    for name, table in tables.items():
        table.to_parquet(out / f"{name}.parquet", index=False)
    if (landed / "offers.toml").exists():
        shutil.copyfile(landed / "offers.toml", out / "offers.toml")
    write_facts(out, replace(read_facts(landed), as_of=day))


def _emptied(table: pd.DataFrame, ends: dict[str, tuple[str, ...]], end: pd.Timestamp) -> pd.DataFrame:
    table = table.copy()
    for column, hanging in ends.items():
        clock = f"local_{column}" if f"local_{column}" in table else column
        if clock in table:
            later = pd.to_datetime(table[clock]) >= end
            for name in (column, clock, *hanging):
                if name in table:
                    table[name] = table[name].astype(object).where(~later, None) if later.any() else table[name]
    return table


def later_refusals(landed: Path, run: Path, day: str) -> pd.DataFrame:
    """Decisions of after that day, in the words of records that were known: what both runs are told.

    A no of a record made later is put into the mouth of a known record of each customer it turned out to belong to;
    where it turned out to be nobody's, it is told as it was.
    """
    end = pd.Timestamp(day) + pd.Timedelta(days=1)
    said = pd.read_parquet(landed / "permissions.parquet")
    known = pd.read_parquet(run / "tables" / "persons.parquet")
    inherited = run / "tables" / "later_records.parquet"
    later = said[said["local_at"] >= end]
    if not inherited.exists():
        return later[later["record_id"].isin(known["record_id"]) | (later["decision"] != "granted")]
    own = later[later["record_id"].isin(known["record_id"])]
    first = known.sort_values("record_id").drop_duplicates("customer_id").set_index("customer_id")["record_id"]
    joined = said.merge(pd.read_parquet(inherited), on="record_id")  # a later record may tell of an earlier no
    joined = joined[joined["decision"] != "granted"]
    nobody = later[~later["record_id"].isin([*known["record_id"], *joined["record_id"]])]
    nobody = nobody[nobody["decision"] != "granted"]
    told = joined.assign(record_id=joined["customer_id"].map(first))[said.columns]
    return pd.concat([own, told, nobody], ignore_index=True)


@dataclass
class Copied:
    """A data set that has landed already: its tables are copied into the run."""

    landed: Path
    fingerprint: str
    name: str = "copied"

    def land(self, folder: Path, previous: Path | None) -> None:
        shutil.copytree(self.landed, folder)


def run_all(landed: Path, out: Path, day: str) -> Path:
    """All stages on landed tables at one last day; the folder of the finished run."""
    request = RunRequest(dataset="copied", out=out, as_of=day, stages=STAGES, project=out.parent, fresh=True)
    facts = json.loads((landed / FACTS_FILE).read_text(encoding="utf-8"))
    data = Copied(landed, f"{facts['fingerprint']}-{day}")
    outcome = run_notebooks(plan_of(request, standard_table()), data, Lines(), started=datetime.now(UTC))
    if outcome.exit_code:
        raise AssertionError(outcome.errors)
    return outcome.folder


def differences(full: Path, cut_run: Path) -> list[str]:
    """Figures and tables of two runs that differ, by name; counts of landing apart."""
    found = []
    for stage in STAGES:
        one, other = (_figures(run / "results" / f"{stage}.json") for run in (full, cut_run))
        names = (set(one) | set(other)) - LANDING_FIGURES
        found += [f"{stage}.{name}: {one.get(name)} | {other.get(name)}" for name in sorted(names)
                  if one.get(name) != other.get(name)]  # fmt: skip
    for path in sorted((full / "tables").glob("*.parquet")):
        twin = cut_run / "tables" / path.name
        if path.stem.startswith(("shown_", "later_records")):
            continue
        if not twin.exists() or not pd.read_parquet(path).equals(pd.read_parquet(twin)):
            found.append(f"table {path.stem}")
    return found


def _figures(path: Path) -> dict[str, tuple[object, ...]]:
    rows = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return {row["name"]: (row["value"], row["low"], row["high"], row["n"]) for row in rows}


def compare(landed: Path, workshop: Path, day: str) -> list[str]:
    """What differs between looking back to a day and standing on it."""
    full = run_all(landed, workshop / "full" / "runs", day)
    later = full / "tables" / "later_records.parquet"
    retold = set(pd.read_parquet(later)["record_id"]) if later.exists() else set()
    cut(landed, workshop / "cut" / "landed", day, later_refusals(landed, full, day), retold)
    return differences(full, run_all(workshop / "cut" / "landed", workshop / "cut" / "runs", day))
