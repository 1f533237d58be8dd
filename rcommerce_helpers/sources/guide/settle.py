"""What only shows when all files are seen together: whose numbers are whose, the last day, currency, zone, tax."""

from __future__ import annotations

import math
import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rcommerce_helpers.schema import LANDED_TABLES
from rcommerce_helpers.sources.guide.amounts import number
from rcommerce_helpers.sources.guide.meanings import Meaning, named
from rcommerce_helpers.sources.guide.profile import SIGN, Profile
from rcommerce_helpers.sources.guide.proposal import Proposal, ProposedFile, ProposedTable
from rcommerce_helpers.sources.guide.words import written_out
from rcommerce_helpers.sources.parsing import named as as_name

SAME = 0.5
SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
ZONES = {
    "DE": "Europe/Berlin",
    "AT": "Europe/Vienna",
    "CH": "Europe/Zurich",
    "GB": "Europe/London",
    "US": "America/New_York",
}
GERMAN = re.compile(
    r"kunde|bestell|datum|menge|betrag|strasse|straße|nachname|rechnung|belegfeld|umsatz", re.IGNORECASE
)
PARTS = re.compile(r'"((?:[^"]|"")+)"')


def join_persons(proposal: Proposal) -> None:
    """A file whose customer numbers are those of another file's persons speaks of that system's persons."""
    homes = [(t, file, column) for t, file, column in _mapped(proposal, "record_id") if t.table == "source_records"]
    for file in proposal.files:
        if file.title:
            continue
        for _, home, column in homes:
            if (
                home.key != file.key
                and not _knows_more(proposal, file.key, home.key)
                and (own := _reference(proposal, file))
                and _overlap(file, own, home, column) >= SAME
            ):
                file.options["source"] = home.options["source"]
                proposal.tables = [t for t in proposal.tables if not _persons_of(t, file.key)]
                for table in proposal.tables:
                    if table.section.get("source") == file.key:
                        table.section["source"] = home.options["source"]
                break


def _knows_more(proposal: Proposal, own: str, home: str) -> bool:
    """Whether a file of other business names its persons better than the list that they could be looked up in."""

    def told(key: str) -> set[str]:
        tables = [
            t
            for t in proposal.tables
            if t.table == "source_records" and t.section.get("source", t.section.get("from")) == key
        ]
        selects = " ".join(str(t.section.get("sql", "")) for t in tables)
        columns = {column for t in tables for column in t.section.get("columns", {})}
        return (columns | set(re.findall(r"as (\w+)", selects))) & {"given_name", "family_name", "street", "phone"}

    return len(told(own)) > len(told(home))


def _persons_of(table: ProposedTable, key: str) -> bool:
    return table.table == "source_records" and table.section.get("source") == key and "sql" in table.section


def _reference(proposal: Proposal, file: ProposedFile) -> str:
    """The column of a file that holds numbers of persons; empty where none does."""
    own = [column for _, mapped, column in _mapped(proposal, "record_id") if mapped.key == file.key]
    if own:
        return own[0]
    selects = [t.section["sql"] for t in proposal.tables if t.section.get("source") == file.key and "sql" in t.section]
    said = [
        found[1].replace('""', '"') for sql in selects if (found := re.search(r'"((?:[^"]|"")+)"\)? as record_id', sql))
    ]
    return said[0] if said else ""


def _mapped(proposal: Proposal, canonical: str) -> Iterable[tuple[ProposedTable, ProposedFile, str]]:
    """Tables out of one file each in which a canonical column is a column of that file."""
    files = {file.key: file for file in proposal.files}
    for table in proposal.tables:
        origin = table.section.get("columns", {}).get(canonical)
        column = origin.get("column") if isinstance(origin, dict) else origin
        if isinstance(column, str) and table.section.get("from") in files:
            yield table, files[table.section["from"]], column


def _values(file: ProposedFile, column: str) -> set[str]:
    at = file.sniffed.columns.index(column)
    return {row[at].strip() for row in file.sniffed.rows if row[at] is not None and row[at].strip()}  # type: ignore[union-attr]


def _overlap(file: ProposedFile, column: str, home: ProposedFile, other: str) -> float:
    if column not in file.sniffed.columns or other not in home.sniffed.columns:
        return 0.0
    own, theirs = _values(file, column), _values(home, other)
    return len(own & theirs) / len(own) if own else 0.0


def join_orders(proposal: Proposal) -> None:
    """Numbers of orders written without the sign that the shop puts before them (1001 for #1001) get it."""
    ids = _order_ids(proposal)
    if not ids:
        return
    _find_orders(proposal, ids)
    for table, file, column in list(_mapped(proposal, "order_id")):
        own = _values(file, column)
        if table.table in {"orders", "order_lines"} or not own or len(own & ids) >= SAME * len(own):
            continue
        before = _prefix(own, ids)
        if before:
            told = before.replace("'", "''")
            table.section["columns"]["order_id"] = {"sql": f"concat('{told}', trim({as_name(column)}))"}
            table.comments.append(f"likely: orders are numbered {before}1001 in the shop and 1001 here")


def _find_orders(proposal: Proposal, ids: set[str]) -> None:
    """Reviews, cases and bookings point to orders by the column whose values are numbers of orders."""
    files = {file.key: file for file in proposal.files}
    for table in proposal.tables:
        columns, file = table.section.get("columns", {}), files.get(table.section.get("from", ""))
        if file is None or file.title or "order_id" in columns or table.table not in {"feedback", "invoices"}:
            continue
        used = {part for origin in columns.values() for part in columns_of(origin)}
        free = [one.name for one in file.profiles if one.filled and one.name not in used]
        found = [(share, name) for name in free if (share := _share_of_orders(_values(file, name), ids)) >= SAME]
        if found:
            share, name = max(found)
            columns["order_id"] = name
            table.sure["order_id"] = Meaning(name, "likely", f"{share:.0%} of its values are numbers of orders")


def _share_of_orders(own: set[str], ids: set[str]) -> float:
    """Share of some values that are numbers of orders, with or without the sign before them."""
    start = _prefix(own, ids)
    return max(len(own & ids), len({start + value for value in own} & ids)) / max(len(own), 1)


def _order_ids(proposal: Proposal) -> set[str]:
    files = {file.key: file for file in proposal.files}
    found: set[str] = set()
    for table in proposal.tables:
        if table.table != "orders":
            continue
        if "sql" in table.section:
            said = re.search(r'"((?:[^"]|"")+)" as order_id', table.section["sql"])
            home = re.search(r"from\s+(\w+)", table.section["sql"])
            if said and home and home[1] in files and said[1].replace('""', '"') in files[home[1]].sniffed.columns:
                found |= _values(files[home[1]], said[1].replace('""', '"'))
    for table, file, column in _mapped(proposal, "order_id"):
        found |= _values(file, column) if table.table == "orders" else set()
    return found


def _prefix(own: set[str], ids: set[str]) -> str:
    """Signs that, put before them, make most of some numbers numbers of orders."""
    starts = Counter(found[1] for order in ids if (found := re.match(r"([^\d]{1,6})\d", order)))
    for start, _ in starts.most_common(3):
        if sum(start + value in ids for value in own) >= 0.3 * len(own):
            return start
    return ""


def newest_day(files: Sequence[ProposedFile], planned: Collection[str] = (), zone: str = "UTC") -> str:
    """The newest day that some files tell of, not after the day they were written; that day where there is none.

    ``planned``: columns that tell of a day to come, such as the end of a term. ``zone``: where the days are counted; an
    evening in UTC may be the next day there.
    """
    written = max(datetime.fromtimestamp(file.sniffed.path.stat().st_mtime, UTC).date() for file in files)
    days = []
    for file in files:
        for one in file.profiles:
            if one.kind == "date" and one.name not in planned:
                home = str(file.options.get("time_zone", zone))
                found = (_day(value, one, home, zone) for value in one.values)
                days += [day for day in found if day is not None and day <= written]
    return max(days, default=written).isoformat()


def _day(value: str, one: Profile, home: str, zone: str) -> date | None:
    if one.forms == ("epoch",):
        return datetime.fromtimestamp(int(value[:10]), ZoneInfo(zone)).date()
    try:
        read = datetime.fromisoformat(value.replace(" UTC", "Z")) if one.iso else datetime.strptime(value, one.forms[0])
    except (ValueError, IndexError):
        return None
    if not one.has_clock or (read.tzinfo is None and home == zone):
        return read.date()
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(home))).astimezone(ZoneInfo(zone)).date()


def describe(proposal: Proposal, name: str) -> None:
    """The section ``[data_set]``, each value with how it is known."""
    short = re.sub(r"[^a-z0-9_-]+", "-", written_out(name)).strip("-_") or "my-data"
    currency, of_currency = _currency(proposal)
    zone, of_zone = _zone(proposal)
    tax, of_tax = _tax(proposal)
    known = "sure: the system it comes from"
    currency, of_currency = (
        (proposal.known["currency"], known) if "currency" in proposal.known else (currency, of_currency)
    )
    zone, of_zone = (proposal.known["time_zone"], known) if "time_zone" in proposal.known else (zone, of_zone)
    tax, of_tax = (proposal.known["tax"], known) if "tax" in proposal.known else (tax, of_tax)
    as_of = newest_day(proposal.files, _planned(proposal), zone)
    proposal.data_set = {
        "name": short, "title": name, "as_of": date.fromisoformat(as_of), "currency": currency, "time_zone": zone,
        "tax": tax, "folder": "exports",
    }  # fmt: skip
    proposal.about = {
        "as_of": "the newest day that the exports tell of",
        "currency": of_currency, "time_zone": of_zone, "tax": of_tax,
    }  # fmt: skip
    for key, said in (("currency", of_currency), ("time_zone", of_zone), ("tax", of_tax)):
        if said.startswith("unsure"):
            proposal.decide.append(f"data_set.{key}: {proposal.data_set[key]}? ({said})")


def _planned(proposal: Proposal) -> set[str]:
    """Columns mapped to a day that was stated beforehand."""
    found = set()
    for table in proposal.tables:
        plans = {column.name for column in LANDED_TABLES[table.table].timed("plan")}
        found |= {part for c, o in table.section.get("columns", {}).items() if c in plans for part in columns_of(o)}
    return found


def _reads(table: ProposedTable, key: str) -> bool:
    return table.section.get("from") == key or re.search(rf"\b{key}\b", str(table.section.get("sql", ""))) is not None


def _currency(proposal: Proposal) -> tuple[str, str]:
    votes: Counter[str] = Counter()
    for file in proposal.files:
        for one in file.profiles:
            if one.kind == "currency" and re.search(r"curr|währ|waehr|wkz", one.name, re.IGNORECASE):
                votes.update(SIGNS.get(value, value) for value in one.values)
            if one.kind == "money":
                signs = [found[1] for value in one.values if (found := SIGN.search(value))]
                votes.update(SIGNS.get(sign, sign) for sign in signs)
    if votes:
        return votes.most_common(1)[0][0], f"as {votes.most_common(1)[0][1]:,} rows say"
    return "EUR", "unsure: no column names it"


def _zone(proposal: Proposal) -> tuple[str, str]:
    values = [
        value for file in proposal.files for one in file.profiles if one.kind == "date" for value in one.values[:200]
    ]
    if {"+0100", "+0200"} <= {value[-5:].replace(":", "") for value in values}:
        return "Europe/Berlin", "likely: times are one and two hours ahead of UTC by season"
    countries = Counter(
        value.upper()
        for file in proposal.files
        for one in file.profiles
        if re.search(r"country|^land$", one.name, re.IGNORECASE)
        for value in one.values
    )
    known = [ZONES[country] for country, _ in countries.most_common(1) if country in ZONES]
    if known:
        return known[0], "likely: where most addresses are"
    if any(GERMAN.search(column) for file in proposal.files for column in file.sniffed.columns):
        return "Europe/Berlin", "likely: the columns are German"
    return "Europe/Berlin", "unsure: nothing says it"


def _tax(proposal: Proposal) -> tuple[str, str]:
    """Whether prices hold the tax: what totals, goods, shipping and tax of the orders add up to."""
    for file in proposal.files:
        at = {name: i for i, name in enumerate(file.sniffed.columns)}
        if not {"Subtotal", "Shipping", "Taxes", "Total"} <= set(at):
            continue
        sums = [[number(row[at[c]]) for c in ("Subtotal", "Shipping", "Taxes", "Total")] for row in file.sniffed.rows]
        known = [(g + s, t, total) for g, s, t, total in sums if None not in (g, s, t, total) and t]  # type: ignore[operator]
        inside = sum(abs(goods - total) < 0.011 for goods, _, total in known)  # type: ignore[operator]
        on_top = sum(abs(goods + tax - total) < 0.011 for goods, tax, total in known)  # type: ignore[operator]
        if max(inside, on_top) > 0.5 * len(known):
            return ("included", "sure: Total = Subtotal + Shipping") if inside > on_top else (
                "excluded", "sure: Total = Subtotal + Shipping + Taxes")  # fmt: skip
    return "included", "unsure: look at an invoice"


def best_seller(proposal: Proposal) -> tuple[str, float]:
    """What brings most money, by its category where the lines name one, else its product; and what a line of it brings.

    Nothing and 0 where the exports do not tell.
    """
    for table in proposal.tables:
        file = next((f for f in proposal.files if f.key == table.section.get("from")), None)
        if table.table != "order_lines" or file is None:
            continue
        grouped = named("products", file.profiles).get("category")
        origin = grouped.origin if grouped is not None else table.section["columns"]["product_id"]
        names = [origin] if isinstance(origin, str) else PARTS.findall(str(origin.get("sql", "")))
        at = next((file.sniffed.columns.index(name) for name in names if name in file.sniffed.columns), None)
        paid: dict[str, list[float]] = defaultdict(list)
        for row, amount in zip(file.sniffed.rows, _amounts(table, file)):
            if at is not None and row[at] and amount and amount > 0:
                paid[str(row[at])].append(amount)
        if paid:
            best = max(paid, key=lambda name: (sum(paid[name]), name))
            return best, statistics.median(paid[best])
    return "", 0.0


def _amounts(table: ProposedTable, file: ProposedFile) -> list[float | None]:
    """What each row of a file of lines brings, as far as a mapping without SQL says it."""
    origin = table.section["columns"]["amount"]
    names = [origin] if isinstance(origin, str) else list(origin.get("multiply", ()))
    at = [file.sniffed.columns.index(name) for name in names if name in file.sniffed.columns]
    rows = [[number(row[i]) for i in at] for row in file.sniffed.rows]
    return [math.prod(v for v in row if v is not None) if row and None not in row else None for row in rows]


def list_unread(proposal: Proposal) -> None:
    """Note for each file which of its filled columns nothing reads."""
    for file in proposal.files:
        texts = [str(rule.get("where", "")) for rule in file.options.get("set_aside", ())]
        read: set[str] = set()
        for table in proposal.tables:
            if not _reads(table, file.key):
                continue
            texts.append(str(table.section.get("sql", "")))
            for origin in table.section.get("columns", {}).values():
                read |= columns_of(origin)
                texts += [str(origin["sql"])] if isinstance(origin, dict) and "sql" in origin else []
        read |= {name.replace('""', '"') for text in texts for name in PARTS.findall(text)}
        file.unread = [one.name for one in file.profiles if one.filled and one.name not in read]


def columns_of(origin: Any) -> set[str]:
    """Columns of a file that an origin names, apart from those in SQL."""
    if isinstance(origin, str):
        return {origin}
    parts = [origin.get("column"), *origin.get("multiply", ()), *origin.get("minus", ())]
    return {part for part in parts if isinstance(part, str)}
