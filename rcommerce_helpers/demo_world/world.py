"""``write_demo``: a whole world on disk, or nothing.

Chunks of people are generated and spilled; then one file after the other is written in the order its system would
write it. Everything grows in a folder beside the target and is moved into place at the very end, so that an
interrupted generation leaves no half world.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rcommerce_helpers.demo_world.catalogue import build_catalogue, build_stores, stock_rows
from rcommerce_helpers.demo_world.chunks import CHUNK, Setting, build_chunk
from rcommerce_helpers.demo_world.effects import build_effects
from rcommerce_helpers.demo_world.exports import Coded, Export, OpenExport, Planted
from rcommerce_helpers.demo_world.exports_goods import goods_exports
from rcommerce_helpers.demo_world.exports_people import (
    attribute_export,
    consent_export,
    record_exports,
    referral_export,
    surroundings_export,
)
from rcommerce_helpers.demo_world.exports_talk import campaign_exports, case_exports, contact_exports
from rcommerce_helpers.demo_world.exports_trade import (
    booking_exports,
    contract_export,
    line_exports,
    order_exports,
    web_exports,
)
from rcommerce_helpers.demo_world.exports_voices import voice_exports
from rcommerce_helpers.demo_world.papers import paper_export, paper_line_export
from rcommerce_helpers.demo_world.settings_files import write_offers, write_sources
from rcommerce_helpers.demo_world.spill import Spill
from rcommerce_helpers.demo_world.truth import TruthWriters, write_truth
from rcommerce_helpers.errors import ParamError, Surroundings
from rcommerce_helpers.lock import one_writer

LARGEST = 20_000_000
BYTES_PER_CUSTOMER = 21_000
"""Files and spilled rows together, at the fullest moment; measured at 100,000 customers, rounded up."""
BYTES_ALWAYS = 30_000_000


@dataclass(frozen=True)
class DemoReport:
    """What was written: where, for how many persons, and good rows per file (``rows``), broken rows beside them."""

    folder: Path
    customers: int
    seed: int
    rows: dict[str, int]
    planted_bad_rows: int

    @property
    def sources(self) -> Path:
        """The sources.toml to land."""
        return self.folder / "sources.toml"


def write_demo(customers: int, seed: int, out: Path, *, overwrite: bool = False) -> DemoReport:
    """Generate a world of so many persons.

    Parameters
    ----------
    customers
        Persons, 100 to 20 million; 5,000 take seconds.
    seed
        The same seed gives the same world.
    out
        Folder that will hold sources.toml, offers.toml, exports/ and truth/.
    overwrite
        Replace a folder that is already there.

    Raises
    ------
    ParamError
        A size that is no size, a folder that exists or cannot be written. Nothing is written.
    Surroundings
        The disk is too small for it, or another writer is at work in the folder above.
    """
    _check(customers, seed, out, overwrite=overwrite)
    out.parent.mkdir(parents=True, exist_ok=True)
    with one_writer(out.parent):
        _check(customers, seed, out, overwrite=overwrite)  # another writer may have been first
        return _grow(customers, seed, out)


def _grow(customers: int, seed: int, out: Path) -> DemoReport:
    """Write the world beside its place, then move it there; what a killed writer left is removed."""
    for left in out.parent.glob(f".{out.name}.growing-*"):
        shutil.rmtree(left, ignore_errors=True)
    growing = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.growing-"))
    try:
        rows, planted = _write(customers, seed, growing)
        growing.chmod(0o755)
        _move(growing, out)
    except BaseException:
        shutil.rmtree(growing, ignore_errors=True)
        raise
    return DemoReport(out, customers, seed, rows, planted)


def _check(customers: int, seed: int, out: Path, *, overwrite: bool) -> None:
    if isinstance(customers, bool) or not isinstance(customers, int) or not 100 <= customers <= LARGEST:
        raise ParamError(
            "customers", got=repr(customers), expected=f"100 to {LARGEST}", do="Choose a size, such as 5000"
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
        raise ParamError("seed", got=repr(seed), expected="a whole number from 0 to 2147483647", do="Choose one")
    if out.exists() and not overwrite:
        raise ParamError(
            "out", got=f"{out.name}, which exists", expected="a new folder", do="Choose another or say overwrite"
        )
    if out.exists() and not _ours(out):
        raise ParamError(
            "out", got=f"{out.name}, which is no demo world", expected="an older demo world", do="Choose another folder"
        )
    above = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists() and p != out.absolute())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise ParamError("out", got=f"{above}, not writable", expected="a folder one may write to", do="Choose another")
    needed, free = BYTES_ALWAYS + customers * BYTES_PER_CUSTOMER, shutil.disk_usage(above).free
    if needed > 0.95 * free:
        raise Surroundings(
            "customers",
            got=f"{customers}, about {needed / 1e9:.1f} GB",
            expected=f"a world that fits the {free / 1e9:.1f} GB free at {above}",
            do="Choose fewer customers or another disk",
        )


def _ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / "truth").is_dir() or not any(folder.iterdir()))


def _move(growing: Path, out: Path) -> None:
    """Put the finished world in place; an older one goes only then."""
    if not out.exists():
        growing.rename(out)
        return
    old = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.old-"))
    out.rename(old / "world")
    growing.rename(out)
    shutil.rmtree(old)


def _write(customers: int, seed: int, folder: Path) -> tuple[dict[str, int], int]:
    setting = Setting(seed, build_catalogue(seed), build_stores(), build_effects(seed))
    spill = Spill(folder / "spill")
    for number, first in enumerate(range(0, customers, CHUNK)):
        build_chunk(setting, number, min(CHUNK, customers - first), spill)
    planted = Planted()
    truth = TruthWriters(folder / "truth")
    rows: dict[str, int] = {}
    exports = []
    for group in _groups(setting, truth):
        written = _write_group(group, spill, (folder / "exports", seed, planted))
        exports += [e for e in group.exports if written[e.key]]
        rows |= {key: count for key, count in written.items() if count}
    truth.close()
    write_truth(folder / "truth", spill, setting.effects, planted)
    write_sources(folder / "sources.toml", exports, customers)
    write_offers(folder / "offers.toml", customers)
    shutil.rmtree(folder / "spill")
    return rows, len(planted.rows)


@dataclass(frozen=True)
class _Group:
    """Exports made of the same coded rows: a spilled table and its order, or rows that are at hand."""

    exports: list[Export]
    spilled: str = ""
    sort: str = "record"
    at_hand: Coded | None = None
    also: Callable[[Coded], None] | None = None


def _groups(setting: Setting, truth: TruthWriters) -> list[_Group]:
    catalogue = setting.catalogue
    stock = stock_rows(setting.seed, catalogue, len(setting.stores))
    calls, tickets, talk = case_exports(catalogue)
    feedback, surveys, forms, planned = voice_exports(catalogue)
    events, sessions = web_exports(catalogue)
    return [
        _Group(record_exports(), "records", also=truth.note_records),
        _Group([consent_export()], "decisions"),
        _Group([attribute_export()], "attributes"),
        _Group([referral_export()], "referrals", "at"),
        _Group(order_exports(), "orders", "at", also=truth.note_orders),
        _Group([paper_export()], "papers", "at"),
        _Group(line_exports(catalogue), "lines", "key"),
        _Group([paper_line_export(catalogue)], "paper_lines", "key"),
        _Group(goods_exports(catalogue, setting.stores), at_hand=stock),
        _Group([contract_export(catalogue)], "contracts", "number"),
        _Group(booking_exports(), "bookings", "on"),
        _Group([events], "events", "at"),
        _Group([sessions], "sessions", "at"),
        _Group([surroundings_export()], "store_visits", "at"),
        _Group(campaign_exports(), at_hand={}),
        _Group(contact_exports(), "contacts", "at"),
        _Group([calls, tickets], "cases", "at"),
        _Group([talk], "talk", "at"),
        _Group([feedback], "feedback", "at"),
        _Group([surveys], "surveys", "at"),
        _Group([forms], "forms", "at"),
        _Group([planned], "planned", "at"),
    ]


def _write_group(group: _Group, spill: Spill, where: tuple[Path, int, Planted]) -> dict[str, int]:
    """Write the files of one group; returns good rows per file."""
    folder, seed, planted = where
    opened = [OpenExport(export, folder, seed, planted) for export in group.exports]
    buckets = [group.at_hand] if group.at_hand is not None else spill.buckets(group.spilled, group.sort)
    for coded in buckets:
        for export in opened:
            export.append(coded)
        if group.also is not None:
            group.also(coded)
    counts = {export.export.key: export.close() for export in opened}
    for entry in group.exports:
        if not counts[entry.key]:  # a small world may have no booking of 2016: no file, and no word of it
            (folder / entry.path).unlink(missing_ok=True)
    return counts


__all__ = ["BYTES_PER_CUSTOMER", "DemoReport", "write_demo"]
