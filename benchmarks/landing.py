"""Landing of a large export: 1,000,000 order lines, 12 columns, cp1252, semicolon, decimal comma, 1 % bad rows.

The file is made from a seed in a temporary folder, not timed. Timed: file to parquet plus quarantine, wall. Beside it
the simplest rival, pandas.read_csv with the right options and one to_parquet: it knows no quarantine, so it reads the
same file without its bad rows, all columns of its own guessing.
"""

import random
import statistics
import tempfile
import time
from pathlib import Path

import pandas as pd

from rcommerce_helpers.sources import land, load_data_set

ROWS = 1_000_000
SEED = 20_240_630
BAD_EVERY = 100
HEADER = "Bestellnr;Position;Artikel;Artikelname;Art;Menge;Betrag;Rabatt;Steuer;Datum;Filiale;Bemerkung\r\n"
NAMES = ("Käsemesser groß", "Teekanne blau", "Müslischüssel", "Brotkorb", '"Café; 2 Stück"', "Löffel", "Süßstoff 1 €")
KINDS = ("item", "item", "item", "item", "return", "shipping")

SOURCES = """
[data_set]
name = "bench-landing"
title = "Landing benchmark"
as_of = 2024-06-30
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "included"

[files.lines]
path = "lines.csv"
delimiter = ";"
decimal = ","
thousands = "."
encoding = "cp1252"
date_form = "dd.mm.yyyy HH:MM"
source = "shop"

[[tables.order_lines]]
from = "lines"
columns = { order_id = "Bestellnr", line_number = "Position", product_id = "Artikel", kind = "Art", \
quantity = "Menge", amount = "Betrag", discount = "Rabatt", tax = "Steuer" }

[[tables.products]]
sql = "select Artikel as product_id, min(Artikelname) as name, min(Filiale) as department, min(Bemerkung) as variant, \
min(Datum) as size from lines group by Artikel"
"""


def write_export(folder: Path, rows: int, seed: int, *, bad: bool = True) -> Path:
    """Write lines.csv with ``rows`` lines of which every hundredth is spoilt in one of five ways, and sources.toml."""
    rng = random.Random(seed)  # noqa: S311 - made-up rows, no secret
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    path = folder / "lines.csv"
    with path.open("w", encoding="cp1252", newline="") as stream:
        stream.write(HEADER)
        for i in range(rows):
            spoilt = i % BAD_EVERY == 7
            if spoilt and not bad:
                continue
            stream.write(_line(rng, i, i // BAD_EVERY % 5 if spoilt else -1))
    return path


def _line(rng: random.Random, i: int, spoil: int) -> str:
    amount = f"{rng.randrange(100, 250_000) / 100:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
    fields = [
        f"{i // 4:08d}",
        str(i % 4 + 1),
        f"{rng.randrange(5000):06d}",
        rng.choice(NAMES),
        rng.choice(KINDS),
        str(rng.randrange(1, 9)),
        amount,
        f"{rng.randrange(500) / 100:.2f}".replace(".", ","),
        f"{rng.randrange(9000) / 100:.2f}".replace(".", ","),
        f"{rng.randrange(1, 29):02d}.{rng.randrange(1, 13):02d}.2023 {rng.randrange(24):02d}:{rng.randrange(60):02d}",
        f"Filiale {rng.randrange(40)}",
        rng.choice(("", "NA", "Geschenk für Jürgen", "eilig")),
    ]
    if spoil == 0:
        fields[6] = "12.5O"
    elif spoil == 1:
        fields[5] = ""
    elif spoil == 2:
        fields.append("zu viel")
    elif spoil == 3:
        fields[11] = '"offen'
    elif spoil == 4:
        fields[4] = "unbekannt"
    return ";".join(fields) + "\r\n"


def landing_1m_rows_seconds(repeats: int = 3) -> list[dict]:
    """Wall seconds from file to parquet plus quarantine, beside pandas on the same file without its bad rows."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as scratch:
        folder, clean = Path(scratch) / "export", Path(scratch) / "clean"
        write_export(folder, ROWS, SEED)
        without = write_export(clean, ROWS, SEED, bad=False)
        for i in range(repeats):
            ours.append(_land(folder, Path(scratch) / f"landed_{i}"))
            theirs.append(_pandas(without, Path(scratch) / "pandas.parquet"))
    return [
        {
            "name": "landing_1m_rows_seconds",
            "value": round(statistics.median(ours), 2),
            "low": round(min(ours), 2),
            "high": round(max(ours), 2),
            "n": repeats,
            "unit": "seconds wall",
            "goal": 15,
            "peer": "pandas.read_csv and to_parquet, no quarantine, file without bad rows",
            "peer_value": round(statistics.median(theirs), 2),
            "seed": SEED,
        }
    ]


def _land(folder: Path, out: Path) -> float:
    start = time.perf_counter()
    report = land(load_data_set(str(folder)), out)
    seconds = time.perf_counter() - start
    count = report.facts.counts["order_lines"]
    if (count.rows_in, count.quarantined) != (ROWS, ROWS // BAD_EVERY):
        raise AssertionError(f"{count.rows_in} rows in, {count.quarantined} quarantined")
    return seconds


def _pandas(path: Path, out: Path) -> float:
    start = time.perf_counter()
    frame = pd.read_csv(path, sep=";", decimal=",", thousands=".", encoding="cp1252", dtype={0: str, 2: str})
    frame["Datum"] = pd.to_datetime(frame["Datum"], format="%d.%m.%Y %H:%M")
    frame.to_parquet(out)
    return time.perf_counter() - start
