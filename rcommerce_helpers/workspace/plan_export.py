"""``rcommerce plan``: the contacts of a finished plan, for those who send them. The only place where person rows leave.

A row carries what its channel needs and nothing else: a key, when, what, and to where; for a letter also the name. No
customer, score, reason or value goes along. Held-out rows stay: who must not be contacted is not handed out.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rcommerce_helpers.campaigns.offers import read_offers
from rcommerce_helpers.errors import ParamError
from rcommerce_helpers.files import write_whole
from rcommerce_helpers.leaving import SMALLEST_GROUP, typed_cell
from rcommerce_helpers.merging.normalise import phone_key
from rcommerce_helpers.sources.facts import read_facts
from rcommerce_helpers.workspace.folder import RunFolder
from rcommerce_helpers.workspace.runs.manifest import Manifest
from rcommerce_helpers.workspace.runs.remembering import check_refusals_known

CALLED = frozenset({"phone", "sms", "messenger"})
"""Channels whose contact point is a telephone number."""
COLUMNS = ("row", "send_on", "from_hour", "to_hour", "offer", "message", "to")
LETTER = (*COLUMNS, "name")
POINT = ["customer_id", "channel", "contact_point"]


@dataclass(frozen=True)
class Sendable:
    """What leaves of a plan.

    ``sheets``: channel -> one row = one contact, columns ``COLUMNS``, for letters ``LETTER``. The others are counted:
    ``held_out`` by chance, ``refused`` since the plan was made, ``without_point`` on channels that know no address.
    """

    sheets: dict[str, pd.DataFrame]
    held_out: int
    refused: int
    without_point: int

    def lines(self) -> list[str]:
        """What was handed out and what was not; fewer than ten people are not counted."""
        sent = [f"{channel}: {_said(len(rows))} contacts" for channel, rows in self.sheets.items()]
        others = {
            "held out by chance and not to be contacted": self.held_out,
            "left out, refused meanwhile": self.refused,
            "left out, on a channel that needs no address here": self.without_point,
        }
        return [*sent, *(f"{_said(n)} {words}" for words, n in others.items() if n)]


def _said(people: int) -> str:
    return f"under {SMALLEST_GROUP}" if 0 < people < SMALLEST_GROUP else f"{people:,}"


def export_plan(run: Path, manifest: Manifest, target: Path, *, channel: str = "", overwrite: bool = False) -> Sendable:
    """Write the plan of a finished run to a csv or xlsx file that only its owner may read.

    Parameters
    ----------
    run, manifest
        Folder of the run and what is known of it.
    target
        Outside the runs. xlsx has a sheet per channel; csv holds one channel.
    channel
        Only this one; empty = all.
    overwrite
        Replace the file that is there.

    Raises
    ------
    ParamError
        The run is not finished or has no plan; the target is no place for it; nothing is left to send.
    NotPermitted
        A later import of the same data set holds a refusal that this run does not know.
    """
    _check_run(run, manifest)
    check_refusals_known(run, manifest)
    _check_target(target, run, overwrite=overwrite)
    plan = sendable(RunFolder(run), channel)
    if not plan.sheets:
        raise ParamError("plan", got="no contact to send", expected="at least one", do="Plan a larger audience")
    if target.suffix == ".csv" and len(plan.sheets) > 1:
        raise ParamError(
            "--channel",
            got=f"a csv file for {', '.join(plan.sheets)}",
            expected="one channel for each file",
            do="Name one with --channel, or write an .xlsx file, which has a sheet for each",
        )
    write_whole(target, lambda path: WRITERS[target.suffix](path, plan.sheets))
    return plan


def _check_run(run: Path, manifest: Manifest) -> None:
    if manifest.status != "done":
        raise ParamError("run", got=f"{run.name}, {manifest.status}", expected="a finished run", do="Run it to its end")
    if not RunFolder(run).table_path("plan").exists():
        raise ParamError("plan", got="none in this run", expected="a plan of stage 04", do="Write an offers.toml")


def _check_target(target: Path, run: Path, *, overwrite: bool) -> None:
    """Refuse a file of another kind, a place among the runs, and a file that is there already."""
    got = expected = do = ""
    if target.suffix not in WRITERS:
        got, expected, do = f"{target.name!r}", f"a name that ends with {' or '.join(WRITERS)}", "Choose another name"
    elif target.resolve().is_relative_to(run.resolve().parent):
        got, expected, do = "a place among the runs", "a place outside", "Name another folder: finished runs are sealed"
    elif not target.parent.is_dir():
        got, expected, do = f"no folder {str(target.parent)!r}", "a folder that is there", "Make it first"
    elif os.path.lexists(target) and (not overwrite or target.is_symlink() or not target.is_file()):
        got, expected = f"{target.name!r}, which is there already", "a new file"
        do = "Choose another name, or replace a file with --overwrite"
    if got:
        raise ParamError("--to", got=got, expected=expected, do=do)


def sendable(run: RunFolder, channel: str = "") -> Sendable:
    """The rows of a plan that may leave, channel by channel.

    Raises
    ------
    ParamError
        The plan has no such channel.
    """
    plan = run.read("plan").rename_axis("number").reset_index()
    planned = plan[plan["channel"].notna()]
    known = sorted(planned["channel"].unique())
    if channel and channel not in known:
        raise ParamError(
            "--channel", got=repr(channel), expected=f"one of {', '.join(known)}", do="Choose one that is planned"
        )
    planned = planned[planned["channel"] == channel] if channel else planned
    held_out = planned["held_out"].astype(bool)
    open_now = _still_open(planned, run)
    away = planned["contact_point"].fillna("") == ""
    leaving = planned[~held_out & open_now & ~away]
    sheets = {str(way): _rows(rows, str(way), run) for way, rows in leaving.groupby("channel", sort=True)}
    return Sendable(
        sheets, int(held_out.sum()), int((~held_out & ~open_now).sum()), int((~held_out & open_now & away).sum())
    )


def _still_open(planned: pd.DataFrame, run: RunFolder) -> pd.Series:
    """Whether each row's contact point is open by the newest word known: it is asked for once more, not believed."""
    points = run.read("contact_points")
    decisions = run.read("permission_decisions")
    yes = decisions[(decisions["purpose"] == "marketing") & decisions["allowed"]]
    allowed = pd.MultiIndex.from_frame(points.loc[points["allowed"], POINT].fillna(""))
    asked = pd.MultiIndex.from_frame(planned[POINT].fillna(""))
    return pd.Series(asked.isin(allowed), index=planned.index) & planned["customer_id"].isin(yes["customer_id"])


def _rows(planned: pd.DataFrame, channel: str, run: RunFolder) -> pd.DataFrame:
    """One row = one contact of a channel, as those who send it need it."""
    messages = {offer.id: offer.text for offer in read_offers(run.landed / "offers.toml").offers}
    home = read_facts(run.landed).region
    points = planned["contact_point"]
    hours = planned["hour"].astype(int)
    table = pd.DataFrame(
        {
            "row": planned["plan_id"] + "-" + planned["number"].astype(str),
            "send_on": pd.to_datetime(planned["day"]).dt.date,
            "from_hour": hours,
            "to_hour": hours + 1,
            "offer": planned["offer"],
            "message": planned["offer_id"].map(messages),
            "to": [phone_key(p, home=home) or p for p in points] if channel in CALLED else points,
        }
    )
    if channel == "post":
        table["name"] = planned["customer_id"].map(_names(run))
    return table.sort_values(["send_on", "from_hour", "row"], ignore_index=True)


def _names(run: RunFolder) -> pd.Series:
    """customer_id -> the name on the envelope."""
    people = run.read("customers").set_index("customer_id")
    return (people["given_name"].fillna("") + " " + people["family_name"].fillna("")).str.strip()


def _write_csv(path: Path, sheets: dict[str, pd.DataFrame]) -> None:
    """One channel; texts in quotes, numbers bare, days as 2024-06-30."""
    (rows,) = sheets.values()
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(rows.columns)
        writer.writerows([_cell(value) for value in row] for row in rows.itertuples(index=False))


def _write_xlsx(path: Path, sheets: dict[str, pd.DataFrame]) -> None:
    """A sheet per channel; no cell is a formula or a link."""
    import xlsxwriter

    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {**never, "default_date_format": "yyyy-mm-dd"}) as book:
        for channel, rows in sheets.items():
            sheet = book.add_worksheet(channel)
            sheet.write_row(0, 0, rows.columns)
            for at, row in enumerate(rows.itertuples(index=False), start=1):
                sheet.write_row(at, 0, [_cell(value) for value in row])


def _cell(value: object) -> object:
    """A cell: empty where nothing is known, a text that is no formula, numbers and days as they are."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return ""
    return int(value) if hasattr(value, "__index__") else typed_cell(value)


WRITERS = {".csv": _write_csv, ".xlsx": _write_xlsx}
