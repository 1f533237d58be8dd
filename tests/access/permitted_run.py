"""A run folder small enough to count by hand: three customers, of whom two permit statistics."""

from pathlib import Path

import pandas as pd

from rcommerce_helpers.results import write_json

TIMES = pd.to_datetime(["2024-06-30 23:59", "2024-07-01 00:00", None])
ORDERS = pd.DataFrame({"customer_id": ["c1", "c2", "c1"], "order_id": ["a", "b", "c"], "at": TIMES, "local_at": TIMES})


def write(folder: Path, name: str, table: pd.DataFrame) -> None:
    path = folder / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path, index=False)


def make_run(folder: Path) -> Path:
    """Landed records of c1 to c3; statistics permitted by c1 (since January) and c2 (since June), marketing by c3."""
    landed, tables = folder / "tables" / "landed", folder / "tables"
    people = pd.DataFrame({"record_id": ["crm:1", "crm:2", "crm:3"], "given_name": ["Anna", "Ben", None]})
    write(landed, "source_records", people.assign(email=["anna@gmx.de", "ben@gmx.de", "eve@gmx.de"]))
    write(landed, "orders", ORDERS.assign(record_id=["crm:1", "crm:2", "crm:1"]).drop(columns="customer_id"))
    write(landed, "quarantine", pd.DataFrame({"table": ["orders"], "value": ["anna@gmx.de"], "reason": ["no date"]}))
    write_json(landed / "data_set.json", {"name": "tiny"})
    write(tables, "customers", pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "email": "x@gmx.de"}))
    write(tables, "persons", pd.DataFrame({"record_id": ["crm:1"], "customer_id": ["c1"]}))
    write(tables, "scores", pd.DataFrame({"customer_id": ["c1", "c2", "c3"], "record_id": "crm:1", "chance": 0.5}))
    write(tables, "weird", pd.DataFrame({"household_id": ["h1"], "size": [2]}))
    write(tables, "plan_groups", pd.DataFrame({"offer": ["coffee"], "customers": [12]}))
    write_json(folder / "results" / "patterns.json", {"stage": "patterns"})
    for purpose, who, since in (
        ("statistics", ["c1", "c2"], ["2024-01-01", "2024-06-01"]),
        ("marketing", ["c3"], ["2024-01-01"]),
    ):
        place = folder / "permitted" / purpose
        write(place, "customers", pd.DataFrame({"customer_id": who}))
        decided = pd.DataFrame({"customer_id": who, "allowed": True, "since": pd.to_datetime(since)})
        write(place, "permission_decisions", decided.assign(purpose=purpose))
        write(place, "orders", ORDERS[ORDERS["customer_id"].isin(who)])
    return folder


def files(folder: Path) -> list[str]:
    """Paths of all files below a folder."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
