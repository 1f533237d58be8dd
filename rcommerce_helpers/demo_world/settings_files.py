"""sources.toml and offers.toml beside the exports: how the files are read back, and what could be offered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rcommerce_helpers.demo_world import clock
from rcommerce_helpers.demo_world.exports import Export
from rcommerce_helpers.demo_world.plans import COSTS, OFFERS, PERIOD_DAYS, Offer


def write_sources(path: Path, exports: Iterable[Export], customers: int) -> None:
    """Describe every export as it was written. No basis: the register of consents decides.

    Every kind of broken row stands in every file at least once, so a small world promises less.
    """
    lines = [
        "# A generated shop: telecom and living. Nobody in it exists. See docs/demo_world.md.",
        "[data_set]",
        'name = "demo"',
        'title = "Demo: a German shop for telecom and living (generated)"',
        f'as_of = "{clock.AS_OF.isoformat()}"',
        'currency = "EUR"',
        'time_zone = "Europe/Berlin"',
        'tax = "included"',
        'folder = "exports"',
        "",
        "[expect]",
        f"quarantine_share_max = {min(max(0.02, round(60 / customers, 2)), 0.9)}",
        "freshness_days_max = 40",
        "",
    ]
    exports = list(exports)
    for export in exports:
        lines += _file(export)
    for export in exports:
        lines += _tables(export)
    path.write_text("\n".join(lines), encoding="utf-8")


def _file(export: Export) -> list[str]:
    lines = [f"[files.{export.key}]", f"path = {_value(export.path)}", f"format = {_value(export.form)}"]
    lines += [f"{name} = {_value(value)}" for name, value in export.reading.items()]
    return [*lines, ""]


def _tables(export: Export) -> list[str]:
    if export.sources:
        return [line for source in export.sources for line in _select(export, source)]
    lines = [f"[[tables.{export.table}]]", f"from = {_value(export.key)}", f"[tables.{export.table}.columns]"]
    return [*lines, *(f"{name} = {_value(origin)}" for name, origin in export.columns.items()), ""]


def _select(export: Export, source: str) -> list[str]:
    """One file, references to several systems: one select per system."""
    chosen = ", ".join(
        f'"{origin}" as {name}' if name != "at" else f'"{origin}" as "at"' for name, origin in export.columns.items()
    )
    select = f"select {chosen}, _line from {export.key} where \"System\" = '{source}'"
    return [f"[[tables.{export.table}]]", f"sql = {_value(select)}", f"source = {_value(source)}", ""]


def _value(value: object) -> str:
    """A value as toml."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_value(str(k))} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    raise TypeError(f"no toml form for {type(value).__name__}")


def _believed(offer: Offer) -> str:
    """What the marketing department believes: reminders of things used up work, news hardly."""
    return "{ mean = 0.1, sd = 0.05 }" if offer.due else "{ mean = 0.03, sd = 0.02 }"


def write_offers(path: Path, customers: int) -> None:
    """Five offers, five channels, a budget of about a cup of coffee per ten customers."""
    channels = {
        "email": (1.0, customers, (21, 7), 0.0035, 0.05),
        "sms": (1.1, customers // 10, (20, 8), 0.006, 0.05),
        "post": (0.9, customers // 10, (0, 0), 0.001, 0.05),
        "phone": (1.8, customers // 50, (20, 9), 0.01, 0.05),
        "push": (0.6, customers // 5, (21, 8), 0.005, 0.05),
    }
    lines = ["# Offers of the demo shop; EUR.", "[budget]", f"amount = {round(0.12 * customers, 2)}", ""]
    lines += ["[period]", f"days = {PERIOD_DAYS}", "", "[caps]", "contacts_per_customer = 2", "days = 28", ""]
    lines += ["[holdout]", "share = 0.1", "seed = 1", "", "[fairness]", 'attribute = "age_band"', "floor = 0.2", ""]
    for offer in OFFERS:
        lines += ["[[offers]]", f'id = "{offer.id}"', f'name = "{offer.name}"', f'category = "{offer.category}"']
        lines += [
            f"margin = {offer.margin}",
            f"discount = {offer.discount}",
            f"uplift_prior = {_believed(offer)}",
        ]
        lines += [f'text = "{offer.text}"', f'patterns = ["{offer.pattern}"]', ""]
    for name, (strength, capacity, quiet, risk, share) in channels.items():
        lines += ["[[channels]]", f'id = "{name}"', f"cost = {COSTS[name]}", f"capacity = {capacity}"]
        lines += [f"quiet_hours = [{quiet[0]}, {quiet[1]}]", f"strength = {strength}"]
        lines += [f"unsubscribe_risk = {risk}", f"value_share = {share}", ""]
    path.write_text("\n".join(lines), encoding="utf-8")
