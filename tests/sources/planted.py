"""Clean exports whose every value is known, written in many ways, and one fault planted in such an export.

Both figures count in silence: a value that lands other than it was meant, while no row went to quarantine, nothing was
refused and no warning was given that the clean export does not have. The list of faults and their weights were written
down before anything was measured; a figure that is altogether another one that could be (a digit dropped, day and month
swapped in one row, a decimal mark shifted in one row) no reader can see.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rcommerce_helpers.errors import SchemaError
from rcommerce_helpers.sources import load_data_set
from rcommerce_helpers.sources.landing import Workshop, doubts_about, scratch_folder, staged

Row = dict[str, object]
NAMES = ("Jürgen", "Anna", "Zoë", "Łukasz", "O'Neill", "Bärbel", "Ng", "Maria; Luise", 'Anna "Anni"', "José")
FAMILIES = ("Müller", "Groß", "Weiß-Bär", "Smith, Jr.", "García", "van der Berg", "Nguyen", "Null")
CITIES = ("Köln", "Bad\nHomburg", "Paris", "Zürich (ZH)", "Sankt Pölten", "Aachen; West")
DAYS = {
    "%Y-%m-%d": "", "%d.%m.%Y": "dd.mm.yyyy", "%m/%d/%Y": "mm/dd/yyyy", "%d/%m/%Y": "dd/mm/yyyy",
    "%d-%m-%Y": "dd-mm-yyyy",
}  # fmt: skip
"""How a day is written -> its form in sources.toml."""
COLUMNS = {
    "source_records": ("record_id", "given_name", "family_name", "city", "birth_date", "created_at"),
    "orders": ("order_id", "record_id", "at", "channel"),
    "order_lines": ("order_id", "line_number", "product_id", "kind", "quantity", "amount", "tax"),
}
MONEY, MOMENTS, DAYS_ONLY = {"amount", "tax"}, {"at", "created_at"}, {"birth_date"}


@dataclass(frozen=True)
class Form:
    """How an export is written."""

    delimiter: str
    encoding: str
    quoting: int
    end: str
    decimal: str
    thousands: str
    day: str
    zone: str


@dataclass
class Export:
    """Rows per table as meant, and as text; ``line_faults`` alters the text of a line: (table, row) -> change."""

    form: Form
    meant: dict[str, list[Row]]
    texts: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    line_faults: dict[tuple[str, int], Callable[[str], str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of an export: cells that landed otherwise than meant, and whether anybody was told, and how."""

    wrong: list[str]
    told: tuple[str, ...]


def some_form(rng: random.Random) -> Form:
    """A way of writing, of those that people's systems have."""
    decimal = rng.choice(".,")
    return Form(
        delimiter=rng.choice(";;,\t|"),
        encoding=rng.choice(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16")),
        quoting=rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        end=rng.choice(("\n", "\r\n")),
        decimal=decimal,
        thousands=rng.choice(("", "", "." if decimal == "," else ",")),
        day=rng.choice(list(DAYS)),
        zone=rng.choice(("Europe/Berlin", "UTC", "America/New_York", "Asia/Tokyo")),
    )


def clean_export(seed: int) -> Export:
    """Customers, orders and lines, as meant and as written."""
    rng = random.Random(seed)
    form = some_form(rng)
    names = [n for n in (*NAMES, *FAMILIES) if form.encoding != "cp1252" or n != "Łukasz"]
    people = [_person(rng, i, names) for i in range(12)]
    orders = [_order(rng, i, people) for i in range(25)]
    lines = [_line(rng, order, n) for order in orders for n in range(1, rng.randrange(1, 4) + 1)]
    meant = {"source_records": people, "orders": orders, "order_lines": lines}
    texts = {table: [_written(row, form) for row in rows] for table, rows in meant.items()}
    return Export(form, meant, texts)


def _moment(rng: random.Random) -> datetime:
    return datetime(2023, 1, 1, 9) + timedelta(days=rng.randrange(500), minutes=rng.randrange(600))


def _person(rng: random.Random, i: int, names: list[str]) -> Row:
    born = date(1940, 1, 1) + timedelta(days=rng.randrange(24_000))
    who = {"record_id": f"{i + 7:05d}", "given_name": rng.choice(names), "family_name": rng.choice(FAMILIES)}
    return {**who, "city": rng.choice(CITIES), "birth_date": born, "created_at": _moment(rng)}


def _order(rng: random.Random, i: int, people: list[Row]) -> Row:
    who = rng.choice(people)["record_id"]
    return {"order_id": f"B-{i:04d}", "record_id": who, "at": _moment(rng), "channel": rng.choice(("web", "Filiale"))}


def _line(rng: random.Random, order: Row, number: int) -> Row:
    units, cents = rng.randrange(1, 6), rng.randrange(150, 250_000)
    product = f"{rng.randrange(4_000_000_000_000, 4_000_000_000_050)}"
    money = {"quantity": units, "amount": cents * units / 100, "tax": round(cents * units * 0.19 / 1.19) / 100}
    return {"order_id": order["order_id"], "line_number": number, "product_id": product, "kind": "item", **money}


def _written(row: Row, form: Form) -> dict[str, str]:
    return {name: _text(value, form) for name, value in row.items()}


def _text(value: object, form: Form) -> str:
    if isinstance(value, datetime):
        return value.strftime(f"{form.day} %H:%M")
    if isinstance(value, date):
        return value.strftime(form.day)
    if isinstance(value, float):
        whole, cents = f"{value:,.2f}".split(".")
        return whole.replace(",", form.thousands) + form.decimal + cents
    return str(value)


def write(export: Export, folder: Path) -> None:
    """Write the files of an export and the sources.toml that says how they are written."""
    form, sections = export.form, []
    for table, rows in export.texts.items():
        names = COLUMNS[table]
        lines = [_csv(list(names), form), *(_csv([row[n] for n in names], form) for row in rows)]
        for (where, number), change in export.line_faults.items():
            if where == table:
                lines[number + 1] = change(lines[number + 1])
        (folder / f"{table}.csv").write_bytes("".join(lines).encode(form.encoding))
        sections.append(_section(table, form))
    head = 'name = "planted"\ntitle = "Planted"\nas_of = 2024-06-30\ncurrency = "EUR"\ntax = "included"'
    text = f'[data_set]\n{head}\ntime_zone = "{form.zone}"\n' + "\n".join(sections)
    (folder / "sources.toml").write_text(text, encoding="utf-8")


def _csv(values: list[str], form: Form) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=form.delimiter, quoting=form.quoting, lineterminator=form.end).writerow(values)  # type: ignore[arg-type]
    return target.getvalue()


def _section(table: str, form: Form) -> str:
    day = DAYS[form.day]
    forms = f'date_form = ["{day} HH:MM", "{day}"]\n' if day else ""
    encoding = form.encoding.removesuffix("-sig")
    columns = ", ".join(f'{name} = "{name}"' for name in COLUMNS[table])
    marks = f"decimal = '{form.decimal}'\nthousands = '{form.thousands}'\n" if form.thousands else (
        f"decimal = '{form.decimal}'\n"
    )  # fmt: skip
    delimiter = form.delimiter.replace("\t", "\\t")
    return (
        f'[files.{table}]\npath = "{table}.csv"\nsource = "shop"\ndelimiter = "{delimiter}"\nencoding = "{encoding}"\n'
        f'{marks}{forms}\n[[tables.{table}]]\nfrom = "{table}"\ncolumns = {{ {columns} }}\n'
    )


def outcome(export: Export, *, doubted: bool = False) -> Outcome:
    """Land an export in this process and compare every cell with what was meant; what cannot be true only if asked."""
    with TemporaryDirectory() as folder, scratch_folder() as scratch:
        write(export, Path(folder))
        data_set = load_data_set(folder)
        try:
            with staged(data_set, scratch) as shop:
                told = _counted(shop)
                if doubted:
                    told += [f"{d.rule} {d.table}.{d.column}" for d in doubts_about(data_set, shop)]
                return Outcome(_wrong_cells(export, shop), tuple(sorted(told)))
        except SchemaError as error:
            return Outcome([], (f"refused {error}",))


def _counted(shop: Workshop) -> list[str]:
    counts = shop.facts.counts.values()
    held = ["quarantine"] * any(count.quarantined or count.values_left_out for count in counts)
    return held + ["set aside"] * any(sum(count.set_aside.values()) for count in counts)


def _wrong_cells(export: Export, shop: Workshop) -> list[str]:
    wrong = []
    for table, names in COLUMNS.items():
        columns = ", ".join(f'"{name}"' for name in names)
        query = f"select {columns} from staged_{table} where _bad is null order by _row"
        wrong += _differences(export, table, shop.connection.sql(query).fetchall())
    return wrong


def _differences(export: Export, table: str, landed: list[tuple[object, ...]]) -> list[str]:
    meant = [tuple(_as_landed(n, row[n], export.form) for n in COLUMNS[table]) for row in export.meant[table]]
    if len(meant) != len(landed):
        return [f"{table}: {len(landed)} rows landed, {len(meant)} meant"]
    return [
        f"{table}.{name} row {i}: {found!r}, meant {right!r}"
        for i, (ours, theirs) in enumerate(zip(meant, landed))
        for name, right, found in zip(COLUMNS[table], ours, theirs)
        if right != found
    ]


def _as_landed(name: str, value: object, form: Form) -> object:
    if name == "record_id":
        return f"shop:{value}"
    if isinstance(value, datetime):
        return value.replace(tzinfo=ZoneInfo(form.zone)).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    return float(value) if name == "quantity" else value  # type: ignore[arg-type]


Plant = Callable[[Export, random.Random], None]


def _cell(table: str, name: str, change: Callable[[str, Export, random.Random], str]) -> Plant:
    """A fault in one cell, where the change changes it."""

    def plant(export: Export, rng: random.Random) -> None:
        rows = list(export.texts[table])
        rng.shuffle(rows)
        for row in rows:
            changed = change(row[name], export, rng)
            if changed != row[name]:
                row[name] = changed
                return

    return plant


def _raw(change: Callable[[str, Export], str], table: str = "order_lines") -> Plant:
    """A fault in the text of one line."""

    def plant(export: Export, rng: random.Random) -> None:
        export.line_faults[(table, rng.randrange(1, len(export.texts[table]) - 1))] = lambda line: change(line, export)

    return plant


def _twice(export: Export, rng: random.Random) -> None:
    export.texts["order_lines"].append(dict(rng.choice(export.texts["order_lines"])))


def _swap(export: Export, rng: random.Random) -> None:
    row = rng.choice(export.texts["order_lines"])
    one, other = rng.sample([n for n in COLUMNS["order_lines"] if n != "line_number"], 2)
    row[one], row[other] = row[other], row[one]


def _day_month(text: str, export: Export, _rng: random.Random) -> str:
    form = f"{export.form.day} %H:%M"
    at = datetime.strptime(text, form)
    return at.replace(day=at.month, month=at.day).strftime(form) if at.day <= 12 else text


def _other_form(text: str, export: Export, rng: random.Random) -> str:
    forms = [day for day in DAYS if day != export.form.day]
    return datetime.strptime(text, f"{export.form.day} %H:%M").strftime(f"{rng.choice(forms)} %H:%M")


def _mojibake(text: str, _export: Export, _rng: random.Random) -> str:
    broken = text.encode().decode("cp1252", errors="ignore")
    return broken if "Ã" in broken else text


def _short(text: str, export: Export, _rng: random.Random) -> str:
    return f"{float(text):.5E}".replace(".", export.form.decimal)


def _other_mark(text: str, export: Export, _rng: random.Random) -> str:
    return text[:-3] + {".": ",", ",": "."}[export.form.decimal] + text[-2:]


def _without_a_digit(text: str, _export: Export, rng: random.Random) -> str:
    at = rng.choice([i for i, sign in enumerate(text) if sign.isdigit()])
    return text[:at] + text[at + 1 :]


def _with_a_delimiter(line: str, export: Export) -> str:
    return line.replace("item", f"it{export.form.delimiter}em").replace('"', "")


FAULTS: dict[str, tuple[float, Plant]] = {
    "delimiter inside, unquoted": (0.10, _raw(_with_a_delimiter)),
    "stray quote": (0.10, _raw(lambda line, e: f'{e.form.delimiter}"'.join(line.split(e.form.delimiter, 1)))),
    "duplicated row": (0.10, _twice),
    "row cut off": (0.08, _raw(lambda line, e: line[: len(line) // 2].rstrip("\r\n") + e.form.end)),
    "two columns swapped in a row": (0.08, _swap),
    "letter for a digit": (0.10, _cell("order_lines", "amount", lambda t, *_: t.replace("0", "O").replace("1", "l"))),
    "blank in a key": (0.08, _cell("orders", "record_id", lambda t, e, r: r.choice((f"{t} ", f" {t}", f"{t}\u00a0")))),
    "shortened number": (0.08, _cell("order_lines", "product_id", _short)),
    "other date form": (0.10, _cell("orders", "at", _other_form)),
    "mojibake letter": (0.04, _cell("source_records", "family_name", _mojibake)),
    "wrong sign": (0.04, _cell("order_lines", "amount", lambda t, *_: f"-{t}")),
    "required value missing": (0.04, _cell("orders", "at", lambda *_: "")),
    "other decimal mark": (0.02, _cell("order_lines", "tax", _other_mark)),
    "decimal mark shifted": (0.02, _cell("order_lines", "amount", lambda t, e, _: t.replace(e.form.decimal, ""))),
    "day and month swapped": (0.01, _cell("orders", "at", _day_month)),
    "digit dropped": (0.01, _cell("order_lines", "amount", _without_a_digit)),
}  # fmt: skip
"""Kind of fault -> its share of all, and how it is planted."""


def planted(kind: str, seed: int) -> bool:
    """Whether a fault of a kind lands in silence, in the export of a seed."""
    clean = clean_export(seed)
    faulty = replace(clean, texts={table: [dict(row) for row in rows] for table, rows in clean.texts.items()})
    faulty.line_faults = {}
    FAULTS[kind][1](faulty, random.Random(seed))
    found = outcome(faulty)
    if not found.wrong or found.told:
        return False
    return set(outcome(faulty, doubted=True).told) <= set(outcome(clean, doubted=True).told)
