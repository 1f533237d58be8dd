"""``rcommerce check``: what a landing would do, before anything is written.

First what looks wrong, each with the line that mends it; then per table rows in, landed, quarantined with the five most
frequent reasons, set aside; the bridge from gross to net; keys that do not join; every mapped column as written and as
read; columns nobody reads; and the sections of the notebooks that will have to be skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.leaving import fit_to_leave
from rcommerce_helpers.sources.as_read import AsRead, as_read
from rcommerce_helpers.sources.complaints import such_as
from rcommerce_helpers.sources.data_set import DataSet
from rcommerce_helpers.sources.derived import derived_line
from rcommerce_helpers.sources.expectations import Arrived, check_expectations, check_warnings
from rcommerce_helpers.sources.facts import DataSetFacts
from rcommerce_helpers.sources.fence import fenced
from rcommerce_helpers.sources.landing import (
    Workshop,
    doubts_about,
    frequent_reasons,
    newest_day,
    scratch_folder,
    show_good_rows,
    staged,
)
from rcommerce_helpers.sources.plausibility import Doubt
from rcommerce_helpers.sources.reconcile import Reconciled, check_reconciled, reconcile
from rcommerce_helpers.sources.soundness import broken_joins, money_bridge

SECTIONS = (
    ("01 customers: who is one person", ("source_records",)),
    ("01 permissions person by person", ("permissions",)),
    ("02 segments, cohorts, transitions", ("orders", "order_lines")),
    ("02 product categories and pairs", ("orders", "order_lines", "products")),
    ("02 journeys on the site", ("web_events",)),
    ("02 activation patterns in experiments", ("contacts", "messages")),
    ("02 service quality and loyalty", ("service_cases",)),
    ("02 what customers say", ("feedback",)),
    ("03 who would be glad of what next", ("orders", "order_lines", "products")),
    ("03 fairness between groups of customers", ("attributes",)),
    ("03 nothing sold into an open complaint", ("service_cases",)),
    ("03 contracts that end", ("contracts",)),
    ("04 what past contacts changed", ("contacts", "campaigns")),
    ("04 are scarcity and price claims true", ("stock", "prices")),
    ("04 word of mouth", ("referrals",)),
    ("04 moments near a store", ("store_visits",)),
)
"""What the notebooks ask, and the landed tables each question needs."""


READ_HEAD = "As written -> as read: first, middle and last value of each mapped column; personal ones by their shape"


@dataclass(frozen=True)
class CheckReport:
    """What ``check`` found.

    ``reasons``: table, column, reason, row_landed, rows, example (five most frequent per table), more (how many others
    the table has). ``bridge``, ``joins``: as in ``soundness``; an empty bridge means there are no order lines.
    ``unused``: file, column. ``skipped``: section, why. ``doubts``: what landed and cannot be true, the worst first.
    ``as_read``: each mapped column as written and as read. ``reconciled``: sums of both sides, and what differs.
    """

    facts: DataSetFacts
    reasons: pd.DataFrame
    bridge: pd.DataFrame
    joins: pd.DataFrame
    unused: pd.DataFrame
    skipped: pd.DataFrame
    doubts: tuple[Doubt, ...] = ()
    as_read: tuple[AsRead, ...] = ()
    reconciled: tuple[Reconciled, ...] = ()

    def lines(self) -> list[str]:
        """The report as plain text, fit to leave the house: what looks personal is masked, or shown by its shape."""
        facts = self.facts
        head = f"{facts.title}: as of {facts.as_of}, money in {facts.currency}, tax {facts.tax}, {facts.time_zone}"
        basis = f"basis: {facts.basis} ({', '.join(facts.purposes) or 'no purpose'})" if facts.basis else ""
        fallback = "by permissions" if "permissions" in facts.counts else "none: only aggregates can run"
        before = [head, basis or f"basis: {fallback}", ""]
        before += _block("Columns since the last run", list(facts.changes)) if facts.changes else []
        before += [*self._doubt_lines(), *self._bucket_lines()]
        before += [*self._bridge_lines(), *self._reconciled_lines(), *self._join_lines()]
        read = _block(READ_HEAD, [line for column in self.as_read for line in column.lines()])
        after = _block("Columns of files that nothing reads", _grouped(self.unused))
        after += _block("Sections that will be skipped", [f"{r.section}: {r.why}" for r in self.skipped.itertuples()])
        return [*map(fit_to_leave, before), *read, *map(fit_to_leave, after)]

    def _doubt_lines(self) -> list[str]:
        lines = []
        for doubt in self.doubts:
            lines += [f"{doubt.level}: {doubt.table}.{doubt.column}: {doubt.says}", f"    {doubt.remedy}"]
        return _block("What looks wrong, and the line of sources.toml that mends it", lines or ["nothing"])

    def _bucket_lines(self) -> list[str]:
        lines = [f"{'table':18}{'rows in':>12}{'landed':>12}{'quarantined':>13}  set aside"]
        for name, c in self.facts.counts.items():
            aside = ", ".join(f"{n:,} {rule}" for rule, n in c.set_aside.items()) or "0"
            lines.append(f"{name:18}{c.rows_in:>12,}{c.landed:>12,}{c.quarantined:>13,}  {aside}")
            reasons = self.reasons[self.reasons["table"] == name]
            for r in reasons.itertuples():
                shown = such_as(r.table, r.column, r.example)
                left = " (left out, the row landed)" if r.row_landed else ""
                lines.append(f"    {r.rows:,} x {r.column or 'line'}: {r.reason}{shown}{left}")
            if more := int(reasons["more"].max()) if len(reasons) else 0:
                lines.append(f"    and {more:,} more reason{'s' * (more > 1)}")
        derived = [line for c in self.facts.counts.values() if (line := derived_line(c.derived))]
        return [*lines, *derived, ""]

    def _bridge_lines(self) -> list[str]:
        steps = [f"{r.step:12}{r.amount:>18,.2f}   {r.line_count:,} lines" for r in self.bridge.itertuples()]
        return _block(f"Money bridge in {self.facts.currency}", steps)

    def _reconciled_lines(self) -> list[str]:
        lines = [line for one in self.reconciled for line in one.lines()]
        return _block(f"Reconciled, in {self.facts.currency}", lines) if lines else []

    def _join_lines(self) -> list[str]:
        lines = []
        for r in self.joins.itertuples():
            if r.lost or r.empty:
                example = such_as(r.table, r.column, r.example) if r.lost else ""
                empty = f"{r.empty:,} without {r.column}; " if r.empty else ""
                lines.append(f"{r.table}.{r.column}: {empty}{r.lost:,} of {r.rows:,} not in {r.points_to}{example}")
        return _block("Keys that do not join", lines or ["all keys join"])


def check(data_set: DataSet, *, values: bool = False, previous: Path | None = None) -> CheckReport:
    """Parse and count everything, write nothing; ``values`` shows personal values as they are, else their shape.

    Parameters
    ----------
    previous
        Folder of an earlier landing, with which the columns of the files are compared.

    Raises
    ------
    SchemaError
        A file or column is not as declared.
    BrokenExpectation
        A promise of ``[expect]`` does not hold; the message names it.
    """
    with scratch_folder() as scratch:
        return fenced(_looked_at, data_set, scratch, values=values, previous=previous)


def _looked_at(data_set: DataSet, scratch: Path, *, values: bool, previous: Path | None) -> CheckReport:
    with staged(data_set, scratch, previous=previous) as workshop:
        connection, names = workshop.connection, list(workshop.parts)
        reasons = frequent_reasons(connection)
        check_expectations(data_set, Arrived(workshop.facts, newest_day(workshop), reasons))
        show_good_rows(workshop)
        agreed = reconcile(connection, data_set, workshop.files)
        check_reconciled(data_set, agreed)
        found = doubts_about(data_set, workshop)
        check_warnings(data_set, found)
        parts = [part for its in workshop.parts.values() for part in its if not part.derived]
        has_money = {"orders", "order_lines"} <= set(names)
        return CheckReport(
            facts=workshop.facts,
            reasons=reasons,
            bridge=money_bridge(connection) if has_money else pd.DataFrame(columns=["step", "amount", "line_count"]),
            joins=broken_joins(connection, names),
            unused=unused_columns(data_set, workshop),
            skipped=skipped_sections(names),
            doubts=tuple(found),
            reconciled=tuple(agreed),
            as_read=tuple(as_read(connection, parts, data_set.config.data_set.time_zone, values=values)),
        )


def unused_columns(data_set: DataSet, workshop: Workshop) -> pd.DataFrame:
    """Columns of the files that no mapping, select or rule names: file, column."""
    rows = []
    for key, file in workshop.files.items():
        texts = [s.where for s in data_set.config.files[key].set_aside]
        named_columns = set()
        for section in (s for parts in data_set.config.tables.values() for s in parts):
            if section.from_ == key:
                named_columns |= {c for m in section.columns.values() for c in m.columns_read}
                texts += [m.sql for m in section.columns.values() if m.sql]
                texts += [s.where for s in section.set_aside]
            elif section.sql and re.search(rf"\b{re.escape(key)}\b", section.sql):
                texts.append(section.sql)
        text = " ".join(texts)
        rows += [(key, c) for c in file.columns if c not in named_columns and not _mentions(text, c)]
    return pd.DataFrame(rows, columns=["file", "column"])


def _mentions(text: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text, re.IGNORECASE) is not None


def skipped_sections(tables: list[str]) -> pd.DataFrame:
    """Sections that lack a table: section, why."""
    rows = []
    for section, needs in SECTIONS:
        missing = [t for t in needs if t not in tables]
        if missing:
            rows.append((section, f"no {' and no '.join(missing)}"))
    return pd.DataFrame(rows, columns=["section", "why"])


def _grouped(unused: pd.DataFrame) -> list[str]:
    return [f"{file}: {', '.join(part['column'])}" for file, part in unused.groupby("file", sort=False)]


def _block(title: str, lines: list[str]) -> list[str]:
    return [title, *(f"    {line}" for line in lines or ["none"]), ""]
