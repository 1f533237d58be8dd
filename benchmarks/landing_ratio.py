"""Landing beside a plain DuckDB script: a strict utf-8 file, same casts, same order, same line numbers, to parquet.

Each runs in a process of its own; measured are CPU seconds and the largest memory of that process and its children.
The peer knows no quarantine, no keys seen twice and no report of what was read: it could not land a file with a fault.
"""

import csv
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet

from rcommerce_helpers.sources import land, load_data_set

ROWS = 5_000_000
ROWS_MANY = 10_000_000
REPEATS = 3
SEED = 20_240_630
HEADER = ("order_id", "position", "article", "title", "kind", "quantity", "amount", "discount", "tax", "at", "shop")
TITLES = ("Käsemesser groß", "Teekanne blau", "Müslischüssel", "Brotkorb", "Café; 2 Stück", "Löffel", 'Topf 12"')
KINDS = ("item", "item", "item", "item", "return", "shipping")
SOURCES = """
[data_set]
name = "bench-ratio"
title = "Landing beside DuckDB"
as_of = 2024-06-30
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "included"

[files.lines]
path = "lines.csv"
delimiter = ";"
source = "shop"

[[tables.order_lines]]
from = "lines"
columns = { order_id = "order_id", line_number = "position", product_id = "article", kind = "kind", \
quantity = "quantity", amount = "amount", discount = "discount", tax = "tax" }
"""
PEER = """
copy (
    select order_id, cast(position as bigint) as line_number, article as product_id, kind,
        cast(quantity as double) as quantity, cast(amount as double) as amount, cast(discount as double) as discount,
        cast(tax as double) as tax, row_number() over () as file_order, row_number() over () + 1 as line
    from read_csv('{source}', all_varchar = true, header = true, delim = ';', quote = '"', escape = '"',
        strict_mode = true, auto_detect = false, columns = {columns})
) to '{target}' (format parquet, compression zstd)
"""


def write_strict(folder: Path, rows: int, seed: int = SEED) -> Path:
    """Write lines.csv with ``rows`` good lines, quoted where a field needs it, and its sources.toml."""
    rng = random.Random(seed)  # noqa: S311 - made-up rows, no secret
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    with (folder / "lines.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADER)
        for i in range(rows):
            day = f"2023-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d} {rng.randrange(24):02d}:15"
            cents = (rng.randrange(100, 250_000), rng.randrange(500), rng.randrange(9000))
            money = [f"{c / 100:.2f}" for c in cents]
            named = (f"{i // 4:08d}", i % 4 + 1, f"{rng.randrange(5000):06d}", rng.choice(TITLES), rng.choice(KINDS))
            writer.writerow([*named, rng.randrange(1, 9), *money, day, f"Filiale {rng.randrange(40)}"])
    return folder


def land_it(folder: Path, out: Path) -> int:
    """Land the folder; returns how many lines landed."""
    return land(load_data_set(str(folder)), out).facts.counts["order_lines"].landed


def copy_it(folder: Path, out: Path) -> int:
    """Let DuckDB read, cast and write the same; returns how many lines were written."""
    import duckdb

    connection = duckdb.connect(config={"threads": "2", "temp_directory": str(out.parent / "spill")})
    columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in HEADER) + "}"
    connection.execute(PEER.format(source=folder / "lines.csv", target=out, columns=columns))
    return pyarrow.parquet.read_metadata(out).num_rows


def measured(what: str, folder: Path, out: Path) -> dict[str, float]:
    """Run one side in a process of its own: rows, wall and CPU seconds, gigabytes at most."""
    command = [sys.executable, "-m", "benchmarks.landing_ratio", what, str(folder), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(what: str, folder: Path, out: Path) -> None:
    """Run one side and print what it took, with its children."""
    start = time.perf_counter()
    rows = {"land": land_it, "copy": copy_it}[what](folder, out)
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(use.ru_utime + use.ru_stime for use in (own, children))
    memory = max(own.ru_maxrss, children.ru_maxrss) / 1024**2
    print(json.dumps({"rows": rows, "wall": time.perf_counter() - start, "cpu": cpu, "memory": memory}))


def compare(rows: int, repeats: int) -> list[dict]:
    """CPU and memory of landing over those of DuckDB, both on one file, in turn."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_strict(Path(scratch) / "export", rows)
        for i in range(repeats):
            ours.append(measured("land", folder, Path(scratch) / f"landed_{i}"))
            theirs.append(measured("copy", folder, Path(scratch) / "peer.parquet"))
    if {side["rows"] for side in (*ours, *theirs)} != {rows}:
        raise AssertionError(f"not {rows} rows on both sides")
    goals = {"cpu": ("landing_cpu_ratio_duckdb", 2.0), "memory": ("landing_memory_ratio_duckdb", 1.5)}
    return [_ratio(name, goal, [o[key] for o in ours], [t[key] for t in theirs]) for key, (name, goal) in goals.items()]


def _ratio(name: str, goal: float, ours: list[float], theirs: list[float]) -> dict:
    ratios = [a / b for a, b in zip(ours, theirs)]
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    told = {"value": round(middle, 2), "low": round(low, 2), "high": round(high, 2), "n": len(ratios), "goal": goal}
    unit = f"times DuckDB (ours {statistics.median(ours):.2f})"
    peer = {"peer": "DuckDB read_csv, casts, row_number, parquet", "peer_value": round(statistics.median(theirs), 2)}
    return {"name": name, **told, "unit": unit, **peer, "seed": SEED}


def landing_cpu_ratio_duckdb() -> list[dict]:
    """Both ratios, since one measurement gives both."""
    return compare(ROWS, REPEATS)


def landing_10m_rows_seconds() -> list[dict]:
    """Wall seconds and largest memory of landing ten million lines; gigabytes are told beside."""
    with tempfile.TemporaryDirectory() as scratch:
        side = measured("land", write_strict(Path(scratch) / "export", ROWS_MANY), Path(scratch) / "landed")
    rows = (("landing_10m_rows_seconds", "wall", 180, "seconds wall"), ("landing_10m_peak_gb", "memory", 2, "GB"))
    return [
        {
            "name": name,
            "value": round(side[key], 2),
            "low": round(side[key], 2),
            "high": round(side[key], 2),
            "n": 1,
            "unit": unit,
            "goal": goal,
            "peer": "none",
            "peer_value": None,
            "seed": SEED,
        }
        for name, key, goal, unit in rows
    ]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
